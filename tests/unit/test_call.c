/*
 * Tests of calls against a server on loopback: what is sent, what is tried again, what ends.
 * It must not know: which calls a collection makes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "call.h"
#include "creds_provider.h"
#include "loopback.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW 1767323045 /* 2026-01-02T03:04:05Z */

#define XML_ERROR(status, headers, code)                                                           \
	"HTTP/1.1 " status "\r\nContent-Type: text/xml\r\nConnection: close\r\n" headers           \
	"\r\n<Response><Errors><Error><Code>" code "</Code><Message>words</Message></Error>"       \
	"</Errors></Response>"
#define REPLY(text, then)                                                                          \
	{                                                                                          \
		.bytes = (text), .end = THEN_##then                                                \
	}
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>"
#define HTML                                                                                       \
	"HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"
#define THROTTLED XML_ERROR("503 Busy", "", "RequestLimitExceeded")

/* --- credentials that the test makes -----------------------------------------------------------
 */

/* Lifetime: a test. A source that gives other keys each time; its first member is the provider's.
 */
struct source {
	struct provider base;
	int loads;
	bool fails;
};

static int
load_keys(struct provider *self, struct creds *out, struct err *err)
{
	struct source *source = (struct source *)self;
	struct buf key = {0};

	if (source->fails)
		return err_set(err, ERR_IO, "the source is gone");
	source->loads++;
	buf_format(&key, "AKID%d", source->loads);
	out->access_key = key.at;
	out->secret_key = xstrndup("secret", 6);
	out->session_token = xstrndup("token+/=", 8);
	out->expires = TIME_NONE;
	return 0;
}

static const struct provider_kind source_kind = {.looks_at = "the test", .load = load_keys};

/* --- a caller and what its calls came to ---------------------------------------------------------
 */

struct scene {
	struct loopback *server;
	struct settings *settings;
	struct http *http;
	struct caller *caller;
	struct source *source;
	volatile sig_atomic_t stop;
	/* What came. */
	size_t done, restarts;
	enum call_end end;
	enum refusal refusal;
	int status;
	uint32_t attempts;
	char code[64], message[128];
	char order[64]; /* a letter for each call that ended: T if it was tried again */
	struct buf streamed;
	struct buf foreseen; /* what on_whole saw; on_body had not seen it */
	size_t broken_ends;  /* on_end says no so often */
	size_t pages;        /* each done starts another call while there are more */
	struct call again;
};

static int64_t
test_now(void *to)
{
	(void)to;
	return NOW;
}

static void
open_scene(struct scene *scene, const struct reply *replies, size_t count, uint32_t backoff_ms)
{
	struct settings_options settings = {.region = "eu-west-1"};
	struct http_options http = {.concurrency = 4, .stop = &scene->stop, .stall_seconds = 1};
	struct caller_options caller = {.seed = 1, .now = test_now, .backoff_ms = backoff_ms};
	struct provider_context context = {.now = test_now};

	*scene = (struct scene){.server = loopback_start(replies, count)};
	settings.endpoint_url = loopback_url(scene->server);
	assert_int_equal(settings_load(&settings, &scene->settings, NULL), 0);
	assert_int_equal(http_new(&http, &scene->http, NULL), 0);
	caller.settings = context.settings = scene->settings;
	caller.http = context.http = scene->http;
	scene->caller = caller_new(&caller);
	scene->source = provider_new(&source_kind, sizeof(*scene->source), &context, NULL);
}

static void
close_scene(struct scene *scene)
{
	provider_free(&scene->source->base);
	caller_free(scene->caller);
	http_free(scene->http);
	settings_free(scene->settings);
	loopback_stop(scene->server);
	buf_release(&scene->streamed);
	buf_release(&scene->foreseen);
}

static void
restart(void *to)
{
	struct scene *scene = to;

	scene->restarts++;
	buf_clear(&scene->streamed);
}

static bool
on_body(void *to, struct slice bytes)
{
	struct scene *scene = to;

	buf_add_slice(&scene->streamed, bytes);
	return scene->streamed.at[0] == '<';
}

static void
on_whole(void *to, struct slice rest)
{
	struct scene *scene = to;

	assert_int_equal(scene->streamed.len, 0);
	buf_add_slice(&scene->foreseen, rest);
}

static bool
on_end(void *to)
{
	struct scene *scene = to;

	return scene->broken_ends == 0 || scene->broken_ends-- == 0;
}

