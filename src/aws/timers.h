/*
 * What is to be done later: a heap by the time it is due, first come first served among equals.
 * It must not know: a clock, what is to be done.
 */
#ifndef AMIPLAN_AWS_TIMERS_H
#define AMIPLAN_AWS_TIMERS_H

#include "vec.h"
#include <stdbool.h>

struct timer {
	int64_t due; /* on the caller's clock */
	uint64_t number;
	void (*fire)(void *to);
	void *to;
};

/* Lifetime: its owner's. Zero-initialise. */
struct timers {
	VEC(struct timer) heap;
	uint64_t added;
};

void timers_add(struct timers *timers, int64_t due, void (*fire)(void *to), void *to);
/* Takes out the timer that is due first, if it is due by `now`. */
bool timers_take(struct timers *timers, int64_t now, struct timer *out);
/* When the first one is due; INT64_MAX without any. */
int64_t timers_next(const struct timers *timers);
void timers_release(struct timers *timers);

#endif
