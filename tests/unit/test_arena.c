/*
 * Tests of arena: zeroed, aligned, disjoint pieces; clearing keeps the arena usable.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "err.h"

enum { PIECES = 2000 };

static size_t
piece_size(size_t i)
{
	return i % 97 == 0 ? 70000 + i : i % 13 == 0 ? 5000 : i % 41;
}

static void
check_pieces(struct arena *arena)
{
	static unsigned char *pieces[PIECES];

	for (size_t i = 0; i < PIECES; i++) {
		pieces[i] = arena_alloc(arena, piece_size(i));
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < piece_size(i); k++)
			if (pieces[i][k] != 0)
				fail_msg("piece %zu is not zeroed at %zu", i, k);
		memset(pieces[i], (int)(i % 255 + 1), piece_size(i));
	}
	for (size_t i = 0; i < PIECES; i++)
		for (size_t k = 0; k < piece_size(i); k++)
			if (pieces[i][k] != i % 255 + 1)
				fail_msg("piece %zu was overwritten at %zu", i, k);
}

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	struct arena arena = {0};

	(void)state;
	for (int round = 0; round < 3; round++) {
		check_pieces(&arena);
		arena_clear(&arena);
	}
	arena_release(&arena);
	assert_null(arena.head);
	check_pieces(&arena); /* usable after release */
	arena_release(&arena);
	arena_release(&arena);
	arena_clear(&arena);
}

static void
texts_are_terminated_copies(void **state)
{
	struct arena arena = {0};
	char source[] = "snap-0123";
	char *text = arena_text(&arena, (struct slice){source, 5});
	char *made = arena_format(&arena, "%s/%d", source, 42);
	char *joined = arena_join(&arena, source, "", ":", "b");

	(void)state;
	source[0] = 'X';
	assert_string_equal(text, "snap-");
	assert_string_equal(made, "snap-0123/42");
	assert_string_equal(joined, "snap-0123:b");
	assert_string_equal(arena_join(&arena, ""), "");
	assert_string_equal(arena_text(&arena, SLICE_NONE), "");
	arena_release(&arena);
}

static void
arrays_check_their_product(void **state)
{
	struct arena arena = {0};
	uint64_t *array = arena_array(&arena, 100, sizeof(*array));

	(void)state;
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(array[i], 0);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(texts_are_terminated_copies),
		cmocka_unit_test(arrays_check_their_product),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
