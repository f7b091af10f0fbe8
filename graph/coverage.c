/*
 * What was read, by account and region: for each kind of document complete, partial, empty, denied
 * or absent. It must not know: what a claim needs. "Nothing refers to it" is evidence only where
 * this says complete.
 *
 * A listing is complete when its last page is there (the one without a NextToken), for versions of
 * launch templates of each template. What is asked for item by item is complete when it was asked
 * for every item. Every gap lowers its kind to partial.
 */
#include "builder.h"

/* What is counted of a place; parallel to the rows. */
struct tally {
	size_t items[DOC_KINDS], read[DOC_KINDS]; /* of the kinds that are asked for item by item */
	size_t templates;
	bool alias_settled;
};

/* A document at its row, so that its pages can be found beside it. */
struct page {
	size_t row;
	const struct document *document;
};

struct coverages {
	struct builder *b;
	struct graph *graph;
	struct tally *tallies;
	VEC(struct page) pages;
};

/* --- rows ------------------------------------------------------------------------------------ */

static int
compare_places(const struct graph *graph, sid account, sid region, const struct coverage *row)
{
	int order = account == row->account
			    ? 0
			    : strpool_compare(&graph->strings, account, row->account);

	if (order == 0 && region != row->region)
		order = strpool_compare(&graph->strings, region, row->region);
	return order;
}

static int
compare_rows(const void *a, const void *b, const struct graph *graph)
{
	const struct coverage *x = a;

	return compare_places(graph, x->account, x->region, b);
}

static void
add_row(struct graph *graph, sid account, sid region)
{
	size_t count = graph->coverage.count;

	if (count && graph->coverage.items[count - 1].account == account &&
		graph->coverage.items[count - 1].region == region)
		return;
	vec_push(&graph->coverage, ((struct coverage){.account = account, .region = region}));
}

static const enum node_kind item_kinds[] = {NODE_IMAGE, NODE_SNAPSHOT, NODE_INSTANCE};

/* Places of documents that know theirs, and of every item. Neighbours are mostly equal, since nodes
 * are walked in order of place. */
static void
add_rows(struct coverages *c)
{
	struct graph *graph = c->graph;

	for (size_t d = 1; d < graph->documents.count; d++) {
		const struct document *document = &graph->documents.items[d];

		if (document->kind != DOC_NONE && document->account && document->region)
			add_row(graph, document->account, document->region);
	}
	vec_foreach (vouch, &c->b->vouches)
		add_row(graph, vouch->account, vouch->region);
	vec_foreach (collection, &c->b->collections)
		add_row(graph, collection->account, collection->region);
	for (size_t k = 0; k < sizeof(item_kinds) / sizeof(item_kinds[0]); k++) {
		graph_foreach (n, graph, item_kinds[k]) {
			const struct node *node = graph_node(graph, n);

			if (node->defined)
				add_row(graph, node->account, node->region);
		}
	}
}

static void
sort_rows(struct graph *graph)
{
	size_t kept = 0;

	sort_items(graph->coverage.items, graph->coverage.count, sizeof(*graph->coverage.items),
		compare_rows, graph);
	for (size_t i = 0; i < graph->coverage.count; i++) {
		const struct coverage *row = &graph->coverage.items[i];

		if (kept == 0 || compare_rows(&graph->coverage.items[kept - 1], row, graph) != 0)
			graph->coverage.items[kept++] = *row;
	}
	graph->coverage.count = kept;
}

const struct coverage *
graph_coverage(const struct graph *graph, sid account, sid region)
{
	size_t low = 0;
	size_t high = graph->coverage.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct coverage *row = &graph->coverage.items[middle];
		int order = compare_places(graph, account, region, row);

		if (order == 0)
			return row;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

enum coverage_status
graph_covered(const struct graph *graph, sid account, sid region, enum doc_kind kind)
{
	const struct coverage *row = graph_coverage(graph, account, region);

	return row ? (enum coverage_status)row->status[kind] : COVERAGE_ABSENT;
}

/* Number of the row of a place; the count of rows if it has none. */
static size_t
row_number(const struct graph *graph, sid account, sid region)
{
	const struct coverage *row = graph_coverage(graph, account, region);

	return row ? (size_t)(row - graph->coverage.items) : graph->coverage.count;
}

/* --- pages ----------------------------------------------------------------------------------- */

static int
compare_pages(const void *a, const void *b, const struct graph *graph)
{
	const struct page *x = a;
	const struct page *y = b;

	(void)graph;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->document->kind != y->document->kind)
		return x->document->kind < y->document->kind ? -1 : 1;
	if (x->document->group != y->document->group)
		return x->document->group < y->document->group ? -1 : 1;
	return x->document < y->document ? -1 : x->document > y->document;
}

