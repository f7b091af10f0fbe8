/*
 * What an inventory costs a month and what a plan saves, with how sure each number is. A const plan
 * and a price book in, amounts out; docs/cost.md explains the model.
 * It must not know: files, formats, where prices come from.
 */
#ifndef AMIPLAN_PLANNER_COST_H
#define AMIPLAN_PLANNER_COST_H

#include "billed.h"
#include "plan.h"
#include "prices.h"

struct cost; /* Lifetime: plan. Borrows the plan, the book and the bill. */

/* `bill` may be NULL. */
struct cost *cost_make(
	const struct plan *plan, const struct price_book *book, const struct billed_table *bill);
void cost_free(struct cost *cost);

/* How a number is known; a later one is weaker. */
#define COST_LEVELS(X)                                                                             \
	X(EXACT, "exact")   /* counted, or a list price of what is billed as a whole */            \
	X(BLOCKS, "blocks") /* blocks were counted, but there may be relatives: at most so much */ \
	X(BILLED, "billed") /* what a bill says of its month, at list price */                     \
	X(RANGE, "range")   /* from full sizes, and what may survive */
enum cost_level {
#define X(name, word) LEVEL_##name,
	COST_LEVELS(X)
#undef X
};
const char *cost_level_word(enum cost_level level);

/*
 * US dollars, a month or once. The truth lies from min to max; max is unknown where something in it
 * has no price, and then `priced` is the most that what has a price can be.
 */
struct amount {
	struct money min, max, priced;
	enum cost_level level;
};

/* A month's cost by parts; blocks that two parts share stand in the first of them. */
struct sheet {
	struct amount parts[COST_PARTS], total;
};

/* Something that costs and has no known price. */
struct unpriced {
	sid region;
	const char *what; /* "linux_on_demand_hour.p5.48xlarge", "its size" */
	const char
		*estimate; /* what stands in for it in all sums; NULL: nothing, they are unknown */
	nid example;
	uint64_t items;
};

/*
 * What goes on costing: one resource, and why it stays; or, of instances and volumes that nobody
 * selected, all of a place together.
 */
enum continuing_why {
	WHY_NOT_SELECTED,
	WHY_BLOCKED,
	WHY_KEPT,
	WHY_BINNED, /* in the Recycle Bin until its exit time */
	WHY_STAYS,  /* its instance goes, it does not: a volume, an Elastic IP address */
};

struct continuing {
	nid node;     /* or the first of them */
	uint32_t sum; /* of several: 1 + number of their sum; else 0 */
	uint32_t items;
	uint8_t why; /* enum continuing_why */
};

/* The whole, made once. */
struct cost_totals {
	struct sheet before, after[3]; /* after phase 1, 2, 3 */
	struct amount saving, one_off;
	struct amount saving_later; /* once what lies in the Recycle Bin has left it */
	int64_t bin_exit;           /* when that is; TIME_NONE: saving_later is saving */
	const struct unpriced *unpriced;
	size_t unpriced_count;
	const struct continuing *continuing; /* by kind, account, region, id */
	size_t continuing_count;
};
const struct cost_totals *cost_totals(const struct cost *cost);
const struct price_book *cost_book(const struct cost *cost);
const struct billed_table *cost_bill(const struct cost *cost); /* NULL: none */
const struct graph *cost_graph(const struct cost *cost);

/* What a step saves if it alone is done; a step of an AMI nothing. */
struct amount cost_of_step(const struct cost *cost, nid item);
/*
 * Its part of what all steps save together: what several free only together counts with one of
 * them, so the shares add up to the saving.
 */
struct amount cost_share_of_step(const struct cost *cost, nid item);
/* What it goes on costing, by itself: blocks that others hold as well included. */
struct amount cost_of_continuing(const struct cost *cost, const struct continuing *item);

#endif
