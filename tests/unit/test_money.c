/*
 * Money: exact sums of prices and bytes, and their text.
 * It must not know: what is paid for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "money.h"
#include <cmocka.h>

static struct money
usd(const char *text)
{
	struct money money = MONEY_UNKNOWN;

	assert_true(money_parse(slice_of(text), &money));
	return money;
}

static void
is_text(struct money money, const char *exact, const char *rounded)
{
	char text[MONEY_TEXT_SIZE];

	money_text(money, text);
	assert_string_equal(text, exact);
	money_text_rounded(money, text);
	assert_string_equal(text, rounded);
}

static void
prices_parse(void **state)
{
	static const char *const wrong[] = {"", ".", ".5", "5.", "-1", "+1", "1e3", "1,000", " 1",
		"1 ", "0.123456789012345", "1234567890123456789", "0x1", "1.2.3", "NaN"};
	struct money money;

	(void)state;
	is_text(usd("0.05"), "0.05", "0.05");
	is_text(usd("0.0000006000"), "0.0000006", "0.00");
	is_text(usd("2"), "2.00", "2.00");
	is_text(usd("0.1230000000000000"), "0.123", "0.12");
	is_text(usd("1234567.895"), "1234567.895", "1,234,567.90");
	is_text(usd("100000000"), "100000000.00", "100,000,000.00");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (money_parse(slice_of(wrong[i]), &money))
			fail_msg("\"%s\" is taken for an amount", wrong[i]);
	}
}

static void
bytes_are_exact(void **state)
{
	struct money price = usd("0.05");

	(void)state;
	is_text(money_of_bytes(price, 10ull << 30), "0.50", "0.50");
	is_text(money_of_bytes(price, 524288), "0.0000244140625", "0.00");
	is_text(money_of_bytes(usd("0.0000000001"), 1),
		"0.0000000000000000000931322574615478515625", "0.00");
	/* 2^64 - 1 bytes at a dollar. */
	is_text(money_of_bytes(usd("1"), UINT64_MAX), "17179869183.999999999068677425384521484375",
		"17,179,869,184.00");
}

static void
sums_and_shares(void **state)
{
	(void)state;
	is_text(money_add(usd("0.1"), usd("0.2")), "0.30", "0.30");
	is_text(money_subtract(usd("0.1"), usd("0.25")), "-0.15", "-0.15");
	is_text(money_times(usd("0.75"), 730), "547.50", "547.50");
	/* 40 GiB archived, deleted at once: 0.0125 x 40 x 2160 / 720. */
	is_text(money_share(money_times(usd("0.0125"), 40), 2160, 720), "1.50", "1.50");
	is_text(money_subtract(usd("0"), usd("0.001")), "-0.001", "0.00");
	assert_true(money_compare(money_min(usd("1"), usd("2")), usd("1")) == 0);
	assert_true(money_compare(money_max(usd("1"), usd("2")), usd("2")) == 0);
}

static void
cents_round_half_to_even(void **state)
{
	(void)state;
	is_text(usd("0.005"), "0.005", "0.00");
	is_text(usd("0.015"), "0.015", "0.02");
	is_text(usd("0.025"), "0.025", "0.02");
	is_text(usd("0.0250000001"), "0.0250000001", "0.03");
	is_text(usd("999.995"), "999.995", "1,000.00");
}

static void
unknown_stays_unknown(void **state)
{
	struct money none = MONEY_UNKNOWN;

	(void)state;
	is_text(none, "", "unknown");
	assert_false(money_add(usd("1"), none).known);
	assert_false(money_subtract(none, usd("1")).known);
	assert_false(money_times(none, 0).known);
	assert_false(money_of_bytes(none, 0).known);
	assert_false(money_share(usd("1"), 1, 0).known);
	assert_false(money_min(usd("1"), none).known);
	assert_false(money_max(none, usd("1")).known);
	is_text(MONEY_ZERO, "0.00", "0.00");
}

static void
bills_parse(void **state)
{
	static const char *const wrong[] = {"", "-", "+", ".", "1e", "e5", "1e99999", "1e+", "1x",
		" 1", "--1", "1.2.3", "1e30", "99999999999999999999999", "NaN", "inf", "0x1"};
	static const struct {
		const char *text, *exact;
	} right[] = {
		{"12", "12.00"},
		{"-0.5", "-0.50"},
		{"+.25", "0.25"},
		{"5.", "5.00"},
		{"1.388E-5", "0.00001388"},
		{"0.00000000000000000000001", "0.00000000000000000000000931322574615478515625"},
		{"2e-9999", "0.00"},
		{"-2E3", "-2000.00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct money money = MONEY_UNKNOWN;

		assert_false(money_parse_bill(slice_of(wrong[i]), &money));
		assert_false(money.known);
	}
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		struct money money;
		char text[MONEY_TEXT_SIZE];

		assert_true(money_parse_bill(slice_of(right[i].text), &money));
		money_text(money, text);
		assert_string_equal(text, right[i].exact);
	}
}

/* Digit by digit, each by a division of all that is left. */
static void
divide_slowly(struct money money, char *out)
{
	const money_units dollar = (money_units)100000000000000 << 30;
	money_units whole = money.units / dollar, part = money.units % dollar;
	size_t decimals = 0;
	char *to = out + snprintf(out, 32, "%s%lld.", money.units < 0 ? "-" : "",
				 (long long)(whole < 0 ? -whole : whole));

	for (part = part < 0 ? -part : part; part || decimals < 2; decimals++) {
		part *= 10;
		*to++ = (char)('0' + (int)(part / dollar));
		part %= dollar;
	}
	*to = '\0';
}

static void
texts_are_exact(void **state)
{
	char text[MONEY_TEXT_SIZE], wanted[MONEY_TEXT_SIZE];
	uint64_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 120000; i++) {
		struct money money = MONEY_ZERO;

		for (int k = 0; k < 2; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			money.units = money.units << 63 | (money_units)(seed >> 1);
		}
		money.units >>= i % 125; /* of every length */
		money.units *= i % 3 ? 1 : -1;
		if (i % 5 == 0) /* of price lists */
			money.units -= money.units % ((money_units)1 << 30);
		money_text(money, text);
		divide_slowly(money, wanted);
		assert_string_equal(text, wanted);
	}
}

/* A price must be a whole number of 10^-14 USD: nothing is cut off silently. */
static void
a_price_loses_nothing(void **state)
{
	struct money money;
	int64_t price = 7;

	(void)state;
	assert_true(money_parse_bill(SLICE("5e-05"), &money));
	assert_true(money_price(money, &price));
	assert_int_equal(price, 5000000000);
	assert_true(money_parse_bill(SLICE("0.000000000000001"), &money));
	assert_false(money_price(money, &price));
	assert_true(money_parse_bill(SLICE("-1"), &money));
	assert_false(money_price(money, &price));
	assert_int_equal(price, 5000000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prices_parse),
		cmocka_unit_test(bytes_are_exact),
		cmocka_unit_test(sums_and_shares),
		cmocka_unit_test(cents_round_half_to_even),
		cmocka_unit_test(unknown_stays_unknown),
		cmocka_unit_test(bills_parse),
		cmocka_unit_test(texts_are_exact),
		cmocka_unit_test(a_price_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
