/*
 * The dependency graph as a picture: one style a kind of node, a strength of edge, a fate.
 * It must not know: how the graph or the plan came about, how a picture is rendered.
 */
#include "families.h"
#include "quote.h"
#include "style.h"

/* More nodes than this in one picture, and nobody can read it: families are drawn instead. Laying
 * out takes seconds from the smaller number on. */
#define MOST_WRITTEN 2000
#define MOST_LAID_OUT 400
/* Of the neighbours that hang on one node alone, so many of a kind are drawn; the rest is counted.
 */
#define MOST_LEAVES 12

/* The box of an account and region. The boxes of an account lie in a subgraph, which nobody sees:
 * of every node cgraph asks each subgraph beside the others whether it is there, and places are
 * thousands where accounts are hundreds. */
struct cluster {
	sid account, region;
	struct Agraph_s *graph;
};

struct account {
	sid id;
	struct Agraph_s *graph;
};

/* Lifetime: one picture. */
struct drawing {
	const struct graph *graph;
	const struct graph_options *options;
	struct subgraph picked;
	struct picture picture;
	VEC(struct cluster) clusters;
	VEC(struct account) accounts;
	struct drawn {
		struct Agnode_s *node;
	} * drawn;            /* by nid */
	nid *only;            /* by nid: its one neighbour in the picture, 0 none, MANY */
	struct bitset hidden; /* counted, not drawn */
	struct buf text;
};

#define MANY UINT32_MAX

static void
open_drawing(struct drawing *drawing)
{
	size_t count = drawing->graph->nodes.count + 1;

	picture_open(&drawing->picture, style_defaults);
	drawing->drawn = xcalloc(count, sizeof(*drawing->drawn));
	drawing->only = xcalloc(count, sizeof(*drawing->only));
	bitset_init(&drawing->hidden, count);
}

static void
close_drawing(struct drawing *drawing)
{
	picture_close(&drawing->picture);
	free(drawing->drawn);
	free(drawing->only);
	bitset_release(&drawing->hidden);
	subgraph_release(&drawing->picked);
	vec_release(&drawing->clusters);
	vec_release(&drawing->accounts);
	buf_release(&drawing->text);
}

/* --- labels and names
 * -------------------------------------------------------------------------------- */

static const char *
node_label(struct drawing *drawing, nid n)
{
	const struct node *node = graph_node(drawing->graph, n);
	enum fate fate = subgraph_fate(drawing->graph, drawing->options, n);
	struct buf *label = &drawing->text;

	buf_clear(label);
	style_add_line(label, slice_of(node_kind_title((enum node_kind)node->kind)));
	style_add_line(label, graph_text(drawing->graph, node->id));
	if (node->name && node->name != node->id)
		style_add_line(label, graph_text(drawing->graph, node->name));
	if (!node->defined)
		style_add_line(label, SLICE("only mentioned"));
	else if (node->state != STATE_UNKNOWN)
		style_add_line(label, slice_of(state_text((enum state)node->state)));
	if (style_fate(fate)->word)
		style_add_line(label, slice_of(style_fate(fate)->word));
	return label->at;
}

/* The id, where it is a plain word; else made one, with its rank so that no two become the same. */
static const char *
node_name(struct drawing *drawing, nid n)
{
	struct slice id = graph_text(drawing->graph, graph_node(drawing->graph, n)->id);
	struct buf *name = &drawing->text;
	bool is_plain = id.len > 0;

	buf_clear(name);
	for (size_t i = 0; i < id.len; i++) {
		char c = id.at[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c && strchr("-_.:/@ ", c))) {
			buf_add_char(name, c);
			continue;
		}
		buf_add_char(name, '_');
		is_plain = false;
	}
	if (!is_plain)
		buf_format(name, "#%u", n - 1);
	return name->at;
}

/* --- what is drawn
 * ------------------------------------------------------------------------------------- */

static bool
is_picked(const struct drawing *drawing, nid n)
{
	return bitset_has(&drawing->picked.nodes, n);
}

static void
meet(nid *only, nid other)
{
	if (*only != other)
		*only = *only ? MANY : other;
}

/* Finds the nodes that hang on one other node alone. */
static void
find_leaves(struct drawing *drawing)
{
	const struct graph *graph = drawing->graph;

	for (eid i = 1; i < graph->edges.count; i++) {
		const struct edge *edge = &graph->edges.items[i];

		if (!is_picked(drawing, edge->from) || !is_picked(drawing, edge->to))
			continue;
		meet(&drawing->only[edge->from], edge->to);
		meet(&drawing->only[edge->to], edge->from);
	}
}

/* What stands for the leaves of one kind and fate that are not drawn. */
struct bundle {
	size_t seen;
	size_t count;
	nid first;
	enum edge_kind edge;
	bool comes_in; /* the edge leads from the leaves to the hub */
};

