/*
 * SSM parameters: what their values name, and which of them a `resolve:ssm:` reference means.
 * It must not know: how deep a template's versions count.
 */
#include "graph_kit.h"

#define A "ami-0000000000000000a"
#define B "ami-0000000000000000b"
#define LT "lt-0000000000000000a"
#define V1 LT ":1"
#define ARN(name) "arn:aws:ssm:us-east-1:111122223333:parameter/" name
#define OTHER_ARN(name) "arn:aws:ssm:us-east-1:444455556666:parameter/" name

/* A kit with one template version that takes its AMI from `reference`. */
static struct kit
kit_with(const char *reference)
{
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_TEMPLATE_VERSIONS, 1);
	rid r;

	kit_template(&kit, LT, "golden", 1, 1, kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 1));
	r = kit_version(&kit, LT, 1, true, doc);
	builder_image_reference(kit.b, kit_mention(&kit, NODE_TEMPLATE_VERSION, V1),
		slice_of(reference), kit_text(&kit, "ImageId"), r);
	return kit;
}

static void
parameter(struct kit *kit, const char *name, const char *arn, unsigned version,
	const char *selector, const char *value)
{
	builder_parameter(kit->b, slice_of(name), slice_of(arn), version, slice_of(selector),
		slice_of(value), kit_doc(kit, DOC_PARAMETERS, 1), 0);
}

static void
names_selectors_arns(void **state)
{
	static const struct {
		const char *reference, *name, *arn;
		unsigned version;
		const char *selector;
		bool settled;
	} table[] = {
		{"resolve:ssm:golden", "golden", ARN("golden"), 3, NULL, true},
		{"resolve:ssm:golden", "golden", NULL, 3, NULL, true},
		{"resolve:ssm:/web/golden", "/web/golden", ARN("web/golden"), 3, NULL, true},
		/* by version: as asked for, or as answered */
		{"resolve:ssm:golden:3", "golden", ARN("golden"), 3, ":3", true},
		{"resolve:ssm:golden:3", "golden", ARN("golden"), 3, NULL, true},
		{"resolve:ssm:golden:3", "golden", ARN("golden"), 3, ":prod", true},
		{"resolve:ssm:golden:2", "golden", ARN("golden"), 3, NULL, false},
		/* version 3 need not be the newest, nor what a label means */
		{"resolve:ssm:golden", "golden", ARN("golden"), 3, ":3", false},
		{"resolve:ssm:golden:prod", "golden", ARN("golden"), 3, ":3", false},
		{"resolve:ssm:golden:prod", "golden", ARN("golden"), 3, NULL, false},
		{"resolve:ssm:golden:prod", "golden", ARN("golden"), 3, ":prod", true},
		{"resolve:ssm:golden:prod", "golden", NULL, 3, "prod", true},
		{"resolve:ssm:golden:", "golden", ARN("golden"), 3, NULL, false},
		/* by ARN, of another account too */
		{"resolve:ssm:" ARN("golden"), "golden", ARN("golden"), 3, NULL, true},
		{"resolve:ssm:" ARN("golden") ":3", "golden", ARN("golden"), 3, NULL, true},
		{"resolve:ssm:" ARN("golden") ":prod", "golden", ARN("golden"), 3, ":prod", true},
		{"resolve:ssm:" ARN("golden"), "golden", NULL, 3, NULL, true},
		{"resolve:ssm:" ARN("golden"), "/golden", NULL, 3, NULL, true},
		{"resolve:ssm:" ARN("web/golden"), "/web/golden", ARN("web/golden"), 3, NULL, true},
		{"resolve:ssm:" OTHER_ARN("golden"), OTHER_ARN("golden"), OTHER_ARN("golden"), 3,
			NULL, true},
		{"resolve:ssm:" OTHER_ARN("golden"), OTHER_ARN("golden"), NULL, 3, NULL, true},
		{"resolve:ssm:" OTHER_ARN("golden"), "golden", ARN("golden"), 3, NULL, false},
		{"resolve:ssm:golden", "golden", OTHER_ARN("golden"), 3, NULL, false},
		/* near misses */
		{"resolve:ssm:golden", "Golden", NULL, 3, NULL, false},
		{"resolve:ssm:golden", "/golden", NULL, 3, NULL, false},
		{"resolve:ssm:golden", "golden2", NULL, 3, NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_with(table[i].reference);
		nid version;

		parameter(
			&kit, table[i].name, table[i].arn, table[i].version, table[i].selector, A);
		kit_freeze(&kit);
		version = kit_find(&kit, V1);
		if ((kit_degree(&kit, V1, true) == 1) != table[i].settled)
			fail_msg("row %zu: %s", i, table[i].reference);
		assert_int_equal(graph_version(kit.graph, version)->unresolved, !table[i].settled);
		assert_int_equal(kit.graph->gaps.count, !table[i].settled);
		assert_int_equal(kit_covered(&kit, DOC_PARAMETERS),
			table[i].settled ? COVERAGE_COMPLETE : COVERAGE_PARTIAL);
		/* The value is a reference in any case. */
		assert_int_equal(kit_degree(&kit, A, false), 1);
		kit_end(&kit);
	}
}

static void
unresolved(void **state)
{
	struct kit kit = kit_with("resolve:ssm:/web/golden:prod");
	const struct gap *gap;

	(void)state;
	kit_freeze(&kit);
	gap = kit_gap(&kit, DOC_PARAMETERS, "/web/golden:prod");
	assert_non_null(gap);
	assert_int_equal(gap->by, kit_find(&kit, V1));
	assert_string_equal(strpool_text(&kit.graph->strings, gap->text),
		"launch template version " V1
		" takes its AMI from parameter /web/golden:prod, which nobody read");
	kit_end(&kit);
}

static void
no_alias_no_coverage(void **state)
{
	struct kit kit = kit_with(A);

	(void)state;
	kit_freeze(&kit);
	assert_int_equal(kit_covered(&kit, DOC_PARAMETERS), COVERAGE_ABSENT);
	kit_end(&kit);
}

static void
parameters_of_aws(void **state)
{
	static const char *const references[] = {
		"resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
		"resolve:ssm:/aws/x:3",
		"resolve:ssm:arn:aws:ssm:us-east-1::parameter/aws/service/eks/x"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct kit kit = kit_with(references[i]);

		kit_freeze(&kit);
		assert_int_equal(kit.graph->gaps.count, 0);
		assert_int_equal(kit.graph->notices.count, 0);
		assert_false(graph_version(kit.graph, kit_find(&kit, V1))->unresolved);
		kit_end(&kit);
	}
}

static void
malformed(void **state)
{
	static const char *const references[] = {"resolve:ssm:", "resolve:ssm::3",
		"resolve:ssm:arn:aws:ec2:us-east-1:1:x",
		"resolve:ssm:arn:aws:ssm:us-east-1:111122223333:golden", "{{resolve:ssm:golden}}",
		"resolve:secretsmanager:golden"};

	(void)state;
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		struct kit kit = kit_with(references[i]);
		const struct notice *notice;

		kit_freeze(&kit);
		notice = kit_notice(&kit, "reference-not-understood");
		assert_non_null(notice);
		assert_int_equal(notice->node, kit_find(&kit, V1));
		/* Who can tell what it stands for? */
		assert_int_equal(kit.graph->gaps.count, 1);
		assert_true(graph_version(kit.graph, kit_find(&kit, V1))->unresolved);
		kit_end(&kit);
	}
}

