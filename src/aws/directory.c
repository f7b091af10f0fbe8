/*
 * Places as directories that appear whole or not at all: a hidden neighbour is filled, then the two
 * change names. It must not know: what the files hold.
 */
#include "directory.h"

#include "buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories that one removal keeps open at a time, names tried for a staging directory, bytes of
 * such a name: a region's has at most 47. */
enum { OPEN_MOST = 16, NAMES_TRIED = 100, NAME_ROOM = 80 };

static int
fail(struct err *err, const char *path, const char *what)
{
	return err_set_at(err, ERR_IO, path, 0, 0, "%s: %s", what, strerror(errno));
}

static char *
join(const char *directory, const char *name)
{
	struct buf path = {0};

	buf_format(&path, "%s/%s", directory, name);
	return path.at;
}

/* --- removal --------------------------------------------------------------------------------- */

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	(void)remove(path);
	return 0;
}

/* What cannot be removed stays: it is hidden, and the next run tries again. */
void
directory_remove_tree(const char *path)
{
	(void)nftw(path, remove_entry, OPEN_MOST, FTW_DEPTH | FTW_PHYS);
}

/* --- leftovers ------------------------------------------------------------------------------- */

/* A lock on a directory; -1 with errno EWOULDBLOCK: somebody has it. */
static int
lock_directory(const char *path, int operation)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && flock(fd, operation) != 0) {
		int reason = errno;

		(void)close(fd);
		errno = reason;
		return -1;
	}
	return fd;
}

/* What comes before the number in the names of a place's hidden neighbours. */
static void
neighbour(const char *region, const char *what, char out[NAME_ROOM])
{
	(void)snprintf(out, NAME_ROOM, ".%s.%s-", region, what);
}

/* The place as it was before a run that was killed between two renames. */
static int
restore(const struct directory *directory, const char *name, struct err *err)
{
	char *old = join(directory->parent, name);
	int code = 0;

	if (access(directory->path, F_OK) != 0 && rename(old, directory->path) != 0)
		code = fail(err, old, "cannot be put back in its place");
	else
		directory_remove_tree(old);
	free(old);
	return code;
}

/* Removes a staging directory unless a running process has it. */
static int
clear(const struct directory *directory, const char *name, struct err *err)
{
	char *path = join(directory->parent, name);
	int lock = lock_directory(path, LOCK_EX | LOCK_NB);
	int code = 0;

	if (lock >= 0) {
		directory_remove_tree(path);
		(void)close(lock);
	} else if (errno == EWOULDBLOCK) {
		code = err_set_at(err, ERR_IO, directory->path, 0, 0,
			"another `amiplan collect` is writing this directory: wait for it");
	}
	free(path);
	return code;
}

static int
tidy(const struct directory *directory, const char *region, struct err *err)
{
	char new[NAME_ROOM], old[NAME_ROOM];
	DIR *stream = opendir(directory->parent);
	const struct dirent *entry;
	int code = 0;

	neighbour(region, "new", new);
	neighbour(region, "old", old);
	if (!stream)
		return fail(err, directory->parent, "this directory cannot be read");
	while (code == 0 && (entry = readdir(stream)) != NULL) {
		if (strncmp(entry->d_name, new, strlen(new)) == 0)
			code = clear(directory, entry->d_name, err);
		else if (strncmp(entry->d_name, old, strlen(old)) == 0)
			code = restore(directory, entry->d_name, err);
	}
	(void)closedir(stream);
	return code;
}

/* --- opening --------------------------------------------------------------------------------- */

/* mkdir -p: each prefix in turn. */
static int
make_directories(const char *path, struct err *err)
{
	char *prefix = xstrndup(path, strlen(path));
	char *slash = prefix;
	int code = 0;

	while (code == 0 && slash) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(prefix, 0777) != 0 && errno != EEXIST)
			code = fail(err, prefix, "this directory cannot be made");
		if (slash)
			*slash = '/';
	}
	free(prefix);
	return code;
}

static bool
has_entries(const char *path)
{
	DIR *stream = opendir(path);
	const struct dirent *entry;
	bool any = false;

	if (!stream)
		return errno != ENOENT;
	while (!any && (entry = readdir(stream)) != NULL)
		any = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	(void)closedir(stream);
	return any;
}

/* Files that somebody put there by hand are not ours to remove. */
static int
check_place(const struct directory *directory, const char *mark, bool force, struct err *err)
{
	char *marked = join(directory->path, mark);
	struct stat status;
	bool ours = access(marked, F_OK) == 0;

	free(marked);
	if (lstat(directory->path, &status) != 0)
		return errno == ENOENT ? 0 : fail(err, directory->path, "cannot be looked at");
	if (!S_ISDIR(status.st_mode))
		return err_set_at(err, ERR_IO, directory->path, 0, 0,
			"a directory is to be written here, and this is none");
	if (!ours && !force && has_entries(directory->path))
		return err_set_at(err, ERR_IO, directory->path, 0, 0,
			"it holds files that no `amiplan collect` wrote, and a collection replaces "
			"it whole: name another directory, move them, or say --force");
	return 0;
}

static int
make_staging(struct directory *directory, const char *region, struct err *err)
{
	for (unsigned i = 0; i < NAMES_TRIED; i++) {
		struct buf path = {0};

		buf_format(
			&path, "%s/.%s.new-%ld.%u", directory->parent, region, (long)getpid(), i);
		if (mkdir(path.at, 0777) == 0) {
			directory->staging = path.at;
			directory->lock = lock_directory(path.at, LOCK_EX | LOCK_NB);
			return 0;
		}
		buf_release(&path);
		if (errno != EEXIST)
			break;
	}
	return fail(err, directory->parent, "no directory can be made in it");
}

