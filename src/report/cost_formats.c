/*
 * The cost of a plan in four formats.
 * It must not know: how any amount came about.
 */
#include "cost_report.h"
#include "cost_text.h"
#include "quote.h"
#include "text.h"
#include <inttypes.h>

#define MOST_ROWS 20 /* of groups and pins, unless verbose */

/* --- text --------------------------------------------------------------------------------------
 */

static void
add_sum(const struct cost_sum *sum, struct buf *out)
{
	struct arena arena = {0};
	struct view_money money = cost_sum_money(sum, &arena);

	cost_text(&money, out);
	arena_release(&arena);
}

static void
put_more(struct layout *layout, size_t shown, size_t all)
{
	if (shown == all)
		return;
	layout_to(layout, TEXT_ITEM);
	layout_format(layout, "… and %zu more (--verbose shows all)", all - shown);
	layout_line(layout);
}

static void
put_group(struct layout *layout, const struct cost_row *row)
{
	struct buf line = {0};

	layout->indent = TEXT_NAME;
	layout_to(layout, TEXT_ITEM);
	layout_data(layout, row->group);
	layout_to(layout, TEXT_NAME);
	buf_format(&line, "%" PRIu64 " step%s", row->steps, plural(row->steps));
	if (row->steps) {
		buf_add_text(&line, ", saving ");
		add_sum(&row->saving, &line);
	}
	buf_format(&line, "; %" PRIu64 " go%s on costing", row->continuing,
		row->continuing == 1 ? "es" : "");
	if (row->continuing) {
		buf_add_text(&line, " ");
		add_sum(&row->left, &line);
	}
	layout_wrap(layout, line.at);
	layout_line(layout);
	buf_release(&line);
}

static void
put_pin(struct layout *layout, const struct cost_pin *pin)
{
	struct buf line = {0};

	layout->indent = TEXT_NAME;
	layout_to(layout, TEXT_ITEM);
	layout_style(layout, STYLE_BLOCKED);
	layout_data(layout, pin->resource);
	layout_style(layout, STYLE_PLAIN);
	layout_to(layout, TEXT_NAME);
	add_sum(&pin->left, &line);
	buf_format(&line, " a month in %" PRIu64 " resource%s (%s)", pin->items, plural(pin->items),
		pin->rule);
	layout_wrap(layout, line.at);
	layout_line(layout);
	if (pin->references.count) {
		layout_to(layout, TEXT_NAME);
		layout_put(layout, "kept by: ");
		layout_list(layout, &pin->references, layout->verbose ? 0 : 5);
		layout_line(layout);
	}
	buf_release(&line);
}

static void
put_groups(struct layout *layout, const struct cost_groups *groups,
	const struct cost_grouping *grouping)
{
	static const char *const titles[] = {
		[BY_NOTHING] = "",
		[BY_REGION] = "By region",
		[BY_ACCOUNT] = "By account",
		[BY_AMI] = "By AMI",
		[BY_TAG] = "By tag",
		[BY_RULE] = "By rule",
		[BY_PIN] = "What pins the money, the dearest first",
	};
	size_t rows = groups->rows.count, pins = groups->pins.count;

	if (grouping->by == BY_NOTHING)
		return;
	text_heading(layout, "%s%s%s", titles[grouping->by], grouping->tag ? " " : "",
		grouping->tag ? grouping->tag : "");
	if (!layout->verbose && rows > MOST_ROWS)
		rows = MOST_ROWS;
	if (!layout->verbose && pins > MOST_ROWS)
		pins = MOST_ROWS;
	for (size_t i = 0; i < rows; i++)
		put_group(layout, &groups->rows.items[i]);
	put_more(layout, rows, groups->rows.count);
	for (size_t i = 0; i < pins; i++)
		put_pin(layout, &groups->pins.items[i]);
	put_more(layout, pins, groups->pins.count);
}

