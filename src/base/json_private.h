/*
 * What the files of the JSON reader share; nothing else includes it. json_pull.c walks, json_text.c
 * reads strings, numbers and words, json_names.c finds names that stand twice.
 * It must not know: AWS, files, records.
 */
#ifndef AMIPLAN_BASE_JSON_PRIVATE_H
#define AMIPLAN_BASE_JSON_PRIVATE_H

#include "json_pull.h"

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

/*
 * json_pull.c: the document is over in the middle of `inside`; NULL: of whatever is open. Returns
 * false, as json_fail does.
 */
bool json_fail_end(struct json *json, const char *inside);

/*
 * json_text.c: each consumes what stands at json->at and is known by its first byte to be such,
 * checked in full but not decoded; false with an error if it is malformed.
 */
bool json_take_string(struct json *json, struct raw_string *out);
bool json_take_number(struct json *json);
bool json_take_word(struct json *json, enum json_type type); /* true, false or null */

/* Decodes a checked string into `to`, which has room for raw.len bytes; returns the length. */
size_t json_decode(struct raw_string raw, char *to);

/* json_names.c: remembers a name of the innermost object; fails if it stands there already. */
bool json_see_name(struct json *json, struct raw_string raw);

#endif