/* Nodes come place by place: the last one that was made is asked for most. */
static struct Agraph_s *
account_of(struct drawing *drawing, sid id)
{
	struct account account = {id, NULL};

	for (size_t i = drawing->accounts.count; i-- > 0;)
		if (drawing->accounts.items[i].id == id)
			return drawing->accounts.items[i].graph;
	buf_clear(&drawing->text);
	buf_format(&drawing->text, "account_%s", strpool_text(&drawing->graph->strings, id));
	account.graph = picture_cluster(&drawing->picture, NULL, drawing->text.at);
	vec_push(&drawing->accounts, account);
	return account.graph;
}

static struct Agraph_s *
known_cluster(const struct drawing *drawing, const struct node *node)
{
	for (size_t i = drawing->clusters.count; i-- > 0;) {
		const struct cluster *known = &drawing->clusters.items[i];

		if (known->account == node->account && known->region == node->region)
			return known->graph;
	}
	return NULL;
}

static struct Agraph_s *
cluster_of(struct drawing *drawing, nid n)
{
	const struct node *node = graph_node(drawing->graph, n);
	struct cluster cluster = {node->account, node->region, known_cluster(drawing, node)};
	const char *account = strpool_text(&drawing->graph->strings, node->account);
	const char *region = strpool_text(&drawing->graph->strings, node->region);
	struct Agraph_s *parent;

	if (!*account || !*region || node->kind == NODE_ACCOUNT)
		return NULL;
	if (cluster.graph)
		return cluster.graph;
	parent = account_of(drawing, node->account);
	buf_clear(&drawing->text);
	buf_format(&drawing->text, "cluster_%s_%s", account, region);
	cluster.graph = picture_cluster(&drawing->picture, parent, drawing->text.at);
	buf_clear(&drawing->text);
	quote_dot_value(&drawing->text, slice_of(account));
	buf_add_char(&drawing->text, ' ');
	quote_dot_value(&drawing->text, slice_of(region));
	picture_set(cluster.graph, "label", drawing->text.at);
	picture_set(cluster.graph, "style", "rounded");
	vec_push(&drawing->clusters, cluster);
	return cluster.graph;
}

static struct Agnode_s *
new_node(struct drawing *drawing, const char *name, nid place_of)
{
	struct Agnode_s *node = picture_node(&drawing->picture, name);
	struct Agraph_s *cluster = cluster_of(drawing, place_of);

	if (cluster)
		picture_put_in(cluster, node);
	return node;
}

static void
draw_node(struct drawing *drawing, nid n)
{
	const struct node *node = graph_node(drawing->graph, n);
	enum fate fate = subgraph_fate(drawing->graph, drawing->options, n);
	struct Agnode_s *drawn = new_node(drawing, node_name(drawing, n), n);

	drawing->drawn[n].node = drawn;
	picture_set(drawn, "label", node_label(drawing, n));
	style_node(drawn, (enum node_kind)node->kind);
	picture_set(drawn, "style", node->defined ? "filled" : "filled,dashed");
	picture_set(drawn, "fillcolor", style_fate(fate)->fill);
	picture_set(drawn, "peripheries", style_fate(fate)->peripheries);
	picture_set(drawn, "penwidth",
		bitset_has(&drawing->picked.focus, n) ? "4" : style_fate(fate)->pen);
}

static struct Agedge_s *
new_edge(struct drawing *drawing, struct Agnode_s *from, struct Agnode_s *to, enum edge_kind kind)
{
	struct Agedge_s *drawn = picture_edge(&drawing->picture, from, to);

	style_edge(drawn, edge_kind_strength(kind));
	return drawn;
}

static void
draw_edge(struct drawing *drawing, const struct edge *edge)
{
	struct Agnode_s *from = drawing->drawn[edge->from].node,
			*to = drawing->drawn[edge->to].node;

	if (!from || !to)
		return;
	buf_clear(&drawing->text);
	buf_add_text(&drawing->text, edge_kind_word((enum edge_kind)edge->kind));
	if (edge->belief != BELIEF_FACT)
		buf_format(
			&drawing->text, " (%s)", edge_belief_word((enum edge_belief)edge->belief));
	picture_set(
		new_edge(drawing, from, to, (enum edge_kind)edge->kind), "label", drawing->text.at);
}

/* --- collapsing large fan-outs
 * ---------------------------------------------------------------------------- */

typedef struct bundle bundles[NODE_KINDS][STYLE_FATES];

/* One edge of a hub: is its other end a leaf too many? */
static void
consider_leaf(struct drawing *drawing, bundles of, nid hub, nid leaf, enum edge_kind edge,
	bool comes_in, struct bitset *met)
{
	enum fate fate = subgraph_fate(drawing->graph, drawing->options, leaf);
	struct bundle *bundle = &of[graph_node(drawing->graph, leaf)->kind][fate];

	if (!is_picked(drawing, leaf) || drawing->only[leaf] != hub || bitset_has(met, leaf) ||
		bitset_has(&drawing->picked.focus, leaf))
		return;
	/* Two nodes with nothing but each other are leaves of each other: neither hides the other.
	 */
	if (drawing->only[hub] == leaf)
		return;
	bitset_add(met, leaf);
	if (++bundle->seen <= MOST_LEAVES)
		return;
	if (bundle->count++ == 0) {
		bundle->first = leaf;
		bundle->edge = edge;
		bundle->comes_in = comes_in;
	}
	bitset_add(&drawing->hidden, leaf);
}

