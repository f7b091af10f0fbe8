/*
 * The passes of the cost estimate, in order: lineages, what becomes of each, sums before and after
 * each phase, and what goes on costing. It must not know: how any one thing is priced.
 */
#include "cost_internal.h"

static bool
counts_as_ours(const void *context, nid snapshot)
{
	return is_paid(context, snapshot);
}

/* --- the shape of the lineages -----------------------------------------------------------------
 */

static void
link_children(struct cost *cost)
{
	size_t count = cost->lineages.cells.count;

	cost->first_child = xcalloc(count, sizeof(*cost->first_child));
	cost->next_sibling = xcalloc(count, sizeof(*cost->next_sibling));
	for (cid c = 1; c < count; c++) {
		cid parent = cost->lineages.cells.items[c].parent;

		if (!parent)
			continue;
		cost->next_sibling[c] = cost->first_child[parent];
		cost->first_child[parent] = c;
	}
}

/* A copy that stays holds its source's blocks; what lies in the bin holds them until it leaves. */
static void
settle_cells(struct cost *cost)
{
	size_t count = cost->lineages.cells.count;
	uint32_t *going = xcalloc(count, sizeof(*going));

	cost->now = xcalloc(count, sizeof(*cost->now));
	cost->later = xcalloc(count, sizeof(*cost->later));
	vec_foreach (item, &cost->plan->steps)
		going[lineage_cell(&cost->lineages, *item)]++;
	for (cid c = 1; c < count; c++) {
		const struct cell *cell = &cost->lineages.cells.items[c];

		if (going[c] == cell->members)
			cost->now[c] = CELL_GOES;
		if (cell->binned == cell->members)
			cost->later[c] = CELL_VANISHES;
		else if (going[c] + cell->binned == cell->members)
			cost->later[c] = CELL_GOES;
	}
	free(going);
}

/* Of copies that stay, one stands for all: rather one that does not lie in the bin. */
static void
take_holder(struct cost *cost, cid cell, nid snapshot)
{
	nid *holder = &cost->holder[cell];

	if (cost->plan->fate[snapshot] == FATE_STEP)
		return;
	if (!*holder || (snapshot_is_binned(cost->graph, *holder) &&
				!snapshot_is_binned(cost->graph, snapshot)))
		*holder = snapshot;
}

static void
look_at_members(struct cost *cost)
{
	const struct graph *graph = cost->graph;

	cost->mapped = xcalloc(cost->lineages.cells.count, sizeof(*cost->mapped));
	cost->holder = xcalloc(cost->lineages.cells.count, sizeof(*cost->holder));
	graph_foreach (n, graph, NODE_SNAPSHOT) {
		cid cell = lineage_cell(&cost->lineages, n);

		if (!cell)
			continue;
		take_holder(cost, cell, n);
		if (!cost->mapped[cell])
			cost->mapped[cell] = is_mapped(graph, n);
	}
}

/* --- snapshots in the standard tier: by lineage ------------------------------------------------
 */

static struct money
family_price(const struct cost *cost, const struct family *family, struct cost *note)
{
	nid example = cost->lineages.cells.items[family->start].first;

	return price_at(cost, example, PRICE_SNAPSHOT, NULL, note);
}

static void
note_unsized(struct cost *cost, const struct family *family)
{
	for (cid c = family->start; c < family->start + family->count; c++)
		if (cost->lineages.cells.items[c].most == BYTES_UNKNOWN)
			note_unpriced(cost, cost->lineages.cells.items[c].first, "its size");
}

static void
add_stored(struct cost *cost, uint32_t family, const uint8_t *fates, struct money price,
	struct sheet *sheet)
{
	struct bytes mapped = {0}, others = {0};
	struct amount amount;

	family_stored(cost, family, fates, &mapped, &others);
	amount = amount_of_bytes(price, &mapped);
	sheet_add(sheet, PART_IMAGE_SNAPSHOTS, &amount);
	amount = amount_of_bytes(price, &others);
	sheet_add(sheet, PART_OTHER_SNAPSHOTS, &amount);
}

static void
add_family(struct cost *cost, uint32_t number, const uint8_t *untouched)
{
	const struct family *family = &cost->lineages.families.items[number];
	struct cost_totals *totals = &cost->totals;
	struct money price = family_price(cost, family, cost);
	struct bytes freed = family_shared_out(cost, number);
	struct bytes freed_later = family_freed(cost, number, cost->later);
	struct amount amount = amount_of_bytes(price, &freed);

	note_unsized(cost, family);
	amount_add(&totals->saving, &amount);
	amount = amount_of_bytes(price, &freed_later);
	amount_add(&totals->saving_later, &amount);
	add_stored(cost, number, untouched, price, &totals->before);
	add_stored(cost, number, cost->now, price, &totals->after[1]);
}

