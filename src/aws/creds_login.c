/*
 * Credentials that `aws login` left in its cache. They live fifteen minutes; making new ones needs
 * the key of that login, which is the `aws` command's affair. It must not know: how one logs in.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
 */
#include "civil.h"
#include "creds_provider.h"
#include "digest.h"

/* ~/.aws/login/cache/SHA256-OF-THE-SESSION.json */
static char *
cache_path(const char *session)
{
	const char *directory = settings_variable("AWS_LOGIN_CACHE_DIRECTORY");
	char *expanded = settings_home_path(directory ? directory : "~/.aws/login/cache");
	uint8_t digest[DIGEST_SIZE];
	char name[DIGEST_TEXT_SIZE];
	struct buf path = {0};

	digest_of(slice_of(session), digest);
	digest_text(digest, name);
	buf_format(&path, "%s/%s.json", expanded, name + strlen("sha256:"));
	free(expanded);
	return path.at;
}

static int
again(const struct provider *self, const char *why, struct err *err)
{
	return err_set(err, ERR_VALUE, "the login of profile '%s' %s; run `aws login --profile %s`",
		self->profile, why, self->profile);
}

static int
login_load(struct provider *self, struct creds *out, struct err *err)
{
	static const struct creds_names names = {.holder = "accessToken",
		.access_key = "accessKeyId",
		.secret_key = "secretAccessKey",
		.session_token = "sessionToken",
		.expiration = "expiresAt",
		.account = "accountId",
		.must_expire = true};
	const char *session =
		settings_profile_key(self->context.settings, self->profile, "login_session");
	struct buf json = {0};
	char *path;
	int code;

	if (!session)
		return PROVIDER_NOTHING;
	path = cache_path(session);
	code = secret_file_read(path, &json, NULL);
	if (code)
		code = again(self, "is in no cache", err);
	else
		code = creds_read_json(buf_slice(&json), &names, path, out, err);
	if (code == 0 && out->expires <= provider_now(self))
		code = again(self, "has expired", err);
	if (code == 0) {
		struct buf origin = {0};

		buf_format(&origin, "the login of profile %s", self->profile);
		out->origin = origin.at;
	}
	secret_buf_release(&json);
	free(path);
	return code;
}

static const struct provider_kind login_kind = {"the profile's login_session", login_load, NULL};

struct provider *
provider_login(const struct provider_context *context, const char *profile)
{
	return provider_new(&login_kind, sizeof(struct provider), context, profile);
}
