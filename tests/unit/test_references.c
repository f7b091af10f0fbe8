/*
 * References that are settled at freeze: template versions by id, name and word, launch
 * configurations, groups known by name. It must not know: parameters, which have a test of their
 * own.
 */
#include "graph_kit.h"

#define LT "lt-0000000000000000a"
#define LT2 "lt-0000000000000000b"

#define GROUP(name)                                                                                \
	"arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:uuid:"                        \
	"autoScalingGroupName/" name
#define WEB GROUP("web")

/* The group "web", which launches from a template. */
static void
web_uses(struct kit *kit, const char *id, const char *name, const char *version)
{
	rid r = kit_group(kit, "web", kit_doc(kit, DOC_AUTO_SCALING_GROUPS, 1));

	builder_template_reference(kit->b, kit_mention(kit, NODE_AUTO_SCALING_GROUP, WEB),
		slice_of(id), slice_of(name), slice_of(version), kit_text(kit, "LaunchTemplate"),
		r);
}

/* Template LT, named "golden", with versions 1 to `count`. */
static void
golden(struct kit *kit, unsigned default_version, unsigned count)
{
	uint32_t versions = kit_doc(kit, DOC_TEMPLATE_VERSIONS, count);

	kit_template(
		kit, LT, "golden", default_version, count, kit_doc(kit, DOC_LAUNCH_TEMPLATES, 1));
	for (unsigned i = 1; i <= count; i++)
		kit_version(kit, LT, i, i == default_version, versions);
}

static void
versions_by_word_and_number(void **state)
{
	static const struct {
		const char *id, *name, *version, *used;
	} table[] = {
		{LT, NULL, "$Default", LT ":2"},
		{LT, NULL, "$Latest", LT ":4"},
		{LT, NULL, "", LT ":2"},
		{LT, NULL, "1", LT ":1"},
		{LT, "another name", "3", LT ":3"},
		{NULL, "golden", NULL, LT ":2"},
		{NULL, "golden", "$Latest", LT ":4"},
		{NULL, "golden", "3", LT ":3"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_new();

		/* Users come before what they use. */
		web_uses(&kit, table[i].id, table[i].name, table[i].version);
		golden(&kit, 2, 4);
		kit_freeze(&kit);
		assert_int_equal(kit_degree(&kit, WEB, true), 1);
		assert_non_null(kit_find_edge(&kit, WEB, table[i].used, EDGE_USES_VERSION));
		assert_int_equal(kit.graph->gaps.count, 0);
		kit_end(&kit);
	}
}

static void
names_mean_their_place(void **state)
{
	struct kit kit = kit_new();
	uint32_t west;

	(void)state;
	web_uses(&kit, NULL, "golden", "$Default");
	golden(&kit, 2, 2);
	kit.region = WEST;
	west = kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 1);
	kit_template(&kit, LT2, "golden", 1, 1, west);
	kit_version(&kit, LT2, 1, true, west);
	kit_freeze(&kit);
	assert_non_null(kit_find_edge(&kit, WEB, LT ":2", EDGE_USES_VERSION));
	assert_null(kit_find_edge(&kit, WEB, LT2 ":1", EDGE_USES_VERSION));
	kit_end(&kit);
}

struct half_known {
	const char *account, *region;
};

/* Unknown is not unused: a half that nothing tells may be any, on either side, and is never proof
 * that the one meant was read. */
static const struct {
	struct half_known user, used;
	bool may_be, is_sure;
} places[] = {
	{{HERE, EAST}, {HERE, EAST}, true, true},
	{{HERE, EAST}, {HERE, NULL}, true, false},
	{{HERE, EAST}, {NULL, EAST}, true, false},
	{{HERE, EAST}, {NULL, NULL}, true, false},
	{{HERE, NULL}, {HERE, EAST}, true, false},
	{{NULL, EAST}, {HERE, EAST}, true, false},
	{{NULL, NULL}, {HERE, EAST}, true, false},
	{{HERE, NULL}, {NULL, EAST}, true, false},
	{{NULL, EAST}, {HERE, NULL}, true, false},
	{{HERE, NULL}, {HERE, NULL}, true, false},
	{{NULL, NULL}, {NULL, NULL}, true, false},
	{{HERE, EAST}, {HERE, WEST}, false, false},
	{{HERE, EAST}, {THERE, EAST}, false, false},
	{{HERE, EAST}, {THERE, NULL}, false, false},
	{{HERE, EAST}, {NULL, WEST}, false, false},
	{{HERE, NULL}, {THERE, EAST}, false, false},
	{{NULL, EAST}, {HERE, WEST}, false, false},
	{{HERE, NULL}, {THERE, NULL}, false, false},
};

