/*
 * Walks directories without recursion and without following a loop; loads files by mapping or
 * reading. It must not know: what is in the files.
 */
#include "files.h"

#include "utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Below this a read is as quick as a mapping and costs no entry in the kernel's table. */
#define MAP_FROM ((size_t)256 * 1024)

struct directory {
	const char *path;
	const char *folder; /* resolved, made when the first file needs it */
	size_t parent;      /* number of it, itself for the first */
	unsigned depth;
	dev_t device;
	ino_t inode;
};

struct walk {
	struct arena *arena;
	enum file_scope scope;
	size_t prefix; /* bytes of a path before its relative part */
	file_list *out;
	struct err *err;
	VEC(struct directory) directories;
};

static int
fail(struct err *err, const char *path, const char *what)
{
	return err_set_at(err, ERR_IO, path, 0, 0, "%s: %s", what, strerror(errno));
}

static bool
ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), tail = strlen(end);

	return len >= tail && strcmp(name + len - tail, end) == 0;
}

static bool
is_wanted(const struct walk *walk, const char *name)
{
	return walk->scope == FILES_TEXT || ends_with(name, ".json") || ends_with(name, ".json.gz");
}

static const char *
resolve(struct arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *kept = arena_text(arena, slice_of(real ? real : path));

	free(real);
	return kept;
}

static int
add_file(struct walk *walk, size_t number, const char *path)
{
	struct directory *directory = &walk->directories.items[number];
	struct found_file file = {.path = path, .relative = path + walk->prefix};

	if (walk->out->count >= LIMIT_FILES)
		return err_set_at(walk->err, ERR_LIMIT, path, 0, 0,
			"more than %u files; name a smaller directory", LIMIT_FILES);
	if (!directory->folder)
		directory->folder = resolve(walk->arena, directory->path);
	file.folder = directory->folder;
	vec_push(walk->out, file);
	return 0;
}

static int
add_directory(struct walk *walk, size_t parent, const char *path)
{
	struct directory directory = {.path = path, .parent = parent};

	directory.depth = walk->directories.count ? walk->directories.items[parent].depth + 1 : 0;
	if (directory.depth > LIMIT_DIR_DEPTH || walk->directories.count >= LIMIT_FILES)
		return err_set_at(walk->err, ERR_LIMIT, path, 0, 0,
			"directories too deep or too many; name a smaller directory");
	vec_push(&walk->directories, directory);
	return 0;
}

/* What an entry is, links followed: 'd', 'f', '-' for neither, 0 with errno if nobody can tell. */
static char
entry_type(const struct dirent *entry, const char *path)
{
	struct stat status;

	if (entry->d_type == DT_DIR)
		return 'd';
	if (entry->d_type == DT_REG)
		return 'f';
	if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
		return '-';
	if (stat(path, &status) != 0)
		return 0;
	return S_ISDIR(status.st_mode) ? 'd' : S_ISREG(status.st_mode) ? 'f' : '-';
}

/* ".us-east-1.new-…", ".us-east-1.old-…": a collection under way, or one that was killed. */
static bool
is_half_written(const char *name)
{
	return name[0] == '.' && (strstr(name, ".new-") || strstr(name, ".old-"));
}

static int
add_entry(struct walk *walk, size_t number, const struct dirent *entry)
{
	const char *parent = walk->directories.items[number].path;
	const char *path;

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return 0;
	if (walk->scope == FILES_TEXT && strcmp(entry->d_name, ".git") == 0)
		return 0;
	if (walk->scope == FILES_JSON && is_half_written(entry->d_name))
		return 0;
	path = arena_format(
		walk->arena, ends_with(parent, "/") ? "%s%s" : "%s/%s", parent, entry->d_name);
	switch (entry_type(entry, path)) {
	case 'd':
		return add_directory(walk, number, path);
	case 'f':
		return is_wanted(walk, entry->d_name) ? add_file(walk, number, path) : 0;
	case 0:
		/* A link that leads nowhere concerns nobody unless its name says that it is a
		 * document. */
		if ((errno == ENOENT || errno == ELOOP) &&
			(walk->scope == FILES_TEXT || !is_wanted(walk, entry->d_name)))
			return 0;
		return fail(walk->err, path, "cannot be read");
	default:
		return 0;
	}
}

/* True if a directory above this one is this one: a link led back up. */
static bool
is_loop(const struct walk *walk, size_t number)
{
	const struct directory *all = walk->directories.items;
	const struct directory *one = &all[number];

	for (size_t above = number; above != all[above].parent;) {
		above = all[above].parent;
		if (all[above].device == one->device && all[above].inode == one->inode)
			return true;
	}
	return false;
}

static int
read_directory(struct walk *walk, size_t number)
{
	const char *path = walk->directories.items[number].path;
	DIR *stream = opendir(path);
	struct dirent *entry;
	struct stat status;
	int code = 0;

	if (!stream)
		return fail(walk->err, path, "this directory cannot be read");
	if (fstat(dirfd(stream), &status) == 0) {
		walk->directories.items[number].device = status.st_dev;
		walk->directories.items[number].inode = status.st_ino;
	}
	if (is_loop(walk, number))
		goto out;
	while (code == 0 && (errno = 0, entry = readdir(stream)) != NULL)
		code = add_entry(walk, number, entry);
	if (code == 0 && errno != 0)
		code = fail(walk->err, path, "this directory cannot be read");
out:
	(void)closedir(stream);
	return code;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct found_file *)a)->path, ((const struct found_file *)b)->path);
}