static void
on_done(void *to, const struct call_result *result)
{
	struct scene *scene = to;

	scene->done++;
	scene->end = result->end;
	scene->refusal = result->refusal;
	scene->status = result->status;
	scene->attempts = result->attempts;
	snprintf(scene->code, sizeof(scene->code), "%s", result->code);
	snprintf(scene->message, sizeof(scene->message), "%s", result->message);
	if (scene->pages > 0) {
		scene->pages--;
		call_start(scene->caller, &scene->again);
	}
}

static struct call
describe(struct scene *scene)
{
	return (struct call){.service = SERVICE_EC2,
		.region = "eu-west-1",
		.action = "DescribeImages",
		.provider = &scene->source->base,
		.account = "111122223333",
		.restart = restart,
		.on_body = on_body,
		.on_end = on_end,
		.done = on_done,
		.to = scene};
}

static void
run(struct scene *scene, const struct call *call)
{
	scene->again = *call;
	call_start(scene->caller, call);
	assert_int_equal(scene->done, 0); /* never before http_run */
	http_run(scene->http);
}

/* --- what is sent --------------------------------------------------------------------------------
 */

static void
assert_sent(struct scene *scene, size_t number, const char *text)
{
	const char *request = loopback_request(scene->server, number);

	if (!strstr(request, text))
		fail_msg("%s\nis not in\n%s", text, request);
}

static void
a_form_is_signed_and_encoded(void **state)
{
	static const struct reply reply = {.bytes = OK, .end = THEN_KEEP};
	struct scene scene;
	struct call call;
	struct params params = {0};

	(void)state;
	open_scene(&scene, &reply, 1, 1);
	params_add(&params, "Owner.1", "self");
	params_add(&params, "Name", "a b&c=d/\xc3\xa9");
	params_add_number(&params, "MaxResults", 1000);
	call = describe(&scene);
	call.params = &params;
	call_start(scene.caller, &call);
	params_release(&params); /* it was copied */
	scene.again = call;
	http_run(scene.http);
	assert_int_equal(scene.done, 1);
	assert_int_equal(scene.end, CALL_DONE);
	assert_int_equal(scene.attempts, 1);
	assert_true(slice_is(buf_slice(&scene.streamed), "<a/>"));
	assert_sent(&scene, 0, "POST / HTTP/1.1\r\n");
	assert_sent(&scene, 0,
		"\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n");
	assert_sent(&scene, 0, "\r\nX-Amz-Date: 20260102T030405Z\r\n");
	assert_sent(&scene, 0, "\r\nX-Amz-Security-Token: token+/=\r\n");
	assert_sent(&scene, 0,
		"\r\nAuthorization: AWS4-HMAC-SHA256 "
		"Credential=AKID1/20260102/eu-west-1/ec2/aws4_request, "
		"SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=");
	assert_sent(&scene, 0,
		"\r\n\r\nAction=DescribeImages&Version=2016-11-15&Owner.1=self"
		"&Name=a%20b%26c%3Dd%2F%C3%A9&MaxResults=1000");
	close_scene(&scene);
}

static void
json_calls_have_their_headers(void **state)
{
	static const struct reply reply = {.bytes = OK, .end = THEN_KEEP};
	struct scene scene;
	struct call call;
	struct params params = {0};

	(void)state;
	open_scene(&scene, &reply, 1, 1);
	buf_add_text(&params.json, "{\"Names\":[\"/a\"]}");
	call = describe(&scene);
	call.service = SERVICE_SSM;
	call.action = "GetParameters";
	call.params = &params;
	run(&scene, &call);
	assert_sent(&scene, 0, "POST / HTTP/1.1\r\n");
	assert_sent(&scene, 0, "\r\nContent-Type: application/x-amz-json-1.1\r\n");
	assert_sent(&scene, 0, "\r\nX-Amz-Target: AmazonSSM.GetParameters\r\n");
	assert_sent(&scene, 0,
		"SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,");
	assert_sent(&scene, 0, "\r\n\r\n{\"Names\":[\"/a\"]}");

	call.service = SERVICE_EBS;
	call.action = "ListSnapshotBlocks";
	call.method = "GET";
	call.path = "/snapshots/snap-1/blocks?maxResults=100&pageToken=a%2Fb";
	call.params = NULL;
	scene.done = 0;
	run(&scene, &call);
	assert_sent(&scene, 1,
		"GET /snapshots/snap-1/blocks?maxResults=100&pageToken=a%2Fb HTTP/1.1\r\n");
	assert_null(strcasestr(loopback_request(scene.server, 1), "content-type:"));
	assert_int_equal(scene.end, CALL_DONE);

	call.service = SERVICE_RBIN;
	call.method = "POST";
	call.path = "/list-rules";
	call.params = &params;
	call.provider = NULL;
	scene.done = 0;
	run(&scene, &call);
	assert_sent(&scene, 2, "POST /list-rules HTTP/1.1\r\n");
	assert_sent(&scene, 2, "\r\nContent-Type: application/json\r\n");
	assert_null(strcasestr(loopback_request(scene.server, 2), "authorization:"));
	params_release(&params);
	close_scene(&scene);
}

