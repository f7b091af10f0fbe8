/*
 * Bodies of answers that have come and wait to be read: piece by piece, between one look at the
 * connections and the next, so that no answer and no question waits for a reader. What is there at
 * a time is bounded. It must not know: what a body holds, how it came.
 */
#ifndef AMIPLAN_AWS_BACKLOG_H
#define AMIPLAN_AWS_BACKLOG_H

#include "buf.h"
#include "http.h"

/* Lifetime: its owner's. Zero-initialise, with `http`. */
struct backlog {
	struct http *http;
	struct body *first; /* of those that are whole, in the order in which they became so */
	struct body **end;  /* where the next one is linked */
	uint64_t bytes;     /* kept, of bodies whole or not */
};

/* Lifetime: its owner's, from the first piece until `done` has returned or it is dropped.
 * Zero-initialise, with what is to be called. */
struct body {
	/* Pieces in order; false: no more of it is wanted. */
	bool (*read)(void *to, struct slice bytes);
	/* All of it was read, or not wanted: false. It may begin and end other bodies. */
	void (*done)(void *to, bool read);
	void *to;
	struct buf kept; /* what was not read yet, from `at` on */
	size_t at;
	struct body *next;
};

/* The next piece as it comes. While LIMIT_BACKLOG bytes lie unread it is read at once; false if no
 * more is wanted. It starts nothing, and calls no `done`. */
bool backlog_add(struct backlog *backlog, struct body *body, struct slice bytes);
/* It is whole: `done` comes once from http_run, after those of all bodies that were whole before;
 * after a stop too. */
void backlog_end(struct backlog *backlog, struct body *body);
/* Forgets a body that is not whole. */
void backlog_drop(struct backlog *backlog, struct body *body);

#endif
