/*
 * The steps of a plan as calls to EC2, each with DryRun=true: AWS then says whether it would do it
 * and does nothing. THE place where calls that change something are built.
 * It must not know: plans beyond the words of their actions, what an answer means for other steps.
 */
#ifndef AMIPLAN_AWS_DRY_RUN_H
#define AMIPLAN_AWS_DRY_RUN_H

#include "arena.h"
#include "call.h"
#include "progress.h"

enum mutation { MUTATION_DEREGISTER, MUTATION_DELETE, MUTATION_TERMINATE, MUTATIONS };

struct mutation_row {
	const char *word;      /* a plan's: "deregister-image" */
	const char *action;    /* EC2's: "DeregisterImage" */
	const char *parameter; /* that names the resource */
	const char *prefix;    /* of the resource's id */
	const char *arn_type;  /* in an ARN: "image" */
	bool arn_has_account;
};

extern const struct mutation_row mutation_table[MUTATIONS];
/* MUTATIONS: no plan has such an action. */
enum mutation mutation_find(const char *word);

enum dry_run_answer {
	ANSWER_NONE,    /* not asked: the run was stopped before */
	ANSWER_WOULD,   /* DryRunOperation */
	ANSWER_DENIED,  /* IAM says no */
	ANSWER_GONE,    /* there is no such resource */
	ANSWER_IN_USE,  /* something that is named in the message uses it */
	ANSWER_REFUSED, /* any other no */
	ANSWER_FAILED,  /* no usable answer */
	ANSWER_DONE,    /* success, to a call that said DryRun: the server has no dry run */
};

struct dry_run_item {
	enum mutation mutation;
	const char *resource, *account, *region;
	struct provider *provider;
	/* what came of it; texts live in the run's arena: AWS's or the transport's words, made
	 * printable and cut to the length of an error */
	enum dry_run_answer answer;
	const char *code, *message;
};

/* Lifetime: its owner's; zero-initialise and fill in the first part. */
struct dry_run {
	struct caller *caller;
	struct arena *arena;
	struct dry_run_item *items;
	size_t count;
	struct progress *progress; /* told of each answer; NULL: nobody is */

	bool ignored; /* somebody answered success: nothing more was asked */

	/* private */
	size_t next;
	size_t under_way;
	bool proven[MUTATIONS]; /* the server has a dry run of it */
};

/*
 * Asks for each item, in order; it is over when http_run returns. Of each action the first is asked
 * alone: only when it was answered as a dry run is, are the others asked side by side.
 */
void dry_run_start(struct dry_run *run);

/* The parameters of one call. False, and nothing is added: the id is not of that kind. For tests
 * too. */
bool dry_run_parameters(enum mutation mutation, const char *resource, struct params *params);
/* Exactly one DryRun, and it is true: without that, no call that changes something is sent. */
bool dry_run_is_sure(const struct params *params);

#endif
