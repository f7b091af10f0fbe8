/*
 * A walk over any JSON document, written again.
 * It must not know: what the document means.
 */
#include "json_pull.h"
#include "json_write.h"

#include "json_rewrite.h"

struct walk {
	struct json json;
	struct json_writer writer;
	bool object[LIMIT_JSON_DEPTH];
	uint32_t depth;
};

/* One scalar, or the opening of a container. */
static bool
copy_value(struct walk *walk)
{
	enum json_type type = json_peek(&walk->json);
	struct slice text;
	bool truth;

	switch (type) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		if (!json_enter(&walk->json, type))
			return false;
		json_open(&walk->writer, type == JSON_OBJECT ? '{' : '[');
		walk->object[walk->depth++] = type == JSON_OBJECT;
		return true;
	case JSON_STRING:
		if (!json_string(&walk->json, &text))
			return false;
		json_put_slice(&walk->writer, text);
		return true;
	case JSON_NUMBER:
		if (!json_number_text(&walk->json, &text))
			return false;
		json_put_raw(&walk->writer, text);
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		if (!json_bool(&walk->json, &truth))
			return false;
		json_put_bool(&walk->writer, truth);
		return true;
	case JSON_NULL:
		if (!json_skip(&walk->json, NULL))
			return false;
		json_put_null(&walk->writer);
		return true;
	case JSON_END:
		break;
	}
	return false;
}

/* True if another value follows; closes what is finished on the way. */
static bool
next_value(struct walk *walk)
{
	struct slice name;

	while (walk->depth > 0 && !walk->json.failed) {
		bool object = walk->object[walk->depth - 1];

		if (object && json_next_member(&walk->json, &name)) {
			json_name_slice(&walk->writer, name);
			return true;
		}
		if (!object && json_next_element(&walk->json))
			return true;
		if (!walk->json.failed) {
			json_close(&walk->writer, object ? '}' : ']');
			walk->depth--;
		}
	}
	return false;
}

bool
json_rewrite(struct slice document, bool pretty, struct buf *out, struct err *err)
{
	struct walk walk = {.depth = 0};
	bool read;

	json_begin(&walk.json, document, "test.json", err);
	json_writer_buf(&walk.writer, out, pretty);
	do {
		read = copy_value(&walk);
		json_forget(&walk.json);
	} while (read && next_value(&walk));
	read = !walk.json.failed && json_peek(&walk.json) == JSON_END && !walk.json.failed;
	json_end(&walk.json);
	return read;
}

bool
json_accepts(struct slice document, struct err *err)
{
	struct json json;
	bool read;

	json_begin(&json, document, "test.json", err);
	read = json_skip(&json, NULL) && json_peek(&json) == JSON_END && !json.failed;
	json_end(&json);
	return read;
}
