/*
 * Tests of the loader: which files are read, what is skipped and said, where documents are from,
 * what counts once. It must not know: the members of records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "given.h"

#define AMI "ami-0123456789abcdef0"
#define IMAGES "{\"Images\": [{\"ImageId\": \"" AMI "\", \"State\": \"available\"}]}"
#define NO_FLEETS "{\"Fleets\": []}"
#define IDENTITY                                                                                   \
	"{\"UserId\": \"A\", \"Account\": \"111122223333\","                                       \
	"\"Arn\": \"arn:aws:iam::111122223333:user/me\"}"
#define VOLUMES                                                                                    \
	"{\"Volumes\": [{\"VolumeId\": \"vol-0123456789abcdef0\","                                 \
	"\"AvailabilityZone\": \"eu-west-1a\"}]}"

static struct given given;

static int
setup(void **state)
{
	(void)state;
	given_begin(&given);
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
load_one(const char *path)
{
	return given_load_paths(&given, &path, 1);
}

static void
load(void)
{
	int code = given_load(&given);

	if (code)
		print_error("%s: %s\n", given.err.file, given.err.text);
	assert_int_equal(code, 0);
}

static void
assert_place(const char *path, const char *account, const char *region)
{
	const struct document *document = given_doc(&given, path);

	assert_non_null(document);
	assert_string_equal(given_text(&given, document->account), account);
	assert_string_equal(given_text(&given, document->region), region);
}

static void
directories_are_searched_for_json(void **state)
{
	(void)state;
	given_file(&given, "a/b/c/images.json", IMAGES);
	given_file(&given, "a/notes.txt", "not JSON");
	given_file(&given, "fleets.json", NO_FLEETS);
	load();
	assert_int_equal(given.graph->documents.count, 3);
	assert_non_null(given_doc(&given, "a/b/c/images.json"));
	assert_non_null(given_doc(&given, "fleets.json"));
	assert_string_equal(given.said, "");
}

static void
names_mean_nothing(void **state)
{
	(void)state;
	given_file(&given, "snapshots.json", IMAGES);
	load();
	assert_int_equal(given_doc(&given, "snapshots.json")->kind, DOC_IMAGES);
	given_file(&given, "images.txt", NO_FLEETS);
	assert_int_equal(load_one("images.txt"), 0);
	assert_int_equal(given_doc(&given, "images.txt")->kind, DOC_FLEETS);
}

static void
several_arguments_add_up(void **state)
{
	static const char *const paths[] = {"one", "two/fleets.json"};

	(void)state;
	given_file(&given, "one/images.json", IMAGES);
	given_file(&given, "two/fleets.json", NO_FLEETS);
	given_file(&given, "two/other.json", IDENTITY);
	assert_int_equal(given_load_paths(&given, paths, 2), 0);
	assert_int_equal(given.graph->documents.count, 3);
	assert_non_null(given_doc(&given, "images.json"));
	assert_non_null(given_doc(&given, "fleets.json"));
}

static void
what_is_missing_or_empty_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(load_one("absent.json"), ERR_IO);
	assert_non_null(strstr(given.err.file, "absent.json"));
	given_file(&given, "dir/readme.txt", "x");
	assert_int_equal(load_one("dir"), ERR_IO);
	assert_non_null(strstr(given.err.text, "*.json"));
	given_file(&given, "empty/a.json", "");
	assert_int_equal(load_one("empty"), ERR_SYNTAX);
	given_file(&given, "blank/a.json", " \n ");
	assert_int_equal(load_one("blank"), ERR_SYNTAX);
	assert_int_equal(symlink("nowhere", given_path(&given, "dir/b.json")), 0);
	assert_int_equal(load_one("dir"), ERR_IO);
}

static void
unknown_documents_are_said_or_refused(void **state)
{
	(void)state;
	given_file(&given, "dir/images.json", IMAGES);
	given_file(&given, "dir/odd.json", "{\"Things\": []}");
	given_file(&given, "dir/number.json", "42");
	given_file(&given, "dir/half.json", "{\"ImageId\": \"" AMI "\", \"Description\": {}}");
	assert_int_equal(load_one("dir"), 0);
	assert_int_equal(given.graph->documents.count, 2);
	assert_non_null(strstr(given.said, "odd.json"));
	assert_non_null(strstr(given.said, "number.json"));
	assert_non_null(strstr(given.said, "half.json"));
	assert_null(strstr(given.said, "images.json"));
	assert_int_equal(load_one("dir/odd.json"), ERR_VALUE);
	assert_int_equal(load_one("dir/number.json"), ERR_VALUE);
	given_file(&given, "dir/broken.json", "{\"Things\": [}");
	assert_int_equal(load_one("dir"), ERR_SYNTAX);
	assert_int_equal(given.err.line, 1);
	assert_int_equal(given.err.column, 13);
}

static void
own_outputs_are_skipped_or_refused(void **state)
{
	(void)state;
	given_file(&given, "dir/images.json", IMAGES);
	given_file(&given, "dir/plan.json", "{\"steps\": [], \"format\": \"amiplan.plan/1\"}");
	given_file(&given, "dir/rules.json", "{\"Rules\": []}");
	assert_int_equal(load_one("dir"), 0);
	assert_string_equal(given.said, "");
	assert_int_equal(given.graph->documents.count, 2);
	assert_int_equal(load_one("dir/plan.json"), ERR_VALUE);
	assert_int_equal(load_one("dir/rules.json"), 0);
	assert_non_null(strstr(given.said, "rules.json"));
}

static void
bare_lists_say_what_to_do(void **state)
{
	(void)state;
	given_file(&given, "dir/images.json", IMAGES);
	given_file(&given, "dir/list.json", "[{\"ImageId\": \"" AMI "\"}]");
	assert_int_equal(load_one("dir"), ERR_VALUE);
	assert_non_null(strstr(given.err.text, "--query"));
	given_file(&given, "dir/list.json", "[1, [2], {\"a\": 3}]");
	assert_int_equal(load_one("dir"), 0);
	assert_non_null(strstr(given.said, "list.json"));
	assert_int_equal(load_one("dir/list.json"), ERR_VALUE);
}

static void
loops_of_links_end(void **state)
{
	(void)state;
	given_file(&given, "dir/a/images.json", IMAGES);
	given_file(&given, "elsewhere/fleets.json", NO_FLEETS);
	assert_int_equal(symlink("..", given_path(&given, "dir/a/up")), 0);
	assert_int_equal(symlink("../elsewhere", given_path(&given, "dir/side")), 0);
	assert_int_equal(symlink("nowhere", given_path(&given, "dir/dangling")), 0);
	assert_int_equal(load_one("dir"), 0);
	assert_int_equal(given.graph->documents.count, 3);
	assert_non_null(given_doc(&given, "side/fleets.json"));
}

static void
paths_tell_the_place(void **state)
{
	(void)state;
	given_file(&given, "111122223333/us-east-1/images.json", IMAGES);
	given_file(&given, "us-west-2/444455556666/eu-west-1/fleets.json", NO_FLEETS);
	load();
	assert_place("111122223333/us-east-1/images.json", "111122223333", "us-east-1");
	assert_place("us-west-2/444455556666/eu-west-1/fleets.json", "444455556666", "eu-west-1");
}

static void
content_and_neighbours_tell_the_place(void **state)
{
	(void)state;
	given_file(&given, "a/images.json", IMAGES);
	given_file(&given, "a/me.json", IDENTITY);
	given_file(&given, "a/volumes.json", VOLUMES);
	given_file(&given, "b/fleets.json", NO_FLEETS);
	load();
	assert_place("a/images.json", "111122223333", "eu-west-1");
	assert_place("a/volumes.json", "111122223333", "eu-west-1");
	assert_place("b/fleets.json", "", "");
}

static void
neighbours_that_disagree_tell_nothing(void **state)
{
	(void)state;
	given_file(&given, "images.json", IMAGES);
	given_file(&given, "volumes.json", VOLUMES);
	given_file(&given, "more.json",
		"{\"Volumes\": [{\"VolumeId\": \"vol-12345678\", \"AvailabilityZone\": "
		"\"us-west-2b\"}]}");
	load();
	assert_place("images.json", "", "");
	assert_place("more.json", "", "us-west-2");
}

static void
options_tell_what_nothing_else_does(void **state)
{
	static const char *const one[] = {"111122223333"};
	static const char *const two[] = {"111122223333", "444455556666"};

	(void)state;
	given_file(&given, "a/images.json", IMAGES);
	given_file(&given, "b/volumes.json", VOLUMES);
	given.options.accounts = one;
	given.options.account_count = 1;
	given.options.region = "us-east-1";
	load();
	assert_place("a/images.json", "111122223333", "us-east-1");
	assert_place("b/volumes.json", "111122223333", "eu-west-1");
	assert_int_equal(given.graph->ours.count, 1);
	given.options.accounts = two;
	given.options.account_count = 2;
	load();
	assert_place("a/images.json", "", "us-east-1");
	assert_int_equal(given.graph->ours.count, 2);
}

static void
conflicts_name_both_values(void **state)
{
	(void)state;
	given_file(&given, "us-east-1/volumes.json", VOLUMES);
	assert_int_equal(given_load(&given), ERR_CONFLICT);
	assert_non_null(strstr(given.err.text, "us-east-1"));
	assert_non_null(strstr(given.err.text, "eu-west-1"));
	given_file(&given, "us-east-1/volumes.json",
		"{\"Volumes\": [{\"VolumeId\": \"vol-12345678\", \"AvailabilityZone\": "
		"\"us-east-1a\"},\n"
		"{\"VolumeId\": \"vol-12345679\", \"AvailabilityZone\": \"us-west-2a\"}]}");
	assert_int_equal(given_load(&given), ERR_CONFLICT);
	assert_int_equal(given.err.line, 2);
	assert_non_null(strstr(given.err.text, "us-east-1"));
	assert_non_null(strstr(given.err.text, "us-west-2"));
}

/* The files as they were opened, not as they stand in the plan. */
static void
duplicates_that_disagree_name_both_files(void **state)
{
	(void)state;
	given_file(&given, "one/volumes.json",
		"{\"Volumes\": [{\"VolumeId\": \"vol-12345678\", \"AvailabilityZone\": "
		"\"us-east-1a\"}]}");
	given_file(&given, "two/volumes.json",
		"{\"Volumes\": [{\"VolumeId\": \"vol-12345678\", \"AvailabilityZone\": "
		"\"us-west-2a\"}]}");
	assert_int_equal(given_load(&given), ERR_CONFLICT);
	assert_int_equal(strncmp(given.err.file, given.dir, strlen(given.dir)), 0);
	assert_non_null(strstr(given.err.text, given.dir));
	assert_int_equal(given.err.line, 1);
}

