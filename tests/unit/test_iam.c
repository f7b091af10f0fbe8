/*
 * IAM policies: which resources they name, in which partition, and what happens when there are too
 * many. The plan is made by hand: so many AMIs in each place.
 */
#include "iam.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* So many steps of one action in one place. */
struct row {
	const char *action, *prefix, *account, *region;
	size_t count;
};

struct given {
	const struct row *rows;
	size_t count;
};

static void
target(const struct plan_view *view, size_t i, struct arena *arena, struct view_target *out)
{
	const struct given *given = view->from;
	const struct row *row = given->rows;

	while (i >= row->count)
		i -= (row++)->count;
	*out = (struct view_target){
		.action = row->action,
		.account = row->account,
		.region = row->region,
		.resource = arena_format(arena, "%s%017zx", row->prefix, i + 1),
	};
}

static const char *
partition(const char *region)
{
	return slice_starts(slice_of(region), "cn-") ? "aws-cn" : "aws";
}

static const struct iam_action COLLECT[] = {{"ssm:GetParameters", NULL},
	{"ec2:DescribeImages", NULL}, {"ec2:DescribeFleets", NULL}, {"ec2:DescribeImages", NULL},
	{"ssm:GetParameters", "ec2-images.amazonaws.com"}};
static const struct iam_action LISTS[] = {
	{"ebs:ListSnapshotBlocks", NULL}, {"ebs:ListChangedBlocks", NULL}};
static const struct iam_action PRICES[] = {{"pricing:GetProducts", NULL}};
static const struct iam_action LOOK[] = {{"ec2:DescribeImages", NULL}};
static const struct iam_mutation MUTATIONS[] = {
	{"deregister-image", "DeregisterImage", "image", false},
	{"delete-snapshot", "DeleteSnapshot", "snapshot", false},
	{"terminate-instances", "TerminateInstances", "instance", true},
};
static const struct iam_needs NEEDS = {
	.collect = COLLECT,
	.collect_count = 5,
	.blocks = LISTS,
	.blocks_count = 2,
	.prices = PRICES,
	.prices_count = 1,
	.look = LOOK,
	.look_count = 1,
	.mutations = MUTATIONS,
	.mutation_count = 3,
	.partition = partition,
};

static char *
written(const struct row *rows, size_t count)
{
	const struct given given = {rows, count};
	struct plan_view view = {.from = &given, .target = target};
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	for (size_t i = 0; i < count; i++)
		view.step_count += rows[i].count;
	assert_non_null(file);
	write_iam_policies(file, &view, &NEEDS);
	fclose(file);
	return text;
}

static size_t
times(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = strstr(text, word)); text++)
		count++;
	return count;
}

/* The largest "characters" of the document. */
static unsigned long
largest(const char *text)
{
	static const char before[] = "\"characters\": ";
	unsigned long most = 0;

	for (; (text = strstr(text, before)); text++) {
		unsigned long number = strtoul(text + strlen(before), NULL, 10);

		most = number > most ? number : most;
	}
	return most;
}

/* A plan without steps needs nothing but to be collected for. */
static void
test_no_steps(void **state)
{
	char *text = written(NULL, 0);

	(void)state;
	assert_int_equal(times(text, "\"document\""), 2);
	assert_int_equal(times(text, "\"pricing:GetProducts\""), 1);
	assert_null(strstr(text, "ebs:"));
	assert_int_equal(times(text, "\"ec2:DescribeImages\""), 1);
	assert_int_equal(times(text, "\"ssm:GetParameters\""), 2);
	assert_int_equal(times(text, "aws:CalledVia"), 1);
	assert_null(strstr(text, "DeregisterImage"));
	free(text);
}

static void
test_resources_by_id(void **state)
{
	static const struct row rows[] = {
		{"deregister-image", "ami-", "111111111111", "eu-west-1", 2},
		{"deregister-image", "ami-", "222222222222", "cn-north-1", 1},
		{"delete-snapshot", "snap-", "111111111111", "eu-west-1", 1},
		{"terminate-instances", "i-", "111111111111", "eu-west-1", 1},
	};
	char *text = written(rows, 4);

	(void)state;
	assert_non_null(strstr(text, "\"arn:aws:ec2:eu-west-1::image/ami-00000000000000002\""));
	assert_non_null(strstr(text, "\"arn:aws:ec2:eu-west-1::snapshot/snap-00000000000000001\""));
	assert_non_null(strstr(
		text, "\"arn:aws:ec2:eu-west-1:111111111111:instance/i-00000000000000001\""));
	assert_non_null(strstr(text, "\"arn:aws-cn:ec2:cn-north-1::image/ami-00000000000000001\""));
	assert_int_equal(times(text, "\"document\""), 5);
	assert_int_equal(times(text, "\"ec2:DeregisterImage\""), 2);
	assert_int_equal(times(text, "\"ec2:TerminateInstances\""), 1);
	assert_int_equal(times(text, "\"note\": null"), 4);
	assert_int_equal(times(text, "/*\""), 1);
	free(text);
}

/* Block lists are asked for where snapshots go, each region once; keys are named in words only. */
static void
test_block_lists(void **state)
{
	static const struct row rows[] = {
		{"deregister-image", "ami-", "111111111111", "us-east-1", 1},
		{"delete-snapshot", "snap-", "111111111111", "eu-west-1", 2},
		{"delete-snapshot", "snap-", "222222222222", "cn-north-1", 1},
		{"delete-snapshot", "snap-", "222222222222", "eu-west-1", 1},
	};
	char *text = written(rows, 4);

	(void)state;
	assert_int_equal(times(text, "\"Sid\": \"BlocksEbs\""), 1);
	assert_int_equal(times(text, "\"ebs:ListSnapshotBlocks\""), 1);
	assert_int_equal(times(text, "\"arn:aws:ec2:eu-west-1::snapshot/*\""), 1);
	assert_int_equal(times(text, "\"arn:aws-cn:ec2:cn-north-1::snapshot/*\""), 1);
	assert_int_equal(times(text, "us-east-1::snapshot"), 0);
	assert_int_equal(times(text, "kms:Decrypt"), 1);
	assert_null(strstr(text, "\"kms:Decrypt\""));
	assert_int_equal(times(text, "\"Sid\": \"PricesPricing\""), 1);
	free(text);
}

/* Just below the limit by id, just above it by wildcard and account, and it says so. */
static void
test_too_many(void **state)
{
	struct row row = {"deregister-image", "ami-", "111111111111", "eu-west-1", 1};
	char *text = NULL;

	(void)state;
	for (;; row.count++) {
		free(text);
		text = written(&row, 1);
		assert_true(largest(text) <= LIMIT_IAM_POLICY);
		assert_true(row.count < 1000);
		if (strstr(text, "/*\""))
			break;
		assert_int_equal(times(text, "::image/ami-"), row.count);
	}
	assert_true(row.count > 90);
	assert_non_null(strstr(text, "\"arn:aws:ec2:eu-west-1::image/*\""));
	assert_null(strstr(text, "::image/ami-"));
	assert_non_null(strstr(text, "\"aws:ResourceAccount\": [\n"));
	assert_non_null(strstr(text, "do not fit into a managed policy"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_steps),
		cmocka_unit_test(test_resources_by_id),
		cmocka_unit_test(test_block_lists),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
