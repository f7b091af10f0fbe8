/*
 * Who needs an AMI or a snapshot: edges that break something when it goes, judged by whether the
 * one who refers is in force, and who last launched from an AMI.
 * It must not know: rules and what follows from a reference.
 */
#include "internal.h"

static bool
is_used_by_something_live(const struct graph *graph, nid version)
{
	struct edge_walk walk = graph_in(graph, version);

	while (edge_next(graph, &walk))
		if (walk.edge->kind == EDGE_USES_VERSION && graph_is_live(graph, walk.edge->from))
			return true;
	return false;
}

/* A template version's standing: in force, or one of the newest N, or older still. */
enum reference
version_standing(const struct plan *plan, nid version)
{
	const struct template_version *row = graph_version(plan->graph, version);

	if (row->is_default || row->is_latest || is_used_by_something_live(plan->graph, version))
		return REFERENCE_LIVE;
	return row->age_rank < plan->policy->template_depth ? REFERENCE_OLD : REFERENCE_BEYOND;
}

/* What DescribeImageReferences says of a whole template counts only while its versions, which say
 * it exactly, were not read. */
static bool
has_versions(const struct graph *graph, nid template)
{
	struct edge_walk walk = graph_in(graph, template);

	while (edge_next(graph, &walk))
		if (walk.edge->kind == EDGE_VERSION_OF &&
			graph_node(graph, walk.edge->from)->defined)
			return true;
	return false;
}

/* Is what refers in force? Whatever is not known to be out of force is. */
static enum reference
standing_of(const struct plan *plan, nid from)
{
	const struct graph *graph = plan->graph;

	switch ((enum node_kind)graph_node(graph, from)->kind) {
	case NODE_TEMPLATE_VERSION:
		return version_standing(plan, from);
	case NODE_LAUNCH_TEMPLATE:
		return has_versions(graph, from) ? REFERENCE_NONE : REFERENCE_LIVE;
	case NODE_SPOT_REQUEST:
	case NODE_SPOT_FLEET:
	case NODE_FLEET:
		return graph_is_live(graph, from) ? REFERENCE_LIVE : REFERENCE_NONE;
	case NODE_NONE:
	case NODE_IMAGE:
	case NODE_SNAPSHOT:
	case NODE_INSTANCE:
	case NODE_VOLUME:
	case NODE_AUTO_SCALING_GROUP:
	case NODE_LAUNCH_CONFIGURATION:
	case NODE_PARAMETER:
	case NODE_RECIPE:
	case NODE_ACCOUNT:
	case NODE_RECOVERY_POINT:
	case NODE_FILE_PIN:
	case NODE_KINDS:
		break;
	}
	return REFERENCE_LIVE;
}

static bool
is_reference(enum edge_kind kind)
{
	return kind == EDGE_NAMES_IMAGE || kind == EDGE_NAMES_SNAPSHOT || kind == EDGE_PINS ||
	       kind == EDGE_USED_BY;
}

/* EC2 reads what it copies until the copy is there. One in a state that nobody knows may be on its
 * way. */
static bool
is_copied_now(const struct graph *graph, const struct edge *edge)
{
	const struct node *copy = graph_node(graph, edge->from);

	if (edge->kind != EDGE_SOURCE_IMAGE && edge->kind != EDGE_COPIED_IMAGE &&
		edge->kind != EDGE_COPIED_SNAPSHOT)
		return false;
	return copy->state == STATE_IMAGE_PENDING || copy->state == STATE_IMAGE_TRANSIENT ||
	       copy->state == STATE_SNAPSHOT_PENDING || copy->state == STATE_UNKNOWN;
}

void
each_reference(const struct plan *plan, nid item, reference_visitor *visit, void *context)
{
	const struct graph *graph = plan->graph;
	struct edge_walk walk = graph_in(graph, item);

	while (edge_next(graph, &walk)) {
		if (!is_reference((enum edge_kind)walk.edge->kind) &&
			!is_copied_now(graph, walk.edge))
			continue;
		visit(context, walk.edge->from, walk.id, standing_of(plan, walk.edge->from));
		if (graph_node(graph, walk.edge->from)->kind != NODE_PARAMETER)
			continue;
		struct edge_walk through = graph_in(graph, walk.edge->from);
		while (edge_next(graph, &through))
			if (through.edge->kind == EDGE_RESOLVES)
				visit(context, through.edge->from, through.id,
					standing_of(plan, through.edge->from));
	}
}

/* AWS tells an AMI's last launch up to a day late; an instance tells its own at once. One that is
 * not gone uses the AMI, which says more. */
int64_t
last_launch(const struct graph *graph, nid image)
{
	int64_t last = graph_image(graph, image)->last_launched;
	struct edge_walk walk = graph_in(graph, image);

	while (edge_next(graph, &walk)) {
		nid from = walk.edge->from;

		if (walk.edge->kind != EDGE_LAUNCHED_FROM || graph_is_live(graph, from))
			continue;
		if (graph_instance(graph, from)->launched > last)
			last = graph_instance(graph, from)->launched;
	}
	return last;
}

int64_t
launched_or_made(const struct graph *graph, nid image)
{
	int64_t launched = last_launch(graph, image);

	return launched != TIME_NONE ? launched : graph_image(graph, image)->created;
}