static void
gather_leaves(struct drawing *drawing, bundles of, nid hub, struct bitset *met)
{
	const struct graph *graph = drawing->graph;

	for (struct edge_walk w = graph_out(graph, hub); edge_next(graph, &w);)
		consider_leaf(
			drawing, of, hub, w.edge->to, (enum edge_kind)w.edge->kind, false, met);
	for (struct edge_walk w = graph_in(graph, hub); edge_next(graph, &w);)
		consider_leaf(
			drawing, of, hub, w.edge->from, (enum edge_kind)w.edge->kind, true, met);
}

/* "+ 37 instances", with the edge that they all have. */
static void
draw_bundle(struct drawing *drawing, nid hub, enum node_kind kind, enum fate fate,
	const struct bundle *bundle)
{
	struct Agnode_s *drawn, *end = drawing->drawn[hub].node;
	struct buf *text = &drawing->text;

	buf_clear(text);
	buf_format(text, "more:%u:%s:%d", hub - 1, node_kind_word(kind), (int)fate);
	drawn = new_node(drawing, text->at, bundle->first);
	buf_clear(text);
	buf_format(text, "+ %zu %s%s", bundle->count, node_kind_title(kind),
		bundle->count == 1 ? "" : "s");
	if (style_fate(fate)->word)
		buf_format(text, "\\n%s", style_fate(fate)->word);
	picture_set(drawn, "label", text->at);
	picture_set(drawn, "shape", "plaintext");
	picture_set(drawn, "peripheries", "0");
	picture_set(drawn, "fillcolor", style_fate(fate)->fill);
	picture_set(new_edge(drawing, bundle->comes_in ? drawn : end,
			    bundle->comes_in ? end : drawn, bundle->edge),
		"label", edge_kind_word(bundle->edge));
}

/* Marks what is hidden (`draw` false), or draws what stands for it. The same walk both times, so
 * both agree. */
static void
walk_bundles(struct drawing *drawing, bool draw)
{
	const struct graph *graph = drawing->graph;
	struct bitset met;

	bitset_init(&met, graph->nodes.count + 1);
	for (nid hub = 1; hub < graph->nodes.count; hub++) {
		bundles of = {0};

		if (!is_picked(drawing, hub) || drawing->only[hub] == 0)
			continue;
		gather_leaves(drawing, of, hub, &met);
		for (int kind = 0; draw && kind < NODE_KINDS; kind++)
			for (int fate = 0; fate < STYLE_FATES; fate++)
				if (of[kind][fate].count)
					draw_bundle(drawing, hub, (enum node_kind)kind,
						(enum fate)fate, &of[kind][fate]);
	}
	bitset_release(&met);
}

/* --- the picture
 * ------------------------------------------------------------------------------------------- */

static size_t
count_drawn(const struct drawing *drawing)
{
	size_t count = 0;

	for (nid n = 1; n < drawing->graph->nodes.count; n++)
		count += is_picked(drawing, n) && !bitset_has(&drawing->hidden, n);
	return count;
}

static void
draw(struct drawing *drawing)
{
	const struct graph *graph = drawing->graph;

	for (nid n = 1; n < graph->nodes.count; n++)
		if (is_picked(drawing, n) && !bitset_has(&drawing->hidden, n))
			draw_node(drawing, n);
	for (nid n = 1; n < graph->nodes.count; n++) {
		struct edge_walk walk = graph_out(graph, n);

		while (edge_next(graph, &walk))
			draw_edge(drawing, walk.edge);
	}
	walk_bundles(drawing, true);
}

int
draw_dependencies(FILE *file, const char *format, const struct graph *graph,
	const struct graph_options *options, bool *collapsed, struct err *err)
{
	struct drawing drawing = {.graph = graph, .options = options};
	bool written = strcmp(format, "dot") == 0, every = written && options->every;
	size_t most = written ? MOST_WRITTEN : MOST_LAID_OUT;
	int code = subgraph_pick(&drawing.picked, graph, options, err);
	bool large;

	if (code != ERR_OK)
		return code;
	open_drawing(&drawing);
	if (!every)
		find_leaves(&drawing); /* where no leaf is known, no bundle stands for leaves */
	walk_bundles(&drawing, false);
	large = !every && count_drawn(&drawing) > most;
	if (large)
		draw_families(&drawing.picture, graph, options, &drawing.picked, most);
	else
		draw(&drawing);
	style_legend(&drawing.picture, options->plan || options->fate);
	code = picture_write(&drawing.picture, format, file, err);
	if (code == ERR_OK && collapsed)
		*collapsed = large;
	close_drawing(&drawing);
	return code;
}
