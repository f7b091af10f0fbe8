/*
 * Roles that are assumed with other credentials: those of a profile with source_profile or
 * credential_source, and those that the command line names. It must not know: web identities.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
#include "creds_provider.h"
#include "sts.h"
#include "vec.h"
#include <errno.h>

enum { CODE_SIZE = 16 };

/* --- one role -------------------------------------------------------------------------------- */

struct role_provider {
	struct provider base;
	struct provider *source;
	bool owns_source;
	char *arn, *external_id, *session_name, *region, *mfa_serial, *duration;
};

static void
name_session(const struct role_provider *role, char *name, size_t size)
{
	if (role->session_name)
		snprintf(name, size, "%s", role->session_name);
	else
		snprintf(name, size, "amiplan-%lld", (long long)provider_now(&role->base));
}

/* An MFA device is asked through a person. */
static int
add_code(const struct role_provider *role, struct params *params, struct err *err)
{
	const struct provider_context *context = &role->base.context;
	char code[CODE_SIZE] = "";
	int failed;

	if (!role->mfa_serial)
		return 0;
	if (!context->ask_code)
		return err_set(err, ERR_VALUE,
			"the role %s needs a code of the MFA device %s, and there is no terminal "
			"to ask "
			"for it; run this in a terminal",
			role->arn, role->mfa_serial);
	failed = context->ask_code(context->ask_to, role->mfa_serial, code, sizeof(code), err);
	if (failed)
		return failed;
	if (strlen(code) != 6 || strspn(code, "0123456789") != 6)
		return err_set(err, ERR_VALUE, "a code of the MFA device %s has six digits",
			role->mfa_serial);
	params_add(params, "SerialNumber", role->mfa_serial);
	params_add(params, "TokenCode", code);
	return 0;
}

static int
add_params(const struct role_provider *role, struct params *params, struct err *err)
{
	char session[65];

	name_session(role, session, sizeof(session));
	params_add(params, "RoleArn", role->arn);
	params_add(params, "RoleSessionName", session);
	if (role->duration)
		params_add(params, "DurationSeconds", role->duration);
	if (role->external_id)
		params_add(params, "ExternalId", role->external_id);
	return add_code(role, params, err);
}

/* "arn:aws:iam::111122223333:role/x": the account is its fifth part. */
static char *
account_of_arn(const char *arn)
{
	for (int i = 0; arn && i < 4; i++) {
		arn = strchr(arn, ':');
		arn = arn ? arn + 1 : NULL;
	}
	return arn && strspn(arn, "0123456789") == 12 ? xstrndup(arn, 12) : NULL;
}

static void
describe(const struct role_provider *role, struct buf *out)
{
	buf_format(out, "the role %s", role->arn);
	if (role->base.profile)
		buf_format(out, " (profile %s)", role->base.profile);
}

static int
assume(const struct role_provider *role, const struct params *params, struct creds *out,
	struct err *err)
{
	static const struct creds_names names = {.holder = "Credentials",
		.access_key = "AccessKeyId",
		.secret_key = "SecretAccessKey",
		.session_token = "SessionToken",
		.expiration = "Expiration",
		.must_expire = true};
	struct buf title = {0}, json = {0};
	struct sts_call call = {.region = role->region,
		.action = "AssumeRole",
		.params = params,
		.provider = role->source};
	int code;

	if (!call.region)
		call.region = settings_region(role->base.context.settings).value;
	describe(role, &title);
	out->origin = text_copy(title.at);
	buf_add_text(&title, " cannot be assumed");
	call.title = title.at;
	code = sts_run(&role->base.context, &call, &json, err);
	if (code == 0)
		code = creds_read_json(buf_slice(&json), &names, title.at, out, err);
	if (code == 0)
		out->account = account_of_arn(role->arn);
	secret_buf_release(&json);
	buf_release(&title);
	return code;
}

static int
role_load(struct provider *self, struct creds *out, struct err *err)
{
	struct role_provider *role = (struct role_provider *)self;
	struct params params = {0};
	const struct creds *with;
	/* Nobody is asked for a code before there is something to sign with. */
	int code = provider_get(role->source, false, &with, err);

	if (code == 0)
		code = add_params(role, &params, err);
	if (code == 0)
		code = assume(role, &params, out, err);
	params_release(&params);
	return code;
}

static void
role_release(struct provider *self)
{
	struct role_provider *role = (struct role_provider *)self;

	if (role->owns_source)
		provider_free(role->source);
	free(role->arn);
	free(role->external_id);
	free(role->session_name);
	free(role->region);
	free(role->mfa_serial);
	free(role->duration);
}

static const struct provider_kind role_kind = {"a role", role_load, role_release};

struct provider *
provider_role(
	const struct provider_context *context, struct provider *base, const struct role *role)
{
	struct role_provider *made = provider_new(&role_kind, sizeof(*made), context, NULL);

	made->source = base;
	made->arn = text_copy(role->arn);
	made->external_id = text_copy(role->external_id);
	made->session_name = text_copy(role->session_name);
	made->region = text_copy(role->region);
	return &made->base;
}

/* --- a profile's role ------------------------------------------------------------------------ */

struct profile_role {
	struct provider base;
	struct provider *role; /* made when first asked for */
};

typedef VEC(const char *) profile_list;

static bool
has_keys(const struct settings *settings, const char *profile)
{
	return settings_profile_key(settings, profile, "aws_access_key_id") ||
	       settings_profile_key(settings, profile, "aws_secret_access_key");
}