static void
add_families(struct cost *cost)
{
	uint8_t *untouched = xcalloc(cost->lineages.cells.count, sizeof(*untouched));

	for (size_t i = 0; i < cost->lineages.families.count; i++)
		add_family(cost, (uint32_t)i, untouched);
	free(untouched);
}

/* --- everything else: one by one ---------------------------------------------------------------
 */

/* From `phase` on it costs no more: a saving. 0: it stays. */
static void
add_thing(struct cost *cost, enum cost_part part, const struct amount *amount, unsigned phase)
{
	struct cost_totals *totals = &cost->totals;

	sheet_add(&totals->before, part, amount);
	/* after[0] is made from `before` at the end; phase 3 adds up on phase 2. */
	if (phase == 0 || phase > 2)
		sheet_add(&totals->after[1], part, amount);
	if (phase == 0)
		sheet_add(&totals->after[2], part, amount);
}

static void
add_saving(struct cost *cost, const struct amount *amount)
{
	amount_add(&cost->totals.saving, amount);
	amount_add(&cost->totals.saving_later, amount);
}

static void
see_bin_exit(struct cost *cost, nid snapshot)
{
	int64_t exit = graph_snapshot_traits(cost->graph, snapshot)->bin_exit;

	if (snapshot_is_binned(cost->graph, snapshot) && exit > cost->totals.bin_exit)
		cost->totals.bin_exit = exit;
}

static void
add_snapshot(struct cost *cost, nid snapshot)
{
	bool goes = cost->plan->fate[snapshot] == FATE_STEP;
	struct amount archive = snapshot_archive(cost, snapshot, cost);
	struct amount restore = snapshot_fast_restore(cost, snapshot, cost);
	struct amount once = amount_zero();
	enum cost_part part =
		is_mapped(cost->graph, snapshot) ? PART_IMAGE_SNAPSHOTS : PART_OTHER_SNAPSHOTS;

	add_thing(cost, part, &archive, goes ? 2 : 0);
	add_thing(cost, PART_FAST_RESTORE, &restore, goes ? 2 : 0);
	see_bin_exit(cost, snapshot);
	if (!goes)
		return;
	once = snapshot_early_delete(cost, snapshot, cost);
	amount_add(&cost->totals.one_off, &once);
	add_saving(cost, &archive);
	add_saving(cost, &restore);
}

/* What a volume saves: nothing if it stays, perhaps if nobody says. */
static struct amount
as_doubtful(struct amount amount, enum tristate goes)
{
	if (goes == NO)
		return amount_zero();
	if (goes == UNREAD) {
		amount.min = MONEY_ZERO;
		amount.level = LEVEL_RANGE;
	}
	return amount;
}

/* After phase 3: all of it, nothing, or perhaps nothing. */
static void
add_volume(struct cost *cost, nid volume)
{
	enum tristate goes = volume_goes(cost, volume, 0);
	struct amount amount = volume_cost(cost, volume, cost);
	struct amount saving = as_doubtful(amount, goes);

	add_thing(cost, PART_VOLUMES, &amount, goes == NO ? 0 : 3);
	if (goes == UNREAD)
		sheet_add(&cost->totals.after[2], PART_VOLUMES, &saving);
	add_saving(cost, &saving);
}

static void
add_instance(struct cost *cost, nid instance)
{
	bool goes = cost->plan->fate[instance] == FATE_STEP;
	struct amount running = instance_cost(cost, instance, cost);
	struct amount address = address_cost(cost, instance, cost);
	struct amount saved = goes ? instance_saving(cost, instance, NULL) : amount_zero();
	struct amount released = goes ? address_saving(cost, instance, NULL) : amount_zero();
	struct amount kept = address_kept(cost, instance);

	add_thing(cost, PART_INSTANCES, &running, goes ? 3 : 0);
	add_thing(cost, PART_ADDRESSES, &address, goes ? 3 : 0);
	if (goes)
		sheet_add(&cost->totals.after[2], PART_ADDRESSES, &kept);
	add_saving(cost, &saved);
	add_saving(cost, &released);
}

/* --- what goes on costing ----------------------------------------------------------------------
 */

static bool
costs_anything(const struct amount *amount)
{
	return !amount->max.known || money_compare(amount->max, MONEY_ZERO) != 0 ||
	       money_compare(amount->priced, MONEY_ZERO) != 0;
}

