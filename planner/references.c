/*
 * Who needs an AMI or a snapshot: edges that break something when it goes, judged by whether the one who refers is in force.
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

/* What DescribeImageReferences says of a whole template counts only while its versions, which say it exactly, were not read. */
static bool
has_versions(const struct graph *graph, nid template)
{
	struct edge_walk walk = graph_in(graph, template);

	while (edge_next(graph, &walk))
		if (walk.edge->kind == EDGE_VERSION_OF && graph_node(graph, walk.edge->from)->defined)
			return true;
	return false;
}

enum reference
reference_of_edge(const struct plan *plan, const struct edge *edge)
{
	const struct graph *graph = plan->graph;

	switch ((enum edge_kind)edge->kind) {
	case EDGE_NAMES_IMAGE:
	case EDGE_NAMES_SNAPSHOT:
		break;
	case EDGE_PINS:
	case EDGE_USED_BY:
		return REFERENCE_LIVE;
	case EDGE_NONE:
	case EDGE_MAPS:
	case EDGE_LAUNCHED_FROM:
	case EDGE_USES_VERSION:
	case EDGE_USES_CONFIGURATION:
	case EDGE_RESOLVES:
	case EDGE_MADE_FOR:
	case EDGE_COPIED_IMAGE:
	case EDGE_COPIED_SNAPSHOT:
	case EDGE_SOURCE_IMAGE:
	case EDGE_SOURCE_INSTANCE:
	case EDGE_SNAPSHOT_OF:
	case EDGE_CREATED_FROM:
	case EDGE_ATTACHED_TO:
	case EDGE_VERSION_OF:
	case EDGE_MEMBER_OF:
	case EDGE_SHARED_WITH:
	case EDGE_MANAGED_BY:
	case EDGE_KINDS:
		return REFERENCE_NONE;
	}
	switch ((enum node_kind)graph_node(graph, edge->from)->kind) {
	case NODE_TEMPLATE_VERSION:
		return version_standing(plan, edge->from);
	case NODE_LAUNCH_TEMPLATE:
		return has_versions(graph, edge->from) ? REFERENCE_NONE : REFERENCE_LIVE;
	case NODE_SPOT_REQUEST:
	case NODE_SPOT_FLEET:
	case NODE_FLEET:
		return graph_is_live(graph, edge->from) ? REFERENCE_LIVE : REFERENCE_NONE;
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
		return REFERENCE_LIVE; /* whatever else names it: in doubt it is in force */
	}
	return REFERENCE_LIVE;
}
