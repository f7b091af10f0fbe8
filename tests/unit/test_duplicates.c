/*
 * One resource in several records: what wins, what falls, what is a contradiction and where.
 * It must not know: how the documents were read.
 */
#include "graph_kit.h"

#define LT "lt-0000000000000000a"
#define A "ami-0000000000000000a"
#define S1 "snap-00000001"
#define S2 "snap-00000002"

static uint32_t
doc_in(struct kit *kit, const char *path, const char *account, const char *region,
	const char *bytes)
{
	struct document document = {.path = path,
		.kind = DOC_IMAGES,
		.account = kit_text(kit, account),
		.region = kit_text(kit, region),
		.records = 1,
		.bytes = bytes,
		.size = bytes ? strlen(bytes) : 0};

	return builder_document(kit->b, &document);
}

static void
map(struct kit *kit, rid record, const char *snapshot)
{
	kit_edge(kit, A, snapshot, NODE_SNAPSHOT, EDGE_MAPS, record);
}

/* Within a document the later record wins whole: the mapping of the earlier one is gone. */
static void
later_record_of_a_document(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct kit kit = kit_new();
		uint32_t doc = kit_doc(&kit, DOC_IMAGES, 2);
		/* Readers may hand over the records in any order: the place in the document counts.
		 */
		rid one = kit_image_at(
			&kit, A, doc, backwards ? 20 : 10, HERE, backwards ? 2000 : 1000);
		rid two = kit_image_at(
			&kit, A, doc, backwards ? 10 : 20, HERE, backwards ? 1000 : 2000);

		map(&kit, one, backwards ? S2 : S1);
		map(&kit, two, backwards ? S1 : S2);
		builder_image_reference(kit.b, kit_mention(&kit, NODE_IMAGE, A), SLICE("{{one}}"),
			0, backwards ? two : one);
		kit_freeze(&kit);
		assert_null(kit_find_edge(&kit, A, S1, EDGE_MAPS));
		assert_non_null(kit_find_edge(&kit, A, S2, EDGE_MAPS));
		assert_true(graph_image(kit.graph, kit_find(&kit, A))->created == 2000);
		assert_true(kit.graph->records.items[backwards ? two : one].dead);
		assert_int_equal(kit.graph->records.items[backwards ? one : two].older,
			backwards ? two : one);
		/* Its notices fall with it. */
		assert_null(kit_notice(&kit, "reference-not-understood"));
		kit_end(&kit);
	}
}

static void
two_documents_join(void **state)
{
	struct kit kit = kit_new();
	uint32_t one = doc_in(&kit, "a.json", HERE, EAST, NULL);
	uint32_t two = doc_in(&kit, "b.json", HERE, EAST, NULL);
	struct image row = {.created = 1000, .last_launched = 50};
	rid r;

	(void)state;
	/* The later document is read first. */
	r = kit_record_at(&kit, NODE_IMAGE, A, two, 0, NULL, builder_row_image(kit.b, &row),
		STATE_IMAGE_DISABLED, NULL);
	map(&kit, r, S1);
	map(&kit, r, S2);
	r = kit_image_at(&kit, A, one, 0, HERE, 1000);
	map(&kit, r, S2);
	map(&kit, r, S2);
	map(&kit, r, S1);
	kit_edge(&kit, A, "i-11111111", NODE_INSTANCE, EDGE_SOURCE_INSTANCE, r);
	kit_freeze(&kit);
	assert_int_equal(kit_degree(&kit, A, true), 3);
	assert_int_equal(graph_node(kit.graph, kit_find(&kit, A))->state, STATE_IMAGE_DISABLED);
	assert_true(graph_image(kit.graph, kit_find(&kit, A))->last_launched == 50);
	/* What the winner does not tell, the other one does. */
	assert_true(slice_is(
		graph_text(kit.graph, graph_node(kit.graph, kit_find(&kit, A))->owner), HERE));
	kit_end(&kit);
}

