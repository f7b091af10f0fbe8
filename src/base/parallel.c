/*
 * The same work for many numbers, on all processors.
 * It must not know: the work.
 */
#include <pthread.h>
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

size_t
parallel_width(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (online < 1)
		return 1;
	return online < LIMIT_THREADS ? (size_t)online : LIMIT_THREADS;
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
