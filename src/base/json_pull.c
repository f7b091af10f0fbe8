/*
 * The walk through a document: objects, arrays, members, values, and where it went wrong.
 * It must not know: AWS, files, records; how strings and numbers are spelled (json_text.c).
 */
#include <stdarg.h>

#include "json_private.h"
#include "scan.h"
#include "utf8.h"

/* --- errors ---------------------------------------------------------------------------------- */

static const char byte_order_mark[] = "\xef\xbb\xbf";

static bool
has_mark(const char *at, const char *end)
{
	return end - at >= 3 && memcmp(at, byte_order_mark, 3) == 0;
}

void
json_place(struct slice bytes, size_t offset, uint32_t *line, uint32_t *column)
{
	const char *at = bytes.at;
	const char *stop = bytes.at + (offset < bytes.len ? offset : bytes.len);
	const char *feed;
	uint32_t lines = 1;
	uint32_t characters = 1;

	if (bytes.len && has_mark(bytes.at, stop))
		at += 3;
	while (at < stop && (feed = memchr(at, '\n', (size_t)(stop - at))) != NULL) {
		lines++;
		at = feed + 1;
	}
	for (; at < stop; at++)
		characters += ((unsigned char)*at & 0xc0) != 0x80;
	*line = lines;
	*column = characters;
}

bool
json_fail(struct json *json, const char *at, int code, const char *format, ...)
{
	char text[LIMIT_ERR_TEXT];
	uint32_t line;
	uint32_t column;
	va_list args;

	if (json->failed)
		return false; /* the first failure is the one that tells */
	json->failed = true;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_place((struct slice){json->start, (size_t)(json->end - json->start)},
		(size_t)(at - json->start), &line, &column);
	err_set_at(json->err, code, json->name, line, column, "%s", text);
	return false;
}

/* The document is over in the middle of `inside`; NULL: of whatever is open. */
bool
json_fail_end(struct json *json, const char *inside)
{
	if (!inside && json->depth == 0) {
		json_fail(json, json->end, ERR_SYNTAX, "the document %s",
			json->done ? "is over" : "is empty");
		return false;
	}
	if (!inside)
		inside = json->frames[json->depth - 1].object ? "an object" : "an array";
	json_fail(json, json->end, ERR_SYNTAX, "the document ends inside %s (truncated?)", inside);
	return false;
}

/* The byte at json->at has no business there; `where` follows it in the sentence. */
static bool
fail_byte(struct json *json, const char *where)
{
	const char *at = json->at;
	size_t length = utf8_read(at, json->end, NULL);

	if (at == json->end)
		return json_fail_end(json, NULL);
	if (length == 0 || (unsigned char)*at < 0x20 || *at == 0x7f)
		return json_fail(json, at, ERR_SYNTAX, "not JSON: byte 0x%02x",
			(unsigned)(unsigned char)*at);
	return json_fail(json, at, ERR_SYNTAX, "unexpected '%.*s' %s", (int)length, at, where);
}

/* A value was read, or a name; what stands here is neither a comma nor the end. */
static bool
fail_after_value(struct json *json, char close)
{
	return fail_byte(json, close == '}' ? "after a value, where ',' or '}' is due"
					    : "after a value, where ',' or ']' is due");
}

static const char *const type_names[] = {"the end of the document", "null", "a boolean",
	"a boolean", "a number", "a string", "an array", "an object"};

static bool
fail_type(struct json *json, enum json_type wanted, enum json_type found)
{
	if (json->failed)
		return false;
	if (found == JSON_END)
		return json_fail_end(json, NULL);
	json_fail(json, json->at, ERR_VALUE, "%s where %s is due", type_names[found],
		type_names[wanted]);
	return false;
}

/* --- structure ------------------------------------------------------------------------------- */

void
json_begin(struct json *json, struct slice bytes, const char *name, struct err *err)
{
	static const struct {
		char bytes[4];
		size_t len;
		const char *text;
	} wrong[] = {
		{{'\xff', '\xfe', 0, 0}, 4, "UTF-32"},
		{{0, 0, '\xfe', '\xff'}, 4, "UTF-32"},
		{{'\xff', '\xfe'}, 2, "UTF-16"},
		{{'\xfe', '\xff'}, 2, "UTF-16"},
	};
	const char *start = bytes.at ? bytes.at : "";

	*json = (struct json){.start = start, .at = start, .end = start + bytes.len};
	json->name = name;
	json->err = err;
	json->frames = xreallocarray(NULL, LIMIT_JSON_DEPTH, sizeof(*json->frames));
	if (has_mark(json->at, json->end))
		json->at += 3;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (bytes.len >= wrong[i].len && memcmp(start, wrong[i].bytes, wrong[i].len) == 0)
			json_fail(json, start, ERR_SYNTAX,
				"this is %s; save it again as UTF-8 "
				"(in PowerShell: | Out-File -Encoding utf8 FILE)",
				wrong[i].text);
	/* Without a byte order mark, every second byte of it is zero. */
	if (bytes.len >= 2 && (start[0] == 0) != (start[1] == 0))
		json_fail(json, start, ERR_SYNTAX,
			"this is UTF-16; save it again as UTF-8 "
			"(in PowerShell: | Out-File -Encoding utf8 FILE)");
}

