/*
 * The graph as DOT, through cgraph: the only file that includes it.
 * It must not know: how the graph or the plan came about.
 *
 * Order: cgraph writes subgraphs in the order of their ids, and by default an id is an address. So
 * ids are given here, one after another, and names are looked up by them: the same graph gives the
 * same bytes.
 */
#include "quote.h"
#include "subgraph.h"
#include "unicode.h"
#include <cgraph.h>

/* More nodes than this in one picture, and no layout of it can be read. */
#define MOST_NODES 2000
/* Of the neighbours that hang on one node alone, so many of a kind are drawn; the rest is counted.
 */
#define MOST_LEAVES 12
/* Columns of one line of a label. */
#define LABEL_COLUMNS 48

#define FATES (FATE_KEPT + 1)

/* --- styles
 * --------------------------------------------------------------------------------------- */

static const char *const SHAPES[NODE_KINDS] = {
	[NODE_IMAGE] = "box",
	[NODE_SNAPSHOT] = "cylinder",
	[NODE_INSTANCE] = "box3d",
	[NODE_VOLUME] = "cylinder",
	[NODE_LAUNCH_TEMPLATE] = "note",
	[NODE_TEMPLATE_VERSION] = "note",
	[NODE_AUTO_SCALING_GROUP] = "folder",
	[NODE_LAUNCH_CONFIGURATION] = "note",
	[NODE_SPOT_REQUEST] = "hexagon",
	[NODE_SPOT_FLEET] = "hexagon",
	[NODE_FLEET] = "hexagon",
	[NODE_PARAMETER] = "component",
	[NODE_RECIPE] = "tab",
	[NODE_ACCOUNT] = "house",
	[NODE_RECOVERY_POINT] = "octagon",
	[NODE_FILE_PIN] = "rect",
};

/* Colour, and beside it a word in the label and the number of outlines: without colour it says the
 * same. */
static const struct {
	const char *word, *fill, *peripheries, *pen;
} FATE_STYLES[FATES] = {
	[FATE_NONE] = {NULL, "white", "1", "1"},
	[FATE_STEP] = {"goes", "#f4b8b0", "2", "1"},
	[FATE_BLOCKED] = {"blocked", "#f7e3a0", "1", "3"},
	[FATE_KEPT] = {"kept", "#c9e7c4", "1", "1"},
};

static const struct {
	const char *style, *pen, *head, *color;
} STRENGTH_STYLES[] = {
	[INFORMS] = {"dotted", "1", "empty", "#606060"},
	[BREAKS] = {"solid", "1", "normal", "black"},
	[BLOCKS] = {"bold", "2", "normal", "black"},
};

/* --- cgraph
 * ---------------------------------------------------------------------------------------- */

/* Ids one after another, and the name of each. `disc` comes first: cgraph hands it back. */
struct namer {
	Agdisc_t disc;
	struct arena arena;
	VEC(char *) names; /* by id; NULL: nameless, as edges are */
};

static IDTYPE
next_id(struct namer *namer, const char *name)
{
	vec_push(&namer->names, name ? arena_text(&namer->arena, slice_of(name)) : NULL);
	return namer->names.count - 1;
}

static void *
id_open(Agraph_t *graph, Agdisc_t *disc)
{
	(void)graph;
	return disc;
}

static long
id_map(void *state, int objtype, char *name, IDTYPE *id, int create)
{
	(void)objtype;
	if (!create)
		return 0;
	*id = next_id(state, name);
	return 1;
}

static long
id_alloc(void *state, int objtype, IDTYPE id)
{
	const struct namer *namer = state;

	(void)objtype;
	return id < namer->names.count;
}

static void
id_free(void *state, int objtype, IDTYPE id)
{
	(void)state;
	(void)objtype;
	(void)id;
}

static char *
id_print(void *state, int objtype, IDTYPE id)
{
	const struct namer *namer = state;

	(void)objtype;
	return id < namer->names.count ? namer->names.items[id] : NULL;
}

