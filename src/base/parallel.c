/*
 * The same work for many numbers, on all processors.
 * It must not know: the work.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "parallel.h"

#include "err.h"

struct crew {
	size_t count;
	void (*work)(void *context, size_t i);
	void *context;
	atomic_size_t next;
};

/* Set once, before the first thread; 0: not set. */
static size_t width_set;

/* In a container or under taskset they are fewer than the machine has. */
static size_t
count_processors(void)
{
	cpu_set_t usable;
	long online;

	if (sched_getaffinity(0, sizeof(usable), &usable) == 0)
		return (size_t)CPU_COUNT(&usable);
	online = sysconf(_SC_NPROCESSORS_ONLN);
	return online < 1 ? 1 : (size_t)online;
}

void
parallel_set_width(size_t threads)
{
	assert(threads <= LIMIT_THREADS);
	width_set = threads;
}

size_t
parallel_width(void)
{
	size_t width = width_set ? width_set : count_processors();

	return width < LIMIT_THREADS ? width : LIMIT_THREADS;
}

static void *
take_turns(void *argument)
{
	struct crew *crew = argument;
	size_t i;

	while ((i = atomic_fetch_add(&crew->next, 1)) < crew->count)
		crew->work(crew->context, i);
	return NULL;
}

void
parallel_for(size_t count, void (*work)(void *context, size_t i), void *context)
{
	struct crew crew = {count, work, context, 0};
	pthread_t threads[LIMIT_THREADS];
	size_t wanted = count < parallel_width() ? count : parallel_width();
	size_t started = 0;

	while (started + 1 < wanted &&
		pthread_create(&threads[started], NULL, take_turns, &crew) == 0)
		started++;
	take_turns(&crew);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}
