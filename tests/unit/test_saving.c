/*
 * Choosing by money: gains against what the cost says of every set of steps, and choices on one
 * lineage of orphans. It must not know: how gains are found, or how a cut is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cost_gains.h"
#include "given.h"
#include "saving.h"

#define PLACE "111122223333/us-east-1/"
#define GIB 1073741824ull
#define MOST_STEPS 6
#define ACCOUNTS 40
#define UNSIZED UINT64_MAX

static struct given given;
static struct policy policy;
static struct plan *plan;
static struct cost *cost;

static int
begin(void **state)
{
	(void)state;
	given_begin(&given);
	policy_init(&policy);
	policy.orphans = true;
	policy.older_than.age.off = true;
	policy.assume_complete = KIND_BIT(DOC_RECYCLE_BIN);
	assert_true(time_parse(SLICE("2026-11-22T00:00:00Z"), &policy.as_of));
	return 0;
}

static void
drop(void)
{
	cost_free(cost);
	plan_free(plan);
	cost = NULL;
	plan = NULL;
}

static int
end(void **state)
{
	(void)state;
	drop();
	policy_release(&policy);
	given_end(&given);
	return 0;
}

/* Listings without which nothing may go. */
static void
empty_listings(void)
{
	static const char *const keys[] = {"Images", "Reservations", "LaunchTemplates",
		"LaunchTemplateVersions", "AutoScalingGroups", "LaunchConfigurations",
		"SpotInstanceRequests", "SpotFleetRequestConfigs", "Fleets"};
	char path[64], text[64];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		(void)snprintf(path, sizeof(path), PLACE "%s.json", keys[i]);
		(void)snprintf(text, sizeof(text), "{\"%s\": []}", keys[i]);
		given_file(&given, path, text);
	}
	given_file(&given, PLACE "identity.json",
		"{\"Account\": \"111122223333\", \"Arn\": \"arn:aws:iam::111122223333:user/a\", "
		"\"UserId\": \"A\"}");
}

/* Snapshots of one volume, one after the other: bytes of each, and whether it may go. */
struct chain {
	uint64_t bytes[MOST_STEPS];
	bool goes[MOST_STEPS];
	size_t count;
};

static void
write_chain(const struct chain *chain)
{
	struct buf json = {0};

	buf_add_text(&json, "{\"Snapshots\": [");
	for (size_t i = 0; i < chain->count; i++) {
		buf_format(&json,
			"%s{\"SnapshotId\": \"snap-0000000%zu\", \"OwnerId\": \"111122223333\", "
			"\"State\": \"completed\", \"VolumeId\": \"vol-00000001\", \"Encrypted\": "
			"false, \"StartTime\": \"2024-01-01T1%zu:00:00Z\", \"Description\": \"",
			i ? ", " : "", i, i);
		if (chain->goes[i])
			buf_format(&json, "Created by CreateImage(i-0000000%zu) for ami-0000000%zu",
				i, i);
		buf_add_char(&json, '"');
		if (chain->bytes[i] != UNSIZED)
			buf_format(&json, ", \"FullSnapshotSizeInBytes\": %llu",
				(unsigned long long)chain->bytes[i]);
		buf_add_char(&json, '}');
	}
	buf_add_text(&json, "]}");
	empty_listings();
	given_file(&given, PLACE "snapshots.json", json.at);
	buf_release(&json);
}

static void
estimate(const struct chain *chain)
{
	drop();
	write_chain(chain);
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(plan_make(given.graph, &policy, &plan, &given.err), 0);
	cost = cost_make(plan, &price_book_built_in, NULL);
}

static nid
snapshot(size_t i)
{
	char id[40];

	(void)snprintf(id, sizeof(id), "snap-0000000%zu", i);
	return given_node(&given, id);
}

/* --- gains --------------------------------------------------------------------------------------
 */

/* The gain of the greatest closed set with just these of the first `steps` nodes. What stands for a
 * gain needs nodes before it. */
static uint64_t
gain_of(const struct closure *closure, unsigned set, size_t steps)
{
	size_t count = closure->gain.count;
	bool *has = xcalloc(count, sizeof(*has));
	uint64_t sum = 0;

	for (size_t node = 0; node < count; node++)
		has[node] = node >= steps || (set >> node & 1);
	for (size_t node = 0; node < count; node++) {
		vec_foreach (arc, &closure->arcs)
			if (arc->node == node && !has[arc->needed])
				has[node] = false;
		if (has[node])
			sum += closure->gain.items[node];
	}
	free(has);
	return sum;
}

/* Nodes 0 … of the closures are the steps, in order of the chain. */
static void
expect_gains(const struct chain *chain, enum save_by by)
{
	uint32_t *node_of = xcalloc(given.graph->nodes.count, sizeof(*node_of));
	struct closure low = {0}, high = {0};
	nid steps[MOST_STEPS];
	size_t count = 0;

	for (size_t i = 0; i < chain->count; i++) {
		if (!chain->goes[i])
			continue;
		steps[count] = snapshot(i);
		node_of[steps[count]] = closure_add(&low, 1, 1, 0);
		assert_int_equal(closure_add(&high, 1, 1, 0), count++);
	}
	gains_add(cost, by, GAIN_AT_LEAST, node_of, &low);
	gains_add(cost, by, GAIN_AT_MOST, node_of, &high);
	for (unsigned set = 0; set < 1u << count; set++) {
		struct bitset going;
		struct money freed;

		bitset_init(&going, given.graph->nodes.count);
		for (size_t i = 0; i < count; i++)
			if (set >> i & 1)
				bitset_add(&going, steps[i]);
		freed = gains_of(cost, by, &going);
		assert_true(gain_of(&low, set, count) <= gains_nanos(freed, GAIN_AT_LEAST));
		assert_true(gain_of(&high, set, count) >= gains_nanos(freed, GAIN_AT_MOST));
		bitset_release(&going);
	}
	closure_release(&low);
	closure_release(&high);
	free(node_of);
}