#define PLACE_ROWS (sizeof(places) / sizeof(places[0]))

static void
go_to(struct kit *kit, struct half_known place)
{
	kit->account = place.account;
	kit->region = place.region;
}

/* A fleet tells its place by its document alone. */
static rid
kit_fleet(struct kit *kit, const char *id)
{
	return kit_record_at(kit, NODE_FLEET, id, kit_doc(kit, DOC_FLEETS, 1), 0, NULL, 0,
		STATE_FLEET_ACTIVE, NULL);
}

static void
templates_of_half_known_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLACE_ROWS; i++) {
		struct kit kit = kit_new();
		const struct gap *gap;
		rid r;

		go_to(&kit, places[i].user);
		r = kit_fleet(&kit, "fleet-1");
		builder_template_reference(kit.b, kit_mention(&kit, NODE_FLEET, "fleet-1"),
			SLICE_NONE, SLICE("golden"), SLICE("1"), 0, r);
		go_to(&kit, places[i].used);
		golden(&kit, 2, 2);
		kit_freeze(&kit);
		if ((kit_find_edge(&kit, "fleet-1", LT ":1", EDGE_USES_VERSION) != NULL) !=
			places[i].may_be)
			fail_msg("row %zu", i);
		gap = kit_gap(&kit, DOC_LAUNCH_TEMPLATES, "golden");
		assert_int_equal(gap == NULL, places[i].is_sure);
		if (gap)
			assert_string_equal(strpool_text(&kit.graph->strings, gap->text),
				places[i].may_be ? "fleet fleet-1 launches from launch "
						   "template golden, which no document surely "
						   "describes: not every account and region is "
						   "known"
						 : "fleet fleet-1 launches from launch "
						   "template golden, which no document describes");
		kit_end(&kit);
	}
}

/* All of them may be meant, and the one of the very place makes that no gap. */
static void
namesakes_everywhere(void **state)
{
	static const struct half_known used[] = {{HERE, EAST}, {HERE, NULL}, {NULL, EAST},
		{NULL, NULL}, {HERE, WEST}, {THERE, EAST}, {THERE, NULL}, {NULL, WEST}};
	static const size_t reached[] = {8, 6, 6, 4}; /* by what is known of who names it */

	(void)state;
	for (unsigned known = 0; known < 4; known++) {
		struct half_known user = {known & 1 ? HERE : NULL, known & 2 ? EAST : NULL};
		struct kit kit = kit_new();
		rid r;

		go_to(&kit, user);
		r = kit_fleet(&kit, "fleet-1");
		builder_template_reference(kit.b, kit_mention(&kit, NODE_FLEET, "fleet-1"),
			SLICE_NONE, SLICE("golden"), SLICE("$Latest"), 0, r);
		for (unsigned n = 0; n < 8; n++) {
			char id[32];
			uint32_t doc;

			snprintf(id, sizeof(id), "lt-%017x", n);
			go_to(&kit, used[n]);
			doc = kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 1);
			kit_template(&kit, id, "golden", 1, 1, doc);
			kit_version(&kit, id, 1, true, doc);
		}
		kit_freeze(&kit);
		assert_int_equal(kit_degree(&kit, "fleet-1", true), reached[known]);
		assert_int_equal(kit_gap(&kit, DOC_LAUNCH_TEMPLATES, "golden") == NULL, known == 3);
		kit_end(&kit);
	}
}

/* Thousands may share a name, and as many may ask for it: each is found without the others. */
static void
many_namesakes(void **state)
{
	enum { MANY = 20000 };
	struct kit kit = kit_new();

	(void)state;
	for (unsigned n = 0; n < MANY; n++) {
		char account[16];
		char id[32];
		uint32_t doc;
		rid r;

		snprintf(account, sizeof(account), "%012u", n + 1);
		kit.account = account;
		snprintf(id, sizeof(id), "lt-%017x", n);
		doc = kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 1);
		kit_template(&kit, id, "golden", 1, 1, doc);
		kit_version(&kit, id, 1, true, doc);
		snprintf(id, sizeof(id), "fleet-%u", n);
		r = kit_fleet(&kit, id);
		builder_template_reference(kit.b, kit_mention(&kit, NODE_FLEET, id), SLICE_NONE,
			SLICE("golden"), SLICE("$Default"), 0, r);
	}
	kit_freeze(&kit);
	assert_int_equal(kit.graph->gaps.count, 0);
	assert_non_null(
		kit_find_edge(&kit, "fleet-10", "lt-0000000000000000a:1", EDGE_USES_VERSION));
	assert_int_equal(kit_degree(&kit, "fleet-19999", true), 1);
	kit_end(&kit);
}

