/*
 * What `verify` found, as text and as JSON.
 * It must not know: how a finding came about.
 */
#include "layout.h"
#include "view_json.h"
#include <inttypes.h>

static const char *
result_word(enum verify_result result)
{
	switch (result) {
	case VERIFY_SAFE:
		return "safe";
	case VERIFY_CHANGED:
		return "changed";
	case VERIFY_ALREADY_GONE:
		return "already gone";
	case VERIFY_DOUBTFUL:
		return "doubtful";
	case VERIFY_UNSAFE:
		return "unsafe";
	}
	return "unsafe";
}

static void
put_finding(struct layout *layout, const struct verify_finding *finding)
{
	bool is_unsafe = finding->result == VERIFY_UNSAFE;

	layout->indent = 4;
	layout_to(layout, 2);
	layout_style(layout, is_unsafe ? STYLE_GO : STYLE_DIM);
	layout_put(layout, finding->result == VERIFY_CHANGED
				   ? "safe, but changed since the plan was made:"
				   : result_word(finding->result));
	layout_style(layout, STYLE_PLAIN);
	layout_put(layout, "  ");
	layout_data(layout, finding->step ? finding->step : "the plan as a whole");
	if (finding->rule) {
		layout_put(layout, "  (");
		layout_data(layout, finding->rule);
		layout_put(layout, ")");
	}
	layout_line(layout);
	layout_to(layout, 4);
	layout_wrap(layout, finding->text);
	layout_line(layout);
}

void
write_verify_text(
	FILE *file, const struct verify_report *report, const struct report_options *options)
{
	struct layout layout;
	bool is_safe = report->unsafe == 0;

	layout_begin(&layout, file, options);
	layout_style(&layout, is_safe ? STYLE_KEPT : STYLE_GO);
	layout_put(&layout, is_safe ? "Safe" : "Not safe");
	layout_style(&layout, STYLE_PLAIN);
	layout_format(&layout, ": %zu step%s safe, %zu already gone, %zu finding%s against it.",
		report->safe, plural(report->safe), report->gone, report->unsafe,
		plural(report->unsafe));
	layout_line(&layout);
	vec_foreach (finding, &report->findings)
		if (finding->result == VERIFY_UNSAFE)
			put_finding(&layout, finding);
	vec_foreach (finding, &report->findings)
		if (finding->result == VERIFY_DOUBTFUL || finding->result == VERIFY_CHANGED)
			put_finding(&layout, finding);
	vec_foreach (finding, &report->findings)
		if (finding->result == VERIFY_ALREADY_GONE && layout.verbose)
			put_finding(&layout, finding);
	if (report->gone && !layout.verbose) {
		layout_put(&layout, "  (--verbose lists what is already gone)");
		layout_line(&layout);
	}
}

void
write_verify_json(FILE *file, const struct verify_report *report)
{
	struct json_writer w;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.verification/1");
	json_field(&w, "result", report->unsafe ? "unsafe" : "safe");
	json_field_integer(&w, "safe", (int64_t)report->safe);
	json_field_integer(&w, "changed", (int64_t)report->changed);
	json_field_integer(&w, "already_gone", (int64_t)report->gone);
	json_field_integer(&w, "unsafe", (int64_t)report->unsafe);
	json_name(&w, "findings");
	json_open(&w, '[');
	vec_foreach (finding, &report->findings) {
		json_open(&w, '{');
		json_field(&w, "result", result_word(finding->result));
		json_field(&w, "step", finding->step);
		json_field(&w, "resource", finding->resource);
		json_field(&w, "rule", finding->rule);
		json_field(&w, "text", finding->text);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
	fputc('\n', file);
}
