/*
 * A strict pull parser for JSON over bytes in memory.
 * It must not know: AWS, files, records.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdarg.h>

#include "buf.h"
#include "json_pull.h"
#include "utf8.h"

/* From so many names on, an object keeps a table of them instead of a list. */
enum { NAMES_LISTED = 32 };

/* A member name seen in an open object. The bytes lie in the document, between its quotes. */
struct json_name {
	uint64_t hash;
	const char *at;
	uint32_t len;
	bool escaped;
};

/* One open array or object. Lifetime: until its closing bracket. */
struct json_frame {
	uint64_t mask;   /* a bit for each name seen: a name whose bit is clear is new */
	size_t names;    /* the first of its names in json->names */
	uint32_t *slots; /* numbers of names, from 1; NULL while they are few */
	size_t slot_mask;
	bool object;
	bool first; /* nothing read yet */
};

/* A string as it stands in the document, checked. */
struct raw_string {
	const char *at;
	uint32_t len;
	bool escaped;
};

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
static bool
fail_end(struct json *json, const char *inside)
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
		return fail_end(json, NULL);
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
		return fail_end(json, NULL);
	json_fail(json, json->at, ERR_VALUE, "%s where %s is due", type_names[found],
		type_names[wanted]);
	return false;
}

/* --- bytes ----------------------------------------------------------------------------------- */

#define EACH_BYTE(b) ((uint64_t)0x0101010101010101 * (b))

static inline uint64_t
load8(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static inline void
skip_blanks(struct json *json)
{
	const char *at = json->at;
	const char *end = json->end;

	for (;;) {
		/* Indentation is the bulk of what `aws` prints. */
		while (end - at >= 8 && load8(at) == EACH_BYTE(' '))
			at += 8;
		if (at == end || (*at != ' ' && *at != '\n' && *at != '\r' && *at != '\t'))
			break;
		at++;
	}
	json->at = at;
}

/*
 * Past the bytes that need no look: neither quote, backslash, control nor top bit. Eight at a time:
 * a byte's top bit comes up when it has it, or when a subtraction from zero (or below 0x20)
 * borrows. A borrow can light the byte above it too, so only the lowest lit byte is sure to be one.
 */
static inline const char *
skip_plain(const char *at, const char *end)
{
	while (end - at >= 8) {
		uint64_t word = load8(at);
		uint64_t quote = (word ^ EACH_BYTE('"')) - EACH_BYTE(1);
		uint64_t slash = (word ^ EACH_BYTE('\\')) - EACH_BYTE(1);
		uint64_t lit = ((word - EACH_BYTE(0x20)) | quote | slash | word) & EACH_BYTE(0x80);

		if (lit) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
			return at + __builtin_ctzll(lit) / 8;
#else
			break;
#endif
		}
		at += 8;
	}
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
		*at != '\\')
		at++;
	return at;
}

/* --- strings --------------------------------------------------------------------------------- */

/* Four hex digits; false if they are not. */
static bool
read_hex4(const char *at, const char *end, uint32_t *out)
{
	uint32_t value = 0;

	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return false;
		value = value << 4 | (uint32_t)digit;
	}
	*out = value;
	return true;
}

/* The character that the escape at `at` (a backslash) stands for, and the escape's length; 0: none.
 */
static size_t
read_escape(const char *at, const char *end, uint32_t *code)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	const char *found;
	uint32_t low;

	if (end - at < 2)
		return 0;
	found = memchr(letters, at[1], sizeof(letters) - 1);
	if (found) {
		*code = (unsigned char)means[found - letters];
		return 2;
	}
	if (at[1] != 'u' || !read_hex4(at + 2, end, code))
		return 0;
	if (*code < 0xd800 || *code > 0xdbff)
		return *code >= 0xdc00 && *code <= 0xdfff ? 0 : 6;
	if (end - at < 12 || at[6] != '\\' || at[7] != 'u' || !read_hex4(at + 8, end, &low) ||
		low < 0xdc00 || low > 0xdfff)
		return 0;
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* Why read_escape refused the escape at `at`. */
static bool
fail_escape(struct json *json, const char *at)
{
	uint32_t code;

	if (json->end - at < 2)
		return fail_end(json, "a string");
	if (at[1] != 'u') {
		size_t length = utf8_read(at + 1, json->end, NULL);

		return json_fail(json, at, ERR_SYNTAX, "unknown escape '\\%.*s' inside a string",
			(int)(length ? length : 1), at + 1);
	}
	if (!read_hex4(at + 2, json->end, &code)) {
		if (json->end - at < 6 && !memchr(at, '"', (size_t)(json->end - at)))
			return fail_end(json, "a string");
		return json_fail(json, at, ERR_SYNTAX, "'\\u' needs four hexadecimal digits");
	}
	return json_fail(json, at, ERR_SYNTAX, "'%.6s' is one half of a surrogate pair", at);
}

