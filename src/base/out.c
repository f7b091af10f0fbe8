/*
 * Where results go: standard output, or a file that appears whole or not at all.
 * It must not know: what is written.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "out.h"

enum { LINKS_MOST = 40, NAMES_TRIED = 100, BUFFER_SIZE = 1 << 16 };

static int
cannot(struct err *err, const char *path, const char *doing, int reason)
{
	return err_set_at(err, ERR_IO, path, 0, 0, "cannot be %s: %s", doing, strerror(reason));
}

/* --- names ----------------------------------------------------------------------------------- */

/* The directory of `path` with its final slash, "" for the present one. */
static struct slice
directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct slice){path, slash ? (size_t)(slash - path) + 1 : 0};
}

/* The file that `path` leads to through symbolic links, whether or not it exists. NULL with errno.
 */
static char *
follow_links(const char *path)
{
	char *at = xstrndup(path, strlen(path));
	char link[PATH_MAX];
	ssize_t len;

	for (int i = 0; i < LINKS_MOST; i++) {
		struct buf next = {0};

		len = readlink(at, link, sizeof(link));
		if (len < 0)
			return at; /* no link, or nothing there */
		if (link[0] != '/')
			buf_add_slice(&next, directory_of(at));
		buf_add(&next, link, (size_t)len);
		free(at);
		at = next.at;
	}
	free(at);
	errno = ELOOP;
	return NULL;
}

/* A name in the directory of `path` that is most likely free. */
static char *
temporary_name(const char *path, unsigned number)
{
	struct buf name = {0};

	buf_add_slice(&name, directory_of(path));
	buf_format(&name, ".amiplan-%ld-%u.tmp", (long)getpid(), number);
	return name.at;
}

/* --- opening --------------------------------------------------------------------------------- */

/*
 * A file without a name: the kernel forgets it with the process, however that ends. Not every file
 * system has this, and giving it a name later needs /proc.
 */
static int
open_unnamed(const char *path)
{
	struct buf directory = {0};
	int fd = -1;

	if (access("/proc/self/fd", X_OK) == 0) {
		buf_add_text(&directory, "./");
		if (path[0] == '/')
			buf_clear(&directory);
		buf_add_slice(&directory, directory_of(path));
		fd = open(directory.at, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	}
	buf_release(&directory);
	return fd;
}

/* Tries names until `make` does not say that one is taken. Returns its result; the name in *name.
 */
static int
try_names(const char *path, int (*make)(const char *name, int fd), int fd, char **name)
{
	int result = -1;

	for (unsigned i = 0; i < NAMES_TRIED; i++) {
		*name = temporary_name(path, i);
		result = make(*name, fd);
		if (result >= 0 || errno != EEXIST)
			break;
		free(*name);
		*name = NULL;
	}
	if (result < 0) {
		int reason = errno;

		free(*name);
		*name = NULL;
		errno = reason;
	}
	return result;
}

static int
make_file(const char *name, int fd)
{
	(void)fd;
	return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int
make_link(const char *name, int fd)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* The temporary file beside out->path. `old`, if not NULL, is the file that it will replace. */
static int
open_temporary(struct out *out, const struct stat *old, struct err *err)
{
	int fd = open_unnamed(out->path);

	out->unnamed = fd >= 0;
	if (fd < 0)
		fd = try_names(out->path, make_file, -1, &out->temporary);
	if (fd < 0)
		return cannot(err, out->path, "written", errno);
	out->file = fdopen(fd, "w");
	if (!out->file)
		die_oom();
	if (old && fchmod(fd, old->st_mode & 07777) < 0)
		return cannot(err, out->path, "written", errno);
	return 0;
}

static int
open_directly(struct out *out, struct err *err)
{
	int fd = open(out->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return cannot(err, out->path, "written", errno);
	out->file = fdopen(fd, "w");
	if (!out->file)
		die_oom();
	return 0;
}

static int
open_target(struct out *out, struct err *err)
{
	struct stat old;
	char *target;
	bool exists = stat(out->path, &old) == 0;

	if (!exists && errno != ENOENT)
		return cannot(err, out->path, "written", errno);
	if (exists && S_ISDIR(old.st_mode))
		return cannot(err, out->path, "written", EISDIR);
	if (exists && !S_ISREG(old.st_mode))
		return open_directly(out, err);
	/* Replacing a file needs no right to write it: somebody who took that right away meant it.
	 */
	if (exists && access(out->path, W_OK) < 0)
		return cannot(err, out->path, "written", errno);
	target = follow_links(out->path);
	if (!target)
		return cannot(err, out->path, "written", errno);
	free(out->path);
	out->path = target;
	if (directory_of(target).len == strlen(target))
		return cannot(err, target, "written", EISDIR);
	return open_temporary(out, exists ? &old : NULL, err);
}

int
out_open(struct out *out, const char *path, struct err *err)
{
	int code;

	*out = (struct out){0};
	if (!path || strcmp(path, "-") == 0) {
		out->file = stdout;
		return 0;
	}
	if (!*path)
		return err_set(err, ERR_IO, "the name of the file to write is empty");
	out->path = xstrndup(path, strlen(path));
	code = open_target(out, err);
	if (code) {
		out_abandon(out);
		return code;
	}
	/* Without a buffer of its own the C library takes a small one, whatever size is asked for.
	 */
	out->buffer = xmalloc(BUFFER_SIZE);
	setvbuf(out->file, out->buffer, _IOFBF, BUFFER_SIZE);
	return 0;
}

/* --- closing --------------------------------------------------------------------------------- */

/* Everything handed to the system; 0 or the reason why not. */
static int
flush(FILE *file)
{
	bool failed_before = ferror(file);

	if (fflush(file) != 0)
		return errno;
	return failed_before ? EIO : 0;
}

/* The finished temporary file takes the target's place; 0 or errno. */
static int
put_in_place(struct out *out)
{
	if (fsync(fileno(out->file)) < 0)
		return errno;
	if (out->unnamed) {
		if (try_names(out->path, make_link, fileno(out->file), &out->temporary) < 0)
			return errno;
		out->unnamed = false;
	}
	if (rename(out->temporary, out->path) < 0)
		return errno;
	free(out->temporary);
	out->temporary = NULL;
	return 0;
}

/* So that the new name outlives a crash too. Not every file system can: no error. */
static void
sync_directory(const char *path)
{
	struct buf directory = {0};
	int fd;

	buf_add_text(&directory, path[0] == '/' ? "" : "./");
	buf_add_slice(&directory, directory_of(path));
	fd = open(directory.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	buf_release(&directory);
}

int
out_commit(struct out *out, struct err *err)
{
	bool replaces = out->unnamed || out->temporary;
	int reason = flush(out->file);

	if (!out->path) {
		out->file = NULL;
		if (reason)
			return err_set(err, ERR_IO, "standard output cannot be written: %s",
				strerror(reason));
		return 0;
	}
	if (!reason && replaces)
		reason = put_in_place(out);
	if (!reason) {
		if (fclose(out->file) != 0 && !replaces)
			reason = errno;
		out->file = NULL;
	}
	if (reason)
		cannot(err, out->path, "written", reason);
	else if (replaces)
		sync_directory(out->path);
	out_abandon(out);
	return reason ? ERR_IO : 0;
}

void
out_abandon(struct out *out)
{
	if (out->temporary)
		unlink(out->temporary);
	if (out->path && out->file)
		fclose(out->file);
	free(out->buffer);
	free(out->temporary);
	free(out->path);
	*out = (struct out){0};
}
