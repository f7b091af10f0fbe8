/*
 * A server on loopback that answers from a script, badly if the script says so.
 * It must not know: HTTP beyond where a request ends, the code under test.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "loopback.h"
#include "vec.h"

/* One connection, one thread. */
struct connection {
	struct loopback *loopback;
	pthread_t thread;
	int fd;
};

struct loopback {
	const struct reply *replies;
	size_t reply_count;
	int fd;
	uint16_t port;
	char url[40];
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	bool stopped;
	VEC(struct connection *) connections;
	VEC(char *) requests;
	size_t busy, most;
};

static void
must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		abort();
	}
}

static bool
is_stopped(struct loopback *loopback)
{
	bool stopped;

	pthread_mutex_lock(&loopback->lock);
	stopped = loopback->stopped;
	pthread_mutex_unlock(&loopback->lock);
	return stopped;
}

/* Sleeps in pieces, so that a stop does not wait for it. */
static void
pause_ms(struct loopback *loopback, uint32_t milliseconds)
{
	for (uint32_t slept = 0; slept < milliseconds && !is_stopped(loopback); slept += 5)
		poll(NULL, 0, 5);
}

/* Length of the body that the headers announce. */
static size_t
announced(const char *headers)
{
	const char *at = strcasestr(headers, "\r\ncontent-length:");

	return at ? strtoul(at + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

/* One whole request; NULL at the end of the connection. */
static char *
read_request(int fd)
{
	struct buf text = {0};
	char piece[4096];
	const char *end = NULL;

	while (!end || text.len < (size_t)(end + 4 - text.at) + announced(text.at)) {
		ssize_t len = recv(fd, piece, sizeof(piece), 0);

		if (len <= 0) {
			buf_release(&text);
			return NULL;
		}
		buf_add(&text, piece, (size_t)len);
		end = strstr(text.at, "\r\n\r\n");
	}
	return text.at;
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

static bool
send_fill(int fd, size_t count)
{
	char piece[65536];

	memset(piece, 'x', sizeof(piece));
	while (count > 0) {
		size_t len = count < sizeof(piece) ? count : sizeof(piece);

		if (!send_all(fd, piece, len))
			return false;
		count -= len;
	}
	return true;
}

static bool
send_reply(struct connection *connection, const struct reply *reply)
{
	struct loopback *loopback = connection->loopback;
	size_t len = strlen(reply->bytes);
	size_t step = reply->drip_ms ? 1 : len;

	pause_ms(loopback, reply->wait_ms);
	for (size_t at = 0; at < len; at += step) {
		if (!send_all(connection->fd, reply->bytes + at, step))
			return false;
		pause_ms(loopback, reply->drip_ms);
	}
	return send_fill(connection->fd, reply->fill);
}

/* Takes the request's number and with it its reply. */
static const struct reply *
note_request(struct loopback *loopback, char *request_take)
{
	size_t number;

	pthread_mutex_lock(&loopback->lock);
	number = loopback->requests.count;
	vec_push(&loopback->requests, request_take);
	loopback->busy++;
	if (loopback->busy > loopback->most)
		loopback->most = loopback->busy;
	pthread_mutex_unlock(&loopback->lock);
	return &loopback->replies[number < loopback->reply_count ? number
								 : loopback->reply_count - 1];
}

static void
note_end(struct loopback *loopback)
{
	pthread_mutex_lock(&loopback->lock);
	loopback->busy--;
	pthread_mutex_unlock(&loopback->lock);
}

/* True if the connection may bring another request. */
static bool
answer(struct connection *connection, const struct reply *reply)
{
	struct linger at_once = {1, 0};
	bool sent = send_reply(connection, reply);

	note_end(connection->loopback);
	if (reply->end == THEN_RESET)
		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	while (sent && reply->end == THEN_STALL && !is_stopped(connection->loopback))
		poll(NULL, 0, 5);
	return sent && reply->end == THEN_KEEP;
}

static void *
serve_connection(void *to)
{
	struct connection *connection = to;
	char *request;

	while ((request = read_request(connection->fd)) != NULL)
		if (!answer(connection, note_request(connection->loopback, request)))
			break;
	pthread_mutex_lock(&connection->loopback->lock);
	close(connection->fd);
	connection->fd = -1;
	pthread_mutex_unlock(&connection->loopback->lock);
	return NULL;
}

static void *
serve(void *to)
{
	struct loopback *loopback = to;
	int fd;

	while ((fd = accept(loopback->fd, NULL, NULL)) >= 0) {
		struct connection *connection = xcalloc(1, sizeof(*connection));

		*connection = (struct connection){.loopback = loopback, .fd = fd};
		pthread_mutex_lock(&loopback->lock);
		vec_push(&loopback->connections, connection);
		must(pthread_create(&connection->thread, NULL, serve_connection, connection) == 0,
			"pthread_create");
		pthread_mutex_unlock(&loopback->lock);
	}
	return NULL;
}

struct loopback *
loopback_start(const struct reply *replies, size_t count)
{
	struct loopback *loopback = xcalloc(1, sizeof(*loopback));
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);

	loopback->replies = replies;
	loopback->reply_count = count;
	pthread_mutex_init(&loopback->lock, NULL);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	loopback->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(loopback->fd, (struct sockaddr *)&address, size) == 0, "bind");
	must(listen(loopback->fd, 64) == 0, "listen");
	must(getsockname(loopback->fd, (struct sockaddr *)&address, &size) == 0, "getsockname");
	loopback->port = ntohs(address.sin_port);
	snprintf(loopback->url, sizeof(loopback->url), "http://127.0.0.1:%u", loopback->port);
	must(pthread_create(&loopback->thread, NULL, serve, loopback) == 0, "pthread_create");
	return loopback;
}

void
loopback_stop(struct loopback *loopback)
{
	shutdown(loopback->fd, SHUT_RDWR); /* ends accept */
	pthread_join(loopback->thread, NULL);
	close(loopback->fd);
	pthread_mutex_lock(&loopback->lock);
	loopback->stopped = true;
	vec_foreach (connection, &loopback->connections)
		if ((*connection)->fd >= 0)
			shutdown((*connection)->fd, SHUT_RDWR);
	pthread_mutex_unlock(&loopback->lock);
	vec_foreach (connection, &loopback->connections) {
		pthread_join((*connection)->thread, NULL);
		free(*connection);
	}
	vec_foreach (request, &loopback->requests)
		free(*request);
	vec_release(&loopback->connections);
	vec_release(&loopback->requests);
	pthread_mutex_destroy(&loopback->lock);
	free(loopback);
}

const char *
loopback_url(const struct loopback *loopback)
{
	return loopback->url;
}

uint16_t
loopback_port(const struct loopback *loopback)
{
	return loopback->port;
}

/* Reads a number that the threads change. */
static size_t
read_count(struct loopback *loopback, const size_t *count)
{
	size_t value;

	pthread_mutex_lock(&loopback->lock);
	value = *count;
	pthread_mutex_unlock(&loopback->lock);
	return value;
}

size_t
loopback_connections(struct loopback *loopback)
{
	return read_count(loopback, &loopback->connections.count);
}

size_t
loopback_requests(struct loopback *loopback)
{
	return read_count(loopback, &loopback->requests.count);
}

size_t
loopback_most(struct loopback *loopback)
{
	return read_count(loopback, &loopback->most);
}

const char *
loopback_request(struct loopback *loopback, size_t number)
{
	const char *request = "";

	pthread_mutex_lock(&loopback->lock);
	if (number < loopback->requests.count)
		request = loopback->requests.items[number];
	pthread_mutex_unlock(&loopback->lock);
	return request;
}
