/*
 * Decodes one JSON object into the C struct of its shape, reading the members of the source table
 * and no others. It must not know: documents, the graph, what a member means.
 */
#ifndef AMIPLAN_INVENTORY_DECODE_H
#define AMIPLAN_INVENTORY_DECODE_H

#include "arena.h"
#include "json_pull.h"
#include "sources.h"

#define DECODE_SLOTS 64 /* a power of two, twice the members of the largest shape at least */

/* Where each shape's members are found by a hash of their names. Lifetime: one load. */
struct decoder {
	uint8_t slots[SHAPES][DECODE_SLOTS]; /* number of the field plus one; 0 is empty */
	bool timed[SHAPES];                  /* the shape itself has times */
};

void decoder_init(struct decoder *decoder);

/*
 * Reads the value that comes next as an object of `shape` into `out` (source_shapes[shape].size
 * bytes). Lists lie in `arena`. `null` is absent, unknown members are skipped. False: json->failed
 * is set, with a place.
 */
bool decode_object(const struct decoder *decoder, struct json *json, const char *document,
	struct arena *arena, enum shape_id shape, void *out);

/* The byte that the next value begins with. */
const char *decode_here(struct json *json);

/* "a list", "a string"… for messages. */
const char *decode_type_word(enum json_type type);

#endif
