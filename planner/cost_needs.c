/*
 * Which block lists would make a saving exact. Counting needs, of each cell that goes, the list
 * from its parent (of a root, all its blocks) and the lists to its children. It must not know: how
 * lists are read, prices, plans.
 */
#include "cost_needs.h"

#include "cost_internal.h"

#define BLOCK_BYTES 524288u
#define BLOCKS_PER_GIB 2048u

/* Lifetime: one search. */
struct search {
	const struct graph *graph;
	struct lineages lineages;
	uint32_t *going;                 /* by cell: of its snapshots, those that go */
	nid *speaker;                    /* by cell: a snapshot that EBS lists the blocks of; 0 */
	const struct block_list **lists; /* by cell: what was read */
	struct block_needs *out;
};

static bool
counts_as_ours(const void *context, nid snapshot)
{
	const struct search *search = context;

	return node_is_paid(search->graph, snapshot);
}

/* --- what is known of each cell -------------------------------------------------------------- */

/* Of copies, which hold the same blocks, any will do. */
static void
look_at_members(struct search *search, const bool *goes)
{
	const struct graph *graph = search->graph;
	size_t count = search->lineages.cells.count;

	search->going = xcalloc(count, sizeof(*search->going));
	search->speaker = xcalloc(count, sizeof(*search->speaker));
	graph_foreach (snapshot, graph, NODE_SNAPSHOT) {
		cid cell = lineage_cell(&search->lineages, snapshot);

		if (!cell)
			continue;
		search->going[cell] += goes[snapshot];
		if (!search->speaker[cell] &&
			graph_node(graph, snapshot)->state == STATE_SNAPSHOT_COMPLETED &&
			!snapshot_is_binned(graph, snapshot))
			search->speaker[cell] = snapshot;
	}
}

/* It goes, at the latest when its copies have left the Recycle Bin. */
static bool
is_going(const struct search *search, cid cell)
{
	const struct cell *c = &search->lineages.cells.items[cell];

	return search->going[cell] && search->going[cell] + c->binned >= c->members;
}

/* --- what a list may have -------------------------------------------------------------------- */

static uint64_t
blocks_of(const struct snapshot *row)
{
	uint64_t sized = row->size_gib ? (uint64_t)row->size_gib * BLOCKS_PER_GIB : LIMIT_BLOCKS;
	uint64_t full = row->full_bytes / BLOCK_BYTES + (row->full_bytes % BLOCK_BYTES != 0);

	return row->full_bytes && full < sized ? full : sized;
}

/* No more than both have, and than the larger volume has room for. */
static uint64_t
blocks_between(const struct snapshot *first, const struct snapshot *second)
{
	uint32_t size = first->size_gib > second->size_gib ? first->size_gib : second->size_gib;
	uint64_t room = first->size_gib && second->size_gib ? (uint64_t)size * BLOCKS_PER_GIB
							    : LIMIT_BLOCKS;
	uint64_t both = blocks_of(first) + blocks_of(second);

	return both < room ? both : room;
}

/* --- the search ------------------------------------------------------------------------------ */

static void
add_need(struct search *search, cid cell, cid parent)
{
	const struct graph *graph = search->graph;
	struct block_need need = {
		.first = parent ? search->speaker[parent] : 0,
		.second = search->speaker[cell],
	};

	if (!need.second || (parent && !need.first)) /* the other end may be hidden as well */
		return;
	need.blocks = parent ? blocks_between(graph_snapshot(graph, need.first),
				       graph_snapshot(graph, need.second))
			     : blocks_of(graph_snapshot(graph, need.second));
	vec_push(&search->out->items, need);
}

/* Each once, although several lists may want it. */
static void
note_hidden(struct search *search, bool *noted, cid cell)
{
	if (search->speaker[cell] || noted[cell])
		return;
	noted[cell] = true;
	vec_push(&search->out->hidden, search->lineages.cells.items[cell].first);
}

static void
search_cells(struct search *search)
{
	size_t count = search->lineages.cells.count;
	bool *noted = xcalloc(count, sizeof(*noted));

	for (cid cell = 1; cell < count; cell++) {
		cid parent = search->lineages.cells.items[cell].parent;

		if (!is_going(search, cell) && !(parent && is_going(search, parent)))
			continue;
		if (search->lists[cell]) {
			search->out->read++;
			continue;
		}
		note_hidden(search, noted, cell);
		if (parent)
			note_hidden(search, noted, parent);
		add_need(search, cell, parent);
	}
	free(noted);
}

void
block_needs_find(const struct graph *graph, const bool *goes, struct block_needs *out)
{
	struct search search = {.graph = graph, .out = out};

	*out = (struct block_needs){0};
	lineages_make(&search.lineages, graph, counts_as_ours, &search);
	search.lists = lineages_blocks(&search.lineages, graph);
	look_at_members(&search, goes);
	search_cells(&search);
	free(search.going);
	free(search.speaker);
	free(search.lists);
	lineages_release(&search.lineages);
}

void
block_needs_release(struct block_needs *needs)
{
	vec_release(&needs->items);
	vec_release(&needs->hidden);
}
