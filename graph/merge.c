/*
 * One resource that several documents describe, none of them better than the others: of each member
 * that need not agree, the word that keeps more. No order of documents decides what may go.
 * It must not know: which records are alive (duplicates.c).
 */
#include "builder.h"
#include "description.h"

/* Absent is 0, UNREAD or TIME_NONE: less than whatever is told. */
static void
take_text(sid *mine, sid other)
{
	if (*mine == 0)
		*mine = other;
}

static void
take_flag(uint8_t *mine, uint8_t other)
{
	if (other > *mine)
		*mine = other;
}

static void
take_time(int64_t *mine, int64_t other)
{
	if (other > *mine)
		*mine = other;
}

static bool
has_tag(const struct graph *graph, struct span tags, struct tag tag)
{
	for (uint32_t i = 0; i < tags.count; i++) {
		const struct tag *mine = &graph->tags.items[tags.at + i];

		if (mine->key == tag.key && mine->value == tag.value)
			return true;
	}
	return false;
}

static int
compare_tags(const void *a, const void *b, const struct graph *graph)
{
	const struct tag *x = a;
	const struct tag *y = b;
	int order = strpool_compare(&graph->strings, x->key, y->key);

	return order ? order : strpool_compare(&graph->strings, x->value, y->value);
}

/* Both, where they differ: a key may then have two values. Sorted, so that its first value does not
 * hang on the order of documents. */
static void
join_tags(struct builder *b, struct span *mine, struct span other)
{
	const struct graph *graph = b->graph;
	VEC(struct tag) all = {0};

	for (uint32_t i = 0; i < mine->count; i++)
		vec_push(&all, graph->tags.items[mine->at + i]);
	for (uint32_t i = 0; i < other.count; i++) {
		struct tag tag = graph->tags.items[other.at + i];

		if (!has_tag(graph, *mine, tag))
			vec_push(&all, tag);
	}
	if (all.count > mine->count) {
		sort_items(all.items, all.count, sizeof(*all.items), compare_tags, graph);
		*mine = builder_tags(b, all.items, (uint32_t)all.count);
	}
	vec_release(&all);
}

/* --- descriptions ---------------------------------------------------------------------------- */

/* How little a form lets go: a manager's text most. */
static unsigned
hold_of(const struct graph *graph, sid text)
{
	struct description d;

	description_read(graph_text(graph, text), &d);
	switch (d.form) {
	case DESCRIPTION_CREATE_IMAGE:
	case DESCRIPTION_COPY_IMAGE:
		return 0;
	case DESCRIPTION_FREE:
	case DESCRIPTION_MOTO:
	case DESCRIPTION_COPY_SNAPSHOT:
	case DESCRIPTION_VM_IMPORT:
		return 1;
	case DESCRIPTION_LIFECYCLE:
	case DESCRIPTION_BACKUP:
		break;
	}
	return 2;
}

/* True if `mine` became the other. */
static bool
take_description(const struct graph *graph, sid *mine, sid other)
{
	if (other == 0 || other == *mine || hold_of(graph, other) <= hold_of(graph, *mine))
		return false;
	*mine = other;
	return true;
}

/* --- states ---------------------------------------------------------------------------------- */

/* How much is still to be reckoned with, for what uses other things. */
static unsigned
rank_of_user(enum state state)
{
	switch (state_life(state)) {
	case LIFE_LIVE:
		return 3;
	case LIFE_UNSETTLED:
		return 2;
	case LIFE_GONE:
		return 0;
	case LIFE_UNKNOWN:
		break;
	}
	return 1;
}

/* How far an AMI or snapshot is from being removed by us. */
static unsigned
rank_of_item(enum state state)
{
	if (state == STATE_IMAGE_IN_BIN || state == STATE_SNAPSHOT_IN_BIN)
		return 4;
	return 3 - rank_of_user(state);
}

static bool
is_item_kind(const struct node *node)
{
	return node->kind == NODE_IMAGE || node->kind == NODE_SNAPSHOT;
}

/* True if the other state holds. */
static bool
take_state(struct node *node, enum state other)
{
	enum state mine = (enum state)node->state;
	bool more = is_item_kind(node) ? rank_of_item(other) > rank_of_item(mine)
				       : rank_of_user(other) > rank_of_user(mine);

	if (more)
		node->state = (uint8_t)other;
	return more;
}

/* --- rows ------------------------------------------------------------------------------------ */

