/*
 * Tests of reread: definitions are the same whether their elements come by a descriptor or by the
 * mapping. It must not know: how a plan prints them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "given.h"
#include "reread.h"

enum { AMIS = 40, MAPPED_FROM = 256 << 10 };

static struct given given;
static struct buf wanted[AMIS];

static const char *
ami(int i)
{
	return arena_format(&given.paths, "ami-%017x", (unsigned)i);
}

/* Descriptions of up to 40 KB, so that elements are longer than any first read, and the document
 * is mapped. */
static void
make_document(struct buf *text)
{
	buf_add_text(text, "{\"Images\": [");
	for (int i = 0; i < AMIS; i++) {
		buf_format(text,
			"%s\n  {\"ImageId\": \"%s\", \"Name\": \"n%d\", \"Description\": \"",
			i ? "," : "", ami(i), i);
		buf_format(&wanted[i], "{\"Name\":\"n%d\",\"Description\":\"", i);
		for (int k = 0; k < i * 1000; k += 10) {
			buf_add_text(text, "0123\\\"6789");
			buf_add_text(&wanted[i], "0123\\\"6789");
		}
		buf_add_text(text, "\", \"State\": \"available\", \"EnaSupport\" : true }");
		buf_add_text(&wanted[i], "\",\"EnaSupport\":true,\"LaunchPermissions\":null}");
	}
	buf_add_text(text, "\n]}\n");
}

static int
setup(void **state)
{
	struct buf text = {0};

	(void)state;
	given_begin(&given);
	make_document(&text);
	given_file(&given, "images.json", text.at);
	assert_true(text.len > MAPPED_FROM);
	buf_release(&text);
	assert_int_equal(given_load(&given), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	given_end(&given);
	for (int i = 0; i < AMIS; i++)
		buf_release(&wanted[i]);
	return 0;
}

static void
assert_definitions(void)
{
	for (int i = 0; i < AMIS; i++) {
		struct buf out = {0};

		inventory_definition(given.inventory, given_node(&given, ami(i)), &out);
		assert_string_equal(out.at, wanted[i].at);
		buf_release(&out);
	}
}

static size_t
bytes_by_descriptor(void)
{
	char bytes[12];
	size_t got = reread_bytes(given.inventory->reread, 1, 0, bytes, sizeof(bytes));

	if (got)
		assert_memory_equal(bytes, "{\"Images\": [", got);
	return got;
}

static void
elements_come_by_a_descriptor(void **state)
{
	(void)state;
	assert_int_equal(bytes_by_descriptor(), 12);
	assert_definitions();
}

/* What the plan was made from is what it shows, whatever stands there by now. */
static void
another_file_of_that_name_is_not_read(void **state)
{
	const char *path = given_path(&given, "images.json");

	(void)state;
	given_file(&given, "new.json", "{\"Images\": []}");
	assert_int_equal(rename(given_path(&given, "new.json"), path), 0);
	assert_int_equal(bytes_by_descriptor(), 0);
	assert_definitions();
}

static void
a_file_that_is_gone_is_mapped_still(void **state)
{
	(void)state;
	assert_int_equal(unlink(given_path(&given, "images.json")), 0);
	assert_int_equal(bytes_by_descriptor(), 0);
	assert_definitions();
}

/* Three descriptors are nobody's to spare: a quarter of them is none. */
static void
few_descriptors_are_left_alone(void **state)
{
	struct rlimit before, few;
	struct reread *own = given.inventory->reread;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	given.inventory->reread = reread_new(given.inventory);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(bytes_by_descriptor(), 0);
	assert_definitions();
	reread_free(given.inventory->reread);
	given.inventory->reread = own;
}

static void
only_a_files_own_bytes_are_read_again(void **state)
{
	const char *path = given_path(&given, "images.json");
	struct file_bytes bytes;
	int fd;

	(void)state;
	assert_int_equal(file_load(path, &bytes, &given.err), 0);
	fd = file_open_again(path, &bytes);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	bytes.unpacked = true;
	assert_int_equal(file_open_again(path, &bytes), -1);
	bytes.unpacked = false;
	bytes.modified.tv_nsec ^= 1;
	assert_int_equal(file_open_again(path, &bytes), -1);
	file_release(&bytes);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(elements_come_by_a_descriptor),
		TEST(another_file_of_that_name_is_not_read),
		TEST(a_file_that_is_gone_is_mapped_still),
		TEST(few_descriptors_are_left_alone),
		TEST(only_a_files_own_bytes_are_read_again),
	};

	return cmocka_run_group_tests_name("elements read again", tests, NULL, NULL);
}
