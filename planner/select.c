/*
 * Which items are candidates, and why: the selectors, the filters, and the snapshots and instances
 * that come along. It must not know: rules. A candidate is only asked about.
 */
#include "glob.h"
#include "internal.h"

bool
is_place_in_scope(const struct plan *plan, struct plan_place place)
{
	if (plan->policy->only.count == 0)
		return true;
	vec_foreach (only, &plan->policy->only)
		if (slice_is(graph_text(plan->graph, place.account), only->account) &&
			(!only->region ||
				slice_is(graph_text(plan->graph, place.region), only->region)))
			return true;
	return false;
}

static bool
is_in_scope(const struct plan *plan, nid node)
{
	const struct node *n = graph_node(plan->graph, node);

	return is_place_in_scope(plan, (struct plan_place){n->account, n->region});
}

static bool
matches_any(struct slice text, const char *const *globs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text.at && glob_match(slice_of(globs[i]), text))
			return true;
	return count == 0;
}

/* The same key repeated means or, different keys mean and. */
static bool
passes_tags(const struct plan *plan, nid node)
{
	vec_foreach (filter, &plan->policy->tags) {
		bool passes = false;
		vec_foreach (same, &plan->policy->tags)
			if (strcmp(same->key, filter->key) == 0 &&
				tag_matches(plan->graph, node, same))
				passes = true;
		if (!passes)
			return false;
	}
	return true;
}

/* For an orphan --name reads its Name tag, and --arch does not concern it. */
static bool
passes_filters(const struct plan *plan, nid node)
{
	const struct graph *graph = plan->graph;
	const struct policy *policy = plan->policy;
	struct slice name = SLICE_NONE;

	if (!is_in_scope(plan, node) || !passes_tags(plan, node))
		return false;
	if (graph_node(graph, node)->kind == NODE_IMAGE) {
		struct slice architecture =
			graph_text(graph, graph_image_traits(graph, node)->architecture);
		if (!matches_any(
			    architecture, policy->architectures.items, policy->architectures.count))
			return false;
		name = graph_text(graph, graph_node(graph, node)->name);
	} else {
		graph_tag(graph, node, SLICE("Name"), &name);
	}
	return matches_any(name, policy->names.items, policy->names.count);
}

static void
choose(struct plan *plan, nid node, enum selected why)
{
	plan->selected[node] |= (uint8_t)why;
}

/* Snapshots made for an AMI that is gone. Weak links count here: weak-evidence then speaks. */
static void
choose_orphans_of(struct plan *plan, nid image)
{
	const struct graph *graph = plan->graph;
	struct edge_walk walk = graph_in(graph, image);

	while (edge_next(graph, &walk)) {
		nid snapshot = walk.edge->from;
		if (walk.edge->kind == EDGE_MADE_FOR && is_item(graph, snapshot) &&
			!is_gone(graph, snapshot) && !is_mapped(graph, snapshot) &&
			passes_filters(plan, snapshot))
			choose(plan, snapshot, SELECTED_ORPHAN);
	}
}

static int
choose_named(struct plan *plan, const char *id, struct err *err)
{
	const struct graph *graph = plan->graph;
	nid image = graph_find(graph, slice_of(id));

	if (image == 0)
		return err_set(err, ERR_UNKNOWN,
			"%s is in no document of the inventory and nothing mentions it: check the "
			"id, the account and the region",
			id);
	bool here = graph_node(graph, image)->defined;
	if (here && passes_filters(plan, image))
		choose(plan, image, SELECTED_NAMED);
	if ((!here || is_gone(graph, image)) && !plan->policy->keep_snapshots)
		choose_orphans_of(plan, image);
	return 0;
}

static void
choose_unused(struct plan *plan)
{
	const struct graph *graph = plan->graph;

	graph_foreach (image, graph, NODE_IMAGE) {
		if (is_item(graph, image) && is_ours(plan, image) && !is_gone(graph, image) &&
			passes_filters(plan, image))
			choose(plan, image, SELECTED_UNUSED);
	}
}

