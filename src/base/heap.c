/*
 * A binary min-heap of 32-bit ranks.
 * It must not know: what is ranked.
 */
#include "heap.h"

void
heap_push(struct heap *heap, uint32_t rank)
{
	size_t i = heap->ranks.count;

	vec_push(&heap->ranks, rank);
	while (i > 0) {
		size_t parent = (i - 1) / 2;

		if (heap->ranks.items[parent] <= rank)
			break;
		heap->ranks.items[i] = heap->ranks.items[parent];
		i = parent;
	}
	heap->ranks.items[i] = rank;
}

uint32_t
heap_pop(struct heap *heap)
{
	uint32_t *items = heap->ranks.items;
	uint32_t top = items[0];
	size_t count = --heap->ranks.count;
	uint32_t last = items[count];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= count)
			break;
		if (child + 1 < count && items[child + 1] < items[child])
			child++;
		if (items[child] >= last)
			break;
		items[i] = items[child];
		i = child;
	}
	items[i] = last;
	return top;
}

void
heap_release(struct heap *heap)
{
	vec_release(&heap->ranks);
}
