/*
 * Finding files below what the command line names, and their bytes in memory.
 * It must not know: what is in them.
 */
#ifndef AMIPLAN_INVENTORY_FILES_H
#define AMIPLAN_INVENTORY_FILES_H

#include "arena.h"
#include "err.h"
#include "vec.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/* Lifetime: the arena's it was found with. */
struct found_file {
	const char *path;     /* as named, or below the directory that was named */
	const char *relative; /* to the directory that was named; a file's base name; "-" */
	const char *folder;   /* the resolved path of its directory; "-" for standard input */
	bool named;           /* on the command line, not found in a directory */
};

typedef VEC(struct found_file) file_list;

enum file_scope {
	FILES_JSON, /* *.json and *.json.gz */
	FILES_TEXT, /* everything outside .git */
};

/*
 * Appends `argument` itself, or what is below it in byte order of the paths. Symbolic links are
 * followed; one that leads back up is left out. "-" is standard input for FILES_JSON. Nothing found
 * is an error.
 */
int files_find(struct arena *arena, const char *argument, enum file_scope scope, file_list *out,
	struct err *err);

/* A file's bytes. Lifetime: its owner's. */
struct file_bytes {
	char *at;
	size_t size;
	bool mapped;
	bool regular;  /* can be read again */
	bool unpacked; /* they are not those of the file */
	dev_t device;
	ino_t inode;
	struct timespec modified, changed; /* when, before it was read */
};

/* Large regular files are mapped, others read: a million small mappings are more than the kernel
 * grants. */
int file_load(const char *path, struct file_bytes *out, struct err *err);
/* What the kernel says of a file goes with its bytes. */
void file_tell(struct file_bytes *bytes, const struct stat *status);
/* Another descriptor of a mapped file, for reading. -1: it has none, or its bytes are others by
 * now.
 */
int file_open_again(const char *path, const struct file_bytes *bytes);
/* Gives the pages of a mapped file between two places back to the page cache: they can be read
 * again, at the price of a fault. */
void file_let_go(const struct file_bytes *bytes, size_t from, size_t to);
/* The same where only the bytes of a mapped file are known. */
void mapped_let_go(struct slice mapped, size_t from, size_t to);
void file_release(struct file_bytes *bytes);

/* A path as text: bytes that are no UTF-8 become question marks. */
const char *file_text(struct arena *arena, const char *path);

#endif
