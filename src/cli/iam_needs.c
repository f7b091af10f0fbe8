/*
 * From the tables of the calls to the IAM actions that they need.
 * It must not know: how a policy is written.
 */
#include "iam_needs.h"

#include "blocks.h"
#include "dry_run.h"
#include "look.h"
#include "price_list.h"

/* DescribeImageReferences asks other services in the caller's name. Source:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-ami-references.html */
#define REFERENCES_SERVICE "ec2-images.amazonaws.com"

struct action_list {
	struct iam_action *items;
	size_t count, room;
};

static void
add_further(struct action_list *list, struct arena *arena, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, " ");
		struct iam_action action = {
			arena_text(arena, (struct slice){names, len}), REFERENCES_SERVICE};

		vec_push(list, action);
		names += len + (names[len] == ' ');
	}
}

/* Who one is needs no permission: GetCallerIdentity is left out. */
static void
add_row(struct action_list *list, struct arena *arena, const struct call_row *row)
{
	struct buf name = {0};

	if (row->service == SERVICE_STS)
		return;
	call_iam_action(row, &name);
	vec_push(list, ((struct iam_action){arena_text(arena, buf_slice(&name)), NULL}));
	if (row->further_actions)
		add_further(list, arena, row->further_actions);
	buf_release(&name);
}

static const struct iam_action *
keep(struct action_list *list, struct arena *arena, size_t *count)
{
	struct iam_action *kept = arena_array(arena, list->count + 1, sizeof(*kept));

	for (size_t i = 0; i < list->count; i++)
		kept[i] = list->items[i];
	*count = list->count;
	list->count = 0;
	return kept;
}

static const struct iam_mutation *
mutations(struct arena *arena)
{
	struct iam_mutation *all = arena_array(arena, MUTATIONS, sizeof(*all));

	for (size_t i = 0; i < MUTATIONS; i++)
		all[i] = (struct iam_mutation){mutation_table[i].word, mutation_table[i].action,
			mutation_table[i].arn_type, mutation_table[i].arn_has_account};
	return all;
}

static const char *
partition(const char *region)
{
	return partition_of_region(region)->name;
}

void
iam_needs_fill(struct iam_needs *needs, struct arena *arena)
{
	struct action_list list = {0};

	for (size_t i = 0; i < CALLS; i++)
		add_row(&list, arena, &call_table[i]);
	needs->collect = keep(&list, arena, &needs->collect_count);
	for (enum look_ask ask = 0; ask < LOOK_ASKS; ask++)
		add_row(&list, arena, look_call(ask));
	needs->look = keep(&list, arena, &needs->look_count);
	for (size_t i = 0; i < BLOCK_CALLS; i++)
		add_row(&list, arena, &block_call_table[i]);
	needs->blocks = keep(&list, arena, &needs->blocks_count);
	add_row(&list, arena, &price_call);
	needs->prices = keep(&list, arena, &needs->prices_count);
	needs->mutations = mutations(arena);
	needs->mutation_count = MUTATIONS;
	needs->partition = partition;
	vec_release(&list);
}
