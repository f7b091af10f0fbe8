/*
 * What a source of credentials is to the chain: one kind a file (creds_*.c), and what those files
 * share. Private to src/aws/creds*.c. It must not know: what credentials are for.
 */
#ifndef AMIPLAN_AWS_CREDS_PROVIDER_H
#define AMIPLAN_AWS_CREDS_PROVIDER_H

#include "buf.h"
#include "creds.h"
#include "service.h"

/* What `load` returns where the source is not configured or not there: the chain asks the next. */
#define PROVIDER_NOTHING 1

struct provider_kind {
	const char *looks_at; /* for the sentence that lists where nothing was found */
	/* Fills `out`, which is empty; on failure the caller releases what it holds by then, and
	 * with PROVIDER_NOTHING it stays empty. Asks the source anew each time. */
	int (*load)(struct provider *self, struct creds *out, struct err *err);
	void (*release)(struct provider *self); /* NULL: nothing of its own to free */
};

/* Kinds with more to remember embed it as their first member. */
struct provider {
	const struct provider_kind *kind;
	struct provider_context context;
	char *profile;        /* NULL: not of a profile */
	bool takes_variables; /* the environment may speak for the profile */

	struct creds creds; /* what was got last */
	bool loaded;
	int64_t asked; /* when */
};

/* A provider of `size` bytes: `profile` is copied and may be NULL. */
void *provider_new(const struct provider_kind *kind, size_t size,
	const struct provider_context *context, const char *profile);
int64_t provider_now(const struct provider *provider);

struct provider *provider_environment(const struct provider_context *context);
struct provider *provider_static(
	const struct provider_context *context, enum settings_file file, const char *profile);
struct provider *provider_profile_role(const struct provider_context *context, const char *profile);
struct provider *provider_web_identity(
	const struct provider_context *context, const char *profile, bool takes_variables);
struct provider *provider_sso(const struct provider_context *context, const char *profile);
struct provider *provider_login(const struct provider_context *context, const char *profile);
struct provider *provider_process(const struct provider_context *context, const char *profile);
struct provider *provider_container(const struct provider_context *context);
struct provider *provider_metadata(const struct provider_context *context);

/* All that a profile says by itself, its roles excepted: what source_profile leads to. */
struct provider *provider_of_profile(
	const struct provider_context *context, const char *profile, bool takes_variables);

/* --- what they share (creds_read.c) ---------------------------------------------------------- */

/* A copy of `text`, NULL of NULL. */
char *text_copy(const char *text);
/* A text is overwritten before it is freed. */
void secret_release(char *secret);
void secret_buf_release(struct buf *buf);
/* Nothing but visible ASCII, and some: what may stand in a header. */
bool is_header_text(const char *text);

/* What a source calls the members of its answer. */
struct creds_names {
	const char *holder; /* the object that has them; NULL: the answer itself */
	const char *access_key, *secret_key, *session_token, *expiration, *account;
	bool versioned;   /* Version must be 1 */
	bool must_expire; /* an answer without a time is malformed */
};

/*
 * Credentials of a JSON answer that `title` gave; the time may be a text, or a number of
 * milliseconds. Their origin is the caller's to set. No message shows a value. ERR_SYNTAX,
 * ERR_VALUE.
 */
int creds_read_json(struct slice json, const struct creds_names *names, const char *title,
	struct creds *out, struct err *err);

/* The whole of a small file, to be released by secret_buf_release. ERR_IO, ERR_LIMIT. */
int secret_file_read(const char *path, struct buf *out, struct err *err);

/* One answer, to be released by fetched_release. */
struct fetched {
	enum http_end end;
	int status; /* 0 without an answer */
	struct buf body;
	int64_t date;    /* the server's clock; TIME_NONE: it does not say */
	char error[128]; /* the transport's words */
};
void fetch(struct http *http, const struct http_request *request, struct fetched *out);
void fetched_release(struct fetched *fetched);
/* Worth asking again: no answer, or one of the server's own failures. */
bool fetched_may_pass(const struct fetched *fetched);
/* Says what came instead of an answer: "HTTP 503", or the transport's words. */
int fetched_error(const struct fetched *fetched, const char *title, struct err *err);
void sleep_ms(uint32_t milliseconds);

#endif
