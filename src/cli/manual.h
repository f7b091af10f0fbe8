/*
 * Help and the manual page, both made from the tables.
 * It must not know: where they go.
 */
#ifndef AMIPLAN_CLI_MANUAL_H
#define AMIPLAN_CLI_MANUAL_H

#include "buf.h"
#include "commands.h"
#include <stdio.h>

void help_overview(FILE *file);
void help_command(FILE *file, const struct command *command);
void manual_page(FILE *file);                                   /* amiplan.1, man(7) */
void manual_page_of(FILE *file, const struct command *command); /* amiplan-VERB.1 */

/* "text (default), json; with --missing text …". Into `out`, emptied first. */
void help_formats(const struct command *command, struct buf *out);
/* An option's help as this verb has it: with the formats of -T (`command` NULL: without), and
 * whether it is a list. Into `out`, emptied first. */
void help_option_text(const struct command *command, const struct opt *opt, struct buf *out);

extern const char amiplan_version[];

#endif