int
directory_open(struct directory *directory, const char *root, const char *account,
	const char *region, const char *mark, bool force, struct err *err)
{
	int code, lock;

	*directory = (struct directory){.lock = -1, .parent = join(root, account)};
	directory->path = join(directory->parent, region);
	code = make_directories(directory->parent, err);
	if (code == 0) {
		/* Held until the staging directory has its own: no other run sees it without. */
		lock = lock_directory(directory->parent, LOCK_EX);
		code = tidy(directory, region, err);
		if (code == 0)
			code = check_place(directory, mark, force, err);
		if (code == 0)
			code = make_staging(directory, region, err);
		if (lock >= 0)
			(void)close(lock);
	}
	if (code != 0)
		directory_abandon(directory);
	return code;
}

/* --- files ----------------------------------------------------------------------------------- */

int
directory_create(const struct directory *directory, const char *name, FILE **out, struct err *err)
{
	char *path = join(directory->staging, name);
	const char *slash = strrchr(name, '/');
	FILE *file;
	int code = 0;

	if (slash) {
		char *folder = xstrndup(path, strlen(path) - strlen(slash));

		(void)mkdir(folder, 0777);
		free(folder);
	}
	file = fopen(path, "wxe");
	if (file)
		*out = file;
	else
		code = fail(err, path, "cannot be written");
	free(path);
	return code;
}

int
directory_close(const struct directory *directory, const char *name, FILE *file, struct err *err)
{
	bool failed = fflush(file) != 0 || ferror(file);
	char *path;
	int code;

	/* The disk begins now, so that directory_sync finds most of it done. */
	(void)sync_file_range(fileno(file), 0, 0, SYNC_FILE_RANGE_WRITE);
	failed = fclose(file) != 0 || failed;
	if (!failed)
		return 0;
	path = join(directory->staging, name);
	code = fail(err, path, "cannot be written");
	free(path);
	return code;
}

void
directory_remove(const struct directory *directory, const char *name)
{
	char *path = join(directory->staging, name);

	(void)unlink(path);
	free(path);
}

/* --- putting in place ------------------------------------------------------------------------ */

/* Two renames, for file systems that cannot exchange: between them the place is not there, and a
 * kill just then is mended by the next run. */
static int
replace_in_two(struct directory *directory)
{
	struct buf old = {0};
	const char *number = strrchr(directory->staging, '-');
	const char *region = strrchr(directory->path, '/') + 1;
	int failed;

	buf_format(&old, "%s/.%s.old%s", directory->parent, region, number);
	failed = rename(directory->path, old.at);
	if (failed == 0 && (failed = rename(directory->staging, directory->path)) != 0)
		(void)rename(old.at, directory->path);
	if (failed == 0) {
		free(directory->staging);
		directory->staging = xstrndup(old.at, old.len);
	}
	buf_release(&old);
	return failed;
}

/* Afterwards `staging` names what was there before, if anything was. */
static int
exchange(struct directory *directory)
{
	if (renameat2(AT_FDCWD, directory->staging, AT_FDCWD, directory->path, RENAME_EXCHANGE) ==
		0)
		return 0;
	if (errno == ENOENT) {
		/* Nothing to exchange with. */
		if (renameat2(AT_FDCWD, directory->staging, AT_FDCWD, directory->path,
			    RENAME_NOREPLACE) == 0)
			return 0;
		if (errno == EINVAL || errno == ENOSYS)
			return rename(directory->staging, directory->path);
		return -1;
	}
	return errno == EINVAL || errno == ENOSYS ? replace_in_two(directory) : -1;
}

/* 0, or -1 with errno. A file system that cannot sync has nothing to wait for. */
static int
sync_entry(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int reason = 0;

	if (fd < 0)
		return -1;
	if (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP)
		reason = errno;
	(void)close(fd);
	errno = reason;
	return reason ? -1 : 0;
}

/* A folder comes after what is in it. The other events of a walk are errors, with their errno. */
static int
sync_found(const FTSENT *entry)
{
	switch (entry->fts_info) {
	case FTS_D:
		return 0;
	case FTS_F:
	case FTS_DP:
		return sync_entry(entry->fts_path);
	default:
		errno = entry->fts_errno ? entry->fts_errno : EIO;
		return -1;
	}
}

int
directory_sync(const struct directory *directory, struct err *err)
{
	char *roots[] = {directory->staging, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *entry = NULL;
	int code = walk ? 0 : fail(err, directory->staging, "cannot be read");

	while (code == 0 && (errno = 0, entry = fts_read(walk)) != NULL)
		if (sync_found(entry) != 0)
			code = fail(err, entry->fts_path, "cannot be written");
	if (code == 0 && errno != 0)
		code = fail(err, directory->staging, "cannot be read");
	if (walk)
		(void)fts_close(walk);
	return code;
}

int
directory_commit(struct directory *directory, struct err *err)
{
	int code = 0;

	if (exchange(directory) != 0)
		code = fail(err, directory->path, "cannot be put in place");
	else
		(void)sync_entry(directory->parent); /* a rename lasts once its directory does */
	directory_abandon(directory);
	return code;
}

void
directory_abandon(struct directory *directory)
{
	if (!directory->parent)
		return;
	if (directory->staging)
		directory_remove_tree(directory->staging);
	(void)rmdir(directory->parent); /* an account of which nothing could be collected */
	if (directory->lock >= 0)
		(void)close(directory->lock);
	free(directory->staging);
	free(directory->path);
	free(directory->parent);
	*directory = (struct directory){.lock = -1};
}
