/*
 * Writes JSON as a stream.
 * It must not know: what is written.
 */
#include <assert.h>

#include "err.h"
#include "json_write.h"

#define CHUNK ((size_t)64 << 10)
#define INDENT 2

/* --- where the bytes go ---------------------------------------------------------------------- */

static void
flush(struct json_writer *w)
{
	fwrite(w->chunk.at, 1, w->chunk.len, w->file); /* checked by the caller with ferror */
	buf_clear(&w->chunk);
}

/* Pieces are a few bytes each: a call of stdio for every one would cost more than the piece. */
static void
emit(struct json_writer *w, const char *bytes, size_t len)
{
	struct buf *buf = w->buf ? w->buf : &w->chunk;

	if (buf->room - buf->len <= len) {
		buf_add(buf, bytes, len);
	} else {
		memcpy(buf->at + buf->len, bytes, len);
		buf->len += len;
		buf->at[buf->len] = '\0';
	}
	if (w->file && buf->len >= CHUNK)
		flush(w);
}

static void
emit_char(struct json_writer *w, char c)
{
	struct buf *buf = w->buf ? w->buf : &w->chunk;

	if (buf->room - buf->len <= 1) {
		buf_add(buf, &c, 1);
		return;
	}
	buf->at[buf->len++] = c;
	buf->at[buf->len] = '\0';
}

static void
emit_line(struct json_writer *w, size_t depth)
{
	static const char blanks[] = "                                ";

	if (!w->pretty)
		return;
	emit_char(w, '\n');
	for (size_t left = w->indent * depth; left > 0;) {
		size_t part = left < sizeof(blanks) - 1 ? left : sizeof(blanks) - 1;

		emit(w, blanks, part);
		left -= part;
	}
}

static void
emit_escape(struct json_writer *w, unsigned char c)
{
	static const char named[] = "\b\f\n\r\t\"\\";
	static const char letters[] = "bfnrt\"\\";
	const char *found = memchr(named, c, sizeof(named) - 1);
	char text[8];

	if (found)
		snprintf(text, sizeof(text), "\\%c", letters[found - named]);
	else
		snprintf(text, sizeof(text), "\\u%04x", c);
	emit(w, text, strlen(text));
}

static void
emit_string(struct json_writer *w, struct slice text)
{
	size_t from = 0;

	emit_char(w, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		emit(w, text.at + from, i - from);
		emit_escape(w, c);
		from = i + 1;
	}
	if (text.len > from)
		emit(w, text.at + from, text.len - from);
	emit_char(w, '"');
}

/* --- structure ------------------------------------------------------------------------------- */

/* What stands before a value or a name: nothing after a name, else a comma and a new line. */
static void
separate(struct json_writer *w)
{
	if (w->after_name) {
		w->after_name = false;
		return;
	}
	if (w->depth == 0)
		return;
	if (!w->empty[w->depth])
		emit_char(w, ',');
	w->empty[w->depth] = false;
	emit_line(w, w->depth);
}

/* After the outermost value nothing may wait in the chunk: nobody would write it. */
static void
end_value(struct json_writer *w)
{
	if (w->depth == 0 && w->file) {
		flush(w);
		buf_release(&w->chunk);
	}
}

void
json_writer_file(struct json_writer *w, FILE *file, bool pretty)
{
	*w = (struct json_writer){.file = file, .pretty = pretty, .indent = INDENT};
}

void
json_writer_buf(struct json_writer *w, struct buf *buf, bool pretty)
{
	*w = (struct json_writer){.buf = buf, .pretty = pretty, .indent = INDENT};
}

void
json_writer_indent(struct json_writer *w, uint32_t blanks)
{
	w->indent = blanks;
}

void
json_writer_part(struct json_writer *w, struct buf *buf, const struct json_writer *whole)
{
	*w = (struct json_writer){.buf = buf,
		.pretty = whole->pretty,
		.indent = whole->indent,
		.depth = whole->depth};
	w->empty[w->depth] = true; /* json_put_part sets the comma between two parts */
}

void
json_put_part(struct json_writer *whole, struct slice part)
{
	if (part.len == 0)
		return;
	if (!whole->empty[whole->depth])
		emit_char(whole, ',');
	whole->empty[whole->depth] = false;
	emit(whole, part.at, part.len);
}

