/*
 * The part of the text report that says what it costs: before and after each phase, what is saved,
 * what has no price, what goes on costing. It must not know: how any amount came about.
 */
#include "cost_text.h"
#include "decimal.h"
#include "text.h"
#include <inttypes.h>

#define COLUMN 28 /* where the amounts of a part begin */

static const char *const titles[] = {
#define PART(name, word, title) [name] = title,
#include "cost_parts.def"
#undef PART
};

/* --- the ladder --------------------------------------------------------------------------------
 */

static bool
is_same(const struct view_money *a, const struct view_money *b)
{
	return a->min && b->min && strcmp(a->min, b->min) == 0 &&
	       strcmp(a->max ? a->max : "", b->max ? b->max : "") == 0 &&
	       strcmp(a->priced ? a->priced : "", b->priced ? b->priced : "") == 0;
}

/* One part: before, and after the phases that change it. */
static void
put_row(struct layout *layout, const char *title, const struct view_money *before,
	const struct view_money *second, const struct view_money *third)
{
	struct buf line = {0};

	cost_text_short(before, &line);
	if (!is_same(second, before)) {
		buf_add_text(&line, "; after phase 2: ");
		cost_text_short(second, &line);
	}
	if (!is_same(third, second)) {
		buf_add_text(&line, "; after phase 3: ");
		cost_text_short(third, &line);
	}
	layout->indent = COLUMN + 2;
	layout_put(layout, "    ");
	layout_put(layout, title);
	layout_to(layout, COLUMN);
	layout_wrap(layout, line.at);
	layout_line(layout);
	buf_release(&line);
}

static void
put_ladder(struct layout *layout, const struct view_cost *cost)
{
	const struct view_sheet *after = cost->after_phase;

	layout_put(layout, "  USD a month before, and after the phases that change it:");
	layout_line(layout);
	for (int part = 0; part < COST_PARTS; part++)
		if (layout->verbose || !cost_is_nothing(&cost->before.parts[part]))
			put_row(layout, titles[part], &cost->before.parts[part],
				&after[1].parts[part], &after[2].parts[part]);
	layout_style(layout, STYLE_HEAD);
	put_row(layout, "total", &cost->before.total, &after[1].total, &after[2].total);
	layout_style(layout, STYLE_PLAIN);
	layout->indent = 2;
	layout_to(layout, 2);
	layout_wrap(layout, "Phase 1 alone saves nothing: an AMI is free, its snapshots are not.");
	layout_line(layout);
}

/* --- the saving --------------------------------------------------------------------------------
 */

static void
put_sentence(struct layout *layout, struct buf *line)
{
	layout->indent = 2;
	layout_to(layout, 2);
	layout_wrap(layout, line->at);
	layout_line(layout);
	buf_clear(line);
}

static void
put_saving(struct layout *layout, const struct view_cost *cost)
{
	struct buf line = {0};

	buf_add_text(&line, "Saves ");
	cost_text(&cost->monthly_saving_usd, &line);
	buf_format(&line, " a month (%s).", cost_level_words(cost->monthly_saving_usd.level));
	put_sentence(layout, &line);
	if (!cost_is_nothing(&cost->one_off_usd)) {
		buf_add_text(&line, "Costs once: ");
		cost_text(&cost->one_off_usd, &line);
		buf_add_text(&line, ", for archived snapshots that are not 90 days old.");
		put_sentence(layout, &line);
	}
	if (cost->bin_exit) {
		buf_format(&line,
			"What lies in the Recycle Bin has left it by %s; from then on "
			"the plan saves ",
			cost->bin_exit);
		cost_text(&cost->saving_after_bin, &line);
		buf_add_text(&line, " a month.");
		put_sentence(layout, &line);
	}
	buf_release(&line);
}

static void
put_unpriced(struct layout *layout, const struct view_cost *cost)
{
	for (size_t i = 0; i < cost->unpriced_count; i++) {
		const struct view_unpriced *gap = &cost->unpriced[i];
		struct buf line = {0};

		buf_format(&line, "%s: %s in %s (%" PRIu64 ", such as %s)",
			gap->estimate ? "Estimated" : "No price known", gap->what,
			*gap->region ? gap->region : "an unknown region", gap->items, gap->example);
		if (gap->estimate)
			buf_format(&line, ", as %s", gap->estimate);
		buf_add_text(&line, ".");
		put_sentence(layout, &line);
		buf_release(&line);
	}
}

