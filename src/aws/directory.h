/*
 * The directory of one account's region: written beside its final place, and put there whole or not
 * at all. What a killed run left is removed by the next one.
 * It must not know: what the files hold.
 */
#ifndef AMIPLAN_AWS_DIRECTORY_H
#define AMIPLAN_AWS_DIRECTORY_H

#include "err.h"
#include <stdbool.h>

/* Lifetime: one place of a collection. Zero-initialise. */
struct directory {
	char *parent;  /* ROOT/ACCOUNT */
	char *path;    /* ROOT/ACCOUNT/REGION */
	char *staging; /* ROOT/ACCOUNT/.REGION.new-…; NULL: not open */
	int lock;      /* held on the staging directory, so that the next run knows that we live */
};

/*
 * Makes ROOT/ACCOUNT and the staging directory. Errors, ERR_IO: it cannot be made; another run
 * writes the same place; there are files that no collection wrote (no file `mark`), unless `force`.
 */
int directory_open(struct directory *directory, const char *root, const char *account,
	const char *region, const char *mark, bool force, struct err *err);

/* A new file, with the folder above it if `name` has one ("image-attributes/ami-….json"). */
int directory_create(
	const struct directory *directory, const char *name, FILE **out, struct err *err);
/* Closes it; ERR_IO if anything was not written. */
int directory_close(
	const struct directory *directory, const char *name, FILE *file, struct err *err);
void directory_remove(const struct directory *directory, const char *name);

/* A directory with all that is in it, as far as it can be removed. */
void directory_remove_tree(const char *path);

/* Waits until all that was written is on the disk, and of nobody else's files: then a commit lasts
 * through a power cut. ERR_IO. */
int directory_sync(const struct directory *directory, struct err *err);
/* Puts it in place of what was there before, which is removed. Does nothing more on failure than
 * directory_abandon. */
int directory_commit(struct directory *directory, struct err *err);
/* Removes what was written. Does nothing if it is not open. */
void directory_abandon(struct directory *directory);

#endif
