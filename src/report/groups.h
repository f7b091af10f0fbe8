/*
 * Items of a plan gathered by a word of theirs: the blocked ones by rule, the warnings by code.
 * It must not know: what is written of them.
 */
#ifndef AMIPLAN_REPORT_GROUPS_H
#define AMIPLAN_REPORT_GROUPS_H

#include "vec.h"
#include "view.h"

/*
 * The numbers of items by a word of theirs: each word once, its items in the order of the plan.
 * `word` gives item i's. Lifetime: one part of a report.
 */
struct groups {
	struct arena arena;
	uint32_t *group_of; /* by item */
	size_t items;
	VEC(const char *) words; /* in order of first appearance */
	VEC(uint64_t) counts;
};
typedef const char *group_word(const struct plan_view *view, size_t i, struct arena *arena);
void groups_make(
	struct groups *groups, const struct plan_view *view, size_t count, group_word *word);
void groups_release(struct groups *groups);
/* The groups in the order of the rule table; words that are no rule come last. Frees nothing: one
 * array in the groups' arena. */
const uint32_t *groups_in_rule_order(struct groups *groups);

/* The usual words. */
group_word group_of_blocked, group_of_kept, group_of_warning;

#endif
