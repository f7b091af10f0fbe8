/*
 * Reading a frozen graph: look-ups by id, rows and tags by node, edges by end.
 * It must not know: how the graph was made.
 */
#include "builder.h"

void
graph_free(struct graph *graph)
{
	if (!graph)
		return;
	strpool_release(&graph->strings);
	vec_release(&graph->nodes);
	vec_release(&graph->edges);
	vec_release(&graph->records);
	vec_release(&graph->images);
	vec_release(&graph->snapshots);
	vec_release(&graph->instances);
	vec_release(&graph->terms);
	vec_release(&graph->image_traits);
	vec_release(&graph->snapshot_traits);
	vec_release(&graph->volumes);
	vec_release(&graph->templates);
	vec_release(&graph->versions);
	vec_release(&graph->spot_requests);
	vec_release(&graph->tags);
	vec_release(&graph->documents);
	vec_release(&graph->gaps);
	vec_release(&graph->failed);
	vec_release(&graph->coverage);
	vec_release(&graph->notices);
	vec_release(&graph->ours);
	blocks_release(graph);
	free(graph->out.start);
	free(graph->in.start);
	free(graph->in.list);
	free(graph->by_id);
	free(graph);
}

nid
graph_find(const struct graph *graph, struct slice id)
{
	size_t from = 0;
	size_t to = graph->nodes.count - 1;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		nid n = graph->by_id[middle];
		int order = slice_compare(graph_text(graph, graph_node(graph, n)->id), id);

		if (order == 0)
			return n;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return 0;
}

/* Negative if the node comes before all those of the place, 0 if it is one of them. */
static int
compare_place(const struct graph *graph, nid n, sid account, sid region)
{
	const struct node *node = graph_node(graph, n);
	int order = strpool_compare(&graph->strings, node->account, account);

	return order ? order : strpool_compare(&graph->strings, node->region, region);
}

/* The first node of the kind that compares as `least` or more. */
static nid
first_from(const struct graph *graph, enum node_kind kind, sid account, sid region, int least)
{
	nid from = graph->kind_start[kind], to = graph->kind_start[kind + 1];

	while (from < to) {
		nid middle = from + (to - from) / 2;

		if (compare_place(graph, middle, account, region) < least)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

nid
graph_place_start(const struct graph *graph, enum node_kind kind, sid account, sid region)
{
	return first_from(graph, kind, account, region, 0);
}

nid
graph_place_end(const struct graph *graph, enum node_kind kind, sid account, sid region)
{
	return first_from(graph, kind, account, region, 1);
}

sid
graph_account(const struct graph *graph, struct slice account)
{
	vec_foreach (place, &graph->coverage) {
		if (slice_equal(graph_text(graph, place->account), account))
			return place->account;
	}
	return 0;
}

sid
graph_region(const struct graph *graph, struct slice region)
{
	vec_foreach (place, &graph->coverage) {
		if (slice_equal(graph_text(graph, place->region), region))
			return place->region;
	}
	return 0;
}

/* The row of `n` if it is of that kind, else the row of nothing. */
static uint32_t
row_of(const struct graph *graph, nid n, enum node_kind kind)
{
	const struct node *node = graph_node(graph, n);

	return node->kind == kind ? node->row : 0;
}

const struct image *
graph_image(const struct graph *graph, nid n)
{
	return &graph->images.items[row_of(graph, n, NODE_IMAGE)];
}

const struct snapshot *
graph_snapshot(const struct graph *graph, nid n)
{
	return &graph->snapshots.items[row_of(graph, n, NODE_SNAPSHOT)];
}

const struct image_traits *
graph_image_traits(const struct graph *graph, nid n)
{
	return &graph->image_traits.items[graph_image(graph, n)->traits];
}

const struct snapshot_traits *
graph_snapshot_traits(const struct graph *graph, nid n)
{
	return &graph->snapshot_traits.items[graph_snapshot(graph, n)->traits];
}

const struct instance *
graph_instance(const struct graph *graph, nid n)
{
	return &graph->instances.items[row_of(graph, n, NODE_INSTANCE)];
}

const struct terms *
graph_terms(const struct graph *graph, nid instance)
{
	return &graph->terms.items[graph_instance(graph, instance)->terms];
}

const struct volume *
graph_volume(const struct graph *graph, nid n)
{
	return &graph->volumes.items[row_of(graph, n, NODE_VOLUME)];
}

const struct template_version *
graph_version(const struct graph *graph, nid n)
{
	return &graph->versions.items[row_of(graph, n, NODE_TEMPLATE_VERSION)];
}

struct span
graph_tags(const struct graph *graph, nid n)
{
	switch (graph_node(graph, n)->kind) {
	case NODE_IMAGE:
		return graph_image(graph, n)->tags;
	case NODE_SNAPSHOT:
		return graph_snapshot(graph, n)->tags;
	case NODE_INSTANCE:
		return graph_instance(graph, n)->tags;
	}
	return (struct span){0, 0};
}

bool
graph_tag(const struct graph *graph, nid n, struct slice key, struct slice *value)
{
	struct span tags = graph_tags(graph, n);

	for (uint32_t i = 0; i < tags.count; i++) {
		const struct tag *tag = &graph->tags.items[tags.at + i];

		if (slice_equal(graph_text(graph, tag->key), key)) {
			*value = graph_text(graph, tag->value);
			return true;
		}
	}
	return false;
}

bool
graph_is_live(const struct graph *graph, nid n)
{
	return state_life((enum state)graph_node(graph, n)->state) != LIFE_GONE;
}

bool
graph_is_ours(const struct graph *graph, sid account)
{
	size_t low = 0;
	size_t high = graph->ours.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strpool_compare(&graph->strings, account, graph->ours.items[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static struct edge_walk
walk_of(const struct csr *half, nid n)
{
	return (struct edge_walk){.half = half, .next = half->start[n], .end = half->start[n + 1]};
}

struct edge_walk
graph_out(const struct graph *graph, nid n)
{
	return walk_of(&graph->out, n);
}

struct edge_walk
graph_in(const struct graph *graph, nid n)
{
	return walk_of(&graph->in, n);
}
