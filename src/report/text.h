/*
 * Between the files of the text report: its parts, in the order in which they are printed.
 * It must not know: how anything was decided. Nobody but text*.c includes it.
 */
#ifndef AMIPLAN_REPORT_TEXT_H
#define AMIPLAN_REPORT_TEXT_H

#include "layout.h"
#include "strpool.h"
#include "vec.h"

/* Columns where an id's companion starts: the longest id of AWS's form has 22 characters. */
#define TEXT_ITEM 4
#define TEXT_NAME 28
#define TEXT_SENTENCE 8

/* From so many columns on an amount stands beside a text, and its level beside it; on a narrower
 * terminal it is a line below the text. */
#define TEXT_AMOUNT_BESIDE 60
#define TEXT_LEVEL_BESIDE 72

/* Examples of a rule or a warning when not verbose. */
#define TEXT_EXAMPLES 3

struct text_costs;

void text_summary(struct layout *layout, const struct plan_view *view);
void text_missing(struct layout *layout, const struct plan_view *view);
void text_cost(struct layout *layout, const struct plan_view *view);
void text_steps(struct layout *layout, const struct plan_view *view);
void text_blocked(
	struct layout *layout, const struct plan_view *view, const struct text_costs *costs);
void text_kept(struct layout *layout, const struct plan_view *view, const struct text_costs *costs);
void text_warnings(struct layout *layout, const struct plan_view *view);

/* A bold heading after an empty line. What layout_aside was given before stands at its right. */
void text_heading(struct layout *layout, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* --- the column of amounts (text_amounts.c) --- */

/* "0.00 to 0.13 estimated", as much of it as the terminal has room for; "" where nothing is known.
 * Appended. */
void text_amount(const struct layout *layout, const struct view_money *money, struct buf *out);
/* `text`, an amount or what heads them, beside what comes next on this line; or, on a terminal that
 * is too narrow for that, the amount on a line below it, in words that begin with `verb`. Called
 * before that line and after it: only one of the two does something. "" does nothing. */
void text_amount_beside(struct layout *layout, const char *text);
void text_amount_below(struct layout *layout, const char *verb, const char *text);

/* What each thing that stays goes on costing, as it is written. Lifetime: one report. */
struct text_costs {
	struct strpool ids, amounts;
	VEC(sid) amount_of; /* by number of the id */
	bool blocked, kept; /* something of that list is there */
};
void text_costs_make(
	struct text_costs *costs, const struct layout *layout, const struct plan_view *view);
void text_costs_release(struct text_costs *costs);
/* "" if it costs nothing that is known. Borrowed. */
const char *text_costs_of(const struct text_costs *costs, const char *id);

#endif
