/*
 * Gains: what sets of steps free a month, written so that a minimum cut can choose among them: an
 * amount, and the steps that must all be done for it. docs/choosing.md has the proofs.
 * It must not know: what disturbs, or how the choice is made.
 *
 * Of a lineage of which only sizes are known, the sets are its hills: what is left of the tree,
 * in connected pieces, when all cells up to some size are taken away. Hills lie inside one another
 * or apart, so what a hill surely frees beyond the hills inside it may be added up. And a lineage
 * whose snapshots share as much as their sizes allow frees exactly the height of its hills: no
 * certainty goes beyond that.
 */
#include "cost_gains.h"
#include "cost_internal.h"

__extension__ typedef unsigned __int128 wide;

/* 10^-9 USD in units of money. */
#define NANO_UNITS ((money_units)100000 << 30)

uint64_t
gains_nanos(struct money money, enum gain_side side)
{
	money_units nanos;

	if (!money.known || money.units <= 0)
		return 0;
	nanos = (money.units + (side == GAIN_AT_MOST ? NANO_UNITS - 1 : 0)) / NANO_UNITS;
	return nanos > (money_units)LIMIT_CLOSURE_GAIN ? LIMIT_CLOSURE_GAIN : (uint64_t)nanos;
}

struct money
gains_measure(const struct amount *amount, enum save_by by)
{
	return by == SAVE_BY_MOST ? amount->priced : amount->min;
}

struct money
gains_money(uint64_t nanos)
{
	return (struct money){(money_units)nanos * NANO_UNITS, true};
}

/* --- needs: lists that can be joined -----------------------------------------------------------
 */

/* Nodes that all must be chosen; 0 is no link. */
struct link {
	uint32_t node, next;
};

struct needs {
	uint32_t first, last;
};

/* Lifetime: one call of gains_add. */
struct gains {
	const struct cost *cost;
	enum save_by by;
	enum gain_side side;
	const uint32_t *node_of;
	struct closure *closure;
	VEC(struct link) links;
	size_t *member_start; /* by cell: its snapshots are members[member_start[c]] … */
	nid *members;
	uint64_t *counted; /* by cell: of what goes, the blocks that began there */
};

static void
add_need(struct gains *gains, struct needs *needs, uint32_t node)
{
	uint32_t number = (uint32_t)gains->links.count;

	vec_push(&gains->links, ((struct link){node, 0}));
	if (needs->last)
		gains->links.items[needs->last].next = number;
	else
		needs->first = number;
	needs->last = number;
}

static void
join_needs(struct gains *gains, struct needs *to, struct needs other)
{
	if (!other.first)
		return;
	if (to->last)
		gains->links.items[to->last].next = other.first;
	else
		to->first = other.first;
	to->last = other.last;
}

static void
add_cell(struct gains *gains, struct needs *needs, cid cell)
{
	for (size_t i = gains->member_start[cell]; i < gains->member_start[cell + 1]; i++)
		add_need(gains, needs, gains->node_of[gains->members[i]]);
}

static bool
is_one_node(const struct gains *gains, struct needs needs)
{
	const struct link *links = gains->links.items;
	uint32_t at = needs.first;

	while (at && links[at].node == links[needs.first].node)
		at = links[at].next;
	return at == 0;
}

/* So much if all of them are chosen. The node that stands for it takes the place of the list: who
 * needs it needs all. */
static void
put_gain(struct gains *gains, struct needs *needs, uint64_t nanos)
{
	uint32_t node;

	if (nanos == 0 || !needs->first)
		return;
	if (is_one_node(gains, *needs)) {
		closure_bring(gains->closure, gains->links.items[needs->first].node, nanos);
		return;
	}
	node = closure_add(gains->closure, 0, 0, nanos);
	for (uint32_t at = needs->first; at; at = gains->links.items[at].next)
		closure_need(gains->closure, node, gains->links.items[at].node);
	*needs = (struct needs){0};
	add_need(gains, needs, node);
}

