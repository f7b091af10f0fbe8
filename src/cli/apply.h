/*
 * What the parts of `amiplan apply` share: the plan's steps that are acted on, and what becomes of
 * each. Private to apply_*.c and cmd_apply.c. It must not know: how AWS is called.
 */
#ifndef AMIPLAN_CLI_APPLY_H
#define AMIPLAN_CLI_APPLY_H

#include "dry_report.h"
#include "dry_run.h"
#include "fresh.h"
#include "show_progress.h"
#include "whoami.h"
#include "work.h"

/* A step that is acted on, beside its row of the report. */
struct todo {
	size_t index; /* in the plan */
	enum mutation mutation;
	struct provider *provider;
};

/* Somebody whom AWS sees, and in which account. */
struct actor {
	struct provider *provider;
	struct identity identity;
};

/* Lifetime: one verb. */
struct apply {
	struct request *request;
	struct saved_plan plan;
	struct live live;
	struct fresh fresh;
	struct dry_run run;
	struct progress progress;
	struct progress_show show;
	struct arena text;
	struct strpool names; /* ids of steps; numbers follow each other as the steps do */
	sid first_name;
	VEC(struct todo) todos;
	VEC(struct actor) actors;
	VEC(struct dry_run_item) items;
	struct dry_report report;
	const char *format;
};

/* --- apply_steps.c: the plan, checked ------------------------------------------------ */

/* Takes the steps that --only leaves into `todos` and the report. ERR_VALUE: the plan is none that
 * can be acted on. */
int apply_take_steps(struct apply *apply, struct err *err);
/* Reads step `i` of those that are acted on. What names its resource lives as long as the report,
 * the rest as long as `arena`. */
void apply_read_step(
	const struct apply *apply, size_t i, struct arena *arena, struct view_step *out);
/* The row of the step of that id, or NULL if it is not acted on. */
const struct dry_step *apply_find_step(const struct apply *apply, const char *id);

/* --- apply_judge.c: what becomes of each step ---------------------------------------- */

/* After the fresh look: steps that still hold are put on the list of those to be asked about. */
void apply_judge_look(struct apply *apply);
/* After the dry run: the verdict of each step, counted. */
void apply_judge_answers(struct apply *apply);

#endif
