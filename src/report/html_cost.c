/*
 * What a month costs, before the plan and after each of its phases: a ladder of bars and the
 * amounts. It must not know: how anything is priced.
 */
#include "html.h"
#include "json_pull.h"
#include "vec.h"
#include <inttypes.h>

/* A part of a month's cost: "volumes", …, "total". */
struct part {
	const char *name;
	struct view_money amount;
};

/* What a month costs at one time. Lifetime of all texts: the arena that it was read into. */
struct rung {
	const char *title;
	VEC(struct part) parts;
};

enum { RUNGS = 4 };

struct ladder {
	struct rung rungs[RUNGS];
	struct view_money saving, one_off;
	const char *source, *date; /* of the prices; NULL: none were applied */
};

/* --- reading view->cost ---------------------------------------------------------------------- */

static const char *
read_text(struct json *json, struct arena *arena)
{
	struct slice text;

	if (json_peek(json) != JSON_STRING) {
		json_skip(json, NULL);
		return NULL;
	}
	return json_string(json, &text) ? arena_text(arena, text) : NULL;
}

static void
read_money(struct json *json, struct arena *arena, struct view_money *out)
{
	struct slice name;

	if (json_peek(json) != JSON_OBJECT) {
		json_skip(json, NULL);
		return;
	}
	json_enter(json, JSON_OBJECT);
	while (json_next_member(json, &name)) {
		if (slice_is(name, "min"))
			out->min = read_text(json, arena);
		else if (slice_is(name, "max"))
			out->max = read_text(json, arena);
		else
			json_skip(json, NULL);
	}
}

static void
read_rung(struct json *json, struct arena *arena, struct rung *rung)
{
	struct slice name;

	if (json_peek(json) != JSON_OBJECT) {
		json_skip(json, NULL);
		return;
	}
	json_enter(json, JSON_OBJECT);
	while (json_next_member(json, &name)) {
		struct part part = {.name = arena_text(arena, name)};

		read_money(json, arena, &part.amount);
		vec_push(&rung->parts, part);
	}
}

static void
read_phases(struct json *json, struct arena *arena, struct ladder *ladder)
{
	struct slice name;

	if (json_peek(json) != JSON_OBJECT) {
		json_skip(json, NULL);
		return;
	}
	json_enter(json, JSON_OBJECT);
	while (json_next_member(json, &name)) {
		if (name.len == 1 && name.at[0] > '0' && name.at[0] < '0' + RUNGS)
			read_rung(json, arena, &ladder->rungs[name.at[0] - '0']);
		else
			json_skip(json, NULL);
	}
}

static void
read_prices(struct json *json, struct arena *arena, struct ladder *ladder)
{
	struct slice name;

	if (json_peek(json) != JSON_OBJECT) {
		json_skip(json, NULL);
		return;
	}
	json_enter(json, JSON_OBJECT);
	while (json_next_member(json, &name)) {
		if (slice_is(name, "source"))
			ladder->source = read_text(json, arena);
		else if (slice_is(name, "date"))
			ladder->date = read_text(json, arena);
		else
			json_skip(json, NULL);
	}
}

/* What cannot be read stays unknown. */
static void
read_ladder(struct slice cost, struct arena *arena, struct ladder *ladder)
{
	struct err err = {0};
	struct slice name;
	struct json json;

	*ladder = (struct ladder){.rungs = {{.title = "Before"}, {.title = html_phase(1)},
					  {.title = html_phase(2)}, {.title = html_phase(3)}}};
	json_begin(&json, cost, "cost", &err);
	if (json_peek(&json) == JSON_OBJECT && json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			if (slice_is(name, "before"))
				read_rung(&json, arena, &ladder->rungs[0]);
			else if (slice_is(name, "after_phase"))
				read_phases(&json, arena, ladder);
			else if (slice_is(name, "prices"))
				read_prices(&json, arena, ladder);
			else if (slice_is(name, "monthly_saving_usd"))
				read_money(&json, arena, &ladder->saving);
			else if (slice_is(name, "one_off_usd"))
				read_money(&json, arena, &ladder->one_off);
			else
				json_skip(&json, NULL);
		}
	json_end(&json);
}

static const struct view_money *
amount_of(const struct rung *rung, const char *name)
{
	static const struct view_money unknown = {NULL, NULL};

	vec_foreach (part, &rung->parts)
		if (strcmp(part->name, name) == 0)
			return &part->amount;
	return &unknown;
}

/* --- the bars -------------------------------------------------------------------------------- */

/* Beyond this a bar is as long as it gets; its product with a length still fits. */
#define CENTS_MOST (UINT64_MAX / 10000000)

/* Cents, for the length of a bar alone; what is no amount is 0. */
static uint64_t
cents(const char *amount)
{
	uint64_t value = 0;
	int decimals = -1;

	for (; amount && *amount && decimals < 2 && value < CENTS_MOST; amount++) {
		if (*amount == '.' && decimals < 0) {
			decimals = 0;
		} else if (*amount >= '0' && *amount <= '9') {
			value = value * 10 + (uint64_t)(*amount - '0');
			decimals += decimals >= 0;
		} else {
			return 0;
		}
	}
	for (decimals = decimals < 0 ? 0 : decimals; decimals < 2; decimals++)
		value *= 10;
	return value;
}

