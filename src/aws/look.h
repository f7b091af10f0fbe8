/*
 * A fresh look at the resources of a plan in one place: each of them as it is described now, who
 * may use it, and who refers to it as far as that is cheap, into files as the `aws` command would
 * print them.
 * It must not know: plans, what the answers mean.
 */
#ifndef AMIPLAN_AWS_LOOK_H
#define AMIPLAN_AWS_LOOK_H

#include "listing.h"
#include "progress.h"

/* What is looked at, by id. */
enum look_subject {
	LOOK_IMAGES,
	LOOK_IMAGE_SHARES, /* AMIs whose launch permissions are asked for */
	LOOK_SNAPSHOTS,
	LOOK_SNAPSHOT_SHARES, /* snapshots whose permissions are asked for */
	LOOK_INSTANCES,
	LOOK_INSTANCE_GUARDS, /* instances whose termination protection is asked for */
	LOOK_PLACE,           /* listings: asked for where there is an AMI or a snapshot */
	LOOK_SUBJECTS
};

/* The questions, one row of look_table each. */
enum look_ask {
#define LOOK(name, ...) name,
#include "look.def"
#undef LOOK
	LOOK_ASKS
};

struct look_row {
	enum look_subject subject;
	const char *title;          /* "AMIs that map the snapshots" */
	const char *file;           /* a folder where it is asked by id */
	enum collect_call call;     /* of the collection's table; CALLS: the row below */
	const struct call_row *row; /* asked by filter, so that one that is gone fails nothing */
};

extern const struct look_row look_table[LOOK_ASKS];
/* The row of the call, whichever table it stands in. */
const struct call_row *look_call(enum look_ask ask);

/* What became of one question: the first failure of its calls counts. */
struct look_end {
	enum outcome outcome; /* OUTCOME_SKIPPED: not asked */
	char code[64];
	struct err why; /* AWS's or the transport's words, made printable */
};

/*
 * Lifetime: its owner's; zero-initialise and fill in the first part. Everything is borrowed until
 * look_release but the arrays of ids, which are the look's own.
 */
struct look {
	struct caller *caller;
	struct provider *provider;
	const char *account, *region;
	const struct directory *directory; /* where the files go: open */
	VEC(const char *) ids[LOOK_SUBJECTS];
	struct progress *progress; /* told of each answer; NULL: nobody is */

	/* what came of it */
	struct look_end ends[LOOK_ASKS];
	uint64_t files;
	struct err err; /* a file could not be written */

	/* private */
	size_t next[LOOK_ASKS];
	bool refused[LOOK_ASKS]; /* no use to ask on */
	enum call_plainness plainness[LOOK_ASKS];
	uint64_t under_way;
};

/* Starts it; it is over when http_run returns. */
void look_start(struct look *look);
void look_release(struct look *look);

#endif
