/*
 * Unknown is not unused: whether what the claim "nothing needs it" rests on was read, there.
 * It must not know: the rules; it answers in kinds of document.
 */
#include "internal.h"

static bool
is_assumed(const struct plan *plan, enum doc_kind kind)
{
	return plan->policy->assume_complete & KIND_BIT(kind);
}

bool
kind_is_read(const struct plan *plan, sid account, sid region, enum doc_kind kind)
{
	enum coverage_status status = graph_covered(plan->graph, account, region, kind);

	return status == COVERAGE_COMPLETE || status == COVERAGE_EMPTY ||
	       status == COVERAGE_ASSUMED || is_assumed(plan, kind);
}

static struct place_weight *
weight_of(const struct plan *plan, sid account, sid region)
{
	const struct coverage *row = graph_coverage(plan->graph, account, region);

	return &plan->weights[row ? (size_t)(row - plan->graph->coverage.items)
				  : plan->graph->coverage.count];
}

/* A group that launches by an alias can launch any AMI, and so can a version in force or within the
 * depth. */
static bool
alias_counts(const struct plan *plan, const struct gap *gap)
{
	if (graph_node(plan->graph, gap->by)->kind == NODE_TEMPLATE_VERSION)
		return version_standing(plan, gap->by) != REFERENCE_BEYOND;
	return graph_is_live(plan->graph, gap->by);
}

static uint32_t
place_gaps(const struct plan *plan, sid account, sid region)
{
	uint32_t missing = 0;

	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++)
		if (doc_kind_need(kind) == NEED_ALWAYS &&
			!kind_is_read(plan, account, region, kind))
			missing |= KIND_BIT(kind);
	return missing;
}

/* Every place is weighed once: rules ask for each item, and gaps can be many. */
void
weigh_places(struct plan *plan)
{
	const struct graph *graph = plan->graph;

	plan->weights = xcalloc(graph->coverage.count + 1, sizeof(*plan->weights));
	for (size_t i = 0; i < graph->coverage.count; i++)
		plan->weights[i].missing = place_gaps(
			plan, graph->coverage.items[i].account, graph->coverage.items[i].region);
	plan->weights[graph->coverage.count].missing = place_gaps(plan, 0, 0); /* nowhere */
	if (plan->policy->assume_aliases)
		return;
	for (uint32_t i = 0; i < graph->gaps.count; i++) {
		const struct gap *gap = &graph->gaps.items[i];
		if (gap->kind != DOC_PARAMETERS || !alias_counts(plan, gap))
			continue;
		struct place_weight *weight = weight_of(plan, gap->account, gap->region);
		if (weight->alias == 0)
			weight->alias = i + 1;
	}
}

/* A listing of it was read. What was asked about single resources of it, from another account
 * perhaps, is no listing. */
bool
place_was_listed(const struct coverage *row)
{
	for (enum doc_kind kind = DOC_NONE + 1; row && kind < DOC_KINDS; kind++)
		if (row->seen[kind] && doc_kind_need(kind) == NEED_ALWAYS)
			return true;
	return false;
}

/* An account that no listing speaks of is not covered, whatever is assumed to be complete. */
bool
place_is_covered(const struct plan *plan, sid account, sid region)
{
	const struct place_weight *weight = weight_of(plan, account, region);

	return weight->missing == 0 && weight->alias == 0 &&
	       place_was_listed(graph_coverage(plan->graph, account, region));
}

uint32_t
unresolved_alias(const struct plan *plan, sid account, sid region)
{
	return weight_of(plan, account, region)->alias;
}

bool
lacks_own_document(const struct graph *graph, nid item, enum doc_kind kind)
{
	enum node_kind node = (enum node_kind)graph_node(graph, item)->kind;

	if (kind == DOC_LAUNCH_PERMISSIONS)
		return node == NODE_IMAGE && graph_image(graph, item)->permissions_read != YES;
	if (kind == DOC_SNAPSHOT_PERMISSIONS)
		return node == NODE_SNAPSHOT &&
		       graph_snapshot(graph, item)->permissions_read != YES;
	if (kind == DOC_TERMINATION_PROTECTION)
		return node == NODE_INSTANCE && graph_instance(graph, item)->protected_ == UNREAD;
	return false;
}

static bool
own_kind_is_read(const struct plan *plan, nid item, enum doc_kind kind)
{
	return is_assumed(plan, kind) || !lacks_own_document(plan->graph, item, kind);
}

static uint32_t
required_gaps(const struct plan *plan, nid item, const struct node *node)
{
	uint32_t missing = 0;

	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++) {
		if (!(plan->policy->require & KIND_BIT(kind)) || kind == DOC_PARAMETERS)
			continue;
		bool own = kind == DOC_LAUNCH_PERMISSIONS || kind == DOC_SNAPSHOT_PERMISSIONS ||
			   kind == DOC_TERMINATION_PROTECTION;
		bool read = own ? own_kind_is_read(plan, item, kind)
				: kind_is_read(plan, node->account, node->region, kind);
		if (!read)
			missing |= KIND_BIT(kind);
	}
	return missing;
}

uint32_t
missing_kinds(const struct plan *plan, nid item)
{
	const struct node *node = graph_node(plan->graph, item);
	uint32_t missing = weight_of(plan, node->account, node->region)->missing |
			   required_gaps(plan, item, node);

	if (node->kind == NODE_IMAGE) {
		if (!own_kind_is_read(plan, item, DOC_LAUNCH_PERMISSIONS))
			missing |= KIND_BIT(DOC_LAUNCH_PERMISSIONS);
		if (unresolved_alias(plan, node->account, node->region))
			missing |= KIND_BIT(DOC_PARAMETERS);
	}
	return missing;
}

static int
compare_gap(const struct graph *graph, const struct gap *gap, enum doc_kind kind, sid account,
	sid region)
{
	int order = (gap->kind > kind) - (gap->kind < kind);

	if (order == 0)
		order = strpool_compare(&graph->strings, gap->account, account);
	return order ? order : strpool_compare(&graph->strings, gap->region, region);
}

const struct gap *
first_gap(const struct graph *graph, enum doc_kind kind, sid account, sid region)
{
	size_t low = 0, high = graph->gaps.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_gap(graph, &graph->gaps.items[middle], kind, account, region) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == graph->gaps.count ||
		compare_gap(graph, &graph->gaps.items[low], kind, account, region) != 0)
		return NULL;
	return &graph->gaps.items[low];
}
