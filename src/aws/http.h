/*
 * HTTP through libcurl's multi interface: many requests side by side in one thread, timers beside
 * them, every wait bounded. The only file that knows curl. It must not know: AWS, signatures,
 * retries.
 */
#ifndef AMIPLAN_AWS_HTTP_H
#define AMIPLAN_AWS_HTTP_H

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
	uint32_t concurrency;              /* requests under way at a time */
	const volatile sig_atomic_t *stop; /* becomes non-zero: every request ends at once as
					      HTTP_STOPPED. May be NULL */
};

int http_new(const struct http_options *options, struct http **out, struct err *err);
void http_free(struct http *http);

/* How a request ended. Only HTTP_ANSWERED has a status. */
enum http_end {
	HTTP_ANSWERED,
	HTTP_NOT_SENT,  /* no connection, name not found: the server has not seen it */
	HTTP_TLS,       /* the certificate or the handshake was refused: never worth a retry */
	HTTP_BROKEN,    /* reset, stalled, timed out or cut short: the server may have seen it */
	HTTP_TOO_LARGE, /* more bytes than the request's limit */
	HTTP_REFUSED,   /* on_body said no */
	HTTP_STOPPED,
};

/* Lifetime: the done call. */
struct http_answer {
	enum http_end end;
	int status;
	struct slice body;        /* empty where on_body took it */
	const char *content_type; /* "" if none */
	const char *date;         /* the Date header, "" if none */
	const char *retry_after;  /* x-amz-retry-after or Retry-After in milliseconds as text, "" if
				     none */
	const char *error_type;   /* x-amzn-errortype, "" if none */
	const char *error;        /* curl's words, "" if HTTP_ANSWERED */
	uint64_t milliseconds;
};

struct http_request {
	const char *method; /* "GET", "POST", "PUT" */
	const char *url;
	const char *const *headers; /* "name: value", ended by NULL */
	struct slice body;
	uint64_t max_bytes;            /* of the answer; 0: LIMIT_HTTP_ANSWER */
	uint32_t connect_ms, total_ms; /* 0: the limits of limits.h */
	bool direct;                   /* never through a proxy (metadata services) */
	/* Takes the body of a 2xx answer as it comes; false ends the request as HTTP_REFUSED. NULL:
	 * it is kept for `done`. */
	bool (*on_body)(void *to, struct slice bytes);
	void (*done)(void *to, const struct http_answer *answer);
	void *to;
};

/* Copies the request and queues it; `done` is called once, from http_run. */
void http_send(struct http *http, const struct http_request *request);
/* Calls `fire` once after so many milliseconds, from http_run. */
void http_after(struct http *http, uint32_t milliseconds, void (*fire)(void *to), void *to);
/* Works until nothing is under way, queued or timed. After a stop no timer fires. */
void http_run(struct http *http);

/* One request by itself, waiting for it, beside whatever http_run has under way: for credentials.
 * `done` is called before it returns. */
void http_fetch(struct http *http, const struct http_request *request);

#endif
