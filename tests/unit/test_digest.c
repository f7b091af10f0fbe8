/*
 * Tests of digest: the vectors of FIPS 180-2, in one piece and in many.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest.h"
#include "err.h"

static const struct {
	const char *text;
	const char *digest;
} vectors[] = {
	{"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void
known_digests(void **state)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		digest_of(slice_of(vectors[i].text), digest);
		digest_text(digest, text);
		assert_string_equal(text, vectors[i].digest);
	}
	digest_of(SLICE_NONE, digest);
	digest_text(digest, text);
	assert_string_equal(text, vectors[0].digest);
}

static void
pieces_make_the_whole(void **state)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		for (size_t step = 1; step < 8; step++) {
			struct digest *running = digest_new();
			size_t len = strlen(vectors[i].text);

			digest_add(running, NULL, 0);
			for (size_t at = 0; at < len; at += step)
				digest_add(running, vectors[i].text + at,
					at + step < len ? step : len - at);
			digest_end_take(running, digest);
			digest_text(digest, text);
			assert_string_equal(text, vectors[i].digest);
		}
}

static void
many_are_known_in_any_order(void **state)
{
	struct sha256 some[3], same[3];
	uint8_t one[DIGEST_SIZE], other[DIGEST_SIZE];
	struct digest *lines = digest_new();

	(void)state;
	for (size_t i = 0; i < 3; i++)
		digest_of((struct slice){&"abc"[i], 1}, some[i].bytes);
	same[0] = some[2], same[1] = some[0], same[2] = some[1];
	digest_of_many(some, 3, one);
	digest_of_many(same, 3, other);
	assert_memory_equal(one, other, DIGEST_SIZE);
	for (size_t i = 0; i < 3; i++)
		digest_add_line(lines, same[i].bytes); /* sorted by now */
	digest_end_take(lines, other);
	assert_memory_equal(one, other, DIGEST_SIZE);
	digest_of_many(some, 2, other);
	assert_memory_not_equal(one, other, DIGEST_SIZE);
	digest_of_many(some, 0, one);
	digest_of(SLICE(""), other);
	assert_memory_equal(one, other, DIGEST_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_digests),
		cmocka_unit_test(pieces_make_the_whole),
		cmocka_unit_test(many_are_known_in_any_order),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
