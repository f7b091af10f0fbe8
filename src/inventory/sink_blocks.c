/*
 * Block lists of the EBS direct APIs, all pages together: which blocks a snapshot has, and which
 * differ between two. It must not know: files, how JSON is walked, what is made of the blocks.
 */
#include "sink.h"

#define BLOCK_SIZE_USUAL 524288u

static struct block_set
kept_set(const struct block_set *set)
{
	struct block_set kept = {NULL, set->count};

	if (set->count == 0)
		return kept;
	kept.words = xcalloc(set->count, sizeof(*kept.words));
	memcpy(kept.words, set->words, set->count * sizeof(*kept.words));
	return kept;
}

static bool
check_block_size(struct sink *sink, const struct blocks_record *record)
{
	if (record->block_size <= UINT32_MAX)
		return true;
	return sink_fail(sink, SLICE_NONE, record->at, ERR_VALUE,
		"BlockSize is %llu: EBS has blocks of %u bytes",
		(unsigned long long)record->block_size, BLOCK_SIZE_USUAL);
}

static void
take_blocks(struct sink *sink, const struct blocks_record *record, nid first)
{
	const struct blocks_read *read = &record->blocks;
	struct block_list list = {
		.first = first,
		.second = builder_node(sink->builder, NODE_SNAPSHOT, record->second),
		.block_size = record->block_size ? (uint32_t)record->block_size : BLOCK_SIZE_USUAL,
		.blocks = kept_set(&read->has),
	};

	/* Saved without tokens, a list does not say which side lacks a block. */
	if (first && read->tokens) {
		list.not_in_first = kept_set(&read->not_in_first);
		list.not_in_second = kept_set(&read->not_in_second);
	}
	builder_blocks_take(sink->builder, &list, sink->doc);
}

bool
sink_blocks(struct sink *sink, const void *record)
{
	const struct blocks_record *blocks = record;

	if (!sink_own_id(sink, NODE_SNAPSHOT, "SnapshotId", blocks->second, blocks->at) ||
		!check_block_size(sink, blocks))
		return false;
	take_blocks(sink, blocks, 0);
	return true;
}

bool
sink_changed_blocks(struct sink *sink, const void *record)
{
	const struct blocks_record *blocks = record;

	if (!sink_own_id(sink, NODE_SNAPSHOT, "FirstSnapshotId", blocks->first, blocks->at) ||
		!sink_own_id(sink, NODE_SNAPSHOT, "SecondSnapshotId", blocks->second, blocks->at) ||
		!check_block_size(sink, blocks))
		return false;
	take_blocks(sink, blocks, builder_node(sink->builder, NODE_SNAPSHOT, blocks->first));
	return true;
}
