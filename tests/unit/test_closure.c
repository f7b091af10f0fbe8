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

static void
test_save_reaches_its_target_and_proves_its_bound(void **state)
{
	uint64_t seed = 2;
	uint64_t chosen = 0;
	uint64_t best_possible = 0;
	int exact = 0;

	(void)state;
	for (int i = 0; i < PROBLEMS; i++) {
		struct closure closure = random_problem(&seed);
		uint32_t count = (uint32_t)closure.weight.count;
		uint64_t reach = closure_reach(&closure);
		uint64_t target = reach ? 1 + below(&seed, (uint32_t)reach) : 0;
		struct closure_choice choice;
		uint64_t optimum = UINT64_MAX;
		struct point low = {0};
		struct point high = {0};
		uint32_t set;

		survey(&closure);
		for (set = 0; set < 1u << count; set++)
			if (points[set].closed && points[set].gain >= target &&
				points[set].weight < optimum)
				optimum = points[set].weight;
		while (high.gain < target) {
			low = high;
			high = next_corner(count, &low, false);
		}
		assert_true(closure_save(&closure, target, &choice));
		set = assert_sound(&closure, &choice);
		assert_true(choice.gain >= target);
		assert_true(choice.weight >= optimum);
		assert_true(choice.bound <= optimum);
		if (target > 0) {
			uint64_t run = high.gain - low.gain;
			uint64_t rise = (high.weight - low.weight) * (target - low.gain);

			assert_int_equal(choice.bound, low.weight + (rise + run - 1) / run);
		}
		assert_pruned(&closure, set, target);
		chosen += choice.weight;
		best_possible += optimum;
		exact += choice.weight == optimum;
		closure_choice_release(&choice);
		closure_release(&closure);
	}
	print_message(
		"weight %lu, least possible %lu, exact in %d\n", chosen, best_possible, exact);
}

static void
test_most_stays_within_its_steps_and_proves_its_bound(void **state)
{
	uint64_t seed = 3;
	uint64_t gained = 0;
	uint64_t best_possible = 0;
	int exact = 0;

	(void)state;
	for (int i = 0; i < PROBLEMS; i++) {
		struct closure closure = random_problem(&seed);
		uint32_t count = (uint32_t)closure.weight.count;
		uint64_t room = below(&seed, 12);
		struct closure_choice choice;
		uint64_t optimum = 0;
		struct point low = {0};
		struct point high = {0};

		survey(&closure);
		for (uint32_t set = 0; set < 1u << count; set++)
			if (points[set].closed && points[set].steps <= room &&
				points[set].gain > optimum)
				optimum = points[set].gain;
		while (high.steps <= room && high.gain < closure_reach(&closure)) {
			low = high;
			high = next_corner(count, &low, true);
		}
		closure_most(&closure, room, &choice);
		assert_sound(&closure, &choice);
		assert_true(choice.steps <= room);
		assert_true(choice.gain <= optimum);
		assert_true(choice.bound >= optimum);
		if (high.steps > room)
			assert_int_equal(choice.bound, low.gain + (room - low.steps) *
									  (high.gain - low.gain) /
									  (high.steps - low.steps));
		else
			assert_int_equal(choice.bound, closure_reach(&closure));
		gained += choice.gain;
		best_possible += optimum;
		exact += choice.gain == optimum;
		closure_choice_release(&choice);
		closure_release(&closure);
	}
	print_message("gain %lu, most possible %lu, exact in %d\n", gained, best_possible, exact);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts_are_the_smallest_and_greatest_best_sets),
		cmocka_unit_test(test_save_reaches_its_target_and_proves_its_bound),
		cmocka_unit_test(test_most_stays_within_its_steps_and_proves_its_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