static void
put_amount(struct gains *gains, struct needs *needs, const struct amount *amount)
{
	put_gain(gains, needs, gains_nanos(gains_measure(amount, gains->by), gains->side));
}

/* Only snapshots that are steps: a cell in which another stays is freed by nobody. */
static void
find_members(struct gains *gains)
{
	const struct cost *cost = gains->cost;
	size_t cells = cost->lineages.cells.count;
	size_t *at;

	gains->member_start = xcalloc(cells + 2, sizeof(*gains->member_start));
	gains->members = xcalloc(cost->plan->steps.count + 1, sizeof(*gains->members));
	vec_foreach (item, &cost->plan->steps)
		gains->member_start[lineage_cell(&cost->lineages, *item) + 2]++;
	gains->member_start[2] = 0; /* cell 0: what is in none */
	for (size_t c = 2; c < cells + 2; c++)
		gains->member_start[c] += gains->member_start[c - 1];
	at = gains->member_start + 1;
	vec_foreach (item, &cost->plan->steps) {
		cid cell = lineage_cell(&cost->lineages, *item);

		if (cell)
			gains->members[at[cell]++] = *item;
	}
}

/* --- a family: what its cells free together ----------------------------------------------------
 */

static const struct cell *
cell_at(const struct cost *cost, cid cell)
{
	return &cost->lineages.cells.items[cell];
}

static struct money
price_of_family(const struct cost *cost, const struct family *family)
{
	return price_at(cost, cell_at(cost, family->start)->first, PRICE_SNAPSHOT, NULL, NULL);
}

static uint64_t
nanos_of_bytes(const struct gains *gains, struct money price, uint64_t bytes)
{
	return bytes ? gains_nanos(money_of_bytes(price, bytes), gains->side) : 0;
}

/* A hill: a connected piece in which nothing is smaller than `level`. Lies at its root. */
struct hill {
	cid root;          /* of the piece it has become a part of */
	uint64_t level;    /* the size at which it became what it is */
	uint64_t largest;  /* in it */
	uint64_t gained;   /* bytes, by it and by the hills inside */
	wide around;       /* sizes of its neighbours */
	bool stays, there; /* stays: something in it does */
	struct needs needs;
};

struct hills {
	struct gains *gains;
	const struct family *family;
	struct money price;
	bool is_tree;
	struct hill *of; /* by cell - family->start */
	cid *order;      /* largest first */
};

static struct hill *
hill_at(const struct hills *hills, cid cell)
{
	return &hills->of[cell - hills->family->start];
}

static struct hill *
hill_of(const struct hills *hills, cid cell)
{
	cid root = cell;

	while (hill_at(hills, root)->root != root)
		root = hill_at(hills, root)->root;
	while (hill_at(hills, cell)->root != root) {
		cid next = hill_at(hills, cell)->root;

		hill_at(hills, cell)->root = root;
		cell = next;
	}
	return hill_at(hills, root);
}

/* The hill will not be the same below `level`: what it frees counts now. */
static void
close_hill(struct hills *hills, struct hill *hill, uint64_t level)
{
	struct gains *gains = hills->gains;
	uint64_t more;

	if (hill->stays || hill->level == level)
		return;
	more = hill->level - level;
	if (gains->side == GAIN_AT_LEAST) {
		wide held = hill->around + hill->gained;
		more = held < hill->largest ? hill->largest - (uint64_t)held : 0;
	}
	hill->gained += more;
	put_gain(gains, &hill->needs, nanos_of_bytes(gains, hills->price, more));
}

/* `edge`: the sizes at both ends of what lay between them, which no longer lie around. */
static void
merge_hill(struct hills *hills, struct hill *into, struct hill *other, wide edge)
{
	close_hill(hills, other, into->level);
	other->root = into->root;
	into->stays = into->stays || other->stays;
	into->gained += other->gained;
	into->around += other->around;
	into->around -= edge;
	if (other->largest > into->largest)
		into->largest = other->largest;
	join_needs(hills->gains, &into->needs, other->needs);
}

