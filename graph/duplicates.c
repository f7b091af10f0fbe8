/*
 * One resource, several records: which one wins, which fall, and when two documents contradict each
 * other. It must not know: what the members mean, except the three that must agree (owner, creation
 * time, mapped snapshots).
 *
 * Within a document the later record of an id wins whole: a listing that prints a resource twice
 * prints the newer state last. Between documents of one account and region the three members must
 * agree; of the rest the word that keeps more holds (merge.c), and the edges of both hold.
 * Between accounts the owner's own document wins whole; if neither is the owner's, both hold. An
 * account or region that is not known may be any, so it is compared with all and replaced by none.
 */
#include "builder.h"
#include "json_pull.h"

/* A record of a node that has several, with what decides among them. */
struct twin {
	rid record;
	uint32_t doc;
	uint64_t at;
	sid account, region; /* of the document */
};

/* Two records of one AMI that must map the same snapshots; `later` is where an error is placed. */
struct mapping_pair {
	rid earlier, later;
};

struct mapping {
	rid record;
	nid snapshot;
};

struct duplicates {
	struct builder *b;
	VEC(struct twin) twins;
	VEC(struct mapping_pair) pairs;
	VEC(struct mapping) mappings;
};

static const struct document *
document_of(const struct builder *b, rid record)
{
	return &b->graph->documents.items[b->graph->records.items[record].doc];
}

/* As the user would have to name it. */
static const char *
file_of(const struct document *document)
{
	const char *name = document->opened ? document->opened : document->path;

	return name ? name : "";
}

static int
conflict(const struct builder *b, struct err *err, rid later, rid earlier, const char *what)
{
	const struct document *here = document_of(b, later);
	const struct record *record = &b->graph->records.items[later];
	const char *there = file_of(document_of(b, earlier));
	uint32_t line = 0;
	uint32_t column = 0;

	if (here->bytes && record->at <= here->size)
		json_place((struct slice){here->bytes, here->size}, (size_t)record->at, &line,
			&column);
	return err_set_at(err, ERR_CONFLICT, file_of(here), line, column,
		"%s %s in %s; two inventories of different times? remove one",
		graph_id(b->graph, record->node), what, *there ? there : "another document");
}

static int
compare_by_document(const void *a, const void *b, const struct graph *graph)
{
	const struct twin *x = a;
	const struct twin *y = b;

	(void)graph;
	if (x->doc != y->doc)
		return x->doc < y->doc ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->record < y->record ? -1 : x->record > y->record;
}

static int
compare_by_place(const void *a, const void *b, const struct graph *graph)
{
	const struct twin *x = a;
	const struct twin *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	return compare_by_document(a, b, graph);
}

static void
drop(struct duplicates *d, size_t i)
{
	d->b->graph->records.items[d->twins.items[i].record].dead = true;
}

static bool
has_fallen(const struct duplicates *d, size_t i)
{
	return builder_is_dead(d->b, d->twins.items[i].record);
}

static void
collect_twins(struct duplicates *d, rid newest)
{
	const struct graph *graph = d->b->graph;

	d->twins.count = 0;
	for (rid r = newest; r; r = graph->records.items[r].older) {
		const struct record *record = &graph->records.items[r];
		const struct document *document = document_of(d->b, r);

		vec_push(&d->twins, ((struct twin){r, record->doc, record->at, document->account,
					    document->region}));
	}
	sort_items(d->twins.items, d->twins.count, sizeof(*d->twins.items), compare_by_document,
		graph);
}

/* Drops from the list the records that fell. */
static void
keep_living(struct duplicates *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->twins.count; i++) {
		if (!has_fallen(d, i))
			d->twins.items[kept++] = d->twins.items[i];
	}
	d->twins.count = kept;
}

/* One parameter may stand several times in a document, once for each version asked for: all of its
 * values are values. */
static void
drop_within_documents(struct duplicates *d, enum node_kind kind)
{
	if (kind == NODE_PARAMETER)
		return;
	for (size_t i = 0; i + 1 < d->twins.count; i++) {
		if (d->twins.items[i].doc == d->twins.items[i + 1].doc)
			drop(d, i);
	}
	keep_living(d);
}

