/*
 * Why each step may go, what proves it, and whether there is a way back.
 * It must not know: how to decide anything.
 */
#include "internal.h"

static bool
proves_step(const struct graph *graph, nid item, const struct edge *edge)
{
	enum node_kind kind = (enum node_kind)graph_node(graph, item)->kind;

	if (kind == NODE_IMAGE)
		return edge->from == item && edge->kind == EDGE_MAPS;
	if (kind == NODE_SNAPSHOT)
		return edge->kind == EDGE_MAPS ||
		       (edge->from == item && edge->kind == EDGE_MADE_FOR);
	return edge->from == item && edge->kind == EDGE_LAUNCHED_FROM;
}

struct view_evidences
step_evidence(const struct plan *plan, nid item, struct arena *arena)
{
	const struct graph *graph = plan->graph;
	size_t room = (size_t)(graph->out.start[item + 1] - graph->out.start[item]) +
		      graph->in.start[item + 1] - graph->in.start[item];
	struct view_evidences list = {
		arena_array(arena, room + 1, sizeof(struct view_evidence)), 0};
	struct edge_walk out = graph_out(graph, item), in = graph_in(graph, item);

	while (edge_next(graph, &out))
		if (proves_step(graph, item, out.edge))
			list.items[list.count++] = evidence_of_edge(plan, out.edge);
	while (edge_next(graph, &in))
		if (proves_step(graph, item, in.edge))
			list.items[list.count++] = evidence_of_edge(plan, in.edge);
	return list;
}

static const char *
image_because(const struct plan *plan, nid image, struct arena *arena)
{
	const struct image *row = graph_image(plan->graph, image);
	const char *created = since_text(plan, arena, row->created);
	const char *launched = row->last_launched == TIME_NONE
				       ? "no launch of it is recorded"
				       : arena_join(arena, "it was last launched ",
						 since_text(plan, arena, row->last_launched));

	return arena_join(arena,
		plan->selected[image] & SELECTED_NAMED ? "you named it and" : "it is unused:",
		" nothing that was read needs it; it was created ", created, " and ", launched);
}

static nid
other_end(const struct graph *graph, nid item, enum edge_kind kind, bool out)
{
	struct edge_walk walk = out ? graph_out(graph, item) : graph_in(graph, item);

	while (edge_next(graph, &walk))
		if (walk.edge->kind == kind)
			return out ? walk.edge->to : walk.edge->from;
	return 0;
}

static const char *
snapshot_because(const struct plan *plan, nid snapshot, struct arena *arena)
{
	const struct graph *graph = plan->graph;
	struct edge_walk walk = graph_in(graph, snapshot);
	nid image = 0;
	unsigned count = 0;

	while (edge_next(graph, &walk))
		if (walk.edge->kind == EDGE_MAPS && graph_is_live(graph, walk.edge->from)) {
			image = image ? image : walk.edge->from;
			count++;
		}
	if (count == 1)
		return arena_join(arena, "only ", graph_id(graph, image),
			" maps it, and this plan deregisters that AMI");
	if (count > 1)
		return arena_format(arena,
			"%u AMIs map it, and this plan deregisters every one of them", count);
	image = other_end(graph, snapshot, EDGE_MADE_FOR, true);
	if (image && plan->fate[image] == FATE_STEP)
		return arena_join(arena, "it was made for ", graph_id(graph, image),
			", which this plan deregisters, and no AMI maps it");
	return arena_join(arena, "it was made for ", image ? graph_id(graph, image) : "an AMI",
		", which no longer exists, and no AMI maps it");
}

const char *
step_because(const struct plan *plan, nid item, struct arena *arena)
{
	const struct graph *graph = plan->graph;
	enum node_kind kind = (enum node_kind)graph_node(graph, item)->kind;

	if (kind == NODE_IMAGE)
		return image_because(plan, item, arena);
	if (kind == NODE_SNAPSHOT)
		return snapshot_because(plan, item, arena);
	nid image = other_end(graph, item, EDGE_LAUNCHED_FROM, true);
	return arena_format(arena,
		"it was launched from %s, which you named, and --terminate-instances was given",
		image ? graph_id(graph, image) : "an AMI");
}

static bool
has_snapshot_that_stays(const struct plan *plan, nid image)
{
	struct edge_walk walk = graph_out(plan->graph, image);

	while (edge_next(plan->graph, &walk))
		if (walk.edge->kind == EDGE_MAPS && plan->fate[walk.edge->to] == FATE_STEP)
			return false;
	return true;
}

const char *
step_reversible(const struct plan *plan, nid item)
{
	enum node_kind kind = (enum node_kind)graph_node(plan->graph, item)->kind;

	if (kind == NODE_IMAGE) {
		if (has_snapshot_that_stays(plan, item))
			return "yes: register-image with `definition` makes it again from its "
			       "snapshots, under another id";
		return "until its snapshots are deleted: register-image with `definition` makes it "
		       "again, under another id; "
		       "after that only if a Recycle Bin rule keeps both";
	}
	return kind == NODE_SNAPSHOT ? "no, unless a Recycle Bin rule keeps it for a time" : "no";
}
