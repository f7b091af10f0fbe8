/*
 * What speaks against terminating an instance.
 * It must not know: what becomes of the instance.
 */
#include "rules.h"

void
check_termination_protected(struct inquiry *inquiry)
{
	const struct instance *instance = graph_instance(inquiry->plan->graph, inquiry->item);

	if (instance->protected_ != YES && instance->managed != YES)
		return;
	struct reason *reason = speak(inquiry, RULE_TERMINATION_PROTECTED);
	if (!reason || instance->managed != YES)
		return;
	reason->detail = DETAIL_OPERATOR;
	reason->word = instance->operator_principal;
}

/* Would whoever keeps it running start another? A group, a fleet in force and a persistent spot
 * request would. */
static bool
would_replace(const struct graph *graph, nid keeper)
{
	const struct node *node = graph_node(graph, keeper);

	if (node->kind == NODE_SPOT_REQUEST) {
		sid type = graph->spot_requests.items[node->row].type;
		return node->defined && graph_is_live(graph, keeper) &&
		       !slice_is(graph_text(graph, type), "one-time");
	}
	return graph_is_live(graph, keeper);
}

void
check_asg_managed(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;
	struct edge_walk walk = graph_out(graph, inquiry->item);
	struct reason *reason = NULL;

	while (edge_next(graph, &walk)) {
		if (walk.edge->kind != EDGE_MEMBER_OF || !would_replace(graph, walk.edge->to))
			continue;
		if (!reason) {
			reason = speak(inquiry, RULE_ASG_MANAGED);
			if (!reason)
				return;
		}
		reason_by(inquiry, reason, walk.edge->to);
		reason_edge(inquiry, reason, walk.id);
	}
}

/* Terminating belongs to a cleanup; where the AMI's cleanup does not happen, neither does this. An
 * AMI that is gone already holds nothing back. */
void
check_image_stays(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	struct edge_walk walk = graph_out(plan->graph, inquiry->item);

	if (plan->assume_images_go)
		return;
	while (edge_next(plan->graph, &walk)) {
		nid image = walk.edge->to;
		if (walk.edge->kind != EDGE_LAUNCHED_FROM ||
			!graph_node(plan->graph, image)->defined ||
			!graph_is_live(plan->graph, image) || plan->fate[image] == FATE_STEP)
			continue;
		struct reason *reason = speak(inquiry, RULE_IMAGE_STAYS);
		reason_by(inquiry, reason, image);
		reason_edge(inquiry, reason, walk.id);
		return;
	}
}
