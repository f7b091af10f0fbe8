/*
 * Records of a long list, decoded in a thread of its own while the records before them are handed
 * over: batches in the order of the list. It must not know: what becomes of a record.
 */
#ifndef AMIPLAN_INVENTORY_BATCHES_H
#define AMIPLAN_INVENTORY_BATCHES_H

#include "decode.h"

/* Records of one shape, one after the other. Lifetime: until the next batch is asked for. */
struct batch {
	char *records;
	size_t count;
	size_t end; /* offset in the document behind the last of them */
};

/* Lifetime: one list. */
struct batches;

/*
 * Begins to decode the elements of the list that `json` has entered. Until batches_end nobody else
 * may touch `json`. NULL where no thread can be had.
 */
struct batches *batches_begin(const struct decoder *decoder, struct json *json,
	const char *document, enum shape_id shape);

/* The next batch, or NULL: the list is at its end, or what comes is wrong. */
const struct batch *batches_next(struct batches *batches);

/* Waits for the thread. False if decoding failed; then json->failed is set, with a place. May be
 * called before all batches were asked for. */
bool batches_end_take(struct batches *batches);

#endif
