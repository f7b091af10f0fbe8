/*
 * What differs between two inventories: resources that came or went, and what of them changed.
 * It must not know: plans, or how a difference is printed.
 */
#include "civil.h"
#include "diff.h"

/* A resource, not a mere mention: a record describes it, or (files that pin) it refers to
 * something. */
static bool
is_there(const struct graph *graph, nid n)
{
	struct edge_walk walk;

	if (!n)
		return false;
	walk = graph_out(graph, n);
	return graph_node(graph, n)->defined || walk.next != walk.end;
}

static const char *
text_of(const struct graph *graph, sid s)
{
	return strpool_text(&graph->strings, s);
}

static const char *
life_text(const struct graph *graph, nid n, struct arena *arena)
{
	const struct node *node = graph_node(graph, n);

	if (node->kind == NODE_IMAGE && node->row && node->state == STATE_UNKNOWN)
		return text_of(graph, graph_image(graph, n)->state_text);
	if (node->state == STATE_UNKNOWN)
		return "";
	return arena_format(arena, "%s", state_text((enum state)node->state));
}

/* "web-1, available" */
static const char *
describe(const struct graph *graph, nid n, struct arena *arena)
{
	const char *name = text_of(graph, graph_node(graph, n)->name);
	const char *life = life_text(graph, n, arena);

	return arena_format(arena, "%s%s%s", name, *name && *life ? ", " : "", life);
}

static void
value_node(const struct graph *graph, nid n, struct arena *arena, struct diff_values *values)
{
	const struct node *node = graph_node(graph, n);
	struct span tags = graph_tags(graph, n);

	diff_value(values, "name", text_of(graph, node->name));
	diff_value(values, "state", life_text(graph, n, arena));
	diff_value(values, "account", text_of(graph, node->account));
	diff_value(values, "region", text_of(graph, node->region));
	diff_value(values, "owner", text_of(graph, node->owner));
	for (uint32_t i = 0; i < tags.count; i++) {
		const struct tag *tag = &graph->tags.items[tags.at + i];

		diff_value(values, arena_format(arena, "tag:%s", text_of(graph, tag->key)),
			text_of(graph, tag->value));
	}
	for (struct edge_walk w = graph_out(graph, n); edge_next(graph, &w);)
		diff_value(values, "refers to",
			arena_format(arena, "%s (%s)", graph_id(graph, w.edge->to),
				edge_kind_word((enum edge_kind)w.edge->kind)));
}

static void
compare_node(
	struct diff *diff, const struct graph *old, nid before, const struct graph *new, nid after)
{
	struct arena arena = {0};
	struct diff_values was = {0}, is = {0};

	value_node(old, before, &arena, &was);
	value_node(new, after, &arena, &is);
	diff_compare(diff, graph_id(new, after),
		node_kind_word((enum node_kind)graph_node(new, after)->kind), &was, &is);
	vec_release(&was);
	vec_release(&is);
	arena_release(&arena);
}

static void
add_node(struct diff *diff, struct diff_items *to, const struct graph *graph, nid n)
{
	struct arena arena = {0};

	diff_add(diff, to, graph_id(graph, n),
		node_kind_word((enum node_kind)graph_node(graph, n)->kind),
		describe(graph, n, &arena));
	arena_release(&arena);
}

static void
compare_heads(struct diff *diff, const struct graph *old, const struct graph *new)
{
	struct diff_values was = {0}, is = {0};
	char before[TIME_TEXT_SIZE], after[TIME_TEXT_SIZE];

	time_format(old->newest, before);
	time_format(new->newest, after);
	diff_value(&was, "newest time", before);
	diff_value(&is, "newest time", after);
	diff->head = diff_changes(diff, &was, &is, &diff->head_count);
	vec_release(&was);
	vec_release(&is);
}

struct diff *
diff_graphs(const struct graph *old, const struct graph *new)
{
	struct diff *diff = xcalloc(1, sizeof(*diff));

	compare_heads(diff, old, new);
	for (size_t i = 0; i + 1 < old->nodes.count; i++) {
		nid before = old->sorted[i];
		nid after = graph_find(new, graph_text(old, graph_node(old, before)->id));

		if (!is_there(old, before))
			continue;
		if (is_there(new, after))
			compare_node(diff, old, before, new, after);
		else
			add_node(diff, &diff->went, old, before);
	}
	for (size_t i = 0; i + 1 < new->nodes.count; i++) {
		nid after = new->sorted[i];

		if (is_there(new, after) &&
			!is_there(
				old, graph_find(old, graph_text(new, graph_node(new, after)->id))))
			add_node(diff, &diff->came, new, after);
	}
	return diff;
}
