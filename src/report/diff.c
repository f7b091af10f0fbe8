/*
 * Differences between two sets of named things: what came, went, changed. Order never counts.
 * It must not know: whether plans or inventories are compared, or how a difference is printed.
 */
#include "diff.h"

static const char *
copy(struct diff *diff, const char *text)
{
	return text ? arena_text(&diff->arena, slice_of(text)) : NULL;
}

struct diff_item *
diff_add(struct diff *diff, struct diff_items *to, const char *resource, const char *what,
	const char *text)
{
	struct diff_item item = {copy(diff, resource), copy(diff, what), copy(diff, text), NULL, 0};

	vec_push(to, item);
	return &to->items[to->count - 1];
}

void
diff_value(struct diff_values *values, const char *name, const char *value)
{
	vec_push(values, ((struct diff_change){name, value, NULL}));
}

/* By name, then value: several values of one name (edges) pair up where they are equal. */
static int
compare_values(const void *a, const void *b)
{
	const struct diff_change *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->old, y->old);
}

/* How many values from `at` on have one name. */
static size_t
run_length(const struct diff_values *values, size_t at)
{
	size_t end = at;

	while (end < values->count && strcmp(values->items[end].name, values->items[at].name) == 0)
		end++;
	return end - at;
}

struct changes {
	VEC(struct diff_change) list;
};

static void
add_change(struct changes *changes, struct diff *diff, const char *name, const char *old,
	const char *new)
{
	vec_push(&changes->list,
		((struct diff_change){copy(diff, name), copy(diff, old), copy(diff, new)}));
}

/* Both runs have one name. One value each: it changed; several: some came, some went. */
static void
compare_runs(struct changes *changes, struct diff *diff, const struct diff_change *old,
	size_t old_count, const struct diff_change *new, size_t new_count)
{
	size_t i = 0, j = 0;

	if (old_count == 1 && new_count == 1) {
		if (strcmp(old->old, new->old) != 0)
			add_change(changes, diff, old->name, old->old, new->old);
		return;
	}
	while (i < old_count || j < new_count) {
		int order = i == old_count   ? 1
			    : j == new_count ? -1
					     : strcmp(old[i].old, new[j].old);

		if (order < 0)
			add_change(changes, diff, old[i].name, old[i].old, NULL);
		else if (order > 0)
			add_change(changes, diff, new[j].name, NULL, new[j].old);
		i += order <= 0;
		j += order >= 0;
	}
}

static void
sort_values(struct diff_values *values)
{
	if (values->count)
		qsort(values->items, values->count, sizeof(*values->items), compare_values);
}

struct diff_change *
diff_changes(struct diff *diff, struct diff_values *old, struct diff_values *new, size_t *count)
{
	struct changes changes = {0};
	struct diff_change *result;
	size_t i = 0, j = 0;

	sort_values(old);
	sort_values(new);
	while (i < old->count || j < new->count) {
		int order = i == old->count   ? 1
			    : j == new->count ? -1
					      : strcmp(old->items[i].name, new->items[j].name);
		size_t from_old = order <= 0 ? run_length(old, i) : 0;
		size_t from_new = order >= 0 ? run_length(new, j) : 0;

		compare_runs(&changes, diff, old->items + i, from_old, new->items + j, from_new);
		i += from_old;
		j += from_new;
	}
	*count = changes.list.count;
	result = arena_array(&diff->arena, changes.list.count + 1, sizeof(*result));
	if (*count)
		memcpy(result, changes.list.items, *count * sizeof(*result));
	vec_release(&changes.list);
	return result;
}

void
diff_compare(struct diff *diff, const char *resource, const char *what, struct diff_values *old,
	struct diff_values *new)
{
	size_t count;
	struct diff_change *changes = diff_changes(diff, old, new, &count);

	if (count) {
		struct diff_item *item = diff_add(diff, &diff->changed, resource, what, "");

		item->changes = changes;
		item->change_count = count;
	}
}

bool
diff_is_empty(const struct diff *diff)
{
	return !diff->came.count && !diff->went.count && !diff->changed.count;
}

void
diff_free(struct diff *diff)
{
	if (!diff)
		return;
	vec_release(&diff->came);
	vec_release(&diff->went);
	vec_release(&diff->changed);
	arena_release(&diff->arena);
	free(diff);
}
