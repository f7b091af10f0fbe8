/*
 * References by name: launch configurations, and Auto Scaling groups that an instance knows by name
 * alone. It must not know: launch templates and parameters, which have files of their own.
 */
#include "builder.h"

/* The defined nodes of a kind. */
static void
collect_names(struct names *names, const struct graph *graph, enum node_kind kind)
{
	for (nid n = 1; n < graph->nodes.count; n++) {
		const struct node *node = &graph->nodes.items[n];

		if (node->kind == kind && node->defined)
			names_add(names, graph, n);
	}
	names_sort(names);
}

/* --- launch configurations ------------------------------------------------------------------- */

static void
miss_configuration(struct builder *b, const struct configuration_wish *wish)
{
	if (!graph_is_live(b->graph, wish->from))
		return;
	buf_clear(&b->text);
	builder_name(b, wish->from);
	buf_format(&b->text, " launches from launch configuration %s, which no document describes",
		strpool_text(&b->graph->strings, wish->name));
	builder_gap(b, DOC_LAUNCH_CONFIGURATIONS, wish->name, wish->from, builder_sentence(b));
}

static void
settle_configuration(
	struct builder *b, const struct names *names, const struct configuration_wish *wish)
{
	struct names_found found;

	if (builder_is_dead(b, wish->record))
		return;
	found = names_find(names, builder_node_at(b, wish->from), wish->name);
	if (!found.count)
		miss_configuration(b, wish);
	for (size_t i = 0; i < found.count; i++)
		builder_edge(b, wish->from, found.at[i].node, EDGE_USES_CONFIGURATION, SOURCE_FIELD,
			BELIEF_FACT, builder_text(b, SLICE("LaunchConfigurationName")),
			wish->record);
}

/* --- Auto Scaling groups --------------------------------------------------------------------- */

/*
 * An instance's tag names its group by name; the group's own record has an ARN. When exactly one
 * group of that name is in the instance's place, that is the one.
 */
static void
redirect_member(struct builder *b, const struct names *names, struct edge *edge)
{
	const struct slice prefix = SLICE("auto-scaling-group/");
	const struct node *group = builder_node_at(b, edge->to);
	const struct node *member = builder_node_at(b, edge->from);
	struct slice id = graph_text(b->graph, group->id);
	struct names_found found;

	if (edge->kind != EDGE_MEMBER_OF || group->kind != NODE_AUTO_SCALING_GROUP ||
		group->defined || !slice_starts(id, prefix.at))
		return;
	found = names_find(names, member,
		strpool_find(&b->graph->strings,
			(struct slice){id.at + prefix.len, id.len - prefix.len}));
	if (found.count == 1)
		edge->to = found.at->node;
}

void
freeze_references(struct builder *b)
{
	struct names configurations = {0};
	struct names groups = {0};

	collect_names(&configurations, b->graph, NODE_LAUNCH_CONFIGURATION);
	vec_foreach (wish, &b->configurations)
		settle_configuration(b, &configurations, wish);
	names_release(&configurations);
	vec_release(&b->configurations);

	collect_names(&groups, b->graph, NODE_AUTO_SCALING_GROUP);
	for (size_t e = 1; groups.items.count && e < b->graph->edges.count; e++)
		redirect_member(b, &groups, &b->graph->edges.items[e]);
	names_release(&groups);
}
