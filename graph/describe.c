/*
 * From the claims of a snapshot's description to edges, and how far each is to be believed.
 * It must not know: the grammar (description.c), or whether the ids exist.
 */
#include "builder.h"
#include "description.h"
#include "ids.h"

/* Claims of a description that are edges at once. A mention says "made for", and is hardly to be
 * believed. Where it came from is settled at freeze (lineage.c). */
static const struct {
	enum node_kind kind;
	enum edge_kind edge;
} claim_edges[] = {
	[CLAIM_MADE_FOR] = {NODE_IMAGE, EDGE_MADE_FOR},
	[CLAIM_SOURCE_INSTANCE] = {NODE_NONE, EDGE_NONE},
	[CLAIM_SOURCE_VOLUME] = {NODE_NONE, EDGE_NONE},
	[CLAIM_SOURCE_IMAGE] = {NODE_IMAGE, EDGE_COPIED_IMAGE},
	[CLAIM_SOURCE_SNAPSHOT] = {NODE_SNAPSHOT, EDGE_COPIED_SNAPSHOT},
	[CLAIM_MENTIONS] = {NODE_IMAGE, EDGE_MADE_FOR},
};

/* False for what EC2 writes as the volume of a snapshot that was copied or imported, and for what
 * is no volume's id at all: EC2 always prints one. */
static bool
is_real_volume(struct slice volume)
{
	return id_is(volume, "vol-") && !slice_is(volume, "vol-ffffffff");
}

/* CreateImage's text on a copied snapshot was copied with it: the AMI it names may be another
 * region's. */
static bool
is_of_this_place(const struct description *d, struct slice volume)
{
	if (d->form != DESCRIPTION_CREATE_IMAGE)
		return true;
	for (unsigned i = 0; i < d->count; i++) {
		if (d->claims[i].role == CLAIM_SOURCE_VOLUME && !is_real_volume(d->claims[i].id))
			return false;
	}
	return is_real_volume(volume);
}

static enum edge_belief
claim_belief(const struct description *d, enum claim_role role, struct slice volume)
{
	if (role == CLAIM_MENTIONS)
		return BELIEF_WEAK;
	if (role != CLAIM_MADE_FOR)
		return BELIEF_STRONG;
	if (!is_of_this_place(d, volume))
		return BELIEF_WEAK;
	return description_is_made_for(d->form) ? BELIEF_STRONG : BELIEF_WEAK;
}

void
builder_describe(
	struct builder *b, nid snapshot, struct slice description, struct slice volume, rid record)
{
	struct description d;
	const struct record *of = &b->graph->records.items[record];
	sid matched;
	sid whole;

	description_read(description, &d);
	if (of->row && builder_node_at(b, of->node)->kind == NODE_SNAPSHOT)
		b->graph->snapshots.items[of->row].form = (uint8_t)d.form;
	if (d.count == 0)
		return;
	matched = builder_text(b, d.matched);
	whole = builder_text(b, description);
	for (unsigned i = 0; i < d.count; i++) {
		const struct claim *claim = &d.claims[i];
		nid to;

		if (claim_edges[claim->role].edge == EDGE_NONE)
			continue;
		to = builder_node(b, claim_edges[claim->role].kind, claim->id);
		builder_edge(b, snapshot, to, claim_edges[claim->role].edge, SOURCE_DESCRIPTION,
			claim_belief(&d, claim->role, volume),
			claim->role == CLAIM_MENTIONS ? whole : matched, record);
	}
}
