/*
 * HTTP through libcurl's multi interface: many requests side by side in one thread, timers beside
 * them, every wait bounded. The only file that knows curl.
 * It must not know: AWS, signatures, retries.
 */
#include <curl/curl.h>
#include <unistd.h>

#include "buf.h"
#include "digest.h"
#include "http.h"
#include "timers.h"

/* The longest that a stop goes unseen. */
enum { WAIT_MS = 100 };

/* One request on its way. Lifetime: from http_send until `done` has returned. */
struct transfer {
	bool (*on_body)(void *to, struct slice bytes);
	void (*done)(void *to, const struct http_answer *answer);
	void *to;
	uint64_t max_bytes;
	CURL *easy;
	CURLM *multi; /* NULL: not started */
	struct curl_slist *headers;
	struct buf sent; /* the request's body */
	struct buf kept; /* of the answer's body */
	uint64_t bytes, header_bytes;
	/* Why one of the callbacks broke it off; HTTP_ANSWERED: none did. */
	enum http_end broken_off;
	char words[CURL_ERROR_SIZE];
	struct transfer *next; /* in the list that it is in */
};

struct list {
	struct transfer *first;
	struct transfer **end; /* where the next one is linked */
};

struct http {
	char *ca_bundle, *user_agent;
	uint32_t concurrency, stall_seconds, connect_ms;
	const volatile sig_atomic_t *stop;
	CURLM *multi; /* of http_run */
	CURLM *aside; /* of http_fetch */
	struct list queued, active;
	uint32_t active_count, queued_count;
	struct timers timers;
	struct timer quiet; /* what is to be done when nothing comes; no `fire`: nothing is */
};

int64_t
http_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool
http_stopped(const struct http *http)
{
	return http->stop && *http->stop;
}

/* --- lists ---------------------------------------------------------------------------------------
 */

static void
list_add(struct list *list, struct transfer *transfer)
{
	if (!list->first)
		list->end = &list->first;
	transfer->next = NULL;
	*list->end = transfer;
	list->end = &transfer->next;
}

static struct transfer *
list_take(struct list *list)
{
	struct transfer *transfer = list->first;

	if (transfer)
		list->first = transfer->next;
	return transfer;
}

static void
list_remove(struct list *list, const struct transfer *transfer)
{
	struct transfer **at = &list->first;

	while (*at && *at != transfer)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = transfer->next;
	if (list->end == &transfer->next)
		list->end = at;
}

/* --- start and end -------------------------------------------------------------------------------
 */

static void
must(bool ok)
{
	if (!ok)
		die_oom();
}

/* NULL stays NULL. */
static char *
copy_text(const char *text)
{
	return text ? xstrndup(text, strlen(text)) : NULL;
}

static CURLM *
new_multi(uint32_t concurrency)
{
	CURLM *multi = curl_multi_init();

	must(multi);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
	return multi;
}

int
http_new(const struct http_options *options, struct http **out, struct err *err)
{
	struct http *http;

	if (options->ca_bundle && access(options->ca_bundle, R_OK) < 0)
		return err_set_at(
			err, ERR_IO, options->ca_bundle, 0, 0, "this CA bundle cannot be read");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_IO, "libcurl cannot start");
	http = xcalloc(1, sizeof(*http));
	http->ca_bundle = copy_text(options->ca_bundle);
	http->user_agent = copy_text(options->user_agent);
	http->concurrency = options->concurrency ? options->concurrency : 1;
	http->stall_seconds =
		options->stall_seconds ? options->stall_seconds : LIMIT_HTTP_STALL_SECONDS;
	http->connect_ms =
		options->connect_seconds ? options->connect_seconds * 1000 : LIMIT_HTTP_CONNECT_MS;
	http->stop = options->stop;
	http->multi = new_multi(http->concurrency);
	http->aside = new_multi(1);
	*out = http;
	return 0;
}

