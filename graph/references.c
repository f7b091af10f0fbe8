/*
 * References by name: launch configurations, and Auto Scaling groups that an instance knows by name
 * alone. It must not know: launch templates and parameters, which have files of their own.
 */
#include "builder.h"

struct place_of
builder_place_of(const struct builder *b, nid from, rid record)
{
	const struct graph *graph = b->graph;
	const struct node *node = graph_node(graph, from);
	const struct document *document = &graph->documents.items[graph->records.items[record].doc];

	if ((node->kind != NODE_AUTO_SCALING_GROUP && node->kind != NODE_LAUNCH_CONFIGURATION) ||
		slice_starts(graph_text(graph, node->id), "arn:"))
		return builder_place(b, from);
	return (struct place_of){document->account, document->region};
}

/* The defined nodes of a kind, wherever a record says that one is. */
static void
collect_names(struct names *names, const struct builder *b, enum node_kind kind)
{
	for (nid n = 1; n < b->graph->nodes.count; n++) {
		const struct node *node = graph_node(b->graph, n);

		if (node->kind != kind)
			continue;
		for (rid r = node->record; r; r = b->graph->records.items[r].older)
			if (!builder_is_dead(b, r))
				names_add(names, node->name, builder_place_of(b, n, r), n);
	}
	names_sort(names);
}

/* --- launch configurations ------------------------------------------------------------------- */

/* `may_be`: one of that name was read, of a place that may be another one. */
static void
miss_configuration(struct builder *b, const struct configuration_wish *wish, bool may_be)
{
	if (!graph_is_live(b->graph, wish->from))
		return;
	buf_clear(&b->text);
	builder_name(b, wish->from);
	buf_format(&b->text, " launches from launch configuration %s, which %s",
		strpool_text(&b->graph->strings, wish->name), builder_undescribed(may_be));
	builder_gap(b, builder_place_of(b, wish->from, wish->record), DOC_LAUNCH_CONFIGURATIONS,
		wish->name, wish->from, builder_sentence(b));
}

static void
settle_configuration(
	struct builder *b, const struct names *names, const struct configuration_wish *wish)
{
	struct names_walk walk =
		names_find(names, builder_place_of(b, wish->from, wish->record), wish->name);
	bool may_be = false;
	bool sure = false;

	if (builder_is_dead(b, wish->record))
		return;
	for (; names_next(&walk); may_be = true) {
		builder_edge(b, wish->from, walk.number, EDGE_USES_CONFIGURATION, SOURCE_FIELD,
			BELIEF_FACT, builder_text(b, SLICE("LaunchConfigurationName")),
			wish->record);
		sure = sure || walk.is_sure;
	}
	if (!sure)
		miss_configuration(b, wish, may_be);
}

/* --- Auto Scaling groups --------------------------------------------------------------------- */

/* The one that the name means, or 0: there is none, several may be meant, or that one is perhaps in
 * another place. */
static nid
find_only(const struct names *names, struct place_of place, sid name)
{
	struct names_walk walk = names_find(names, place, name);
	nid found = names_next(&walk) && walk.is_sure ? walk.number : 0;

	while (found && names_next(&walk))
		found = walk.is_sure && walk.number == found ? found : 0;
	return found;
}

/*
 * An instance's tag names its group by name; the group's own record has an ARN. When no group but
 * one of the instance's own place can be meant, that is the one.
 */
static void
redirect_member(struct builder *b, const struct names *names, struct edge *edge)
{
	const struct slice prefix = SLICE("auto-scaling-group/");
	const struct node *group = builder_node_at(b, edge->to);
	struct slice id = graph_text(b->graph, group->id);
	nid found;

	if (edge->kind != EDGE_MEMBER_OF || group->kind != NODE_AUTO_SCALING_GROUP ||
		group->defined || !slice_starts(id, prefix.at))
		return;
	found = find_only(names, builder_place(b, edge->from),
		strpool_find(&b->graph->strings,
			(struct slice){id.at + prefix.len, id.len - prefix.len}));
	if (found)
		edge->to = found;
}

void
freeze_references(struct builder *b)
{
	struct names configurations = {0};
	struct names groups = {0};

	collect_names(&configurations, b, NODE_LAUNCH_CONFIGURATION);
	vec_foreach (wish, &b->configurations)
		settle_configuration(b, &configurations, wish);
	names_release(&configurations);
	vec_release(&b->configurations);

	collect_names(&groups, b, NODE_AUTO_SCALING_GROUP);
	for (size_t e = 1; groups.items.count && e < b->graph->edges.count; e++)
		redirect_member(b, &groups, &b->graph->edges.items[e]);
	names_release(&groups);
}
