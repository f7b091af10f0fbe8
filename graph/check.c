/*
 * Proves that a frozen graph is what graph.h says: numbers in range, both directions of the edges
 * the same, everything in order. It must not know: how the graph was made. It calls nothing of the
 * builder.
 */
#include "bitset.h"
#include "graph.h"

#define BIT(kind) ((uint32_t)1 << (kind))
#define ANY_NODE UINT32_MAX

/* Who launches instances, and so names images, snapshots, versions, configurations, parameters. */
#define LAUNCHERS                                                                                  \
	(BIT(NODE_TEMPLATE_VERSION) | BIT(NODE_AUTO_SCALING_GROUP) |                               \
		BIT(NODE_LAUNCH_CONFIGURATION) | BIT(NODE_SPOT_REQUEST) | BIT(NODE_SPOT_FLEET) |   \
		BIT(NODE_FLEET))
#define NAMERS                                                                                     \
	(LAUNCHERS | BIT(NODE_PARAMETER) | BIT(NODE_RECIPE) | BIT(NODE_LAUNCH_TEMPLATE) |          \
		BIT(NODE_INSTANCE))

/* The kinds of node that an edge may join. */
struct ends {
	uint32_t from, to;
};

static const struct ends allowed[EDGE_KINDS] = {
	[EDGE_MAPS] = {BIT(NODE_IMAGE), BIT(NODE_SNAPSHOT)},
	[EDGE_LAUNCHED_FROM] = {BIT(NODE_INSTANCE), BIT(NODE_IMAGE)},
	[EDGE_NAMES_IMAGE] = {NAMERS, BIT(NODE_IMAGE)},
	[EDGE_NAMES_SNAPSHOT] = {LAUNCHERS, BIT(NODE_SNAPSHOT)},
	[EDGE_PINS] = {BIT(NODE_FILE_PIN), BIT(NODE_IMAGE) | BIT(NODE_SNAPSHOT)},
	[EDGE_USED_BY] = {BIT(NODE_ACCOUNT), BIT(NODE_IMAGE)},
	[EDGE_USES_VERSION] = {LAUNCHERS | BIT(NODE_INSTANCE), BIT(NODE_TEMPLATE_VERSION)},
	[EDGE_USES_CONFIGURATION] = {LAUNCHERS | BIT(NODE_INSTANCE),
		BIT(NODE_LAUNCH_CONFIGURATION)},
	[EDGE_RESOLVES] = {NAMERS, BIT(NODE_PARAMETER)},
	[EDGE_MADE_FOR] = {BIT(NODE_SNAPSHOT), BIT(NODE_IMAGE)},
	[EDGE_COPIED_IMAGE] = {BIT(NODE_SNAPSHOT) | BIT(NODE_IMAGE), BIT(NODE_IMAGE)},
	[EDGE_COPIED_SNAPSHOT] = {BIT(NODE_SNAPSHOT), BIT(NODE_SNAPSHOT)},
	[EDGE_SOURCE_IMAGE] = {BIT(NODE_IMAGE), BIT(NODE_IMAGE)},
	[EDGE_SOURCE_INSTANCE] = {BIT(NODE_IMAGE) | BIT(NODE_SNAPSHOT), BIT(NODE_INSTANCE)},
	[EDGE_SNAPSHOT_OF] = {BIT(NODE_SNAPSHOT), BIT(NODE_VOLUME)},
	[EDGE_CREATED_FROM] = {BIT(NODE_VOLUME), BIT(NODE_SNAPSHOT)},
	[EDGE_ATTACHED_TO] = {BIT(NODE_VOLUME), BIT(NODE_INSTANCE)},
	[EDGE_VERSION_OF] = {BIT(NODE_TEMPLATE_VERSION), BIT(NODE_LAUNCH_TEMPLATE)},
	[EDGE_MEMBER_OF] = {BIT(NODE_INSTANCE), BIT(NODE_AUTO_SCALING_GROUP) | BIT(NODE_FLEET) |
							BIT(NODE_SPOT_FLEET) |
							BIT(NODE_SPOT_REQUEST)},
	[EDGE_SHARED_WITH] = {BIT(NODE_IMAGE) | BIT(NODE_SNAPSHOT), BIT(NODE_ACCOUNT)},
	[EDGE_MANAGED_BY] = {BIT(NODE_IMAGE) | BIT(NODE_SNAPSHOT), ANY_NODE},
};

/* Rows of the table that belongs to a kind; 1 for kinds without a table. */
static size_t
rows_of(const struct graph *graph, unsigned kind)
{
	switch (kind) {
	case NODE_IMAGE:
		return graph->images.count;
	case NODE_SNAPSHOT:
		return graph->snapshots.count;
	case NODE_INSTANCE:
		return graph->instances.count;
	case NODE_VOLUME:
		return graph->volumes.count;
	case NODE_LAUNCH_TEMPLATE:
		return graph->templates.count;
	case NODE_TEMPLATE_VERSION:
		return graph->versions.count;
	case NODE_SPOT_REQUEST:
		return graph->spot_requests.count;
	}
	return 1;
}

