/*
 * From a corner of the hull to exactly what is asked for: pruning what is not needed, filling up
 * what is left. It must not know: the hull, what the nodes stand for.
 *
 * The corner is a best set of its own gain; between two corners the best set is hard to find (the
 * knapsack problem), so both touches are greedy, and the hull's bound says how far off they can be.
 */
#include "closure_internal.h"

/* Nodes and arcs that failed attempts may look at, as a multiple of those there are: what keeps a
 * long chain, each link of which is tried with all the rest, from taking its length squared. */
#define LOOKS 32

/* A set under change. Lifetime: one call. */
struct fit {
	const struct network *net;
	struct choice *choice;
	struct bitset fixed;   /* chosen nodes that cannot be dropped any more */
	struct bitset seen;    /* in `found` */
	VEC(uint32_t) found;   /* what goes or comes together */
	uint64_t cost, gain;   /* of those found */
	size_t looks, allowed; /* at nodes and arcs, by failed attempts */
};

static struct fit
fit_of(const struct network *net, struct choice *choice)
{
	struct fit fit = {.net = net, .choice = choice};

	fit.allowed = LOOKS * (net->count + net->needs[net->count]);
	bitset_init(&fit.fixed, net->count);
	bitset_init(&fit.seen, net->count);
	return fit;
}

static void
fit_release(struct fit *fit)
{
	bitset_release(&fit->fixed);
	bitset_release(&fit->seen);
	vec_release(&fit->found);
}

static void
find(struct fit *fit, uint32_t node)
{
	if (bitset_has(&fit->seen, node))
		return;
	bitset_add(&fit->seen, node);
	vec_push(&fit->found, node);
	fit->cost += fit->net->cost[node];
	fit->gain += fit->net->gain[node];
}

static void
forget_found(struct fit *fit)
{
	vec_foreach (node, &fit->found)
		bitset_remove(&fit->seen, *node);
	fit->found.count = 0;
	fit->cost = fit->gain = 0;
}

/* Finds all that goes with `first`: the chosen nodes that need it. False once the loss is more than
 * `slack` or something fixed would go. */
static bool
find_users(struct fit *fit, uint32_t first, uint64_t slack)
{
	const struct network *net = fit->net;

	find(fit, first);
	for (size_t i = 0; i < fit->found.count; i++) {
		uint32_t node = fit->found.items[i];

		fit->looks += 1 + net->uses[node + 1] - net->uses[node];
		if (fit->gain > slack || bitset_has(&fit->fixed, node))
			return false;
		for (size_t u = net->uses[node]; u < net->uses[node + 1]; u++)
			if (bitset_has(&fit->choice->has, net->user[u]))
				find(fit, net->user[u]);
	}
	return true;
}

/* `first` stays, and with it all that it needs. */
static void
fix(struct fit *fit, uint32_t first)
{
	const struct network *net = fit->net;

	find(fit, first);
	for (size_t i = 0; i < fit->found.count; i++) {
		uint32_t node = fit->found.items[i];

		bitset_add(&fit->fixed, node);
		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++)
			if (!bitset_has(&fit->fixed, net->needed[a]))
				find(fit, net->needed[a]);
	}
	forget_found(fit);
}

/*
 * Drops the node with all that needs it, or fixes it. What cannot go now can never go: whatever
 * else goes, the gain left without it only shrinks.
 */
static void
drop_or_fix(struct fit *fit, uint32_t node, uint64_t target)
{
	struct choice *choice = fit->choice;
	size_t looks = fit->looks;

	if (!bitset_has(&choice->has, node) || bitset_has(&fit->fixed, node))
		return;
	if (!find_users(fit, node, choice->gain - target)) {
		forget_found(fit);
		fix(fit, node);
		return;
	}
	fit->looks = looks;
	vec_foreach (gone, &fit->found)
		bitset_remove(&choice->has, *gone);
	choice->cost -= fit->cost;
	choice->gain -= fit->gain;
	forget_found(fit);
}

/* A node, or a family of nodes, and its place in a row. */
struct rank {
	uint32_t node;
	uint64_t cost, gain;
};

static int
by_number(const struct rank *a, const struct rank *b)
{
	return (a->node > b->node) - (a->node < b->node);
}

static int
dearest_first(const void *left, const void *right)
{
	const struct rank *a = left;
	const struct rank *b = right;

	return a->cost != b->cost ? (a->cost < b->cost) - (a->cost > b->cost) : by_number(a, b);
}

/* By gain a cost; what costs nothing comes first. */
static int
best_first(const void *left, const void *right)
{
	const struct rank *a = left;
	const struct rank *b = right;
	closure_product x = (closure_product)a->gain * b->cost;
	closure_product y = (closure_product)b->gain * a->cost;

	return x != y ? (x < y) - (x > y) : by_number(a, b);
}

