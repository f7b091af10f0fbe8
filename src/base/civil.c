/*
 * UTC times and ages by the proleptic Gregorian calendar.
 * It must not know: which resource a time belongs to, what time it is now.
 */
#include <stdio.h>

#include "civil.h"
#include "err.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR_MIN = 1970, YEAR_MAX = 9999 };

struct date {
	int64_t year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

/*
 * Days since 1970-01-01 and back. Years are taken to begin on 1 March, so that the leap day is the
 * last of its year and month lengths follow one line: (153 * month + 2) / 5.
 */
static int64_t
days_of(struct date date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t month = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static struct date
date_of(int64_t days)
{
	int64_t since = days + 719468; /* since 0000-03-01 */
	int64_t era = (since >= 0 ? since : since - 146096) / 146097;
	int64_t day_of_era = since - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct date date;

	date.day = (int)(day_of_year - (153 * month + 2) / 5) + 1;
	date.month = (int)(month < 10 ? month + 3 : month - 9);
	date.year = year_of_era + era * 400 + (date.month <= 2);
	return date;
}

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* --- reading: each helper takes its part off the front of the text --------------------------- */

static bool
take_char(struct slice *text, char c)
{
	if (text->len == 0 || text->at[0] != c)
		return false;
	text->at++;
	text->len--;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly `count` digits whose value lies in least..most. */
static bool
take_digits(struct slice *text, size_t count, int least, int most, int *out)
{
	int value = 0;

	if (text->len < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_digit(text->at[i]))
			return false;
		value = value * 10 + (text->at[i] - '0');
	}
	if (value < least || value > most)
		return false;
	text->at += count;
	text->len -= count;
	*out = value;
	return true;
}

static bool
take_date(struct slice *text, struct date *date)
{
	int year = 0;
	int month = 0;
	int day = 0;

	if (!take_digits(text, 4, YEAR_MIN, YEAR_MAX, &year) || !take_char(text, '-') ||
		!take_digits(text, 2, 1, 12, &month) || !take_char(text, '-') ||
		!take_digits(text, 2, 1, days_in_month(year, month), &day))
		return false;
	*date = (struct date){year, month, day};
	return true;
}

/* An absent fraction is fine; a point without digits, or more than nine, is not. */
static bool
take_fraction(struct slice *text)
{
	size_t digits = 0;

	if (!take_char(text, '.'))
		return true;
	while (digits < text->len && is_digit(text->at[digits]))
		digits++;
	text->at += digits;
	text->len -= digits;
	return digits >= 1 && digits <= 9;
}

static bool
take_clock(struct slice *text, int64_t *seconds)
{
	int hour = 0;
	int minute = 0;
	int second = 0;

	if (!take_digits(text, 2, 0, 23, &hour) || !take_char(text, ':') ||
		!take_digits(text, 2, 0, 59, &minute) || !take_char(text, ':') ||
		!take_digits(text, 2, 0, 59, &second) || !take_fraction(text))
		return false;
	*seconds = hour * HOUR + minute * MINUTE + second;
	return true;
}

/* Z, +hh:mm or +hhmm: seconds east of UTC. */
static bool
take_zone(struct slice *text, int64_t *east)
{
	int hour = 0;
	int minute = 0;
	bool west;

	if (take_char(text, 'Z')) {
		*east = 0;
		return true;
	}
	west = take_char(text, '-');
	if (!west && !take_char(text, '+'))
		return false;
	if (!take_digits(text, 2, 0, 23, &hour))
		return false;
	take_char(text, ':');
	if (!take_digits(text, 2, 0, 59, &minute))
		return false;
	*east = (west ? -1 : 1) * (int64_t)(hour * HOUR + minute * MINUTE);
	return true;
}

static int64_t
time_most(void)
{
	return days_of((struct date){YEAR_MAX, 12, 31}) * DAY + DAY - 1;
}

bool
time_parse(struct slice text, int64_t *out)
{
	struct date date;
	int64_t clock = 0;
	int64_t east = 0;
	int64_t time;

	if (!take_date(&text, &date))
		return false;
	if (text.len > 0) {
		if (!take_char(&text, 'T') && !take_char(&text, ' '))
			return false;
		if (!take_clock(&text, &clock) || !take_zone(&text, &east) || text.len > 0)
			return false;
	}
	time = days_of(date) * DAY + clock - east;
	if (time < 0 || time > time_most())
		return false;
	*out = time;
	return true;
}

bool
time_from_epoch_text(struct slice number, int64_t *out)
{
	int64_t value = 0;
	size_t digits = 0;

	while (digits < number.len && is_digit(number.at[digits])) {
		if (digits >= 12)
			return false;
		value = value * 10 + (number.at[digits++] - '0');
	}
	number.at += digits;
	number.len -= digits;
	if (digits == 0 || !take_fraction(&number) || number.len > 0 || value > time_most())
		return false;
	*out = value;
	return true;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The last two digits of `value`, and a separator. */
static char *
put_two(char *to, unsigned value, char separator)
{
	*to++ = (char)('0' + value / 10 % 10);
	*to++ = (char)('0' + value % 10);
	*to++ = separator;
	return to;
}

void
time_format(int64_t time, char out[TIME_TEXT_SIZE])
{
	const int64_t least = days_of((struct date){0, 1, 1}) * DAY;
	struct date date;
	int64_t days;
	unsigned clock;

	out[0] = '\0';
	if (time == TIME_NONE)
		return;
	/* Four digits of year are all there is room for; no real time is outside. */
	time = time < least ? least : time > time_most() ? time_most() : time;
	days = floor_div(time, DAY);
	clock = (unsigned)(time - days * DAY);
	date = date_of(days);
	out = put_two(out, (unsigned)date.year / 100, '\0') - 1; /* the rest of the year follows */
	out = put_two(out, (unsigned)date.year, '-');
	out = put_two(out, (unsigned)date.month, '-');
	out = put_two(out, (unsigned)date.day, 'T');
	out = put_two(out, clock / HOUR, ':');
	out = put_two(out, clock / MINUTE % 60, ':');
	out = put_two(out, clock % 60, 'Z');
	*out = '\0';
}

/* --- ages ------------------------------------------------------------------------------------ */

#define MONTH_SECONDS ((int64_t)2629746) /* the mean: 400 years of 146097 days by 4800 */
#define AGE_MOST (12000 * MONTH_SECONDS) /* 1000 years */

struct unit {
	char letter;
	int months;
	int64_t seconds;
};

static const struct unit short_units[] = {
	{'y', 12, 0},
	{'m', 1, 0},
	{'w', 0, (int64_t)7 * DAY},
	{'d', 0, DAY},
	{'h', 0, HOUR},
	{0, 0, 0},
};
/* ISO 8601, in the order in which the parts must come. */
static const struct unit date_units[] = {
	{'Y', 12, 0},
	{'M', 1, 0},
	{'W', 0, (int64_t)7 * DAY},
	{'D', 0, DAY},
	{0, 0, 0},
};
static const struct unit clock_units[] = {
	{'H', 0, HOUR},
	{'M', 0, MINUTE},
	{'S', 0, 1},
	{0, 0, 0},
};

/* A number and a unit at or after *unit, which moves past it. Adds to the age. */
static bool
take_part(struct slice *text, const struct unit **unit, struct age *age)
{
	int64_t number = 0;
	size_t digits = 0;

	while (digits < text->len && is_digit(text->at[digits])) {
		number = number * 10 + (text->at[digits++] - '0');
		if (number > AGE_MOST)
			return false;
	}
	if (digits == 0 || digits == text->len)
		return false;
	while ((*unit)->letter && (*unit)->letter != text->at[digits])
		(*unit)++;
	if (!(*unit)->letter)
		return false;
	if (number * (*unit)->months > 12000 ||
		((*unit)->seconds && number > AGE_MOST / (*unit)->seconds))
		return false;
	age->months += (uint32_t)(number * (*unit)->months);
	age->seconds += number * (*unit)->seconds;
	text->at += digits + 1;
	text->len -= digits + 1;
	(*unit)++;
	return true;
}

static bool
take_iso(struct slice *text, struct age *age)
{
	const struct unit *unit = date_units;

	if (text->len == 0)
		return false;
	while (text->len > 0 && text->at[0] != 'T')
		if (!take_part(text, &unit, age))
			return false;
	if (!take_char(text, 'T'))
		return true;
	unit = clock_units;
	do {
		if (!take_part(text, &unit, age))
			return false;
	} while (text->len > 0);
	return true;
}

bool
age_parse(struct slice text, struct age *out)
{
	const struct unit *unit = short_units;
	struct age age = {0, 0, false};

	if (take_char(&text, 'P') ? !take_iso(&text, &age) : !take_part(&text, &unit, &age))
		return false;
	if (text.len > 0 || age.months * MONTH_SECONDS + age.seconds > AGE_MOST)
		return false;
	age.off = age.months == 0 && age.seconds == 0;
	*out = age;
	return true;
}

int64_t
age_before(int64_t time, struct age age)
{
	int64_t days;
	int64_t clock;
	int64_t months;
	struct date date;

	if (time == TIME_NONE)
		return TIME_NONE;
	days = floor_div(time, DAY);
	clock = time - days * DAY;
	if (age.months) {
		date = date_of(days);
		months = date.year * 12 + date.month - 1 - age.months;
		date.year = floor_div(months, 12);
		date.month = (int)(months - date.year * 12) + 1;
		if (date.day > days_in_month(date.year, date.month))
			date.day = days_in_month(date.year, date.month);
		days = days_of(date);
	}
	return days * DAY + clock - age.seconds;
}

void
age_describe(int64_t seconds, char *out, size_t size)
{
	int64_t days = seconds / DAY;
	int64_t number;
	const char *unit;

	/* The larger unit from two of it on: "40 days", "18 months", "2 years". */
	if (days >= 730) {
		number = days / 365;
		unit = "year";
	} else if (days >= 61) {
		number = days * 12 / 365;
		unit = "month";
	} else if (days >= 1) {
		number = days;
		unit = "day";
	} else if (seconds >= HOUR) {
		number = seconds / HOUR;
		unit = "hour";
	} else if (seconds >= MINUTE) {
		number = seconds / MINUTE;
		unit = "minute";
	} else {
		number = seconds > 0 ? seconds : 0;
		unit = "second";
	}
	snprintf(out, size, "%lld %s%s", (long long)number, unit, number == 1 ? "" : "s");
}
