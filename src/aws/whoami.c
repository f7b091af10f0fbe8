/*
 * Which identity a run has, and where each setting came from.
 * It must not know: what is collected.
 */
#include "whoami.h"
#include "civil.h"
#include "creds_provider.h"
#include "json_pull.h"
#include "json_write.h"
#include "sts.h"

enum { SHOWN_OF_KEY = 4, LINES = 16 };

/* --- asking STS ------------------------------------------------------------------------------ */

static void
take_text(struct json *json, char **to)
{
	struct slice text;

	if (json_string(json, &text)) {
		free(*to);
		*to = xstrndup(text.at, text.len);
	}
}

static int
read_identity(struct slice bytes, struct identity *out, struct err *err)
{
	struct identity got = {0};
	struct json json;
	struct slice name;
	bool whole;

	json_begin(&json, bytes, "GetCallerIdentity", NULL);
	if (json_enter(&json, JSON_OBJECT)) {
		while (json_next_member(&json, &name)) {
			if (slice_is(name, "Account"))
				take_text(&json, &got.account);
			else if (slice_is(name, "Arn"))
				take_text(&json, &got.arn);
			else if (slice_is(name, "UserId"))
				take_text(&json, &got.user_id);
			else
				json_skip(&json, NULL);
		}
	}
	whole = !json.failed && got.account && got.arn && got.user_id;
	json_end(&json);
	if (!whole) {
		identity_release(&got);
		return err_set(err, ERR_IO,
			"the identity is unknown: the answer lacks the account, the ARN or the "
			"user");
	}
	*out = got;
	return 0;
}

int
identity_get(const struct provider_context *context, struct provider *provider,
	struct identity *out, struct err *err)
{
	struct sts_call call = {.action = "GetCallerIdentity",
		.region = settings_region(context->settings).value,
		.provider = provider,
		.title = "the identity is unknown"};
	struct buf json = {0};
	int code = sts_run(context, &call, &json, err);

	if (code == 0)
		code = read_identity(buf_slice(&json), out, err);
	buf_release(&json);
	return code;
}

void
identity_release(struct identity *identity)
{
	free(identity->account);
	free(identity->arn);
	free(identity->user_id);
	*identity = (struct identity){0};
}

/* --- what is said ---------------------------------------------------------------------------- */

/* One setting; a value NULL: not set. Texts in `arena` or borrowed. */
struct line {
	const char *name, *value, *origin;
};

/* One provider's. Lifetime: one whoami_write. */
struct report {
	struct arena arena;
	const char *account, *arn, *user_id;
	struct line lines[LINES];
	size_t count;
};

/* The environment may hold any bytes: shown is what neither a terminal nor JSON stumbles over. */
static const char *
safe(struct report *report, const char *text)
{
	struct err shown;

	if (!text)
		return NULL;
	err_set(&shown, ERR_VALUE, "%s", text);
	return arena_text(&report->arena, slice_of(shown.text));
}

static void
add(struct report *report, const char *name, const char *value, const char *origin)
{
	report->lines[report->count++] =
		(struct line){name, safe(report, value), safe(report, origin)};
}

static void
add_setting(struct report *report, const char *name, struct setting setting)
{
	add(report, name, setting.value, setting.origin);
}

static int
add_endpoint(struct report *report, const struct settings *settings, enum service service,
	struct err *err)
{
	const char *region = settings_region(settings).value;
	const char *name = arena_format(&report->arena, "%s endpoint", service_table[service].word);
	struct endpoint endpoint;
	int code;

	if (!region && service != SERVICE_STS) {
		add(report, name, NULL, NULL);
		return 0;
	}
	code = endpoint_find(settings, service, region, &endpoint, err);
	if (code)
		return code;
	add(report, name, arena_text(&report->arena, slice_of(endpoint.url)),
		endpoint.origin ? endpoint.origin
				: arena_format(&report->arena, "partition %s",
					  partition_of_region(endpoint.signing_region)->name));
	endpoint_release(&endpoint);
	return 0;
}

