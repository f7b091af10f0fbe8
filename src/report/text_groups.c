/*
 * The part of the text report that says what stays and why: by rule, each rule once; and the
 * warnings, by code. It must not know: how anything was decided.
 */
#include "groups.h"
#include "policy.h"
#include "text.h"
#include <inttypes.h>

/* --- what is missing -----------------------------------------------------------------------------
 */

/* A gap that blocks: of a kind that claims rest on. */
static bool
is_gap(const struct view_coverage *coverage)
{
	enum doc_kind kind = doc_kind_from_word(slice_of(coverage->kind));
	bool is_missing = strcmp(coverage->status, "absent") == 0;
	bool is_half =
		strcmp(coverage->status, "partial") == 0 || strcmp(coverage->status, "denied") == 0;

	if (kind == DOC_NONE)
		return false;
	/* Parameters that nobody names need no document. */
	if (kind == DOC_PARAMETERS)
		return is_half;
	return (is_missing || is_half) &&
	       (doc_kind_need(kind) == NEED_ALWAYS || doc_kind_need(kind) == NEED_ITEM);
}

static uint64_t
count_incomplete(const struct plan_view *view)
{
	struct arena arena = {0};
	uint64_t count = 0;

	for (size_t i = 0; i < view->blocked_count; i++) {
		struct view_blocked blocked;
		bool speaks;

		view->blocked(view, i, &arena, &blocked);
		speaks = strcmp(blocked.rule, "inventory-incomplete") == 0;
		for (size_t j = 0; j < blocked.also.count && !speaks; j++)
			speaks = strcmp(blocked.also.items[j].rule, "inventory-incomplete") == 0;
		count += speaks;
		arena_clear(&arena);
	}
	arena_release(&arena);
	return count;
}

/* Ours by the plan's selection; where nobody knows which are, every account may be. */
static bool
may_be_ours(const struct plan_selection *selection, const char *account)
{
	for (size_t i = 0; i < selection->accounts.count; i++)
		if (strcmp(selection->accounts.items[i], account) == 0)
			return true;
	return selection->accounts.count == 0;
}

/* Lines "111111111111/eu-west-1  fleets (absent), images (partial)". `place` is of the line that
 * stands there. */
static void
put_gap(struct layout *layout, const struct view_coverage *coverage, struct buf *place)
{
	struct buf here = {0}, word = {0};
	bool is_same;

	buf_format(&here, "%s/%s", *coverage->account ? coverage->account : "(account unknown)",
		*coverage->region ? coverage->region : "(region unknown)");
	buf_format(&word, "%s (%s)", coverage->kind, coverage->status);
	is_same = slice_equal(buf_slice(&here), buf_slice(place));
	if (is_same)
		layout_put(layout, ",");
	if (layout->column && (!is_same || layout->column + 1 + word.len > layout->width))
		layout_line(layout);
	if (!is_same) {
		layout_put(layout, "  ");
		layout_data(layout, here.at);
	}
	layout_to(layout, TEXT_NAME);
	layout_data(layout, word.at);
	buf_clear(place);
	buf_add_slice(place, buf_slice(&here));
	buf_release(&here);
	buf_release(&word);
}

static void
put_gaps(struct layout *layout, const struct plan_view *view)
{
	struct arena arena = {0}, texts = {0};
	struct plan_selection selection;
	struct buf place = {0};

	/* A selection that cannot be read is empty, and hides nothing. */
	plan_read_selection(view, &texts, &selection, NULL);
	for (size_t i = 0; i < view->coverage_count; i++) {
		struct view_coverage coverage;

		view->coverage(view, i, &arena, &coverage);
		if (is_gap(&coverage) && may_be_ours(&selection, coverage.account))
			put_gap(layout, &coverage, &place);
		arena_clear(&arena);
	}
	if (layout->column)
		layout_line(layout);
	buf_release(&place);
	arena_release(&texts);
	arena_release(&arena);
}

void
text_missing(struct layout *layout, const struct plan_view *view)
{
	uint64_t count = count_incomplete(view);

	if (!count)
		return;
	text_heading(layout, "Missing from the inventory: it blocks %" PRIu64 " item%s", count,
		plural(count));
	put_gaps(layout, view);
	layout->indent = 2;
	layout_to(layout, 2);
	layout_wrap(layout,
		"`amiplan plan … --missing` says which commands get it; with `-T aws-cli` it "
		"prints a script that runs them.");
	layout_line(layout);
}

