/*
 * Credentials: the chain that asks the sources in order, and keeping what they gave until shortly
 * before it expires. It must not know: what any source is.
 */
#include "civil.h"
#include "creds_provider.h"
#include "vec.h"

/*
 * AWS's own tools ask anew within the last fifteen minutes, go on with what they have if that
 * fails, and insist within the last ten. A source that has nothing longer is not asked all the
 * time.
 */
enum { ADVISORY = 15 * 60, MANDATORY = 10 * 60, ASK_AGAIN = 60 };

void
creds_release(struct creds *creds)
{
	secret_release(creds->access_key);
	secret_release(creds->secret_key);
	secret_release(creds->session_token);
	free(creds->account);
	free(creds->origin);
	*creds = (struct creds){.expires = TIME_NONE};
}

/* --- providers ------------------------------------------------------------------------------- */

void *
provider_new(const struct provider_kind *kind, size_t size, const struct provider_context *context,
	const char *profile)
{
	struct provider *provider = xcalloc(1, size);

	provider->kind = kind;
	provider->context = *context;
	provider->profile = text_copy(profile);
	provider->creds.expires = TIME_NONE;
	return provider;
}

void
provider_free(struct provider *provider)
{
	if (!provider)
		return;
	if (provider->kind->release)
		provider->kind->release(provider);
	creds_release(&provider->creds);
	free(provider->profile);
	free(provider);
}

int64_t
provider_now(const struct provider *provider)
{
	return provider->context.now(provider->context.now_to);
}

static bool
holds_for(const struct creds *creds, int64_t now, int64_t seconds)
{
	return creds->expires == TIME_NONE || creds->expires - now >= seconds;
}

static bool
is_fresh(const struct provider *provider, int64_t now)
{
	if (!provider->loaded)
		return false;
	return holds_for(&provider->creds, now, ADVISORY) ||
	       (holds_for(&provider->creds, now, 1) && now - provider->asked < ASK_AGAIN &&
		       now >= provider->asked);
}

/* What a header or a signature cannot hold never reaches them. */
static int
check_creds(const struct creds *creds, int64_t now, struct err *err)
{
	char when[TIME_TEXT_SIZE];

	if (!is_header_text(creds->access_key) || !is_header_text(creds->secret_key) ||
		(creds->session_token && !is_header_text(creds->session_token)))
		return err_set(err, ERR_VALUE,
			"the credentials from %s hold a blank, a line break or another character "
			"that keys and tokens never have",
			creds->origin);
	if (!holds_for(creds, now, 1)) {
		time_format(creds->expires, when);
		return err_set(err, ERR_VALUE, "the credentials from %s expired at %s",
			creds->origin, when);
	}
	return 0;
}

static int
load(struct provider *provider, int64_t now, struct creds *out, struct err *err)
{
	int code;

	*out = (struct creds){.expires = TIME_NONE};
	code = provider->kind->load(provider, out, err);
	if (code == PROVIDER_NOTHING)
		code = err_set(err, ERR_VALUE, "no credentials: %s", provider->kind->looks_at);
	if (code == 0)
		code = check_creds(out, now, err);
	if (code)
		creds_release(out);
	return code;
}

int
provider_get(struct provider *provider, bool anew, const struct creds **out, struct err *err)
{
	int64_t now = provider_now(provider);
	struct creds got;
	int code;

	if (anew || !is_fresh(provider, now)) {
		code = load(provider, now, &got, err);
		if (code &&
			(anew || !provider->loaded || !holds_for(&provider->creds, now, MANDATORY)))
			return code;
		if (code == 0) {
			creds_release(&provider->creds);
			provider->creds = got;
			provider->loaded = true;
		}
		provider->asked = now;
	}
	*out = &provider->creds;
	return 0;
}

/* --- the chain ------------------------------------------------------------------------------- */

struct chain {
	struct provider base;
	VEC(struct provider *) links;
	struct provider *answered; /* who gave credentials is asked for the next ones too */
};

/* Says where nothing was found. */
static int
found_nothing(const struct chain *chain, struct err *err)
{
	struct buf places = {0};

	vec_foreach (link, &chain->links)
		buf_format(&places, "%s%s", places.len ? ", " : "", (*link)->kind->looks_at);
	err_set(err, ERR_VALUE,
		"no credentials for profile '%s': `aws configure` or `aws sso login` makes some; "
		"looked at: %s",
		chain->base.profile, places.at);
	buf_release(&places);
	return ERR_VALUE;
}

static int
chain_load(struct provider *self, struct creds *out, struct err *err)
{
	struct chain *chain = (struct chain *)self;

	if (chain->answered)
		return chain->answered->kind->load(chain->answered, out, err);
	vec_foreach (link, &chain->links) {
		int code = (*link)->kind->load(*link, out, err);

		if (code == 0)
			chain->answered = *link;
		if (code != PROVIDER_NOTHING)
			return code;
	}
	return found_nothing(chain, err);
}

static void
chain_release(struct provider *self)
{
	struct chain *chain = (struct chain *)self;

	vec_foreach (link, &chain->links)
		provider_free(*link);
	vec_release(&chain->links);
}

static const struct provider_kind chain_kind = {"", chain_load, chain_release};

static void
add_profile(struct chain *chain, const char *profile, bool takes_variables)
{
	const struct provider_context *context = &chain->base.context;

	vec_push(&chain->links, provider_web_identity(context, profile, takes_variables));
	vec_push(&chain->links, provider_sso(context, profile));
	vec_push(&chain->links, provider_static(context, SETTINGS_CREDENTIALS, profile));
	vec_push(&chain->links, provider_login(context, profile));
	vec_push(&chain->links, provider_process(context, profile));
	vec_push(&chain->links, provider_static(context, SETTINGS_CONFIG, profile));
}

struct provider *
provider_of_profile(
	const struct provider_context *context, const char *profile, bool takes_variables)
{
	struct chain *chain = provider_new(&chain_kind, sizeof(*chain), context, profile);

	add_profile(chain, profile, takes_variables);
	return &chain->base;
}

/* An explicit profile silences the environment; one that the environment names does not. */
struct provider *
provider_chain(const struct provider_context *context)
{
	const char *profile = settings_profile(context->settings).value;
	bool takes_variables = !settings_profile_explicit(context->settings);
	struct chain *chain = provider_new(&chain_kind, sizeof(*chain), context, profile);

	if (takes_variables)
		vec_push(&chain->links, provider_environment(context));
	vec_push(&chain->links, provider_profile_role(context, profile));
	add_profile(chain, profile, takes_variables);
	vec_push(&chain->links, provider_container(context));
	vec_push(&chain->links, provider_metadata(context));
	return &chain->base;
}
