/*
 * Which IAM actions the calls of this tool need, from the tables of the calls.
 * It must not know: how a policy is written.
 */
#ifndef AMIPLAN_CLI_IAM_NEEDS_H
#define AMIPLAN_CLI_IAM_NEEDS_H

#include "iam.h"

/* `needs` borrows from `arena`. */
void iam_needs_fill(struct iam_needs *needs, struct arena *arena);

#endif
