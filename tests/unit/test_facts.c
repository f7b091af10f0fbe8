/*
 * What was read in the order of its words; two looks at one resource: what counts as a change and
 * what does not.
 */
#include "facts.h"
#include "graph_kit.h"
#include "json_pull.h"

/* A row: the facts then, the facts now, what is said; "" if nothing has changed. */
static const struct row {
	const char *then, *now, *why;
} ROWS[] = {
	/* the same, and what only one of them tells */
	{"{\"state\":\"available\"}", "{\"state\":\"available\"}", ""},
	{"{\"state\":\"available\"}", "{}", ""},
	{"{}", "{\"state\":\"available\"}", ""},
	{"{\"kinds_read\":[\"images\"]}", "{\"kinds_read\":[]}", ""},
	{"{\"a member of a later version\":1}", "{\"a member of a later version\":2}", ""},
	/* texts */
	{"{\"state\":\"available\"}", "{\"state\":\"disabled\"}",
		"its state was available and is disabled"},
	{"{\"public\":false}", "{\"public\":true}", "whether it is public was false and is true"},
	{"{\"description\":null}", "{\"description\":\"\"}", ""},
	{"{\"description\":\"a\\u0062\"}", "{\"description\":\"ab\"}", ""},
	/* what nobody had read then */
	{"{\"lock\":null}", "{\"lock\":\"governance\"}", "its lock was not set and is governance"},
	{"{\"lock\":null}", "{\"lock\":\"expired\"}", ""},
	{"{\"protection\":\"unread\"}", "{\"protection\":\"yes\"}",
		"its protection was not set and is yes"},
	{"{\"protection\":null}", "{\"protection\":\"disabled\"}", ""},
	{"{\"protection\":\"disabled\"}", "{\"protection\":\"enabled-without-cooldown\"}",
		"its protection was disabled and is enabled-without-cooldown"},
	{"{\"public\":null}", "{\"public\":false}", ""},
	{"{\"last_launched\":null}", "{\"last_launched\":\"2026-01-01T00:00:00Z\"}",
		"its last launch was not set and is 2026-01-01T00:00:00Z"},
	/* what nobody reads now */
	{"{\"lock\":\"governance\"}", "{\"lock\":null}", ""},
	{"{\"protection\":\"yes\"}", "{\"protection\":\"unread\"}", ""},
	{"{\"launch_permissions\":[\"111122223333\"]}", "{\"launch_permissions\":\"unread\"}", ""},
	{"{\"launch_permissions\":\"unread\"}", "{\"launch_permissions\":[\"111122223333\"]}", ""},
	/* lists */
	{"{\"mapped_snapshots\":[\"snap-a\",\"snap-b\"]}",
		"{\"mapped_snapshots\":[\"snap-b\",\"snap-c\"]}",
		"snap-a is no longer mapped; snap-c is mapped now"},
	{"{\"launch_permissions\":[]}", "{\"launch_permissions\":[\"all\"]}",
		"all may launch it now"},
	{"{\"referrers\":[\"i-a\",\"i-c\"]}", "{\"referrers\":[\"i-b\",\"i-c\"]}",
		"i-b refers to it now"},
	{"{\"mapped_by\":[\"ami-a\"]}", "{\"mapped_by\":[]}", ""},
	{"{\"mapped_by\":[]}", "{\"mapped_by\":[\"ami-a\"]}", "ami-a maps it now"},
	/* tags, and several changes at once */
	{"{\"tags\":{\"a\":\"1\",\"b\":\"1\",\"c\":\"1\"}}",
		"{\"tags\":{\"b\":\"2\",\"c\":\"1\",\"d\":\"\"}}",
		"the tag a is gone; the tag b has another value; the tag d is new"},
	{"{\"owner\":\"1\",\"state\":\"running\"}", "{\"owner\":\"2\",\"state\":\"stopped\"}",
		"its owner was 1 and is 2; its state was running and is stopped"},
	/* a damaged plan is nobody's crash */
	{"{\"state\":[1,{}],\"tags\":7,\"referrers\":[1,\"i-a\"]}",
		"{\"state\":\"running\",\"tags\":{\"a\":\"b\"},\"referrers\":[\"i-a\"]}",
		"its state was not set and is running"},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct buf why = {0};
		bool differs = facts_differ(ROWS[i].then, ROWS[i].now, &why);

		print_message("row %zu\n", i);
		assert_string_equal(why.at ? why.at : "", ROWS[i].why);
		assert_int_equal(differs, *ROWS[i].why != '\0');
		buf_release(&why);
	}
}

/* What stood in `why` before stays, and does not count. */
static void
test_why_is_appended(void **state)
{
	struct buf why = {0};

	(void)state;
	buf_add_text(&why, "before");
	assert_false(facts_differ("{}", "{}", &why));
	assert_string_equal(why.at, "before");
	assert_true(facts_differ("{\"state\":\"a\"}", "{\"state\":\"b\"}", &why));
	assert_string_equal(why.at, "before; its state was a and is b");
	buf_release(&why);
}

static void
test_what_was_read(void **state)
{
	static const char facts[] = "{\"a\":\"unread\",\"b\":null,\"c\":[],\"d\":\"no\"}";

	(void)state;
	assert_false(facts_tell(facts, "a"));
	assert_false(facts_tell(facts, "b"));
	assert_true(facts_tell(facts, "c"));
	assert_true(facts_tell(facts, "d"));
	assert_false(facts_tell(facts, "e"));
}

/* All kinds of document, each once, sorted by word. */
static void
test_kinds_read(void **state)
{
	struct kit kit = kit_new();
	struct policy policy = {0};
	struct arena arena = {0};
	struct err err = {0};
	struct json json;
	struct slice name, word;
	const char *last = "";
	unsigned words = 0;

	(void)state;
	kit_image(&kit, "ami-0000000000000000a", kit_doc(&kit, DOC_IMAGES, 1));
	kit_freeze(&kit);
	memset(kit.graph->coverage.items[0].status, COVERAGE_COMPLETE, DOC_KINDS);
	json_begin(&json,
		slice_of(facts_of(kit.graph, &policy,
			graph_find(kit.graph, SLICE("ami-0000000000000000a")), &arena)),
		"facts", &err);
	assert_true(json_enter(&json, JSON_OBJECT));
	while (json_next_member(&json, &name)) {
		if (!slice_is(name, "kinds_read")) {
			assert_true(json_skip(&json, NULL));
			continue;
		}
		assert_true(json_enter(&json, JSON_ARRAY));
		for (; json_next_element(&json); words++) {
			assert_true(json_string(&json, &word));
			assert_true(strcmp(last, arena_text(&arena, word)) < 0);
			last = arena_text(&arena, word);
		}
	}
	assert_false(json.failed);
	json_end(&json);
	assert_int_equal(words, DOC_KINDS - 1);
	arena_release(&arena);
	kit_end(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_why_is_appended),
		cmocka_unit_test(test_what_was_read),
		cmocka_unit_test(test_kinds_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