/* Headers hold session tokens; bodies, what roles are asked for with and what is got. */
static void
free_transfer(struct transfer *transfer)
{
	if (transfer->multi)
		curl_multi_remove_handle(transfer->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	for (struct curl_slist *at = transfer->headers; at; at = at->next)
		digest_wipe(at->data, strlen(at->data));
	curl_slist_free_all(transfer->headers);
	digest_wipe(transfer->sent.at, transfer->sent.len);
	buf_release(&transfer->sent);
	digest_wipe(transfer->kept.at, transfer->kept.len);
	buf_release(&transfer->kept);
	free(transfer);
}

void
http_free(struct http *http)
{
	struct transfer *transfer;

	if (!http)
		return;
	while ((transfer = list_take(&http->active)) != NULL)
		free_transfer(transfer);
	while ((transfer = list_take(&http->queued)) != NULL)
		free_transfer(transfer);
	curl_multi_cleanup(http->multi);
	curl_multi_cleanup(http->aside);
	timers_release(&http->timers);
	free(http->ca_bundle);
	free(http->user_agent);
	free(http);
	curl_global_cleanup();
}

/* --- what curl tells while it works --------------------------------------------------------------
 */

static bool
is_success(const struct transfer *transfer)
{
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	return status / 100 == 2;
}

static size_t
break_off(struct transfer *transfer, enum http_end end)
{
	transfer->broken_off = end;
	return 0; /* less than there was: curl stops */
}

/* Anybody may send a body without end: what is not taken is counted all the same. */
static size_t
on_bytes(char *bytes, size_t one, size_t len, void *to)
{
	struct transfer *transfer = to;
	size_t wanted = len;

	(void)one;
	if (len > transfer->max_bytes - transfer->bytes)
		return break_off(transfer, HTTP_TOO_LARGE);
	transfer->bytes += len;
	if (!is_success(transfer) && wanted > LIMIT_HTTP_ERROR_BODY - transfer->kept.len)
		wanted = LIMIT_HTTP_ERROR_BODY - transfer->kept.len;
	if (!is_success(transfer) || !transfer->on_body)
		buf_add(&transfer->kept, bytes, wanted);
	else if (!transfer->on_body(transfer->to, (struct slice){bytes, len}))
		return break_off(transfer, HTTP_REFUSED);
	return len;
}

static size_t
on_header(char *bytes, size_t one, size_t len, void *to)
{
	struct transfer *transfer = to;

	(void)bytes;
	(void)one;
	transfer->header_bytes += len;
	if (transfer->header_bytes > LIMIT_HTTP_HEADERS)
		return break_off(transfer, HTTP_TOO_LARGE);
	return len;
}

/* --- a request as curl wants it ------------------------------------------------------------------
 */

static void
add_header(struct transfer *transfer, const char *line)
{
	struct curl_slist *longer = curl_slist_append(transfer->headers, line);

	must(longer);
	transfer->headers = longer;
}

/* A line break in a value would begin a header of somebody else's making. */
static bool
has_control(const char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			return true;
	return false;
}

/* False if one of them must not be sent. */
static bool
set_headers(struct transfer *transfer, const struct http_request *request)
{
	bool typed = false;

	for (const char *const *line = request->headers; line && *line; line++) {
		if (has_control(*line))
			return false;
		typed = typed || strncasecmp(*line, "content-type:", 13) == 0;
		add_header(transfer, *line);
	}
	add_header(transfer, "Expect:"); /* no wait for 100 Continue */
	if (!typed)
		add_header(transfer, "Content-Type:"); /* none, rather than curl's guess */
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
	return true;
}

static void
set_method(struct transfer *transfer, const struct http_request *request)
{
	CURL *easy = transfer->easy;

	if (strcmp(request->method, "GET") == 0)
		return;
	buf_add_slice(&transfer->sent, request->body);
	must(curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->sent.at) == CURLE_OK);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->sent.len);
	if (strcmp(request->method, "POST") != 0)
		must(curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK);
}

static void
set_safety(const struct http *http, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (http->ca_bundle)
		must(curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_bundle) == CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK);
	/* A signed request is for one host: no other may get it. */
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void
set_waits(const struct http *http, CURL *easy, const struct http_request *request)
{
	uint32_t connect = request->connect_ms ? request->connect_ms : http->connect_ms;
	uint32_t total = request->total_ms ? request->total_ms : LIMIT_HTTP_TOTAL_MS;

	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)total);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, LIMIT_HTTP_SLOW);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)http->stall_seconds);
}

static void
set_callbacks(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, LIMIT_HTTP_READ);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
}

static struct transfer *
new_transfer(const struct http *http, const struct http_request *request)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));
	CURL *easy = curl_easy_init();

	must(easy);
	transfer->easy = easy;
	transfer->on_body = request->on_body;
	transfer->done = request->done;
	transfer->to = request->to;
	transfer->max_bytes = request->max_bytes ? request->max_bytes : LIMIT_HTTP_ANSWER;
	set_callbacks(transfer);
	set_safety(http, easy);
	set_waits(http, easy, request);
	set_method(transfer, request);
	if (http->user_agent)
		must(curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent) == CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip") == CURLE_OK);
	if (request->direct)
		must(curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* as it was signed */
	if (!set_headers(transfer, request)) {
		transfer->broken_off = HTTP_NOT_SENT;
		snprintf(transfer->words, sizeof(transfer->words),
			"a header holds a control character");
	}
	return transfer;
}

