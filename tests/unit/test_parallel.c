/*
 * parallel_for: every number once, whatever the count.
 * It must not know: how the work is spread.
 */
#include <setjmp.h>
#include <stdarg.h>
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_once), cmocka_unit_test(as_many_as_were_set)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
