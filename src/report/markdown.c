/*
 * A plan as Markdown, for a change ticket or a pull request: short enough for both, long lists
 * folded, and honest about what did not fit. It must not know: how anything was decided.
 */
#include "choice_text.h"
#include "cost_text.h"
#include "groups.h"
#include "phase.h"
#include "quote.h"
#include "report.h"
#include <inttypes.h>

/*
 * What a comment on GitHub may hold at most, in characters (bytes are never fewer), and what is
 * kept free for headings and the lines that say how much was left out.
 * https://github.com/dead-claudia/github-limits
 */
enum { LIMIT_COMMENT = 65536, RESERVED = 9000 };

/* The shares of the four lists, in hundredths of what lists may take; what one leaves, the next may
 * use. */
enum { SHARE_STEPS = 50, SHARE_BLOCKED = 30, SHARE_KEPT = 12, SHARE_WARNINGS = 8 };

/* Lifetime: one report. */
struct page {
	FILE *file;
	const struct plan_view *view;
	struct arena arena; /* of one item */
	size_t left;        /* bytes that the present list may take still */
	char *line;         /* the line under way */
	size_t line_len;
};

/* --- lines ----------------------------------------------------------------------------------- */

static FILE *
line_begin(struct page *page)
{
	FILE *line = open_memstream(&page->line, &page->line_len);

	if (!line)
		die_oom();
	return line;
}

/* Puts the line into the report if the list may have it: false if not. */
static bool
line_end(struct page *page, FILE *line)
{
	bool fits;

	fclose(line);
	fits = page->line_len <= page->left;
	if (fits) {
		fwrite(page->line, 1, page->line_len, page->file);
		page->left -= page->line_len;
	}
	free(page->line);
	page->line = NULL;
	return fits;
}

static void
put(FILE *file, const char *text)
{
	quote_markdown(file, slice_of(text));
}

/* "`ami-…`": an id has no character that code could end at; anything else is text. */
static void
put_id(FILE *file, const char *id)
{
	if (strpbrk(id, "`\n\r|<>&\\ "))
		put(file, id);
	else
		fprintf(file, "`%s`", id);
}

static void
put_more(struct page *page, uint64_t more)
{
	if (more)
		fprintf(page->file, "\n… and %" PRIu64 " more.\n", more);
}

static void
fold(struct page *page, const char *title, uint64_t count)
{
	fprintf(page->file, "\n<details><summary>%s: %" PRIu64 "</summary>\n\n", title, count);
}

static void
unfold(struct page *page)
{
	fputs("\n</details>\n", page->file);
}

/* --- summary --------------------------------------------------------------------------------- */

static void
put_saving(FILE *file, const struct view_money *saving)
{
	struct buf text = {0};

	cost_text_short(saving, &text);
	put(file, text.at);
	buf_release(&text);
}

static void
put_places(FILE *file, const char *what, const struct texts *texts)
{
	enum { SHOWN = 20 };

	fprintf(file, "%s ", what);
	for (size_t i = 0; i < texts->count && i < SHOWN; i++) {
		fputs(i ? ", " : "", file);
		put_id(file, texts->items[i]);
	}
	if (texts->count > SHOWN)
		fprintf(file, " and %zu more", texts->count - SHOWN);
	if (texts->count == 0)
		fputs("unknown", file);
}

static void
put_counts(FILE *file, const char *what, const struct view_counts *counts)
{
	fprintf(file,
		"| %s | %" PRIu64 " | **%" PRIu64 "** | %" PRIu64 " | %" PRIu64 " | %" PRIu64
		" |\n",
		what, counts->total, counts->go, counts->blocked, counts->kept,
		counts->not_selected);
}

