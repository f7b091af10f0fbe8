/*
 * What was read: pages, empty lists, what is asked item by item, and what rests on other kinds.
 * It must not know: what the planner makes of it.
 */
#include "graph_kit.h"

#define A "ami-0000000000000000a"
#define B "ami-0000000000000000b"
#define LT "lt-0000000000000000a"

static void
page(struct kit *kit, enum doc_kind kind, const char *group, uint64_t records, bool more)
{
	uint32_t doc = kit_doc(kit, kind, records);

	builder_document_at(kit->b, doc)->more = more;
	builder_document_at(kit->b, doc)->group = kit_text(kit, group);
}

static void
pages(void **state)
{
	static const struct {
		unsigned count;
		struct {
			uint64_t records;
			bool more;
		} pages[3];
		enum coverage_status status;
	} table[] = {
		{0, {{0, false}}, COVERAGE_ABSENT},
		{1, {{5, false}}, COVERAGE_COMPLETE},
		{1, {{5, true}}, COVERAGE_PARTIAL},
		{2, {{5, true}, {5, true}}, COVERAGE_PARTIAL},
		{2, {{5, true}, {5, false}}, COVERAGE_COMPLETE},
		{2, {{5, false}, {5, true}}, COVERAGE_COMPLETE},
		{2, {{5, true}, {0, false}}, COVERAGE_COMPLETE},
		{1, {{0, false}}, COVERAGE_EMPTY},
		{1, {{0, true}}, COVERAGE_PARTIAL},
		{2, {{0, false}, {0, false}}, COVERAGE_EMPTY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_new();

		kit_doc(&kit, DOC_IMAGES, 1);
		for (unsigned p = 0; p < table[i].count; p++)
			page(&kit, DOC_INSTANCES, NULL, table[i].pages[p].records,
				table[i].pages[p].more);
		kit_freeze(&kit);
		if (kit_covered(&kit, DOC_INSTANCES) != table[i].status)
			fail_msg("row %zu is %s", i,
				coverage_status_word(kit_covered(&kit, DOC_INSTANCES)));
		assert_int_equal(
			kit.graph->coverage.items[0].seen[DOC_INSTANCES], table[i].count > 0);
		assert_int_equal(kit.graph->coverage.count, 1);
		kit_end(&kit);
	}
}

/* Three calls print an empty list of snapshots alike; a last empty page after others is a page. */
static void
empty_snapshots(void **state)
{
	(void)state;
	for (int full = 0; full < 2; full++) {
		struct kit kit = kit_new();

		page(&kit, DOC_SNAPSHOTS, NULL, 0, false);
		if (full)
			page(&kit, DOC_SNAPSHOTS, NULL, 3, true);
		kit_freeze(&kit);
		assert_int_equal(kit_covered(&kit, DOC_SNAPSHOTS),
			full ? COVERAGE_COMPLETE : COVERAGE_ABSENT);
		kit_end(&kit);
	}
}

static void
pages_of_each_template(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		struct kit kit = kit_new();

		page(&kit, DOC_LAUNCH_TEMPLATES, NULL, 2, false);
		page(&kit, DOC_TEMPLATE_VERSIONS, "lt-1", 2, true);
		page(&kit, DOC_TEMPLATE_VERSIONS, "lt-2", 2, more);
		page(&kit, DOC_TEMPLATE_VERSIONS, "lt-1", 2, false);
		kit_freeze(&kit);
		assert_int_equal(kit_covered(&kit, DOC_TEMPLATE_VERSIONS),
			more ? COVERAGE_PARTIAL : COVERAGE_COMPLETE);
		kit_end(&kit);
	}
}

/* It may run from any AMI, unless it is gone. */
static void
instance_without_an_image(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct kit kit = kit_new();
		uint32_t doc = kit_doc(&kit, DOC_INSTANCES, 1);
		struct instance row = {.launched = 1000};
		rid r = kit_record_at(&kit, NODE_INSTANCE, "i-11111111", doc, 0, HERE,
			builder_row_instance(kit.b, &row),
			way == 1 ? STATE_INSTANCE_TERMINATED : STATE_INSTANCE_STOPPED, NULL);

		if (way == 2)
			kit_edge(&kit, "i-11111111", A, NODE_IMAGE, EDGE_LAUNCHED_FROM, r);
		/* Of one that is only mentioned nothing is known anyway. */
		if (way == 3)
			kit_mention(&kit, NODE_INSTANCE, "i-22222222");
		kit_freeze(&kit);
		assert_int_equal(kit_covered(&kit, DOC_INSTANCES),
			way % 3 == 0 ? COVERAGE_PARTIAL : COVERAGE_COMPLETE);
		assert_int_equal(kit.graph->gaps.count, way % 3 == 0);
		if (way % 3 == 0)
			assert_string_equal(
				strpool_text(&kit.graph->strings,
					kit_gap(&kit, DOC_INSTANCES, "i-11111111")->text),
				"instance i-11111111 does not tell from which AMI it was launched");
		kit_end(&kit);
	}
}

