/*
 * Calls to AWS: signed, paced, retried, their clock mended, their credentials renewed.
 *
 * A call waits in the lane of its bucket. The lanes with calls stand in a ring and are served in
 * turn, as long as their bucket has a token and the transport has room; so a region that is
 * throttled holds up nobody else. A throttled call goes back to the head of its lane, and the whole
 * lane waits; after any other failure the call waits by itself.
 *
 * Attempts follow the SDKs' standard mode: as many as settings say (3), the wait doubled each time
 * and drawn at random below that, a quota against storms. Throttled reads get more attempts
 * (LIMIT_THROTTLE_PATIENCE), since slowing down does mend them.
 * It must not know: which calls a collection makes, what an answer means.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
#include "call.h"

#include "backlog.h"
#include "digest.h"
#include "pace.h"
#include "sigv4.h"
#include "vec.h"

/* One call under way. Lifetime: from call_start until `done` has returned. */
struct job {
	struct caller *caller;
	struct call call; /* its texts are the job's own, below */
	char *region, *action, *method, *path, *account;
	struct params params;
	struct endpoint endpoint; /* from the first attempt on */
	struct body body;         /* of the attempt's success */
	struct lane *lane;
	struct pace_quota *quota;
	uint32_t attempts;
	uint32_t borrowed; /* of the quota, for the last retry */
	int status;        /* of the last attempt, if it was answered */
	int64_t skew;      /* that it was signed with */
	char *access_key;  /* that it was signed with; NULL: unsigned */
	bool clock_mended, renewed;
	bool refused;     /* AWS called access_key's credentials expired */
	struct job *next; /* in its lane */
};

/* The calls that wait for one bucket, in order. Lifetime: the caller's. */
struct lane {
	struct pace_bucket *bucket;
	struct job *first;
	struct job **end; /* where the next one is linked */
	bool in_ring;
	struct lane *next;
};

struct caller {
	const struct settings *settings;
	struct http *http;
	uint64_t random;
	int64_t (*now)(void *to);
	void *now_to;
	uint32_t backoff_ms;
	struct backlog backlog;
	struct pace *pace;
	VEC(struct lane *) lanes;
	struct lane *ring; /* the lanes that have calls, the next to be served first */
	struct lane **ring_end;
	size_t ring_count;
	bool called;   /* a timer will serve the ring at once */
	int64_t timed; /* and one when a bucket has a token again; INT64_MAX: none */
	struct caller_counts counts;
};

static void serve_soon(struct caller *caller);

/* --- the caller ----------------------------------------------------------------------------------
 */

static int64_t
clock_now(void *to)
{
	(void)to;
	return time(NULL);
}

struct caller *
caller_new(const struct caller_options *options)
{
	struct caller *caller = xcalloc(1, sizeof(*caller));

	caller->settings = options->settings;
	caller->http = caller->backlog.http = options->http;
	caller->random = options->seed;
	caller->now = options->now ? options->now : clock_now;
	caller->now_to = options->now_to;
	caller->backoff_ms = options->backoff_ms ? options->backoff_ms : LIMIT_BACKOFF_FIRST_MS;
	caller->pace = pace_new();
	caller->ring_end = &caller->ring;
	caller->timed = INT64_MAX;
	return caller;
}

void
caller_free(struct caller *caller)
{
	if (!caller)
		return;
	vec_foreach (lane, &caller->lanes)
		free(*lane);
	vec_release(&caller->lanes);
	pace_free(caller->pace);
	free(caller);
}

struct caller_counts
caller_counts(const struct caller *caller)
{
	return caller->counts;
}

/* --- lanes ---------------------------------------------------------------------------------------
 */

static struct lane *
lane_of(struct caller *caller, const struct call *call)
{
	struct pace_bucket *bucket = pace_bucket(caller->pace, call->account,
		call->region ? call->region : "", call->service, call->action, call->mutates);
	void **user = pace_user(bucket);

	if (!*user) {
		struct lane *lane = xcalloc(1, sizeof(*lane));

		lane->bucket = bucket;
		lane->end = &lane->first;
		vec_push(&caller->lanes, lane);
		*user = lane;
	}
	return *user;
}

