/*
 * Files as streams, unpacked where they are gzip.
 * It must not know: what the bytes mean.
 */
#include "stream.h"

#include "gunzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define PIECE ((size_t)256 * 1024)

struct stream {
	const char *title;
	int fd;
	struct gunzip *gunzip; /* NULL: not compressed */
	bool began;            /* the first decompressed bytes were looked at */
	struct digest *digest;
	char held[64]; /* decompressed bytes that stream_first looked at */
	size_t held_from, held_to;
	size_t from, to; /* bytes of `piece` that were not given out yet */
	char piece[PIECE];
};

/* How files begin that are no text. */
static const struct {
	const char *magic;
	size_t len;
	const char *advice;
} strangers[] = {
	{"PAR1", 4,
		"is a Parquet file: only CSV is read. Make the export as CSV with gzip, or convert "
		"it to CSV"},
	{"PK\003\004", 4, "is a zip file: unpack it and name the .csv, or pack it with gzip"},
	{"\x28\xb5\x2f\xfd", 4, "is compressed with zstd: unpack it, or pack it with gzip"},
	{"BZh", 3, "is compressed with bzip2: unpack it, or pack it with gzip"},
	{"\xfd"
	 "7zXZ",
		5, "is compressed with xz: unpack it, or pack it with gzip"},
	{"\xff\xfe", 2, "is UTF-16: save it as UTF-8"},
	{"\xfe\xff", 2, "is UTF-16: save it as UTF-8"},
};

static int
refuse_strangers(const struct stream *stream, const char *at, size_t len, struct err *err)
{
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		if (len >= strangers[i].len &&
			memcmp(at, strangers[i].magic, strangers[i].len) == 0)
			return err_set_at(
				err, ERR_SYNTAX, stream->title, 0, 0, "%s", strangers[i].advice);
	return 0;
}

/* Fills `piece` behind `to`; 0 new bytes at the end of the file. */
static int
fill(struct stream *stream, size_t *got, struct err *err)
{
	ssize_t count;

	do
		count = read(stream->fd, stream->piece + stream->to, PIECE - stream->to);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return err_set_at(
			err, ERR_IO, stream->title, 0, 0, "cannot be read: %s", strerror(errno));
	*got = (size_t)count;
	stream->to += *got;
	return 0;
}

/* Enough to tell what it is: a pipe gives its bytes in any portions. */
static int
look(struct stream *stream, struct err *err)
{
	size_t got = 1;
	int code = 0;

	while (code == 0 && got && stream->to < 8)
		code = fill(stream, &got, err);
	if (code == 0)
		code = refuse_strangers(stream, stream->piece, stream->to, err);
	if (code == 0 && gunzip_is_packed((struct slice){stream->piece, stream->to}))
		stream->gunzip = gunzip_new();
	return code;
}

int
stream_open(const char *path, struct stream **out, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stream *stream;
	int code;

	if (fd < 0)
		return err_set_at(err, ERR_IO, path, 0, 0, "cannot be opened: %s", strerror(errno));
	stream = xcalloc(1, sizeof(*stream));
	stream->title = standard ? "standard input" : path;
	stream->fd = fd;
	stream->digest = digest_new();
	code = look(stream, err);
	if (code)
		stream_close(stream);
	else
		*out = stream;
	return code;
}

static int
damaged(const struct stream *stream, const char *what, struct err *err)
{
	return err_set_at(err, ERR_SYNTAX, stream->title, 0, 0,
		"%s: fetch the file again (`gzip -t` checks it)", what);
}

static int
read_zipped(struct stream *stream, char *at, size_t room, size_t *got, struct err *err)
{
	const char *wrong = NULL;
	size_t more = 1;
	int code = 0;

	*got = 0;
	while (code == 0 && !wrong && *got == 0 && more) {
		struct slice packed = {stream->piece + stream->from, stream->to - stream->from};

		wrong = gunzip_next(stream->gunzip, &packed, at, room, got);
		stream->from = stream->to - packed.len;
		if (wrong || *got)
			break;
		stream->from = stream->to = 0;
		code = fill(stream, &more, err);
		if (code == 0 && more == 0)
			wrong = gunzip_end(stream->gunzip);
	}
	return wrong ? damaged(stream, wrong, err) : code;
}

static int
read_plain(struct stream *stream, char *at, size_t room, size_t *got, struct err *err)
{
	size_t more;
	int code = 0;

	if (stream->from == stream->to) {
		stream->from = stream->to = 0;
		code = fill(stream, &more, err);
	}
	*got = stream->to - stream->from < room ? stream->to - stream->from : room;
	memcpy(at, stream->piece + stream->from, *got);
	stream->from += *got;
	return code;
}

static int
read_some(struct stream *stream, char *at, size_t room, size_t *got, struct err *err)
{
	int code = stream->gunzip ? read_zipped(stream, at, room, got, err)
				  : read_plain(stream, at, room, got, err);

	if (code == 0 && !stream->began)
		code = refuse_strangers(stream, at, *got, err);
	stream->began = true;
	return code;
}

int
stream_first(struct stream *stream, char *out, struct err *err)
{
	size_t got = 1, i = 0;
	int code = 0;

	/* All of `held`: more blanks than that are no document. */
	while (code == 0 && got && stream->held_to < sizeof(stream->held)) {
		code = read_some(stream, stream->held + stream->held_to,
			sizeof(stream->held) - stream->held_to, &got, err);
		stream->held_to += code == 0 ? got : 0;
	}
	if (code != 0)
		return code;
	if (stream->held_to >= 3 && memcmp(stream->held, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	while (i < stream->held_to && strchr(" \t\r\n", stream->held[i]))
		i++;
	*out = '\0';
	if (i < stream->held_to)
		*out = stream->held[i];
	return 0;
}

/* Held bytes first. */
static size_t
take_held(struct stream *stream, char *at, size_t room)
{
	size_t len = stream->held_to - stream->held_from;

	if (len > room)
		len = room;
	memcpy(at, stream->held + stream->held_from, len);
	stream->held_from += len;
	return len;
}

int
stream_read(struct stream *stream, char *at, size_t room, size_t *got, struct err *err)
{
	int code = 0;

	*got = take_held(stream, at, room);
	if (*got == 0)
		code = read_some(stream, at, room, got, err);
	if (code == 0)
		digest_add(stream->digest, at, *got);
	return code;
}

const char *
stream_title(const struct stream *stream)
{
	return stream->title;
}

void
stream_digest(struct stream *stream, uint8_t out[DIGEST_SIZE])
{
	digest_end_take(stream->digest, out);
	stream->digest = NULL;
}

void
stream_close(struct stream *stream)
{
	uint8_t unwanted[DIGEST_SIZE];

	if (!stream)
		return;
	if (stream->digest)
		digest_end_take(stream->digest, unwanted);
	gunzip_free(stream->gunzip);
	if (stream->fd != STDIN_FILENO)
		(void)close(stream->fd);
	free(stream);
}