static void
start(struct transfer *transfer, CURLM *multi)
{
	must(curl_multi_add_handle(multi, transfer->easy) == CURLM_OK);
	transfer->multi = multi;
}

/* --- how it ended --------------------------------------------------------------------------------
 */

/* What curl's codes mean here; those that are not named are HTTP_BROKEN. */
static const struct {
	CURLcode code;
	enum http_end end;
} ends[] = {
	{CURLE_OK, HTTP_ANSWERED},
	{CURLE_UNSUPPORTED_PROTOCOL, HTTP_NOT_SENT},
	{CURLE_URL_MALFORMAT, HTTP_NOT_SENT},
	{CURLE_COULDNT_RESOLVE_PROXY, HTTP_NOT_SENT},
	{CURLE_COULDNT_RESOLVE_HOST, HTTP_NOT_SENT},
	{CURLE_COULDNT_CONNECT, HTTP_NOT_SENT},
	{CURLE_PROXY, HTTP_NOT_SENT},
	{CURLE_SSL_CONNECT_ERROR, HTTP_TLS},
	{CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS},
	{CURLE_SSL_CACERT_BADFILE, HTTP_TLS},
	{CURLE_SSL_ISSUER_ERROR, HTTP_TLS},
	{CURLE_SSL_CIPHER, HTTP_TLS},
	{CURLE_SSL_CERTPROBLEM, HTTP_TLS},
	{CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS},
	{CURLE_OPERATION_TIMEDOUT, HTTP_TIMED_OUT},
};

/* Nothing was sent before the connection stood, however long that took; and something was after. */
static enum http_end
end_of(const struct transfer *transfer, CURLcode code)
{
	enum http_end end = HTTP_BROKEN;
	curl_off_t connected = 0;

	if (transfer->broken_off != HTTP_ANSWERED)
		return transfer->broken_off;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i].code == code)
			end = ends[i].end;
	curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
	if (end == HTTP_TIMED_OUT && connected == 0)
		return HTTP_NOT_SENT;
	if (end == HTTP_NOT_SENT && connected > 0)
		return HTTP_BROKEN;
	return end;
}

