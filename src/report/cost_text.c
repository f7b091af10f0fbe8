/*
 * Amounts as words for people.
 * It must not know: plans.
 */
#include "cost_text.h"
#include "decimal.h"

/* What is no number (a file was changed by hand) is not known, and nothing of it is shown. */
static void
add_rounded(const char *exact, struct buf *out)
{
	struct decimal decimal;

	if (decimal_parse(exact, &decimal))
		decimal_text_rounded(&decimal, out);
	else
		buf_add_text(out, "unknown");
}

/* The upper end, or what of it has a price. */
static void
add_range(const struct view_money *money, const char *max, struct buf *out)
{
	if (strcmp(money->min, max) != 0) {
		add_rounded(money->min, out);
		buf_add_text(out, " to ");
	}
	add_rounded(max, out);
}

void
cost_text(const struct view_money *money, struct buf *out)
{
	if (!money->min) {
		buf_add_text(out, "an unknown amount");
	} else if (money->max) {
		add_range(money, money->max, out);
		buf_add_text(out, " USD");
	} else {
		add_range(money, money->priced ? money->priced : money->min, out);
		buf_add_text(out, " USD and what has no known price");
	}
}

void
cost_text_short(const struct view_money *money, struct buf *out)
{
	if (!money->min) {
		buf_add_text(out, "unknown");
		return;
	}
	add_range(money, money->max ? money->max : money->priced ? money->priced : money->min, out);
	if (!money->max)
		buf_add_text(out, " + ?");
}

bool
cost_is_nothing(const struct view_money *money)
{
	static const struct decimal zero;
	struct decimal max;

	return money->max && decimal_parse(money->max, &max) && decimal_compare(&max, &zero) == 0;
}

static const struct level {
	const char *word, *brief, *words;
} levels[] = {
	{"exact", "exact", "exact"},
	{"blocks", "counted", "blocks were counted, but there may be relatives: at most so much"},
	{"billed", "billed", "as billed: at most so much"},
	{"range", "estimated", "estimated from full sizes and list prices"},
};

static const struct level *
level_of(const char *word)
{
	for (size_t i = 0; word && i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(levels[i].word, word) == 0)
			return &levels[i];
	return NULL;
}

const char *
cost_level_words(const char *word)
{
	const struct level *level = level_of(word);

	return level ? level->words : word ? word : "not known";
}

const char *
cost_level_short(const char *word)
{
	const struct level *level = level_of(word);

	return level ? level->brief : word ? word : "not known";
}
