/*
 * Small files whole: plans, policies, lists of ids. "-" is standard input, once.
 * It must not know: what is in them.
 */
#include "whole_file.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 16)

const char *
file_title(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static int
open_source(struct request *request, const char *path, int *fd, struct err *err)
{
	if (strcmp(path, "-") == 0) {
		if (request->used_stdin)
			return err_set(err, ERR_USAGE, "standard input (-) can be read only once");
		request->used_stdin = true;
		*fd = STDIN_FILENO;
		return 0;
	}
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return err_set_at(err, ERR_IO, path, 0, 0, "cannot be opened: %s", strerror(errno));
	return 0;
}

static int
read_all(int fd, const char *path, size_t limit, struct buf *bytes, struct err *err)
{
	char *chunk = xmalloc(CHUNK);
	ssize_t got;
	int code = 0;

	while (code == 0) {
		got = read(fd, chunk, CHUNK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		buf_add(bytes, chunk, (size_t)got);
		if (limit && bytes->len > limit)
			code = err_set_at(err, ERR_LIMIT, file_title(path), 0, 0,
				"is larger than %zu bytes, the limit for such a file", limit);
	}
	if (code == 0 && got < 0)
		code = err_set_at(
			err, ERR_IO, file_title(path), 0, 0, "cannot be read: %s", strerror(errno));
	free(chunk);
	return code;
}

int
file_read(
	struct request *request, const char *path, size_t limit, struct buf *bytes, struct err *err)
{
	int fd = -1, code = open_source(request, path, &fd, err);

	if (code != 0)
		return code;
	code = read_all(fd, path, limit, bytes, err);
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}
