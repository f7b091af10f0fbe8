/*
 * THE rule table made usable: its words, who is asked what, and what it means that a rule speaks.
 * It must not know: what any one rule looks at (rules_image.c, rules_snapshot.c, rules_instance.c
 * do).
 */
#include "rules.h"

struct row {
	const char *word;
	enum rule_class class;
	const char *kinds; /* I images, S snapshots, N instances */
	rule_check *check;
	const char *source;
	const char *remedy;
};

static const struct row rows[RULES] = {
#define RULE(name, word, class, kinds, check, source, remedy)                                      \
	[name] = {word, class, kinds, check, source, remedy},
#include "rules.def"
#undef RULE
};

/* What each rule blocks, in one line: for --list-rules and docs/rules.md. */
static const char *const blocks[RULES] = {
	[RULE_NOT_OWNED] = "an AMI, snapshot or instance of another account",
	[RULE_AWS_BACKUP] = "an AMI or snapshot that AWS Backup manages, by its tags or owner "
			    "alias; carried from an AMI to its snapshots",
	[RULE_DEREGISTRATION_PROTECTED] = "an AMI with deregistration protection",
	[RULE_SNAPSHOT_IN_USE] =
		"a snapshot of an AMI that stays, also a disabled or deprecated one",
	[RULE_SNAPSHOT_LOCKED] = "a locked snapshot",
	[RULE_TERMINATION_PROTECTED] =
		"an instance with termination protection, or managed by an operator",
	[RULE_IMAGE_STATE] = "an AMI that is already gone (enforced), or pending, failed, invalid "
			     "or in a state nobody knows",
	[RULE_SNAPSHOT_STATE] = "a snapshot that is already gone (enforced), or pending, in error "
				"or in a state nobody knows",
	[RULE_INSTANCE_STATE] = "an instance that is already gone (enforced), or pending or in a "
				"state nobody knows",
	[RULE_OWNER_UNKNOWN] = "anything while nobody knows whose it is, or who we are",
	[RULE_INVENTORY_INCOMPLETE] = "anything that a document nobody read might need",
	[RULE_IN_USE] =
		"an AMI with live instances, unless every one of them is a step of this plan",
	[RULE_REFERENCED] =
		"an AMI that a live template version, group, launch configuration, fleet, spot "
		"request, parameter, recipe, usage report, pinned file or in-use selector names",
	[RULE_OLD_TEMPLATE_VERSION] =
		"an AMI that only older versions within --template-depth name",
	[RULE_SNAPSHOT_REFERENCED] = "a snapshot that the block devices of a template, launch "
				     "configuration, fleet or spot request, or a pinned file name",
	[RULE_SHARED] = "an AMI or snapshot that is public, or shared with an organisation or an "
			"account whose use was not read",
	[RULE_RECENTLY_LAUNCHED] = "an AMI launched or created within the last 24 hours, when "
				   "usage may not be reported yet",
	[RULE_PREDATES_IMAGE] = "a mapped snapshot from over 24 hours before its AMI, with no text "
				"of CreateImage or CopyImage: maybe a backup in its own right",
	[RULE_IMAGE_IN_RECYCLE_BIN] =
		"a snapshot that an AMI in the Recycle Bin needs to be restored",
	[RULE_WEAK_EVIDENCE] =
		"a snapshot linked to an AMI only by a mention in free or copied text",
	[RULE_ASG_MANAGED] =
		"an instance that its group, fleet or persistent spot request would replace",
	[RULE_MANAGED_ELSEWHERE] =
		"what Data Lifecycle Manager, Elastic Disaster Recovery, Application Migration "
		"Service or Fast Launch made, or what looks like AWS Backup's",
	[RULE_IMAGE_STAYS] =
		"an instance whose AMI exists and stays: the cleanup it belongs to does not happen",
	[RULE_PROTECTED_TAG] =
		"what --protect-tag names: an AMI with its snapshots, a snapshot, an instance",
	[RULE_TOO_YOUNG] = "what is younger than --older-than",
	[RULE_KEPT_NEWEST] = "the newest of each group (--keep-last)",
	[RULE_LAUNCHED_SINCE] = "an AMI launched within --not-launched-for",
};

