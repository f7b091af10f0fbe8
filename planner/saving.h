/*
 * Choosing by money: of all steps that a plan may have, those that save so much a month and disturb
 * least, or those that save most within so many steps; surely, or at most. docs/choosing.md has the
 * model.
 * It must not know: options, formats.
 */
#ifndef AMIPLAN_PLANNER_SAVING_H
#define AMIPLAN_PLANNER_SAVING_H

#include "bitset.h"
#include "cost.h"

/* What was chosen. Lifetime: its owner's, longer than the plan that is made with it. */
struct saving {
	struct bitset spared;   /* by nid: might go, and does not */
	struct money freed;     /* a month, by what goes; this and what follows as --save-by says */
	struct money most;      /* --max-saving: no set of so many steps frees more */
	uint64_t disturbance;   /* of what goes */
	uint64_t least;         /* --save: no set that frees so much disturbs less */
	uint64_t images, steps; /* that might go */
};

/*
 * Chooses among the steps of a plan that has all that may go (plan_make of a policy that chooses),
 * by its cost. ERR_SAVING if all of them together do not save what is asked for.
 */
int saving_choose(const struct cost *cost, struct saving *out, struct err *err);
void saving_release(struct saving *saving);

#endif
