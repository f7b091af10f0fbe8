/*
 * Sums of ranges: from exact to unknown.
 * It must not know: what is paid for.
 */
#include "cost_internal.h"

const char *
cost_level_word(enum cost_level level)
{
	static const char *const words[] = {
#define X(name, word) [LEVEL_##name] = word,
		COST_LEVELS(X)
#undef X
	};

	return words[level];
}

struct amount
amount_zero(void)
{
	return amount_exact(MONEY_ZERO);
}

struct amount
amount_exact(struct money money)
{
	struct money known = money.known ? money : MONEY_ZERO;

	return (struct amount){known, money, known, LEVEL_EXACT};
}

struct amount
amount_up_to(struct money most)
{
	struct amount amount = amount_exact(most);

	amount.min = MONEY_ZERO;
	if (!most.known || money_compare(most, MONEY_ZERO) != 0)
		amount.level = LEVEL_RANGE;
	return amount;
}

struct amount
amount_of_bytes(struct money per_gib, const struct bytes *bytes)
{
	struct money most = money_of_bytes(per_gib, bytes->max);
	struct amount amount = {.level = bytes->level};

	amount.min = per_gib.known ? money_of_bytes(per_gib, bytes->min) : MONEY_ZERO;
	amount.priced = most.known ? most : MONEY_ZERO;
	/* Nothing costs nothing, whatever a GiB may cost. */
	if (bytes->unsized == 0)
		amount.max = bytes->max ? most : MONEY_ZERO;
	return amount;
}

struct amount
amount_times(struct amount a, uint64_t times)
{
	a.min = money_times(a.min, times);
	a.max = times ? money_times(a.max, times) : MONEY_ZERO;
	a.priced = money_times(a.priced, times);
	return a;
}

void
amount_add(struct amount *to, const struct amount *other)
{
	/* Most things cost nothing beside the one thing that they cost. */
	if (other->level == LEVEL_EXACT && other->max.known && other->max.units == 0)
		return;
	to->min = money_add(to->min, other->min);
	to->max = money_add(to->max, other->max);
	to->priced = money_add(to->priced, other->priced);
	if (other->level > to->level)
		to->level = other->level;
}

void
sheet_zero(struct sheet *sheet)
{
	sheet->total = amount_zero();
	for (int part = 0; part < COST_PARTS; part++)
		sheet->parts[part] = amount_zero();
}

void
sheet_add(struct sheet *sheet, enum cost_part part, const struct amount *amount)
{
	amount_add(&sheet->parts[part], amount);
	amount_add(&sheet->total, amount);
}
