/*
 * Files that have not changed, by their identity, and the digest of all that a graph is made from.
 * It must not know: JSON, what a graph is.
 */
#include "cache_parts.h"
#include "sweep.h"

#include <errno.h>
#include <sys/stat.h>

/* A file system may give the same time to two changes that are this many seconds apart: FAT has the
 * coarsest clock. */
#define RACY_SECONDS 2

/* --- files -------------------------------------------------------------------------------------
 */

static struct identity
identity_of(const struct file_bytes *bytes)
{
	return (struct identity){
		.device = bytes->device,
		.inode = bytes->inode,
		.size = bytes->size,
		.modified = bytes->modified.tv_sec,
		.changed = bytes->changed.tv_sec,
		.modified_ns = (uint32_t)bytes->modified.tv_nsec,
		.changed_ns = (uint32_t)bytes->changed.tv_nsec,
	};
}

static int
compare_known(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct identity));
}

/* A file that was just written, or will have been, can change once more without a trace. */
static bool
is_racy(const struct cache *cache, const struct identity *identity)
{
	int64_t newest =
		identity->modified > identity->changed ? identity->modified : identity->changed;

	return newest >= cache->looked - RACY_SECONDS;
}

/* The digest of a file that is as it was, or NULL. */
static const uint8_t *
find_known(const struct cache *cache, const struct identity *identity)
{
	const struct known *known;

	if (cache->known.count == 0 || is_racy(cache, identity))
		return NULL;
	known = bsearch(
		identity, cache->known.items, cache->known.count, sizeof(*known), compare_known);
	return known ? known->sha256 : NULL;
}

static void
digest_pin(struct cache *cache, const struct file_bytes *bytes, struct known *out)
{
	const uint8_t *sha256;

	out->identity = identity_of(bytes);
	sha256 = find_known(cache, &out->identity);
	if (sha256) {
		memcpy(out->sha256, sha256, DIGEST_SIZE);
		return;
	}
	digest_of((struct slice){bytes->at, bytes->size}, out->sha256);
	cache->fresh = false;
}

static int
know_pin(struct cache *cache, const struct found_file *file)
{
	struct pin_file pin = {.path = file->path};
	struct file_bytes bytes;
	struct stat status;

	/* A pipe gives its bytes once: not to a cache. */
	if (stat(file->path, &status) != 0 || !S_ISREG(status.st_mode) ||
		file_load(file->path, &bytes, NULL) != 0)
		return ERR_IO;
	digest_pin(cache, &bytes, &pin.known);
	file_release(&bytes);
	vec_push(&cache->pins, pin);
	return 0;
}

/* What cannot be read is left to who reads pins, and says so. */
static int
know_pins(struct cache *cache)
{
	const struct inventory_options *options = cache->options;
	int code = 0;

	for (size_t i = 0; code == 0 && i < options->pin_count; i++) {
		file_list files = {0};

		code = files_find(&cache->text, options->pins[i], FILES_TEXT, &files, NULL);
		for (size_t k = 0; code == 0 && k < files.count; k++)
			code = know_pin(cache, &files.items[k]);
		vec_release(&files);
	}
	return code;
}

void
cache_know(struct cache *cache, struct mapped_file *files, size_t count)
{
	if (!cache)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct identity identity = identity_of(&files[i].bytes);
		const uint8_t *sha256 = find_known(cache, &identity);

		cache->useless = cache->useless || !files[i].bytes.regular;
		cache->fresh = cache->fresh && sha256;
		if (!sha256)
			continue;
		memcpy(files[i].sha256, sha256, DIGEST_SIZE);
		files[i].digested = true;
	}
	cache->useless = cache->useless || know_pins(cache) != 0;
}

/* Unpacked bytes have another size than the file: the times tell as much. */
static bool
is_changed(const char *path, const struct identity *then)
{
	struct file_bytes bytes = {.size = then->size};
	struct identity now;
	struct stat status;

	if (strcmp(path, "-") == 0)
		return false;
	if (stat(path, &status) != 0)
		return true;
	file_tell(&bytes, &status);
	now = identity_of(&bytes);
	return compare_known(&now, then) != 0;
}

