/*
 * What stays and why, by rule, and the warnings by code: one fold a group.
 * It must not know: how anything was decided.
 */
#include "groups.h"
#include "html.h"
#include "policy.h"
#include <inttypes.h>

/* Only a page that is on the web; a saved plan may say anything. */
static void
put_source(struct html *html, const char *url)
{
	if (!url || !slice_starts(slice_of(url), "https://"))
		return;
	fputs("<p class=\"note\"><a rel=\"noreferrer\" href=\"", html->file);
	html_text(html, url);
	fputs("\">What AWS says of it</a></p>\n", html->file);
}

static void
put_also(struct html *html, const struct view_alsos *alsos)
{
	for (size_t i = 0; i < alsos->count; i++) {
		fputs("<p class=\"note\">Also <b>", html->file);
		html_text(html, alsos->items[i].rule);
		fputs("</b>: ", html->file);
		html_text(html, alsos->items[i].reason);
		fputs("</p>", html->file);
	}
}

static void
put_reason(struct html *html, const char *resource, bool leads, const char *reason)
{
	fputs("<li>", html->file);
	html_link(html, resource, leads);
	fputs(": ", html->file);
	html_text(html, reason);
}

static void
put_remedy(struct html *html, const char *remedy)
{
	fputs("<p class=\"remedy\"><b>Remedy:</b> ", html->file);
	html_text(html, remedy);
	fputs("</p>", html->file);
}

/* --- one item of each list ------------------------------------------------------------------- */

static void
put_blocked(struct html *html, size_t i)
{
	struct view_blocked blocked;

	html->view->blocked(html->view, i, &html->arena, &blocked);
	put_reason(html, blocked.resource, kinship_has(blocked.resource), blocked.reason);
	put_remedy(html, blocked.remedy);
	put_also(html, &blocked.also);
	if (blocked.evidence.count) {
		fputs("<details><summary>Evidence</summary>", html->file);
		html_evidence(html, &blocked.evidence);
		fputs("</details>", html->file);
	}
	fputs("</li>\n", html->file);
	kinship_add_blocked(html->kinship, &blocked);
}

static void
put_kept(struct html *html, size_t i)
{
	struct view_kept kept;

	html->view->kept(html->view, i, &html->arena, &kept);
	put_reason(html, kept.resource, kinship_knows(html->kinship, kept.resource), kept.reason);
	put_also(html, &kept.also);
	fputs("</li>\n", html->file);
	kinship_add_kept(html->kinship, &kept);
}

static void
put_warning(struct html *html, size_t i)
{
	struct view_warning warning;

	html->view->warning(html->view, i, &html->arena, &warning);
	fputs("<li>", html->file);
	html_text(html, warning.text);
	if (warning.resource) {
		fputs(" <code>", html->file);
		html_text(html, warning.resource);
		fputs("</code>", html->file);
	}
	fputs("</li>\n", html->file);
}

/* --- what a group says once ------------------------------------------------------------------ */

static void
head_blocked(struct html *html, size_t i)
{
	struct view_blocked blocked;

	html->view->blocked(html->view, i, &html->arena, &blocked);
	put_source(html, blocked.source);
}

static void
note_blocked(struct html *html, size_t i)
{
	struct view_blocked blocked;

	html->view->blocked(html->view, i, &html->arena, &blocked);
	if (strcmp(blocked.class, "enforced") == 0)
		fputs("AWS would refuse it", html->file);
	else
		fputs("AWS would do it, and somebody would be sorry", html->file);
}

static void
head_kept(struct html *html, size_t i)
{
	struct view_kept kept;
	enum rule rule;

	html->view->kept(html->view, i, &html->arena, &kept);
	rule = rule_from_word(slice_of(kept.rule));
	if (rule != RULE_NONE && rule_class_of(rule) == CLASS_POLICY)
		put_remedy(html, rule_remedy(rule));
}

/* --- lists of groups ------------------------------------------------------------------------- */

static const struct gathered {
	const char *id, *title, *class;
	size_t count_at;
	group_word *word;
	/* Of the group's first item, in the group's title and below it. May be NULL. */
	void (*note)(struct html *html, size_t i);
	void (*head)(struct html *html, size_t i);
	void (*put)(struct html *html, size_t i);
	bool by_rule;      /* in the order of the rule table, else of first appearance */
	uint64_t open_for; /* groups of so many are open at first */
} LISTS[] = {
	{"blocked", "Blocked", "blocked", offsetof(struct plan_view, blocked_count),
		group_of_blocked, note_blocked, head_blocked, put_blocked, true, 0},
	{"kept", "Kept", "kept", offsetof(struct plan_view, kept_count), group_of_kept, NULL,
		head_kept, put_kept, true, 0},
	{"warnings", "Warnings", "go", offsetof(struct plan_view, warning_count), group_of_warning,
		NULL, NULL, put_warning, false, 3},
};

enum { BAR_WIDTH = 240, BAR_HEIGHT = 12 };

/* The group's name, its count, and a bar as long as its part of the list. `first` is its first
 * item. */
static void
put_title(struct html *html, const struct gathered *list, const struct groups *groups, uint32_t g,
	size_t first)
{
	uint64_t count = groups->counts.items[g];
	uint64_t width = count * BAR_WIDTH / groups->items;

	fputs("<summary><b>", html->file);
	html_text(html, groups->words.items[g]);
	fprintf(html->file,
		"</b> <span>%" PRIu64 "</span> <svg class=\"part\" viewBox=\"0 0 %d %d\" "
		"aria-hidden=\"true\"><rect class=\"%s\" width=\"%" PRIu64
		"\" height=\"%d\"/></svg> <small>",
		count, BAR_WIDTH, BAR_HEIGHT, list->class, width ? width : 1, BAR_HEIGHT);
	if (list->note)
		list->note(html, first);
	fputs("</small></summary>\n", html->file);
	if (list->head)
		list->head(html, first);
}

static void
put_group(struct html *html, const struct gathered *list, const struct groups *groups, uint32_t g)
{
	uint64_t count = groups->counts.items[g];
	size_t i = 0;

	while (groups->group_of[i] != g)
		i++;
	fprintf(html->file, "<details class=\"group\"%s>", count <= list->open_for ? " open" : "");
	put_title(html, list, groups, g, i);
	html_open_list(html, "ul", count);
	for (; i < groups->items; i++)
		if (groups->group_of[i] == g) {
			list->put(html, i);
			arena_clear(&html->arena);
		}
	html_close_list(html, "ul", count);
	fputs("</details>\n", html->file);
}

static void
put_list(struct html *html, const struct gathered *list)
{
	size_t count = *(const size_t *)(const void *)((const char *)html->view + list->count_at);
	const uint32_t *order = NULL;
	struct groups groups;

	fprintf(html->file,
		"<section id=\"%s\" aria-labelledby=\"h-%s\">\n"
		"<h2 id=\"h-%s\">%s <small>%zu</small></h2>\n",
		list->id, list->id, list->id, list->title, count);
	if (!count)
		fputs("<p>None.</p>\n", html->file);
	groups_make(&groups, html->view, count, list->word);
	if (list->by_rule)
		order = groups_in_rule_order(&groups);
	for (uint32_t i = 0; i < groups.words.count; i++)
		put_group(html, list, &groups, order ? order[i] : i);
	groups_release(&groups);
	fputs("</section>\n", html->file);
}

void
html_blocked(struct html *html)
{
	put_list(html, &LISTS[0]);
}

void
html_kept(struct html *html)
{
	put_list(html, &LISTS[1]);
}

void
html_warnings(struct html *html)
{
	put_list(html, &LISTS[2]);
}
