/*
 * Differences: what came, went, changed; never the order.
 */
#include "graph_kit.h"
#include "view_sample.h"

static char *
as_text(const struct diff *diff)
{
	static const struct report_options OPTIONS = {.width = 200};
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	write_diff_text(file, diff, &OPTIONS);
	fclose(file);
	return text;
}

static char *
as_json(const struct diff *diff)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	write_diff_json(file, diff);
	fclose(file);
	return text;
}

static void
expect(struct diff *diff, const char *const *lines)
{
	char *text = as_text(diff);

	for (size_t i = 0; lines[i]; i++)
		if (!strstr(text, lines[i]))
			fail_msg("\"%s\" is not in:\n%s", lines[i], text);
	free(text);
	diff_free(diff);
}

/* --- plans
 * --------------------------------------------------------------------------------------------- */

static struct plan_view BASE;

static void
backwards(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	BASE.step(view, 1 - i, parts, arena, out);
}

static void
other_facts(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	BASE.step(view, i, parts, arena, out);
	if (i == 0)
		out->facts = "{\"created\":\"2024-01-01T00:00:00Z\",\"owner\":\"222222222222\","
			     "\"tags\":{}}";
}

static void
now_kept(const struct plan_view *view, size_t i, struct arena *arena, struct view_kept *out)
{
	BASE.kept(view, 0, arena, out);
	if (i == 1)
		out->resource = "snap-0bbbbbbbbbbbbbbb1";
}

static void
test_same(void **state)
{
	struct plan_view other = BASE;
	struct diff *diff;

	(void)state;
	other.step = backwards;
	other.as_of = "2026-11-23T00:00:00Z";
	other.inventory_digest = "sha256:other";
	diff = diff_plans(&BASE, &other);
	assert_true(diff_is_empty(diff));
	expect(diff, (const char *const[]){"as_of: 2026-11-22T00:00:00Z → 2026-11-23T00:00:00Z",
			     "→ sha256:other", "No difference.", NULL});
}

/* What is the same on both sides stands in no head; the text says it where anything differs. */
static void
test_head(void **state)
{
	struct plan_view other = BASE;
	struct diff *diff = diff_plans(&BASE, &BASE);
	char *text = as_text(diff), *json = as_json(diff);

	(void)state;
	assert_string_equal(text, "No difference.\n");
	assert_non_null(strstr(json, "  \"head\": [],\n"));
	free(text);
	free(json);
	diff_free(diff);
	other.as_of = "2026-11-23T00:00:00Z";
	diff = diff_plans(&BASE, &other);
	json = as_json(diff);
	assert_non_null(strstr(json, "\"as_of\""));
	assert_null(strstr(json, "\"inventory\""));
	free(json);
	expect(diff, (const char *const[]){"inventory: sha256:", NULL});
	other.as_of = BASE.as_of;
	other.kept_count = 0;
	diff = diff_plans(&BASE, &other);
	json = as_json(diff);
	assert_non_null(strstr(json, "  \"head\": [],\n"));
	free(json);
	expect(diff, (const char *const[]){"as_of: 2026-11-22T00:00:00Z\n", NULL});
}

static void
test_facts(void **state)
{
	struct plan_view other = BASE;
	struct diff *diff;

	(void)state;
	other.step = other_facts;
	diff = diff_plans(&BASE, &other);
	assert_false(diff_is_empty(diff));
	expect(diff, (const char *const[]){"  ~ ami-0aaaaaaaaaaaaaaa1  step\n",
			     "      facts.owner: \"111111111111\" → \"222222222222\"\n",
			     "      - facts.mapped_snapshots: [\"snap-0bbbbbbbbbbbbbbb1\"]\n",
			     "0 came, 0 went, 1 changed.", NULL});
}

static void
test_fate(void **state)
{
	struct plan_view other = BASE;

	(void)state;
	other.step_count = 1;
	other.kept = now_kept;
	other.kept_count = 2;
	other.blocked_count = 1;
	other.warning_count = 1;
	expect(diff_plans(&BASE, &other),
		(const char *const[]){"  ~ snap-0bbbbbbbbbbbbbbb1  kept\n",
			"      fate: step → kept\n",
			"  - snap-0bbbbbbbbbbbbbbb3  blocked  snapshot-in-use: ",
			"  - 111111111111/eu-west-1  warning  references-not-read: ",
			"0 came, 2 went, 1 changed.", NULL});
	expect(diff_plans(&other, &BASE),
		(const char *const[]){"      fate: kept → step\n",
			"  + snap-0bbbbbbbbbbbbbbb3  blocked", "2 came, 0 went, 1 changed.", NULL});
}

/* --- inventories
 * ------------------------------------------------------------------------------------------ */

static struct kit
inventory(bool later)
{
	struct kit kit = kit_new();
	uint32_t images = kit_doc(&kit, DOC_IMAGES, 2), snapshots = kit_doc(&kit, DOC_SNAPSHOTS, 2);
	rid image = kit_image(&kit, "ami-0aaaaaaaaaaaaaaa1", images);

	kit_snapshot(&kit, "snap-0bbbbbbbbbbbbbbb1", snapshots);
	builder_edge(kit.b, kit_mention(&kit, NODE_IMAGE, "ami-0aaaaaaaaaaaaaaa1"),
		kit_mention(&kit, NODE_SNAPSHOT,
			later ? "snap-0bbbbbbbbbbbbbbb2" : "snap-0bbbbbbbbbbbbbbb1"),
		EDGE_MAPS, SOURCE_MAPPING, BELIEF_FACT, 0, image);
	kit_image(&kit, later ? "ami-0aaaaaaaaaaaaaaa3" : "ami-0aaaaaaaaaaaaaaa2", images);
	assert_int_equal(
		builder_freeze(kit.b, &(struct freeze_options){0}, &kit.graph, &kit.err), 0);
	return kit;
}

