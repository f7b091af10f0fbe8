/*
 * Which block lists would make a saving exact: those of what goes, and towards its neighbours.
 * It must not know: how lists are read, prices.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-accessing-snapshot.html
 */
#ifndef AMIPLAN_PLANNER_COST_NEEDS_H
#define AMIPLAN_PLANNER_COST_NEEDS_H

#include "graph.h"

/* A list that nobody read yet. */
struct block_need {
	nid first; /* 0: all blocks of `second`; else what changed from it to `second` */
	nid second;
	uint64_t blocks; /* that the list has at most */
};

/* Lifetime: its owner's. */
struct block_needs {
	VEC(struct block_need) items; /* by lineage, parents first: the same for the same graph */
	VEC(nid) hidden; /* that EBS lists no blocks of: pending, failed, in the Recycle Bin */
	uint64_t read;   /* lists that are needed and that the graph has */
};

/* `goes` by nid: the snapshots that are to be deleted. */
void block_needs_find(const struct graph *graph, const bool *goes, struct block_needs *out);
void block_needs_release(struct block_needs *needs);

#endif