void
json_end(struct json *json)
{
	for (uint32_t i = 0; json->frames && i < json->depth; i++)
		free(json->frames[i].slots);
	free(json->frames);
	free(json->names);
	arena_release(&json->scratch);
	json->frames = NULL;
	json->names = NULL;
	json->names_count = json->names_room = 0;
	json->depth = 0;
}

void
json_forget(struct json *json)
{
	arena_clear(&json->scratch);
}

static inline void
skip_blanks(struct json *json)
{
	json->at = scan_blanks(json->at, json->end);
}

/* What a value that begins with this byte is; JSON_END: no value begins so. */
static inline enum json_type
type_of(char c)
{
	switch (c) {
	case '"':
		return JSON_STRING;
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return c == '-' || (c >= '0' && c <= '9') ? JSON_NUMBER : JSON_END;
	}
}

enum json_type
json_peek(struct json *json)
{
	enum json_type type;

	if (json->failed)
		return JSON_END;
	skip_blanks(json);
	if (json->done) {
		if (json->at < json->end)
			fail_byte(json, "after the end of the document");
		return JSON_END;
	}
	if (json->at == json->end) {
		json_fail_end(json, NULL);
		return JSON_END;
	}
	type = type_of(*json->at);
	if (type == JSON_END)
		fail_byte(json, "where a value is due");
	return type;
}

static inline bool
enter(struct json *json, bool object)
{
	if (json->depth == LIMIT_JSON_DEPTH)
		return json_fail(json, json->at, ERR_LIMIT, "nested more than %d levels deep",
			LIMIT_JSON_DEPTH);
	json->frames[json->depth++] =
		(struct json_frame){.names = json->names_count, .object = object, .first = true};
	json->at++;
	return true;
}

/* Consumes the closing bracket. Returns false, as the end of a walk does. */
static inline bool
leave(struct json *json)
{
	struct json_frame *frame = &json->frames[json->depth - 1];

	json->at++;
	json->names_count = frame->names;
	free(frame->slots);
	json->depth--;
	if (json->depth == 0)
		json->done = true;
	return false;
}

bool
json_enter(struct json *json, enum json_type type)
{
	enum json_type found = json_peek(json);

	if (found != type || found == JSON_END)
		return fail_type(json, type, found);
	return enter(json, type == JSON_OBJECT);
}

/* Up to the next member or element of the innermost container; false after consuming `close`. */
static inline bool
step(struct json *json, char close)
{
	struct json_frame *frame = &json->frames[json->depth - 1];

	skip_blanks(json);
	if (json->at == json->end)
		return json_fail_end(json, NULL);
	if (*json->at == close)
		return leave(json);
	if (frame->first) {
		frame->first = false;
		return true;
	}
	if (*json->at != ',')
		return fail_after_value(json, close);
	json->at++;
	skip_blanks(json);
	if (json->at == json->end)
		return json_fail_end(json, NULL);
	if (*json->at == close || *json->at == ',')
		return fail_byte(json, "after a comma");
	return true;
}

static inline bool
next_member(struct json *json, struct raw_string *name)
{
	if (!step(json, '}'))
		return false;
	if (*json->at != '"')
		return fail_byte(json, "where the name of a member is due");
	if (!json_take_string(json, name) || !(json->checked || json_see_name(json, *name)))
		return false;
	skip_blanks(json);
	if (json->at == json->end || *json->at != ':')
		return fail_byte(json, "where ':' is due after the name of a member");
	json->at++;
	return true;
}

static inline struct slice
decoded(struct json *json, struct raw_string raw)
{
	char *text;

	if (!raw.escaped)
		return (struct slice){raw.at, raw.len};
	text = arena_alloc(&json->scratch, (size_t)raw.len + 1);
	return (struct slice){text, json_decode(raw, text)};
}

bool
json_next_member(struct json *json, struct slice *name)
{
	struct raw_string raw = {0};

	if (json->failed || !next_member(json, &raw))
		return false;
	*name = decoded(json, raw);
	return true;
}