void
json_open(struct json_writer *w, char bracket)
{
	assert(w->depth < LIMIT_JSON_DEPTH);
	separate(w);
	emit_char(w, bracket);
	w->depth++;
	w->empty[w->depth] = true;
}

void
json_close(struct json_writer *w, char bracket)
{
	assert(w->depth > 0 && !w->after_name);
	w->depth--;
	if (!w->empty[w->depth + 1])
		emit_line(w, w->depth);
	emit_char(w, bracket);
	end_value(w);
}

void
json_name_slice(struct json_writer *w, struct slice name)
{
	assert(w->depth > 0 && !w->after_name);
	separate(w);
	emit_string(w, name);
	emit_char(w, ':');
	if (w->pretty)
		emit_char(w, ' ');
	w->after_name = true;
}

void
json_name(struct json_writer *w, const char *name)
{
	json_name_slice(w, slice_of(name));
}

/* --- values ---------------------------------------------------------------------------------- */

void
json_put_slice(struct json_writer *w, struct slice text)
{
	separate(w);
	if (text.at)
		emit_string(w, text);
	else
		emit(w, "null", 4);
	end_value(w);
}

void
json_put_text(struct json_writer *w, const char *text)
{
	json_put_slice(w, slice_of(text));
}

void
json_put_integer(struct json_writer *w, int64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lld", (long long)value);

	separate(w);
	emit(w, text, (size_t)len);
	end_value(w);
}

void
json_put_bool(struct json_writer *w, bool value)
{
	separate(w);
	emit(w, value ? "true" : "false", value ? 4 : 5);
	end_value(w);
}

void
json_put_null(struct json_writer *w)
{
	separate(w);
	emit(w, "null", 4);
	end_value(w);
}

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

/* Past the closing quote of the well-formed string that begins at `at`. */
static const char *
string_end(const char *at, const char *end)
{
	at++;
	for (;;) {
		const char *quote = memchr(at, '"', (size_t)(end - at));
		const char *escape = memchr(at, '\\', (size_t)((quote ? quote : end) - at));

		if (!quote)
			return end;
		if (!escape)
			return quote + 1;
		at = escape + 2; /* well-formed: an escape has two bytes at least */
	}
}

/* An opening bracket; an empty container is taken whole. Returns where to go on. */
static const char *
raw_open(struct json_writer *w, const char *at, const char *end, size_t *depth)
{
	const char *next = skip_blanks(at + 1, end);

	emit_char(w, *at);
	if (next < end && (*next == '}' || *next == ']')) {
		emit_char(w, *next);
		return next + 1;
	}
	emit_line(w, ++*depth);
	return at + 1;
}

void
json_put_raw(struct json_writer *w, struct slice value)
{
	const char *at = value.at;
	const char *end = value.at + value.len;
	size_t depth = w->depth;
	const char *from;

	separate(w);
	while ((at = skip_blanks(at, end)) < end) {
		from = at;
		switch (*at) {
		case '{':
		case '[':
			at = raw_open(w, at, end, &depth);
			break;
		case '}':
		case ']':
			emit_line(w, --depth);
			emit_char(w, *at++);
			break;
		case ',':
			emit_char(w, *at++);
			emit_line(w, depth);
			break;
		case ':':
			emit(w, ": ", w->pretty ? 2 : 1);
			at++;
			break;
		case '"':
			at = string_end(at, end);
			emit(w, from, (size_t)(at - from));
			break;
		default:
			emit_char(w, *at++);
		}
	}
	end_value(w);
}

/* --- name and value -------------------------------------------------------------------------- */

void
json_field(struct json_writer *w, const char *name, const char *text)
{
	json_name(w, name);
	json_put_text(w, text);
}

void
json_field_slice(struct json_writer *w, const char *name, struct slice text)
{
	json_name(w, name);
	json_put_slice(w, text);
}

void
json_field_integer(struct json_writer *w, const char *name, int64_t value)
{
	json_name(w, name);
	json_put_integer(w, value);
}

void
json_field_bool(struct json_writer *w, const char *name, bool value)
{
	json_name(w, name);
	json_put_bool(w, value);
}

void
json_field_raw(struct json_writer *w, const char *name, struct slice value)
{
	json_name(w, name);
	json_put_raw(w, value);
}
