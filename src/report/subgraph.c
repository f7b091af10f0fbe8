/*
 * Which part of a graph is drawn: everything, or what lies within some edges of the focused nodes.
 * It must not know: formats.
 */
#include "subgraph.h"

#define DEFAULT_DEPTH 2

struct wave {
	VEC(nid) nodes;
};

static void
reach(struct subgraph *subgraph, struct wave *wave, nid node)
{
	if (bitset_has(&subgraph->nodes, node))
		return;
	bitset_add(&subgraph->nodes, node);
	subgraph->count++;
	vec_push(&wave->nodes, node);
}

static int
pick_focus(struct subgraph *subgraph, struct wave *wave, const struct graph *graph,
	const struct graph_options *options, struct err *err)
{
	for (size_t i = 0; i < options->focus_count; i++) {
		nid node = graph_find(graph, slice_of(options->focus[i]));

		if (!node)
			return err_set(err, ERR_UNKNOWN,
				"%s: no document of the inventory has or mentions it; look at "
				"--focus",
				options->focus[i]);
		bitset_add(&subgraph->focus, node);
		reach(subgraph, wave, node);
	}
	return ERR_OK;
}

/* Breadth first, along edges both ways: what an AMI needs, and what needs it. */
static void
spread(struct subgraph *subgraph, struct wave *wave, const struct graph *graph, unsigned depth)
{
	size_t done = 0;

	for (unsigned level = 0; level < depth && done < wave->nodes.count; level++) {
		size_t end = wave->nodes.count;

		for (; done < end; done++) {
			nid node = wave->nodes.items[done];

			for (struct edge_walk w = graph_out(graph, node); edge_next(graph, &w);)
				reach(subgraph, wave, w.edge->to);
			for (struct edge_walk w = graph_in(graph, node); edge_next(graph, &w);)
				reach(subgraph, wave, w.edge->from);
		}
	}
}

int
subgraph_pick(struct subgraph *subgraph, const struct graph *graph,
	const struct graph_options *options, struct err *err)
{
	struct wave wave = {0};
	int code;

	*subgraph = (struct subgraph){0};
	bitset_init(&subgraph->nodes, graph->nodes.count + 1);
	bitset_init(&subgraph->focus, graph->nodes.count + 1);
	if (options->focus_count == 0)
		for (nid node = 1; node < graph->nodes.count; node++)
			reach(subgraph, &wave, node);
	code = pick_focus(subgraph, &wave, graph, options, err);
	if (code == ERR_OK && options->focus_count)
		spread(subgraph, &wave, graph, options->depth ? options->depth : DEFAULT_DEPTH);
	vec_release(&wave.nodes);
	if (code != ERR_OK)
		subgraph_release(subgraph);
	return code;
}

void
subgraph_release(struct subgraph *subgraph)
{
	bitset_release(&subgraph->nodes);
	bitset_release(&subgraph->focus);
	subgraph->count = 0;
}

static const char *const FATE_WORDS[] = {
	[FATE_NONE] = NULL, [FATE_STEP] = "step", [FATE_BLOCKED] = "blocked", [FATE_KEPT] = "kept"};

enum fate
subgraph_fate(const struct graph *graph, const struct graph_options *options, nid node)
{
	const char *word;

	if (options->plan)
		return plan_fate(options->plan, node);
	word = options->fate ? options->fate(options->fate_context, graph_id(graph, node)) : NULL;
	for (int fate = FATE_STEP; word && fate <= FATE_KEPT; fate++)
		if (strcmp(FATE_WORDS[fate], word) == 0)
			return (enum fate)fate;
	return FATE_NONE;
}

const char *
subgraph_fate_word(enum fate fate)
{
	return FATE_WORDS[fate];
}