static void
places_are_apart(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_doc(&kit, DOC_IMAGES, 1);
	kit.region = WEST;
	page(&kit, DOC_IMAGES, NULL, 1, true);
	kit.account = THERE;
	kit_doc(&kit, DOC_INSTANCES, 0);
	kit_freeze(&kit);
	assert_int_equal(kit.graph->coverage.count, 3);
	assert_int_equal(kit_covered(&kit, DOC_INSTANCES), COVERAGE_EMPTY);
	assert_int_equal(kit_covered(&kit, DOC_IMAGES), COVERAGE_ABSENT);
	kit.account = HERE;
	assert_int_equal(kit_covered(&kit, DOC_IMAGES), COVERAGE_PARTIAL);
	kit.region = EAST;
	assert_int_equal(kit_covered(&kit, DOC_IMAGES), COVERAGE_COMPLETE);
	kit.region = "eu-west-1";
	kit_covered(&kit, DOC_IMAGES);
	assert_null(graph_coverage(kit.graph, 0, 0));
	assert_int_equal(graph_covered(kit.graph, 0, 0, DOC_IMAGES), COVERAGE_ABSENT);
	kit_end(&kit);
}

/* An item's place has a row even if no document is of that place; unknown sorts first. */
static void
rows_of_items(void **state)
{
	struct kit kit = kit_new();
	const struct coverage *rows;

	(void)state;
	kit_image_at(&kit, A, kit_doc(&kit, DOC_IMAGES, 2), 0, THERE, 1000);
	kit.account = kit.region = NULL;
	kit_image_at(&kit, B, kit_doc(&kit, DOC_IMAGES, 2), 0, NULL, 1000);
	kit_mention(&kit, NODE_IMAGE, "ami-12345678");
	kit_freeze(&kit);
	rows = kit.graph->coverage.items;
	assert_int_equal(kit.graph->coverage.count, 3);
	assert_true(rows[0].account == 0 && rows[0].region == 0);
	assert_string_equal(strpool_text(&kit.graph->strings, rows[1].account), HERE);
	assert_string_equal(strpool_text(&kit.graph->strings, rows[2].account), THERE);
	assert_int_equal(rows[0].status[DOC_IMAGES], COVERAGE_COMPLETE);
	assert_int_equal(rows[1].status[DOC_IMAGES], COVERAGE_COMPLETE);
	assert_int_equal(rows[2].status[DOC_IMAGES], COVERAGE_ABSENT);
	kit_end(&kit);
}

/* Documents of no known place and kind make no row. */
static void
placeless_documents(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_doc(&kit, DOC_NONE, 1);
	kit.region = NULL;
	kit_doc(&kit, DOC_IDENTITY, 1);
	kit_freeze(&kit);
	assert_int_equal(kit.graph->coverage.count, 0);
	kit_end(&kit);
}

static void
permissions_of_each_image(void **state)
{
	static const enum coverage_status expected[] = {
		COVERAGE_ABSENT, COVERAGE_PARTIAL, COVERAGE_COMPLETE};

	(void)state;
	for (unsigned read = 0; read <= 2; read++) {
		struct kit kit = kit_new();
		uint32_t doc = kit_doc(&kit, DOC_IMAGES, 4);
		struct image row = {.created = 1000};

		kit_image(&kit, A, doc);
		kit_image(&kit, B, doc);
		/* Another account's, and one that is gone: nobody could read theirs. */
		kit_image_at(&kit, "ami-11111111", doc, 0, THERE, 1000);
		kit_record_at(&kit, NODE_IMAGE, "ami-22222222", doc, 0, HERE,
			builder_row_image(kit.b, &row), STATE_IMAGE_IN_BIN, NULL);
		if (read > 0)
			builder_image_permissions_read(
				kit.b, kit_mention(&kit, NODE_IMAGE, A), doc);
		if (read > 1)
			builder_image_permission(
				kit.b, kit_mention(&kit, NODE_IMAGE, B), SLICE(THERE), doc);
		kit_freeze(&kit);
		assert_int_equal(kit_covered(&kit, DOC_LAUNCH_PERMISSIONS), expected[read]);
		kit_end(&kit);
	}
}