static void
ring_add(struct caller *caller, struct lane *lane)
{
	if (lane->in_ring)
		return;
	lane->in_ring = true;
	lane->next = NULL;
	*caller->ring_end = lane;
	caller->ring_end = &lane->next;
	caller->ring_count++;
}

static struct lane *
ring_take(struct caller *caller)
{
	struct lane *lane = caller->ring;

	caller->ring = lane->next;
	if (!caller->ring)
		caller->ring_end = &caller->ring;
	caller->ring_count--;
	lane->in_ring = false;
	return lane;
}

static void
wait_last(struct job *job)
{
	struct lane *lane = job->lane;

	job->next = NULL;
	*lane->end = job;
	lane->end = &job->next;
	ring_add(job->caller, lane);
	serve_soon(job->caller);
}

static void
wait_first(void *to)
{
	struct job *job = to;
	struct lane *lane = job->lane;

	job->next = lane->first;
	if (!lane->first)
		lane->end = &job->next;
	lane->first = job;
	ring_add(job->caller, lane);
	serve_soon(job->caller);
}

static struct job *
lane_take(struct lane *lane)
{
	struct job *job = lane->first;

	lane->first = job->next;
	if (!lane->first)
		lane->end = &lane->first;
	return job;
}

/* --- beginning and end ---------------------------------------------------------------------------
 */

/* NULL stays NULL. */
static char *
copy_text(const char *text)
{
	return text ? xstrndup(text, strlen(text)) : NULL;
}

void
call_start(struct caller *caller, const struct call *call)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->caller = caller;
	job->call = *call;
	job->call.region = job->region = copy_text(call->region);
	job->call.action = job->action = copy_text(call->action);
	job->call.method = job->method = copy_text(call->method);
	job->call.path = job->path = copy_text(call->path);
	job->call.account = job->account = copy_text(call->account ? call->account : "");
	if (call->params)
		params_copy(call->params, &job->params);
	job->call.params = &job->params;
	job->lane = lane_of(caller, &job->call);
	job->quota = pace_quota(
		caller->pace, job->account, job->region ? job->region : "", call->service);
	caller->counts.calls++;
	wait_last(job);
}

static void
finish(struct job *job, struct call_result result)
{
	result.attempts = job->attempts;
	job->call.done(job->call.to, &result);
	if (job->endpoint.url)
		endpoint_release(&job->endpoint);
	params_release(&job->params);
	free(job->region);
	free(job->action);
	free(job->method);
	free(job->path);
	free(job->account);
	free(job->access_key);
	free(job);
}

/* --- an attempt ----------------------------------------------------------------------------------
 */

/* Lifetime: an attempt's making. */
struct outgoing {
	const char *method;
	struct buf path; /* as signed: with the endpoint's own, without the query */
	const char *query;
	struct buf url, body, authorization;
	char date[SIGV4_DATE_SIZE];
	VEC(struct header) headers; /* those that are signed */
	VEC(char *) lines;          /* all, as sent */
};

static void
add_header(struct outgoing *outgoing, const char *name, const char *value)
{
	vec_push(&outgoing->headers, ((struct header){name, value}));
}

static void
add_line(struct outgoing *outgoing, const char *name, const char *value)
{
	struct buf line = {0};

	buf_format(&line, "%s: %s", name, value);
	vec_push(&outgoing->lines, line.at);
}

/* Path and query are what curl sends: nothing in them is encoded again. */
static void
make_target(const struct job *job, struct outgoing *outgoing)
{
	const char *path = job->path ? job->path : "/";
	size_t len = strcspn(path, "?");

	buf_add_text(&outgoing->path, job->endpoint.path);
	buf_add(&outgoing->path, path, len);
	outgoing->query = path[len] ? path + len + 1 : "";
	buf_format(&outgoing->url, "%s%s", job->endpoint.url, path);
}

