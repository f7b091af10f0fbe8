/*
 * Completion scripts for bash, zsh and fish, made from the option tables.
 * It must not know: where they go.
 */
#ifndef AMIPLAN_CLI_COMPLETION_H
#define AMIPLAN_CLI_COMPLETION_H

#include <stdio.h>

/* NULL if there is none for that shell. */
typedef void completion_write(FILE *file);
completion_write *completion_find(const char *shell);

#endif
