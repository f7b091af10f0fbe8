/*
 * The backlog: one piece of the oldest body each time that the transport is quiet.
 * It must not know: what a body holds, how it came.
 */
#include "backlog.h"

/* Bytes that are read between two looks at the connections: about a millisecond's work. */
#define PIECE ((size_t)64 << 10)

static void read_on(void *to);

static void
read_soon(struct backlog *backlog)
{
	http_when_quiet(backlog->http, read_on, backlog);
}

/* The next bytes that are kept, `most` of them at most. */
static bool
read_some(struct body *body, size_t most)
{
	size_t left = body->kept.len - body->at;
	size_t len = left < most ? left : most;
	struct slice bytes = {buf_slice(&body->kept).at + body->at, len};

	body->at += len;
	return len == 0 || body->read(body->to, bytes);
}

/* The first body goes on by a piece; when it ends, it is out of the list before anybody hears. */
static void
read_first(struct backlog *backlog)
{
	struct body *body = backlog->first;
	bool read = read_some(body, PIECE);

	if (read && body->at < body->kept.len)
		return;
	backlog->first = body->next;
	backlog_drop(backlog, body);
	body->done(body->to, read);
}

static void
read_on(void *to)
{
	struct backlog *backlog = to;

	read_first(backlog);
	if (backlog->first)
		read_soon(backlog);
}

bool
backlog_add(struct backlog *backlog, struct body *body, struct slice bytes)
{
	if (backlog->bytes + bytes.len > LIMIT_BACKLOG) {
		bool read = read_some(body, SIZE_MAX);

		backlog_drop(backlog, body);
		return read && body->read(body->to, bytes);
	}
	buf_add_slice(&body->kept, bytes);
	backlog->bytes += bytes.len;
	return true;
}

void
backlog_end(struct backlog *backlog, struct body *body)
{
	if (!backlog->first)
		backlog->end = &backlog->first;
	body->next = NULL;
	*backlog->end = body;
	backlog->end = &body->next;
	read_soon(backlog);
}

void
backlog_drop(struct backlog *backlog, struct body *body)
{
	backlog->bytes -= body->kept.len;
	buf_release(&body->kept);
	body->at = 0;
}
