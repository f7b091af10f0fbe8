/*
 * The top of the HTML report: what the plan does in numbers, and a bar a kind of resource.
 * It must not know: single items.
 */
#include "choice_text.h"
#include "html.h"
#include <inttypes.h>

/* What becomes of the resources of a kind, in the order of the bar. */
static const struct share {
	const char *class, *title;
	size_t at;
} SHARES[] = {
	{"go", "to go", offsetof(struct view_counts, go)},
	{"blocked", "blocked", offsetof(struct view_counts, blocked)},
	{"kept", "kept", offsetof(struct view_counts, kept)},
	{"rest", "not selected", offsetof(struct view_counts, not_selected)},
};

#define SHARE_COUNT (sizeof(SHARES) / sizeof(SHARES[0]))

static uint64_t
share_of(const struct view_counts *counts, const struct share *share)
{
	return *(const uint64_t *)(const void *)((const char *)counts + share->at);
}

static void
put_tile(struct html *html, uint64_t count, const char *one, const char *many)
{
	fprintf(html->file, "<li><b>%" PRIu64 "</b> %s</li>\n", count, count == 1 ? one : many);
}

static void
put_tiles(struct html *html)
{
	const struct plan_view *view = html->view;

	fputs("<ul class=\"tiles\">\n", html->file);
	put_tile(html, view->images.go, "AMI to deregister", "AMIs to deregister");
	put_tile(html, view->snapshots.go, "snapshot to delete", "snapshots to delete");
	put_tile(html, view->instances.go, "instance to terminate", "instances to terminate");
	put_tile(html, view->blocked_count, "item blocked", "items blocked");
	put_tile(html, view->kept_count, "item kept", "items kept");
	put_tile(html, view->warning_count, "warning", "warnings");
	fputs("</ul>\n", html->file);
}

/* --- the bars: one unit of width is a thousandth of all there are --- */

enum { BAR_WIDTH = 1000, BAR_HEIGHT = 20, BAR_LEAST = 6 };

/* What is there has at least a line that can be seen. */
static uint64_t
width_of(uint64_t count, uint64_t total)
{
	uint64_t width = total ? count * BAR_WIDTH / total : 0;

	return count && width < BAR_LEAST ? BAR_LEAST : width;
}

static void
put_bar(struct html *html, const struct view_counts *counts)
{
	uint64_t x = 0;

	fprintf(html->file,
		"<svg class=\"bar\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\">",
		BAR_WIDTH, BAR_HEIGHT);
	for (size_t i = 0; i < SHARE_COUNT; i++) {
		uint64_t width = width_of(share_of(counts, &SHARES[i]), counts->total);

		if (width)
			fprintf(html->file,
				"<rect class=\"%s\" x=\"%" PRIu64 "\" width=\"%" PRIu64
				"\" height=\"%d\"/>",
				SHARES[i].class, x, width, BAR_HEIGHT);
		x += width;
	}
	fputs("</svg>", html->file);
}

static void
put_row(struct html *html, const char *what, const struct view_counts *counts)
{
	fprintf(html->file, "<tr><th scope=\"row\">%s</th><td>%" PRIu64 "</td>", what,
		counts->total);
	for (size_t i = 0; i < SHARE_COUNT; i++)
		fprintf(html->file, "<td>%" PRIu64 "</td>", share_of(counts, &SHARES[i]));
	fputs("<td class=\"wide\">", html->file);
	put_bar(html, counts);
	fputs("</td></tr>\n", html->file);
}

static void
put_table(struct html *html)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Totals\">"
	      "<table class=\"numbers\"><thead><tr><th scope=\"col\">Resources of ours</th>"
	      "<th scope=\"col\">total</th>",
		html->file);
	for (size_t i = 0; i < SHARE_COUNT; i++)
		fprintf(html->file, "<th scope=\"col\"><i class=\"key %s\"></i>%s</th>",
			SHARES[i].class, SHARES[i].title);
	fputs("<th scope=\"col\">shares</th></tr></thead><tbody>\n", html->file);
	put_row(html, "AMIs", &html->view->images);
	put_row(html, "Snapshots", &html->view->snapshots);
	put_row(html, "Instances", &html->view->instances);
	fputs("</tbody></table></div>\n", html->file);
}

static void
put_choice(struct html *html)
{
	struct buf text = {0};

	if (!html->view->choice)
		return;
	choice_text(html->view, &text);
	fputs("<p>", html->file);
	html_text(html, text.at);
	fputs("</p>\n", html->file);
	buf_release(&text);
}

void
html_summary(struct html *html)
{
	fputs("<section id=\"summary\" aria-labelledby=\"h-summary\">\n"
	      "<h2 id=\"h-summary\">Summary</h2>\n",
		html->file);
	put_tiles(html);
	if (html->view->step_count == 0)
		fputs("<p><strong>Nothing to do.</strong></p>\n", html->file);
	put_table(html);
	put_choice(html);
	fputs("</section>\n", html->file);
}
