/*
 * The rule table for people, programs and the documentation.
 * It must not know: what a rule checks.
 */
#include "layout.h"
#include "policy.h"
#include "quote.h"
#include "view_json.h"

static const char *class_text(enum rule_class class)
{
	switch (class) {
	case CLASS_ENFORCED:
		return "AWS would refuse the call";
	case CLASS_SAFETY:
		return "AWS would do it, and somebody would be sorry";
	case CLASS_POLICY:
		return "your own options leave it out";
	}
	return "";
}

static void
put_labelled(struct layout *layout, const char *label, const char *text)
{
	layout_to(layout, 4);
	layout_put(layout, label);
	layout_wrap(layout, text);
	layout_line(layout);
}

void
write_rules_text(FILE *file, const struct report_options *options)
{
	struct layout layout;

	layout_begin(&layout, file, options);
	layout.indent = 6;
	for (int i = RULE_NONE + 1; i < RULES; i++) {
		enum rule rule = (enum rule)i;
		const char *why_not = "";

		layout_style(&layout, STYLE_HEAD);
		layout_put(&layout, rule_word(rule));
		layout_style(&layout, STYLE_PLAIN);
		layout_to(&layout, 26);
		layout_format(&layout, "%s: %s", rule_class_word(rule_class_of(rule)),
			class_text(rule_class_of(rule)));
		layout_line(&layout);
		put_labelled(&layout, "blocks: ", rule_blocks(rule));
		put_labelled(&layout, "remedy: ", rule_remedy(rule));
		if (rule_is_acceptable(rule, &why_not))
			put_labelled(&layout, "accept: yes, --accept ", rule_word(rule));
		else
			put_labelled(&layout, "accept: no, ", why_not);
		put_labelled(&layout, "source: ", rule_source(rule));
	}
}

void
write_rules_json(FILE *file)
{
	struct json_writer w;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.rules/1");
	json_name(&w, "rules");
	json_open(&w, '[');
	for (int i = RULE_NONE + 1; i < RULES; i++) {
		enum rule rule = (enum rule)i;
		const char *why_not;

		json_open(&w, '{');
		json_field(&w, "rule", rule_word(rule));
		json_field(&w, "class", rule_class_word(rule_class_of(rule)));
		json_field(&w, "blocks", rule_blocks(rule));
		json_field(&w, "remedy", rule_remedy(rule));
		json_field_bool(&w, "acceptable", rule_is_acceptable(rule, &why_not));
		json_field(&w, "source", rule_source(rule));
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
	fputc('\n', file);
}

void
write_rules_markdown(FILE *file)
{
	fputs("# Rules\n\nMade from the rule table by `amiplan plan --list-rules -T markdown`. In "
	      "the order in which "
	      "they are asked: the first that\nspeaks is an item's rule, the others stand under "
	      "`also`.\n\n"
	      "| rule | class | blocks | remedy | `--accept` | source "
	      "|\n|---|---|---|---|---|---|\n",
		file);
	for (int i = RULE_NONE + 1; i < RULES; i++) {
		enum rule rule = (enum rule)i;
		const char *why_not;

		fprintf(file, "| `%s` | %s | ", rule_word(rule),
			rule_class_word(rule_class_of(rule)));
		quote_markdown(file, slice_of(rule_blocks(rule)));
		fputs(" | ", file);
		quote_markdown(file, slice_of(rule_remedy(rule)));
		fprintf(file, " | %s | <%s> |\n", rule_is_acceptable(rule, &why_not) ? "yes" : "no",
			rule_source(rule));
	}
}
