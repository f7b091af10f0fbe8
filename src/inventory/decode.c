/*
 * The decoder that the source table drives: an explicit stack of objects and lists, no tree, no
 * recursion. It must not know: documents, the graph, what a member means.
 */
#include "decode.h"

#include "civil.h"
#include "records.h"

#include <assert.h>

/* The deepest way through the table is 11 levels: a spot fleet's overrides' block devices. */
#define DECODE_DEPTH 16

/* What every VEC looks like; copied in and out, since its pointer has another type there. */
struct any_vec {
	void *items;
	size_t count;
	size_t room;
};

struct frame {
	char *base;                /* an object's struct; a list's VEC */
	const struct field *field; /* a list's field; NULL for an object */
	enum shape_id shape;
};

struct walk {
	const struct decoder *decoder;
	struct json *json;
	const char *document;
	struct arena *arena;
	unsigned depth;
	struct frame frames[DECODE_DEPTH];
};

static unsigned
hash_name(struct slice name)
{
	unsigned first = (unsigned char)name.at[0];
	unsigned middle = (unsigned char)name.at[name.len / 2];
	unsigned last = (unsigned char)name.at[name.len - 1];

	return (unsigned)name.len * 7 + first * 3 + middle * 5 + last * 11;
}

static void
index_shape(struct decoder *decoder, enum shape_id id)
{
	const struct shape *shape = &source_shapes[id];

	assert(shape->count * 2 <= DECODE_SLOTS);
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		unsigned slot = hash_name(field->name) % DECODE_SLOTS;

		while (decoder->slots[id][slot])
			slot = (slot + 1) % DECODE_SLOTS;
		decoder->slots[id][slot] = (uint8_t)(i + 1);
		if (field->type == FIELD_TIME)
			decoder->timed[id] = true;
	}
}

void
decoder_init(struct decoder *decoder)
{
	memset(decoder, 0, sizeof(*decoder));
	for (int id = SHAPE_NONE + 1; id < SHAPES; id++)
		index_shape(decoder, (enum shape_id)id);
	/* An object in place is never begun when it is absent, so its times would read as 1970. */
	for (int id = SHAPE_NONE + 1; id < SHAPES; id++) {
		for (size_t i = 0; i < source_shapes[id].count; i++) {
			const struct field *field = &source_shapes[id].fields[i];

			assert(field->type != FIELD_OBJECT || !decoder->timed[field->shape]);
			(void)field;
		}
	}
}

static const struct field *
find_field(const struct decoder *decoder, enum shape_id shape, struct slice name)
{
	if (name.len == 0)
		return NULL;
	for (unsigned slot = hash_name(name) % DECODE_SLOTS;; slot = (slot + 1) % DECODE_SLOTS) {
		unsigned number = decoder->slots[shape][slot];

		if (number == 0)
			return NULL;
		if (slice_equal(source_shapes[shape].fields[number - 1].name, name))
			return &source_shapes[shape].fields[number - 1];
	}
}