static void
flags_and_ages(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	golden(&kit, 2, 4);
	kit_freeze(&kit);
	for (unsigned i = 1; i <= 4; i++) {
		char id[40];
		const struct template_version *row;

		snprintf(id, sizeof(id), "%s:%u", LT, i);
		row = graph_version(kit.graph, kit_find(&kit, id));
		assert_int_equal(row->age_rank, 4 - i);
		assert_int_equal(row->is_default, i == 2);
		assert_int_equal(row->is_latest, i == 4);
	}
	kit_end(&kit);
}

/* Without describe-launch-templates the versions tell of the template: its place, name, default and
 * latest. */
static void
template_known_by_versions(void **state)
{
	struct kit kit = kit_new();
	struct template_version row = {.number = 2, .is_default = true};
	uint32_t doc = kit_doc(&kit, DOC_TEMPLATE_VERSIONS, 1);

	(void)state;
	row.template = kit_mention(&kit, NODE_LAUNCH_TEMPLATE, LT);
	kit_record_at(&kit, NODE_TEMPLATE_VERSION, LT ":2", doc, 0, NULL,
		builder_row_version(kit.b, &row), STATE_UNKNOWN, "golden");
	web_uses(&kit, NULL, "golden", "$Latest");
	kit_freeze(&kit);
	assert_non_null(kit_find_edge(&kit, WEB, LT ":2", EDGE_USES_VERSION));
	assert_false(graph_node(kit.graph, kit_find(&kit, LT))->defined);
	assert_true(slice_is(
		graph_text(kit.graph, graph_node(kit.graph, kit_find(&kit, LT))->region), EAST));
	/* Version 1 was not read. */
	assert_int_equal(kit.graph->gaps.count, 1);
	kit_end(&kit);
}

/* Two documents of different times: both defaults may be launched. */
static void
two_defaults(void **state)
{
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_TEMPLATE_VERSIONS, 2);

	(void)state;
	kit_template(&kit, LT, "golden", 1, 2, doc);
	kit_version(&kit, LT, 1, false, doc);
	kit_version(&kit, LT, 2, true, doc);
	web_uses(&kit, LT, NULL, "$Default");
	kit_freeze(&kit);
	assert_non_null(kit_find_edge(&kit, WEB, LT ":1", EDGE_USES_VERSION));
	assert_non_null(kit_find_edge(&kit, WEB, LT ":2", EDGE_USES_VERSION));
	kit_end(&kit);
}

static void
unknown_template(void **state)
{
	struct kit kit = kit_new();
	const struct gap *gap;

	(void)state;
	web_uses(&kit, LT, NULL, "3");
	kit_freeze(&kit);
	gap = kit_gap(&kit, DOC_LAUNCH_TEMPLATES, LT);
	assert_non_null(gap);
	assert_int_equal(gap->by, kit_find(&kit, WEB));
	assert_true(slice_is(graph_text(kit.graph, gap->region), EAST));
	assert_string_equal(strpool_text(&kit.graph->strings, gap->text),
		"Auto Scaling group web launches from launch template " LT
		", which no document describes");
	assert_non_null(kit_gap(&kit, DOC_TEMPLATE_VERSIONS, LT ":3"));
	assert_false(graph_node(kit.graph, kit_find(&kit, LT ":3"))->defined);
	kit_end(&kit);
}

static void
unknown_name(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	golden(&kit, 1, 1);
	web_uses(&kit, NULL, "silver", "$Latest");
	kit_freeze(&kit);
	assert_non_null(kit_gap(&kit, DOC_LAUNCH_TEMPLATES, "silver"));
	assert_int_equal(kit_degree(&kit, WEB, true), 0);
	kit_end(&kit);
}