/* Made for AMIs none of which exists any more. An AMI in the Recycle Bin is on its way out: its own
 * rule speaks. */
static bool
is_orphan(const struct graph *graph, nid snapshot)
{
	struct edge_walk walk = graph_out(graph, snapshot);
	bool linked = false;

	while (edge_next(graph, &walk)) {
		if (walk.edge->kind != EDGE_MADE_FOR)
			continue;
		if (graph_node(graph, walk.edge->to)->defined && !is_gone(graph, walk.edge->to))
			return false;
		linked = true;
	}
	return linked && !is_mapped(graph, snapshot);
}

static void
choose_orphans(struct plan *plan)
{
	const struct graph *graph = plan->graph;

	graph_foreach (snapshot, graph, NODE_SNAPSHOT) {
		if (is_item(graph, snapshot) && is_ours(plan, snapshot) &&
			!is_gone(graph, snapshot) && is_orphan(graph, snapshot) &&
			passes_filters(plan, snapshot))
			choose(plan, snapshot, SELECTED_ORPHAN);
	}
}

/* A chosen AMI's own snapshots: those it maps, and unmapped ones that a machine wrote it had made
 * for it. */
static void
bring_snapshots(struct plan *plan, nid image)
{
	const struct graph *graph = plan->graph;
	struct edge_walk out = graph_out(graph, image);
	struct edge_walk in = graph_in(graph, image);

	while (edge_next(graph, &out))
		if (out.edge->kind == EDGE_MAPS && is_item(graph, out.edge->to) &&
			is_in_scope(plan, out.edge->to))
			choose(plan, out.edge->to, SELECTED_FOLLOWS);
	while (edge_next(graph, &in))
		if (in.edge->kind == EDGE_MADE_FOR && in.edge->belief != BELIEF_WEAK &&
			is_item(graph, in.edge->from) && !is_gone(graph, in.edge->from) &&
			!is_mapped(graph, in.edge->from) && is_in_scope(plan, in.edge->from))
			choose(plan, in.edge->from, SELECTED_FOLLOWS);
}

static void
bring_instances(struct plan *plan, nid image)
{
	const struct graph *graph = plan->graph;
	struct edge_walk walk = graph_in(graph, image);

	while (edge_next(graph, &walk))
		if (walk.edge->kind == EDGE_LAUNCHED_FROM && is_item(graph, walk.edge->from) &&
			!is_gone(graph, walk.edge->from) && is_in_scope(plan, walk.edge->from))
			choose(plan, walk.edge->from, SELECTED_INSTANCE);
}

static void
bring_along(struct plan *plan)
{
	const struct graph *graph = plan->graph;

	graph_foreach (image, graph, NODE_IMAGE) {
		if (plan->selected[image] && !is_gone(graph, image) &&
			!plan->policy->keep_snapshots)
			bring_snapshots(plan, image);
	}
	if (!plan->policy->terminate_instances)
		return;
	/* A filter cannot be evaluated on an AMI that is gone, so it excludes it. */
	vec_foreach (id, &plan->policy->amis) {
		nid image = graph_find(graph, slice_of(*id));
		bool unfiltered = plan->policy->names.count + plan->policy->tags.count +
					  plan->policy->architectures.count ==
				  0;
		if (plan->selected[image] || (!graph_node(graph, image)->defined && unfiltered))
			bring_instances(plan, image);
	}
}

static void
list_candidates(struct plan *plan)
{
	const struct graph *graph = plan->graph;

	for (nid n = 1; n < graph->nodes.count; n++)
		if (plan->selected[n])
			vec_push(&plan->candidates, n);
}

int
select_candidates(struct plan *plan, struct err *err)
{
	vec_foreach (id, &plan->policy->amis) {
		int code = choose_named(plan, *id, err);
		if (code < 0)
			return code;
	}
	if (plan->policy->unused)
		choose_unused(plan);
	if (plan->policy->orphans && !plan->policy->keep_snapshots)
		choose_orphans(plan);
	bring_along(plan);
	list_candidates(plan);
	return 0;
}
