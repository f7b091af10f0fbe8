/*
 * How many bytes a lineage stores and a deletion frees: by counted blocks where they were read,
 * else from full sizes and from what may survive. It must not know: prices.
 *
 * From sizes alone: a piece of neighbours that go frees at most the sum of its sizes, and at least
 * the largest of them less the sizes of the neighbours of the piece: whatever else of it survives,
 * survives in one of those. The second holds only if every relative is known, so it is asked for
 * only where the lineage is provably whole. docs/cost.md has the proof.
 */
#include "cost_internal.h"

/* Sums and differences of sizes. */
__extension__ typedef __int128 wide;

/* What cannot be: less than all sizes together could make up for. */
#define NEVER (-((wide)1 << 120))

uint64_t
bytes_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t
bytes_left(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static const struct cell *
cell_at(const struct cost *cost, cid cell)
{
	return &cost->lineages.cells.items[cell];
}

static const struct family *
family_at(const struct cost *cost, uint32_t family)
{
	return &cost->lineages.families.items[family];
}

static void
add_most(struct bytes *bytes, const struct cell *cell)
{
	if (cell->most == BYTES_UNKNOWN)
		bytes->unsized++;
	else
		bytes->max = bytes_sum(bytes->max, cell->most);
}

/* --- is everything known that may share a block? -----------------------------------------------
 */

/* What lies in the Recycle Bin of each place (row of the coverage): a listing of AMIs says nothing
 * of snapshots. */
struct bin {
	bool images, snapshots;
};

static void
look_into_bins(const struct graph *graph, enum node_kind kind, struct bin *bins)
{
	graph_foreach (n, graph, kind) {
		const struct node *node = graph_node(graph, n);
		const struct coverage *row;

		if (node->state != STATE_IMAGE_IN_BIN && node->state != STATE_SNAPSHOT_IN_BIN)
			continue;
		row = graph_coverage(graph, node->account, node->region);
		if (row && kind == NODE_IMAGE)
			bins[row - graph->coverage.items].images = true;
		else if (row)
			bins[row - graph->coverage.items].snapshots = true;
	}
}

static bool
bin_is_read(const struct cost *cost, const struct family *family, const struct bin *bins)
{
	const struct coverage *row = graph_coverage(cost->graph, family->account, family->region);
	const struct bin *bin = row ? &bins[row - cost->graph->coverage.items] : NULL;

	if (cost->plan->policy->assume_complete & KIND_BIT(DOC_RECYCLE_BIN))
		return true;
	return bin && kind_is_read(cost->plan, family->account, family->region, DOC_RECYCLE_BIN) &&
	       (bin->snapshots || !bin->images);
}

static struct family_facts
family_facts_of(const struct cost *cost, const struct family *family, const struct bin *bins)
{
	struct family_facts facts = {0};

	for (cid c = family->start; c < family->start + family->count; c++) {
		const struct cell *cell = cell_at(cost, c);

		facts.most = bytes_sum(facts.most, cell->most);
		if (cell->least > facts.least)
			facts.least = cell->least;
	}
	facts.listed = family->account && family->region &&
		       kind_is_read(cost->plan, family->account, family->region, DOC_SNAPSHOTS);
	facts.whole = facts.listed && bin_is_read(cost, family, bins);
	return facts;
}

void
families_weigh(struct cost *cost)
{
	size_t count = cost->lineages.families.count;
	struct bin *bins = xcalloc(cost->graph->coverage.count + 1, sizeof(*bins));

	look_into_bins(cost->graph, NODE_IMAGE, bins);
	look_into_bins(cost->graph, NODE_SNAPSHOT, bins);
	cost->facts = xcalloc(count + 1, sizeof(*cost->facts));
	cost->scratch = xcalloc(cost->lineages.cells.count, sizeof(*cost->scratch));
	for (size_t i = 0; i < count; i++)
		cost->facts[i] = family_facts_of(cost, family_at(cost, (uint32_t)i), bins);
	free(bins);
}

/* --- from sizes --------------------------------------------------------------------------------
 */

/*
 * The best choice of pieces below a cell, of all that leave the cell itself outside of any, and of
 * all that have it inside a piece that has or has not got its largest member yet.
 */
struct packing {
	wide outside, bare, peaked;
};

static struct packing
packing_of(const struct cost *cost, const uint8_t *fates, cid cell)
{
	struct packing packing = {0, 0, NEVER};

	if (fates[cell] == CELL_STAYS)
		packing.bare = NEVER;
	else if (fates[cell] == CELL_GOES)
		packing.peaked = cell_at(cost, cell)->least;
	return packing;
}

static wide
better(wide a, wide b)
{
	return a > b ? a : b;
}

/* A child and all below it. Where a piece ends between the two, the one outside is a neighbour. */
static void
pack_child(struct packing *into, uint64_t size, const struct packing *child, uint64_t child_size)
{
	wide below = better(child->bare, child->outside - child_size);

	into->peaked = better(into->peaked + below, into->bare + child->peaked);
	into->bare += below;
	into->outside += better(child->outside, child->peaked - size);
}

/*
 * Neighbours are known: a piece frees what its own neighbours cannot hold, its largest F less
 * theirs. More than that is sure. What only a part of the piece holds is freed with the whole, so
 * each part's word holds as well, with neighbours that may go or stay; and what one part alone
 * holds no other part does, so the words of parts that lie apart add up. (Of parts that touch, one
 * had better give up the smaller of the two cells at which they do: it then lies around both, but
 * the larger one around none.) The best sum over all parts is found in one pass, children first. A
 * greater set has all the parts of a smaller one: nothing becomes less sure by deleting more.
 */
static uint64_t
tree_frees_at_least(const struct cost *cost, const struct family *family, const uint8_t *fates)
{
	struct packing *packings = xcalloc(family->count, sizeof(*packings));
	wide least = 0;

	for (cid i = 0; i < family->count; i++)
		packings[i] = packing_of(cost, fates, family->start + i);
	for (cid i = family->count; i-- > 0;) {
		const struct cell *cell = cell_at(cost, family->start + i);
		cid parent = cell->parent;

		if (parent)
			pack_child(&packings[parent - family->start], cell_at(cost, parent)->most,
				&packings[i], cell->most);
		else
			least += better(packings[i].outside, packings[i].peaked);
	}
	free(packings);
	return least > (wide)UINT64_MAX ? UINT64_MAX : (uint64_t)least;
}

/* Neighbours are not known: anything that stays may hold anything. */
static uint64_t
heap_frees_at_least(const struct cost *cost, const struct family *family, const uint8_t *fates)
{
	uint64_t largest = 0, staying = 0;

	for (cid c = family->start; c < family->start + family->count; c++) {
		const struct cell *cell = cell_at(cost, c);

		if (fates[c] == CELL_STAYS)
			staying = bytes_sum(staying, cell->most);
		else if (fates[c] == CELL_GOES && cell->least > largest)
			largest = cell->least;
	}
	return bytes_left(largest, staying);
}

/* --- freed -------------------------------------------------------------------------------------
 */

/* What goes beyond what would have vanished anyway. */
static bool
count_freed(const struct cost *cost, uint32_t family, const uint8_t *fates, uint64_t *each,
	uint64_t *out)
{
	const struct family *f = family_at(cost, family);
	uint8_t *gone = cost->scratch;
	uint64_t all = 0, anyway = 0;
	bool vanishes = false, counted;

	if (cost->graph->blocks.count == 0)
		return false;
	for (cid c = f->start; c < f->start + f->count; c++) {
		gone[c] = fates[c] == CELL_VANISHES;
		vanishes = vanishes || gone[c];
	}
	counted = !vanishes || blocks_freed(cost, family, gone, NULL, &anyway);
	for (cid c = f->start; c < f->start + f->count; c++)
		gone[c] = fates[c] != CELL_STAYS;
	counted = counted && blocks_freed(cost, family, gone, each, &all);
	if (counted)
		*out = bytes_left(all, anyway);
	return counted;
}

/* What is counted of those that go where not all lists were read. Of all that can be counted, the
 * most: cells whose own list was read, and those of all their children. */
static void
count_part(const struct cost *cost, uint32_t family, const uint8_t *fates, struct bytes *bytes)
{
	const struct family *f = family_at(cost, family);
	uint8_t *gone = cost->scratch;
	uint64_t counted, most = 0;

	if (cost->graph->blocks.count == 0 || !family_is_tree(f) || !cost->facts[family].whole)
		return;
	for (cid c = f->start; c < f->start + f->count; c++) {
		cid parent = cell_at(cost, c)->parent;

		gone[c] = fates[c] == CELL_GOES && cost->blocks[c];
		if (parent && !cost->blocks[c])
			gone[parent] = false;
	}
	for (cid c = f->start; c < f->start + f->count; c++)
		most = gone[c] ? bytes_sum(most, cell_at(cost, c)->most) : most;
	if (blocks_freed(cost, family, gone, NULL, &counted) && counted <= most &&
		counted > bytes->min)
		bytes->min = counted;
}

/* Blocks of a size that EBS does not have, lists of other snapshots: what they count may not be
 * what the sizes allow. Then nothing is known but the wider of both. */
static bool
contradicts(uint64_t counted, struct bytes *bytes)
{
	bool too_many = !bytes->unsized && counted > bytes->max;

	if (!too_many && counted >= bytes->min)
		return false;
	if (!too_many)
		bytes->min = counted;
	return true;
}

/* Counted blocks are exact where every relative is known, those in the Recycle Bin too, and else a
 * better upper bound. */
static void
apply_count(const struct cost *cost, uint32_t family, uint64_t counted, struct bytes *bytes)
{
	if (contradicts(counted, bytes))
		return;
	if (family_is_tree(family_at(cost, family)) && cost->facts[family].whole) {
		*bytes = (struct bytes){counted, counted, 0, LEVEL_EXACT};
		return;
	}
	bytes->max = counted;
	bytes->unsized = 0;
	bytes->level = LEVEL_BLOCKS;
}

static bool
any_goes(const struct family *family, const uint8_t *fates)
{
	for (cid c = family->start; c < family->start + family->count; c++)
		if (fates[c] == CELL_GOES)
			return true;
	return false;
}

static struct bytes
range_freed(const struct cost *cost, uint32_t family, const uint8_t *fates)
{
	const struct family *f = family_at(cost, family);
	struct bytes bytes = {.level = LEVEL_RANGE};

	for (cid c = f->start; c < f->start + f->count; c++)
		if (fates[c] == CELL_GOES)
			add_most(&bytes, cell_at(cost, c));
	if (cost->facts[family].whole)
		bytes.min = family_is_tree(f) ? tree_frees_at_least(cost, f, fates)
					      : heap_frees_at_least(cost, f, fates);
	return bytes;
}

struct bytes
family_freed(const struct cost *cost, uint32_t family, const uint8_t *fates)
{
	struct bytes bytes = {.level = LEVEL_EXACT};
	uint64_t counted;

	if (!any_goes(family_at(cost, family), fates))
		return bytes;
	bytes = range_freed(cost, family, fates);
	if (count_freed(cost, family, fates, NULL, &counted))
		apply_count(cost, family, counted, &bytes);
	else
		count_part(cost, family, fates, &bytes);
	bill_freed(cost, family, fates, &bytes);
	return bytes;
}

/* Each cell's own size, cut off where they would add up to more than is freed. */
static void
share_sizes(struct cost *cost, const struct family *family, const struct bytes *freed)
{
	uint64_t min = freed->min, max = freed->max;

	for (cid c = family->start; c < family->start + family->count; c++) {
		uint64_t most = cell_at(cost, c)->most;

		if (cost->now[c] != CELL_GOES)
			continue;
		cost->share_max[c] = most < max ? most : max;
		cost->share_min[c] = most < min ? most : min;
		max -= cost->share_max[c];
		min -= cost->share_min[c];
	}
}

struct bytes
family_shared_out(struct cost *cost, uint32_t family)
{
	const struct family *f = family_at(cost, family);
	struct bytes bytes = {.level = LEVEL_EXACT};
	uint64_t counted;

	if (!any_goes(f, cost->now))
		return bytes;
	bytes = range_freed(cost, family, cost->now);
	if (count_freed(cost, family, cost->now, cost->share_max, &counted))
		apply_count(cost, family, counted, &bytes);
	else
		count_part(cost, family, cost->now, &bytes);
	bill_freed(cost, family, cost->now, &bytes);
	if (bytes.level == LEVEL_EXACT)
		memcpy(&cost->share_min[f->start], &cost->share_max[f->start],
			f->count * sizeof(*cost->share_min));
	else
		share_sizes(cost, f, &bytes);
	return bytes;
}

static uint64_t
neighbours_of(const struct cost *cost, cid cell)
{
	cid parent = cell_at(cost, cell)->parent;
	uint64_t sum = parent ? cell_at(cost, parent)->most : 0;

	for (cid child = cost->first_child[cell]; child; child = cost->next_sibling[child])
		sum = bytes_sum(sum, cell_at(cost, child)->most);
	return sum;
}

static uint64_t
others_of(const struct cost *cost, cid cell)
{
	uint64_t all = cost->facts[cell_at(cost, cell)->family].most;

	return all == UINT64_MAX ? all : all - cell_at(cost, cell)->most;
}

struct bytes
snapshot_full(const struct graph *graph, nid snapshot)
{
	const struct snapshot *row = graph_snapshot(graph, snapshot);
	struct bytes bytes = {.level = LEVEL_RANGE};

	if (row->full_bytes)
		bytes = (struct bytes){row->full_bytes, row->full_bytes, 0, LEVEL_EXACT};
	else if (row->size_gib)
		bytes.max = (uint64_t)row->size_gib << 30;
	else
		bytes.unsized = 1;
	return bytes;
}

struct bytes
snapshot_freed(const struct cost *cost, nid snapshot)
{
	cid cell = lineage_cell(&cost->lineages, snapshot);
	struct bytes bytes = {.level = LEVEL_EXACT};
	uint32_t family = cell_at(cost, cell)->family;
	uint64_t counted;

	/* Its copies hold all that it holds. */
	if (!cell || cell_at(cost, cell)->members > 1)
		return bytes;
	bytes.level = LEVEL_RANGE;
	add_most(&bytes, cell_at(cost, cell));
	if (cost->facts[family].whole)
		bytes.min = bytes_left(cell_at(cost, cell)->least,
			family_is_tree(family_at(cost, family)) ? neighbours_of(cost, cell)
								: others_of(cost, cell));
	if (blocks_freed_alone(cost, cell, &counted))
		apply_count(cost, family, counted, &bytes);
	bill_freed_alone(cost, cell, &bytes);
	return bytes;
}

/* --- stored ------------------------------------------------------------------------------------
 */

/* All lists of a whole lineage were read, and sizes allow what they say: who holds what is counted.
 */
static bool
count_stored(const struct cost *cost, uint32_t family, const uint8_t *fates, struct bytes *mapped,
	struct bytes *others)
{
	const struct family *f = family_at(cost, family);
	uint8_t *gone = cost->scratch;
	uint64_t all, freed = 0, unmapped = 0;
	bool counted;

	if (cost->graph->blocks.count == 0 || !family_is_tree(f) || !cost->facts[family].listed ||
		!blocks_stored(cost, family, &all) || all < cost->facts[family].least ||
		all > cost->facts[family].most)
		return false;
	for (cid c = f->start; c < f->start + f->count; c++)
		gone[c] = fates[c] != CELL_STAYS;
	counted = blocks_freed(cost, family, gone, NULL, &freed);
	for (cid c = f->start; c < f->start + f->count; c++)
		gone[c] = gone[c] || !cost->mapped[c];
	counted = counted && blocks_freed(cost, family, gone, NULL, &unmapped);
	if (!counted)
		return false;
	*mapped = (struct bytes){all - unmapped, all - unmapped, 0, LEVEL_EXACT};
	*others = (struct bytes){unmapped - freed, unmapped - freed, 0, LEVEL_EXACT};
	return true;
}

/*
 * What cells of one part surely hold and no mapped one does, unless that is the part: parts of the
 * tree around one of its cells each, as when all of them were to go. What is gone lies in between.
 */
static uint64_t
tree_stores_at_least(
	const struct cost *cost, const struct family *family, const uint8_t *fates, bool mapped)
{
	uint8_t *roles = cost->scratch;

	for (cid c = family->start; c < family->start + family->count; c++) {
		bool is_mapped = cost->mapped[c] != 0;

		roles[c] = CELL_VANISHES;
		if (fates[c] == CELL_STAYS && is_mapped == mapped)
			roles[c] = CELL_GOES;
		else if (fates[c] == CELL_STAYS && is_mapped)
			roles[c] = CELL_STAYS;
	}
	return tree_frees_at_least(cost, family, roles);
}

void
family_stored(const struct cost *cost, uint32_t family, const uint8_t *fates, struct bytes *mapped,
	struct bytes *others)
{
	const struct family *f = family_at(cost, family);
	uint64_t largest[2] = {0, 0};
	struct bytes *parts[2] = {others, mapped};
	uint64_t cells = 0;

	if (count_stored(cost, family, fates, mapped, others) ||
		bill_stored(cost, family, fates, mapped, others))
		return;
	*mapped = *others = (struct bytes){.level = LEVEL_EXACT};
	for (cid c = f->start; c < f->start + f->count; c++) {
		const struct cell *cell = cell_at(cost, c);
		unsigned part = cost->mapped[c] != 0;

		if (fates[c] != CELL_STAYS)
			continue;
		cells++;
		add_most(parts[part], cell);
		parts[part]->level = LEVEL_RANGE;
		if (cell->least > largest[part])
			largest[part] = cell->least;
	}
	/* At least the largest is stored; of the others, what the mapped ones cannot hold. */
	mapped->min = largest[1];
	others->min = mapped->unsized ? 0 : bytes_left(largest[0], mapped->max);
	for (unsigned part = 0; family_is_tree(f) && cost->facts[family].whole && part < 2;
		part++) {
		uint64_t least = tree_stores_at_least(cost, f, fates, part == 1);

		if (least > parts[part]->min)
			parts[part]->min = least;
	}
	/* One snapshot alone holds exactly what it refers to. */
	for (unsigned part = 0; cells == 1 && part < 2; part++)
		if (parts[part]->min == parts[part]->max && !parts[part]->unsized)
			parts[part]->level = LEVEL_EXACT;
}