static void
image_told(struct kit *kit, const char *path, const struct image *row, enum state state, rid *out)
{
	*out = kit_record_at(kit, NODE_IMAGE, A, doc_in(kit, path, HERE, EAST, NULL), 0, HERE,
		builder_row_image(kit->b, row), state, NULL);
}

/* Of the members that need not agree the word that keeps more holds, in either order. */
static void
the_word_that_keeps_more_holds(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct kit kit = kit_new();
		struct tag one = {kit_text(&kit, "keep"), kit_text(&kit, "yes")};
		struct tag two = {kit_text(&kit, "keep"), kit_text(&kit, "no")};
		struct image_traits kept = {.bin_exit = TIME_NONE,
			.protection = kit_text(&kit, "enabled"),
			.owner_alias = kit_text(&kit, "amazon")};
		struct image_traits let_go = {
			.bin_exit = TIME_NONE, .protection = kit_text(&kit, "disabled")};
		struct image keeps = {.created = 1000,
			.last_launched = 50,
			.is_public = YES,
			.traits = builder_image_traits(kit.b, 0, &kept),
			.tags = builder_tags(kit.b, &one, 1)};
		struct image lets_go = {.created = 1000,
			.last_launched = TIME_NONE,
			.is_public = NO,
			.traits = builder_image_traits(kit.b, 0, &let_go),
			.tags = builder_tags(kit.b, &two, 1)};
		const struct image_traits *traits;
		const struct image *row;
		rid r;

		image_told(&kit, "a.json", backwards ? &lets_go : &keeps,
			backwards ? STATE_IMAGE_AVAILABLE : STATE_IMAGE_PENDING, &r);
		image_told(&kit, "b.json", backwards ? &keeps : &lets_go,
			backwards ? STATE_IMAGE_PENDING : STATE_IMAGE_AVAILABLE, &r);
		kit_freeze(&kit);
		row = graph_image(kit.graph, kit_find(&kit, A));
		assert_true(row->last_launched == 50);
		assert_int_equal(row->is_public, YES);
		traits = graph_image_traits(kit.graph, kit_find(&kit, A));
		assert_true(slice_is(graph_text(kit.graph, traits->protection), "enabled"));
		assert_true(slice_is(graph_text(kit.graph, traits->owner_alias), "amazon"));
		assert_int_equal(row->tags.count, 2);
		assert_int_equal(
			graph_node(kit.graph, kit_find(&kit, A))->state, STATE_IMAGE_PENDING);
		kit_end(&kit);
	}
}

struct merged {
	enum node_kind kind;
	enum state one, two, both;
};

static void
states_are_merged(void **state)
{
	static const struct merged cases[] = {
		{NODE_IMAGE, STATE_IMAGE_AVAILABLE, STATE_IMAGE_DEREGISTERED, STATE_UNKNOWN},
		{NODE_IMAGE, STATE_IMAGE_AVAILABLE, STATE_IMAGE_IN_BIN, STATE_IMAGE_IN_BIN},
		{NODE_IMAGE, STATE_IMAGE_DEREGISTERED, STATE_IMAGE_IN_BIN, STATE_IMAGE_IN_BIN},
		{NODE_IMAGE, STATE_IMAGE_AVAILABLE, STATE_UNKNOWN, STATE_UNKNOWN},
		{NODE_SNAPSHOT, STATE_SNAPSHOT_COMPLETED, STATE_SNAPSHOT_ERROR,
			STATE_SNAPSHOT_ERROR},
		{NODE_INSTANCE, STATE_INSTANCE_TERMINATED, STATE_INSTANCE_RUNNING,
			STATE_INSTANCE_RUNNING},
		{NODE_INSTANCE, STATE_INSTANCE_TERMINATED, STATE_UNKNOWN, STATE_UNKNOWN},
		{NODE_SPOT_REQUEST, STATE_SPOT_CLOSED, STATE_SPOT_OPEN, STATE_SPOT_OPEN},
		{NODE_FLEET, STATE_FLEET_DELETED, STATE_FLEET_ACTIVE, STATE_FLEET_ACTIVE},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const struct merged *c = &cases[i / 2];
		struct kit kit = kit_new();

		kit_record_at(&kit, c->kind, "x", doc_in(&kit, "a.json", HERE, EAST, NULL), 0, HERE,
			0, i % 2 ? c->one : c->two, NULL);
		kit_record_at(&kit, c->kind, "x", doc_in(&kit, "b.json", HERE, EAST, NULL), 0, HERE,
			0, i % 2 ? c->two : c->one, NULL);
		kit_freeze(&kit);
		assert_int_equal(graph_node(kit.graph, kit_find(&kit, "x"))->state, c->both);
		kit_end(&kit);
	}
}

