/*
 * One listing: page after page of one call, into one file as the `aws` command would print it all.
 * It must not know: which calls a collection makes, what the records mean.
 */
#ifndef AMIPLAN_AWS_LISTING_H
#define AMIPLAN_AWS_LISTING_H

#include "call.h"
#include "collection.h"
#include "directory.h"
#include "page.h"

/* Lifetime: the done call. */
struct listing_end {
	enum outcome outcome; /* complete, empty, denied or failed */
	enum refusal refusal; /* why it was not complete; REFUSAL_NONE: no answer at all */
	bool stopped;         /* Ctrl-C */
	uint64_t pages, records;
	const char *code, *message;  /* of what went wrong: hostile text; "" */
	const struct err *broken;    /* the file could not be written; NULL */
	struct slice text;           /* the document, where it has no file */
	uint8_t sha256[DIGEST_SIZE]; /* of the document, if it is whole */
};

/* Texts and pointers are borrowed until `done`. */
struct listing_request {
	struct caller *caller;
	struct provider *provider;
	const char *account; /* whose buckets it drains; "" not known yet */
	const char *region;
	enum collect_call call;
	const struct call_row *row; /* NULL: that of the call; else one of its user's own */
	const char *const *ids;     /* the items it asks about */
	size_t id_count;
	/* PROTOCOL_REST_JSON: it is a GET of this path, and its parameters are the query; NULL: a
	 * POST to the row's path. */
	const char *path;
	/* PROTOCOL_JSON: an object whose members the request has before the row's parameters;
	 * SLICE_NONE: none. */
	struct slice body_members;
	enum call_plainness *plainness; /* what the server understands: shared by a row's calls */
	const struct directory *directory; /* NULL: `file` is a path, or the document is given to
					      `done` */
	const char *file;                  /* NULL: none */
	const char *members; /* that the document has beside what AWS answers: "\"Name\": value";
				NULL: none */
	bool only_pages;     /* there is no document: each page goes to `on_page` alone */
	/* Each page once it is whole, in order. False: it is not usable, `err` says why. */
	bool (*on_page)(void *to, const struct page *page, struct err *err);
	void (*done)(void *to, const struct listing_end *end);
	void *to;
};

/*
 * Starts it; `done` comes once from http_run. A listing that does not come to its end leaves no
 * file: half a list looks like a whole one. A stale page token begins it anew, once.
 */
void listing_start(const struct listing_request *request);

#endif
