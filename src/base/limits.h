/*
 * Every limit of the tool, in one place, each with its reason.
 * It must not know: what the limited things mean.
 */

/*
 * The name is also libc's, whose own header may find this file in its search for the next one. So
 * this one passes on, each time and outside the guard, to whatever <limits.h> comes next.
 */
#pragma GCC system_header /* #include_next is an extension: no warning */
#include_next <limits.h>

#ifndef AMIPLAN_BASE_LIMITS_H
#define AMIPLAN_BASE_LIMITS_H

/* Nesting of JSON. The deepest AWS answer has about ten levels; this bounds the reader's stack. */
#define LIMIT_JSON_DEPTH 128
/* Bytes of one decoded JSON string. AWS's longest field (user data, 16 KiB in base64) is far below.
 */
#define LIMIT_JSON_STRING (1u << 20)
/* Bytes of an error message: one line that a person reads. */
#define LIMIT_ERR_TEXT 512
/* Files below one INVENTORY or --pins directory: beyond it, a wrong directory was named. */
#define LIMIT_FILES 1000000u
/* Directory levels below an INVENTORY or --pins directory. */
#define LIMIT_DIR_DEPTH 64
/* Bytes of a --policy file. */
#define LIMIT_POLICY_BYTES (1u << 20)
/* Referrers of one item that a plan lists by id; the rest is counted. A golden image can have
 * 10,000 users. */
#define LIMIT_BY_LISTED 50

/* Bytes of a mapped document that may lie in memory at a time: what was read is given back to the
 * page cache, so that memory does not grow with the size of the documents. */
#define LIMIT_WINDOW (4u << 20)

/* Threads that one piece of work is spread over; more would wait for memory. */
#define LIMIT_THREADS 8

#endif