static void
test_inventories(void **state)
{
	struct kit old = inventory(false), new = inventory(true);
	struct diff *diff = diff_graphs(old.graph, old.graph);

	(void)state;
	assert_true(diff_is_empty(diff));
	diff_free(diff);
	/* A snapshot that is only mentioned did not come. */
	expect(diff_graphs(old.graph, new.graph),
		(const char *const[]){"  + ami-0aaaaaaaaaaaaaaa3  image  available\n",
			"  - ami-0aaaaaaaaaaaaaaa2  image  available\n",
			"  ~ ami-0aaaaaaaaaaaaaaa1  image\n",
			"      refers to: snap-0bbbbbbbbbbbbbbb1 (maps) → snap-0bbbbbbbbbbbbbbb2 "
			"(maps)\n",
			"1 came, 1 went, 1 changed.", NULL});
	kit_end(&old);
	kit_end(&new);
}

/* An account in which every member that is compared has another value `later`. */
static struct kit
members(bool later)
{
	struct kit kit = kit_new();
	uint32_t images = kit_doc(&kit, DOC_IMAGES, 1), snapshots = kit_doc(&kit, DOC_SNAPSHOTS, 1),
		 instances = kit_doc(&kit, DOC_INSTANCES, 1),
		 templates = kit_doc(&kit, DOC_LAUNCH_TEMPLATES, 1),
		 versions = kit_doc(&kit, DOC_TEMPLATE_VERSIONS, 2);
	struct image_traits image_traits = {.bin_exit = TIME_NONE,
		.protection = kit_text(&kit, later ? "enabled" : "disabled"),
		.architecture = kit_text(&kit, later ? "arm64" : "x86_64")};
	struct image image = {.traits = builder_image_traits(kit.b, 0, &image_traits),
		.created = later ? 2000 : 1000,
		.last_launched = later ? 3000 : TIME_NONE,
		.is_public = later ? YES : NO,
		.permissions_read = later ? YES : UNREAD};
	struct snapshot_traits snapshot_traits = {
		.lock_state = kit_text(&kit, later ? "governance" : ""),
		.tier = kit_text(&kit, later ? "archive" : "standard"),
		.lock_expires = later ? 4000 : TIME_NONE};
	struct snapshot snapshot = {.description = kit_text(&kit, later ? "b" : "a"),
		.traits = builder_snapshot_traits(kit.b, 0, &snapshot_traits),
		.started = later ? 2000 : 1000,
		.permissions_read = later ? YES : UNREAD};
	struct instance instance = {.type = kit_text(&kit, later ? "t3.large" : "t3.nano"),
		.launched = later ? 2000 : 1000,
		.managed = later ? YES : NO,
		.protected_ = later ? YES : UNREAD};

	kit_record_at(&kit, NODE_IMAGE, "ami-0aaaaaaaaaaaaaaa1", images, 0, HERE,
		builder_row_image(kit.b, &image), STATE_IMAGE_AVAILABLE, NULL);
	kit_record_at(&kit, NODE_SNAPSHOT, "snap-0bbbbbbbbbbbbbbb1", snapshots, 0, HERE,
		builder_row_snapshot(kit.b, &snapshot), STATE_SNAPSHOT_COMPLETED, NULL);
	kit_record_at(&kit, NODE_INSTANCE, "i-0ccccccccccccccc1", instances, 0, HERE,
		builder_row_instance(kit.b, &instance), STATE_INSTANCE_RUNNING, NULL);
	kit_template(&kit, "lt-0ddddddddddddddd1", "web", later ? 2 : 1, later ? 2 : 1, templates);
	kit_version(&kit, "lt-0ddddddddddddddd1", 1, !later, versions);
	if (later)
		kit_version(&kit, "lt-0ddddddddddddddd1", 2, true, versions);
	else
		kit_doc(&kit, DOC_FLEETS, 1);
	kit_freeze(&kit);
	return kit;
}

static void
test_members(void **state)
{
	struct kit old = members(false), new = members(true);
	struct diff *diff = diff_graphs(old.graph, old.graph);

	(void)state;
	assert_true(diff_is_empty(diff));
	diff_free(diff);
	expect(diff_graphs(old.graph, new.graph),
		(const char *const[]){"  ~ 111122223333/us-east-1  coverage\n",
			"      fleets: complete → absent\n", "      public: no → yes\n",
			"      deregistration protection: disabled → enabled\n",
			"      architecture: x86_64 → arm64\n",
			"      created: 1970-01-01T00:16:40Z → 1970-01-01T00:33:20Z\n",
			"      last launched: (none) → 1970-01-01T00:50:00Z\n",
			"      launch permissions: not read → read\n",
			"      lock state: (none) → governance\n",
			"      lock ends: (none) → 1970-01-01T01:06:40Z\n",
			"      storage tier: standard → archive\n",
			"      started: 1970-01-01T00:16:40Z → 1970-01-01T00:33:20Z\n",
			"      description: a → b\n", "      volume permissions: not read → read\n",
			"      type: t3.nano → t3.large\n",
			"      launched: 1970-01-01T00:16:40Z → 1970-01-01T00:33:20Z\n",
			"      termination protection: (none) → yes\n", "      managed: no → yes\n",
			"      default version: 1 → 2\n", "      latest version: 1 → 2\n",
			"  ~ lt-0ddddddddddddddd1:1  launch-template-version\n",
			"      default: yes → no\n", "      latest: yes → no\n", NULL});
	kit_end(&old);
	kit_end(&new);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_fate),
		cmocka_unit_test(test_inventories),
		cmocka_unit_test(test_members),
	};

	BASE = view_sample();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
