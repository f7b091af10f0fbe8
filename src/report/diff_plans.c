/*
 * What differs between two plans, item by item, whatever their order.
 * It must not know: how plans are made, or how a difference is printed.
 */
#include "diff.h"
#include "texts.h"
#include <jansson.h>

enum section { SECTION_STEP, SECTION_BLOCKED, SECTION_KEPT, SECTION_WARNING };

static const char *const SECTION_WORDS[] = {"step", "blocked", "kept", "warning"};

/* Where an item of a plan stands. Items are read again when they are compared: a plan of a million
 * steps is never held as text. */
struct entry {
	const char *key; /* the resource; for warnings everything that tells them apart */
	enum section section;
	size_t index;
};

struct side {
	const struct plan_view *view;
	VEC(struct entry) entries; /* sorted by key */
	struct arena keys;
};

/* --- finding the items
 * -------------------------------------------------------------------------------- */

static void
enter(struct side *side, const char *key, enum section section, size_t index)
{
	vec_push(&side->entries,
		((struct entry){arena_text(&side->keys, slice_of(key)), section, index}));
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = (x->section == SECTION_WARNING) - (y->section == SECTION_WARNING);

	return order ? order : strcmp(x->key, y->key);
}

static void
enter_warnings(struct side *side, struct arena *arena)
{
	const struct plan_view *view = side->view;

	for (size_t i = 0; i < view->warning_count; i++) {
		struct view_warning warning;

		view->warning(view, i, arena, &warning);
		enter(side,
			arena_format(arena, "%s\n%s\n%s", warning.code,
				warning.resource ? warning.resource : "", warning.text),
			SECTION_WARNING, i);
		arena_clear(arena);
	}
}

static void
open_side(struct side *side, const struct plan_view *view)
{
	struct arena arena = {0};

	*side = (struct side){.view = view};
	for (size_t i = 0; i < view->step_count; i++) {
		struct view_target step;

		view->target(view, i, &arena, &step);
		enter(side, step.resource, SECTION_STEP, i);
		arena_clear(&arena);
	}
	for (size_t i = 0; i < view->blocked_count; i++) {
		struct view_blocked blocked;

		view->blocked(view, i, &arena, &blocked);
		enter(side, blocked.resource, SECTION_BLOCKED, i);
		arena_clear(&arena);
	}
	for (size_t i = 0; i < view->kept_count; i++) {
		struct view_kept kept;

		view->kept(view, i, &arena, &kept);
		enter(side, kept.resource, SECTION_KEPT, i);
		arena_clear(&arena);
	}
	enter_warnings(side, &arena);
	arena_release(&arena);
	if (side->entries.count)
		qsort(side->entries.items, side->entries.count, sizeof(*side->entries.items),
			compare_entries);
}

static void
close_side(struct side *side)
{
	vec_release(&side->entries);
	arena_release(&side->keys);
}

/* --- what there is to compare
 * ----------------------------------------------------------------------------- */

/* Sorted and joined: their order is no difference. */
static const char *
joined(struct arena *arena, const struct texts *texts)
{
	const char **sorted = arena_array(arena, texts->count + 1, sizeof(*sorted));
	struct buf line = {0};
	const char *result;

	if (texts->count)
		memcpy(sorted, texts->items, texts->count * sizeof(*sorted));
	texts_sort(sorted, texts->count);
	for (size_t i = 0; i < texts->count; i++) {
		buf_add_text(&line, i ? ", " : "");
		buf_add_text(&line, sorted[i]);
	}
	result = arena_text(arena, buf_slice(&line));
	buf_release(&line);
	return result;
}

static void
add_evidence(
	struct diff_values *values, struct arena *arena, const struct view_evidences *evidences)
{
	for (size_t i = 0; i < evidences->count; i++) {
		const struct view_evidence *e = &evidences->items[i];

		diff_value(values, "evidence",
			arena_format(arena, "%s %s %s (%s, %s: %s)", e->from, e->edge, e->to,
				e->strength, e->source, e->detail));
	}
}