static void
write_text(FILE *file, const struct plan_view *view, const struct cost_groups *groups,
	const struct cost_grouping *grouping, const struct report_options *options)
{
	struct layout layout;

	layout_begin(&layout, file, options);
	layout_style(&layout, STYLE_HEAD);
	layout_put(&layout, "Cost");
	layout_style(&layout, STYLE_PLAIN);
	layout_put(&layout, " as of ");
	layout_data(&layout, view->as_of);
	layout_format(
		&layout, ", and what %zu step%s save", view->step_count, plural(view->step_count));
	layout_put(&layout, view->step_count == 1 ? "s" : "");
	layout_line(&layout);
	if (!view->cost.prices_source) {
		layout_put(&layout, "  This plan was made without prices.");
		layout_line(&layout);
	}
	text_cost(&layout, view);
	put_groups(&layout, groups, grouping);
}

/* --- CSV ---------------------------------------------------------------------------------------
 */

static void
put_cells(FILE *file, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (cells[i])
			quote_csv(file, slice_of(cells[i]));
		fputs(i + 1 == count ? "\r\n" : ",", file);
	}
}

#define PUT_CELLS(file, ...)                                                                       \
	put_cells(file, (const char *const[]){__VA_ARGS__},                                        \
		sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static const char *
count_text(struct arena *arena, uint64_t count)
{
	return arena_format(arena, "%" PRIu64, count);
}

static void
csv_groups(FILE *file, const struct cost_groups *groups)
{
	struct arena arena = {0};

	PUT_CELLS(file, "group", "steps", "saving_usd_min", "saving_usd_max", "continuing",
		"continuing_usd_min", "continuing_usd_max");
	vec_foreach (row, &groups->rows) {
		struct view_money saving = cost_sum_money(&row->saving, &arena);
		struct view_money left = cost_sum_money(&row->left, &arena);

		PUT_CELLS(file, row->group, count_text(&arena, row->steps), saving.min, saving.max,
			count_text(&arena, row->continuing), left.min, left.max);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static const char *
join(struct arena *arena, const struct texts *texts)
{
	struct buf buf = {0};
	const char *text;

	for (size_t i = 0; i < texts->count; i++)
		buf_format(&buf, "%s%s", i ? "; " : "", texts->items[i]);
	text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

static void
csv_pins(FILE *file, const struct cost_groups *groups)
{
	struct arena arena = {0};

	PUT_CELLS(file, "resource", "rule", "resources", "usd_min", "usd_max", "references");
	vec_foreach (pin, &groups->pins) {
		struct view_money left = cost_sum_money(&pin->left, &arena);

		PUT_CELLS(file, pin->resource, pin->rule, count_text(&arena, pin->items), left.min,
			left.max, join(&arena, &pin->references));
		arena_clear(&arena);
	}
	arena_release(&arena);
}

/* Without groups: one row a step and one a thing that goes on costing. */
static void
csv_items(FILE *file, const struct plan_view *view)
{
	struct arena arena = {0};

	PUT_CELLS(file, "what", "resource", "items", "account", "region", "rule", "usd_min",
		"usd_max", "level");
	for (size_t i = 0; i < view->step_count; i++) {
		struct view_step step;

		view->step(view, i, STEP_BRIEF, &arena, &step);
		PUT_CELLS(file, "saved", step.resource, "1", step.account, step.region, NULL,
			step.share_usd.min, step.share_usd.max, step.share_usd.level);
		arena_clear(&arena);
	}
	for (size_t i = 0; i < view->continuing_count; i++) {
		struct view_continuing item;

		view->continuing(view, i, &arena, &item);
		PUT_CELLS(file, item.why, item.resource ? item.resource : item.kind,
			count_text(&arena, item.items), item.account, item.region, item.rule,
			item.monthly_usd.min, item.monthly_usd.max, item.monthly_usd.level);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static void
write_csv(FILE *file, const struct plan_view *view, const struct cost_groups *groups,
	const struct cost_grouping *grouping)
{
	if (grouping->by == BY_NOTHING)
		csv_items(file, view);
	else if (grouping->by == BY_PIN)
		csv_pins(file, groups);
	else
		csv_groups(file, groups);
}

/* --- Markdown ----------------------------------------------------------------------------------
 */

static void
put_markdown_money(FILE *file, const struct view_money *money)
{
	struct buf buf = {0};

	cost_text_short(money, &buf);
	fprintf(file, " | %s", buf.at);
	buf_release(&buf);
}

static void
markdown_sheet(FILE *file, const struct view_cost *cost)
{
	static const char *const titles[] = {
#define PART(name, word, title) [name] = title,
#include "cost_parts.def"
#undef PART
	};
	const struct view_sheet *sheets[] = {
		&cost->before, &cost->after_phase[0], &cost->after_phase[1], &cost->after_phase[2]};

	fputs("| USD a month | before | after phase 1 | after phase 2 | after phase 3 |\n"
	      "|---|---:|---:|---:|---:|\n",
		file);
	for (int part = 0; part <= COST_PARTS; part++) {
		fprintf(file, "| %s", part < COST_PARTS ? titles[part] : "**total**");
		for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++)
			put_markdown_money(file,
				part < COST_PARTS ? &sheets[i]->parts[part] : &sheets[i]->total);
		fputs(" |\n", file);
	}
}

static void
markdown_groups(FILE *file, const struct cost_groups *groups)
{
	struct arena arena = {0};

	fputs("\n| group | steps | saving | go on costing | USD a month |\n"
	      "|---|---:|---:|---:|---:|\n",
		file);
	vec_foreach (row, &groups->rows) {
		struct view_money saving = cost_sum_money(&row->saving, &arena);
		struct view_money left = cost_sum_money(&row->left, &arena);

		fputs("| ", file);
		quote_markdown(file, slice_of(row->group));
		fprintf(file, " | %" PRIu64, row->steps);
		put_markdown_money(file, &saving);
		fprintf(file, " | %" PRIu64, row->continuing);
		put_markdown_money(file, &left);
		fputs(" |\n", file);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static void
markdown_pins(FILE *file, const struct cost_groups *groups)
{
	struct arena arena = {0};

	fputs("\n| item | rule | resources | USD a month | kept by |\n|---|---|---:|---:|---|\n",
		file);
	vec_foreach (pin, &groups->pins) {
		struct view_money left = cost_sum_money(&pin->left, &arena);

		fputs("| ", file);
		quote_markdown(file, slice_of(pin->resource));
		fputs(" | ", file);
		quote_markdown(file, slice_of(pin->rule));
		fprintf(file, " | %" PRIu64, pin->items);
		put_markdown_money(file, &left);
		fputs(" | ", file);
		quote_markdown(file, slice_of(join(&arena, &pin->references)));
		fputs(" |\n", file);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static void
write_markdown(FILE *file, const struct plan_view *view, const struct cost_groups *groups,
	const struct cost_grouping *grouping)
{
	const struct view_cost *cost = &view->cost;
	struct buf line = {0};

	fputs("# Cost as of ", file);
	quote_markdown(file, slice_of(view->as_of));
	fputs("\n\n", file);
	if (cost->prices_source) {
		markdown_sheet(file, cost);
		buf_add_text(&line, "\n\nSaves ");
		cost_text(&cost->monthly_saving_usd, &line);
		buf_format(&line, " a month (%s).\n",
			cost_level_words(cost->monthly_saving_usd.level));
		fputs(line.at, file);
	}
	if (grouping->by == BY_PIN)
		markdown_pins(file, groups);
	else if (grouping->by != BY_NOTHING)
		markdown_groups(file, groups);
	buf_release(&line);
}

void
write_cost(FILE *file, const char *format, const struct plan_view *view,
	const struct cost_grouping *grouping, const struct report_options *options)
{
	struct cost_groups groups;

	cost_groups_make(&groups, view, grouping);
	if (strcmp(format, "json") == 0)
		write_cost_json(file, view, &groups, grouping);
	else if (strcmp(format, "csv") == 0)
		write_csv(file, view, &groups, grouping);
	else if (strcmp(format, "markdown") == 0)
		write_markdown(file, view, &groups, grouping);
	else
		write_text(file, view, &groups, grouping, options);
	cost_groups_release(&groups);
}
