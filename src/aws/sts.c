/*
 * Calls to STS that wait for their answer.
 * It must not know: profiles, which role.
 */
#include "sts.h"
#include "civil.h"
#include "creds_provider.h"
#include "errors.h"
#include "sigv4.h"
#include "xml_json.h"

#define CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"

/* A clock that differs by less cannot be why a signature was refused. */
enum { SKEW_LEAST = 4 * 60, PAUSE_FIRST_MS = 100, TITLE_ROOM = 200 };

/* Lifetime: one sts_run. */
struct request {
	const struct provider_context *context;
	const struct sts_call *call;
	const struct creds *creds; /* the provider's; NULL: unsigned */
	struct endpoint endpoint;
	struct buf url, body, authorization, token, date, host, code, message;
	int64_t skew; /* seconds that the server's clock is ahead */
	bool mended;  /* the clock was looked at */
	bool renewed; /* the provider was asked anew */
};

static void
begin(struct request *request)
{
	const struct service_row *row = &service_table[SERVICE_STS];

	buf_format(&request->url, "%s/", request->endpoint.url);
	buf_format(&request->body, "Action=%s&Version=%s", request->call->action, row->version);
	if (request->call->params && request->call->params->form.len) {
		buf_add_char(&request->body, '&');
		buf_add_slice(&request->body, buf_slice(&request->call->params->form));
	}
}

static void
end(struct request *request)
{
	struct buf *bufs[] = {&request->url, &request->body, &request->authorization,
		&request->token, &request->date, &request->host, &request->code, &request->message};

	for (size_t i = 0; i < sizeof(bufs) / sizeof(*bufs); i++)
		secret_buf_release(bufs[i]);
	endpoint_release(&request->endpoint);
}

/* --- signing --------------------------------------------------------------------------------- */

/* Makes the header lines anew: a signature holds for its second. */
static void
sign(struct request *request)
{
	const struct creds *creds = request->creds;
	int64_t time = request->context->now(request->context->now_to) + request->skew;
	const struct scope scope = {
		time, request->endpoint.signing_region, service_table[SERVICE_STS].signing};
	struct buf path = {0};
	char date[SIGV4_DATE_SIZE];
	struct header headers[4] = {{"content-type", CONTENT_TYPE},
		{"host", request->endpoint.host}, {"x-amz-date", date},
		{"x-amz-security-token", creds->session_token}};
	struct signable signable = {.method = "POST",
		.query = "",
		.headers = headers,
		.header_count = creds->session_token ? 4 : 3,
		.body = buf_slice(&request->body),
		.normalize_path = true};

	sigv4_date(time, date);
	buf_format(&path, "%s/", request->endpoint.path);
	signable.path = path.at;
	buf_clear(&request->authorization);
	buf_add_text(&request->authorization, "Authorization: ");
	sigv4_authorization(&signable, &scope, creds, &request->authorization);
	buf_clear(&request->date);
	buf_format(&request->date, "X-Amz-Date: %s", date);
	buf_clear(&request->token);
	if (creds->session_token)
		buf_format(&request->token, "X-Amz-Security-Token: %s", creds->session_token);
	buf_release(&path);
}

static void
ask(struct request *request, struct fetched *fetched)
{
	const char *headers[6] = {"Content-Type: " CONTENT_TYPE};
	size_t count = 1;
	const struct http_request http = {.method = "POST",
		.url = request->url.at,
		.headers = headers,
		.body = buf_slice(&request->body)};

	if (request->creds) {
		sign(request);
		headers[count++] = request->date.at;
		if (request->token.len)
			headers[count++] = request->token.at;
		headers[count++] = request->authorization.at;
	}
	fetch(request->context->http, &http, fetched);
}

/* --- answers --------------------------------------------------------------------------------- */

static bool
is_one_of(const char *code, const char *const *codes)
{
	for (; *codes; codes++)
		if (strcmp(code, *codes) == 0)
			return true;
	return false;
}

/* Codes that pass with time. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
static bool
may_pass(const struct request *request, const struct fetched *fetched)
{
	static const char *const passing[] = {"Throttling", "ThrottlingException",
		"RequestLimitExceeded", "RequestTimeout", "IDPCommunicationError", "SlowDown",
		NULL};

	return fetched_may_pass(fetched) ||
	       (request->code.len && is_one_of(request->code.at, passing));
}

/* A refusal that a wrong clock explains: the skew is kept, for one more attempt. */
static bool
mends_clock(struct request *request, const struct fetched *fetched)
{
	static const char *const skewed[] = {"RequestTimeTooSkewed", "RequestExpired",
		"RequestInTheFuture", "InvalidSignatureException", "SignatureDoesNotMatch",
		"AuthFailure", NULL};
	int64_t skew;

	if (request->mended || !request->creds || fetched->date == TIME_NONE ||
		!request->code.len || !is_one_of(request->code.at, skewed))
		return false;
	request->mended = true;
	skew = fetched->date - request->context->now(request->context->now_to);
	if (skew < SKEW_LEAST && skew > -SKEW_LEAST)
		return false;
	request->skew = skew;
	return true;
}