/* --- blocked -------------------------------------------------------------------------------------
 */

static const char *
class_sentence(const char *class)
{
	if (strcmp(class, "enforced") == 0)
		return "enforced: AWS would refuse";
	if (strcmp(class, "safety") == 0)
		return "safety: AWS would do it, and somebody would be sorry";
	return class;
}

/* "    ami-…                   what a sentence says              0.13", going on under the
 * sentence. `cost` may be "". */
static void
put_item(struct layout *layout, enum style style, const char *resource, const char *sentence,
	const char *cost)
{
	layout->indent = TEXT_NAME;
	text_amount_beside(layout, cost);
	layout_to(layout, TEXT_ITEM);
	layout_style(layout, style);
	layout_data(layout, resource);
	layout_style(layout, STYLE_PLAIN);
	layout_to(layout, TEXT_NAME);
	layout_wrap(layout, sentence);
	layout_line(layout);
	text_amount_below(layout, "costs", cost);
}

static void
put_more(struct layout *layout, uint64_t count)
{
	layout_to(layout, TEXT_ITEM);
	layout_format(layout, "… and %" PRIu64 " more (--verbose shows all)", count);
	layout_line(layout);
}

static void
put_remedy(struct layout *layout, const char *remedy)
{
	layout->indent = TEXT_SENTENCE;
	layout_to(layout, TEXT_ITEM);
	layout_put(layout, "→ ");
	layout_wrap(layout, remedy);
	layout_line(layout);
}

static void
put_also(struct layout *layout, const struct view_alsos *alsos)
{
	for (size_t i = 0; i < alsos->count; i++) {
		const struct view_also *also = &alsos->items[i];

		layout->indent = TEXT_NAME + 2;
		layout_to(layout, TEXT_NAME);
		layout_put(layout, "also ");
		layout_data(layout, also->rule);
		layout_put(layout, ": ");
		layout_wrap(layout, also->reason);
		layout_line(layout);
	}
}

/* The items of one rule. A remedy that holds for the next item too is said once, after the last of
 * them. */
static void
put_blocked_group(struct layout *layout, const struct plan_view *view,
	const struct text_costs *costs, const struct groups *groups, uint32_t group)
{
	struct arena arena = {0};
	struct buf remedy = {0}, source = {0};
	uint64_t shown = 0;

	for (size_t i = 0; i < groups->items && (layout->verbose || shown < TEXT_EXAMPLES); i++) {
		struct view_blocked blocked;

		if (groups->group_of[i] != group)
			continue;
		view->blocked(view, i, &arena, &blocked);
		if (shown == 0) {
			text_heading(layout, "%s (%s): %" PRIu64, blocked.rule,
				class_sentence(blocked.class), groups->counts.items[group]);
			buf_add_text(&source, blocked.source);
		} else if (!slice_is(buf_slice(&remedy), blocked.remedy)) {
			put_remedy(layout, remedy.at);
		}
		put_item(layout, STYLE_BLOCKED, blocked.resource, blocked.reason,
			text_costs_of(costs, blocked.resource));
		if (layout->verbose)
			put_also(layout, &blocked.also);
		buf_clear(&remedy);
		buf_add_text(&remedy, blocked.remedy);
		shown++;
		arena_clear(&arena);
	}
	if (remedy.len)
		put_remedy(layout, remedy.at);
	if (layout->verbose && source.len)
		put_remedy(layout, source.at);
	if (shown < groups->counts.items[group])
		put_more(layout, groups->counts.items[group] - shown);
	buf_release(&remedy);
	buf_release(&source);
	arena_release(&arena);
}

void
text_blocked(struct layout *layout, const struct plan_view *view, const struct text_costs *costs)
{
	struct groups groups;
	const uint32_t *order;

	if (!view->blocked_count)
		return;
	groups_make(&groups, view, view->blocked_count, group_of_blocked);
	order = groups_in_rule_order(&groups);
	text_amount_beside(layout, costs->blocked ? "goes on costing USD a month" : "");
	text_heading(layout, "Blocked: %zu", view->blocked_count);
	for (size_t i = 0; i < groups.words.count; i++)
		put_blocked_group(layout, view, costs, &groups, order[i]);
	groups_release(&groups);
}

