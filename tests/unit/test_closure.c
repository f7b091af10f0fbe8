/*
 * Tests of closure: small random problems against all their sets, large ones against what is known
 * of them. It must not know: how a cut is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "closure.h"

#define MOST_NODES 14
#define SETS (1u << MOST_NODES)
#define PROBLEMS 3000

/* The same numbers on every machine (xorshift). */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static uint32_t
below(uint64_t *seed, uint32_t limit)
{
	return (uint32_t)(next_random(seed) % limit);
}

/* What a set of nodes, one bit each, costs and gains. */
struct point {
	bool closed;
	uint64_t weight, steps, gain;
};

/* All sets of the problem under test. */
static struct point points[SETS];

static void
survey(const struct closure *closure)
{
	static uint32_t needs[SETS]; /* by set: all that its nodes need */
	uint32_t count = (uint32_t)closure->weight.count;

	assert_true(count <= MOST_NODES);
	for (uint32_t node = 0; node < count; node++)
		needs[1u << node] = 0;
	vec_foreach (arc, &closure->arcs)
		needs[1u << arc->node] |= 1u << arc->needed;
	points[0] = (struct point){.closed = true};
	for (uint32_t set = 1; set < 1u << count; set++) {
		uint32_t rest = set & (set - 1);
		uint32_t node = (uint32_t)__builtin_ctz(set);

		needs[set] = (rest ? needs[rest] : 0) | needs[set ^ rest];
		points[set] = (struct point){.closed = (needs[set] & ~set) == 0,
			.weight = points[rest].weight + closure->weight.items[node],
			.steps = points[rest].steps + closure->steps.items[node],
			.gain = points[rest].gain + closure->gain.items[node]};
	}
}

static uint32_t
set_of(const struct closure *closure, const struct closure_choice *choice)
{
	uint32_t set = 0;

	for (uint32_t node = 0; node < closure->weight.count; node++)
		if (bitset_has(&choice->chosen, node))
			set |= 1u << node;
	return set;
}

/* A choice is closed, and is what it says it is. */
static uint32_t
assert_sound(const struct closure *closure, const struct closure_choice *choice)
{
	uint32_t set = set_of(closure, choice);

	assert_true(points[set].closed);
	assert_int_equal(points[set].weight, choice->weight);
	assert_int_equal(points[set].steps, choice->steps);
	assert_int_equal(points[set].gain, choice->gain);
	return set;
}

/* Things with weights, gains of several of them, now and then a thing that needs another, or two
 * that need each other. */
static struct closure
random_problem(uint64_t *seed)
{
	struct closure closure = {0};
	uint32_t things = 1 + below(seed, 8);
	uint32_t gains = below(seed, MOST_NODES - 8 + 1);
	uint32_t scale = 1 + below(seed, 50);

	for (uint32_t i = 0; i < things; i++)
		closure_add(&closure, below(seed, 10), below(seed, 4),
			below(seed, 2) ? below(seed, scale) : 0);
	for (uint32_t i = below(seed, 6); i > 0; i--)
		closure_need(&closure, below(seed, things), below(seed, things));
	for (uint32_t i = 0; i < gains; i++) {
		uint32_t node = closure_add(&closure, 0, 0, 1 + below(seed, 2 * scale));

		for (uint32_t members = 1 + below(seed, 4); members > 0; members--)
			closure_need(&closure, node, below(seed, things + i));
	}
	return closure;
}

static void
test_cuts_are_the_smallest_and_greatest_best_sets(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < PROBLEMS; i++) {
		struct closure closure = random_problem(&seed);
		uint64_t weight_unit = below(&seed, 12);
		uint64_t gain_unit = 1 + below(&seed, 40);
		struct closure_choice smallest, greatest;
		int64_t best = 0;
		uint32_t in_all = UINT32_MAX;
		uint32_t in_any = 0;

		survey(&closure);
		for (uint32_t set = 0; set < 1u << closure.weight.count; set++) {
			int64_t value = (int64_t)(gain_unit * points[set].weight) -
					(int64_t)(weight_unit * points[set].gain);

			if (!points[set].closed || value > best)
				continue;
			in_all = value < best ? set : in_all & set;
			in_any = value < best ? set : in_any | set;
			best = value;
		}
		closure_cut(&closure, weight_unit, gain_unit, &smallest, &greatest);
		assert_int_equal(assert_sound(&closure, &smallest), in_all);
		assert_int_equal(assert_sound(&closure, &greatest), in_any);
		assert_int_equal(smallest.bound, smallest.weight);
		assert_int_equal(greatest.bound, greatest.weight);
		closure_choice_release(&smallest);
		closure_choice_release(&greatest);
		closure_release(&closure);
	}
}

