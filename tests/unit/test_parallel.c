/*
 * parallel_for: every number once, whatever the count.
 * It must not know: how the work is spread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parallel.h"

#include "err.h"

static void
mark(void *context, size_t i)
{
	unsigned char *marks = context;

	marks[i]++;
}

static void
every_number_once(void **state)
{
	static const size_t counts[] = {0, 1, 2, 3, 1000};

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		unsigned char *marks = xcalloc(counts[k] + 1, 1);

		parallel_for(counts[k], mark, marks);
		for (size_t i = 0; i < counts[k]; i++)
			assert_int_equal(marks[i], 1);
		assert_int_equal(marks[counts[k]], 0);
		free(marks);
	}
	assert_in_range(parallel_width(), 1, LIMIT_THREADS);
}

/* Pieces that are made at a different pace, and what came of them. */
struct pieces_seen {
	size_t slots[PARALLEL_SLOTS];
	size_t taken;
	bool wrong;
};

static void
make(void *context, size_t i, size_t slot)
{
	struct pieces_seen *seen = context;

	for (volatile size_t work = 0; work < i * 7919 % 5000; work++)
		;
	seen->slots[slot] = i + 1;
}

static void
take(void *context, size_t i, size_t slot)
{
	struct pieces_seen *seen = context;

	seen->wrong = seen->wrong || i != seen->taken || seen->slots[slot] != i + 1;
	seen->taken++;
}

static void
pieces_come_in_order(void **state)
{
	static const size_t counts[] = {0, 1, 2, 5, 3000};
	static const size_t widths[] = {1, 2, 3, LIMIT_THREADS};

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
		for (size_t t = 0; t < sizeof(widths) / sizeof(widths[0]); t++) {
			struct pieces_seen seen = {.taken = 0};
			struct parallel_pieces pieces = {counts[k], make, take, &seen};

			parallel_set_width(widths[t]);
			parallel_in_order(&pieces);
			assert_false(seen.wrong);
			assert_int_equal(seen.taken, counts[k]);
		}
	parallel_set_width(0);
}

static void
as_many_as_were_set(void **state)
{
	size_t usual = parallel_width();

	(void)state;
	for (size_t threads = 1; threads <= LIMIT_THREADS; threads *= 4) {
		parallel_set_width(threads);
		assert_int_equal(parallel_width(), threads);
		every_number_once(state);
	}
	parallel_set_width(0);
	assert_int_equal(parallel_width(), usual);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_number_once),
		cmocka_unit_test(as_many_as_were_set), cmocka_unit_test(pieces_come_in_order)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
