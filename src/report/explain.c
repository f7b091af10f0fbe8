/*
 * Why a resource can or cannot go: every edge with its evidence, every rule that speaks.
 * It must not know: how the verdict came about.
 */
#include "layout.h"
#include "view_json.h"

/* --- text
 * ----------------------------------------------------------------------------------------- */

static void
put_label(struct layout *layout, const char *label)
{
	layout_line(layout);
	layout_style(layout, STYLE_HEAD);
	layout_put(layout, label);
	layout_style(layout, STYLE_PLAIN);
	layout_line(layout);
}

/* "  maps snap-…" and under it how that is known and how far to believe it. */
static void
put_edges(
	struct layout *layout, const char *label, const struct view_evidences *edges, bool is_from)
{
	if (!edges->count)
		return;
	put_label(layout, label);
	for (size_t i = 0; i < edges->count; i++) {
		const struct view_evidence *e = &edges->items[i];

		layout->indent = 4;
		layout_to(layout, 2);
		layout_data(layout, is_from ? e->edge : e->from);
		layout_put(layout, " ");
		layout_data(layout, is_from ? e->to : e->edge);
		layout_put(layout, "  ");
		layout_style(layout, STYLE_DIM);
		layout_put(layout, "(");
		layout_data(layout, e->strength);
		layout_put(layout, ", ");
		layout_data(layout, e->source);
		layout_put(layout, *e->detail ? ": " : "");
		layout_wrap(layout, e->detail);
		layout_put(layout, ")");
		layout_style(layout, STYLE_PLAIN);
		layout_line(layout);
	}
}

static void
put_rules(struct layout *layout, const struct view_alsos *rules)
{
	if (!rules->count)
		return;
	put_label(layout, "Rules that speak");
	for (size_t i = 0; i < rules->count; i++) {
		const struct view_also *rule = &rules->items[i];

		layout->indent = 4;
		layout_to(layout, 2);
		layout_style(layout, STYLE_BLOCKED);
		layout_data(layout, rule->rule);
		layout_style(layout, STYLE_PLAIN);
		layout_put(layout, " (");
		layout_data(layout, rule->class);
		layout_put(layout, "): ");
		layout_wrap(layout, rule->reason);
		layout_line(layout);
		layout_to(layout, 4);
		layout_put(layout, "→ ");
		layout_wrap(layout, rule->remedy);
		layout_line(layout);
	}
}

static enum style
fate_style(const char *fate)
{
	if (strcmp(fate, "step") == 0)
		return STYLE_GO;
	if (strcmp(fate, "blocked") == 0)
		return STYLE_BLOCKED;
	return strcmp(fate, "kept") == 0 ? STYLE_KEPT : STYLE_PLAIN;
}

static void
put_head(struct layout *layout, const struct view_explanation *explanation)
{
	layout_style(layout, STYLE_HEAD);
	layout_data(layout, explanation->resource);
	layout_style(layout, STYLE_PLAIN);
	layout_put(layout, "  ");
	layout_data(layout, explanation->kind);
	if (explanation->name && *explanation->name) {
		layout_put(layout, "  ");
		layout_data(layout, explanation->name);
	}
	layout_line(layout);
	layout->indent = 2;
	layout_to(layout, 2);
	layout_style(layout, fate_style(explanation->fate));
	layout_data(layout, explanation->fate);
	layout_style(layout, STYLE_PLAIN);
	layout_put(layout, ": ");
	layout_wrap(layout, explanation->verdict);
	layout_line(layout);
}

static void
put_fact(struct layout *layout, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	layout_to(layout, 2);
	layout_put(layout, name);
	layout_put(layout, " ");
	layout_data(layout, value);
	layout_line(layout);
}

static void
put_facts(struct layout *layout, const struct view_explanation *explanation)
{
	put_label(layout, "Facts");
	if (!explanation->defined) {
		layout_put(layout, "  only mentioned: no document describes it");
		layout_line(layout);
	}
	put_fact(layout, "account", explanation->account);
	put_fact(layout, "region", explanation->region);
	put_fact(layout, "owner", explanation->owner);
	if (explanation->defined)
		put_fact(layout, "state", explanation->state);
	for (size_t i = 0; i < explanation->facts.count; i++) {
		layout->indent = 4;
		layout_to(layout, 2);
		layout_wrap(layout, explanation->facts.items[i]);
		layout_line(layout);
	}
}

void
write_explanation_text(FILE *file, const struct view_explanation *explanation,
	const struct report_options *options)
{
	struct layout layout;

	layout_begin(&layout, file, options);
	put_head(&layout, explanation);
	put_facts(&layout, explanation);
	put_edges(&layout, "It refers to", &explanation->refers_to, true);
	put_edges(&layout, "Referred to by", &explanation->referred_by, false);
	put_rules(&layout, &explanation->rules);
}

/* --- JSON
 * ----------------------------------------------------------------------------------------- */

static void
put_explanation(struct json_writer *w, const struct view_explanation *explanation)
{
	json_open(w, '{');
	json_field(w, "resource", explanation->resource);
	json_field(w, "kind", explanation->kind);
	json_field(w, "name", explanation->name ? explanation->name : "");
	view_json_text_or_null(w, "account", explanation->account);
	view_json_text_or_null(w, "region", explanation->region);
	view_json_text_or_null(w, "owner", explanation->owner);
	view_json_text_or_null(w, "state", explanation->state);
	json_field_bool(w, "defined", explanation->defined);
	json_field(w, "fate", explanation->fate);
	json_field(w, "verdict", explanation->verdict);
	view_json_evidences(w, "refers_to", &explanation->refers_to);
	view_json_evidences(w, "referred_by", &explanation->referred_by);
	view_json_alsos(w, "rules", &explanation->rules);
	view_json_texts(w, "facts", &explanation->facts);
	json_close(w, '}');
}

void
write_explanations_json(FILE *file, const struct view_explanation *explanations, size_t count)
{
	struct json_writer w;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.explanation/1");
	json_name(&w, "explanations");
	json_open(&w, '[');
	for (size_t i = 0; i < count; i++)
		put_explanation(&w, &explanations[i]);
	json_close(&w, ']');
	json_close(&w, '}');
	fputc('\n', file);
}