enum rule
rule_from_word(struct slice word)
{
	for (enum rule rule = RULE_NONE + 1; rule < RULES; rule++)
		if (slice_is(word, rows[rule].word))
			return rule;
	return RULE_NONE;
}

const char *
rule_word(enum rule rule)
{
	return rule == RULE_NONE ? "" : rows[rule].word;
}

const char *rule_class_word(enum rule_class class)
{
	static const char *const words[] = {[CLASS_ENFORCED] = "enforced",
		[CLASS_SAFETY] = "safety",
		[CLASS_POLICY] = "policy"};

	return words[class];
}

enum rule_class
rule_class_of(enum rule rule)
{
	return rows[rule].class;
}

const char *
rule_source(enum rule rule)
{
	return rows[rule].source;
}

const char *
rule_remedy(enum rule rule)
{
	return rows[rule].remedy;
}

const char *
rule_blocks(enum rule rule)
{
	return blocks[rule];
}

bool
rule_is_acceptable(enum rule rule, const char **why_not)
{
	const char *why = NULL;

	if (rows[rule].class == CLASS_ENFORCED)
		why = "AWS enforces it";
	else if (rows[rule].class == CLASS_POLICY)
		why = "it is an option of yours: change the option instead";
	else if (rule == RULE_INVENTORY_INCOMPLETE)
		why = "name the gap with --assume-complete KIND instead";
	else if (rule == RULE_OWNER_UNKNOWN)
		why = "say whose account it is with --account instead";
	if (why_not)
		*why_not = why;
	return why == NULL;
}

static bool
is_accepted(const struct plan *plan, enum rule rule, nid item)
{
	vec_foreach (accept, &plan->policy->accepts) {
		if (accept->rule != rule)
			continue;
		if (!accept->id ||
			slice_is(graph_text(plan->graph, graph_node(plan->graph, item)->id),
				accept->id))
			return true;
	}
	return false;
}

struct reason *
speak_as(struct inquiry *inquiry, enum rule rule, enum rule_class class)
{
	struct plan *plan = inquiry->plan;

	if (class == CLASS_SAFETY && is_accepted(plan, rule, inquiry->item)) {
		inquiry->accepted |= (uint64_t)1 << rule;
		return NULL;
	}
	struct reason reason = {
		.item = inquiry->item, .rule = (uint8_t)rule, .class = (uint8_t) class};
	reason.by.at = (uint32_t)plan->by.count;
	reason.edges.at = (uint32_t)plan->edges.count;
	vec_push(inquiry->reasons, reason);
	return &inquiry->reasons->items[inquiry->reasons->count - 1];
}

struct reason *
speak(struct inquiry *inquiry, enum rule rule)
{
	return speak_as(inquiry, rule, rows[rule].class);
}

void
reason_by(struct inquiry *inquiry, struct reason *reason, nid by)
{
	if (!reason)
		return;
	vec_push(&inquiry->plan->by, by);
	reason->by.count++;
}

void
reason_edge(struct inquiry *inquiry, struct reason *reason, eid edge)
{
	if (!reason)
		return;
	vec_push(&inquiry->plan->edges, edge);
	reason->edges.count++;
}

static char
kind_letter(enum node_kind kind)
{
	if (kind == NODE_IMAGE)
		return 'I';
	return kind == NODE_SNAPSHOT ? 'S' : 'N';
}

void
ask_rules(struct inquiry *inquiry, enum rule_set set)
{
	char letter = kind_letter(graph_node(inquiry->plan->graph, inquiry->item)->kind);

	for (enum rule rule = RULE_NONE + 1; rule < RULES; rule++) {
		bool is_policy = rows[rule].class == CLASS_POLICY;
		if ((set == POLICY_RULES && !is_policy) || (set == OTHER_RULES && is_policy))
			continue;
		if (strchr(rows[rule].kinds, letter))
			rows[rule].check(inquiry);
	}
}
