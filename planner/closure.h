/*
 * Choosing what to let go: the maximum closure problem, solved by minimum cuts.
 * It must not know: AWS, money, plans. Nodes are numbers; what they stand for is the caller's.
 *
 * A node costs weight and steps, brings gain, and needs other nodes: a set is closed if it has all
 * that its nodes need. A thing to let go is a node with a weight; a gain that only several of them
 * bring together is a node without weight and steps that needs them all. Of closed sets, the one
 * that minimises weight - lambda x gain is a minimum cut (Picard 1976). Those sets grow with
 * lambda, and are the corners of the lower convex hull of all (gain, weight): below the hull there
 * is no closed set.
 */
#ifndef AMIPLAN_PLANNER_CLOSURE_H
#define AMIPLAN_PLANNER_CLOSURE_H

#include "bitset.h"
#include "vec.h"

struct closure_arc {
	uint32_t node, needed;
};

/* A problem. Lifetime: its owner's. Zero-initialise; closure_release. The members are closure.c's.
 */
struct closure {
	VEC(uint32_t) weight; /* these three by node */
	VEC(uint32_t) steps;
	VEC(uint64_t) gain;
	VEC(struct closure_arc) arcs;
	uint64_t total_gain;
};

/*
 * A closed set. `bound` is proven: closure_save's is the least weight, closure_most's the greatest
 * gain, that any closed set of what was asked for could have. If it is the set's own, the set is a
 * best one.
 */
struct closure_choice {
	struct bitset chosen; /* by node */
	uint64_t weight, steps, gain;
	uint64_t bound;
};

/*
 * A new node; numbers count from 0. The gains of a problem add up to LIMIT_CLOSURE_GAIN: what would
 * lead beyond it is cut off, so that gains err on the low side. Weights and steps cannot overflow.
 */
uint32_t closure_add(struct closure *closure, uint32_t weight, uint32_t steps, uint64_t gain);

/* Adds to the gain of a node that exists, cut off in the same way. */
void closure_bring(struct closure *closure, uint32_t node, uint64_t gain);

/* Who chooses `node` must choose `needed`. Both exist. Nodes may need each other in a circle: then
 * they go together. Twice is once. */
void closure_need(struct closure *closure, uint32_t node, uint32_t needed);

/* All that any closed set can gain. */
static inline uint64_t
closure_reach(const struct closure *closure)
{
	return closure->total_gain;
}

/*
 * A light set that gains at least `target`, from which no node of weight can be dropped (with all
 * that need it) without falling short. False, `out` untouched, if `target` is beyond
 * closure_reach.
 */
bool closure_save(const struct closure *closure, uint64_t target, struct closure_choice *out);

/* A set of great gain that has at most `max_steps` steps. */
void closure_most(const struct closure *closure, uint64_t max_steps, struct closure_choice *out);

/*
 * Of the sets that minimise gain_unit x weight - weight_unit x gain, the smallest and the greatest:
 * lambda is weight_unit / gain_unit, and gain_unit is not 0. Their bounds are their weights: they
 * are corners of the hull. Units: at most all weight, LIMIT_CLOSURE_GAIN.
 */
void closure_cut(const struct closure *closure, uint64_t weight_unit, uint64_t gain_unit,
	struct closure_choice *smallest, struct closure_choice *greatest);

/* Also of a zeroed choice. */
void closure_choice_release(struct closure_choice *choice);
void closure_release(struct closure *closure);

#endif
