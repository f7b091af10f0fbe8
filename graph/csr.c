/*
 * The edges in both directions: duplicates folded, the edges grouped by the end they come from, and
 * an array of edge numbers grouped by the other end. It must not know: what the kinds of edges
 * mean.
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

/* The edges of one half in order: by one end, within it by kind, within that by the other end's id.
 * `start` gets where each end's begin. */
static eid *
order_half(const struct graph *graph, bool out, const uint32_t *id_rank, uint32_t **start)
{
	size_t count = graph->edges.count - 1;
	eid *list = xcalloc(count + 1, sizeof(*list));
	eid *spare = xcalloc(count + 1, sizeof(*spare));

	free(group_by_end(graph, NULL, list, count, !out, id_rank));
	group_by_kind(graph, list, spare, count);
	*start = group_by_end(graph, spare, list, count, out, NULL);
	free(spare);
	return list;
}

/* Squeezes out the edges whose records fell. */
static void
drop_dead(struct graph *graph)
{
	size_t kept = 1;

	for (size_t e = 1; e < graph->edges.count; e++) {
		const struct edge *edge = &graph->edges.items[e];

		if (!graph->records.items[edge->record].dead)
			graph->edges.items[kept++] = *edge;
	}
	graph->edges.count = kept;
}

static bool
is_same(const struct edge *x, const struct edge *y)
{
	return x->from == y->from && x->to == y->to && x->kind == y->kind;
}

/* What the instance itself says of its volume holds over what the volume's listing says. */
static void
join_attachment(struct edge *best, const struct edge *other)
{
	if (other->goes != UNREAD && (best->goes == UNREAD || other->source == SOURCE_MAPPING))
		best->goes = other->goes;
}

/* One of two edges that say the same. */
static void
fold(struct edge *best, const struct edge *other)
{
	uint8_t goes;

	join_attachment(best, other);
	goes = best->goes;
	if (other->belief < best->belief)
		*best = *other;
	best->goes = goes;
}

/*
 * Of edges that say the same, which are neighbours once arranged, the most believed stays. Equal
 * ones kept the order of their numbers, so the first stays unless a later one is better believed.
 */
static void
fold_duplicates(struct graph *graph)
{
	size_t kept = 0;

	for (size_t e = 1; e < graph->edges.count; e++) {
		struct edge *last = &graph->edges.items[kept];
		const struct edge *edge = &graph->edges.items[e];

		if (kept == 0 || !is_same(last, edge))
			graph->edges.items[++kept] = *edge;
		else
			fold(last, edge);
	}
	graph->edges.count = kept + 1;
}

/* Where the edges of each node begin, once they are arranged. */
static uint32_t *
count_out(const struct graph *graph)
{
	uint32_t *start = xcalloc(graph->nodes.count + 1, sizeof(*start));

	for (size_t e = 1; e < graph->edges.count; e++)
		start[graph->edges.items[e].from + 1]++;
	sum_up(start, graph->nodes.count);
	return start;
}

void
freeze_edges(struct graph *graph)
{
	uint32_t *id_rank = xcalloc(graph->nodes.count, sizeof(*id_rank));
	uint32_t *start;
	eid *list;

	for (size_t i = 0; i + 1 < graph->nodes.count; i++)
		id_rank[graph->by_id[i]] = (uint32_t)i + 1;
	drop_dead(graph);
	list = order_half(graph, true, id_rank, &start);
	vec_arrange(&graph->edges, list);
	free(list);
	free(start);
	fold_duplicates(graph);
	graph->out.start = count_out(graph);
	graph->in.list = order_half(graph, false, id_rank, &graph->in.start);
	free(id_rank);
}