/* Read, but not what it stands for. */
static void
riddles(void **state)
{
	static const char *const read[] = {NULL, "{\"ami\":\"" A "\"}", "AMI-0000000000000000A",
		"resolve:ssm:other", A ",ami-123"};

	(void)state;
	for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++) {
		struct kit kit = kit_with("resolve:ssm:golden");

		parameter(&kit, "golden", ARN("golden"), 1, NULL, read[i]);
		kit_freeze(&kit);
		assert_int_equal(kit.graph->gaps.count, 1);
		assert_true(graph_version(kit.graph, kit_find(&kit, V1))->unresolved);
		kit_end(&kit);
	}
}

/* On one page of several the newest version may be missing; a version is what it is. */
static void
one_page_of_a_history(void **state)
{
	(void)state;
	for (int by_version = 0; by_version < 2; by_version++) {
		struct kit kit =
			kit_with(by_version ? "resolve:ssm:golden:1" : "resolve:ssm:golden");
		uint32_t doc = kit_doc(&kit, DOC_PARAMETERS, 1);

		builder_document_at(kit.b, doc)->more = true;
		builder_parameter(kit.b, SLICE("golden"), SLICE(ARN("golden")), 1, SLICE_NONE,
			SLICE(A), doc, 0);
		kit_freeze(&kit);
		assert_int_equal(kit.graph->gaps.count, !by_version);
		kit_end(&kit);
	}
}

/* A referrer whose place nothing tells may be anywhere. */
static void
alias_of_unknown_place(void **state)
{
	struct kit kit = kit_new();
	rid r;

	(void)state;
	kit_image(&kit, A, kit_doc(&kit, DOC_IMAGES, 1));
	kit.region = NULL;
	r = kit_record_at(&kit, NODE_FLEET, "fleet-1", kit_doc(&kit, DOC_FLEETS, 1), 1, NULL, 0,
		STATE_FLEET_ACTIVE, NULL);
	builder_image_reference(
		kit.b, kit_mention(&kit, NODE_FLEET, "fleet-1"), SLICE("resolve:ssm:golden"), 0, r);
	kit.region = EAST;
	kit_freeze(&kit);
	assert_int_equal(kit_covered(&kit, DOC_PARAMETERS), COVERAGE_PARTIAL);
	kit_end(&kit);
}

