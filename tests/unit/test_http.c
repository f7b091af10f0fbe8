/*
 * Tests of http against a server on loopback: what goes wrong ends, soon, and as what it is.
 * It must not know: AWS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "http.h"
#include "loopback.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a request came to. */
struct seen {
	int calls;
	enum http_end end;
	int status;
	char body[64];
	char type[32], error[64], error_type[32];
	int64_t date, retry_after;
	uint64_t bytes;
	uint64_t streamed; /* bytes that on_body got */
	uint64_t refuse_at;
};

static void
copy(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from);
}

static void
see(void *to, const struct http_answer *answer)
{
	struct seen *seen = to;

	seen->calls++;
	seen->end = answer->end;
	seen->status = answer->status;
	seen->date = answer->date;
	seen->retry_after = answer->retry_after_ms;
	seen->bytes = answer->bytes;
	copy(seen->body, sizeof(seen->body), answer->body.at);
	copy(seen->type, sizeof(seen->type), answer->content_type);
	copy(seen->error, sizeof(seen->error), answer->error);
	copy(seen->error_type, sizeof(seen->error_type), answer->error_type);
}

static bool
stream(void *to, struct slice bytes)
{
	struct seen *seen = to;

	seen->streamed += bytes.len;
	return seen->refuse_at == 0 || seen->streamed < seen->refuse_at;
}

static struct http *
new_http(const volatile sig_atomic_t *stop)
{
	struct http_options options = {
		.user_agent = "amiplan-test", .concurrency = 4, .stop = stop, .stall_seconds = 1};
	struct http *http = NULL;

	assert_int_equal(http_new(&options, &http, NULL), 0);
	return http;
}

static struct http_request
request_to(const char *url, struct seen *seen)
{
	return (struct http_request){
		.method = "GET", .url = url, .total_ms = 3000, .done = see, .to = seen};
}

/* One GET to a server that gives this one reply. */
static void
get(const struct reply *reply, struct http_request request, struct seen *seen)
{
	struct loopback *server = loopback_start(reply, 1);
	struct http *http = new_http(NULL);

	request.method = "GET";
	request.url = loopback_url(server);
	request.done = see;
	request.to = seen;
	request.total_ms = request.total_ms ? request.total_ms : 3000;
	http_send(http, &request);
	http_run(http);
	assert_int_equal(seen->calls, 1);
	http_free(http);
	loopback_stop(server);
}

static void
an_answer_comes_with_its_headers(void **state)
{
	static const struct reply reply = {
		.bytes = OK_HEAD "Date: Fri, 02 Jan 2026 03:04:05 GMT\r\nX-Amzn-ErrorType: A:b\r\n"
				 "Retry-After: 3\r\nX-Amz-Retry-After: 1500\r\n"
				 "Content-Length: 5\r\n\r\nhello",
		.end = THEN_KEEP};
	struct seen seen = {0};

	(void)state;
	get(&reply, (struct http_request){0}, &seen);
	assert_int_equal(seen.end, HTTP_ANSWERED);
	assert_int_equal(seen.status, 200);
	assert_string_equal(seen.body, "hello");
	assert_string_equal(seen.type, "text/xml");
	assert_string_equal(seen.error_type, "A:b");
	assert_string_equal(seen.error, "");
	assert_int_equal(seen.date, 1767323045);
	assert_int_equal(seen.retry_after, 1500);
	assert_int_equal(seen.bytes, 5);
}

