/*
 * Exact sums of decimal texts.
 * It must not know: what is counted.
 */
#include "decimal.h"

#define BASE 1000000000u
#define DIGITS ((size_t)9) /* of a limb */
#define WHOLE_DIGITS (DECIMAL_WHOLE * DIGITS)
#define ALL_DIGITS (DECIMAL_LIMBS * DIGITS)

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A row of digits, the point after WHOLE_DIGITS; beyond `from` and `to` they are zeros. */
struct row {
	char digits[ALL_DIGITS];
	size_t from, to;
};

static bool
spread(const char *text, struct row *row)
{
	size_t whole = 0, fraction = 0;
	const char *after;

	while (is_digit(text[whole]))
		whole++;
	after = text + whole + (text[whole] == '.');
	while (is_digit(after[fraction]))
		fraction++;
	if (whole == 0 || whole > WHOLE_DIGITS || fraction > ALL_DIGITS - WHOLE_DIGITS ||
		after[fraction] || (text[whole] == '.' && fraction == 0))
		return false;
	memset(row->digits, '0', ALL_DIGITS);
	memcpy(row->digits + WHOLE_DIGITS - whole, text, whole);
	memcpy(row->digits + WHOLE_DIGITS, after, fraction);
	row->from = WHOLE_DIGITS - whole;
	row->to = WHOLE_DIGITS + fraction;
	return true;
}

bool
decimal_parse(const char *text, struct decimal *out)
{
	struct row row;

	if (!spread(text, &row))
		return false;
	*out = (struct decimal){0};
	for (size_t i = row.from / DIGITS; i * DIGITS < row.to; i++) {
		uint32_t limb = 0;

		for (size_t d = 0; d < DIGITS; d++)
			limb = limb * 10 + (uint32_t)(row.digits[i * DIGITS + d] - '0');
		out->limbs[i] = limb;
	}
	return true;
}

void
decimal_add(struct decimal *to, const struct decimal *other)
{
	uint32_t carry = 0;

	for (size_t i = DECIMAL_LIMBS; i-- > 0;) {
		uint32_t sum = to->limbs[i] + other->limbs[i] + carry;

		carry = sum >= BASE;
		to->limbs[i] = carry ? sum - BASE : sum;
	}
}

int
decimal_compare(const struct decimal *a, const struct decimal *b)
{
	for (size_t i = 0; i < DECIMAL_LIMBS; i++)
		if (a->limbs[i] != b->limbs[i])
			return a->limbs[i] < b->limbs[i] ? -1 : 1;
	return 0;
}

static void
row_of_digits(const struct decimal *decimal, char digits[ALL_DIGITS])
{
	memset(digits, '0', ALL_DIGITS);
	for (size_t i = 0; i < DECIMAL_LIMBS; i++) {
		uint32_t limb = decimal->limbs[i];

		for (size_t d = DIGITS; limb && d-- > 0; limb /= 10)
			digits[i * DIGITS + d] = (char)('0' + limb % 10);
	}
}

/* Where the whole part begins: one digit at least. */
static size_t
first_digit(const char digits[ALL_DIGITS])
{
	size_t first = 0;

	while (first < WHOLE_DIGITS - 1 && digits[first] == '0')
		first++;
	return first;
}

void
decimal_text(const struct decimal *decimal, struct buf *out)
{
	char digits[ALL_DIGITS];
	size_t first, end = ALL_DIGITS;

	row_of_digits(decimal, digits);
	first = first_digit(digits);
	while (end > WHOLE_DIGITS + 2 && digits[end - 1] == '0')
		end--;
	buf_add(out, digits + first, WHOLE_DIGITS - first);
	buf_add_char(out, '.');
	buf_add(out, digits + WHOLE_DIGITS, end - WHOLE_DIGITS);
}

/* What lies behind the cents: below, at or above half a cent. */
static int
compare_with_half(const char digits[ALL_DIGITS])
{
	size_t at = WHOLE_DIGITS + 2;

	if (digits[at] != '5')
		return digits[at] < '5' ? -1 : 1;
	while (++at < ALL_DIGITS)
		if (digits[at] != '0')
			return 1;
	return 0;
}

void
decimal_text_rounded(const struct decimal *decimal, struct buf *out)
{
	static const struct decimal cent = {.limbs = {[DECIMAL_WHOLE] = BASE / 100}};
	struct decimal rounded = *decimal;
	char digits[ALL_DIGITS];
	int half;

	row_of_digits(decimal, digits);
	half = compare_with_half(digits);
	if (half > 0 || (half == 0 && (digits[WHOLE_DIGITS + 1] - '0') % 2))
		decimal_add(&rounded, &cent);
	if (half >= 0)
		row_of_digits(&rounded, digits);
	for (size_t i = first_digit(digits); i < WHOLE_DIGITS; i++) {
		buf_add_char(out, digits[i]);
		if (i + 1 < WHOLE_DIGITS && (WHOLE_DIGITS - 1 - i) % 3 == 0)
			buf_add_char(out, ',');
	}
	buf_add_char(out, '.');
	buf_add(out, digits + WHOLE_DIGITS, 2);
}
