/*
 * The closure problem: its nodes and arcs, and the walk down the hull to the corner that is asked
 * for. It must not know: what the nodes stand for, how a cut is found.
 *
 * The walk holds two corners of the hull, one on either side of what is asked for, and cuts with
 * the slope of the line between them (Eisner and Severance 1976). Either that finds a corner below
 * the line, which takes the place of one of the two, or there is none: then the line is the hull's
 * own, and what lies on it at the point asked for is the bound. Corners are nested, so every cut
 * settles nodes for good, and the next has only the open ones.
 */
#include "closure_internal.h"
#include <string.h>

/* Attempts at a better set than the last one, at most: each looks at all nodes, and the first few
 * bring the most. */
#define ATTEMPTS 12

uint32_t
closure_add(struct closure *closure, uint32_t weight, uint32_t steps, uint64_t gain)
{
	uint32_t node = (uint32_t)closure->weight.count;

	vec_push(&closure->weight, weight);
	vec_push(&closure->steps, steps);
	vec_push(&closure->gain, 0);
	closure_bring(closure, node, gain);
	return node;
}

void
closure_bring(struct closure *closure, uint32_t node, uint64_t gain)
{
	uint64_t left = LIMIT_CLOSURE_GAIN - closure->total_gain;

	if (gain > left)
		gain = left;
	closure->gain.items[node] += gain;
	closure->total_gain += gain;
}

void
closure_need(struct closure *closure, uint32_t node, uint32_t needed)
{
	vec_push(&closure->arcs, ((struct closure_arc){node, needed}));
}

void
closure_release(struct closure *closure)
{
	vec_release(&closure->weight);
	vec_release(&closure->steps);
	vec_release(&closure->gain);
	vec_release(&closure->arcs);
	closure->total_gain = 0;
}

void
closure_choice_release(struct closure_choice *choice)
{
	bitset_release(&choice->chosen);
}

/* Turns how many there are of each node, at [node + 1], into where each one's begin. */
static void
add_up(size_t *starts, uint32_t count)
{
	for (uint32_t node = 0; node < count; node++)
		starts[node + 1] += starts[node];
}

/*
 * Sorting by both ends without comparing: first by what is needed, in whatever order, then each
 * node's needs from those lists from first to last, then the lists again from the needs.
 */
void
network_init(struct network *net, const struct closure *closure, const uint32_t *cost)
{
	uint32_t count = (uint32_t)closure->weight.count;
	size_t arcs = closure->arcs.count;
	size_t *fill = xcalloc((size_t)count + 1, sizeof(*fill));

	*net = (struct network){.count = count, .cost = cost, .gain = closure->gain.items};
	net->needs = xcalloc((size_t)count + 1, sizeof(*net->needs));
	net->uses = xcalloc((size_t)count + 1, sizeof(*net->uses));
	net->needed = xcalloc(arcs, sizeof(*net->needed));
	net->user = xcalloc(arcs, sizeof(*net->user));
	net->arc = xcalloc(arcs, sizeof(*net->arc));
	vec_foreach (arc, &closure->arcs) {
		net->needs[arc->node + 1]++;
		net->uses[arc->needed + 1]++;
	}
	add_up(net->needs, count);
	add_up(net->uses, count);

	memcpy(fill, net->uses, (size_t)count * sizeof(*fill));
	vec_foreach (arc, &closure->arcs)
		net->user[fill[arc->needed]++] = arc->node;
	memcpy(fill, net->needs, (size_t)count * sizeof(*fill));
	for (uint32_t node = 0; node < count; node++)
		for (size_t u = net->uses[node]; u < net->uses[node + 1]; u++)
			net->needed[fill[net->user[u]]++] = node;
	memcpy(fill, net->uses, (size_t)count * sizeof(*fill));
	for (uint32_t node = 0; node < count; node++)
		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++) {
			size_t use = fill[net->needed[a]]++;

			net->user[use] = node;
			net->arc[use] = a;
		}
	free(fill);
}

void
network_release(struct network *net)
{
	free(net->needs);
	free(net->needed);
	free(net->uses);
	free(net->user);
	free(net->arc);
	*net = (struct network){0};
}

/* A corner of the hull, or any set: what it costs and gains. */
struct corner {
	uint64_t cost, gain;
};

/*
 * Between two corners. What is asked for is a gain of at least `target` or a cost of at most
 * `room`; the other is at its end and decides nothing. Lifetime: one question.
 */
struct walk {
	struct network net;
	struct cut *cut;
	uint64_t target, room;
	uint8_t *place, *side; /* by node; enum place, enum side */
	struct corner low, high;
};

static void
put_in(struct walk *walk, uint32_t node, enum place place, struct corner *corner)
{
	walk->place[node] = (uint8_t)place;
	corner->cost += walk->net.cost[node];
	corner->gain += walk->net.gain[node];
}

