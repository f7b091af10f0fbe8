/*
 * The steps of a plan as one HTML table. It stands in <noscript>: a browser without scripts shows
 * all of it, a script sorts and filters it and shows it slice by slice.
 * It must not know: how anything was decided.
 */
#include "html.h"
#include "phase.h"
#include <inttypes.h>

static void
put_cell(struct html *html, const char *text)
{
	fputs("<td>", html->file);
	html_text(html, text);
	fputs("</td>", html->file);
}

static void
put_undo(struct html *html, const struct view_step *step)
{
	fputs("<p>Undo: ", html->file);
	html_text(html, step->reversible);
	fputs("</p>", html->file);
	if (!step->depends_on.count)
		return;
	fputs("<p>After: ", html->file);
	html_list(html, &step->depends_on);
	fputs("</p>", html->file);
}

static void
put_why(struct html *html, const struct view_step *step)
{
	fputs("<td>", html->file);
	html_text(html, step->because);
	for (size_t i = 0; i < step->warnings.count; i++) {
		fputs("<p class=\"warning\"><b>Warning:</b> ", html->file);
		html_text(html, step->warnings.items[i]);
		fputs("</p>", html->file);
	}
	fputs("<details><summary>Evidence</summary>", html->file);
	html_evidence(html, &step->evidence);
	put_undo(html, step);
	fputs("</details></td>", html->file);
}

static void
put_step(struct html *html, const struct view_step *step)
{
	fprintf(html->file, "<tr><td>%" PRIu32 "</td><td>%s</td><th scope=\"row\">", step->order,
		phase_title(step->phase));
	html_link(html, step->resource, kinship_has(step->resource));
	fputs("</th>", html->file);
	put_cell(html, step->name);
	put_cell(html, *step->account ? step->account : "unknown");
	put_cell(html, *step->region ? step->region : "unknown");
	fputs("<td>", html->file);
	html_money(html, &step->monthly_saving_usd);
	fputs("</td>", html->file);
	put_why(html, step);
	fputs("</tr>\n", html->file);
}

static void
put_head(struct html *html)
{
	static const char *const columns[] = {
		"#", "Action", "Resource", "Name", "Account", "Region", "Saves USD a month", "Why"};

	fputs("<noscript id=\"plan\"><div class=\"frame\" tabindex=\"0\" role=\"region\" "
	      "aria-label=\"Steps\"><table class=\"steps\"><thead><tr>",
		html->file);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		fprintf(html->file, "<th scope=\"col\">%s</th>", columns[i]);
	fputs("</tr></thead><tbody>\n", html->file);
}

void
html_steps(struct html *html)
{
	const struct plan_view *view = html->view;

	fprintf(html->file,
		"<section id=\"steps\" aria-labelledby=\"h-steps\">\n"
		"<h2 id=\"h-steps\">Steps, in this order <small>%zu</small></h2>\n",
		view->step_count);
	if (view->step_count) {
		put_head(html);
		for (size_t i = 0; i < view->step_count; i++) {
			struct view_step step;

			view->step(view, i, STEP_BRIEF, &html->arena, &step);
			put_step(html, &step);
			kinship_add_step(html->kinship, &step);
			arena_clear(&html->arena);
		}
		fputs("</tbody></table></div></noscript>\n", html->file);
	} else {
		fputs("<p>None.</p>\n", html->file);
	}
	fputs("</section>\n", html->file);
}
