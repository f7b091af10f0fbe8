/*
 * Amounts as text, for views. Nobody outside planner/ includes it.
 * It must not know: formats.
 */
#ifndef AMIPLAN_PLANNER_COST_VIEW_H
#define AMIPLAN_PLANNER_COST_VIEW_H

#include "cost.h"

void view_of_amount(const struct amount *amount, struct arena *arena, struct view_money *out);
void view_of_cost(const struct cost *cost, struct arena *arena, struct view_cost *out);
void view_of_continuing(const struct cost *cost, const struct plan *plan, size_t i,
	struct arena *arena, struct view_continuing *out);

#endif
