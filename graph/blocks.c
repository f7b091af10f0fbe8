/*
 * Block lists of the EBS direct APIs: pages joined, incomplete ones left out, found by their
 * snapshots. It must not know: what is made of them.
 */
#include "builder.h"

void
builder_blocks_take(struct builder *b, const struct block_list *list, uint32_t doc)
{
	vec_push(&b->graph->blocks, *list);
	vec_push(&b->block_docs, doc);
}

static void
release_list(struct block_list *list)
{
	free(list->blocks.words);
	free(list->not_in_first.words);
	free(list->not_in_second.words);
	*list = (struct block_list){0};
}

void
blocks_release(struct graph *graph)
{
	vec_foreach (list, &graph->blocks)
		release_list(list);
	vec_release(&graph->blocks);
}

static int
compare_ends(const struct block_list *list, nid first, nid second)
{
	if (list->first != first)
		return list->first < first ? -1 : 1;
	return (list->second > second) - (list->second < second);
}

static int
compare_lists(const void *a, const void *b, const struct graph *graph)
{
	const struct block_list *y = b;

	(void)graph;
	return compare_ends(a, y->first, y->second);
}

static void
join_set(struct block_set *to, const struct block_set *from)
{
	if (from->count > to->count) {
		to->words = xreallocarray(to->words, from->count, sizeof(*to->words));
		memset(to->words + to->count, 0, (from->count - to->count) * sizeof(*to->words));
		to->count = from->count;
	}
	for (size_t i = 0; i < from->count; i++)
		to->words[i] |= from->words[i];
}

static void
join_list(struct block_list *to, struct block_list *from)
{
	join_set(&to->blocks, &from->blocks);
	join_set(&to->not_in_first, &from->not_in_first);
	join_set(&to->not_in_second, &from->not_in_second);
	release_list(from);
}

/* The snapshots of a page that has more pages after it: half a list is no list. */
static void
note_unfinished(struct builder *b, struct block_list *list, uint32_t doc)
{
	static const char text[] = "its block list is one page of several: put all pages together";

	builder_notice(b, "blocks-incomplete", list->second,
		builder_text(b, (struct slice){text, sizeof(text) - 1}), doc);
	list->block_size = 0;
}

/* Lists of the same snapshots are pages, unless their blocks differ in size: then neither counts.
 */
void
freeze_blocks(struct builder *b)
{
	struct graph *graph = b->graph;
	struct block_list *lists = graph->blocks.items;
	size_t kept = 0;

	for (size_t i = 0; i < graph->blocks.count; i++)
		if (graph->documents.items[b->block_docs.items[i]].more)
			note_unfinished(b, &lists[i], b->block_docs.items[i]);
	sort_items(lists, graph->blocks.count, sizeof(*lists), compare_lists, graph);
	for (size_t i = 0; i < graph->blocks.count; i++) {
		if (kept == 0 || compare_lists(&lists[kept - 1], &lists[i], graph) != 0) {
			lists[kept++] = lists[i];
			continue;
		}
		if (lists[kept - 1].block_size != lists[i].block_size)
			lists[kept - 1].block_size = 0;
		join_list(&lists[kept - 1], &lists[i]);
	}
	graph->blocks.count = kept;
}

const struct block_list *
graph_blocks(const struct graph *graph, nid first, nid second)
{
	size_t low = 0, high = graph->blocks.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct block_list *list = &graph->blocks.items[middle];
		int order = compare_ends(list, first, second);

		if (order == 0)
			return list->block_size ? list : NULL;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
