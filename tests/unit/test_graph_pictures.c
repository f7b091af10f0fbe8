/*
 * The graph as DOT and JSON: focus, collapsing, limits, escaping, the same bytes each time.
 */
#include "graph_kit.h"
#include "report.h"

#define IMAGE "ami-0aaaaaaaaaaaaaaa1"
#define SNAPSHOT "snap-0bbbbbbbbbbbbbbb1"

/* One AMI that maps one snapshot and runs `instances`; one AMI apart, with a hostile name. */
static struct kit
inventory(unsigned instances)
{
	struct kit kit = kit_new();
	uint32_t images = kit_doc(&kit, DOC_IMAGES, 2),
		 doc = kit_doc(&kit, DOC_INSTANCES, instances);
	struct image row = {.created = 1000, .last_launched = TIME_NONE};
	nid image = kit_mention(&kit, NODE_IMAGE, IMAGE);

	builder_edge(kit.b, image, kit_mention(&kit, NODE_SNAPSHOT, SNAPSHOT), EDGE_MAPS,
		SOURCE_MAPPING, BELIEF_FACT, 0, kit_image(&kit, IMAGE, images));
	kit_record_at(&kit, NODE_IMAGE, "ami-0aaaaaaaaaaaaaaa2", images, 0, HERE,
		builder_row_image(kit.b, &row), STATE_IMAGE_AVAILABLE, "bad\"\\N\n</b>");
	for (unsigned i = 0; i < instances; i++) {
		char id[32];
		rid record;

		snprintf(id, sizeof(id), "i-%017u", i);
		record = kit_instance(&kit, id, doc, HERE);
		builder_edge(kit.b, kit_mention(&kit, NODE_INSTANCE, id), image, EDGE_LAUNCHED_FROM,
			SOURCE_FIELD, BELIEF_FACT, kit_text(&kit, "ImageId"), record);
	}
	assert_int_equal(
		builder_freeze(kit.b, &(struct freeze_options){0}, &kit.graph, &kit.err), 0);
	return kit;
}

typedef int writer(FILE *file, const struct graph *graph, const struct graph_options *options,
	struct err *err);

/* As DOT, whatever is drawn. */
static int
draw_dot(
	FILE *file, const struct graph *graph, const struct graph_options *options, struct err *err)
{
	return draw_dependencies(file, "dot", graph, options, NULL, err);
}

static char *
written(writer *write, const struct kit *kit, const struct graph_options *options)
{
	char *text = NULL;
	size_t size = 0;
	struct err err = {0};
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	assert_int_equal(write(file, kit->graph, options, &err), ERR_OK);
	fclose(file);
	return text;
}

static size_t
count(const char *text, const char *part)
{
	size_t found = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		found++;
	return found;
}

static void
test_dot(void **state)
{
	struct kit kit = inventory(3);
	struct graph_options all = {0};
	char *dot = written(draw_dot, &kit, &all), *again = written(draw_dot, &kit, &all);

	(void)state;
	assert_string_equal(dot, again);
	assert_ptr_equal(strstr(dot, "digraph amiplan {"), dot);
	assert_non_null(strstr(dot, "subgraph \"cluster_111122223333_us-east-1\""));
	assert_non_null(strstr(dot, "\"" IMAGE "\" -> \"" SNAPSHOT "\""));
	assert_non_null(strstr(dot, "only mentioned"));
	assert_int_equal(count(dot, "instance\\ni-"), 3);
	/* The name is shown, and is nothing else. */
	assert_non_null(strstr(dot, "bad\\\"\\\\N\\\\n</b>"));
	free(dot);
	free(again);
	kit_end(&kit);
}

/* Graphviz reads what was written and has nothing to say about it. */
static void
test_dot_is_read(void **state)
{
	struct kit kit = inventory(20);
	struct graph_options all = {0};
	char *dot = written(draw_dot, &kit, &all);
	FILE *pipe = popen(
		"dot -Tsvg -o /dev/null 2>&1 | grep -c . >/dev/null && exit 1 || exit 0", "w");

	(void)state;
	assert_non_null(pipe);
	fputs(dot, pipe);
	assert_int_equal(pclose(pipe), 0);
	free(dot);
	kit_end(&kit);
}

static void
test_focus(void **state)
{
	struct kit kit = inventory(3);
	const char *focus[] = {SNAPSHOT};
	struct graph_options near = {.focus = focus, .focus_count = 1, .depth = 1};
	struct graph_options far = {.focus = focus, .focus_count = 1};
	char *dot = written(draw_dot, &kit, &near);

	(void)state;
	assert_non_null(strstr(dot, IMAGE));
	assert_int_equal(count(dot, "instance\\ni-"), 0);
	assert_null(strstr(dot, "ami-0aaaaaaaaaaaaaaa2"));
	free(dot);
	dot = written(draw_dot, &kit, &far); /* two edges away */
	assert_int_equal(count(dot, "instance\\ni-"), 3);
	assert_null(strstr(dot, "ami-0aaaaaaaaaaaaaaa2"));
	free(dot);
	kit_end(&kit);
}

static void
test_collapse(void **state)
{
	struct kit few = inventory(12), many = inventory(49);
	const char *focus[] = {"i-00000000000000048"};
	struct graph_options all = {0}, named = {.focus = focus, .focus_count = 1};
	char *dot = written(draw_dot, &few, &all);

	(void)state;
	assert_int_equal(count(dot, "instance\\ni-"), 12);
	assert_null(strstr(dot, "+ "));
	free(dot);
	dot = written(draw_dot, &many, &all);
	assert_int_equal(count(dot, "instance\\ni-"), 12);
	assert_non_null(strstr(dot, "label=\"+ 37 instances\""));
	free(dot);
	/* What was asked for is never hidden. */
	dot = written(draw_dot, &many, &named);
	assert_int_equal(count(dot, "instance\\ni-"), 13);
	assert_non_null(strstr(dot, "instance\\ni-00000000000000048"));
	assert_non_null(strstr(dot, "label=\"+ 36 instances\""));
	free(dot);
	kit_end(&few);
	kit_end(&many);
}

