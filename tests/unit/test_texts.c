/*
 * Tests of texts: byte order, each once, empty lists.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "texts.h"

static void
texts_are_sorted_by_bytes(void **state)
{
	const char *texts[] = {"b", "a", "B", "", "aa", "\xc3\xa4"};
	const char *expected[] = {"", "B", "a", "aa", "b", "\xc3\xa4"};

	(void)state;
	texts_sort(texts, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(texts[i], expected[i]);
}

static void
each_is_left_once(void **state)
{
	const char *texts[] = {"b", "a", "b", "a", "b"};
	const char *found = "b";

	(void)state;
	assert_int_equal(texts_sort_once(texts, 5), 2);
	assert_string_equal(texts[0], "a");
	assert_string_equal(texts[1], "b");
	assert_ptr_equal(bsearch(&found, texts, 2, sizeof(*texts), texts_compare), &texts[1]);
}

static void
there_may_be_none(void **state)
{
	(void)state;
	texts_sort(NULL, 0);
	assert_int_equal(texts_sort_once(NULL, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_sorted_by_bytes),
		cmocka_unit_test(each_is_left_once),
		cmocka_unit_test(there_may_be_none),
	};

	return cmocka_run_group_tests_name("texts", tests, NULL, NULL);
}