static void
cut_compressed_documents_are_refused(void **state)
{
	(void)state;
	given_file(&given, "images.json", "\x1f\x8b\x08");
	assert_int_equal(given_load(&given), ERR_SYNTAX);
	assert_non_null(strstr(given.err.text, "ends in the middle of its compressed data"));
	assert_non_null(strstr(given.err.file, "images.json"));
}

static void
names_in_notes_are_escaped(void **state)
{
	(void)state;
	given_file(&given, "a\033[31m\nb.json", "{\"name\": 1}");
	load();
	assert_non_null(strstr(given.said, "a\\x1b[31m\\nb.json: skipped"));
}

static void
a_creator_of_another_service_tells_nothing(void **state)
{
	(void)state;
	given_file(&given, "a.json",
		"{\"LaunchTemplates\": [{\"LaunchTemplateId\": \"lt-12345678\","
		"\"CreatedBy\": \"arn:aws:ec2::111122223333:x\"}]}");
	load();
	assert_place("a.json", "", "");
}

static void
documents_of_one_item_have_the_paths_place_only(void **state)
{
	(void)state;
	given_file(
		&given, "a/grants.json", "{\"ImageId\": \"" AMI "\", \"LaunchPermissions\": []}");
	given_file(&given, "a/me.json", IDENTITY);
	given_file(&given, "111122223333/grants.json",
		"{\"LaunchPermissions\": [], \"ImageId\": \"" AMI "\"}");
	load();
	assert_place("a/grants.json", "", "");
	assert_place("111122223333/grants.json", "111122223333", "");
}