static bool
is_text(const struct graph *graph, sid text)
{
	return text < graph->strings.count;
}

static int
check_nodes(const struct graph *graph, struct err *err)
{
	for (nid n = 1; n < graph->nodes.count; n++) {
		const struct node *node = graph_node(graph, n);

		if (node->kind == NODE_NONE || node->kind >= NODE_KINDS || node->state >= STATES)
			return err_set(
				err, ERR_INTERNAL, "node %u has no kind or state that exists", n);
		if (!node->id || !is_text(graph, node->id) || !is_text(graph, node->name) ||
			!is_text(graph, node->account) || !is_text(graph, node->region) ||
			!is_text(graph, node->owner))
			return err_set(
				err, ERR_INTERNAL, "node %u has a text that does not exist", n);
		if (node->row >= rows_of(graph, node->kind))
			return err_set(err, ERR_INTERNAL, "%s has a row that does not exist",
				graph_id(graph, n));
		if (node->record >= graph->records.count || node->defined != (node->record != 0))
			return err_set(err, ERR_INTERNAL, "%s has no record, or one too many",
				graph_id(graph, n));
		if (node->record && (graph->records.items[node->record].node != n ||
					    graph->records.items[node->record].dead))
			return err_set(err, ERR_INTERNAL, "%s has the record of another",
				graph_id(graph, n));
		if (graph_find(graph, graph_text(graph, node->id)) != n)
			return err_set(
				err, ERR_INTERNAL, "%s is not found by its id", graph_id(graph, n));
	}
	return 0;
}

static int
check_rows(const struct graph *graph, struct err *err)
{
	for (rid r = 1; r < graph->records.count; r++) {
		const struct record *record = &graph->records.items[r];

		if (record->node == 0 || record->node >= graph->nodes.count ||
			record->doc >= graph->documents.count ||
			record->older >= graph->records.count)
			return err_set(err, ERR_INTERNAL, "record %u points nowhere", r);
	}
	for (uint32_t i = 1; i < graph->versions.count; i++) {
		nid template = graph->versions.items[i].template;

		if (template >= graph->nodes.count ||
			(template && graph_node(graph, template)->kind != NODE_LAUNCH_TEMPLATE))
			return err_set(err, ERR_INTERNAL,
				"row %u of the template versions has no template", i);
	}
	return 0;
}

/* Negative, 0, positive: the place of `x` in the order of nodes against `y`. */
static int
compare_nodes(const struct graph *graph, nid x, nid y)
{
	const struct node *a = graph_node(graph, x);
	const struct node *b = graph_node(graph, y);
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (order == 0)
		order = strpool_compare(&graph->strings, a->account, b->account);
	if (order == 0)
		order = strpool_compare(&graph->strings, a->region, b->region);
	return order ? order : strpool_compare(&graph->strings, a->id, b->id);
}

static int
check_order(const struct graph *graph, struct err *err)
{
	for (nid n = 1; n < graph->nodes.count; n++) {
		if (n > 1 && compare_nodes(graph, n - 1, n) >= 0)
			return err_set(err, ERR_INTERNAL, "%s is out of order", graph_id(graph, n));
		if (n < graph->kind_start[graph_node(graph, n)->kind] ||
			n >= graph->kind_start[graph_node(graph, n)->kind + 1])
			return err_set(err, ERR_INTERNAL, "%s is outside its kind's range",
				graph_id(graph, n));
	}
	if (graph->kind_start[0] != 1 || graph->kind_start[NODE_KINDS] != graph->nodes.count)
		return err_set(err, ERR_INTERNAL, "the ranges of kinds do not cover the nodes");
	return 0;
}

static int
check_edge(const struct graph *graph, const struct edge *edge, size_t e, struct err *err)
{
	if (edge->kind == EDGE_NONE || edge->kind >= EDGE_KINDS || edge->source > SOURCE_FILE ||
		edge->belief > BELIEF_WEAK)
		return err_set(
			err, ERR_INTERNAL, "edge %zu has no kind, source or belief that exists", e);
	if (!edge->from || !edge->to || edge->from >= graph->nodes.count ||
		edge->to >= graph->nodes.count)
		return err_set(err, ERR_INTERNAL, "edge %zu has an end that does not exist", e);
	if (!is_text(graph, edge->detail) || edge->record >= graph->records.count ||
		graph->records.items[edge->record].dead)
		return err_set(err, ERR_INTERNAL, "edge %zu has no detail or record that holds", e);
	if (!(allowed[edge->kind].from & BIT(graph_node(graph, edge->from)->kind)) ||
		!(allowed[edge->kind].to & BIT(graph_node(graph, edge->to)->kind)))
		return err_set(err, ERR_INTERNAL, "%s %s %s: no such edge can be",
			graph_id(graph, edge->from), edge_kind_word((enum edge_kind)edge->kind),
			graph_id(graph, edge->to));
	return 0;
}