static void
merge_protection(
	const struct graph *graph, struct image_traits *mine, const struct image_traits *other)
{
	struct slice text = graph_text(graph, mine->protection);

	if (text.len == 0 || (other->protection && slice_is(text, "disabled")))
		mine->protection = other->protection ? other->protection : mine->protection;
}

static void
merge_image_traits(struct builder *b, uint32_t *number, uint32_t row, bool state)
{
	struct image_traits mine = b->graph->image_traits.items[*number];
	const struct image_traits other = b->graph->image_traits.items[row];

	take_time(&mine.bin_exit, other.bin_exit);
	if (state)
		mine.state_text = other.state_text;
	merge_protection(b->graph, &mine, &other);
	take_text(&mine.owner_alias, other.owner_alias);
	take_text(&mine.architecture, other.architecture);
	take_text(&mine.image_type, other.image_type);
	take_text(&mine.root_device_type, other.root_device_type);
	take_text(&mine.product_code_type, other.product_code_type);
	*number = builder_image_traits(b, *number, &mine);
}

/* A table may move while tags are joined, so rows are copied, and written back. */
static void
merge_image(struct builder *b, struct node *node, uint32_t row, bool state)
{
	struct image mine = b->graph->images.items[node->row];
	const struct image other = b->graph->images.items[row];

	take_time(&mine.created, other.created);
	take_time(&mine.last_launched, other.last_launched);
	merge_image_traits(b, &mine.traits, other.traits, state);
	(void)take_description(b->graph, &mine.description, other.description);
	take_flag(&mine.is_public, other.is_public);
	join_tags(b, &mine.tags, other.tags);
	b->graph->images.items[node->row] = mine;
}

static void
merge_snapshot_traits(struct builder *b, uint32_t *number, uint32_t row, bool state)
{
	struct snapshot_traits mine = b->graph->snapshot_traits.items[*number];
	const struct snapshot_traits other = b->graph->snapshot_traits.items[row];

	if (state)
		mine.state_text = other.state_text;
	take_time(&mine.bin_exit, other.bin_exit);
	take_time(&mine.restore_expiry, other.restore_expiry);
	take_text(&mine.tier, other.tier);
	take_text(&mine.data_key, other.data_key);
	*number = builder_snapshot_traits(b, *number, &mine);
}

static void
merge_snapshot(struct builder *b, struct node *node, uint32_t row, bool state)
{
	struct snapshot mine = b->graph->snapshots.items[node->row];
	const struct snapshot other = b->graph->snapshots.items[row];

	if (mine.description != other.description || mine.volume != other.volume)
		vec_push(&b->doubted, (nid)(node - b->graph->nodes.items));
	if (take_description(b->graph, &mine.description, other.description))
		mine.form = other.form;
	merge_snapshot_traits(b, &mine.traits, other.traits, state);
	take_time(&mine.started, other.started);
	take_text(&mine.volume, other.volume);
	take_flag(&mine.encrypted, other.encrypted);
	mine.size_gib = mine.size_gib ? mine.size_gib : other.size_gib;
	mine.full_bytes = mine.full_bytes ? mine.full_bytes : other.full_bytes;
	join_tags(b, &mine.tags, other.tags);
	b->graph->snapshots.items[node->row] = mine;
}

static void
merge_instance(struct builder *b, struct node *node, uint32_t row, bool state)
{
	struct instance mine = b->graph->instances.items[node->row];
	const struct instance other = b->graph->instances.items[row];

	if (state)
		mine.state_text = other.state_text;
	take_time(&mine.launched, other.launched);
	take_text(&mine.type, other.type);
	take_text(&mine.lifecycle, other.lifecycle);
	take_text(&mine.operator_principal, other.operator_principal);
	take_text(&mine.spot_request, other.spot_request);
	take_text(&mine.platform, other.platform);
	mine.terms = mine.terms ? mine.terms : other.terms;
	take_flag(&mine.managed, other.managed);
	take_flag(&mine.protected_, other.protected_);
	join_tags(b, &mine.tags, other.tags);
	b->graph->instances.items[node->row] = mine;
}

static void
merge_volume(struct builder *b, struct node *node, uint32_t row, bool state)
{
	struct volume mine = b->graph->volumes.items[node->row];
	const struct volume other = b->graph->volumes.items[row];

	if (state)
		mine.state_text = other.state_text;
	take_text(&mine.type, other.type);
	mine.size_gib = mine.size_gib ? mine.size_gib : other.size_gib;
	mine.iops = mine.iops ? mine.iops : other.iops;
	mine.throughput = mine.throughput ? mine.throughput : other.throughput;
	take_flag(&mine.delete_on_termination, other.delete_on_termination);
	b->graph->volumes.items[node->row] = mine;
}

