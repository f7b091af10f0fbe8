/*
 * Tests of the collection document as the loader reads it: the place of what lies beside and below
 * it, what it vouches for and what it does not, and what else it must never make complete.
 * It must not know: how a collection is made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "civil.h"
#include "given.h"

#define ACCOUNT "111122223333"
#define REGION "us-east-1"
#define AMI "ami-0123456789abcdef0"
#define LT "lt-0123456789abcdef0"
#define IMAGES "{\"Images\": [{\"ImageId\": \"" AMI "\", \"OwnerId\": \"" ACCOUNT "\"}]}"
#define NO_IMAGES "{\"Images\": []}"
#define NO_SNAPSHOTS "{\"Snapshots\": []}"

static struct given given;

static int
begin(void **state)
{
	(void)state;
	given_begin(&given);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	given_end(&given);
	return 0;
}

/* A collection of one place with these calls, `started` at that second of 2026-11-22. */
static void
collection(const char *path, const char *region, int second, const char *calls)
{
	struct buf text = {0};

	buf_format(&text,
		"{\"format\": \"amiplan.collection/1\", \"tool\": {\"name\": \"amiplan\"}, "
		"\"account\": \"" ACCOUNT "\", \"region\": \"%s\", \"caller\": \"arn:x\", "
		"\"started\": \"2026-11-22T00:00:%02dZ\", \"ended\": \"2026-11-22T00:01:00Z\", "
		"\"calls\": [%s]}",
		region, second, calls);
	given_file(&given, path, text.at);
	buf_release(&text);
}

static void
append_call(struct buf *calls, const char *kind, const char *status, const char *file)
{
	buf_format(calls,
		"%s{\"kind\": \"%s\", \"parameters\": {}, \"status\": \"%s\", \"file\": %s%s%s}",
		calls->len ? ", " : "", kind, status, file ? "\"" : "", file ? file : "null",
		file ? "\"" : "");
}

static enum coverage_status
covered(const char *region, enum doc_kind kind)
{
	const struct graph *graph = given.graph;

	return graph_covered(graph, graph_account(graph, SLICE(ACCOUNT)),
		graph_region(graph, slice_of(region)), kind);
}

static void
it_tells_the_place_of_what_is_beside_and_below(void **state)
{
	(void)state;
	collection("mine/collection.json", REGION, 1, "");
	given_file(&given, "mine/images.json", IMAGES);
	given_file(&given, "mine/image-attributes/a.json",
		"{\"ImageId\": \"" AMI "\", \"LaunchPermissions\": []}");
	given_file(&given, "other/fleets.json", "{\"Fleets\": []}");
	assert_int_equal(given_load(&given), 0);
	assert_string_equal(
		given_text(&given, given_doc(&given, "mine/images.json")->region), REGION);
	assert_string_equal(
		given_text(&given, given_doc(&given, "mine/image-attributes/a.json")->account),
		ACCOUNT);
	assert_int_equal(given_doc(&given, "other/fleets.json")->region, 0);
	assert_int_equal(given_doc(&given, "mine/collection.json")->kind, DOC_COLLECTION);
	assert_string_equal(given.said, "");
}

static void
a_path_that_says_otherwise_is_a_conflict(void **state)
{
	(void)state;
	collection(ACCOUNT "/us-west-2/collection.json", REGION, 1, "");
	assert_int_equal(given_load(&given), ERR_CONFLICT);
	assert_non_null(strstr(given.err.text, "us-west-2"));
	assert_non_null(strstr(given.err.text, REGION));
}

