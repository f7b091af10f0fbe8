/*
 * One file of a cache: written whole or not at all, read once from its beginning to its end, and
 * believed only if it is as it was written, by this user and this very program.
 * It must not know: what is in it.
 */
#ifndef AMIPLAN_INVENTORY_ENTRY_H
#define AMIPLAN_INVENTORY_ENTRY_H

#include "digest.h"

#include <sys/types.h>
#include <time.h>

/* An entry that is being written. Lifetime: until it is kept or dropped. */
struct entry_writer;

/* Makes a file beside `name` in the directory `dir`. NULL with errno. */
struct entry_writer *entry_create(int dir, const char *name, const uint8_t program[DIGEST_SIZE]);
/* When it was made, by the clock of the directory's file system. */
struct timespec entry_made(const struct entry_writer *writer);
/* False: it cannot be kept any more. */
bool entry_put(struct entry_writer *writer, const void *bytes, size_t len);
/* Gives it its name; what had the name before is gone. False, with errno: it is dropped. */
bool entry_keep_take(struct entry_writer *writer);
void entry_drop_take(struct entry_writer *writer);

/* An entry that is being read. Lifetime: until entry_end_take. */
struct entry_reader;

enum entry_fault {
	ENTRY_FOUND,
	ENTRY_ABSENT,
	ENTRY_FOREIGN, /* another user's, or others may write it, or no regular file */
	ENTRY_OTHER,   /* of another build of the program */
	ENTRY_DAMAGED,
};

/* `out` is set for ENTRY_FOUND alone. */
enum entry_fault entry_open(
	int dir, const char *name, const uint8_t program[DIGEST_SIZE], struct entry_reader **out);
/* Bytes that can still come. */
uint64_t entry_left(const struct entry_reader *reader);
bool entry_take(struct entry_reader *reader, void *bytes, size_t len);
/* True if all was taken, and is what was written. Until then nothing of it may be believed. */
bool entry_end_take(struct entry_reader *reader);

#endif
