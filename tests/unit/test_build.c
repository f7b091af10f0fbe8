/*
 * From records to a frozen graph: nodes, places, edges in both directions, their order,
 * descriptions, side facts; and that graph_check sees what is broken. It must not know: duplicates,
 * references by name, coverage; they have tests of their own.
 */
#include "graph_kit.h"

#include "description.h"

#define A "ami-0000000000000000a"
#define B "ami-0000000000000000b"
#define S1 "snap-00000001"
#define S2 "snap-00000002"
#define S3 "snap-00000003"

static void
empty_graph(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_freeze(&kit);
	assert_int_equal(kit.graph->nodes.count, 1);
	assert_int_equal(graph_find(kit.graph, SLICE(A)), 0);
	assert_int_equal(kit.graph->coverage.count, 0);
	assert_int_equal(kit.graph->ours.count, 0);
	assert_true(kit.graph->newest == TIME_NONE);
	kit_end(&kit);
}

static void
unfinished_builder_is_freed(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_image(&kit, A, kit_doc(&kit, DOC_IMAGES, 1));
	kit_end(&kit);
	builder_free(NULL);
	graph_free(NULL);
}

static void
phantoms_and_records(void **state)
{
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_IMAGES, 1);
	rid r = kit_image_at(&kit, A, doc, 5, THERE, 1000);
	const struct node *image;
	const struct node *snapshot;

	(void)state;
	kit_edge(&kit, A, S1, NODE_SNAPSHOT, EDGE_MAPS, r);
	kit_freeze(&kit);
	image = graph_node(kit.graph, kit_find(&kit, A));
	assert_true(image->defined);
	/* The owner, not the document, says whose it is; the region comes from the document. */
	assert_true(slice_is(graph_text(kit.graph, image->account), THERE));
	assert_true(slice_is(graph_text(kit.graph, image->owner), THERE));
	assert_true(slice_is(graph_text(kit.graph, image->region), EAST));
	assert_int_equal(image->state, STATE_IMAGE_AVAILABLE);
	assert_true(graph_image(kit.graph, kit_find(&kit, A))->created == 1000);
	snapshot = graph_node(kit.graph, kit_find(&kit, S1));
	assert_false(snapshot->defined);
	assert_int_equal(snapshot->kind, NODE_SNAPSHOT);
	assert_int_equal(snapshot->account, 0);
	assert_true(graph_snapshot(kit.graph, kit_find(&kit, S1))->started == TIME_NONE);
	assert_true(graph_is_live(kit.graph, kit_find(&kit, S1)));
	assert_non_null(kit_find_edge(&kit, A, S1, EDGE_MAPS));
	assert_null(kit_find_edge(&kit, S1, A, EDGE_MAPS));
	kit_end(&kit);
}

/* A mention that guessed the kind wrongly gives way to the record. */
static void
record_knows_the_kind(void **state)
{
	struct kit kit = kit_new();

	(void)state;
	kit_mention(&kit, NODE_RECOVERY_POINT, S1);
	kit_snapshot(&kit, S1, kit_doc(&kit, DOC_SNAPSHOTS, 1));
	kit_mention(&kit, NODE_RECOVERY_POINT, S1);
	kit_freeze(&kit);
	assert_int_equal(graph_node(kit.graph, kit_find(&kit, S1))->kind, NODE_SNAPSHOT);
	kit_end(&kit);
}

/* The same edges added in another order give the same rows: by kind, then by the other end's id. */
static void
rows_are_in_order(void **state)
{
	static const int orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}};
	static const struct {
		const char *to;
		enum node_kind kind;
		enum edge_kind edge;
	} edges[] = {{S1, NODE_SNAPSHOT, EDGE_MAPS}, {S3, NODE_SNAPSHOT, EDGE_MAPS},
		{S2, NODE_SNAPSHOT, EDGE_MAPS}, {B, NODE_IMAGE, EDGE_SOURCE_IMAGE}};

	(void)state;
	for (size_t o = 0; o < 3; o++) {
		struct kit kit = kit_new();
		rid r = kit_image(&kit, A, kit_doc(&kit, DOC_IMAGES, 1));
		const char *expected[] = {S1, S2, S3, B};
		size_t i = 0;

		for (size_t e = 0; e < 4; e++)
			kit_edge(&kit, A, edges[orders[o][e]].to, edges[orders[o][e]].kind,
				edges[orders[o][e]].edge, r);
		kit_freeze(&kit);
		for (struct edge_walk w = graph_out(kit.graph, kit_find(&kit, A));
			edge_next(kit.graph, &w); i++)
			assert_string_equal(graph_id(kit.graph, w.edge->to), expected[i]);
		assert_int_equal(i, 4);
		kit_end(&kit);
	}
}