/*
 * The chosen nodes, every one after those that need it: then whether it can go is seen at a glance,
 * as those went or stay. Nodes in a circle, and what they need, come last.
 */
static uint32_t *
users_first(const struct fit *fit, size_t *count)
{
	const struct network *net = fit->net;
	const struct bitset *has = &fit->choice->has;
	uint32_t *users = xcalloc(net->count, sizeof(*users));
	uint32_t *row = xcalloc(net->count, sizeof(*row));
	size_t last = 0;

	for (uint32_t node = 0; node < net->count; node++) {
		for (size_t u = net->uses[node]; u < net->uses[node + 1]; u++)
			users[node] += bitset_has(has, net->user[u]);
		if (bitset_has(has, node) && users[node] == 0)
			row[last++] = node;
	}
	for (size_t i = 0; i < last; i++)
		for (size_t a = net->needs[row[i]]; a < net->needs[row[i] + 1]; a++)
			if (--users[net->needed[a]] == 0)
				row[last++] = net->needed[a];
	for (uint32_t node = 0; node < net->count; node++)
		if (bitset_has(has, node) && users[node] > 0)
			row[last++] = node;
	free(users);
	*count = last;
	return row;
}

/* What costs nothing goes only with others. */
static struct rank *
rank_chosen(const struct fit *fit, size_t *count)
{
	VEC(struct rank) ranks = {0};

	for (uint32_t node = 0; node < fit->net->count; node++)
		if (bitset_has(&fit->choice->has, node) && fit->net->cost[node] > 0)
			vec_push(&ranks, ((struct rank){node, fit->net->cost[node], 0}));
	*count = ranks.count;
	if (ranks.count)
		qsort(ranks.items, ranks.count, sizeof(*ranks.items), dearest_first);
	return ranks.items;
}

void
choice_prune(const struct network *net, struct choice *choice, uint64_t target)
{
	struct fit fit = fit_of(net, choice);
	size_t count;
	struct rank *ranks = rank_chosen(&fit, &count);
	uint32_t *row;

	for (size_t i = 0; i < count && fit.looks <= fit.allowed; i++)
		drop_or_fix(&fit, ranks[i].node, target);
	row = users_first(&fit, &count);
	for (size_t i = 0; i < count; i++)
		if (net->cost[row[i]] > 0)
			drop_or_fix(&fit, row[i], target);
	free(row);
	free(ranks);
	fit_release(&fit);
}

/* Finds all that comes with `first`: what it needs and is not chosen. False once that costs more
 * than `room`. */
static bool
find_needs(struct fit *fit, uint32_t first, uint64_t room)
{
	const struct network *net = fit->net;

	find(fit, first);
	for (size_t i = 0; i < fit->found.count && fit->cost <= room; i++) {
		uint32_t node = fit->found.items[i];

		fit->looks += 1 + net->needs[node + 1] - net->needs[node];
		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++)
			if (!bitset_has(&fit->choice->has, net->needed[a]))
				find(fit, net->needed[a]);
	}
	return fit->cost <= room;
}

/* What could come, the best first: every node that gains, with its needs. */
static struct rank *
rank_families(struct fit *fit, uint64_t room, size_t *count)
{
	VEC(struct rank) ranks = {0};

	for (uint32_t node = 0; node < fit->net->count && fit->looks <= fit->allowed; node++) {
		if (fit->net->gain[node] == 0 || bitset_has(&fit->choice->has, node))
			continue;
		if (find_needs(fit, node, room))
			vec_push(&ranks, ((struct rank){node, fit->cost, fit->gain}));
		forget_found(fit);
	}
	*count = ranks.count;
	if (ranks.count)
		qsort(ranks.items, ranks.count, sizeof(*ranks.items), best_first);
	return ranks.items;
}

/* One family after the other, as long as the cost stays within `room`. True if any came. */
static bool
fill_once(struct fit *fit, uint64_t target, uint64_t room)
{
	struct choice *choice = fit->choice;
	uint64_t before = choice->gain;
	size_t count;
	struct rank *ranks = rank_families(fit, room - choice->cost, &count);

	for (size_t i = 0; i < count && choice->gain < target && fit->looks <= fit->allowed; i++) {
		if (bitset_has(&choice->has, ranks[i].node))
			continue;
		if (find_needs(fit, ranks[i].node, room - choice->cost)) {
			vec_foreach (node, &fit->found)
				bitset_add(&choice->has, *node);
			choice->cost += fit->cost;
			choice->gain += fit->gain;
		}
		forget_found(fit);
	}
	free(ranks);
	return choice->gain > before;
}

void
choice_fill(const struct network *net, struct choice *choice, uint64_t target, uint64_t room)
{
	struct fit fit = fit_of(net, choice);

	while (choice->gain < target && fit.looks <= fit.allowed && fill_once(&fit, target, room))
		;
	fit.looks = 0;
	fill_once(&fit, UINT64_MAX, choice->cost);
	fit_release(&fit);
}