/* The corners at both ends: nothing, and all that gains with all that it needs. */
static void
walk_init(struct walk *walk, const struct closure *closure, const uint32_t *cost)
{
	struct network *net = &walk->net;
	VEC(uint32_t) queue = {0};

	network_init(net, closure, cost);
	walk->cut = cut_new(net);
	walk->place = xcalloc(net->count, sizeof(*walk->place));
	walk->side = xcalloc(net->count, sizeof(*walk->side));
	memset(walk->place, PLACE_OUT, net->count);
	for (uint32_t node = 0; node < net->count; node++)
		if (net->gain[node])
			vec_push(&queue, node);
	while (queue.count) {
		uint32_t node = queue.items[--queue.count];

		if (walk->place[node] == PLACE_OPEN)
			continue;
		put_in(walk, node, PLACE_OPEN, &walk->high);
		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++)
			vec_push(&queue, net->needed[a]);
	}
	vec_release(&queue);
}

static void
walk_release(struct walk *walk)
{
	cut_free(walk->cut);
	free(walk->place);
	free(walk->side);
	network_release(&walk->net);
}

/* The corners that the last cut found. */
static void
read_corners(const struct walk *walk, struct corner *smallest, struct corner *greatest)
{
	*smallest = *greatest = walk->low;
	for (uint32_t node = 0; node < walk->net.count; node++) {
		if (walk->place[node] != PLACE_OPEN || walk->side[node] == SIDE_OUTSIDE)
			continue;
		greatest->cost += walk->net.cost[node];
		greatest->gain += walk->net.gain[node];
		if (walk->side[node] != SIDE_SMALLEST)
			continue;
		smallest->cost += walk->net.cost[node];
		smallest->gain += walk->net.gain[node];
	}
}

/* The open nodes up to and with `side` are in from now on. */
static void
raise_low(struct walk *walk, enum side side, struct corner low)
{
	for (uint32_t node = 0; node < walk->net.count; node++)
		if (walk->place[node] == PLACE_OPEN && walk->side[node] <= side)
			walk->place[node] = PLACE_IN;
	walk->low = low;
}

/* The open nodes beyond `side` are out from now on. */
static void
lower_high(struct walk *walk, enum side side, struct corner high)
{
	for (uint32_t node = 0; node < walk->net.count; node++)
		if (walk->place[node] == PLACE_OPEN && walk->side[node] > side)
			walk->place[node] = PLACE_OUT;
	walk->high = high;
}

/* At the target or past the room: the first such corner is the upper one looked for. */
static bool
is_upper(const struct walk *walk, struct corner corner)
{
	return corner.gain >= walk->target || corner.cost > walk->room;
}

/*
 * Narrows to the two ends of one edge of the hull, of which only the upper is_upper. On an edge,
 * the smallest best set is at most the lower end and the greatest at least the upper: that ends it.
 */
static void
walk_to_edge(struct walk *walk)
{
	for (;;) {
		struct corner smallest, greatest;

		cut_make(walk->cut, walk->place, walk->high.cost - walk->low.cost,
			walk->high.gain - walk->low.gain, walk->side);
		read_corners(walk, &smallest, &greatest);
		if (is_upper(walk, smallest)) {
			lower_high(walk, SIDE_SMALLEST, smallest);
		} else if (!is_upper(walk, greatest)) {
			raise_low(walk, SIDE_GREATEST, greatest);
		} else {
			lower_high(walk, SIDE_GREATEST, greatest);
			raise_low(walk, SIDE_SMALLEST, smallest);
			return;
		}
	}
}

/* The set of one of the two corners, to be changed. */
static struct choice
choice_at(const struct walk *walk, enum place place, struct corner corner)
{
	struct choice choice = {.cost = corner.cost, .gain = corner.gain};

	bitset_init(&choice.has, walk->net.count);
	for (uint32_t node = 0; node < walk->net.count; node++)
		if (walk->place[node] <= place)
			bitset_add(&choice.has, node);
	return choice;
}

/* Takes the set of `choice`. */
static void
report_choice(const struct closure *closure, struct choice *choice, uint64_t bound,
	struct closure_choice *out)
{
	*out = (struct closure_choice){.chosen = choice->has, .bound = bound};
	for (size_t node = 0; node < closure->weight.count; node++) {
		if (!bitset_has(&choice->has, node))
			continue;
		out->weight += closure->weight.items[node];
		out->steps += closure->steps.items[node];
		out->gain += closure->gain.items[node];
	}
	*choice = (struct choice){0};
}

/* The hull's cost at the target, rounded up, as costs are whole. */
static uint64_t
cost_on_edge(const struct walk *walk)
{
	closure_product rise = walk->high.cost - walk->low.cost;
	closure_product run = walk->high.gain - walk->low.gain;
	closure_product part = (closure_product)(walk->target - walk->low.gain) * rise;

	return walk->low.cost + (uint64_t)((part + run - 1) / run);
}

