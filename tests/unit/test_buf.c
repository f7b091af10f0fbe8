/*
 * Tests of buf: what is added is there, terminated, whatever its length.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "err.h"

static void
every_way_to_add(void **state)
{
	struct buf buf = {0};

	(void)state;
	assert_int_equal(buf_slice(&buf).len, 0);
	assert_non_null(buf_slice(&buf).at);
	buf_add(&buf, "ab\0c", 4);
	buf_add_text(&buf, "text");
	buf_add_slice(&buf, SLICE("slice"));
	buf_add_slice(&buf, SLICE_NONE);
	buf_add_char(&buf, '!');
	buf_format(&buf, "%d-%s", 17, "x");
	assert_int_equal(buf.len, 18);
	assert_memory_equal(buf.at, "ab\0ctextslice!17-x", 19);
	buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf.at, "");
	buf_release(&buf);
	assert_null(buf.at);
	buf_clear(&buf);
	assert_null(buf.at);
}

static void
it_grows(void **state)
{
	struct buf buf = {0};

	(void)state;
	for (unsigned i = 0; i < 50000; i++) {
		buf_format(&buf, "%05u", i);
		assert_int_equal(buf.at[buf.len], '\0');
	}
	assert_int_equal(buf.len, 250000);
	for (unsigned i = 0; i < 50000; i += 777) {
		char wanted[16];

		snprintf(wanted, sizeof(wanted), "%05u", i);
		assert_memory_equal(buf.at + (size_t)i * 5, wanted, 5);
	}
	buf_format(&buf, "%*d", 100000, 1);
	assert_int_equal(buf.len, 350000);
	assert_int_equal(buf.at[349999], '1');
	buf_release(&buf);
}

static void
slices_compare_as_bytes(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		int order;
	} cases[] = {
		{"", "", 0},
		{"", "a", -1},
		{"a", "", 1},
		{"ab", "abc", -1},
		{"b", "abc", 1},
		{"a\xff", "ab", 1},
		{"same", "same", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int order = slice_compare(slice_of(cases[i].a), slice_of(cases[i].b));

		assert_int_equal((order > 0) - (order < 0), cases[i].order);
		assert_int_equal(slice_equal(slice_of(cases[i].a), slice_of(cases[i].b)),
			cases[i].order == 0);
	}
	assert_true(slice_is(SLICE("ami"), "ami"));
	assert_false(slice_is(SLICE("ami-"), "ami"));
	assert_true(slice_starts(SLICE("ami-1"), "ami-"));
	assert_false(slice_starts(SLICE("ami"), "ami-"));
	assert_null(slice_of(NULL).at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_add),
		cmocka_unit_test(it_grows),
		cmocka_unit_test(slices_compare_as_bytes),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
