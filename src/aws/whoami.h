/*
 * Which identity a run has, and where each setting came from: what `collect --whoami` prints.
 * Never a secret: of a key's id the last four characters. It must not know: what is collected.
 */
#ifndef AMIPLAN_AWS_WHOAMI_H
#define AMIPLAN_AWS_WHOAMI_H

#include "creds.h"
#include <stdio.h>

/* Who STS says the credentials are. Texts are its own; zero-initialise. */
struct identity {
	char *account, *arn, *user_id;
};

/* Asks STS (GetCallerIdentity), blocking. ERR_IO, ERR_VALUE, and what provider_get returns. */
int identity_get(const struct provider_context *context, struct provider *provider,
	struct identity *out, struct err *err);
void identity_release(struct identity *identity);

/*
 * Asks STS for each provider, then writes identities, credentials and settings to `file`: lines for
 * people, or a JSON array with an object a provider. Nothing is written on failure. Providers are
 * the chain, or roles on top of it.
 */
int whoami_write(const struct provider_context *context, struct provider *const *providers,
	size_t count, bool json, FILE *file, struct err *err);

#endif