/* Which of weight and steps a question keeps low. */
static uint64_t
cost_of(const struct point *point, bool by_steps)
{
	return by_steps ? point->steps : point->weight;
}

/* From one corner of the hull to the next: the set of least cost a gain, of these the greatest. */
static struct point
next_corner(uint32_t count, const struct point *from, bool by_steps)
{
	struct point best = {0};
	uint64_t from_cost = cost_of(from, by_steps);

	for (uint32_t set = 0; set < 1u << count; set++) {
		const struct point *point = &points[set];
		uint64_t left, right;

		if (!point->closed || point->gain <= from->gain)
			continue;
		if (cost_of(point, by_steps) < from_cost)
			continue;
		left = (cost_of(point, by_steps) - from_cost) * (best.gain - from->gain);
		right = (cost_of(&best, by_steps) - from_cost) * (point->gain - from->gain);
		if (best.gain == 0 || left < right || (left == right && point->gain > best.gain))
			best = *point;
	}
	return best;
}

/* No single node of weight can be dropped, with all that need it. */
static void
assert_pruned(const struct closure *closure, uint32_t set, uint64_t target)
{
	for (uint32_t node = 0; node < closure->weight.count; node++) {
		if (!(set >> node & 1) || closure->weight.items[node] == 0)
			continue;
		for (uint32_t part = set & ~(1u << node);;
			part = (part - 1) & set & ~(1u << node)) {
			if (points[part].closed && points[part].gain >= target)
				fail_msg("node %u can be dropped", node);
			if (part == 0)
				break;
		}
	}
}

/* No gain that comes for nothing is left out. */
static void
assert_full(uint32_t count, uint32_t set, bool by_steps)
{
	for (uint32_t more = set; more < 1u << count; more = (more + 1) | set)
		if (points[more].closed && points[more].gain > points[set].gain &&
			cost_of(&points[more], by_steps) == cost_of(&points[set], by_steps))
			fail_msg("%x gains more than %x at no cost", more, set);
}

/* The edge of the hull from below `target`, or within `room`, to at or beyond it. */
struct edge {
	struct point low, high;
};

static struct edge
edge_at(const struct closure *closure, uint64_t target, uint64_t room, bool by_steps)
{
	uint32_t count = (uint32_t)closure->weight.count;
	struct edge edge = {0};

	while (edge.high.gain < target && cost_of(&edge.high, by_steps) <= room &&
		edge.high.gain < closure_reach(closure)) {
		edge.low = edge.high;
		edge.high = next_corner(count, &edge.low, by_steps);
	}
	return edge;
}

/* How good choices are, all in all. Greedy touches may miss the best set, but not often and not by
 * much. */
struct tally {
	uint64_t found, best; /* sums */
	int exact;
};

static void
count_choice(struct tally *tally, uint64_t found, uint64_t best)
{
	tally->found += found;
	tally->best += best;
	tally->exact += found == best;
}

static void
assert_good(const struct tally *tally)
{
	uint64_t off = tally->found > tally->best ? tally->found - tally->best
						  : tally->best - tally->found;

	assert_true(tally->exact >= PROBLEMS * 98 / 100);
	assert_true(off <= tally->best / 200);
}

static uint64_t
least_weight(const struct closure *closure, uint64_t target)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t set = 0; set < 1u << closure->weight.count; set++)
		if (points[set].closed && points[set].gain >= target && points[set].weight < least)
			least = points[set].weight;
	return least;
}

