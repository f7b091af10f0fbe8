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

/* The same where `to` has come further than the buffer was told. */
static inline char *
room_from(struct json_writer *w, char *to, size_t len)
{
	struct buf *buf = target(w);

	buf->len = (size_t)(to - buf->at);
	return room_for(w, len);
}

static inline void
emit(struct json_writer *w, const char *bytes, size_t len)
{
	char *to = room_for(w, len);

	memcpy(to, bytes, len);
	wrote(w, to + len);
}

/* Room for all that stands around a piece but the blanks of its line (commas, quotes, a bracket,
 * an escape), and for what is written behind it because so many bytes at once are quicker. */
enum { AROUND = 48 };

/* Bytes that put_line writes at most, but for AROUND. */
static inline size_t
line_size(const struct json_writer *w, size_t depth)
{
	return w->pretty ? w->indent * depth : 0;
}

static inline char *
put_line(const struct json_writer *w, char *to, size_t depth)
{
	static const char sixteen[16] = {
		' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
	size_t blanks = w->indent * depth;

	if (!w->pretty)
		return to;
	*to++ = '\n';
	for (size_t i = 0; i < blanks; i += 16)
		memcpy(to + i, sixteen, sizeof(sixteen));
	return to + blanks;
}

static char *
put_escape(char *to, unsigned char c)
{
	static const char named[] = "\b\f\n\r\t\"\\";
	static const char letters[] = "bfnrt\"\\";
	static const char hex[] = "0123456789abcdef";
	const char *found = memchr(named, c, sizeof(named) - 1);

	*to++ = '\\';
	if (found) {
		*to++ = letters[found - named];
		return to;
	}
	*to++ = 'u';
	*to++ = '0';
	*to++ = '0';
	*to++ = hex[c >> 4];
	*to++ = hex[c & 15];
	return to;
}

/* The rest of a string, which begins with what must be escaped. There is room behind it as before.
 */
static char *
put_escaped(struct json_writer *w, char *to, const char *at, const char *end)
{
	while (at < end) {
		size_t plain;

		to = room_from(w, to, (size_t)(end - at) + AROUND);
		to = put_escape(to, (unsigned char)*at++);
		plain = scan_copy(to, at, end);
		at += plain;
		to += plain;
	}
	return to;
}

/* There is room for the text as it stands and what is around it. Mostly it needs no escape. */
static inline char *
put_string(struct json_writer *w, char *to, struct slice text)
{
	size_t plain;

	*to++ = '"';
	plain = scan_copy(to, text.at, text.at + text.len);
	to += plain;
	if (plain < text.len)
		to = put_escaped(w, to, text.at + plain, text.at + text.len);
	*to++ = '"';
	return to;
}

/* --- structure ------------------------------------------------------------------------------- */

/* What stands before a value or a name: nothing after a name, else a comma and a new line. */
static inline char *
put_separator(struct json_writer *w, char *to)
{
	if (w->after_name) {
		w->after_name = false;
		return to;
	}
	if (w->depth == 0)
		return to;
	if (!w->empty[w->depth])
		*to++ = ',';
	w->empty[w->depth] = false;
	return put_line(w, to, w->depth);
}

/* Room for a piece and what stands around it, with what stands before it. */
static inline char *
begin_piece(struct json_writer *w, size_t len)
{
	return put_separator(w, room_for(w, line_size(w, w->depth) + len + AROUND));
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
		emit(whole, ",", 1);
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
	char *to;

	assert(w->depth < LIMIT_JSON_DEPTH);
	to = begin_piece(w, 1);
	*to++ = bracket;
	wrote(w, to);
	w->depth++;
	w->empty[w->depth] = true;
}

void
json_close(struct json_writer *w, char bracket)
{
	char *to;

	assert(w->depth > 0 && !w->after_name);
	w->depth--;
	to = room_for(w, line_size(w, w->depth) + AROUND);
	if (!w->empty[w->depth + 1])
		to = put_line(w, to, w->depth);
	*to++ = bracket;
	wrote(w, to);
	end_value(w);
}

/* A name, and what stands between it and its value. */
static inline char *
put_name(struct json_writer *w, struct slice name, size_t behind)
{
	char *to;

	assert(w->depth > 0 && !w->after_name);
	to = put_string(w, begin_piece(w, name.len + behind), name);
	*to++ = ':';
	if (w->pretty)
		*to++ = ' ';
	return to;
}

void
json_name_slice(struct json_writer *w, struct slice name)
{
	wrote(w, put_name(w, name, 0));
	w->after_name = true;
}

/* --- values ---------------------------------------------------------------------------------- */

/* A string, or null. There is room for it. */
static inline char *
put_text(struct json_writer *w, char *to, struct slice text)
{
	return text.at ? put_string(w, to, text) : mempcpy(to, "null", 4);
}

void
json_put_slice(struct json_writer *w, struct slice text)
{
	wrote(w, put_text(w, begin_piece(w, text.len), text));
	end_value(w);
}

/* Most members are texts: one piece instead of two. A name that was escaped has taken of the room.
 */
void
json_member_slice(struct json_writer *w, struct slice name, struct slice text)
{
	char *to = put_name(w, name, text.len);

	wrote(w, put_text(w, room_from(w, to, text.len + AROUND), text));
}

void
json_put_text(struct json_writer *w, const char *text)
{
	json_put_slice(w, slice_of(text));
}

void
json_put_verbatim(struct json_writer *w, struct slice value)
{
	char *to = begin_piece(w, value.len);

	memcpy(to, value.at, value.len);
	wrote(w, to + value.len);
	end_value(w);
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
	json_put_verbatim(w, (struct slice){at, (size_t)(end - at)});
}

void
json_put_bool(struct json_writer *w, bool value)
{
	json_put_verbatim(w, value ? SLICE("true") : SLICE("false"));
}

void
json_put_null(struct json_writer *w)
{
	json_put_verbatim(w, SLICE("null"));
}

/* --- values that are written already ------------------------------------------------------------
 */

/* What is copied and where to. Before each token there is room for the rest as it stands, and for
 * a line more. */
struct copy {
	const char *at, *end;
	char *to, *limit; /* of the room */
	size_t depth;
};

/* The first byte is the opening quote. An escape has two bytes at least, a quote may be the second.
 */
static inline void
copy_string(struct copy *copy)
{
	char last;

	*copy->to++ = *copy->at++;
	do {
		size_t plain = scan_copy(copy->to, copy->at, copy->end);

		copy->at += plain;
		copy->to += plain;
		if (copy->at == copy->end)
			return;
		last = *copy->to++ = *copy->at++;
		if (last == '\\' && copy->at < copy->end)
			*copy->to++ = *copy->at++;
	} while (last != '"');
}

/* A number or a word that has begun. */
static inline void
copy_word(struct copy *copy)
{
	do
		*copy->to++ = *copy->at++;
	while (copy->at < copy->end && (unsigned char)*copy->at > ' ' && *copy->at != ',' &&
		*copy->at != ']' && *copy->at != '}');
}

/* An empty container is taken whole. */
static inline void
copy_opening(const struct json_writer *w, struct copy *copy)
{
	*copy->to++ = *copy->at++;
	copy->at = scan_blanks(copy->at, copy->end);
	if (copy->at < copy->end && (*copy->at == '}' || *copy->at == ']'))
		*copy->to++ = *copy->at++;
	else
		copy->to = put_line(w, copy->to, ++copy->depth);
}

static inline void
copy_token(const struct json_writer *w, struct copy *copy)
{
	switch (*copy->at) {
	case '"':
		copy_string(copy);
		break;
	case ':':
		*copy->to++ = *copy->at++;
		if (w->pretty)
			*copy->to++ = ' ';
		break;
	case ',':
		*copy->to++ = *copy->at++;
		copy->to = put_line(w, copy->to, copy->depth);
		break;
	case '{':
	case '[':
		copy_opening(w, copy);
		break;
	case '}':
	case ']':
		copy->to = put_line(w, copy->to, --copy->depth);
		*copy->to++ = *copy->at++;
		break;
	default:
		copy_word(copy);
	}
}

/* Only what is put between tokens makes a value longer: mostly the room is there. */
static inline void
keep_room(struct json_writer *w, struct copy *copy)
{
	size_t len = (size_t)(copy->end - copy->at) + line_size(w, copy->depth + 1) + AROUND;

	if ((size_t)(copy->limit - copy->to) >= len)
		return;
	copy->to = room_from(w, copy->to, len);
	copy->limit = target(w)->at + target(w)->room;
}

void
json_put_raw(struct json_writer *w, struct slice value)
{
	char *to = begin_piece(w, value.len);
	struct copy copy = {value.at, value.at + value.len, to, to, w->depth};

	while ((copy.at = scan_blanks(copy.at, copy.end)) < copy.end) {
		keep_room(w, &copy);
		copy_token(w, &copy);
	}
	wrote(w, copy.to);
	end_value(w);
}
