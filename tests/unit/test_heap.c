/*
 * Tests of heap, vec and bitset: against sorting and counting.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bitset.h"
#include "heap.h"

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void
ranks_come_out_in_order(void **state)
{
	(void)state;
	for (uint32_t size = 0; size < 200; size++) {
		struct heap heap = {0};
		uint32_t seed = size;
		uint64_t pushed = 0;
		uint64_t popped = 0;
		uint32_t last = 0;

		assert_true(heap_is_empty(&heap));
		for (uint32_t i = 0; i < size; i++) {
			uint32_t rank = next_random(&seed) % 100; /* many equal ones */

			heap_push(&heap, rank);
			pushed += (uint64_t)rank * rank + 1;
		}
		while (!heap_is_empty(&heap)) {
			uint32_t rank = heap_pop(&heap);

			assert_true(rank >= last);
			last = rank;
			popped += (uint64_t)rank * rank + 1;
		}
		assert_int_equal(pushed, popped);
		heap_release(&heap);
	}
}

static void
pushes_and_pops_may_mix(void **state)
{
	struct heap heap = {0};

	(void)state;
	heap_push(&heap, UINT32_MAX);
	heap_push(&heap, 7);
	heap_push(&heap, 3);
	assert_int_equal(heap_pop(&heap), 3);
	heap_push(&heap, 0);
	heap_push(&heap, 9);
	assert_int_equal(heap_pop(&heap), 0);
	assert_int_equal(heap_pop(&heap), 7);
	assert_int_equal(heap_pop(&heap), 9);
	assert_int_equal(heap_pop(&heap), UINT32_MAX);
	assert_true(heap_is_empty(&heap));
	heap_release(&heap);
}

static void
vec_grows_and_keeps(void **state)
{
	VEC(uint32_t) vec = {0};
	uint64_t sum = 0;

	(void)state;
	for (uint32_t i = 0; i < 10000; i++)
		vec_push(&vec, i);
	assert_int_equal(vec.count, 10000);
	vec_foreach (item, &vec)
		sum += *item;
	assert_int_equal(sum, 49995000);
	vec_reserve(&vec, 50000);
	assert_true(vec.room >= 50000);
	assert_int_equal(vec.items[9999], 9999);
	vec_release(&vec);
	assert_null(vec.items);
}

static void
bitset_holds_what_was_added(void **state)
{
	static const size_t sizes[] = {1, 63, 64, 65, 1000};

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct bitset set;

		bitset_init(&set, sizes[s]);
		for (size_t i = 0; i < sizes[s]; i += 3)
			bitset_add(&set, i);
		for (size_t i = 0; i < sizes[s]; i += 6)
			bitset_remove(&set, i);
		for (size_t i = 0; i < sizes[s]; i++)
			assert_int_equal(bitset_has(&set, i), i % 3 == 0 && i % 6 != 0);
		bitset_release(&set);
		assert_null(set.words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranks_come_out_in_order),
		cmocka_unit_test(pushes_and_pops_may_mix),
		cmocka_unit_test(vec_grows_and_keeps),
		cmocka_unit_test(bitset_holds_what_was_added),
	};

	return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}
