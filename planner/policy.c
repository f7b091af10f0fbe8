/*
 * A policy's life: empty, filled in by whoever parsed it, completed with the defaults.
 * It must not know: how options are spelled.
 */
#include "policy.h"
#include "texts.h"

void
policy_init(struct policy *policy)
{
	*policy = (struct policy){
		.template_depth = TEMPLATE_DEPTH_DEFAULT,
		.max_steps = -1,
		.max_percent_milli = -1,
		.as_of = TIME_NONE,
	};
}

/* ---- lists: sorted, each item once ---- */

typedef int compare_items(const void *a, const void *b);

/* An absent text comes first. */
static int
compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int
by_filter(const void *a, const void *b)
{
	const struct tag_filter *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : compare_texts(x->glob, y->glob);
}

static int
by_selector(const void *a, const void *b)
{
	const struct in_use_selector *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static int
by_accept(const void *a, const void *b)
{
	const struct accept *x = a, *y = b;
	int order = strcmp(rule_word(x->rule), rule_word(y->rule));

	return order ? order : compare_texts(x->id, y->id);
}

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->account, y->account);

	return order ? order : compare_texts(x->region, y->region);
}

/* Returns how many are left. */
static size_t
sort_once(void *items, size_t count, size_t size, compare_items *compare)
{
	char *at = items;
	size_t kept = count > 0;

	if (count > 1)
		qsort(items, count, size, compare);
	for (size_t i = 1; i < count; i++)
		if (compare(at + (kept - 1) * size, at + i * size) != 0)
			memmove(at + kept++ * size, at + i * size, size);
	return kept;
}

#define SORT_ONCE(list, compare)                                                                   \
	((list)->count = sort_once((list)->items, (list)->count, sizeof(*(list)->items), (compare)))

/* Paths are read in the order in which they were named; each once. */
static void
drop_repeated_pins(struct policy *policy)
{
	size_t kept = 0;

	for (size_t i = 0; i < policy->pins.count; i++) {
		size_t j = 0;

		while (j < kept && strcmp(policy->pins.items[j], policy->pins.items[i]) != 0)
			j++;
		if (j == kept)
			policy->pins.items[kept++] = policy->pins.items[i];
	}
	policy->pins.count = kept;
}

static void
settle_lists(struct policy *policy)
{
	SORT_ONCE(&policy->amis, texts_compare);
	SORT_ONCE(&policy->names, texts_compare);
	SORT_ONCE(&policy->tags, by_filter);
	SORT_ONCE(&policy->architectures, texts_compare);
	SORT_ONCE(&policy->protect_tags, by_filter);
	SORT_ONCE(&policy->in_use_selectors, by_selector);
	SORT_ONCE(&policy->accepts, by_accept);
	SORT_ONCE(&policy->only, by_place);
	drop_repeated_pins(policy);
}

/* ---- the whole ---- */

void
policy_complete(struct policy *policy)
{
	static const struct age_limit month = {
		.age = {.seconds = INT64_C(30) * 24 * 3600}, .text = "30d"};

	settle_lists(policy);
	if (policy->amis.count > 0 || policy->unused || policy->orphans)
		return;
	policy->defaulted = true;
	policy->unused = true;
	policy->orphans = true;
	if (!policy->older_than.text)
		policy->older_than = month;
	if (!policy->not_launched_for.text)
		policy->not_launched_for = month;
}

void
policy_release(struct policy *policy)
{
	vec_release(&policy->amis);
	vec_release(&policy->names);
	vec_release(&policy->tags);
	vec_release(&policy->architectures);
	vec_release(&policy->group_keys);
	vec_release(&policy->protect_tags);
	vec_release(&policy->in_use_selectors);
	vec_release(&policy->pins);
	vec_release(&policy->accepts);
	vec_release(&policy->only);
	vec_release(&policy->prices);
	vec_release(&policy->bills);
}
