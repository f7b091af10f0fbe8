/*
 * Freezing: the passes in their order, and what is left to do between them.
 * It must not know: how a pass does its work.
 */
#include "builder.h"
#include "ids.h"

/* Parameters and recipes that are only mentioned are mentioned by ARN, which tells where they are.
 */
static void
place_by_arn(struct builder *b)
{
	for (nid n = 1; n < b->graph->nodes.count; n++) {
		struct node *node = builder_node_at(b, n);
		struct arn arn;

		if ((node->kind != NODE_PARAMETER && node->kind != NODE_RECIPE) ||
			!id_parse_arn(graph_text(b->graph, node->id), &arn))
			continue;
		if (arn.account.len)
			node->account = builder_text(b, arn.account);
		id_parse_arn(graph_text(b->graph, node->id), &arn); /* adding text moves the pool */
		if (arn.region.len)
			node->region = builder_text(b, arn.region);
	}
}

/* --- gaps and notices ------------------------------------------------------------------------ */

static int
compare_gaps(const void *a, const void *b, const struct graph *graph)
{
	const struct gap *x = a;
	const struct gap *y = b;
	const struct strpool *strings = &graph->strings;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strpool_compare(strings, x->account, y->account);
	if (order == 0)
		order = strpool_compare(strings, x->region, y->region);
	if (order == 0)
		order = strpool_compare(strings, x->subject, y->subject);
	if (order == 0 && x->by != y->by)
		return x->by < y->by ? -1 : 1;
	return order ? order : strpool_compare(strings, x->text, y->text);
}

static void
sort_gaps(struct graph *graph)
{
	size_t kept = 0;

	sort_items(graph->gaps.items, graph->gaps.count, sizeof(*graph->gaps.items), compare_gaps,
		graph);
	for (size_t i = 0; i < graph->gaps.count; i++) {
		if (kept == 0 || compare_gaps(&graph->gaps.items[kept - 1], &graph->gaps.items[i],
					 graph) != 0)
			graph->gaps.items[kept++] = graph->gaps.items[i];
	}
	graph->gaps.count = kept;
}

static int
compare_failed(const void *a, const void *b, const struct graph *graph)
{
	const struct failed_call *x = a;
	const struct failed_call *y = b;
	const struct strpool *strings = &graph->strings;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strpool_compare(strings, x->account, y->account);
	if (order == 0)
		order = strpool_compare(strings, x->region, y->region);
	if (order == 0)
		order = strpool_compare(strings, x->action, y->action);
	if (order == 0)
		order = strpool_compare(strings, x->code, y->code);
	return order ? order : strpool_compare(strings, x->text, y->text);
}

static int
compare_notices(const void *a, const void *b, const struct graph *graph)
{
	const struct notice *x = a;
	const struct notice *y = b;
	int order = strcmp(x->code, y->code);

	if (order == 0)
		order = strpool_compare(&graph->strings, graph_node(graph, x->node)->id,
			graph_node(graph, y->node)->id);
	if (order == 0)
		order = strpool_compare(&graph->strings, x->text, y->text);
	if (order == 0)
		order = strpool_compare(&graph->strings, x->account, y->account);
	return order ? order : strpool_compare(&graph->strings, x->region, y->region);
}

/* A notice stands where its node is, else where its document is. Those of fallen records fall. */
static void
add_notices(struct builder *b)
{
	struct graph *graph = b->graph;
	size_t kept = 0;

	vec_foreach (pending, &b->notices) {
		const struct node *node = graph_node(graph, pending->node);
		const struct document *document = &graph->documents.items[pending->doc];
		struct notice notice = {
			.code = pending->code, .node = pending->node, .text = pending->text};

		if (builder_is_dead(b, pending->record))
			continue;
		notice.account = node->account ? node->account : document->account;
		notice.region = node->region ? node->region : document->region;
		vec_push(&graph->notices, notice);
	}
	sort_items(graph->notices.items, graph->notices.count, sizeof(*graph->notices.items),
		compare_notices, graph);
	for (size_t i = 0; i < graph->notices.count; i++) {
		if (kept == 0 || compare_notices(&graph->notices.items[kept - 1],
					 &graph->notices.items[i], graph) != 0)
			graph->notices.items[kept++] = graph->notices.items[i];
	}
	graph->notices.count = kept;
	vec_release(&b->notices);
}

/* --- whose resources are ours ---------------------------------------------------------------- */

static int
compare_accounts(const void *a, const void *b, const struct graph *graph)
{
	return strpool_compare(&graph->strings, *(const sid *)a, *(const sid *)b);
}

/* The one owner that all instances share; 0 if there are none, several, or one that is not told. */
static sid
owner_of_instances(const struct graph *graph)
{
	sid owner = 0;

	graph_foreach (n, graph, NODE_INSTANCE) {
		const struct node *node = graph_node(graph, n);

		if (!node->defined)
			continue;
		if (!node->owner || (owner && owner != node->owner))
			return 0;
		owner = node->owner;
	}
	return owner;
}

static void
find_ours(struct graph *graph, const struct freeze_options *options)
{
	const sid *accounts = options && options->account_count ? options->accounts : NULL;
	uint32_t count = accounts ? options->account_count : 0;
	sid owner = owner_of_instances(graph);
	size_t kept = 0;

	if (!count && options && options->identity_count) {
		accounts = options->identities;
		count = options->identity_count;
	}
	if (!count && owner) {
		accounts = &owner;
		count = 1;
	}
	for (uint32_t i = 0; i < count; i++) {
		/* count is 1 where accounts is the address of owner */
		/* cppcheck-suppress objectIndex */
		sid account = accounts[i];

		if (account)
			vec_push(&graph->ours, account);
	}
	sort_items(graph->ours.items, graph->ours.count, sizeof(sid), compare_accounts, graph);
	for (size_t i = 0; i < graph->ours.count; i++) {
		if (kept == 0 || graph->ours.items[kept - 1] != graph->ours.items[i])
			graph->ours.items[kept++] = graph->ours.items[i];
	}
	graph->ours.count = kept;
}

int
builder_freeze(struct builder *b, const struct freeze_options *options, struct graph **out,
	struct err *err)
{
	nid *sorted;
	int code;

	if (b->too_many)
		return err_set(err, ERR_LIMIT,
			"more than 4 billion resources, references or records; name fewer "
			"inventories");
	code = freeze_records(b, err);
	if (code)
		return code;
	freeze_lineage(b);
	freeze_sides(b);
	freeze_templates(b);
	freeze_references(b);
	freeze_parameters(b);
	place_by_arn(b);
	if (b->too_many)
		return err_set(err, ERR_LIMIT,
			"more than 4 billion resources, references or records; name fewer "
			"inventories");
	vec_release(&b->claims);
	/* From here on no node is made, by_id finds them, and only sentences are added. */
	vec_release(&b->named);
	strpool_seal(&b->graph->strings);
	sorted = freeze_order(b->graph);
	freeze_numbers(b, sorted);
	free(sorted);
	freeze_blocks(b);
	freeze_edges(b->graph);
	freeze_coverage(b);
	sort_gaps(b->graph);
	sort_items(b->graph->failed.items, b->graph->failed.count, sizeof(*b->graph->failed.items),
		compare_failed, b->graph);
	add_notices(b);
	find_ours(b->graph, options);
	*out = b->graph;
	b->graph = NULL;
	return 0;
}