/* --- what is tried again -------------------------------------------------------------------------
 */

enum { AS_LAST = 8 };

/* Replies, the last one for ever, and what they come to. */
static const struct outcome {
	const char *name;
	struct reply replies[AS_LAST];
	size_t broken_ends;
	bool mutates;
	enum call_end end;
	enum refusal refusal;
	uint32_t attempts;
	const char *code;
} outcomes[] = {
	{"a success", {REPLY(OK, KEEP)}, 0, false, CALL_DONE, REFUSAL_NONE, 1, ""},
	{"denied", {REPLY(XML_ERROR("403 No", "", "UnauthorizedOperation"), CLOSE)}, 0, false,
		CALL_REFUSED, REFUSAL_DENIED, 1, "UnauthorizedOperation"},
	{"a dry run", {REPLY(XML_ERROR("412 Dry", "", "DryRunOperation"), CLOSE)}, 0, true,
		CALL_REFUSED, REFUSAL_DRY_RUN, 1, "DryRunOperation"},
	{"a stale token", {REPLY(XML_ERROR("400 No", "", "InvalidNextToken"), CLOSE)}, 0, false,
		CALL_REFUSED, REFUSAL_TOKEN, 1, "InvalidNextToken"},
	{"one failure of AWS",
		{REPLY(XML_ERROR("503 Oops", "", "Unavailable"), CLOSE), REPLY(OK, KEEP)}, 0, false,
		CALL_DONE, REFUSAL_NONE, 2, ""},
	{"failures of AWS", {REPLY(XML_ERROR("500 Oops", "", "InternalError"), CLOSE)}, 0, false,
		CALL_FAILED, REFUSAL_OTHER, 3, "InternalError"},
	{"a page of HTML, once", {REPLY(HTML, KEEP), REPLY(OK, KEEP)}, 0, false, CALL_DONE,
		REFUSAL_NONE, 2, ""},
	{"pages of HTML", {REPLY(HTML, KEEP)}, 0, false, CALL_REFUSED, REFUSAL_UNKNOWN, 3, ""},
	{"a gateway's words", {REPLY("HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nbad", KEEP)}, 0,
		false, CALL_FAILED, REFUSAL_OTHER, 3, ""},
	{"a redirect",
		{REPLY("HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: "
		       "0\r\n\r\n",
			KEEP)},
		0, false, CALL_REFUSED, REFUSAL_OTHER, 1, ""},
	{"a reset", {REPLY("", RESET), REPLY(OK, KEEP)}, 0, false, CALL_DONE, REFUSAL_NONE, 2, ""},
	{"cut short, then whole",
		{REPLY("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>", CLOSE), REPLY(OK, KEEP)},
		0, false, CALL_DONE, REFUSAL_NONE, 2, ""},
	{"always cut short", {REPLY("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>", CLOSE)}, 0,
		false, CALL_FAILED, REFUSAL_OTHER, 3, ""},
	{"silence", {REPLY("", STALL), REPLY(OK, KEEP)}, 0, false, CALL_DONE, REFUSAL_NONE, 2, ""},
	{"a success in HTML, so to speak",
		{REPLY("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", KEEP)}, 0, false,
		CALL_FAILED, REFUSAL_OTHER, 3, ""},
	{"ends that do not come", {REPLY(OK, KEEP)}, 2, false, CALL_DONE, REFUSAL_NONE, 3, ""},
	{"ends that never come", {REPLY(OK, KEEP)}, 9, false, CALL_FAILED, REFUSAL_OTHER, 3, ""},
	{"too large", {{.bytes = "HTTP/1.1 200 OK\r\n\r\n<", .end = THEN_CLOSE, .fill = 5000}}, 0,
		false, CALL_FAILED, REFUSAL_OTHER, 1, ""},
	{"a burst of throttling",
		{REPLY(THROTTLED, CLOSE), REPLY(THROTTLED, CLOSE), REPLY(THROTTLED, CLOSE),
			REPLY(THROTTLED, CLOSE), REPLY(OK, KEEP)},
		0, false, CALL_DONE, REFUSAL_NONE, 5, ""},
	{"throttling without end", {REPLY(THROTTLED, CLOSE)}, 0, false, CALL_FAILED, REFUSAL_OTHER,
		9, "RequestLimitExceeded"},
	{"a throttled change", {REPLY(THROTTLED, CLOSE)}, 0, true, CALL_FAILED, REFUSAL_OTHER, 3,
		"RequestLimitExceeded"},
};