static void
unknown_version(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	golden(&kit, 1, 2);
	web_uses(&kit, LT, NULL, "9");
	kit_freeze(&kit);
	assert_non_null(kit_gap(&kit, DOC_TEMPLATE_VERSIONS, LT ":9"));
	assert_null(kit_gap(&kit, DOC_LAUNCH_TEMPLATES, LT));
	assert_int_equal(kit_covered(&kit, DOC_TEMPLATE_VERSIONS), COVERAGE_PARTIAL);
	kit_end(&kit);
}

/* Nothing is missed for the sake of what is gone. */
static void
dead_users_miss_nothing(void **state)
{
	static const enum state states[] = {STATE_FLEET_DELETED, STATE_FLEET_ACTIVE, STATE_UNKNOWN};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct kit kit = kit_new();
		rid r = kit_record_at(&kit, NODE_FLEET, "fleet-1", kit_doc(&kit, DOC_FLEETS, 1), 0,
			NULL, 0, states[i], NULL);
		nid fleet = kit_mention(&kit, NODE_FLEET, "fleet-1");

		builder_template_reference(kit.b, fleet, SLICE(LT), SLICE_NONE, SLICE("3"), 0, r);
		builder_template_reference(
			kit.b, fleet, SLICE_NONE, SLICE("silver"), SLICE("$Latest"), 0, r);
		builder_configuration_reference(kit.b, fleet, SLICE("old"), r);
		builder_image_reference(kit.b, fleet, SLICE("resolve:ssm:golden"), 0, r);
		kit_freeze(&kit);
		assert_int_equal(kit.graph->gaps.count, i == 0 ? 0 : 5);
		kit_end(&kit);
	}
}

static void
malformed_references(void **state)
{
	static const char *const table[][3] = {{"lt-<id>", NULL, "1"}, {LT, NULL, "newest"},
		{LT, NULL, "$latest"}, {LT, NULL, "-1"}, {LT, NULL, "0"}, {NULL, "golden", "1.0"}};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_new();
		const struct notice *notice;

		golden(&kit, 1, 1);
		web_uses(&kit, table[i][0], table[i][1], table[i][2]);
		kit_freeze(&kit);
		notice = kit_notice(&kit, "reference-not-understood");
		assert_non_null(notice);
		assert_int_equal(notice->node, kit_find(&kit, WEB));
		assert_int_equal(kit_degree(&kit, WEB, true), 0);
		kit_end(&kit);
	}
}

static void
image_references(void **state)
{
	struct kit kit = kit_new();
	rid r = kit_group(&kit, "web", kit_doc(&kit, DOC_AUTO_SCALING_GROUPS, 1));
	nid web = kit_mention(&kit, NODE_AUTO_SCALING_GROUP, WEB);
	sid member = kit_text(&kit, "ImageId");
	char long_text[300];

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	builder_image_reference(kit.b, web, SLICE("ami-12345678"), member, r);
	builder_image_reference(kit.b, web, SLICE("aki-12345678"), member, r);
	builder_image_reference(kit.b, web, SLICE(""), member, r);
	builder_image_reference(kit.b, web, SLICE("ami-123"), member, r);
	builder_image_reference(kit.b, web, slice_of(long_text), member, r);
	builder_snapshot_reference(kit.b, web, SLICE("snap-12345678"), member, r);
	builder_snapshot_reference(kit.b, web, SLICE("snap-1"), member, r);
	kit_freeze(&kit);
	assert_int_equal(kit_degree(&kit, WEB, true), 2);
	assert_int_equal(
		kit_find_edge(&kit, WEB, "ami-12345678", EDGE_NAMES_IMAGE)->belief, BELIEF_FACT);
	assert_non_null(kit_find_edge(&kit, WEB, "snap-12345678", EDGE_NAMES_SNAPSHOT));
	assert_int_equal(kit.graph->notices.count, 3);
	assert_string_equal(strpool_text(&kit.graph->strings, kit.graph->notices.items[0].text),
		"ImageId is \"ami-123\", which is no AMI id: what it refers to is not known");
	assert_true(graph_text(kit.graph, kit.graph->notices.items[1].text).len < 200);
	kit_end(&kit);
}

/* --- what was not read of a template --------------------------------------------------------- */

