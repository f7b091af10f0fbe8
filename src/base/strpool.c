/*
 * Interned strings: one block of bytes, offsets into it, and a table of slots that hold numbers.
 * It must not know: what the strings mean.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "err.h"
#include "strpool.h"

enum { SLOTS_FIRST = 256, STARTS_FIRST = 64, BYTES_FIRST = 1024 };

/* Half of the hash stands beside the number. Its low bits say where the slot belongs, so a larger
 * table is filled without a look at the texts, which are mostly in no cache; by the other bits a
 * text that is another one is told without such a look. */
struct strpool_slot {
	uint32_t tag;
	sid id; /* 0: empty */
};

uint64_t
strpool_hash(struct slice text)
{
	return XXH3_64bits(text.at, text.len);
}

static uint32_t
tag_of(struct slice text)
{
	return (uint32_t)(strpool_hash(text) >> 32);
}

/* The slot that holds `text`, or the empty one where it belongs. */
static struct strpool_slot *
find_slot(const struct strpool *pool, struct slice text, uint32_t tag)
{
	uint32_t i = tag & pool->slot_mask;

	while (pool->slots[i].id &&
		(pool->slots[i].tag != tag ||
			!slice_equal(strpool_slice(pool, pool->slots[i].id), text)))
		i = (i + 1) & pool->slot_mask;
	return &pool->slots[i];
}

/* At most half of the slots are taken, so probes stay short and always end. */
static void
grow_slots(struct strpool *pool)
{
	size_t old_size = (size_t)pool->slot_mask + 1;
	struct strpool_slot *old = pool->slots;

	if (old_size * 2 > (size_t)UINT32_MAX + 1)
		return;
	pool->slots = xcalloc(old_size * 2, sizeof(*pool->slots));
	pool->slot_mask = (uint32_t)(old_size * 2 - 1);
	for (size_t k = 0; k < old_size; k++) {
		uint32_t i = old[k].tag & pool->slot_mask;

		if (!old[k].id)
			continue;
		while (pool->slots[i].id)
			i = (i + 1) & pool->slot_mask;
		pool->slots[i] = old[k];
	}
	free(old);
}

static void
grow_starts(struct strpool *pool)
{
	uint64_t room = (uint64_t)pool->starts_room + pool->starts_room / 2;

	pool->starts_room = room > UINT32_MAX ? UINT32_MAX : (uint32_t)room;
	pool->starts = xreallocarray(pool->starts, pool->starts_room, sizeof(*pool->starts));
	pool->bases = xreallocarray(
		pool->bases, pool->starts_room / STRPOOL_STRIDE + 1, sizeof(*pool->bases));
}

/* Where the next string begins; a stride's first one is its base. */
static void
set_start(struct strpool *pool, uint32_t id)
{
	if (id % STRPOOL_STRIDE == 0)
		pool->bases[id / STRPOOL_STRIDE] = pool->used;
	/* Fits: a text is no longer than a JSON string may be, and a stride is short. */
	pool->starts[id] = (uint32_t)(pool->used - pool->bases[id / STRPOOL_STRIDE]);
}

static void
grow_bytes(struct strpool *pool, size_t more)
{
	size_t wanted;

	if (__builtin_add_overflow(pool->used, more, &wanted) || wanted > SIZE_MAX / 2)
		die_oom();
	if (wanted < pool->room + pool->room / 2)
		wanted = pool->room + pool->room / 2;
	pool->bytes = xreallocarray(pool->bytes, wanted, 1);
	pool->room = wanted;
}

void
strpool_init(struct strpool *pool)
{
	pool->room = BYTES_FIRST;
	pool->bytes = xmalloc(pool->room);
	pool->used = 0;
	pool->starts_room = STARTS_FIRST;
	pool->starts = xcalloc(pool->starts_room, sizeof(*pool->starts));
	pool->bases = xcalloc(1, sizeof(*pool->bases));
	pool->slot_mask = SLOTS_FIRST - 1;
	pool->slots = xcalloc(SLOTS_FIRST, sizeof(*pool->slots));
	pool->count = 1; /* number 0: no string, no byte */
	strpool_add(pool, SLICE(""));
}

void
strpool_release(struct strpool *pool)
{
	free(pool->bytes);
	free(pool->bases);
	free(pool->starts);
	free(pool->slots);
	*pool = (struct strpool){0};
}

/* Appends a copy; `text` may lie in the pool itself, which moves when it grows. */
static sid
append(struct strpool *pool, struct slice text)
{
	uintptr_t inside = (uintptr_t)text.at - (uintptr_t)pool->bytes;
	sid id = pool->count;

	if (id == UINT32_MAX - 1 || text.len >= UINT32_MAX / STRPOOL_STRIDE)
		die_oom();
	if (pool->starts_room < id + 2)
		grow_starts(pool);
	if (pool->room - pool->used <= text.len) {
		grow_bytes(pool, text.len + 1);
		if (inside < pool->used)
			text.at = pool->bytes + inside;
	}
	if (text.len)
		memcpy(pool->bytes + pool->used, text.at, text.len);
	pool->used += text.len;
	pool->bytes[pool->used++] = '\0';
	set_start(pool, id + 1);
	pool->count++;
	return id;
}

sid
strpool_add(struct strpool *pool, struct slice text)
{
	struct strpool_slot *slot;
	uint32_t tag;
	sid id;

	if (!text.at)
		return 0;
	if (!pool->slots)
		return append(pool, text);
	tag = tag_of(text);
	slot = find_slot(pool, text, tag);
	if (slot->id)
		return slot->id;
	id = append(pool, text);
	/* Still valid: only grow_slots moves the table. */
	*slot = (struct strpool_slot){tag, id};
	if (pool->count > pool->slot_mask / 2)
		grow_slots(pool);
	return id;
}

sid
strpool_find(const struct strpool *pool, struct slice text)
{
	return text.at && pool->slots ? find_slot(pool, text, tag_of(text))->id : 0;
}

void
strpool_seal(struct strpool *pool)
{
	free(pool->slots);
	pool->slots = NULL;
}

int
strpool_compare(const struct strpool *pool, sid a, sid b)
{
	return a == b ? 0 : slice_compare(strpool_slice(pool, a), strpool_slice(pool, b));
}