static void
merge_neighbour(struct hills *hills, cid cell, cid neighbour)
{
	const struct cost *cost = hills->gains->cost;

	if (neighbour && hill_at(hills, neighbour)->there)
		merge_hill(hills, hill_at(hills, cell), hill_of(hills, neighbour),
			(wide)cell_at(cost, cell)->most + cell_at(cost, neighbour)->most);
}

static wide
neighbours_of(const struct cost *cost, cid cell)
{
	cid parent = cell_at(cost, cell)->parent;
	wide sum = parent ? cell_at(cost, parent)->most : 0;

	for (cid child = cost->first_child[cell]; child; child = cost->next_sibling[child])
		sum += cell_at(cost, child)->most;
	return sum;
}

static void
raise_cell(struct hills *hills, cid cell)
{
	struct gains *gains = hills->gains;
	const struct cost *cost = gains->cost;
	struct hill *hill = hill_at(hills, cell);

	hill->root = cell;
	hill->there = true;
	hill->level = hill->largest = cell_at(cost, cell)->least;
	hill->stays = cost->now[cell] != CELL_GOES;
	if (!hill->stays)
		add_cell(gains, &hill->needs, cell);
	if (!hills->is_tree)
		return;
	hill->around = neighbours_of(cost, cell);
	merge_neighbour(hills, cell, cell_at(cost, cell)->parent);
	for (cid child = cost->first_child[cell]; child; child = cost->next_sibling[child])
		merge_neighbour(hills, cell, child);
}

static int
larger_first(const void *a, const void *b, void *context)
{
	const struct cost *cost = context;
	cid x = *(const cid *)a, y = *(const cid *)b;
	uint64_t p = cell_at(cost, x)->least, q = cell_at(cost, y)->least;

	if (p != q)
		return p < q ? 1 : -1;
	return (x > y) - (x < y);
}

/* Neighbours are not known: there is one hill, and everything outside lies around it. */
static void
raise_heap(struct hills *hills)
{
	const struct cost *cost = hills->gains->cost;
	cid top = hills->order[0];
	wide outside = 0;

	for (cid i = 0; i < hills->family->count; i++)
		outside += cell_at(cost, hills->order[i])->most;
	for (cid i = 0; i < hills->family->count; i++) {
		cid cell = hills->order[i];

		raise_cell(hills, cell);
		if (i > 0)
			merge_hill(hills, hill_at(hills, cell), hill_of(hills, top), 0);
		outside -= cell_at(cost, cell)->most;
		hill_of(hills, cell)->around = outside;
		top = cell;
	}
}

static void
add_hills(struct gains *gains, const struct family *family, struct money price)
{
	struct hills hills = {gains, family, price, family_is_tree(family), NULL, NULL};

	hills.of = xcalloc(family->count, sizeof(*hills.of));
	hills.order = xcalloc(family->count, sizeof(*hills.order));
	for (cid i = 0; i < family->count; i++)
		hills.order[i] = family->start + i;
	qsort_r(hills.order, family->count, sizeof(*hills.order), larger_first,
		(void *)(uintptr_t)gains->cost);
	if (!hills.is_tree)
		raise_heap(&hills);
	for (cid i = 0; hills.is_tree && i < family->count; i++)
		raise_cell(&hills, hills.order[i]);
	for (cid i = 0; i < family->count; i++)
		if (hills.of[i].root == family->start + i)
			close_hill(&hills, &hills.of[i], 0);
	free(hills.of);
	free(hills.order);
}

/* So many bytes for each cell by itself. */
static void
add_each(struct gains *gains, const struct family *family, struct money price,
	uint64_t (*bytes)(const struct gains *gains, cid cell))
{
	for (cid c = family->start; c < family->start + family->count; c++) {
		struct needs needs = {0};

		if (gains->cost->now[c] != CELL_GOES)
			continue;
		add_cell(gains, &needs, c);
		put_gain(gains, &needs, nanos_of_bytes(gains, price, bytes(gains, c)));
	}
}

