/*
 * Keys that stand in a profile. The two files are looked at one by one: a key of one and a secret
 * of the other never make a pair. It must not know: roles.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
#include "creds_provider.h"

struct static_provider {
	struct provider base;
	enum settings_file file;
};

static int
static_load(struct provider *self, struct creds *out, struct err *err)
{
	enum settings_file file = ((struct static_provider *)self)->file;
	const struct settings *settings = self->context.settings;
	const char *access = settings_file_key(settings, file, self->profile, "aws_access_key_id");
	const char *secret =
		settings_file_key(settings, file, self->profile, "aws_secret_access_key");
	const char *token = settings_file_key(settings, file, self->profile, "aws_security_token");

	if (!access)
		return PROVIDER_NOTHING;
	if (!token)
		token = settings_file_key(settings, file, self->profile, "aws_session_token");
	out->origin = settings_place(settings, file, self->profile);
	if (!secret)
		return err_set(err, ERR_VALUE,
			"%s has aws_access_key_id, but not aws_secret_access_key", out->origin);
	out->access_key = text_copy(access);
	out->secret_key = text_copy(secret);
	out->session_token = text_copy(token);
	out->account =
		text_copy(settings_file_key(settings, file, self->profile, "aws_account_id"));
	return 0;
}

static const struct provider_kind kinds[] = {
	[SETTINGS_CONFIG] = {"the profile's keys in the config file", static_load, NULL},
	[SETTINGS_CREDENTIALS] = {"the credentials file", static_load, NULL},
};

struct provider *
provider_static(
	const struct provider_context *context, enum settings_file file, const char *profile)
{
	struct static_provider *provider =
		provider_new(&kinds[file], sizeof(*provider), context, profile);

	provider->file = file;
	return &provider->base;
}
