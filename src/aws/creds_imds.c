/*
 * Credentials of the instance this runs on, from its metadata service (IMDSv2, version 1 where
 * that is all there is). It must not know: profiles.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
 */
#include "civil.h"
#include "creds_provider.h"

#define TITLE "instance metadata"
#define ROLES "/latest/meta-data/iam/security-credentials/"
#define TOKEN_HEADER "x-aws-ec2-metadata-token: "

/*
 * The service may hand out what has expired while it cannot renew it; AWS takes such credentials
 * for longer, so they count for twenty more minutes.
 */
enum { EXTENSION = 20 * 60 };

/* Lifetime: one load. */
struct asking {
	const struct provider *self;
	struct metadata_settings settings;
	struct buf token; /* a header line; empty: version 1 */
};

/* --- requests -------------------------------------------------------------------------------- */

static void
ask(struct asking *asking, const char *method, const char *path, const char *header,
	struct fetched *fetched)
{
	const char *headers[] = {header, NULL};
	struct buf url = {0};
	const struct http_request request = {.method = method,
		.headers = headers,
		.connect_ms = asking->settings.timeout_ms,
		.total_ms = asking->settings.timeout_ms,
		.direct = true};
	struct http_request with_url = request;
	struct slice base = slice_of(asking->settings.endpoint);

	while (base.len && base.at[base.len - 1] == '/')
		base.len--;
	buf_add_slice(&url, base);
	buf_add_text(&url, path);
	with_url.url = url.at;
	for (uint32_t i = 1;; i++) {
		fetch(asking->self->context.http, &with_url, fetched);
		if (i >= asking->settings.attempts || !fetched_may_pass(fetched))
			break;
		fetched_release(fetched);
	}
	buf_release(&url);
}

/*
 * Version 2 wants a token first. A service that knows no tokens, or does not answer in time (the
 * answer has no hops left), may still be of version 1.
 */
static int
take_token(struct asking *asking, struct err *err)
{
	struct fetched fetched;
	int code = 0;

	ask(asking, "PUT", "/latest/api/token", "x-aws-ec2-metadata-token-ttl-seconds: 21600",
		&fetched);
	if (fetched.status == 200 && fetched.body.len && is_header_text(fetched.body.at))
		buf_format(&asking->token, TOKEN_HEADER "%s", fetched.body.at);
	else if (fetched.end == HTTP_NOT_SENT)
		code = PROVIDER_NOTHING; /* no such service here */
	else if (fetched.status == 400 || fetched.end == HTTP_STOPPED)
		code = fetched_error(&fetched, TITLE, err);
	else if (asking->settings.v1_disabled)
		code = err_set(err, ERR_IO,
			TITLE ": no token, and version 1 is disabled (ec2_metadata_v1_disabled)");
	fetched_release(&fetched);
	return code;
}

/* --- answers --------------------------------------------------------------------------------- */

static bool
is_role_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 128 &&
	       strspn(name,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-") ==
		       len;
}

/* The path of the role's credentials. An instance without a role has none. */
static int
find_role(struct asking *asking, struct buf *path, struct err *err)
{
	struct fetched fetched;
	int code = 0;

	ask(asking, "GET", ROLES, asking->token.at, &fetched);
	if (fetched.body.at)
		fetched.body.at[strcspn(fetched.body.at, "\r\n")] = '\0';
	if (fetched.end == HTTP_NOT_SENT || fetched.end == HTTP_TIMED_OUT ||
		fetched.status == 404 ||
		(fetched.status == 200 && (!fetched.body.at || !*fetched.body.at)))
		code = PROVIDER_NOTHING;
	else if (fetched.status != 200)
		code = fetched_error(&fetched, TITLE, err);
	else if (!is_role_name(fetched.body.at))
		code = err_set(err, ERR_VALUE, TITLE ": what it calls a role is no role's name");
	else
		buf_format(path, ROLES "%s", fetched.body.at);
	fetched_release(&fetched);
	return code;
}

static int
read_role(struct asking *asking, const char *path, struct creds *out, struct err *err)
{
	static const struct creds_names names = {.access_key = "AccessKeyId",
		.secret_key = "SecretAccessKey",
		.session_token = "Token",
		.expiration = "Expiration",
		.must_expire = true};
	int64_t least = provider_now(asking->self) + EXTENSION;
	struct fetched fetched;
	int code;

	ask(asking, "GET", path, asking->token.at, &fetched);
	code = fetched.status == 200
		       ? creds_read_json(buf_slice(&fetched.body), &names, TITLE, out, err)
		       : fetched_error(&fetched, TITLE, err);
	if (code == 0 && out->expires < least)
		out->expires = least;
	fetched_release(&fetched);
	return code;
}

static int
metadata_load(struct provider *self, struct creds *out, struct err *err)
{
	struct asking asking = {
		.self = self, .settings = settings_metadata(self->context.settings)};
	struct buf path = {0};
	int code;

	if (asking.settings.disabled)
		return PROVIDER_NOTHING;
	code = take_token(&asking, err);
	if (code == 0)
		code = find_role(&asking, &path, err);
	if (code == 0)
		code = read_role(&asking, path.at, out, err);
	if (code == 0) {
		struct buf origin = {0};

		buf_format(&origin, TITLE " (role %s)", path.at + strlen(ROLES));
		out->origin = origin.at;
	}
	buf_release(&path);
	secret_buf_release(&asking.token);
	return code;
}

static const struct provider_kind metadata_kind = {TITLE, metadata_load, NULL};

struct provider *
provider_metadata(const struct provider_context *context)
{
	return provider_new(&metadata_kind, sizeof(struct provider), context, NULL);
}
