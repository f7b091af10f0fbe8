/*
 * Text for people: wrapped sentences, padded columns, colours that are only decoration.
 * It must not know: plans, graphs, what any text says. All data goes through quote_text here.
 */
#ifndef AMIPLAN_REPORT_LAYOUT_H
#define AMIPLAN_REPORT_LAYOUT_H

#include "report.h"

enum style {
	STYLE_PLAIN,
	STYLE_HEAD,
	STYLE_GO,
	STYLE_BLOCKED,
	STYLE_KEPT,
	STYLE_WARNING,
	STYLE_DIM
};

/* A page being written. `column` is where the next character lands. Lifetime: one report. */
struct layout {
	FILE *file;
	bool color;
	bool verbose;
	unsigned width;
	unsigned indent; /* where wrapped lines go on */
	unsigned column;
	const char *aside; /* waits for the end of this line; NULL: nothing does */
	enum style style;  /* of what comes next */
};

/* `options` may be NULL: no colour, 80 columns. */
void layout_begin(struct layout *layout, FILE *file, const struct report_options *options);

/* Our own words as they are: no quoting, no wrapping. */
void layout_put(struct layout *layout, const char *text);
void layout_format(struct layout *layout, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Data, quoted, not wrapped: an id, a command. */
void layout_data(struct layout *layout, const char *text);
/* Data, quoted, on this line: what does not fit is cut, and an ellipsis says so. For names, never
 * for ids. */
void layout_cut(struct layout *layout, const char *text);
/* Blanks up to `column`, at least one if anything stands there already. */
void layout_to(struct layout *layout, unsigned column);
void layout_number(struct layout *layout, uint64_t number, unsigned columns); /* right-aligned */
/* Data, quoted, wrapped at blanks only (an id or a path is never broken), going on at
 * layout->indent. */
void layout_wrap(struct layout *layout, const char *text);
/* Our own words, to stand at the right edge where this line ends: what comes before leaves room for
 * them, and where there is none they take a line of their own. Borrowed until the line has ended.
 */
void layout_aside(struct layout *layout, const char *text);
/* Joined by ", ", the first `most` of them, then how many more; 0: all. */
void layout_list(struct layout *layout, const struct texts *texts, size_t most);
void layout_line(struct layout *layout);                    /* ends the line */
void layout_style(struct layout *layout, enum style style); /* STYLE_PLAIN ends one */

/* "1 AMI", "2 AMIs": "s" or "". */
static inline const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

#endif
