/*
 * A binary min-heap of 32-bit ranks: the smallest ready thing first.
 * It must not know: what is ranked; the caller ranks things before it pushes them.
 */
#ifndef AMIPLAN_BASE_HEAP_H
#define AMIPLAN_BASE_HEAP_H

#include "vec.h"

/* Lifetime: its owner's. Zero-initialise. */
struct heap {
	VEC(uint32_t) ranks;
};

void heap_push(struct heap *heap, uint32_t rank);
/* The smallest rank, removed. The heap must not be empty. */
uint32_t heap_pop(struct heap *heap);
static inline int
heap_is_empty(const struct heap *heap)
{
	return heap->ranks.count == 0;
}
void heap_release(struct heap *heap);

#endif