static void
default_or_latest_unread(void **state)
{
	/* Versions read of a template whose default is 2 and latest is 4; then whether something is
	 * missing. */
	static const struct {
		unsigned read[4], count;
		const char *text;
	} table[] = {
		{{1, 2, 3, 4}, 4, NULL},
		{{2, 3, 4}, 3, NULL},
		{{1, 2}, 2, "of launch template " LT " the latest version was not read"},
		{{3, 4}, 2, "of launch template " LT " the default version was not read"},
		{{1}, 1, "of launch template " LT " the default and latest versions were not read"},
		{{0}, 0, "of launch template " LT " the default and latest versions were not read"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct kit kit = kit_new();
		uint32_t doc = kit_doc(&kit, DOC_TEMPLATE_VERSIONS, table[i].count);
		const struct gap *gap;

		kit_template(&kit, LT, "golden", 2, 4, kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 1));
		for (unsigned v = 0; v < table[i].count; v++)
			kit_version(&kit, LT, table[i].read[v], table[i].read[v] == 2, doc);
		kit_freeze(&kit);
		gap = kit_gap(&kit, DOC_TEMPLATE_VERSIONS, LT);
		assert_int_equal(gap != NULL, table[i].text != NULL);
		if (gap)
			assert_string_equal(
				strpool_text(&kit.graph->strings, gap->text), table[i].text);
		assert_int_equal(kit_covered(&kit, DOC_TEMPLATE_VERSIONS) == COVERAGE_COMPLETE,
			table[i].text == NULL);
		kit_end(&kit);
	}
}

/* A template that shows its default and latest only was not read whole, whatever others show. */
static void
only_default_and_latest(void **state)
{
	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		struct kit kit = kit_new();
		uint32_t list = kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 2);
		uint32_t doc = kit_doc(&kit, DOC_TEMPLATE_VERSIONS, 4);

		kit_template(&kit, LT, "golden", 1, 5, list);
		kit_version(&kit, LT, 1, true, doc);
		kit_version(&kit, LT, 5, false, doc);
		/* All of its versions are there. */
		kit_template(&kit, "lt-0000000000000000c", "small", 1, 2, list);
		kit_version(&kit, "lt-0000000000000000c", 1, true, doc);
		kit_version(&kit, "lt-0000000000000000c", 2, false, doc);
		kit_template(&kit, LT2, "silver", 1, 3, list);
		kit_version(&kit, LT2, 1, true, doc);
		kit_version(&kit, LT2, 3, false, doc);
		if (whole)
			kit_version(&kit, LT2, 2, false, doc);
		kit_freeze(&kit);
		assert_int_equal(kit_covered(&kit, DOC_TEMPLATE_VERSIONS), COVERAGE_PARTIAL);
		assert_int_equal(kit.graph->gaps.count, whole ? 1 : 2);
		assert_int_equal(kit_gap(&kit, DOC_TEMPLATE_VERSIONS, LT2) == NULL, whole);
		kit_end(&kit);
	}
}

static void
many_versions_and_users(void **state)
{
	enum { MANY = 10000 };
	struct kit kit = kit_new();
	uint32_t doc;
	char id[64];

	(void)state;
	golden(&kit, 1, MANY);
	doc = kit_doc(&kit, DOC_FLEETS, MANY);
	for (unsigned i = 1; i <= MANY; i++) {
		rid r;
		char version[16];

		snprintf(id, sizeof(id), "fleet-%u", i);
		snprintf(version, sizeof(version), "%u", i);
		r = kit_record_at(&kit, NODE_FLEET, id, doc, i, NULL, 0, STATE_FLEET_ACTIVE, NULL);
		builder_template_reference(kit.b, kit_mention(&kit, NODE_FLEET, id), SLICE(LT),
			SLICE_NONE, slice_of(version), 0, r);
		builder_template_reference(kit.b, kit_mention(&kit, NODE_FLEET, id), SLICE_NONE,
			SLICE("golden"), SLICE("$Default"), 0, r);
	}
	kit_freeze(&kit);
	assert_int_equal(kit_degree(&kit, LT ":1", false), MANY);
	assert_int_equal(kit_degree(&kit, LT ":10000", false), 1);
	assert_int_equal(kit.graph->gaps.count, 0);
	kit_end(&kit);
}

/* --- launch configurations and groups -------------------------------------------------------- */

