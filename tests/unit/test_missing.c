/*
 * What is missing: the script is made of known words only, whatever stands in an inventory.
 */
#include "buf.h"
#include "report.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *IMAGES[] = {"ami-0aaaaaaaaaaaaaaa1", "ami-0aaaaaaaaaaaaaaa2", "ami-$(touch x)"};
static const char *NAMES[] = {"/my/ami'; touch x; '", "--endpoint-url=http://x", "/my/ok:3"};

static const struct view_failure FAILURES[] = {
	{"ec2:DescribeLaunchTemplates", "UnauthorizedOperation", "not for \x1b[2Jyou\ntouch x",
		true},
	{"autoscaling:DescribeX", "InternalError", "", false},
	{"", "", "connection reset", false},
};

static struct view_missing MISSING[] = {
	{"111111111111", "eu-west-1", "launch-templates", "absent", "no document",
		"aws ec2 describe-launch-templates", {NULL, 0}, 3, true, FAILURES, 3},
	{"111111111111", "eu-west-1", "launch-template-versions", "absent", "no document",
		"aws ec2 describe-launch-template-versions --launch-template-id ID", {NULL, 0}, 3,
		true, NULL, 0},
	{"111111111111", "eu-west-1", "launch-permissions", "partial", "a part",
		"aws ec2 describe-image-attribute --attribute launchPermission --image-id ID",
		{IMAGES, 3}, 2, true, NULL, 0},
	{"111111111111", "us-east-1", "parameters", "partial", "named by x\ntouch x",
		"aws ssm get-parameters --names NAME", {NAMES, 3}, 2, true, NULL, 0},
	{"111111111111", "us-east-1", "odd", "absent", "no command", "rm -rf /", {NULL, 0}, 0,
		false, NULL, 0},
	{"$(touch x)", "us-east-1", "images", "absent", "no account", "aws ec2 describe-images",
		{NULL, 0}, 0, false, NULL, 0},
	{"", "", "images", "absent", "no place", "aws ec2 describe-images --owners self", {NULL, 0},
		0, false, NULL, 0},
};
static const struct view_missings ALL = {MISSING, sizeof(MISSING) / sizeof(MISSING[0])};
static const struct view_missings NOTHING = {NULL, 0};

static void
script(FILE *file, const struct view_missings *missing)
{
	write_missing_script(file, missing);
}

static void
text(FILE *file, const struct view_missings *missing)
{
	static const struct report_options OPTIONS = {.width = 80};

	write_missing_text(file, missing, &OPTIONS);
}

static char *
written(void (*write)(FILE *, const struct view_missings *), const struct view_missings *missing)
{
	char *result = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&result, &size);

	assert_non_null(file);
	write(file, missing);
	fclose(file);
	return result;
}

static void
test_script(void **state)
{
	char *bash = written(script, &ALL);

	(void)state;
	assert_ptr_equal(strstr(bash, "#!/usr/bin/env bash\n"), bash);
	assert_non_null(strstr(bash, "set -euo pipefail\n"));
	assert_non_null(strstr(bash, "\nif place '111111111111' 'eu-west-1'; then\n"));
	assert_non_null(
		strstr(bash, "\tsave launch-templates aws ec2 describe-launch-templates\n"));
	/* Nobody named the templates: all of them. */
	assert_non_null(strstr(bash, "LaunchTemplates[].LaunchTemplateId"));
	assert_non_null(
		strstr(bash, "'ami-0aaaaaaaaaaaaaaa1' \\\n\t\t'ami-0aaaaaaaaaaaaaaa2'; do\n"));
	assert_non_null(strstr(bash, "\tsubject='/my/ok:3'\n"));
	assert_non_null(strstr(bash, "\nif place '' ''; then\n"));
	free(bash);
}

/* Whatever is no id is at most a comment. */
static void
test_script_is_safe(void **state)
{
	static const char *const NEVER[] = {"touch", "--endpoint-url", "rm -rf /"};
	char *bash = written(script, &ALL);

	(void)state;
	for (size_t i = 0; i < sizeof(NEVER) / sizeof(NEVER[0]); i++)
		for (const char *at = bash; (at = strstr(at, NEVER[i])); at++) {
			const char *line = at;

			while (line > bash && line[-1] != '\n')
				line--;
			line += strspn(line, "\t");
			if (*line != '#')
				fail_msg("not a comment: %.60s", line);
		}
	assert_null(strstr(bash, "place '$"));
	free(bash);
}

/* bash itself reads it without a complaint. */
static void
test_script_parses(void **state)
{
	char *bash = written(script, &ALL);
	FILE *pipe = popen("bash -n", "w");

	(void)state;
	assert_non_null(pipe);
	fputs(bash, pipe);
	assert_int_equal(pclose(pipe), 0);
	free(bash);
}

static void
test_text(void **state)
{
	char *report = written(text, &ALL);

	(void)state;
	assert_non_null(strstr(report, "  111111111111/eu-west-1\n"));
	assert_non_null(strstr(report, "aws ec2 describe-launch-templates --region eu-west-1\n"));
	assert_non_null(strstr(report, "launch-permissions          partial   blocks 2 items\n"));
	assert_non_null(strstr(report, "for each of 3: ami-0aaaaaaaaaaaaaaa1"));
	assert_non_null(strstr(report, "named by x\\ntouch x\n"));
	free(report);
	report = written(text, &NOTHING);
	assert_string_equal(report, "Nothing is missing from the inventory.\n");
	free(report);
}

/* What the collection met stands beside the command, and no terminal obeys it. */
static void
test_failures(void **state)
{
	char *report = written(text, &ALL);
	char *bash = written(script, &ALL), *json = written(write_missing_json, &ALL);

	(void)state;
	assert_non_null(strstr(report,
		"      DescribeLaunchTemplates was denied: allow ec2:DescribeLaunchTemplates:\n"
		"      UnauthorizedOperation: not for \\x1b[2Jyou\\ntouch x\n"));
	assert_non_null(strstr(report, "      DescribeX failed: InternalError\n"));
	assert_non_null(strstr(report, "      a call failed: connection reset\n"));
	assert_non_null(strstr(bash, "\t# DescribeX failed: InternalError\n"));
	assert_null(strchr(report, '\x1b'));
	assert_null(strchr(bash, '\x1b'));
	assert_non_null(strstr(json, "\"message\": \"not for \\u001b[2Jyou\\ntouch x\""));
	assert_non_null(strstr(json, "\"action\": null"));
	assert_non_null(strstr(json, "\"denied\": true"));
	free(report);
	free(bash);
	free(json);
}

static void
test_json(void **state)
{
	char *json = written(write_missing_json, &NOTHING);

	(void)state;
	assert_string_equal(
		json, "{\n  \"format\": \"amiplan.missing/1\",\n  \"missing\": []\n}\n");
	free(json);
	json = written(write_missing_json, &ALL);
	assert_non_null(strstr(json, "\"account\": null"));
	assert_non_null(strstr(json, "\"blocks\": 3"));
	free(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_script_is_safe),
		cmocka_unit_test(test_script_parses),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