static bool
is_same_kind(const struct page *x, const struct page *y)
{
	return x->row == y->row && x->document->kind == y->document->kind;
}

/* The pages of one kind in one place, `count` of them, sorted by group: each group needs its last
 * page. */
static enum coverage_status
status_of_pages(const struct page *pages, size_t count)
{
	uint64_t records = 0;
	bool whole = true;
	size_t end;

	for (size_t i = 0; i < count; i = end) {
		bool last = false;

		for (end = i; end < count && pages[end].document->group == pages[i].document->group;
			end++) {
			last = last || !pages[end].document->more;
			records += pages[end].document->records;
		}
		whole = whole && last;
	}
	/* Three calls print an empty list of snapshots alike: it tells of none of them. */
	if (records == 0 && pages[0].document->kind == DOC_SNAPSHOTS)
		return COVERAGE_ABSENT;
	if (!whole)
		return COVERAGE_PARTIAL;
	return records ? COVERAGE_COMPLETE : COVERAGE_EMPTY;
}

static void
cover_pages(struct coverages *c)
{
	struct graph *graph = c->graph;
	size_t end;

	for (size_t d = 1; d < graph->documents.count; d++) {
		const struct document *document = &graph->documents.items[d];
		size_t row = row_number(graph, document->account, document->region);

		/* A collection's document speaks of other kinds; it is none that is read or not. */
		if (document->kind != DOC_NONE && document->kind != DOC_COLLECTION &&
			row < graph->coverage.count)
			vec_push(&c->pages, ((struct page){row, document}));
	}
	sort_items(c->pages.items, c->pages.count, sizeof(*c->pages.items), compare_pages, graph);
	for (size_t i = 0; i < c->pages.count; i = end) {
		const struct page *first = &c->pages.items[i];
		struct coverage *row = &graph->coverage.items[first->row];

		for (end = i; end < c->pages.count && is_same_kind(first, &c->pages.items[end]);
			end++)
			;
		row->seen[first->document->kind] = true;
		row->status[first->document->kind] = (uint8_t)status_of_pages(first, end - i);
	}
	vec_release(&c->pages);
}

/* --- item by item ---------------------------------------------------------------------------- */

/* What was asked of this one item; UNREAD if nothing. */
static uint8_t
asked_of(const struct graph *graph, nid n)
{
	const struct node *node = graph_node(graph, n);

	if (node->kind == NODE_IMAGE)
		return graph->images.items[node->row].permissions_read;
	if (node->kind == NODE_SNAPSHOT)
		return graph->snapshots.items[node->row].permissions_read;
	return graph->instances.items[node->row].protected_;
}

/* Kinds of document that answer for one item, with the kind of item. */
static const struct {
	enum doc_kind doc;
	enum node_kind node;
} per_item[] = {
	{DOC_LAUNCH_PERMISSIONS, NODE_IMAGE},
	{DOC_SNAPSHOT_PERMISSIONS, NODE_SNAPSHOT},
	{DOC_TERMINATION_PROTECTION, NODE_INSTANCE},
};

/* Counts the living items of a kind by row. They are walked by place, so the row is looked up once
 * a place. */
static void
count_items(struct coverages *c, enum node_kind kind, enum doc_kind doc)
{
	const struct graph *graph = c->graph;
	struct tally *tally = &c->tallies[graph->coverage.count];
	sid account = UINT32_MAX;
	sid region = UINT32_MAX;

	graph_foreach (n, graph, kind) {
		const struct node *node = graph_node(graph, n);

		if (!node->defined)
			continue;
		if (account != node->account || region != node->region) {
			account = node->account;
			region = node->region;
			tally = &c->tallies[row_number(graph, account, region)];
		}
		if (kind == NODE_LAUNCH_TEMPLATE) {
			tally->templates++;
		} else if (graph_is_live(graph, n)) {
			tally->items[doc]++;
			tally->read[doc] += asked_of(graph, n) != UNREAD;
		}
	}
}