static void
duplicate_edges_fold(void **state)
{
	struct kit kit = kit_new();
	rid r = kit_snapshot(&kit, S1, kit_doc(&kit, DOC_SNAPSHOTS, 1));
	nid from = kit_mention(&kit, NODE_SNAPSHOT, S1);
	nid to = kit_mention(&kit, NODE_IMAGE, A);
	const struct edge *edge;

	(void)state;
	builder_edge(kit.b, from, to, EDGE_MADE_FOR, SOURCE_DESCRIPTION, BELIEF_WEAK,
		kit_text(&kit, "weak"), r);
	builder_edge(kit.b, from, to, EDGE_MADE_FOR, SOURCE_DESCRIPTION, BELIEF_STRONG,
		kit_text(&kit, "first"), r);
	builder_edge(kit.b, from, to, EDGE_MADE_FOR, SOURCE_DESCRIPTION, BELIEF_STRONG,
		kit_text(&kit, "second"), r);
	builder_edge(kit.b, from, to, EDGE_COPIED_IMAGE, SOURCE_DESCRIPTION, BELIEF_WEAK, 0, r);
	builder_edge(kit.b, from, 0, EDGE_MADE_FOR, SOURCE_DESCRIPTION, BELIEF_STRONG, 0, r);
	kit_freeze(&kit);
	assert_int_equal(kit.graph->edges.count, 3);
	edge = kit_find_edge(&kit, S1, A, EDGE_MADE_FOR);
	assert_int_equal(edge->belief, BELIEF_STRONG);
	assert_string_equal(strpool_text(&kit.graph->strings, edge->detail), "first");
	assert_non_null(kit_find_edge(&kit, S1, A, EDGE_COPIED_IMAGE));
	kit_end(&kit);
}

static void
nodes_are_sorted(void **state)
{
	struct kit kit = kit_new();
	uint32_t east = kit_doc(&kit, DOC_IMAGES, 3);
	uint32_t west;
	const char *expected[] = {
		B, "ami-00000001", "ami-00000002", "ami-000000022222222aa", A, S1};
	const struct node *found;

	(void)state;
	kit.region = WEST;
	west = kit_doc(&kit, DOC_IMAGES, 1);
	kit_snapshot(&kit, S1, east);
	kit_image(&kit, A, west);
	kit_image(&kit, "ami-000000022222222aa", east);
	kit_image(&kit, "ami-00000002", east);
	kit_image(&kit, "ami-00000001", east);
	kit_mention(&kit, NODE_IMAGE, B);
	kit_freeze(&kit);
	assert_int_equal(kit.graph->nodes.count, 7);
	for (nid n = 1; n < 7; n++)
		assert_string_equal(graph_id(kit.graph, n), expected[n - 1]);
	assert_int_equal(graph_node(kit.graph, 1)->row, 0); /* it is only mentioned */
	for (nid n = 2; n < 6; n++) {
		assert_int_equal(graph_node(kit.graph, n)->row, n - 1);
		assert_int_equal(
			kit.graph->records.items[graph_node(kit.graph, n)->record].row, n - 1);
	}
	assert_int_equal(kit.graph->kind_start[NODE_IMAGE], 1);
	assert_int_equal(kit.graph->kind_start[NODE_SNAPSHOT], 6);
	found = graph_node(kit.graph, 2);
	assert_int_equal(
		graph_place_start(kit.graph, NODE_IMAGE, found->account, found->region), 2);
	assert_int_equal(graph_place_end(kit.graph, NODE_IMAGE, found->account, found->region), 5);
	assert_int_equal(graph_place_start(kit.graph, NODE_IMAGE, 0, 0), 1);
	assert_int_equal(graph_place_end(kit.graph, NODE_IMAGE, 0, 0), 2);
	assert_int_equal(
		graph_place_start(kit.graph, NODE_INSTANCE, found->account, found->region), 7);
	assert_int_equal(
		graph_place_end(kit.graph, NODE_INSTANCE, found->account, found->region), 7);
	kit_end(&kit);
}

