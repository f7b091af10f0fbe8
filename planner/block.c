/*
 * What becomes of each candidate: step, blocked or kept.
 *
 * The order of the passes is the whole trick. An AMI depends on its instances (is each of them a
 * step?), a snapshot on the AMIs that map it, and an instance on its AMI again, which only ever
 * takes a step away from an instance whose AMI is none. So: instances by their own rules, then
 * AMIs, then snapshots, then instances whose AMI stays. No fate is revised, nothing is repeated. It
 * must not know: how items were selected, beyond whether an AMI was named.
 */
#include "internal.h"

static bool
is_keeping(enum rule rule)
{
	return rule == RULE_IN_USE || rule == RULE_REFERENCED || rule == RULE_OLD_TEMPLATE_VERSION;
}

/* A reference keeps an AMI of --unused: it is used. Only what else speaks, or having been named,
 * makes that a problem to report. */
static bool
is_kept_by_use(const struct plan *plan, nid item, const struct reason *reasons, size_t count)
{
	bool kept = false;

	if (plan->selected[item] & SELECTED_NAMED)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (is_keeping((enum rule)reasons[i].rule))
			kept = true;
		else if (reasons[i].rule != RULE_INVENTORY_INCOMPLETE)
			return false;
	}
	return kept;
}

/* The rule that keeps an AMI stands first, whatever was not read. */
static void
put_keeping_rule_first(struct reason *reasons, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_keeping((enum rule)reasons[i].rule))
			continue;
		struct reason first = reasons[i];
		memmove(&reasons[1], &reasons[0], i * sizeof(reasons[0]));
		reasons[0] = first;
		return;
	}
}

static void
note_accepted(struct plan *plan, const struct inquiry *inquiry)
{
	if (plan->fate[inquiry->item] != FATE_STEP)
		return;
	for (enum rule rule = RULE_NONE + 1; rule < RULES; rule++)
		if (inquiry->accepted >> rule & 1)
			warn_node(plan, arena_format(&plan->arena, "accepted-%s", rule_word(rule)),
				inquiry->item, "you accepted what `%s` says against it",
				rule_word(rule));
}

static void
settle(struct plan *plan, nid item)
{
	struct inquiry inquiry = {.plan = plan, .item = item, .reasons = &plan->reasons};
	size_t start = plan->reasons.count;

	ask_rules(&inquiry, POLICY_RULES);
	if (plan->reasons.count > start) {
		plan->fate[item] = FATE_KEPT;
	} else {
		ask_rules(&inquiry, OTHER_RULES);
		struct reason *reasons = &plan->reasons.items[start];
		size_t count = plan->reasons.count - start;
		if (count == 0) {
			plan->fate[item] = FATE_STEP;
		} else if (is_kept_by_use(plan, item, reasons, count)) {
			plan->fate[item] = FATE_KEPT;
			put_keeping_rule_first(reasons, count);
		} else {
			plan->fate[item] = FATE_BLOCKED;
		}
	}
	if (plan->reasons.count > start)
		plan->reason_start[item] = (uint32_t)start + 1;
	note_accepted(plan, &inquiry);
}

static void
settle_kind(struct plan *plan, enum node_kind kind)
{
	vec_foreach (item, &plan->candidates)
		if (graph_node(plan->graph, *item)->kind == kind)
			settle(plan, *item);
}

/*
 * Would the instance go, as far as it is for itself to say? Only the answer is wanted yet: the
 * AMI's own rules come first, and then the instance is asked in full.
 */
static void
judge_alone(struct plan *plan, nid instance)
{
	struct reasons scratch = {0};
	struct inquiry inquiry = {.plan = plan, .item = instance, .reasons = &scratch};
	size_t by = plan->by.count, edges = plan->edges.count;

	ask_rules(&inquiry, ALL_RULES);
	plan->fate[instance] = scratch.count ? FATE_BLOCKED : FATE_STEP;
	plan->by.count = by;
	plan->edges.count = edges;
	vec_release(&scratch);
}

void
settle_fates(struct plan *plan)
{
	plan->assume_images_go = true;
	vec_foreach (item, &plan->candidates)
		if (graph_node(plan->graph, *item)->kind == NODE_INSTANCE)
			judge_alone(plan, *item);
	plan->assume_images_go = false;
	settle_kind(plan, NODE_IMAGE);
	settle_kind(plan, NODE_SNAPSHOT);
	settle_kind(plan, NODE_INSTANCE);
}
