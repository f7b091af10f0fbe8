/*
 * A price book for itself: for people, and as the JSON that a book is read from.
 * It must not know: where prices come from, what is paid for.
 */
#ifndef AMIPLAN_REPORT_PRICE_REPORT_H
#define AMIPLAN_REPORT_PRICE_REPORT_H

#include "prices.h"
#include "report.h"

/* Which part of which book. No regions: all of them. */
struct price_report {
	const struct price_book *book;
	const char *what, *cite; /* the source in words, and where it can be looked up */
	const char *const *regions;
	size_t region_count;
};

void write_prices_text(
	FILE *file, const struct price_report *report, const struct report_options *options);
void write_prices_json(FILE *file, const struct price_report *report);

#endif