/* One kind after another: what the document says, the file there is, and what comes of it. */
static void
statuses(void **state)
{
	static const struct {
		const char *kind, *status, *name, *text;
		enum coverage_status expected;
	} table[] = {
		{"images", "complete", "images.json", IMAGES, COVERAGE_COMPLETE},
		{"images", "empty", "images.json", NO_IMAGES, COVERAGE_EMPTY},
		{"images", "partial", "images.json", IMAGES, COVERAGE_PARTIAL},
		{"images", "denied", NULL, NULL, COVERAGE_DENIED},
		{"images", "failed", NULL, NULL, COVERAGE_ABSENT},
		{"images", "skipped", NULL, NULL, COVERAGE_ABSENT},
		{"images", "wonderful", NULL, NULL, COVERAGE_ABSENT},
		/* Another kind's empty list looks the same: the call tells which it is. */
		{"recycle-bin", "empty", "bin.json", NO_IMAGES, COVERAGE_EMPTY},
		{"snapshots", "empty", "snapshots.json", NO_SNAPSHOTS, COVERAGE_EMPTY},
		{"snapshot-locks", "empty", "locks.json", NO_SNAPSHOTS, COVERAGE_EMPTY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct buf calls = {0};

		given_end(&given);
		given_begin(&given);
		append_call(&calls, table[i].kind, table[i].status, table[i].name);
		collection("x/collection.json", REGION, 1, calls.at);
		if (table[i].name) {
			struct buf path = {0};

			buf_format(&path, "x/%s", table[i].name);
			given_file(&given, path.at, table[i].text);
			buf_release(&path);
		}
		assert_int_equal(given_load(&given), 0);
		if (covered(REGION, doc_kind_from_word(slice_of(table[i].kind))) !=
			table[i].expected)
			fail_msg("row %zu: %s", i,
				coverage_status_word(covered(
					REGION, doc_kind_from_word(slice_of(table[i].kind)))));
		buf_release(&calls);
	}
}

static void
an_empty_bin_is_no_list_of_images(void **state)
{
	struct buf calls = {0};

	(void)state;
	append_call(&calls, "images", "denied", NULL);
	append_call(&calls, "recycle-bin", "empty", "bin.json");
	collection("x/collection.json", REGION, 1, calls.at);
	given_file(&given, "x/bin.json", NO_IMAGES);
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(covered(REGION, DOC_IMAGES), COVERAGE_DENIED);
	assert_int_equal(covered(REGION, DOC_RECYCLE_BIN), COVERAGE_EMPTY);
	buf_release(&calls);
}

/* A kind was asked for with managed resources where each call that was answered asked for them. */
static void
managed_resources_are_told_kind_by_kind(void **state)
{
#define CALL(kind, status, managed)                                                                \
	"{\"kind\": \"" kind "\", \"status\": \"" status                                           \
	"\", \"parameters\": {\"IncludeManagedResources\": " managed "}}"
	static const char *const calls = CALL("instances", "complete", "\"true\"") ", " CALL(
		"volumes", "complete", "null") ", " CALL("launch-templates", "denied",
		"\"true\"") ", " CALL("launch-template-versions", "complete",
		"\"true\"") ", " CALL("launch-template-versions", "empty",
		"\"false\"") ", " CALL("snapshots", "complete", "\"true\"") ", " CALL("snapshots",
		"failed", "null");
	const struct graph *graph;
	const struct coverage *row;

	(void)state;
	collection("x/collection.json", REGION, 1, calls);
	assert_int_equal(given_load(&given), 0);
	graph = given.graph;
	row = graph_coverage(
		graph, graph_account(graph, SLICE(ACCOUNT)), graph_region(graph, SLICE(REGION)));
	assert_true(row->with_managed[DOC_INSTANCES]);
	assert_false(row->with_managed[DOC_VOLUMES]);
	assert_false(row->with_managed[DOC_LAUNCH_TEMPLATES]);
	assert_false(row->with_managed[DOC_TEMPLATE_VERSIONS]);
	assert_true(row->with_managed[DOC_SNAPSHOTS]);
#undef CALL
}

static void
errors_of_calls_are_kept(void **state)
{
	struct buf calls = {0};
	const struct failed_call *failed;

	(void)state;
	buf_format(&calls,
		"{\"kind\": \"images\", \"service\": \"ec2\", \"action\": \"DescribeImages\", "
		"\"status\": \"denied\", \"error\": {\"code\": \"X\", \"message\": \"");
	for (int i = 0; i < 200; i++)
		buf_add_text(&calls, "\u00e9!");
	buf_add_text(
		&calls, "\"}}, {\"kind\": \"fleets\", \"status\": \"empty\", \"error\": null}");
	buf_add_text(&calls, ", {\"kind\": \"volumes\", \"status\": \"failed\", \"error\": "
			     "{\"code\": \"\", \"message\": \"reset\"}}");
	collection("x/collection.json", REGION, 1, calls.at);
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(given.graph->failed.count, 2);
	failed = &given.graph->failed.items[0];
	assert_true(failed->kind == DOC_IMAGES && failed->denied);
	assert_string_equal(given_text(&given, failed->action), "ec2:DescribeImages");
	/* Cut, and not within a character. */
	assert_int_equal(strlen(given_text(&given, failed->text)), 399);
	failed++;
	assert_true(failed->kind == DOC_VOLUMES && !failed->denied && failed->action == 0);
	assert_string_equal(given_text(&given, failed->text), "reset");
	buf_release(&calls);
}

/* A complete call whose file somebody removed proves nothing. */
static void
what_is_gone_is_not_vouched_for(void **state)
{
	struct buf calls = {0};

	(void)state;
	append_call(&calls, "images", "complete", "images.json");
	append_call(&calls, "instances", "complete", "instances.json");
	collection("x/collection.json", REGION, 1, calls.at);
	given_file(&given, "x/images.json", IMAGES);
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(covered(REGION, DOC_IMAGES), COVERAGE_COMPLETE);
	assert_int_equal(covered(REGION, DOC_INSTANCES), COVERAGE_ABSENT);
	buf_release(&calls);
}

static void
two_calls_of_a_kind_count_together(void **state)
{
	static const struct {
		const char *first, *second;
		enum coverage_status expected;
	} table[] = {
		{"empty", "empty", COVERAGE_EMPTY},
		{"empty", "denied", COVERAGE_PARTIAL},
		{"failed", "empty", COVERAGE_PARTIAL},
		{"denied", "denied", COVERAGE_DENIED},
		{"denied", "failed", COVERAGE_DENIED},
		{"empty", "skipped", COVERAGE_PARTIAL},
		{"skipped", "skipped", COVERAGE_ABSENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct buf calls = {0};

		given_end(&given);
		given_begin(&given);
		append_call(&calls, "recycle-bin", table[i].first, NULL);
		append_call(&calls, "recycle-bin", table[i].second, NULL);
		collection("x/collection.json", REGION, 1, calls.at);
		assert_int_equal(given_load(&given), 0);
		if (covered(REGION, DOC_RECYCLE_BIN) != table[i].expected)
			fail_msg("row %zu: %s", i,
				coverage_status_word(covered(REGION, DOC_RECYCLE_BIN)));
		buf_release(&calls);
	}
}

#define VERSION                                                                                    \
	"{\"LaunchTemplateVersions\": [{\"LaunchTemplateId\": \"" LT "\", \"VersionNumber\": 3, "  \
	"\"DefaultVersion\": true, \"LaunchTemplateData\": {}}]}"

/* Version 3 alone: whether 1 and 2 were deleted, only who asked for all of them can tell. */
static void
deleted_versions_are_told_from_unread_ones(void **state)
{
	static const char *const live =
		"{\"kind\": \"launch-template-versions\", \"status\": \"complete\", \"file\": "
		"\"live.json\"}";
	struct buf calls = {0};

	(void)state;
	for (int all = 0; all < 2; all++) {
		given_end(&given);
		given_begin(&given);
		buf_clear(&calls);
		buf_format(&calls,
			"%s, {\"kind\": \"launch-template-versions\", \"status\": \"%s\", "
			"\"file\": \"versions\", \"files\": 1}, {\"kind\": \"launch-templates\", "
			"\"status\": \"complete\", \"file\": \"lt.json\"}",
			live, all ? "complete" : "skipped");
		collection("x/collection.json", REGION, 1, calls.at);
		given_file(&given, "x/lt.json",
			"{\"LaunchTemplates\": [{\"LaunchTemplateId\": \"" LT
			"\", \"LaunchTemplateName\": \"a\", \"LatestVersionNumber\": 3, "
			"\"DefaultVersionNumber\": 3}]}");
		given_file(&given, "x/live.json", VERSION);
		if (all)
			given_file(&given, "x/versions/" LT ".json", VERSION " ");
		assert_int_equal(given_load(&given), 0);
		assert_int_equal(covered(REGION, DOC_TEMPLATE_VERSIONS),
			all ? COVERAGE_COMPLETE : COVERAGE_PARTIAL);
	}
	buf_release(&calls);
}

/* Permissions are asked for AMI by AMI: no word for all stands in for one that is missing. */
static void
items_speak_for_themselves(void **state)
{
	struct buf calls = {0};

	(void)state;
	append_call(&calls, "images", "complete", "images.json");
	append_call(&calls, "launch-permissions", "complete", NULL);
	collection("x/collection.json", REGION, 1, calls.at);
	given_file(&given, "x/images.json", IMAGES);
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(covered(REGION, DOC_LAUNCH_PERMISSIONS), COVERAGE_ABSENT);
	buf_release(&calls);
}

static void
the_earliest_start_is_the_collections(void **state)
{
	int64_t expected;

	(void)state;
	collection("x/collection.json", REGION, 9, "");
	collection("y/collection.json", "eu-west-1", 5, "");
	assert_int_equal(given_load(&given), 0);
	assert_true(time_parse(SLICE("2026-11-22T00:00:05Z"), &expected));
	assert_int_equal(given.graph->collection_start, expected);
}

static void
broken_documents_say_where(void **state)
{
	static const struct {
		const char *text;
		int code;
	} table[] = {
		{"{\"format\": \"amiplan.collection/2\"}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\"}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"account\": \"1\"}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"region\": \"Narnia\"}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"started\": \"yesterday\"}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"calls\": 5}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"calls\": [5]}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"calls\": [{\"kind\": 5}]}", ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"calls\": [{\"error\": \"x\"}]}",
			ERR_VALUE},
		{"{\"format\": \"amiplan.collection/1\", \"calls\": [", ERR_SYNTAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		given_file(&given, "x/collection.json", table[i].text);
		assert_int_equal(given_load(&given), table[i].code);
		assert_non_null(strstr(given.err.file, "collection.json"));
		assert_int_equal(given.err.line, 1);
	}
}

static void
two_in_one_directory_are_a_conflict(void **state)
{
	(void)state;
	collection("x/collection.json", REGION, 1, "");
	collection("x/older.json", REGION, 2, "");
	assert_int_equal(given_load(&given), ERR_CONFLICT);
}

static void
what_is_half_written_is_not_read(void **state)
{
	(void)state;
	given_file(&given, ACCOUNT "/" REGION "/images.json", IMAGES);
	given_file(&given, ACCOUNT "/." REGION ".new-17.0/images.json", "{\"Images\": [");
	given_file(&given, ACCOUNT "/." REGION ".old-17.0/images.json", "{\"Images\": [");
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(given.graph->documents.count, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(it_tells_the_place_of_what_is_beside_and_below),
		TEST(a_path_that_says_otherwise_is_a_conflict),
		TEST(statuses),
		TEST(an_empty_bin_is_no_list_of_images),
		TEST(managed_resources_are_told_kind_by_kind),
		TEST(errors_of_calls_are_kept),
		TEST(what_is_gone_is_not_vouched_for),
		TEST(two_calls_of_a_kind_count_together),
		TEST(deleted_versions_are_told_from_unread_ones),
		TEST(items_speak_for_themselves),
		TEST(the_earliest_start_is_the_collections),
		TEST(broken_documents_say_where),
		TEST(two_in_one_directory_are_a_conflict),
		TEST(what_is_half_written_is_not_read),
	};

	return cmocka_run_group_tests_name("collection", tests, NULL, NULL);
}
