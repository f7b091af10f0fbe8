/*
 * Mapped documents opened once more, to read single elements of them.
 * It must not know: JSON, what an element is.
 *
 * Elements are asked for in another order than they stand in. A fault maps what lies around an
 * element too, and giving that back costs as much again; a read costs a tenth of both.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"
#include "reread.h"

enum { NOT_ASKED_FOR = 0, CANNOT = -1 }; /* else a descriptor plus one */

struct reread {
	const struct inventory *inventory;
	size_t count;      /* of documents */
	atomic_int *files; /* by document */
	pthread_mutex_t opening;
	size_t left; /* guarded by `opening`: files that may still be opened */
};

/* The others of this process must find descriptors too. */
static size_t
most_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	return limit.rlim_cur / 4 < LIMIT_REREAD_FILES ? (size_t)limit.rlim_cur / 4
						       : LIMIT_REREAD_FILES;
}

struct reread *
reread_new(const struct inventory *inventory)
{
	struct reread *again = xcalloc(1, sizeof(*again));

	again->inventory = inventory;
	again->count = inventory->graph->documents.count;
	again->files = xcalloc(again->count, sizeof(*again->files));
	again->left = most_files();
	pthread_mutex_init(&again->opening, NULL);
	return again;
}

void
reread_free(struct reread *again)
{
	if (!again)
		return;
	for (size_t i = 0; i < again->count; i++)
		if (again->files[i] > 0)
			(void)close(again->files[i] - 1);
	pthread_mutex_destroy(&again->opening);
	free(again->files);
	free(again);
}

static const struct mapped_file *
file_of(const struct reread *again, uint32_t doc)
{
	const struct inventory *inventory = again->inventory;
	const struct document *document = &inventory->graph->documents.items[doc];

	for (size_t i = 0; i < inventory->file_count; i++)
		if (inventory->files[i].bytes.at == document->bytes)
			return &inventory->files[i];
	return NULL;
}

/* Once for each document. */
static int
open_again(struct reread *again, uint32_t doc)
{
	int found, fd = -1;

	pthread_mutex_lock(&again->opening);
	found = again->files[doc];
	if (found == NOT_ASKED_FOR) {
		const struct mapped_file *file = again->left ? file_of(again, doc) : NULL;

		if (file)
			fd = file_open_again(file->found.path, &file->bytes);
		again->left -= fd >= 0;
		found = fd >= 0 ? fd + 1 : CANNOT;
		again->files[doc] = found;
	}
	pthread_mutex_unlock(&again->opening);
	return found;
}

size_t
reread_bytes(struct reread *again, uint32_t doc, size_t at, char *to, size_t len)
{
	int found = again->files[doc];
	ssize_t got;

	if (found == NOT_ASKED_FOR)
		found = open_again(again, doc);
	if (found == CANNOT)
		return 0;
	got = pread(found - 1, to, len, (off_t)at);
	return got < 0 ? 0 : (size_t)got;
}
