/*
 * Tests of what later calls ask about, as it is found in pages of earlier ones; and of the table of
 * calls itself.
 * It must not know: how calls are made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "findings.h"
#include "shapes.h"

#define A "ami-0000000000000000a"
#define B "ami-0000000000000000b"

static void
look(struct findings *findings, enum collect_call call, const char *records)
{
	struct err err = {0};

	if (!findings_look(findings, call, slice_of(records), &err))
		fail_msg("%s", err.text);
}

static void
assert_list(const id_list *list, const char *expected)
{
	char text[512] = "";

	vec_foreach (id, list) {
		size_t len = strlen(text);

		(void)snprintf(text + len, sizeof(text) - len, "%s%s", len ? " " : "", *id);
	}
	assert_string_equal(text, expected);
}

static void
ids_are_taken_where_they_are_the_records(void **state)
{
	struct findings findings = {0};

	(void)state;
	look(&findings, CALL_IMAGES,
		"{\"Tags\": [{\"ImageId\": \"" B "\"}], \"ImageId\": \"" A "\"},"
		"{\"ImageId\": \"aki-12345678\"}, {\"ImageId\": \"" A "\"}, {\"ImageId\": 5}, {}");
	look(&findings, CALL_SNAPSHOTS, "{\"SnapshotId\": \"snap-12345678\"}");
	findings_settle(&findings);
	assert_list(&findings.images, A);
	assert_list(&findings.snapshots, "");
	findings.wants_snapshots = true;
	look(&findings, CALL_SNAPSHOTS, "{\"SnapshotId\": \"snap-12345678\"}");
	assert_list(&findings.snapshots, "snap-12345678");
	assert_true(findings_has(&findings.images, A));
	assert_false(findings_has(&findings.images, B));
	findings_release(&findings);
}

static void
instances_that_live_use_their_image(void **state)
{
	static const char *const named[] = {B};
	struct findings findings = {.amis = named, .ami_count = 1};

	(void)state;
	look(&findings, CALL_INSTANCES,
		"{\"Instances\": [{\"InstanceId\": \"i-12345678\", \"ImageId\": \"" A
		"\", \"State\": {\"Code\": 16, \"Name\": \"running\"}},"
		"{\"InstanceId\": \"i-22345678\", \"ImageId\": \"" B
		"\", \"State\": {\"Name\": \"terminated\"}}]},"
		"{\"Instances\": [{\"State\": {\"Name\": \"stopped\"}, \"ImageId\": \"" B
		"\", \"InstanceId\": \"i-32345678\"}, {\"InstanceId\": \"i-42345678\"}]}");
	findings_settle(&findings);
	assert_list(&findings.used, A " " B);
	assert_list(&findings.instances, "i-32345678");
	findings_release(&findings);
}

/* All versions of a template are read unless default and latest are all that there can be. */
static void
templates_with_more_versions(void **state)
{
	struct findings findings = {0};

	(void)state;
	look(&findings, CALL_TEMPLATES,
		"{\"LaunchTemplateId\": \"lt-00000001\", \"LatestVersionNumber\": 1, "
		"\"DefaultVersionNumber\": 1},"
		"{\"LaunchTemplateId\": \"lt-00000002\", \"LatestVersionNumber\": 2, "
		"\"DefaultVersionNumber\": 1},"
		"{\"LaunchTemplateId\": \"lt-00000003\", \"LatestVersionNumber\": 2, "
		"\"DefaultVersionNumber\": 2},"
		"{\"LaunchTemplateId\": \"lt-00000004\", \"LatestVersionNumber\": 3, "
		"\"DefaultVersionNumber\": 1},"
		"{\"LaunchTemplateId\": \"lt-00000005\"}");
	findings_settle(&findings);
	assert_list(&findings.templates, "lt-00000003 lt-00000004 lt-00000005");
	findings_release(&findings);
}

