/*
 * Interned strings: equal text has one number, so equality is a comparison of integers.
 * It must not know: what the strings mean.
 */
#ifndef AMIPLAN_BASE_STRPOOL_H
#define AMIPLAN_BASE_STRPOOL_H

#include "slice.h"
#include <stdint.h>

/* Number of an interned string. 0 is no string (NULL text, length 0); 1 is the empty string. */
typedef uint32_t sid;

/* Strings that share one base: their texts together stay far below 4 GiB. */
enum { STRPOOL_STRIDE = 256 };

/*
 * One block of bytes, offsets into it, one table of slots: no allocation a string. An offset is 32
 * bits from the base of its stride, half of what a plain one takes.
 * A slice given out is valid until the next strpool_add, terminated by a zero byte.
 */
struct strpool {
	char *bytes;
	size_t used;
	size_t room;
	uint64_t *bases;  /* of each stride */
	uint32_t *starts; /* of each string, from its base; one more for the end of the last */
	uint32_t count;   /* strings, number 0 included */
	uint32_t starts_room;
	struct strpool_slot *slots; /* NULL once sealed */
	uint32_t slot_mask;
};

void strpool_init(struct strpool *pool);
void strpool_release(struct strpool *pool);

/* The number of `text`, new or old. NULL text gives 0. More than 2^32 - 2 strings is die_oom,
 * and so is one of 16 MiB. */
sid strpool_add(struct strpool *pool, struct slice text);

/* The number of `text` if it is there, else 0. */
sid strpool_find(const struct strpool *pool, struct slice text);

/* The hash by which texts are found: the same for the same bytes, no protection. */
uint64_t strpool_hash(struct slice text);

/* Gives back what finding needs: after it nothing is found, and what is added gets a number of its
 * own, be it there already or not. */
void strpool_seal(struct strpool *pool);

/* Where the text of `id` begins; of `count`, where the last one ends. */
static inline size_t
strpool_start(const struct strpool *pool, uint32_t id)
{
	return (size_t)pool->bases[id / STRPOOL_STRIDE] + pool->starts[id];
}

static inline struct slice
strpool_slice(const struct strpool *pool, sid id)
{
	size_t start;

	if (id == 0)
		return SLICE_NONE;
	start = strpool_start(pool, id);
	return (struct slice){pool->bytes + start, strpool_start(pool, id + 1) - start - 1};
}

/* Terminated text; "" for 0. Strings with embedded zero bytes are cut there for this view alone. */
static inline const char *
strpool_text(const struct strpool *pool, sid id)
{
	return id ? pool->bytes + strpool_start(pool, id) : "";
}

/* Byte order of the texts. */
int strpool_compare(const struct strpool *pool, sid a, sid b);

#endif
