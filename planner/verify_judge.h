/*
 * What the files of the proof (verify_*.c) share: the plan as far as it must be remembered, the
 * step under judgement, and the questions that one file asks of another. It must not know: how
 * plans are made. Nobody else includes it, and the family calls nothing of planner/ but itself.
 */
#ifndef AMIPLAN_PLANNER_VERIFY_JUDGE_H
#define AMIPLAN_PLANNER_VERIFY_JUDGE_H

#include "bitset.h"
#include "buf.h"
#include "verify.h"

enum action { DEREGISTER = 1, DELETE = 2, TERMINATE = 4 };

#define ACTIONS 3

#define DAY (INT64_C(24) * 3600) /* in seconds */

/* What an action may touch, and in which phase. */
struct action_row {
	const char *word;
	const char *prefix;
	enum action action;
	enum node_kind kind;
	enum doc_kind listing;
	uint32_t phase;
};

enum listing { NOT_LISTED, IN_STEPS, IN_BLOCKED, IN_KEPT };

/* What is known of a name (a step's id or a resource) that the plan uses. */
struct name {
	uint32_t order;  /* of the step with this id; 0: none */
	uint8_t listing; /* of the resource */
	bool twice;
};

/* Lifetime: one proof. */
struct judge {
	const struct plan_view *plan;
	const struct verify_terms *terms;
	const struct graph *graph;
	struct verify_report *report;
	struct strpool texts;   /* step ids and resources of the plan */
	VEC(struct name) names; /* by number in texts */
	uint32_t *step_order;   /* by node: order of its step; 0: it stays */
	nid *unresolved; /* by coverage row: who names a parameter that nobody read; 0: nobody */
	struct bitset selected; /* AMIs that an in-use selector would miss */
	struct bitset newest;   /* AMIs that --keep-last keeps */
	bool is_assumed[DOC_KINDS];
	VEC(sid) depends; /* of the present step, sorted */
	struct arena scratch;
	struct buf why; /* the sentence of the next finding */
	uint32_t last_order;
	uint64_t taken[ACTIONS];
};

/* The step under judgement. */
struct step {
	const struct view_step *view;
	const struct action_row *row;
	nid node; /* 0: the graph knows nothing of the resource */
};

/* Described by a record, and not gone. */
static inline bool
judge_exists(const struct judge *j, nid node)
{
	return node && graph_node(j->graph, node)->defined && graph_is_live(j->graph, node);
}

/* Exists, and no step touches it. */
static inline bool
judge_stays(const struct judge *j, nid node)
{
	return judge_exists(j, node) && !j->step_order[node];
}

/* The snapshot at its beginning is beyond doubt the work of making the AMI at its end. */
static inline bool
edge_is_made_for(const struct edge *edge)
{
	return edge->kind == EDGE_MADE_FOR && edge->belief != BELIEF_WEAK;
}

/* verify_coverage.c: what the proof may take as read. */
void judge_take_assumptions(struct judge *j);
bool judge_all_is_assumed(const struct judge *j);
bool judge_is_covered(const struct judge *j, sid account, sid region, enum doc_kind kind);
/* The first kind of document without which "nothing uses it" is a guess; DOC_NONE if all are there.
 */
enum doc_kind judge_missing_kind(const struct judge *j, sid account, sid region);
/* The first kind that the plan requires and that was not read there, or of that very item where it
 * is asked of each by itself; NULL: none. */
const char *judge_missing_requirement(const struct judge *j, nid node);
/* An account that is itself in the inventory, with nothing missing in that region. */
bool judge_is_read_whole(const struct judge *j, sid account, sid region);

/* verify_references.c: who needs an AMI or a snapshot. */
enum weight {
	NO_MATTER,
	OLD, /* an older template version, within the depth */
	LIVE,
};
/* Whoever stops working without it, other than by a block device mapping or a launch; or 0. */
nid judge_find_referrer(const struct judge *j, nid node, enum weight weight);
/* Fills `unresolved`: where somebody that matters names a parameter whose value nobody read. */
void judge_find_unresolved(struct judge *j);
/* Who does so in that place, or 0. */
nid judge_unresolved_in(const struct judge *j, sid account, sid region);
/* Fills `selected`. The plan's steps must be known. */
void judge_apply_selectors(struct judge *j);
/* True if the node carries the tag of "KEY" or "KEY=GLOB". */
bool judge_has_tag(const struct judge *j, nid node, struct slice filter);

/* verify_lineage.c: which AMI a snapshot or an instance belongs to. */
/* The first that `want` says yes to: AMIs that map the snapshot, then those it was surely made for;
 * or 0. */
nid judge_find_image(
	const struct judge *j, nid snapshot, bool (*want)(const struct judge *j, nid image));
/* Is the snapshot mapped by an AMI that still exists? */
bool judge_is_mapped(const struct judge *j, nid snapshot);
/* Surely belongs to some AMI, be it one that is gone: by its mapping or its own description. */
bool judge_is_linked(const struct judge *j, nid snapshot);
bool judge_is_weakly_linked(const struct judge *j, nid snapshot);
/* When anybody last launched from it, for all that the AMI and instances that are gone tell; or
 * TIME_NONE. */
int64_t judge_last_launch(const struct judge *j, nid image);
/* The AMI an instance was launched from, or 0. */
nid judge_launch_image(const struct judge *j, nid instance);
/* True, with `why`: the step does not follow the step of its AMI as it must. */
bool judge_is_out_of_order(struct judge *j, const struct step *s);

/* verify_services.c: which service made it and will remove it itself. */
bool judge_is_backup(const struct judge *j, nid node);
/* The service's name, or NULL. `kind`: of the node, an AMI or a snapshot. */
const char *judge_maker(const struct judge *j, nid node, enum node_kind kind);

/* verify_terms.c: what the plan records of itself. */
/* ERR_UNCHECKED: a rule that may not be accepted, or a word that is no kind of document. */
int judge_check_words(const struct judge *j, struct err *err);
/* UNSAFE or DOUBTFUL, with `why`: as-of is not what the plan's own inventory tells, or lies far
 * after everything that was read. */
enum verify_result judge_as_of(struct judge *j);
/* True, with `why`: the plan is not what it says that it was chosen for. */
bool judge_misses_choice(struct judge *j);

/* verify_policy.c: would the plan's own selection have kept it? True, with `why`. */
bool judge_is_too_young(struct judge *j, const struct step *s);
bool judge_is_launched_since(struct judge *j, const struct step *s);
bool judge_is_filtered_out(struct judge *j, const struct step *s);
bool judge_is_kept_newest(struct judge *j, const struct step *s);
/* Fills `newest`. */
void judge_find_newest(struct judge *j);

/* verify_facts.c: true, with `why`: the step's recorded facts are not those of the graph. */
bool judge_is_changed(struct judge *j, const struct step *s);

/* verify_harms.c: may a user take this rule upon himself? */
bool judge_is_acceptable(struct slice rule);
/* The rule of the worst harm that the step does, with `why`; NULL: none. */
const char *judge_find_harm(struct judge *j, const struct step *s);

#endif
