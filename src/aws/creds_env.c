/*
 * Credentials in the environment.
 * It must not know: profiles.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
#include "civil.h"
#include "creds_provider.h"

static int
take_expiry(const char *text, struct creds *out, struct err *err)
{
	if (text && !time_parse(slice_of(text), &out->expires))
		return err_set(err, ERR_VALUE,
			"AWS_CREDENTIAL_EXPIRATION is no time such as 2026-11-22T18:33:14Z");
	return 0;
}

static int
environment_load(struct provider *self, struct creds *out, struct err *err)
{
	const char *access = settings_variable("AWS_ACCESS_KEY_ID");
	const char *secret = settings_variable("AWS_SECRET_ACCESS_KEY");
	const char *token = settings_variable("AWS_SECURITY_TOKEN");

	(void)self;
	if (!access)
		return PROVIDER_NOTHING;
	if (!secret)
		return err_set(err, ERR_VALUE,
			"AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
	if (!token)
		token = settings_variable("AWS_SESSION_TOKEN");
	out->access_key = text_copy(access);
	out->secret_key = text_copy(secret);
	out->session_token = text_copy(token);
	out->account = text_copy(settings_variable("AWS_ACCOUNT_ID"));
	out->origin = text_copy("the environment (AWS_ACCESS_KEY_ID)");
	return take_expiry(settings_variable("AWS_CREDENTIAL_EXPIRATION"), out, err);
}

static const struct provider_kind environment_kind = {
	"the environment (AWS_ACCESS_KEY_ID)", environment_load, NULL};

struct provider *
provider_environment(const struct provider_context *context)
{
	return provider_new(&environment_kind, sizeof(struct provider), context, NULL);
}
