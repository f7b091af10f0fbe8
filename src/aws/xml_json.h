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
#include "shapes.h"

/* Lifetime: one answer, which is one page. */
struct xml_json;

/*
 * The elements of the operation's list (operation->list) are added to `records`, the other
 * top-level members to `members` as "Name": value; both in the layout of the `aws` command, each
 * entry on lines of its own, with commas between entries. So its output is
 *     {\n    "LIST": [RECORDS\n    ],MEMBERS\n}
 * and pages are joined by a comma between those that have records. With `records` NULL, or an
 * operation without a list, every member goes into `members`. The page's token and the request's id
 * go into neither. Both buffers are borrowed; after an error they hold rubbish.
 */
struct xml_json *xml_json_new(
	const struct shape_operation *operation, struct buf *records, struct buf *members);
/* Wipes what it kept: the answer of AssumeRole has secrets. NULL is allowed. */
void xml_json_free(struct xml_json *xml);

/*
 * Feeds bytes, cut anywhere. Errors: ERR_SYNTAX not well-formed, not UTF-8, DOCTYPE, another
 * answer than the operation's; ERR_VALUE a number that is none; ERR_LIMIT depth, length of a text
 * or of a tag, too much that is unknown. After an error every further call returns it again.
 */
int xml_json_add(struct xml_json *xml, struct slice bytes, struct err *err);
/* There are no more bytes: ERR_SYNTAX if the document is not whole. */
int xml_json_end(struct xml_json *xml, struct err *err);
uint64_t xml_json_records(const struct xml_json *xml);
/* The token of the next page, "" if there is none. */
const char *xml_json_token(const struct xml_json *xml);

/*
 * Adds the token of the next page to `token` if it stands at the end of an answer, as AWS mostly
 * has it, and needs no decoding; `end` is that end. Nothing is parsed: what the parser will find is
 * another token only if somebody means to deceive. False if it is not there.
 */
bool xml_json_foresee(const struct shape_operation *operation, struct slice end, struct buf *token);

/*
 * Adds code and message of an error answer in any of AWS's XML forms; a form has a code, but maybe
 * no message. False, and nothing is added, if `body` is none: HTML, JSON, an answer of success.
 */
bool xml_error(struct slice body, struct buf *code, struct buf *message);

#endif
