/*
 * Nodes and their rows get the numbers of their places in the order of nodes, so whoever goes
 * through nodes in order goes through memory in order, and places are compared by comparing
 * numbers. It must not know: what the order is.
 */
#include "builder.h"

/* In place it would need no room, but wait for memory at each step from one item to the next. */
void *
arrange_items(void *items, size_t size, size_t count, const uint32_t *list)
{
	const char *from = items;
	char *to = xreallocarray(NULL, count, size);

	memcpy(to, from, size);
	for (size_t i = 1; i < count; i++)
		memcpy(to + i * size, from + list[i - 1] * size, size);
	free(items);
	return to;
}

/* Whatever names a node by its number gets the new one. */
static void
rename_nodes(struct builder *b, const nid *number)
{
	struct graph *graph = b->graph;

	for (size_t i = 0; i + 1 < graph->nodes.count; i++)
		graph->by_id[i] = number[graph->by_id[i]];
	vec_foreach (edge, &graph->edges) {
		edge->from = number[edge->from];
		edge->to = number[edge->to];
	}
	vec_foreach (record, &graph->records)
		record->node = number[record->node];
	vec_foreach (version, &graph->versions)
		version->template = number[version->template];
	vec_foreach (gap, &graph->gaps)
		gap->by = number[gap->by];
	vec_foreach (list, &graph->blocks) {
		list->first = number[list->first];
		list->second = number[list->second];
	}
	vec_foreach (notice, &b->notices)
		notice->node = number[notice->node];
}

static void
sort_nodes(struct builder *b, const nid *sorted)
{
	size_t count = b->graph->nodes.count - 1;
	nid *number = xcalloc(count + 1, sizeof(*number));

	for (nid n = 1; n <= count; n++)
		number[sorted[n - 1]] = n;
	rename_nodes(b, number);
	free(number);
	vec_arrange(&b->graph->nodes, sorted);
}

/* The kinds that there are many of. */
static const struct table {
	enum node_kind kind;
	size_t rows; /* offset in struct graph */
	size_t size; /* of a row */
} tables[] = {
#define TABLE(kind, member)                                                                        \
	{                                                                                          \
		kind, offsetof(struct graph, member),                                              \
			sizeof(*((struct graph *)NULL)->member.items)                              \
	}
	TABLE(NODE_IMAGE, images),
	TABLE(NODE_SNAPSHOT, snapshots),
	TABLE(NODE_INSTANCE, instances),
	TABLE(NODE_VOLUME, volumes),
#undef TABLE
};

/* The rows of nodes in the order of nodes, then those of records that fell. Returns the new
 * numbers.
 */
static uint32_t *
number_rows(const struct graph *graph, enum node_kind kind, size_t count)
{
	uint32_t *number = xcalloc(count, sizeof(*number));
	uint32_t next = 1;

	graph_foreach (n, graph, kind) {
		uint32_t row = graph_node(graph, n)->row;

		if (row && !number[row])
			number[row] = next++;
	}
	for (uint32_t row = 1; row < count; row++)
		if (!number[row])
			number[row] = next++;
	return number;
}

static void
rename_rows(struct graph *graph, enum node_kind kind, const uint32_t *number)
{
	graph_foreach (n, graph, kind)
		graph->nodes.items[n].row = number[graph->nodes.items[n].row];
	vec_foreach (record, &graph->records)
		if (graph_node(graph, record->node)->kind == kind)
			record->row = number[record->row];
}

static void
sort_rows(struct graph *graph, const struct table *table)
{
	struct vec_any rows;
	uint32_t *number, *list;

	memcpy(&rows, (char *)graph + table->rows, sizeof(rows));
	number = number_rows(graph, table->kind, rows.count);
	rename_rows(graph, table->kind, number);
	list = xcalloc(rows.count, sizeof(*list));
	for (uint32_t row = 1; row < rows.count; row++)
		list[number[row] - 1] = row;
	free(number);
	rows.items = arrange_items(rows.items, table->size, rows.count, list);
	rows.room = rows.count;
	memcpy((char *)graph + table->rows, &rows, sizeof(rows));
	free(list);
}

void
freeze_numbers(struct builder *b, const nid *sorted)
{
	sort_nodes(b, sorted);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		sort_rows(b->graph, &tables[i]);
}
