/*
 * A plan as one HTML file that needs nothing else: no network, no font, no other file. What it may
 * do stands in its Content-Security-Policy: run this one script, use this one style sheet.
 * It must not know: how anything was decided.
 */
#include "html.h"
#include "digest.h"

/* html.css and html.js, a string a line: the Makefile makes these. */
static const char *const STYLE[] = {
#include "html.css.inc"
};
static const char *const SCRIPT[] = {
#include "html.js.inc"
};

#define LINES(array) array, sizeof(array) / sizeof((array)[0])

static void
put_lines(FILE *file, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fputs(lines[i], file);
}

/* --- the policy ------------------------------------------------------------------------------ */

/* RFC 4648, section 4. */
static void
put_base64(FILE *file, const uint8_t *bytes, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;

		group |= i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < len ? (uint32_t)bytes[i + 2] : 0;
		fputc(digits[group >> 18], file);
		fputc(digits[group >> 12 & 63], file);
		fputc(i + 1 < len ? digits[group >> 6 & 63] : '=', file);
		fputc(i + 2 < len ? digits[group & 63] : '=', file);
	}
}

/* The source expression that allows exactly these lines. */
static void
put_hash(FILE *file, const char *const *lines, size_t count)
{
	struct digest *digest = digest_new();
	uint8_t bytes[DIGEST_SIZE];

	for (size_t i = 0; i < count; i++)
		digest_add(digest, lines[i], strlen(lines[i]));
	digest_end_take(digest, bytes);
	fputs("'sha256-", file);
	put_base64(file, bytes, sizeof(bytes));
	fputs("'", file);
}

static void
put_policy(FILE *file)
{
	fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "img-src data:; style-src ",
		file);
	put_hash(file, LINES(STYLE));
	fputs("; script-src ", file);
	put_hash(file, LINES(SCRIPT));
	fputs("; base-uri 'none'; form-action 'none'\">\n", file);
}

/* --- head and foot --------------------------------------------------------------------------- */

static void
put_head(struct html *html)
{
	FILE *file = html->file;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", file);
	put_policy(file);
	fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>AMI cleanup plan as of ",
		file);
	html_text(html, html->view->as_of);
	fputs("</title>\n<style>", file);
	put_lines(file, LINES(STYLE));
	fputs("</style>\n</head>\n<body>\n", file);
}

static void
put_contents(FILE *file)
{
	static const char *const sections[][2] = {{"summary", "Summary"}, {"cost", "Cost"},
		{"steps", "Steps"}, {"blocked", "Blocked"}, {"kept", "Kept"},
		{"warnings", "Warnings"}, {"families", "Families"}, {"coverage", "What was read"},
		{"options", "Options"}, {"documents", "Documents"}};

	fputs("<nav aria-label=\"Sections\"><ul>", file);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		fprintf(file, "<li><a href=\"#%s\">%s</a></li>", sections[i][0], sections[i][1]);
	fputs("</ul></nav>\n", file);
}

static void
put_fact(struct html *html, const char *what, const struct texts *texts)
{
	fprintf(html->file, "<dt>%s</dt><dd>", what);
	html_list(html, texts);
	fputs("</dd>\n", html->file);
}

static void
put_title(struct html *html)
{
	fputs("<a class=\"skip\" href=\"#steps\">Skip to the steps</a>\n<header>\n"
	      "<h1>AMI cleanup plan</h1>\n<dl class=\"identity\">\n<dt>As of</dt><dd>",
		html->file);
	html_text(html, html->view->as_of);
	fputs("</dd>\n", html->file);
	put_fact(html, "Accounts", &html->view->accounts);
	put_fact(html, "Regions", &html->view->regions);
	fprintf(html->file,
		"<dt>Plan</dt><dd><code class=\"digest\">%s</code> "
		"<small>what <code>sha256sum</code> says of the plan file</small></dd>\n",
		html->digest);
	fputs("<dt>Made by</dt><dd>amiplan ", html->file);
	html_text(html, html->view->tool_version);
	fputs("</dd>\n</dl>\n</header>\n", html->file);
}

/* On paper: somebody signs for this plan and no other. */
static void
put_foot(struct html *html)
{
	fprintf(html->file,
		"<footer class=\"sign\" aria-hidden=\"true\"><p>Plan <code>%s</code></p><ul>"
		"<li>Reviewed by</li><li>Approved by</li><li>Date</li></ul></footer>\n<script>",
		html->digest);
	put_lines(html->file, LINES(SCRIPT));
	fputs("</script>\n</body>\n</html>\n", html->file);
}

void
write_plan_html(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	static void (*const parts[])(struct html *) = {html_summary, html_cost, html_steps,
		html_blocked, html_kept, html_warnings, html_families, html_coverage,
		html_selection, html_documents};
	struct html html = {.file = file, .view = view, .kinship = kinship_new()};

	plan_digest(view, options, html.digest);
	put_head(&html);
	put_title(&html);
	put_contents(file);
	fputs("<main>\n", file);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i](&html);
	fputs("</main>\n", file);
	put_foot(&html);
	kinship_free(html.kinship);
	arena_release(&html.arena);
}