bool
cache_has_moved(const struct cache *cache, const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->file_count; i++) {
		const struct mapped_file *file = &inventory->files[i];
		const struct identity then = identity_of(&file->bytes);

		if (is_changed(file->found.path, &then))
			return true;
	}
	vec_foreach (pin, &cache->pins)
		if (is_changed(pin->path, &pin->known.identity))
			return true;
	return false;
}

/* --- what a graph is made from -----------------------------------------------------------------
 */

void
cache_digest_inputs(struct cache *cache, const struct inventory *inventory)
{
	struct digest *digest = digest_new();

	cache_add_options(digest, cache->options);
	cache_add_number(digest, inventory->file_count);
	for (size_t i = 0; i < inventory->file_count; i++) {
		const struct mapped_file *file = &inventory->files[i];

		digest_add(digest, file->sha256, DIGEST_SIZE);
		cache_add_text(digest, file->found.path);
		cache_add_text(digest, file->found.relative);
		cache_add_text(digest, file->found.folder);
		cache_add_number(digest, file->found.named);
		/* A file that is a document is no pin: they are told apart by these. */
		cache_add_number(digest, cache->options->pin_count ? file->bytes.device : 0);
		cache_add_number(digest, cache->options->pin_count ? file->bytes.inode : 0);
	}
	vec_foreach (pin, &cache->pins) {
		cache_add_text(digest, pin->path);
		digest_add(digest, pin->known.sha256, DIGEST_SIZE);
		cache_add_number(digest, pin->known.identity.device);
		cache_add_number(digest, pin->known.identity.inode);
	}
	digest_end_take(digest, cache->inputs);
}

/* --- KEY.digests -------------------------------------------------------------------------------
 */

static bool
take_digests(struct cache *cache, struct entry_reader *reader)
{
	uint64_t count;

	if (!sweep_skip_paths(reader) ||
		!entry_take(reader, &cache->looked, sizeof(cache->looked)) ||
		!entry_take(reader, &count, sizeof(count)) ||
		count > entry_left(reader) / sizeof(struct known))
		return false;
	vec_reserve(&cache->known, (size_t)count);
	cache->known.count = (size_t)count;
	return entry_take(reader, cache->known.items, (size_t)count * sizeof(struct known));
}

void
cache_read_digests(struct cache *cache)
{
	struct entry_reader *reader;
	bool taken;

	if (!cache_open_entry(cache, CACHE_DIGESTS, &reader))
		return;
	taken = take_digests(cache, reader);
	if (entry_end_take(reader) && taken)
		return;
	cache->known.count = 0;
	cache_say(cache, "an entry is damaged: it is made anew", NULL);
}

int
cache_keep_digests(struct cache *cache, const struct inventory *inventory)
{
	struct entry_writer *writer = cache->digests;
	int64_t looked = entry_made(writer).tv_sec;
	uint64_t count;

	cache->digests = NULL;
	cache->known.count = 0;
	for (size_t i = 0; i < inventory->file_count; i++) {
		struct known known = {.identity = identity_of(&inventory->files[i].bytes)};

		memcpy(known.sha256, inventory->files[i].sha256, DIGEST_SIZE);
		vec_push(&cache->known, known);
	}
	vec_foreach (pin, &cache->pins)
		vec_push(&cache->known, pin->known);
	count = cache->known.count;
	if (count)
		qsort(cache->known.items, count, sizeof(*cache->known.items), compare_known);
	sweep_put_paths(writer, cache->options->paths, cache->options->path_count);
	entry_put(writer, &looked, sizeof(looked));
	entry_put(writer, &count, sizeof(count));
	entry_put(writer, cache->known.items, count * sizeof(*cache->known.items));
	return entry_keep_take(writer) ? 0 : errno;
}