/* Ids of kinds that interleave: in a row they stand in the order of the ids, whatever the kinds. */
static void
rows_mix_kinds(void **state)
{
	static const char *const ids[] = {"arn:a", "lt-00000001:1", "lt-00000001:2", "ltz", "zzz"};
	static const enum node_kind kinds[] = {NODE_PARAMETER, NODE_TEMPLATE_VERSION, NODE_FLEET,
		NODE_TEMPLATE_VERSION, NODE_PARAMETER};
	struct kit kit = kit_new();
	size_t i = 0;

	(void)state;
	kit_mention(&kit, NODE_IMAGE, A);
	for (size_t k = 5; k-- > 0;) {
		kit_mention(&kit, kinds[k], ids[k]);
		kit_edge(&kit, ids[k], A, NODE_IMAGE, EDGE_NAMES_IMAGE, 0);
	}
	kit_freeze(&kit);
	for (struct edge_walk w = graph_in(kit.graph, kit_find(&kit, A)); edge_next(kit.graph, &w);
		i++)
		assert_string_equal(graph_id(kit.graph, w.edge->from), ids[i]);
	assert_int_equal(i, 5);
	kit_end(&kit);
}

/* --- descriptions ---------------------------------------------------------------------------- */

static void
describe(struct kit *kit, const char *id, const char *text, const char *volume)
{
	const struct snapshot row = {.description = kit_text(kit, text),
		.volume = kit_text(kit, volume),
		.started = 1000};
	rid r = kit_record_at(kit, NODE_SNAPSHOT, id, 1, 0, HERE,
		builder_row_snapshot(kit->b, &row), STATE_SNAPSHOT_COMPLETED, NULL);

	builder_describe(
		kit->b, kit_mention(kit, NODE_SNAPSHOT, id), slice_of(text), slice_of(volume), r);
}

static void
descriptions_make_edges(void **state)
{
	static const char create[] = "Created by CreateImage(i-11111111) for " A;
	struct kit kit = kit_new();
	const struct edge *edge;

	(void)state;
	kit_doc(&kit, DOC_SNAPSHOTS, 3);
	kit_instance(&kit, "i-11111111", 1, HERE);
	describe(&kit, S1, "Created by CreateImage(i-11111111) for " A " from vol-22222222",
		"vol-22222222");
	describe(&kit, "snap-00000014", "Created by CreateImage(i-11111111) for " A " keep",
		"vol-22222222");
	describe(&kit, "snap-00000015", create, "");
	describe(&kit, "snap-00000016", create, "vol-FFFFFFFF");
	describe(&kit, "snap-00000017",
		"Created by CreateImage(i-11111111) for " A " from vol-ffffffff", "vol-22222222");
	describe(&kit, S2, create, "vol-ffffffff");
	describe(&kit, S3,
		"Copied for DestinationAmi " A " from SourceAmi " B
		" for SourceSnapshot snap-99999999. Task created on 1,2.",
		"vol-ffffffff");
	kit_freeze(&kit);
	edge = kit_find_edge(&kit, S1, A, EDGE_MADE_FOR);
	assert_int_equal(edge->belief, BELIEF_STRONG);
	assert_int_equal(edge->source, SOURCE_DESCRIPTION);
	assert_string_equal(strpool_text(&kit.graph->strings, edge->detail),
		"Created by CreateImage(i-11111111) for " A " from vol-22222222");
	assert_int_equal(
		kit_find_edge(&kit, S1, "i-11111111", EDGE_SOURCE_INSTANCE)->belief, BELIEF_STRONG);
	assert_int_equal(
		graph_find(kit.graph, SLICE("vol-22222222")), 0); /* nothing describes it */
	/* CreateImage's text on a snapshot without a volume was copied with the snapshot. */
	assert_int_equal(kit_find_edge(&kit, S2, A, EDGE_MADE_FOR)->belief, BELIEF_WEAK);
	for (unsigned i = 14; i <= 17; i++) {
		char id[20];

		snprintf(id, sizeof(id), "snap-000000%u", i);
		assert_int_equal(kit_find_edge(&kit, id, A, EDGE_MADE_FOR)->belief, BELIEF_WEAK);
	}
	/* CopyImage's snapshots have no volume, and their text is their own. */
	assert_int_equal(kit_find_edge(&kit, S3, A, EDGE_MADE_FOR)->belief, BELIEF_STRONG);
	assert_non_null(kit_find_edge(&kit, S3, B, EDGE_COPIED_IMAGE));
	assert_null(kit_find_edge(&kit, S3, B, EDGE_MADE_FOR));
	assert_non_null(kit_find_edge(&kit, S3, "snap-99999999", EDGE_COPIED_SNAPSHOT));
	assert_int_equal(
		graph_snapshot(kit.graph, kit_find(&kit, S3))->form, DESCRIPTION_COPY_IMAGE);
	kit_end(&kit);
}

