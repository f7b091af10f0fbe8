/*
 * What speaks against deregistering an AMI. One check a rule, in the order of rules.def.
 * It must not know: what becomes of the AMI.
 */
#include "rules.h"

void
check_deregistration_protected(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;
	sid protection = graph_image_traits(graph, inquiry->item)->protection;
	struct slice text = graph_text(graph, protection);

	if (text.len == 0 || slice_is(text, "disabled"))
		return;
	struct reason *reason = speak(inquiry, RULE_DEREGISTRATION_PROTECTED);
	if (reason)
		reason->word = protection;
}

static bool
is_live_user(const struct graph *graph, const struct edge *edge)
{
	return edge->kind == EDGE_LAUNCHED_FROM && graph_is_live(graph, edge->from);
}

static bool
has_user_that_stays(const struct plan *plan, nid image)
{
	struct edge_walk walk = graph_in(plan->graph, image);

	while (edge_next(plan->graph, &walk))
		if (is_live_user(plan->graph, walk.edge) &&
			plan->fate[walk.edge->from] != FATE_STEP)
			return true;
	return false;
}

/* One that stays is enough, and then the others stay with it (image-stays): all of them use it. */
void
check_in_use(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	struct edge_walk walk = graph_in(plan->graph, inquiry->item);

	if (!has_user_that_stays(plan, inquiry->item))
		return;
	struct reason *reason = speak(inquiry, RULE_IN_USE);
	while (reason && edge_next(plan->graph, &walk)) {
		if (!is_live_user(plan->graph, walk.edge))
			continue;
		reason_by(inquiry, reason, walk.edge->from);
		reason_edge(inquiry, reason, walk.id);
	}
}

/* All referrers of some standings, and only those, speak under one rule. */
struct search {
	struct inquiry *inquiry;
	enum rule rule;
	unsigned standings; /* bits: 1 << enum reference */
	bool spoke;
	struct reason *reason; /* NULL before anyone spoke, or when the rule was accepted */
};

static void
hear(void *context, nid from, eid proof, enum reference standing)
{
	struct search *search = context;

	if (!(search->standings >> standing & 1))
		return;
	if (!search->spoke)
		search->reason = speak(search->inquiry, search->rule);
	search->spoke = true;
	reason_by(search->inquiry, search->reason, from);
	reason_edge(search->inquiry, search->reason, proof);
}

struct reason *
speak_of_references(struct inquiry *inquiry, enum rule rule, unsigned standings)
{
	struct search search = {.inquiry = inquiry, .rule = rule, .standings = standings};

	each_reference(inquiry->plan, inquiry->item, hear, &search);
	return search.reason;
}

void
check_referenced(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	uint32_t hit = plan->selector_hit ? plan->selector_hit[inquiry->item] : 0;
	struct reason *reason = speak_of_references(inquiry, RULE_REFERENCED, 1u << REFERENCE_LIVE);

	if (!hit)
		return;
	if (!reason)
		reason = speak(inquiry, RULE_REFERENCED);
	if (!reason)
		return;
	reason->detail = DETAIL_SELECTOR;
	reason->index = hit - 1;
}

void
check_old_template_version(struct inquiry *inquiry)
{
	speak_of_references(inquiry, RULE_OLD_TEMPLATE_VERSION, 1u << REFERENCE_OLD);
}

void
check_recently_launched(struct inquiry *inquiry)
{
	const struct plan *plan = inquiry->plan;
	const struct image *image = graph_image(plan->graph, inquiry->item);
	int64_t last = last_launch(plan->graph, inquiry->item);

	if (last < image->created)
		last = image->created;
	if (image->created != TIME_NONE && last <= plan->as_of - DAY)
		return;
	struct reason *reason = speak(inquiry, RULE_RECENTLY_LAUNCHED);
	if (reason)
		reason->when = image->created == TIME_NONE ? TIME_NONE : last;
}
