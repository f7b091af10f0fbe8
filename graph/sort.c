/*
 * The order of nodes: by kind, account, region, id; and by id alone.
 * It must not know: edges, records, what the order is for.
 *
 * Comparing ids by their text costs a cache miss or two, so eight bytes behind what all ids of a
 * kind have in common are kept beside the number; that decides nearly always. The ids are sorted
 * kind by kind, the kinds merged, and the other keys then put on top by stable counting sorts.
 */
#include "builder.h"

struct context {
	item_order *compare;
	const struct graph *graph;
};

static int
compare_items(const void *a, const void *b, void *context_)
{
	const struct context *context = context_;

	return context->compare(a, b, context->graph);
}

void
sort_items(void *items, size_t count, size_t size, item_order *compare, const struct graph *graph)
{
	struct context context = {compare, graph};

	if (count > 1)
		qsort_r(items, count, size, compare_items, &context);
}

/* --- one kind by id -------------------------------------------------------------------------- */

struct keyed {
	uint64_t key; /* eight bytes of the id, the first the highest */
	nid node;
};

static struct slice
id_of(const struct graph *graph, nid n)
{
	return graph_text(graph, graph->nodes.items[n].id);
}

static int
compare_ids(const struct graph *graph, nid x, nid y)
{
	return slice_compare(id_of(graph, x), id_of(graph, y));
}

static int
compare_keyed(const void *a, const void *b, const struct graph *graph)
{
	const struct keyed *x = a;
	const struct keyed *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return compare_ids(graph, x->node, y->node);
}

/* Bytes that all these ids begin with. */
static size_t
common_prefix(const struct graph *graph, const nid *nodes, size_t count)
{
	struct slice first = count ? id_of(graph, nodes[0]) : SLICE_NONE;
	size_t common = first.at ? first.len : 0;

	for (size_t i = 1; i < count && common; i++) {
		struct slice id = id_of(graph, nodes[i]);

		common = id.len < common ? id.len : common;
		while (common && id.at && memcmp(id.at, first.at, common) != 0)
			common--;
	}
	return common;
}

/* A short id is filled up with zero bytes: equal keys are told apart by the whole text. */
static uint64_t
key_of(struct slice id, size_t common)
{
	uint64_t key = 0;

	for (size_t i = common; i < common + 8; i++)
		key = key << 8 | (id.at && i < id.len ? (unsigned char)id.at[i] : 0);
	return key;
}

static void
sort_kind(const struct graph *graph, nid *nodes, size_t count)
{
	size_t common = common_prefix(graph, nodes, count);
	struct keyed *keyed;

	if (count < 2)
		return;
	keyed = xcalloc(count, sizeof(*keyed));
	for (size_t i = 0; i < count; i++)
		keyed[i] = (struct keyed){key_of(id_of(graph, nodes[i]), common), nodes[i]};
	sort_items(keyed, count, sizeof(*keyed), compare_keyed, graph);
	for (size_t i = 0; i < count; i++)
		nodes[i] = keyed[i].node;
	free(keyed);
}

/* --- all kinds by id ------------------------------------------------------------------------- */

/* Merges nodes[0 .. middle) and nodes[middle .. count), both sorted, through `spare`. */
static void
merge_runs(const struct graph *graph, nid *nodes, size_t middle, size_t count, nid *spare)
{
	size_t i = 0;
	size_t j = middle;
	size_t out = 0;

	/* Ids of two kinds mostly differ in their first letters: then the runs need no merging. */
	if (middle == 0 || middle == count ||
		compare_ids(graph, nodes[middle - 1], nodes[middle]) <= 0)
		return;
	memcpy(spare, nodes, middle * sizeof(*nodes));
	while (i < middle && j < count)
		nodes[out++] =
			compare_ids(graph, spare[i], nodes[j]) <= 0 ? spare[i++] : nodes[j++];
	memcpy(nodes + out, spare + i, (middle - i) * sizeof(*nodes));
}

/* Stable counting sort of `from` into `to` by a key below `keys`. */
static void
sort_by(const nid *from, nid *to, size_t count, const uint32_t *key_of_node, size_t keys)
{
	size_t *start = xcalloc(keys + 1, sizeof(*start));

	for (size_t i = 0; i < count; i++)
		start[key_of_node[from[i]] + 1]++;
	for (size_t k = 0; k < keys; k++)
		start[k + 1] += start[k];
	for (size_t i = 0; i < count; i++)
		to[start[key_of_node[from[i]]]++] = from[i];
	free(start);
}