static void
launch_configurations(void **state)
{
	struct kit kit = kit_new();
	rid r = kit_group(&kit, "web", kit_doc(&kit, DOC_AUTO_SCALING_GROUPS, 1));
	nid web = kit_mention(&kit, NODE_AUTO_SCALING_GROUP, WEB);
	uint32_t doc = kit_doc(&kit, DOC_LAUNCH_CONFIGURATIONS, 1);

	(void)state;
	kit_record_at(
		&kit, NODE_LAUNCH_CONFIGURATION, "arn:lc-1", doc, 0, NULL, 0, STATE_UNKNOWN, "lc");
	kit.region = WEST;
	kit_record_at(&kit, NODE_LAUNCH_CONFIGURATION, "arn:lc-2",
		kit_doc(&kit, DOC_LAUNCH_CONFIGURATIONS, 1), 0, NULL, 0, STATE_UNKNOWN, "lc");
	builder_configuration_reference(kit.b, web, SLICE("lc"), r);
	builder_configuration_reference(kit.b, web, SLICE("gone"), r);
	builder_configuration_reference(kit.b, web, SLICE(""), r);
	kit_freeze(&kit);
	kit.region = EAST;
	assert_non_null(kit_find_edge(&kit, WEB, "arn:lc-1", EDGE_USES_CONFIGURATION));
	assert_null(kit_find_edge(&kit, WEB, "arn:lc-2", EDGE_USES_CONFIGURATION));
	assert_int_equal(kit.graph->gaps.count, 1);
	assert_non_null(kit_gap(&kit, DOC_LAUNCH_CONFIGURATIONS, "gone"));
	assert_int_equal(kit_covered(&kit, DOC_LAUNCH_CONFIGURATIONS), COVERAGE_PARTIAL);
	kit_end(&kit);
}

static void
configurations_of_half_known_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLACE_ROWS; i++) {
		struct kit kit = kit_new();
		rid r;

		go_to(&kit, places[i].user);
		r = kit_fleet(&kit, "fleet-1");
		builder_configuration_reference(
			kit.b, kit_mention(&kit, NODE_FLEET, "fleet-1"), SLICE("lc"), r);
		go_to(&kit, places[i].used);
		kit_record_at(&kit, NODE_LAUNCH_CONFIGURATION, "launch-configuration/lc",
			kit_doc(&kit, DOC_LAUNCH_CONFIGURATIONS, 1), 0, NULL, 0, STATE_UNKNOWN,
			"lc");
		kit_freeze(&kit);
		assert_int_equal(kit_find_edge(&kit, "fleet-1", "launch-configuration/lc",
					 EDGE_USES_CONFIGURATION) != NULL,
			places[i].may_be);
		assert_int_equal(
			kit_gap(&kit, DOC_LAUNCH_CONFIGURATIONS, "lc") == NULL, places[i].is_sure);
		kit_end(&kit);
	}
}

/* The instance's tag gives the name; with one such group in its place that is the group, with two
 * or none it stays a name. */
static void
members_by_name(void **state)
{
	(void)state;
	for (unsigned groups = 0; groups < 3; groups++) {
		struct kit kit = kit_new();
		rid r = kit_instance(&kit, "i-11111111", kit_doc(&kit, DOC_INSTANCES, 1), HERE);
		uint32_t doc = kit_doc(&kit, DOC_AUTO_SCALING_GROUPS, 2);

		kit_edge(&kit, "i-11111111", "auto-scaling-group/web", NODE_AUTO_SCALING_GROUP,
			EDGE_MEMBER_OF, r);
		if (groups > 0)
			kit_group(&kit, "web", doc);
		if (groups > 1)
			kit_record_at(&kit, NODE_AUTO_SCALING_GROUP, "arn:other", doc, 0, NULL, 0,
				STATE_UNKNOWN, "web");
		kit.region = WEST;
		kit_group(&kit, "web", kit_doc(&kit, DOC_AUTO_SCALING_GROUPS, 1));
		kit_freeze(&kit);
		assert_int_equal(kit_find_edge(&kit, "i-11111111", WEB, EDGE_MEMBER_OF) != NULL,
			groups == 1);
		assert_int_equal(kit_find_edge(&kit, "i-11111111", "auto-scaling-group/web",
					 EDGE_MEMBER_OF) != NULL,
			groups != 1);
		assert_int_equal(kit_degree(&kit, "i-11111111", true), 1);
		kit_end(&kit);
	}
}

/* Without ARNs, "web" is a group in each of two regions, and "lc" a launch configuration: each
 * record means what its own document stands for. */
