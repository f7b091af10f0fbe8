/*
 * The same work for many numbers, on all processors.
 * It must not know: the work.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
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

/* --- pieces in order ----------------------------------------------------------------------------
 */

/* Lifetime: one parallel_in_order. */
struct line {
	const struct parallel_pieces *pieces;
	size_t slots;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* below: guarded by `lock` */
	size_t next;  /* the first that nobody makes yet */
	size_t taken; /* the first that was not taken */
	bool made[PARALLEL_SLOTS];
};

/* Makes the next piece if there is room for it. The lock is held before and after, not meanwhile.
 */
static bool
make_next(struct line *line)
{
	size_t i = line->next;

	if (i == line->pieces->count || i == line->taken + line->slots)
		return false;
	line->next++;
	pthread_mutex_unlock(&line->lock);
	line->pieces->make(line->pieces->context, i, i % line->slots);
	pthread_mutex_lock(&line->lock);
	line->made[i % line->slots] = true;
	pthread_cond_broadcast(&line->changed);
	return true;
}

static void *
make_pieces(void *argument)
{
	struct line *line = argument;

	pthread_mutex_lock(&line->lock);
	while (line->next < line->pieces->count)
		if (!make_next(line))
			pthread_cond_wait(&line->changed, &line->lock);
	pthread_mutex_unlock(&line->lock);
	return NULL;
}

/* Who takes also makes, when the piece whose turn it is is not there. */
static void
take_pieces(struct line *line)
{
	pthread_mutex_lock(&line->lock);
	while (line->taken < line->pieces->count) {
		size_t slot = line->taken % line->slots;

		while (!line->made[slot])
			if (!make_next(line))
				pthread_cond_wait(&line->changed, &line->lock);
		pthread_mutex_unlock(&line->lock);
		line->pieces->take(line->pieces->context, line->taken, slot);
		pthread_mutex_lock(&line->lock);
		line->made[slot] = false;
		line->taken++;
		pthread_cond_broadcast(&line->changed);
	}
	pthread_mutex_unlock(&line->lock);
}

void
parallel_in_order(const struct parallel_pieces *pieces)
{
	struct line line = {.pieces = pieces, .slots = 2 * parallel_width()};
	pthread_t threads[LIMIT_THREADS];
	size_t wanted = pieces->count < parallel_width() ? pieces->count : parallel_width();
	size_t started = 0;

	pthread_mutex_init(&line.lock, NULL);
	pthread_cond_init(&line.changed, NULL);
	while (started + 1 < wanted &&
		pthread_create(&threads[started], NULL, make_pieces, &line) == 0)
		started++;
	take_pieces(&line);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_cond_destroy(&line.changed);
	pthread_mutex_destroy(&line.lock);
}