static enum continuing_why
why_it_stays(const struct cost *cost, nid node)
{
	const struct graph *graph = cost->graph;
	enum node_kind kind = (enum node_kind)graph_node(graph, node)->kind;

	if (kind == NODE_SNAPSHOT && snapshot_is_binned(graph, node))
		return WHY_BINNED;
	if (cost->plan->fate[node] == FATE_BLOCKED)
		return WHY_BLOCKED;
	return cost->plan->fate[node] == FATE_KEPT ? WHY_KEPT : WHY_NOT_SELECTED;
}

/* Attached to an instance that is a step. */
static bool
loses_instance(const struct cost *cost, nid volume)
{
	struct edge_walk walk = graph_out(cost->graph, volume);

	while (edge_next(cost->graph, &walk))
		if (walk.edge->kind == EDGE_ATTACHED_TO &&
			cost->plan->fate[walk.edge->to] == FATE_STEP)
			return true;
	return false;
}

/* One entry for all of a kind in a place: the list is of what the cleanup leaves. They come by kind
 * and place, so it is the last such entry or a new one. */
static void
add_to_place(struct cost *cost, const struct continuing *item, const struct amount *amount)
{
	const struct node *node = graph_node(cost->graph, item->node);
	struct continuing first = *item;

	if (cost->sums.count) {
		struct continuing *last = &cost->continuing.items[cost->last_sum];
		const struct node *other = graph_node(cost->graph, last->node);

		if (other->kind == node->kind && other->account == node->account &&
			other->region == node->region) {
			last->items++;
			amount_add(&cost->sums.items[last->sum - 1], amount);
			return;
		}
	}
	vec_push(&cost->sums, *amount);
	first.sum = (uint32_t)cost->sums.count;
	cost->last_sum = cost->continuing.count;
	vec_push(&cost->continuing, first);
}

static void
list_continuing(struct cost *cost, nid node)
{
	enum node_kind kind = (enum node_kind)graph_node(cost->graph, node)->kind;
	struct continuing item = {
		.node = node, .items = 1, .why = (uint8_t)why_it_stays(cost, node)};
	struct amount amount;

	if (kind == NODE_VOLUME && volume_goes(cost, node, 0) == YES)
		return;
	if (kind == NODE_VOLUME && loses_instance(cost, node))
		item.why = WHY_STAYS;
	if (cost->plan->fate[node] == FATE_STEP) {
		if (kind != NODE_INSTANCE)
			return;
		item.why = WHY_STAYS;
	}
	amount = cost_of_continuing(cost, &item);
	if (!costs_anything(&amount))
		return;
	if (kind == NODE_SNAPSHOT || item.why != WHY_NOT_SELECTED)
		vec_push(&cost->continuing, item);
	else
		add_to_place(cost, &item, &amount);
}

static void
add_things(struct cost *cost)
{
	static const struct {
		enum node_kind kind;
		void (*add)(struct cost *cost, nid node);
	} kinds[] = {
		{NODE_SNAPSHOT, add_snapshot},
		{NODE_INSTANCE, add_instance},
		{NODE_VOLUME, add_volume},
	};
	const struct graph *graph = cost->graph;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		graph_foreach (node, graph, kinds[k].kind) {
			if (!is_paid(cost, node))
				continue;
			kinds[k].add(cost, node);
			list_continuing(cost, node);
		}
	cost->totals.continuing = cost->continuing.items;
	cost->totals.continuing_count = cost->continuing.count;
}

/* Deregistering frees nothing; what phase 2 leaves of the snapshots phase 3 leaves too. */
static void
finish_sheets(struct cost *cost)
{
	static const enum cost_part snapshots[] = {PART_IMAGE_SNAPSHOTS, PART_OTHER_SNAPSHOTS};
	struct cost_totals *totals = &cost->totals;

	totals->after[0] = totals->before;
	for (size_t i = 0; i < sizeof(snapshots) / sizeof(snapshots[0]); i++)
		totals->after[2].parts[snapshots[i]] = totals->after[1].parts[snapshots[i]];
	totals->after[2].total = amount_zero();
	for (int part = 0; part < COST_PARTS; part++)
		amount_add(&totals->after[2].total, &totals->after[2].parts[part]);
}

/* Sorted by region and what it is, so that no order of resources shows. */
static int
by_region(const void *a, const void *b, void *context)
{
	const struct graph *graph = context;
	const struct unpriced *x = a, *y = b;
	int order = strpool_compare(&graph->strings, x->region, y->region);

	return order ? order : strcmp(x->what, y->what);
}

