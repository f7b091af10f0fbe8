/*
 * The same work for many numbers, on all processors.
 * It must not know: the work.
 */
#ifndef AMIPLAN_BASE_PARALLEL_H
#define AMIPLAN_BASE_PARALLEL_H

#include <stddef.h>

/* Processors that work is spread over: those that are online, LIMIT_THREADS at most. */
size_t parallel_width(void);

/*
 * Calls work(context, i) once for each i below `count`, in no order, and returns when all are done.
 * What the calls write must not overlap. Where no thread can be had, this one does it all.
 */
void parallel_for(size_t count, void (*work)(void *context, size_t i), void *context);

#endif
