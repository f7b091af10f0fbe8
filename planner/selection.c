/*
 * The policy as the plan records it: every option as understood, so that `verify` can ask the same
 * questions. Its lists are sorted already, so that the order of options changes no byte. It must
 * not know: how options are spelled on a command line.
 */
#include "internal.h"
#include "json_write.h"
#include "texts.h"

static void
put_texts(struct json_writer *w, const char *name, const char *const *items, size_t count)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < count; i++)
		json_put_text(w, items[i]);
	json_close(w, ']');
}

static void
put_pair(struct json_writer *w, const char *left, char between, const char *right)
{
	struct buf buf = {0};

	buf_add_text(&buf, left);
	if (right) {
		buf_add_char(&buf, between);
		buf_add_text(&buf, right);
	}
	json_put_slice(w, buf_slice(&buf));
	buf_release(&buf);
}

static void
put_filters(struct json_writer *w, const char *name, const struct tag_filter *filters, size_t count)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < count; i++)
		put_pair(w, filters[i].key, '=', filters[i].glob);
	json_close(w, ']');
}

static void
put_number(struct json_writer *w, const char *name, int64_t value, bool given)
{
	json_name(w, name);
	if (given)
		json_put_integer(w, value);
	else
		json_put_null(w);
}

/* Sorted, as every list here. */
static void
put_kinds(struct json_writer *w, const char *name, uint32_t kinds)
{
	const char *words[DOC_KINDS] = {NULL};
	size_t count = 0;

	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++)
		if (kinds & KIND_BIT(kind))
			words[count++] = doc_kind_word(kind);
	texts_sort(words, count);
	put_texts(w, name, words, count);
}

static void
put_group_by(struct json_writer *w, const struct policy *policy)
{
	struct buf buf = {0};

	json_name(w, "group_by");
	if (policy->keep_last == 0) {
		json_put_null(w);
		return;
	}
	buf_add_text(&buf, policy->group_by == GROUP_NAME_PREFIX ? "name-prefix" : "tag:");
	for (size_t i = 0; i < policy->group_keys.count; i++) {
		buf_add_text(&buf, i ? "," : "");
		buf_add_text(&buf, policy->group_keys.items[i]);
	}
	json_put_slice(w, buf_slice(&buf));
	buf_release(&buf);
}

static void
put_scope(struct json_writer *w, const struct plan *plan)
{
	const struct policy *policy = plan->policy;

	json_name(w, "accepts");
	json_open(w, '[');
	vec_foreach (accept, &policy->accepts)
		put_pair(w, rule_word(accept->rule), '=', accept->id);
	json_close(w, ']');
	put_kinds(w, "assume_complete", policy->assume_complete);
	put_kinds(w, "require", policy->require);
	json_name(w, "only");
	json_open(w, '[');
	vec_foreach (place, &policy->only)
		put_pair(w, place->account, '/', place->region);
	json_close(w, ']');
	json_name(w, "accounts");
	json_open(w, '[');
	vec_foreach (account, &plan->graph->ours)
		json_put_slice(w, graph_text(plan->graph, *account));
	json_close(w, ']');
	json_field(w, "region", policy->region);
	json_field_bool(w, "as_of_given", policy->as_of != TIME_NONE);
	json_field_bool(w, "defaulted", policy->defaulted);
}

/* "60", "12.5": thousandths without trailing zeros. */
static void
put_percent(struct buf *buf, int64_t milli)
{
	int64_t fraction = milli % 1000;
	int digits = 3;

	buf_format(buf, "%lld", (long long)(milli / 1000));
	if (fraction == 0)
		return;
	for (; fraction % 10 == 0; fraction /= 10)
		digits--;
	buf_format(buf, ".%0*lld", digits, (long long)fraction);
}

static void
put_limits(struct json_writer *w, const struct policy *policy)
{
	struct buf percent = {0};

	put_texts(w, "pins", policy->pins.items, policy->pins.count);
	put_number(w, "max_steps", policy->max_steps, policy->max_steps >= 0);
	if (policy->max_percent_milli >= 0)
		put_percent(&percent, policy->max_percent_milli);
	json_field(w, "max_percent", percent.at);
	buf_release(&percent);
	json_field(w, "snapshots", policy->keep_snapshots ? "keep" : "delete");
	json_field_bool(w, "terminate_instances", policy->terminate_instances);
}

static void
put_protections(struct json_writer *w, const struct policy *policy)
{
	put_number(w, "keep_last", policy->keep_last, policy->keep_last > 0);
	put_group_by(w, policy);
	put_filters(w, "protect_tags", policy->protect_tags.items, policy->protect_tags.count);
	json_name(w, "in_use_selectors");
	json_open(w, '[');
	vec_foreach (selector, &policy->in_use_selectors)
		json_put_text(w, selector->text);
	json_close(w, ']');
	json_name(w, "template_depth");
	if (policy->template_depth == TEMPLATE_DEPTH_ALL)
		json_put_text(w, "all");
	else
		json_put_integer(w, policy->template_depth);
}

static void
put_evidence(struct json_writer *w, const char *name, const struct evidence_file *files,
	size_t count, bool dated)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < count; i++) {
		json_open(w, '{');
		json_field(w, "file", files[i].name);
		json_field(w, "sha256", files[i].sha256);
		if (dated)
			json_field(w, "date", files[i].date);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* The choice by money, and what amounts rest on beside the inventory: said only where it was given.
 */
static void
put_money(struct json_writer *w, const struct policy *policy)
{
	char save[MONEY_TEXT_SIZE];

	if (policy->save.known) {
		money_text(policy->save, save);
		json_field(w, "save", save);
	}
	if (policy->max_saving)
		json_field_bool(w, "max_saving", true);
	if (policy->save_by == SAVE_BY_MOST)
		json_field(w, "save_by", "most");
	if (policy->prices.count)
		put_evidence(w, "prices", policy->prices.items, policy->prices.count, true);
	if (!policy->bill_month)
		return;
	put_evidence(w, "bills", policy->bills.items, policy->bills.count, false);
	json_field(w, "bill_month", policy->bill_month);
}

const char *
selection_json(const struct plan *plan, struct arena *arena)
{
	const struct policy *policy = plan->policy;
	struct buf buf = {0};
	struct json_writer w;

	json_writer_buf(&w, &buf, false);
	json_open(&w, '{');
	put_texts(&w, "amis", policy->amis.items, policy->amis.count);
	json_field_bool(&w, "unused", policy->unused);
	json_field_bool(&w, "orphans", policy->orphans);
	put_texts(&w, "names", policy->names.items, policy->names.count);
	put_filters(&w, "tags", policy->tags.items, policy->tags.count);
	put_texts(&w, "architectures", policy->architectures.items, policy->architectures.count);
	json_field(&w, "older_than", policy->older_than.text);
	json_field(&w, "not_launched_for", policy->not_launched_for.text);
	put_protections(&w, policy);
	put_limits(&w, policy);
	put_scope(&w, plan);
	put_money(&w, policy);
	json_close(&w, '}');
	const char *text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}