/* The kinds whose ids come first, first: then hardly a merge has anything to do. */
static void
kinds_by_first_id(
	const struct graph *graph, nid *const runs[], const size_t sizes[], unsigned order[])
{
	for (unsigned k = 0; k < NODE_KINDS; k++) {
		unsigned at = k;

		while (at > 0 && sizes[k] &&
			(!sizes[order[at - 1]] ||
				compare_ids(graph, runs[k][0], runs[order[at - 1]][0]) < 0)) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = k;
	}
}

/* All nodes in order of id. `by_kind` are the nodes grouped by kind; it is sorted within the kinds.
 */
static nid *
merge_kinds(const struct graph *graph, nid *by_kind, size_t count)
{
	nid *merged = xcalloc(count + 1, sizeof(*merged));
	nid *spare = xcalloc(count + 1, sizeof(*spare));
	nid *runs[NODE_KINDS];
	size_t sizes[NODE_KINDS];
	unsigned order[NODE_KINDS];
	size_t done = 0;

	for (unsigned k = 0; k < NODE_KINDS; k++) {
		runs[k] = by_kind + graph->kind_start[k];
		sizes[k] = graph->kind_start[k + 1] - graph->kind_start[k];
		sort_kind(graph, runs[k], sizes[k]);
	}
	kinds_by_first_id(graph, runs, sizes, order);
	for (unsigned i = 0; i < NODE_KINDS; i++) {
		size_t size = sizes[order[i]];

		memcpy(merged + done, runs[order[i]], size * sizeof(*merged));
		merge_runs(graph, merged, done, done + size, spare);
		done += size;
	}
	free(spare);
	return merged;
}

/* --- account and region ---------------------------------------------------------------------- */

static int
compare_sids(const void *a, const void *b, const struct graph *graph)
{
	return strpool_compare(&graph->strings, *(const sid *)a, *(const sid *)b);
}

/* Fills `ranks` with the rank of one of the node's texts among all nodes' (0 for none). Returns how
 * many ranks there are. */
static uint32_t
rank_places(const struct graph *graph, bool region, uint32_t *ranks)
{
	uint32_t *rank_of = xcalloc(graph->strings.count, sizeof(*rank_of));
	VEC(sid) texts = {0};

	for (nid n = 1; n < graph->nodes.count; n++) {
		const struct node *node = &graph->nodes.items[n];
		sid text = region ? node->region : node->account;

		if (text && !rank_of[text]) {
			rank_of[text] = 1;
			vec_push(&texts, text);
		}
	}
	sort_items(texts.items, texts.count, sizeof(sid), compare_sids, graph);
	for (size_t i = 0; i < texts.count; i++)
		rank_of[texts.items[i]] = (uint32_t)i + 1;
	for (nid n = 1; n < graph->nodes.count; n++) {
		const struct node *node = &graph->nodes.items[n];

		ranks[n] = rank_of[region ? node->region : node->account];
	}
	free(rank_of);
	uint32_t count = (uint32_t)texts.count + 1;
	vec_release(&texts);
	return count;
}

static void
count_kinds(struct graph *graph, uint32_t *kinds)
{
	for (nid n = 1; n < graph->nodes.count; n++) {
		kinds[n] = graph->nodes.items[n].kind;
		graph->kind_start[kinds[n] + 1]++;
	}
	for (unsigned k = 0; k < NODE_KINDS; k++)
		graph->kind_start[k + 1] += graph->kind_start[k];
}

nid *
freeze_order(struct graph *graph)
{
	size_t count = graph->nodes.count - 1;
	uint32_t *keys = xcalloc(graph->nodes.count, sizeof(*keys));
	nid *a = xcalloc(count + 1, sizeof(*a));
	nid *b = xcalloc(count + 1, sizeof(*b));

	for (size_t i = 0; i < count; i++)
		a[i] = (nid)(i + 1);
	count_kinds(graph, keys);
	sort_by(a, b, count, keys, NODE_KINDS);
	graph->by_id = merge_kinds(graph, b, count);
	sort_by(graph->by_id, a, count, keys, rank_places(graph, true, keys));
	sort_by(a, b, count, keys, rank_places(graph, false, keys));
	for (nid n = 1; n <= count; n++)
		keys[n] = graph->nodes.items[n].kind;
	sort_by(b, a, count, keys, NODE_KINDS);
	free(b);
	free(keys);
	/* The first node of all has number 1. */
	for (unsigned k = 0; k <= NODE_KINDS; k++)
		graph->kind_start[k]++;
	return a;
}
