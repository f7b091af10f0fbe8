/*
 * What a snapshot came from, its volume and the instance of its description: edges only where a
 * document describes the volume or the instance. Those that are gone explain nothing, and there is
 * one for nearly every snapshot. It must not know: the grammar of descriptions.
 */
#include "builder.h"
#include "description.h"

static void
link_to(struct builder *b, nid from, struct slice id, enum edge_kind kind, const struct edge *how)
{
	nid to = builder_find(b, id);

	if (to && builder_node_at(b, to)->defined)
		builder_edge(b, from, to, kind, (enum edge_source)how->source,
			(enum edge_belief)how->belief, how->detail, how->record);
}

/* What the description says of it. Slices of the pool: nothing is interned while they are used. */
static void
link_described(struct builder *b, nid node, const struct snapshot *row, rid record)
{
	const struct edge how = {.source = SOURCE_DESCRIPTION,
		.belief = BELIEF_STRONG,
		.detail = row->description,
		.record = record};
	struct description d;

	description_read(graph_text(b->graph, row->description), &d);
	for (unsigned i = 0; i < d.count; i++) {
		if (d.claims[i].role == CLAIM_SOURCE_INSTANCE)
			link_to(b, node, d.claims[i].id, EDGE_SOURCE_INSTANCE, &how);
		else if (d.claims[i].role == CLAIM_SOURCE_VOLUME)
			link_to(b, node, d.claims[i].id, EDGE_SNAPSHOT_OF, &how);
	}
}

void
freeze_lineage(struct builder *b)
{
	struct graph *graph = b->graph;
	sid member = builder_text(b, SLICE("VolumeId"));

	for (rid r = 1; r < graph->records.count; r++) {
		struct record record = graph->records.items[r];

		if (record.dead || !record.row ||
			builder_node_at(b, record.node)->kind != NODE_SNAPSHOT)
			continue;
		struct snapshot row = graph->snapshots.items[record.row];
		const struct edge field = {.source = SOURCE_FIELD, .detail = member, .record = r};

		link_to(b, record.node, graph_text(graph, row.volume), EDGE_SNAPSHOT_OF, &field);
		link_described(b, record.node, &row, r);
	}
}
