/*
 * A dry run as text and JSON: every verdict, and hostile words.
 */
#include "dry_report.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HERE .account = "111111111111", .region = "eu-west-1"
#define ESCAPE "\x1b]0;owned\x07"

static struct dry_step steps[] = {
	{.id = "deregister-image:ami-1",
		.action = "deregister-image",
		.resource = "ami-1",
		.name = ESCAPE,
		HERE,
		.order = 1,
		.verdict = DRY_WOULD,
		.code = "DryRunOperation",
		.message = "Request would have succeeded"},
	{.id = "deregister-image:ami-2",
		.action = "deregister-image",
		.resource = "ami-2",
		.name = "",
		HERE,
		.order = 2,
		.verdict = DRY_STALE,
		.changed = "its state was available and is " ESCAPE},
	{.id = "delete-snapshot:snap-1",
		.action = "delete-snapshot",
		.resource = "snap-1",
		.name = "",
		HERE,
		.order = 3,
		.verdict = DRY_WOULD,
		.after = 1,
		.code = "InvalidSnapshot.InUse",
		.message = "in use by ami-1"},
	{.id = "delete-snapshot:snap-2",
		.action = "delete-snapshot",
		.resource = "snap-2",
		.name = "",
		HERE,
		.order = 4,
		.verdict = DRY_WAITS,
		.after = 2},
	{.id = "delete-snapshot:snap-3",
		.action = "delete-snapshot",
		.resource = "snap-3",
		.name = "",
		HERE,
		.order = 5,
		.verdict = DRY_DENIED,
		.allow = "ec2:DeleteSnapshot",
		.code = "UnauthorizedOperation",
		.message = "a long encoded message"},
	{.id = "delete-snapshot:snap-4",
		.action = "delete-snapshot",
		.resource = "snap-4",
		.name = "",
		.account = "111111111111",
		.region = "us-east-1",
		.order = 6,
		.verdict = DRY_REFUSED,
		.code = "InvalidParameterValue",
		.message = "managed by " ESCAPE},
	{.id = "delete-snapshot:snap-5",
		.action = "delete-snapshot",
		.resource = "snap-5",
		.name = "",
		.account = "111111111111",
		.region = "us-east-1",
		.order = 7,
		.verdict = DRY_GONE},
};

static struct dry_caller callers[] = {{"111111111111", "arn:aws:iam::111111111111:user/x"}};
static struct dry_gap gaps[] = {{"111111111111", "us-east-1", "DescribeFleets", "fleets", true,
	"UnauthorizedOperation", "no " ESCAPE}};

static struct dry_report
report(void)
{
	struct dry_report made = {.plan = "sha256:00", .left_out = 3};

	made.callers.items = callers;
	made.callers.count = 1;
	made.gaps.items = gaps;
	made.gaps.count = 1;
	made.steps.items = steps;
	made.steps.count = sizeof(steps) / sizeof(steps[0]);
	for (size_t i = 0; i < made.steps.count; i++)
		made.counts[steps[i].verdict]++;
	return made;
}

static char *
written(const struct dry_report *made, bool json, bool verbose)
{
	const struct report_options options = {.verbose = verbose, .width = 80};
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	if (json)
		write_dry_json(file, made);
	else
		write_dry_text(file, made, &options);
	fclose(file);
	return text;
}

static const char TEXT[] =
	"Dry run of 7 steps: 2 would succeed, 1 waits, 1 stale, 1 gone already, 1 denied, 1 "
	"refused. "
	"Nothing was changed.\n"
	"--only passed over 3 steps.\n"
	"As arn:aws:iam::111111111111:user/x\n"
	"Allow ec2:DeleteSnapshot (amiplan plan --iam-policy prints the whole policy).\n"
	"\n"
	"Not looked at, so that a change of it is not seen:\n"
	"  111111111111/us-east-1: fleets (DescribeFleets): denied:\n"
	"    UnauthorizedOperation: no \\x1b]0;owned\\x07\n"
	"\n"
	"111111111111 eu-west-1\n"
	"     1  deregister-image    ami-1                   would succeed\n"
	"     2  deregister-image    ami-2                   stale\n"
	"        its state was available and is \\x1b]0;owned\\x07\n"
	"     3  delete-snapshot     snap-1                  would succeed after step 1\n"
	"     4  delete-snapshot     snap-2                  waits for step 2, which would not "
	"succeed\n"
	"     5  delete-snapshot     snap-3                  denied: allow ec2:DeleteSnapshot\n"
	"        UnauthorizedOperation\n"
	"\n"
	"111111111111 us-east-1\n"
	"     6  delete-snapshot     snap-4                  refused\n"
	"        InvalidParameterValue: managed by \\x1b]0;owned\\x07\n"
	"     7  delete-snapshot     snap-5                  gone already\n";

static void
test_text(void **state)
{
	struct dry_report made = report();
	char *text = written(&made, false, false);

	(void)state;
	assert_string_equal(text, TEXT);
	free(text);
	text = written(&made, false, true);
	assert_non_null(strstr(text, "UnauthorizedOperation: a long encoded message\n"));
	free(text);
}

static void
test_json(void **state)
{
	static const char *const parts[] = {
		"\"result\": \"would-not-succeed\"",
		"\"missing_actions\": [\n    \"ec2:DeleteSnapshot\"\n  ]",
		"\"left_out\": 3",
		"\"result\": \"would-succeed\",\n      \"after\": 1,",
		"\"result\": \"waits\",\n      \"after\": 2,",
		"\"message\": \"managed by \\u001b]0;owned\\u0007\"",
		"\"what\": \"fleets\"",
	};
	struct dry_report made = report();
	char *text = written(&made, true, false);

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_non_null(strstr(text, parts[i]));
	free(text);
}

/* Only when every step would succeed is the whole a success; an empty plan is one. */
static void
test_success(void **state)
{
	struct dry_report made = report();
	char *text;

	(void)state;
	made.steps.count = 1;
	memset(made.counts, 0, sizeof(made.counts));
	made.counts[DRY_WOULD] = 1;
	text = written(&made, true, false);
	assert_non_null(strstr(text, "\"result\": \"would-succeed\",\n  \"callers\""));
	free(text);
	made.steps.count = made.counts[DRY_WOULD] = 0;
	text = written(&made, true, false);
	assert_non_null(strstr(text, "\"result\": \"would-succeed\",\n  \"callers\""));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