/* The owner that the records state: one that reads its own resource is believed first, then the
 * later one. */
static sid
stated_owner(const struct duplicates *d)
{
	sid owner = 0;

	vec_foreach (twin, &d->twins) {
		sid stated = d->b->claims.items[twin->record].owner;

		if (stated && stated == twin->account)
			return stated;
		owner = stated ? stated : owner;
	}
	return owner;
}

/* Two accounts that both call it theirs cannot both be right. */
static int
check_claims(const struct duplicates *d, struct err *err)
{
	const struct claim_of_record *claims = d->b->claims.items;
	const struct twin *first = NULL;

	vec_foreach (twin, &d->twins) {
		char what[160];

		if (!twin->account || claims[twin->record].owner != twin->account)
			continue;
		if (!first)
			first = twin;
		if (twin->account == first->account)
			continue;
		snprintf(what, sizeof(what), "belongs to %s here, but to %s",
			strpool_text(&d->b->graph->strings, twin->account),
			strpool_text(&d->b->graph->strings, first->account));
		return conflict(d->b, err, twin->record, first->record, what);
	}
	return 0;
}

static void
drop_foreign_views(struct duplicates *d)
{
	sid owner = stated_owner(d);
	bool own = false;

	vec_foreach (twin, &d->twins)
		own = own || (owner && twin->account == owner);
	if (!own)
		return;
	for (size_t i = 0; i < d->twins.count; i++) {
		sid account = d->twins.items[i].account;

		if (account && account != owner)
			drop(d, i);
	}
	keep_living(d);
}

/* --- agreement ------------------------------------------------------------------------------- */

static int64_t
created_at(const struct graph *graph, enum node_kind kind, uint32_t row)
{
	if (kind == NODE_IMAGE)
		return graph->images.items[row].created;
	return kind == NODE_SNAPSHOT ? graph->snapshots.items[row].started : TIME_NONE;
}

/* True for ids that exist once in the world, so that two regions cannot both be right. */
static bool
is_unique_kind(enum node_kind kind)
{
	return kind == NODE_IMAGE || kind == NODE_SNAPSHOT || kind == NODE_INSTANCE ||
	       kind == NODE_VOLUME;
}

static int
check_region(const struct duplicates *d, const struct twin *x, const struct twin *y,
	enum node_kind kind, struct err *err)
{
	const struct strpool *strings = &d->b->graph->strings;
	char what[160];

	if (!is_unique_kind(kind) || !x->region || !y->region || x->region == y->region)
		return 0;
	snprintf(what, sizeof(what), "is in %s here, but in %s", strpool_text(strings, y->region),
		strpool_text(strings, x->region));
	return conflict(d->b, err, y->record, x->record, what);
}

static int
check_owner(const struct duplicates *d, const struct twin *x, const struct twin *y, struct err *err)
{
	const struct strpool *strings = &d->b->graph->strings;
	sid one = d->b->claims.items[x->record].owner;
	sid two = d->b->claims.items[y->record].owner;
	char what[160];

	if (!one || !two || one == two)
		return 0;
	snprintf(what, sizeof(what), "belongs to %s here, but to %s", strpool_text(strings, two),
		strpool_text(strings, one));
	return conflict(d->b, err, y->record, x->record, what);
}

static int
check_created(const struct duplicates *d, const struct twin *x, const struct twin *y,
	enum node_kind kind, struct err *err)
{
	const struct graph *graph = d->b->graph;
	int64_t one = created_at(graph, kind, graph->records.items[x->record].row);
	int64_t two = created_at(graph, kind, graph->records.items[y->record].row);
	char one_text[TIME_TEXT_SIZE];
	char two_text[TIME_TEXT_SIZE];
	char what[160];

	if (one == two || one == TIME_NONE || two == TIME_NONE)
		return 0;
	time_format(one, one_text);
	time_format(two, two_text);
	snprintf(what, sizeof(what), "was created %s here, but %s", two_text, one_text);
	return conflict(d->b, err, y->record, x->record, what);
}

