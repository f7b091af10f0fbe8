/*
 * How far a long piece of work is: counted by who works, read at any time by who watches.
 * It must not know: the work, whether anybody watches, the time.
 */
#ifndef AMIPLAN_BASE_METER_H
#define AMIPLAN_BASE_METER_H

#include <stdatomic.h>
#include <stddef.h>

/* Zero-initialise. NULL is a meter that nobody watches. The counts belong together only roughly. */
struct meter {
	atomic_size_t files, files_all;
	atomic_size_t bytes, bytes_all; /* _all 0: nobody knows */
};

static inline void
meter_begin(struct meter *meter, size_t files_all, size_t bytes_all)
{
	if (!meter)
		return;
	atomic_store(&meter->files, 0);
	atomic_store(&meter->bytes, 0);
	atomic_store(&meter->files_all, files_all);
	atomic_store(&meter->bytes_all, bytes_all);
}

static inline void
meter_add(struct meter *meter, size_t files, size_t bytes)
{
	if (!meter)
		return;
	atomic_fetch_add_explicit(&meter->files, files, memory_order_relaxed);
	atomic_fetch_add_explicit(&meter->bytes, bytes, memory_order_relaxed);
}

#endif
