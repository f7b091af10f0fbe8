/*
 * A pull parser for JSON (RFC 8259) over bytes in memory: the caller walks, nothing is built.
 * Strict: UTF-8 checked, control characters refused, duplicate member names refused, depth and
 * sizes bounded (bounds.h). A UTF-8 byte order mark is skipped; UTF-16 and UTF-32 are errors that
 * say how to save again. It must not know: AWS, files, records.
 *
 * Use:  json_begin(&json, bytes, name, err);
 *       if (json_enter(&json, JSON_OBJECT)) while (json_next_member(&json, &key)) … read or
 * json_skip the value … Every reading function returns false when the value is of another type or
 * malformed; `json.failed` then says that an error was set, with line and column. After a failure
 * every call returns false, so a walk needs one check at its end.
 */
#ifndef AMIPLAN_BASE_JSON_PULL_H
#define AMIPLAN_BASE_JSON_PULL_H

#include "arena.h"
#include "err.h"
#include "slice.h"

/*
 * jansson exports these two names: without others for the linker, its library would call ours.
 * (A file that needs both headers includes jansson.h first and renames the enumerators below.)
 */
#define json_string json_pull_string
#define json_integer json_pull_integer

enum json_type {
	JSON_END,
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_frame;
struct json_name;

/* Lifetime: one walk. `start`..`end` are borrowed and must not change. */
struct json {
	const char *start;
	const char *at;
	const char *end;
	const char *name; /* for errors */
	struct err *err;
	struct json_frame *frames; /* LIMIT_JSON_DEPTH of them */
	struct json_name *names;   /* those seen in the open objects, for duplicates */
	size_t names_count;
	size_t names_room;
	uint32_t depth;
	bool done; /* the top value was read */
	/* Set by who walked these very bytes before, to their end and without fault: names that
	 * stand twice are not looked for again, and what is skipped is hopped over. */
	bool checked;
	bool failed;
	struct arena scratch; /* decoded strings of the present element; json_forget clears it */
};

void json_begin(struct json *json, struct slice bytes, const char *name, struct err *err);
void json_end(struct json *json); /* frees the walk's memory */

/* The type of the value that comes next, without consuming it. JSON_END at the end of the document
 * (white space only remains). */
enum json_type json_peek(struct json *json);

/* Consumes `{` or `[`. False with an error if the next value is not of `type` (JSON_OBJECT or
 * JSON_ARRAY). */
bool json_enter(struct json *json, enum json_type type);
/* In an object: the next member's decoded name; false at `}` (consumed) or on failure. */
bool json_next_member(struct json *json, struct slice *name);
/* In an array: true if an element follows; false at `]` (consumed) or on failure. */
bool json_next_element(struct json *json);

/* Consumes a value of that type. Text points into the document when it holds no escape, else into
 * scratch. */
bool json_string(struct json *json, struct slice *text);
bool json_number_text(struct json *json, struct slice *text);
bool json_integer(struct json *json, int64_t *value); /* no fraction, no exponent, fits */
bool json_bool(struct json *json, bool *value);
/* Consumes any value, fully checked. `raw`, if not NULL, gets its bytes in the document. */
bool json_skip(struct json *json, struct slice *raw);

/* Forgets the strings decoded so far: call between elements. */
void json_forget(struct json *json);

/* Sets an error at byte `at` of the document (json->at for here): file, line, column. Returns
 * false. */
bool json_fail(struct json *json, const char *at, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Line and column (in characters) of a byte of the document, from 1. */
void json_place(struct slice bytes, size_t offset, uint32_t *line, uint32_t *column);

#endif