static void
copies_count_once_in_one_place(void **state)
{
	static const char *const twice[] = {"", "a"};
	uint8_t digest[DIGEST_SIZE];

	(void)state;
	given_file(&given, "a/images.json", IMAGES);
	load();
	memcpy(digest, given.inventory->digest, sizeof(digest));
	given_file(&given, "a/copy.json", IMAGES);
	load();
	assert_int_equal(given.graph->documents.count, 2);
	assert_memory_equal(digest, given.inventory->digest, sizeof(digest));
	assert_int_equal(given_load_paths(&given, twice, 2), 0);
	assert_int_equal(given.graph->documents.count, 2);
	assert_memory_equal(digest, given.inventory->digest, sizeof(digest));
}

static void
copies_in_other_places_are_documents(void **state)
{
	(void)state;
	given_file(&given, "111122223333/us-east-1/a.json", NO_FLEETS);
	given_file(&given, "111122223333/us-west-2/a.json", NO_FLEETS);
	given_file(&given, "111122223333/us-west-2/b.json", NO_FLEETS);
	load();
	assert_int_equal(given.graph->documents.count, 3);
	assert_place("111122223333/us-east-1/a.json", "111122223333", "us-east-1");
	assert_place("111122223333/us-west-2/a.json", "111122223333", "us-west-2");
}

