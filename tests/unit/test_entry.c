/*
 * Tests of cache files: what was put comes back, and nothing else is ever believed.
 * It must not know: what is kept in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry.h"
#include "err.h"

#define NAME "an.entry"

/* More than an entry holds in memory at a time. */
enum { LARGE = 600001 };

static const uint8_t program[DIGEST_SIZE] = {1, 2, 3};
static char path[] = "/tmp/amiplan-entry-XXXXXX";
static int dir;

static int
setup(void **state)
{
	(void)state;
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY);
	return dir < 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlinkat(dir, NAME, 0);
	(void)unlinkat(dir, "elsewhere", 0);
	close(dir);
	assert_int_equal(rmdir(path), 0); /* nothing else was left behind */
	return 0;
}

static char *
make_bytes(size_t len)
{
	char *bytes = xmalloc(len);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 31 + (i >> 8));
	return bytes;
}

static void
keep(const char *bytes, size_t len)
{
	struct entry_writer *writer = entry_create(dir, NAME, program);

	assert_non_null(writer);
	assert_true(entry_put(writer, bytes, len / 3));
	assert_true(entry_put(writer, bytes + len / 3, len - len / 3));
	assert_true(entry_keep_take(writer));
}

/* True if the entry is whole, and says what was put. */
static bool
is_believed(const char *bytes, size_t len)
{
	struct entry_reader *reader;
	char *found;
	bool same;

	if (entry_open(dir, NAME, program, &reader) != ENTRY_FOUND)
		return false;
	found = xmalloc(len);
	same = entry_take(reader, found, len) && memcmp(found, bytes, len) == 0;
	same = entry_end_take(reader) && same;
	free(found);
	return same;
}

static void
what_was_put_comes_back(void **state)
{
	char *bytes = make_bytes(LARGE);

	(void)state;
	keep(bytes, LARGE);
	assert_true(is_believed(bytes, LARGE));
	assert_false(is_believed(bytes, LARGE - 1)); /* not all was asked for */
	free(bytes);
}

static char *
read_file(size_t *size)
{
	struct stat status;
	int fd = openat(dir, NAME, O_RDONLY);
	char *bytes;

	assert_int_equal(fstat(fd, &status), 0);
	*size = (size_t)status.st_size;
	bytes = xmalloc(*size);
	assert_int_equal(read(fd, bytes, *size), *size);
	close(fd);
	return bytes;
}

static void
write_file(const char *bytes, size_t size)
{
	int fd = openat(dir, NAME, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static void
every_flipped_byte_is_noticed(void **state)
{
	enum { LEN = 500 };
	char *bytes = make_bytes(LEN);
	char *file;
	size_t size;

	(void)state;
	keep(bytes, LEN);
	file = read_file(&size);
	assert_true(size > LEN);
	for (size_t i = 0; i < size; i++) {
		file[i] ^= 0x10;
		write_file(file, size);
		assert_false(is_believed(bytes, LEN));
		file[i] ^= 0x10;
	}
	write_file(file, size);
	assert_true(is_believed(bytes, LEN));
	free(file);
	free(bytes);
}

static void
every_cut_is_noticed(void **state)
{
	enum { LEN = 500 };
	char *bytes = make_bytes(LEN);
	char *file;
	size_t size;

	(void)state;
	keep(bytes, LEN);
	file = read_file(&size);
	for (size_t len = 0; len < size; len++) {
		write_file(file, len);
		assert_false(is_believed(bytes, LEN));
	}
	file = xreallocarray(file, size + 1, 1);
	file[size] = 0;
	write_file(file, size + 1);
	assert_false(is_believed(bytes, LEN));
	free(file);
	free(bytes);
}

static enum entry_fault
look(const uint8_t by[DIGEST_SIZE])
{
	struct entry_reader *reader;
	enum entry_fault fault = entry_open(dir, NAME, by, &reader);

	if (fault == ENTRY_FOUND)
		(void)entry_end_take(reader);
	return fault;
}

static void
what_is_not_ours_is_told_apart(void **state)
{
	static const uint8_t other[DIGEST_SIZE] = {1, 2, 4};

	(void)state;
	assert_int_equal(look(program), ENTRY_ABSENT);
	keep("abc", 3);
	assert_int_equal(look(program), ENTRY_FOUND);
	assert_int_equal(look(other), ENTRY_OTHER);
	assert_int_equal(fchmodat(dir, NAME, 0620, 0), 0);
	assert_int_equal(look(program), ENTRY_FOREIGN);
	assert_int_equal(fchmodat(dir, NAME, 0600, 0), 0);
	assert_int_equal(renameat(dir, NAME, dir, "elsewhere"), 0);
	assert_int_equal(symlinkat("elsewhere", dir, NAME), 0);
	assert_int_equal(look(program), ENTRY_FOREIGN);
	assert_int_equal(unlinkat(dir, NAME, 0), 0);
	assert_int_equal(mkfifoat(dir, NAME, 0600), 0);
	assert_int_equal(look(program), ENTRY_FOREIGN);
}

static void
a_dropped_one_leaves_nothing(void **state)
{
	struct entry_writer *writer = entry_create(dir, NAME, program);

	(void)state;
	assert_true(entry_put(writer, "abc", 3));
	entry_drop_take(writer);
	assert_int_equal(look(program), ENTRY_ABSENT);
}

static void
the_later_one_stays(void **state)
{
	struct entry_writer *first = entry_create(dir, NAME, program);
	struct entry_writer *second = entry_create(dir, NAME, program);

	(void)state;
	assert_true(entry_put(first, "abc", 3));
	assert_true(entry_put(second, "def", 3));
	assert_true(entry_keep_take(second));
	assert_true(is_believed("def", 3));
	assert_true(entry_keep_take(first));
	assert_true(is_believed("abc", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_put_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(every_flipped_byte_is_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(every_cut_is_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_ours_is_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dropped_one_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(the_later_one_stays, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
