/*
 * The planner's check of itself: carries the plan out on paper, step by step, and looks whether EC2
 * would refuse or somebody be hurt. In release builds too: a plan that fails here is never shown.
 * It must not know: how the plan was made. (verify.c proves saved plans, with code of its own.)
 */
#include "internal.h"

static int
broken(const struct plan *plan, nid item, const char *what, struct err *err)
{
	return err_set(err, ERR_INTERNAL, "self-check: %s %s; no plan is given; please report this",
		graph_id(plan->graph, item), what);
}

/* Totality: every candidate has exactly one fate, a reason unless it goes; nobody else has any. */
static int
check_fates(const struct plan *plan, struct err *err)
{
	for (nid item = 1; item < plan->graph->nodes.count; item++) {
		bool candidate = plan->selected[item] != 0;
		if (candidate != (plan->fate[item] != FATE_NONE))
			return broken(plan, item,
				"has a fate without being selected, or none though it is", err);
		bool reasoned = plan->reason_start[item] != 0;
		if (candidate && reasoned != (plan->fate[item] != FATE_STEP))
			return broken(plan, item, "has no reason for its fate", err);
		if (plan->fate[item] == FATE_STEP &&
			(!is_item(plan->graph, item) || !is_ours(plan, item)))
			return broken(plan, item, "is not ours to remove", err);
	}
	return 0;
}

/* Each item that goes stands among the steps, once, and nothing else does. */
static int
check_order(const struct plan *plan, struct err *err)
{
	const nid *steps = plan->steps.items;
	size_t next = 0;

	for (size_t i = 0; i < plan->candidates.count; i++) {
		nid item = plan->candidates.items[i];
		bool ordered = next < plan->steps.count && steps[next] == item;

		if (ordered != (plan->fate[item] == FATE_STEP))
			return broken(
				plan, item, "is ordered without being a step, or the reverse", err);
		next += ordered;
	}
	if (next < plan->steps.count)
		return broken(plan, steps[next], "is ordered twice", err);
	return 0;
}

/* When its turn comes, whatever EC2 would refuse for must be gone, and whatever would break must be
 * gone or going. */
static int
check_step(const struct plan *plan, nid item, const struct bitset *done, struct err *err)
{
	const struct graph *graph = plan->graph;
	struct edge_walk in = graph_in(graph, item);
	struct edge_walk out = graph_out(graph, item);

	while (edge_next(graph, &in)) {
		nid from = in.edge->from;
		if (in.edge->kind == EDGE_MAPS && graph_is_live(graph, from) &&
			!bitset_has(done, from))
			return broken(plan, item, "would be deleted while an AMI maps it", err);
		if (in.edge->kind == EDGE_LAUNCHED_FROM && graph_is_live(graph, from) &&
			plan->fate[from] != FATE_STEP && !rule_is_accepted(plan, RULE_IN_USE, item))
			return broken(
				plan, item, "would be deregistered while an instance uses it", err);
	}
	while (edge_next(graph, &out)) {
		nid to = out.edge->to;
		if (out.edge->kind == EDGE_LAUNCHED_FROM && graph_node(graph, to)->defined &&
			graph_is_live(graph, to) && !bitset_has(done, to) &&
			!rule_is_accepted(plan, RULE_IMAGE_STAYS, item))
			return broken(plan, item,
				"would be terminated before its AMI is deregistered", err);
	}
	return 0;
}

int
replay(const struct plan *plan, struct err *err)
{
	struct bitset done;
	int code = check_fates(plan, err);

	if (code == 0)
		code = check_order(plan, err);
	bitset_init(&done, plan->graph->nodes.count);
	for (size_t i = 0; code == 0 && i < plan->steps.count; i++) {
		code = check_step(plan, plan->steps.items[i], &done, err);
		bitset_add(&done, plan->steps.items[i]);
	}
	bitset_release(&done);
	return code;
}