static void
snapshots_and_instances_item_by_item(void **state)
{
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_INSTANCES, 2);

	(void)state;
	kit_instance(&kit, "i-11111111", doc, HERE);
	kit_instance(&kit, "i-22222222", doc, HERE);
	kit_snapshot(&kit, "snap-11111111", doc);
	builder_instance_protected(
		kit.b, kit_mention(&kit, NODE_INSTANCE, "i-11111111"), false, doc);
	builder_snapshot_permissions_read(
		kit.b, kit_mention(&kit, NODE_SNAPSHOT, "snap-11111111"), doc);
	kit_freeze(&kit);
	assert_int_equal(kit_covered(&kit, DOC_TERMINATION_PROTECTION), COVERAGE_PARTIAL);
	assert_int_equal(kit_covered(&kit, DOC_SNAPSHOT_PERMISSIONS), COVERAGE_COMPLETE);
	kit_end(&kit);
}

static void
versions_rest_on_templates(void **state)
{
	/* Status of launch-templates as pages make it; templates; whether a versions document is
	 * there; what that makes of versions. */
	static const struct {
		int list; /* -1 none, else number of templates */
		bool more, versions;
		enum coverage_status status;
	} table[] = {
		{-1, false, false, COVERAGE_ABSENT},
		{-1, false, true, COVERAGE_PARTIAL},
		{0, false, false, COVERAGE_EMPTY},
		{0, false, true, COVERAGE_EMPTY},
		{1, false, false, COVERAGE_ABSENT},
		{1, false, true, COVERAGE_COMPLETE},
		{1, true, true, COVERAGE_PARTIAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_new();

		kit_doc(&kit, DOC_IMAGES, 1);
		if (table[i].list >= 0)
			page(&kit, DOC_LAUNCH_TEMPLATES, NULL, (uint64_t)table[i].list,
				table[i].more);
		if (table[i].list > 0)
			kit_template(&kit, LT, "golden", 1, 1, 1);
		if (table[i].versions) {
			uint32_t doc = kit_doc(&kit, DOC_TEMPLATE_VERSIONS, table[i].list != 0);

			if (table[i].list)
				kit_version(&kit, LT, 1, true, doc);
		}
		kit_freeze(&kit);
		if (kit_covered(&kit, DOC_TEMPLATE_VERSIONS) != table[i].status)
			fail_msg("row %zu is %s", i,
				coverage_status_word(kit_covered(&kit, DOC_TEMPLATE_VERSIONS)));
		kit_end(&kit);
	}
}

/* A collection document tells an empty or refused answer from none. */
static void
vouched(void **state)
{
	static const struct {
		bool document;
		enum coverage_status vouched, status;
	} table[] = {
		{false, COVERAGE_COMPLETE, COVERAGE_EMPTY},
		{false, COVERAGE_DENIED, COVERAGE_DENIED},
		{false, COVERAGE_PARTIAL, COVERAGE_PARTIAL},
		{true, COVERAGE_COMPLETE, COVERAGE_COMPLETE},
		{true, COVERAGE_PARTIAL, COVERAGE_PARTIAL},
		{true, COVERAGE_DENIED, COVERAGE_COMPLETE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_new();

		if (table[i].document)
			kit_doc(&kit, DOC_SNAPSHOTS, 1);
		builder_vouch(kit.b, kit_text(&kit, HERE), kit_text(&kit, EAST), DOC_SNAPSHOTS,
			table[i].vouched);
		kit_freeze(&kit);
		assert_int_equal(kit_covered(&kit, DOC_SNAPSHOTS), table[i].status);
		kit_end(&kit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
		cmocka_unit_test(empty_snapshots),
		cmocka_unit_test(pages_of_each_template),
		cmocka_unit_test(instance_without_an_image),
		cmocka_unit_test(places_are_apart),
		cmocka_unit_test(rows_of_items),
		cmocka_unit_test(placeless_documents),
		cmocka_unit_test(permissions_of_each_image),
		cmocka_unit_test(snapshots_and_instances_item_by_item),
		cmocka_unit_test(versions_rest_on_templates),
		cmocka_unit_test(vouched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
