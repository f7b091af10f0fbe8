/*
 * Tests of civil: tables of times and ages, valid and not; the calendar day by day.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "civil.h"
#include "err.h"

static const struct {
	const char *text;
	int64_t time;
} good_times[] = {
	{"1970-01-01", 0},
	{"1970-01-01T00:00:00Z", 0},
	{"2026-11-22T18:33:14Z", 1795372394},
	{"2026-11-22T18:33:14.000Z", 1795372394},
	{"2026-11-22T18:33:14.9Z", 1795372394},
	{"2026-11-22T18:33:14.123456789Z", 1795372394},
	{"2026-11-22T18:33:14+00:00", 1795372394},
	{"2026-11-22T18:33:14-00:00", 1795372394},
	{"2026-11-22T20:03:14+01:30", 1795372394},
	{"2026-11-22T20:03:14+0130", 1795372394},
	{"2026-11-22T10:33:14-08:00", 1795372394},
	{"2026-11-22 18:33:14+00:00", 1795372394},
	{"2026-11-22 18:33:14.123456+00:00", 1795372394},
	{"2026-11-22", 1795305600},
	{"2022-02-10T02:03:18Z", 1644458598},
	{"2000-02-29", 951782400},
	{"2024-02-29T23:59:59Z", 1709251199},
	{"2100-03-01", 4107542400},
	{"1970-01-01T01:00:00+01:00", 0},
	{"9999-12-31T23:59:59Z", 253402300799},
};

static const char *const bad_times[] = {
	"",
	"2026",
	"2026-11",
	"2026-11-2",
	"2026-1-22",
	"26-11-22",
	"02026-11-22",
	"2026-11-22T",
	"2026-11-22 ",
	" 2026-11-22",
	"2026-11-22T18:33:14",
	"2026-11-22T18:33Z",
	"2026-11-22T18:33:14z",
	"2026-11-22t18:33:14Z",
	"2026-11-22T18:33:14Z ",
	"2026-11-22T18:33:14ZZ",
	"2026-11-22T18:33:14.Z",
	"2026-11-22T18:33:14,5Z",
	"2026-11-22T18:33:14.1234567890Z",
	"2026-11-22T24:00:00Z",
	"2026-11-22T18:60:14Z",
	"2026-11-22T18:33:60Z",
	"2026-11-22T18:33:14+24:00",
	"2026-11-22T18:33:14+01:60",
	"2026-11-22T18:33:14+01",
	"2026-11-22T18:33:14+1:00",
	"2026-11-22T18:33:14+01:00:00",
	"2026-13-01",
	"2026-00-01",
	"2026-01-00",
	"2026-01-32",
	"2026-04-31",
	"2026-02-29",
	"2100-02-29",
	"2024-02-30",
	"1969-12-31",
	"1969-12-31T23:59:59Z",
	"1970-01-01T00:00:00+00:01",
	"9999-12-31T23:59:59-00:01",
	"10000-01-01",
	"2026/11/22",
	"2026-11-22_18:33:14Z",
	"-026-11-22",
	"+026-11-22",
	"2026-11-22T18:33:1\xd9\xa4Z",
	"yesterday",
};

static void
times_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good_times) / sizeof(good_times[0]); i++) {
		int64_t time = -7;

		if (!time_parse(slice_of(good_times[i].text), &time) || time != good_times[i].time)
			fail_msg("%s gives %lld", good_times[i].text, (long long)time);
	}
	for (size_t i = 0; i < sizeof(bad_times) / sizeof(bad_times[0]); i++) {
		int64_t time = -7;

		if (time_parse(slice_of(bad_times[i]), &time) || time != -7)
			fail_msg("'%s' is no time", bad_times[i]);
	}
}

/* No prefix of a time is one, save the bare date. */
static void
truncated_times_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good_times) / sizeof(good_times[0]); i++)
		for (size_t len = 0; len < strlen(good_times[i].text); len++) {
			int64_t time;

			if (time_parse((struct slice){good_times[i].text, len}, &time) && len != 10)
				fail_msg("the first %zu bytes of %s", len, good_times[i].text);
		}
}

static void
epoch_texts_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} good[] = {{"0", 0}, {"1417392594.0", 1417392594}, {"1417392594", 1417392594},
		{"1417392594.999", 1417392594}, {"253402300799", 253402300799}};
	static const char *const bad[] = {"", ".", ".5", "1.", "-1", "+1", " 1", "1 ", "1e9",
		"1.2.3", "253402300800", "99999999999999999999", "0x10", "1.1234567890"};
	int64_t time = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(time_from_epoch_text(slice_of(good[i].text), &time));
		assert_int_equal(time, good[i].time);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (time_from_epoch_text(slice_of(bad[i]), &time))
			fail_msg("'%s' is no epoch time", bad[i]);
}

