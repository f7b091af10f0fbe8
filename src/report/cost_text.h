/*
 * Amounts as words for people: rounded, with what is not known.
 * It must not know: plans.
 */
#ifndef AMIPLAN_REPORT_COST_TEXT_H
#define AMIPLAN_REPORT_COST_TEXT_H

#include "buf.h"
#include "view.h"

/* "0.40 USD", "0.00 to 0.40 USD", "at least 0.00 USD, 0.40 USD of it priced". Appended. */
void cost_text(const struct view_money *money, struct buf *out);
/* The same in a column of a table: "0.00 to 0.40", "0.00 to 0.40 + ?". */
void cost_text_short(const struct view_money *money, struct buf *out);
/* Known to be 0. */
bool cost_is_nothing(const struct view_money *money);
/* "estimated from full sizes and list prices": what a level means. */
const char *cost_level_words(const char *level);
/* "estimated": the same in a column; 9 characters at most, but a level of no table is itself. */
const char *cost_level_short(const char *level);

#endif
