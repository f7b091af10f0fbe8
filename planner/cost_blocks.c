/*
 * Counting blocks: which stored blocks only cells that go hold. Exact where the lists of blocks
 * were read. It must not know: prices, plans.
 *
 * A version of a block begins at a cell (a root that has it, or a child that has another than its
 * parent) and is handed down to children until one of these has another. It is freed if no cell
 * that stays gets it. So, children first, each cell that goes knows of which blocks its version may
 * be freed: those that changed towards every child that stays, and those that changed towards, or
 * may be freed at, every child that goes. One bit a block, one pass over the lists.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-accessing-snapshot.html
 */
#include "cost_internal.h"

/* Of which blocks the version at a cell may be freed. No set yet: of all. */
struct freeable {
	bool limited;
	struct block_set set;
};

static const struct cell *
cell_at(const struct cost *cost, cid cell)
{
	return &cost->lineages.cells.items[cell];
}

const struct block_list **
lineages_blocks(const struct lineages *lineages, const struct graph *graph)
{
	const struct cell *cells = lineages->cells.items;
	const struct block_list **lists =
		xcalloc(lineages->cells.count, sizeof(const struct block_list *));

	vec_foreach (list, &graph->blocks) {
		cid second = lineage_cell(lineages, list->second);
		cid first = list->first ? lineage_cell(lineages, list->first) : 0;

		if (!list->block_size || !second || (list->first && !first))
			continue;
		if (cells[second].parent == first)
			lists[second] = list;
		else if (first && cells[first].parent == second)
			lists[first] = list;
	}
	return lists;
}

static uint64_t
word_at(const struct block_set *set, size_t i)
{
	return i < set->count ? set->words[i] : 0;
}

/* Those of its blocks that the cell has and its parent has not. */
static uint64_t
started_word(const struct cost *cost, cid cell, size_t i)
{
	const struct block_list *list = cost->blocks[cell];
	bool backwards = list->first && lineage_cell(&cost->lineages, list->first) == cell;
	const struct block_set *lacking = backwards ? &list->not_in_first : &list->not_in_second;

	return word_at(&list->blocks, i) & ~word_at(lacking, i);
}

static uint64_t
count_started(const struct cost *cost, cid cell, const struct freeable *freeable)
{
	size_t words = cost->blocks[cell]->blocks.count;
	uint64_t count = 0;

	for (size_t i = 0; i < words; i++) {
		uint64_t word = started_word(cost, cell, i);

		if (freeable && freeable->limited)
			word &= word_at(&freeable->set, i);
		count += (uint64_t)__builtin_popcountll(word);
	}
	return count;
}

/* What may still be freed at the parent once the child is heard. `child` NULL: it stays. */
static void
limit(struct freeable *parent, const struct block_set *changed, const struct freeable *child)
{
	size_t count = changed->count;

	if (child && !child->limited)
		return;
	if (child && child->set.count > count)
		count = child->set.count;
	if (!parent->limited) {
		parent->set.words = xcalloc(count + 1, sizeof(*parent->set.words));
		parent->set.count = count;
	}
	for (size_t i = 0; i < parent->set.count; i++) {
		uint64_t word = word_at(changed, i) | (child ? word_at(&child->set, i) : 0);

		parent->set.words[i] = parent->limited ? parent->set.words[i] & word : word;
	}
	parent->limited = true;
}

/* Every list that counting needs was read, and all have blocks of one size. */
static bool
lists_are_read(const struct cost *cost, const struct family *family, const uint8_t *gone,
	uint32_t *block_size)
{
	*block_size = 0;
	for (cid c = family->start; c < family->start + family->count; c++) {
		const struct cell *cell = cell_at(cost, c);
		const struct block_list *list = cost->blocks[c];

		if (!gone[c] && !(cell->parent && gone[cell->parent]))
			continue;
		if (!list || (*block_size && list->block_size != *block_size))
			return false;
		*block_size = list->block_size;
	}
	return true;
}

bool
blocks_freed(const struct cost *cost, uint32_t family, const uint8_t *gone, uint64_t *each,
	uint64_t *out)
{
	const struct family *f = &cost->lineages.families.items[family];
	struct freeable *freeable;
	uint64_t count = 0;
	uint32_t block_size;

	if (cost->graph->blocks.count == 0 || !lists_are_read(cost, f, gone, &block_size))
		return false;
	freeable = xcalloc(f->count, sizeof(*freeable));
	for (cid c = f->start + f->count; c-- > f->start;) {
		cid parent = cell_at(cost, c)->parent;
		struct freeable *mine = &freeable[c - f->start];

		if (gone[c]) {
			uint64_t started = count_started(cost, c, mine);

			count += started;
			if (each)
				each[c] = started * block_size;
		}
		if (parent && gone[parent])
			limit(&freeable[parent - f->start], &cost->blocks[c]->blocks,
				gone[c] ? mine : NULL);
		free(mine->set.words);
		mine->set.words = NULL;
	}
	free(freeable);
	*out = count * block_size;
	return true;
}

