/*
 * Cache files: a head, what is put into them, a sum over both. It must not know: what is in them.
 */
#include "entry.h"

#include "buf.h"
#include "checksum.h"
#include "err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WINDOW = 256 << 10, NAMES_TRIED = 100 };

static const char magic[16] = "amiplan cache 1";

#define HEAD_SIZE (sizeof(magic) + DIGEST_SIZE)
#define SUM_SIZE sizeof(uint64_t)

/* --- writing -----------------------------------------------------------------------------------
 */

struct entry_writer {
	int dir, fd;
	char *name;
	char *temporary;
	struct timespec made;
	struct checksum *sum;
	size_t used; /* of the window */
	int fault;   /* errno of the first write that failed; 0: none */
	char window[WINDOW];
};

/* A new file under a name that no other run has. -1 with errno. */
static int
make_temporary(int dir, const char *name, char **out)
{
	struct buf temporary = {0};
	int fd = -1;

	for (unsigned i = 0; fd < 0 && i < NAMES_TRIED; i++) {
		buf_clear(&temporary);
		buf_format(&temporary, ".%s-%ld-%u.tmp", name, (long)getpid(), i);
		fd = openat(dir, temporary.at, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		int reason = errno;

		buf_release(&temporary);
		errno = reason;
		return -1;
	}
	*out = temporary.at;
	return fd;
}

struct entry_writer *
entry_create(int dir, const char *name, const uint8_t program[DIGEST_SIZE])
{
	struct entry_writer *writer;
	struct stat status;
	char *temporary;
	int fd = make_temporary(dir, name, &temporary);

	if (fd < 0)
		return NULL;
	writer = xcalloc(1, sizeof(*writer));
	writer->dir = dir;
	writer->fd = fd;
	writer->name = xstrndup(name, strlen(name));
	writer->temporary = temporary;
	writer->sum = checksum_new();
	if (fstat(fd, &status) == 0)
		writer->made = status.st_mtim;
	else
		writer->fault = errno;
	(void)entry_put(writer, magic, sizeof(magic));
	(void)entry_put(writer, program, DIGEST_SIZE);
	return writer;
}

struct timespec
entry_made(const struct entry_writer *writer)
{
	return writer->made;
}

static void
write_out(struct entry_writer *writer)
{
	for (size_t at = 0; at < writer->used && !writer->fault;) {
		ssize_t put = write(writer->fd, writer->window + at, writer->used - at);

		if (put > 0)
			at += (size_t)put;
		else if (put < 0 && errno != EINTR)
			writer->fault = errno;
	}
	writer->used = 0;
}

/* Into the window, which is written out whenever it is full. */
static void
put_raw(struct entry_writer *writer, const char *bytes, size_t len)
{
	while (len > 0 && !writer->fault) {
		size_t some = WINDOW - writer->used < len ? WINDOW - writer->used : len;

		memcpy(writer->window + writer->used, bytes, some);
		writer->used += some;
		bytes += some;
		len -= some;
		if (writer->used == WINDOW) {
			checksum_add(writer->sum, writer->window, WINDOW);
			write_out(writer);
		}
	}
}

bool
entry_put(struct entry_writer *writer, const void *bytes, size_t len)
{
	put_raw(writer, bytes, len);
	return !writer->fault;
}

static void
release(struct entry_writer *writer)
{
	if (writer->sum)
		(void)checksum_end_take(writer->sum);
	(void)close(writer->fd);
	free(writer->name);
	free(writer->temporary);
	free(writer);
}

bool
entry_keep_take(struct entry_writer *writer)
{
	uint64_t sum;

	checksum_add(writer->sum, writer->window, writer->used);
	write_out(writer);
	sum = checksum_end_take(writer->sum);
	writer->sum = NULL;
	memcpy(writer->window, &sum, sizeof(sum));
	writer->used = sizeof(sum);
	write_out(writer);
	if (!writer->fault &&
		renameat(writer->dir, writer->temporary, writer->dir, writer->name) != 0)
		writer->fault = errno;
	if (writer->fault) {
		int reason = writer->fault;

		entry_drop_take(writer);
		errno = reason;
		return false;
	}
	release(writer);
	return true;
}

void
entry_drop_take(struct entry_writer *writer)
{
	if (!writer)
		return;
	(void)unlinkat(writer->dir, writer->temporary, 0);
	release(writer);
}

/* --- reading -----------------------------------------------------------------------------------
 */

struct entry_reader {
	int fd;
	struct checksum *sum;
	uint64_t left;   /* before the sum, not yet taken */
	uint64_t unread; /* before the sum, not yet in the window */
	size_t at, end;  /* of the window */
	char window[WINDOW];
};

/* Reads all of it; false at the end of the file or at an error. */
static bool
read_all(int fd, char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t got = read(fd, bytes, len);

		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		if (got > 0) {
			bytes += got;
			len -= (size_t)got;
		}
	}
	return true;
}