static void
each_failure_is_tried_again_as_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(outcomes); i++) {
		const struct outcome *outcome = &outcomes[i];
		struct scene scene;
		struct call call;
		size_t count = 0;

		while (count < AS_LAST && outcome->replies[count].bytes)
			count++;
		print_message("%s\n", outcome->name);
		open_scene(&scene, outcome->replies, count, 1);
		scene.broken_ends = outcome->broken_ends;
		call = describe(&scene);
		call.mutates = outcome->mutates;
		call.max_bytes = 1000;
		run(&scene, &call);
		assert_int_equal(scene.done, 1);
		assert_int_equal(scene.end, outcome->end);
		assert_int_equal(scene.refusal, outcome->refusal);
		assert_string_equal(scene.code, outcome->code);
		assert_int_equal(scene.attempts, outcome->attempts);
		assert_int_equal(scene.restarts, outcome->attempts);
		assert_int_equal(loopback_requests(scene.server), outcome->attempts);
		assert_int_equal(strlen(scene.message) > 0, outcome->end != CALL_DONE);
		if (outcome->end == CALL_DONE)
			assert_true(slice_is(buf_slice(&scene.streamed), "<a/>"));
		close_scene(&scene);
	}
}

static void
the_clock_is_mended_once(void **state)
{
	static const struct reply replies[] = {
		REPLY(XML_ERROR("401 No", "Date: Fri, 02 Jan 2026 03:14:05 GMT\r\n", "AuthFailure"),
			CLOSE),
		REPLY(OK, KEEP),
		REPLY(XML_ERROR("401 No", "Date: Fri, 02 Jan 2026 03:14:10 GMT\r\n", "AuthFailure"),
			CLOSE),
	};
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, replies, COUNT(replies), 1);
	call = describe(&scene);
	run(&scene, &call);
	assert_int_equal(scene.end, CALL_DONE);
	assert_int_equal(scene.attempts, 2);
	assert_sent(&scene, 0, "\r\nX-Amz-Date: 20260102T030405Z\r\n");
	assert_sent(&scene, 1, "\r\nX-Amz-Date: 20260102T031405Z\r\n");
	assert_int_equal(caller_counts(scene.caller).skew, 600);
	scene.done = 0;
	run(&scene, &call); /* the clock is right now: so it is the credentials */
	assert_sent(&scene, 2, "\r\nX-Amz-Date: 20260102T031405Z\r\n");
	assert_int_equal(scene.end, CALL_REFUSED);
	assert_int_equal(scene.refusal, REFUSAL_CREDENTIALS);
	assert_int_equal(scene.attempts, 1);
	close_scene(&scene);
}

static void
a_clock_that_jumps_does_not_go_on_for_ever(void **state)
{
	static const struct reply replies[] = {
		REPLY(XML_ERROR("403 No", "Date: Fri, 02 Jan 2026 03:14:05 GMT\r\n",
			      "RequestTimeTooSkewed"),
			CLOSE),
		REPLY(XML_ERROR("403 No", "Date: Fri, 02 Jan 2026 05:14:05 GMT\r\n",
			      "RequestTimeTooSkewed"),
			CLOSE),
	};
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, replies, COUNT(replies), 1);
	call = describe(&scene);
	run(&scene, &call);
	assert_int_equal(scene.end, CALL_REFUSED);
	assert_int_equal(scene.attempts, 2);
	close_scene(&scene);
}

