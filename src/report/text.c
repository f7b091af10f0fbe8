/*
 * A plan as text for people: what goes first, then what is missing, the steps, and why the rest
 * stays. It must not know: how anything was decided.
 */
#include "text.h"
#include "choice_text.h"
#include "cost_text.h"
#include "phase.h"
#include <inttypes.h>
#include <stdarg.h>

void
text_heading(struct layout *layout, const char *format, ...)
{
	const char *aside = layout->aside;
	va_list list;
	char *text = NULL;

	va_start(list, format);
	if (vasprintf(&text, format, list) < 0)
		die_oom();
	va_end(list);
	layout_aside(layout, NULL); /* not at the right of the empty line */
	layout_line(layout);
	layout_aside(layout, aside);
	layout->indent = 2;
	layout_style(layout, STYLE_HEAD);
	layout_wrap(layout, text);
	layout_style(layout, STYLE_PLAIN);
	layout_line(layout);
	free(text);
}

/* --- summary ------------------------------------------------------------------------------------
 */

static void
put_places(struct layout *layout, const char *what, const struct texts *texts)
{
	layout->indent = 10;
	layout_put(layout, what);
	layout_to(layout, layout->indent);
	if (texts->count)
		layout_list(layout, texts, layout->verbose ? 0 : 8);
	else
		layout_put(layout, "unknown");
	layout_line(layout);
}

static void
put_counts(struct layout *layout, const char *what, const struct view_counts *counts)
{
	layout_put(layout, "  ");
	layout_put(layout, what);
	layout_to(layout, 12);
	layout_number(layout, counts->total, 9);
	layout_style(layout, counts->go ? STYLE_GO : STYLE_PLAIN);
	layout_number(layout, counts->go, 9);
	layout_style(layout, STYLE_PLAIN);
	layout_number(layout, counts->blocked, 9);
	layout_number(layout, counts->kept, 9);
	layout_number(layout, counts->not_selected, 14);
	layout_line(layout);
}

/* Why nothing goes: the first of these that is true. */
static const char *
why_empty(const struct plan_view *view)
{
	uint64_t total = view->images.total + view->snapshots.total;

	if (total == 0 && view->blocked_count == 0)
		return "the inventory holds no AMI and no snapshot of yours.";
	if (view->blocked_count && view->kept_count)
		return "everything that was selected is blocked or kept; the reasons are below.";
	if (view->blocked_count)
		return "everything that was selected is blocked; the reasons and the remedies are "
		       "below.";
	if (view->kept_count)
		return "everything that was selected is kept; the reasons are below.";
	return "nothing matches the selection.";
}

/* What goes, in words; nothing for a count of 0. */
static void
add_going(struct buf *line, const char *verb, const char *noun, uint64_t count)
{
	const char *separator = strchr(line->at, ':') ? ", " : ": ";

	if (count)
		buf_format(
			line, "%s%s %" PRIu64 " %s%s", separator, verb, count, noun, plural(count));
}

static void
put_verdict(struct layout *layout, const struct plan_view *view)
{
	struct buf line = {0};

	layout_line(layout);
	layout->indent = 2;
	if (view->step_count == 0) {
		layout_style(layout, STYLE_HEAD);
		layout_put(layout, "Nothing to do: ");
		layout_style(layout, STYLE_PLAIN);
		layout_wrap(layout, why_empty(view));
		layout_line(layout);
		return;
	}
	buf_format(&line, "%zu step%s", view->step_count, plural(view->step_count));
	add_going(&line, "deregister", "AMI", view->images.go);
	add_going(&line, "delete", "snapshot", view->snapshots.go);
	add_going(&line, "terminate", "instance", view->instances.go);
	buf_add_char(&line, '.');
	if (view->cost.prices_source) {
		buf_add_text(&line, " Saves ");
		cost_text(&view->cost.monthly_saving_usd, &line);
		buf_add_text(&line, " a month.");
	}
	layout_style(layout, STYLE_HEAD);
	layout_wrap(layout, line.at);
	layout_style(layout, STYLE_PLAIN);
	layout_line(layout);
	buf_release(&line);
}

static void
put_choice(struct layout *layout, const struct plan_view *view)
{
	struct buf line = {0};

	if (!view->choice)
		return;
	choice_text(view, &line);
	layout->indent = 2;
	layout_to(layout, 2);
	layout_wrap(layout, line.at);
	layout_line(layout);
	buf_release(&line);
}

void
text_summary(struct layout *layout, const struct plan_view *view)
{
	layout_style(layout, STYLE_HEAD);
	layout_put(layout, "Plan");
	layout_style(layout, STYLE_PLAIN);
	layout_put(layout, " as of ");
	layout_data(layout, view->as_of);
	layout_line(layout);
	put_places(layout, "Accounts", &view->accounts);
	put_places(layout, "Regions", &view->regions);
	layout_line(layout);
	layout_format(layout, "  %-10s%9s%9s%9s%9s%14s", "", "total", "to go", "blocked", "kept",
		"not selected");
	layout_line(layout);
	put_counts(layout, "AMIs", &view->images);
	put_counts(layout, "snapshots", &view->snapshots);
	put_counts(layout, "instances", &view->instances);
	put_verdict(layout, view);
	put_choice(layout, view);
}

