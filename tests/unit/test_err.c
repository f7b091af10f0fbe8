/*
 * Tests of err: texts made safe, places, exit statuses.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "err.h"

static void
texts_become_one_printable_line(void **state)
{
	static const struct {
		const char *given;
		const char *shown;
	} cases[] = {
		{"plain", "plain"},
		{"", ""},
		{"two\nlines\r\tand a tab", "two\\nlines\\r\\tand a tab"},
		{"\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m"},
		{"\x7f", "\\x7f"},
		{"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
			"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
		{"C1: \xc2\x9b", "C1: \\u009b"},
		{"bidi: \xe2\x80\xae", "bidi: \\u202e"},
		{"marks: \xe2\x80\x8e\xe2\x80\x8f\xd8\x9c\xe2\x80\xa8\xe2\x81\xa9",
			"marks: \\u200e\\u200f\\u061c\\u2028\\u2069"},
		{"cut: \xe2\x82", "cut: \\xe2\\x82"},
		{"latin: \xe9", "latin: \\xe9"},
		{"overlong: \xc0\x80", "overlong: \\xc0\\x80"},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(err_set(&err, ERR_VALUE, "%s", cases[i].given), ERR_VALUE);
		assert_string_equal(err.text, cases[i].shown);
		assert_int_equal(err.code, ERR_VALUE);
		assert_int_equal(err.line, 0);
		assert_string_equal(err.file, "");
	}
}

static void
long_texts_are_cut_between_characters(void **state)
{
	char given[3 * LIMIT_ERR_TEXT];
	struct err err;

	(void)state;
	for (size_t shift = 0; shift < 8; shift++) {
		memset(given, 'x', shift);
		for (size_t i = shift; i + 4 < sizeof(given); i += 3)
			memcpy(given + i, "\xe2\x82\xac", 4);
		err_set(&err, ERR_IO, "%s", given);
		assert_true(strlen(err.text) < sizeof(err.text));
		assert_true(strlen(err.text) >= sizeof(err.text) - 8);
		assert_string_equal(err.text + strlen(err.text) - 3, "...");
		assert_int_equal((strlen(err.text) - 3 - shift) % 3, 0);
	}
	memset(given, 'x', LIMIT_ERR_TEXT - 1);
	given[LIMIT_ERR_TEXT - 1] = '\0';
	err_set(&err, ERR_IO, "%s", given);
	assert_string_equal(err.text, given);
}

static void
places_are_kept_and_paths_cut_on_the_left(void **state)
{
	char path[600];
	struct err err;

	(void)state;
	assert_int_equal(err_set_at(&err, ERR_SYNTAX, "a/b.json", 3, 14, "bad %d", 7), ERR_SYNTAX);
	assert_string_equal(err.text, "bad 7");
	assert_string_equal(err.file, "a/b.json");
	assert_int_equal(err.line, 3);
	assert_int_equal(err.column, 14);

	memset(path, 'd', sizeof(path));
	memcpy(path + sizeof(path) - 11, "/last.json", 11);
	err_set_at(&err, ERR_SYNTAX, path, 1, 1, "bad");
	assert_int_equal(strlen(err.file), sizeof(err.file) - 1);
	assert_memory_equal(err.file, "...ddd", 6);
	assert_string_equal(err.file + strlen(err.file) - 10, "/last.json");

	/* Hostile names are shown, and cut between what is shown. */
	err_set_at(&err, ERR_SYNTAX, "a\n\033[31mb.json", 1, 1, "bad");
	assert_string_equal(err.file, "a\\n\\x1b[31mb.json");
	for (size_t shift = 0; shift < 4; shift++) {
		memset(path, '\033', sizeof(path));
		memset(path, 'x', sizeof(path) - 1 - shift);
		memset(path + 300, '\033', 200);
		path[sizeof(path) - 1] = '\0';
		err_set_at(&err, ERR_SYNTAX, path, 1, 1, "bad");
		assert_true(strlen(err.file) > sizeof(err.file) - 5);
		assert_memory_equal(err.file, "...\\x1b", 7);
	}

	assert_int_equal(err_set_at(NULL, ERR_IO, NULL, 0, 0, "ignored"), ERR_IO);
	assert_int_equal(err_set(NULL, ERR_CAP, "ignored"), ERR_CAP);
	err_set_at(&err, ERR_IO, NULL, 0, 0, "no file");
	assert_string_equal(err.file, "");
}

static void
codes_have_exit_statuses(void **state)
{
	(void)state;
	assert_int_equal(err_exit_status(ERR_OK), 0);
	assert_int_equal(err_exit_status(ERR_IO), 1);
	assert_int_equal(err_exit_status(ERR_SYNTAX), 1);
	assert_int_equal(err_exit_status(ERR_UNCHECKED), 2);
	assert_int_equal(err_exit_status(ERR_USAGE), 64);
	assert_int_equal(err_exit_status(-9999), 1);
	assert_int_equal(ERR_IO, -1);
}

/* A sanitizer would rather abort than return NULL: this makes it behave like the real malloc. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *
__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* Every way to run out of memory ends the process with status 70. */
static void
out_of_memory_exits_70(void **state)
{
	(void)state;
	for (int way = 0; way < 2; way++) {
		int status = 0;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			if (freopen("/dev/null", "w", stderr) == NULL)
				_exit(1);
			if (way == 0)
				die_oom();
			free(xreallocarray(NULL, SIZE_MAX / 2, 4));
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 70);
	}
}

static void
copies_are_terminated(void **state)
{
	char *copy = xstrndup("abcdef", 3);

	(void)state;
	assert_string_equal(copy, "abc");
	free(copy);
	free(xmalloc(0));
	free(xcalloc(0, 8));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_one_printable_line),
		cmocka_unit_test(long_texts_are_cut_between_characters),
		cmocka_unit_test(places_are_kept_and_paths_cut_on_the_left),
		cmocka_unit_test(codes_have_exit_statuses),
		cmocka_unit_test(out_of_memory_exits_70),
		cmocka_unit_test(copies_are_terminated),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