enum { BAR_LEFT = 280, BAR_LENGTH = 440, BAR_ROW = 40, BAR_HEIGHT = 24, LADDER_WIDTH = 900 };

/* Never longer than the longest, whatever a saved plan says. */
static uint64_t
length_of(const char *amount, uint64_t longest)
{
	uint64_t value = cents(amount);

	if (value >= longest)
		return longest ? BAR_LENGTH : 0;
	return value * BAR_LENGTH / longest;
}

/* Where a bar ends: at the most that is known. */
static const char *
end_of(const struct view_money *total)
{
	return total->max ? total->max : total->min;
}

static void
put_rung(struct html *html, const struct rung *rung, unsigned row, uint64_t longest)
{
	const struct view_money *total = amount_of(rung, "total");
	uint64_t least = length_of(total->min, longest), most = length_of(end_of(total), longest);
	unsigned y = row * BAR_ROW;

	fprintf(html->file, "<text x=\"0\" y=\"%u\">", y + 17);
	fputs(row ? "after " : "", html->file);
	html_text(html, rung->title);
	fputs("</text>", html->file);
	if (total->min)
		fprintf(html->file,
			"<rect class=\"least\" x=\"%d\" y=\"%u\" width=\"%" PRIu64
			"\" height=\"%d\"/><rect class=\"most\" x=\"%" PRIu64
			"\" y=\"%u\" width=\"%" PRIu64 "\" height=\"%d\"/>",
			BAR_LEFT, y, least, BAR_HEIGHT, BAR_LEFT + least, y,
			most > least ? most - least : 0, BAR_HEIGHT);
	fprintf(html->file, "<text class=\"amount\" x=\"%" PRIu64 "\" y=\"%u\">",
		BAR_LEFT + most + 8, y + 17);
	html_money(html, total);
	fputs("</text>\n", html->file);
}

static void
put_bars(struct html *html, const struct ladder *ladder)
{
	uint64_t longest = 0;

	for (unsigned i = 0; i < RUNGS; i++) {
		uint64_t most = cents(end_of(amount_of(&ladder->rungs[i], "total")));

		longest = most > longest ? most : longest;
	}
	fprintf(html->file,
		"<svg class=\"ladder\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-labelledby=\"ladder-title\"><title id=\"ladder-title\">Cost a month in USD, "
		"before the plan and after each phase; the table below has the "
		"numbers</title>\n",
		LADDER_WIDTH, RUNGS * BAR_ROW);
	for (unsigned i = 0; i < RUNGS; i++)
		put_rung(html, &ladder->rungs[i], i, longest);
	fputs("</svg>\n", html->file);
}

/* --- the amounts ----------------------------------------------------------------------------- */

static void
put_amounts(struct html *html, const struct ladder *ladder)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Cost by part\">"
	      "<table class=\"numbers\"><caption>USD a month</caption><thead><tr><td></td>",
		html->file);
	for (unsigned i = 0; i < RUNGS; i++) {
		fprintf(html->file, "<th scope=\"col\">%s", i ? "after " : "");
		html_text(html, ladder->rungs[i].title);
		fputs("</th>", html->file);
	}
	fputs("</tr></thead><tbody>\n", html->file);
	vec_foreach (part, &ladder->rungs[0].parts) {
		fputs("<tr><th scope=\"row\">", html->file);
		html_words(html, part->name);
		fputs("</th>", html->file);
		for (unsigned i = 0; i < RUNGS; i++) {
			fputs("<td>", html->file);
			html_money(html, amount_of(&ladder->rungs[i], part->name));
			fputs("</td>", html->file);
		}
		fputs("</tr>\n", html->file);
	}
	fputs("</tbody></table></div>\n", html->file);
}

static void
put_saving(struct html *html, const struct ladder *ladder)
{
	fputs("<ul class=\"tiles\"><li><b>", html->file);
	html_money(html, &ladder->saving);
	fputs("</b> USD saved a month</li><li><b>", html->file);
	html_money(html, &ladder->one_off);
	fputs("</b> USD charged once</li></ul>\n", html->file);
}

static void
put_source(struct html *html, const struct ladder *ladder)
{
	if (!ladder->source) {
		fputs("<p>No price list was applied: what this costs and saves is not known.</p>\n",
			html->file);
		return;
	}
	fputs("<p class=\"note\">Prices: ", html->file);
	html_text(html, ladder->source);
	fputs(", of ", html->file);
	html_text(html, ladder->date ? ladder->date : "unknown date");
	fputs(". A solid bar is what it costs at least, what follows in dashes what it may "
	      "cost.</p>\n",
		html->file);
}

void
html_cost(struct html *html)
{
	struct arena arena = {0};
	struct ladder ladder;

	read_ladder(slice_of(html->view->cost), &arena, &ladder);
	fputs("<section id=\"cost\" aria-labelledby=\"h-cost\">\n<h2 id=\"h-cost\">Cost</h2>\n",
		html->file);
	put_saving(html, &ladder);
	put_source(html, &ladder);
	if (ladder.rungs[0].parts.count) {
		put_bars(html, &ladder);
		put_amounts(html, &ladder);
	}
	fputs("</section>\n", html->file);
	for (unsigned i = 0; i < RUNGS; i++)
		vec_release(&ladder.rungs[i].parts);
	arena_release(&arena);
}