static bool
fill(struct entry_reader *reader)
{
	size_t some = reader->unread < WINDOW ? (size_t)reader->unread : WINDOW;

	if (some == 0 || !read_all(reader->fd, reader->window, some))
		return false;
	checksum_add(reader->sum, reader->window, some);
	reader->unread -= some;
	reader->at = 0;
	reader->end = some;
	return true;
}

bool
entry_take(struct entry_reader *reader, void *bytes, size_t len)
{
	char *to = bytes;

	if (len > reader->left)
		return false;
	reader->left -= len;
	while (len > 0) {
		size_t some = reader->end - reader->at < len ? reader->end - reader->at : len;

		if (some == 0) {
			if (!fill(reader))
				return false;
			continue;
		}
		memcpy(to, reader->window + reader->at, some);
		reader->at += some;
		to += some;
		len -= some;
	}
	return true;
}

uint64_t
entry_left(const struct entry_reader *reader)
{
	return reader->left;
}

static enum entry_fault
check_head(struct entry_reader *reader, const uint8_t program[DIGEST_SIZE])
{
	char found[sizeof(magic)];
	uint8_t by[DIGEST_SIZE];

	if (!entry_take(reader, found, sizeof(found)) || memcmp(found, magic, sizeof(magic)) != 0 ||
		!entry_take(reader, by, sizeof(by)))
		return ENTRY_DAMAGED;
	return memcmp(by, program, sizeof(by)) == 0 ? ENTRY_FOUND : ENTRY_OTHER;
}

/* Only this user may have written it. */
static enum entry_fault
check_file(int fd, uint64_t *size)
{
	struct stat status;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
		(status.st_mode & (S_IWGRP | S_IWOTH)))
		return ENTRY_FOREIGN;
	*size = (uint64_t)status.st_size;
	return *size < HEAD_SIZE + SUM_SIZE ? ENTRY_DAMAGED : ENTRY_FOUND;
}

enum entry_fault
entry_open(int dir, const char *name, const uint8_t program[DIGEST_SIZE], struct entry_reader **out)
{
	/* A pipe under that name must not make the open wait. */
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct entry_reader *reader;
	enum entry_fault fault;
	uint64_t size;

	if (fd < 0)
		return errno == ENOENT ? ENTRY_ABSENT : ENTRY_FOREIGN;
	fault = check_file(fd, &size);
	if (fault != ENTRY_FOUND) {
		(void)close(fd);
		return fault;
	}
	reader = xcalloc(1, sizeof(*reader));
	reader->fd = fd;
	reader->sum = checksum_new();
	reader->left = reader->unread = size - SUM_SIZE;
	fault = check_head(reader, program);
	if (fault == ENTRY_FOUND)
		*out = reader;
	else
		(void)entry_end_take(reader);
	return fault;
}

bool
entry_end_take(struct entry_reader *reader)
{
	uint64_t sum = checksum_end_take(reader->sum), written;
	char byte;
	bool whole = reader->left == 0 && reader->unread == 0 &&
		     read_all(reader->fd, (char *)&written, sizeof(written)) && written == sum &&
		     read(reader->fd, &byte, 1) == 0;

	(void)close(reader->fd);
	free(reader);
	return whole;
}