/* `x` and `y` are of places that may be one. */
static int
check_pair(struct duplicates *d, const struct twin *x, const struct twin *y, enum node_kind kind,
	struct err *err)
{
	int code;

	if (compare_by_document(x, y, NULL) > 0) {
		const struct twin *earlier = y;

		y = x;
		x = earlier;
	}
	code = check_region(d, x, y, kind, err);
	if (!code)
		code = check_owner(d, x, y, err);
	if (!code)
		code = check_created(d, x, y, kind, err);
	/* Only describe-images prints mappings: the Recycle Bin's list has none. */
	if (!code && kind == NODE_IMAGE && document_of(d->b, x->record)->kind == DOC_IMAGES &&
		document_of(d->b, y->record)->kind == DOC_IMAGES)
		vec_push(&d->pairs, ((struct mapping_pair){x->record, y->record}));
	return code;
}

/*
 * Each record is compared with its neighbour of the same account, and the first of each account
 * with the last of unknown account: agreement is handed on, so that is enough.
 */
static int
check_agreement(struct duplicates *d, enum node_kind kind, struct err *err)
{
	const struct twin *twins = d->twins.items;
	const struct twin *unknown = NULL;

	if (!twins)
		return 0;
	sort_items(d->twins.items, d->twins.count, sizeof(*d->twins.items), compare_by_place,
		d->b->graph);
	for (size_t i = 0; i < d->twins.count; i++) {
		const struct twin *twin = twins + i;
		const struct twin *before = i ? twin - 1 : NULL;

		if (before && before->account != twin->account)
			before = unknown;
		if (before) {
			int code = check_pair(d, before, twin, kind, err);

			if (code)
				return code;
		}
		if (twin->account == 0)
			unknown = twin;
	}
	sort_items(d->twins.items, d->twins.count, sizeof(*d->twins.items), compare_by_document,
		d->b->graph);
	return 0;
}

static int
check_kinds(const struct duplicates *d, struct err *err)
{
	for (size_t i = 1; i < d->twins.count; i++) {
		rid one = d->twins.items[i - 1].record;
		rid two = d->twins.items[i].record;
		char what[160];

		if (d->b->claims.items[one].kind == d->b->claims.items[two].kind)
			continue;
		snprintf(what, sizeof(what), "is %s here, but %s",
			node_kind_title((enum node_kind)d->b->claims.items[two].kind),
			node_kind_title((enum node_kind)d->b->claims.items[one].kind));
		return conflict(d->b, err, two, one, what);
	}
	return 0;
}

/* --- the winner ------------------------------------------------------------------------------ */

static void
add_members(struct builder *b, struct node *node, rid record)
{
	const struct claim_of_record *claim = &b->claims.items[record];
	const struct document *document = document_of(b, record);

	node->name = node->name ? node->name : claim->name;
	node->owner = node->owner ? node->owner : claim->owner;
	node->account = node->account ? node->account : document->account;
	node->region = node->region ? node->region : document->region;
}

/* The winner's members come first; what it does not tell comes from the other living records. */
static void
crown(struct builder *b, struct node *node, rid winner)
{
	node->record = winner;
	node->row = b->graph->records.items[winner].row;
	node->state = b->claims.items[winner].state;
	add_members(b, node, winner);
}

static void
finish(struct node *node)
{
	if (node->owner)
		node->account = node->owner;
}

/* Chains the records anew: the winner, then the other living ones, then those that fell. */
static void
relink(struct duplicates *d, struct node *node)
{
	struct record *records = d->b->graph->records.items;
	rid fallen = 0;
	rid next;

	for (rid r = node->record; r; r = next) {
		next = records[r].older;
		if (records[r].dead) {
			records[r].older = fallen;
			fallen = r;
		}
	}
	vec_foreach (twin, &d->twins) {
		records[twin->record].older = fallen;
		fallen = twin->record;
	}
	node->record = fallen;
}

