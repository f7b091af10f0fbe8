/*
 * Proves a plan safe against a graph, by code that shares nothing with the planner: it reads the
 * plan as anybody would and asks of every step, from the graph alone, whether doing it in this
 * order destroys something still needed. It must not know: how plans are made. It includes view.h
 * and graph.h, and calls no function of planner/.
 */
#ifndef AMIPLAN_PLANNER_VERIFY_H
#define AMIPLAN_PLANNER_VERIFY_H

#include "civil.h"
#include "graph.h"
#include "view.h"

/* What the plan records of how it was made (its `selection`), parsed by the caller. Texts are
 * borrowed. */
struct verify_terms {
	int64_t as_of;
	bool as_of_derived;        /* nobody gave it: it is what the plan's own inventory tells */
	VEC(const char *) accepts; /* "RULE" or "RULE=ID" */
	VEC(const char *) assumed; /* coverage kinds by word, or "all" */
	VEC(const char *) require; /* coverage kinds by word: a gap is a danger */
	VEC(const char *) protect_tags;     /* "KEY" or "KEY=GLOB" */
	VEC(const char *) in_use_selectors; /* as given: "tag:KEY=GLOB", "name=GLOB,all" */
	VEC(const char *) amis;             /* --ami */
	VEC(const char *) names;            /* globs */
	VEC(const char *) tags;             /* "KEY" or "KEY=GLOB" */
	VEC(const char *) architectures;
	VEC(const char *) only;                  /* "ACCOUNT" or "ACCOUNT/REGION" */
	struct age older_than, not_launched_for; /* all zero: no limit */
	uint32_t keep_last;                      /* 0: off */
	const char *group_by;    /* "name-prefix" or "tag:KEY,KEY"; NULL: not recorded */
	uint32_t template_depth; /* UINT32_MAX: all */
	const char *save;        /* --save; NULL: not given */
	const char *save_by;     /* "most" or "sure"; NULL: sure */
	int64_t max_steps;       /* -1: no cap */
	bool max_saving;
	bool same_inventory; /* the plan's inventory.digest is this inventory's */
};

/* VERIFY_CHANGED: safe, though the world has moved since the plan was made. */
enum verify_result {
	VERIFY_SAFE,
	VERIFY_CHANGED,
	VERIFY_ALREADY_GONE,
	VERIFY_DOUBTFUL, /* of the plan as a whole: no proof against it, but worth a second look */
	VERIFY_UNSAFE
};

/* One finding a step at the most, plus findings about the plan as a whole (step NULL). */
struct verify_finding {
	enum verify_result result;
	const char *step;     /* step id, or NULL */
	const char *resource; /* or NULL */
	const char *rule;     /* rule word, or "order", "unknown-action", "listed-twice", "absent",
				 "changed", "not-selected", "as-of" */
	const char *text;     /* one sentence */
};

struct verify_report {
	struct arena arena;
	VEC(struct verify_finding) findings; /* all but SAFE ones, in plan order */
	size_t safe, gone, unsafe;
	size_t changed; /* of the safe ones */
};

/* Fills `report`. ERR_UNCHECKED when the plan cannot be judged at all (a place without any
 * coverage, an action not known). */
int verify_plan(const struct plan_view *plan, const struct verify_terms *terms,
	const struct graph *graph, struct verify_report *report, struct err *err);
void verify_report_release(struct verify_report *report);

#endif