static void
make_body(const struct job *job, const struct service_row *service, struct outgoing *outgoing)
{
	switch (service->protocol) {
	case PROTOCOL_EC2:
	case PROTOCOL_QUERY:
		buf_format(&outgoing->body, "Action=%s&Version=%s", job->action, service->version);
		if (job->params.form.len)
			buf_add_char(&outgoing->body, '&');
		buf_add_slice(&outgoing->body, buf_slice(&job->params.form));
		break;
	case PROTOCOL_JSON:
		buf_add_slice(&outgoing->body,
			job->params.json.len ? buf_slice(&job->params.json) : SLICE("{}"));
		break;
	case PROTOCOL_REST_JSON:
		buf_add_slice(&outgoing->body, buf_slice(&job->params.json));
		break;
	}
}

static const char *
content_type(const struct service_row *service, const char *method)
{
	switch (service->protocol) {
	case PROTOCOL_EC2:
	case PROTOCOL_QUERY:
		return "application/x-www-form-urlencoded; charset=utf-8";
	case PROTOCOL_JSON:
		return "application/x-amz-json-1.1";
	case PROTOCOL_REST_JSON:
		break;
	}
	return strcmp(method, "GET") == 0 ? NULL : "application/json";
}

/* The URL gives curl its Host header, which is the one that is signed. */
static void
make_lines(struct outgoing *outgoing)
{
	vec_foreach (header, &outgoing->headers)
		if (strcmp(header->name, "Host") != 0)
			add_line(outgoing, header->name, header->value);
	if (outgoing->authorization.len)
		add_line(outgoing, "Authorization", outgoing->authorization.at);
	vec_push(&outgoing->lines, NULL);
}

static void
sign(struct job *job, const struct creds *creds, struct outgoing *outgoing)
{
	const struct scope scope = {.time = job->caller->now(job->caller->now_to) + job->skew,
		.region = job->endpoint.signing_region,
		.service = service_table[job->call.service].signing};
	struct signable signable = {.method = outgoing->method,
		.path = outgoing->path.at,
		.query = outgoing->query,
		.body = buf_slice(&outgoing->body),
		.normalize_path = true};

	sigv4_date(scope.time, outgoing->date);
	add_header(outgoing, "X-Amz-Date", outgoing->date);
	if (creds->session_token)
		add_header(outgoing, "X-Amz-Security-Token", creds->session_token);
	signable.headers = outgoing->headers.items;
	signable.header_count = outgoing->headers.count;
	sigv4_authorization(&signable, &scope, creds, &outgoing->authorization);
}

static void
make_outgoing(struct job *job, const struct creds *creds, struct outgoing *outgoing)
{
	const struct service_row *service = &service_table[job->call.service];
	struct buf target = {0};
	const char *type;

	outgoing->method = job->method ? job->method : "POST";
	make_target(job, outgoing);
	make_body(job, service, outgoing);
	add_header(outgoing, "Host", job->endpoint.host);
	type = content_type(service, outgoing->method);
	if (type)
		add_header(outgoing, "Content-Type", type);
	if (service->protocol == PROTOCOL_JSON) {
		buf_format(&target, "%s.%s", service->target, job->action);
		add_header(outgoing, "X-Amz-Target", target.at);
	}
	if (creds)
		sign(job, creds, outgoing);
	make_lines(outgoing);
	buf_release(&target);
}

static void
release_outgoing(struct outgoing *outgoing)
{
	vec_foreach (line, &outgoing->lines) {
		if (*line)
			digest_wipe(*line, strlen(*line)); /* it may be the session token */
		free(*line);
	}
	vec_release(&outgoing->lines);
	vec_release(&outgoing->headers);
	buf_release(&outgoing->path);
	buf_release(&outgoing->url);
	buf_release(&outgoing->body);
	buf_release(&outgoing->authorization);
}

/*
 * Credentials for the attempt, NULL for an unsigned call. Those that AWS called expired are asked
 * for anew, unless another call has already done so.
 */
