/*
 * What a dry run found, step by step, for its writers.
 * It must not know: how AWS was asked.
 */
#ifndef AMIPLAN_REPORT_DRY_REPORT_H
#define AMIPLAN_REPORT_DRY_REPORT_H

#include "report.h"

/* In the order in which a summary lists them. */
enum dry_verdict {
	DRY_WOULD,
	DRY_WAITS, /* a step that it depends on would not succeed */
	DRY_STALE,
	DRY_GONE,
	DRY_DENIED,
	DRY_REFUSED,
	DRY_UNKNOWN, /* nobody answered, or it could not be looked at */
	DRY_VERDICTS
};

/* NULL where there is nothing to say. Code and message are AWS's: hostile text. */
struct dry_step {
	const char *id, *action, *resource, *name, *account, *region;
	uint32_t order;
	enum dry_verdict verdict;
	uint32_t after;      /* would succeed, or waits, after that step; 0: none */
	const char *allow;   /* the IAM action that is missing */
	const char *changed; /* since the plan was made */
	const char *code, *message;
};

/* Somebody whom AWS saw. */
struct dry_caller {
	const char *account, *arn;
};

/* A question of the fresh look that was not answered. */
struct dry_gap {
	const char *account, *region, *action; /* "DescribeImages" */
	const char *what;                      /* "AMIs that map the snapshots" */
	bool denied;
	const char *code, *message;
};

struct dry_report {
	const char *plan; /* "sha256:…" of the plan file */
	VEC(struct dry_caller) callers;
	VEC(struct dry_gap) gaps;
	VEC(struct dry_step) steps; /* in plan order */
	size_t left_out;            /* steps that --only passed over */
	size_t counts[DRY_VERDICTS];
};

void write_dry_text(
	FILE *file, const struct dry_report *report, const struct report_options *options);
void write_dry_json(FILE *file, const struct dry_report *report);

#endif
