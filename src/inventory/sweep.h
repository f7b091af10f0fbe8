/*
 * A cache does not grow without bound: what is left of killed runs goes, entries of inventories
 * that are gone, and the longest unused beyond a number. It must not know: what entries are for.
 */
#ifndef AMIPLAN_INVENTORY_SWEEP_H
#define AMIPLAN_INVENTORY_SWEEP_H

#include "entry.h"

/* The paths that an entry is about, at its beginning: as absolute ones. */
void sweep_put_paths(struct entry_writer *writer, const char *const *paths, size_t count);
/* Reads past them. False: there are none. */
bool sweep_skip_paths(struct entry_reader *reader);

/* Removes what nobody will use. What cannot be removed stays. */
void sweep_directory(int dir, const uint8_t program[DIGEST_SIZE]);

#endif