static int
find_creds(struct job *job, const struct creds **creds, struct err *err)
{
	const struct creds *found = NULL;
	int code;

	*creds = NULL;
	if (!job->call.provider)
		return 0;
	code = provider_get(job->call.provider, false, &found, err);
	if (code == 0 && job->refused && strcmp(found->access_key, job->access_key) == 0)
		code = provider_get(job->call.provider, true, &found, err);
	if (code)
		return code;
	job->refused = false;
	free(job->access_key);
	job->access_key = copy_text(found->access_key);
	*creds = found;
	return 0;
}

static bool on_body(void *to, struct slice bytes);
static bool on_read(void *to, struct slice bytes);
static void on_all_read(void *to, bool read);
static void on_answer(void *to, const struct http_answer *answer);

static void
send(struct job *job, const struct creds *creds)
{
	struct outgoing outgoing = {0};
	struct http_request request = {0};

	job->attempts++;
	job->skew = job->caller->counts.skew;
	if (job->call.restart)
		job->call.restart(job->call.to);
	job->body = (struct body){.read = on_read, .done = on_all_read, .to = job};
	make_outgoing(job, creds, &outgoing);
	request.method = outgoing.method;
	request.url = outgoing.url.at;
	request.headers = (const char *const *)outgoing.lines.items;
	request.body = buf_slice(&outgoing.body);
	request.max_bytes = job->call.max_bytes;
	request.on_body = job->call.on_body ? on_body : NULL;
	request.done = on_answer;
	request.to = job;
	http_send(job->caller->http, &request);
	release_outgoing(&outgoing);
}

/* Sends the call, or ends it if it cannot be. */
static void
attempt(struct job *job)
{
	struct err err = {0};
	const struct creds *creds = NULL;
	enum refusal refusal = REFUSAL_OTHER;
	int code = 0;

	if (!http_stopped(job->caller->http) && !job->endpoint.url)
		code = endpoint_find(job->caller->settings, job->call.service, job->region,
			&job->endpoint, &err);
	if (!http_stopped(job->caller->http) && code == 0) {
		refusal = REFUSAL_CREDENTIALS;
		code = find_creds(job, &creds, &err);
	}
	if (http_stopped(job->caller->http))
		finish(job, (struct call_result){
				    .end = CALL_STOPPED, .code = "", .message = "stopped"});
	else if (code)
		finish(job, (struct call_result){.end = CALL_FAILED,
				    .refusal = refusal,
				    .code = "",
				    .message = err.text});
	else
		send(job, creds);
}

/* --- whose turn it is ----------------------------------------------------------------------------
 */

/*
 * Serves the lanes in turn until the transport is full or each lane waits for its bucket. It only
 * runs from a timer, so that `done` and call_start never nest.
 */
static void
serve(void *to)
{
	struct caller *caller = to;
	int64_t now = http_clock();
	int64_t soonest = INT64_MAX;

	caller->called = false;
	if (caller->timed <= now)
		caller->timed = INT64_MAX;
	for (size_t idle = 0; idle < caller->ring_count && http_room(caller->http) > 0;) {
		struct lane *lane = ring_take(caller);
		uint32_t wait = pace_take(lane->bucket, now);

		if (wait == 0 || http_stopped(caller->http)) {
			idle = 0;
			attempt(lane_take(lane));
		} else {
			idle++;
			soonest = now + wait < soonest ? now + wait : soonest;
		}
		if (lane->first)
			ring_add(caller, lane);
	}
	if (soonest < caller->timed) {
		caller->timed = soonest;
		http_after(caller->http, (uint32_t)(soonest - now), serve, caller);
	}
}

static void
serve_soon(struct caller *caller)
{
	if (caller->called)
		return;
	caller->called = true;
	http_after(caller->http, 0, serve, caller);
}

/* --- retries -------------------------------------------------------------------------------------
 */