static const char *
masked(struct report *report, const char *key)
{
	size_t len = strlen(key);
	size_t hidden = len > 2 * (size_t)SHOWN_OF_KEY ? len - SHOWN_OF_KEY : len;

	return arena_format(&report->arena, "****%s", key + hidden);
}

static int
collect_lines(struct report *report, const struct settings *settings, const struct creds *creds,
	struct err *err)
{
	char expires[TIME_TEXT_SIZE];
	int code;

	time_format(creds->expires, expires);
	add_setting(report, "profile", settings_profile(settings));
	add_setting(report, "region", settings_region(settings));
	add(report, "access key", masked(report, creds->access_key), creds->origin);
	add(report, "expires", expires[0] ? arena_text(&report->arena, slice_of(expires)) : NULL,
		expires[0] ? creds->origin : NULL);
	code = add_endpoint(report, settings, SERVICE_EC2, err);
	if (code == 0)
		code = add_endpoint(report, settings, SERVICE_STS, err);
	add_setting(report, "CA bundle", settings_ca_bundle(settings));
	return code;
}

/* --- formats --------------------------------------------------------------------------------- */

static void
put_line(FILE *file, const char *name, const char *value, const char *origin)
{
	fprintf(file, "%-14s%s", name, value ? value : "-");
	if (origin)
		fprintf(file, "  (%s)", origin);
	fputs("\n", file);
}

static void
write_text(const struct report *report, FILE *file)
{
	put_line(file, "account", report->account, NULL);
	put_line(file, "arn", report->arn, NULL);
	put_line(file, "user id", report->user_id, NULL);
	for (size_t i = 0; i < report->count; i++)
		put_line(file, report->lines[i].name, report->lines[i].value,
			report->lines[i].origin);
}

static void
write_object(const struct report *report, struct json_writer *writer)
{
	json_open(writer, '{');
	json_field(writer, "account", report->account);
	json_field(writer, "arn", report->arn);
	json_field(writer, "user_id", report->user_id);
	json_name(writer, "settings");
	json_open(writer, '[');
	for (size_t i = 0; i < report->count; i++) {
		json_open(writer, '{');
		json_field(writer, "name", report->lines[i].name);
		json_field(writer, "value", report->lines[i].value);
		json_field(writer, "from", report->lines[i].origin);
		json_close(writer, '}');
	}
	json_close(writer, ']');
	json_close(writer, '}');
}

static void
write_reports(const struct report *reports, size_t count, bool json, FILE *file)
{
	struct json_writer writer;

	if (!json) {
		for (size_t i = 0; i < count; i++) {
			fputs(i ? "\n" : "", file);
			write_text(&reports[i], file);
		}
		return;
	}
	json_writer_file(&writer, file, true);
	json_open(&writer, '[');
	for (size_t i = 0; i < count; i++)
		write_object(&reports[i], &writer);
	json_close(&writer, ']');
}

/* --- the whole ------------------------------------------------------------------------------- */

static int
make_report(const struct provider_context *context, struct provider *provider,
	struct report *report, struct err *err)
{
	struct identity identity = {0};
	const struct creds *creds;
	int code = identity_get(context, provider, &identity, err);

	if (code == 0)
		code = provider_get(provider, false, &creds, err);
	if (code == 0)
		code = collect_lines(report, context->settings, creds, err);
	if (code == 0) {
		report->account = safe(report, identity.account);
		report->arn = safe(report, identity.arn);
		report->user_id = safe(report, identity.user_id);
	}
	identity_release(&identity);
	return code;
}

int
whoami_write(const struct provider_context *context, struct provider *const *providers,
	size_t count, bool json, FILE *file, struct err *err)
{
	struct report *reports = xcalloc(count, sizeof(*reports));
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++)
		code = make_report(context, providers[i], &reports[i], err);
	if (code == 0)
		write_reports(reports, count, json, file);
	for (size_t i = 0; i < count; i++)
		arena_release(&reports[i].arena);
	free(reports);
	return code;
}
