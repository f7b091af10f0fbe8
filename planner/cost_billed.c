/*
 * What a bill says of lineages and instances.
 * It must not know: prices, files.
 *
 * Every stored block is billed to one snapshot that refers to it; when that one goes, to a later
 * one that needs it still. So what goes frees at most what is billed for it, and exactly that if
 * nothing later of its lineages stays. A bill is of a month that is over: what was made since is
 * not in it, and then it tells nothing of the lineage.
 * Source: https://repost.aws/knowledge-center/ebs-snapshot-billing
 */
#include "cost_internal.h"

/* What is billed at the end of the month, where the month was not even. */
static uint64_t
billed_bytes(const struct cost *cost, nid snapshot)
{
	struct slice id = graph_text(cost->graph, graph_node(cost->graph, snapshot)->id);
	const struct billed *billed = billed_find(cost->bill, id, BILLED_SNAPSHOT);

	if (!billed || !(billed->rows & BILLED_USAGE))
		return BYTES_UNKNOWN;
	if (!billed->partial)
		return billed->bytes;
	return billed->bytes_last ? billed->bytes_last : BYTES_UNKNOWN;
}

void
bill_find(struct cost *cost)
{
	const struct graph *graph = cost->graph;

	if (!cost->bill)
		return;
	cost->billed = xcalloc(cost->lineages.cells.count, sizeof(*cost->billed));
	for (uint32_t i = graph->kind_start[NODE_SNAPSHOT];
		i < graph->kind_start[NODE_SNAPSHOT + 1]; i++) {
		cid cell = cost->lineages.cell_of[graph->sorted[i]];

		if (cell) /* BYTES_UNKNOWN is the largest number: it stays */
			cost->billed[cell] =
				bytes_sum(cost->billed[cell], billed_bytes(cost, graph->sorted[i]));
	}
}

static const struct family *
family_at(const struct cost *cost, uint32_t family)
{
	return &cost->lineages.families.items[family];
}

/* Every relative is known, so that "nothing later" can be said. */
static bool
is_known(const struct cost *cost, uint32_t family)
{
	return family_is_tree(family_at(cost, family)) && cost->facts[family].listed;
}

static void
apply(struct bytes *bytes, uint64_t billed, bool exactly)
{
	if (billed == BYTES_UNKNOWN || bytes->level == LEVEL_EXACT)
		return;
	if (exactly) {
		*bytes = (struct bytes){billed, billed, 0, LEVEL_BILLED};
		return;
	}
	if (!bytes->unsized && billed >= bytes->max)
		return;
	/* What is surely freed, is, whatever was billed in another month. */
	bytes->max = billed > bytes->min ? billed : bytes->min;
	bytes->unsized = 0;
	bytes->level = LEVEL_BILLED;
}

void
bill_freed(const struct cost *cost, uint32_t family, const uint8_t *fates, struct bytes *bytes)
{
	const struct family *f = family_at(cost, family);
	bool exactly = is_known(cost, family);
	uint64_t billed = 0;

	if (!cost->billed)
		return;
	for (cid c = f->start; c < f->start + f->count; c++) {
		cid parent = cost->lineages.cells.items[c].parent;

		/* What vanishes may have been billed for blocks of what goes. */
		if (fates[c] != CELL_STAYS)
			billed = bytes_sum(billed, cost->billed[c]);
		if (fates[c] == CELL_VANISHES ||
			(fates[c] == CELL_STAYS && parent && fates[parent] != CELL_STAYS))
			exactly = false;
	}
	apply(bytes, billed, exactly);
}

void
bill_freed_alone(const struct cost *cost, cid cell, struct bytes *bytes)
{
	if (cost->billed)
		apply(bytes, cost->billed[cell],
			!cost->first_child[cell] &&
				is_known(cost, cost->lineages.cells.items[cell].family));
}

/*
 * What is billed for those that stay, and, at most, what goes over to them: that counts with the
 * mapped ones, unless there are none.
 */
bool
bill_stored(const struct cost *cost, uint32_t family, const uint8_t *fates, struct bytes *mapped,
	struct bytes *others)
{
	const struct family *f = family_at(cost, family);
	uint64_t sums[2] = {0, 0}, going = 0;
	bool stays[2] = {false, false};
	struct bytes freed = {.level = LEVEL_RANGE};

	if (!cost->billed)
		return false;
	for (cid c = f->start; c < f->start + f->count; c++) {
		unsigned part = cost->mapped[c] != 0;
		uint64_t *sum = fates[c] == CELL_STAYS ? &sums[part] : &going;

		*sum = bytes_sum(*sum, cost->billed[c]);
		stays[part] = stays[part] || fates[c] == CELL_STAYS;
	}
	if (sums[0] == BYTES_UNKNOWN || sums[1] == BYTES_UNKNOWN || going == BYTES_UNKNOWN)
		return false;
	if (going)
		freed = family_freed(cost, family, fates);
	going = going > freed.min ? going - freed.min : 0;
	*mapped = (struct bytes){sums[1], sums[1], 0, LEVEL_BILLED};
	*others = (struct bytes){sums[0], sums[0], 0, LEVEL_BILLED};
	if (stays[1])
		mapped->max = bytes_sum(mapped->max, going);
	else if (stays[0])
		others->max = bytes_sum(others->max, going);
	return true;
}

/* --- instances -------------------------------------------------------------------------------- */

enum bill_cover
bill_cover_of(const struct cost *cost, nid instance)
{
	struct slice id = graph_text(cost->graph, graph_node(cost->graph, instance)->id);
	const struct billed *billed = billed_find(cost->bill, id, BILLED_INSTANCE);
	uint8_t paid = BILLED_RESERVED | BILLED_SAVINGS_PLAN;

	if (!billed)
		return COVER_UNKNOWN;
	if (!(billed->rows & BILLED_USAGE))
		return billed->rows & paid ? COVER_ALL : COVER_UNKNOWN;
	return billed->rows & paid || billed->partial ? COVER_UNKNOWN : COVER_NONE;
}
