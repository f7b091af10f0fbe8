/*
 * Tests of strpool: equal text has one number, every number gives its text back.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "err.h"
#include "strpool.h"

enum { MANY = 200000 };

static void
the_first_numbers_are_fixed(void **state)
{
	struct strpool pool;

	(void)state;
	strpool_init(&pool);
	assert_int_equal(strpool_add(&pool, SLICE_NONE), 0);
	assert_int_equal(strpool_find(&pool, SLICE_NONE), 0);
	assert_int_equal(strpool_add(&pool, SLICE("")), 1);
	assert_int_equal(strpool_find(&pool, SLICE("")), 1);
	assert_int_equal(strpool_add(&pool, SLICE("ami-1")), 2);
	assert_int_equal(strpool_add(&pool, SLICE("ami-2")), 3);
	assert_int_equal(strpool_add(&pool, SLICE("ami-1")), 2);
	assert_int_equal(strpool_find(&pool, SLICE("ami-3")), 0);
	assert_null(strpool_slice(&pool, 0).at);
	assert_int_equal(strpool_slice(&pool, 1).len, 0);
	assert_string_equal(strpool_text(&pool, 0), "");
	assert_string_equal(strpool_text(&pool, 2), "ami-1");
	strpool_release(&pool);
}

static void
embedded_zero_bytes_count(void **state)
{
	struct strpool pool;
	sid a;
	sid b;

	(void)state;
	strpool_init(&pool);
	a = strpool_add(&pool, (struct slice){"x\0a", 3});
	b = strpool_add(&pool, (struct slice){"x\0b", 3});
	assert_int_not_equal(a, b);
	assert_int_not_equal(a, strpool_add(&pool, SLICE("x")));
	assert_int_equal(strpool_slice(&pool, b).len, 3);
	assert_memory_equal(strpool_slice(&pool, b).at, "x\0b", 4);
	assert_string_equal(strpool_text(&pool, a), "x");
	strpool_release(&pool);
}

static void
a_sealed_pool_finds_nothing(void **state)
{
	struct strpool pool;
	sid before;

	(void)state;
	strpool_init(&pool);
	before = strpool_add(&pool, SLICE("ami-1"));
	strpool_seal(&pool);
	assert_int_equal(strpool_find(&pool, SLICE("ami-1")), 0);
	assert_int_not_equal(strpool_add(&pool, SLICE("ami-1")), before);
	assert_string_equal(strpool_text(&pool, before), "ami-1");
	strpool_release(&pool);
}

static struct slice
text_of(unsigned i, char room[32])
{
	snprintf(room, 32, "%.*s%08x", (int)(i % 17), "abcdefghijklmnopq", i * 2654435761u);
	return slice_of(room);
}

static void
many_strings_keep_their_numbers(void **state)
{
	struct strpool pool;
	char room[32];

	(void)state;
	strpool_init(&pool);
	for (unsigned i = 0; i < MANY; i++)
		if (strpool_add(&pool, text_of(i, room)) != i + 2)
			fail_msg("string %u has another number", i);
	for (unsigned i = 0; i < MANY; i++) {
		struct slice text = text_of(i, room);

		if (strpool_add(&pool, text) != i + 2 || strpool_find(&pool, text) != i + 2 ||
			!slice_equal(strpool_slice(&pool, i + 2), text))
			fail_msg("string %u is not found again", i);
	}
	assert_int_equal(pool.count, MANY + 2);
	strpool_release(&pool);
}

/* A slice of the pool itself may be added, even when the pool moves. */
static void
its_own_text_can_be_added(void **state)
{
	static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	struct strpool pool;
	sid id;

	(void)state;
	strpool_init(&pool);
	id = strpool_add(&pool, SLICE(text));
	for (size_t at = 0; at < 36; at++)
		for (size_t len = 0; at + len <= 36; len++) {
			struct slice part = {strpool_slice(&pool, id).at + at, len};
			sid found = strpool_add(&pool, part);

			assert_int_equal(strpool_slice(&pool, found).len, len);
			assert_memory_equal(strpool_slice(&pool, found).at, &text[at], len);
		}
	strpool_release(&pool);
}

static void
order_is_that_of_the_texts(void **state)
{
	struct strpool pool;
	sid b;
	sid a;

	(void)state;
	strpool_init(&pool);
	b = strpool_add(&pool, SLICE("b"));
	a = strpool_add(&pool, SLICE("a"));
	assert_true(strpool_compare(&pool, a, b) < 0);
	assert_true(strpool_compare(&pool, b, a) > 0);
	assert_int_equal(strpool_compare(&pool, a, a), 0);
	assert_true(strpool_compare(&pool, 0, a) < 0);
	strpool_release(&pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_numbers_are_fixed),
		cmocka_unit_test(embedded_zero_bytes_count),
		cmocka_unit_test(a_sealed_pool_finds_nothing),
		cmocka_unit_test(many_strings_keep_their_numbers),
		cmocka_unit_test(its_own_text_can_be_added),
		cmocka_unit_test(order_is_that_of_the_texts),
	};

	return cmocka_run_group_tests_name("strpool", tests, NULL, NULL);
}
