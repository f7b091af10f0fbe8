/*
 * What the passes of the planner share: the plan while it is made, reasons as data, the questions
 * that rules ask of the graph. It must not know: files, formats. Nobody outside planner/ includes
 * it.
 */
#ifndef AMIPLAN_PLANNER_INTERNAL_H
#define AMIPLAN_PLANNER_INTERNAL_H

#include "bitset.h"
#include "description.h"
#include "facts.h"
#include "ids.h"
#include "plan.h"

#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)

/* Why an item is a candidate; several can hold. */
enum selected {
	SELECTED_NAMED = 1,     /* --ami */
	SELECTED_UNUSED = 2,    /* --unused */
	SELECTED_ORPHAN = 4,    /* --orphans, or a snapshot of an --ami that is gone */
	SELECTED_FOLLOWS = 8,   /* a snapshot that came along with its AMI */
	SELECTED_INSTANCE = 16, /* --terminate-instances */
};

/*
 * One rule speaking against one item. Data only: sentences.c makes the sentence. Which of the
 * members mean anything depends on the rule.
 */
struct reason {
	nid item;
	uint8_t rule;      /* enum rule */
	uint8_t class;     /* enum rule_class: image-state and kin have two */
	uint8_t detail;    /* enum reason_detail */
	struct span by;    /* plan->by: who keeps it */
	struct span edges; /* plan->edges: the evidence */
	int64_t when;
	sid word;
	uint32_t kinds; /* KIND_BIT(enum doc_kind): what is missing */
	uint32_t index; /* of a gap, a selector, a manager */
};

enum reason_detail {
	DETAIL_NONE,
	DETAIL_STATE_GONE,
	DETAIL_STATE_UNSETTLED,
	DETAIL_STATE_UNKNOWN,
	DETAIL_OPERATOR, /* managed by an operator, not merely protected */
	DETAIL_SELECTOR, /* index: of policy.in_use_selectors */
	DETAIL_CARRIED,  /* from the AMI (`by`) to its snapshot */
	DETAIL_UNMAPPED, /* made for `by`, which stays, but mapped by nobody */
	DETAIL_COPIED,   /* CreateImage's text on a copied snapshot */
	DETAIL_PUBLIC,
};

struct plan_warning {
	const char *code;    /* static, or in the plan's arena */
	nid node;            /* or 0 */
	sid account, region; /* a place, when node is 0 and account or region is not */
	const char *text;    /* in the plan's arena */
};

struct reasons {
	struct reason *items;
	size_t count;
	size_t room;
};

/* What was not read in a place. */
struct place_weight {
	uint32_t missing; /* KIND_BIT of the kinds that are always needed */
	uint32_t
		alias; /* 1 + index of the first unresolved alias that counts (graph->gaps), or 0 */
};

/* An account and region that candidates live in. */
struct plan_place {
	sid account, region;
};

struct plan {
	const struct graph *graph;
	const struct policy *policy;
	const struct saving *saving; /* what was chosen by money; NULL: nothing was, or not yet */
	int64_t as_of;
	bool as_of_guessed;
	uint8_t *selected;      /* by nid: enum selected bits */
	uint8_t *fate;          /* by nid: enum fate */
	VEC(nid) candidates;    /* in the order of nodes */
	struct reasons reasons; /* by candidate, in table order */
	uint32_t *reason_start; /* by nid: 0, or 1 + index of its first reason */
	VEC(nid) by;
	VEC(eid) edges;
	VEC(nid) steps;                    /* in plan order: the first one's order is 1 */
	VEC(struct plan_warning) warnings; /* sorted by code, place, resource */
	VEC(uint32_t) by_node;             /* those of a resource, by its nid */
	bool assume_images_go;             /* while instances are first asked (block.c) */
	struct bitset newest;              /* kept by --keep-last */
	struct place_weight
		*weights; /* by row of graph->coverage, and one more for places without a row */
	uint32_t *selector_hit; /* by nid: 0, or 1 + index of the in-use selector that picks it;
				   NULL without selectors */
	VEC(struct plan_place) places; /* of the candidates, sorted by text */
	struct arena arena;
};

/* A question-scope of rule checks: one item, and where its reasons go. */
struct inquiry {
	struct plan *plan;
	nid item;
	struct reasons *reasons;
	uint64_t accepted; /* bits of the safety rules that spoke and were accepted */
};

/* select.c: which items are candidates, and why. ERR_UNKNOWN for an --ami in no document. */
int select_candidates(struct plan *plan, struct err *err);
/* --only leaves that place in. */
bool is_place_in_scope(const struct plan *plan, struct plan_place place);

/* items.c: what selecting and judging both ask. */
/* Counts as ours: its owner is, or nobody knows who we are. */
bool is_ours(const struct plan *plan, nid item);
/* It is known to belong to an account that is known not to be ours. */
bool is_foreign(const struct graph *graph, nid item);
/* An AMI, snapshot or instance, and described by a record. */
bool is_item(const struct graph *graph, nid node);
/* Its state says that it needs nothing any more. */
bool is_gone(const struct graph *graph, nid node);
/* The edge leads from an AMI that holds the snapshot: a deregistered one, or one in the Recycle
 * Bin, does not. */
