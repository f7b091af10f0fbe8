/*
 * Shows how a collection goes on: a live line on a terminal, plain lines now and then elsewhere.
 * It must not know: what is collected.
 */
#ifndef AMIPLAN_CLI_SHOW_PROGRESS_H
#define AMIPLAN_CLI_SHOW_PROGRESS_H

#include "progress.h"
#include <stdbool.h>

/* Lifetime: one collection. */
struct progress_show {
	bool is_terminal, is_drawn;
	unsigned width;
	int64_t begun_ms, shown_ms;
};

/* Watches `progress` from now on, on standard error. */
void progress_show_begin(struct progress_show *show, struct progress *progress);
/* Wipes the live line: what follows stands on a line of its own. */
void progress_show_end(struct progress_show *show);

/* Seconds since it began. */
int64_t progress_show_seconds(const struct progress_show *show);

#endif
