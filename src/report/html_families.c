/*
 * Every family as a small diagram: the documented process from left to right, AMIs, snapshots,
 * instances, each with what becomes of it. It must not know: how families are found.
 */
#include "html.h"
#include "phase.h"
#include <inttypes.h>

/* The first stand open in the page; the rest is inert, so many a piece. */
enum { FAMILIES_FIRST = 12, FAMILIES_PIECE = 50 };

/* Boxes a rank; the last stands for all that are more. */
enum { BOXES = 8 };

enum {
	BOX_WIDTH = 250,
	BOX_HEIGHT = 42,
	BOX_PITCH = 56,
	RANK_PITCH = 310,
	HEAD = 34,
	MARGIN = 32 /* right of the last rank: its action is longer than a box */
};

/* A fate's class for the style sheet, and its word. */
static const struct {
	const char *class, *word;
} FATES[] = {
	[KIN_OUTSIDE] = {"rest", "not in this plan"},
	[KIN_STEP] = {"go", "step"},
	[KIN_BLOCKED] = {"blocked", "blocked"},
	[KIN_KEPT] = {"kept", "kept"},
};

static size_t
rank_size(const struct family *family, unsigned rank)
{
	return family->starts[rank + 1] - family->starts[rank];
}

/* Rows that the boxes of a rank take. */
static size_t
rows_of(const struct family *family, unsigned rank)
{
	size_t size = rank_size(family, rank);

	return size > BOXES ? BOXES : size;
}

/* "step 3", "blocked: in-use". */
static void
put_fate(struct html *html, const struct kin *kin)
{
	fputs(FATES[kin->fate].word, html->file);
	if (kin->fate == KIN_STEP)
		fprintf(html->file, " %" PRIu32, kin->order);
	if (*kin->rule) {
		fputs(": ", html->file);
		html_text(html, kin->rule);
	}
}

/* --- boxes ----------------------------------------------------------------------------------- */

static void
open_box(struct html *html, const char *class, unsigned rank, size_t row)
{
	fprintf(html->file, " class=\"%s\" transform=\"translate(%u,%zu)\">", class,
		1 + rank * RANK_PITCH, HEAD + row * BOX_PITCH);
}

static void
put_box(struct html *html, const struct kin *kin, unsigned rank, size_t row)
{
	fputs("<g id=\"of-", html->file);
	html_text(html, kin->id);
	fputs("\"", html->file);
	open_box(html, FATES[kin->fate].class, rank, row);
	if (*kin->name) {
		fputs("<title>", html->file);
		html_text(html, kin->name);
		fputs("</title>", html->file);
	}
	fprintf(html->file,
		"<rect width=\"%d\" height=\"%d\" rx=\"5\"/><text class=\"id\" x=\"10\" y=\"17\">",
		BOX_WIDTH, BOX_HEIGHT);
	html_text(html, kin->id);
	fputs("</text><text x=\"10\" y=\"34\">", html->file);
	put_fate(html, kin);
	fputs("</text></g>\n", html->file);
}

static void
put_more(struct html *html, unsigned rank, size_t row, size_t more)
{
	fputs("<g", html->file);
	open_box(html, "rest", rank, row);
	fprintf(html->file,
		"<rect width=\"%d\" height=\"%d\" rx=\"5\"/><text x=\"10\" y=\"26\">+ %zu more, "
		"listed below</text></g>\n",
		BOX_WIDTH, BOX_HEIGHT, more);
}

static void
put_rank(struct html *html, const struct family *family, unsigned rank)
{
	size_t size = rank_size(family, rank);
	size_t shown = size > BOXES ? BOXES - 1 : size;

	for (size_t row = 0; row < shown; row++)
		put_box(html, &family->members[family->starts[rank] + row], rank, row);
	if (shown < size)
		put_more(html, rank, shown, size - shown);
}

/* --- lines: an instance's runs between the rows of snapshots; each AMI has tracks of its own -- */

enum { TRACK_SNAPSHOT = 52, TRACK_INSTANCE = 22 };

/* Row of a member's box. */
static size_t
row_of(const struct family *family, unsigned rank, uint32_t member)
{
	size_t row = member - family->starts[rank];

	return row < BOXES ? row : BOXES - 1;
}

static void
put_tie(struct html *html, const struct family *family, const struct tie *tie)
{
	unsigned rank = tie->to < family->starts[RANK_INSTANCE] ? RANK_SNAPSHOT : RANK_INSTANCE;
	size_t from = row_of(family, RANK_IMAGE, tie->from), to = row_of(family, rank, tie->to);
	size_t y = HEAD + from * BOX_PITCH + BOX_HEIGHT / 2;
	size_t end = HEAD + to * BOX_PITCH + BOX_HEIGHT / 2;
	unsigned left = 1 + rank * RANK_PITCH;

	fprintf(html->file, "<path d=\"M%d %zu", BOX_WIDTH + 1, y);
	if (rank == RANK_INSTANCE)
		fprintf(html->file, "h%zuV%zuH%u", TRACK_INSTANCE - 2 * from,
			HEAD + to * BOX_PITCH - 7, left - 14);
	else
		fprintf(html->file, "h%zu", TRACK_SNAPSHOT - 4 * from);
	fprintf(html->file, "V%zuH%u\"/>\n", end, left);
}

