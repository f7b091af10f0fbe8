/*
 * Escaping: one function a target, for everything that came from AWS. No `%s` of data into a
 * script, a page or a terminal elsewhere. It must not know: what is quoted.
 */
#ifndef AMIPLAN_REPORT_QUOTE_H
#define AMIPLAN_REPORT_QUOTE_H

#include "buf.h"
#include <stdio.h>

/* For a terminal or a plain text line: C0, DEL, C1, bidirectional controls and line separators
 * become \n, \t, \x1b, \u202e …; the rest verbatim. */
void quote_text(FILE *file, struct slice text);
/* Columns that quote_text needs (East Asian wide characters count two, combining ones none; see
 * wcwidth). */
unsigned quote_text_width(struct slice text);
/* One word of a POSIX shell: always within single quotes. */
void quote_sh(FILE *file, struct slice text);
/* The same, without quotes where nothing in it means anything to a shell. */
void quote_sh_word(FILE *file, struct slice text);
/* A PowerShell expression in ASCII: a single-quoted string, with the other characters by number, so
 * that its value is exact. */
void quote_powershell(FILE *file, struct slice text);
/* A double-quoted DOT string; Graphviz escapes (\N, \G …) are made harmless, control characters
 * shown. */
void quote_dot(FILE *file, struct slice text);
/* The same as a value for cgraph, which adds the quotes and quotes the quotes. */
void quote_dot_value(struct buf *buf, struct slice text);
/* Markdown inline text: nothing of it is markup, links or HTML. */
void quote_markdown(FILE *file, struct slice text);
/* One cell of RFC 4180, quoted where it must be. No spreadsheet takes it for a formula: what begins
 * like one gets an apostrophe in front. Control characters are shown as in text, so a row is a
 * line. */
void quote_csv(FILE *file, struct slice text);
/* Text of an HTML or SVG element, or of an attribute between quotes of either kind: no markup, no
 * character reference. Control characters are shown as in text. */
void quote_html(FILE *file, struct slice text);

#endif
