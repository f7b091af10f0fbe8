/*
 * Tests of --pins and of definitions: what people wrote down, and what makes an AMI again.
 * It must not know: how documents are read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "given.h"
#include "json_write.h"

#define AMI "ami-0123456789abcdef0"
#define SNAP "snap-0123456789abcdef0"
#define IMAGES "{\"Images\": [{\"ImageId\": \"" AMI "\"}]}"

static struct given given;
static const char *pins[2];

static int
setup(void **state)
{
	(void)state;
	given_begin(&given);
	given_file(&given, "inv/images.json", IMAGES);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	given_end(&given);
	return 0;
}

static int
load_with_pins(const char *path)
{
	static const char *const inventory[] = {"inv"};

	pins[0] = given_path(&given, path);
	given.options.pins = pins;
	given.options.pin_count = 1;
	return given_load_paths(&given, inventory, 1);
}

static bool
is_pinned(const char *path, int line, const char *to)
{
	const char *node = arena_format(&given.paths, "%s:%d", given_path(&given, path), line);
	const struct edge *edge = given_edge(&given, node, EDGE_PINS, to);

	return edge && edge->source == SOURCE_FILE && edge->belief == BELIEF_FACT;
}

static void
ids_pin_whatever_surrounds_them(void **state)
{
	(void)state;
	given_file(&given, "tf/main.tf",
		"# import-ami-0123456789abcdef1\n"
		"ami = \"" AMI "\"\nx = \"" AMI "9\" # and " SNAP ".\n"
		"{\"a\": \"\\tami-00000004\\nsnap-00000004\"}\nx_AMI-0000000a_snap-0000000bz\n");
	assert_int_equal(load_with_pins("tf"), 0);
	assert_true(is_pinned("tf/main.tf", 2, AMI));
	assert_true(is_pinned("tf/main.tf", 3, SNAP));
	assert_false(is_pinned("tf/main.tf", 3, AMI));
	assert_true(is_pinned("tf/main.tf", 1, "ami-0123456789abcdef1"));
	assert_true(is_pinned("tf/main.tf", 4, "ami-00000004"));
	assert_true(is_pinned("tf/main.tf", 4, "snap-00000004"));
	assert_true(is_pinned("tf/main.tf", 5, "ami-0000000a"));
	assert_true(is_pinned("tf/main.tf", 5, "snap-0000000b"));
	assert_int_equal(load_with_pins("tf/main.tf"), 0);
	assert_true(is_pinned("tf/main.tf", 2, AMI));
}

static void
what_is_not_text_of_people_is_skipped(void **state)
{
	FILE *binary;

	(void)state;
	given_file(&given, "tf/a.tf", "nothing here\n");
	given_file(&given, "tf/.git/config", AMI);
	given_file(&given, "tf/plan.json", "{\"format\": \"amiplan.plan/1\", \"x\": \"" AMI "\"}");
	binary = fopen(given_path(&given, "tf/b.bin"), "wb");
	assert_non_null(binary);
	assert_int_equal(fwrite("\0 " AMI, 1, sizeof(AMI) + 1, binary), sizeof(AMI) + 1);
	assert_int_equal(fclose(binary), 0);
	assert_int_equal(
		link(given_path(&given, "inv/images.json"), given_path(&given, "tf/same.txt")), 0);
	assert_int_equal(load_with_pins("tf"), 0);
	assert_null(given_edge(&given, "x", EDGE_PINS, AMI));
	assert_true(graph_in(given.graph, given_node(&given, AMI)).next ==
		    graph_in(given.graph, given_node(&given, AMI)).end);
}

/* The inventory's folder may hold more than the inventory. */
static void
what_the_inventory_passed_over_is_searched(void **state)
{
	(void)state;
	given_file(&given, "inv/vars.json", "{\"image\": \"" AMI "\"}");
	assert_int_equal(load_with_pins("inv"), 0);
	assert_true(is_pinned("inv/vars.json", 1, AMI));
	assert_false(is_pinned("inv/images.json", 1, AMI));
}

static void
only_our_own_documents_are_ours(void **state)
{
	(void)state;
	given_file(&given, "tf/a.md", "\"format\": \"amiplan.plan/1\" " AMI);
	given_file(&given, "tf/b.json",
		"{\"x\": 1, \"format\": \"amiplan.plan/1\", \"y\": \"" AMI "\"}");
	given_file(&given, "tf/c.json", "{ \"format\" :\n\"amiplan.plan/1\", \"y\": \"" AMI "\"}");
	assert_int_equal(load_with_pins("tf"), 0);
	assert_true(is_pinned("tf/a.md", 1, AMI));
	assert_true(is_pinned("tf/b.json", 1, AMI));
	assert_false(is_pinned("tf/c.json", 2, AMI));
}

