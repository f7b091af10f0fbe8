/*
 * What a load keeps of each file, shared by the loader's parts and by who reads elements again
 * later. It must not know: JSON.
 */
#ifndef AMIPLAN_INVENTORY_LOAD_H
#define AMIPLAN_INVENTORY_LOAD_H

#include "build.h"
#include "document.h"
#include "files.h"
#include "inventory.h"

#define NOBODY SIZE_MAX

struct collected;

/* Lifetime: inventory. */
struct mapped_file {
	struct found_file found;
	struct file_bytes bytes;
	uint8_t sha256[DIGEST_SIZE];
	struct document_found read;
	struct place path; /* what its path says */
	struct place base; /* what path and content say together */
	struct place place;
	struct collected *collected; /* of a collection document; copies share it */
	size_t governor; /* number of the collection document above or beside it; NOBODY */
	bool digested;   /* sha256 is known */
	size_t number;   /* in the order of digests, before copies are put in order */
	size_t twin; /* number of the first file with the same bytes: itself unless it is a copy */
};

/*
 * Reads --pins paths: each AMI or snapshot id in a text file becomes an edge PINS from that file's
 * line. Files that the inventory read as documents of a known kind are left out.
 */
int pins_load(const struct inventory_options *options, const struct inventory *inventory,
	struct builder *builder, struct err *err);

#endif
