/*
 * Which part of a graph is drawn: everything, or what lies within some edges of the focused nodes.
 * It must not know: formats.
 */
#ifndef AMIPLAN_REPORT_SUBGRAPH_H
#define AMIPLAN_REPORT_SUBGRAPH_H

#include "bitset.h"
#include "report.h"

/* Lifetime: one picture. Zero until subgraph_pick succeeded. */
struct subgraph {
	struct bitset nodes; /* by nid */
	struct bitset focus; /* by nid */
	size_t count;
};

/* ERR_UNKNOWN for a focus that no document has or mentions. */
int subgraph_pick(struct subgraph *subgraph, const struct graph *graph,
	const struct graph_options *options, struct err *err);
void subgraph_release(struct subgraph *subgraph);

/* A node's fate under the plan of `options`; FATE_NONE if nobody selected it, or there is no plan.
 */
enum fate subgraph_fate(const struct graph *graph, const struct graph_options *options, nid node);
/* "step", "blocked", "kept", or NULL for FATE_NONE. */
const char *subgraph_fate_word(enum fate fate);

#endif
