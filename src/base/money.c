/*
 * Exact amounts of money: parsing, sums, products, decimal text.
 * It must not know: what is paid for.
 */
#include "money.h"
#include "err.h"

__extension__ typedef unsigned __int128 magnitude;

enum { PRICE_DECIMALS = 14, GIB_BITS = 30, TEXT_DECIMALS = 2 };

/* 10^14 * 2^30: units of a dollar. */
#define DOLLAR ((money_units)100000000000000 << GIB_BITS)

static struct money
known(money_units units)
{
	return (struct money){units, true};
}

/* Digits into `out`, which grows; false if it would pass 10^18 or nothing was read. */
static bool
take_digits(struct slice *text, uint64_t *out, size_t *count)
{
	size_t i = 0;

	for (; i < text->len && text->at[i] >= '0' && text->at[i] <= '9'; i++) {
		if (*out >= 100000000000000000u)
			return false;
		*out = *out * 10 + (uint64_t)(text->at[i] - '0');
	}
	*count = i;
	text->at += i;
	text->len -= i;
	return i > 0;
}

/* Zeros at the end of the decimals say nothing. */
static struct slice
without_final_zeros(struct slice text)
{
	if (!text.len || !memchr(text.at, '.', text.len))
		return text;
	while (text.len > 1 && text.at[text.len - 1] == '0' && text.at[text.len - 2] != '.')
		text.len--;
	return text;
}

bool
money_parse(struct slice text, struct money *out)
{
	struct slice rest = without_final_zeros(text);
	uint64_t value = 0;
	size_t digits = 0, decimals = 0;
	money_units units;

	if (!take_digits(&rest, &value, &digits))
		return false;
	if (rest.len && rest.at[0] == '.') {
		rest.at++;
		rest.len--;
		if (!take_digits(&rest, &value, &decimals) || decimals > PRICE_DECIMALS)
			return false;
	}
	if (rest.len)
		return false;
	units = (money_units)value << GIB_BITS;
	for (size_t i = decimals; i < PRICE_DECIMALS; i++)
		units *= 10;
	*out = known(units);
	return true;
}

/* Digits that fit into 64 bits with certainty; what follows them is beyond any unit. */
#define DIGITS_MAX 19

/* A decimal number as its digits and the power of ten of the last one. */
struct decimal {
	uint64_t digits;
	int power;
	bool negative;
};

/* Digits beyond the first nineteen that count only move the point. */
static size_t
add_digits(struct slice *text, struct decimal *number, unsigned *kept, int after_point)
{
	size_t i = 0;

	for (; i < text->len && text->at[i] >= '0' && text->at[i] <= '9'; i++) {
		if (*kept == DIGITS_MAX) {
			number->power += !after_point;
			continue;
		}
		number->digits = number->digits * 10 + (uint64_t)(text->at[i] - '0');
		number->power -= after_point;
		*kept += number->digits != 0;
	}
	text->at += i;
	text->len -= i;
	return i;
}

static bool
take_sign(struct slice *text)
{
	bool negative = text->len && text->at[0] == '-';

	if (text->len && (negative || text->at[0] == '+')) {
		text->at++;
		text->len--;
	}
	return negative;
}

/* "E-7" at the end of a number. */
static bool
take_exponent(struct slice *text, struct decimal *number)
{
	uint64_t exponent = 0;
	size_t digits;
	bool negative;

	if (text->len == 0)
		return true;
	if (text->at[0] != 'e' && text->at[0] != 'E')
		return false;
	text->at++;
	text->len--;
	negative = take_sign(text);
	if (!take_digits(text, &exponent, &digits) || digits > 4 || text->len)
		return false;
	number->power += negative ? -(int)exponent : (int)exponent;
	return true;
}

static bool
take_decimal(struct slice text, struct decimal *number)
{
	unsigned kept = 0;
	size_t whole, part = 0;

	number->negative = take_sign(&text);
	whole = add_digits(&text, number, &kept, 0);
	if (text.len && text.at[0] == '.') {
		text.at++;
		text.len--;
		part = add_digits(&text, number, &kept, 1);
	}
	return whole + part > 0 && take_exponent(&text, number);
}

bool
money_parse_bill(struct slice text, struct money *out)
{
	struct decimal number = {0};
	money_units units;
	uint64_t divisor = 1;

	if (!take_decimal(text, &number) || number.power > DIGITS_MAX)
		return false;
	/* Once the divisor is full, a digit that goes is far below a unit. */
	for (; number.digits && number.power < -PRICE_DECIMALS; number.power++) {
		if (divisor <= UINT64_MAX / 10)
			divisor *= 10;
		else
			number.digits /= 10;
	}
	units = (money_units)number.digits << GIB_BITS;
	for (; number.digits && number.power > -PRICE_DECIMALS; number.power--)
		if (__builtin_mul_overflow(units, (money_units)10, &units))
			return false;
	*out = money_share(known(number.negative ? -units : units), 1, divisor);
	return true;
}

struct money
money_of_price(int64_t price)
{
	return known((money_units)price << GIB_BITS);
}

bool
money_price(struct money money, int64_t *out)
{
	money_units price = money.units >> GIB_BITS;

	if (!money.known || price < 0 || price > INT64_MAX || (price << GIB_BITS) != money.units)
		return false;
	*out = (int64_t)price;
	return true;
}

