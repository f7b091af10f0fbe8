/*
 * Exact sums of decimal texts, and their rounding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decimal.h"

static struct decimal
parsed(const char *text)
{
	struct decimal decimal;

	assert_true(decimal_parse(text, &decimal));
	return decimal;
}

static void
expect(void (*write)(const struct decimal *, struct buf *), const struct decimal *decimal,
	const char *text)
{
	struct buf buf = {0};

	write(decimal, &buf);
	assert_string_equal(buf.at, text);
	buf_release(&buf);
}

static void
texts_come_back(void **state)
{
	static const char *const texts[] = {"0.00", "0.40", "12.00", "1234567890.123456789012345",
		"0.1333333333022892475128173828125",
		"999999999999999999999999999999999999999999999.01"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct decimal decimal = parsed(texts[i]);

		expect(decimal_text, &decimal, texts[i]);
	}
}

static void
what_is_no_decimal_is_refused(void **state)
{
	static const char *const texts[] = {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,000", "1 ",
		" 1", "0x10", "1.2.3", "9999999999999999999999999999999999999999999999"};
	struct decimal decimal = {.limbs = {7}};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(decimal_parse(texts[i], &decimal));
	assert_int_equal(decimal.limbs[0], 7);
}

static void
sums_are_exact(void **state)
{
	struct decimal sum = {0}, tenth = parsed("0.1"), nines = parsed("999999999.999999999");
	struct decimal least = parsed("0.000000001");

	(void)state;
	for (int i = 0; i < 10; i++)
		decimal_add(&sum, &tenth);
	expect(decimal_text, &sum, "1.00");
	decimal_add(&nines, &least);
	expect(decimal_text, &nines, "1000000000.00");
	assert_true(decimal_compare(&sum, &nines) < 0);
	assert_true(decimal_compare(&nines, &sum) > 0);
	assert_int_equal(decimal_compare(&sum, &sum), 0);
}

static void
rounding_is_half_to_even(void **state)
{
	static const struct {
		const char *exact, *rounded;
	} cases[] = {
		{"0.00", "0.00"},
		{"0.125", "0.12"},
		{"0.135", "0.14"},
		{"0.1250000001", "0.13"},
		{"0.124999", "0.12"},
		{"9.999", "10.00"},
		{"1234.5", "1,234.50"},
		{"1234567.891", "1,234,567.89"},
		{"999999.995", "1,000,000.00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decimal decimal = parsed(cases[i].exact);

		expect(decimal_text_rounded, &decimal, cases[i].rounded);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_come_back),
		cmocka_unit_test(what_is_no_decimal_is_refused),
		cmocka_unit_test(sums_are_exact),
		cmocka_unit_test(rounding_is_half_to_even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