static void
id_close(void *state)
{
	(void)state;
}

static void
id_register(void *state, int objtype, void *object)
{
	(void)state;
	(void)objtype;
	(void)object;
}

static Agiddisc_t ID_DISCIPLINE = {
	id_open, id_map, id_alloc, id_free, id_print, id_close, id_register};

/* cgraph takes `char *` for what it only reads. */
static char *
loose(const char *text)
{
	char *result;

	memcpy(&result, &text, sizeof(result));
	return result;
}

static void
set(void *object, const char *name, const char *value)
{
	agset(object, loose(name), loose(value));
}

struct cluster {
	sid account, region;
	Agraph_t *graph;
};

/* Lifetime: one picture. */
struct picture {
	const struct graph *graph;
	const struct graph_options *options;
	struct subgraph picked;
	struct namer namer;
	Agraph_t *top;
	VEC(struct cluster) clusters;
	struct drawn {
		Agnode_t *node;
	} * drawn;            /* by nid */
	nid *only;            /* by nid: its one neighbour in the picture, 0 none, MANY */
	struct bitset hidden; /* counted, not drawn */
	struct buf text;
};

#define MANY UINT32_MAX

static void
open_picture(struct picture *picture)
{
	static const struct {
		int kind;
		const char *name, *value;
	} DEFAULTS[] = {
		{AGRAPH, "rankdir", "LR"},
		{AGRAPH, "label", ""},
		{AGRAPH, "style", ""},
		{AGRAPH, "fontname", "Helvetica"},
		{AGNODE, "label", "\\N"},
		{AGNODE, "shape", "box"},
		{AGNODE, "style", "filled"},
		{AGNODE, "fillcolor", "white"},
		{AGNODE, "peripheries", "1"},
		{AGNODE, "penwidth", "1"},
		{AGNODE, "fontname", "Helvetica"},
		{AGNODE, "fontsize", "10"},
		{AGEDGE, "label", ""},
		{AGEDGE, "style", "solid"},
		{AGEDGE, "penwidth", "1"},
		{AGEDGE, "arrowhead", "normal"},
		{AGEDGE, "color", "black"},
		{AGEDGE, "fontname", "Helvetica"},
		{AGEDGE, "fontsize", "9"},
	};

	picture->namer.disc = (Agdisc_t){&AgMemDisc, &ID_DISCIPLINE, &AgIoDisc};
	picture->top = agopen(loose("amiplan"), Agdirected, &picture->namer.disc);
	for (size_t i = 0; i < sizeof(DEFAULTS) / sizeof(DEFAULTS[0]); i++)
		agattr(picture->top, DEFAULTS[i].kind, loose(DEFAULTS[i].name),
			loose(DEFAULTS[i].value));
	picture->drawn = xcalloc(picture->graph->nodes.count + 1, sizeof(*picture->drawn));
	picture->only = xcalloc(picture->graph->nodes.count + 1, sizeof(*picture->only));
	bitset_init(&picture->hidden, picture->graph->nodes.count + 1);
}

static void
close_picture(struct picture *picture)
{
	if (picture->top)
		agclose(picture->top);
	free(picture->drawn);
	free(picture->only);
	bitset_release(&picture->hidden);
	subgraph_release(&picture->picked);
	vec_release(&picture->clusters);
	vec_release(&picture->namer.names);
	arena_release(&picture->namer.arena);
	buf_release(&picture->text);
}

/* --- labels and names
 * -------------------------------------------------------------------------------- */

/* A further line of the label, cut where it grows too long. */
static void
add_line(struct buf *label, struct slice text)
{
	size_t at = 0;
	unsigned columns = 0;

	while (at < text.len && columns < LABEL_COLUMNS) {
		unicode_next(text, &at);
		columns++;
	}
	if (label->len)
		buf_add_text(label, "\\n");
	quote_dot_value(label, (struct slice){text.at, at});
	if (at < text.len)
		buf_add_text(label, "…");
}

