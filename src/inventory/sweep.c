/*
 * Keeps a cache's directory small. It must not know: what entries are for.
 */
#include "sweep.h"

#include "arena.h"
#include "buf.h"
#include "vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seconds after which an unfinished entry's writer is taken for dead. */
#define STALE_SECONDS 86400L

#define KEY_SIZE (2 * (size_t)DIGEST_SIZE)

/* --- the paths at an entry's beginning ---------------------------------------------------------
 */

void
sweep_put_paths(struct entry_writer *writer, const char *const *paths, size_t count)
{
	char *here = getcwd(NULL, 0);
	uint64_t number = count;
	struct buf path = {0};

	entry_put(writer, &number, sizeof(number));
	for (size_t i = 0; i < count; i++) {
		uint64_t len;

		buf_clear(&path);
		if (paths[i][0] != '/')
			buf_format(&path, "%s/", here ? here : ".");
		buf_add_text(&path, paths[i]);
		len = path.len;
		entry_put(writer, &len, sizeof(len));
		entry_put(writer, path.at, path.len);
	}
	buf_release(&path);
	free(here);
}

/* The next text, terminated; NULL if there is none. */
static char *
take_path(struct entry_reader *reader, struct arena *arena)
{
	uint64_t len;
	char *path;

	if (!entry_take(reader, &len, sizeof(len)) || len > entry_left(reader))
		return NULL;
	path = arena_alloc(arena, (size_t)len + 1);
	return entry_take(reader, path, (size_t)len) ? path : NULL;
}

/* Whether all could be read; whether one of them is no longer there. */
static bool
take_paths(struct entry_reader *reader, bool *gone)
{
	struct arena arena = {0};
	struct stat status;
	uint64_t count;
	bool taken = entry_take(reader, &count, sizeof(count));

	*gone = false;
	for (; taken && count > 0; count--) {
		const char *path = take_path(reader, &arena);

		taken = path != NULL;
		*gone = *gone || (path && stat(path, &status) != 0 && errno == ENOENT);
	}
	arena_release(&arena);
	return taken;
}

bool
sweep_skip_paths(struct entry_reader *reader)
{
	bool gone;

	return take_paths(reader, &gone);
}

/* --- the directory -----------------------------------------------------------------------------
 */

/* The entries of one key. */
struct held {
	char key[KEY_SIZE + 1];
	struct timespec used;
};

struct sweep {
	int dir;
	const uint8_t *program;
	VEC(struct held) held;
	struct timespec newest; /* the directory's latest time: what stands for now */
};

static bool
has_ending(const char *name, const char *ending)
{
	return strlen(name) == KEY_SIZE + strlen(ending) &&
	       strspn(name, "0123456789abcdef") == KEY_SIZE && strcmp(name + KEY_SIZE, ending) == 0;
}

static void
remove_entry(const struct sweep *sweep, const char *key, const char *ending)
{
	char name[KEY_SIZE + sizeof(".digests")];

	(void)snprintf(name, sizeof(name), "%.*s%s", (int)KEY_SIZE, key, ending);
	(void)unlinkat(sweep->dir, name, 0);
}

static void
remove_key(const struct sweep *sweep, const char *key)
{
	remove_entry(sweep, key, ".digests");
	remove_entry(sweep, key, ".graph");
}

/* What cannot be read now will be made anew when it is wanted. */
static bool
is_useless(const struct sweep *sweep, const char *name)
{
	struct entry_reader *reader;
	bool gone = false, taken;

	if (entry_open(sweep->dir, name, sweep->program, &reader) != ENTRY_FOUND)
		return true;
	taken = take_paths(reader, &gone);
	(void)entry_end_take(reader); /* read in part: its sum says nothing */
	return !taken || gone;
}

static void
hold(struct sweep *sweep, const char *name, const struct stat *status)
{
	struct held held = {.used = status->st_mtim};

	memcpy(held.key, name, KEY_SIZE);
	if (is_useless(sweep, name))
		remove_key(sweep, held.key);
	else
		vec_push(&sweep->held, held);
}

static bool
is_unfinished(const char *name)
{
	size_t len = strlen(name);

	return name[0] == '.' && len > KEY_SIZE && strcmp(name + len - strlen(".tmp"), ".tmp") == 0;
}

static void
see(struct sweep *sweep, const char *name)
{
	char beside[KEY_SIZE + sizeof(".digests")];
	struct stat status;

	if (fstatat(sweep->dir, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	if (has_ending(name, ".digests")) {
		hold(sweep, name, &status);
	} else if (has_ending(name, ".graph")) {
		(void)snprintf(beside, sizeof(beside), "%.*s.digests", (int)KEY_SIZE, name);
		if (faccessat(sweep->dir, beside, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
			(void)unlinkat(sweep->dir, name, 0);
	} else if (is_unfinished(name) &&
		   status.st_mtim.tv_sec < sweep->newest.tv_sec - STALE_SECONDS) {
		(void)unlinkat(sweep->dir, name, 0);
	}
}

/* The latest use first. */
static int
compare_held(const void *a, const void *b)
{
	const struct held *x = a;
	const struct held *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? 1 : -1;
	if (x->used.tv_nsec != y->used.tv_nsec)
		return x->used.tv_nsec < y->used.tv_nsec ? 1 : -1;
	return strcmp(x->key, y->key);
}

static void
see_all(struct sweep *sweep, DIR *stream)
{
	const struct dirent *found;

	while ((found = readdir(stream)) != NULL)
		see(sweep, found->d_name);
	if (sweep->held.count)
		qsort(sweep->held.items, sweep->held.count, sizeof(*sweep->held.items),
			compare_held);
	for (size_t i = LIMIT_CACHE_INVENTORIES; i < sweep->held.count; i++)
		remove_key(sweep, sweep->held.items[i].key);
}

void
sweep_directory(int dir, const uint8_t program[DIGEST_SIZE])
{
	struct sweep sweep = {.dir = dir, .program = program};
	struct stat status;
	int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = own < 0 ? NULL : fdopendir(own);

	if (!stream) {
		if (own >= 0)
			(void)close(own);
		return;
	}
	if (fstat(own, &status) == 0) /* it changed just now: an entry got its name */
		sweep.newest = status.st_mtim;
	see_all(&sweep, stream);
	(void)closedir(stream);
	vec_release(&sweep.held);
}
