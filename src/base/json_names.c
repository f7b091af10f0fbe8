/*
 * The member names of the open objects: none may stand twice in one object.
 * It must not know: what the members hold, how a document is walked.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "json_private.h"

/* From so many names on, an object keeps a table of them instead of a list. */
enum { NAMES_LISTED = 32 };

/* A member name seen in an open object. The bytes lie in the document, between its quotes. */
struct json_name {
	uint64_t hash;
	const char *at;
	uint32_t len;
	bool escaped;
};

/* Equal names have equal hashes, however they are escaped. */
static inline uint64_t
hash_name(struct raw_string raw)
{
	uint64_t hash;
	char *text;

	if (!raw.escaped)
		return XXH3_64bits(raw.at, raw.len);
	text = xmalloc(raw.len);
	hash = XXH3_64bits(text, json_decode(raw, text));
	free(text);
	return hash;
}

static bool
same_name(const struct json_name *a, const struct json_name *b)
{
	struct raw_string raw_a = {a->at, a->len, a->escaped};
	struct raw_string raw_b = {b->at, b->len, b->escaped};
	struct slice text_a;
	struct slice text_b;
	char *room;
	bool same;

	if (a->hash != b->hash)
		return false;
	room = xmalloc((size_t)a->len + b->len);
	text_a = (struct slice){room, json_decode(raw_a, room)};
	text_b = (struct slice){room + a->len, json_decode(raw_b, room + a->len)};
	same = slice_equal(text_a, text_b);
	free(room);
	return same;
}

/* Puts name number `i` (from 0) into the frame's table; false if an equal one is there. */
static bool
add_to_table(const struct json *json, struct json_frame *frame, size_t i)
{
	const struct json_name *names = json->names + frame->names;
	size_t slot = names[i].hash & frame->slot_mask;

	while (frame->slots[slot]) {
		if (same_name(&names[frame->slots[slot] - 1], &names[i]))
			return false;
		slot = (slot + 1) & frame->slot_mask;
	}
	frame->slots[slot] = (uint32_t)(i + 1);
	return true;
}

/* A table four times as large as its `count` names; they are known to differ. */
static void
grow_table(const struct json *json, struct json_frame *frame, size_t count)
{
	size_t size = (size_t)4 * NAMES_LISTED;

	while (size < 4 * count)
		size *= 2;
	free(frame->slots);
	frame->slots = xcalloc(size, sizeof(*frame->slots));
	frame->slot_mask = size - 1;
	for (size_t i = 0; i < count; i++)
		add_to_table(json, frame, i);
}

/* The newest name is the last of `count`; the slow half of json_see_name. */
static bool
is_new_name(const struct json *json, struct json_frame *frame, size_t count)
{
	const struct json_name *names = json->names + frame->names;

	if (count > NAMES_LISTED) {
		if (!frame->slots || count > (frame->slot_mask + 1) / 2)
			grow_table(json, frame, count - 1);
		return add_to_table(json, frame, count - 1);
	}
	for (size_t i = 0; i + 1 < count; i++)
		if (names[i].hash == names[count - 1].hash &&
			same_name(&names[i], &names[count - 1]))
			return false;
	return true;
}

bool
json_see_name(struct json *json, struct raw_string raw)
{
	struct json_frame *frame = &json->frames[json->depth - 1];
	uint64_t hash = hash_name(raw);
	uint64_t bit = (uint64_t)1 << (hash >> 58);
	size_t count;

	if (json->names_count == json->names_room) {
		json->names_room = json->names_room * 2 + 64;
		json->names = xreallocarray(json->names, json->names_room, sizeof(*json->names));
	}
	json->names[json->names_count++] = (struct json_name){hash, raw.at, raw.len, raw.escaped};
	count = json->names_count - frame->names;
	if (count >= UINT32_MAX)
		return json_fail(json, raw.at, ERR_LIMIT, "an object with too many members");
	if ((frame->mask & bit || count > NAMES_LISTED) && !is_new_name(json, frame, count))
		return json_fail(json, raw.at - 1, ERR_SYNTAX,
			"the member \"%.*s\" stands twice in one object",
			(int)(raw.len < 100 ? raw.len : 100), raw.at);
	frame->mask |= bit;
	return true;
}
