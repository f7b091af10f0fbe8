/*
 * How a collection goes on, as data: what was asked, what came, what is under way. Who watches it
 * is told of each event. It must not know: how it is shown.
 */
#ifndef AMIPLAN_AWS_PROGRESS_H
#define AMIPLAN_AWS_PROGRESS_H

#include "call.h"

enum progress_event {
	PROGRESS_CALLER, /* an account is known */
	PROGRESS_PLACE,  /* a region is begun */
	PROGRESS_PAGE,   /* an answer has come */
	PROGRESS_PLACE_END,
	PROGRESS_TICK, /* some time has passed */
};

/* Lifetime: one run. Texts are borrowed from it. */
struct progress {
	uint64_t places, places_done;
	uint64_t pages, records, files;
	uint64_t items, items_done;            /* of what is asked item by item */
	const char *account, *region, *action; /* of the last event; "" none */
	struct caller_counts counts;

	/* Told of every event, often: it must not take long. NULL: nobody watches. */
	void (*watch)(void *to, enum progress_event event, const struct progress *progress);
	void *watch_to;
};

/* Fills in what the event is about and tells it. NULL texts keep what was there. */
void progress_tell(struct progress *progress, enum progress_event event, const char *account,
	const char *region, const char *action);

#endif
