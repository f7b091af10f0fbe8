/*
 * What the scripts have in common: for which account and regions, what a plan saw of a resource,
 * and the steps one a line. It must not know: any script's language.
 */
#ifndef AMIPLAN_REPORT_SCRIPT_H
#define AMIPLAN_REPORT_SCRIPT_H

#include "digest.h"
#include "report.h"

enum { SCRIPT_PHASES = 3 };

/* What a script is about. Lifetime: its arena's. */
struct script {
	const struct plan_view *view;
	const struct report_options *options;
	const char *account;           /* "" if the plan has no step */
	struct texts regions;          /* sorted */
	uint64_t steps[SCRIPT_PHASES]; /* how many deregister, delete, terminate */
	char digest[DIGEST_TEXT_SIZE]; /* of the plan file */
};

/*
 * Looks at every step: all are of one account, or options->account says of which; regions and ids
 * have their documented patterns. Else an error that says what to do. Does not fill in the digest.
 */
int script_scan(const struct plan_view *view, const struct report_options *options,
	struct arena *arena, struct script *script, struct err *err);
/* For a writer: script_scan has succeeded before (plan_format.check), and the digest is filled in.
 */
void script_begin(const struct plan_view *view, const struct report_options *options,
	struct arena *arena, struct script *script);

/* The steps of the script, in order, one call each, with `parts` of enum step_part; the calls run
 * side by side, each into a stream of its own. `before` is the step before it in the plan, "" if it
 * is the first. */
typedef void script_put(FILE *file, const struct script *script, const struct view_target *before,
	const struct view_step *step, struct arena *arena);
void script_put_steps(FILE *file, const struct script *script, unsigned parts, script_put *put);

/* The parts of any bash script (script_sh.c): its head with plan, account and regions; the
 * functions of script_common.sh; the end of a step's line, with the resource's name as a comment.
 */
void script_put_bash_head(
	FILE *file, const struct script *script, const char *tool, const char *about);
void script_put_bash_common(FILE *file);
void script_put_bash_name(FILE *file, const char *name);

/* Whether they may stand in a script or a link: a region, an id of an AMI, snapshot or instance. */
bool script_is_place(const char *region);
bool script_is_resource(const char *id);

/* Lines of a text that the Makefile made from a file. */
void script_put_lines(FILE *file, const char *const *lines, size_t count);

/* What a later look at a resource is compared with, from view_step.facts. NULL, or no list: the
 * plan did not see it. Lists are sorted, with commas between. */
struct script_facts {
	const char *owner, *state, *protection, *last_launched;
	const char *is_public; /* "true" or "false" */
	const char *shared;    /* accounts, organisations, "all" */
	const char *snapshots; /* that an AMI maps */
	const char *images;    /* that map a snapshot, or that an instance was launched from */
	const char *instances; /* among the referrers */
	const char *member_of;
	struct texts tags; /* KEY, VALUE, KEY, VALUE …: those that rules and options look at */
};
void script_read_facts(const char *json_text, struct arena *arena, struct script_facts *facts);

/* Keys of the tags that the options of this plan look at; for those of the rules see view.h. */
struct texts script_option_tags(const struct plan_view *view, struct arena *arena);

/* A JSON value in ASCII alone: what is not, as \u escapes. */
const char *script_ascii(struct arena *arena, struct slice json);

#endif