static void
test_limits(void **state)
{
	struct kit kit = inventory(2000);
	const char *focus[] = {IMAGE, "ami-0fffffffffffffff9"};
	struct graph_options all = {0}, one = {.focus = focus, .focus_count = 1},
			     two = {.focus = focus, .focus_count = 2};
	struct err err = {0};
	char *dot;

	(void)state;
	dot = written(draw_dot, &kit, &all);
	assert_non_null(strstr(dot, "+ 1988 instances"));
	free(dot);
	dot = written(draw_dot, &kit, &one);
	assert_non_null(strstr(dot, "+ 1988 instances"));
	free(dot);
	assert_int_equal(draw_dot(stdout, kit.graph, &two, &err), ERR_UNKNOWN);
	assert_non_null(strstr(err.text, "ami-0fffffffffffffff9"));
	assert_int_equal(write_graph_json(stdout, kit.graph, &two, &err), ERR_UNKNOWN);
	kit_end(&kit);
}

/* Beyond what can be read: a box a family, the largest first, the rest counted. */
static void
test_families(void **state)
{
	struct kit kit = kit_new();
	struct graph_options all = {0}, every = {.every = true};
	uint32_t images, instances;
	bool collapsed = false;
	char *text = NULL, *at;
	size_t size = 0;
	FILE *file;

	(void)state;
	images = kit_doc(&kit, DOC_IMAGES, 2100);
	instances = kit_doc(&kit, DOC_INSTANCES, 1);
	for (unsigned i = 0; i < 2100; i++) {
		char id[32];

		snprintf(id, sizeof(id), "ami-%017x", i);
		kit_image(&kit, id, images);
	}
	kit_edge(&kit, "i-00000000000000001", "ami-00000000000000abc", NODE_IMAGE,
		EDGE_LAUNCHED_FROM, kit_instance(&kit, "i-00000000000000001", instances, NULL));
	kit_freeze(&kit);
	file = open_memstream(&text, &size);
	assert_int_equal(
		draw_dependencies(file, "dot", kit.graph, &all, &collapsed, &kit.err), ERR_OK);
	fclose(file);
	assert_true(collapsed);
	assert_int_equal(count(text, "shape=folder"), 2000);
	assert_non_null(strstr(text, "+ 101 families"));
	at = strstr(text, "\"family:1\"");
	assert_non_null(at);
	assert_non_null(strstr(text, "1 instance"));
	free(text);
	/* For a program to read: every one of them, and the one that is only mentioned. */
	file = open_memstream(&text, &size);
	assert_int_equal(
		draw_dependencies(file, "dot", kit.graph, &every, &collapsed, &kit.err), ERR_OK);
	fclose(file);
	assert_false(collapsed);
	assert_int_equal(count(text, "label=\"AMI\\nami-"), 2101);
	free(text);
	kit_end(&kit);
}

static const char *
step_if_focused(void *context, const char *id)
{
	return strcmp(id, context) == 0 ? "step" : NULL;
}

static void
test_fates(void **state)
{
	struct kit kit = inventory(1);
	char id[] = IMAGE;
	struct graph_options options = {.fate = step_if_focused, .fate_context = id};
	char *dot = written(draw_dot, &kit, &options);
	char *json = written(write_graph_json, &kit, &options);

	(void)state;
	assert_int_equal(count(dot, "\\ngoes"), 1);
	assert_int_equal(count(json, "\"fate\": \"step\""), 1);
	free(dot);
	free(json);
	kit_end(&kit);
}

static void
test_json(void **state)
{
	struct kit kit = inventory(1);
	const char *focus[] = {SNAPSHOT};
	struct graph_options options = {.focus = focus, .focus_count = 1, .depth = 1};
	char *json = written(write_graph_json, &kit, &options);

	(void)state;
	assert_string_equal(json, "{\n"
				  "  \"format\": \"amiplan.graph/1\",\n"
				  "  \"nodes\": [\n"
				  "    {\n"
				  "      \"id\": \"" IMAGE "\",\n"
				  "      \"kind\": \"image\",\n"
				  "      \"name\": \"\",\n"
				  "      \"account\": \"111122223333\",\n"
				  "      \"region\": \"us-east-1\",\n"
				  "      \"state\": \"available\",\n"
				  "      \"defined\": true\n"
				  "    },\n"
				  "    {\n"
				  "      \"id\": \"" SNAPSHOT "\",\n"
				  "      \"kind\": \"snapshot\",\n"
				  "      \"name\": \"\",\n"
				  "      \"account\": null,\n"
				  "      \"region\": null,\n"
				  "      \"state\": null,\n"
				  "      \"defined\": false\n"
				  "    }\n"
				  "  ],\n"
				  "  \"edges\": [\n"
				  "    {\n"
				  "      \"edge\": \"maps\",\n"
				  "      \"from\": \"" IMAGE "\",\n"
				  "      \"to\": \"" SNAPSHOT "\",\n"
				  "      \"source\": \"block-device-mapping\",\n"
				  "      \"detail\": \"\",\n"
				  "      \"strength\": \"fact\",\n"
				  "      \"effect\": \"blocks\"\n"
				  "    }\n"
				  "  ]\n"
				  "}\n");
	free(json);
	kit_end(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dot),
		cmocka_unit_test(test_dot_is_read),
		cmocka_unit_test(test_focus),
		cmocka_unit_test(test_collapse),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_fates),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