/* There is room for two: of a third one it is told that not all are known. */
static void
add_default(struct template *mine, uint64_t version)
{
	if (mine->other_default && mine->other_default != version)
		mine->defaults_lost = true;
	else
		mine->other_default = version;
}

/* Read twice with a change of default between: which was later nobody knows, so both are live. */
static void
merge_template(struct builder *b, struct node *node, uint32_t row, bool state)
{
	struct template *mine = &b->graph->templates.items[node->row];
	const struct template *other = &b->graph->templates.items[row];

	(void)state;
	if (!mine->default_version)
		mine->default_version = other->default_version;
	else if (other->default_version && other->default_version != mine->default_version)
		add_default(mine, other->default_version);
	if (other->latest_version > mine->latest_version)
		mine->latest_version = other->latest_version;
}

static void
merge_version(struct builder *b, struct node *node, uint32_t row, bool state)
{
	struct template_version *mine = &b->graph->versions.items[node->row];

	(void)state;
	mine->is_default = mine->is_default || b->graph->versions.items[row].is_default;
}

/* A persistent request outlives its instance: one document that calls it so is enough. */
static void
merge_spot_request(struct builder *b, struct node *node, uint32_t row, bool state)
{
	struct spot_request *mine = &b->graph->spot_requests.items[node->row];
	sid other = b->graph->spot_requests.items[row].type;

	(void)state;
	if (!mine->type || slice_is(graph_text(b->graph, other), "persistent"))
		mine->type = other;
}

typedef void merge_rows(struct builder *b, struct node *node, uint32_t row, bool state);

/* Kinds without a table have nothing to join but their references. */
static merge_rows *const row_merges[NODE_KINDS] = {
	[NODE_IMAGE] = merge_image,
	[NODE_SNAPSHOT] = merge_snapshot,
	[NODE_INSTANCE] = merge_instance,
	[NODE_VOLUME] = merge_volume,
	[NODE_LAUNCH_TEMPLATE] = merge_template,
	[NODE_TEMPLATE_VERSION] = merge_version,
	[NODE_SPOT_REQUEST] = merge_spot_request,
};

/*
 * An AMI that one document calls deregistered and another one available holds its snapshots, and is
 * not ours to remove: its state is not known.
 */
static bool
is_gone_and_not(const struct node *node, enum state mine, enum state other)
{
	if (node->kind != NODE_IMAGE || mine == other)
		return false;
	return (mine == STATE_IMAGE_DEREGISTERED && other != STATE_IMAGE_IN_BIN) ||
	       (other == STATE_IMAGE_DEREGISTERED && mine != STATE_IMAGE_IN_BIN);
}

static void
tell_deregistered(struct builder *b, struct image *row)
{
	struct image_traits traits = b->graph->image_traits.items[row->traits];

	traits.state_text = builder_text(b, SLICE("deregistered"));
	row->traits = builder_image_traits(b, row->traits, &traits);
}

static void
merge_record(struct builder *b, struct node *node, rid record)
{
	enum state mine = (enum state)node->state;
	enum state other = (enum state)b->claims.items[record].state;
	uint32_t row = b->graph->records.items[record].row;
	bool state = take_state(node, other);

	if (node->row && row && row_merges[node->kind])
		row_merges[node->kind](b, node, row, state);
	if (!is_gone_and_not(node, mine, other))
		return;
	node->state = STATE_UNKNOWN;
	if (node->row)
		tell_deregistered(b, &b->graph->images.items[node->row]);
}

void
merge_records(struct builder *b, struct node *node)
{
	for (rid r = b->graph->records.items[node->record].older; r;
		r = b->graph->records.items[r].older) {
		if (!builder_is_dead(b, r))
			merge_record(b, node, r);
	}
}

void
merge_claims(struct builder *b)
{
	struct graph *graph = b->graph;
	bool *doubted;

	if (b->doubted.count == 0)
		return;
	doubted = xcalloc(graph->nodes.count, sizeof(*doubted));
	vec_foreach (n, &b->doubted)
		doubted[*n] = true;
	for (size_t e = 1; e < graph->edges.count; e++) {
		struct edge *edge = &graph->edges.items[e];

		if (edge->kind == EDGE_MADE_FOR && doubted[edge->from])
			edge->belief = BELIEF_WEAK;
	}
	free(doubted);
	vec_release(&b->doubted);
}
