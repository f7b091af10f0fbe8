/*
 * A difference as text (+ came, - went, ~ changed) and as JSON.
 * It must not know: what was compared.
 */
#include "diff.h"
#include "layout.h"
#include "view_json.h"

/* --- text
 * --------------------------------------------------------------------------------------------- */

static const char *
shown(const char *value)
{
	return *value ? value : "(none)";
}

static void
put_change(struct layout *layout, const struct diff_change *change, unsigned indent)
{
	layout->indent = indent + 4;
	layout_to(layout, indent);
	layout_put(layout, !change->old ? "+ " : !change->new ? "- " : "");
	layout_data(layout, change->name);
	layout_put(layout, ": ");
	layout_wrap(layout, change->old ? shown(change->old) : change->new);
	if (change->old && change->new &&strcmp(change->old, change->new) != 0) {
		layout_put(layout, " → ");
		layout_wrap(layout, shown(change->new));
	}
	layout_line(layout);
}

static void
put_items(struct layout *layout, const struct diff_items *items, const char *mark, enum style style)
{
	vec_foreach (item, items) {
		layout->indent = 6;
		layout_put(layout, "  ");
		layout_style(layout, style);
		layout_put(layout, mark);
		layout_put(layout, " ");
		layout_data(layout, item->resource);
		layout_style(layout, STYLE_PLAIN);
		layout_put(layout, *item->resource ? "  " : "");
		layout_data(layout, item->what);
		if (*item->text) {
			layout_put(layout, "  ");
			layout_wrap(layout, item->text);
		}
		layout_line(layout);
		for (size_t i = 0; i < item->change_count; i++)
			put_change(layout, &item->changes[i], 6);
	}
}

static bool
differs(const struct diff_change *change)
{
	return !change->old || !change->new || strcmp(change->old, change->new) != 0;
}

static bool
head_differs(const struct diff *diff)
{
	for (size_t i = 0; i < diff->head_count; i++)
		if (differs(&diff->head[i]))
			return true;
	return false;
}

void
write_diff_text(FILE *file, const struct diff *diff, const struct report_options *options)
{
	/* What was compared is worth saying where something differs. */
	bool with_head = diff->head_count && (head_differs(diff) || !diff_is_empty(diff));
	struct layout layout;

	layout_begin(&layout, file, options);
	for (size_t i = 0; with_head && i < diff->head_count; i++)
		put_change(&layout, &diff->head[i], 0);
	if (with_head)
		layout_line(&layout);
	put_items(&layout, &diff->came, "+", STYLE_KEPT);
	put_items(&layout, &diff->went, "-", STYLE_GO);
	put_items(&layout, &diff->changed, "~", STYLE_BLOCKED);
	if (diff_is_empty(diff))
		layout_put(&layout, "No difference.");
	else
		layout_format(&layout, "%zu came, %zu went, %zu changed.", diff->came.count,
			diff->went.count, diff->changed.count);
	layout_line(&layout);
}

/* --- JSON
 * --------------------------------------------------------------------------------------------- */

static void
put_json_changes(
	struct json_writer *w, const char *name, const struct diff_change *changes, size_t count)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < count; i++) {
		if (!differs(&changes[i]))
			continue;
		json_open(w, '{');
		json_field(w, "name", changes[i].name);
		json_field(w, "old", changes[i].old);
		json_field(w, "new", changes[i].new);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void
put_json_items(
	struct json_writer *w, const char *name, const struct diff_items *items, bool with_changes)
{
	json_name(w, name);
	json_open(w, '[');
	vec_foreach (item, items) {
		json_open(w, '{');
		json_field(w, "resource", *item->resource ? item->resource : NULL);
		json_field(w, "what", item->what);
		if (with_changes)
			put_json_changes(w, "changes", item->changes, item->change_count);
		else
			json_field(w, "text", item->text);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void
write_diff_json(FILE *file, const struct diff *diff)
{
	struct json_writer w;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.diff/1");
	put_json_changes(&w, "head", diff->head, diff->head_count);
	put_json_items(&w, "came", &diff->came, false);
	put_json_items(&w, "went", &diff->went, false);
	put_json_items(&w, "changed", &diff->changed, true);
	json_close(&w, '}');
	fputc('\n', file);
}