/* The template version is HERE, in EAST: what was read where nothing tells may be its parameter,
 * and may be another. */
static void
parameters_of_half_known_places(void **state)
{
	static const struct {
		const char *reference, *account, *region;
		bool may_be, settled;
	} table[] = {
		{"resolve:ssm:golden", HERE, EAST, true, true},
		{"resolve:ssm:golden", HERE, NULL, true, false},
		{"resolve:ssm:golden", NULL, EAST, true, false},
		{"resolve:ssm:golden", NULL, NULL, true, false},
		{"resolve:ssm:golden", THERE, NULL, false, false},
		{"resolve:ssm:golden", NULL, WEST, false, false},
		{"resolve:ssm:golden:3", NULL, EAST, true, false},
		{"resolve:ssm:golden:4", NULL, EAST, false, false},
		{"resolve:ssm:" ARN("golden"), NULL, EAST, true, false},
		{"resolve:ssm:" ARN("golden"), HERE, EAST, true, true},
		/* an account that no document knows is some account */
		{"resolve:ssm:" OTHER_ARN("golden"), NULL, EAST, true, false},
		{"resolve:ssm:" OTHER_ARN("golden"), NULL, WEST, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_with(table[i].reference);

		kit.account = table[i].account;
		kit.region = table[i].region;
		parameter(&kit, "golden", NULL, 3, NULL, A);
		kit_freeze(&kit);
		if ((kit_find_edge(&kit, V1, "parameter/golden", EDGE_RESOLVES) != NULL) !=
			table[i].may_be)
			fail_msg("row %zu: %s", i, table[i].reference);
		assert_int_equal(graph_version(kit.graph, kit_find(&kit, V1))->unresolved,
			!table[i].settled);
		assert_int_equal(kit.graph->gaps.count, !table[i].settled);
		kit_end(&kit);
	}
}

/* A name that somebody calls invalid in half a place may be valid where it is asked for. */
static void
invalid_in_half_a_place(void **state)
{
	struct kit kit = kit_with("resolve:ssm:golden");

	(void)state;
	kit.region = NULL;
	builder_parameter_invalid(kit.b, SLICE("golden"), kit_doc(&kit, DOC_PARAMETERS, 0));
	kit_freeze(&kit);
	assert_non_null(kit_gap(&kit, DOC_PARAMETERS, "golden"));
	assert_null(kit_notice(&kit, "parameter-invalid"));
	kit_end(&kit);
}

/* A label of a parameter called "arn" is not the parameter that an ARN ends in. */
static void
keys_are_no_names(void **state)
{
	struct kit kit = kit_with("resolve:ssm:" ARN("golden"));

	(void)state;
	parameter(&kit, "arn", NULL, 1, "golden", A);
	kit_freeze(&kit);
	assert_int_equal(kit_degree(&kit, V1, true), 0);
	assert_int_equal(kit.graph->gaps.count, 1);
	kit_end(&kit);
}

static void
values(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	parameter(&kit, "one", NULL, 0, NULL, A);
	parameter(&kit, "list", NULL, 0, NULL, "x, " A " ,aki-12345678," B);
	parameter(&kit, "nothing", NULL, 0, NULL, "ami-123,," A "x");
	parameter(&kit, "empty", NULL, 0, NULL, "");
	parameter(&kit, "labelled", NULL, 0, ":prod", B "\n");
	kit_freeze(&kit);
	assert_non_null(kit_find_edge(&kit, "parameter/one", A, EDGE_NAMES_IMAGE));
	assert_int_equal(kit_degree(&kit, "parameter/list", true), 2);
	assert_int_equal(kit_degree(&kit, "parameter/nothing", true), 0);
	assert_int_equal(kit_degree(&kit, "parameter/empty", true), 0);
	assert_non_null(kit_find_edge(&kit, "parameter/labelled:prod", B, EDGE_NAMES_IMAGE));
	assert_true(slice_is(
		graph_text(kit.graph, graph_node(kit.graph, kit_find(&kit, "parameter/one"))->name),
		"one"));
	/* Nobody refers to them, so nobody is told. */
	assert_int_equal(kit.graph->notices.count, 0);
	kit_end(&kit);
}

/* Several versions of one parameter in one document are all its values. */
static void
versions_of_one_parameter(void **state)
{
	struct kit kit = kit_with("resolve:ssm:golden");
	uint32_t doc = kit_doc(&kit, DOC_PARAMETERS, 2);

	(void)state;
	builder_parameter(
		kit.b, SLICE("golden"), SLICE(ARN("golden")), 2, SLICE(":2"), SLICE(A), doc, 10);
	builder_parameter(
		kit.b, SLICE("golden"), SLICE(ARN("golden")), 3, SLICE_NONE, SLICE(B), doc, 20);
	kit_freeze(&kit);
	assert_non_null(kit_find_edge(&kit, V1, ARN("golden"), EDGE_RESOLVES));
	assert_non_null(kit_find_edge(&kit, ARN("golden"), A, EDGE_NAMES_IMAGE));
	assert_non_null(kit_find_edge(&kit, ARN("golden"), B, EDGE_NAMES_IMAGE));
	kit_end(&kit);
}

static void
value_that_is_no_ami(void **state)
{
	struct kit kit = kit_with("resolve:ssm:golden");
	const struct notice *notice;

	(void)state;
	parameter(&kit, "golden", ARN("golden"), 1, NULL, "secret");
	kit_freeze(&kit);
	notice = kit_notice(&kit, "reference-not-understood");
	assert_non_null(notice);
	assert_int_equal(notice->node, kit_find(&kit, ARN("golden")));
	/* The value itself may be a secret. */
	assert_null(strstr(strpool_text(&kit.graph->strings, notice->text), "secret"));
	assert_non_null(kit_find_edge(&kit, V1, ARN("golden"), EDGE_RESOLVES));
	assert_false(graph_version(kit.graph, kit_find(&kit, V1))->unresolved);
	kit_end(&kit);
}

static void
invalid_names(void **state)
{
	(void)state;
	for (int valid_too = 0; valid_too < 2; valid_too++) {
		struct kit kit = kit_with("resolve:ssm:golden:3");
		uint32_t doc = kit_doc(&kit, DOC_PARAMETERS, 1);

		builder_parameter_invalid(kit.b, SLICE("golden:3"), doc);
		builder_parameter_invalid(kit.b, SLICE("unused"), doc);
		if (valid_too)
			parameter(&kit, "golden", NULL, 3, NULL, A);
		kit_freeze(&kit);
		assert_int_equal(kit.graph->gaps.count, 0);
		assert_false(graph_version(kit.graph, kit_find(&kit, V1))->unresolved);
		assert_int_equal(kit.graph->notices.count, !valid_too);
		assert_int_equal(kit_notice(&kit, "parameter-invalid") != NULL, !valid_too);
		assert_int_equal(kit_degree(&kit, V1, true), valid_too);
		kit_end(&kit);
	}
}

static void
invalid_elsewhere(void **state)
{
	struct kit kit = kit_with("resolve:ssm:golden");

	(void)state;
	kit.region = WEST;
	builder_parameter_invalid(kit.b, SLICE("golden"), kit_doc(&kit, DOC_PARAMETERS, 0));
	kit_freeze(&kit);
	assert_int_equal(kit.graph->gaps.count, 1);
	assert_true(graph_version(kit.graph, kit_find(&kit, V1))->unresolved);
	kit_end(&kit);
}

/* A parameter or recipe that AWS's report names is where its ARN says. */
static void
mentioned_by_arn(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_mention(&kit, NODE_PARAMETER, OTHER_ARN("golden"));
	kit_edge(&kit, OTHER_ARN("golden"), A, NODE_IMAGE, EDGE_NAMES_IMAGE, 0);
	kit_freeze(&kit);
	assert_true(slice_is(
		graph_text(kit.graph,
			graph_node(kit.graph, kit_find(&kit, OTHER_ARN("golden")))->account),
		THERE));
	assert_true(slice_is(
		graph_text(kit.graph,
			graph_node(kit.graph, kit_find(&kit, OTHER_ARN("golden")))->region),
		EAST));
	kit_end(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_selectors_arns),
		cmocka_unit_test(unresolved),
		cmocka_unit_test(no_alias_no_coverage),
		cmocka_unit_test(parameters_of_aws),
		cmocka_unit_test(malformed),
		cmocka_unit_test(riddles),
		cmocka_unit_test(one_page_of_a_history),
		cmocka_unit_test(alias_of_unknown_place),
		cmocka_unit_test(parameters_of_half_known_places),
		cmocka_unit_test(invalid_in_half_a_place),
		cmocka_unit_test(keys_are_no_names),
		cmocka_unit_test(values),
		cmocka_unit_test(versions_of_one_parameter),
		cmocka_unit_test(value_that_is_no_ami),
		cmocka_unit_test(invalid_names),
		cmocka_unit_test(invalid_elsewhere),
		cmocka_unit_test(mentioned_by_arn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
