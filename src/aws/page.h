/*
 * One page of an answer as it comes in, of whatever protocol: the records of its list apart from
 * its other members, both as the `aws` command prints them.
 * It must not know: where pages are put together, what the records mean.
 */
#ifndef AMIPLAN_AWS_PAGE_H
#define AMIPLAN_AWS_PAGE_H

#include "calls.h"
#include "xml_json.h"

/* Lifetime: its owner's; filled anew for each page. Zero-initialise. */
struct page {
	const struct call_row *row;
	struct xml_json *xml; /* of the XML protocols */
	struct buf body;      /* of the JSON protocols, until it is whole */
	struct buf records;   /* the list's elements, with commas between them */
	struct buf members;   /* "Name": value, with commas between them */
	struct buf token;     /* of the next page; empty: none */
	uint64_t count;       /* of the records */
};

/* Forgets what came. ERR_INTERNAL: nobody knows how this call's answer looks. */
int page_begin(struct page *page, const struct call_row *row, struct err *err);
/* ERR_SYNTAX, ERR_LIMIT: it is not the answer that was expected. */
int page_add(struct page *page, struct slice bytes, struct err *err);
int page_end(struct page *page, struct err *err);
void page_release(struct page *page);

/* Adds the next page's token if the end of an answer shows it, long before the answer is parsed;
 * false if it does not. */
bool page_foresee(const struct call_row *row, struct slice end, struct buf *token);

/* True if the answer has that member beside the list. What no answer of AWS lacks tells it from a
 * stranger's, which would count as an empty list. */
bool page_has(const struct page *page, const char *member);

/* The name of the list whose pages are joined; NULL: an answer is one document. */
const char *page_list(const struct call_row *row);

#endif