static void
headers_that_are_missing_or_odd_are_none(void **state)
{
	static const struct {
		const char *headers;
		int64_t date, retry_after;
	} cases[] = {
		{"", TIME_NONE, -1},
		{"Date: yesterday\r\n", TIME_NONE, -1},
		{"Retry-After: 2\r\n", TIME_NONE, 2000},
		{"Retry-After: soon\r\n", TIME_NONE, -1},
		{"Retry-After: -1\r\n", TIME_NONE, -1},
		{"Retry-After: 99999999999999999999\r\n", TIME_NONE, -1},
		{"X-Amz-Retry-After: 1x\r\nRetry-After: 4\r\n", TIME_NONE, 4000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf bytes = {0};
		struct seen seen = {0};

		print_message("%s\n", cases[i].headers);
		buf_format(
			&bytes, "HTTP/1.1 503 no\r\n%sContent-Length: 0\r\n\r\n", cases[i].headers);
		get(&(struct reply){.bytes = bytes.at}, (struct http_request){0}, &seen);
		assert_int_equal(seen.end, HTTP_ANSWERED);
		assert_int_equal(seen.status, 503);
		assert_true(seen.date == cases[i].date);
		assert_int_equal(seen.retry_after, cases[i].retry_after);
		assert_string_equal(seen.type, "");
		buf_release(&bytes);
	}
}

static void
the_request_is_sent_as_it_was_given(void **state)
{
	static const struct reply reply = {.bytes = "HTTP/1.1 204 No\r\n\r\n", .end = THEN_KEEP};
	static const char *const headers[] = {
		"Content-Type: application/x-amz-json-1.1", "X-Amz-Date: 20260102T030405Z", NULL};
	struct loopback *server = loopback_start(&reply, 1);
	struct http *http = new_http(NULL);
	struct seen seen = {0};
	struct buf url = {0};
	struct http_request request;
	const char *text;

	(void)state;
	buf_format(&url, "%s/a%%2Fb/../c?x=%%20&y", loopback_url(server));
	request = request_to(url.at, &seen);
	request.method = "POST";
	request.headers = headers;
	request.body = SLICE("{\"a\":1}");
	http_send(http, &request);
	request.method = "PUT";
	request.headers = NULL;
	request.body = SLICE_NONE;
	http_send(http, &request);
	http_run(http);
	assert_int_equal(seen.calls, 2);
	text = loopback_request(server, 0);
	if (strncmp(text, "POST", 4) != 0)
		text = loopback_request(server, 1);
	assert_int_equal(strncmp(text, "POST /a%2Fb/../c?x=%20&y HTTP/1.1\r\n", 35), 0);
	assert_non_null(strstr(text, "\r\nContent-Type: application/x-amz-json-1.1\r\n"));
	assert_non_null(strstr(text, "\r\nX-Amz-Date: 20260102T030405Z\r\n"));
	assert_non_null(strstr(text, "\r\nUser-Agent: amiplan-test\r\n"));
	assert_non_null(strstr(text, "\r\nContent-Length: 7\r\n"));
	assert_non_null(strstr(text, "\r\n\r\n{\"a\":1}"));
	assert_null(strcasestr(text, "\r\nExpect:"));
	text = loopback_request(server, text == loopback_request(server, 0) ? 1 : 0);
	assert_int_equal(strncmp(text, "PUT ", 4), 0);
	assert_non_null(strstr(text, "\r\nContent-Length: 0\r\n"));
	assert_null(strcasestr(text, "\r\nContent-Type:"));
	http_free(http);
	loopback_stop(server);
	buf_release(&url);
}

/* Each way to fail, what it is called, and that it comes to an end in time. */
static void
failures_end_as_what_they_are(void **state)
{
	static const struct {
		const char *name;
		struct reply reply;
		enum http_end end;
		uint32_t total_ms;
	} cases[] = {
		{"reset before the answer", {.bytes = "", .end = THEN_RESET}, HTTP_BROKEN, 0},
		{"closed before the answer", {.bytes = "", .end = THEN_CLOSE}, HTTP_BROKEN, 0},
		{"reset in the body",
			{.bytes = OK_HEAD "Content-Length: 10\r\n\r\nabc", .end = THEN_RESET},
			HTTP_BROKEN, 0},
		{"cut short", {.bytes = OK_HEAD "Content-Length: 10\r\n\r\nabc", .end = THEN_CLOSE},
			HTTP_BROKEN, 0},
		{"a chunk cut short",
			{.bytes = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
				.end = THEN_CLOSE},
			HTTP_BROKEN, 0},
		{"the last chunk missing",
			{.bytes = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
				.end = THEN_CLOSE},
			HTTP_BROKEN, 0},
		{"no HTTP", {.bytes = "hello\n", .end = THEN_CLOSE}, HTTP_BROKEN, 0},
		{"no gzip",
			{.bytes = OK_HEAD
				"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
				.end = THEN_CLOSE},
			HTTP_BROKEN, 0},
		{"silence", {.bytes = "", .end = THEN_STALL}, HTTP_TIMED_OUT, 400},
		{"silence, seen by its length", {.bytes = "", .end = THEN_STALL}, HTTP_TIMED_OUT,
			0},
		{"a stall in the body",
			{.bytes = OK_HEAD "Content-Length: 10\r\n\r\nabc", .end = THEN_STALL},
			HTTP_TIMED_OUT, 400},
		{"a drip",
			{.bytes = OK_HEAD "Content-Length: 10\r\n\r\nabcdefghij",
				.end = THEN_KEEP,
				.drip_ms = 20},
			HTTP_TIMED_OUT, 400},
		{"headers without end",
			{.bytes = "HTTP/1.1 200 OK\r\nA: ", .end = THEN_KEEP, .fill = 1 << 20},
			HTTP_BROKEN, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen seen = {0};
		int64_t start = http_clock();

		print_message("%s\n", cases[i].name);
		get(&cases[i].reply, (struct http_request){.total_ms = cases[i].total_ms}, &seen);
		assert_int_equal(seen.end, cases[i].end);
		assert_int_equal(seen.status, 0);
		assert_true(strlen(seen.error) > 0);
		assert_true(http_clock() - start < 2500);
	}
}

static void
many_headers_are_too_large(void **state)
{
	struct buf bytes = {0};
	struct seen seen = {0};

	(void)state;
	buf_add_text(&bytes, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 20000; i++)
		buf_format(&bytes, "X-Header-%d: value\r\n", i);
	get(&(struct reply){.bytes = bytes.at}, (struct http_request){0}, &seen);
	assert_int_equal(seen.end, HTTP_TOO_LARGE);
	buf_release(&bytes);
}

static void
what_cannot_be_reached_was_not_sent(void **state)
{
	static const char *const urls[] = {"http://127.0.0.1:1/", "http://nonesuch.invalid/",
		"file:///etc/hostname", "ftp://127.0.0.1/", "http://[", "http://a b/"};
	struct http *http = new_http(NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		struct seen seen = {0};
		struct http_request request = request_to(urls[i], &seen);

		print_message("%s\n", urls[i]);
		http_send(http, &request);
		http_run(http);
		assert_int_equal(seen.calls, 1);
		assert_int_equal(seen.end, HTTP_NOT_SENT);
	}
	http_free(http);
}

/* A server whose queue of connections is full answers no further one. */
static void
a_connection_that_does_not_stand_was_not_sent(void **state)
{
	struct http_options options = {.concurrency = 1, .connect_seconds = 1};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(to);
	int deaf = socket(AF_INET, SOCK_STREAM, 0), waiting[4];
	struct http *http = NULL;
	struct seen seen = {0};
	char url[64];
	int64_t start;

	(void)state;
	assert_int_equal(bind(deaf, (struct sockaddr *)&to, len), 0);
	assert_int_equal(listen(deaf, 0), 0);
	assert_int_equal(getsockname(deaf, (struct sockaddr *)&to, &len), 0);
	for (size_t i = 0; i < COUNT(waiting); i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(waiting[i], (struct sockaddr *)&to, len);
	}
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/", ntohs(to.sin_port));
	assert_int_equal(http_new(&options, &http, NULL), 0);
	start = http_clock();
	http_send(http,
		&(struct http_request){
			.method = "GET", .url = url, .total_ms = 5000, .done = see, .to = &seen});
	http_run(http);
	assert_int_equal(seen.end, HTTP_NOT_SENT);
	assert_true(http_clock() - start < 2500);
	http_free(http);
	for (size_t i = 0; i < COUNT(waiting); i++)
		close(waiting[i]);
	close(deaf);
}

static void
a_header_with_a_line_break_is_not_sent(void **state)
{
	static const char *const headers[] = {"X-A: b\r\nX-Evil: c", NULL};
	static const struct reply reply = {.bytes = OK_HEAD "Content-Length: 0\r\n\r\n"};
	struct loopback *server = loopback_start(&reply, 1);
	struct http *http = new_http(NULL);
	struct seen seen = {0};
	struct http_request request = request_to(loopback_url(server), &seen);

	(void)state;
	request.headers = headers;
	http_send(http, &request);
	http_run(http);
	http_fetch(http, &request);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.end, HTTP_NOT_SENT);
	assert_int_equal(loopback_requests(server), 0);
	http_free(http);
	loopback_stop(server);
}

static void
no_redirect_is_followed(void **state)
{
	static const struct reply reply = {
		.bytes = "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"};
	struct loopback *server = loopback_start(&reply, 1);
	struct http *http = new_http(NULL);
	struct seen seen = {0};
	struct http_request request = request_to(loopback_url(server), &seen);

	(void)state;
	http_send(http, &request);
	http_run(http);
	assert_int_equal(seen.status, 302);
	assert_int_equal(loopback_requests(server), 1);
	http_free(http);
	loopback_stop(server);
}

static void
sizes_are_bounded(void **state)
{
	static const struct reply huge = {
		.bytes = OK_HEAD "Content-Length: 104857600\r\n\r\n", .fill = 100u << 20};
	static const struct reply failed = {
		.bytes = "HTTP/1.1 500 Oops\r\nContent-Length: 1048576\r\n\r\n",
		.fill = 1u << 20,
		.end = THEN_KEEP};
	struct seen seen = {0};

	(void)state;
	get(&huge, (struct http_request){.max_bytes = 1u << 20}, &seen);
	assert_int_equal(seen.end, HTTP_TOO_LARGE);
	assert_true(seen.bytes <= 1u << 20);
	seen = (struct seen){0};
	get(&huge, (struct http_request){.max_bytes = 1u << 20, .on_body = stream}, &seen);
	assert_int_equal(seen.end, HTTP_TOO_LARGE);
	assert_true(seen.streamed <= 1u << 20);
	seen = (struct seen){0};
	get(&huge, (struct http_request){.max_bytes = 100u << 20, .on_body = stream}, &seen);
	assert_int_equal(seen.end, HTTP_ANSWERED);
	assert_int_equal(seen.streamed, 100u << 20);
	seen = (struct seen){0};
	get(&failed, (struct http_request){.on_body = stream}, &seen);
	assert_int_equal(seen.status, 500);
	assert_int_equal(seen.streamed, 0); /* no success: nothing for on_body */
	assert_int_equal(seen.bytes, 1u << 20);
}

static void
a_body_may_be_refused(void **state)
{
	static const struct reply reply = {
		.bytes = OK_HEAD "Content-Length: 1000000\r\n\r\n", .fill = 1000000};
	struct seen seen = {.refuse_at = 1};

	(void)state;
	get(&reply, (struct http_request){.on_body = stream}, &seen);
	assert_int_equal(seen.end, HTTP_REFUSED);
	assert_true(seen.streamed < 1000000);
}

static void
connections_are_used_again_and_bounded(void **state)
{
	static const struct reply reply = {
		.bytes = OK_HEAD "Content-Length: 2\r\n\r\nok", .end = THEN_KEEP, .wait_ms = 5};
	struct loopback *server = loopback_start(&reply, 1);
	struct http *http = new_http(NULL);
	struct seen seen = {0};
	struct http_request request = request_to(loopback_url(server), &seen);

	(void)state;
	assert_int_equal(http_room(http), 4);
	for (int i = 0; i < 40; i++)
		http_send(http, &request);
	assert_int_equal(http_room(http), 0);
	http_run(http);
	assert_int_equal(seen.calls, 40);
	assert_int_equal(http_room(http), 4);
	assert_true(loopback_most(server) > 1);
	assert_true(loopback_most(server) <= 4);
	assert_true(loopback_connections(server) <= 4);
	http_free(http);
	loopback_stop(server);
}

/* --- timers and stops ----------------------------------------------------------------------------
 */

/* What timers and a stop work on. */
struct scene {
	struct http *http;
	volatile sig_atomic_t stop;
	char order[16];
	size_t count;
	struct seen seen;
	struct http_request again;
};

static void
note_a(void *to)
{
	struct scene *scene = to;

	scene->order[scene->count++] = 'a';
}

static void
note_b(void *to)
{
	struct scene *scene = to;

	scene->order[scene->count++] = 'b';
	if (scene->count < 4)
		http_after(scene->http, 1, note_b, scene);
}

static void
timers_fire_in_order(void **state)
{
	struct scene scene = {.http = new_http(NULL)};
	int64_t start = http_clock();

	(void)state;
	http_after(scene.http, 40, note_a, &scene);
	http_after(scene.http, 0, note_b, &scene);
	http_after(scene.http, 80, note_a, &scene);
	http_run(scene.http);
	assert_string_equal(scene.order, "bbbbaa");
	assert_true(http_clock() - start >= 80);
	assert_true(http_clock() - start < 1000);
	http_free(scene.http);
}

static void
note_quiet(void *to)
{
	struct scene *scene = to;

	scene->order[scene->count++] = 'q';
	if (scene->count < 4)
		http_when_quiet(scene->http, note_quiet, scene);
}

/* It does not wait for a silent server, and who waits for the server does not wait for it. */
static void
quiet_is_when_nothing_comes(void **state)
{
	static const struct reply reply = {
		.bytes = OK_HEAD "Content-Length: 2\r\n\r\nhi", .wait_ms = 100};
	struct loopback *server = loopback_start(&reply, 1);
	struct scene scene = {.http = new_http(NULL)};
	struct http_request request = request_to(loopback_url(server), &scene.seen);
	int64_t start = http_clock();

	(void)state;
	http_when_quiet(scene.http, note_a, &scene); /* the next one takes its place */
	http_when_quiet(scene.http, note_quiet, &scene);
	http_run(scene.http);
	assert_string_equal(scene.order, "qqqq");
	assert_true(http_clock() - start < 50);
	scene.count = 0;
	http_send(scene.http, &request);
	http_when_quiet(scene.http, note_quiet, &scene);
	http_after(scene.http, 50, note_a, &scene);
	http_run(scene.http);
	assert_string_equal(scene.order, "qqqqa");
	assert_int_equal(scene.seen.end, HTTP_ANSWERED);
	http_free(scene.http);
	loopback_stop(server);
}

static void
raise_stop(void *to)
{
	struct scene *scene = to;

	scene->stop = 1;
}

static void
a_stop_ends_everything_soon(void **state)
{
	static const struct reply reply = {.bytes = "", .end = THEN_STALL};
	struct loopback *server = loopback_start(&reply, 1);
	struct scene scene = {0};
	struct http_request request = request_to(loopback_url(server), &scene.seen);
	int64_t start = http_clock();

	(void)state;
	scene.http = new_http(&scene.stop);
	request.total_ms = 0;
	for (int i = 0; i < 10; i++)
		http_send(scene.http, &request);
	http_after(scene.http, 60000, note_a, &scene);
	http_after(scene.http, 100, raise_stop, &scene);
	http_run(scene.http);
	assert_true(http_stopped(scene.http));
	assert_true(http_clock() - start < 500);
	assert_int_equal(scene.seen.calls, 10);
	assert_int_equal(scene.seen.end, HTTP_STOPPED);
	assert_string_equal(scene.order, "a"); /* so that whoever waits learns of the stop */
	http_send(scene.http, &request);
	http_run(scene.http);
	assert_int_equal(scene.seen.calls, 11);
	http_fetch(scene.http, &request);
	assert_int_equal(scene.seen.calls, 12);
	assert_int_equal(scene.seen.end, HTTP_STOPPED);
	http_free(scene.http);
	loopback_stop(server);
}

static void
fetch_within(void *to, const struct http_answer *answer)
{
	struct scene *scene = to;

	assert_int_equal(answer->status, 200);
	scene->again.done = see;
	scene->again.to = &scene->seen;
	http_fetch(scene->http, &scene->again);
	assert_int_equal(scene->seen.calls, 1); /* it is waited for */
}

static void
a_fetch_waits_for_one_request_beside_the_others(void **state)
{
	static const struct reply reply = {
		.bytes = OK_HEAD "Content-Length: 2\r\n\r\nok", .end = THEN_KEEP};
	struct loopback *server = loopback_start(&reply, 1);
	struct scene scene = {.http = new_http(NULL)};

	(void)state;
	scene.again = request_to(loopback_url(server), NULL);
	scene.again.done = fetch_within;
	scene.again.to = &scene;
	http_send(scene.http, &scene.again);
	http_run(scene.http);
	assert_int_equal(scene.seen.status, 200);
	assert_string_equal(scene.seen.body, "ok");
	assert_int_equal(loopback_requests(server), 2);
	http_free(scene.http);
	loopback_stop(server);
}

static void
freeing_drops_what_is_under_way(void **state)
{
	struct http *http = new_http(NULL);
	struct seen seen = {0};
	struct http_request request = request_to("http://127.0.0.1:1/", &seen);

	(void)state;
	http_send(http, &request);
	http_after(http, 1, note_a, NULL);
	http_free(http);
	assert_int_equal(seen.calls, 0);
	http_free(NULL);
}

static void
a_direct_request_passes_by_the_proxy(void **state)
{
	static const struct reply reply = {.bytes = OK_HEAD "Content-Length: 2\r\n\r\nok"};
	struct loopback *server = loopback_start(&reply, 1);
	struct http *http = new_http(NULL);
	struct seen seen = {0};
	struct http_request request = request_to("http://nonesuch.invalid/x", &seen);

	(void)state;
	setenv("http_proxy", loopback_url(server), 1);
	http_send(http, &request);
	http_run(http);
	assert_int_equal(seen.status, 200); /* the proxy answered */
	assert_int_equal(
		strncmp(loopback_request(server, 0), "GET http://nonesuch.invalid/x ", 30), 0);
	request.direct = true;
	http_send(http, &request);
	http_run(http);
	assert_int_equal(seen.end, HTTP_NOT_SENT);
	assert_int_equal(loopback_requests(server), 1);
	unsetenv("http_proxy");
	http_free(http);
	loopback_stop(server);
}

static void
a_ca_bundle_must_be_there(void **state)
{
	struct http_options options = {.ca_bundle = "/nonesuch/ca.pem"};
	struct http *http = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(http_new(&options, &http, &err), ERR_IO);
	assert_string_equal(err.file, "/nonesuch/ca.pem");
	assert_null(http);
}

/* The environment of who runs the tests does not count. */
static int
forget_proxies(void **state)
{
	static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
		"ALL_PROXY", "no_proxy", "NO_PROXY"};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_comes_with_its_headers),
		cmocka_unit_test(headers_that_are_missing_or_odd_are_none),
		cmocka_unit_test(the_request_is_sent_as_it_was_given),
		cmocka_unit_test(failures_end_as_what_they_are),
		cmocka_unit_test(many_headers_are_too_large),
		cmocka_unit_test(what_cannot_be_reached_was_not_sent),
		cmocka_unit_test(a_connection_that_does_not_stand_was_not_sent),
		cmocka_unit_test(a_header_with_a_line_break_is_not_sent),
		cmocka_unit_test(no_redirect_is_followed),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(a_body_may_be_refused),
		cmocka_unit_test(connections_are_used_again_and_bounded),
		cmocka_unit_test(timers_fire_in_order),
		cmocka_unit_test(quiet_is_when_nothing_comes),
		cmocka_unit_test(a_stop_ends_everything_soon),
		cmocka_unit_test(a_fetch_waits_for_one_request_beside_the_others),
		cmocka_unit_test(freeing_drops_what_is_under_way),
		cmocka_unit_test(a_direct_request_passes_by_the_proxy),
		cmocka_unit_test(a_ca_bundle_must_be_there),
	};

	return cmocka_run_group_tests_name("http", tests, forget_proxies, NULL);
}