/* A snapshot that is described in two ways proves nothing about any AMI. */
static void
descriptions_that_differ_are_weak(void **state)
{
	static const char create[] = "Created by CreateImage(i-11111111) for " A;

	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct kit kit = kit_new();

		for (int i = 0; i < 2; i++) {
			const char *text = i == backwards ? create : "keep";
			struct snapshot row = {.started = 1000,
				.description = kit_text(&kit, text),
				.volume = kit_text(&kit, "vol-11111111")};
			rid r = kit_record_at(&kit, NODE_SNAPSHOT, S1,
				doc_in(&kit, i ? "b.json" : "a.json", HERE, EAST, NULL), 0, HERE,
				builder_row_snapshot(kit.b, &row), STATE_SNAPSHOT_COMPLETED, NULL);

			builder_describe(kit.b, kit_mention(&kit, NODE_SNAPSHOT, S1),
				slice_of(text), SLICE("vol-11111111"), r);
		}
		kit_freeze(&kit);
		assert_int_equal(kit_find_edge(&kit, S1, A, EDGE_MADE_FOR)->belief, BELIEF_WEAK);
		assert_int_equal(graph_snapshot(kit.graph, kit_find(&kit, S1))->form, 0);
		kit_end(&kit);
	}
}

/* Two documents that call two versions the default: either may be launched, and both must be read.
 */
static void
two_defaults_are_live(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct kit kit = kit_new();
		uint32_t one = doc_in(&kit, "a.json", HERE, EAST, NULL);
		uint32_t two = doc_in(&kit, "b.json", HERE, EAST, NULL);
		bool backwards = way & 1;
		bool all_read = way & 2;

		kit_template(&kit, LT, "golden", backwards ? 2 : 1, 3, one);
		kit_template(&kit, LT, "golden", backwards ? 1 : 2, 3, two);
		for (unsigned number = 1; number <= 3; number++) {
			if (number != 2 || all_read)
				kit_version(&kit, LT, number, false,
					kit_doc(&kit, DOC_TEMPLATE_VERSIONS, 1));
		}
		kit_freeze(&kit);
		assert_true(graph_version(kit.graph, kit_find(&kit, LT ":1"))->is_default);
		if (all_read)
			assert_true(graph_version(kit.graph, kit_find(&kit, LT ":2"))->is_default);
		assert_int_equal(kit_gap(&kit, DOC_TEMPLATE_VERSIONS, LT) == NULL, all_read);
		kit_end(&kit);
	}
}

/* A document that tells no default takes none away; a third one is not passed over in silence. */
static void
no_default_is_forgotten(void **state)
{
	static const struct {
		uint64_t last; /* what the third document calls the default */
		bool told;
	} cases[] = {{0, false}, {1, false}, {2, false}, {3, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned turn = 0; turn < 3; turn++) {
			static const char *const names[] = {"a.json", "b.json", "c.json"};
			const uint64_t defaults[] = {1, 2, cases[i].last};
			struct kit kit = kit_new();

			for (unsigned k = 0; k < 3; k++)
				kit_template(&kit, LT, "golden", defaults[(k + turn) % 3], 4,
					doc_in(&kit, names[k], HERE, EAST, NULL));
			for (unsigned number = 1; number <= 4; number++)
				kit_version(&kit, LT, number, false,
					kit_doc(&kit, DOC_TEMPLATE_VERSIONS, 1));
			kit_freeze(&kit);
			if (cases[i].told) {
				assert_non_null(kit_gap(&kit, DOC_TEMPLATE_VERSIONS, LT));
			} else {
				assert_null(kit_gap(&kit, DOC_TEMPLATE_VERSIONS, LT));
				assert_true(graph_version(kit.graph, kit_find(&kit, LT ":1"))
						    ->is_default);
				assert_true(graph_version(kit.graph, kit_find(&kit, LT ":2"))
						    ->is_default);
			}
			kit_end(&kit);
		}
	}
}

