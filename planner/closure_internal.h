/*
 * What the files of closure share: the problem as a network, its cuts, and the last touches.
 * It must not know: what the nodes stand for. Nothing but planner/closure*.c includes it.
 */
#ifndef AMIPLAN_PLANNER_CLOSURE_INTERNAL_H
#define AMIPLAN_PLANNER_CLOSURE_INTERNAL_H

#include "closure.h"

/* Cost times gain, both in units: below 2^127 by LIMIT_CLOSURE_GAIN. */
__extension__ typedef __int128 closure_product;

/*
 * A problem with its arcs in both directions, sorted, so that the order in which they were added
 * has no influence. `cost` is what is to be kept low: weights or steps. Lifetime: one question.
 */
struct network {
	uint32_t count;
	const uint32_t *cost; /* these two by node; borrowed */
	const uint64_t *gain;
	size_t *needs;    /* by node: its arcs are needs[n] to before needs[n + 1] */
	uint32_t *needed; /* by arc */
	size_t *uses;     /* by node: the arcs that lead to it, as `needs` */
	uint32_t *user;   /* by use: who needs the node */
	size_t *arc;      /* by use: that arc's number */
};

void network_init(struct network *net, const struct closure *closure, const uint32_t *cost);
void network_release(struct network *net);

/* Where a node stands between two corners of the hull. */
enum place {
	PLACE_IN,   /* in the lower one, and so in every greater */
	PLACE_OPEN, /* in the upper one only */
	PLACE_OUT,  /* in none up to the upper one */
};

/* On which side of the cuts an open node lies. */
enum side {
	SIDE_SMALLEST, /* in every best set */
	SIDE_GREATEST, /* in the greatest best set only */
	SIDE_OUTSIDE,  /* in none */
};

struct cut;

struct cut *cut_new(const struct network *net);
void cut_free(struct cut *cut);

/*
 * Which open nodes lower gain_unit x cost - cost_unit x gain the most, those that are in being
 * there already. Sets `side` of every open node, and leaves the others' alone.
 */
void cut_make(struct cut *cut, const uint8_t *place, uint64_t cost_unit, uint64_t gain_unit,
	uint8_t *side);

/* A closed set in the making. */
struct choice {
	struct bitset has;
	uint64_t cost, gain;
};

/* Drops what a gain of `target` can do without, the dearest first. */
void choice_prune(const struct network *net, struct choice *choice, uint64_t target);
/* Adds what brings the most for its cost, until `target` is gained or nothing fits below `room`. */
void choice_fill(const struct network *net, struct choice *choice, uint64_t target, uint64_t room);

#endif
