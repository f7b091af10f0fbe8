/*
 * What AWS's error codes mean: for the one who called, for the retry, for people. And how to find
 * the code in an answer. It must not know: calls, the transport.
 */
#include "errors.h"
#include "json_pull.h"
#include "xml_json.h"

const struct error_row error_table[] = {
#define ERROR(code, refusal, retry, sentence) {code, REFUSAL_##refusal, RETRY_##retry, sentence},
#include "error_codes.def"
#undef ERROR
};
const size_t error_count = sizeof(error_table) / sizeof(error_table[0]);

static int
compare_code(const void *code, const void *row)
{
	return strcmp(code, ((const struct error_row *)row)->code);
}

const struct error_row *
error_find(const char *code)
{
	return bsearch(code, error_table, error_count, sizeof(error_table[0]), compare_code);
}

/* --- codes that the table does not have, and answers without a code ------------------------------
 */

/* New resources bring new codes, in old forms. */
static const struct {
	const char *ending;
	enum refusal refusal;
	const char *sentence;
} endings[] = {
	{".NotFound", REFUSAL_NOT_FOUND, "there is no such resource"},
	{"NotFoundException", REFUSAL_NOT_FOUND, "there is no such resource"},
	{".InUse", REFUSAL_IN_USE, "the resource is in use"},
};

/* What a status says by itself; the first row that fits. */
static const struct {
	int first, last;
	enum refusal refusal;
	enum retry retry;
	const char *sentence;
} statuses[] = {
	{300, 399, REFUSAL_OTHER, RETRY_NO, "the server sends elsewhere: no redirect is followed"},
	{401, 401, REFUSAL_CREDENTIALS, RETRY_NO, "the server does not take these credentials"},
	{403, 403, REFUSAL_DENIED, RETRY_NO, "the server does not allow it"},
	{404, 405, REFUSAL_UNKNOWN, RETRY_NO, "the server does not know this call"},
	{407, 407, REFUSAL_OTHER, RETRY_NO, "the proxy wants credentials"},
	{408, 408, REFUSAL_OTHER, RETRY_TRANSIENT, "the request did not reach the server in time"},
	{429, 429, REFUSAL_OTHER, RETRY_THROTTLE, "the server takes no more calls for now"},
	/* What does not know a call may well fall over it. */
	{500, 501, REFUSAL_UNKNOWN, RETRY_TRANSIENT, "the server cannot answer this call"},
	{502, 599, REFUSAL_OTHER, RETRY_TRANSIENT, "the server cannot answer for now"},
};

static bool
ends_with(const char *text, const char *ending)
{
	size_t len = strlen(text);
	size_t tail = strlen(ending);

	return len >= tail && strcmp(text + len - tail, ending) == 0;
}

static struct error_row
judge_status(const char *code, int status)
{
	struct error_row row = {code, REFUSAL_OTHER, RETRY_NO, "the server refused it"};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (status < statuses[i].first || status > statuses[i].last)
			continue;
		row.refusal = statuses[i].refusal;
		row.retry = statuses[i].retry;
		row.sentence = statuses[i].sentence;
		break;
	}
	/* Who gives a code knows the call, and one that is not the table's says more than 403. */
	if (*code && row.refusal == REFUSAL_UNKNOWN)
		row.refusal = REFUSAL_OTHER;
	return row;
}

struct error_row
error_judge(const char *code, int status)
{
	const struct error_row *known = error_find(code);
	struct error_row row = known ? *known : judge_status(code, status);

	/* With 400 it is about the resource (AWS Backup's AMIs), with 401 about who asks. */
	if (known && strcmp(code, "AuthFailure") == 0 && status == 401)
		row.refusal = REFUSAL_CREDENTIALS;
	for (size_t i = 0; !known && i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (!ends_with(code, endings[i].ending))
			continue;
		row.refusal = endings[i].refusal;
		row.sentence = endings[i].sentence;
		break;
	}
	return row;
}

/* --- reading an answer -------------------------------------------------------------------------
 */

/* "com.amazonaws.ssm#ThrottlingException:http://…" and "Client.AuthFailure" without what surrounds
 * the code. */
static struct slice
bare_code(struct slice text)
{
	static const char *const prefixes[] = {"Client.", "Server."};
	const char *colon = text.len ? memchr(text.at, ':', text.len) : NULL;
	const char *hash;

	if (colon)
		text.len = (size_t)(colon - text.at);
	hash = text.len ? memrchr(text.at, '#', text.len) : NULL;
	if (hash)
		text = (struct slice){hash + 1, (size_t)(text.at + text.len - hash - 1)};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);

		if (slice_starts(text, prefixes[i]))
			text = (struct slice){text.at + len, text.len - len};
	}
	return text;
}

/* Letters, digits and dots, not too many: it goes into documents and onto terminals. */
static bool
is_code(struct slice text)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	for (size_t i = 0; i < text.len; i++)
		if (!text.at[i] || !strchr(allowed, text.at[i]))
			return false;
	return text.len > 0 && text.len <= LIMIT_AWS_CODE;
}

/* {"__type": "…", "message": "…", "reason": "…"}, in the spellings that services have. */
static void
read_json(struct slice body, struct buf *code, struct buf *message, struct buf *reason)
{
	struct json json;
	struct slice name;
	struct slice text;

	json_begin(&json, body, "answer", NULL);
	if (json_peek(&json) != JSON_OBJECT || !json_enter(&json, JSON_OBJECT))
		goto out;
	while (json_next_member(&json, &name)) {
		struct buf *to = NULL;

		if (slice_is(name, "__type") || slice_is(name, "code") || slice_is(name, "Code"))
			to = code;
		else if (slice_is(name, "message") || slice_is(name, "Message"))
			to = message;
		else if (slice_is(name, "reason") || slice_is(name, "Reason"))
			to = reason;
		if (!to || json_peek(&json) != JSON_STRING || to->len) {
			json_skip(&json, NULL);
		} else if (json_string(&json, &text)) {
			buf_add_slice(to, text);
		}
	}
out:
	json_end(&json);
}

/* Where a service has one code for many mistakes, a reason that the table knows is part of it. */
static void
add_reason(struct buf *code, struct slice reason)
{
	size_t len = code->len;

	if (!len || !is_code(reason) || len + reason.len >= LIMIT_AWS_CODE)
		return;
	buf_add_char(code, '.');
	buf_add_slice(code, reason);
	if (error_find(code->at))
		return;
	code->len = len;
	code->at[len] = '\0';
}

bool
error_read(enum protocol protocol, struct slice body, const char *type, struct buf *code,
	struct buf *message)
{
	struct buf read = {0}, reason = {0};
	struct slice bare;

	buf_clear(code);
	buf_clear(message);
	if (protocol == PROTOCOL_EC2 || protocol == PROTOCOL_QUERY)
		(void)xml_error(body, &read, message);
	else
		read_json(body, &read, message, &reason);
	bare = bare_code(*type ? slice_of(type) : buf_slice(&read));
	if (is_code(bare))
		buf_add_slice(code, bare);
	add_reason(code, buf_slice(&reason));
	buf_release(&read);
	buf_release(&reason);
	if (message->len > LIMIT_AWS_MESSAGE) {
		message->len = LIMIT_AWS_MESSAGE;
		message->at[message->len] = '\0';
	}
	return code->len > 0;
}
