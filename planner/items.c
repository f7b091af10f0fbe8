/*
 * What an item is, whose it is, whether it is still there and still held: the questions that
 * selecting and judging share. It must not know: rules, selectors.
 */
#include "internal.h"

bool
is_item(const struct graph *graph, nid node)
{
	const struct node *n = graph_node(graph, node);

	if (!n->defined)
		return false;
	return n->kind == NODE_IMAGE || n->kind == NODE_SNAPSHOT || n->kind == NODE_INSTANCE;
}

bool
is_ours(const struct plan *plan, nid item)
{
	return plan->graph->ours.count == 0 ||
	       graph_is_ours(plan->graph, graph_node(plan->graph, item)->owner);
}

bool
is_foreign(const struct graph *graph, nid item)
{
	sid owner = graph_node(graph, item)->owner;

	return owner != 0 && graph->ours.count != 0 && !graph_is_ours(graph, owner);
}

bool
is_gone(const struct graph *graph, nid node)
{
	return !graph_is_live(graph, node);
}

bool
is_mapping(const struct graph *graph, const struct edge *edge)
{
	return edge->kind == EDGE_MAPS && !is_gone(graph, edge->from);
}

bool
is_mapped(const struct graph *graph, nid snapshot)
{
	struct edge_walk walk = graph_in(graph, snapshot);

	while (edge_next(graph, &walk))
		if (is_mapping(graph, walk.edge))
			return true;
	return false;
}
