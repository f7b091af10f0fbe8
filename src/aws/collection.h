/*
 * The collection document: which calls were made in a place, with which parameters, by whom, when,
 * and how each ended. The inventory's loader reads it and vouches by it for what the files hold.
 * It must not know: how calls are made.
 */
#ifndef AMIPLAN_AWS_COLLECTION_H
#define AMIPLAN_AWS_COLLECTION_H

#include "calls.h"
#include "digest.h"
#include "err.h"
#include <stdio.h>

#define COLLECTION_FILE "collection.json"
#define COLLECTION_FORMAT "amiplan.collection/1"

enum outcome {
	OUTCOME_SKIPPED, /* not asked for, by an option or because what it asks about could not be
			    read */
	OUTCOME_COMPLETE,
	OUTCOME_EMPTY,
	OUTCOME_PARTIAL, /* asked of some items only, or some of them were not answered */
	OUTCOME_DENIED,
	OUTCOME_FAILED,
};

/* What became of one row of the table in one place. Lifetime: the place's. */
struct call_record {
	enum outcome outcome;
	enum call_plainness plainness; /* of the parameters that were accepted */
	uint64_t pages, records, files;
	uint8_t sha256[DIGEST_SIZE]; /* of its file, or of its files (digest_of_many) */
	const char *code, *message;  /* of the first failure; NULL: none */
};

struct collection {
	const char *tool_version, *account, *region, *caller;
	int64_t started, ended;            /* UTC seconds */
	const struct call_record *records; /* by enum collect_call */
};

const char *outcome_word(enum outcome outcome);

/* Writes the document. Errors on `file` are the caller's to check (ferror). */
void collection_write(FILE *file, const struct collection *collection);

#endif
