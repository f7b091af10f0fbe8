/*
 * From EC2's and the query protocol's XML to the JSON that `aws … --output json` prints, as the
 * bytes come in: expat drives, the shapes generated from AWS's service models say what each element
 * is. The only file that knows expat. It must not know: where the bytes come from, what the members
 * mean.
 */
#ifndef AMIPLAN_AWS_XML_JSON_H
#define AMIPLAN_AWS_XML_JSON_H

#include "buf.h"
#include "err.h"

struct shape_operation; /* one row of shapes.def: an operation's output */

/* NULL: no such operation is known. */
const struct shape_operation *shape_operation_find(const char *service, const char *operation);

struct xml_json;

/*
 * The page's list members go into `records` as JSON elements separated by commas (so that pages can
 * be joined), pretty-printed as they stand in the `aws` command's output at their depth; the other
 * top-level members (not tokens, not the request id) into `members` as `"Name": value` pairs.
 * `list` names the top-level list that is joined ("Images"); NULL: there is none, every member goes
 * into `members`.
 */
struct xml_json *xml_json_new(const struct shape_operation *operation, const char *list,
	struct buf *records, struct buf *members);
void xml_json_free(struct xml_json *xml);

/* Feeds bytes; ERR_SYNTAX (not well-formed, DOCTYPE, entities, not UTF-8, wrong root), ERR_LIMIT
 * (depth, text length). */
int xml_json_add(struct xml_json *xml, struct slice bytes, struct err *err);
/* The document must be whole. */
int xml_json_end(struct xml_json *xml, struct err *err);
uint64_t xml_json_records(const struct xml_json *xml);
/* The token of the next page, "" if there is none. */
const char *xml_json_token(const struct xml_json *xml);

/* Code and message of an error answer of any of AWS's XML forms; false if it is none. */
bool xml_error(struct slice body, struct buf *code, struct buf *message);

#endif