/* --- what goes on costing, by reason -----------------------------------------------------------
 */

/* The items of one reason. Lifetime: one report. */
struct reason_sum {
	const char *word; /* a rule, or why */
	uint64_t items;
	struct decimal min, max;
	bool unknown; /* something of it has no price */
};

struct reason_sums {
	struct arena arena;
	VEC(struct reason_sum) items;
};

static const char *
reason_words(const struct view_continuing *item)
{
	if (item->rule)
		return item->rule;
	if (strcmp(item->why, "recycle-bin") == 0)
		return "in the Recycle Bin";
	if (strcmp(item->why, "stays") == 0)
		return "stays when its instance goes";
	return "not selected";
}

static struct reason_sum *
sum_named(struct reason_sums *sums, const char *word)
{
	vec_foreach (sum, &sums->items)
		if (strcmp(sum->word, word) == 0)
			return sum;
	vec_push(&sums->items,
		((struct reason_sum){.word = arena_text(&sums->arena, slice_of(word))}));
	return &sums->items.items[sums->items.count - 1];
}

static void
add_text(struct decimal *to, const char *text)
{
	struct decimal decimal;

	if (text && decimal_parse(text, &decimal))
		decimal_add(to, &decimal);
}

static void
sum_continuing(const struct plan_view *view, struct reason_sums *sums)
{
	struct arena arena = {0};

	for (size_t i = 0; i < view->continuing_count; i++) {
		struct view_continuing item;
		struct reason_sum *sum;

		view->continuing(view, i, &arena, &item);
		sum = sum_named(sums, reason_words(&item));
		sum->items += item.items;
		add_text(&sum->min, item.monthly_usd.min);
		add_text(&sum->max,
			item.monthly_usd.max ? item.monthly_usd.max : item.monthly_usd.priced);
		sum->unknown = sum->unknown || !item.monthly_usd.max;
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static int
by_money(const void *a, const void *b)
{
	const struct reason_sum *x = a, *y = b;
	int order = decimal_compare(&y->max, &x->max);

	return order ? order : strcmp(x->word, y->word);
}

static void
put_sum(struct layout *layout, const struct reason_sum *sum)
{
	struct buf line = {0};

	layout_to(layout, TEXT_ITEM);
	layout_data(layout, sum->word);
	layout_format(layout, ": %" PRIu64, sum->items);
	layout_to(layout, TEXT_NAME + 4);
	buf_add_text(&line, decimal_compare(&sum->min, &sum->max) ? "up to " : "");
	decimal_text_rounded(&sum->max, &line);
	buf_add_text(&line, sum->unknown ? " USD and what has no known price" : " USD");
	layout->indent = TEXT_NAME + 4;
	layout_wrap(layout, line.at);
	layout_line(layout);
	buf_release(&line);
}

static void
put_continuing(struct layout *layout, const struct plan_view *view)
{
	struct reason_sums sums = {0};

	if (view->continuing_count == 0)
		return;
	sum_continuing(view, &sums);
	qsort(sums.items.items, sums.items.count, sizeof(sums.items.items[0]), by_money);
	layout_put(layout, "  Goes on costing a month:");
	layout_line(layout);
	vec_foreach (sum, &sums.items)
		put_sum(layout, sum);
	vec_release(&sums.items);
	arena_release(&sums.arena);
}

void
text_cost(struct layout *layout, const struct plan_view *view)
{
	const struct view_cost *cost = &view->cost;

	if (!cost->prices_source)
		return;
	text_heading(layout, "Cost, by prices of %s (%s)%s%s",
		*cost->prices_date ? cost->prices_date : "an unknown date", cost->prices_source,
		cost->bill_month ? " and the bill of " : "",
		cost->bill_month ? cost->bill_month : "");
	put_ladder(layout, cost);
	put_saving(layout, cost);
	put_unpriced(layout, cost);
	put_continuing(layout, view);
}
