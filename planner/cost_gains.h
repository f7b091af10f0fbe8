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

/* What is freed, surely or at most, is no sum over the steps. So there are two: one that no set of
 * steps falls short of, and one that none exceeds. */
enum gain_side { GAIN_AT_LEAST, GAIN_AT_MOST };

/* Adds gains, of what is freed by this measure, to a problem whose nodes are the steps of the
 * cost's plan: `node_of` by nid, several steps may share one. */
void gains_add(const struct cost *cost, enum save_by by, enum gain_side side,
	const uint32_t *node_of, struct closure *closure);

/* What the plan's cost would say is saved a month by this measure if of its steps only those of
 * `going` (by nid) were done. */
struct money gains_of(const struct cost *cost, enum save_by by, const struct bitset *going);

/* The end of a range that counts. */
struct money gains_measure(const struct amount *amount, enum save_by by);

/* Whole nano-dollars in it, rounded down for what no set falls short of, up for the other. */
uint64_t gains_nanos(struct money money, enum gain_side side);
struct money gains_money(uint64_t nanos);

#endif
