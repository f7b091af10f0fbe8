/*
 * The same work for many numbers, on all processors.
 * It must not know: the work.
 */
#ifndef AMIPLAN_BASE_PARALLEL_H
#define AMIPLAN_BASE_PARALLEL_H

#include "bounds.h"

#include <stddef.h>

/* Threads that work is spread over: what was set, else the processors that this process may use,
 * LIMIT_THREADS at most. */
size_t parallel_width(void);
/* For the whole process, before any work: 1 to LIMIT_THREADS, 0: as many as processors. */
void parallel_set_width(size_t threads);

/*
 * Calls work(context, i) once for each i below `count`, in no order, and returns when all are done.
 * What the calls write must not overlap. Where no thread can be had, this one does it all.
 */
void parallel_for(size_t count, void (*work)(void *context, size_t i), void *context);

/* Pieces that may wait for their turn at a time, at most. */
#define PARALLEL_SLOTS ((size_t)2 * LIMIT_THREADS)

/*
 * A long result in pieces: `make` makes piece i into a slot of the caller's (below PARALLEL_SLOTS),
 * several at a time and in no order; `take` takes it from there, in order and in the calling
 * thread, while the others go on making. A slot is free again when its piece was taken.
 */
struct parallel_pieces {
	size_t count;
	void (*make)(void *context, size_t i, size_t slot);
	void (*take)(void *context, size_t i, size_t slot);
	void *context;
};
void parallel_in_order(const struct parallel_pieces *pieces);

#endif
