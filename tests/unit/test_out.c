/*
 * Tests of out: a file whole or not at all, and never a temporary file left.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "out.h"

/* A fresh directory a test, the present one while it runs. */
static int
enter_directory(void **state)
{
	char *path = xstrndup("/tmp/amiplan-out-XXXXXX", 23);

	*state = path;
	umask(022);
	return mkdtemp(path) && chdir(path) == 0 && chmod(path, 0755) == 0 ? 0 : -1;
}

static int
leave_directory(void **state)
{
	DIR *directory = opendir(*state);
	struct dirent *entry;

	chmod(*state, 0755);
	while (directory && (entry = readdir(directory)) != NULL)
		if (unlinkat(dirfd(directory), entry->d_name, 0) < 0)
			unlinkat(dirfd(directory), entry->d_name, AT_REMOVEDIR);
	if (directory)
		closedir(directory);
	rmdir(*state);
	free(*state);
	return chdir("/");
}

static int
count_entries(void)
{
	DIR *directory = opendir(".");
	struct dirent *entry;
	int count = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL)
		count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	closedir(directory);
	return count;
}

static void
put(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void
assert_file(const char *path, const char *wanted)
{
	char text[256] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(text, wanted);
}

static mode_t
mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void
write_result(const char *path, const char *text)
{
	struct out out;
	struct err err = {0};

	if (out_open(&out, path, &err) != 0)
		fail_msg("%s: %s", err.file, err.text);
	fputs(text, out.file);
	assert_int_equal(out_commit(&out, &err), 0);
	assert_null(out.file);
	out_abandon(&out); /* does nothing */
}

static void
a_new_file_appears_whole(void **state)
{
	struct out out;
	struct err err = {0};

	(void)state;
	assert_int_equal(out_open(&out, "new.json", &err), 0);
	fputs("{}\n", out.file);
	fflush(out.file);
	assert_int_equal(access("new.json", F_OK), -1); /* not yet */
	assert_int_equal(out_commit(&out, &err), 0);
	assert_file("new.json", "{}\n");
	assert_int_equal(mode_of("new.json"), 0644);
	assert_int_equal(count_entries(), 1);
}

static void
an_old_file_is_replaced_with_its_mode(void **state)
{
	(void)state;
	put("old.json", "old old old", 0640);
	write_result("old.json", "new");
	assert_file("old.json", "new");
	assert_int_equal(mode_of("old.json"), 0640);
	write_result("./old.json", "newer");
	assert_file("old.json", "newer");
	assert_int_equal(count_entries(), 1);
}

static void
giving_up_leaves_the_old_file(void **state)
{
	struct out out;
	struct err err = {0};

	(void)state;
	put("old.json", "old", 0600);
	assert_int_equal(out_open(&out, "old.json", &err), 0);
	fputs("half", out.file);
	out_abandon(&out);
	out_abandon(&out);
	assert_file("old.json", "old");
	assert_int_equal(out_open(&out, "never.json", &err), 0);
	out_abandon(&out);
	assert_int_equal(count_entries(), 1);
}

static void
links_are_followed(void **state)
{
	struct stat status;
	char absolute[300];

	put("real.json", "old", 0644);
	assert_int_equal(mkdir("deep", 0755), 0);
	assert_int_equal(symlink("../real.json", "deep/link"), 0);
	assert_int_equal(symlink("deep/link", "twice"), 0);
	assert_int_equal(symlink("absent.json", "dangling"), 0);
	snprintf(absolute, sizeof(absolute), "%s/real.json", (const char *)*state);
	assert_int_equal(symlink(absolute, "absolute"), 0);
	write_result("deep/link", "one");
	assert_file("real.json", "one");
	write_result("twice", "two");
	assert_file("real.json", "two");
	write_result("absolute", "three");
	assert_file("real.json", "three");
	write_result("dangling", "four");
	assert_file("absent.json", "four");
	assert_int_equal(lstat("twice", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(lstat("dangling", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(unlink("deep/link"), 0);
}

static void
expect_refusal(const char *path, const char *reason)
{
	struct out out;
	struct err err = {0};

	assert_int_equal(out_open(&out, path, &err), ERR_IO);
	assert_null(out.file);
	if (!strstr(err.text, reason))
		fail_msg("%s: %s", path, err.text);
}

static void
what_cannot_be_written_is_refused(void **state)
{
	struct out out;
	struct err err = {0};

	(void)state;
	assert_int_equal(mkdir("directory", 0755), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	expect_refusal("directory", "Is a directory");
	expect_refusal("directory/", "Is a directory");
	expect_refusal("absent/", "Is a directory");
	expect_refusal("absent/file.json", "No such file or directory");
	expect_refusal("loop", "symbolic links");
	expect_refusal("", "empty");
	put("file", "", 0644);
	expect_refusal("file/below", "Not a directory");
	assert_int_equal(out_open(&out, "absent/file.json", &err), ERR_IO);
	assert_string_equal(err.file, "absent/file.json");
	assert_string_equal(err.text, "cannot be written: No such file or directory");
	assert_int_equal(count_entries(), 3);
}

static void
a_read_only_directory_is_refused(void **state)
{
	bool root = geteuid() == 0;

	(void)state;
	put("old.json", "old", 0666);
	assert_int_equal(chmod(".", 0555), 0);
	/* Root may write anywhere: be nobody for a moment. */
	assert_true(!root || seteuid(65534) == 0);
	expect_refusal("new.json", "Permission denied");
	expect_refusal("old.json", "Permission denied");
	assert_true(!root || seteuid(0) == 0);
	assert_int_equal(chmod(".", 0755), 0);
	assert_file("old.json", "old");
	assert_int_equal(count_entries(), 1);
}

static void
devices_and_pipes_are_written_directly(void **state)
{
	struct out out;
	struct err err = {0};
	int fd;
	char got[8] = "";

	(void)state;
	write_result("/dev/null", "away");
	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	write_result("pipe", "through");
	assert_int_equal(read(fd, got, sizeof(got)), 7);
	assert_string_equal(got, "through");
	close(fd);

	assert_int_equal(out_open(&out, "/dev/full", &err), 0);
	fputs("does not fit", out.file);
	assert_int_equal(out_commit(&out, &err), ERR_IO);
	assert_string_equal(err.file, "/dev/full");
	assert_string_equal(err.text, "cannot be written: No space left on device");
	assert_int_equal(count_entries(), 1);
}

/* The disk's end is met in the middle, while the stream writes by itself. */
static void
an_early_failure_is_not_forgotten(void **state)
{
	struct out out;
	struct err err = {0};

	(void)state;
	assert_int_equal(out_open(&out, "/dev/full", &err), 0);
	for (int i = 0; i < 100000; i++)
		fputs("0123456789", out.file);
	assert_int_equal(out_commit(&out, &err), ERR_IO);
}

static void
standard_output_is_checked(void **state)
{
	struct out out;
	struct err err = {0};
	int saved = dup(STDOUT_FILENO);
	int full = open("/dev/full", O_WRONLY);
	int code;

	(void)state;
	assert_true(saved >= 0 && full >= 0);
	fflush(stdout);
	dup2(full, STDOUT_FILENO);
	code = out_open(&out, "-", &err);
	if (!code) {
		fputs("lost", stdout);
		code = out_commit(&out, &err);
	}
	dup2(saved, STDOUT_FILENO);
	__fpurge(stdout);
	clearerr(stdout);
	close(saved);
	close(full);
	assert_int_equal(code, ERR_IO);
	assert_string_equal(err.text, "standard output cannot be written: No space left on device");
	assert_string_equal(err.file, "");
	assert_int_equal(out_open(&out, NULL, &err), 0);
	assert_ptr_equal(out.file, stdout);
	assert_int_equal(out_commit(&out, &err), 0);
}

static void
a_kill_leaves_nothing(void **state)
{
	struct out out;
	struct err err = {0};
	pid_t child;

	(void)state;
	assert_int_equal(out_open(&out, "probe", &err), 0);
	if (!out.unnamed) {
		out_abandon(&out);
		skip(); /* this file system has no files without a name */
	}
	out_abandon(&out);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (out_open(&out, "killed.json", &err) == 0) {
			fputs("half", out.file);
			fflush(out.file);
		}
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(count_entries(), 0);
}

#define out_test(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		out_test(a_new_file_appears_whole),
		out_test(an_old_file_is_replaced_with_its_mode),
		out_test(giving_up_leaves_the_old_file),
		out_test(links_are_followed),
		out_test(what_cannot_be_written_is_refused),
		out_test(a_read_only_directory_is_refused),
		out_test(devices_and_pipes_are_written_directly),
		out_test(an_early_failure_is_not_forgotten),
		out_test(standard_output_is_checked),
		out_test(a_kill_leaves_nothing),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
