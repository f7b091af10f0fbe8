/*
 * The token of a login to IAM Identity Center: read from the `aws` command's cache, renewed and
 * written back where that is possible. It must not know: accounts and roles.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
 */
#include "civil.h"
#include "creds_sso.h"
#include "digest.h"
#include "json_pull.h"
#include "json_write.h"
#include "out.h"
#include <sys/stat.h>

/* The `aws` command renews within the last fifteen minutes. */
enum { RENEW_BEFORE = 15 * 60 };

/* What the cache holds; each to be released by secret_release. */
struct token {
	char *access_token, *refresh_token, *client_id, *client_secret;
	char *registration_expires; /* as it stands there */
	int64_t expires;
};

static void
token_release(struct token *token)
{
	secret_release(token->access_token);
	secret_release(token->refresh_token);
	secret_release(token->client_id);
	secret_release(token->client_secret);
	secret_release(token->registration_expires);
	*token = (struct token){0};
}

int
sso_log_in_again(const struct provider *self, const char *why, struct err *err)
{
	return err_set(err, ERR_VALUE,
		"the SSO login of profile '%s' %s; run `aws sso login --profile %s`", self->profile,
		why, self->profile);
}

/* ~/.aws/sso/cache/SHA1.json: of the session's name, without a session of the start URL. */
static char *
cache_path(const struct sso_config *config)
{
	char *directory = settings_home_path("~/.aws/sso/cache");
	char name[DIGEST_SHA1_TEXT_SIZE];
	struct buf path = {0};

	digest_sha1_text(slice_of(config->session ? config->session : config->start_url), name);
	buf_format(&path, "%s/%s.json", directory, name);
	free(directory);
	return path.at;
}

/* --- reading --------------------------------------------------------------------------------- */

/* Old versions of the `aws` command wrote UTC for Z. */
static bool
parse_expiry(struct slice text, int64_t *out)
{
	char with_z[40];

	if (text.len > 3 && text.len < sizeof(with_z) &&
		memcmp(text.at + text.len - 3, "UTC", 3) == 0) {
		memcpy(with_z, text.at, text.len - 3);
		memcpy(with_z + text.len - 3, "Z", 2);
		return time_parse(slice_of(with_z), out);
	}
	return time_parse(text, out);
}

static bool
take_member(struct json *json, struct slice name, struct token *token)
{
	const struct {
		const char *name;
		char **to;
	} members[] = {
		{"accessToken", &token->access_token},
		{"refreshToken", &token->refresh_token},
		{"clientId", &token->client_id},
		{"clientSecret", &token->client_secret},
		{"registrationExpiresAt", &token->registration_expires},
	};
	struct slice text;

	if (json_peek(json) != JSON_STRING)
		return json_skip(json, NULL);
	if (!json_string(json, &text))
		return false;
	if (slice_is(name, "expiresAt"))
		return parse_expiry(text, &token->expires) ||
		       json_fail(json, json->at, ERR_VALUE, "expiresAt is no time");
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (slice_is(name, members[i].name) && text.len) {
			secret_release(*members[i].to);
			*members[i].to = xstrndup(text.at, text.len);
		}
	return true;
}

/* False if it is no JSON, or has no token or no time. */
static bool
parse_token(struct slice bytes, const char *path, struct token *token)
{
	struct json json;
	struct slice name;
	bool whole;

	token->expires = TIME_NONE;
	json_begin(&json, bytes, path, NULL);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name) && take_member(&json, name, token))
			;
	whole = !json.failed && json_peek(&json) == JSON_END;
	json_end(&json);
	return whole && token->access_token && is_header_text(token->access_token) &&
	       token->expires != TIME_NONE;
}

static int
read_token(const struct provider *self, const char *path, struct token *token, struct err *err)
{
	struct buf json = {0};
	int code = 0;

	if (secret_file_read(path, &json, NULL) != 0)
		code = sso_log_in_again(self, "is in no cache", err);
	else if (!parse_token(buf_slice(&json), path, token))
		code = sso_log_in_again(self, "cannot be read from the cache", err);
	secret_buf_release(&json);
	return code;
}

/* --- renewing -------------------------------------------------------------------------------- */

static bool
can_renew(const struct provider *self, const struct sso_config *config, const struct token *token)
{
	int64_t registered;

	return config->session && token->refresh_token && token->client_id &&
	       token->client_secret && token->registration_expires &&
	       parse_expiry(slice_of(token->registration_expires), &registered) &&
	       registered > provider_now(self);
}

