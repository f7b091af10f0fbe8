/*
 * Items of a plan gathered by a word of theirs.
 * It must not know: what is written of them.
 */
#include "groups.h"
#include "policy.h"

void
groups_make(struct groups *groups, const struct plan_view *view, size_t count, group_word *word)
{
	struct arena arena = {0};

	*groups = (struct groups){.items = count};
	groups->group_of = xcalloc(count + 1, sizeof(*groups->group_of));
	for (size_t i = 0; i < count; i++) {
		const char *this = word(view, i, &arena);
		uint32_t group = 0;

		/* There are some thirty rules, and as many codes of warnings. */
		while (group < groups->words.count && strcmp(groups->words.items[group], this) != 0)
			group++;
		if (group == groups->words.count) {
			vec_push(&groups->words, arena_text(&groups->arena, slice_of(this)));
			vec_push(&groups->counts, 0);
		}
		groups->counts.items[group]++;
		groups->group_of[i] = group;
		arena_clear(&arena);
	}
	arena_release(&arena);
}

void
groups_release(struct groups *groups)
{
	free(groups->group_of);
	vec_release(&groups->words);
	vec_release(&groups->counts);
	arena_release(&groups->arena);
}

const uint32_t *
groups_in_rule_order(struct groups *groups)
{
	uint32_t *order = arena_array(&groups->arena, groups->words.count + 1, sizeof(*order));
	size_t count = 0;

	for (int rule = RULE_NONE + 1; rule <= RULES; rule++)
		for (uint32_t i = 0; i < groups->words.count; i++) {
			enum rule of = rule_from_word(slice_of(groups->words.items[i]));

			if ((int)of == (rule < RULES ? rule : RULE_NONE))
				order[count++] = i;
		}
	return order;
}

const char *
group_of_blocked(const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_blocked blocked;

	view->blocked(view, i, arena, &blocked);
	return blocked.rule;
}

const char *
group_of_kept(const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_kept kept;

	view->kept(view, i, arena, &kept);
	return kept.rule;
}

const char *
group_of_warning(const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_warning warning;

	view->warning(view, i, arena, &warning);
	return warning.code;
}