static int
settle_twins(struct duplicates *d, struct node *node, struct err *err)
{
	enum node_kind kind = (enum node_kind)node->kind;
	int code;

	collect_twins(d, node->record);
	code = check_kinds(d, err);
	if (code)
		return code;
	drop_within_documents(d, kind);
	code = check_claims(d, err);
	if (code)
		return code;
	drop_foreign_views(d);
	code = check_agreement(d, kind, err);
	if (code)
		return code;
	relink(d, node);
	crown(d->b, node, node->record);
	for (size_t i = d->twins.count; i-- > 0;)
		add_members(d->b, node, d->twins.items[i].record);
	merge_records(d->b, node);
	return 0;
}

/* --- mapped snapshots ------------------------------------------------------------------------ */

static int
compare_mappings(const void *a, const void *b, const struct graph *graph)
{
	const struct mapping *x = a;
	const struct mapping *y = b;

	(void)graph;
	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return x->snapshot < y->snapshot ? -1 : x->snapshot > y->snapshot;
}

/* The mappings of the records in question, sorted, each once. */
static void
collect_mappings(struct duplicates *d)
{
	const struct graph *graph = d->b->graph;
	bool *wanted = xcalloc(graph->records.count, sizeof(*wanted));
	size_t kept = 0;

	vec_foreach (pair, &d->pairs)
		wanted[pair->earlier] = wanted[pair->later] = true;
	for (size_t e = 1; e < graph->edges.count; e++) {
		const struct edge *edge = &graph->edges.items[e];

		if (edge->kind == EDGE_MAPS && wanted[edge->record])
			vec_push(&d->mappings, ((struct mapping){edge->record, edge->to}));
	}
	free(wanted);
	sort_items(d->mappings.items, d->mappings.count, sizeof(*d->mappings.items),
		compare_mappings, graph);
	for (size_t i = 0; i < d->mappings.count; i++) {
		if (kept == 0 || compare_mappings(&d->mappings.items[kept - 1],
					 &d->mappings.items[i], NULL) != 0)
			d->mappings.items[kept++] = d->mappings.items[i];
	}
	d->mappings.count = kept;
}

/* Position of the first mapping of `record`. */
static size_t
first_mapping(const struct duplicates *d, rid record)
{
	size_t low = 0;
	size_t high = d->mappings.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->mappings.items[middle].record < record)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The snapshot at `i` if that mapping is of `record`, else the number behind all. */
static nid
mapped_at(const struct duplicates *d, size_t i, rid record)
{
	bool here = i < d->mappings.count && d->mappings.items[i].record == record;

	return here ? d->mappings.items[i].snapshot : UINT32_MAX;
}

static int
check_mapping(const struct duplicates *d, const struct mapping_pair *pair, struct err *err)
{
	size_t i = first_mapping(d, pair->earlier);
	size_t j = first_mapping(d, pair->later);
	char what[160];

	for (;; i++, j++) {
		nid one = mapped_at(d, i, pair->earlier);
		nid two = mapped_at(d, j, pair->later);

		if (one == UINT32_MAX && two == UINT32_MAX)
			return 0;
		if (one == two)
			continue;
		if (two < one)
			snprintf(what, sizeof(what), "maps %s here, but not",
				graph_id(d->b->graph, two));
		else
			snprintf(what, sizeof(what), "does not map %s here, but does",
				graph_id(d->b->graph, one));
		return conflict(d->b, err, pair->later, pair->earlier, what);
	}
}

static int
check_mappings(struct duplicates *d, struct err *err)
{
	if (d->pairs.count)
		collect_mappings(d);
	vec_foreach (pair, &d->pairs) {
		int code = check_mapping(d, pair, err);

		if (code)
			return code;
	}
	return 0;
}

int
freeze_records(struct builder *b, struct err *err)
{
	struct duplicates d = {.b = b};
	int code = 0;

	for (nid n = 1; n < b->graph->nodes.count && !code; n++) {
		struct node *node = builder_node_at(b, n);

		if (!node->record)
			continue;
		if (b->graph->records.items[node->record].older)
			code = settle_twins(&d, node, err);
		else
			crown(b, node, node->record);
		finish(node);
	}
	if (!code)
		code = check_mappings(&d, err);
	if (!code)
		merge_claims(b);
	vec_release(&d.twins);
	vec_release(&d.pairs);
	vec_release(&d.mappings);
	return code;
}
