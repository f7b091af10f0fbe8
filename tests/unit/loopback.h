/*
 * A server on loopback that answers from a script, badly if the script says so.
 * It must not know: HTTP beyond where a request ends, the code under test.
 */
#ifndef AMIPLAN_TESTS_LOOPBACK_H
#define AMIPLAN_TESTS_LOOPBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reply_end {
	THEN_KEEP,  /* wait for the next request */
	THEN_CLOSE, /* as after the last byte */
	THEN_RESET,
	THEN_STALL, /* hold the connection, say nothing more */
};

struct reply {
	const char *bytes; /* the answer, headers and all */
	enum reply_end end;
	size_t fill;      /* as many 'x' after it */
	uint32_t drip_ms; /* not 0: byte by byte, so long apart */
	uint32_t wait_ms; /* before the first byte */
};

/* Lifetime: a test. */
struct loopback;

/* The first request gets the first reply, …; those after the last reply get that one again. */
struct loopback *loopback_start(const struct reply *replies, size_t count);
void loopback_stop(struct loopback *loopback);
const char *loopback_url(const struct loopback *loopback); /* without a final slash */
uint16_t loopback_port(const struct loopback *loopback);
size_t loopback_connections(struct loopback *loopback);
size_t loopback_requests(struct loopback *loopback);
/* The most requests that were being answered at a time. */
size_t loopback_most(struct loopback *loopback);
/* Headers and body of the request, from 0. Valid until loopback_stop. */
const char *loopback_request(struct loopback *loopback, size_t number);

#endif
