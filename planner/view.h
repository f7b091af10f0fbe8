/*
 * A plan as text and lists, item by item: what every writer, `verify` and `diff` read. It comes
 * from a fresh plan (view_of_plan) or from a saved plan file (src/report/plan_read). Nothing here
 * decides anything. It must not know: where it came from, or the format it will be written in.
 *
 * Items are made on demand into an arena, so that a plan of a million steps needs the memory of
 * one.
 */
#ifndef AMIPLAN_PLANNER_VIEW_H
#define AMIPLAN_PLANNER_VIEW_H

#include "arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of terminated texts. */
struct texts {
	const char **items;
	size_t count;
};

struct view_evidence {
	const char *edge, *from, *to, *source, *detail, *strength;
};

struct view_evidences {
	struct view_evidence *items;
	size_t count;
};

/*
 * Amounts are exact decimal text, NULL for unknown. Where something has no price, `max` is NULL,
 * and `priced` is the most that the rest can be. `level`: "exact", "blocks", "range" (cost.h).
 */
struct view_money {
	const char *min, *max, *priced, *level;
};

enum cost_part {
#define PART(name, word, title) name,
#include "cost_parts.def"
#undef PART
	COST_PARTS
};

/* What a month costs. */
struct view_sheet {
	struct view_money parts[COST_PARTS], total;
};

/* Something that costs and has no known price. */
struct view_unpriced {
	const char *what, *region, *example; /* region: "" unknown; example: an id */
	const char *estimate;                /* what stands in for it; NULL: nothing */
	uint64_t items;
};

#define VIEW_PHASES 3

/* Cost before and after; NULL texts and amounts where no price list was applied. */
struct view_cost {
	const char *prices_source, *prices_date;
	const char *bill_month; /* "2026-10"; NULL: no bill was read */
	struct view_sheet before, after_phase[VIEW_PHASES];
	struct view_money monthly_saving_usd, one_off_usd;
	/* What lies in the Recycle Bin leaves it by then, and so much is saved; NULL: nothing does.
	 */
	const char *bin_exit;
	struct view_money saving_after_bin;
	struct view_unpriced *unpriced;
	size_t unpriced_count;
};

/* What goes on costing: one thing, or all of a kind in a place that nobody selected. */
struct view_continuing {
	const char *resource; /* NULL: several */
	uint64_t items;
	const char *kind, *account, *region;
	const char *why;  /* "not-selected", "blocked", "kept", "recycle-bin", "stays" */
	const char *rule; /* of a blocked or kept one; else NULL */
	struct view_money monthly_usd;
};

struct view_step {
	const char *id;                                          /* "deregister-image:ami-…" */
	uint32_t order;                                          /* from 1 */
	uint32_t phase;                                          /* 1, 2, 3 */
	const char *action, *resource, *name, *account, *region; /* name: "" if none */
	struct texts depends_on;
	const char *because;
	struct view_evidences evidence;
	struct texts warnings;
	struct view_money monthly_saving_usd; /* if it alone is done */
	struct view_money share_usd; /* its part of the plan's saving: the parts add up to it */
	const char *facts;           /* compact JSON with sorted keys */
	const char *seen;            /* "sha256:…" of facts */
	const char *definition;      /* JSON; NULL except for deregister-image */
	const char *reversible;
};

/* Members of a step that are most of the work to make: only who asks for them gets them. */
enum step_part {
	STEP_BRIEF = 0, /* none of them: the step as people see it */
	STEP_FACTS = 1 << 0,
	STEP_SEEN = 1 << 1,
	STEP_DEFINITION = 1 << 2,
	STEP_WHOLE = STEP_FACTS | STEP_SEEN | STEP_DEFINITION
};

/* What a step acts on, and where: without the reasons, for who looks at all steps beforehand. */
struct view_target {
	const char *action, *resource, *account, *region;
};

struct view_also {
	const char *rule, *class, *reason, *remedy;
	struct texts by;
};

struct view_alsos {
	struct view_also *items;
	size_t count;
};

struct view_blocked {
	const char *resource, *action, *rule, *class, *reason, *remedy;
	struct texts by;
	struct view_evidences evidence;
	const char *source; /* URL */
	struct view_alsos also;
};

struct view_kept {
	const char *resource, *rule, *reason;
	struct texts by;
	struct view_alsos also;
};

struct view_warning {
	const char *code;
	const char *resource; /* id, "ACCOUNT/REGION" or NULL */
	const char *text;
};

