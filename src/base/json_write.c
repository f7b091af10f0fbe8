/*
 * Writes JSON as a stream.
 * It must not know: what is written.
 */
#include <assert.h>

#include "err.h"
#include "json_write.h"
#include "scan.h"

#define CHUNK ((size_t)64 << 10)
#define INDENT 2

/* --- where the bytes go ---------------------------------------------------------------------- */

static void
flush(struct json_writer *w)
{
	fwrite(w->chunk.at, 1, w->chunk.len, w->file); /* checked by the caller with ferror */
	buf_clear(&w->chunk);
}

static inline struct buf *
target(struct json_writer *w)
{
	return w->buf ? w->buf : &w->chunk;
}

/*
 * Pieces are a few bytes each: a call for every one would cost more than the piece. So what writes
 * asks once for all that it may need, writes it there, and says how far it came.
 */
static inline char *
room_for(struct json_writer *w, size_t len)
{
	struct buf *buf = target(w);

	if (buf->room - buf->len <= len)
		buf_reserve(buf, len);
	return buf->at + buf->len;
}

static inline void
wrote(struct json_writer *w, char *to)
{
	struct buf *buf = target(w);

	*to = '\0';
	buf->len = (size_t)(to - buf->at);
	if (w->file && buf->len >= CHUNK)
		flush(w);
}

static inline void
emit(struct json_writer *w, const char *bytes, size_t len)
{
	char *to = room_for(w, len);

	memcpy(to, bytes, len);
	wrote(w, to + len);
}

static inline void
emit_char(struct json_writer *w, char c)
{
	char *to = room_for(w, 1);

	*to = c;
	wrote(w, to + 1);
}

/* Bytes that put_line writes at most. */
static inline size_t
line_size(const struct json_writer *w, size_t depth)
{
	return 1 + (w->pretty ? w->indent * depth : 0);
}

static inline char *
put_line(const struct json_writer *w, char *to, size_t depth)
{
	size_t blanks = w->indent * depth;

	if (!w->pretty)
		return to;
	*to++ = '\n';
	memset(to, ' ', blanks);
	return to + blanks;
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

/* Most strings need no escape: they are written in one go. */
static void
emit_string(struct json_writer *w, struct slice text)
{
	const char *at = text.at;
	const char *end = text.at + text.len;
	const char *plain = scan_verbatim(at, end);
	char *to = room_for(w, (size_t)(plain - at) + 2);

	*to++ = '"';
	memcpy(to, at, (size_t)(plain - at));
	to += plain - at;
	if (plain == end)
		*to++ = '"';
	wrote(w, to);
	if (plain == end)
		return;
	for (at = plain; at < end; at = plain) {
		emit_escape(w, (unsigned char)*at++);
		plain = scan_verbatim(at, end);
		emit(w, at, (size_t)(plain - at));
	}
	emit_char(w, '"');
}

/* --- structure ------------------------------------------------------------------------------- */

/* What stands before a value or a name: nothing after a name, else a comma and a new line. */
static inline void
separate(struct json_writer *w)
{
	char *to;

	if (w->after_name) {
		w->after_name = false;
		return;
	}
	if (w->depth == 0)
		return;
	to = room_for(w, 1 + line_size(w, w->depth));
	if (!w->empty[w->depth])
		*to++ = ',';
	w->empty[w->depth] = false;
	wrote(w, put_line(w, to, w->depth));
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
	if (!whole->file) {
		emit(whole, part.at, part.len);
		return;
	}
	flush(whole);
	fwrite(part.at, 1, part.len, whole->file);
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
	char *to;

	assert(w->depth > 0 && !w->after_name);
	w->depth--;
	to = room_for(w, line_size(w, w->depth) + 1);
	if (!w->empty[w->depth + 1])
		to = put_line(w, to, w->depth);
	*to++ = bracket;
	wrote(w, to);
	end_value(w);
}

void
json_name_slice(struct json_writer *w, struct slice name)
{
	assert(w->depth > 0 && !w->after_name);
	separate(w);
	emit_string(w, name);
	emit(w, ": ", w->pretty ? 2 : 1);
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
	char text[24], *end = text + sizeof(text), *at = end;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--at = '-';
	separate(w);
	emit(w, at, (size_t)(end - at));
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

/* Past the closing quote of the well-formed string that begins at `at`. */
static inline const char *
string_end(const char *at, const char *end)
{
	at = scan_verbatim(at + 1, end);
	while (at < end && *at != '"')
		at = scan_verbatim(at + 2, end); /* well-formed: an escape has two bytes at least */
	return at < end ? at + 1 : end;
}

/* Past a number or a word that has begun. */
static inline const char *
word_end(const char *at, const char *end)
{
	while (at < end && (unsigned char)*at > ' ' && *at != ',' && *at != ']' && *at != '}')
		at++;
	return at;
}

/* A bracket, with what it does to the lines; an empty container is taken whole. Returns where to go
 * on. */
static const char *
put_bracket(struct json_writer *w, const char *at, const char *end, size_t *depth)
{
	bool opens = *at == '{' || *at == '[';
	const char *next = opens ? scan_blanks(at + 1, end) : NULL;
	char *to = room_for(w, 2 + line_size(w, *depth + 1));

	if (!opens)
		to = put_line(w, to, --*depth);
	*to++ = *at++;
	if (opens && next < end && (*next == '}' || *next == ']')) {
		*to++ = *next;
		at = next + 1;
	} else if (opens) {
		to = put_line(w, to, ++*depth);
	}
	wrote(w, to);
	return at;
}

void
json_put_raw(struct json_writer *w, struct slice value)
{
	const char *at = value.at;
	const char *end = value.at + value.len;
	size_t depth = w->depth;
	const char *from;
	char *to;

	separate(w);
	while ((at = scan_blanks(at, end)) < end) {
		from = at;
		switch (*at) {
		case '{':
		case '[':
		case '}':
		case ']':
			at = put_bracket(w, at, end, &depth);
			break;
		case ',':
			to = room_for(w, 1 + line_size(w, depth));
			*to++ = *at++;
			wrote(w, put_line(w, to, depth));
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
			at = word_end(at + 1, end);
			emit(w, from, (size_t)(at - from));
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
