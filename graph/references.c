/*
 * References by name: launch configurations, and Auto Scaling groups that an instance knows by name
 * alone. It must not know: launch templates and parameters, which have files of their own.
 */
#include "builder.h"

/* A defined node that its name means in its place. */
struct named_node {
	sid account, region, name;
	nid node;
};

struct names {
	const struct builder *b;
	VEC(struct named_node) items;
};

static int
compare_named(const void *a, const void *b, const struct graph *graph)
{
	const struct named_node *x = a;
	const struct named_node *y = b;

	(void)graph;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

static void
collect_names(struct names *names, enum node_kind kind)
{
	const struct graph *graph = names->b->graph;

	for (nid n = 1; n < graph->nodes.count; n++) {
		const struct node *node = &graph->nodes.items[n];

		if (node->kind == kind && node->defined && node->name)
			vec_push(&names->items,
				((struct named_node){node->account, node->region, node->name, n}));
	}
	sort_items(names->items.items, names->items.count, sizeof(*names->items.items),
		compare_named, graph);
}

/* Position of the first node of that name in the place of `from`. */
static size_t
first_named(const struct names *names, const struct node *from, sid name)
{
	struct named_node wanted = {from->account, from->region, name, 0};
	size_t low = 0;
	size_t high = names->items.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_named(&names->items.items[middle], &wanted, NULL) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The node at position `i` if that is its name and place, else 0. */
static nid
named_at(const struct names *names, size_t i, const struct node *from, sid name)
{
	const struct named_node *item = names->items.items + i;

	if (i >= names->items.count || item->account != from->account ||
		item->region != from->region || item->name != name)
		return 0;
	return item->node;
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
	struct node from = *builder_node_at(b, wish->from);
	size_t i = first_named(names, &from, wish->name);
	nid to = named_at(names, i, &from, wish->name);

	if (builder_is_dead(b, wish->record))
		return;
	if (!to)
		miss_configuration(b, wish);
	for (; to; to = named_at(names, ++i, &from, wish->name))
		builder_edge(b, wish->from, to, EDGE_USES_CONFIGURATION, SOURCE_FIELD, BELIEF_FACT,
			builder_text(b, SLICE("LaunchConfigurationName")), wish->record);
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
	sid name;
	size_t i;
	nid to;

	if (edge->kind != EDGE_MEMBER_OF || group->kind != NODE_AUTO_SCALING_GROUP ||
		group->defined || !slice_starts(id, prefix.at))
		return;
	name = strpool_find(
		&b->graph->strings, (struct slice){id.at + prefix.len, id.len - prefix.len});
	i = first_named(names, member, name);
	to = name ? named_at(names, i, member, name) : 0;
	if (to && !named_at(names, i + 1, member, name))
		edge->to = to;
}

void
freeze_references(struct builder *b)
{
	struct names configurations = {.b = b};
	struct names groups = {.b = b};

	collect_names(&configurations, NODE_LAUNCH_CONFIGURATION);
	vec_foreach (wish, &b->configurations)
		settle_configuration(b, &configurations, wish);
	vec_release(&configurations.items);
	vec_release(&b->configurations);

	collect_names(&groups, NODE_AUTO_SCALING_GROUP);
	for (size_t e = 1; groups.items.count && e < b->graph->edges.count; e++)
		redirect_member(b, &groups, &b->graph->edges.items[e]);
	vec_release(&groups.items);
}
