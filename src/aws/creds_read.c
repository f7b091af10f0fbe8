/*
 * What the sources of credentials share: reading JSON answers, files and URLs that hold secrets.
 * It must not know: which source it reads for.
 */
#include "civil.h"
#include "creds_provider.h"
#include "digest.h"
#include "json_pull.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* --- texts ----------------------------------------------------------------------------------- */

char *
text_copy(const char *text)
{
	return text ? xstrndup(text, strlen(text)) : NULL;
}

void
secret_release(char *secret)
{
	if (secret)
		digest_wipe(secret, strlen(secret));
	free(secret);
}

void
secret_buf_release(struct buf *buf)
{
	digest_wipe(buf->at, buf->room);
	buf_release(buf);
}

bool
is_header_text(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

/* --- JSON ------------------------------------------------------------------------------------ */

/* Lifetime: one creds_read_json. */
struct reading {
	const struct creds_names *names;
	struct json json;
	struct creds *out;
	int64_t version;
	char code[64]; /* what a service says instead of credentials */
};

static void
take_text(struct reading *reading, char **to)
{
	struct slice text;

	if (json_peek(&reading->json) == JSON_NULL) {
		json_skip(&reading->json, NULL);
	} else if (json_string(&reading->json, &text)) {
		secret_release(*to);
		*to = text.len ? xstrndup(text.at, text.len) : NULL;
	}
}

/* A time as text, or milliseconds since 1970. */
static void
take_time(struct reading *reading)
{
	struct json *json = &reading->json;
	const char *at = json->at;
	struct slice text;
	int64_t number;

	if (json_peek(json) == JSON_NULL) {
		json_skip(json, NULL);
	} else if (json_peek(json) == JSON_NUMBER) {
		if (json_integer(json, &number))
			reading->out->expires = number / 1000;
	} else if (json_string(json, &text) && !time_parse(text, &reading->out->expires)) {
		json_fail(json, at, ERR_VALUE, "%s is no time such as 2026-11-22T18:33:14Z",
			reading->names->expiration);
	}
}

static void
take_code(struct reading *reading)
{
	struct slice text;

	if (json_peek(&reading->json) != JSON_STRING)
		json_skip(&reading->json, NULL);
	else if (json_string(&reading->json, &text))
		snprintf(reading->code, sizeof(reading->code), "%.*s", (int)text.len, text.at);
}

static void
take_member(struct reading *reading, struct slice name)
{
	const struct creds_names *names = reading->names;

	if (slice_is(name, names->access_key))
		take_text(reading, &reading->out->access_key);
	else if (slice_is(name, names->secret_key))
		take_text(reading, &reading->out->secret_key);
	else if (slice_is(name, names->session_token))
		take_text(reading, &reading->out->session_token);
	else if (names->account && slice_is(name, names->account))
		take_text(reading, &reading->out->account);
	else if (slice_is(name, names->expiration))
		take_time(reading);
	else if (names->versioned && slice_is(name, "Version"))
		json_integer(&reading->json, &reading->version);
	else if (slice_is(name, "Code"))
		take_code(reading);
	else
		json_skip(&reading->json, NULL);
}

static void
take_object(struct reading *reading)
{
	struct slice name;

	if (json_enter(&reading->json, JSON_OBJECT))
		while (json_next_member(&reading->json, &name))
			take_member(reading, name);
}

static void
take_document(struct reading *reading)
{
	const char *holder = reading->names->holder;
	struct slice name;

	if (!holder) {
		take_object(reading);
		return;
	}
	if (json_enter(&reading->json, JSON_OBJECT)) {
		while (json_next_member(&reading->json, &name)) {
			if (slice_is(name, holder))
				take_object(reading);
			else
				json_skip(&reading->json, NULL);
		}
	}
}

static int
check(const struct reading *reading, const char *title, struct err *err)
{
	const struct creds_names *names = reading->names;
	const struct creds *creds = reading->out;
	const char *missing = !creds->access_key                            ? names->access_key
			      : !creds->secret_key                          ? names->secret_key
			      : names->must_expire && !creds->session_token ? names->session_token
			      : names->must_expire && creds->expires == TIME_NONE
				      ? names->expiration
				      : NULL;

	if (names->versioned && reading->version != 1)
		return err_set(err, ERR_VALUE,
			"%s: its Version is not 1, the only one that there is", title);
	if (missing && reading->code[0])
		return err_set(err, ERR_VALUE, "%s: no %s but '%s'", title, missing, reading->code);
	if (missing)
		return err_set(err, ERR_VALUE, "%s: the answer has no %s", title, missing);
	return 0;
}

int
creds_read_json(struct slice json, const struct creds_names *names, const char *title,
	struct creds *out, struct err *err)
{
	struct reading reading = {.names = names, .out = out};
	struct err inner = {0};
	int code = 0;

	out->expires = TIME_NONE;
	json_begin(&reading.json, json, title, &inner);
	take_document(&reading);
	if (!reading.json.failed && json_peek(&reading.json) != JSON_END)
		json_fail(&reading.json, reading.json.at, ERR_SYNTAX, "more than one document");
	/* The reader's own words may show a byte or a name of what should be secret. */
	if (reading.json.failed)
		code = err_set(err, inner.code, "%s: %s at line %u, column %u", title,
			inner.code == ERR_SYNTAX ? "not JSON" : "a value of the wrong kind",
			(unsigned)inner.line, (unsigned)inner.column);
	json_end(&reading.json);
	return code ? code : check(&reading, title, err);
}

/* --- files ----------------------------------------------------------------------------------- */

int
secret_file_read(const char *path, struct buf *out, struct err *err)
{
	const size_t most = LIMIT_CREDS_BYTES + 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = 1;
	int reason;

	if (fd < 0)
		return err_set_at(err, ERR_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
	/* Room for all of it at once: a buffer that grows leaves copies behind. */
	out->at = xmalloc(most + 1);
	out->room = most + 1;
	while (got > 0 && len < most) {
		got = read(fd, out->at + len, most - len);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			len += (size_t)got;
	}
	reason = errno;
	close(fd);
	out->len = len;
	out->at[len] = '\0';
	if (got < 0)
		return err_set_at(err, ERR_IO, path, 0, 0, "cannot be read: %s", strerror(reason));
	if (len == most)
		return err_set_at(err, ERR_LIMIT, path, 0, 0, "larger than %u bytes: no token",
			LIMIT_CREDS_BYTES);
	return 0;
}

/* --- URLs ------------------------------------------------------------------------------------ */

static void
take_answer(void *to, const struct http_answer *answer)
{
	struct fetched *fetched = to;

	fetched->end = answer->end;
	fetched->status = answer->end == HTTP_ANSWERED ? answer->status : 0;
	buf_add_slice(&fetched->body, answer->body);
	fetched->date = answer->date;
	snprintf(fetched->error, sizeof(fetched->error), "%s", answer->error);
}

void
fetch(struct http *http, const struct http_request *request, struct fetched *out)
{
	struct http_request bounded = *request;

	*out = (struct fetched){.end = HTTP_NOT_SENT};
	bounded.max_bytes = LIMIT_CREDS_BYTES;
	bounded.done = take_answer;
	bounded.to = out;
	http_fetch(http, &bounded);
}

void
fetched_release(struct fetched *fetched)
{
	secret_buf_release(&fetched->body);
}

bool
fetched_may_pass(const struct fetched *fetched)
{
	return fetched->end == HTTP_NOT_SENT || fetched->end == HTTP_BROKEN ||
	       fetched->end == HTTP_TIMED_OUT ||
	       (fetched->end == HTTP_ANSWERED && fetched->status >= 500);
}

int
fetched_error(const struct fetched *fetched, const char *title, struct err *err)
{
	if (fetched->end == HTTP_STOPPED)
		return err_set(err, ERR_IO, "%s: interrupted", title);
	if (fetched->end == HTTP_ANSWERED)
		return err_set(err, ERR_IO, "%s: the answer is HTTP %d", title, fetched->status);
	if (fetched->end == HTTP_TOO_LARGE)
		return err_set(err, ERR_LIMIT, "%s: the answer is larger than %u bytes", title,
			LIMIT_CREDS_BYTES);
	return err_set(err, ERR_IO, "%s: no answer (%s)", title, fetched->error);
}

void
sleep_ms(uint32_t milliseconds)
{
	const struct timespec pause = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};

	(void)nanosleep(&pause, NULL);
}
