/*
 * Amounts as text, for views.
 * It must not know: formats, how any amount came about.
 */
#include "cost_view.h"
#include "internal.h"

static const char *
text_of(struct money money, struct arena *arena)
{
	char text[MONEY_TEXT_SIZE];

	if (!money.known)
		return NULL;
	if (money.units == 0)
		return "0.00";
	money_text(money, text);
	return arena_text(arena, slice_of(text));
}

/* The text of one amount is mostly that of the next: digits of 128 bits take their time. */
static const char *
text_or_same(struct money money, struct money known, const char *text, struct arena *arena)
{
	if (text && money.known && money.units == known.units)
		return text;
	return text_of(money, arena);
}

void
view_of_amount(const struct amount *amount, struct arena *arena, struct view_money *out)
{
	const char *max = text_of(amount->max, arena);

	*out = (struct view_money){
		.min = text_or_same(amount->min, amount->max, max, arena),
		.max = max,
		.priced = text_or_same(amount->priced, amount->max, max, arena),
		.level = cost_level_word(amount->level),
	};
}

static void
view_of_sheet(const struct sheet *sheet, struct arena *arena, struct view_sheet *out)
{
	for (int part = 0; part < COST_PARTS; part++)
		view_of_amount(&sheet->parts[part], arena, &out->parts[part]);
	view_of_amount(&sheet->total, arena, &out->total);
}

static void
list_unpriced(const struct cost *cost, struct arena *arena, struct view_cost *out)
{
	const struct cost_totals *totals = cost_totals(cost);
	const struct graph *graph = cost_graph(cost);

	out->unpriced = arena_array(arena, totals->unpriced_count + 1, sizeof(*out->unpriced));
	out->unpriced_count = totals->unpriced_count;
	for (size_t i = 0; i < totals->unpriced_count; i++) {
		const struct unpriced *gap = &totals->unpriced[i];

		out->unpriced[i] = (struct view_unpriced){
			.what = gap->what,
			.region = strpool_text(&graph->strings, gap->region),
			.example = graph_id(graph, gap->example),
			.estimate = gap->estimate,
			.items = gap->items,
		};
	}
}

void
view_of_cost(const struct cost *cost, struct arena *arena, struct view_cost *out)
{
	const struct cost_totals *totals = cost_totals(cost);
	const struct price_book *book = cost_book(cost);
	const struct billed_table *bill = cost_bill(cost);
	char time[TIME_TEXT_SIZE];

	*out = (struct view_cost){
		.prices_source = arena_text(arena, slice_of(book->source)),
		.prices_date = arena_text(arena, slice_of(book->date)),
		.bill_month = bill ? arena_text(arena, slice_of(bill->month)) : NULL,
	};
	view_of_sheet(&totals->before, arena, &out->before);
	for (size_t i = 0; i < VIEW_PHASES; i++)
		view_of_sheet(&totals->after[i], arena, &out->after_phase[i]);
	view_of_amount(&totals->saving, arena, &out->monthly_saving_usd);
	view_of_amount(&totals->one_off, arena, &out->one_off_usd);
	if (totals->bin_exit != TIME_NONE) {
		time_format(totals->bin_exit, time);
		out->bin_exit = arena_text(arena, slice_of(time));
		view_of_amount(&totals->saving_later, arena, &out->saving_after_bin);
	}
	list_unpriced(cost, arena, out);
}

static const char *
rule_of(const struct plan *plan, nid item)
{
	return plan->reason_start[item]
		       ? rule_word(
				 (enum rule)plan->reasons.items[plan->reason_start[item] - 1].rule)
		       : NULL;
}

void
view_of_continuing(const struct cost *cost, const struct plan *plan, size_t i, struct arena *arena,
	struct view_continuing *out)
{
	static const char *const words[] = {
		[WHY_NOT_SELECTED] = "not-selected",
		[WHY_BLOCKED] = "blocked",
		[WHY_KEPT] = "kept",
		[WHY_BINNED] = "recycle-bin",
		[WHY_STAYS] = "stays",
	};
	const struct continuing *item = &cost_totals(cost)->continuing[i];
	const struct node *node = graph_node(plan->graph, item->node);
	struct amount amount = cost_of_continuing(cost, item);
	bool judged = item->why == WHY_BLOCKED || item->why == WHY_KEPT;

	*out = (struct view_continuing){
		.resource = item->sum ? NULL : graph_id(plan->graph, item->node),
		.items = item->items,
		.kind = node_kind_word((enum node_kind)node->kind),
		.account = strpool_text(&plan->graph->strings, node->account),
		.region = strpool_text(&plan->graph->strings, node->region),
		.why = words[item->why],
		.rule = judged ? rule_of(plan, item->node) : NULL,
	};
	view_of_amount(&amount, arena, &out->monthly_usd);
}
