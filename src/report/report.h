/*
 * Writers: a view, an explanation, a difference, a graph → one format on a stream. And back: a
 * saved plan → a view. Errors of the stream are the caller's to check (out_commit does). It must
 * not know: how anything was decided, or the command line.
 */
#ifndef AMIPLAN_REPORT_REPORT_H
#define AMIPLAN_REPORT_REPORT_H

#include "digest.h"
#include "plan.h"
#include "verify.h"
#include <stdio.h>

struct report_options {
	bool color; /* ANSI colours: the caller has looked at --color, NO_COLOR and the terminal */
	bool verbose;       /* everything, not a few examples */
	unsigned width;     /* columns; 0: 80 */
	const char *digest; /* "sha256:…" of the plan file, where it is known already; or NULL */
	/* Of a plan over several accounts, what a script is for (show --only); NULL: all there is.
	 */
	const char *account, *region;
};

/* THE format table (formats.c): one row a format of a plan. */
struct plan_format {
	const char *name;      /* "-T" */
	const char *extension; /* of -o FILE, or NULL */
	const char *file; /* in a bundle; '%' stands for the account, where there is one an account
			   */
	/* One of the two. Only what is laid out can fail. */
	void (*write)(
		FILE *file, const struct plan_view *view, const struct report_options *options);
	int (*draw)(FILE *file, const struct plan_view *view, const struct report_options *options,
		struct err *err);
	/* Asked before: whether this plan can be written so. NULL: any can. */
	int (*check)(const struct plan_view *view, const struct report_options *options,
		struct err *err);
};
/* Checks, then writes or draws. */
int plan_write(const struct plan_format *format, FILE *file, const struct plan_view *view,
	const struct report_options *options, struct err *err);
const struct plan_format *plan_formats(size_t *count);
const struct plan_format *plan_format_find(const char *name);
const struct plan_format *plan_format_for_file(const char *path); /* by extension; NULL if none */

void write_plan_json(
	FILE *file, const struct plan_view *view, const struct report_options *options);
void write_plan_text(
	FILE *file, const struct plan_view *view, const struct report_options *options);
void write_plan_markdown(
	FILE *file, const struct plan_view *view, const struct report_options *options);
void write_plan_csv(FILE *file, const struct plan_view *view, const struct report_options *options);
void write_plan_html(
	FILE *file, const struct plan_view *view, const struct report_options *options);

/* The documented process for the plan's AMIs, as a picture. */
int draw_plan_dot(FILE *file, const struct plan_view *view, const struct report_options *options,
	struct err *err);
int draw_plan_svg(FILE *file, const struct plan_view *view, const struct report_options *options,
	struct err *err);

/* Scripts act on one account: options->account says which, unless the plan has but one. */
int script_check(
	const struct plan_view *view, const struct report_options *options, struct err *err);
void write_plan_aws_cli(
	FILE *file, const struct plan_view *view, const struct report_options *options);
void write_plan_powershell(
	FILE *file, const struct plan_view *view, const struct report_options *options);
void write_plan_undo(
	FILE *file, const struct plan_view *view, const struct report_options *options);
/* Checklists as the AWS page has them, for the new and the old console. */
void write_plan_console(
	FILE *file, const struct plan_view *view, const struct report_options *options);
void write_plan_console_old(
	FILE *file, const struct plan_view *view, const struct report_options *options);

/* The digest of the plan file: options->digest, or that of what write_plan_json writes. */
void plan_digest(const struct plan_view *view, const struct report_options *options,
	char out[DIGEST_TEXT_SIZE]);

/* What is missing: first part of the text report, and `plan --missing`. */
void write_missing_text(
	FILE *file, const struct view_missings *missing, const struct report_options *options);
void write_missing_json(FILE *file, const struct view_missings *missing);
/* A bash script that collects it (-T aws-cli): runs as it stands, saves ACCOUNT/REGION/KIND.json
 * under its first argument. */
void write_missing_script(FILE *file, const struct view_missings *missing);

void write_explanation_text(FILE *file, const struct view_explanation *explanation,
	const struct report_options *options);
void write_explanations_json(FILE *file, const struct view_explanation *explanations, size_t count);

void write_verify_text(
	FILE *file, const struct verify_report *report, const struct report_options *options);
