/*
 * The planner's passes, in order.
 * It must not know: what any pass does inside.
 */
#include "internal.h"

/* "Now" never comes from the clock: the same input gives the same plan. */
static void
settle_as_of(struct plan *plan)
{
	plan->as_of = plan->policy->as_of;
	if (plan->as_of == TIME_NONE)
		plan->as_of = plan->graph->collection_start;
	if (plan->as_of != TIME_NONE)
		return;
	plan->as_of_guessed = true;
	plan->as_of = plan->graph->newest != TIME_NONE ? plan->graph->newest : 0;
}

static uint64_t
count_steps(const struct plan *plan, enum node_kind kind)
{
	uint64_t count = 0;

	vec_foreach (item, &plan->steps)
		count += graph_node(plan->graph, *item)->kind == kind;
	return count;
}

static uint64_t
count_ours(const struct plan *plan, enum node_kind kind)
{
	const struct graph *graph = plan->graph;
	uint64_t count = 0;

	graph_foreach (n, graph, kind)
		count += is_item(graph, n) && is_ours(plan, n);
	return count;
}

static int
check_caps(const struct plan *plan, struct err *err)
{
	static const enum node_kind kinds[] = {NODE_IMAGE, NODE_SNAPSHOT, NODE_INSTANCE};
	const struct policy *policy = plan->policy;

	if (policy_chooses(policy) && !plan->saving)
		return 0;
	if (policy->max_steps >= 0 && plan->steps.count > (uint64_t)policy->max_steps)
		return err_set(err, ERR_CAP,
			"the plan would have %zu steps, more than --max-steps %lld; narrow it or "
			"raise the cap",
			plan->steps.count, (long long)policy->max_steps);
	for (size_t i = 0; policy->max_percent_milli >= 0 && i < sizeof(kinds) / sizeof(kinds[0]);
		i++) {
		uint64_t go = count_steps(plan, kinds[i]), all = count_ours(plan, kinds[i]);
		if (go * 100000 > all * (uint64_t)policy->max_percent_milli)
			return err_set(err, ERR_CAP,
				"%llu of %llu %ss would go, more than --max-percent %lld.%03lld; "
				"narrow the plan or raise the cap",
				(unsigned long long)go, (unsigned long long)all,
				node_kind_title(kinds[i]),
				(long long)policy->max_percent_milli / 1000,
				(long long)policy->max_percent_milli % 1000);
	}
	return 0;
}

static struct plan *
plan_new(const struct graph *graph, const struct policy *policy)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));

	plan->graph = graph;
	plan->policy = policy;
	plan->selected = xcalloc(graph->nodes.count, sizeof(*plan->selected));
	plan->fate = xcalloc(graph->nodes.count, sizeof(*plan->fate));
	plan->reason_start = xcalloc(graph->nodes.count, sizeof(*plan->reason_start));
	return plan;
}

int
plan_make(
	const struct graph *graph, const struct policy *policy, struct plan **out, struct err *err)
{
	return plan_make_chosen(graph, policy, NULL, out, err);
}

int
plan_make_chosen(const struct graph *graph, const struct policy *policy,
	const struct saving *saving, struct plan **out, struct err *err)
{
	struct plan *plan = plan_new(graph, policy);
	int code;

	plan->saving = saving;
	settle_as_of(plan);
	code = select_candidates(plan, err);
	if (code == 0) {
		weigh_places(plan);
		mark_newest(plan);
		mark_selector_hits(plan);
		settle_fates(plan);
		order_steps(plan);
		add_warnings(plan);
		code = check_caps(plan, err);
	}
	if (code == 0)
		code = replay(plan, err);
	if (code < 0) {
		plan_free(plan);
		return code;
	}
	*out = plan;
	return 0;
}

void
plan_free(struct plan *plan)
{
	if (!plan)
		return;
	free(plan->selected);
	free(plan->fate);
	free(plan->reason_start);
	free(plan->selector_hit);
	free(plan->weights);
	vec_release(&plan->candidates);
	vec_release(&plan->reasons);
	vec_release(&plan->by);
	vec_release(&plan->edges);
	vec_release(&plan->steps);
	vec_release(&plan->warnings);
	vec_release(&plan->by_node);
	vec_release(&plan->places);
	bitset_release(&plan->newest);
	arena_release(&plan->arena);
	free(plan);
}

size_t
plan_step_count(const struct plan *plan)
{
	return plan->steps.count;
}

enum fate
plan_fate(const struct plan *plan, nid node)
{
	return (enum fate)plan->fate[node];
}
