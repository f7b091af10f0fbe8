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

/*
 * One block of bytes, one array of offsets, one table of slots: no allocation a string.
 * A slice given out is valid until the next strpool_add, terminated by a zero byte.
 */
struct strpool {
	char *bytes;
	size_t used;
	size_t room;
	uint64_t *starts; /* starts[id] .. starts[id + 1] - 1 */
	uint32_t count;   /* strings, number 0 included */
	uint32_t starts_room;
	uint32_t *slots;
	uint32_t slot_mask;
};

void strpool_init(struct strpool *pool);
void strpool_release(struct strpool *pool);

/* The number of `text`, new or old. NULL text gives 0. More than 2^32 - 2 strings is die_oom. */
sid strpool_add(struct strpool *pool, struct slice text);

/* The number of `text` if it is there, else 0. */
sid strpool_find(const struct strpool *pool, struct slice text);

static inline struct slice
strpool_slice(const struct strpool *pool, sid id)
{
	if (id == 0)
		return SLICE_NONE;
	return (struct slice){pool->bytes + pool->starts[id],
		(size_t)(pool->starts[id + 1] - pool->starts[id] - 1)};
}

/* Terminated text; "" for 0. Strings with embedded zero bytes are cut there for this view alone. */
static inline const char *
strpool_text(const struct strpool *pool, sid id)
{
	return id ? pool->bytes + pool->starts[id] : "";
}

/* Byte order of the texts. */
int strpool_compare(const struct strpool *pool, sid a, sid b);

#endif
