/*
 * The cost of a plan as JSON: what the plan file has of it, and groups. docs/cost.schema.json.
 * It must not know: how any amount came about.
 */
#include "cost_report.h"
#include "view_json.h"

void
cost_json_money(struct json_writer *w, const char *name, const struct view_money *money)
{
	json_name(w, name);
	json_open(w, '{');
	json_field(w, "min", money->min);
	json_field(w, "max", money->max);
	/* `priced` says nothing more where everything has a price. */
	if (money->priced && !money->max)
		json_field(w, "priced", money->priced);
	if (money->level)
		json_field(w, "level", money->level);
	json_close(w, '}');
}

static void
field_sheet(struct json_writer *w, const char *name, const struct view_sheet *sheet)
{
	static const char *const words[] = {
#define PART(name, word, title) [name] = word,
#include "cost_parts.def"
#undef PART
	};

	json_name(w, name);
	json_open(w, '{');
	for (int part = 0; part < COST_PARTS; part++)
		cost_json_money(w, words[part], &sheet->parts[part]);
	cost_json_money(w, "total", &sheet->total);
	json_close(w, '}');
}

static void
field_sheets(struct json_writer *w, const struct view_cost *cost)
{
	static const char *const phases[VIEW_PHASES] = {"1", "2", "3"};

	if (!cost->prices_source) {
		json_field(w, "before", NULL);
		json_field(w, "after_phase", NULL);
		return;
	}
	field_sheet(w, "before", &cost->before);
	json_name(w, "after_phase");
	json_open(w, '{');
	for (size_t i = 0; i < VIEW_PHASES; i++)
		field_sheet(w, phases[i], &cost->after_phase[i]);
	json_close(w, '}');
}

static void
field_unpriced(struct json_writer *w, const struct view_cost *cost)
{
	json_name(w, "unpriced");
	json_open(w, '[');
	for (size_t i = 0; i < cost->unpriced_count; i++) {
		const struct view_unpriced *gap = &cost->unpriced[i];

		json_open(w, '{');
		json_field(w, "what", gap->what);
		view_json_text_or_null(w, "region", gap->region);
		json_field_integer(w, "items", (int64_t)gap->items);
		json_field(w, "example", gap->example);
		if (gap->estimate)
			json_field(w, "estimate", gap->estimate);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void
cost_json_totals(struct json_writer *w, const struct view_cost *cost)
{
	json_field(w, "currency", "USD");
	json_name(w, "prices");
	if (cost->prices_source) {
		json_open(w, '{');
		json_field(w, "source", cost->prices_source);
		json_field(w, "date", cost->prices_date);
		json_close(w, '}');
	} else {
		json_put_null(w);
	}
	if (cost->bill_month)
		json_field(w, "bill_month", cost->bill_month);
	field_sheets(w, cost);
	cost_json_money(w, "monthly_saving_usd", &cost->monthly_saving_usd);
	cost_json_money(w, "one_off_usd", &cost->one_off_usd);
	if (cost->bin_exit) {
		json_name(w, "after_recycle_bin");
		json_open(w, '{');
		json_field(w, "from", cost->bin_exit);
		cost_json_money(w, "monthly_saving_usd", &cost->saving_after_bin);
		json_close(w, '}');
	}
	field_unpriced(w, cost);
}

static void
field_sum(struct json_writer *w, const char *name, const struct cost_sum *sum)
{
	struct arena arena = {0};
	struct view_money money = cost_sum_money(sum, &arena);

	cost_json_money(w, name, &money);
	arena_release(&arena);
}

static void
field_groups(struct json_writer *w, const struct cost_groups *groups)
{
	json_name(w, "groups");
	json_open(w, '[');
	vec_foreach (row, &groups->rows) {
		json_open(w, '{');
		json_field(w, "group", row->group);
		json_field_integer(w, "steps", (int64_t)row->steps);
		field_sum(w, "saving_usd", &row->saving);
		json_field_integer(w, "continuing", (int64_t)row->continuing);
		field_sum(w, "continuing_usd", &row->left);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void
field_pins(struct json_writer *w, const struct cost_groups *groups)
{
	json_name(w, "pins");
	json_open(w, '[');
	vec_foreach (pin, &groups->pins) {
		json_open(w, '{');
		json_field(w, "resource", pin->resource);
		json_field(w, "rule", pin->rule);
		json_field_integer(w, "resources", (int64_t)pin->items);
		field_sum(w, "monthly_usd", &pin->left);
		view_json_texts(w, "references", &pin->references);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void
write_cost_json(FILE *file, const struct plan_view *view, const struct cost_groups *groups,
	const struct cost_grouping *grouping)
{
	static const char *const words[] = {
		[BY_NOTHING] = NULL,
		[BY_REGION] = "region",
		[BY_ACCOUNT] = "account",
		[BY_AMI] = "ami",
		[BY_TAG] = "tag",
		[BY_RULE] = "rule",
		[BY_PIN] = "pin",
	};
	struct json_writer w;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.cost/1");
	json_field(&w, "as_of", view->as_of);
	json_field_integer(&w, "steps", (int64_t)view->step_count);
	cost_json_totals(&w, &view->cost);
	json_field(&w, "by", words[grouping->by]);
	if (grouping->tag)
		json_field(&w, "tag", grouping->tag);
	if (grouping->by == BY_PIN)
		field_pins(&w, groups);
	else if (grouping->by != BY_NOTHING)
		field_groups(&w, groups);
	json_close(&w, '}');
	fputc('\n', file);
}
