/*
 * A collection: who calls, which regions, which calls, what single resources are asked about, all
 * of it into files as the `aws` command would print them.
 * It must not know: the command line, who reads the files.
 */
#ifndef AMIPLAN_AWS_COLLECT_H
#define AMIPLAN_AWS_COLLECT_H

#include "arena.h"
#include "calls.h"
#include "collection.h"
#include "progress.h"
#include "vec.h"

/* Which resources are asked about one by one. */
enum collect_details {
	DETAILS_AUTO, /* all of them in a place of LIMIT_DETAILS_ALL AMIs or fewer, else candidates
		       */
	DETAILS_ALL,  /* every AMI of ours */
	DETAILS_CANDIDATES, /* AMIs of ours that no live instance runs, and those named */
	DETAILS_NONE,       /* those named alone */
};

/* Whose account is collected. */
struct collect_source {
	struct provider *provider;
	const char *name; /* for messages: a role's ARN, "profile build" */
};

/* All borrowed. */
struct collect_options {
	struct http *http;
	struct caller *caller;
	const struct collect_source *sources;
	size_t source_count;
	const char *directory;
	const char *const *regions; /* where to collect; none with all_regions */
	size_t region_count;
	bool all_regions;
	const char *home_region; /* where the caller's identity and the regions are asked for */
	enum collect_details details;
	const char *const *amis; /* asked about in any case, and their instances */
	size_t ami_count;
	bool snapshot_permissions;
	bool no_old_versions;
	bool force; /* replace directories that no collection wrote */
	const char *tool_version;
	int64_t (*now)(void *to); /* UTC seconds */
	void *now_to;
	struct progress *progress;
};

/* A call that came to nothing: for the end of a run. */
struct collect_failure {
	const char *account, *region; /* "" where the failure is an account's */
	enum collect_call call;
	enum outcome outcome;
	const char *code, *message; /* AWS's or the transport's: hostile text */
};

/* What became of an account's region. */
struct collected_place {
	const char *account, *region; /* "" where nobody knows */
	const char *path;             /* NULL: nothing was written */
	uint64_t files, records, pages;
	const char *problem; /* why nothing was written; NULL: it was */
};

/* Lifetime: its owner's. Sorted by account and region. */
struct collect_result {
	struct arena arena;
	VEC(struct collected_place) places;
	VEC(struct collect_failure) failures;
	bool stopped; /* by the caller's stop flag: what was complete by then is there */
};

/*
 * Collects. A place is replaced whole or not at all. What a call could not get is recorded in the
 * place's collection document and under `failures`; a place where no call succeeded is not written.
 * Errors: ERR_USAGE two sources of one account; ERR_IO the directory cannot be written.
 */
int collect_run(const struct collect_options *options, struct collect_result *out, struct err *err);
void collect_result_release(struct collect_result *result);

#endif
