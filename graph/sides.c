/*
 * Side documents: permissions, locks, tiers, protection. They describe no resource; they complete
 * the winning record of one. It must not know: which record wins (duplicates.c).
 */
#include "builder.h"

static void
add_side(struct builder *b, struct side_fact fact)
{
	fact.seq = (uint32_t)b->sides.count;
	vec_push(&b->sides, fact);
}

static void
add_grantee(struct builder *b, nid of, struct slice grantee, struct slice member)
{
	if (grantee.len)
		builder_edge(b, of, builder_node(b, NODE_ACCOUNT, grantee), EDGE_SHARED_WITH,
			SOURCE_FIELD, BELIEF_FACT, builder_text(b, member), 0);
}

void
builder_image_permission(struct builder *b, nid image, struct slice grantee, uint32_t doc)
{
	add_grantee(b, image, grantee, SLICE("LaunchPermissions"));
	builder_image_permissions_read(b, image, doc);
}

void
builder_image_permissions_read(struct builder *b, nid image, uint32_t doc)
{
	add_side(b, (struct side_fact){.kind = SIDE_IMAGE_PERMISSIONS, .node = image, .doc = doc});
}

void
builder_image_launched(struct builder *b, nid image, int64_t time, uint32_t doc)
{
	add_side(b, (struct side_fact){
			    .kind = SIDE_IMAGE_LAUNCHED, .node = image, .doc = doc, .time = time});
}

void
builder_snapshot_permission(struct builder *b, nid snapshot, struct slice grantee, uint32_t doc)
{
	add_grantee(b, snapshot, grantee, SLICE("CreateVolumePermissions"));
	builder_snapshot_permissions_read(b, snapshot, doc);
}

void
builder_snapshot_permissions_read(struct builder *b, nid snapshot, uint32_t doc)
{
	add_side(b, (struct side_fact){
			    .kind = SIDE_SNAPSHOT_PERMISSIONS, .node = snapshot, .doc = doc});
}

void
builder_snapshot_lock(struct builder *b, nid snapshot, sid state, int64_t expires, uint32_t doc)
{
	add_side(b, (struct side_fact){.kind = SIDE_SNAPSHOT_LOCK,
			    .node = snapshot,
			    .doc = doc,
			    .text = state,
			    .time = expires});
}

void
builder_snapshot_tier(struct builder *b, nid snapshot, sid tier, int64_t archived, uint32_t doc)
{
	add_side(b, (struct side_fact){.kind = SIDE_SNAPSHOT_TIER,
			    .node = snapshot,
			    .doc = doc,
			    .text = tier,
			    .time = archived});
}

void
builder_snapshot_fast_restore(struct builder *b, nid snapshot, uint32_t doc)
{
	add_side(
		b, (struct side_fact){.kind = SIDE_SNAPSHOT_RESTORE, .node = snapshot, .doc = doc});
}

void
builder_instance_protected(struct builder *b, nid instance, bool value, uint32_t doc)
{
	add_side(b, (struct side_fact){.kind = SIDE_INSTANCE_PROTECTED,
			    .node = instance,
			    .doc = doc,
			    .value = value});
}

/* --- freeze ---------------------------------------------------------------------------------- */

static int
compare_sides(const void *a, const void *b, const struct graph *graph)
{
	const struct side_fact *x = a;
	const struct side_fact *y = b;

	(void)graph;
	if (x->doc != y->doc)
		return x->doc < y->doc ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
apply_to_image(struct image *row, const struct side_fact *fact)
{
	if (fact->kind == SIDE_IMAGE_PERMISSIONS)
		row->permissions_read = YES;
	if (fact->kind == SIDE_IMAGE_LAUNCHED && fact->time > row->last_launched)
		row->last_launched = fact->time;
}

/* A lock that has not expired holds over one that has; else the one that lasts longer. */
static bool
locks_more(
	const struct graph *graph, const struct snapshot_traits *row, const struct side_fact *fact)
{
	bool mine = !slice_is(graph_text(graph, row->lock_state), "expired");
	bool other = !slice_is(graph_text(graph, fact->text), "expired");

	if (row->lock_state == 0 || mine != other)
		return row->lock_state == 0 || other;
	return fact->time > row->lock_expires;
}

static void
apply_to_snapshot(struct builder *b, struct snapshot *row, const struct side_fact *fact)
{
	struct snapshot_traits traits = b->graph->snapshot_traits.items[row->traits];

	if (fact->kind == SIDE_SNAPSHOT_PERMISSIONS)
		row->permissions_read = YES;
	if (fact->kind == SIDE_SNAPSHOT_LOCK && locks_more(b->graph, &traits, fact)) {
		traits.lock_state = fact->text;
		traits.lock_expires = fact->time;
	}
	if (fact->kind == SIDE_SNAPSHOT_TIER) {
		traits.tier = fact->text ? fact->text : traits.tier;
		traits.archived = fact->time;
	}
	if (fact->kind == SIDE_SNAPSHOT_RESTORE)
		traits.fast_restores++;
	row->traits = builder_snapshot_traits(b, row->traits, &traits);
}

/* Where two documents disagree on the protection of an instance, it is protected. */
static void
apply_to_instance(struct instance *row, const struct side_fact *fact)
{
	if (fact->kind == SIDE_INSTANCE_PROTECTED && row->protected_ != YES)
		row->protected_ = fact->value ? YES : NO;
}

void
freeze_sides(struct builder *b)
{
	struct graph *graph = b->graph;

	/* Where two documents disagree, the word that keeps more holds, else the later one. */
	sort_items(b->sides.items, b->sides.count, sizeof(*b->sides.items), compare_sides, graph);
	vec_foreach (fact, &b->sides) {
		const struct node *node = builder_node_at(b, fact->node);

		if (node->row == 0)
			continue;
		if (node->kind == NODE_IMAGE)
			apply_to_image(&graph->images.items[node->row], fact);
		else if (node->kind == NODE_SNAPSHOT)
			apply_to_snapshot(b, &graph->snapshots.items[node->row], fact);
		else if (node->kind == NODE_INSTANCE)
			apply_to_instance(&graph->instances.items[node->row], fact);
	}
	vec_release(&b->sides);
}
