/*
 * The words of JSON: strings with their UTF-8 and escapes, numbers, true, false and null.
 * It must not know: where in the document they stand.
 */
#include "json_private.h"
#include "scan.h"
#include "utf8.h"

/* --- escapes --------------------------------------------------------------------------------- */

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
		return json_fail_end(json, "a string");
	if (at[1] != 'u') {
		size_t length = utf8_read(at + 1, json->end, NULL);

		return json_fail(json, at, ERR_SYNTAX, "unknown escape '\\%.*s' inside a string",
			(int)(length ? length : 1), at + 1);
	}
	if (!read_hex4(at + 2, json->end, &code)) {
		if (json->end - at < 6 && !memchr(at, '"', (size_t)(json->end - at)))
			return json_fail_end(json, "a string");
		return json_fail(json, at, ERR_SYNTAX, "'\\u' needs four hexadecimal digits");
	}
	return json_fail(json, at, ERR_SYNTAX, "'%.6s' is one half of a surrogate pair", at);
}

/* --- strings --------------------------------------------------------------------------------- */

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

bool
json_take_string(struct json *json, struct raw_string *out)
{
	const char *start = json->at + 1;
	const char *at = start;
	size_t saved = 0; /* bytes that decoding will take away */
	bool escaped = false;

	for (;;) {
		at = scan_plain(at, json->end);
		if (at == json->end)
			return json_fail_end(json, "a string");
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

size_t
json_decode(struct raw_string raw, char *to)
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

/* --- numbers and words ----------------------------------------------------------------------- */

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
		return json_fail_end(json, "a number");
	return json_fail(json, json->at, ERR_SYNTAX, "malformed number '%.*s'",
		(int)(at + 1 - json->at > 40 ? 40 : at + 1 - json->at), json->at);
}

/* -? (0 | 1-9 digits) (. digits)? ((e|E) (+|-)? digits)? */
bool
json_take_number(struct json *json)
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
json_take_word(struct json *json, enum json_type type)
{
	const char *word = type == JSON_TRUE ? "true" : type == JSON_FALSE ? "false" : "null";
	size_t len = strlen(word);
	size_t left = (size_t)(json->end - json->at);

	if (left >= len && memcmp(json->at, word, len) == 0) {
		json->at += len;
		return true;
	}
	if (left < len && memcmp(json->at, word, left) == 0)
		return json_fail_end(json, "a word");
	return json_fail(json, json->at, ERR_SYNTAX, "unknown word '%.*s'",
		(int)(left < 5 ? left : 5), json->at);
}