static void
expired_credentials_are_renewed_once(void **state)
{
	static const struct reply expired = REPLY(XML_ERROR("400 No", "", "ExpiredToken"), CLOSE);
	const struct reply replies[] = {expired, REPLY(OK, KEEP), expired, expired};
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, replies, COUNT(replies), 1);
	call = describe(&scene);
	run(&scene, &call);
	assert_int_equal(scene.end, CALL_DONE);
	assert_int_equal(scene.source->loads, 2);
	assert_sent(&scene, 0, "Credential=AKID1/");
	assert_sent(&scene, 1, "Credential=AKID2/");
	scene.done = 0;
	run(&scene, &call);
	assert_int_equal(scene.end, CALL_REFUSED);
	assert_int_equal(scene.refusal, REFUSAL_CREDENTIALS);
	assert_string_equal(scene.code, "ExpiredToken");
	assert_int_equal(scene.attempts, 2);
	assert_int_equal(scene.source->loads, 3);
	close_scene(&scene);
}

static void
calls_side_by_side_renew_together(void **state)
{
	static const struct reply expired = {
		.bytes = XML_ERROR("400 No", "", "ExpiredToken"), .end = THEN_CLOSE, .wait_ms = 50};
	const struct reply replies[] = {expired, expired, expired, expired, REPLY(OK, KEEP)};
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, replies, COUNT(replies), 1);
	call = scene.again = describe(&scene);
	call.on_body = NULL;
	for (int i = 0; i < 4; i++)
		call_start(scene.caller, &call);
	http_run(scene.http);
	assert_int_equal(scene.done, 4);
	assert_int_equal(scene.end, CALL_DONE);
	assert_int_equal(scene.source->loads, 2);
	close_scene(&scene);
}

static void
a_call_without_credentials_fails_by_itself(void **state)
{
	static const struct reply reply = {.bytes = OK};
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, &reply, 1, 1);
	scene.source->fails = true;
	scene.pages = 3; /* and may start others from its end */
	call = describe(&scene);
	run(&scene, &call);
	assert_int_equal(scene.done, 4);
	assert_int_equal(scene.end, CALL_FAILED);
	assert_int_equal(scene.refusal, REFUSAL_CREDENTIALS);
	assert_string_equal(scene.message, "the source is gone");
	assert_int_equal(loopback_requests(scene.server), 0);
	close_scene(&scene);
}

/* --- many calls ----------------------------------------------------------------------------------
 */

static void
each_page_may_ask_for_the_next(void **state)
{
	static const struct reply reply = {.bytes = OK, .end = THEN_KEEP};
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, &reply, 1, 1);
	scene.pages = 79;
	call = describe(&scene);
	run(&scene, &call);
	assert_int_equal(scene.done, 80);
	assert_int_equal(loopback_connections(scene.server), 1);
	assert_int_equal(caller_counts(scene.caller).calls, 80);
	assert_int_equal(caller_counts(scene.caller).answers, 80);
	assert_int_equal(caller_counts(scene.caller).retries, 0);
	assert_int_equal(caller_counts(scene.caller).bytes, 320);
	close_scene(&scene);
}

/* Whoever knows an answer by its end may ask on before all of it is read; each attempt has its own.
 */
static void
the_end_of_an_answer_is_seen_first(void **state)
{
	static const struct reply replies[] = {
		REPLY("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>", CLOSE),
		REPLY("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhtml", KEEP), REPLY(OK, KEEP)};
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, replies, COUNT(replies), 1);
	call = describe(&scene);
	call.on_whole = on_whole;
	run(&scene, &call);
	assert_int_equal(scene.end, CALL_DONE);
	assert_int_equal(scene.attempts, 3);
	assert_string_equal(scene.foreseen.at, "html<a/>");
	assert_true(slice_is(buf_slice(&scene.streamed), "<a/>"));
	close_scene(&scene);
}

static void
note_attempts(void *to, const struct call_result *result)
{
	struct scene *scene = to;

	assert_int_equal(result->end, CALL_DONE);
	scene->order[scene->done++] = result->attempts > 1 ? 'T' : '.';
}

/* Twenty calls to another region. */
static void
call_elsewhere(void *to)
{
	struct scene *scene = to;
	struct call call = scene->again;

	call.region = "eu-west-2";
	for (int i = 0; i < 20; i++)
		call_start(scene->caller, &call);
}