/* The hull's gain at the room, rounded down. */
static uint64_t
gain_on_edge(const struct walk *walk)
{
	closure_product rise = walk->high.cost - walk->low.cost;
	closure_product run = walk->high.gain - walk->low.gain;
	closure_product part = (closure_product)(walk->room - walk->low.cost) * run;

	return walk->low.gain + (uint64_t)(part / rise);
}

/*
 * The upper corner gains too much, and is pruned. The lower one gains too little, and is filled
 * with what fits below the best set so far, then pruned of what the last addition made needless:
 * as long as that reaches the target, there is a lighter set.
 */
static struct choice
save_at_edge(const struct walk *walk, uint64_t bound)
{
	struct choice best = choice_at(walk, PLACE_OPEN, walk->high);

	choice_prune(&walk->net, &best, walk->target);
	for (int i = 0; i < ATTEMPTS && best.cost > bound; i++) {
		struct choice filled = choice_at(walk, PLACE_IN, walk->low);

		choice_fill(&walk->net, &filled, walk->target, best.cost - 1);
		if (filled.gain < walk->target) {
			bitset_release(&filled.has);
			break;
		}
		choice_prune(&walk->net, &filled, walk->target);
		bitset_release(&best.has);
		best = filled;
	}
	return best;
}

bool
closure_save(const struct closure *closure, uint64_t target, struct closure_choice *out)
{
	struct walk walk = {.target = target, .room = UINT64_MAX};
	struct choice choice = {0};
	uint64_t bound = 0;

	if (target > closure_reach(closure))
		return false;
	walk_init(&walk, closure, closure->weight.items);
	if (target > 0) {
		walk_to_edge(&walk);
		bound = cost_on_edge(&walk);
		choice = save_at_edge(&walk, bound);
	} else {
		bitset_init(&choice.has, walk.net.count);
	}
	report_choice(closure, &choice, bound, out);
	walk_release(&walk);
	return true;
}

/* The upper corner pruned to as much gain as fits: what that is, is found by halving. */
static struct choice
prune_to_room(const struct walk *walk, uint64_t bound)
{
	struct choice best = choice_at(walk, PLACE_IN, walk->low);
	uint64_t beyond = bound + 1;

	for (int i = 0; i < ATTEMPTS && beyond - best.gain > 1; i++) {
		uint64_t middle = best.gain + (beyond - best.gain) / 2;
		struct choice tried = choice_at(walk, PLACE_OPEN, walk->high);

		choice_prune(&walk->net, &tried, middle);
		if (tried.cost > walk->room) {
			bitset_release(&tried.has);
			beyond = middle;
		} else {
			bitset_release(&best.has);
			best = tried;
		}
	}
	return best;
}

/* As save_at_edge, from the other side: what is left of the room is filled in either set. */
static struct choice
most_at_edge(const struct walk *walk, uint64_t bound)
{
	struct choice filled = choice_at(walk, PLACE_IN, walk->low);
	struct choice pruned;
	bool second;

	choice_fill(&walk->net, &filled, bound, walk->room);
	if (filled.gain == bound)
		return filled;
	pruned = prune_to_room(walk, bound);
	choice_fill(&walk->net, &pruned, bound, walk->room);
	second = pruned.gain > filled.gain;
	bitset_release(second ? &filled.has : &pruned.has);
	return second ? pruned : filled;
}

void
closure_most(const struct closure *closure, uint64_t max_steps, struct closure_choice *out)
{
	struct walk walk = {.target = UINT64_MAX, .room = max_steps};
	struct choice choice;
	uint64_t bound;

	walk_init(&walk, closure, closure->steps.items);
	if (is_upper(&walk, walk.high)) {
		walk_to_edge(&walk);
		bound = gain_on_edge(&walk);
		choice = most_at_edge(&walk, bound);
	} else {
		bound = walk.high.gain;
		choice = choice_at(&walk, PLACE_OPEN, walk.high);
	}
	report_choice(closure, &choice, bound, out);
	walk_release(&walk);
}

void
closure_cut(const struct closure *closure, uint64_t weight_unit, uint64_t gain_unit,
	struct closure_choice *smallest, struct closure_choice *greatest)
{
	struct walk walk = {.target = UINT64_MAX, .room = UINT64_MAX};
	struct choice choice;

	walk_init(&walk, closure, closure->weight.items);
	memset(walk.place, PLACE_OPEN, walk.net.count);
	cut_make(walk.cut, walk.place, weight_unit, gain_unit, walk.side);
	raise_low(&walk, SIDE_SMALLEST, walk.low);
	choice = choice_at(&walk, PLACE_IN, walk.low);
	report_choice(closure, &choice, 0, smallest);
	smallest->bound = smallest->weight;
	raise_low(&walk, SIDE_GREATEST, walk.low);
	choice = choice_at(&walk, PLACE_IN, walk.low);
	report_choice(closure, &choice, 0, greatest);
	greatest->bound = greatest->weight;
	walk_release(&walk);
}
