/*
 * A dry run as text and as JSON.
 * It must not know: how AWS was asked.
 */
#include "dry_report.h"

#include "layout.h"
#include "view_json.h"

static const struct {
	const char *text, *word;
	enum style style;
} VERDICTS[DRY_VERDICTS] = {
	[DRY_WOULD] = {"would succeed", "would-succeed", STYLE_KEPT},
	[DRY_WAITS] = {"waits", "waits", STYLE_BLOCKED},
	[DRY_STALE] = {"stale", "stale", STYLE_BLOCKED},
	[DRY_GONE] = {"gone already", "gone", STYLE_DIM},
	[DRY_DENIED] = {"denied", "denied", STYLE_GO},
	[DRY_REFUSED] = {"refused", "refused", STYLE_GO},
	[DRY_UNKNOWN] = {"no answer", "no-answer", STYLE_BLOCKED},
};

/* The IAM actions that somebody lacks, each once, in the order of the steps. */
static void
list_missing(const struct dry_report *report, struct arena *arena, struct texts *out)
{
	out->items = arena_array(arena, report->steps.count + 1, sizeof(*out->items));
	out->count = 0;
	vec_foreach (step, &report->steps) {
		size_t i = 0;

		while (step->allow && i < out->count && strcmp(out->items[i], step->allow) != 0)
			i++;
		if (step->allow && i == out->count)
			out->items[out->count++] = step->allow;
	}
}

/* --- text ------------------------------------------------------------------------------------ */

static void
put_summary(struct layout *layout, const struct dry_report *report)
{
	size_t count = report->steps.count;
	const char *joint = ": ";

	layout_style(layout, STYLE_HEAD);
	layout_format(layout, "Dry run of %zu step%s", count, plural(count));
	layout_style(layout, STYLE_PLAIN);
	for (enum dry_verdict i = 0; i < DRY_VERDICTS; i++)
		if (report->counts[i]) {
			layout_format(
				layout, "%s%zu %s", joint, report->counts[i], VERDICTS[i].text);
			joint = ", ";
		}
	layout_put(layout, ". Nothing was changed.");
	layout_line(layout);
	if (report->left_out) {
		layout_format(layout, "--only passed over %zu step%s.", report->left_out,
			plural(report->left_out));
		layout_line(layout);
	}
	vec_foreach (caller, &report->callers) {
		layout_put(layout, "As ");
		layout_data(layout, caller->arn);
		layout_line(layout);
	}
}

static void
put_missing(struct layout *layout, const struct dry_report *report)
{
	struct arena arena = {0};
	struct texts missing;

	list_missing(report, &arena, &missing);
	if (missing.count) {
		layout->indent = 2;
		layout_put(layout, "Allow ");
		layout_list(layout, &missing, 0);
		layout_put(layout, " (amiplan plan --iam-policy prints the whole policy).");
		layout_line(layout);
	}
	arena_release(&arena);
}

static void
put_gaps(struct layout *layout, const struct dry_report *report)
{
	if (report->gaps.count == 0)
		return;
	layout_line(layout);
	layout_put(layout, "Not looked at, so that a change of it is not seen:");
	layout_line(layout);
	vec_foreach (gap, &report->gaps) {
		struct buf words = {0};

		layout->indent = 4;
		buf_format(&words, "%s/%s: %s (%s)%s", gap->account, gap->region, gap->what,
			gap->action, gap->denied ? ": denied" : "");
		buf_format(&words, "%s%s%s%s", *gap->code ? ": " : "", gap->code,
			*gap->message ? ": " : "", gap->message);
		layout_to(layout, 2);
		layout_wrap(layout, words.at);
		layout_line(layout);
		buf_release(&words);
	}
}

static void
put_detail(struct layout *layout, const char *words)
{
	layout->indent = 8;
	layout_to(layout, 8);
	layout_wrap(layout, words);
	layout_line(layout);
}

/* The words of a denial are mostly an encoded message of a page: its code will do. */
static void
put_answer(struct layout *layout, const struct dry_step *step)
{
	bool briefly = step->verdict == DRY_DENIED && !layout->verbose;
	const char *code = step->code ? step->code : "";
	const char *message = step->message && !briefly ? step->message : "";
	struct buf words = {0};

	buf_format(&words, "%s%s%s", code, *code && *message ? ": " : "", message);
	if (words.len)
		put_detail(layout, words.at);
	buf_release(&words);
}

