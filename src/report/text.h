/*
 * Between the files of the text report: its parts, in the order in which they are printed.
 * It must not know: how anything was decided. Nobody but text*.c includes it.
 */
#ifndef AMIPLAN_REPORT_TEXT_H
#define AMIPLAN_REPORT_TEXT_H

#include "layout.h"

/* Columns where an id's companion starts: the longest id of AWS's form has 22 characters. */
#define TEXT_ITEM 4
#define TEXT_NAME 28
#define TEXT_SENTENCE 8

/* Examples of a rule or a warning when not verbose. */
#define TEXT_EXAMPLES 3

void text_summary(struct layout *layout, const struct plan_view *view);
void text_missing(struct layout *layout, const struct plan_view *view);
void text_cost(struct layout *layout, const struct plan_view *view);
void text_steps(struct layout *layout, const struct plan_view *view);
void text_blocked(struct layout *layout, const struct plan_view *view);
void text_kept(struct layout *layout, const struct plan_view *view);
void text_warnings(struct layout *layout, const struct plan_view *view);

/* A bold heading after an empty line. */
void text_heading(struct layout *layout, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
