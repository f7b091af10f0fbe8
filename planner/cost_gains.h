/*
 * What sets of steps free a month, as gains of a choice. Nobody outside planner/ includes it.
 * It must not know: what is chosen, or why.
 */
#ifndef AMIPLAN_PLANNER_COST_GAINS_H
#define AMIPLAN_PLANNER_COST_GAINS_H

#include "bitset.h"
#include "closure.h"
#include "cost.h"

#define NO_NODE UINT32_MAX

/* Gains are in nano-dollars a month. */
#define NANOS_PER_CENT 10000000u

/* What surely is freed is no sum over the steps. So there are two: one that no set of steps falls
 * short of, and one that none exceeds. */
enum gain_side { GAIN_AT_LEAST, GAIN_AT_MOST };

/* Adds gains to a problem whose nodes are the steps of the cost's plan: `node_of` by nid, several
 * steps may share one. */
void gains_add(const struct cost *cost, enum gain_side side, const uint32_t *node_of,
	struct closure *closure);

/* What the plan's cost would say is surely saved a month if of its steps only those of `going` (by
 * nid) were done. */
struct money gains_of(const struct cost *cost, const struct bitset *going);

/* Whole nano-dollars in it, rounded down for what is surely freed, up for what is freed at most. */
uint64_t gains_nanos(struct money money, enum gain_side side);
struct money gains_money(uint64_t nanos);

#endif