static uint64_t
billed_bytes(const struct gains *gains, cid cell)
{
	uint64_t billed = gains->cost->billed ? gains->cost->billed[cell] : 0;

	return billed == BYTES_UNKNOWN ? 0 : billed;
}

/* A counted version of a block counts with the cell at which it began. */
static uint64_t
shared_bytes(const struct gains *gains, cid cell)
{
	return gains->cost->share_max[cell];
}

static uint64_t
most_bytes(const struct gains *gains, cid cell)
{
	uint64_t most = cell_at(gains->cost, cell)->most, billed = billed_bytes(gains, cell);

	return most > billed ? most : billed;
}

/* What is billed for a snapshot is freed with it once all that came later goes too. */
static void
add_billed(struct gains *gains, const struct family *family, struct money price)
{
	const struct cost *cost = gains->cost;
	struct needs *needs = xcalloc(family->count, sizeof(*needs));
	bool *stays = xcalloc(family->count, sizeof(*stays));

	for (cid i = family->count; i-- > 0;) {
		cid cell = family->start + i, parent = cell_at(cost, cell)->parent;

		stays[i] = stays[i] || cost->now[cell] != CELL_GOES ||
			   cost->billed[cell] == BYTES_UNKNOWN;
		if (!stays[i]) {
			add_cell(gains, &needs[i], cell);
			put_gain(
				gains, &needs[i], nanos_of_bytes(gains, price, cost->billed[cell]));
		}
		if (!parent)
			continue;
		stays[parent - family->start] = stays[parent - family->start] || stays[i];
		join_needs(gains, &needs[parent - family->start], needs[i]);
	}
	free(needs);
	free(stays);
}

static bool
any_blocks(const struct cost *cost, const struct family *family)
{
	for (cid c = family->start; c < family->start + family->count; c++)
		if (cost->blocks[c])
			return true;
	return false;
}

static bool
goes_at_all(const struct cost *cost, const struct family *family)
{
	for (cid c = family->start; c < family->start + family->count; c++)
		if (cost->now[c] == CELL_GOES)
			return true;
	return false;
}

struct holders {
	struct gains *gains;
	struct money price;
};

static void
put_holders(void *context, const cid *cells, size_t count, uint64_t bytes)
{
	struct holders *holders = context;
	struct needs needs = {0};

	for (size_t i = 0; i < count; i++)
		add_cell(holders->gains, &needs, cells[i]);
	put_gain(holders->gains, &needs, nanos_of_bytes(holders->gains, holders->price, bytes));
}

static void
add_holders(struct gains *gains, uint32_t number, struct money price)
{
	struct holders holders = {gains, price};

	blocks_each_holders(gains->cost, number, gains->cost->now, put_holders, &holders);
}

static void
add_sure_at_least(struct gains *gains, uint32_t number, struct money price)
{
	const struct cost *cost = gains->cost;
	const struct family *family = &cost->lineages.families.items[number];
	struct bytes freed = family_freed(cost, number, cost->now);

	if (freed.level == LEVEL_EXACT)
		add_holders(gains, number, price);
	else if (freed.level == LEVEL_BILLED && freed.min == freed.max)
		add_billed(gains, family, price);
	else if (cost->facts[number].whole)
		add_hills(gains, family, price);
}

/* What the cost could ever say is surely freed, whatever of it goes. */
static void
add_sure_at_most(struct gains *gains, uint32_t number, struct money price)
{
	const struct cost *cost = gains->cost;
	const struct family *family = &cost->lineages.families.items[number];
	struct bytes freed = family_freed(cost, number, cost->now);

	bool whole = cost->facts[number].whole;

	if (freed.level == LEVEL_EXACT) {
		add_each(gains, family, price, shared_bytes);
	} else if (whole && any_blocks(cost, family)) {
		add_each(gains, family, price, most_bytes);
	} else {
		if (cost->billed)
			add_each(gains, family, price, billed_bytes);
		if (whole)
			add_hills(gains, family, price);
	}
}