struct money
money_add(struct money a, struct money b)
{
	money_units sum;

	if (!a.known || !b.known)
		return MONEY_UNKNOWN;
	if (__builtin_add_overflow(a.units, b.units, &sum))
		die_oom();
	return known(sum);
}

struct money
money_subtract(struct money a, struct money b)
{
	money_units rest;

	if (!a.known || !b.known)
		return MONEY_UNKNOWN;
	if (__builtin_sub_overflow(a.units, b.units, &rest))
		die_oom();
	return known(rest);
}

struct money
money_times(struct money a, uint64_t times)
{
	money_units product;

	if (!a.known)
		return MONEY_UNKNOWN;
	if (__builtin_mul_overflow(a.units, (money_units)times, &product))
		die_oom();
	return known(product);
}

/* A price is a whole multiple of 2^30 units, so nothing is lost; anything else is rounded down. */
struct money
money_of_bytes(struct money per_gib, uint64_t bytes)
{
	money_units product;

	if (!per_gib.known)
		return MONEY_UNKNOWN;
	if (__builtin_mul_overflow(per_gib.units >> GIB_BITS, (money_units)bytes, &product))
		die_oom();
	return known(product);
}

struct money
money_share(struct money a, uint64_t numerator, uint64_t denominator)
{
	struct money product = money_times(a, numerator);
	money_units divisor = (money_units)denominator;
	money_units quotient, rest, twice;

	if (!product.known || denominator == 0)
		return MONEY_UNKNOWN;
	quotient = product.units / divisor;
	rest = product.units % divisor;
	twice = (rest < 0 ? -rest : rest) * 2;
	if (twice > divisor || (twice == divisor && quotient % 2 != 0))
		quotient += product.units < 0 ? -1 : 1;
	return known(quotient);
}

int
money_compare(struct money a, struct money b)
{
	return (a.units > b.units) - (a.units < b.units);
}

struct money
money_min(struct money a, struct money b)
{
	if (!a.known || !b.known)
		return MONEY_UNKNOWN;
	return money_compare(a, b) <= 0 ? a : b;
}

struct money
money_max(struct money a, struct money b)
{
	if (!a.known || !b.known)
		return MONEY_UNKNOWN;
	return money_compare(a, b) >= 0 ? a : b;
}

/* --- text ------------------------------------------------------------------------------------ */

/*
 * Whole dollars from the right end of `end`, thousands apart if wanted. Cents of all the money
 * there can be have less than 64 bits.
 */
static char *
put_whole(char *end, uint64_t whole, bool grouped)
{
	unsigned digits = 0;

	do {
		if (grouped && digits && digits % 3 == 0)
			*--end = ',';
		*--end = (char)('0' + (int)(whole % 10));
		whole /= 10;
		digits++;
	} while (whole);
	return end;
}

/*
 * The decimals of an amount below a dollar: those of a price, then those of a part of the least
 * price. 2^30 divides 10^30, so they end, after 44 at most.
 */
static char *
put_decimals(char *to, uint64_t prices, uint64_t part)
{
	char *first = to;

	for (int i = PRICE_DECIMALS; i-- > 0; prices /= 10)
		to[i] = (char)('0' + (int)(prices % 10));
	to += PRICE_DECIMALS;
	if (part == 0)
		while (to - first > TEXT_DECIMALS && to[-1] == '0')
			to--;
	for (; part; part &= ((uint64_t)1 << GIB_BITS) - 1) {
		part *= 10;
		*to++ = (char)('0' + (int)(part >> GIB_BITS));
	}
	return to;
}

static magnitude
magnitude_of(struct money money)
{
	return money.units < 0 ? -(magnitude)money.units : (magnitude)money.units;
}

void
money_text(struct money money, char out[MONEY_TEXT_SIZE])
{
	const uint64_t dollar = (uint64_t)(DOLLAR >> GIB_BITS);
	char room[MONEY_TEXT_SIZE];
	char *end = room + sizeof(room), *whole;
	magnitude amount = magnitude_of(money), prices = amount >> GIB_BITS;

	*out = '\0';
	if (!money.known)
		return;
	whole = put_whole(end, (uint64_t)(prices / dollar), false);
	if (money.units < 0)
		*--whole = '-';
	out = mempcpy(out, whole, (size_t)(end - whole));
	*out++ = '.';
	out = put_decimals(out, (uint64_t)(prices % dollar),
		(uint64_t)amount & (((uint64_t)1 << GIB_BITS) - 1));
	*out = '\0';
}

void
money_text_rounded(struct money money, char out[MONEY_TEXT_SIZE])
{
	char room[MONEY_TEXT_SIZE];
	char *end = room + sizeof(room) - 1;
	struct money cents = money_times(money, 100);
	magnitude amount;

	if (!money.known) {
		memcpy(out, "unknown", sizeof("unknown"));
		return;
	}
	amount = magnitude_of(cents);
	magnitude whole = amount / (magnitude)DOLLAR;
	magnitude twice = amount % (magnitude)DOLLAR * 2;

	if (twice > (magnitude)DOLLAR || (twice == (magnitude)DOLLAR && whole % 2 != 0))
		whole++;
	*end = '\0';
	*--end = (char)('0' + (int)(whole % 10));
	*--end = (char)('0' + (int)(whole / 10 % 10));
	*--end = '.';
	end = put_whole(end, (uint64_t)(whole / 100), true);
	if (money.units < 0 && whole)
		*--end = '-';
	memcpy(out, end, (size_t)(room + sizeof(room) - end));
}