static void
hints_are_weak(void **state)
{
	static const char *const texts[] = {"root disk of " A,
		"[Copied snap-99999999 from eu-west-1] Created by CreateImage(i-11111111) for " A,
		"Auto-created snapshot for AMI " A};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct kit kit = kit_new();
		const struct edge *edge;

		kit_doc(&kit, DOC_SNAPSHOTS, 1);
		describe(&kit, S1, texts[i], "vol-22222222");
		kit_freeze(&kit);
		edge = kit_find_edge(&kit, S1, A, EDGE_MADE_FOR);
		assert_int_equal(edge->belief, BELIEF_WEAK);
		assert_string_equal(strpool_text(&kit.graph->strings, edge->detail), texts[i]);
		assert_null(kit_find_edge(&kit, S1, "i-11111111", EDGE_SOURCE_INSTANCE));
		kit_end(&kit);
	}
}

/* --- side documents -------------------------------------------------------------------------- */

static void
side_facts_reach_the_winner(void **state)
{
	const struct snapshot_traits *traits;
	struct kit kit = kit_new();
	nid image = kit_mention(&kit, NODE_IMAGE, A);
	nid snapshot = kit_mention(&kit, NODE_SNAPSHOT, S1);
	nid instance = kit_mention(&kit, NODE_INSTANCE, "i-11111111");
	uint32_t one = kit_doc(&kit, DOC_IMAGES, 3);
	uint32_t two = kit_doc(&kit, DOC_SNAPSHOT_LOCKS, 1);

	(void)state;
	/* The facts come before the records, and the later document's lock before the earlier
	 * one's. */
	builder_image_permission(kit.b, image, SLICE(THERE), two);
	builder_image_permission(kit.b, image, SLICE("all"), two);
	builder_image_launched(kit.b, image, 2000, two);
	builder_image_launched(kit.b, image, 1500, two);
	builder_snapshot_lock(kit.b, snapshot, kit_text(&kit, "governance"), 7000, two);
	builder_snapshot_lock(kit.b, snapshot, kit_text(&kit, "expired"), 6000, one);
	builder_snapshot_tier(kit.b, snapshot, kit_text(&kit, "archive"), 5000, two);
	builder_snapshot_fast_restore(kit.b, snapshot, two);
	builder_snapshot_fast_restore(kit.b, snapshot, two);
	builder_snapshot_permissions_read(kit.b, snapshot, two);
	builder_instance_protected(kit.b, instance, true, one);
	builder_instance_protected(kit.b, instance, false, two);
	kit_image(&kit, A, one);
	kit_snapshot(&kit, S1, one);
	kit_instance(&kit, "i-11111111", one, HERE);
	kit_freeze(&kit);
	assert_int_equal(graph_image(kit.graph, kit_find(&kit, A))->permissions_read, YES);
	assert_true(graph_image(kit.graph, kit_find(&kit, A))->last_launched == 2000);
	assert_non_null(kit_find_edge(&kit, A, THERE, EDGE_SHARED_WITH));
	assert_non_null(kit_find_edge(&kit, A, "all", EDGE_SHARED_WITH));
	traits = graph_snapshot_traits(kit.graph, kit_find(&kit, S1));
	assert_string_equal(strpool_text(&kit.graph->strings, traits->lock_state), "governance");
	assert_true(traits->lock_expires == 7000);
	assert_true(traits->archived == 5000);
	assert_int_equal(traits->fast_restores, 2);
	assert_int_equal(graph_snapshot(kit.graph, kit_find(&kit, S1))->permissions_read, YES);
	assert_int_equal(graph_instance(kit.graph, kit_find(&kit, "i-11111111"))->protected_, YES);
	kit_end(&kit);
}