static bool
fail_string_byte(struct json *json, const char *at)
{
	unsigned char c = (unsigned char)*at;

	if (c == '\n')
		return json_fail(
			json, at, ERR_SYNTAX, "a line break inside a string (is a quote missing?)");
	if (c < 0x20)
		return json_fail(json, at, ERR_SYNTAX, "control character 0x%02x inside a string",
			(unsigned)c);
	return json_fail(
		json, at, ERR_SYNTAX, "not UTF-8: byte 0x%02x inside a string", (unsigned)c);
}

/* Checks one escape or non-ASCII character at *at and moves past it. */
static bool
check_special(struct json *json, const char **at, size_t *saved, bool *escaped)
{
	uint32_t code = 0;
	size_t length;

	if (**at != '\\') {
		length = utf8_read(*at, json->end, NULL);
		if (length < 2)
			return fail_string_byte(json, *at);
		*at += length;
		return true;
	}
	length = read_escape(*at, json->end, &code);
	if (length == 0)
		return fail_escape(json, *at);
	if (code == 0)
		return json_fail(json, *at, ERR_SYNTAX, "'\\u0000' is not supported in a string");
	*saved += length - (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
	*escaped = true;
	*at += length;
	return true;
}

/* Consumes the string at json->at (its quote), checked in full but not decoded. */
static inline bool
take_string(struct json *json, struct raw_string *out)
{
	const char *start = json->at + 1;
	const char *at = start;
	size_t saved = 0; /* bytes that decoding will take away */
	bool escaped = false;

	for (;;) {
		at = skip_plain(at, json->end);
		if (at == json->end)
			return fail_end(json, "a string");
		if (*at == '"')
			break;
		if (!check_special(json, &at, &saved, &escaped))
			return false;
	}
	if ((size_t)(at - start) - saved > LIMIT_JSON_STRING)
		return json_fail(json, json->at, ERR_LIMIT, "a string of more than %u bytes",
			LIMIT_JSON_STRING);
	*out = (struct raw_string){start, (uint32_t)(at - start), escaped};
	json->at = at + 1;
	return true;
}

static char *
put_utf8(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
		*to++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	} else {
		*to++ = (char)(0xf0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3f));
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	}
	return to;
}

/* Decodes a checked string into `to`, which has room for raw.len bytes; returns the length. */
static size_t
decode(struct raw_string raw, char *to)
{
	const char *at = raw.at;
	const char *end = raw.at + raw.len;
	char *start = to;

	while (at < end) {
		const char *slash = memchr(at, '\\', (size_t)(end - at));
		size_t plain = (size_t)((slash ? slash : end) - at);
		uint32_t code = 0;

		memcpy(to, at, plain);
		to += plain;
		at += plain;
		if (slash) {
			at += read_escape(at, end, &code);
			to = put_utf8(to, code);
		}
	}
	return (size_t)(to - start);
}

static inline struct slice
decoded(struct json *json, struct raw_string raw)
{
	char *text;

	if (!raw.escaped)
		return (struct slice){raw.at, raw.len};
	text = arena_alloc(&json->scratch, (size_t)raw.len + 1);
	return (struct slice){text, decode(raw, text)};
}

/* --- member names: none may stand twice in an object
 * ----------------------------------------------- */