bool
json_next_element(struct json *json)
{
	return !json->failed && step(json, ']');
}

/* --- values ---------------------------------------------------------------------------------- */

static inline bool
value_read(struct json *json)
{
	if (json->depth == 0)
		json->done = true;
	return true;
}

bool
json_string(struct json *json, struct slice *text)
{
	enum json_type found = json_peek(json);
	struct raw_string raw;

	if (found != JSON_STRING)
		return fail_type(json, JSON_STRING, found);
	if (!json_take_string(json, &raw))
		return false;
	*text = decoded(json, raw);
	return value_read(json);
}

bool
json_number_text(struct json *json, struct slice *text)
{
	enum json_type found = json_peek(json);
	const char *from = json->at;

	if (found != JSON_NUMBER)
		return fail_type(json, JSON_NUMBER, found);
	if (!json_take_number(json))
		return false;
	*text = (struct slice){from, (size_t)(json->at - from)};
	return value_read(json);
}

bool
json_integer(struct json *json, int64_t *value)
{
	struct slice text = SLICE("");
	int64_t number = 0;
	bool negative;

	if (!json_number_text(json, &text))
		return false;
	negative = text.at[0] == '-';
	for (size_t i = negative; i < text.len; i++) {
		int digit = text.at[i] - '0';

		if (digit < 0 || digit > 9)
			return json_fail(json, text.at, ERR_VALUE, "not a whole number: %.*s",
				(int)(text.len < 40 ? text.len : 40), text.at);
		if (__builtin_mul_overflow(number, 10, &number) ||
			__builtin_sub_overflow(number, digit, &number))
			return json_fail(json, text.at, ERR_VALUE, "a number out of range");
	}
	/* Counted downwards, since the least number has no positive twin. */
	if (!negative && number == INT64_MIN)
		return json_fail(json, text.at, ERR_VALUE, "a number out of range");
	*value = negative ? number : -number;
	return true;
}

bool
json_bool(struct json *json, bool *value)
{
	enum json_type found = json_peek(json);

	if (found != JSON_TRUE && found != JSON_FALSE)
		return fail_type(json, JSON_TRUE, found);
	if (!json_take_word(json, found))
		return false;
	*value = found == JSON_TRUE;
	return value_read(json);
}

/* Begins the value at hand: a scalar is consumed, a container is entered. */
static inline bool
begin_value(struct json *json)
{
	enum json_type type = json_peek(json);
	struct raw_string raw;

	switch (type) {
	case JSON_END:
		return json->failed ? false : json_fail_end(json, NULL);
	case JSON_STRING:
		return json_take_string(json, &raw);
	case JSON_OBJECT:
	case JSON_ARRAY:
		return enter(json, type == JSON_OBJECT);
	case JSON_NUMBER:
		return json_take_number(json);
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
		return json_take_word(json, type);
	}
	return false;
}

/* The end of a string that is known to be well-formed; `at` is behind its first quote. */
static const char *
hop_string(const char *at, const char *end)
{
	while ((at = scan_verbatim(at, end)) < end && *at == '\\')
		at += end - at < 2 ? 1 : 2; /* a quote may be the second of an escape's bytes */
	return at < end ? at + 1 : end;
}

/* Past the value at hand, which is known to be well-formed: brackets are counted, no more. */
static void
hop(struct json *json)
{
	const char *at = json->at;
	size_t depth = 0;

	do {
		char c = *at++;

		if (c == '"')
			at = hop_string(at, json->end);
		else
			depth += c == '{' || c == '[' ? 1 : (size_t)-1;
		if (depth)
			at = scan_structure(at, json->end);
	} while (depth && at < json->end);
	json->at = at;
}

/* Past a value of any type, all of it checked. */
static bool
walk(struct json *json)
{
	const uint32_t base = json->depth;
	struct raw_string name;
	bool more;

	do {
		if (!begin_value(json))
			return false;
		/* Leave what is finished, until something has another value. */
		more = false;
		while (json->depth > base && !more) {
			if (json->frames[json->depth - 1].object)
				more = next_member(json, &name);
			else
				more = step(json, ']');
			if (json->failed)
				return false;
		}
	} while (more);
	return true;
}

bool
json_skip(struct json *json, struct slice *raw)
{
	enum json_type type = json_peek(json);
	const char *from = json->at;

	if (type == JSON_END)
		return fail_type(json, JSON_NULL, JSON_END);
	if (json->checked && (type == JSON_OBJECT || type == JSON_ARRAY || type == JSON_STRING))
		hop(json);
	else if (!walk(json))
		return false;
	if (raw)
		*raw = (struct slice){from, (size_t)(json->at - from)};
	return value_read(json);
}
