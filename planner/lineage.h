/*
 * Lineages: which snapshots may refer to the same stored blocks, and along which way.
 * It must not know: prices, plans, what goes.
 *
 * A stored block is held by neighbours only: by a snapshot, the next one of its volume, the first
 * one of a volume that was made from it. So snapshots are cells of trees, and each block version is
 * held by a connected piece of one tree. Same-region copies hold exactly the blocks of their
 * source: they are one cell with it.
 * https://docs.aws.amazon.com/ebs/latest/userguide/how_snapshots_work.html
 */
#ifndef AMIPLAN_PLANNER_LINEAGE_H
#define AMIPLAN_PLANNER_LINEAGE_H

#include "graph.h"

typedef uint32_t cid; /* number of a cell; 0 is none */

#define BYTES_UNKNOWN UINT64_MAX

/* A snapshot with its same-region copies. */
struct cell {
	nid first;       /* the earliest of them */
	uint32_t family; /* number of its family */
	cid parent;      /* whose blocks it went on from: a smaller number, the same family; or 0 */
	uint32_t members;
	uint32_t binned : 31; /* of them, in the Recycle Bin */
	uint32_t loose : 1;   /* where its blocks came from is not known: 0 is not "nowhere" */
	uint64_t least;       /* bytes that it surely refers to; 0 if nobody says */
	uint64_t most;        /* bytes that it refers to at most; BYTES_UNKNOWN */
};
static_assert(sizeof(struct cell) == 40, "there is one for each snapshot");

/* All snapshots that may share blocks with one another. Nothing outside shares any with them. */
struct family {
	sid account, region;
	cid start, count; /* its cells are neighbours, in order of start time: parents first */
	uint32_t roots;   /* cells without a parent */
	uint32_t loose;   /* roots of unknown origin */
	bool unordered;   /* start times do not tell who is whose neighbour: none, or twice the same
			   */
	bool encrypted;
};

/* Lifetime: cost. Borrows the graph. */
struct lineages {
	const struct graph *graph;
	VEC(struct cell) cells; /* 1 … count - 1 */
	VEC(struct family) families;
	cid *of_row; /* by row of the snapshot: its cell */
};

/* True if the node is counted: a snapshot that is or may be ours. */
typedef bool lineage_member(const void *context, nid snapshot);

void lineages_make(struct lineages *lineages, const struct graph *graph, lineage_member *member,
	const void *context);
void lineages_release(struct lineages *lineages);

/* The cell of a node; 0: it is no snapshot of ours in the standard tier. */
cid lineage_cell(const struct lineages *lineages, nid n);

/*
 * True if every neighbour of a cell is its parent or its child. A root of unknown origin may have
 * come from any other tree of the family, so it must be the only root.
 */
static inline bool
family_is_tree(const struct family *family)
{
	return !family->unordered && (family->loose == 0 || family->roots == 1);
}

/* In the Recycle Bin: restorable, billed, and gone at its exit time. */
bool snapshot_is_binned(const struct graph *graph, nid snapshot);
/* In the archive tier: a full copy of its own, that shares nothing. */
bool snapshot_is_archived(const struct graph *graph, nid snapshot);

#endif