/* --- steps --------------------------------------------------------------------------------------
 */

static void
put_evidence(struct layout *layout, const struct view_evidences *evidences)
{
	for (size_t i = 0; i < evidences->count; i++) {
		const struct view_evidence *e = &evidences->items[i];
		char *line = NULL;

		if (asprintf(&line, "%s: %s %s %s (%s%s%s)", e->strength, e->from, e->edge, e->to,
			    e->source, *e->detail ? ": " : "", e->detail) < 0)
			die_oom();
		layout_to(layout, TEXT_SENTENCE);
		layout_wrap(layout, line);
		layout_line(layout);
		free(line);
	}
}

static void
put_labelled(struct layout *layout, const char *label, const char *text)
{
	layout_to(layout, TEXT_SENTENCE);
	layout_put(layout, label);
	layout_wrap(layout, text);
	layout_line(layout);
}

/* An id, its name, and what it saves by itself: an AMI saves nothing, which needs no amount. */
static void
put_target(struct layout *layout, const struct view_step *step)
{
	struct buf amount = {0};

	if (step->phase > 1 || !cost_is_nothing(&step->monthly_saving_usd))
		text_amount(layout, &step->monthly_saving_usd, &amount);
	text_amount_beside(layout, amount.len ? amount.at : "");
	layout_to(layout, TEXT_ITEM);
	layout_style(layout, STYLE_GO);
	layout_data(layout, step->resource);
	layout_style(layout, STYLE_PLAIN);
	if (*step->name) {
		layout_to(layout, TEXT_NAME);
		layout_cut(layout, step->name);
	}
	layout_line(layout);
	text_amount_below(layout, "saves", amount.len ? amount.at : "");
	buf_release(&amount);
}

static void
put_step(struct layout *layout, const struct view_step *step)
{
	layout->indent = TEXT_SENTENCE;
	put_target(layout, step);
	layout->indent = TEXT_SENTENCE + 2;
	layout_to(layout, TEXT_SENTENCE);
	layout_wrap(layout, step->because);
	layout_line(layout);
	for (size_t i = 0; i < step->warnings.count; i++)
		put_labelled(layout, "warning: ", step->warnings.items[i]);
	if (!layout->verbose)
		return;
	put_labelled(layout, "step: ", step->id);
	if (step->depends_on.count) {
		layout_to(layout, TEXT_SENTENCE);
		layout_put(layout, "after: ");
		layout_list(layout, &step->depends_on, 0);
		layout_line(layout);
	}
	put_evidence(layout, &step->evidence);
	put_labelled(layout, "undo: ", step->reversible);
}

/* Where the steps below stand; said again only when it changes. */
static void
put_place(struct layout *layout, const char *account, const char *region)
{
	layout_put(layout, "  ");
	layout_style(layout, STYLE_DIM);
	layout_put(layout, "account ");
	layout_data(layout, *account ? account : "unknown");
	layout_put(layout, ", region ");
	layout_data(layout, *region ? region : "unknown");
	layout_style(layout, STYLE_PLAIN);
	layout_line(layout);
}

void
text_steps(struct layout *layout, const struct plan_view *view)
{
	struct arena arena = {0};
	struct view_step step;
	uint32_t phase = 0;
	char *account = NULL, *region = NULL;

	for (size_t i = 0; i < view->step_count; i++) {
		view->step(view, i, STEP_BRIEF, &arena, &step);
		if (i == 0 || step.phase != phase) {
			if (step.phase > 1 && view->cost.prices_source)
				text_amount_beside(layout, "saves USD a month");
			text_heading(layout, "%s", phase_title(step.phase));
			free(account);
			free(region);
			account = region = NULL;
		}
		if (!account || strcmp(account, step.account) != 0 ||
			strcmp(region, step.region) != 0) {
			put_place(layout, step.account, step.region);
			free(account);
			free(region);
			account = xstrndup(step.account, strlen(step.account));
			region = xstrndup(step.region, strlen(step.region));
		}
		phase = step.phase;
		put_step(layout, &step);
		arena_clear(&arena);
	}
	free(account);
	free(region);
	arena_release(&arena);
}

void
write_plan_text(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	struct text_costs costs;
	struct layout layout;

	layout_begin(&layout, file, options);
	text_costs_make(&costs, &layout, view);
	text_summary(&layout, view);
	if (options->digest) {
		layout_format(&layout, "  Plan file %s", options->digest);
		layout_line(&layout);
	}
	text_missing(&layout, view);
	text_cost(&layout, view);
	text_steps(&layout, view);
	text_blocked(&layout, view, &costs);
	text_kept(&layout, view, &costs);
	text_warnings(&layout, view);
	text_costs_release(&costs);
}
