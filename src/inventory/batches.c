/*
 * Batches: one thread decodes, the caller takes, two batches go round between them.
 * It must not know: what becomes of a record.
 */
#include "batches.h"

#include <pthread.h>

enum { SLOTS = 2 };

struct slot {
	struct batch batch;
	struct arena lists;   /* what the records' lists lie in */
	struct arena strings; /* decoded strings, in turn with the reader's own */
	bool full;
};

struct batches {
	const struct decoder *decoder;
	struct json *json;
	const char *document;
	enum shape_id shape;
	struct slot slots[SLOTS];
	size_t taken; /* batches asked for: the thread does not look at it */
	pthread_t thread;
	/* below: guarded by `lock` */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ended;   /* the thread makes no more */
	bool stopped; /* nobody wants more */
};

static void
swap_strings(struct json *json, struct slot *slot)
{
	struct arena own = json->scratch;

	json->scratch = slot->strings;
	slot->strings = own;
}

/* Fills a batch; false if the list is at its end or went wrong, the batch then may be a short one.
 */
static bool
fill(struct batches *batches, struct slot *slot)
{
	size_t size = source_shapes[batches->shape].size;
	struct json *json = batches->json;
	struct batch *batch = &slot->batch;
	bool more = true;

	arena_clear(&slot->lists);
	arena_clear(&slot->strings);
	batch->count = 0;
	swap_strings(json, slot);
	while (batch->count < LIMIT_BATCH && (more = json_next_element(json))) {
		more = decode_object(batches->decoder, json, batches->document, &slot->lists,
			batches->shape, batch->records + batch->count * size);
		if (!more)
			break;
		batch->count++;
	}
	swap_strings(json, slot);
	batch->end = (size_t)(json->at - json->start);
	return more;
}

/* Waits until the slot is empty; false if nobody wants more. */
static bool
wait_empty(struct batches *batches, const struct slot *slot)
{
	bool wanted;

	pthread_mutex_lock(&batches->lock);
	while (slot->full && !batches->stopped)
		pthread_cond_wait(&batches->changed, &batches->lock);
	wanted = !batches->stopped;
	pthread_mutex_unlock(&batches->lock);
	return wanted;
}

static void *
decode(void *argument)
{
	struct batches *batches = argument;
	bool more = true;

	for (size_t i = 0; more; i++) {
		struct slot *slot = &batches->slots[i % SLOTS];

		more = wait_empty(batches, slot) && fill(batches, slot);
		pthread_mutex_lock(&batches->lock);
		slot->full = slot->batch.count > 0 && !batches->stopped;
		batches->ended = !more;
		pthread_cond_broadcast(&batches->changed);
		pthread_mutex_unlock(&batches->lock);
	}
	return NULL;
}

static void
batches_free(struct batches *batches)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(batches->slots[i].batch.records);
		arena_release(&batches->slots[i].lists);
		arena_release(&batches->slots[i].strings);
	}
	pthread_cond_destroy(&batches->changed);
	pthread_mutex_destroy(&batches->lock);
	free(batches);
}

struct batches *
batches_begin(
	const struct decoder *decoder, struct json *json, const char *document, enum shape_id shape)
{
	struct batches *batches = xcalloc(1, sizeof(*batches));

	batches->decoder = decoder;
	batches->json = json;
	batches->document = document;
	batches->shape = shape;
	for (size_t i = 0; i < SLOTS; i++)
		batches->slots[i].batch.records = xcalloc(LIMIT_BATCH, source_shapes[shape].size);
	pthread_mutex_init(&batches->lock, NULL);
	pthread_cond_init(&batches->changed, NULL);
	if (pthread_create(&batches->thread, NULL, decode, batches) == 0)
		return batches;
	batches_free(batches);
	return NULL;
}

const struct batch *
batches_next(struct batches *batches)
{
	struct slot *slot = &batches->slots[batches->taken % SLOTS];
	struct slot *before = &batches->slots[(batches->taken + 1) % SLOTS];
	bool full;

	pthread_mutex_lock(&batches->lock);
	if (batches->taken > 0) {
		before->full = false;
		pthread_cond_broadcast(&batches->changed);
	}
	while (!slot->full && !batches->ended)
		pthread_cond_wait(&batches->changed, &batches->lock);
	full = slot->full;
	pthread_mutex_unlock(&batches->lock);
	batches->taken++;
	return full ? &slot->batch : NULL;
}

bool
batches_end_take(struct batches *batches)
{
	bool failed;

	pthread_mutex_lock(&batches->lock);
	batches->stopped = true;
	pthread_cond_broadcast(&batches->changed);
	pthread_mutex_unlock(&batches->lock);
	pthread_join(batches->thread, NULL);
	failed = batches->json->failed;
	batches_free(batches);
	return !failed;
}
