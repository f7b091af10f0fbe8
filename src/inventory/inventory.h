/*
 * From files to a graph: finds the documents, tells their kind by content, decodes the members of
 * the source table. Everything that enters amiplan from AWS enters here, as JSON of the `aws`
 * command. It must not know: policy, output.
 */
#ifndef AMIPLAN_INVENTORY_INVENTORY_H
#define AMIPLAN_INVENTORY_INVENTORY_H

#include "buf.h"
#include "graph.h"
#include "meter.h"

struct inventory_options {
	const char *const *paths; /* files, directories, "-" for standard input (once) */
	size_t path_count;
	const char *const *accounts; /* --account */
	size_t account_count;
	const char *region;      /* --region, or NULL */
	const char *const *pins; /* --pins */
	size_t pin_count;
	const char *cache; /* --cache: a directory; NULL: none */
	bool verify_cache; /* digests anew what the cache could tell */
	void (*say)(const char *line,
		void *to); /* one line for standard error: what was skipped. May be NULL */
	void *say_to;
	struct meter *meter; /* counts the files and bytes that were read; may be NULL */
};

/* Owns the mapped documents; the graph borrows from it. Lifetime: inventory. */
struct inventory {
	struct graph *graph;
	/* SHA-256 of the sorted lines "sha256 kind account region\n" */
	uint8_t digest[DIGEST_SIZE];
	struct mapped_file *files;
	size_t file_count;
	struct arena *text;    /* paths and other text that the documents borrow */
	struct reread *reread; /* elements of the documents, for definitions */
};

/* Reads everything or fails with one error. Documents are taken in the order of their digests, so
 * that no order of arguments or names can change a result. */
int inventory_load(
	const struct inventory_options *options, struct inventory **out, struct err *err);
void inventory_free(struct inventory *inventory);

/* The bytes of the element that a record was read from: well-formed JSON. */
struct slice inventory_element(const struct inventory *inventory, rid record);

/* The text of this member of the element that describes `n`, in `arena`; SLICE_NONE if it has none.
 * For what the graph does not keep. */
struct slice inventory_text(
	const struct inventory *inventory, nid n, struct slice member, struct arena *arena);

/* Fills `out` with the AMI's definition as one JSON object: what register-image, its tags and its
 * launch permissions need to make it again, with the blanks that its document has. It reads the
 * document again, and gives back what that brought into memory. Several threads may ask at once. */
void inventory_definition(struct inventory *inventory, nid image, struct buf *out);

/* The document-kind and field tables, for tests and docs. */
struct source_row {
	const char *key; /* "Images" */
	const char *command;
};
const struct source_row *inventory_sources(size_t *count);

#endif
