/*
 * What a month costs, before the plan and after each of its phases: a ladder of bars and the
 * amounts. It must not know: how anything is priced.
 */
#include "html.h"
#include "phase.h"
#include <inttypes.h>

/* Before the plan, and after each phase. */
enum { RUNGS = 1 + VIEW_PHASES };

static const struct view_sheet *
rung_of(const struct view_cost *cost, unsigned rung)
{
	return rung == 0 ? &cost->before : &cost->after_phase[rung - 1];
}

static const char *
title_of(unsigned rung)
{
	return rung == 0 ? "Before" : phase_title(rung);
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

/* At the right of the longest bar there is room for a range of millions. */
enum { BAR_LEFT = 280, BAR_LENGTH = 380, BAR_ROW = 40, BAR_HEIGHT = 24, LADDER_WIDTH = 960 };

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
	if (total->max)
		return total->max;
	return total->priced ? total->priced : total->min;
}

static void
put_rung(struct html *html, unsigned rung, const struct view_money *total, uint64_t longest)
{
	uint64_t least = length_of(total->min, longest), most = length_of(end_of(total), longest);
	unsigned y = rung * BAR_ROW;

	fprintf(html->file, "<text x=\"0\" y=\"%u\">", y + 17);
	fputs(rung ? "after " : "", html->file);
	html_text(html, title_of(rung));
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
put_bars(struct html *html, const struct view_cost *cost)
{
	uint64_t longest = 0;

	for (unsigned i = 0; i < RUNGS; i++) {
		uint64_t most = cents(end_of(&rung_of(cost, i)->total));

		longest = most > longest ? most : longest;
	}
	fprintf(html->file,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Cost as bars\">"
		"<svg class=\"ladder\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-labelledby=\"ladder-title\"><title id=\"ladder-title\">Cost a month in USD, "
		"before the plan and after each phase; the table below has the "
		"numbers</title>\n",
		LADDER_WIDTH, RUNGS * BAR_ROW);
	for (unsigned i = 0; i < RUNGS; i++)
		put_rung(html, i, &rung_of(cost, i)->total, longest);
	fputs("</svg></div>\n", html->file);
}

/* --- the amounts ----------------------------------------------------------------------------- */

/* The parts in their order, then the total. */
static void
put_row(struct html *html, const struct view_cost *cost, int part)
{
	static const char *const titles[] = {
#define PART(name, word, title) [name] = title,
#include "cost_parts.def"
#undef PART
	};

	fputs("<tr><th scope=\"row\">", html->file);
	html_text(html, part < COST_PARTS ? titles[part] : "total");
	fputs("</th>", html->file);
	for (unsigned i = 0; i < RUNGS; i++) {
		const struct view_sheet *sheet = rung_of(cost, i);

		fputs("<td>", html->file);
		html_money(html, part < COST_PARTS ? &sheet->parts[part] : &sheet->total);
		fputs("</td>", html->file);
	}
	fputs("</tr>\n", html->file);
}

static void
put_amounts(struct html *html, const struct view_cost *cost)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Cost by part\">"
	      "<table class=\"numbers\"><caption>USD a month</caption><thead><tr><td></td>",
		html->file);
	for (unsigned i = 0; i < RUNGS; i++) {
		fprintf(html->file, "<th scope=\"col\">%s", i ? "after " : "");
		html_text(html, title_of(i));
		fputs("</th>", html->file);
	}
	fputs("</tr></thead><tbody>\n", html->file);
	for (int part = 0; part <= COST_PARTS; part++)
		put_row(html, cost, part);
	fputs("</tbody></table></div>\n", html->file);
}

static void
put_saving(struct html *html, const struct view_cost *cost)
{
	fputs("<ul class=\"tiles\"><li><b>", html->file);
	html_money(html, &cost->monthly_saving_usd);
	fputs("</b> USD saved a month</li><li><b>", html->file);
	html_money(html, &cost->one_off_usd);
	fputs("</b> USD charged once</li></ul>\n", html->file);
	if (!cost->bin_exit)
		return;
	fputs("<p class=\"note\">From ", html->file);
	html_text(html, cost->bin_exit);
	fputs(" on, when the Recycle Bin is empty, ", html->file);
	html_money(html, &cost->saving_after_bin);
	fputs(" USD a month.</p>\n", html->file);
}

/* What costs and has no known price is named, never counted as nothing. */
static void
put_unpriced(struct html *html, const struct view_cost *cost)
{
	if (!cost->unpriced_count)
		return;
	fputs("<p>Without a known price:</p>\n<ul>", html->file);
	for (size_t i = 0; i < cost->unpriced_count; i++) {
		const struct view_unpriced *what = &cost->unpriced[i];

		fprintf(html->file, "<li>%" PRIu64 " × ", what->items);
		html_text(html, what->what);
		fputs(*what->region ? " in " : "", html->file);
		html_text(html, what->region);
		fputs(", such as ", html->file);
		html_text(html, what->example);
		fputs("</li>\n", html->file);
	}
	fputs("</ul>\n", html->file);
}

static void
put_source(struct html *html, const struct view_cost *cost)
{
	fputs("<p class=\"note\">Prices: ", html->file);
	html_text(html, cost->prices_source);
	fputs(", of ", html->file);
	html_text(html, cost->prices_date ? cost->prices_date : "unknown date");
	fputs(". A solid bar is what it costs at least, what follows in dashes what it may "
	      "cost.</p>\n",
		html->file);
}

void
html_cost(struct html *html)
{
	const struct view_cost *cost = &html->view->cost;

	fputs("<section id=\"cost\" aria-labelledby=\"h-cost\">\n<h2 id=\"h-cost\">Cost</h2>\n",
		html->file);
	if (cost->prices_source) {
		put_saving(html, cost);
		put_source(html, cost);
		put_bars(html, cost);
		put_amounts(html, cost);
		put_unpriced(html, cost);
	} else {
		fputs("<p>No price list was applied: what this costs and saves is not known.</p>\n",
			html->file);
	}
	fputs("</section>\n", html->file);
}