static void
add_also(struct diff_values *values, struct arena *arena, const struct view_alsos *alsos)
{
	for (size_t i = 0; i < alsos->count; i++)
		diff_value(values, "also",
			arena_format(
				arena, "%s: %s", alsos->items[i].rule, alsos->items[i].reason));
}

/* Each member of a JSON object is a value of its own, so that a difference names what moved. */
static void
add_members(struct diff_values *values, struct arena *arena, const char *prefix, const char *object)
{
	json_t *tree = object ? json_loads(object, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *name;
	json_t *member;

	if (!json_is_object(tree)) {
		if (object)
			diff_value(values, prefix, arena_text(arena, slice_of(object)));
		json_decref(tree);
		return;
	}
	json_object_foreach(tree, name, member)
	{
		char *text = json_dumps(member, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

		diff_value(values, arena_format(arena, "%s.%s", prefix, name),
			arena_text(arena, slice_of(text ? text : "?")));
		free(text);
	}
	json_decref(tree);
}

static const char *
amount_text(struct arena *arena, const struct view_money *money)
{
	return arena_format(arena, "%s to %s", money->min ? money->min : "unknown",
		money->max ? money->max : "unknown");
}

static const char *
value_step(const struct plan_view *view, size_t i, struct arena *arena, struct diff_values *values)
{
	struct view_step step;

	view->step(view, i, STEP_FACTS | STEP_DEFINITION, arena, &step);
	diff_value(values, "action", step.action);
	diff_value(values, "name", step.name);
	diff_value(values, "account", step.account);
	diff_value(values, "region", step.region);
	diff_value(values, "depends_on", joined(arena, &step.depends_on));
	diff_value(values, "because", step.because);
	diff_value(values, "warnings", joined(arena, &step.warnings));
	diff_value(values, "monthly_saving_usd", amount_text(arena, &step.monthly_saving_usd));
	diff_value(values, "reversible", step.reversible);
	add_evidence(values, arena, &step.evidence);
	add_members(values, arena, "facts", step.facts);
	add_members(values, arena, "definition", step.definition);
	return step.because;
}

static const char *
value_blocked(
	const struct plan_view *view, size_t i, struct arena *arena, struct diff_values *values)
{
	struct view_blocked blocked;

	view->blocked(view, i, arena, &blocked);
	diff_value(values, "action", blocked.action);
	diff_value(values, "rule", blocked.rule);
	diff_value(values, "class", blocked.class);
	diff_value(values, "reason", blocked.reason);
	diff_value(values, "remedy", blocked.remedy);
	diff_value(values, "by", joined(arena, &blocked.by));
	add_evidence(values, arena, &blocked.evidence);
	add_also(values, arena, &blocked.also);
	return arena_format(arena, "%s: %s", blocked.rule, blocked.reason);
}

static const char *
value_kept(const struct plan_view *view, size_t i, struct arena *arena, struct diff_values *values)
{
	struct view_kept kept;

	view->kept(view, i, arena, &kept);
	diff_value(values, "rule", kept.rule);
	diff_value(values, "reason", kept.reason);
	diff_value(values, "by", joined(arena, &kept.by));
	add_also(values, arena, &kept.also);
	return arena_format(arena, "%s: %s", kept.rule, kept.reason);
}

/* Fills `values` and returns the sentence that says why the item is where it is. */
static const char *
value_entry(const struct side *side, const struct entry *entry, struct arena *arena,
	struct diff_values *values)
{
	struct view_warning warning;

	switch (entry->section) {
	case SECTION_STEP:
		return value_step(side->view, entry->index, arena, values);
	case SECTION_BLOCKED:
		return value_blocked(side->view, entry->index, arena, values);
	case SECTION_KEPT:
		return value_kept(side->view, entry->index, arena, values);
	case SECTION_WARNING:
		side->view->warning(side->view, entry->index, arena, &warning);
		return arena_format(arena, "%s: %s", warning.code, warning.text);
	}
	return "";
}

/* --- comparing
 * ---------------------------------------------------------------------------------------------- */

static void
add_entry(struct diff *diff, struct diff_items *to, const struct side *side,
	const struct entry *entry)
{
	struct arena arena = {0};
	struct diff_values values = {0};
	const char *text = value_entry(side, entry, &arena, &values);
	const char *resource = entry->key;

	if (entry->section == SECTION_WARNING) {
		struct view_warning warning;

		side->view->warning(side->view, entry->index, &arena, &warning);
		resource = warning.resource ? warning.resource : "";
	}
	diff_add(diff, to, resource, SECTION_WORDS[entry->section], text);
	vec_release(&values);
	arena_release(&arena);
}

/* An item whose fate changed: the fate and why say everything. */
static void
compare_fates(struct diff *diff, const struct entry *old, const char *old_text,
	const struct entry *new, const char *new_text)
{
	struct diff_values was = {0}, is = {0};

	diff_value(&was, "fate", SECTION_WORDS[old->section]);
	diff_value(&is, "fate", SECTION_WORDS[new->section]);
	diff_value(&was, "why", old_text);
	diff_value(&is, "why", new_text);
	diff_compare(diff, new->key, SECTION_WORDS[new->section], &was, &is);
	vec_release(&was);
	vec_release(&is);
}

static void
compare_entry(struct diff *diff, const struct side *before, const struct entry *old,
	const struct side *after, const struct entry *new)
{
	struct arena arena = {0};
	struct diff_values was = {0}, is = {0};
	const char *old_text = value_entry(before, old, &arena, &was);
	const char *new_text = value_entry(after, new, &arena, &is);

	if (old->section == new->section)
		diff_compare(diff, new->key, SECTION_WORDS[new->section], &was, &is);
	else
		compare_fates(diff, old, old_text, new, new_text);
	vec_release(&was);
	vec_release(&is);
	arena_release(&arena);
}

static void
compare_sides(struct diff *diff, const struct side *before, const struct side *after)
{
	size_t i = 0, j = 0;

	while (i < before->entries.count || j < after->entries.count) {
		const struct entry *old = before->entries.items + i,
				   *new = after->entries.items + j;
		int order = i == before->entries.count  ? 1
			    : j == after->entries.count ? -1
							: compare_entries(old, new);

		if (order < 0)
			add_entry(diff, &diff->went, before, old);
		else if (order > 0)
			add_entry(diff, &diff->came, after, new);
		else
			compare_entry(diff, before, old, after, new);
		i += order <= 0;
		j += order >= 0;
	}
}

static struct diff_change
head_line(struct diff *diff, const char *name, const char *old, const char *new)
{
	return (struct diff_change){name, arena_text(&diff->arena, slice_of(old)),
		arena_text(&diff->arena, slice_of(new))};
}

/* What is no difference by itself: when, of what, and which options are not the same. */
static void
compare_heads(struct diff *diff, const struct plan_view *old, const struct plan_view *new)
{
	struct arena arena = {0};
	struct diff_values was = {0}, is = {0};
	struct diff_change *options;
	size_t count;

	add_members(&was, &arena, "selection", old->selection);
	add_members(&is, &arena, "selection", new->selection);
	options = diff_changes(diff, &was, &is, &count);
	diff->head_count = 2 + count;
	diff->head = arena_array(&diff->arena, diff->head_count, sizeof(*diff->head));
	diff->head[0] = head_line(diff, "as_of", old->as_of, new->as_of);
	diff->head[1] = head_line(diff, "inventory", old->inventory_digest, new->inventory_digest);
	memcpy(diff->head + 2, options, count * sizeof(*options));
	vec_release(&was);
	vec_release(&is);
	arena_release(&arena);
}

struct diff *
diff_plans(const struct plan_view *old, const struct plan_view *new)
{
	struct diff *diff = xcalloc(1, sizeof(*diff));
	struct side before, after;

	compare_heads(diff, old, new);
	open_side(&before, old);
	open_side(&after, new);
	compare_sides(diff, &before, &after);
	close_side(&before);
	close_side(&after);
	return diff;
}