/* splitmix64: good enough to spread retries. */
static uint64_t
next_random(struct caller *caller)
{
	uint64_t x = caller->random += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* The wait after the attempts so far; what the server asks for counts within bounds. */
static uint32_t
backoff(struct job *job, int64_t asked)
{
	uint64_t most = job->caller->backoff_ms;
	uint64_t wait;

	for (uint32_t i = 1; i < job->attempts && most < LIMIT_BACKOFF_MS; i++)
		most *= 2;
	most = most < LIMIT_BACKOFF_MS ? most : LIMIT_BACKOFF_MS;
	wait = next_random(job->caller) % (most + 1);
	if (asked > (int64_t)(wait + LIMIT_RETRY_AFTER_MS))
		wait += LIMIT_RETRY_AFTER_MS;
	else if (asked > (int64_t)wait)
		wait = (uint64_t)asked;
	return (uint32_t)wait;
}

/* True if the clock that the attempt was dated by is off; from now on the server's counts. */
static bool
mend_clock(struct job *job, int64_t date)
{
	int64_t skew;

	if (job->clock_mended || !job->access_key || date == TIME_NONE)
		return false;
	skew = date - job->caller->now(job->caller->now_to);
	if (skew - job->skew <= LIMIT_CLOCK_SKEW && job->skew - skew <= LIMIT_CLOCK_SKEW)
		return false;
	job->clock_mended = true;
	job->caller->counts.skew = skew;
	return true;
}

/* True if the next attempt may have other credentials. */
static bool
renew(struct job *job)
{
	if (job->renewed || !job->access_key)
		return false;
	job->renewed = job->refused = true;
	return true;
}

/* How an attempt failed. */
struct failure {
	enum retry retry;
	uint32_t cost; /* of a retry, in the quota */
	int64_t date, asked;
	struct call_result result; /* if it is not tried again */
};

static bool
may_retry(const struct job *job, const struct failure *failure)
{
	uint32_t retries = settings_max_attempts(job->caller->settings) - 1;

	if (failure->retry == RETRY_THROTTLE && !job->call.mutates)
		retries *= LIMIT_THROTTLE_PATIENCE;
	return job->attempts <= retries && pace_quota_take(job->quota, failure->cost);
}

/* True if the call was put where it will be tried again. */
static bool
try_again(struct job *job, const struct failure *failure)
{
	struct caller *caller = job->caller;
	uint32_t wait;

	switch (failure->retry) {
	case RETRY_NO:
		return false;
	case RETRY_CLOCK:
	case RETRY_REFRESH:
		if (!mend_clock(job, failure->date) &&
			(failure->retry == RETRY_CLOCK || !renew(job)))
			return false;
		caller->counts.retries++;
		wait_first(job);
		return true;
	case RETRY_TRANSIENT:
	case RETRY_THROTTLE:
		break;
	}
	wait = backoff(job, failure->asked);
	if (failure->retry == RETRY_THROTTLE) {
		caller->counts.throttled++;
		pace_throttled(job->lane->bucket, http_clock(), wait);
	}
	if (!may_retry(job, failure))
		return false;
	job->borrowed = failure->cost;
	caller->counts.retries++;
	if (failure->retry == RETRY_THROTTLE)
		wait_first(job);
	else
		http_after(caller->http, wait, wait_first, job);
	return true;
}

static void
fail(struct job *job, const struct failure *failure)
{
	if (!try_again(job, failure))
		finish(job, failure->result);
}

/* --- answers -------------------------------------------------------------------------------------
 */

/* To read is to look into each byte: that waits until nobody waits for the transport. */
static bool
on_body(void *to, struct slice bytes)
{
	struct job *job = to;

	return backlog_add(&job->caller->backlog, &job->body, bytes);
}

static bool
on_read(void *to, struct slice bytes)
{
	const struct job *job = to;

	return job->call.on_body(job->call.to, bytes);
}

/* What the ways to end without an answer mean. */
static const struct {
	enum http_end end;
	enum call_end call_end;
	enum retry retry;
	uint32_t cost;
} no_answers[] = {
	{HTTP_NOT_SENT, CALL_FAILED, RETRY_TRANSIENT, QUOTA_RETRY},
	{HTTP_TLS, CALL_FAILED, RETRY_NO, 0},
	{HTTP_BROKEN, CALL_FAILED, RETRY_TRANSIENT, QUOTA_RETRY},
	{HTTP_TIMED_OUT, CALL_FAILED, RETRY_TRANSIENT, QUOTA_TIMEOUT},
	{HTTP_TOO_LARGE, CALL_FAILED, RETRY_NO, 0},
	{HTTP_REFUSED, CALL_FAILED, RETRY_TRANSIENT, QUOTA_RETRY},
	{HTTP_STOPPED, CALL_STOPPED, RETRY_NO, 0},
};

static void
on_no_answer(struct job *job, enum http_end end, const char *error)
{
	struct failure failure = {.date = TIME_NONE, .asked = -1};

	for (size_t i = 0; i < sizeof(no_answers) / sizeof(no_answers[0]); i++) {
		if (no_answers[i].end != end)
			continue;
		failure.retry = no_answers[i].retry;
		failure.cost = no_answers[i].cost;
		failure.result = (struct call_result){.end = no_answers[i].call_end,
			.refusal = REFUSAL_OTHER,
			.code = "",
			.message = error};
	}
	fail(job, &failure);
}

static void
succeed(struct job *job, struct slice body)
{
	if (job->call.on_end && !job->call.on_end(job->call.to)) {
		on_no_answer(job, HTTP_REFUSED, "the answer is not whole");
		return;
	}
	pace_quota_give(job->quota, job->borrowed ? job->borrowed : QUOTA_SUCCESS);
	finish(job, (struct call_result){.end = CALL_DONE,
			    .status = job->status,
			    .code = "",
			    .message = "",
			    .body = body});
}

static void
on_all_read(void *to, bool read)
{
	struct job *job = to;

	if (http_stopped(job->caller->http))
		on_no_answer(job, HTTP_STOPPED, "stopped");
	else if (!read)
		on_no_answer(job, HTTP_REFUSED, "the answer is not what was expected");
	else
		succeed(job, SLICE_NONE);
}

static void
on_success(struct job *job, const struct http_answer *answer)
{
	job->status = answer->status;
	pace_taken(job->lane->bucket);
	if (!job->call.on_body) {
		succeed(job, answer->body);
		return;
	}
	if (job->call.on_whole)
		job->call.on_whole(job->call.to, buf_slice(&job->body.kept));
	backlog_end(&job->caller->backlog, &job->body);
}

static void
on_error(struct job *job, const struct http_answer *answer)
{
	struct buf code = {0};
	struct buf message = {0};
	struct error_row row;
	bool passing;

	(void)error_read(service_table[job->call.service].protocol, answer->body,
		answer->error_type, &code, &message);
	row = error_judge(code.len ? code.at : "", answer->status);
	passing = row.retry == RETRY_TRANSIENT || row.retry == RETRY_THROTTLE;
	if (message.len == 0)
		buf_format(&message, "%s (HTTP %d)", row.sentence, answer->status);
	fail(job,
		&(struct failure){.retry = row.retry,
			.cost = QUOTA_RETRY,
			.date = answer->date,
			.asked = answer->retry_after_ms,
			.result = {.end = passing && row.refusal != REFUSAL_UNKNOWN ? CALL_FAILED
										    : CALL_REFUSED,
				.refusal = row.refusal,
				.status = answer->status,
				.code = code.len ? code.at : "",
				.message = message.at}});
	buf_release(&code);
	buf_release(&message);
}

static void
on_answer(void *to, const struct http_answer *answer)
{
	struct job *job = to;
	struct caller *caller = job->caller;

	caller->counts.bytes += answer->bytes;
	if (answer->end != HTTP_ANSWERED) {
		backlog_drop(&caller->backlog, &job->body);
		on_no_answer(job, answer->end, answer->error);
	} else {
		caller->counts.answers++;
		if (answer->status / 100 == 2)
			on_success(job, answer);
		else
			on_error(job, answer);
	}
	/* There is room for another call. */
	if (caller->ring)
		serve_soon(caller);
}
