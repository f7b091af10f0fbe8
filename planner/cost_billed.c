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
	graph_foreach (n, graph, NODE_SNAPSHOT) {
		cid cell = lineage_cell(&cost->lineages, n);

		if (cell) /* BYTES_UNKNOWN is the largest number: it stays */
			cost->billed[cell] = bytes_sum(cost->billed[cell], billed_bytes(cost, n));
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
	return family_is_tree(family_at(cost, family)) && cost->facts[family].whole;
}

/* `sure`: of what is billed, the part after which nothing of its lineages stays. What the sizes say
 * is freed, is, whatever was billed in another month. */
static void
apply(struct bytes *bytes, uint64_t billed, uint64_t sure)
{
	bool exactly = sure == billed;

	if (bytes->level == LEVEL_EXACT)
		return;
	if (sure != BYTES_UNKNOWN && sure > bytes->min)
		bytes->min = sure;
	if (billed == BYTES_UNKNOWN || (!exactly && !bytes->unsized && billed >= bytes->max))
		return;
	bytes->max = billed > bytes->min ? billed : bytes->min;
	bytes->unsized = 0;
	bytes->level = LEVEL_BILLED;
}

/* Marks in cost->scratch what goes and has nothing after it that does not: children come later. */
static void
mark_ends(const struct cost *cost, const struct family *family, const uint8_t *fates)
{
	uint8_t *ends = cost->scratch;

	for (cid c = family->start; c < family->start + family->count; c++)
		ends[c] = fates[c] == CELL_GOES && cost->billed[c] != BYTES_UNKNOWN;
	for (cid c = family->start + family->count; c-- > family->start;) {
		cid parent = cost->lineages.cells.items[c].parent;

		if (parent && !ends[c])
			ends[parent] = false;
	}
}

void
bill_freed(const struct cost *cost, uint32_t family, const uint8_t *fates, struct bytes *bytes)
{
	const struct family *f = family_at(cost, family);
	bool known = is_known(cost, family);
	uint64_t billed = 0, sure = 0;

	if (!cost->billed)
		return;
	mark_ends(cost, f, fates);
	for (cid c = f->start; c < f->start + f->count; c++) {
		/* What vanishes may have been billed for blocks of what goes. */
		if (fates[c] != CELL_STAYS)
			billed = bytes_sum(billed, cost->billed[c]);
		if (known && cost->scratch[c])
			sure = bytes_sum(sure, cost->billed[c]);
	}
	apply(bytes, billed, sure);
}

void
bill_freed_alone(const struct cost *cost, cid cell, struct bytes *bytes)
{
	bool is_end =
		!cost->first_child[cell] && is_known(cost, cost->lineages.cells.items[cell].family);

	if (cost->billed)
		apply(bytes, cost->billed[cell], is_end ? cost->billed[cell] : 0);
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
