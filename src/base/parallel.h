/*
 * The same work for many numbers, on all processors.
 * It must not know: the work.
 */
#ifndef AMIPLAN_BASE_PARALLEL_H
#define AMIPLAN_BASE_PARALLEL_H

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

#endif