bool
blocks_freed_alone(const struct cost *cost, cid cell, uint64_t *out)
{
	struct freeable freeable = {0};
	bool counted = cost->blocks[cell] != NULL;

	for (cid child = cost->first_child[cell]; child && counted;
		child = cost->next_sibling[child]) {
		const struct block_list *list = cost->blocks[child];

		counted = list && list->block_size == cost->blocks[cell]->block_size;
		if (counted)
			limit(&freeable, &list->blocks, NULL);
	}
	if (counted)
		*out = count_started(cost, cell, &freeable) * cost->blocks[cell]->block_size;
	free(freeable.set.words);
	return counted;
}

bool
blocks_stored(const struct cost *cost, uint32_t family, uint64_t *out)
{
	const struct family *f = &cost->lineages.families.items[family];
	uint64_t count = 0;
	uint32_t block_size = 0;

	for (cid c = f->start; c < f->start + f->count; c++) {
		const struct block_list *list = cost->blocks[c];

		if (!list || (block_size && list->block_size != block_size))
			return false;
		block_size = list->block_size;
		count += count_started(cost, c, NULL);
	}
	*out = count * block_size;
	return true;
}

/* --- who holds which ---------------------------------------------------------------------------
 */

/* Blocks whose version is held by the same cells, as far as these were asked. */
struct held {
	struct block_set set;
	VEC(cid) cells;
	size_t asking; /* the cell whose children are being asked */
	cid child;     /* of these, the next one; 0: no more */
};

static void
held_release(struct held *held)
{
	free(held->set.words);
	vec_release(&held->cells);
}

/* The next child to be asked; 0: all were. */
static cid
next_child(const struct cost *cost, struct held *held)
{
	cid child;

	while (!held->child && ++held->asking < held->cells.count)
		held->child = cost->first_child[held->cells.items[held->asking]];
	child = held->child;
	held->child = child ? cost->next_sibling[child] : 0;
	return child;
}

/* Leaves those that changed; true, if any. `same`: those that did not; NULL: they do not matter. */
static bool
split(struct block_set *set, const struct block_set *changed, struct block_set *same,
	bool *any_same)
{
	uint64_t left = 0, others = 0;

	for (size_t i = 0; i < set->count; i++) {
		uint64_t word = set->words[i] & word_at(changed, i);

		if (same)
			same->words[i] = set->words[i] & ~word;
		others |= set->words[i] & ~word;
		left |= word;
		set->words[i] = word;
	}
	*any_same = others != 0;
	return left != 0;
}

static uint64_t
count_blocks(const struct block_set *set)
{
	uint64_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += (uint64_t)__builtin_popcountll(set->words[i]);
	return count;
}

/* The same cells and one more, which has these blocks unchanged. */
static struct held
handed_down(const struct held *held, struct block_set set, cid child)
{
	struct held next = {.set = set, .asking = held->asking, .child = held->child};

	vec_reserve(&next.cells, held->cells.count + 1);
	vec_foreach (cell, &held->cells)
		vec_push(&next.cells, *cell);
	vec_push(&next.cells, child);
	return next;
}

/* What began at one cell, wherever it was handed down to. */
struct holders_walk {
	const struct cost *cost;
	const uint8_t *gone;
	holders_visitor *visit;
	void *context;
	uint32_t block_size;
	uint64_t work;
	VEC(struct held) open;
};

/* Asks one more child of the newest: true while it is not done with. */
static bool
ask_child(struct holders_walk *walk, struct held *held)
{
	const struct cost *cost = walk->cost;
	cid child = next_child(cost, held);
	struct block_set same = {NULL, held->set.count};
	bool any_same, left;

	if (!child) {
		walk->visit(walk->context, held->cells.items, held->cells.count,
			count_blocks(&held->set) * walk->block_size);
		return false;
	}
	walk->work += held->set.count + 16 * held->cells.count;
	if (walk->gone[child])
		same.words = xcalloc(same.count + 1, sizeof(*same.words));
	left = split(
		&held->set, &cost->blocks[child]->blocks, same.words ? &same : NULL, &any_same);
	if (same.words && any_same)
		vec_push(&walk->open, handed_down(held, same, child));
	else
		free(same.words);
	return left;
}

static struct held
begun_at(const struct cost *cost, cid cell)
{
	struct held held = {
		.set.count = cost->blocks[cell]->blocks.count, .child = cost->first_child[cell]};

	held.set.words = xcalloc(held.set.count + 1, sizeof(*held.set.words));
	for (size_t i = 0; i < held.set.count; i++)
		held.set.words[i] = started_word(cost, cell, i);
	vec_push(&held.cells, cell);
	return held;
}

static void
walk_from(struct holders_walk *walk, cid cell)
{
	vec_push(&walk->open, begun_at(walk->cost, cell));
	while (walk->open.count) {
		struct held held = walk->open.items[--walk->open.count];

		while (walk->work < LIMIT_HOLDERS_WORK && ask_child(walk, &held))
			continue;
		held_release(&held);
	}
}

void
blocks_each_holders(const struct cost *cost, uint32_t family, const uint8_t *gone,
	holders_visitor *visit, void *context)
{
	const struct family *f = &cost->lineages.families.items[family];
	struct holders_walk walk = {.cost = cost, .gone = gone, .visit = visit, .context = context};

	if (!lists_are_read(cost, f, gone, &walk.block_size))
		return;
	for (cid c = f->start; c < f->start + f->count; c++)
		if (gone[c])
			walk_from(&walk, c);
	vec_release(&walk.open);
}
