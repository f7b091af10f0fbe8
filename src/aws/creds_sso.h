/*
 * The token of a login to IAM Identity Center: read from the `aws` command's cache, renewed where
 * that is possible. Private to src/aws/creds_sso*.c. It must not know: accounts and roles.
 */
#ifndef AMIPLAN_AWS_CREDS_SSO_H
#define AMIPLAN_AWS_CREDS_SSO_H

#include "creds_provider.h"

/* Borrowed from the settings. */
struct sso_config {
	const char *session; /* NULL: of the form without sso-session */
	const char *start_url, *region, *role, *account;
};

/*
 * A token that is valid now, to be released by secret_release. Errors say `aws sso login` where
 * that helps.
 */
int sso_token_get(
	const struct provider *self, const struct sso_config *config, char **out, struct err *err);

/* "run `aws sso login --profile X`", after what is wrong. */
int sso_log_in_again(const struct provider *self, const char *why, struct err *err);

#endif
