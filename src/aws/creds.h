/*
 * Credentials, and where they come from: one provider a file (creds_*.c), one chain that asks them
 * in order. Secrets live in struct creds alone, are wiped after use, and never stand in a message,
 * an argument or a file. It must not know: what is signed with them. Source:
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
#ifndef AMIPLAN_AWS_CREDS_H
#define AMIPLAN_AWS_CREDS_H

#include "http.h"
#include "settings.h"

/* Lifetime: its owner's. */
struct creds {
	char *access_key;
	char *secret_key;
	char *session_token; /* NULL: long-term keys */
	char *account;       /* NULL unless the source told it */
	int64_t expires;     /* TIME_NONE: never */
	char *origin; /* "environment", "~/.aws/credentials [build]", "role arn:… by profile build",
			 "instance metadata" */
};

void creds_release(struct creds *creds); /* wipes */

/* Lifetime: process. A provider keeps what it got and asks anew before that expires. */
struct provider;

/* What providers work with. All borrowed for the provider's life. */
struct provider_context {
	const struct settings *settings;
	struct http *http;
	/* Asks a person for an MFA code of `serial`: 0 and a code of at most `size` bytes, or an
	 * error (no terminal). */
	int (*ask_code)(void *to, const char *serial, char *code, size_t size, struct err *err);
	void *ask_to;
	int64_t (*now)(void *to); /* UTC seconds */
	void *now_to;
};

/* The default chain for the settings' profile, in the order of botocore. It asks nobody until
 * provider_get. */
struct provider *provider_chain(const struct provider_context *context);

struct role {
	const char *arn;
	const char *external_id, *session_name; /* NULL: none, a made-up one */
	const char *region;                     /* of the STS endpoint; NULL: the settings' */
};
/* A role that is assumed with `base`'s credentials (borrowed). */
struct provider *provider_role(
	const struct provider_context *context, struct provider *base, const struct role *role);
void provider_free(struct provider *provider);

/*
 * Credentials that hold for at least ten more minutes where the source can give such; `anew` asks
 * the source even if those at hand look valid (AWS called them expired). The result is borrowed
 * until the next call. Blocks, bounded by the providers' timeouts. Errors: ERR_USAGE no credentials
 * anywhere (the text lists what was looked at), ERR_VALUE, ERR_IO.
 */
int provider_get(struct provider *provider, bool anew, const struct creds **out, struct err *err);

#endif
