/*
 * A role that is assumed with a token of an identity provider (EKS, GitHub Actions…).
 * It must not know: who made the token.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
#include "creds_provider.h"
#include "sts.h"

/* A setting of the environment, where it counts, else of the profile. */
static const char *
look_up(const struct provider *self, const char *variable, const char *key)
{
	const char *value = self->takes_variables ? settings_variable(variable) : NULL;

	return value ? value : settings_profile_key(self->context.settings, self->profile, key);
}

/* The token is read each time: it is replaced every hour or so. */
static int
read_token(const char *path, struct buf *token, struct err *err)
{
	char *full = settings_home_path(path);
	int code = secret_file_read(full, token, err);

	while (code == 0 && token->len && strchr(" \t\r\n", token->at[token->len - 1]))
		token->at[--token->len] = '\0';
	if (code == 0 && token->len == 0)
		code = err_set_at(err, ERR_VALUE, full, 0, 0, "this web identity token is empty");
	free(full);
	return code;
}

static int
assume(const struct provider *self, const char *arn, const struct buf *token, struct creds *out,
	struct err *err)
{
	static const struct creds_names names = {.holder = "Credentials",
		.access_key = "AccessKeyId",
		.secret_key = "SecretAccessKey",
		.session_token = "SessionToken",
		.expiration = "Expiration",
		.must_expire = true};
	const char *session = look_up(self, "AWS_ROLE_SESSION_NAME", "role_session_name");
	struct buf title = {0}, json = {0};
	struct params params = {0};
	char made_up[65];
	struct sts_call call = {.action = "AssumeRoleWithWebIdentity",
		.params = &params,
		.region = settings_region(self->context.settings).value,
		.hide = token->at};
	int code;

	snprintf(made_up, sizeof(made_up), "amiplan-%lld", (long long)provider_now(self));
	params_add(&params, "RoleArn", arn);
	params_add(&params, "RoleSessionName", session ? session : made_up);
	params_add(&params, "WebIdentityToken", token->at);
	buf_format(&title, "the role %s by web identity", arn);
	out->origin = text_copy(title.at);
	buf_add_text(&title, " cannot be assumed");
	call.title = title.at;
	code = sts_run(&self->context, &call, &json, err);
	if (code == 0)
		code = creds_read_json(buf_slice(&json), &names, title.at, out, err);
	secret_buf_release(&json);
	secret_buf_release(&params.form);
	params_release(&params);
	buf_release(&title);
	return code;
}

static int
web_load(struct provider *self, struct creds *out, struct err *err)
{
	const char *path = look_up(self, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
	const char *arn = look_up(self, "AWS_ROLE_ARN", "role_arn");
	struct buf token = {0};
	int code;

	if (!path)
		return PROVIDER_NOTHING;
	if (!arn)
		return err_set(err, ERR_VALUE,
			"a web identity token file is named, but no role: set AWS_ROLE_ARN, or "
			"role_arn "
			"in profile '%s'",
			self->profile);
	code = read_token(path, &token, err);
	if (code == 0)
		code = assume(self, arn, &token, out, err);
	secret_buf_release(&token);
	return code;
}

static const struct provider_kind web_kind = {
	"web identity (AWS_WEB_IDENTITY_TOKEN_FILE)", web_load, NULL};

struct provider *
provider_web_identity(
	const struct provider_context *context, const char *profile, bool takes_variables)
{
	struct provider *provider = provider_new(&web_kind, sizeof(*provider), context, profile);

	provider->takes_variables = takes_variables;
	return provider;
}
