/*
 * Tests of a place's directory: whole or not at all, and nothing left behind.
 * It must not know: what a collection writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "directory.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACCOUNT "111122223333"
#define REGION "us-east-1"
#define PLACE "out/" ACCOUNT "/" REGION
#define MARK "collection.json"

/* What fsync was asked for, in order; the call of that number fails. */
static ino_t synced[16];
static size_t sync_count, sync_fails_at;

static int
begin(void **state)
{
	char *path = xstrndup("/tmp/amiplan-directory-XXXXXX", 29);

	*state = path;
	sync_count = sync_fails_at = 0;
	return mkdtemp(path) && chdir(path) == 0 ? 0 : -1;
}

static int
end(void **state)
{
	directory_remove_tree(*state);
	free(*state);
	return chdir("/");
}

static void
put(const struct directory *directory, const char *name, const char *text)
{
	struct err err = {0};
	FILE *file = NULL;

	assert_int_equal(directory_create(directory, name, &file, &err), 0);
	fputs(text, file);
	assert_int_equal(directory_close(directory, name, file, &err), 0);
}

static void
put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void
assert_file(const char *path, const char *expected)
{
	char text[64] = "";
	FILE *file = fopen(path, "re");

	if (!expected) {
		assert_null(file);
		return;
	}
	assert_non_null(file);
	(void)!fread(text, 1, sizeof(text) - 1, file);
	assert_string_equal(text, expected);
	fclose(file);
}

static int
count_hidden(void)
{
	DIR *stream = opendir("out/" ACCOUNT);
	const struct dirent *entry;
	int count = 0;

	if (!stream)
		return 0;
	while ((entry = readdir(stream)) != NULL)
		count += entry->d_name[0] == '.' && entry->d_name[1] && entry->d_name[1] != '.';
	closedir(stream);
	return count;
}

static void
open_place(struct directory *directory)
{
	struct err err = {0};

	if (directory_open(directory, "out", ACCOUNT, REGION, MARK, false, &err) != 0)
		fail_msg("%s: %s", err.file, err.text);
}

static void
it_appears_whole(void **state)
{
	struct directory directory;

	(void)state;
	open_place(&directory);
	put(&directory, MARK, "1");
	put(&directory, "sub/a.json", "a");
	assert_int_not_equal(access(PLACE, F_OK), 0);
	assert_int_equal(directory_commit(&directory, NULL), 0);
	assert_file(PLACE "/" MARK, "1");
	assert_file(PLACE "/sub/a.json", "a");
	assert_int_equal(count_hidden(), 0);
}

/* --- what is on the disk --------------------------------------------------------------------- */

int
fsync(int fd)
{
	struct stat status;

	assert_int_equal(fstat(fd, &status), 0);
	assert_true(sync_count < sizeof(synced) / sizeof(synced[0]));
	synced[sync_count++] = status.st_ino;
	if (sync_count == sync_fails_at) {
		errno = EIO;
		return -1;
	}
	return 0;
}

/* Everybody's files would be waited for. */
int
syncfs(int fd)
{
	(void)fd;
	fail_msg("syncfs was called");
	return -1;
}

/* The position among what was synced, from 1. */
static size_t
synced_as(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	for (size_t i = 0; i < sync_count; i++)
		if (synced[i] == status.st_ino)
			return i + 1;
	return 0;
}

static void
what_was_written_is_synced_before_it_is_put_in_place(void **state)
{
	struct directory directory;

	(void)state;
	put_file("mine.txt", "somebody else's");
	open_place(&directory);
	put(&directory, MARK, "1");
	put(&directory, "sub/a.json", "a");
	assert_int_equal(directory_sync(&directory, NULL), 0);
	assert_int_equal(sync_count, 4);
	assert_int_not_equal(access(PLACE, F_OK), 0);
	assert_int_equal(directory_commit(&directory, NULL), 0);
	assert_int_equal(sync_count, 5);
	assert_true(synced_as(PLACE "/" MARK) && synced_as(PLACE "/sub/a.json"));
	assert_true(synced_as(PLACE "/sub") > synced_as(PLACE "/sub/a.json"));
	assert_true(synced_as(PLACE) == 4 && synced_as("out/" ACCOUNT) == 5);
}

static void
what_cannot_be_synced_is_an_error(void **state)
{
	(void)state;
	for (size_t i = 1; i <= 4; i++) {
		struct directory directory;
		struct err err = {0};

		open_place(&directory);
		put(&directory, MARK, "1");
		put(&directory, "sub/a.json", "a");
		sync_count = 0;
		sync_fails_at = i;
		assert_int_equal(directory_sync(&directory, &err), ERR_IO);
		assert_non_null(strstr(err.text, "cannot be written: Input/output error"));
		assert_int_equal(sync_count, i);
		directory_abandon(&directory);
		assert_int_not_equal(access(PLACE, F_OK), 0);
	}
}