static void
cover_items(struct coverages *c)
{
	struct graph *graph = c->graph;

	for (size_t k = 0; k < sizeof(per_item) / sizeof(per_item[0]); k++) {
		enum doc_kind doc = per_item[k].doc;

		count_items(c, per_item[k].node, doc);
		for (size_t i = 0; i < graph->coverage.count; i++) {
			struct coverage *row = &graph->coverage.items[i];
			const struct tally *tally = &c->tallies[i];
			enum coverage_status status = COVERAGE_PARTIAL;

			row->seen[doc] = row->seen[doc] || tally->read[doc];
			if (tally->read[doc] == tally->items[doc])
				status = row->seen[doc] ? COVERAGE_COMPLETE : COVERAGE_ABSENT;
			else if (tally->read[doc] == 0)
				status = COVERAGE_ABSENT;
			row->status[doc] = (uint8_t)status;
		}
	}
}

static void
cover_parameters(struct coverages *c)
{
	struct graph *graph = c->graph;

	vec_foreach (place, &c->b->settled)
		c->tallies[row_number(graph, place->account, place->region)].alias_settled = true;
	for (size_t i = 0; i < graph->coverage.count; i++) {
		struct coverage *row = &graph->coverage.items[i];
		bool any = row->seen[DOC_PARAMETERS] || c->tallies[i].alias_settled;

		row->status[DOC_PARAMETERS] = any ? COVERAGE_COMPLETE : COVERAGE_ABSENT;
	}
}

/* --- what rests on other kinds --------------------------------------------------------------- */

/* Of a kind that is asked for item by item, an empty answer is one about no item. */
static bool
lacks_items(const struct coverages *c, size_t row, enum doc_kind kind)
{
	return c->tallies[row].read[kind] < c->tallies[row].items[kind];
}

/* A collection document knows of empty and of refused answers, which leave no resource behind. */
static void
cover_vouched(struct coverages *c)
{
	struct graph *graph = c->graph;

	vec_foreach (vouch, &c->b->vouches) {
		size_t number = row_number(graph, vouch->account, vouch->region);
		struct coverage *row = &graph->coverage.items[number];
		uint8_t *status = &row->status[vouch->kind];

		if (vouch->status >= COVERAGE_PARTIAL)
			row->vouched[vouch->kind] = true;
		if (vouch->status == COVERAGE_PARTIAL && *status > COVERAGE_PARTIAL)
			*status = COVERAGE_PARTIAL;
		else if (*status == COVERAGE_ABSENT && vouch->status < COVERAGE_EMPTY)
			*status = vouch->status;
		else if (*status == COVERAGE_ABSENT && !lacks_items(c, number, vouch->kind))
			*status = COVERAGE_EMPTY;
	}
	vec_foreach (facts, &c->b->collections) {
		struct coverage *row =
			&graph->coverage.items[row_number(graph, facts->account, facts->region)];

		row->with_disabled = row->with_disabled || facts->disabled;
		for (size_t kind = 0; kind < DOC_KINDS; kind++)
			row->with_managed[kind] = row->with_managed[kind] || facts->managed[kind];
	}
}

/* Versions are complete only beside the list of templates: without it nobody knows whose versions
 * are missing. */
static void
cover_versions(struct coverages *c)
{
	struct graph *graph = c->graph;

	count_items(c, NODE_LAUNCH_TEMPLATE, DOC_NONE);
	for (size_t i = 0; i < graph->coverage.count; i++) {
		struct coverage *row = &graph->coverage.items[i];
		uint8_t *status = &row->status[DOC_TEMPLATE_VERSIONS];
		bool listed = row->status[DOC_LAUNCH_TEMPLATES] >= COVERAGE_EMPTY;

		if (listed && c->tallies[i].templates == 0 && *status < COVERAGE_PARTIAL)
			*status = COVERAGE_EMPTY;
		if (!listed && *status > COVERAGE_PARTIAL)
			*status = COVERAGE_PARTIAL;
	}
}