static void
names_do_not_change_the_digest(void **state)
{
	uint8_t digest[DIGEST_SIZE];

	(void)state;
	given_file(&given, "one/a.json", IMAGES);
	given_file(&given, "one/b.json", NO_FLEETS);
	given_file(&given, "two/sub/b.json", IMAGES);
	given_file(&given, "two/a.json", NO_FLEETS);
	given_file(&given, "two/c.json", "{\"Volumes\": []}");
	assert_int_equal(load_one("one"), 0);
	memcpy(digest, given.inventory->digest, sizeof(digest));
	assert_int_equal(unlink(given_path(&given, "two/c.json")), 0);
	assert_int_equal(load_one("two"), 0);
	assert_memory_equal(digest, given.inventory->digest, sizeof(digest));
	given_file(&given, "two/a.json", "{\"Fleets\": [ ]}");
	assert_int_equal(load_one("two"), 0);
	assert_memory_not_equal(digest, given.inventory->digest, sizeof(digest));
}

/* What the digest is of, spelled out: sorted lines of hex digest, kind, account, region. */
static void
the_digest_is_of_sorted_lines(void **state)
{
	struct buf lines = {0};
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_TEXT_SIZE];

	(void)state;
	given_file(&given, "111122223333/us-east-1/a.json", NO_FLEETS);
	given_file(&given, "111122223333/us-east-1/nothing.json", "{\"Snapshots\": []}");
	load();
	digest_of(SLICE(NO_FLEETS), digest);
	digest_text(digest, hex);
	buf_format(&lines, "%s fleets 111122223333 us-east-1\n", hex + 7);
	digest_of(buf_slice(&lines), digest);
	buf_release(&lines);
	assert_memory_equal(digest, given.inventory->digest, sizeof(digest));
}

static void
large_files_are_mapped(void **state)
{
	struct buf text = {0};

	(void)state;
	buf_add_text(&text, "{\"Images\": [");
	for (int i = 0; i < 5000; i++)
		buf_format(&text,
			"%s{\"ImageId\": \"ami-%017x\", \"State\": \"available\", \"Name\": "
			"\"n%d\"}",
			i ? ", " : "", (unsigned)i, i);
	buf_add_text(&text, "]}");
	assert_true(text.len > (size_t)256 * 1024);
	given_file(&given, "a.json", text.at);
	buf_release(&text);
	load();
	assert_int_equal(given_doc(&given, "a.json")->records, 5000);
	assert_true(given_node(&given, "ami-00000000000001387") != 0);
}

static void
special_files_are_read(void **state)
{
	const char *path = given_path(&given, "pipe.json");

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	if (fork() == 0) {
		FILE *pipe = fopen(path, "w");

		if (pipe) {
			(void)fputs(IMAGES, pipe);
			(void)fclose(pipe);
		}
		_exit(0);
	}
	assert_int_equal(load_one("pipe.json"), 0);
	assert_true(wait(NULL) > 0);
	assert_int_equal(given_doc(&given, "pipe.json")->records, 1);
	/* In a directory it is no document: reading it would wait for ever. */
	given_file(&given, "fleets.json", NO_FLEETS);
	load();
	assert_int_equal(given.graph->documents.count, 2);
}

