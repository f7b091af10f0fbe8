/*
 * The edges in both directions: duplicates folded, then two arrays of edge numbers, grouped by one
 * end. It must not know: what the kinds of edges mean.
 *
 * Both halves come from stable counting sorts, the least important key first: the other end's place
 * in the order of ids, the kind, this end. The time is linear in edges and nodes, and nothing
 * depends on the order in which edges were added.
 */
#include "builder.h"

/* The end of an edge: `from` for the out half, `to` for the in half. */
static nid
end_of(const struct edge *edge, bool out)
{
	return out ? edge->from : edge->to;
}

/* Turns counts in start[1 …] into beginnings in start[0 …]. */
static void
sum_up(uint32_t *start, size_t keys)
{
	for (size_t k = 0; k < keys; k++)
		start[k + 1] += start[k];
}

/* After placing, start[k] is where k ends, which is where k + 1 began: moves them back by one. */
static void
shift_back(uint32_t *start, size_t keys)
{
	memmove(start + 1, start, keys * sizeof(*start));
	start[0] = 0;
}

/*
 * All edges (or those of `from_list`) into `to_list`, grouped by one end in the order of `rank`;
 * returns where each group begins. rank NULL: by number.
 */
static uint32_t *
group_by_end(const struct graph *graph, const eid *from_list, eid *to_list, size_t count, bool out,
	const uint32_t *rank)
{
	uint32_t *start = xcalloc(graph->nodes.count + 1, sizeof(*start));

	for (size_t i = 0; i < count; i++) {
		nid n = end_of(&graph->edges.items[from_list ? from_list[i] : i + 1], out);

		start[(rank ? rank[n] : n) + 1]++;
	}
	sum_up(start, graph->nodes.count);
	for (size_t i = 0; i < count; i++) {
		eid e = from_list ? from_list[i] : (eid)(i + 1);
		nid n = end_of(&graph->edges.items[e], out);

		to_list[start[rank ? rank[n] : n]++] = e;
	}
	shift_back(start, graph->nodes.count);
	return start;
}

static void
group_by_kind(const struct graph *graph, const eid *from_list, eid *to_list, size_t count)
{
	uint32_t start[EDGE_KINDS + 1] = {0};

	for (size_t i = 0; i < count; i++)
		start[graph->edges.items[from_list[i]].kind + 1]++;
	sum_up(start, EDGE_KINDS);
	for (size_t i = 0; i < count; i++)
		to_list[start[graph->edges.items[from_list[i]].kind]++] = from_list[i];
}

/* One half: edges grouped by one end, within it by kind, within that by the other end's id. */
static struct csr
build_half(const struct graph *graph, bool out, const uint32_t *id_rank)
{
	size_t count = graph->edges.count - 1;
	struct csr half = {.list = xcalloc(count + 1, sizeof(eid))};
	eid *spare = xcalloc(count + 1, sizeof(*spare));

	free(group_by_end(graph, NULL, half.list, count, !out, id_rank));
	group_by_kind(graph, half.list, spare, count);
	half.start = group_by_end(graph, spare, half.list, count, out, NULL);
	free(spare);
	return half;
}

static void
release_half(struct csr *half)
{
	free(half->start);
	free(half->list);
	*half = (struct csr){0};
}

/* Squeezes out the edges whose records fell, and those marked by kind EDGE_NONE. */
static void
squeeze(struct graph *graph)
{
	size_t kept = 1;

	for (size_t e = 1; e < graph->edges.count; e++) {
		const struct edge *edge = &graph->edges.items[e];

		if (edge->kind != EDGE_NONE && !graph->records.items[edge->record].dead)
			graph->edges.items[kept++] = *edge;
	}
	graph->edges.count = kept;
}

static bool
is_same(const struct edge *x, const struct edge *y)
{
	return x->from == y->from && x->to == y->to && x->kind == y->kind;
}

/* Marks all but the most believed, else first, of edges that say the same. In the out half they are
 * neighbours. True if there were any. */
static bool
mark_duplicates(struct graph *graph, const struct csr *out)
{
	size_t count = graph->edges.count - 1;
	struct edge *best = NULL;
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		struct edge *edge = &graph->edges.items[out->list[i]];

		if (!best || !is_same(best, edge)) {
			best = edge;
			continue;
		}
		any = true;
		/* Equal keys kept the order of their numbers, so the first stays unless a later one
		 * is better believed. */
		if (edge->belief < best->belief)
			*best = *edge;
		edge->kind = EDGE_NONE;
	}
	return any;
}

void
freeze_edges(struct graph *graph, const nid *by_id)
{
	uint32_t *id_rank = xcalloc(graph->nodes.count, sizeof(*id_rank));

	for (size_t i = 0; i + 1 < graph->nodes.count; i++)
		id_rank[by_id[i]] = (uint32_t)i + 1;
	squeeze(graph);
	graph->out = build_half(graph, true, id_rank);
	if (mark_duplicates(graph, &graph->out)) {
		squeeze(graph);
		release_half(&graph->out);
		graph->out = build_half(graph, true, id_rank);
	}
	graph->in = build_half(graph, false, id_rank);
	free(id_rank);
}
