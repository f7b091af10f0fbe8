/*
 * The cost of a plan for itself: totals, groups, what pins the money; four formats.
 * It must not know: how any amount came about, or the command line.
 */
#ifndef AMIPLAN_REPORT_COST_REPORT_H
#define AMIPLAN_REPORT_COST_REPORT_H

#include "decimal.h"
#include "report.h"

enum cost_by { BY_NOTHING, BY_REGION, BY_ACCOUNT, BY_AMI, BY_TAG, BY_RULE, BY_PIN };

/* What to group by. `tag_of` (BY_TAG): the value of the tag on a resource, NULL for none. */
struct cost_grouping {
	enum cost_by by;
	const char *tag;
	const char *(*tag_of)(void *context, const char *resource);
	void *context;
};

/* Amounts added up: at least `min`; at most `max`, and what has no known price. */
struct cost_sum {
	struct decimal min, max;
	bool unknown;
};
void cost_sum_add(struct cost_sum *sum, const struct view_money *money);
/* As one would write an amount; texts in the arena. */
struct view_money cost_sum_money(const struct cost_sum *sum, struct arena *arena);

/* One group: what its steps save together, and what of it goes on costing. */
struct cost_row {
	const char *group;
	uint64_t steps, continuing;
	struct cost_sum saving, left;
};

/* One kept or blocked item, what it holds, and the smallest set of references that keeps it. */
struct cost_pin {
	const char *resource, *rule;
	uint64_t items; /* resources that cost because of it */
	struct cost_sum left;
	struct texts references;
};

/* Lifetime: one report. */
struct cost_groups {
	struct arena arena;
	VEC(struct cost_row) rows; /* the dearest first; BY_NOTHING: none */
	VEC(struct cost_pin) pins; /* BY_PIN: the dearest first */
};
void cost_groups_make(struct cost_groups *groups, const struct plan_view *view,
	const struct cost_grouping *grouping);
void cost_pins_make(struct cost_groups *groups, const struct plan_view *view);
void cost_groups_release(struct cost_groups *groups);

/* "text", "json", "csv", "markdown". */
void write_cost(FILE *file, const char *format, const struct plan_view *view,
	const struct cost_grouping *grouping, const struct report_options *options);
void write_cost_json(FILE *file, const struct plan_view *view, const struct cost_groups *groups,
	const struct cost_grouping *grouping);
/* Another writer's part: the amount as a member. */
struct json_writer;
void cost_json_money(struct json_writer *w, const char *name, const struct view_money *money);
void cost_json_totals(struct json_writer *w, const struct view_cost *cost);

#endif
