/*
 * A fixed-size set of small integers.
 * It must not know: what is numbered.
 */
#ifndef AMIPLAN_BASE_BITSET_H
#define AMIPLAN_BASE_BITSET_H

#include "err.h"
#include <stdbool.h>

/* Lifetime: its owner's. */
struct bitset {
	uint64_t *words;
	size_t size; /* numbers 0 .. size - 1 */
};

static inline void
bitset_init(struct bitset *set, size_t size)
{
	set->words = xcalloc(size / 64 + 1, sizeof(*set->words));
	set->size = size;
}

static inline void
bitset_release(struct bitset *set)
{
	free(set->words);
	set->words = NULL;
	set->size = 0;
}

static inline bool
bitset_has(const struct bitset *set, size_t i)
{
	return set->words[i / 64] >> (i % 64) & 1;
}

static inline void
bitset_add(struct bitset *set, size_t i)
{
	set->words[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline void
bitset_remove(struct bitset *set, size_t i)
{
	set->words[i / 64] &= ~((uint64_t)1 << (i % 64));
}

#endif