/* Facts of what no record describes go nowhere, and above all not into the row of all phantoms. */
static void
side_facts_of_phantoms(void **state)
{
	struct kit kit = kit_new();
	nid image = kit_mention(&kit, NODE_IMAGE, A);

	(void)state;
	builder_image_permissions_read(kit.b, image, kit_doc(&kit, DOC_LAUNCH_PERMISSIONS, 1));
	kit_freeze(&kit);
	assert_int_equal(graph_image(kit.graph, kit_find(&kit, A))->permissions_read, UNREAD);
	kit_end(&kit);
}

static void
tags(void **state)
{
	struct kit kit = kit_new();
	struct tag list[] = {{kit_text(&kit, "Name"), kit_text(&kit, "web")},
		{kit_text(&kit, "empty"), kit_text(&kit, "")}};
	struct image row = {.tags = builder_tags(kit.b, list, 2)};
	struct slice value;

	(void)state;
	kit_record_at(&kit, NODE_IMAGE, A, kit_doc(&kit, DOC_IMAGES, 1), 0, HERE,
		builder_row_image(kit.b, &row), STATE_IMAGE_AVAILABLE, "web");
	kit_mention(&kit, NODE_ACCOUNT, "all");
	kit_freeze(&kit);
	assert_true(graph_tag(kit.graph, kit_find(&kit, A), SLICE("Name"), &value) &&
		    slice_is(value, "web"));
	assert_true(
		graph_tag(kit.graph, kit_find(&kit, A), SLICE("empty"), &value) && value.len == 0);
	assert_false(graph_tag(kit.graph, kit_find(&kit, A), SLICE("name"), &value));
	assert_int_equal(graph_tags(kit.graph, kit_find(&kit, "all")).count, 0);
	kit_end(&kit);
}

/* --- whose ----------------------------------------------------------------------------------- */

static void
ours(void **state)
{
	(void)state;
	for (int given = 0; given < 4; given++) {
		struct kit kit = kit_new();
		uint32_t doc = kit_doc(&kit, DOC_INSTANCES, 2);
		sid account = kit_text(&kit, "999900001111");
		sid identities[] = {kit_text(&kit, THERE), kit_text(&kit, "000000000000"),
			kit_text(&kit, THERE)};
		struct freeze_options options = {
			&account, given == 0, identities, given <= 1 ? 3 : 0};

		kit_instance(&kit, "i-11111111", doc, HERE);
		kit_instance(&kit, "i-22222222", doc, given == 3 ? THERE : HERE);
		assert_int_equal(builder_freeze(kit.b, &options, &kit.graph, &kit.err), 0);
		assert_int_equal(graph_check(kit.graph, &kit.err), 0);
		assert_int_equal(graph_is_ours(kit.graph, account), given == 0);
		assert_int_equal(graph_is_ours(kit.graph, identities[0]), given == 1);
		assert_int_equal(graph_is_ours(kit.graph, identities[1]), given == 1);
		assert_int_equal(graph_is_ours(kit.graph, graph_account(kit.graph, SLICE(HERE))),
			given == 2);
		assert_int_equal(kit.graph->ours.count, given == 1 ? 2 : given != 3);
		kit_end(&kit);
	}
}

