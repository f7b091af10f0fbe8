/*
 * Block lists of the EBS direct APIs, each into a file of its own: all pages together, with the ids
 * that were asked for. What is there already is not asked again.
 * It must not know: which lists are wanted, what they are good for, what they cost.
 * Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-accessing-snapshot.html
 */
#ifndef AMIPLAN_AWS_BLOCKS_H
#define AMIPLAN_AWS_BLOCKS_H

#include "arena.h"
#include "call.h"
#include "calls.h"
#include "progress.h"

/* Blocks of a page: the most that AWS gives. */
#define BLOCKS_PER_PAGE 10000u

/* The two calls: what one snapshot holds, and what has changed between two. */
enum block_call { BLOCK_CALL_ALL, BLOCK_CALL_CHANGED, BLOCK_CALLS };
extern const struct call_row block_call_table[BLOCK_CALLS];

enum block_end {
	BLOCKS_NOT_ASKED, /* the run was stopped */
	BLOCKS_HOPELESS,  /* the same call was refused in the same place */
	BLOCKS_LEFT_OUT,  /* the requests that were agreed on are used up */
	BLOCKS_READ,
	BLOCKS_UNRELATED, /* the two have no blocks in common: that is recorded too */
	BLOCKS_GONE,      /* a snapshot that does not exist any more */
	BLOCKS_DENIED,
	BLOCKS_FAILED,
};

/* Where snapshots are, and who asks there. Texts are borrowed and well-formed: they go into paths.
 */
struct block_place {
	const char *account, *region;
	struct provider *provider;
	/* By call: lists that came, and refusals that would come again. */
	uint64_t read[BLOCK_CALLS], refused[BLOCK_CALLS];
};

/* One list. */
struct block_question {
	struct block_place *place;
	const char *first; /* NULL: all blocks of `second`; else what changed from it */
	const char *second;
	enum block_end end;
	const char *code, *message; /* of a failure: hostile text made printable; else NULL */
};

/* Lifetime: one run. Zero-initialise; the caller fills the first part. */
struct blocks_run {
	struct caller *caller;
	struct arena *arena; /* for texts of failures */
	const char *directory;
	struct block_question *questions;
	size_t count;
	uint64_t request_limit; /* no listing asks on when so many requests were made */
	struct progress *progress;

	size_t next;
	uint32_t under_way;
	uint64_t requests_before; /* of the caller's, when it began */
	struct err err;           /* a file cannot be written: that ends the run */
};

/* DIRECTORY/ACCOUNT/REGION/changed-blocks/FIRST..SECOND.json, or blocks/SECOND.json. */
void blocks_path(const char *directory, const struct block_question *question, struct buf *out);
/* A run before this one has asked it. */
bool blocks_are_there(const char *directory, const struct block_question *question);

/* Starts the first ones; the others follow from http_run. */
void blocks_start(struct blocks_run *run);
/* Requests that it has made, those that were retried included. */
uint64_t blocks_requests(const struct blocks_run *run);

#endif