static int
walk_directory(struct walk *walk, const char *argument)
{
	size_t first = walk->out->count;
	size_t len = strlen(argument);
	int code;

	while (len > 1 && argument[len - 1] == '/' && argument[len - 2] == '/')
		len--;
	walk->prefix = len + (argument[len - 1] != '/');
	code = add_directory(walk, 0, arena_text(walk->arena, (struct slice){argument, len}));
	for (size_t i = 0; code == 0 && i < walk->directories.count; i++)
		code = read_directory(walk, i);
	vec_release(&walk->directories);
	if (code == 0 && walk->out->count == first)
		return err_set_at(walk->err, ERR_IO, argument, 0, 0,
			walk->scope == FILES_JSON
				? "there is no *.json or *.json.gz file in this directory or below "
				  "it"
				: "there is no file in this directory or below it");
	if (code == 0)
		qsort(walk->out->items + first, walk->out->count - first, sizeof(*walk->out->items),
			compare_paths);
	return code;
}

/* A file's directory, resolved, so that `a.json` and `./b.json` are seen to be neighbours. */
static const char *
folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return resolve(arena, ".");
	if (slash == path)
		return "/";
	return resolve(arena, arena_text(arena, (struct slice){path, (size_t)(slash - path)}));
}

int
files_find(struct arena *arena, const char *argument, enum file_scope scope, file_list *out,
	struct err *err)
{
	struct walk walk = {.arena = arena, .scope = scope, .out = out, .err = err};
	struct found_file file = {.path = arena_text(arena, slice_of(argument)), .named = true};
	const char *slash = strrchr(file.path, '/');
	struct stat status;

	file.relative = slash && slash[1] ? slash + 1 : file.path;
	if (scope == FILES_JSON && strcmp(argument, "-") == 0) {
		file.folder = "-";
		vec_push(out, file);
		return 0;
	}
	if (argument[0] == '\0')
		return err_set(err, ERR_USAGE,
			"an empty path was given where a file or directory belongs");
	if (stat(argument, &status) != 0)
		return fail(err, argument, "cannot be read");
	if (S_ISDIR(status.st_mode))
		return walk_directory(&walk, argument);
	file.folder = folder_of(arena, file.path);
	vec_push(out, file);
	return 0;
}

/* Reads to the end: pipes, devices, small files, and whatever cannot be mapped. */
static int
read_all(int fd, const char *path, struct file_bytes *out, size_t expected, struct err *err)
{
	size_t room = expected + 1;
	char *bytes = xmalloc(room);
	size_t size = 0;

	for (;;) {
		ssize_t got;

		if (size == room) {
			room *= 2;
			bytes = xreallocarray(bytes, room, 1);
		}
		got = read(fd, bytes + size, room - size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(bytes);
			return fail(err, path, "cannot be read");
		}
		if (got == 0)
			break;
		size += (size_t)got;
	}
	out->at = bytes;
	out->size = size;
	return 0;
}

void
file_tell(struct file_bytes *bytes, const struct stat *status)
{
	bytes->device = status->st_dev;
	bytes->inode = status->st_ino;
	bytes->regular = S_ISREG(status->st_mode);
	bytes->modified = status->st_mtim;
	bytes->changed = status->st_ctim;
}

static int
load_open(int fd, const char *path, struct file_bytes *out, struct err *err)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return fail(err, path, "cannot be read");
	file_tell(out, &status);
	if (S_ISREG(status.st_mode) && (size_t)status.st_size >= MAP_FROM) {
		size_t size = (size_t)status.st_size;
		void *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (at != MAP_FAILED) {
			(void)madvise(at, size, MADV_SEQUENTIAL);
			out->at = at;
			out->size = size;
			out->mapped = true;
			return 0;
		}
	}
	return read_all(
		fd, path, out, S_ISREG(status.st_mode) ? (size_t)status.st_size : 65536, err);
}

int
file_load(const char *path, struct file_bytes *out, struct err *err)
{
	struct file_bytes bytes = {0};
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int code;

	if (fd < 0)
		return fail(err, path, "cannot be opened");
	code = load_open(fd, path, &bytes, err);
	if (!standard)
		(void)close(fd);
	if (code == 0)
		*out = bytes;
	return code;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

int
file_open_again(const char *path, const struct file_bytes *bytes)
{
	struct stat now;
	int fd;

	if (!bytes->mapped || bytes->unpacked)
		return -1;
	/* Whatever stands there by now, opening it must not wait for a writer. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &now) == 0 && now.st_dev == bytes->device &&
		now.st_ino == bytes->inode && (size_t)now.st_size == bytes->size &&
		same_time(now.st_mtim, bytes->modified) && same_time(now.st_ctim, bytes->changed))
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

void
mapped_let_go(struct slice mapped, size_t from, size_t to)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	from -= from % page;
	to -= to == mapped.len ? 0 : to % page;
	if (from < to) /* the mapping is private and was never written to: nothing is lost */
		(void)madvise((void *)((uintptr_t)mapped.at + from), to - from, MADV_DONTNEED);
}

void
file_let_go(const struct file_bytes *bytes, size_t from, size_t to)
{
	if (bytes->mapped)
		mapped_let_go((struct slice){bytes->at, bytes->size}, from, to);
}

void
file_release(struct file_bytes *bytes)
{
	if (bytes->mapped)
		(void)munmap(bytes->at, bytes->size);
	else
		free(bytes->at);
	memset(bytes, 0, sizeof(*bytes));
}

const char *
file_text(struct arena *arena, const char *path)
{
	char *text = arena_text(arena, slice_of(path));
	const char *end = text + strlen(text);

	for (char *at = text; at < end;) {
		size_t len = utf8_read(at, end, NULL);

		if (len == 0)
			*at = '?';
		at += len ? len : 1;
	}
	return text;
}