/* True if the source of credentials that STS calls expired has others by now. A source that fails
 * says why; one that gives the same again leaves STS's word as it is. */
static bool
renews(struct request *request, int *code, struct err *err)
{
	const struct error_row *row = request->code.len ? error_find(request->code.at) : NULL;
	char *refused;
	bool others;
	int failed;

	if (request->renewed || !request->creds || !row || row->retry != RETRY_REFRESH)
		return false;
	request->renewed = true;
	refused = text_copy(request->creds->access_key);
	failed = provider_get(request->call->provider, true, &request->creds, err);
	others = !failed && strcmp(request->creds->access_key, refused) != 0;
	*code = failed ? failed : *code;
	free(refused);
	return others;
}

static bool
holds(const char *text, const char *secret)
{
	return secret && *secret && strstr(text, secret);
}

/* STS repeats what it was sent when a signature is wrong: such words are not shown. */
static bool
may_show(const struct request *request)
{
	const struct creds *creds = request->creds;
	const char *message = request->message.at;

	if (!message || strcmp(request->code.at, "SignatureDoesNotMatch") == 0 ||
		holds(message, request->call->hide))
		return false;
	return !creds ||
	       (!holds(message, creds->secret_key) && !holds(message, creds->session_token));
}

static int
refused(const struct request *request, struct err *err)
{
	const char *code = request->code.at;

	if (may_show(request))
		return err_set(err, ERR_VALUE, "%.*s: %.64s: %s", TITLE_ROOM, request->call->title,
			code, request->message.at);
	return err_set(err, ERR_VALUE, "%.*s: %.64s", TITLE_ROOM, request->call->title, code);
}

static int
read_answer(const struct request *request, struct slice body, struct buf *json, struct err *err)
{
	const struct shape_operation *operation =
		shape_operation_find("sts", request->call->action);
	struct buf members = {0};
	struct xml_json *xml = xml_json_new(operation, NULL, &members);
	struct err inner = {0};
	int code = xml_json_add(xml, body, &inner);

	if (code == 0)
		code = xml_json_end(xml, &inner);
	xml_json_free(xml);
	if (code)
		err_set(err, ERR_IO, "%.*s: the answer is not what STS says: %s", TITLE_ROOM,
			request->call->title, inner.text);
	else
		buf_format(json, "{%s\n}\n", members.at ? members.at : "");
	secret_buf_release(&members);
	return code ? ERR_IO : 0;
}

/* One attempt: true if another may do better. */
static bool
attempt(struct request *request, bool last, struct buf *json, int *code, struct err *err)
{
	struct fetched fetched;
	bool again = false;

	ask(request, &fetched);
	buf_clear(&request->code);
	buf_clear(&request->message);
	if (fetched.status == 200) {
		*code = read_answer(request, buf_slice(&fetched.body), json, err);
	} else {
		bool said = fetched.status != 0 &&
			    xml_error(buf_slice(&fetched.body), &request->code, &request->message);

		*code = said ? refused(request, err)
			     : fetched_error(&fetched, request->call->title, err);
		again = mends_clock(request, &fetched) || renews(request, code, err) ||
			(!last && may_pass(request, &fetched));
	}
	fetched_release(&fetched);
	return again;
}

int
sts_run(const struct provider_context *context, const struct sts_call *call, struct buf *json,
	struct err *err)
{
	struct request request = {.context = context, .call = call};
	uint32_t most = settings_max_attempts(context->settings);
	uint32_t pause = PAUSE_FIRST_MS;
	int code = call->provider ? provider_get(call->provider, false, &request.creds, err) : 0;

	if (code == 0)
		code = endpoint_find(
			context->settings, SERVICE_STS, call->region, &request.endpoint, err);
	if (code)
		return code;
	begin(&request);
	for (uint32_t i = 1; attempt(&request, i >= most, json, &code, err); i++) {
		sleep_ms(pause);
		pause = pause < 5000 ? 2 * pause : pause;
	}
	end(&request);
	return code;
}
