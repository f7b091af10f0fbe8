/*
 * HTTP through libcurl's multi interface: many requests side by side in one thread, timers beside
 * them, every wait bounded. The only file that knows curl.
 * It must not know: AWS, signatures, retries.
 */
#ifndef AMIPLAN_AWS_HTTP_H
#define AMIPLAN_AWS_HTTP_H

#include "civil.h"
#include "err.h"
#include "slice.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Lifetime: process. */
struct http;

struct http_options {
	const char *ca_bundle; /* NULL: the system's */
	const char *user_agent;
	uint32_t concurrency; /* requests under way at a time; 0 is 1 */
	/* Becomes non-zero: every request ends at once as HTTP_STOPPED. May be NULL. */
	const volatile sig_atomic_t *stop;
	/* Of a stalled answer, and until a connection stands; 0: the limits of bounds.h. */
	uint32_t stall_seconds, connect_seconds;
};

/* Errors: ERR_IO for a CA bundle that cannot be read, or a libcurl that cannot do what is needed.
 */
int http_new(const struct http_options *options, struct http **out, struct err *err);
/* Requests that are still under way or queued are dropped without a `done`. */
void http_free(struct http *http);

/* How a request ended. Only HTTP_ANSWERED has a status. */
enum http_end {
	HTTP_ANSWERED,
	HTTP_NOT_SENT,  /* no connection, name not found: the server has not seen it */
	HTTP_TLS,       /* the certificate or the handshake was refused: never worth a retry */
	HTTP_BROKEN,    /* reset or cut short: the server may have seen it */
	HTTP_TIMED_OUT, /* stalled, or too slow as a whole: the server may have seen it */
	HTTP_TOO_LARGE, /* more bytes than the request's limit */
	HTTP_REFUSED,   /* on_body said no */
	HTTP_STOPPED,
};

/* Lifetime: the done call. */
struct http_answer {
	enum http_end end;
	int status;
	/* Empty where on_body took it. Of an answer other than 2xx at most LIMIT_HTTP_ERROR_BODY
	 * bytes are kept. */
	struct slice body;
	const char *content_type; /* "" if none */
	const char *error_type;   /* x-amzn-errortype, "" if none */
	int64_t date;             /* of the Date header; TIME_NONE without one */
	int64_t retry_after_ms;   /* x-amz-retry-after, else Retry-After; -1 without one */
	const char *error;        /* what went wrong, in words; "" if HTTP_ANSWERED */
	uint64_t bytes;           /* of the body, decoded */
};

struct http_request {
	const char *method; /* "GET", "POST", "PUT" */
	const char *url;
	const char *const *headers; /* "name: value", ended by NULL; NULL: none */
	struct slice body;
	uint64_t max_bytes;            /* of the answer, decoded; 0: LIMIT_HTTP_ANSWER */
	uint32_t connect_ms, total_ms; /* 0: those of http_options, of bounds.h */
	bool direct;                   /* never through a proxy (metadata services) */
	/* Takes the body of a 2xx answer as it comes; false ends the request as HTTP_REFUSED. NULL:
	 * it is kept for `done`. It must not call this module. */
	bool (*on_body)(void *to, struct slice bytes);
	void (*done)(void *to, const struct http_answer *answer);
	void *to;
};

/* Copies the request and queues it; `done` is called once, from http_run. */
void http_send(struct http *http, const struct http_request *request);
/* How many more requests would start at once. */
uint32_t http_room(const struct http *http);
/* Calls `fire` once after so many milliseconds, from http_run; at once after a stop. */
void http_after(struct http *http, uint32_t milliseconds, void (*fire)(void *to), void *to);
/* Calls `fire` once, from http_run, when no connection has anything to send or to take, or after a
 * stop: work that may wait, of a millisecond or so. One at a time: another call takes its place. */
void http_when_quiet(struct http *http, void (*fire)(void *to), void *to);
/* Works until nothing is under way, queued, timed or waiting for quiet. */
void http_run(struct http *http);
bool http_stopped(const struct http *http);

/* One request by itself, waiting for it, while those of http_run hold still: for credentials. May
 * be called from `done` and `fire`. Its own `done` is called before it returns. */
void http_fetch(struct http *http, const struct http_request *request);

/* Milliseconds of a clock that nobody sets. */
int64_t http_clock(void);

#endif