/* --- kept ----------------------------------------------------------------------------------------
 */

/* What a person can do about a policy of theirs holds for each of its items. The other rules'
 * remedies name an item, and stand where it is blocked. */
static void
put_kept_remedy(struct layout *layout, const char *word)
{
	enum rule rule = rule_from_word(slice_of(word));

	if (rule != RULE_NONE && rule_class_of(rule) == CLASS_POLICY)
		put_remedy(layout, rule_remedy(rule));
}

/* Every kept AMI has its line; what came along with one is an example or two. */
static void
put_kept_group(struct layout *layout, const struct plan_view *view, const struct text_costs *costs,
	const struct groups *groups, uint32_t group)
{
	struct arena arena = {0};
	uint64_t others = 0, hidden = 0;

	layout_put(layout, "  ");
	layout_data(layout, groups->words.items[group]);
	layout_format(layout, ": %" PRIu64, groups->counts.items[group]);
	layout_line(layout);
	put_kept_remedy(layout, groups->words.items[group]);
	for (size_t i = 0; i < groups->items; i++) {
		struct view_kept kept;

		if (groups->group_of[i] != group)
			continue;
		view->kept(view, i, &arena, &kept);
		if (!layout->verbose && !slice_starts(slice_of(kept.resource), "ami-") &&
			others++ >= TEXT_EXAMPLES) {
			hidden++;
		} else {
			put_item(layout, STYLE_KEPT, kept.resource, kept.reason,
				text_costs_of(costs, kept.resource));
			if (layout->verbose)
				put_also(layout, &kept.also);
		}
		arena_clear(&arena);
	}
	if (hidden)
		put_more(layout, hidden);
	arena_release(&arena);
}

void
text_kept(struct layout *layout, const struct plan_view *view, const struct text_costs *costs)
{
	struct groups groups;
	const uint32_t *order;

	if (!view->kept_count)
		return;
	groups_make(&groups, view, view->kept_count, group_of_kept);
	order = groups_in_rule_order(&groups);
	text_amount_beside(layout, costs->kept ? "goes on costing USD a month" : "");
	text_heading(layout, "Kept: %zu", view->kept_count);
	for (size_t i = 0; i < groups.words.count; i++)
		put_kept_group(layout, view, costs, &groups, order[i]);
	groups_release(&groups);
}

/* --- warnings
 * -------------------------------------------------------------------------------------- */

static void
put_warning(struct layout *layout, const struct view_warning *warning)
{
	if (warning->resource) {
		put_item(layout, STYLE_WARNING, warning->resource, warning->text, "");
		return;
	}
	layout->indent = TEXT_ITEM;
	layout_to(layout, TEXT_ITEM);
	layout_wrap(layout, warning->text);
	layout_line(layout);
}

static void
put_warning_group(struct layout *layout, const struct plan_view *view, const struct groups *groups,
	uint32_t group)
{
	struct arena arena = {0};
	uint64_t shown = 0;

	layout_put(layout, "  ");
	layout_data(layout, groups->words.items[group]);
	layout_format(layout, ": %" PRIu64, groups->counts.items[group]);
	layout_line(layout);
	for (size_t i = 0; i < groups->items && (layout->verbose || shown < TEXT_EXAMPLES); i++) {
		struct view_warning warning;

		if (groups->group_of[i] != group)
			continue;
		view->warning(view, i, &arena, &warning);
		put_warning(layout, &warning);
		shown++;
		arena_clear(&arena);
	}
	if (shown < groups->counts.items[group])
		put_more(layout, groups->counts.items[group] - shown);
	arena_release(&arena);
}

void
text_warnings(struct layout *layout, const struct plan_view *view)
{
	struct groups groups;

	if (!view->warning_count)
		return;
	groups_make(&groups, view, view->warning_count, group_of_warning);
	text_heading(layout, "Warnings: %zu", view->warning_count);
	for (uint32_t i = 0; i < groups.words.count; i++)
		put_warning_group(layout, view, &groups, i);
	groups_release(&groups);
}
