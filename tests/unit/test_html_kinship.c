/*
 * Families of the HTML report: who belongs together, in which order, with which ties.
 */
#include "html.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define AMI_1 "ami-00000001"
#define AMI_2 "ami-00000002"
#define AMI_3 "ami-00000003"
#define SNAP_1 "snap-00000001"
#define SNAP_2 "snap-00000002"
#define SNAP_3 "snap-00000003"
#define INSTANCE "i-00000001"

static void
add_step(struct kinship *kinship, uint32_t order, const char *id, const char *name,
	const char *after)
{
	struct view_step step = {.order = order, .resource = id, .name = name};

	if (after)
		step.depends_on = (struct texts){&after, 1};
	kinship_add_step(kinship, &step);
}

static void
add_blocked(
	struct kinship *kinship, const char *id, const char *by, const char *from, const char *to)
{
	struct view_evidence evidence = {"maps", from, to, "tag", "", "fact"};

	kinship_add_blocked(kinship, &(struct view_blocked){.resource = id,
					     .rule = "in-use",
					     .by = {&by, by ? 1 : 0},
					     .evidence = {&evidence, from ? 1 : 0}});
}

static void
expect_member(const struct family *family, size_t i, const char *id, enum kin_fate fate)
{
	assert_string_equal(family->members[i].id, id);
	assert_int_equal(family->members[i].fate, fate);
}

/* Steps, a blocked snapshot that two AMIs map, what is only mentioned: one family, rank by rank. */
static void
test_one_family(void **state)
{
	struct kinship *kinship = kinship_new();
	struct arena arena = {0};
	struct family family;

	(void)state;
	add_step(kinship, 1, AMI_1, "web", NULL);
	add_step(kinship, 2, SNAP_1, "", "deregister-image:" AMI_1);
	add_blocked(kinship, SNAP_2, AMI_2, AMI_1, SNAP_2);
	add_blocked(kinship, AMI_2, INSTANCE, AMI_2, SNAP_2); /* the same tie again */
	assert_int_equal(kinship_families(kinship), 1);
	kinship_family(kinship, 0, &arena, &family);
	assert_int_equal(family.starts[RANKS], 5);
	expect_member(&family, 0, AMI_1, KIN_STEP);
	expect_member(&family, 1, AMI_2, KIN_BLOCKED);
	expect_member(&family, 2, SNAP_1, KIN_STEP);
	expect_member(&family, 3, SNAP_2, KIN_BLOCKED);
	expect_member(&family, 4, INSTANCE, KIN_OUTSIDE);
	assert_string_equal(family.members[0].name, "web");
	assert_string_equal(family.members[1].rule, "in-use");
	assert_int_equal(family.members[2].order, 2);
	assert_int_equal(family.starts[RANK_SNAPSHOT], 2);
	assert_int_equal(family.starts[RANK_INSTANCE], 4);
	assert_int_equal(family.tie_count, 4);
	assert_int_equal(family.ties[0].from, 0);
	assert_int_equal(family.ties[0].to, 2);
	assert_int_equal(family.ties[3].from, 1);
	assert_int_equal(family.ties[3].to, 4);
	assert_int_equal(family.steps, 2);
	assert_int_equal(family.blocked, 2);
	arena_release(&arena);
	kinship_free(kinship);
}

/* In order of the first item that is a step or blocked; what is merely kept is no family. */
static void
test_several(void **state)
{
	struct kinship *kinship = kinship_new();
	struct arena arena = {0};
	struct family family;

	(void)state;
	kinship_add_kept(kinship, &(struct view_kept){.resource = AMI_3, .rule = "in-use"});
	add_step(kinship, 1, AMI_2, "", NULL);
	add_step(kinship, 2, SNAP_1, "", NULL);
	assert_true(kinship_knows(kinship, AMI_2));
	assert_false(kinship_knows(kinship, AMI_1));
	add_blocked(kinship, SNAP_3, NULL, AMI_1, SNAP_3);
	assert_int_equal(kinship_families(kinship), 3);
	kinship_family(kinship, 0, &arena, &family);
	expect_member(&family, 0, AMI_2, KIN_STEP);
	kinship_family(kinship, 1, &arena, &family);
	expect_member(&family, 0, SNAP_1, KIN_STEP);
	assert_int_equal(family.tie_count, 0);
	kinship_family(kinship, 2, &arena, &family);
	expect_member(&family, 0, AMI_1, KIN_OUTSIDE);
	expect_member(&family, 1, SNAP_3, KIN_BLOCKED);
	arena_release(&arena);
	kinship_free(kinship);
}

/* Lineage between AMIs joins nothing, and neither does what is no AMI, snapshot or instance. */
static void
test_strangers(void **state)
{
	struct kinship *kinship = kinship_new();

	(void)state;
	add_blocked(kinship, AMI_1, "lt-00000001:3", AMI_1, AMI_2);
	add_blocked(kinship, SNAP_1, SNAP_2, SNAP_1, INSTANCE);
	add_blocked(kinship, "vol-00000001", AMI_1, AMI_2, "<b>");
	add_blocked(kinship, "", "", "ami-", "snap-x");
	assert_int_equal(kinship_families(kinship), 2);
	kinship_free(kinship);
}

static void
test_none(void **state)
{
	struct kinship *kinship = kinship_new();

	(void)state;
	assert_int_equal(kinship_families(kinship), 0);
	kinship_free(kinship);
	kinship_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_family),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