static void
it_replaces_what_was_there_whole(void **state)
{
	struct directory directory;

	it_appears_whole(state);
	open_place(&directory);
	put(&directory, MARK, "2");
	assert_file(PLACE "/" MARK, "1");
	assert_int_equal(directory_commit(&directory, NULL), 0);
	assert_file(PLACE "/" MARK, "2");
	assert_file(PLACE "/sub/a.json", NULL);
	assert_int_equal(count_hidden(), 0);
}

static void
giving_up_changes_nothing(void **state)
{
	struct directory directory;

	(void)state;
	open_place(&directory);
	put(&directory, "sub/a.json", "a");
	directory_abandon(&directory);
	directory_abandon(&directory);
	assert_int_not_equal(access("out/" ACCOUNT, F_OK), 0);
	it_appears_whole(state);
	open_place(&directory);
	put(&directory, MARK, "2");
	directory_abandon(&directory);
	assert_file(PLACE "/" MARK, "1");
	assert_int_equal(count_hidden(), 0);
}

/* A process that dies in the middle, as by kill -9. */
static void
die_in_the_middle(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct directory directory;

		open_place(&directory);
		put(&directory, "half.json", "half");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
leftovers_are_removed_by_the_next(void **state)
{
	struct directory directory;

	die_in_the_middle();
	assert_int_equal(count_hidden(), 1);
	it_appears_whole(state);
	/* Killed between the two renames of a file system that cannot exchange. */
	assert_int_equal(rename(PLACE, "out/" ACCOUNT "/." REGION ".old-7.0"), 0);
	open_place(&directory);
	assert_file(PLACE "/" MARK, "1");
	directory_abandon(&directory);
	assert_int_equal(count_hidden(), 0);
}

static void
two_at_a_time_are_refused(void **state)
{
	struct directory first, second;
	struct err err = {0};

	(void)state;
	open_place(&first);
	assert_int_equal(
		directory_open(&second, "out", ACCOUNT, REGION, MARK, false, &err), ERR_IO);
	assert_non_null(strstr(err.text, "another"));
	put(&first, MARK, "1");
	assert_int_equal(directory_commit(&first, NULL), 0);
	assert_file(PLACE "/" MARK, "1");
	/* Another region is another place. */
	open_place(&first);
	assert_int_equal(
		directory_open(&second, "out", ACCOUNT, "eu-west-1", MARK, false, &err), 0);
	directory_abandon(&second);
	directory_abandon(&first);
}

static void
files_of_somebody_else_are_kept(void **state)
{
	struct directory directory;
	struct err err = {0};

	(void)state;
	assert_int_equal(mkdir("out", 0777), 0);
	assert_int_equal(mkdir("out/" ACCOUNT, 0777), 0);
	assert_int_equal(mkdir(PLACE, 0777), 0);
	open_place(&directory); /* an empty one is nobody's */
	directory_abandon(&directory);
	assert_int_equal(access(PLACE, F_OK), 0);
	put_file(PLACE "/images.json", "mine");
	assert_int_equal(
		directory_open(&directory, "out", ACCOUNT, REGION, MARK, false, &err), ERR_IO);
	assert_non_null(strstr(err.text, "--force"));
	assert_file(PLACE "/images.json", "mine");
	assert_int_equal(directory_open(&directory, "out", ACCOUNT, REGION, MARK, true, &err), 0);
	put(&directory, MARK, "1");
	assert_int_equal(directory_commit(&directory, &err), 0);
	assert_file(PLACE "/images.json", NULL);
}

static void
what_is_no_directory_is_an_error(void **state)
{
	struct directory directory;
	struct err err = {0};

	(void)state;
	put_file("file", "x");
	assert_int_equal(
		directory_open(&directory, "file", ACCOUNT, REGION, MARK, true, &err), ERR_IO);
	assert_int_equal(mkdir("out", 0777), 0);
	assert_int_equal(mkdir("out/" ACCOUNT, 0777), 0);
	put_file(PLACE, "x");
	assert_int_equal(
		directory_open(&directory, "out", ACCOUNT, REGION, MARK, true, &err), ERR_IO);
	assert_file(PLACE, "x");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(it_appears_whole),
		TEST(what_was_written_is_synced_before_it_is_put_in_place),
		TEST(what_cannot_be_synced_is_an_error),
		TEST(it_replaces_what_was_there_whole),
		TEST(giving_up_changes_nothing),
		TEST(leftovers_are_removed_by_the_next),
		TEST(two_at_a_time_are_refused),
		TEST(files_of_somebody_else_are_kept),
		TEST(what_is_no_directory_is_an_error),
	};

	return cmocka_run_group_tests_name("directory", tests, NULL, NULL);
}
