/*
 * Cost and usage reports of AWS: legacy CUR and CUR 2.0 (Data Exports), as .csv and .csv.gz.
 * It must not know: what becomes of the sums.
 */
#ifndef AMIPLAN_BILLING_CUR_H
#define AMIPLAN_BILLING_CUR_H

#include "billed.h"
#include "err.h"

struct cur_options {
	const char *const *paths; /* "-" for standard input */
	size_t count;
	void (*say)(const char *line, void *to); /* what was left out. May be NULL */
	void *say_to;
};

/*
 * Sums up the last whole month of all these files together, row by row: memory grows with the
 * number of resources, not of rows. `out` is released by billed_table_release; it borrows the
 * paths. A file that is a copy of another one counts once; rows that tell the same hours twice are
 * an error.
 */
int cur_load(const struct cur_options *options, struct billed_table *out, struct err *err);

#endif
