/*
 * A directory of what was read before: the digests of files that have not changed, and the graph
 * that the same files made. It must not know: JSON, policy, output.
 *
 * Nothing but time may depend on it. A digest is believed if device, inode, size, mtime and ctime
 * of the file are as they were, and neither time is so young that the file could have changed
 * unseen. A graph is believed if it was made from files of the same digests, under the same names,
 * with the same options, by this very program.
 */
#ifndef AMIPLAN_INVENTORY_CACHE_H
#define AMIPLAN_INVENTORY_CACHE_H

#include "load.h"

/* Lifetime: one load. */
struct cache;

/* `out` is NULL where none is asked for. A directory that others may write to is an error. */
int cache_open(const struct inventory_options *options, struct cache **out, struct err *err);
void cache_close(struct cache *cache);

/* Every line that is said is said again when the graph is found. As inventory_options.say. */
void cache_hear(const char *line, void *cache);

/* Sets the digests that are known. Files are all of the inventory's, in any order. */
void cache_know(struct cache *cache, struct mapped_file *files, size_t count);

/* The graph that these files made before. Files are in the order of their digests. False: they are
 * to be read. */
bool cache_find(struct cache *cache, struct inventory *inventory);

/* After a load: what the next one can use. It may fail, then it says so. */
void cache_keep(struct cache *cache, const struct inventory *inventory);

#endif
