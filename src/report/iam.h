/*
 * IAM policies with the least that collecting and carrying out a plan need.
 * It must not know: how AWS is called. Which actions that takes its user says.
 */
#ifndef AMIPLAN_REPORT_IAM_H
#define AMIPLAN_REPORT_IAM_H

#include "report.h"

struct iam_action {
	const char *name;    /* "ec2:DescribeImages" */
	const char *through; /* the service that calls it for the caller; NULL: the caller does */
};

/* What a plan's steps need. */
struct iam_mutation {
	const char *word;     /* of the plan: "deregister-image" */
	const char *action;   /* EC2's: "DeregisterImage" */
	const char *arn_type; /* "image" */
	bool arn_has_account;
};

struct iam_needs {
	/* Of the verbs' calls, in any order; the same one may stand there twice. `blocks`: of
	 * collect --blocks, `prices`: of prices --refresh. */
	const struct iam_action *collect, *look, *blocks, *prices;
	size_t collect_count, look_count, blocks_count, prices_count;
	const struct iam_mutation *mutations;
	size_t mutation_count;
	const char *(*partition)(const char *region); /* "aws" */
};

/* One JSON document, policies by name: for collecting; for block lists, where snapshots go; for
 * prices; and for each account that has steps. */
void write_iam_policies(FILE *file, const struct plan_view *view, const struct iam_needs *needs);

#endif
