/*
 * Nothing that changes something is ever sent without DryRun=true.
 */
#include "dry_run.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const GOOD[MUTATIONS] = {
	[MUTATION_DEREGISTER] = "ami-0123456789abcdef0",
	[MUTATION_DELETE] = "snap-0123456789abcdef0",
	[MUTATION_TERMINATE] = "i-0123456789abcdef0",
};

static const char *const FORMS[MUTATIONS] = {
	[MUTATION_DEREGISTER] = "DryRun=true&ImageId=ami-0123456789abcdef0",
	[MUTATION_DELETE] = "DryRun=true&SnapshotId=snap-0123456789abcdef0",
	[MUTATION_TERMINATE] = "DryRun=true&InstanceId.1=i-0123456789abcdef0",
};

static void
test_every_mutation_is_a_dry_run(void **state)
{
	(void)state;
	for (enum mutation i = 0; i < MUTATIONS; i++) {
		struct params params = {0};

		assert_true(dry_run_parameters(i, GOOD[i], &params));
		assert_string_equal(params.form.at, FORMS[i]);
		assert_true(dry_run_is_sure(&params));
		params_release(&params);
	}
}

/* An id of another kind, or what is no id, is not sent at all. */
static void
test_only_ids_are_asked_about(void **state)
{
	static const char *const bad[] = {"", "ami-1", "ami-0123456789abcdef0&DryRun=false",
		"ami-0123456789abcdef0 ", "vol-0123456789abcdef0", "ami-0123456789ABCDEF0",
		"aki-0123456789abcdef0"};

	(void)state;
	for (enum mutation i = 0; i < MUTATIONS; i++) {
		struct params params = {0};

		for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++)
			assert_false(dry_run_parameters(i, bad[j], &params));
		assert_false(dry_run_parameters(i, GOOD[(i + 1) % MUTATIONS], &params));
		assert_int_equal(params.form.len, 0);
		assert_false(dry_run_is_sure(&params));
		params_release(&params);
	}
}

static void
test_what_is_not_sure(void **state)
{
	static const char *const names[][4] = {
		{"ImageId", "ami-1", NULL, NULL},
		{"DryRun", "false", NULL, NULL},
		{"DryRun", "trueish", NULL, NULL},
		{"NoDryRun", "true", NULL, NULL},
		{"DryRun", "true", "DryRun", "false"},
		{"DryRun", "false", "DryRun", "true"},
		{"ImageId", "DryRun=true", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct params params = {0};

		params_add(&params, names[i][0], names[i][1]);
		if (names[i][2])
			params_add(&params, names[i][2], names[i][3]);
		assert_false(dry_run_is_sure(&params));
		params_release(&params);
	}
}

static void
test_words(void **state)
{
	(void)state;
	for (enum mutation i = 0; i < MUTATIONS; i++)
		assert_int_equal(mutation_find(mutation_table[i].word), i);
	assert_int_equal(mutation_find("delete-volume"), MUTATIONS);
	assert_int_equal(mutation_find(""), MUTATIONS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_mutation_is_a_dry_run),
		cmocka_unit_test(test_only_ids_are_asked_about),
		cmocka_unit_test(test_what_is_not_sure),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
