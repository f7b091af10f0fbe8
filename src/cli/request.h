/*
 * What one call of amiplan asks for, as understood from its command line: the target of every
 * option. It must not know: how options are spelled, or what a verb does.
 */
#ifndef AMIPLAN_CLI_REQUEST_H
#define AMIPLAN_CLI_REQUEST_H

#include "arena.h"
#include "policy.h"
#include "vec.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct command;
struct show;

/* --details; the first: not given. */
enum collect_choice { COLLECT_AUTO, COLLECT_ALL, COLLECT_CANDIDATES, COLLECT_NONE };
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* A role to be assumed: its ARN, or the account and the role's name, from which the partition makes
 * the ARN. */
struct wanted_role {
	const char *arn; /* NULL: the other two say it */
	const char *account, *name;
};

/* Lifetime: process. Texts are borrowed from argv, literals or `arena`. */
struct request {
	const struct command *command;
	struct arena arena;
	VEC(const char *) operands;
	/* every verb */
	const char *output; /* -o; NULL: standard output */
	const char *format; /* -T; NULL: by the name of -o, else the verb's own */
	bool help, quiet, verbose;
	enum color_choice color;
	/* inventories */
	VEC(const char *) accounts;
	unsigned threads;  /* 0: not given */
	const char *cache; /* a directory; NULL: none */
	bool verify_cache;
	/* plan, cost: paths */
	VEC(const char *) price_files, bill_files;
	/* plan, explain */
	struct policy policy; /* `pins` and `region` serve every verb that reads an inventory */
	const char *policy_file;
	bool grouped, ranked; /* --group-by, --keep-last were given */
	bool measured;        /* --save-by was given */
	bool missing, list_rules, iam_policy;
	/* plan, show, diff */
	bool detailed_exitcode;
	/* graph */
	VEC(const char *) focus;
	unsigned depth; /* 0: not given */
	const char *plan_file;
	bool process, no_collapse;
	const char *bundle; /* show: a directory to be made; NULL: not asked for */
	/* collect, apply: whom AWS sees */
	const char *profile, *endpoint_url, *ca_bundle, *external_id;
	VEC(struct wanted_role) roles;
	unsigned concurrency, read_timeout, connect_timeout; /* 0: not given; seconds */
	/* collect */
	VEC(const char *) regions;
	VEC(const char *) collect_amis;
	enum collect_choice details;
	bool all_regions, snapshot_permissions, no_old_versions, whoami, force;
	const char *blocks_plan; /* --blocks: the plan; NULL: not given */
	const char *max_cost;    /* as given; NULL: the usual limit */
	bool yes;
	/* prices */
	bool refresh;
	/* cost */
	const char *by; /* as given; NULL: no groups */
	/* help */
	bool man;
	const char *completion; /* a shell; NULL: not asked for */
	struct show *show;      /* how the run goes on; NULL: nobody watches */
	bool used_stdin;        /* an option has read standard input already */
};

void request_init(struct request *request, const struct command *command);
/* Once all options are in: what only their combination shows, and the defaults. */
int request_complete(struct request *request, struct err *err);
void request_release(struct request *request);

#endif
