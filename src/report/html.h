/*
 * The parts of the HTML report, one file a subject, and what they share.
 * It must not know: how anything was decided.
 *
 * Everything is in the file that C writes, readable without JavaScript. Long parts stand in
 * <noscript>, which is inert where scripts run: the script of the page reads them when they are
 * asked for, so that a browser builds no page of a million elements.
 */
#ifndef AMIPLAN_REPORT_HTML_H
#define AMIPLAN_REPORT_HTML_H

#include "report.h"

struct kinship;

/* Lifetime: one report. */
struct html {
	FILE *file;
	const struct plan_view *view;
	struct arena arena; /* of one item */
	struct kinship *kinship;
	char digest[DIGEST_TEXT_SIZE]; /* of the plan file */
};

/* --- what every part uses (html_part.c) --- */

/* Text from a view, "" for NULL. */
void html_text(struct html *html, const char *text);
/* "inventory_digest" as "inventory digest". */
void html_words(struct html *html, const char *name);
/* An id that leads to its place in a family's diagram, or leads nowhere. */
void html_link(struct html *html, const char *id, bool leads);
/* "0.40 to 1.20", "1.20", "0.40 or more", "unknown". */
void html_money(struct html *html, const struct view_money *money);
/* An id, then ", ", …, and how many more where there are very many. */
void html_list(struct html *html, const struct texts *texts);
void html_evidence(struct html *html, const struct view_evidences *evidences);
/* One list of `count` items, inert if that is very many. */
void html_open_list(struct html *html, const char *tag, uint64_t count);
void html_close_list(struct html *html, const char *tag, uint64_t count);

/* --- the parts, in the order of the page --- */

void html_summary(struct html *html);
void html_cost(struct html *html);
void html_steps(struct html *html);
void html_blocked(struct html *html);
void html_kept(struct html *html);
void html_warnings(struct html *html);
void html_families(struct html *html);
void html_coverage(struct html *html);
void html_selection(struct html *html);
void html_documents(struct html *html);

/* --- families (html_kinship.c): what hangs together, gathered while the items are written --- */

/* Whether it is of a kind that families have: a step or blocked item of that kind has a place in
 * one. */
bool kinship_has(const char *id);
/* Whether a step or blocked item that was added is that, or has to do with it. */
bool kinship_knows(const struct kinship *kinship, const char *id);

struct kinship *kinship_new(void);
void kinship_free(struct kinship *kinship);
void kinship_add_step(struct kinship *kinship, const struct view_step *step);
void kinship_add_blocked(struct kinship *kinship, const struct view_blocked *blocked);
void kinship_add_kept(struct kinship *kinship, const struct view_kept *kept);

/* Ranks of the documented process, left to right. */
enum rank { RANK_IMAGE, RANK_SNAPSHOT, RANK_INSTANCE, RANKS };
enum kin_fate { KIN_OUTSIDE, KIN_STEP, KIN_BLOCKED, KIN_KEPT };

struct kin {
	const char *id, *name, *rule; /* rule: of a blocked or kept one */
	uint32_t order;               /* of a step */
	enum kin_fate fate;
};

struct tie {
	uint32_t from, to; /* among the members: an AMI, and what hangs on it */
};

/* Members stand rank by rank: those of rank r from starts[r] to starts[r + 1]. */
struct family {
	const struct kin *members;
	size_t starts[RANKS + 1];
	const struct tie *ties; /* sorted, each once */
	size_t tie_count;
	uint64_t steps, blocked, kept;
};

/* After the last item was added: sorts it out. Returns the number of families that have a step or
 * a blocked item, in order of first appearance. */
size_t kinship_families(struct kinship *kinship);
/* Family i; its lists live in the arena. */
void kinship_family(
	const struct kinship *kinship, size_t i, struct arena *arena, struct family *out);

#endif