/* Blocks were counted of all that goes, and so of any part of it. */
static bool
is_counted(const struct bytes *freed)
{
	return freed->level == LEVEL_EXACT || freed->level == LEVEL_BLOCKS;
}

/* A cell by itself may free its size, or what is billed for it if that is less. */
static uint64_t
lower_limit(const struct gains *gains, cid cell)
{
	const struct cost *cost = gains->cost;
	uint64_t most = cell_at(cost, cell)->most;
	uint64_t billed = cost->billed ? cost->billed[cell] : BYTES_UNKNOWN;
	uint64_t limit = most < billed ? most : billed;

	return limit == BYTES_UNKNOWN ? 0 : limit;
}

/* Of a cell without a size nothing counts, unless its blocks do. */
static uint64_t
upper_limit(const struct gains *gains, cid cell)
{
	bool is_sized = cell_at(gains->cost, cell)->most != BYTES_UNKNOWN;

	return is_sized || gains->cost->blocks[cell] ? most_bytes(gains, cell)
						     : billed_bytes(gains, cell);
}

static uint64_t
counted_bytes(const struct gains *gains, cid cell)
{
	return gains->counted[cell];
}

/* What the cost would say may be freed is a sum over cells, but where blocks were counted. */
static void
add_possible_at_least(struct gains *gains, uint32_t number, struct money price)
{
	struct bytes freed = family_freed(gains->cost, number, gains->cost->now);

	if (is_counted(&freed))
		add_holders(gains, number, price);
	else
		add_each(gains, &gains->cost->lineages.families.items[number], price, lower_limit);
}

static void
add_possible_at_most(struct gains *gains, uint32_t number, struct money price)
{
	const struct cost *cost = gains->cost;
	const struct family *family = &cost->lineages.families.items[number];
	struct bytes freed = family_freed(cost, number, cost->now);
	uint64_t all;

	if (is_counted(&freed) && blocks_freed(cost, number, cost->now, gains->counted, &all))
		add_each(gains, family, price, counted_bytes);
	else
		add_each(gains, family, price, upper_limit);
}

static void
add_families(struct gains *gains)
{
	static void (*const adders[2][2])(
		struct gains * gains, uint32_t family, struct money price) = {
		[SAVE_BY_SURE] =
			{[GAIN_AT_LEAST] = add_sure_at_least, [GAIN_AT_MOST] = add_sure_at_most},
		[SAVE_BY_MOST] = {[GAIN_AT_LEAST] = add_possible_at_least,
			[GAIN_AT_MOST] = add_possible_at_most},
	};
	const struct lineages *lineages = &gains->cost->lineages;

	for (uint32_t i = 0; i < lineages->families.count; i++) {
		const struct family *family = &lineages->families.items[i];
		struct money price = price_of_family(gains->cost, family);

		if (!price.known || !goes_at_all(gains->cost, family))
			continue;
		adders[gains->by][gains->side](gains, i, price);
	}
}

/* --- everything else ---------------------------------------------------------------------------
 */

/* What goes with one step: never more, never less. */
static struct amount
amount_beside(const struct cost *cost, nid item)
{
	bool is_snapshot = graph_node(cost->graph, item)->kind == NODE_SNAPSHOT;
	bool is_instance = graph_node(cost->graph, item)->kind == NODE_INSTANCE;
	struct amount amount = amount_zero(), more;

	if (!is_paid(cost, item) || (!is_snapshot && !is_instance))
		return amount;
	amount = (is_snapshot ? snapshot_archive : instance_saving)(cost, item, NULL);
	more = (is_snapshot ? snapshot_fast_restore : address_saving)(cost, item, NULL);
	amount_add(&amount, &more);
	return amount;
}

static void
add_items(struct gains *gains)
{
	vec_foreach (item, &gains->cost->plan->steps) {
		struct amount amount = amount_beside(gains->cost, *item);
		struct needs needs = {0};

		add_need(gains, &needs, gains->node_of[*item]);
		put_amount(gains, &needs, &amount);
	}
}

/* Volumes that surely go, or may go, once all instances that they are attached to are terminated.
 */