static const char *
node_label(struct picture *picture, nid n)
{
	const struct node *node = graph_node(picture->graph, n);
	enum fate fate = subgraph_fate(picture->graph, picture->options, n);
	struct buf *label = &picture->text;

	buf_clear(label);
	add_line(label, slice_of(node_kind_title((enum node_kind)node->kind)));
	add_line(label, graph_text(picture->graph, node->id));
	if (node->name && node->name != node->id)
		add_line(label, graph_text(picture->graph, node->name));
	if (!node->defined)
		add_line(label, SLICE("only mentioned"));
	else if (node->state != STATE_UNKNOWN)
		add_line(label, slice_of(state_text((enum state)node->state)));
	if (FATE_STYLES[fate].word)
		add_line(label, slice_of(FATE_STYLES[fate].word));
	return label->at;
}

/* The id, where it is a plain word; else made one, with its rank so that no two become the same. */
static const char *
node_name(struct picture *picture, nid n)
{
	struct slice id = graph_text(picture->graph, graph_node(picture->graph, n)->id);
	struct buf *name = &picture->text;
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
		buf_format(name, "#%u", picture->graph->rank[n]);
	return name->at;
}

/* --- what is drawn
 * ------------------------------------------------------------------------------------- */

static bool
is_picked(const struct picture *picture, nid n)
{
	return bitset_has(&picture->picked.nodes, n);
}

static void
meet(nid *only, nid other)
{
	if (*only != other)
		*only = *only ? MANY : other;
}

