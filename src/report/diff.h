/*
 * Between the files that make and print differences.
 * It must not know: formats (diff_write.c does), or where plans and graphs came from.
 */
#ifndef AMIPLAN_REPORT_DIFF_H
#define AMIPLAN_REPORT_DIFF_H

#include "report.h"

/* One thing about a resource that differs. `old` NULL: it came; `new` NULL: it went. */
struct diff_change {
	const char *name, *old, *new;
};

struct diff_item {
	const char *resource;
	const char *what; /* "step", "blocked", "kept", "warning", or a node kind's word */
	const char *text; /* what there is to say of it */
	struct diff_change *changes;
	size_t change_count;
};

struct diff_items {
	struct diff_item *items;
	size_t count;
	size_t room;
};

/* Lifetime: one comparison. Texts live in the arena. */
struct diff {
	struct arena arena;
	/* Worth showing, but no difference by itself: as-of, digest, selection, … What is the same
	 * on both sides may stand here too, for the text. */
	struct diff_change *head;
	size_t head_count;
	struct diff_items came, went, changed;
};

struct diff_item *diff_add(struct diff *diff, struct diff_items *to, const char *resource,
	const char *what, const char *text);

/* Named values of one side, compared with those of the other. Texts are the caller's. */
struct diff_values {
	struct diff_change *items; /* name and `old` only */
	size_t count;
	size_t room;
};
void diff_value(struct diff_values *values, const char *name, const char *value);
/* Sorts both; what differs, in the diff's arena. */
struct diff_change *diff_changes(
	struct diff *diff, struct diff_values *old, struct diff_values *new, size_t *count);
/* The same; adds an item to diff->changed if anything differs. */
void diff_compare(struct diff *diff, const char *resource, const char *what,
	struct diff_values *old, struct diff_values *new);

#endif