void write_verify_json(FILE *file, const struct verify_report *report);

void write_rules_text(FILE *file, const struct report_options *options); /* plan --list-rules */
void write_rules_json(FILE *file);
void write_rules_markdown(FILE *file); /* docs/rules.md */

/* Differences. Order never counts. */
struct diff;
struct diff *diff_plans(const struct plan_view *old, const struct plan_view *new);
struct diff *diff_graphs(const struct graph *old, const struct graph *new);
bool diff_is_empty(const struct diff *diff);
void write_diff_text(FILE *file, const struct diff *diff, const struct report_options *options);
void write_diff_json(FILE *file, const struct diff *diff);
void diff_free(struct diff *diff);

/* The dependency graph. With a plan, fates are colours: `plan` for a fresh one, `fate` for a saved
 * one; both may be NULL. */
struct graph_options {
	const char *const *focus; /* ids; none: everything */
	size_t focus_count;
	unsigned depth; /* edges away from a focus; 0: 2 */
	bool every;     /* as dot: each node is drawn, however many there are */
	const struct plan *plan;
	/* What a saved plan says of an id: "step", "blocked", "kept", or NULL. Asked where `plan`
	 * is NULL. May be NULL itself. */
	const char *(*fate)(void *fate_context, const char *id);
	/* Which rule keeps it, or NULL. Asked together with `fate`; may be NULL itself. */
	const char *(*rule)(void *fate_context, const char *id);
	void *fate_context;
};
/* As dot, svg, png or pdf. A graph too large to draw well is drawn by families: `collapsed` tells
 * (may be NULL). What is laid out is never drawn in full: options->every is for dot alone. */
int draw_dependencies(FILE *file, const char *format, const struct graph *graph,
	const struct graph_options *options, bool *collapsed, struct err *err);
int write_graph_json(FILE *file, const struct graph *graph, const struct graph_options *options,
	struct err *err);

/*
 * Reads a saved plan (format amiplan.plan/1) into a view. One clear error with line and column if
 * it is none, is damaged, or lacks a member. `bytes` is the whole file, borrowed until view_release
 * (show -T json gives it back).
 */
int plan_read(struct slice bytes, const char *name, struct plan_view *view, struct err *err);

/* What a plan records of how it was made, as far as somebody asks for it. Texts live in the arena
 * of plan_read_selection. */
struct plan_selection {
	struct texts amis;  /* --ami */
	struct texts names; /* globs */
	struct texts tags;  /* "KEY" or "KEY=GLOB" */
	struct texts architectures;
	struct texts protect_tags;                 /* "KEY" or "KEY=GLOB" */
	struct texts in_use_selectors;             /* as given: "tag:KEY=GLOB", "name=GLOB,all" */
	struct texts pins;                         /* paths, as given */
	struct texts accepts;                      /* "RULE" or "RULE=ID" */
	struct texts assume_complete;              /* coverage kinds by word */
	struct texts require;                      /* the same */
	struct texts only;                         /* "ACCOUNT" or "ACCOUNT/REGION" */
	struct texts accounts;                     /* those that are ours; none: nobody knows */
	const char *region;                        /* --region, or NULL */
	const char *older_than, *not_launched_for; /* ages, as given; NULL: no limit */
	const char *group_by;    /* "name-prefix" or "tag:KEY,KEY"; NULL without keep_last */
	uint32_t keep_last;      /* 0: off */
	uint32_t template_depth; /* UINT32_MAX: all */
	const char *save;        /* --save; NULL: not given */
	const char *save_by;     /* "most"; NULL: sure */
	int64_t max_steps;       /* -1: no cap */
	bool max_saving;
	bool as_of_given; /* --as-of */
};
/* THE reader of view->selection (plan_terms.c). An error names the member that is missing or of
 * another type; then `selection` is empty. `err` may be NULL. */
int plan_read_selection(const struct plan_view *view, struct arena *arena,
	struct plan_selection *selection, struct err *err);
/* What `verify` needs of it. The texts are borrowed from the selection. */
int plan_terms(const struct plan_view *view, const struct plan_selection *selection,
	struct verify_terms *terms, struct err *err);
void plan_terms_release(struct verify_terms *terms);

#endif