/* The same numbers on every machine (xorshift). */
static uint32_t
below(uint64_t *seed, uint32_t limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed % limit);
}

static void
no_set_leaves_its_gains(void **state)
{
	uint64_t seed = 20261122;

	(void)state;
	for (int i = 0; i < ACCOUNTS; i++) {
		struct chain chain = {.count = 2 + below(&seed, MOST_STEPS - 1)};

		for (size_t s = 0; s < chain.count; s++) {
			chain.bytes[s] = below(&seed, 8) ? below(&seed, 20) * GIB / 3 : UNSIZED;
			chain.goes[s] = below(&seed, 4) > 0;
		}
		policy.assume_complete = below(&seed, 3) ? KIND_BIT(DOC_RECYCLE_BIN) : 0;
		estimate(&chain);
		expect_gains(&chain, SAVE_BY_SURE);
		expect_gains(&chain, SAVE_BY_MOST);
	}
}

/* Beyond what gains can count: cut off, and nothing overflows. */
static void
gains_are_cut_off(void **state)
{
	struct money huge;

	(void)state;
	assert_true(money_parse(SLICE("99999999999999"), &huge));
	assert_int_equal(gains_nanos(huge, GAIN_AT_MOST), LIMIT_CLOSURE_GAIN);
	assert_int_equal(gains_nanos(MONEY_UNKNOWN, GAIN_AT_MOST), 0);
	assert_true(money_parse(SLICE("0.0000000015"), &huge));
	assert_int_equal(gains_nanos(huge, GAIN_AT_LEAST), 1);
	assert_int_equal(gains_nanos(huge, GAIN_AT_MOST), 2);
}

/* --- choices ------------------------------------------------------------------------------------
 */

/* 10, 2 and 10 GiB that may go between 3 and nothing: 0.05 USD a GiB. */
static const struct chain row = {
	.bytes = {3 * GIB, 10 * GIB, 2 * GIB, 10 * GIB},
	.goes = {false, true, true, true},
	.count = 4,
};

static void
expect_choice(const struct saving *saving, const char *freed, unsigned spared)
{
	char found[MONEY_TEXT_SIZE];

	money_text(saving->freed, found);
	assert_string_equal(found, freed);
	for (size_t i = 0; i < row.count; i++)
		assert_int_equal(bitset_has(&saving->spared, snapshot(i)), (spared >> i & 1) != 0);
}

/* The last one alone is surely 10 - 2, and may be 10. */
static void
the_measure_decides(void **state)
{
	struct saving saving;

	(void)state;
	assert_true(money_parse(SLICE("0.40"), &policy.save));
	estimate(&row);
	assert_int_equal(saving_choose(cost, &saving, &given.err), 0);
	expect_choice(&saving, "0.40", 1u << 1 | 1u << 2);
	assert_int_equal(saving.disturbance, 1);
	assert_int_equal(saving.least, 1);
	saving_release(&saving);
	policy.save_by = SAVE_BY_MOST;
	assert_true(money_parse(SLICE("1.00"), &policy.save));
	estimate(&row);
	assert_int_equal(saving_choose(cost, &saving, &given.err), 0);
	expect_choice(&saving, "1.00", 1u << 2);
	assert_int_equal(saving.least, 2);
	saving_release(&saving);
}

static void
steps_are_a_limit(void **state)
{
	struct saving saving;
	char most[MONEY_TEXT_SIZE];

	(void)state;
	policy.max_saving = true;
	policy.max_steps = 1;
	for (int by = SAVE_BY_SURE; by <= SAVE_BY_MOST; by++) {
		policy.save_by = (enum save_by)by;
		estimate(&row);
		assert_int_equal(saving_choose(cost, &saving, &given.err), 0);
		assert_int_equal(saving.disturbance, 1);
		money_text(saving.most, most);
		assert_string_equal(most, by == SAVE_BY_MOST ? "0.50" : "0.40");
		saving_release(&saving);
	}
}

/* 0.65 USD is surely freed by all three (10 less 2 and 3, and 10 less 2), 1.10 at most. */
static void
out_of_reach_names_the_way_out(void **state)
{
	static const struct {
		const char *save;
		enum save_by by;
		const char *said;
		bool named;
	} cases[] = {
		{"1.05", SAVE_BY_SURE, "at most 0.65 USD a month was found to be surely freed",
			true},
		{"1.11", SAVE_BY_SURE, "at most 0.65 USD", false},
		{"1.11", SAVE_BY_MOST, "at most 1.10 USD a month may be freed", false},
		{"99999999999999", SAVE_BY_MOST, "at most 1.10 USD a month may be freed", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct saving saving;

		policy.save_by = cases[i].by;
		assert_true(money_parse(slice_of(cases[i].save), &policy.save));
		estimate(&row);
		assert_int_equal(saving_choose(cost, &saving, &given.err), ERR_SAVING);
		assert_non_null(strstr(given.err.text, cases[i].said));
		assert_int_equal(strstr(given.err.text, "--save-by most") != NULL, cases[i].named);
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(no_set_leaves_its_gains),
		CASE(gains_are_cut_off),
		CASE(the_measure_decides),
		CASE(steps_are_a_limit),
		CASE(out_of_reach_names_the_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