static void
check_save(const struct closure *closure, uint64_t target, struct tally *tally)
{
	struct edge edge = edge_at(closure, target, UINT64_MAX, false);
	uint64_t run = edge.high.gain - edge.low.gain;
	uint64_t rise = (edge.high.weight - edge.low.weight) * (target - edge.low.gain);
	uint64_t least = least_weight(closure, target);
	struct closure_choice choice;
	uint32_t set;

	assert_true(closure_save(closure, target, &choice));
	set = assert_sound(closure, &choice);
	assert_true(choice.gain >= target);
	assert_true(choice.weight >= least);
	assert_true(choice.bound <= least);
	assert_int_equal(choice.bound, edge.low.weight + (rise + run - 1) / run);
	assert_pruned(closure, set, target);
	assert_full((uint32_t)closure->weight.count, set, false);
	count_choice(tally, choice.weight, least);
	closure_choice_release(&choice);
}

static void
test_save_reaches_its_target_and_proves_its_bound(void **state)
{
	uint64_t seed = 6;
	struct tally tally = {0};

	(void)state;
	for (int i = 0; i < PROBLEMS; i++) {
		struct closure closure = random_problem(&seed);
		uint64_t reach = closure_reach(&closure);

		survey(&closure);
		if (reach > 0)
			check_save(&closure, 1 + below(&seed, (uint32_t)reach), &tally);
		else
			tally.exact++;
		closure_release(&closure);
	}
	assert_good(&tally);
}

static uint64_t
most_gain(const struct closure *closure, uint64_t room)
{
	uint64_t most = 0;

	for (uint32_t set = 0; set < 1u << closure->weight.count; set++)
		if (points[set].closed && points[set].steps <= room && points[set].gain > most)
			most = points[set].gain;
	return most;
}

static void
check_most(const struct closure *closure, uint64_t room, struct tally *tally)
{
	struct edge edge = edge_at(closure, UINT64_MAX, room, true);
	uint64_t run = edge.high.gain - edge.low.gain;
	uint64_t bound = closure_reach(closure);
	uint64_t most = most_gain(closure, room);
	struct closure_choice choice;

	if (edge.high.steps > room)
		bound = edge.low.gain +
			(room - edge.low.steps) * run / (edge.high.steps - edge.low.steps);
	closure_most(closure, room, &choice);
	assert_full((uint32_t)closure->weight.count, assert_sound(closure, &choice), true);
	assert_true(choice.steps <= room);
	assert_true(choice.gain <= most);
	assert_true(choice.bound >= most);
	assert_int_equal(choice.bound, bound);
	count_choice(tally, choice.gain, most);
	closure_choice_release(&choice);
}

static void
test_most_stays_within_its_steps_and_proves_its_bound(void **state)
{
	uint64_t seed = 3;
	struct tally tally = {0};

	(void)state;
	for (int i = 0; i < PROBLEMS; i++) {
		struct closure closure = random_problem(&seed);

		survey(&closure);
		check_most(&closure, below(&seed, 12), &tally);
		closure_release(&closure);
	}
	assert_good(&tally);
}

/* The order in which arcs were added has no influence, nor has adding them twice; the order of the
 * nodes decides between equals only. */
static void
test_order_of_arcs_has_no_influence(void **state)
{
	uint64_t seed = 4;

	(void)state;
	for (int i = 0; i < PROBLEMS; i++) {
		struct closure closure = random_problem(&seed);
		uint64_t target = closure_reach(&closure) / 2;
		struct closure_choice before, after;
		size_t arcs = closure.arcs.count;

		survey(&closure);
		assert_true(closure_save(&closure, target, &before));
		for (size_t a = arcs; a > 1; a--) {
			size_t other = below(&seed, (uint32_t)a);
			struct closure_arc moved = closure.arcs.items[a - 1];

			closure.arcs.items[a - 1] = closure.arcs.items[other];
			closure.arcs.items[other] = moved;
		}
		for (size_t a = 0; a < arcs; a += 3)
			closure_need(
				&closure, closure.arcs.items[a].node, closure.arcs.items[a].needed);
		assert_true(closure_save(&closure, target, &after));
		assert_int_equal(set_of(&closure, &before), set_of(&closure, &after));
		assert_int_equal(before.bound, after.bound);
		closure_choice_release(&before);
		closure_choice_release(&after);
		closure_release(&closure);
	}
}