static int
check_edges(const struct graph *graph, struct err *err)
{
	for (size_t e = 1; e < graph->edges.count; e++) {
		int code = check_edge(graph, &graph->edges.items[e], e, err);

		if (code)
			return code;
	}
	return 0;
}

static nid
other_end(const struct edge *edge, bool out)
{
	return out ? edge->to : edge->from;
}

/* Strictly rising by kind and other end: so no edge is there twice. */
static bool
rises(const struct graph *graph, const struct edge *x, const struct edge *y, bool out)
{
	if (x->kind != y->kind)
		return x->kind < y->kind;
	return strpool_compare(&graph->strings, graph_node(graph, other_end(x, out))->id,
		       graph_node(graph, other_end(y, out))->id) < 0;
}

/* Every edge is in exactly one row, and that is its end's. Both halves together then agree. */
static int
check_half(const struct graph *graph, bool out, struct bitset *seen, struct err *err)
{
	const struct csr *half = out ? &graph->out : &graph->in;

	if (half->start[0] != 0 || half->start[graph->nodes.count] != graph->edges.count - 1)
		return err_set(err, ERR_INTERNAL, "the rows of edges do not cover the edges");
	for (nid n = 0; n < graph->nodes.count; n++) {
		if (half->start[n] > half->start[n + 1])
			return err_set(
				err, ERR_INTERNAL, "the rows of edges overlap at node %u", n);
		for (uint32_t i = half->start[n]; i < half->start[n + 1]; i++) {
			eid e = csr_edge(half, i);
			const struct edge *edge = &graph->edges.items[e];

			if (e == 0 || e >= graph->edges.count || bitset_has(seen, e) ||
				other_end(edge, !out) != n)
				return err_set(err, ERR_INTERNAL,
					"edge %u is in the wrong row, or in two", e);
			bitset_add(seen, e);
			if (i > half->start[n] &&
				!rises(graph, &graph->edges.items[csr_edge(half, i - 1)], edge,
					out))
				return err_set(err, ERR_INTERNAL,
					"the edges of %s are out of order", graph_id(graph, n));
		}
	}
	return 0;
}

static int
check_halves(const struct graph *graph, struct err *err)
{
	int code = 0;

	for (int out = 0; out < 2 && !code; out++) {
		struct bitset seen;

		bitset_init(&seen, graph->edges.count);
		code = check_half(graph, out, &seen, err);
		bitset_release(&seen);
	}
	return code;
}

static int
check_lists(const struct graph *graph, struct err *err)
{
	const struct strpool *strings = &graph->strings;

	for (size_t i = 0; i < graph->coverage.count; i++) {
		const struct coverage *row = &graph->coverage.items[i];

		if (graph_coverage(graph, row->account, row->region) != row)
			return err_set(err, ERR_INTERNAL, "the coverage of %s/%s is out of order",
				strpool_text(strings, row->account),
				strpool_text(strings, row->region));
	}
	for (size_t i = 0; i < graph->gaps.count; i++) {
		const struct gap *gap = &graph->gaps.items[i];

		if (gap->kind <= DOC_NONE || gap->kind >= DOC_KINDS ||
			gap->by >= graph->nodes.count || !is_text(graph, gap->subject) ||
			!is_text(graph, gap->text) || (i && gap->kind < (gap - 1)->kind))
			return err_set(err, ERR_INTERNAL, "gap %zu is out of range or order", i);
	}
	for (size_t i = 0; i < graph->failed.count; i++) {
		const struct failed_call *call = &graph->failed.items[i];

		if (call->kind <= DOC_NONE || call->kind >= DOC_KINDS ||
			!is_text(graph, call->action) || !is_text(graph, call->code) ||
			!is_text(graph, call->text) || (i && call->kind < (call - 1)->kind))
			return err_set(
				err, ERR_INTERNAL, "failed call %zu is out of range or order", i);
	}
	for (size_t i = 0; i < graph->notices.count; i++) {
		const struct notice *notice = &graph->notices.items[i];

		if (!notice->code || notice->node >= graph->nodes.count ||
			!is_text(graph, notice->text) ||
			(i && strcmp((notice - 1)->code, notice->code) > 0))
			return err_set(err, ERR_INTERNAL, "notice %zu is out of range or order", i);
	}
	for (size_t i = 1; i < graph->ours.count; i++) {
		if (strpool_compare(strings, graph->ours.items[i - 1], graph->ours.items[i]) >= 0)
			return err_set(err, ERR_INTERNAL, "our accounts are out of order");
	}
	return 0;
}

int
graph_check(const struct graph *graph, struct err *err)
{
	static int (*const checks[])(const struct graph *, struct err *) = {
		check_nodes, check_rows, check_order, check_edges, check_halves, check_lists};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int code = checks[i](graph, err);

		if (code)
			return code;
	}
	return 0;
}