/* What a month costs before the plan and after each phase: deregistering alone saves nothing. */
static void
put_ladder(FILE *file, const struct view_cost *cost)
{
	fputs("\n| USD a month | before | after 1 Deregister | after 2 Delete | after 3 Terminate "
	      "| saved |\n"
	      "|---|---:|---:|---:|---:|---:|\n| total | ",
		file);
	put_saving(file, &cost->before.total);
	for (int phase = 0; phase < VIEW_PHASES; phase++) {
		fputs(" | ", file);
		put_saving(file, &cost->after_phase[phase].total);
	}
	fputs(" | ", file);
	put_saving(file, &cost->monthly_saving_usd);
	fputs(" |\n\nBy ", file);
	put(file, cost->prices_source);
	fputs(".\n", file);
}

static void
put_choice(FILE *file, const struct plan_view *view)
{
	struct buf text = {0};

	choice_text(view, &text);
	fputc('\n', file);
	put(file, text.at);
	fputc('\n', file);
	buf_release(&text);
}

static void
put_summary(FILE *file, const struct plan_view *view, const char *digest)
{
	fputs("## AMI cleanup plan\n\nAs of ", file);
	put_id(file, view->as_of);
	put_places(file, "; accounts", &view->accounts);
	put_places(file, "; regions", &view->regions);
	fprintf(file, ".\nInventory `%s`, made by amiplan %s.", view->inventory_digest,
		view->tool_version);
	if (digest)
		fprintf(file, "\nPlan file `%s`.", digest);
	fputs("\n\n", file);
	fputs("| | total | to go | blocked | kept | not selected |\n"
	      "|---|---:|---:|---:|---:|---:|\n",
		file);
	put_counts(file, "AMIs", &view->images);
	put_counts(file, "snapshots", &view->snapshots);
	put_counts(file, "instances", &view->instances);
	if (view->step_count == 0)
		fputs("\n**Nothing to do.**\n", file);
	else if (view->cost.prices_source)
		put_ladder(file, &view->cost);
	if (view->choice)
		put_choice(file, view);
}

/* --- steps ----------------------------------------------------------------------------------- */

static bool
put_step(struct page *page, const struct view_step *step)
{
	FILE *line = line_begin(page);

	fprintf(line, "| %" PRIu32 " | ", step->order);
	put_id(line, step->resource);
	fputs(" | ", line);
	put(line, step->name);
	fputs(" | ", line);
	put(line, step->account);
	fputs("/", line);
	put(line, step->region);
	fputs(" | ", line);
	put_saving(line, &step->monthly_saving_usd);
	fputs(" | ", line);
	put(line, step->because);
	for (size_t i = 0; i < step->warnings.count; i++) {
		fputs("<br>⚠ ", line);
		put(line, step->warnings.items[i]);
	}
	fputs(" |\n", line);
	return line_end(page, line);
}

/* Steps of one phase, which are neighbours, from `i` on; returns the first of the next. */
static size_t
put_phase(struct page *page, size_t i)
{
	const struct plan_view *view = page->view;
	const uint64_t counts[] = {0, view->images.go, view->snapshots.go, view->instances.go};
	struct view_step step;
	uint32_t phase;
	uint64_t hidden = 0;

	view->step(view, i, STEP_BRIEF, &page->arena, &step);
	phase = step.phase;
	fold(page, phase_title(phase), counts[phase <= 3 ? phase : 0]);
	fputs("| # | resource | name | account/region | saves USD/month | why |\n"
	      "|---:|---|---|---|---:|---|\n",
		page->file);
	for (; i < view->step_count; i++) {
		view->step(view, i, STEP_BRIEF, &page->arena, &step);
		if (step.phase != phase)
			break;
		if (hidden || !put_step(page, &step))
			hidden++;
		arena_clear(&page->arena);
	}
	put_more(page, hidden);
	unfold(page);
	return i;
}

static void
put_steps(struct page *page)
{
	size_t share = page->left;

	if (page->view->step_count)
		fputs("\n### Steps, in this order\n", page->file);
	for (size_t i = 0; i < page->view->step_count;) {
		/* The first phase leaves half to those that follow. */
		size_t kept = i ? 0 : share / 2;

		page->left -= kept;
		i = put_phase(page, i);
		page->left += kept;
	}
}

