/*
 * What the parts of the cache share. It must not know: JSON, what the members of a graph mean.
 */
#ifndef AMIPLAN_INVENTORY_CACHE_PARTS_H
#define AMIPLAN_INVENTORY_CACHE_PARTS_H

#include "cache.h"
#include "entry.h"

#include <assert.h>

/* Two entries an inventory: what its files' digests are, and the graph that they made. */
#define CACHE_DIGESTS ".digests"
#define CACHE_GRAPH ".graph"

/* What tells that a file has not changed. No padding: compared and written as bytes. */
struct identity {
	uint64_t device, inode, size;
	int64_t modified, changed;
	uint32_t modified_ns, changed_ns;
};

struct known {
	struct identity identity;
	uint8_t sha256[DIGEST_SIZE];
};

static_assert(sizeof(struct known) == 5 * sizeof(uint64_t) + 2 * sizeof(uint32_t) + DIGEST_SIZE,
	"a struct that is written as bytes has padding");

/* A file below --pins. */
struct pin_file {
	const char *path;
	struct known known;
};

/* Lifetime: one load. */
struct cache {
	const struct inventory_options *options;
	int dir;
	char key[DIGEST_TEXT_SIZE];
	uint8_t program[DIGEST_SIZE]; /* of the file that runs */
	uint8_t inputs[DIGEST_SIZE];  /* of all that a graph is made from */
	VEC(struct known) known;      /* sorted */
	int64_t looked;               /* when they were looked at, in seconds */
	struct entry_writer *digests; /* made before any file was looked at */
	int unwritable;               /* errno: why it could not be made */
	bool fresh;                   /* no file had to be digested */
	bool useless;                 /* something is read that can be read only once */
	bool found;
	VEC(struct pin_file) pins;
	VEC(const char *) lines; /* said so far */
	struct arena text;
};

/* --- cache.c --- */

/* One line for standard error about the cache itself: not said again. `why` may be NULL. */
void cache_say(const struct cache *cache, const char *what, const char *why);
/* False: there is none to be used. One that is there and damaged, or not ours, gets a line. */
bool cache_open_entry(struct cache *cache, const char *ending, struct entry_reader **out);
const char *cache_entry_name(struct cache *cache, const char *ending);
/* A text with its end, so that no two lists of texts look alike. */
void cache_add_text(struct digest *digest, const char *text);
void cache_add_number(struct digest *digest, uint64_t number);
/* What a load was asked for. */
void cache_add_options(struct digest *digest, const struct inventory_options *options);

/* --- cache_files.c --- */

void cache_read_digests(struct cache *cache);
/* Whether a file is another one than was digested: what was made may be of either. */
bool cache_has_moved(const struct cache *cache, const struct inventory *inventory);
/* 0, or an errno. */
int cache_keep_digests(struct cache *cache, const struct inventory *inventory);
void cache_digest_inputs(struct cache *cache, const struct inventory *inventory);

/* --- cache_graph.c --- */

/* 0, or an errno. */
int cache_keep_graph(struct cache *cache, const struct inventory *inventory);

#endif
