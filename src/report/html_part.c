/*
 * What all parts of the HTML report use: text, ids, amounts, evidence, long lists.
 * It must not know: which part asks.
 */
#include "cost_text.h"
#include "html.h"
#include "quote.h"
#include <inttypes.h>

/* From here on a list stands inert until somebody opens it. */
enum { LIST_INERT = 200 };

void
html_text(struct html *html, const char *text)
{
	quote_html(html->file, slice_of(text ? text : ""));
}

void
html_words(struct html *html, const char *name)
{
	for (; *name; name++)
		quote_html(html->file, *name == '_' ? SLICE(" ") : (struct slice){name, 1});
}

void
html_link(struct html *html, const char *id, bool leads)
{
	if (leads) {
		fputs("<a href=\"#of-", html->file);
		html_text(html, id);
		fputs("\">", html->file);
	}
	fputs("<code>", html->file);
	html_text(html, id);
	fputs(leads ? "</code></a>" : "</code>", html->file);
}

void
html_money(struct html *html, const struct view_money *money)
{
	struct buf text = {0};

	cost_text_short(money, &text);
	html_text(html, text.at);
	buf_release(&text);
}

void
html_list(struct html *html, const struct texts *texts)
{
	enum { SHOWN = 20 };

	for (size_t i = 0; i < texts->count && i < SHOWN; i++) {
		fputs(i ? ", <code>" : "<code>", html->file);
		html_text(html, texts->items[i]);
		fputs("</code>", html->file);
	}
	if (texts->count > SHOWN)
		fprintf(html->file, " and %zu more", texts->count - SHOWN);
	if (texts->count == 0)
		fputs("unknown", html->file);
}

void
html_evidence(struct html *html, const struct view_evidences *evidences)
{
	if (!evidences->count)
		return;
	fputs("<ul class=\"evidence\">", html->file);
	for (size_t i = 0; i < evidences->count; i++) {
		const struct view_evidence *evidence = &evidences->items[i];

		fputs("<li><code>", html->file);
		html_text(html, evidence->from);
		fputs("</code> ", html->file);
		html_text(html, evidence->edge);
		fputs(" <code>", html->file);
		html_text(html, evidence->to);
		fputs("</code> <small>", html->file);
		html_text(html, evidence->strength);
		fputs(", by ", html->file);
		html_text(html, evidence->source);
		if (evidence->detail && *evidence->detail) {
			fputs(": <q>", html->file);
			html_text(html, evidence->detail);
			fputs("</q>", html->file);
		}
		fputs("</small></li>", html->file);
	}
	fputs("</ul>", html->file);
}

void
html_open_list(struct html *html, const char *tag, uint64_t count)
{
	fprintf(html->file, "%s<%s>\n", count > LIST_INERT ? "<noscript class=\"later\">" : "",
		tag);
}

void
html_close_list(struct html *html, const char *tag, uint64_t count)
{
	fprintf(html->file, "</%s>%s\n", tag, count > LIST_INERT ? "</noscript>" : "");
}