/* Equal names have equal hashes, however they are escaped. */
static inline uint64_t
hash_name(struct raw_string raw)
{
	uint64_t hash;
	char *text;

	if (!raw.escaped)
		return XXH3_64bits(raw.at, raw.len);
	text = xmalloc(raw.len);
	hash = XXH3_64bits(text, decode(raw, text));
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
	text_a = (struct slice){room, decode(raw_a, room)};
	text_b = (struct slice){room + a->len, decode(raw_b, room + a->len)};
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

/* The newest name is the last of `count`; the slow half of see_name. */
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

/* Remembers a name of the innermost object; fails if it stands there already. */
static inline bool
see_name(struct json *json, struct raw_string raw)
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

/* --- structure
 * ------------------------------------------------------------------------------------- */

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
	json->frames = xcalloc(LIMIT_JSON_DEPTH, sizeof(*json->frames));
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
		fail_end(json, NULL);
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
		return fail_end(json, NULL);
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
		return fail_end(json, NULL);
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
	if (!take_string(json, name) || !see_name(json, *name))
		return false;
	skip_blanks(json);
	if (json->at == json->end || *json->at != ':')
		return fail_byte(json, "where ':' is due after the name of a member");
	json->at++;
	return true;
}

bool
json_next_member(struct json *json, struct slice *name)
{
	struct raw_string raw;

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

/* --- values
 * ---------------------------------------------------------------------------------------- */

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
	if (!take_string(json, &raw))
		return false;
	*text = decoded(json, raw);
	return value_read(json);
}

static inline const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* The document or the number's form ends at `at`. */
static bool
fail_number(struct json *json, const char *at)
{
	if (at == json->end)
		return fail_end(json, "a number");
	return json_fail(json, json->at, ERR_SYNTAX, "malformed number '%.*s'",
		(int)(at + 1 - json->at > 40 ? 40 : at + 1 - json->at), json->at);
}

/* Consumes the number at json->at: -? (0 | 1-9 digits) (. digits)? ((e|E) (+|-)? digits)? */
static bool
take_number(struct json *json)
{
	const char *end = json->end;
	const char *at = json->at + (*json->at == '-');
	const char *from = at;

	at = skip_digits(at, end);
	if (at == from || (*from == '0' && at - from > 1))
		return fail_number(json, at);
	if (at < end && *at == '.') {
		from = ++at;
		at = skip_digits(at, end);
		if (at == from)
			return fail_number(json, at);
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		from = at;
		at = skip_digits(at, end);
		if (at == from)
			return fail_number(json, at);
	}
	json->at = at;
	return true;
}

bool
json_number_text(struct json *json, struct slice *text)
{
	enum json_type found = json_peek(json);
	const char *from = json->at;

	if (found != JSON_NUMBER)
		return fail_type(json, JSON_NUMBER, found);
	if (!take_number(json))
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

/* Consumes the word at json->at: true, false or null. */
static bool
take_word(struct json *json, enum json_type type)
{
	const char *word = type == JSON_TRUE ? "true" : type == JSON_FALSE ? "false" : "null";
	size_t len = strlen(word);
	size_t left = (size_t)(json->end - json->at);

	if (left >= len && memcmp(json->at, word, len) == 0) {
		json->at += len;
		return true;
	}
	if (left < len && memcmp(json->at, word, left) == 0)
		return fail_end(json, "a word");
	return json_fail(json, json->at, ERR_SYNTAX, "unknown word '%.*s'",
		(int)(left < 5 ? left : 5), json->at);
}

bool
json_bool(struct json *json, bool *value)
{
	enum json_type found = json_peek(json);

	if (found != JSON_TRUE && found != JSON_FALSE)
		return fail_type(json, JSON_TRUE, found);
	if (!take_word(json, found))
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
		return json->failed ? false : fail_end(json, NULL);
	case JSON_STRING:
		return take_string(json, &raw);
	case JSON_OBJECT:
	case JSON_ARRAY:
		return enter(json, type == JSON_OBJECT);
	case JSON_NUMBER:
		return take_number(json);
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
		return take_word(json, type);
	}
	return false;
}

bool
json_skip(struct json *json, struct slice *raw)
{
	const uint32_t base = json->depth;
	struct raw_string name;
	const char *from;
	bool more;

	if (json_peek(json) == JSON_END)
		return fail_type(json, JSON_NULL, JSON_END);
	from = json->at;
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
	if (raw)
		*raw = (struct slice){from, (size_t)(json->at - from)};
	return value_read(json);
}