static void
utf16_is_an_error(void **state)
{
	(void)state;
	given_file(&given, "tf/a.tf",
		"\xff\xfe"
		"a");
	assert_int_equal(load_with_pins("tf"), ERR_SYNTAX);
	assert_non_null(strstr(given.err.text, "save it again as UTF-8"));
}

static void
paths_without_text_are_errors(void **state)
{
	(void)state;
	given_file(&given, "tf/.git/config", AMI);
	assert_int_equal(load_with_pins("tf"), ERR_IO);
	assert_int_equal(load_with_pins("absent"), ERR_IO);
	assert_int_equal(load_with_pins("inv"), ERR_IO);
	/* A file without any id is a file. */
	given_file(&given, "tf/empty.tf", "");
	assert_int_equal(load_with_pins("tf"), 0);
}

static void
paths_are_text_in_the_graph(void **state)
{
	(void)state;
	given_file(&given, "tf/a\xff.tf", AMI "\n");
	assert_int_equal(load_with_pins("tf"), 0);
	assert_true(is_pinned("tf/a?.tf", 1, AMI));
}

static void
assert_definition(const char *document, const char *permissions, const char *wanted)
{
	struct buf out = {0}, compact = {0};
	struct json_writer w;

	given_file(&given, "def/images.json", document);
	if (permissions)
		given_file(&given, "def/permissions.json", permissions);
	assert_int_equal(given_load_paths(&given, (const char *const[]){"def"}, 1), 0);
	inventory_definition(given.inventory, given_node(&given, AMI), &out);
	json_writer_buf(&w, &compact, false);
	json_put_raw(&w, buf_slice(&out));
	assert_string_equal(compact.at, wanted);
	buf_release(&compact);
	buf_release(&out);
}

static void
definitions_hold_what_registers_again(void **state)
{
	(void)state;
	assert_definition(
		"{\"Images\": [ {\"Tags\": [ {\"Key\": \"a\", \"Value\": \"b \\u00e9\"} ],\n"
		"\"ImageId\": \"" AMI "\", \"State\": \"available\", \"Description\": null,"
		"\"EnaSupport\" : true, \"BlockDeviceMappings\": [ { \"DeviceName\": \"/dev/xvda\","
		" \"Ebs\" : { \"SnapshotId\": \"" SNAP "\", \"VolumeSize\": 8 } } ],"
		"\"ImageLocation\": \"1/x\", \"RootDeviceType\": \"ebs\", \"Name\": \"n\"} ]}",
		NULL,
		"{\"Name\":\"n\",\"BlockDeviceMappings\":[{\"DeviceName\":\"/dev/xvda\",\"Ebs\":"
		"{\"SnapshotId\":\"" SNAP "\",\"VolumeSize\":8}}],\"EnaSupport\":true,"
		"\"Tags\":[{\"Key\":\"a\",\"Value\":\"b \\u00e9\"}],\"LaunchPermissions\":null}");
}

static void
definitions_hold_permissions(void **state)
{
	(void)state;
	assert_definition("{\"Images\": [{\"ImageId\": \"" AMI
			  "\", \"ImageLocation\": \"b/x.manifest.xml\","
			  "\"RootDeviceType\": \"instance-store\"}]}",
		"{\"ImageId\": \"" AMI "\", \"LaunchPermissions\": [{\"UserId\": \"444455556666\"},"
		"{\"UserId\": \"111122223333\"}, {\"Group\": \"all\"},"
		"{\"OrganizationalUnitArn\": \"arn:aws:organizations::1:ou/o-1/ou-1\"}]}",
		"{\"ImageLocation\":\"b/x.manifest.xml\",\"LaunchPermissions\":["
		"{\"UserId\":\"111122223333\"},{\"UserId\":\"444455556666\"},{\"Group\":\"all\"},"
		"{\"OrganizationalUnitArn\":\"arn:aws:organizations::1:ou/o-1/ou-1\"}]}");
}

static void
no_permissions_are_an_empty_list(void **state)
{
	(void)state;
	assert_definition(IMAGES, "{\"ImageId\": \"" AMI "\", \"LaunchPermissions\": []}",
		"{\"LaunchPermissions\":[]}");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(ids_pin_whatever_surrounds_them),
		TEST(what_is_not_text_of_people_is_skipped),
		TEST(what_the_inventory_passed_over_is_searched),
		TEST(only_our_own_documents_are_ours),
		TEST(utf16_is_an_error),
		TEST(paths_without_text_are_errors),
		TEST(paths_are_text_in_the_graph),
		TEST(definitions_hold_what_registers_again),
		TEST(definitions_hold_permissions),
		TEST(no_permissions_are_an_empty_list),
	};

	return cmocka_run_group_tests_name("inventory pins and definitions", tests, NULL, NULL);
}
