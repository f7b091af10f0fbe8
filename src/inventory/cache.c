/*
 * A cache's life: its directory is looked at, what it has is offered, what was made is kept.
 * It must not know: JSON, what the members of a graph mean.
 */
#include "cache_parts.h"
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void
cache_say(const struct cache *cache, const char *what, const char *why)
{
	struct err shown;

	if (!cache->options->say)
		return;
	(void)err_set(
		&shown, ERR_OK, "--cache %s: %s%s", cache->options->cache, what, why ? why : "");
	cache->options->say(shown.text, cache->options->say_to);
}

void
cache_hear(const char *line, void *to)
{
	struct cache *cache = to;

	vec_push(&cache->lines, arena_text(&cache->text, slice_of(line)));
	if (cache->options->say)
		cache->options->say(line, cache->options->say_to);
}

/* --- the directory -----------------------------------------------------------------------------
 */

static int
check_directory(int dir, const char *path, struct err *err)
{
	struct stat status;

	if (fstat(dir, &status) != 0)
		return err_set_at(
			err, ERR_IO, path, 0, 0, "cannot be looked at: %s", strerror(errno));
	if (status.st_uid != geteuid())
		return err_set_at(err, ERR_IO, path, 0, 0,
			"this cache belongs to another user, and a plan would rest on it; name a "
			"directory of your own");
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return err_set_at(err, ERR_IO, path, 0, 0,
			"others may write into this cache, and a plan would rest on it; take that "
			"away (chmod go-w), or name another directory");
	return 0;
}

static int
open_directory(const char *path, int *out, struct err *err)
{
	int dir, code;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_set_at(err, ERR_IO, path, 0, 0, "this directory cannot be made: %s",
			strerror(errno));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_set_at(err, ERR_IO, path, 0, 0,
			"no directory that can be opened (a link is not followed): %s",
			strerror(errno));
	code = check_directory(dir, path, err);
	if (code)
		(void)close(dir);
	else
		*out = dir;
	return code;
}

/* --- keys --------------------------------------------------------------------------------------
 */

/* Terminated, so that no two lists of texts look alike. */
void
cache_add_text(struct digest *digest, const char *text)
{
	digest_add(digest, text ? text : "", text ? strlen(text) + 1 : 1);
}

void
cache_add_number(struct digest *digest, uint64_t number)
{
	digest_add(digest, &number, sizeof(number));
}

static void
add_list(struct digest *digest, const char *const *texts, size_t count)
{
	cache_add_number(digest, count);
	for (size_t i = 0; i < count; i++)
		cache_add_text(digest, texts[i]);
}

void
cache_add_options(struct digest *digest, const struct inventory_options *options)
{
	add_list(digest, options->paths, options->path_count);
	add_list(digest, options->accounts, options->account_count);
	add_list(digest, options->pins, options->pin_count);
	cache_add_text(digest, options->region);
}

/* An inventory is known by how it was asked for, so that a new pair of entries takes the place of
 * the old. */
static void
make_key(struct cache *cache)
{
	struct digest *digest = digest_new();
	uint8_t key[DIGEST_SIZE];
	char *here = getcwd(NULL, 0);

	cache_add_text(digest, here);
	cache_add_options(digest, cache->options);
	free(here);
	digest_end_take(digest, key);
	digest_text(key, cache->key);
}

/* The program's own bytes: another build may make another graph from the same files. */
static int
digest_program(uint8_t out[DIGEST_SIZE], struct err *err)
{
	struct file_bytes bytes;
	int code = file_load("/proc/self/exe", &bytes, err);

	if (code)
		return code;
	digest_of((struct slice){bytes.at, bytes.size}, out);
	file_release(&bytes);
	return 0;
}

const char *
cache_entry_name(struct cache *cache, const char *ending)
{
	return arena_format(&cache->text, "%s%s", strchr(cache->key, ':') + 1, ending);
}

/* Tells of entries that are there and cannot be used; what is merely old needs no word. */
bool
cache_open_entry(struct cache *cache, const char *ending, struct entry_reader **out)
{
	switch (entry_open(cache->dir, cache_entry_name(cache, ending), cache->program, out)) {
	case ENTRY_FOUND:
		return true;
	case ENTRY_ABSENT:
	case ENTRY_OTHER:
		return false;
	case ENTRY_FOREIGN:
		cache_say(cache, "an entry is no file of this user alone: it is made anew", NULL);
		return false;
	case ENTRY_DAMAGED:
		break;
	}
	cache_say(cache, "an entry is damaged: it is made anew", NULL);
	return false;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

void
cache_keep(struct cache *cache, const struct inventory *inventory)
{
	int fault = 0;

	if (!cache || cache->useless)
		return;
	if (cache->found && cache->fresh) {
		/* Used lately: that is all that changes, and no matter if it cannot. */
		(void)utimensat(cache->dir, cache_entry_name(cache, CACHE_DIGESTS), NULL,
			AT_SYMLINK_NOFOLLOW);
		return;
	}
	if (cache_has_moved(cache, inventory)) {
		cache_say(cache, "a file was changed while it was read: nothing is kept", NULL);
		return;
	}
	fault = cache->digests ? cache_keep_digests(cache, inventory) : cache->unwritable;
	if (fault == 0 && !cache->found)
		fault = cache_keep_graph(cache, inventory);
	if (fault)
		cache_say(cache, "nothing can be kept there: ", strerror(fault));
	else
		sweep_directory(cache->dir, cache->program);
}

int
cache_open(const struct inventory_options *options, struct cache **out, struct err *err)
{
	struct cache *cache;
	uint8_t program[DIGEST_SIZE];
	int dir = -1, code;

	*out = NULL;
	if (!options->cache)
		return 0;
	code = digest_program(program, err);
	if (code == 0)
		code = open_directory(options->cache, &dir, err);
	if (code)
		return code;
	cache = xcalloc(1, sizeof(*cache));
	cache->options = options;
	cache->dir = dir;
	cache->fresh = true;
	memcpy(cache->program, program, sizeof(program));
	make_key(cache);
	cache->digests = entry_create(dir, cache_entry_name(cache, CACHE_DIGESTS), program);
	cache->unwritable = cache->digests ? 0 : errno;
	if (!options->verify_cache)
		cache_read_digests(cache);
	*out = cache;
	return 0;
}

void
cache_close(struct cache *cache)
{
	if (!cache)
		return;
	entry_drop_take(cache->digests);
	(void)close(cache->dir);
	vec_release(&cache->known);
	vec_release(&cache->pins);
	vec_release(&cache->lines);
	arena_release(&cache->text);
	free(cache);
}
