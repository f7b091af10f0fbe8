/*
 * Snapshots, those in the Recycle Bin too, and what other calls say of them: locks, tiers, fast
 * restores. It must not know: files, how JSON is walked.
 */
#include "sink.h"

#include "civil.h"

static enum doc_kind
kind_of(const struct snapshot_record *snapshot)
{
	if (snapshot->lock_state.len)
		return DOC_SNAPSHOT_LOCKS;
	return snapshot->bin_enter != TIME_NONE ? DOC_RECYCLE_BIN : DOC_SNAPSHOTS;
}

static void
snapshot_edges(struct sink *sink, nid node, const struct snapshot_record *snapshot, rid record)
{
	if (snapshot->description.len)
		builder_describe(
			sink->builder, node, snapshot->description, snapshot->volume, record);
	sink_backup(sink, node, &snapshot->tags, record);
}

static uint32_t
snapshot_row(struct sink *sink, const struct snapshot_record *snapshot, sid state_text, sid *name)
{
	const struct snapshot_traits traits = {
		.lock_expires = TIME_NONE,
		.bin_exit = snapshot->bin_exit,
		.archived = TIME_NONE,
		.restore_expiry = snapshot->restore_expiry,
		.tier = sink_text(sink, snapshot->tier),
		.data_key = sink_text(sink, snapshot->data_key),
		.state_text = state_text,
	};
	const struct snapshot row = {
		.description = sink_text(sink, snapshot->description),
		.volume = sink_text(sink, snapshot->volume),
		.traits = builder_snapshot_traits(sink->builder, 0, &traits),
		.started = snapshot->started,
		.full_bytes = snapshot->full_bytes,
		.size_gib = sink_u32(snapshot->size_gib),
		.tags = sink_tags(sink, &snapshot->tags, name),
		.encrypted = snapshot->encrypted,
	};

	return builder_row_snapshot(sink->builder, &row);
}

static void
make_snapshot(struct sink *sink, nid node, const struct snapshot_record *snapshot)
{
	struct record_facts facts = {.kind = NODE_SNAPSHOT, .id = snapshot->id};
	sid state_text = 0;

	if (snapshot->bin_enter != TIME_NONE)
		facts.state = STATE_SNAPSHOT_IN_BIN;
	else
		facts.state = sink_state(sink, node, NODE_SNAPSHOT, snapshot->state, &state_text);
	facts.doc = sink->doc;
	facts.at = snapshot->at;
	facts.owner = sink_text(sink, snapshot->owner);
	facts.row = snapshot_row(sink, snapshot, state_text, &facts.name);
	snapshot_edges(sink, node, snapshot, builder_record(sink->builder, &facts));
	sink_saw(sink, snapshot->started);
	sink_saw(sink, snapshot->completed);
	sink_saw(sink, snapshot->bin_enter);
}

bool
sink_snapshot(struct sink *sink, const void *record)
{
	const struct snapshot_record *snapshot = record;
	nid node;

	if (!sink_own_id(sink, NODE_SNAPSHOT, "SnapshotId", snapshot->id, snapshot->at))
		return false;
	/* Three calls answer with this key: the first record tells which one it was. */
	if (sink->records == 0)
		builder_document_at(sink->builder, sink->doc)->kind = kind_of(snapshot);
	node = builder_node(sink->builder, NODE_SNAPSHOT, snapshot->id);
	if (snapshot->lock_state.len)
		builder_snapshot_lock(sink->builder, node, sink_text(sink, snapshot->lock_state),
			snapshot->lock_expires, sink->doc);
	else
		make_snapshot(sink, node, snapshot);
	return true;
}

bool
sink_tier(struct sink *sink, const void *record)
{
	const struct tier_record *tier = record;

	if (!sink_own_id(sink, NODE_SNAPSHOT, "SnapshotId", tier->snapshot, tier->at))
		return false;
	builder_snapshot_tier(sink->builder,
		builder_node(sink->builder, NODE_SNAPSHOT, tier->snapshot),
		sink_text(sink, tier->tier), tier->archived, sink->doc);
	sink_saw(sink, tier->archived);
	return true;
}

bool
sink_fast_restore(struct sink *sink, const void *record)
{
	const struct restore_record *restore = record;
	struct slice zone = restore->zone.len ? restore->zone : restore->zone_id;
	uint32_t before = sink->restores.count;

	if (!sink_own_id(sink, NODE_SNAPSHOT, "SnapshotId", restore->snapshot, restore->at) ||
		!sink_zone(sink, restore->zone, restore->at))
		return false;
	if (slice_is(restore->state, "disabled"))
		return true;
	/* Two documents may list one zone; it is paid for once. */
	buf_clear(&sink->text);
	buf_add_slice(&sink->text, restore->snapshot);
	buf_add_char(&sink->text, ' ');
	buf_add_slice(&sink->text, zone);
	(void)strpool_add(&sink->restores, buf_slice(&sink->text));
	if (sink->restores.count != before)
		builder_snapshot_fast_restore(sink->builder,
			builder_node(sink->builder, NODE_SNAPSHOT, restore->snapshot), sink->doc);
	return true;
}
