/*
 * What the user asked to keep: protections, ages, the newest of each group, what money does not
 * ask for. Asked before all other
 * rules. It must not know: what becomes of the item.
 */
#include "glob.h"
#include "rules.h"
#include "saving.h"

/* Two documents of one resource may give a key two values: either counts. */
bool
tag_matches(const struct graph *graph, nid node, const struct tag_filter *filter)
{
	struct span tags = graph_tags(graph, node);

	for (uint32_t i = 0; i < tags.count; i++) {
		const struct tag *tag = &graph->tags.items[tags.at + i];
		if (slice_is(graph_text(graph, tag->key), filter->key) &&
			(!filter->glob ||
				glob_match(slice_of(filter->glob), graph_text(graph, tag->value))))
			return true;
	}
	return false;
}

static const struct tag_filter *
protecting_tag(const struct plan *plan, nid node)
{
	vec_foreach (filter, &plan->policy->protect_tags)
		if (tag_matches(plan->graph, node, filter))
			return filter;
	return NULL;
}

/* The AMI whose protection a snapshot shares: one that maps it, or that it was made for. */
static nid
protected_image_of(const struct plan *plan, nid snapshot)
{
	const struct graph *graph = plan->graph;
	struct edge_walk in = graph_in(graph, snapshot);
	struct edge_walk out = graph_out(graph, snapshot);

	while (edge_next(graph, &in))
		if (in.edge->kind == EDGE_MAPS && protecting_tag(plan, in.edge->from))
			return in.edge->from;
	while (edge_next(graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR && out.edge->belief != BELIEF_WEAK &&
			protecting_tag(plan, out.edge->to))
			return out.edge->to;
	return 0;
}

void
check_protected_tag(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	const struct tag_filter *filter = protecting_tag(plan, inquiry->item);
	nid carrier = 0;

	if (!filter && graph_node(plan->graph, inquiry->item)->kind == NODE_SNAPSHOT) {
		carrier = protected_image_of(plan, inquiry->item);
		filter = carrier ? protecting_tag(plan, carrier) : NULL;
	}
	if (!filter)
		return;
	struct reason *reason = speak(inquiry, RULE_PROTECTED_TAG);
	reason->index = (uint32_t)(filter - plan->policy->protect_tags.items);
	if (carrier) {
		reason->detail = DETAIL_CARRIED;
		reason_by(inquiry, reason, carrier);
	}
}

static bool
limit_is_on(const struct age_limit *limit)
{
	return limit->text && !limit->age.off;
}

/* Filters choose candidates: a snapshot that came along with its AMI is not asked for its own age.
 */
void
check_too_young(struct inquiry *inquiry)
{
	const struct plan *plan = inquiry->plan;
	const struct graph *graph = plan->graph;
	const struct age_limit *limit = &plan->policy->older_than;
	bool is_image = graph_node(graph, inquiry->item)->kind == NODE_IMAGE;

	if (!limit_is_on(limit) ||
		(!is_image && !(plan->selected[inquiry->item] & SELECTED_ORPHAN)))
		return;
	int64_t created = is_image ? graph_image(graph, inquiry->item)->created
				   : graph_snapshot(graph, inquiry->item)->started;
	if (created != TIME_NONE && created <= age_before(plan->as_of, limit->age))
		return;
	speak(inquiry, RULE_TOO_YOUNG)->when = created;
}

void
check_kept_newest(struct inquiry *inquiry)
{
	if (inquiry->plan->policy->keep_last && bitset_has(&inquiry->plan->newest, inquiry->item))
		speak(inquiry, RULE_KEPT_NEWEST);
}

/* Decided beforehand, of all that might go (saving.c). */
void
check_not_needed_for_saving(struct inquiry *inquiry)
{
	const struct saving *saving = inquiry->plan->saving;

	if (saving && bitset_has(&saving->spared, inquiry->item))
		speak(inquiry, RULE_NOT_NEEDED_FOR_SAVING);
}

void
check_launched_since(struct inquiry *inquiry)
{
	const struct plan *plan = inquiry->plan;
	const struct age_limit *limit = &plan->policy->not_launched_for;
	int64_t launched;

	if (!limit_is_on(limit))
		return;
	launched = launched_or_made(plan->graph, inquiry->item);
	if (launched != TIME_NONE && launched <= age_before(plan->as_of, limit->age))
		return;
	speak(inquiry, RULE_LAUNCHED_SINCE)->when = launched;
}
