/*
 * A plan's resources as they are now: asked for place by place, kept in a private temporary
 * directory, loaded as any inventory is, and compared with what the plan rests on.
 * It must not know: what is done about a change.
 */
#ifndef AMIPLAN_CLI_FRESH_H
#define AMIPLAN_CLI_FRESH_H

#include "inventory.h"
#include "live.h"
#include "look.h"
#include "view.h"

/* One account's region. */
struct fresh_place {
	const char *account, *region;
	struct directory directory;
	struct look look;
};

/* Lifetime: one verb. Zero-initialise. */
struct fresh {
	VEC(struct fresh_place *) places;
	struct progress *progress; /* told of each answer */
	char *root;                /* NULL: nothing to remove */
	struct inventory *inventory;
};

/* What a step looks like now. */
enum fresh_state { FRESH_SAME, FRESH_CHANGED, FRESH_GONE, FRESH_UNREAD };

/* Adds a resource: `facts` say what else of it was read then. All texts are borrowed. */
void fresh_add(struct fresh *fresh, const struct live *live, struct provider *provider,
	const struct view_step *step);
/* Asks, and loads the answers. Stopped by a signal it returns early, with nothing loaded. ERR_IO,
 * and what inventory_load returns. */
int fresh_read(struct fresh *fresh, const struct live *live, struct err *err);
/* FRESH_CHANGED: what changed is appended to `why`. FRESH_UNREAD: `end` is what came instead. */
enum fresh_state fresh_compare(const struct fresh *fresh, const struct policy *policy,
	const struct view_step *step, struct arena *arena, struct buf *why,
	const struct look_end **end);
void fresh_release(struct fresh *fresh);

/* The question by which a step's resource itself is asked for. */
enum look_ask fresh_ask(const struct view_step *step);

#endif