static void
parameters_behind_aliases(void **state)
{
	struct findings findings = {0};

	(void)state;
	look(&findings, CALL_LIVE_VERSIONS,
		"{\"LaunchTemplateData\": {\"ImageId\": \"resolve:ssm:/golden:3\"}},"
		"{\"LaunchTemplateData\": {\"ImageId\": \"resolve:ssm:/aws/service/al2023\"}},"
		"{\"LaunchTemplateData\": {\"ImageId\": \"resolve:ssm:\", \"KernelId\": "
		"\"resolve:ssm:/kernel\"}}");
	look(&findings, CALL_GROUPS,
		"{\"MixedInstancesPolicy\": {\"LaunchTemplate\": {\"Overrides\": [{\"ImageId\": "
		"\"resolve:ssm:arn:aws:ssm:us-east-1:444455556666:parameter/shared\"}, "
		"{\"ImageId\": \"resolve:ssm:/golden:3\"}, {\"ImageId\": "
		"\"resolve:ssm:arn:aws:ssm:us-east-1::parameter/aws/service/x\"}]}}}");
	findings_settle(&findings);
	assert_list(&findings.parameters,
		"/golden:3 arn:aws:ssm:us-east-1:444455556666:parameter/shared");
	findings_release(&findings);
}

static void
broken_pages_are_refused(void **state)
{
	struct findings findings = {0};
	struct err err = {0};

	(void)state;
	assert_false(findings_look(&findings, CALL_IMAGES, SLICE("{\"ImageId\": "), &err));
	assert_int_equal(err.code, ERR_SYNTAX);
	assert_true(findings_look(&findings, CALL_IMAGES, SLICE(""), &err));
	findings_release(&findings);
}

static void
rows_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < CALLS; i++) {
		const struct call_row *row = &call_table[i];
		enum protocol protocol = service_table[row->service].protocol;

		assert_non_null(row->action);
		/* Every XML answer has its shape, every JSON listing its list. */
		if (protocol == PROTOCOL_EC2 || protocol == PROTOCOL_QUERY)
			assert_non_null(shape_operation_find(
				service_table[row->service].word, row->action));
		else
			assert_true(row->list || row->item);
		assert_int_equal(protocol == PROTOCOL_REST_JSON, call_rest_path(row) != NULL);
		assert_int_equal(row->page_size_parameter != NULL, row->page_size > 0);
		assert_int_equal(row->item != NULL, row->batch > 0);
		assert_true(row->item == NULL || row->file != NULL);
		for (size_t j = 0; j < i; j++)
			assert_true(!row->file || !call_table[j].file ||
				    strcmp(row->file, call_table[j].file) != 0);
	}
}

/* Every kind that a claim rests on is collected. */
static void
needed_kinds_have_a_call(void **state)
{
	(void)state;
	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++) {
		bool any = doc_kind_need(kind) == NEED_NEVER;

		for (size_t i = 0; i < CALLS; i++)
			any = any || call_table[i].kind == kind;
		if (!any)
			fail_msg("no call of the kind %s", doc_kind_word(kind));
	}
}

static void
assert_parameters(enum collect_call call, enum call_plainness plainness, const char *expected)
{
	struct parameter_walk walk;
	struct slice name, value;
	struct buf text = {0};
	bool number;

	parameters_begin(&walk, &call_table[call], plainness);
	buf_add_text(&text, "");
	while (parameters_next(&walk, &name, &value, &number))
		buf_format(&text, "%s%.*s%s%.*s", text.len ? " " : "", (int)name.len, name.at,
			number ? ":" : "=", (int)value.len, value.at);
	assert_string_equal(text.at, expected);
	buf_release(&text);
}

static void
parameters_grow_plainer(void **state)
{
	(void)state;
	assert_parameters(CALL_IMAGES, PLAIN_NOT,
		"Owner.1=self IncludeDeprecated=true IncludeDisabled=true MaxResults:1000");
	assert_parameters(CALL_IMAGES, PLAIN_PARAMETERS,
		"Owner.1=self IncludeDeprecated=true MaxResults:1000");
	assert_parameters(CALL_IMAGES, PLAIN_PAGES, "Owner.1=self IncludeDeprecated=true");
	assert_parameters(CALL_IDENTITY, PLAIN_NOT, "");
	assert_parameters(CALL_GROUPS, PLAIN_NOT, "MaxRecords:100");
	assert_parameters(
		CALL_INSTANCES, PLAIN_NOT, "IncludeManagedResources=true MaxResults:1000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_taken_where_they_are_the_records),
		cmocka_unit_test(instances_that_live_use_their_image),
		cmocka_unit_test(templates_with_more_versions),
		cmocka_unit_test(parameters_behind_aliases),
		cmocka_unit_test(broken_pages_are_refused),
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(needed_kinds_have_a_call),
		cmocka_unit_test(parameters_grow_plainer),
	};

	return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
