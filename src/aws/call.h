/*
 * Calls to AWS: signed, paced, retried, their clock mended, their credentials renewed. One call is
 * one page. It must not know: which calls a collection makes, what an answer means beyond success
 * and error code.
 */
#ifndef AMIPLAN_AWS_CALL_H
#define AMIPLAN_AWS_CALL_H

#include "buf.h"
#include "creds.h"
#include "errors.h"
#include "http.h"
#include "params.h"
#include "service.h"

/* Lifetime: process. What all calls share: transport, buckets, the measured clock skew, the retry
 * quotas. */
struct caller;

struct caller_options {
	const struct settings *settings; /* borrowed, as is http */
	struct http *http;
	uint64_t seed;            /* of the jitter: tests fix it */
	int64_t (*now)(void *to); /* UTC seconds; NULL: the clock */
	void *now_to;
	uint32_t backoff_ms; /* before the first retry; 0: the limit of bounds.h; tests hurry */
};

struct caller *caller_new(const struct caller_options *options);
/* When no call is under way: after http_run. */
void caller_free(struct caller *caller);

/* What retrying cost so far: for the progress line and the end of a run. */
struct caller_counts {
	uint64_t calls, answers, retries, throttled, bytes;
	int64_t skew; /* seconds that AWS's clock is ahead */
};
struct caller_counts caller_counts(const struct caller *caller);

enum call_end {
	CALL_DONE,
	CALL_REFUSED, /* an error that retrying does not mend */
	CALL_FAILED,  /* no usable answer after all attempts, or no credentials to ask with */
	CALL_STOPPED, /* Ctrl-C */
};

/* Lifetime: the done call. */
struct call_result {
	enum call_end end;
	enum refusal refusal;
	int status;          /* HTTP; 0 without an answer */
	const char *code;    /* AWS's, "" without one; letters, digits, dots */
	const char *message; /* AWS's, the transport's or the table's words: hostile text */
	struct slice body;   /* of success, where on_body is NULL */
	uint32_t attempts;
};

struct call {
	enum service service;
	const char *region;
	const char *action; /* "DescribeImages"; of PROTOCOL_REST_JSON a name for pacing */
	/* PROTOCOL_REST_JSON only: "GET" and "/snapshots/…?…" as it is sent; else NULL. */
	const char *method, *path;
	struct provider *provider;   /* NULL: unsigned */
	const char *account;         /* whose bucket it drains; "" unknown */
	const struct params *params; /* NULL: none */
	bool mutates;                /* for pacing; and throttling is suffered less patiently */
	uint64_t max_bytes;          /* 0: the usual limit */
	/* A success's body in pieces, as it comes or later; NULL: it is kept for `done`. False: not
	 * what was expected, the attempt has failed. */
	bool (*on_body)(void *to, struct slice bytes);
	/* It has come, though on_body has not seen all of it: the end that it has not seen. May
	 * start calls. Lifetime of the bytes: this call. May be NULL. */
	void (*on_whole)(void *to, struct slice rest);
	/* Before every attempt: forget what came before. May be NULL, as may on_end. */
	void (*restart)(void *to);
	/* on_body has seen all of a success: false if it is not whole. */
	bool (*on_end)(void *to);
	void (*done)(void *to, const struct call_result *result);
	void *to;
};

/* Copies the call (not the provider) and starts it when its bucket and the concurrency allow;
 * `done` comes once, from http_run, and may start calls. */
void call_start(struct caller *caller, const struct call *call);

#endif
