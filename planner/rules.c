/*
 * THE rule table made usable: its words, who is asked what, and what it means that a rule speaks.
 * It must not know: what any one rule looks at (rules_image.c, rules_snapshot.c, rules_instance.c
 * do).
 */
#include "rules.h"

/* Kinds that a rule is asked of. */
enum { I = 1, S = 2, N = 4 };

struct row {
	const char *word;
	enum rule_class class;
	unsigned kinds;
	const char *blocks;
	rule_check *check;
	const char *source;
	const char *remedy;
};

static const struct row rows[RULES] = {
#define RULE(name, word, class, kinds, blocks, check, source, remedy)                              \
	[name] = {word, class, kinds, blocks, check, source, remedy},
#include "rules.def"
#undef RULE
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
	return rows[rule].blocks;
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

static unsigned
letter_of(enum node_kind kind)
{
	if (kind == NODE_IMAGE)
		return I;
	return kind == NODE_SNAPSHOT ? S : N;
}

bool
rule_concerns(enum rule rule, enum node_kind kind)
{
	return rule != RULE_NONE && (rows[rule].kinds & letter_of(kind));
}

bool
rule_is_accepted(const struct plan *plan, enum rule rule, nid item)
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

	if (class == CLASS_SAFETY && rule_is_accepted(plan, rule, inquiry->item)) {
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

void
ask_rules(struct inquiry *inquiry, enum rule_set set)
{
	unsigned letter = letter_of(graph_node(inquiry->plan->graph, inquiry->item)->kind);

	for (enum rule rule = RULE_NONE + 1; rule < RULES; rule++) {
		bool is_policy = rows[rule].class == CLASS_POLICY;
		if ((set == POLICY_RULES && !is_policy) || (set == OTHER_RULES && is_policy))
			continue;
		if (rows[rule].kinds & letter)
			rows[rule].check(inquiry);
	}
}
