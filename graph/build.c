/*
 * The builder's doors: records, edges, wishes and side facts go in, in any order; nothing is
 * decided before freeze. It must not know: what a winning record is, where references lead, policy.
 */
#include "builder.h"

/* Pushes the empty item number 0. */
#define push_none(v)                                                                               \
	do {                                                                                       \
		vec_reserve((v), 1);                                                               \
		memset((v)->items, 0, sizeof(*(v)->items));                                        \
		(v)->count = 1;                                                                    \
	} while (0)

struct builder *
builder_new(void)
{
	struct builder *b = xcalloc(1, sizeof(*b));
	struct graph *graph = xcalloc(1, sizeof(*graph));

	b->graph = graph;
	strpool_init(&graph->strings);
	push_none(&graph->nodes);
	push_none(&graph->edges);
	push_none(&graph->records);
	push_none(&graph->images);
	push_none(&graph->snapshots);
	push_none(&graph->instances);
	push_none(&graph->terms);
	push_none(&graph->image_traits);
	push_none(&graph->snapshot_traits);
	push_none(&graph->volumes);
	push_none(&graph->templates);
	push_none(&graph->versions);
	push_none(&graph->spot_requests);
	push_none(&graph->documents);
	push_none(&b->claims);
	/* The rows of phantoms: nothing is known, so no time is. */
	graph->images.items[0].created = TIME_NONE;
	graph->images.items[0].last_launched = TIME_NONE;
	graph->image_traits.items[0].bin_exit = TIME_NONE;
	graph->snapshots.items[0].started = TIME_NONE;
	graph->snapshot_traits.items[0].lock_expires = TIME_NONE;
	graph->snapshot_traits.items[0].bin_exit = TIME_NONE;
	graph->snapshot_traits.items[0].archived = TIME_NONE;
	graph->snapshot_traits.items[0].restore_expiry = TIME_NONE;
	graph->instances.items[0].launched = TIME_NONE;
	graph->newest = TIME_NONE;
	graph->collection_start = TIME_NONE;
	return b;
}

void
builder_free(struct builder *b)
{
	if (!b)
		return;
	graph_free(b->graph);
	vec_release(&b->named);
	vec_release(&b->claims);
	vec_release(&b->sides);
	vec_release(&b->templates);
	vec_release(&b->configurations);
	vec_release(&b->aliases);
	vec_release(&b->parameters);
	vec_release(&b->notices);
	vec_release(&b->settled);
	vec_release(&b->vouches);
	vec_release(&b->collections);
	vec_release(&b->block_docs);
	vec_release(&b->doubted);
	buf_release(&b->text);
	free(b);
}

sid
builder_text(struct builder *b, struct slice text)
{
	return strpool_add(&b->graph->strings, text);
}

uint32_t
builder_document(struct builder *b, const struct document *document)
{
	vec_push(&b->graph->documents, *document);
	return (uint32_t)(b->graph->documents.count - 1);
}

struct document *
builder_document_at(struct builder *b, uint32_t doc)
{
	return &b->graph->documents.items[doc];
}

/* Numbers are 32 bits wide: beyond that freeze fails, and until then the last number is used again.
 */
static uint32_t
next_number(struct builder *b, size_t count)
{
	if (count < UINT32_MAX)
		return (uint32_t)count;
	b->too_many = true;
	return UINT32_MAX - 1;
}

/* The entry of the direct table for a string. */
static nid *
named_at(struct builder *b, sid id)
{
	if (id >= b->named.count) {
		size_t old = b->named.count;

		vec_reserve(&b->named, (size_t)id + 1);
		b->named.count = b->named.room;
		memset(b->named.items + old, 0, (b->named.count - old) * sizeof(nid));
	}
	return &b->named.items[id];
}

nid
builder_node(struct builder *b, enum node_kind kind, struct slice id)
{
	sid text = strpool_add(&b->graph->strings, id);
	nid *n = named_at(b, text);

	if (*n == 0 && text != 0) {
		*n = next_number(b, b->graph->nodes.count);
		if (!b->too_many)
			vec_push(&b->graph->nodes,
				((struct node){.kind = (uint8_t)kind, .id = text}));
	}
	return *n;
}

nid
builder_find(const struct builder *b, struct slice id)
{
	sid text = strpool_find(&b->graph->strings, id);

	return text && text < b->named.count ? b->named.items[text] : 0;
}

rid
builder_record(struct builder *b, const struct record_facts *facts)
{
	struct graph *graph = b->graph;
	nid n = builder_node(b, facts->kind, facts->id);
	struct node *node = &graph->nodes.items[n];
	rid r = next_number(b, graph->records.count);

	if (b->too_many)
		return 0;
	/* A mention may have guessed the kind; a record knows it. */
	if (!node->defined)
		node->kind = (uint8_t)facts->kind;
	node->defined = true;
	vec_push(&graph->records, ((struct record){.node = n,
					  .doc = facts->doc,
					  .at = facts->at & UINT64_MAX >> 1,
					  .older = node->record,
					  .row = facts->row}));
	vec_push(&b->claims, ((struct claim_of_record){.name = facts->name,
				     .owner = facts->owner,
				     .kind = (uint8_t)facts->kind,
				     .state = (uint8_t)facts->state}));
	node->record = r;
	return r;
}

#define ROW_ADDER(name, type, table)                                                               \
	uint32_t builder_row_##name(struct builder *b, const struct type *row)                     \
	{                                                                                          \
		uint32_t number = next_number(b, b->graph->table.count);                           \
                                                                                                   \
		if (!b->too_many)                                                                  \
			vec_push(&b->graph->table, *row);                                          \
		return number;                                                                     \
	}
