/*
 * What is to be done later: a heap by the time it is due, first come first served among equals.
 * It must not know: a clock, what is to be done.
 */
#include "timers.h"

static bool
is_before(const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : a->number < b->number;
}

static void
swap(struct timer *a, struct timer *b)
{
	struct timer kept = *a;

	*a = *b;
	*b = kept;
}

void
timers_add(struct timers *timers, int64_t due, void (*fire)(void *to), void *to)
{
	struct timer timer = {due, timers->added++, fire, to};
	struct timer *heap;

	vec_push(&timers->heap, timer);
	heap = timers->heap.items;
	for (size_t at = timers->heap.count - 1; at > 0; at = (at - 1) / 2) {
		if (is_before(&heap[(at - 1) / 2], &heap[at]))
			break;
		swap(&heap[(at - 1) / 2], &heap[at]);
	}
}

/* Lets the first element sink to where it belongs. */
static void
sink_first(struct timer *heap, size_t count)
{
	size_t at = 0;

	for (size_t child = 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (is_before(&heap[at], &heap[child]))
			break;
		swap(&heap[at], &heap[child]);
		at = child;
	}
}

bool
timers_take(struct timers *timers, int64_t now, struct timer *out)
{
	struct timer *heap = timers->heap.items;

	if (timers->heap.count == 0 || heap[0].due > now)
		return false;
	*out = heap[0];
	heap[0] = heap[--timers->heap.count];
	sink_first(heap, timers->heap.count);
	return true;
}

int64_t
timers_next(const struct timers *timers)
{
	return timers->heap.count ? timers->heap.items[0].due : INT64_MAX;
}

void
timers_release(struct timers *timers)
{
	vec_release(&timers->heap);
}