typedef void volume_visitor(void *context, nid volume);

static void
each_going_volume(const struct cost *cost, enum save_by by, volume_visitor *visit, void *context)
{
	const struct graph *graph = cost->graph;

	graph_foreach (volume, graph, NODE_VOLUME) {
		enum tristate goes = is_paid(cost, volume) ? volume_goes(cost, volume, 0) : NO;

		if (goes == YES || (goes == UNREAD && by == SAVE_BY_MOST))
			visit(context, volume);
	}
}

static void
add_volume(void *context, nid volume)
{
	struct gains *gains = context;
	struct edge_walk walk = graph_out(gains->cost->graph, volume);
	struct amount amount = volume_cost(gains->cost, volume, NULL);
	struct needs needs = {0};

	while (edge_next(gains->cost->graph, &walk))
		if (walk.edge->kind == EDGE_ATTACHED_TO)
			add_need(gains, &needs, gains->node_of[walk.edge->to]);
	put_amount(gains, &needs, &amount);
}

void
gains_add(const struct cost *cost, enum save_by by, enum gain_side side, const uint32_t *node_of,
	struct closure *closure)
{
	struct gains gains = {
		.cost = cost, .by = by, .side = side, .node_of = node_of, .closure = closure};

	vec_push(&gains.links, (struct link){0}); /* 0 is no link */
	find_members(&gains);
	gains.counted = xcalloc(cost->lineages.cells.count + 1, sizeof(*gains.counted));
	add_families(&gains);
	add_items(&gains);
	each_going_volume(cost, by, add_volume, &gains);
	vec_release(&gains.links);
	free(gains.member_start);
	free(gains.members);
	free(gains.counted);
}

/* --- what a set frees, as the cost would say it ------------------------------------------------
 */

/* Steps that go, and the sum of what they free. */
struct freed {
	const struct cost *cost;
	enum save_by by;
	const struct bitset *going;
	struct money sum;
};

static void
add_freed(struct freed *freed, const struct amount *amount)
{
	freed->sum = money_add(freed->sum, gains_measure(amount, freed->by));
}

static void
add_freed_families(struct freed *freed)
{
	const struct cost *cost = freed->cost;
	const struct lineages *lineages = &cost->lineages;
	uint32_t *count = xcalloc(lineages->cells.count, sizeof(*count));
	uint8_t *fates = xcalloc(lineages->cells.count, sizeof(*fates));

	vec_foreach (item, &cost->plan->steps)
		count[lineage_cell(lineages, *item)] += bitset_has(freed->going, *item);
	for (cid c = 1; c < lineages->cells.count; c++)
		if (count[c] == lineages->cells.items[c].members)
			fates[c] = CELL_GOES;
	for (uint32_t i = 0; i < lineages->families.count; i++) {
		struct bytes bytes = family_freed(cost, i, fates);
		struct amount amount = amount_of_bytes(
			price_of_family(cost, &lineages->families.items[i]), &bytes);

		add_freed(freed, &amount);
	}
	free(count);
	free(fates);
}

static void
add_freed_volume(void *context, nid volume)
{
	struct freed *freed = context;
	struct edge_walk walk = graph_out(freed->cost->graph, volume);
	struct amount amount = volume_cost(freed->cost, volume, NULL);

	while (edge_next(freed->cost->graph, &walk))
		if (walk.edge->kind == EDGE_ATTACHED_TO && !bitset_has(freed->going, walk.edge->to))
			return;
	add_freed(freed, &amount);
}

struct money
gains_of(const struct cost *cost, enum save_by by, const struct bitset *going)
{
	struct freed freed = {cost, by, going, MONEY_ZERO};

	add_freed_families(&freed);
	vec_foreach (item, &cost->plan->steps) {
		struct amount amount = amount_beside(cost, *item);

		if (bitset_has(going, *item))
			add_freed(&freed, &amount);
	}
	each_going_volume(cost, by, add_freed_volume, &freed);
	return freed.sum;
}
