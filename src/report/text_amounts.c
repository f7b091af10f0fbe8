/*
 * The column of amounts at the right edge of the text report: what a step saves a month, what
 * stays goes on costing. It must not know: how any amount came about.
 */
#include "cost_text.h"
#include "text.h"

/* As wide as the longest of cost_level_short. */
#define LEVEL_WIDTH "9"

void
text_amount(const struct layout *layout, const struct view_money *money, struct buf *out)
{
	if (!money->min)
		return;
	cost_text_short(money, out);
	if (layout->width >= TEXT_LEVEL_BESIDE && money->level)
		buf_format(out, "  %" LEVEL_WIDTH "s", cost_level_short(money->level));
}

void
text_amount_beside(struct layout *layout, const char *text)
{
	if (*text && layout->width >= TEXT_AMOUNT_BESIDE)
		layout_aside(layout, text);
}

void
text_amount_below(struct layout *layout, const char *verb, const char *text)
{
	struct buf line = {0};

	if (!*text || layout->width >= TEXT_AMOUNT_BESIDE)
		return;
	buf_format(&line, "%s %s USD a month", verb, text);
	layout_to(layout, layout->indent);
	layout_wrap(layout, line.at);
	layout_line(layout);
	buf_release(&line);
}

/* --- what stays ------------------------------------------------------------------------------ */

static void
add_cost(struct text_costs *costs, const char *id, const char *amount)
{
	sid number = strpool_add(&costs->ids, slice_of(id));

	while (costs->amount_of.count <= number)
		vec_push(&costs->amount_of, 0);
	costs->amount_of.items[number] = strpool_add(&costs->amounts, slice_of(amount));
}

void
text_costs_make(struct text_costs *costs, const struct layout *layout, const struct plan_view *view)
{
	struct arena arena = {0};
	struct buf amount = {0};

	*costs = (struct text_costs){0};
	strpool_init(&costs->ids);
	strpool_init(&costs->amounts);
	for (size_t i = 0; i < view->continuing_count; i++, arena_clear(&arena)) {
		struct view_continuing item;

		view->continuing(view, i, &arena, &item);
		if (!item.resource || !item.rule || !item.monthly_usd.min)
			continue;
		text_amount(layout, &item.monthly_usd, &amount);
		add_cost(costs, item.resource, amount.at);
		buf_clear(&amount);
		costs->blocked = costs->blocked || strcmp(item.why, "blocked") == 0;
		costs->kept = costs->kept || strcmp(item.why, "kept") == 0;
	}
	buf_release(&amount);
	arena_release(&arena);
}

void
text_costs_release(struct text_costs *costs)
{
	strpool_release(&costs->ids);
	strpool_release(&costs->amounts);
	vec_release(&costs->amount_of);
}

const char *
text_costs_of(const struct text_costs *costs, const char *id)
{
	sid number = strpool_find(&costs->ids, slice_of(id));

	return number < costs->amount_of.count
		       ? strpool_text(&costs->amounts, costs->amount_of.items[number])
		       : "";
}