static void
test_nothing_to_choose_from(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice = {.bound = 7};

	(void)state;
	assert_false(closure_save(&closure, 1, &choice));
	assert_int_equal(choice.bound, 7);
	assert_true(closure_save(&closure, 0, &choice));
	assert_int_equal(choice.weight + choice.gain + choice.bound, 0);
	closure_choice_release(&choice);
	closure_most(&closure, 10, &choice);
	assert_int_equal(choice.weight + choice.gain + choice.bound, 0);
	closure_choice_release(&choice);
	closure_release(&closure);
}

static void
test_target_beyond_reach_is_refused(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice = {0};

	(void)state;
	closure_add(&closure, 3, 1, 10);
	closure_bring(&closure, closure_add(&closure, 2, 1, 4), 1);
	assert_int_equal(closure_reach(&closure), 15);
	assert_false(closure_save(&closure, 16, &choice));
	assert_null(choice.chosen.words);
	assert_true(closure_save(&closure, 15, &choice));
	assert_int_equal(choice.weight, 5);
	assert_int_equal(choice.bound, 5);
	closure_choice_release(&choice);
	closure_release(&closure);
}

/* The greatest numbers there can be: nothing overflows, and gains beyond the limit are cut off. */
static void
test_limits_hold(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice;
	uint32_t half;

	(void)state;
	half = closure_add(&closure, UINT32_MAX, UINT32_MAX, LIMIT_CLOSURE_GAIN / 2);
	closure_add(&closure, UINT32_MAX, UINT32_MAX, LIMIT_CLOSURE_GAIN / 2 - 1);
	closure_need(&closure, closure_add(&closure, 0, 0, UINT64_MAX), half);
	closure_bring(&closure, half, UINT64_MAX);
	assert_int_equal(closure_reach(&closure), LIMIT_CLOSURE_GAIN);

	assert_true(closure_save(&closure, LIMIT_CLOSURE_GAIN, &choice));
	assert_int_equal(choice.weight, 2 * (uint64_t)UINT32_MAX);
	assert_int_equal(choice.gain, LIMIT_CLOSURE_GAIN);
	assert_int_equal(choice.bound, choice.weight);
	closure_choice_release(&choice);
	closure_most(&closure, UINT32_MAX, &choice);
	assert_int_equal(choice.gain, LIMIT_CLOSURE_GAIN / 2 + 1);
	assert_int_equal(choice.bound, choice.gain);
	closure_choice_release(&choice);
	closure_release(&closure);
}

/*
 * Large problems: one connected chain, and many small parts. What takes a time that grows with the
 * square of their size takes minutes here.
 */
#define MANY 100000u

/* Each link needs the next, and all links are alike: any target takes so many from the end. */
static void
test_chain_of_equals(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		closure_add(&closure, 1, 1, 1);
		if (i > 0)
			closure_need(&closure, i - 1, i);
	}
	assert_true(closure_save(&closure, 12345, &choice));
	assert_int_equal(choice.weight, 12345);
	assert_int_equal(choice.bound, 12345);
	assert_true(bitset_has(&choice.chosen, MANY - 12345));
	assert_false(bitset_has(&choice.chosen, MANY - 12346));
	closure_choice_release(&choice);
	closure_most(&closure, 54321, &choice);
	assert_int_equal(choice.gain, 54321);
	assert_int_equal(choice.bound, 54321);
	closure_choice_release(&choice);
	closure_release(&closure);
}

/* All gain at one end of the chain, all cost along it: all or nothing. */
static void
test_chain_of_all_or_nothing(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		closure_add(&closure, 1, 1, i == 0 ? 4 * MANY : 0);
		if (i > 0)
			closure_need(&closure, i - 1, i);
	}
	assert_true(closure_save(&closure, MANY + 1, &choice));
	assert_int_equal(choice.weight, MANY);
	assert_int_equal(choice.bound, MANY / 4 + 1);
	closure_choice_release(&choice);
	closure_most(&closure, MANY - 1, &choice);
	assert_int_equal(choice.gain, 0);
	assert_int_equal(choice.bound, 4 * MANY - 4);
	closure_choice_release(&choice);
	closure_release(&closure);
}