static void
list_unpriced(struct cost *cost)
{
	size_t kept = 0;

	for (size_t i = 0; i < cost->unpriced.count; i++)
		if (cost->unpriced.items[i].items)
			cost->unpriced.items[kept++] = cost->unpriced.items[i];
	if (kept > 1)
		qsort_r(cost->unpriced.items, kept, sizeof(cost->unpriced.items[0]), by_region,
			(void *)(uintptr_t)cost->graph);
	cost->totals.unpriced = cost->unpriced.items;
	cost->totals.unpriced_count = kept;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

struct cost *
cost_make(const struct plan *plan, const struct price_book *book, const struct billed_table *bill)
{
	struct cost *cost = xcalloc(1, sizeof(*cost));
	struct cost_totals *totals = &cost->totals;

	cost->plan = plan;
	cost->graph = plan->graph;
	cost->book = book;
	cost->bill = bill;
	strpool_init(&cost->gaps);
	sheet_zero(&totals->before);
	for (size_t i = 0; i < 3; i++)
		sheet_zero(&totals->after[i]);
	totals->saving = totals->saving_later = totals->one_off = amount_zero();
	totals->bin_exit = TIME_NONE;
	lineages_make(&cost->lineages, plan->graph, counts_as_ours, cost);
	link_children(cost);
	settle_cells(cost);
	look_at_members(cost);
	families_weigh(cost);
	cost->share_min = xcalloc(cost->lineages.cells.count, sizeof(*cost->share_min));
	cost->share_max = xcalloc(cost->lineages.cells.count, sizeof(*cost->share_max));
	cost->blocks = lineages_blocks(&cost->lineages, cost->graph);
	bill_find(cost);
	add_families(cost);
	add_things(cost);
	finish_sheets(cost);
	list_unpriced(cost);
	return cost;
}

void
cost_free(struct cost *cost)
{
	if (!cost)
		return;
	lineages_release(&cost->lineages);
	free(cost->facts);
	free(cost->scratch);
	free(cost->billed);
	free(cost->share_min);
	free(cost->share_max);
	free(cost->mapped);
	free(cost->holder);
	free(cost->now);
	free(cost->later);
	free(cost->first_child);
	free(cost->next_sibling);
	free(cost->blocks);
	strpool_release(&cost->gaps);
	vec_release(&cost->unpriced);
	vec_release(&cost->continuing);
	vec_release(&cost->sums);
	arena_release(&cost->arena);
	free(cost);
}

const struct cost_totals *
cost_totals(const struct cost *cost)
{
	return &cost->totals;
}

const struct price_book *
cost_book(const struct cost *cost)
{
	return cost->book;
}

const struct billed_table *
cost_bill(const struct cost *cost)
{
	return cost->bill;
}

const struct graph *
cost_graph(const struct cost *cost)
{
	return cost->graph;
}

/* --- one by one --------------------------------------------------------------------------------
 */

static struct amount
snapshot_blocks_amount(const struct cost *cost, nid snapshot, const struct bytes *bytes)
{
	return amount_of_bytes(price_at(cost, snapshot, PRICE_SNAPSHOT, NULL, NULL), bytes);
}

static void
add_others(const struct cost *cost, nid snapshot, struct amount *amount)
{
	struct amount archive = snapshot_archive(cost, snapshot, NULL);
	struct amount restore = snapshot_fast_restore(cost, snapshot, NULL);

	amount_add(amount, &archive);
	amount_add(amount, &restore);
}

/* With the volumes that go along with it, and its addresses. */
static struct amount
instance_step(const struct cost *cost, nid instance)
{
	struct edge_walk walk = graph_in(cost->graph, instance);
	struct amount amount = instance_saving(cost, instance, NULL);
	struct amount more = address_saving(cost, instance, NULL);

	amount_add(&amount, &more);
	while (edge_next(cost->graph, &walk)) {
		if (walk.edge->kind != EDGE_ATTACHED_TO || !is_paid(cost, walk.edge->from))
			continue;
		more = as_doubtful(volume_cost(cost, walk.edge->from, NULL),
			volume_goes(cost, walk.edge->from, instance));
		amount_add(&amount, &more);
	}
	return amount;
}

struct amount
cost_of_step(const struct cost *cost, nid item)
{
	struct amount amount = amount_zero();

	if (!is_paid(cost, item))
		return amount;
	if (graph_node(cost->graph, item)->kind == NODE_INSTANCE)
		return instance_step(cost, item);
	if (graph_node(cost->graph, item)->kind != NODE_SNAPSHOT)
		return amount;
	if (lineage_cell(&cost->lineages, item)) {
		struct bytes freed = snapshot_freed(cost, item);
		amount = snapshot_blocks_amount(cost, item, &freed);
	}
	add_others(cost, item, &amount);
	return amount;
}

/* A volume of several instances that go counts with the first of them. */
static bool
counts_with(const struct cost *cost, nid volume, nid instance)
{
	struct edge_walk walk = graph_out(cost->graph, volume);

	while (edge_next(cost->graph, &walk))
		if (walk.edge->kind == EDGE_ATTACHED_TO)
			return walk.edge->to == instance;
	return false;
}

static struct amount
instance_share(const struct cost *cost, nid instance)
{
	struct edge_walk walk = graph_in(cost->graph, instance);
	struct amount amount = instance_saving(cost, instance, NULL);
	struct amount more = address_saving(cost, instance, NULL);

	amount_add(&amount, &more);
	while (edge_next(cost->graph, &walk)) {
		nid volume = walk.edge->from;

		if (walk.edge->kind != EDGE_ATTACHED_TO || !is_paid(cost, volume) ||
			!counts_with(cost, volume, instance))
			continue;
		more = as_doubtful(volume_cost(cost, volume, NULL), volume_goes(cost, volume, 0));
		amount_add(&amount, &more);
	}
	return amount;
}

/* Of copies that all go, the first one's step has the cell's share. */
static struct bytes
cell_share(const struct cost *cost, cid number, nid snapshot)
{
	const struct cell *cell = &cost->lineages.cells.items[number];
	struct bytes bytes = {.level = LEVEL_EXACT};

	if (cost->now[number] != CELL_GOES || cell->first != snapshot)
		return bytes;
	bytes.min = cost->share_min[number];
	bytes.max = cost->share_max[number];
	bytes.unsized = cell->most == BYTES_UNKNOWN && bytes.min != bytes.max;
	bytes.level = bytes.min == bytes.max ? LEVEL_EXACT : LEVEL_RANGE;
	return bytes;
}

struct amount
cost_share_of_step(const struct cost *cost, nid item)
{
	cid cell = lineage_cell(&cost->lineages, item);
	struct amount amount = amount_zero();

	if (!is_paid(cost, item))
		return amount;
	if (graph_node(cost->graph, item)->kind == NODE_INSTANCE)
		return instance_share(cost, item);
	if (graph_node(cost->graph, item)->kind != NODE_SNAPSHOT)
		return amount;
	if (cell) {
		struct bytes bytes = cell_share(cost, cell, item);
		amount = snapshot_blocks_amount(cost, item, &bytes);
	}
	add_others(cost, item, &amount);
	return amount;
}

/* It alone in its lineage holds what it refers to; else others may hold all of that too. */
static struct bytes
cell_bytes(const struct cost *cost, cid number)
{
	const struct cell *cell = &cost->lineages.cells.items[number];
	struct bytes bytes = {.level = LEVEL_RANGE};

	if (cell->most == BYTES_UNKNOWN)
		bytes.unsized = 1;
	else
		bytes.max = cell->most;
	if (cost->lineages.families.items[cell->family].count == 1 && cell->least == cell->most) {
		bytes.min = cell->least;
		bytes.level = LEVEL_EXACT;
	}
	return bytes;
}

static struct amount
snapshot_cost(const struct cost *cost, nid snapshot)
{
	cid cell = lineage_cell(&cost->lineages, snapshot);
	struct amount amount = amount_zero();

	if (cell && cost->holder[cell] == snapshot) {
		struct bytes bytes = cell_bytes(cost, cell);
		amount = snapshot_blocks_amount(cost, snapshot, &bytes);
	}
	add_others(cost, snapshot, &amount);
	return amount;
}

struct amount
cost_of_continuing(const struct cost *cost, const struct continuing *item)
{
	enum node_kind kind = (enum node_kind)graph_node(cost->graph, item->node)->kind;
	struct amount amount, address;

	if (item->sum)
		return cost->sums.items[item->sum - 1];
	if (kind == NODE_SNAPSHOT)
		return snapshot_cost(cost, item->node);
	if (kind == NODE_VOLUME) {
		amount = volume_cost(cost, item->node, NULL);
		return volume_goes(cost, item->node, 0) == UNREAD ? as_doubtful(amount, UNREAD)
								  : amount;
	}
	if (item->why == WHY_STAYS)
		return address_kept(cost, item->node);
	amount = instance_cost(cost, item->node, NULL);
	address = address_cost(cost, item->node, NULL);
	amount_add(&amount, &address);
	return amount;
}