static bool
tells_image(const struct graph *graph, nid instance)
{
	struct edge_walk out = graph_out(graph, instance);

	while (edge_next(graph, &out))
		if (out.edge->kind == EDGE_LAUNCHED_FROM)
			return true;
	return false;
}

/* An instance that does not tell its AMI, as a list that somebody cut to fewer members has it, may
 * run from any. */
static void
find_imageless(struct coverages *c)
{
	struct builder *b = c->b;
	const struct graph *graph = c->graph;

	graph_foreach (instance, graph, NODE_INSTANCE) {
		const struct node *node = graph_node(graph, instance);

		if (!node->defined || !graph_is_live(graph, instance) ||
			tells_image(graph, instance))
			continue;
		buf_clear(&b->text);
		builder_name(b, instance);
		buf_add_text(&b->text, " does not tell from which AMI it was launched");
		builder_gap(b, builder_place(b, instance), DOC_INSTANCES, node->id, instance,
			builder_sentence(b));
	}
}

/* A place that is known in half or not at all may be any that agrees in the known half. */
static bool
may_be(const struct coverage *row, sid account, sid region)
{
	return (!account || !row->account || account == row->account) &&
	       (!region || !row->region || region == row->region);
}

/* A gap of a place that is not known whole is a gap in every place that may be meant. */
static void
spread_gaps(struct coverages *c)
{
	struct graph *graph = c->graph;
	size_t count = graph->gaps.count;

	for (size_t i = 0; i < count; i++) {
		struct gap gap = graph->gaps.items[i];
		sid account = gap.account;
		sid region = gap.region;

		if (account && region)
			continue;
		vec_foreach (row, &graph->coverage) {
			if (!may_be(row, account, region) ||
				(row->account == account && row->region == region))
				continue;
			gap.account = row->account;
			gap.region = row->region;
			vec_push(&graph->gaps, gap);
		}
	}
}

/* The last page of an unplaced listing is in hand. */
static bool
has_last_page(const struct graph *graph, const struct document *page)
{
	for (size_t d = 1; d < graph->documents.count; d++) {
		const struct document *other = &graph->documents.items[d];

		if (other->kind == page->kind && other->account == page->account &&
			other->region == page->region && other->group == page->group &&
			!other->more)
			return true;
	}
	return false;
}

/* One page of nobody knows which place's listing. */
static void
lower_by_pages(struct coverages *c)
{
	struct graph *graph = c->graph;

	for (size_t d = 1; d < graph->documents.count; d++) {
		const struct document *page = &graph->documents.items[d];

		if (page->kind == DOC_NONE || !page->more || (page->account && page->region) ||
			has_last_page(graph, page))
			continue;
		vec_foreach (row, &graph->coverage) {
			if (may_be(row, page->account, page->region) &&
				row->status[page->kind] > COVERAGE_PARTIAL)
				row->status[page->kind] = COVERAGE_PARTIAL;
		}
	}
}

static void
lower_by_gaps(struct coverages *c)
{
	struct graph *graph = c->graph;

	vec_foreach (gap, &graph->gaps) {
		size_t i = row_number(graph, gap->account, gap->region);

		if (i == graph->coverage.count)
			continue;
		if (graph->coverage.items[i].status[gap->kind] > COVERAGE_PARTIAL)
			graph->coverage.items[i].status[gap->kind] = COVERAGE_PARTIAL;
		/* A reference that nobody followed is a beginning of knowledge, not none. */
		if (gap->kind == DOC_PARAMETERS)
			graph->coverage.items[i].status[gap->kind] = COVERAGE_PARTIAL;
	}
}

void
freeze_coverage(struct builder *b)
{
	struct coverages c = {.b = b, .graph = b->graph};

	add_rows(&c);
	sort_rows(c.graph);
	/* One tally more, for places without a row. */
	c.tallies = xcalloc(c.graph->coverage.count + 1, sizeof(*c.tallies));
	cover_pages(&c);
	cover_items(&c);
	cover_parameters(&c);
	cover_vouched(&c);
	cover_versions(&c);
	find_imageless(&c);
	spread_gaps(&c);
	lower_by_gaps(&c);
	lower_by_pages(&c);
	free(c.tallies);
	vec_release(&b->vouches);
	vec_release(&b->collections);
	vec_release(&b->settled);
}