static void
write_request(const struct token *token, struct buf *body)
{
	struct json_writer writer;

	json_writer_buf(&writer, body, false);
	json_open(&writer, '{');
	json_field(&writer, "grantType", "refresh_token");
	json_field(&writer, "clientId", token->client_id);
	json_field(&writer, "clientSecret", token->client_secret);
	json_field(&writer, "refreshToken", token->refresh_token);
	json_close(&writer, '}');
}

/* The answer's members replace those of the token; its own lifetime is in seconds. */
static bool
parse_answer(struct slice bytes, int64_t now, struct token *token)
{
	struct token got = {.expires = TIME_NONE};
	int64_t seconds = 0;
	struct json json;
	struct slice name;
	bool whole;

	json_begin(&json, bytes, "answer", NULL);
	if (json_enter(&json, JSON_OBJECT)) {
		while (json_next_member(&json, &name)) {
			if (slice_is(name, "expiresIn"))
				json_integer(&json, &seconds);
			else
				take_member(&json, name, &got);
		}
	}
	whole = !json.failed && got.access_token && is_header_text(got.access_token) &&
		seconds > 0 && seconds < INT32_MAX;
	json_end(&json);
	if (whole) {
		secret_release(token->access_token);
		token->access_token = got.access_token;
		got.access_token = NULL;
		token->expires = now + seconds;
	}
	if (whole && got.refresh_token) {
		secret_release(token->refresh_token);
		token->refresh_token = got.refresh_token;
		got.refresh_token = NULL;
	}
	token_release(&got);
	return whole;
}

static bool
ask_token(const struct provider *self, const struct sso_config *config, struct token *token)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	struct endpoint endpoint = {0};
	struct buf url = {0}, body = {0};
	struct fetched fetched;
	bool renewed = false;

	if (endpoint_find(
		    self->context.settings, SERVICE_SSO_OIDC, config->region, &endpoint, NULL) != 0)
		return false;
	buf_format(&url, "%s/token", endpoint.url);
	write_request(token, &body);
	fetch(self->context.http,
		&(struct http_request){.method = "POST",
			.url = url.at,
			.headers = headers,
			.body = buf_slice(&body)},
		&fetched);
	if (fetched.status == 200)
		renewed = parse_answer(buf_slice(&fetched.body), provider_now(self), token);
	fetched_release(&fetched);
	secret_buf_release(&body);
	buf_release(&url);
	endpoint_release(&endpoint);
	return renewed;
}

/* --- writing back ---------------------------------------------------------------------------- */

static void
write_token(struct json_writer *writer, const struct sso_config *config, const struct token *token)
{
	char expires[TIME_TEXT_SIZE];

	time_format(token->expires, expires);
	json_open(writer, '{');
	json_field(writer, "startUrl", config->start_url);
	json_field(writer, "region", config->region);
	json_field(writer, "accessToken", token->access_token);
	json_field(writer, "expiresAt", expires);
	json_field(writer, "clientId", token->client_id);
	json_field(writer, "clientSecret", token->client_secret);
	json_field(writer, "registrationExpiresAt", token->registration_expires);
	json_field(writer, "refreshToken", token->refresh_token);
	json_close(writer, '}');
}

/*
 * The old refresh token is used up, so the cache must get the new one: whole, and for its owner
 * alone. Where it cannot be written this run has its token all the same.
 */
static void
save_token(const char *path, const struct sso_config *config, const struct token *token)
{
	struct buf json = {0};
	struct json_writer writer;
	struct out out;

	if (out_open(&out, path, NULL) != 0)
		return;
	if (fchmod(fileno(out.file), S_IRUSR | S_IWUSR) != 0) {
		out_abandon(&out);
		return;
	}
	json_writer_buf(&writer, &json, false);
	write_token(&writer, config, token);
	fwrite(json.at, 1, json.len, out.file);
	(void)out_commit(&out, NULL);
	secret_buf_release(&json);
}

/* --- the token ------------------------------------------------------------------------------- */

int
sso_token_get(
	const struct provider *self, const struct sso_config *config, char **out, struct err *err)
{
	int64_t now = provider_now(self);
	struct token token = {0};
	char *path = cache_path(config);
	int code = read_token(self, path, &token, err);

	if (code == 0 && token.expires - now < RENEW_BEFORE && can_renew(self, config, &token) &&
		ask_token(self, config, &token))
		save_token(path, config, &token);
	if (code == 0 && token.expires <= now)
		code = sso_log_in_again(self, "has expired", err);
	if (code == 0) {
		*out = token.access_token;
		token.access_token = NULL;
	}
	token_release(&token);
	free(path);
	return code;
}