/* The corners of a chain whose links cost more and more and gain ever less: every link is one. */
static void
test_chain_of_corners(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice;
	uint64_t gain = 0;
	uint64_t weight = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		closure_add(&closure, MANY - i, 1, i + 1);
		if (i > 0)
			closure_need(&closure, i - 1, i);
		if (i >= MANY / 3) {
			gain += i + 1;
			weight += MANY - i;
		}
	}
	assert_true(closure_save(&closure, gain, &choice));
	assert_int_equal(choice.gain, gain);
	assert_int_equal(choice.weight, weight);
	assert_int_equal(choice.bound, weight);
	closure_choice_release(&choice);
	closure_release(&closure);
}

/* Things of equal weight with three gains each, no two things the same: the best ones first. */
static void
test_many_small_parts(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice;
	uint64_t wanted = 1000;
	uint64_t target = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t image = closure_add(&closure, 2, 1, 0);
		uint32_t snapshot = closure_add(&closure, 1, 1, i + 1);

		closure_need(&closure, snapshot, image);
		for (int k = 0; k < 2; k++)
			closure_need(&closure, closure_add(&closure, 0, 0, i + 1), snapshot);
		if (i >= MANY - wanted)
			target += 3 * ((uint64_t)i + 1);
	}
	assert_true(closure_save(&closure, target, &choice));
	assert_int_equal(choice.weight, 3 * wanted);
	assert_int_equal(choice.steps, 2 * wanted);
	assert_int_equal(choice.gain, target);
	assert_int_equal(choice.bound, choice.weight);
	closure_choice_release(&choice);
	closure_most(&closure, 2 * wanted + 1, &choice);
	assert_int_equal(choice.gain, target);
	assert_true(choice.bound > target);
	closure_choice_release(&choice);
	closure_release(&closure);
}

/* One part of everything: gains of neighbours, as snapshots share blocks with theirs. */
static void
test_one_large_tangle(void **state)
{
	struct closure closure = {0};
	struct closure_choice choice;
	uint64_t seed = 5;
	uint64_t target;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		closure_add(&closure, 1 + below(&seed, 8), 1, below(&seed, 1000000));
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t node = closure_add(&closure, 0, 0, below(&seed, 1000000));
		uint32_t first = below(&seed, MANY - 20);

		for (uint32_t members = 2 + below(&seed, 4); members > 0; members--)
			closure_need(&closure, node, first + below(&seed, 20));
	}
	target = closure_reach(&closure) / 3;
	assert_true(closure_save(&closure, target, &choice));
	assert_true(choice.gain >= target);
	assert_in_range(choice.weight, choice.bound, choice.bound + choice.bound / 1000);
	closure_choice_release(&choice);
	closure_most(&closure, MANY / 3, &choice);
	assert_true(choice.steps <= MANY / 3);
	assert_in_range(choice.gain, choice.bound - choice.bound / 1000, choice.bound);
	closure_choice_release(&choice);
	closure_release(&closure);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts_are_the_smallest_and_greatest_best_sets),
		cmocka_unit_test(test_save_reaches_its_target_and_proves_its_bound),
		cmocka_unit_test(test_most_stays_within_its_steps_and_proves_its_bound),
		cmocka_unit_test(test_order_of_arcs_has_no_influence),
		cmocka_unit_test(test_nothing_to_choose_from),
		cmocka_unit_test(test_target_beyond_reach_is_refused),
		cmocka_unit_test(test_limits_hold),
		cmocka_unit_test(test_chain_of_equals),
		cmocka_unit_test(test_chain_of_all_or_nothing),
		cmocka_unit_test(test_chain_of_corners),
		cmocka_unit_test(test_many_small_parts),
		cmocka_unit_test(test_one_large_tangle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
