/*
 * Calls to AWS: signed, paced, retried, their clock mended, their credentials renewed. One call is
 * one page. It must not know: which calls a collection makes, what an answer means beyond success
 * and error code.
 */
#ifndef AMIPLAN_AWS_CALL_H
#define AMIPLAN_AWS_CALL_H

#include "buf.h"
#include "creds.h"
#include "http.h"
#include "params.h"
#include "service.h"

/* Lifetime: process. What all calls share: transport, buckets, the measured clock skew, the retry
 * quota. */
struct caller;

struct caller_options {
	const struct settings *settings; /* borrowed, as is http */
	struct http *http;
	uint64_t seed;            /* of the jitter: tests fix it */
	int64_t (*now)(void *to); /* UTC seconds; NULL: the clock */
	void *now_to;
};

struct caller *caller_new(const struct caller_options *options);
void caller_free(struct caller *caller);

/* What retrying cost so far: for the progress line and the end of a run. */
struct caller_counts {
	uint64_t calls, answers, retries, throttled, bytes;
	int64_t skew; /* seconds that AWS's clock is ahead */
};
struct caller_counts caller_counts(const struct caller *caller);

enum call_end {
	CALL_DONE,
	CALL_REFUSED, /* AWS answered with an error that retrying does not mend */
	CALL_FAILED,  /* no usable answer after all attempts */
	CALL_STOPPED, /* Ctrl-C */
};

/* What a call's error is, by AWS's code, from one table (errors.c): what the caller of a call needs
 * to decide on. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_DENIED,      /* IAM or an SCP says no */
	REFUSAL_CREDENTIALS, /* the credentials are wrong, expired, or not signed well */
	REFUSAL_UNKNOWN,     /* the server does not know the call or parameter: InvalidAction,
				UnknownParameter, HTML */
	REFUSAL_NOT_ENABLED, /* OptInRequired: the account or region is not enabled */
	REFUSAL_NOT_FOUND,   /* the resource is gone or elsewhere */
	REFUSAL_DRY_RUN,     /* DryRunOperation: it would have succeeded */
	REFUSAL_IN_USE,
	REFUSAL_PROTECTED, /* OperationNotPermitted and kin */
	REFUSAL_TOKEN,     /* the page token is stale: begin the listing anew, once */
	REFUSAL_OTHER,
};

/* Lifetime: the done call. */
struct call_result {
	enum call_end end;
	enum refusal refusal;
	int status;          /* HTTP; 0 without an answer */
	const char *code;    /* AWS's, "" without one */
	const char *message; /* AWS's or the transport's words: hostile text */
	struct slice body;   /* of success, where on_body is NULL */
	uint32_t attempts;
};

struct call {
	enum service service;
	const char *region;
	const char *action; /* "DescribeImages"; for PROTOCOL_REST_JSON a name for pacing and
			       messages */
	const char *method,
		*path; /* PROTOCOL_REST_JSON only: "GET", "/snapshots/…?…" as sent; else NULL */
	struct provider *provider; /* NULL: unsigned */
	const char *account;       /* whose bucket it drains; "" unknown */
	const struct params *params;
	bool mutates;       /* for pacing */
	uint64_t max_bytes; /* 0: the usual limit */
	/* A success's body as it comes. `restart` comes before the first byte of every attempt:
	 * forget what came before. */
	void (*restart)(void *to);
	bool (*on_body)(void *to,
		struct slice
			bytes);   /* false: not what was expected; the call fails, with retries */
	bool (*on_end)(void *to); /* the whole body has come: false if it is not whole; NULL: always
				     true */
	void (*done)(void *to, const struct call_result *result);
	void *to;
};

/* Copies the call (not the provider) and starts it when its bucket and the concurrency allow;
 * `done` comes once from http_run. */
void call_start(struct caller *caller, const struct call *call);

#endif
