/*
 * Look-ups in what a bill says.
 * It must not know: files, columns.
 */
#include "billed.h"

static const struct {
	const char *prefix;
	bool single;
} parts[] = {
#define PART(name, prefix, single) [name] = {prefix, single},
#include "billed_parts.def"
};

const char *
billed_prefix(enum billed_part part)
{
	return parts[part].prefix;
}

bool
billed_is_single(enum billed_part part)
{
	return parts[part].single;
}

struct slice
billed_key(struct slice id, enum billed_part part, char room[BILLED_KEY_ROOM])
{
	if (id.len >= BILLED_KEY_ROOM)
		return SLICE_NONE;
	room[0] = (char)('a' + (int)part);
	memcpy(room + 1, id.at, id.len);
	return (struct slice){room, id.len + 1};
}

const struct billed *
billed_find(const struct billed_table *table, struct slice id, enum billed_part part)
{
	char room[BILLED_KEY_ROOM];
	sid key;

	if (!table || !id.len)
		return NULL;
	key = strpool_find(&table->keys, billed_key(id, part, room));
	if (!key || key >= table->items.count || !table->items.items[key].rows)
		return NULL;
	return &table->items.items[key];
}

void
billed_table_init(struct billed_table *table)
{
	*table = (struct billed_table){0};
	strpool_init(&table->keys);
}

void
billed_table_release(struct billed_table *table)
{
	strpool_release(&table->keys);
	vec_release(&table->items);
	vec_release(&table->files);
}
