/*
 * The collection document, read: which calls a collection made in a place and how each ended, so
 * that it can be vouched for what the other documents hold.
 * It must not know: files, how a collection is made.
 */
#ifndef AMIPLAN_INVENTORY_COLLECTION_H
#define AMIPLAN_INVENTORY_COLLECTION_H

#include "arena.h"
#include "err.h"
#include "graph.h"
#include "place.h"

/* One call. Texts are in the arena. */
struct collected_call {
	enum doc_kind kind;           /* DOC_NONE: the planner takes nothing from it */
	enum coverage_status status;  /* ABSENT: it was not made, or not answered */
	const char *file;             /* in the collection's directory; a folder; NULL: none */
	uint64_t files;               /* in that folder */
	const char *sha256;           /* of its file, or of its files' digests; NULL: not told */
	bool disabled, managed;       /* it asked for them too */
	const char *service, *action; /* "ec2", "DescribeFleets"; NULL: not told */
	const char *code, *message;   /* of its error; NULL: it had none */
};

/* Lifetime: the arena's. */
struct collected {
	struct place place;
	int64_t started;
	struct collected_call *calls;
	size_t call_count;
};

/* ERR_SYNTAX, ERR_VALUE with the place in the document; also for one of a later version. */
int collection_read(struct slice bytes, const char *name, struct arena *arena,
	struct collected *out, struct err *err);

/* The calls of one kind together: some kinds take several. Zero-initialise. */
struct collected_kind {
	unsigned whole, in_part, denied, unread;
};
/* `at_hand`: what it was saved to can be read. */
void collected_kind_add(
	struct collected_kind *kind, const struct collected_call *call, bool at_hand);
bool collected_kind_speaks(const struct collected_kind *kind);
enum coverage_status collected_kind_status(const struct collected_kind *kind);

#endif