bool is_mapping(const struct graph *graph, const struct edge *edge);
/* Some AMI that still holds its snapshots maps it. */
bool is_mapped(const struct graph *graph, nid snapshot);

/* group.c: --keep-last and --in-use-selector, both "the newest of each group". */
void mark_newest(struct plan *plan);
void mark_selector_hits(struct plan *plan);
/* The name without its trailing version, date and hash parts. */
struct slice name_prefix(struct slice name);

/* rules.c: asks rules of one item; pushes what speaks, in table order. */
enum rule_set { POLICY_RULES, OTHER_RULES, ALL_RULES };
void ask_rules(struct inquiry *inquiry, enum rule_set set);
/* Pushes a reason of `rule`, unless it is accepted (then the plan gets a warning). Members are the
 * caller's to fill in; valid until the next push. */
struct reason *speak(struct inquiry *inquiry, enum rule rule);
struct reason *speak_as(struct inquiry *inquiry, enum rule rule, enum rule_class class);
/* `--accept` names it for this item. */
bool rule_is_accepted(const struct plan *plan, enum rule rule, nid item);
/* Adds to the reason that was pushed last. NULL reasons are allowed: the rule was accepted. */
void reason_by(struct inquiry *inquiry, struct reason *reason, nid by);
void reason_edge(struct inquiry *inquiry, struct reason *reason, eid edge);

/* references.c: who needs this AMI or snapshot. */
enum reference {
	REFERENCE_NONE,
	REFERENCE_LIVE,   /* in force now */
	REFERENCE_OLD,    /* only an older template version, within the depth */
	REFERENCE_BEYOND, /* only one beyond the depth */
};
/*
 * Every reference to `item`, each with its proof and standing. What takes its AMI from a parameter
 * refers to the AMI as if it named it, beside the parameter itself.
 */
typedef void reference_visitor(void *context, nid from, eid proof, enum reference standing);
void each_reference(const struct plan *plan, nid item, reference_visitor *visit, void *context);
enum reference version_standing(const struct plan *plan, nid version);
/* The latest launch that the AMI itself or an instance that is gone tells of; or TIME_NONE. */
int64_t last_launch(const struct graph *graph, nid image);
/* The same, or the AMI's creation where nothing tells of a launch: AWS's field exists since April
 * 2017. */
int64_t launched_or_made(const struct graph *graph, nid image);

/* rules_common.c */
const char *manager_name(uint32_t index);

/* rules_policy.c: EC2's filter semantics for one tag. */
bool tag_matches(const struct graph *graph, nid node, const struct tag_filter *filter);

/* gaps.c: is what the claim "nothing needs it" rests on there? */
/* That kind was read there, or is assumed to have been. */
bool kind_is_read(const struct plan *plan, sid account, sid region, enum doc_kind kind);
void weigh_places(struct plan *plan);
/* What is asked of each resource by itself (launch permissions, …) was not read for this one. */
bool lacks_own_document(const struct graph *graph, nid item, enum doc_kind kind);
uint32_t missing_kinds(const struct plan *plan, nid item);
bool place_was_listed(const struct coverage *row);
bool place_is_covered(const struct plan *plan, sid account, sid region);
/* The first gap of a kind in a place, or NULL. */
const struct gap *first_gap(const struct graph *graph, enum doc_kind kind, sid account, sid region);
/* 1 + index (graph->gaps) of the first unresolved alias that counts in that place, 0 if none. */
uint32_t unresolved_alias(const struct plan *plan, sid account, sid region);

/* block.c: the fates, in the one order in which none has to be revised. */
void settle_fates(struct plan *plan);

/* order.c: steps in plan order. */
void order_steps(struct plan *plan);
/* replay.c: carries the plan out on paper. */
int replay(const struct plan *plan, struct err *err);

/* warnings.c: what the plan as a whole should say. */
void add_warnings(struct plan *plan);
void warn_node(struct plan *plan, const char *code, nid node, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* sentences.c: reasons as sentences. */
const char *reason_text(const struct plan *plan, const struct reason *reason, struct arena *arena);
const char *reason_remedy(
	const struct plan *plan, const struct reason *reason, struct arena *arena);
struct texts reason_by_ids(
	const struct plan *plan, const struct reason *reason, struct arena *arena);
struct view_evidences reason_evidence(
	const struct plan *plan, const struct reason *reason, struct arena *arena);
/* "on 2024-01-01 (2 years before)" */
const char *since_text(const struct plan *plan, struct arena *arena, int64_t time);
struct view_evidence evidence_of_edge(const struct plan *plan, const struct edge *edge);

/* because.c: steps as sentences. */
const char *step_because(const struct plan *plan, nid item, struct arena *arena);
struct view_evidences step_evidence(const struct plan *plan, nid item, struct arena *arena);
const char *step_reversible(const struct plan *plan, nid item);

/* selection.c: the policy as compact JSON, keys in the order of docs/plan.schema.json. */
const char *selection_json(const struct plan *plan, struct arena *arena);

#endif
