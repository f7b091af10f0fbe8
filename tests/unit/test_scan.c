/*
 * scan.h: both its ways, by vector and by word, stop where a look at each byte stops.
 * It must not know: what the texts mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "err.h"
#include "scan.h"

/* The same header again, as a processor without vectors gets it. */
#undef AMIPLAN_BASE_SCAN_H
#undef __SSE2__
#define scan_is_special words_is_special
#define scan_wide words_wide
#define scan_plain words_plain
#define scan_verbatim words_verbatim
#define scan_is_blank words_is_blank
#define scan_blanks words_blanks
#define scan_copy words_copy
#define scan_structure words_structure
#define scan_printable words_printable
#include "scan.h"
#undef scan_is_special
#undef scan_wide
#undef scan_plain
#undef scan_verbatim
#undef scan_is_blank
#undef scan_blanks
#undef scan_copy
#undef scan_structure
#undef scan_printable

enum { LONGEST = 40 };

static size_t
look(const unsigned char *text, size_t len, bool tops)
{
	size_t i = 0;

	while (i < len && text[i] >= 0x20 && text[i] != '"' && text[i] != '\\' &&
		(!tops || text[i] < 0x80))
		i++;
	return i;
}

static size_t
look_for_structure(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && !(text[i] && strchr("\"{}[]", text[i])))
		i++;
	return i;
}

static size_t
look_for_others(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= ' ' && text[i] <= '~')
		i++;
	return i;
}

typedef size_t copy_function(char *to, const char *at, const char *end);

static void
check_copy(copy_function *copy, const char *at, size_t len)
{
	char *to = xmalloc(len + 16);
	size_t wanted = look((const unsigned char *)at, len, false);

	assert_int_equal(copy(to, at, at + len), wanted);
	assert_memory_equal(to, at, wanted);
	free(to);
}

static void
check(const char *text, size_t len)
{
	/* In memory of just that size, so that a sanitizer sees a byte too many. */
	char *at = xmalloc(len + !len);
	const unsigned char *bytes = (const unsigned char *)at;

	memcpy(at, text, len);
	assert_int_equal(scan_plain(at, at + len) - at, look(bytes, len, true));
	assert_int_equal(words_plain(at, at + len) - at, look(bytes, len, true));
	assert_int_equal(scan_verbatim(at, at + len) - at, look(bytes, len, false));
	assert_int_equal(words_verbatim(at, at + len) - at, look(bytes, len, false));
	assert_int_equal(scan_structure(at, at + len) - at, look_for_structure(at, len));
	assert_int_equal(words_structure(at, at + len) - at, look_for_structure(at, len));
	assert_int_equal(scan_printable(at, at + len) - at, look_for_others(at, len));
	assert_int_equal(words_printable(at, at + len) - at, look_for_others(at, len));
	check_copy(scan_copy, at, len);
	check_copy(words_copy, at, len);
	free(at);
}

static void
check_blanks(const char *text, size_t len)
{
	char *at = xmalloc(len + !len);
	size_t blanks = 0;

	memcpy(at, text, len);
	while (blanks < len && strchr(" \t\r\n", text[blanks]) && text[blanks])
		blanks++;
	assert_int_equal(scan_blanks(at, at + len) - at, blanks);
	assert_int_equal(words_blanks(at, at + len) - at, blanks);
	free(at);
}

static void
blanks_end_anywhere(void **state)
{
	static const char few[] = " \n\r\t";
	char text[LONGEST];

	(void)state;
	for (size_t len = 0; len <= LONGEST; len++)
		for (size_t place = 0; place <= len; place++)
			for (int c = 0; c < 256; c++) {
				memset(text, ' ', sizeof(text));
				text[0] = few[(place + len) % 4];
				if (place < len)
					text[place] = (char)c;
				check_blanks(text, len);
			}
}

static void
every_byte_at_every_place(void **state)
{
	char text[LONGEST];

	(void)state;
	for (size_t len = 0; len <= LONGEST; len++)
		for (size_t place = 0; place < len; place++)
			for (int c = 0; c < 256; c++) {
				memset(text, 'a', sizeof(text));
				text[place] = (char)c;
				check(text, len);
			}
	check("", 0);
}

/* Neighbours that borrow from each other in a word. */
static void
pairs_of_bytes(void **state)
{
	static const unsigned char few[] = {
		0, 1, 0x1f, 0x20, '!', '"', '#', '[', '\\', ']', 0x7f, 0x80, 0xa2, 0xdc, 0xff};
	char text[24];

	(void)state;
	for (size_t a = 0; a < sizeof(few); a++)
		for (size_t b = 0; b < sizeof(few); b++)
			for (size_t place = 0; place + 1 < sizeof(text); place++) {
				memset(text, ' ', sizeof(text));
				text[place] = (char)few[a];
				text[place + 1] = (char)few[b];
				check(text, sizeof(text));
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_byte_at_every_place),
		cmocka_unit_test(pairs_of_bytes), cmocka_unit_test(blanks_end_anywhere)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
