/*
 * What the user asked for, as understood: selectors, filters, protections, caps, accepts. From the
 * command line and from --policy. It must not know: how options are spelled or parsed.
 */
#ifndef AMIPLAN_PLANNER_POLICY_H
#define AMIPLAN_PLANNER_POLICY_H

#include "civil.h"
#include "graph.h"
#include "money.h"

/* The rules, in the order of the table in cli.md: the first that speaks is an item's rule, the
 * others stand under `also`. */
enum rule {
	RULE_NONE,
#define RULE(name, word, class, kinds, blocks, check, source, remedy) name,
#include "rules.def"
#undef RULE
	RULES
};

enum rule_class { CLASS_ENFORCED, CLASS_SAFETY, CLASS_POLICY };

struct tag_filter {
	const char *key;
	const char *glob; /* NULL: the key alone, meaning present */
};

struct in_use_selector {
	const char *key;  /* NULL: by name */
	const char *glob; /* NULL: present (never NULL by name) */
	bool all;         /* every match, not the newest per architecture */
	const char *text; /* as given */
};

struct accept {
	enum rule rule;
	const char *id; /* NULL: everywhere */
};

struct place {
	const char *account;
	const char *region; /* NULL: every region of the account */
};

/* A file that amounts rest on, as it was read. */
struct evidence_file {
	const char *name, *sha256;
	const char *date; /* of its oldest price; NULL: no price list, or unknown */
};

struct age_limit {
	struct age age;
	const char *text; /* as given; NULL: not given, no limit */
};

enum group_by { GROUP_NAME_PREFIX, GROUP_TAGS };

#define TEMPLATE_DEPTH_ALL UINT32_MAX
#define TEMPLATE_DEPTH_DEFAULT 10
#define KIND_BIT(kind) ((uint32_t)1 << (kind))

/* By which end of its range a saving counts in a choice: what is surely freed, or what may be at
 * most, as far as prices and sizes are known. */
enum save_by { SAVE_BY_SURE, SAVE_BY_MOST };

/* Lifetime: plan. Every text is borrowed from argv, the policy's arena or literals.
 * Zero-initialise, then policy_init. */
struct policy {
	VEC(const char *) amis;
	bool unused, orphans;
	VEC(const char *) names; /* globs */
	VEC(struct tag_filter) tags;
	VEC(const char *) architectures;
	struct age_limit older_than, not_launched_for;
	uint32_t keep_last; /* 0: off */
	enum group_by group_by;
	VEC(const char *) group_keys; /* GROUP_TAGS */
	VEC(struct tag_filter) protect_tags;
	VEC(struct in_use_selector) in_use_selectors;
	uint32_t template_depth;
	VEC(const char *) pins;    /* as given */
	int64_t max_steps;         /* -1: no cap */
	int64_t max_percent_milli; /* thousandths of a percent; -1: no cap */
	struct money save;         /* --save: so much a month at least; unknown: not given */
	bool max_saving;           /* the most that max_steps steps save */
	enum save_by save_by;      /* what counts as saved */
	bool keep_snapshots;       /* --snapshots keep */
	bool terminate_instances;
	VEC(struct accept) accepts;
	VEC(struct place) only;
	const char *region;       /* --region: of documents which tell none; NULL: not given */
	uint32_t assume_complete; /* KIND_BIT(enum doc_kind) */
	bool assume_aliases;      /* `all` or `parameters`: unresolved aliases accepted */
	uint32_t require;         /* KIND_BIT(enum doc_kind) */
	int64_t as_of;            /* TIME_NONE: from the inventory */
	VEC(struct evidence_file) prices; /* --prices, as read; sorted by name */
	VEC(struct evidence_file) bills;  /* --cur */
	const char *bill_month;           /* "2026-10"; NULL: no bill */
	bool defaulted; /* no selector was given: the defaults of cli.md stand above */
};

void policy_init(struct policy *policy);
/* Only so much goes as --save or --max-saving ask for. */
static inline bool
policy_chooses(const struct policy *policy)
{
	return policy->save.known || policy->max_saving;
}
/* Completes it once all options are in: with no selector the defaults of cli.md ("Selecting").
 * Lists are sorted and rid of duplicates, so that the order of options cannot matter; --pins keep
 * their order. */
void policy_complete(struct policy *policy);
void policy_release(struct policy *policy);

/* RULE_NONE if there is no such rule. */
enum rule rule_from_word(struct slice word);
/* Words, never NULL. */
const char *rule_word(enum rule rule);
const char *rule_class_word(enum rule_class class);
enum rule_class rule_class_of(enum rule rule);
const char *rule_source(
	enum rule rule); /* URL of the AWS page, or of cli.md's docs for a policy rule */
const char *rule_remedy(enum rule rule); /* the general remedy */
const char *rule_blocks(enum rule rule); /* what it blocks, one line */
/* False, with the reason, if `--accept` may not name it: enforced, policy, inventory-incomplete,
 * owner-unknown. */
bool rule_is_acceptable(enum rule rule, const char **why_not);
/* True if the rule can speak of an AMI, a snapshot or an instance. */
bool rule_concerns(enum rule rule, enum node_kind kind);

#endif