/* Every day of four centuries and the last year: next day, its text, and back. */
static void
the_calendar_is_whole(void **state)
{
	char text[TIME_TEXT_SIZE];
	char last[TIME_TEXT_SIZE] = "";

	(void)state;
	for (int64_t day = 0; day < 2932897; day += day < 146097 ? 1 : day > 2932500 ? 1 : 61) {
		int64_t back = -1;
		int64_t time = day * 86400 + day % 86400;

		time_format(time, text);
		assert_int_equal(strlen(text), 20);
		if (!time_parse(slice_of(text), &back) || back != time)
			fail_msg("day %lld gives %s", (long long)day, text);
		assert_true(strcmp(last, text) < 0);
		memcpy(last, text, sizeof(last));
	}
	time_format(TIME_NONE, text);
	assert_string_equal(text, "");
	time_format(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
	time_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	time_format(INT64_MIN + 1, text);
	assert_string_equal(text, "0000-01-01T00:00:00Z");
}

static void
ages_parse(void **state)
{
	static const struct {
		const char *text;
		uint32_t months;
		int64_t seconds;
		bool off;
	} good[] = {
		{"90d", 0, 90 * 86400, false},
		{"12w", 0, 84 * 86400, false},
		{"6m", 6, 0, false},
		{"1y", 12, 0, false},
		{"36h", 0, 36 * 3600, false},
		{"0d", 0, 0, true},
		{"0y", 0, 0, true},
		{"007d", 0, 7 * 86400, false},
		{"P30D", 0, 30 * 86400, false},
		{"P1Y2M10DT2H", 14, 10 * 86400 + 7200, false},
		{"PT36H", 0, 36 * 3600, false},
		{"PT5M", 0, 300, false},
		{"PT1H2M3S", 0, 3723, false},
		{"P2W", 0, 14 * 86400, false},
		{"P5M", 5, 0, false},
		{"P0D", 0, 0, true},
		{"1000y", 12000, 0, false},
	};
	static const char *const bad[] = {"", "d", "90", "90 d", " 90d", "90d ", "-1d", "+1d",
		"1.5d", "90D", "1M", "90s", "1d12h", "P", "PT", "P1", "P1YT", "P1H", "PT1D",
		"P1D2Y", "P1D1D", "PT1S1H", "P-1D", "P1.5D", "p1d", "1001y", "12001m", "365300d",
		"P1000Y1D", "99999999999999999999d", "9223372036854775807y", "P1DT", "30days",
		"forever"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct age age = {99, 99, true};

		if (!age_parse(slice_of(good[i].text), &age) || age.months != good[i].months ||
			age.seconds != good[i].seconds || age.off != good[i].off)
			fail_msg("%s gives %u months, %lld s", good[i].text, age.months,
				(long long)age.seconds);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct age age = {99, 99, true};

		if (age_parse(slice_of(bad[i]), &age) || age.months != 99)
			fail_msg("'%s' is no age", bad[i]);
	}
}

static void
ages_are_taken_off(void **state)
{
	static const struct {
		const char *time;
		const char *age;
		const char *before;
	} cases[] = {
		{"2026-11-22T12:00:00Z", "30d", "2026-10-23T12:00:00Z"},
		{"2026-11-22T12:00:00Z", "0d", "2026-11-22T12:00:00Z"},
		{"2026-03-31T01:02:03Z", "1m", "2026-02-28T01:02:03Z"},
		{"2024-03-31T01:02:03Z", "1m", "2024-02-29T01:02:03Z"},
		{"2024-02-29T00:00:00Z", "1y", "2023-02-28T00:00:00Z"},
		{"2024-02-29T00:00:00Z", "4y", "2020-02-29T00:00:00Z"},
		{"2026-01-15T00:00:00Z", "1m", "2025-12-15T00:00:00Z"},
		{"2026-01-31T00:00:00Z", "2m", "2025-11-30T00:00:00Z"},
		{"2026-12-31T00:00:00Z", "12m", "2025-12-31T00:00:00Z"},
		{"2026-12-31T00:00:00Z", "13m", "2025-11-30T00:00:00Z"},
		{"2026-03-31T12:00:00Z", "P1M1DT13H", "2026-02-26T23:00:00Z"},
		{"1970-01-01T00:00:00Z", "1m", "1969-12-01T00:00:00Z"},
		{"2026-11-22T00:00:00Z", "1000y", "1026-11-22T00:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct age age;
		int64_t time = 0;
		char text[TIME_TEXT_SIZE];

		assert_true(time_parse(slice_of(cases[i].time), &time));
		assert_true(age_parse(slice_of(cases[i].age), &age));
		time_format(age_before(time, age), text);
		if (strcmp(text, cases[i].before) != 0)
			fail_msg("%s less %s gives %s", cases[i].time, cases[i].age, text);
	}
	assert_int_equal(age_before(TIME_NONE, (struct age){1, 5, false}), TIME_NONE);
}

static void
ages_are_described(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
		{-5, "0 seconds"},
		{0, "0 seconds"},
		{1, "1 second"},
		{59, "59 seconds"},
		{60, "1 minute"},
		{3599, "59 minutes"},
		{3600, "1 hour"},
		{86399, "23 hours"},
		{86400, "1 day"},
		{12 * 86400, "12 days"},
		{60 * 86400, "60 days"},
		{61 * 86400, "2 months"},
		{153 * 86400, "5 months"},
		{729 * 86400, "23 months"},
		{730 * 86400, "2 years"},
		{3650 * 86400LL, "10 years"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[32];

		age_describe(cases[i].seconds, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_parse),
		cmocka_unit_test(truncated_times_are_refused),
		cmocka_unit_test(epoch_texts_parse),
		cmocka_unit_test(the_calendar_is_whole),
		cmocka_unit_test(ages_parse),
		cmocka_unit_test(ages_are_taken_off),
		cmocka_unit_test(ages_are_described),
	};

	return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}