/* The last header of that name in the final answer, "" without one. */
static const char *
header(const struct transfer *transfer, const char *name)
{
	struct curl_header *found = NULL;

	if (curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return "";
	return found->value;
}

/* A number of milliseconds that a server may ask for: -1 if the text is none. */
static int64_t
wait_of(const char *text, int64_t unit)
{
	char *end = NULL;
	long long value;

	if (*text < '0' || *text > '9')
		return -1;
	value = strtoll(text, &end, 10);
	return *end || value > INT32_MAX ? -1 : value * unit;
}

static int64_t
retry_after(const struct transfer *transfer)
{
	int64_t wait = wait_of(header(transfer, "x-amz-retry-after"), 1);

	return wait >= 0 ? wait : wait_of(header(transfer, "retry-after"), 1000);
}

static int64_t
server_time(const struct transfer *transfer)
{
	time_t time = curl_getdate(header(transfer, "date"), NULL);

	return time == -1 ? TIME_NONE : time;
}

/* What went wrong where curl has no words of its own. */
static const char *
words_of(const struct transfer *transfer, enum http_end end, CURLcode code)
{
	switch (end) {
	case HTTP_ANSWERED:
		return "";
	case HTTP_TOO_LARGE:
		return "the answer is too large";
	case HTTP_REFUSED:
		return "the answer is not what was expected";
	case HTTP_STOPPED:
		return "stopped";
	case HTTP_NOT_SENT:
	case HTTP_TLS:
	case HTTP_BROKEN:
	case HTTP_TIMED_OUT:
		break;
	}
	return transfer->words[0] ? transfer->words : curl_easy_strerror(code);
}

/* Tells how it ended, and forgets it. It is in no list any more. */
static void
finish(struct transfer *transfer, enum http_end end, CURLcode code)
{
	long status = 0;
	struct http_answer answer = {.end = end,
		.body = buf_slice(&transfer->kept),
		.content_type = header(transfer, "content-type"),
		.error_type = header(transfer, "x-amzn-errortype"),
		.date = server_time(transfer),
		.retry_after_ms = retry_after(transfer),
		.error = words_of(transfer, end, code),
		.bytes = transfer->bytes};

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	answer.status = end == HTTP_ANSWERED ? (int)status : 0;
	if (transfer->done)
		transfer->done(transfer->to, &answer);
	free_transfer(transfer);
}

/* --- many requests -------------------------------------------------------------------------------
 */

void
http_send(struct http *http, const struct http_request *request)
{
	list_add(&http->queued, new_transfer(http, request));
	http->queued_count++;
}

uint32_t
http_room(const struct http *http)
{
	uint32_t taken = http->active_count + http->queued_count;

	return taken < http->concurrency ? http->concurrency - taken : 0;
}

void
http_after(struct http *http, uint32_t milliseconds, void (*fire)(void *to), void *to)
{
	timers_add(&http->timers, http_clock() + milliseconds, fire, to);
}

void
http_when_quiet(struct http *http, void (*fire)(void *to), void *to)
{
	http->quiet.fire = fire;
	http->quiet.to = to;
}

/* Only requests that were there before: what their `done` adds waits for the next round. */
static void
stop_all(struct http *http)
{
	struct list stopped = http->active;
	struct list queued = http->queued;
	struct transfer *transfer;

	http->active = http->queued = (struct list){0};
	http->active_count = http->queued_count = 0;
	while ((transfer = list_take(&stopped)) != NULL)
		finish(transfer, HTTP_STOPPED, CURLE_OK);
	while ((transfer = list_take(&queued)) != NULL)
		finish(transfer, HTTP_STOPPED, CURLE_OK);
}

static bool
can_start(const struct http *http)
{
	return http->active_count < http->concurrency && http->queued.first;
}

static void
start_queued(struct http *http)
{
	while (can_start(http)) {
		struct transfer *transfer = list_take(&http->queued);

		http->queued_count--;
		if (transfer->broken_off != HTTP_ANSWERED) {
			finish(transfer, transfer->broken_off, CURLE_OK);
			continue;
		}
		list_add(&http->active, transfer);
		http->active_count++;
		start(transfer, http->multi);
	}
}

/* The next transfer of `multi` that has ended; NULL without one. */
static struct transfer *
next_ended(CURLM *multi, CURLcode *code)
{
	int left;
	CURLMsg *message = curl_multi_info_read(multi, &left);
	char *transfer = NULL;

	if (!message)
		return NULL;
	*code = message->data.result;
	curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
	return (void *)transfer;
}

static void
finish_ended(struct http *http)
{
	struct transfer *transfer;
	CURLcode code = CURLE_OK;

	while ((transfer = next_ended(http->multi, &code)) != NULL) {
		list_remove(&http->active, transfer);
		http->active_count--;
		finish(transfer, end_of(transfer, code), code);
	}
}

/* Those that are due by now; after a stop all that there are. */
static void
fire_timers(struct http *http)
{
	int64_t now = http_stopped(http) ? INT64_MAX : http_clock();
	struct timer timer;

	for (size_t left = http->timers.heap.count;
		left > 0 && timers_take(&http->timers, now, &timer); left--)
		timer.fire(timer.to);
}

static bool
has_work(const struct http *http)
{
	return http->active.first || http->queued.first || http->timers.heap.count > 0 ||
	       http->quiet.fire;
}

static void
fire_quiet(struct http *http)
{
	struct timer quiet = http->quiet;

	http->quiet.fire = NULL;
	quiet.fire(quiet.to);
}

static void
wait_for_work(struct http *http)
{
	int64_t wait = WAIT_MS;
	int ready = 0;

	if (!has_work(http))
		return;
	if (timers_next(&http->timers) != INT64_MAX)
		wait = timers_next(&http->timers) - http_clock();
	if (can_start(http) || http->quiet.fire || http_stopped(http))
		wait = 0;
	wait = wait < 0 ? 0 : wait > WAIT_MS ? WAIT_MS : wait;
	must(curl_multi_poll(http->multi, NULL, 0, (int)wait, &ready) != CURLM_OUT_OF_MEMORY);
	if (http->quiet.fire && !can_start(http) && (ready == 0 || http_stopped(http)))
		fire_quiet(http);
}

void
http_run(struct http *http)
{
	int running;

	while (has_work(http)) {
		if (http_stopped(http))
			stop_all(http);
		start_queued(http);
		must(curl_multi_perform(http->multi, &running) != CURLM_OUT_OF_MEMORY);
		finish_ended(http);
		fire_timers(http);
		wait_for_work(http);
	}
}

/* --- one request ---------------------------------------------------------------------------------
 */

void
http_fetch(struct http *http, const struct http_request *request)
{
	struct transfer *transfer = new_transfer(http, request);
	enum http_end end = transfer->broken_off;
	CURLcode code = CURLE_OK;
	int running = 1;

	if (end == HTTP_ANSWERED) {
		start(transfer, http->aside);
		while (!next_ended(http->aside, &code) && !http_stopped(http)) {
			curl_multi_perform(http->aside, &running);
			if (running)
				curl_multi_poll(http->aside, NULL, 0, WAIT_MS, NULL);
		}
		end = http_stopped(http) ? HTTP_STOPPED : end_of(transfer, code);
	}
	finish(transfer, end, code);
}