/* All instances but one are HERE: whose that one is nobody knows, so nobody knows whose all are. */
static void
instances_of_nobody_knows_whom(void **state)
{
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_INSTANCES, 2);

	(void)state;
	kit_instance(&kit, "i-11111111", doc, HERE);
	kit_instance(&kit, "i-22222222", doc, NULL);
	kit_freeze(&kit);
	assert_int_equal(kit.graph->ours.count, 0);
	kit_end(&kit);
}

static void
notices(void **state)
{
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_IMAGES, 1);

	(void)state;
	kit_image(&kit, A, doc);
	builder_notice(kit.b, "z-last", kit_mention(&kit, NODE_IMAGE, A), kit_text(&kit, "t"), doc);
	builder_notice(kit.b, "a-first", 0, kit_text(&kit, "t"), doc);
	builder_notice(kit.b, "z-last", kit_mention(&kit, NODE_IMAGE, A), kit_text(&kit, "t"), doc);
	builder_saw_time(kit.b, 3000);
	builder_saw_time(kit.b, 2000);
	kit_freeze(&kit);
	assert_int_equal(kit.graph->notices.count, 2);
	assert_string_equal(kit.graph->notices.items[0].code, "a-first");
	assert_true(slice_is(graph_text(kit.graph, kit.graph->notices.items[0].region), EAST));
	assert_string_equal(kit.graph->notices.items[1].code, "z-last");
	assert_true(kit.graph->newest == 3000);
	kit_end(&kit);
}

/* --- the proof ------------------------------------------------------------------------------- */

/* Ways to break a graph; each must be seen. */
static void
break_graph(struct graph *graph, unsigned way)
{
	nid first = graph->kind_start[NODE_IMAGE];
	struct node held = *graph_node(graph, 1);

	switch (way) {
	case 0:
		graph->edges.items[1] = graph->edges.items[2];
		break;
	case 1:
		graph->in.list[0] = (eid)graph->edges.count;
		break;
	case 2:
		graph->nodes.items[1] = graph->nodes.items[2];
		graph->nodes.items[2] = held;
		break;
	case 3:
		graph->kind_start[0]++;
		break;
	case 4:
		graph->edges.items[1].kind = EDGE_PINS;
		break;
	case 5:
		graph->edges.items[1].to = (nid)graph->nodes.count;
		break;
	case 6:
		graph->nodes.items[first].row = (uint32_t)graph->images.count;
		break;
	case 7:
		graph->nodes.items[first].record = 0;
		break;
	case 8:
		graph->out.start[graph->nodes.count]--;
		break;
	case 9:
		graph->kind_start[NODE_SNAPSHOT]++;
		break;
	case 10:
		graph->by_id[0] = graph->by_id[1];
		break;
	case 11:
		graph->edges.items[1].belief = BELIEF_WEAK + 1;
		break;
	case 12:
		graph->records.items[1].dead = true;
		break;
	case 13:
		graph->coverage.items[0].account = graph->coverage.items[1].account;
		graph->coverage.items[0].region = graph->coverage.items[1].region;
		break;
	case 14: {
		struct edge swap = graph->edges.items[1];

		graph->edges.items[1] = graph->edges.items[2];
		graph->edges.items[2] = swap;
		break;
	}
	}
}

static void
broken_graphs_are_seen(void **state)
{
	(void)state;
	for (unsigned way = 0; way <= 14; way++) {
		struct kit kit = kit_new();
		rid r = kit_image(&kit, A, kit_doc(&kit, DOC_IMAGES, 1));

		kit.region = WEST;
		kit_doc(&kit, DOC_IMAGES, 0);
		kit_edge(&kit, A, S1, NODE_SNAPSHOT, EDGE_MAPS, r);
		kit_edge(&kit, A, S2, NODE_SNAPSHOT, EDGE_MAPS, r);
		kit_freeze(&kit);
		break_graph(kit.graph, way);
		if (graph_check(kit.graph, &kit.err) != ERR_INTERNAL)
			fail_msg("way %u of breaking a graph goes unseen", way);
		kit_end(&kit);
	}
}