ROW_ADDER(image, image, images)
ROW_ADDER(snapshot, snapshot, snapshots)
ROW_ADDER(instance, instance, instances)
ROW_ADDER(volume, volume, volumes)
ROW_ADDER(template, template, templates)
ROW_ADDER(version, template_version, versions)
ROW_ADDER(spot_request, spot_request, spot_requests)

static bool
same_terms(const struct terms *x, const struct terms *y)
{
	return x->operation == y->operation && x->platform == y->platform &&
	       x->tenancy == y->tenancy && x->product_type == y->product_type &&
	       x->released_addresses == y->released_addresses &&
	       x->own_addresses == y->own_addresses && x->other_addresses == y->other_addresses &&
	       x->reserved == y->reserved;
}

/* Instances of one kind stand together in a listing: the row before is mostly the same. */
uint32_t
builder_terms(struct builder *b, const struct terms *terms)
{
	uint32_t number = next_number(b, b->graph->terms.count);

	if (same_terms(terms, &b->graph->terms.items[b->graph->terms.count - 1]))
		return (uint32_t)(b->graph->terms.count - 1);
	if (!b->too_many)
		vec_push(&b->graph->terms, *terms);
	return number;
}

static bool
same_image_traits(const struct image_traits *x, const struct image_traits *y)
{
	return x->bin_exit == y->bin_exit && x->architecture == y->architecture &&
	       x->protection == y->protection && x->owner_alias == y->owner_alias &&
	       x->image_type == y->image_type && x->root_device_type == y->root_device_type &&
	       x->product_code_type == y->product_code_type && x->state_text == y->state_text;
}

static bool
same_snapshot_traits(const struct snapshot_traits *x, const struct snapshot_traits *y)
{
	return x->lock_expires == y->lock_expires && x->bin_exit == y->bin_exit &&
	       x->archived == y->archived && x->restore_expiry == y->restore_expiry &&
	       x->lock_state == y->lock_state && x->tier == y->tier && x->data_key == y->data_key &&
	       x->state_text == y->state_text && x->fast_restores == y->fast_restores;
}

/* Neighbours in a listing are alike, or of few sorts: the newest rows are tried too. */
enum { TRAITS_TRIED = 8 };

#define TRAITS_ADDER(table)                                                                        \
	uint32_t builder_##table(struct builder *b, uint32_t before, const struct table *traits)   \
	{                                                                                          \
		uint32_t number = next_number(b, b->graph->table.count);                           \
		uint32_t oldest = number > TRAITS_TRIED ? number - TRAITS_TRIED : 0;               \
                                                                                                   \
		if (same_##table(traits, &b->graph->table.items[before]))                          \
			return before;                                                             \
		for (uint32_t row = number; row-- > oldest;)                                       \
			if (same_##table(traits, &b->graph->table.items[row]))                     \
				return row;                                                        \
		if (!b->too_many)                                                                  \
			vec_push(&b->graph->table, *traits);                                       \
		return number;                                                                     \
	}
TRAITS_ADDER(image_traits)
TRAITS_ADDER(snapshot_traits)

struct span
builder_tags(struct builder *b, const struct tag *tags, uint32_t count)
{
	struct span span = {next_number(b, b->graph->tags.count + count) - count, count};

	if (b->too_many)
		return (struct span){0, 0};
	for (uint32_t i = 0; i < count; i++)
		vec_push(&b->graph->tags, tags[i]);
	return span;
}

void
builder_edge(struct builder *b, nid from, nid to, enum edge_kind kind, enum edge_source source,
	enum edge_belief belief, sid detail, rid record)
{
	if (from == 0 || to == 0)
		return;
	next_number(b, b->graph->edges.count);
	if (b->too_many)
		return;
	vec_push(&b->graph->edges, ((struct edge){.from = from,
					   .to = to,
					   .detail = detail,
					   .record = record,
					   .kind = (uint8_t)kind,
					   .source = (uint8_t)source,
					   .belief = (uint8_t)belief}));
}

void
builder_attachment(struct builder *b, nid volume, nid instance, uint8_t goes,
	enum edge_source source, sid detail, rid record)
{
	size_t before = b->graph->edges.count;

	builder_edge(b, volume, instance, EDGE_ATTACHED_TO, source, BELIEF_FACT, detail, record);
	if (b->graph->edges.count > before)
		b->graph->edges.items[before].goes = goes;
}

void
builder_saw_time(struct builder *b, int64_t time)
{
	if (time > b->graph->newest)
		b->graph->newest = time;
}

void
builder_vouch(
	struct builder *b, sid account, sid region, enum doc_kind kind, enum coverage_status status)
{
	vec_push(&b->vouches, ((struct vouch){account, region, (uint8_t)kind, (uint8_t)status}));
}

void
builder_collected(struct builder *b, const struct collection_facts *facts)
{
	int64_t *start = &b->graph->collection_start;

	if (*start == TIME_NONE || facts->started < *start)
		*start = facts->started;
	vec_push(&b->collections, *facts);
}

void
builder_failed_call(struct builder *b, const struct failed_call *call)
{
	vec_push(&b->graph->failed, *call);
}

bool
builder_is_vouched(const struct builder *b, sid account, sid region, enum doc_kind kind)
{
	vec_foreach (vouch, &b->vouches)
		if (vouch->account == account && vouch->region == region && vouch->kind == kind &&
			vouch->status >= COVERAGE_EMPTY)
			return true;
	return false;
}