/* Ties that collapsed boxes share are drawn once: they stand side by side. */
static void
put_ties(struct html *html, const struct family *family)
{
	size_t last_from = SIZE_MAX, last_to = SIZE_MAX;
	unsigned last_rank = RANKS;

	for (size_t i = 0; i < family->tie_count; i++) {
		const struct tie *tie = &family->ties[i];
		unsigned rank =
			tie->to < family->starts[RANK_INSTANCE] ? RANK_SNAPSHOT : RANK_INSTANCE;
		size_t from = row_of(family, RANK_IMAGE, tie->from);
		size_t to = row_of(family, rank, tie->to);

		if (from != last_from || to != last_to || rank != last_rank)
			put_tie(html, family, tie);
		last_from = from;
		last_to = to;
		last_rank = rank;
	}
}

/* --- one diagram ----------------------------------------------------------------------------- */

/* The documented action above each rank that has something in it. */
static void
put_heads(struct html *html, const struct family *family)
{
	for (unsigned rank = 0; rank < RANKS; rank++)
		if (rank_size(family, rank))
			fprintf(html->file,
				"<circle cx=\"%u\" cy=\"13\" r=\"11\"/><text class=\"number\" "
				"x=\"%u\" y=\"18\">%u</text><text class=\"action\" x=\"%u\" "
				"y=\"18\">%s</text>\n",
				13 + rank * RANK_PITCH, 13 + rank * RANK_PITCH, rank + 1,
				30 + rank * RANK_PITCH, phase_title(rank + 1) + 2);
}

static void
put_diagram(struct html *html, const struct family *family)
{
	size_t rows = 1;
	unsigned ranks = RANK_SNAPSHOT + 1, width;

	for (unsigned rank = 0; rank < RANKS; rank++)
		rows = rows_of(family, rank) > rows ? rows_of(family, rank) : rows;
	if (rank_size(family, RANK_INSTANCE))
		ranks = RANKS;
	width = (ranks - 1) * RANK_PITCH + BOX_WIDTH + MARGIN;
	fprintf(html->file,
		"<svg class=\"family\" viewBox=\"0 0 %u %zu\" width=\"%u\" role=\"img\" "
		"aria-label=\"Diagram of the family of ",
		width, HEAD + rows * BOX_PITCH, width);
	html_text(html, family->members[0].id);
	fputs("\">\n<g class=\"ties\">", html->file);
	put_ties(html, family);
	fputs("</g>", html->file);
	put_heads(html, family);
	for (unsigned rank = 0; rank < RANKS; rank++)
		put_rank(html, family, rank);
	fputs("</svg>\n", html->file);
}

/* What the diagram has no box for. */
static void
put_others(struct html *html, const struct family *family, unsigned rank)
{
	size_t size = rank_size(family, rank);

	if (size <= BOXES)
		return;
	fprintf(html->file, "<details><summary>%zu more</summary><ul>\n", size - (BOXES - 1));
	for (size_t i = BOXES - 1; i < size; i++) {
		const struct kin *kin = &family->members[family->starts[rank] + i];

		fputs("<li id=\"of-", html->file);
		html_text(html, kin->id);
		fputs("\"><code>", html->file);
		html_text(html, kin->id);
		fputs("</code> ", html->file);
		put_fate(html, kin);
		fputs("</li>\n", html->file);
	}
	fputs("</ul></details>\n", html->file);
}

/* --- the caption ----------------------------------------------------------------------------- */

static void
put_count(struct html *html, uint64_t count, const char *word, const char **between)
{
	if (!count)
		return;
	fprintf(html->file, "%s%" PRIu64 " %s", *between, count, word);
	*between = ", ";
}

/* What the family is called: by its first AMI, or whatever it has. */
static void
put_caption(struct html *html, const struct family *family)
{
	const struct kin *first = &family->members[0];
	const char *between = "";

	fputs("<figcaption><code>", html->file);
	html_text(html, first->id);
	fputs("</code> <b>", html->file);
	html_text(html, first->name);
	fputs("</b> <small>", html->file);
	put_count(html, family->steps, family->steps == 1 ? "step" : "steps", &between);
	put_count(html, family->blocked, "blocked", &between);
	put_count(html, family->kept, "kept", &between);
	fputs("</small></figcaption>\n", html->file);
}

static void
put_family(struct html *html, size_t i)
{
	struct family family;

	kinship_family(html->kinship, i, &html->arena, &family);
	fputs("<figure>", html->file);
	put_caption(html, &family);
	put_diagram(html, &family);
	for (unsigned rank = 0; rank < RANKS; rank++)
		put_others(html, &family, rank);
	fputs("</figure>\n", html->file);
	arena_clear(&html->arena);
}

void
html_families(struct html *html)
{
	size_t count = kinship_families(html->kinship);

	fprintf(html->file,
		"<section id=\"families\" aria-labelledby=\"h-families\">\n"
		"<h2 id=\"h-families\">Families <small>%zu</small></h2>\n"
		"<p class=\"note\">What hangs together: an AMI, the snapshots that it maps or that "
		"were made for it, and its instances, under the documented action for each.</p>\n"
		"<div class=\"families\">\n",
		count);
	for (size_t i = 0; i < count; i++) {
		bool inert = i >= FAMILIES_FIRST;
		size_t piece = (i - FAMILIES_FIRST) % FAMILIES_PIECE;

		if (inert && piece == 0)
			fputs("<noscript class=\"piece\">\n", html->file);
		put_family(html, i);
		if (inert && (piece == FAMILIES_PIECE - 1 || i + 1 == count))
			fputs("</noscript>\n", html->file);
	}
	fputs("</div>\n</section>\n", html->file);
}
