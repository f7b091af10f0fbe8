/*
 * A small inventory on disk for a test: write files, load them, ask the graph.
 * It must not know: which part is tested.
 */
#ifndef AMIPLAN_TESTS_GIVEN_H
#define AMIPLAN_TESTS_GIVEN_H

#include "arena.h"
#include "inventory.h"

/* Lifetime: one test. */
struct given {
	char dir[64];
	char said[4096]; /* the lines that the load said, each with a line break */
	struct inventory *inventory;
	const struct graph *graph;
	struct err err;
	struct inventory_options options; /* accounts, region, pins: the test's to set */
	struct arena paths;
};

void given_begin(struct given *given);
void given_end(struct given *given);

/* Writes a file below the directory, making the directories above it. */
void given_file(struct given *given, const char *path, const char *text);
/* The path of something in the directory. */
const char *given_path(struct given *given, const char *path);

/* Loads the whole directory, or what is named ("" is the directory itself). */
int given_load(struct given *given);
int given_load_paths(struct given *given, const char *const *paths, size_t count);
/* One document in a directory of its own place, loaded. */
int given_document(struct given *given, const char *text);

nid given_node(const struct given *given, const char *id);
const struct edge *given_edge(
	const struct given *given, const char *from, enum edge_kind kind, const char *to);
bool given_notice(const struct given *given, const char *code, const char *id);
/* The only document, or the one of that path. */
const struct document *given_doc(const struct given *given, const char *path);
const char *given_text(const struct given *given, sid text);

#endif
