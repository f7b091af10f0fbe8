/*
 * Reads a JSON document with json_pull and writes it again with json_write: what a test compares.
 * It must not know: what the document means.
 */
#ifndef AMIPLAN_TESTS_JSON_REWRITE_H
#define AMIPLAN_TESTS_JSON_REWRITE_H

#include "buf.h"
#include "err.h"

#include <stdbool.h>

/* False with `err` if json_pull refuses the document when it is walked value by value. */
bool json_rewrite(struct slice document, bool pretty, struct buf *out, struct err *err);

/* False with `err` if json_pull refuses the document when it is skipped as a whole. */
bool json_accepts(struct slice document, struct err *err);

#endif