static void
put_step(struct layout *layout, const struct dry_step *step)
{
	layout_number(layout, step->order, 6);
	layout_to(layout, 8);
	layout_data(layout, step->action);
	layout_to(layout, 28);
	layout_data(layout, step->resource);
	layout_to(layout, 52);
	layout_style(layout, VERDICTS[step->verdict].style);
	layout_put(layout, VERDICTS[step->verdict].text);
	layout_style(layout, STYLE_PLAIN);
	if (step->after && step->verdict == DRY_WOULD)
		layout_format(layout, " after step %u", (unsigned)step->after);
	if (step->after && step->verdict == DRY_WAITS)
		layout_format(
			layout, " for step %u, which would not succeed", (unsigned)step->after);
	if (step->allow) {
		layout_put(layout, ": allow ");
		layout_data(layout, step->allow);
	}
	layout_line(layout);
	if (step->changed)
		put_detail(layout, step->changed);
	if (step->verdict != DRY_WOULD && step->verdict != DRY_WAITS)
		put_answer(layout, step);
}

static bool
is_same_place(const struct dry_step *a, const struct dry_step *b)
{
	return strcmp(a->account, b->account) == 0 && strcmp(a->region, b->region) == 0;
}

void
write_dry_text(FILE *file, const struct dry_report *report, const struct report_options *options)
{
	struct layout layout;

	layout_begin(&layout, file, options);
	put_summary(&layout, report);
	put_missing(&layout, report);
	put_gaps(&layout, report);
	for (size_t i = 0; i < report->steps.count; i++) {
		const struct dry_step *step = &report->steps.items[i];

		if (i == 0 || !is_same_place(step, step - 1)) {
			layout_line(&layout);
			layout_style(&layout, STYLE_HEAD);
			layout_data(&layout, step->account);
			layout_put(&layout, " ");
			layout_data(&layout, step->region);
			layout_style(&layout, STYLE_PLAIN);
			layout_line(&layout);
		}
		put_step(&layout, step);
	}
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
put_json_step(struct json_writer *w, const struct dry_step *step)
{
	json_open(w, '{');
	json_field(w, "id", step->id);
	json_field_integer(w, "order", step->order);
	json_field(w, "action", step->action);
	json_field(w, "resource", step->resource);
	json_field(w, "name", step->name);
	json_field(w, "account", step->account);
	json_field(w, "region", step->region);
	json_field(w, "result", VERDICTS[step->verdict].word);
	json_name(w, "after");
	if (step->after)
		json_put_integer(w, step->after);
	else
		json_put_null(w);
	json_field(w, "allow", step->allow);
	json_field(w, "changed", step->changed);
	view_json_text_or_null(w, "code", step->code);
	view_json_text_or_null(w, "message", step->message);
	json_close(w, '}');
}

static void
put_json_summary(struct json_writer *w, const struct dry_report *report)
{
	json_name(w, "summary");
	json_open(w, '{');
	json_field_integer(w, "steps", (int64_t)report->steps.count);
	for (enum dry_verdict i = 0; i < DRY_VERDICTS; i++)
		json_field_integer(w, VERDICTS[i].word, (int64_t)report->counts[i]);
	json_field_integer(w, "left_out", (int64_t)report->left_out);
	json_close(w, '}');
}

static void
put_json_callers(struct json_writer *w, const struct dry_report *report)
{
	json_name(w, "callers");
	json_open(w, '[');
	vec_foreach (caller, &report->callers) {
		json_open(w, '{');
		json_field(w, "account", caller->account);
		json_field(w, "arn", caller->arn);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void
put_json_gaps(struct json_writer *w, const struct dry_report *report)
{
	json_name(w, "not_looked_at");
	json_open(w, '[');
	vec_foreach (gap, &report->gaps) {
		json_open(w, '{');
		json_field(w, "account", gap->account);
		json_field(w, "region", gap->region);
		json_field(w, "what", gap->what);
		json_field(w, "action", gap->action);
		json_field_bool(w, "denied", gap->denied);
		view_json_text_or_null(w, "code", gap->code);
		view_json_text_or_null(w, "message", gap->message);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void
write_dry_json(FILE *file, const struct dry_report *report)
{
	struct arena arena = {0};
	struct json_writer w;
	struct texts missing;
	bool all = report->counts[DRY_WOULD] == report->steps.count;

	list_missing(report, &arena, &missing);
	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.dry-run/1");
	json_field(&w, "plan", report->plan);
	json_field(&w, "result", all ? "would-succeed" : "would-not-succeed");
	put_json_callers(&w, report);
	put_json_summary(&w, report);
	view_json_texts(&w, "missing_actions", &missing);
	put_json_gaps(&w, report);
	json_name(&w, "steps");
	json_open(&w, '[');
	vec_foreach (step, &report->steps)
		put_json_step(&w, step);
	json_close(&w, ']');
	json_close(&w, '}');
	fputc('\n', file);
	arena_release(&arena);
}