struct view_document {
	const char *path, *kind, *account, *region; /* account and region: "" unknown */
	uint64_t records;
	bool complete;
	const char *sha256; /* 64 hex digits */
};

struct view_coverage {
	const char *account, *region, *kind, *status;
};

struct view_counts {
	uint64_t total, go, blocked, kept, not_selected; /* go: deregister, delete, terminate */
};

/* How the steps were chosen by money among all that might go; what they save is the cost's
 * monthly_saving_usd: its min, or, if the choice is by_most, its priced. */
struct view_choice {
	const char *save_usd;   /* asked for; NULL: the most that max_steps save */
	bool by_most;           /* --save-by most: what may be freed, not what surely is */
	uint64_t max_steps;     /* without save_usd */
	uint64_t images, steps; /* that might go */
	uint64_t disturbance;   /* of what goes */
	uint64_t least;         /* with save_usd: no choice disturbs less */
	const char *most_usd;   /* without: no choice saves more; NULL: unknown */
};

struct plan_view {
	const char *tool_version;
	const char *as_of;
	struct texts accounts, regions;
	const char *inventory_digest; /* "sha256:…" */
	const char *selection;        /* compact JSON, keys in the order of docs/plan.schema.json */
	struct view_counts images, snapshots, instances;
	uint64_t summary_steps; /* as the summary says; step_count is how many there are */
	struct view_cost cost;
	const struct view_choice *choice; /* NULL: all that may go does */
	size_t document_count, coverage_count, step_count, blocked_count, kept_count, warning_count,
		continuing_count;
	/* Item i of each list, borrowed from `arena` until the caller clears it. */
	void (*document)(const struct plan_view *view, size_t i, struct arena *arena,
		struct view_document *out);
	void (*coverage)(const struct plan_view *view, size_t i, struct arena *arena,
		struct view_coverage *out);
	/* `parts` of enum step_part: those that are not asked for are NULL. */
	void (*step)(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
		struct view_step *out);
	void (*target)(const struct plan_view *view, size_t i, struct arena *arena,
		struct view_target *out); /* of step i */
	void (*blocked)(const struct plan_view *view, size_t i, struct arena *arena,
		struct view_blocked *out);
	void (*kept)(
		const struct plan_view *view, size_t i, struct arena *arena, struct view_kept *out);
	void (*warning)(const struct plan_view *view, size_t i, struct arena *arena,
		struct view_warning *out);
	void (*continuing)(const struct plan_view *view, size_t i, struct arena *arena,
		struct view_continuing *out);
	void (*release)(struct plan_view *view); /* frees `from`; view_release calls it */
	const void *from;                        /* the implementation's own */
	struct arena arena;                      /* owns the texts above */
};

/* Tags that rules look at, whatever the policy: how their keys begin, and whole keys; NULL ends.
 * The facts of a step hold those that are there. */
extern const char *const watched_tag_prefixes[], *const watched_tag_keys[];

/* A call of a collection that was not answered, or not in full. */
struct view_failure {
	const char *action;         /* as IAM names it: "ec2:DescribeFleets"; "" not told */
	const char *code, *message; /* of AWS or the transport: hostile; "" none */
	bool denied;                /* IAM lacks the action */
};

/* One thing that is missing from the inventory: `plan --missing`, once per account, region and
 * kind. */
struct view_missing {
	const char *account, *region; /* "" unknown */
	const char *kind;             /* "launch-templates", … */
	const char *status;           /* "absent", "partial", "denied" */
	const char *why;              /* one sentence */
	const char *command;   /* the `aws` command, without --region and --output; ID or NAME stand
				  in it where `subjects` go */
	struct texts subjects; /* the ids or names to ask for, if the command asks for one */
	size_t blocks;         /* items of the plan that this gap blocks */
	bool needed;           /* false: a warning only */
	const struct view_failure *failures; /* what the collection met where it tried */
	size_t failure_count;
};

struct view_missings {
	struct view_missing *items;
	size_t count;
};

/* What `explain` says of one resource. */
struct view_explanation {
	const char *resource, *kind, *name, *account, *region, *state, *owner;
	bool defined;        /* false: only mentioned */
	const char *fate;    /* "step", "blocked", "kept", "not selected", "not an item" */
	const char *verdict; /* one sentence */
	struct view_evidences refers_to;   /* edges from it */
	struct view_evidences referred_by; /* edges to it */
	struct view_alsos
		rules;      /* every rule that speaks, whether selected or not, in table order */
	struct texts facts; /* "created 2024-01-01T00:00:00Z", … one a line */
};

#endif
