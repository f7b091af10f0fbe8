/*
 * Colour and width: what the terminal, its environment and --color say.
 * It must not know: what is written.
 */
#ifndef AMIPLAN_CLI_TERMINAL_H
#define AMIPLAN_CLI_TERMINAL_H

#include "report.h"
#include "request.h"

/* How to write to `file`. */
struct report_options terminal_options(const struct request *request, FILE *file);

#endif
