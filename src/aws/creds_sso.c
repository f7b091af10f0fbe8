/*
 * A role that IAM Identity Center gives to who is logged in.
 * It must not know: how the login's token is kept.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
#include "creds_sso.h"
#include "params.h"

/* --- the profile's part ---------------------------------------------------------------------- */

/* What the session says must not contradict the profile. */
static int
agree(const struct provider *self, const char *session, const char *key, const char **value,
	struct err *err)
{
	const char *of_profile = settings_profile_key(self->context.settings, self->profile, key);
	const char *of_session = settings_session_key(self->context.settings, session, key);

	if (of_profile && of_session && strcmp(of_profile, of_session) != 0)
		return err_set(err, ERR_CONFLICT,
			"profile '%s' and its sso-session '%s' have different values for %s",
			self->profile, session, key);
	*value = of_session ? of_session : of_profile;
	return 0;
}

static int
check_whole(const struct provider *self, const struct sso_config *config, struct err *err)
{
	const struct {
		const char *key, *value;
	} wanted[] = {{"sso_role_name", config->role}, {"sso_account_id", config->account},
		{"sso_start_url", config->start_url}, {"sso_region", config->region}};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!wanted[i].value)
			return err_set(err, ERR_VALUE,
				"profile '%s' is one for SSO, but has no %s; "
				"`aws configure sso --profile %s` sets it",
				self->profile, wanted[i].key, self->profile);
	return 0;
}

/* PROVIDER_NOTHING: the profile is none for SSO. */
static int
read_config(const struct provider *self, struct sso_config *out, struct err *err)
{
	const struct settings *settings = self->context.settings;
	const char *session = settings_profile_key(settings, self->profile, "sso_session");
	int code = 0;

	*out = (struct sso_config){.session = session,
		.start_url = settings_profile_key(settings, self->profile, "sso_start_url"),
		.region = settings_profile_key(settings, self->profile, "sso_region"),
		.role = settings_profile_key(settings, self->profile, "sso_role_name"),
		.account = settings_profile_key(settings, self->profile, "sso_account_id")};
	if (!out->role && !out->account)
		return PROVIDER_NOTHING;
	if (session && !settings_has_session(settings, session))
		return err_set(err, ERR_UNKNOWN,
			"profile '%s' names sso_session '%s', and there is no section [sso-session "
			"%s]",
			self->profile, session, session);
	if (session)
		code = agree(self, session, "sso_start_url", &out->start_url, err);
	if (session && code == 0)
		code = agree(self, session, "sso_region", &out->region, err);
	return code ? code : check_whole(self, out, err);
}

/* --- the portal ------------------------------------------------------------------------------ */

static void
ask_portal(const struct provider *self, const struct endpoint *endpoint,
	const struct sso_config *config, const char *token, struct fetched *fetched)
{
	struct params query = {0};
	struct buf url = {0}, header = {0};
	const char *headers[2] = {NULL, NULL};
	uint32_t most = settings_max_attempts(self->context.settings);

	params_add(&query, "role_name", config->role);
	params_add(&query, "account_id", config->account);
	buf_format(&url, "%s/federation/credentials?%s", endpoint->url, query.form.at);
	buf_format(&header, "x-amz-sso_bearer_token: %s", token);
	headers[0] = header.at;
	for (uint32_t i = 1;; i++) {
		fetch(self->context.http,
			&(struct http_request){.method = "GET", .url = url.at, .headers = headers},
			fetched);
		if (i >= most || !fetched_may_pass(fetched))
			break;
		fetched_release(fetched);
		sleep_ms(100 * i);
	}
	secret_buf_release(&header);
	buf_release(&url);
	params_release(&query);
}

static int
read_answer(const struct provider *self, const struct sso_config *config,
	const struct fetched *fetched, struct creds *out, struct err *err)
{
	static const struct creds_names names = {.holder = "roleCredentials",
		.access_key = "accessKeyId",
		.secret_key = "secretAccessKey",
		.session_token = "sessionToken",
		.expiration = "expiration",
		.must_expire = true};

	if (fetched->status == 401)
		return sso_log_in_again(self, "is not accepted any more", err);
	if (fetched->status == 403 || fetched->status == 404)
		return err_set(err, ERR_VALUE,
			"IAM Identity Center does not give the role %s of account %s to profile "
			"'%s' "
			"(HTTP %d); `aws configure sso` lists those that it gives",
			config->role, config->account, self->profile, fetched->status);
	if (fetched->status != 200)
		return fetched_error(fetched, "the credentials of IAM Identity Center", err);
	return creds_read_json(buf_slice(&fetched->body), &names,
		"the credentials of IAM Identity Center", out, err);
}

static int
get_role(const struct provider *self, const struct sso_config *config, const char *token,
	struct creds *out, struct err *err)
{
	struct endpoint endpoint = {0};
	struct buf origin = {0};
	struct fetched fetched;
	int code =
		endpoint_find(self->context.settings, SERVICE_SSO, config->region, &endpoint, err);

	if (code)
		return code;
	ask_portal(self, &endpoint, config, token, &fetched);
	code = read_answer(self, config, &fetched, out, err);
	fetched_release(&fetched);
	endpoint_release(&endpoint);
	buf_format(&origin, "SSO role %s (profile %s)", config->role, self->profile);
	out->origin = origin.at;
	out->account = text_copy(config->account);
	return code;
}

static int
sso_load(struct provider *self, struct creds *out, struct err *err)
{
	struct sso_config config;
	char *token = NULL;
	int code = read_config(self, &config, err);

	if (code == 0)
		code = sso_token_get(self, &config, &token, err);
	if (code == 0)
		code = get_role(self, &config, token, out, err);
	secret_release(token);
	return code;
}

static const struct provider_kind sso_kind = {"the profile's SSO settings", sso_load, NULL};

struct provider *
provider_sso(const struct provider_context *context, const char *profile)
{
	return provider_new(&sso_kind, sizeof(struct provider), context, profile);
}