static void
twin_rows_join(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct kit kit = kit_new();
		uint32_t docs[] = {doc_in(&kit, "a.json", HERE, EAST, NULL),
			doc_in(&kit, "b.json", HERE, EAST, NULL)};
		struct spot_request lasting = {kit_text(&kit, "persistent")};
		struct spot_request passing = {kit_text(&kit, "one-time")};
		struct volume told = {.size_gib = 8, .delete_on_termination = YES};
		struct volume untold = {0};

		kit_record_at(&kit, NODE_SPOT_REQUEST, "sir-1", docs[backwards], 0, NULL,
			builder_row_spot_request(kit.b, &lasting), STATE_UNKNOWN, NULL);
		kit_record_at(&kit, NODE_SPOT_REQUEST, "sir-1", docs[!backwards], 0, NULL,
			builder_row_spot_request(kit.b, &passing), STATE_UNKNOWN, NULL);
		kit_record_at(&kit, NODE_VOLUME, "vol-11111111", docs[backwards], 1, NULL,
			builder_row_volume(kit.b, &told), STATE_UNKNOWN, NULL);
		kit_record_at(&kit, NODE_VOLUME, "vol-11111111", docs[!backwards], 1, NULL,
			builder_row_volume(kit.b, &untold), STATE_UNKNOWN, NULL);
		kit_freeze(&kit);
		const struct volume *volume =
			&kit.graph->volumes
				 .items[graph_node(kit.graph, kit_find(&kit, "vol-11111111"))->row];
		const struct spot_request *spot =
			&kit.graph->spot_requests
				 .items[graph_node(kit.graph, kit_find(&kit, "sir-1"))->row];

		assert_true(slice_is(graph_text(kit.graph, spot->type), "persistent"));
		assert_int_equal(volume->size_gib, 8);
		assert_int_equal(volume->delete_on_termination, YES);
		kit_end(&kit);
	}
}

static void
two_owners(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_image_at(&kit, A, doc_in(&kit, "a.json", HERE, EAST, NULL), 0, HERE, 1000);
	kit_image_at(&kit, A, doc_in(&kit, "b.json", THERE, EAST, NULL), 0, THERE, 1000);
	assert_int_equal(kit_try_freeze(&kit), ERR_CONFLICT);
	assert_non_null(
		strstr(kit.err.text, "belongs to " THERE " here, but to " HERE " in a.json"));
	kit_end(&kit);
}

/* Two records that disagree; `what` must be in the error, which stands at b.json:2:3. */
struct quarrel {
	const char *owner;
	int64_t created;
	const char *snapshot;
	const char *what;
};