/* Finds the nodes that hang on one other node alone. */
static void
find_leaves(struct picture *picture)
{
	const struct graph *graph = picture->graph;

	for (eid i = 1; i < graph->edges.count; i++) {
		const struct edge *edge = &graph->edges.items[i];

		if (!is_picked(picture, edge->from) || !is_picked(picture, edge->to))
			continue;
		meet(&picture->only[edge->from], edge->to);
		meet(&picture->only[edge->to], edge->from);
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

static Agraph_t *
cluster_of(struct picture *picture, nid n)
{
	const struct node *node = graph_node(picture->graph, n);
	struct cluster cluster = {node->account, node->region, NULL};
	const char *account = strpool_text(&picture->graph->strings, node->account);
	const char *region = strpool_text(&picture->graph->strings, node->region);

	if (!*account || !*region || node->kind == NODE_ACCOUNT)
		return NULL;
	vec_foreach (known, &picture->clusters)
		if (known->account == node->account && known->region == node->region)
			return known->graph;
	buf_clear(&picture->text);
	buf_format(&picture->text, "cluster_%s_%s", account, region);
	cluster.graph = agidsubg(picture->top, next_id(&picture->namer, picture->text.at), 1);
	buf_clear(&picture->text);
	quote_dot_value(&picture->text, slice_of(account));
	buf_add_char(&picture->text, ' ');
	quote_dot_value(&picture->text, slice_of(region));
	set(cluster.graph, "label", picture->text.at);
	set(cluster.graph, "style", "rounded");
	vec_push(&picture->clusters, cluster);
	return cluster.graph;
}

static Agnode_t *
new_node(struct picture *picture, const char *name, nid place_of)
{
	Agnode_t *node = agidnode(picture->top, next_id(&picture->namer, name), 1);
	Agraph_t *cluster = cluster_of(picture, place_of);

	if (cluster)
		agsubnode(cluster, node, 1);
	return node;
}

static void
draw_node(struct picture *picture, nid n)
{
	const struct node *node = graph_node(picture->graph, n);
	enum fate fate = subgraph_fate(picture->graph, picture->options, n);
	Agnode_t *drawn = new_node(picture, node_name(picture, n), n);

	picture->drawn[n].node = drawn;
	set(drawn, "label", node_label(picture, n));
	set(drawn, "shape", SHAPES[node->kind] ? SHAPES[node->kind] : "box");
	set(drawn, "style", node->defined ? "filled" : "filled,dashed");
	set(drawn, "fillcolor", FATE_STYLES[fate].fill);
	set(drawn, "peripheries", FATE_STYLES[fate].peripheries);
	set(drawn, "penwidth", bitset_has(&picture->picked.focus, n) ? "4" : FATE_STYLES[fate].pen);
}

static Agedge_t *
new_edge(struct picture *picture, Agnode_t *from, Agnode_t *to, enum edge_kind kind)
{
	enum edge_strength strength = edge_kind_strength(kind);
	Agedge_t *drawn = agidedge(picture->top, from, to, next_id(&picture->namer, NULL), 1);

	set(drawn, "style", STRENGTH_STYLES[strength].style);
	set(drawn, "penwidth", STRENGTH_STYLES[strength].pen);
	set(drawn, "arrowhead", STRENGTH_STYLES[strength].head);
	set(drawn, "color", STRENGTH_STYLES[strength].color);
	return drawn;
}

static void
draw_edge(struct picture *picture, const struct edge *edge)
{
	Agnode_t *from = picture->drawn[edge->from].node, *to = picture->drawn[edge->to].node;

	if (!from || !to)
		return;
	buf_clear(&picture->text);
	buf_add_text(&picture->text, edge_kind_word((enum edge_kind)edge->kind));
	if (edge->belief != BELIEF_FACT)
		buf_format(
			&picture->text, " (%s)", edge_belief_word((enum edge_belief)edge->belief));
	set(new_edge(picture, from, to, (enum edge_kind)edge->kind), "label", picture->text.at);
}

/* --- collapsing large fan-outs
 * ---------------------------------------------------------------------------- */

typedef struct bundle bundles[NODE_KINDS][FATES];

/* One edge of a hub: is its other end a leaf too many? */
static void
consider_leaf(struct picture *picture, bundles of, nid hub, nid leaf, enum edge_kind edge,
	bool comes_in, struct bitset *met)
{
	enum fate fate = subgraph_fate(picture->graph, picture->options, leaf);
	struct bundle *bundle = &of[graph_node(picture->graph, leaf)->kind][fate];

	if (!is_picked(picture, leaf) || picture->only[leaf] != hub || bitset_has(met, leaf) ||
		bitset_has(&picture->picked.focus, leaf))
		return;
	/* Two nodes with nothing but each other are leaves of each other: neither hides the other.
	 */
	if (picture->only[hub] == leaf)
		return;
	bitset_add(met, leaf);
	if (++bundle->seen <= MOST_LEAVES)
		return;
	if (bundle->count++ == 0) {
		bundle->first = leaf;
		bundle->edge = edge;
		bundle->comes_in = comes_in;
	}
	bitset_add(&picture->hidden, leaf);
}

static void
gather_leaves(struct picture *picture, bundles of, nid hub, struct bitset *met)
{
	const struct graph *graph = picture->graph;

	for (struct edge_walk w = graph_out(graph, hub); edge_next(graph, &w);)
		consider_leaf(
			picture, of, hub, w.edge->to, (enum edge_kind)w.edge->kind, false, met);
	for (struct edge_walk w = graph_in(graph, hub); edge_next(graph, &w);)
		consider_leaf(
			picture, of, hub, w.edge->from, (enum edge_kind)w.edge->kind, true, met);
}

/* "+ 37 instances", with the edge that they all have. */
static void
draw_bundle(struct picture *picture, nid hub, int kind, int fate, const struct bundle *bundle)
{
	Agnode_t *drawn, *end = picture->drawn[hub].node;
	struct buf *text = &picture->text;

	buf_clear(text);
	buf_format(text, "more:%u:%s:%d", picture->graph->rank[hub],
		node_kind_word((enum node_kind)kind), fate);
	drawn = new_node(picture, text->at, bundle->first);
	buf_clear(text);
	buf_format(text, "+ %zu %s%s", bundle->count, node_kind_title((enum node_kind)kind),
		bundle->count == 1 ? "" : "s");
	if (FATE_STYLES[fate].word)
		buf_format(text, "\\n%s", FATE_STYLES[fate].word);
	set(drawn, "label", text->at);
	set(drawn, "shape", "plaintext");
	set(drawn, "fillcolor", FATE_STYLES[fate].fill);
	set(new_edge(picture, bundle->comes_in ? drawn : end, bundle->comes_in ? end : drawn,
		    bundle->edge),
		"label", edge_kind_word(bundle->edge));
}

/* Marks what is hidden (`draw` false), or draws what stands for it. The same walk both times, so
 * both agree. */
static void
walk_bundles(struct picture *picture, bool draw)
{
	const struct graph *graph = picture->graph;
	struct bitset met;

	bitset_init(&met, graph->nodes.count + 1);
	for (size_t i = 0; i + 1 < graph->nodes.count; i++) {
		bundles of = {0};
		nid hub = graph->sorted[i];

		if (!is_picked(picture, hub) || picture->only[hub] == 0)
			continue;
		gather_leaves(picture, of, hub, &met);
		for (int kind = 0; draw && kind < NODE_KINDS; kind++)
			for (int fate = 0; fate < FATES; fate++)
				if (of[kind][fate].count)
					draw_bundle(picture, hub, kind, fate, &of[kind][fate]);
	}
	bitset_release(&met);
}

/* --- the picture
 * ------------------------------------------------------------------------------------------- */

static size_t
count_drawn(const struct picture *picture)
{
	size_t count = 0;

	for (nid n = 1; n < picture->graph->nodes.count; n++)
		count += is_picked(picture, n) && !bitset_has(&picture->hidden, n);
	return count;
}

static int
check_size(const struct picture *picture, const struct graph_options *options, struct err *err)
{
	size_t count = options->focus_count ? count_drawn(picture) : picture->picked.count;

	if (count <= MOST_NODES)
		return ERR_OK;
	if (options->focus_count)
		return err_set(err, ERR_LIMIT,
			"%zu nodes lie that near, more than the %d that one picture holds: lower "
			"--depth",
			count, MOST_NODES);
	return err_set(err, ERR_LIMIT,
		"the graph has %zu nodes, more than the %d that one picture holds: name what to "
		"look at with --focus ID "
		"(and --depth N), or take -T json",
		count, MOST_NODES);
}

static void
draw(struct picture *picture)
{
	const struct graph *graph = picture->graph;

	for (size_t i = 0; i + 1 < graph->nodes.count; i++)
		if (is_picked(picture, graph->sorted[i]) &&
			!bitset_has(&picture->hidden, graph->sorted[i]))
			draw_node(picture, graph->sorted[i]);
	for (size_t i = 0; i + 1 < graph->nodes.count; i++) {
		struct edge_walk walk = graph_out(graph, graph->sorted[i]);

		while (edge_next(graph, &walk))
			draw_edge(picture, walk.edge);
	}
	walk_bundles(picture, true);
}

int
write_graph_dot(
	FILE *file, const struct graph *graph, const struct graph_options *options, struct err *err)
{
	struct picture picture = {.graph = graph, .options = options};
	int code = subgraph_pick(&picture.picked, graph, options, err);

	if (code != ERR_OK)
		return code;
	open_picture(&picture);
	find_leaves(&picture);
	walk_bundles(&picture, false);
	code = check_size(&picture, options, err);
	if (code == ERR_OK) {
		draw(&picture);
		agwrite(picture.top, file); /* a failed write is found by the owner of the stream */
	}
	close_picture(&picture);
	return code;
}