static void
standard_input_is_read_once(void **state)
{
	static const char *const twice[] = {"-", "-"};
	struct inventory_options options = {.paths = twice, .path_count = 2};
	struct inventory *inventory = NULL;
	int kept = dup(0);

	(void)state;
	assert_int_equal(inventory_load(&options, &inventory, &given.err), ERR_USAGE);
	given_file(&given, "images.json", IMAGES);
	assert_non_null(freopen(given_path(&given, "images.json"), "r", stdin));
	options.path_count = 1;
	assert_int_equal(inventory_load(&options, &inventory, &given.err), 0);
	assert_string_equal(inventory->graph->documents.items[1].path, "-");
	inventory_free(inventory);
	assert_true(dup2(kept, 0) == 0);
	(void)close(kept);
}

static void
every_source_has_its_key(void **state)
{
	size_t count;
	const struct source_row *rows = inventory_sources(&count);

	(void)state;
	assert_true(count >= 23);
	for (size_t i = 0; i < count; i++) {
		assert_true(rows[i].key[0] >= 'A' && rows[i].key[0] <= 'Z');
		assert_memory_equal(rows[i].command, "aws ", 4);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rows[i].key, rows[j].key);
	}
}

/* A line is said between the time when files are digested and the time when pins are read. */
static void
empty_pins(const char *line, void *pins)
{
	(void)line;
	given_file(&given, pins, "");
}

/* The pin edges of a load through the cache. */
static size_t
count_pinned(void (*say)(const char *line, void *to))
{
	const char *paths[] = {given_path(&given, "a")}, *pins[] = {given_path(&given, "pins.tf")};
	char changed[] = "pins.tf";
	struct inventory_options options = {.paths = paths,
		.path_count = 1,
		.pins = pins,
		.pin_count = 1,
		.cache = given_path(&given, "cache"),
		.say = say,
		.say_to = changed};
	struct inventory *inventory;
	size_t count = 0;

	assert_int_equal(inventory_load(&options, &inventory, NULL), 0);
	vec_foreach (edge, &inventory->graph->edges)
		count += edge->kind == EDGE_PINS;
	inventory_free(inventory);
	return count;
}

/* Else a file that was changed for a moment would be taken for what it is now. */
static void
a_graph_of_changed_files_is_not_kept(void **state)
{
	(void)state;
	given_file(&given, "a/images.json", IMAGES);
	given_file(&given, "a/other.json", "{\"name\": 1}");
	given_file(&given, "pins.tf", AMI);
	assert_int_equal(count_pinned(empty_pins), 0);
	given_file(&given, "pins.tf", AMI);
	assert_int_equal(count_pinned(NULL), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(directories_are_searched_for_json),
		TEST(names_mean_nothing),
		TEST(several_arguments_add_up),
		TEST(what_is_missing_or_empty_is_an_error),
		TEST(unknown_documents_are_said_or_refused),
		TEST(own_outputs_are_skipped_or_refused),
		TEST(bare_lists_say_what_to_do),
		TEST(loops_of_links_end),
		TEST(paths_tell_the_place),
		TEST(content_and_neighbours_tell_the_place),
		TEST(neighbours_that_disagree_tell_nothing),
		TEST(options_tell_what_nothing_else_does),
		TEST(conflicts_name_both_values),
		TEST(duplicates_that_disagree_name_both_files),
		TEST(cut_compressed_documents_are_refused),
		TEST(names_in_notes_are_escaped),
		TEST(a_creator_of_another_service_tells_nothing),
		TEST(documents_of_one_item_have_the_paths_place_only),
		TEST(copies_count_once_in_one_place),
		TEST(copies_in_other_places_are_documents),
		TEST(names_do_not_change_the_digest),
		TEST(the_digest_is_of_sorted_lines),
		TEST(large_files_are_mapped),
		TEST(special_files_are_read),
		TEST(standard_input_is_read_once),
		TEST(every_source_has_its_key),
		TEST(a_graph_of_changed_files_is_not_kept),
	};

	return cmocka_run_group_tests_name("inventory load", tests, NULL, NULL);
}