static void
groups_without_arns(void **state)
{
	static const char *const regions[] = {EAST, WEST, NULL};
	struct kit kit = kit_new();
	nid web = kit_mention(&kit, NODE_AUTO_SCALING_GROUP, "auto-scaling-group/web");

	(void)state;
	for (unsigned i = 0; regions[i]; i++) {
		const char *template = i ? LT2 : LT;
		uint32_t doc;
		rid r;

		kit.region = regions[i];
		doc = kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 1);
		kit_template(&kit, template, "golden", 1, 2, doc);
		kit_version(&kit, template, 1, true, doc);
		kit_version(&kit, template, 2, false, doc);
		kit_record_at(&kit, NODE_LAUNCH_CONFIGURATION, "launch-configuration/lc",
			kit_doc(&kit, DOC_LAUNCH_CONFIGURATIONS, 1), 0, NULL, 0, STATE_UNKNOWN,
			"lc");
		r = kit_record_at(&kit, NODE_AUTO_SCALING_GROUP, "auto-scaling-group/web",
			kit_doc(&kit, DOC_AUTO_SCALING_GROUPS, 1), 0, NULL, 0, STATE_UNKNOWN,
			"web");
		builder_template_reference(
			kit.b, web, SLICE_NONE, SLICE("golden"), slice_of(i ? "2" : "1"), 0, r);
		builder_configuration_reference(kit.b, web, SLICE("lc"), r);
		builder_configuration_reference(kit.b, web, slice_of(i ? "west" : "lc"), r);
	}
	kit_freeze(&kit);
	assert_non_null(kit_find_edge(&kit, "auto-scaling-group/web", LT ":1", EDGE_USES_VERSION));
	assert_non_null(kit_find_edge(&kit, "auto-scaling-group/web", LT2 ":2", EDGE_USES_VERSION));
	assert_int_equal(kit_degree(&kit, "auto-scaling-group/web", true), 3);
	assert_int_equal(kit.graph->gaps.count, 1);
	assert_true(slice_is(graph_text(kit.graph, kit.graph->gaps.items[0].region), WEST));
	kit_end(&kit);
}

/* A group that may be meant, and may be another, is not the one: the name stays a name, for which
 * nobody can say that nothing would replace the instance. */
static void
members_of_half_known_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLACE_ROWS; i++) {
		struct kit kit = kit_new();
		rid r;

		go_to(&kit, places[i].user);
		r = kit_instance(&kit, "i-11111111", kit_doc(&kit, DOC_INSTANCES, 1),
			places[i].user.account);
		kit_edge(&kit, "i-11111111", "auto-scaling-group/web", NODE_AUTO_SCALING_GROUP,
			EDGE_MEMBER_OF, r);
		go_to(&kit, places[i].used);
		kit_record_at(&kit, NODE_AUTO_SCALING_GROUP, "arn:web",
			kit_doc(&kit, DOC_AUTO_SCALING_GROUPS, 1), 0, NULL, 0, STATE_UNKNOWN,
			"web");
		kit_freeze(&kit);
		assert_int_equal(
			kit_find_edge(&kit, "i-11111111", "arn:web", EDGE_MEMBER_OF) != NULL,
			places[i].is_sure);
		assert_int_equal(kit_degree(&kit, "i-11111111", true), 1);
		kit_end(&kit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_by_word_and_number),
		cmocka_unit_test(names_mean_their_place),
		cmocka_unit_test(templates_of_half_known_places),
		cmocka_unit_test(namesakes_everywhere),
		cmocka_unit_test(many_namesakes),
		cmocka_unit_test(flags_and_ages),
		cmocka_unit_test(template_known_by_versions),
		cmocka_unit_test(two_defaults),
		cmocka_unit_test(unknown_template),
		cmocka_unit_test(unknown_name),
		cmocka_unit_test(unknown_version),
		cmocka_unit_test(dead_users_miss_nothing),
		cmocka_unit_test(malformed_references),
		cmocka_unit_test(image_references),
		cmocka_unit_test(default_or_latest_unread),
		cmocka_unit_test(only_default_and_latest),
		cmocka_unit_test(many_versions_and_users),
		cmocka_unit_test(launch_configurations),
		cmocka_unit_test(configurations_of_half_known_places),
		cmocka_unit_test(members_by_name),
		cmocka_unit_test(members_of_half_known_places),
		cmocka_unit_test(groups_without_arns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
