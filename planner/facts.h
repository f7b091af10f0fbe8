/*
 * What a step's decision rests on, as compact JSON with sorted keys, and whether it still holds.
 * The SHA-256 of it is the step's `seen`. It must not know: rules, where a later look comes from.
 */
#ifndef AMIPLAN_PLANNER_FACTS_H
#define AMIPLAN_PLANNER_FACTS_H

#include "arena.h"
#include "buf.h"
#include "graph.h"
#include "policy.h"

/* The facts of an AMI, a snapshot or an instance. Of its tags those that a rule or an option of
 * the policy looks at. */
const char *facts_of(
	const struct graph *graph, const struct policy *policy, nid item, struct arena *arena);

/* True if those who made the facts had read that member: it is there, and not null or "unread". */
bool facts_tell(const char *facts, const char *name);

/*
 * Compares what both have read: true if the world has moved, with what changed appended to `why` as
 * clauses joined by "; ". What nobody had read then counts where it speaks against the step now
 * (a lock, a protection, a launch), as does whoever has come to use the thing; who no longer uses
 * it does not. Texts of AWS stand in `why` as they are.
 */
bool facts_differ(const char *then, const char *now, struct buf *why);

#endif