/* Every pair of ends many times over, in both directions: nothing quadratic, and the rows hold. */
static void
wide_rows(void **state)
{
	enum { MANY = 20000 };
	struct kit kit = kit_new();
	uint32_t doc = kit_doc(&kit, DOC_IMAGES, MANY);
	char id[32];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		rid r;

		snprintf(id, sizeof(id), "ami-%08x", i * 2654435761u);
		r = kit_image(&kit, id, doc);
		kit_edge(&kit, id, S1, NODE_SNAPSHOT, EDGE_MAPS, r);
		kit_edge(&kit, id, S1, NODE_SNAPSHOT, EDGE_MAPS, r);
	}
	kit_freeze(&kit);
	assert_int_equal(kit_degree(&kit, S1, false), MANY);
	assert_int_equal(kit.graph->edges.count, MANY + 1);
	kit_end(&kit);
}

static void
words(void **state)
{
	(void)state;
	assert_string_equal(node_kind_word(NODE_TEMPLATE_VERSION), "launch-template-version");
	assert_string_equal(node_kind_title(NODE_IMAGE), "AMI");
	assert_string_equal(edge_kind_word(EDGE_MADE_FOR), "made-for");
	assert_int_equal(edge_kind_strength(EDGE_MAPS), BLOCKS);
	assert_int_equal(edge_kind_strength(EDGE_SOURCE_IMAGE), INFORMS);
	assert_string_equal(edge_kind_sentence(EDGE_MAPS), "maps");
	assert_string_equal(edge_source_word(SOURCE_MAPPING), "block-device-mapping");
	assert_string_equal(edge_source_word(SOURCE_FILE), "file");
	assert_string_equal(edge_belief_word(BELIEF_FACT), "fact");
	assert_string_equal(coverage_status_word(COVERAGE_ASSUMED), "assumed");
	assert_int_equal(doc_kind_need(DOC_FLEETS), NEED_ALWAYS);
	for (unsigned kind = DOC_NONE + 1; kind < DOC_KINDS; kind++) {
		assert_int_equal(
			doc_kind_from_word(slice_of(doc_kind_word((enum doc_kind)kind))), kind);
		assert_non_null(strstr(doc_kind_command((enum doc_kind)kind),
			kind == DOC_COLLECTION ? "amiplan collect" : "aws "));
	}
	assert_int_equal(doc_kind_from_word(SLICE("none")), DOC_NONE);
	for (unsigned s = STATE_UNKNOWN + 1; s < STATES; s++)
		assert_int_not_equal(state_life((enum state)s), LIFE_UNKNOWN);
	/* One word, several kinds: "pending" of an AMI is not that of an instance. */
	assert_int_equal(state_from_text(NODE_IMAGE, SLICE("pending")), STATE_IMAGE_PENDING);
	assert_int_equal(state_from_text(NODE_INSTANCE, SLICE("pending")), STATE_INSTANCE_PENDING);
	assert_int_equal(state_from_text(NODE_INSTANCE, SLICE("available")), STATE_UNKNOWN);
	assert_int_equal(state_from_text(NODE_NONE, SLICE("unknown")), STATE_UNKNOWN);
	assert_string_equal(state_text(STATE_UNKNOWN), "unknown");
	assert_string_equal(state_text(STATE_SPOT_FLEET_CANCELLED_RUNNING), "cancelled_running");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_graph),
		cmocka_unit_test(unfinished_builder_is_freed),
		cmocka_unit_test(phantoms_and_records),
		cmocka_unit_test(record_knows_the_kind),
		cmocka_unit_test(rows_are_in_order),
		cmocka_unit_test(duplicate_edges_fold),
		cmocka_unit_test(nodes_are_sorted),
		cmocka_unit_test(rows_mix_kinds),
		cmocka_unit_test(descriptions_make_edges),
		cmocka_unit_test(hints_are_weak),
		cmocka_unit_test(side_facts_reach_the_winner),
		cmocka_unit_test(side_facts_of_phantoms),
		cmocka_unit_test(tags),
		cmocka_unit_test(ours),
		cmocka_unit_test(instances_of_nobody_knows_whom),
		cmocka_unit_test(notices),
		cmocka_unit_test(broken_graphs_are_seen),
		cmocka_unit_test(wide_rows),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