static void
documents_that_disagree(void **state)
{
	static const struct quarrel quarrels[] = {
		{THERE, 1000, S1, "belongs to " THERE " here, but to " HERE " in a.json"},
		{HERE, 1700000000, S1,
			"was created 2023-11-14T22:13:20Z here, but 1970-01-01T00:16:40Z in "
			"a.json"},
		{HERE, 1000, S2, "does not map " S1 " here, but does in a.json"},
		{HERE, 1000, NULL, "does not map " S1 " here, but does in a.json"},
		{HERE, 1000, S1, NULL},
		{NULL, TIME_NONE, S1, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(quarrels) / sizeof(quarrels[0]); i++) {
		struct kit kit = kit_new();
		rid r = kit_image_at(
			&kit, A, doc_in(&kit, "a.json", HERE, EAST, "{}"), 0, HERE, 1000);

		map(&kit, r, S1);
		r = kit_image_at(&kit, A, doc_in(&kit, "b.json", HERE, EAST, "{\n  {}"), 4,
			quarrels[i].owner, quarrels[i].created);
		if (quarrels[i].snapshot)
			map(&kit, r, quarrels[i].snapshot);
		if (!quarrels[i].what) {
			kit_freeze(&kit);
			kit_end(&kit);
			continue;
		}
		assert_int_equal(kit_try_freeze(&kit), ERR_CONFLICT);
		if (!strstr(kit.err.text, quarrels[i].what) ||
			strncmp(kit.err.text, A, strlen(A)) != 0)
			fail_msg("\"%s\" lacks \"%s\"", kit.err.text, quarrels[i].what);
		assert_string_equal(kit.err.file, "b.json");
		assert_int_equal(kit.err.line, 2);
		assert_int_equal(kit.err.column, 3);
		kit_end(&kit);
	}
}

static void
one_more_mapping(void **state)
{
	struct kit kit = kit_new();
	rid r = kit_image_at(&kit, A, doc_in(&kit, "a.json", HERE, EAST, "{}"), 0, HERE, 1000);

	(void)state;
	map(&kit, r, S1);
	r = kit_image_at(&kit, A, doc_in(&kit, "b.json", HERE, EAST, "{}"), 0, HERE, 1000);
	map(&kit, r, S2);
	map(&kit, r, S1);
	assert_int_equal(kit_try_freeze(&kit), ERR_CONFLICT);
	assert_non_null(strstr(kit.err.text, "maps " S2 " here, but not in a.json"));
	kit_end(&kit);
}

/* Every document is compared, not only neighbours of the reading order; an unknown account may be
 * any. */
static void
disagreement_across_a_third(void **state)
{
	static const char *const accounts[][3] = {
		{HERE, THERE, HERE}, {NULL, THERE, HERE}, {HERE, THERE, NULL}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct kit kit = kit_new();

		/* Nobody is the owner, so all three hold. */
		kit_image_at(&kit, A, doc_in(&kit, "a.json", accounts[i][0], EAST, NULL), 0,
			"000000000000", 1000);
		kit_image_at(&kit, A, doc_in(&kit, "b.json", accounts[i][1], EAST, NULL), 0,
			"000000000000", 1000);
		kit_image_at(&kit, A, doc_in(&kit, "c.json", accounts[i][2], EAST, NULL), 0,
			"000000000000", 3000);
		assert_int_equal(kit_try_freeze(&kit), ERR_CONFLICT);
		assert_string_equal(kit.err.file, "c.json");
		kit_end(&kit);
	}
}

static void
two_regions(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_image_at(&kit, A, doc_in(&kit, "a.json", HERE, EAST, NULL), 0, HERE, 1000);
	kit_image_at(&kit, A, doc_in(&kit, "b.json", HERE, WEST, NULL), 0, HERE, 1000);
	assert_int_equal(kit_try_freeze(&kit), ERR_CONFLICT);
	assert_non_null(strstr(kit.err.text, "is in " WEST " here, but in " EAST " in a.json"));
	kit_end(&kit);
}

static void
unknown_region_is_filled_in(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_image_at(&kit, A, doc_in(&kit, "a.json", HERE, WEST, NULL), 0, HERE, 1000);
	kit_image_at(&kit, A, doc_in(&kit, "b.json", NULL, NULL, NULL), 0, HERE, 1000);
	kit_freeze(&kit);
	assert_true(slice_is(
		graph_text(kit.graph, graph_node(kit.graph, kit_find(&kit, A))->region), WEST));
	kit_end(&kit);
}

/* The owner's own document wins whole, whatever the order, and there is nothing to agree on with
 * others. */
static void
owner_wins(void **state)
{
	(void)state;
	for (int owner_first = 0; owner_first < 2; owner_first++) {
		struct kit kit = kit_new();
		uint32_t one = doc_in(&kit, "a.json", owner_first ? THERE : HERE, EAST, NULL);
		uint32_t two = doc_in(&kit, "b.json", owner_first ? HERE : THERE, EAST, NULL);
		rid own = kit_image_at(&kit, A, owner_first ? one : two, 0, THERE, 1000);
		rid foreign = kit_image_at(&kit, A, owner_first ? two : one, 0, THERE, 2000);

		map(&kit, own, S1);
		map(&kit, foreign, S2);
		kit_freeze(&kit);
		assert_true(graph_image(kit.graph, kit_find(&kit, A))->created == 1000);
		assert_non_null(kit_find_edge(&kit, A, S1, EDGE_MAPS));
		assert_null(kit_find_edge(&kit, A, S2, EDGE_MAPS));
		kit_end(&kit);
	}
}

static void
two_foreign_views_join(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	map(&kit,
		kit_image_at(
			&kit, A, doc_in(&kit, "a.json", HERE, EAST, NULL), 0, "000000000000", 1000),
		S1);
	map(&kit,
		kit_image_at(&kit, A, doc_in(&kit, "b.json", THERE, EAST, NULL), 0, "000000000000",
			1000),
		S2);
	kit_freeze(&kit);
	assert_int_equal(kit_degree(&kit, A, true), 2);
	kit_end(&kit);
}

/* The Recycle Bin's list tells neither owner nor mappings: it contradicts nothing. */
static void
recycle_bin_agrees(void **state)
{
	struct kit kit = kit_new();
	uint32_t bin;
	struct image row = {.created = TIME_NONE};

	(void)state;
	map(&kit, kit_image_at(&kit, A, doc_in(&kit, "a.json", HERE, EAST, NULL), 0, HERE, 1000),
		S1);
	bin = kit_doc(&kit, DOC_RECYCLE_BIN, 1);
	kit_record_at(&kit, NODE_IMAGE, A, bin, 0, NULL, builder_row_image(kit.b, &row),
		STATE_IMAGE_IN_BIN, NULL);
	kit_freeze(&kit);
	assert_non_null(kit_find_edge(&kit, A, S1, EDGE_MAPS));
	kit_end(&kit);
}

static void
two_kinds(void **state)
{
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_IMAGES, 2);

	(void)state;
	kit_record_at(&kit, NODE_FLEET, "x", doc, 0, NULL, 0, STATE_UNKNOWN, NULL);
	kit_record_at(&kit, NODE_SPOT_FLEET, "x", doc, 1, NULL, 0, STATE_UNKNOWN, NULL);
	assert_int_equal(kit_try_freeze(&kit), ERR_CONFLICT);
	assert_non_null(strstr(kit.err.text, "x is spot fleet here, but fleet in"));
	kit_end(&kit);
}

