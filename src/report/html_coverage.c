/*
 * What the plan rests on: which sources were read in which account and region, with which options,
 * from which documents. It must not know: how anything was decided.
 */
#include "groups.h"
#include "html.h"
#include "json_pull.h"
#include <inttypes.h>

/* --- the matrix: a row an account and region, a column a source ------------------------------- */

/* Each reads without colour. */
static const struct status {
	const char *word, *sign, *title;
} STATUSES[] = {
	{"complete", "●", "read"},
	{"empty", "○", "read, and empty"},
	{"partial", "◐", "read in part"},
	{"denied", "✕", "denied"},
	{"absent", "–", "missing"},
	{"assumed", "≈", "assumed to be complete"},
};

#define STATUS_COUNT (sizeof(STATUSES) / sizeof(STATUSES[0]))

static const char *
group_of_coverage(const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_coverage coverage;

	view->coverage(view, i, arena, &coverage);
	return coverage.kind;
}

static void
put_status(struct html *html, const char *word)
{
	for (size_t i = 0; i < STATUS_COUNT; i++)
		if (strcmp(STATUSES[i].word, word) == 0) {
			fprintf(html->file,
				"<td class=\"%s\"><span aria-hidden=\"true\">%s</span>"
				"<span class=\"spoken\">%s</span></td>",
				STATUSES[i].word, STATUSES[i].sign, STATUSES[i].title);
			return;
		}
	fputs("<td>", html->file);
	html_text(html, word);
	fputs("</td>", html->file);
}

static void
put_legend(struct html *html)
{
	fputs("<ul class=\"legend\">", html->file);
	for (size_t i = 0; i < STATUS_COUNT; i++)
		fprintf(html->file, "<li><span class=\"%s\">%s</span> %s</li>", STATUSES[i].word,
			STATUSES[i].sign, STATUSES[i].title);
	fputs("</ul>\n", html->file);
}

static void
put_head(struct html *html, const struct groups *kinds)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Coverage\">"
	      "<table class=\"matrix\"><thead><tr><th scope=\"col\">Account</th>"
	      "<th scope=\"col\">Region</th>",
		html->file);
	for (size_t i = 0; i < kinds->words.count; i++) {
		fputs("<th scope=\"col\"><span>", html->file);
		html_text(html, kinds->words.items[i]);
		fputs("</span></th>", html->file);
	}
	fputs("</tr></thead><tbody>\n", html->file);
}

/* The cells of one account and region, which are neighbours, from `i` on; returns the first of the
 * next. */
static size_t
put_place(struct html *html, const struct groups *kinds, size_t i)
{
	const struct plan_view *view = html->view;
	const char **words = arena_array(&html->arena, kinds->words.count, sizeof(*words));
	struct view_coverage first, next;

	view->coverage(view, i, &html->arena, &first);
	for (next = first; strcmp(first.account, next.account) == 0 &&
			   strcmp(first.region, next.region) == 0;) {
		words[kinds->group_of[i]] = next.status;
		if (++i == view->coverage_count)
			break;
		view->coverage(view, i, &html->arena, &next);
	}
	fputs("<tr><th scope=\"row\">", html->file);
	html_text(html, *first.account ? first.account : "unknown");
	fputs("</th><th scope=\"row\">", html->file);
	html_text(html, *first.region ? first.region : "unknown");
	fputs("</th>", html->file);
	for (size_t kind = 0; kind < kinds->words.count; kind++)
		put_status(html, words[kind] ? words[kind] : "");
	fputs("</tr>\n", html->file);
	arena_clear(&html->arena);
	return i;
}

void
html_coverage(struct html *html)
{
	struct groups kinds;

	groups_make(&kinds, html->view, html->view->coverage_count, group_of_coverage);
	fputs("<section id=\"coverage\" aria-labelledby=\"h-coverage\">\n"
	      "<h2 id=\"h-coverage\">What was read</h2>\n",
		html->file);
	put_legend(html);
	put_head(html, &kinds);
	for (size_t i = 0; i < html->view->coverage_count;)
		i = put_place(html, &kinds, i);
	fputs("</tbody></table></div>\n</section>\n", html->file);
	groups_release(&kinds);
}

/* --- options --------------------------------------------------------------------------------- */

/* Options that say nothing are left out. */
static bool
says_something(struct slice value)
{
	static const char *const nothing[] = {"null", "false", "[]", "{}", "\"\""};

	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
		if (slice_is(value, nothing[i]))
			return false;
	return true;
}

void
html_selection(struct html *html)
{
	struct err err = {0};
	struct slice name, value;
	struct json json;

	fputs("<section id=\"options\" aria-labelledby=\"h-options\">\n"
	      "<h2 id=\"h-options\">Options</h2>\n<dl class=\"options\">\n",
		html->file);
	json_begin(&json, slice_of(html->view->selection), "selection", &err);
	if (json_peek(&json) == JSON_OBJECT && json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			const char *word = arena_text(&html->arena, name);

			if (!json_skip(&json, &value) || !says_something(value))
				continue;
			fputs("<dt>", html->file);
			html_words(html, word);
			fputs("</dt><dd><code>", html->file);
			html_text(html, arena_text(&html->arena, value));
			fputs("</code></dd>\n", html->file);
		}
	json_end(&json);
	arena_clear(&html->arena);
	fputs("</dl>\n</section>\n", html->file);
}

/* --- documents ------------------------------------------------------------------------------- */

static void
put_document(struct html *html, const struct view_document *document)
{
	fputs("<tr><td>", html->file);
	html_text(html, document->path);
	fputs("</td><td>", html->file);
	html_text(html, document->kind);
	fprintf(html->file, "</td><td>%" PRIu64 "%s</td><td><code>", document->records,
		document->complete ? "" : ", incomplete");
	html_text(html, document->sha256);
	fputs("</code></td></tr>\n", html->file);
}

void
html_documents(struct html *html)
{
	const struct plan_view *view = html->view;

	fprintf(html->file,
		"<section id=\"documents\" aria-labelledby=\"h-documents\">\n"
		"<h2 id=\"h-documents\">Documents <small>%zu</small></h2>\n"
		"<p>Inventory digest <code class=\"digest\">",
		view->document_count);
	html_text(html, view->inventory_digest);
	fputs("</code></p>\n<details class=\"group\"><summary><b>Documents read</b></summary>\n",
		html->file);
	html_open_list(html, "table", view->document_count);
	fputs("<thead><tr><th scope=\"col\">Path</th><th scope=\"col\">Kind</th>"
	      "<th scope=\"col\">Records</th><th scope=\"col\">SHA-256</th></tr></thead><tbody>\n",
		html->file);
	for (size_t i = 0; i < view->document_count; i++) {
		struct view_document document;

		view->document(view, i, &html->arena, &document);
		put_document(html, &document);
		arena_clear(&html->arena);
	}
	fputs("</tbody>", html->file);
	html_close_list(html, "table", view->document_count);
	fputs("</details>\n</section>\n", html->file);
}