static void
throttling_slows_one_bucket_alone(void **state)
{
	static const struct reply replies[] = {
		REPLY(XML_ERROR("503 Busy", "X-Amz-Retry-After: 400\r\n", "RequestLimitExceeded"),
			CLOSE),
		REPLY(OK, KEEP)};
	struct scene scene;
	int64_t start = http_clock();

	(void)state;
	open_scene(&scene, replies, COUNT(replies), 1);
	scene.again = describe(&scene);
	scene.again.done = note_attempts;
	scene.again.on_body = NULL;
	call_start(scene.caller, &scene.again);
	http_after(scene.http, 100, call_elsewhere, &scene);
	http_run(scene.http);
	assert_string_equal(scene.order, "....................T");
	assert_true(http_clock() - start >= 400); /* as the server asked */
	assert_int_equal(caller_counts(scene.caller).throttled, 1);
	assert_int_equal(caller_counts(scene.caller).retries, 1);
	assert_true(loopback_most(scene.server) <= 4);
	close_scene(&scene);
}

static void
a_quota_ends_a_storm_of_retries(void **state)
{
	static const char *const actions[] = {"DescribeImages", "DescribeSnapshots",
		"DescribeInstances", "DescribeVolumes", "DescribeFleets",
		"DescribeLaunchTemplates"};
	static const struct reply reply =
		REPLY("HTTP/1.1 503 Oops\r\nContent-Length: 0\r\n\r\n", KEEP);
	struct scene scene;
	struct call call;

	(void)state;
	open_scene(&scene, &reply, 1, 1);
	call = scene.again = describe(&scene);
	for (size_t i = 0; i < 20 * COUNT(actions); i++) {
		call.action = actions[i % COUNT(actions)];
		call_start(scene.caller, &call);
	}
	http_run(scene.http);
	assert_int_equal(scene.done, 120);
	assert_int_equal(scene.end, CALL_FAILED);
	assert_int_equal(loopback_requests(scene.server), 120 + 500 / 5);
	close_scene(&scene);
}

static void
raise_stop(void *to)
{
	struct scene *scene = to;

	scene->stop = 1;
}

/* Calls under way, in line, and waiting to be tried again. */
static void
a_stop_ends_all_calls(void **state)
{
	static const struct reply replies[] = {
		REPLY("HTTP/1.1 503 Oops\r\nContent-Length: 0\r\n\r\n", KEEP),
		REPLY(THROTTLED, CLOSE), REPLY("", STALL)};
	struct scene scene;
	struct call call;
	int64_t start = http_clock();

	(void)state;
	open_scene(&scene, replies, COUNT(replies), 20000);
	call = scene.again = describe(&scene);
	for (int i = 0; i < 30; i++) {
		call.region = i % 2 ? "eu-west-1" : "eu-west-2";
		call_start(scene.caller, &call);
	}
	http_after(scene.http, 150, raise_stop, &scene);
	http_run(scene.http);
	assert_int_equal(scene.done, 30);
	assert_int_equal(scene.end, CALL_STOPPED);
	assert_true(http_clock() - start < 1000);
	close_scene(&scene);
}

/* The settings of who runs the tests do not count. */
static int
forget_settings(void **state)
{
	extern char **environ;

	(void)state;
	for (char **at = environ; *at;) {
		char *name = xstrndup(*at, strcspn(*at, "="));

		if (strncmp(name, "AWS_", 4) == 0 || strcasestr(name, "_proxy"))
			unsetenv(name); /* what follows moves up */
		else
			at++;
		free(name);
	}
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_signed_and_encoded),
		cmocka_unit_test(json_calls_have_their_headers),
		cmocka_unit_test(each_failure_is_tried_again_as_it_should),
		cmocka_unit_test(the_clock_is_mended_once),
		cmocka_unit_test(a_clock_that_jumps_does_not_go_on_for_ever),
		cmocka_unit_test(expired_credentials_are_renewed_once),
		cmocka_unit_test(calls_side_by_side_renew_together),
		cmocka_unit_test(a_call_without_credentials_fails_by_itself),
		cmocka_unit_test(each_page_may_ask_for_the_next),
		cmocka_unit_test(the_end_of_an_answer_is_seen_first),
		cmocka_unit_test(throttling_slows_one_bucket_alone),
		cmocka_unit_test(a_quota_ends_a_storm_of_retries),
		cmocka_unit_test(a_stop_ends_all_calls),
	};

	return cmocka_run_group_tests_name("call", tests, forget_settings, NULL);
}