const char *
decode_here(struct json *json)
{
	const char *at;

	(void)json_peek(json);
	at = json->at;
	while (at < json->end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
		at++;
	return at;
}

const char *
decode_type_word(enum json_type type)
{
	switch (type) {
	case JSON_END:
		return "nothing";
	case JSON_NULL:
		return "null";
	case JSON_FALSE:
	case JSON_TRUE:
		return "true or false";
	case JSON_NUMBER:
		return "a number";
	case JSON_STRING:
		return "a string";
	case JSON_ARRAY:
		return "a list";
	case JSON_OBJECT:
		return "an object";
	}
	return "nothing";
}

/* A value of the wrong type; one that is not even well-formed gets the parser's own error. */
static bool
mismatch(struct json *json, struct slice name, const char *wanted)
{
	enum json_type type = json_peek(json);
	const char *here = decode_here(json);

	if (!json_skip(json, NULL))
		return false;
	return json_fail(json, here, ERR_VALUE, "%.*s must be %s, not %s", (int)name.len, name.at,
		wanted, decode_type_word(type));
}

static bool
read_text(struct json *json, const struct field *field, void *out)
{
	struct slice text = SLICE_NONE;

	if (json_peek(json) != JSON_STRING)
		return mismatch(json, field->name, "a string");
	if (!json_string(json, &text))
		return false;
	memcpy(out, &text, sizeof(text));
	return true;
}

static bool
read_time(struct json *json, const struct field *field, void *out)
{
	enum json_type type = json_peek(json);
	const char *here = decode_here(json);
	struct slice text = SLICE_NONE;
	int64_t time;
	bool parsed;

	if (type != JSON_STRING && type != JSON_NUMBER)
		return mismatch(json, field->name, "a time");
	if (!(type == JSON_STRING ? json_string(json, &text) : json_number_text(json, &text)))
		return false;
	parsed = type == JSON_STRING ? time_parse(text, &time) : time_from_epoch_text(text, &time);
	if (!parsed)
		return json_fail(json, here, ERR_VALUE,
			"%s: \"%.*s\" is not a time such as 2026-11-22T18:33:14.000Z",
			field->name.at, (int)(text.len < 60 ? text.len : 60), text.at);
	memcpy(out, &time, sizeof(time));
	return true;
}

static bool
read_count(struct json *json, const struct field *field, void *out)
{
	const char *here = decode_here(json);
	int64_t value = 0;
	uint64_t count;

	if (json_peek(json) != JSON_NUMBER)
		return mismatch(json, field->name, "a number");
	if (!json_integer(json, &value))
		return false;
	if (value < 0)
		return json_fail(json, here, ERR_VALUE, "%s must not be negative", field->name.at);
	count = (uint64_t)value;
	memcpy(out, &count, sizeof(count));
	return true;
}

static bool
read_told_count(struct json *json, const struct field *field, void *out)
{
	struct told_count count = {.told = true};

	if (!read_count(json, field, &count.value))
		return false;
	memcpy(out, &count, sizeof(count));
	return true;
}

static bool
read_flag(struct json *json, const struct field *field, void *out)
{
	enum json_type type = json_peek(json);
	bool value = false;
	uint8_t state;

	if (type != JSON_TRUE && type != JSON_FALSE)
		return mismatch(json, field->name, "true or false");
	if (!json_bool(json, &value))
		return false;
	state = value ? YES : NO;
	memcpy(out, &state, sizeof(state));
	return true;
}

/* Room for one more item of `size` bytes in a VEC whose memory is the arena's. */
static void *
vec_extend(struct arena *arena, char *vec, size_t size)
{
	struct any_vec any;
	void *item;

	memcpy(&any, vec, sizeof(any));
	if (any.count == any.room) {
		size_t room = any.room ? any.room * 2 : 4;
		void *items = arena_array(arena, room, size);

		if (any.count)
			memcpy(items, any.items, any.count * size);
		any.items = items;
		any.room = room;
	}
	item = (char *)any.items + any.count++ * size;
	memcpy(vec, &any, sizeof(any));
	return item;
}

static bool
read_texts(struct walk *walk, const struct field *field, char *vec)
{
	struct json *json = walk->json;
	const struct field element = {field->name, 0, FIELD_TEXT, SHAPE_NONE};

	if (json_peek(json) != JSON_ARRAY)
		return mismatch(json, field->name, "a list");
	if (!json_enter(json, JSON_ARRAY))
		return false;
	while (json_next_element(json)) {
		struct slice text = SLICE_NONE;

		if (!read_text(json, &element, &text))
			return false;
		memcpy(vec_extend(walk->arena, vec, sizeof(text)), &text, sizeof(text));
	}
	return !json->failed;
}

/* --- block lists: numbers only, in sets ----------------------------------------------------------
 */

static void
add_block(struct arena *arena, struct block_set *set, uint64_t block)
{
	size_t word = (size_t)(block / 64);

	if (word >= set->count) {
		size_t count = word + 1 > 2 * set->count ? word + 1 : 2 * set->count;
		uint64_t *words = arena_array(arena, count, sizeof(*words));

		if (set->count)
			memcpy(words, set->words, set->count * sizeof(*words));
		set->words = words;
		set->count = count;
	}
	set->words[word] |= (uint64_t)1 << (block % 64);
}

/* One element of the list: its number, and which tokens it has. */
struct block {
	uint64_t number;
	bool numbered, first, second;
};

static bool
read_block_member(struct json *json, struct slice name, struct block *block)
{
	static const struct field number = {
		{"BlockIndex", sizeof("BlockIndex") - 1}, 0, FIELD_COUNT, SHAPE_NONE};

	if (json_peek(json) == JSON_NULL)
		return json_skip(json, NULL);
	if (slice_is(name, "BlockIndex")) {
		block->numbered = true;
		return read_count(json, &number, &block->number);
	}
	block->first = block->first || slice_is(name, "FirstBlockToken");
	block->second = block->second || slice_is(name, "SecondBlockToken");
	return json_skip(json, NULL);
}

static bool
read_block(struct json *json, struct block *block)
{
	const char *here = decode_here(json);
	struct slice name;

	*block = (struct block){0};
	if (json_peek(json) != JSON_OBJECT)
		return mismatch(json, SLICE("a block"), "an object");
	if (!json_enter(json, JSON_OBJECT))
		return false;
	while (json_next_member(json, &name))
		if (!read_block_member(json, name, block))
			return false;
	if (json->failed)
		return false;
	if (!block->numbered)
		return json_fail(json, here, ERR_VALUE, "this block has no BlockIndex");
	if (block->number >= LIMIT_BLOCKS)
		return json_fail(json, here, ERR_LIMIT,
			"BlockIndex is %llu, but no volume has more than %u blocks",
			(unsigned long long)block->number, LIMIT_BLOCKS);
	return true;
}

static bool
read_blocks(struct walk *walk, const struct field *field, char *out)
{
	struct json *json = walk->json;
	struct blocks_read read = {0};
	struct block block;

	if (json_peek(json) != JSON_ARRAY)
		return mismatch(json, field->name, "a list");
	if (!json_enter(json, JSON_ARRAY))
		return false;
	while (json_next_element(json)) {
		if (!read_block(json, &block))
			return false;
		add_block(walk->arena, &read.has, block.number);
		if (!block.first)
			add_block(walk->arena, &read.not_in_first, block.number);
		if (!block.second)
			add_block(walk->arena, &read.not_in_second, block.number);
		read.tokens = read.tokens || block.first || block.second;
	}
	memcpy(out, &read, sizeof(read));
	return !json->failed;
}

static void
push(struct walk *walk, char *base, const struct field *field, enum shape_id shape)
{
	assert(walk->depth < DECODE_DEPTH);
	walk->frames[walk->depth++] = (struct frame){base, field, shape};
}

/* Enters an object and notes where it begins. */
static bool
begin_object(struct walk *walk, char *base, enum shape_id shape, struct slice name)
{
	struct json *json = walk->json;
	size_t at;

	if (json_peek(json) != JSON_OBJECT)
		return mismatch(json, name, "an object");
	at = (size_t)(decode_here(json) - walk->document);
	if (!json_enter(json, JSON_OBJECT))
		return false;
	memcpy(base, &at, sizeof(at));
	for (size_t i = 0; walk->decoder->timed[shape] && i < source_shapes[shape].count; i++) {
		const struct field *field = &source_shapes[shape].fields[i];
		const int64_t none = TIME_NONE;

		if (field->type == FIELD_TIME)
			memcpy(base + field->at, &none, sizeof(none));
	}
	push(walk, base, NULL, shape);
	return true;
}

static bool
begin_list(struct walk *walk, char *base, const struct field *field)
{
	struct json *json = walk->json;

	if (json_peek(json) != JSON_ARRAY)
		return mismatch(json, field->name, "a list");
	if (!json_enter(json, JSON_ARRAY))
		return false;
	push(walk, base, field, (enum shape_id)field->shape);
	return true;
}

static bool
read_field(struct walk *walk, char *base, const struct field *field)
{
	char *out = base + field->at;

	if (json_peek(walk->json) == JSON_NULL)
		return json_skip(walk->json, NULL);
	switch ((enum field_type)field->type) {
	case FIELD_TEXT:
		return read_text(walk->json, field, out);
	case FIELD_TIME:
		return read_time(walk->json, field, out);
	case FIELD_COUNT:
		return read_count(walk->json, field, out);
	case FIELD_TOLD_COUNT:
		return read_told_count(walk->json, field, out);
	case FIELD_FLAG:
		return read_flag(walk->json, field, out);
	case FIELD_OBJECT:
		return begin_object(walk, out, (enum shape_id)field->shape, field->name);
	case FIELD_LIST:
		return begin_list(walk, out, field);
	case FIELD_TEXTS:
		return read_texts(walk, field, out);
	case FIELD_BLOCKS:
		return read_blocks(walk, field, out);
	}
	return false;
}

/* One member of the object on top of the stack, or its end. */
static bool
step_object(struct walk *walk)
{
	struct frame *frame = &walk->frames[walk->depth - 1];
	const struct field *field;
	struct slice name;

	if (!json_next_member(walk->json, &name)) {
		walk->depth--;
		return !walk->json->failed;
	}
	field = find_field(walk->decoder, frame->shape, name);
	return field ? read_field(walk, frame->base, field) : json_skip(walk->json, NULL);
}

/* One element of the list on top of the stack, or its end. */
static bool
step_list(struct walk *walk)
{
	struct frame *frame = &walk->frames[walk->depth - 1];
	char *item;

	if (!json_next_element(walk->json)) {
		walk->depth--;
		return !walk->json->failed;
	}
	if (json_peek(walk->json) == JSON_NULL)
		return json_skip(walk->json, NULL);
	item = vec_extend(walk->arena, frame->base, source_shapes[frame->shape].size);
	return begin_object(walk, item, frame->shape, frame->field->name);
}

bool
decode_object(const struct decoder *decoder, struct json *json, const char *document,
	struct arena *arena, enum shape_id shape, void *out)
{
	struct walk walk;

	walk.decoder = decoder;
	walk.json = json;
	walk.document = document;
	walk.arena = arena;
	walk.depth = 0;
	memset(out, 0, source_shapes[shape].size);
	if (!begin_object(&walk, out, shape, SLICE("an element")))
		return false;
	while (walk.depth > 0) {
		if (!(walk.frames[walk.depth - 1].field ? step_list(&walk) : step_object(&walk)))
			return false;
	}
	return true;
}