static void
many_records(void **state)
{
	enum { MANY = 20000 };
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_IMAGES, MANY);

	(void)state;
	for (unsigned i = 0; i < MANY; i++)
		map(&kit, kit_image_at(&kit, A, doc, MANY - i, HERE, 1000 + i), i == 0 ? S1 : S2);
	kit_freeze(&kit);
	assert_int_equal(kit_degree(&kit, A, true), 1);
	assert_non_null(kit_find_edge(&kit, A, S1, EDGE_MAPS));
	kit_end(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_record_of_a_document),
		cmocka_unit_test(two_documents_join),
		cmocka_unit_test(the_word_that_keeps_more_holds),
		cmocka_unit_test(states_are_merged),
		cmocka_unit_test(descriptions_that_differ_are_weak),
		cmocka_unit_test(two_defaults_are_live),
		cmocka_unit_test(no_default_is_forgotten),
		cmocka_unit_test(twin_rows_join),
		cmocka_unit_test(two_owners),
		cmocka_unit_test(documents_that_disagree),
		cmocka_unit_test(one_more_mapping),
		cmocka_unit_test(disagreement_across_a_third),
		cmocka_unit_test(two_regions),
		cmocka_unit_test(unknown_region_is_filled_in),
		cmocka_unit_test(owner_wins),
		cmocka_unit_test(two_foreign_views_join),
		cmocka_unit_test(recycle_bin_agrees),
		cmocka_unit_test(two_kinds),
		cmocka_unit_test(many_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
