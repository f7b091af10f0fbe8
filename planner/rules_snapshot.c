/*
 * What speaks against deleting a snapshot.
 * It must not know: what becomes of the snapshot.
 */
#include "rules.h"

/* It was made for an AMI that exists and stays, though that AMI does not map it (or not any more):
 * still the AMI's own. */
static void
check_made_for_staying(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	const struct graph *graph = plan->graph;
	struct edge_walk walk = graph_out(graph, inquiry->item);

	while (edge_next(graph, &walk)) {
		nid image = walk.edge->to;
		if (walk.edge->kind != EDGE_MADE_FOR || walk.edge->belief == BELIEF_WEAK ||
			!is_item(graph, image) ||
			state_life((enum state)graph_node(graph, image)->state) == LIFE_GONE ||
			plan->fate[image] == FATE_STEP)
			continue;
		struct reason *reason = speak(inquiry, RULE_SNAPSHOT_IN_USE);
		if (!reason)
			return;
		reason->detail = DETAIL_UNMAPPED;
		reason_by(inquiry, reason, image);
		reason_edge(inquiry, reason, walk.id);
		return;
	}
}

void
check_snapshot_in_use(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	struct edge_walk walk = graph_in(plan->graph, inquiry->item);
	struct reason *reason = NULL;
	bool mapped = false;

	while (edge_next(plan->graph, &walk)) {
		if (!is_mapping(plan->graph, walk.edge))
			continue;
		mapped = true;
		if (plan->fate[walk.edge->from] == FATE_STEP)
			continue;
		if (!reason)
			reason = speak(inquiry, RULE_SNAPSHOT_IN_USE);
		reason_by(inquiry, reason, walk.edge->from);
		reason_edge(inquiry, reason, walk.id);
	}
	if (!mapped)
		check_made_for_staying(inquiry);
}

void
check_snapshot_locked(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;
	const struct snapshot_traits *snapshot = graph_snapshot_traits(graph, inquiry->item);
	struct slice state = graph_text(graph, snapshot->lock_state);

	if (state.len == 0 || slice_is(state, "expired"))
		return;
	struct reason *reason = speak(inquiry, RULE_SNAPSHOT_LOCKED);
	if (!reason)
		return;
	reason->word = snapshot->lock_state;
	reason->when = snapshot->lock_expires;
}

/* A template's block devices: in force or within the depth, a snapshot knows one rule for both. */
void
check_snapshot_referenced(struct inquiry *inquiry)
{
	speak_of_references(
		inquiry, RULE_SNAPSHOT_REFERENCED, 1u << REFERENCE_LIVE | 1u << REFERENCE_OLD);
}

static bool
predates(const struct snapshot *snapshot, const struct image *image)
{
	if (snapshot->started == TIME_NONE || image->created == TIME_NONE)
		return true;
	return snapshot->started < image->created - DAY;
}

void
check_predates_image(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;
	const struct snapshot *snapshot = graph_snapshot(graph, inquiry->item);
	struct edge_walk walk = graph_in(graph, inquiry->item);
	struct reason *reason = NULL;

	if (description_is_made_for((enum description_form)snapshot->form))
		return;
	while (edge_next(graph, &walk)) {
		if (!is_mapping(graph, walk.edge) ||
			!predates(snapshot, graph_image(graph, walk.edge->from)))
			continue;
		if (!reason) {
			reason = speak(inquiry, RULE_PREDATES_IMAGE);
			if (!reason)
				return;
			reason->when = snapshot->started;
		}
		reason_by(inquiry, reason, walk.edge->from);
		reason_edge(inquiry, reason, walk.id);
	}
}

static bool
is_in_bin(const struct graph *graph, nid image)
{
	return graph_node(graph, image)->state == STATE_IMAGE_IN_BIN;
}

void
check_image_in_recycle_bin(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;
	struct edge_walk in = graph_in(graph, inquiry->item);
	struct edge_walk out = graph_out(graph, inquiry->item);
	nid image = 0;
	eid proof = 0;

	while (image == 0 && edge_next(graph, &in))
		if (in.edge->kind == EDGE_MAPS && is_in_bin(graph, in.edge->from)) {
			image = in.edge->from;
			proof = in.id;
		}
	while (image == 0 && edge_next(graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR && is_in_bin(graph, out.edge->to)) {
			image = out.edge->to;
			proof = out.id;
		}
	if (image == 0)
		return;
	struct reason *reason = speak(inquiry, RULE_IMAGE_IN_RECYCLE_BIN);
	if (!reason)
		return;
	reason->when = graph_image_traits(graph, image)->bin_exit;
	reason_by(inquiry, reason, image);
	reason_edge(inquiry, reason, proof);
}

void
check_weak_evidence(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;
	struct edge_walk walk = graph_out(graph, inquiry->item);
	VEC(eid) weak = {0};

	if (is_mapped(graph, inquiry->item))
		return;
	while (edge_next(graph, &walk)) {
		if (walk.edge->kind != EDGE_MADE_FOR)
			continue;
		if (walk.edge->belief != BELIEF_WEAK)
			goto out; /* something firmer links it */
		vec_push(&weak, walk.id);
	}
	struct reason *reason = weak.count ? speak(inquiry, RULE_WEAK_EVIDENCE) : NULL;
	if (reason && description_is_made_for(
			      (enum description_form)graph_snapshot(graph, inquiry->item)->form))
		reason->detail = DETAIL_COPIED;
	vec_foreach (id, &weak) {
		reason_by(inquiry, reason, graph->edges.items[*id].to);
		reason_edge(inquiry, reason, *id);
	}
out:
	vec_release(&weak);
}
