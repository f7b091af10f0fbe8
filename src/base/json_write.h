/*
 * Writes JSON as a stream, to a FILE or into a buffer: compact, or indented by two blanks a level
 * unless others are asked for. Invalid UTF-8 never reaches it (the reader refuses it); control
 * characters are escaped, everything else is verbatim. It must not know: what is written.
 */
#ifndef AMIPLAN_BASE_JSON_WRITE_H
#define AMIPLAN_BASE_JSON_WRITE_H

#include "bounds.h"
#include "buf.h"
#include "slice.h"
#include <stdint.h>
#include <stdio.h>

/* Lifetime: one document. Exactly one of file and buf is set. Errors on `file` are the caller's to
 * check (ferror). */
struct json_writer {
	FILE *file;
	struct buf *buf;
	struct buf chunk; /* for `file`: written when large, and when the outermost value ends */
	bool pretty;
	uint32_t indent; /* blanks a level, if pretty */
	uint32_t depth;
	bool empty[LIMIT_JSON_DEPTH + 1]; /* nothing written yet at that depth */
	bool after_name;
};

void json_writer_file(struct json_writer *w, FILE *file, bool pretty);
void json_writer_buf(struct json_writer *w, struct buf *buf, bool pretty);
/* Another indent than two blanks a level: before the first value. */
void json_writer_indent(struct json_writer *w, uint32_t blanks);

/*
 * A long list in pieces, made side by side: json_writer_part writes some elements of the list that
 * `whole` has open into a buffer, json_put_part puts them in, in order.
 */
void json_writer_part(struct json_writer *w, struct buf *buf, const struct json_writer *whole);
void json_put_part(struct json_writer *whole, struct slice part);

void json_open(struct json_writer *w, char bracket); /* '{' or '[' */
void json_close(
	struct json_writer *w, char bracket); /* '}' or ']'; empty ones print as {} and [] */
void json_name_slice(struct json_writer *w, struct slice name);
void json_member_slice(struct json_writer *w, struct slice name, struct slice text);

void json_put_slice(struct json_writer *w, struct slice text); /* a string; SLICE_NONE is null */
void json_put_text(struct json_writer *w, const char *text);   /* a string; NULL is null */
void json_put_integer(struct json_writer *w, int64_t value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);
/* Copies one well-formed JSON value, re-indented for where it lands. */
void json_put_raw(struct json_writer *w, struct slice value);
/* The same with the blanks that it has. */
void json_put_verbatim(struct json_writer *w, struct slice value);

/* A name, and name and value at once: here, so that the length of a literal is known. */

static inline void
json_name(struct json_writer *w, const char *name)
{
	json_name_slice(w, slice_of(name));
}

static inline void
json_field(struct json_writer *w, const char *name, const char *text)
{
	json_member_slice(w, slice_of(name), slice_of(text));
}

static inline void
json_field_slice(struct json_writer *w, const char *name, struct slice text)
{
	json_member_slice(w, slice_of(name), text);
}

static inline void
json_field_integer(struct json_writer *w, const char *name, int64_t value)
{
	json_name(w, name);
	json_put_integer(w, value);
}

static inline void
json_field_bool(struct json_writer *w, const char *name, bool value)
{
	json_name(w, name);
	json_put_bool(w, value);
}

static inline void
json_field_raw(struct json_writer *w, const char *name, struct slice value)
{
	json_name(w, name);
	json_put_raw(w, value);
}

#endif