/* --- what stays ------------------------------------------------------------------------------ */

static void
put_reason(FILE *line, const char *resource, const char *reason)
{
	fputs("- ", line);
	put_id(line, resource);
	fputs(": ", line);
	put(line, reason);
}

static bool
put_blocked(struct page *page, size_t i)
{
	FILE *line = line_begin(page);
	struct view_blocked blocked;

	page->view->blocked(page->view, i, &page->arena, &blocked);
	put_reason(line, blocked.resource, blocked.reason);
	fputs(" *Remedy:* ", line);
	put(line, blocked.remedy);
	fputc('\n', line);
	return line_end(page, line);
}

static bool
put_kept(struct page *page, size_t i)
{
	FILE *line = line_begin(page);
	struct view_kept kept;

	page->view->kept(page->view, i, &page->arena, &kept);
	put_reason(line, kept.resource, kept.reason);
	fputc('\n', line);
	return line_end(page, line);
}

static bool
put_warning(struct page *page, size_t i)
{
	FILE *line = line_begin(page);
	struct view_warning warning;

	page->view->warning(page->view, i, &page->arena, &warning);
	if (warning.resource) {
		put_reason(line, warning.resource, warning.text);
	} else {
		fputs("- ", line);
		put(line, warning.text);
	}
	fputc('\n', line);
	return line_end(page, line);
}

/* A list whose items are gathered by a word of theirs. */
struct gathered {
	const char *title;
	size_t count;
	group_word *word;
	bool (*put)(struct page *page, size_t i);
	bool by_rule; /* in the order of the rule table, else of first appearance */
	unsigned share;
};

static void
put_group(struct page *page, const struct gathered *list, const struct groups *groups, uint32_t g)
{
	uint64_t hidden = 0;
	size_t title = strlen(groups->words.items[g]);

	fputs("\n<details><summary>", page->file);
	put(page->file, groups->words.items[g]);
	fprintf(page->file, ": %" PRIu64 "</summary>\n\n", groups->counts.items[g]);
	page->left -= title < page->left ? title : page->left;
	for (size_t i = 0; i < groups->items; i++) {
		if (groups->group_of[i] != g)
			continue;
		if (hidden || !list->put(page, i))
			hidden++;
		arena_clear(&page->arena);
	}
	put_more(page, hidden);
	unfold(page);
}

static void
put_gathered(struct page *page, const struct gathered *list)
{
	struct groups groups;
	const uint32_t *order = NULL;

	if (!list->count)
		return;
	groups_make(&groups, page->view, list->count, list->word);
	if (list->by_rule)
		order = groups_in_rule_order(&groups);
	fprintf(page->file, "\n### %s: %zu\n", list->title, list->count);
	for (uint32_t i = 0; i < groups.words.count; i++) {
		/* Each rule has its part of what is left, so that none goes without an example. */
		size_t kept = page->left - page->left / (groups.words.count - i);

		page->left -= kept;
		put_group(page, list, &groups, order ? order[i] : i);
		page->left += kept;
	}
	groups_release(&groups);
}

void
write_plan_markdown(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	const size_t total = LIMIT_COMMENT - RESERVED;
	const struct gathered lists[] = {
		{"Blocked", view->blocked_count, group_of_blocked, put_blocked, true,
			SHARE_BLOCKED},
		{"Kept", view->kept_count, group_of_kept, put_kept, true, SHARE_KEPT},
		{"Warnings", view->warning_count, group_of_warning, put_warning, false,
			SHARE_WARNINGS},
	};
	struct page page = {.file = file, .view = view, .left = total / 100 * SHARE_STEPS};

	put_summary(file, view, options->digest);
	put_steps(&page);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		page.left += total / 100 * lists[i].share;
		put_gathered(&page, &lists[i]);
	}
	arena_release(&page.arena);
}
