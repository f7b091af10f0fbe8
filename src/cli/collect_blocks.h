/*
 * amiplan collect --blocks PLAN: the block lists that make a plan's saving exact.
 * It must not know: how lists are read, how a saving is counted.
 */
#ifndef AMIPLAN_CLI_COLLECT_BLOCKS_H
#define AMIPLAN_CLI_COLLECT_BLOCKS_H

#include "request.h"

/* The rest of cmd_collect where --blocks is given. */
int collect_blocks(struct request *request, int *status, struct err *err);

#endif