/* A token file makes it a web identity's profile, which has a provider of its own. */
static bool
has_role(const struct settings *settings, const char *profile)
{
	return settings_profile_key(settings, profile, "role_arn") &&
	       !settings_profile_key(settings, profile, "web_identity_token_file");
}

static const struct {
	const char *word;
	struct provider *(*make)(const struct provider_context *context);
} credential_sources[] = {
	{"Environment", provider_environment},
	{"EcsContainer", provider_container},
	{"Ec2InstanceMetadata", provider_metadata},
};

static int
make_named_source(const struct provider_context *context, const char *profile, const char *word,
	struct provider **out, struct err *err)
{
	for (size_t i = 0; i < sizeof(credential_sources) / sizeof(*credential_sources); i++) {
		if (strcmp(word, credential_sources[i].word) == 0) {
			*out = credential_sources[i].make(context);
			return 0;
		}
	}
	return err_set(err, ERR_VALUE,
		"profile '%s': credential_source is '%s', not Environment, Ec2InstanceMetadata or "
		"EcsContainer",
		profile, word);
}

/* A profile may name itself where it has keys too; any other way back is a loop. */
static int
check_step(const struct settings *settings, const profile_list *visited, const char *next,
	struct err *err)
{
	const char *from = visited->items[visited->count - 1];

	if (!settings_has_profile(settings, next))
		return err_set(err, ERR_UNKNOWN,
			"profile '%s' names source_profile '%s', which is in no file", from, next);
	if (visited->count >= LIMIT_ROLE_CHAIN)
		return err_set(err, ERR_LIMIT,
			"profile '%s' leads through more than %d roles by source_profile",
			visited->items[0], LIMIT_ROLE_CHAIN);
	vec_foreach (seen, visited)
		if (strcmp(*seen, next) == 0 &&
			(strcmp(from, next) != 0 || !has_keys(settings, next)))
			return err_set(err, ERR_CONFLICT,
				"profile '%s' names source_profile '%s', which leads back to it",
				from, next);
	return 0;
}

/*
 * From a profile to what it starts from: every profile passed is a role to assume, the last one
 * first. At the end stands a named source or a profile that gives credentials by itself.
 */
static int
walk_sources(const struct provider_context *context, profile_list *roles, struct provider **start,
	struct err *err)
{
	const struct settings *settings = context->settings;

	for (;;) {
		const char *profile = roles->items[roles->count - 1];
		const char *next = settings_profile_key(settings, profile, "source_profile");
		const char *word = settings_profile_key(settings, profile, "credential_source");
		int code;

		if (next && word)
			return err_set(err, ERR_CONFLICT,
				"profile '%s' has both source_profile and credential_source",
				profile);
		if (!next && !word)
			return err_set(err, ERR_VALUE,
				"profile '%s' has role_arn, but neither source_profile nor "
				"credential_source to assume it with",
				profile);
		if (word)
			return make_named_source(context, profile, word, start, err);
		code = check_step(settings, roles, next, err);
		if (code)
			return code;
		if (has_keys(settings, next) || !has_role(settings, next)) {
			*start = provider_of_profile(context, next, false);
			return 0;
		}
		vec_push(roles, next);
	}
}

/* Anything but a number of seconds is passed over, as the `aws` command does. */
static char *
read_duration(const char *text)
{
	return text && strlen(text) < 10 && strspn(text, "0123456789") == strlen(text)
		       ? text_copy(text)
		       : NULL;
}

static struct provider *
wrap(const struct provider_context *context, const char *profile, struct provider *source)
{
	const struct settings *settings = context->settings;
	struct role_provider *role = provider_new(&role_kind, sizeof(*role), context, profile);

	role->source = source;
	role->owns_source = true;
	role->arn = text_copy(settings_profile_key(settings, profile, "role_arn"));
	role->external_id = text_copy(settings_profile_key(settings, profile, "external_id"));
	role->session_name =
		text_copy(settings_profile_key(settings, profile, "role_session_name"));
	role->mfa_serial = text_copy(settings_profile_key(settings, profile, "mfa_serial"));
	role->duration = read_duration(settings_profile_key(settings, profile, "duration_seconds"));
	return &role->base;
}

static int
make_roles(struct profile_role *self, struct err *err)
{
	const struct provider_context *context = &self->base.context;
	struct provider *made = NULL;
	profile_list roles = {0};
	int code;

	vec_push(&roles, self->base.profile);
	code = walk_sources(context, &roles, &made, err);
	for (size_t i = roles.count; code == 0 && i > 0; i--)
		made = wrap(context, roles.items[i - 1], made);
	vec_release(&roles);
	if (code == 0)
		self->role = made;
	return code;
}

static int
profile_role_load(struct provider *base, struct creds *out, struct err *err)
{
	struct profile_role *self = (struct profile_role *)base;
	int code = 0;

	if (!has_role(base->context.settings, base->profile))
		return PROVIDER_NOTHING;
	if (!self->role)
		code = make_roles(self, err);
	return code ? code : self->role->kind->load(self->role, out, err);
}

static void
profile_role_release(struct provider *base)
{
	provider_free(((struct profile_role *)base)->role);
}

static const struct provider_kind profile_role_kind = {
	"the profile's role_arn", profile_role_load, profile_role_release};

struct provider *
provider_profile_role(const struct provider_context *context, const char *profile)
{
	return provider_new(&profile_role_kind, sizeof(struct profile_role), context, profile);
}
