/*
 * Which format a result is written in: -T, else the extension of -o, else the verb's own.
 * It must not know: how a format is written.
 */
#ifndef AMIPLAN_CLI_CHOOSE_H
#define AMIPLAN_CLI_CHOOSE_H

#include "request.h"

struct format {
	const char *name;
	const char *extension; /* with its dot; NULL: none */
};

/* Formats of a verb, or of one mode of it ("missing"). The first is the default. Arrays of lists
 * end with one that is all zero. */
struct format_list {
	const char *mode;             /* the option that asks for it; NULL: the verb itself */
	const struct format *formats; /* NULL with `of_plans`: the report's own table */
	size_t count;
	bool of_plans;
};

extern const struct format_list plan_format_lists[], show_format_lists[], graph_format_lists[],
	collect_format_lists[], cost_format_lists[],
	report_format_lists[]; /* report: explain, verify, diff */

/* The names in the list; 0 of them at the end of an array. */
size_t format_count(const struct format_list *list);
const char *format_name(const struct format_list *list, size_t i);
const char *format_default(const struct format_list *list);

/* Sets `name` to one of the list's names. ERR_USAGE for a format that the list does not have. */
int format_choose(const struct request *request, const struct format_list *list, const char **name,
	struct err *err);

#endif
