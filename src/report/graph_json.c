/*
 * The graph as JSON, streamed: nodes and edges in the order of the graph's own sorting.
 * It must not know: how the graph came about.
 */
#include "subgraph.h"
#include "view_json.h"

/* What `to` going would do while `from` stays. */
static const char *
effect_word(enum edge_strength strength)
{
	switch (strength) {
	case INFORMS:
		return "informs";
	case BREAKS:
		return "breaks";
	case BLOCKS:
		return "blocks";
	}
	return "informs";
}

static void
put_node(struct json_writer *w, const struct graph *graph, const struct graph_options *options,
	nid n)
{
	const struct node *node = graph_node(graph, n);
	const char *fate = subgraph_fate_word(subgraph_fate(graph, options, n));

	json_open(w, '{');
	json_field_slice(w, "id", graph_text(graph, node->id));
	json_field(w, "kind", node_kind_word((enum node_kind)node->kind));
	json_field(w, "name", strpool_text(&graph->strings, node->name));
	view_json_text_or_null(w, "account", strpool_text(&graph->strings, node->account));
	view_json_text_or_null(w, "region", strpool_text(&graph->strings, node->region));
	json_field(w, "state", node->defined ? state_text((enum state)node->state) : NULL);
	json_field_bool(w, "defined", node->defined);
	if (fate)
		json_field(w, "fate", fate);
	json_close(w, '}');
}

static void
put_edge(struct json_writer *w, const struct graph *graph, const struct edge *edge)
{
	json_open(w, '{');
	json_field(w, "edge", edge_kind_word((enum edge_kind)edge->kind));
	json_field(w, "from", graph_id(graph, edge->from));
	json_field(w, "to", graph_id(graph, edge->to));
	json_field(w, "source", edge_source_word((enum edge_source)edge->source));
	json_field(w, "detail", strpool_text(&graph->strings, edge->detail));
	json_field(w, "strength", edge_belief_word((enum edge_belief)edge->belief));
	json_field(w, "effect", effect_word(edge_kind_strength((enum edge_kind)edge->kind)));
	json_close(w, '}');
}

int
write_graph_json(
	FILE *file, const struct graph *graph, const struct graph_options *options, struct err *err)
{
	struct subgraph picked;
	struct json_writer w;
	int code = subgraph_pick(&picked, graph, options, err);

	if (code != ERR_OK)
		return code;
	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.graph/1");
	json_name(&w, "nodes");
	json_open(&w, '[');
	for (nid n = 1; n < graph->nodes.count; n++)
		if (bitset_has(&picked.nodes, n))
			put_node(&w, graph, options, n);
	json_close(&w, ']');
	json_name(&w, "edges");
	json_open(&w, '[');
	for (nid n = 1; n < graph->nodes.count; n++) {
		struct edge_walk walk = graph_out(graph, n);

		while (bitset_has(&picked.nodes, n) && edge_next(graph, &walk))
			if (bitset_has(&picked.nodes, walk.edge->to))
				put_edge(&w, graph, walk.edge);
	}
	json_close(&w, ']');
	json_close(&w, '}');
	fputc('\n', file);
	subgraph_release(&picked);
	return ERR_OK;
}
