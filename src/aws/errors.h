/*
 * What AWS's error codes mean: for the one who called, for the retry, for people. And how to find
 * the code in an answer. It must not know: calls, the transport.
 */
#ifndef AMIPLAN_AWS_ERRORS_H
#define AMIPLAN_AWS_ERRORS_H

#include "buf.h"
#include "service.h"

/* What the one who called needs to decide on. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_DENIED,      /* IAM or an SCP says no */
	REFUSAL_CREDENTIALS, /* the credentials are wrong, expired, or not signed well */
	REFUSAL_UNKNOWN,     /* the server does not know the call or a parameter */
	REFUSAL_NOT_ENABLED, /* the account or region is not enabled */
	REFUSAL_NOT_FOUND,   /* the resource is gone or elsewhere */
	REFUSAL_DRY_RUN,     /* DryRunOperation: it would have succeeded */
	REFUSAL_IN_USE,
	REFUSAL_PROTECTED, /* OperationNotPermitted and kin */
	REFUSAL_TOKEN,     /* the page token is stale: begin the listing anew, once */
	REFUSAL_OTHER,
};

/* Whether the same call may do better. */
enum retry {
	RETRY_NO,
	RETRY_TRANSIENT, /* after a moment */
	RETRY_THROTTLE,  /* after a moment, and slower */
	RETRY_CLOCK,     /* once, by the server's clock if ours is off */
	RETRY_REFRESH,   /* the same, and once with credentials fresh from their source */
};

struct error_row {
	const char *code;
	enum refusal refusal;
	enum retry retry;
	const char *sentence; /* for people, to stand behind "CODE: " */
};

/* All of them, in byte order of the codes. */
extern const struct error_row error_table[];
extern const size_t error_count;

/* The row of a code without prefix; NULL if there is none. */
const struct error_row *error_find(const char *code);

/* What an error answer means; `code` is "" where the answer has none. */
struct error_row error_judge(const char *code, int status);

/*
 * Code and message of an error answer's body, in the form of the service's protocol; `type` is its
 * x-amzn-errortype, "" without one. Both outputs are emptied first; a text that cannot be a code is
 * taken for none. A reason that the table knows behind the code stands there too:
 * "ValidationException.INVALID_PAGE_TOKEN". True if there is a code.
 */
bool error_read(enum protocol protocol, struct slice body, const char *type, struct buf *code,
	struct buf *message);

#endif
