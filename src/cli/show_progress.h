/*
 * Shows how a run of many calls goes on: a live line on a terminal, plain lines now and then
 * elsewhere. It must not know: what is called.
 */
#ifndef AMIPLAN_CLI_SHOW_PROGRESS_H
#define AMIPLAN_CLI_SHOW_PROGRESS_H

#include "progress.h"
#include <stdbool.h>

/* What a run counts, in the plural; NULL: it does not. */
struct progress_words {
	const char *places, *records, *items;
};

/* Lifetime: one run. */
struct progress_show {
	struct progress_words words;
	bool is_terminal, is_drawn;
	unsigned width;
	int64_t begun_ms, shown_ms;
};

/* Watches `progress` from now on, on standard error. `quiet`: nothing is shown. */
void progress_show_begin(struct progress_show *show, struct progress *progress,
	struct progress_words words, bool quiet);
/* Another part of the run, with items of its own. */
void progress_show_next(
	struct progress_show *show, struct progress *progress, struct progress_words words);
/* Wipes the live line: what follows stands on a line of its own. */
void progress_show_end(struct progress_show *show);

/* Seconds since it began. */
int64_t progress_show_seconds(const struct progress_show *show);

#endif
