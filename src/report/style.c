/*
 * How pictures look: tables, labels, the legend.
 * It must not know: which nodes there are.
 */
#include "style.h"
#include "quote.h"
#include "unicode.h"

/* Columns of one line of a label. */
#define LABEL_COLUMNS 48

const struct picture_default style_defaults[] = {
	{PICTURE_GRAPH, "rankdir", "LR"},
	{PICTURE_GRAPH, "rank", ""},
	{PICTURE_GRAPH, "label", ""},
	{PICTURE_GRAPH, "style", ""},
	{PICTURE_GRAPH, "color", "#808080"},
	{PICTURE_GRAPH, "fontname", "Helvetica"},
	{PICTURE_GRAPH, "newrank", ""},
	{PICTURE_NODE, "label", "\\N"},
	{PICTURE_NODE, "shape", "box"},
	{PICTURE_NODE, "style", "filled"},
	{PICTURE_NODE, "color", "black"},
	{PICTURE_NODE, "fillcolor", "white"},
	{PICTURE_NODE, "fontcolor", "black"},
	{PICTURE_NODE, "peripheries", "1"},
	{PICTURE_NODE, "penwidth", "1"},
	{PICTURE_NODE, "fontname", "Helvetica"},
	{PICTURE_NODE, "fontsize", "10"},
	{PICTURE_NODE, "height", "0.5"},
	{PICTURE_NODE, "margin", "0.11,0.055"},
	{PICTURE_GRAPH, "fontsize", "12"},
	{PICTURE_EDGE, "label", ""},
	{PICTURE_EDGE, "style", "solid"},
	{PICTURE_EDGE, "penwidth", "1"},
	{PICTURE_EDGE, "arrowhead", "normal"},
	{PICTURE_EDGE, "color", "black"},
	{PICTURE_EDGE, "constraint", ""},
	{PICTURE_EDGE, "fontname", "Helvetica"},
	{PICTURE_EDGE, "fontsize", "9"},
	{PICTURE_GRAPH, NULL, NULL},
};

/* Graphviz lays text over the lid of a cylinder or a box: these get room above it. */
#define LIDDED "0.15,0.19"

static const struct {
	const char *shape, *margin; /* margin: NULL, the usual */
} shapes[NODE_KINDS] = {
	[NODE_IMAGE] = {"box", NULL},
	[NODE_SNAPSHOT] = {"cylinder", LIDDED},
	[NODE_INSTANCE] = {"box3d", LIDDED},
	[NODE_VOLUME] = {"cylinder", LIDDED},
	[NODE_LAUNCH_TEMPLATE] = {"note", NULL},
	[NODE_TEMPLATE_VERSION] = {"note", NULL},
	[NODE_AUTO_SCALING_GROUP] = {"folder", NULL},
	[NODE_LAUNCH_CONFIGURATION] = {"note", NULL},
	[NODE_SPOT_REQUEST] = {"hexagon", NULL},
	[NODE_SPOT_FLEET] = {"hexagon", NULL},
	[NODE_FLEET] = {"hexagon", NULL},
	[NODE_PARAMETER] = {"component", NULL},
	[NODE_RECIPE] = {"tab", NULL},
	[NODE_ACCOUNT] = {"house", NULL},
	[NODE_RECOVERY_POINT] = {"octagon", NULL},
	[NODE_FILE_PIN] = {"rect", NULL},
};

static const struct fate_style fate_styles[] = {
	[FATE_NONE] = {NULL, "white", "1", "1"},
	[FATE_STEP] = {"goes", "#f4b8b0", "2", "1"},
	[FATE_BLOCKED] = {"blocked", "#f7e3a0", "1", "3"},
	[FATE_KEPT] = {"kept", "#c9e7c4", "1", "1"},
};

static const struct {
	const char *style, *pen, *head, *color, *meaning;
} strength_styles[] = {
	[INFORMS] = {"dotted", "1", "empty", "#606060", "belongs to; keeps nothing"},
	[BREAKS] = {"solid", "1", "normal", "black", "would stop working"},
	[BLOCKS] = {"bold", "2", "normal", "black", "EC2 refuses to delete"},
};

const struct fate_style *
style_fate(enum fate fate)
{
	return &fate_styles[fate];
}

void
style_node(struct Agnode_s *node, enum node_kind kind)
{
	picture_set(node, "shape", shapes[kind].shape ? shapes[kind].shape : "box");
	if (shapes[kind].margin)
		picture_set(node, "margin", shapes[kind].margin);
}

void
style_edge(struct Agedge_s *edge, enum edge_strength strength)
{
	picture_set(edge, "style", strength_styles[strength].style);
	picture_set(edge, "penwidth", strength_styles[strength].pen);
	picture_set(edge, "arrowhead", strength_styles[strength].head);
	picture_set(edge, "color", strength_styles[strength].color);
}

void
style_add_line(struct buf *label, struct slice text)
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

/* --- the legend ------------------------------------------------------------------------------ */

static struct Agnode_s *
legend_node(struct picture *picture, struct Agraph_s *legend, const char *name, const char *label)
{
	struct Agnode_s *node = picture_node(picture, name);

	picture_put_in(legend, node);
	picture_set(node, "label", label);
	picture_set(node, "fontsize", "8");
	picture_set(node, "height", "0.2");
	picture_set(node, "margin", "0.06,0.02");
	return node;
}

static void
legend_fates(struct picture *picture, struct Agraph_s *legend)
{
	static const char *const words[] = {
		"not selected", "goes", "blocked: see the reason", "kept: in use, or by policy"};

	for (int fate = 0; fate < STYLE_FATES; fate++) {
		char name[32];
		struct Agnode_s *node;

		snprintf(name, sizeof(name), "legend:fate:%d", fate);
		node = legend_node(picture, legend, name, words[fate]);
		picture_set(node, "fillcolor", fate_styles[fate].fill);
		picture_set(node, "peripheries", fate_styles[fate].peripheries);
		picture_set(node, "penwidth", fate_styles[fate].pen);
	}
}

static void
legend_edges(struct picture *picture, struct Agraph_s *legend)
{
	for (int strength = INFORMS; strength <= BLOCKS; strength++) {
		char name[32];
		struct Agnode_s *from, *to;
		struct Agedge_s *edge;

		snprintf(name, sizeof(name), "legend:from:%d", strength);
		from = legend_node(picture, legend, name, "");
		picture_set(from, "shape", "point");
		picture_set(from, "height", "0.05");
		picture_set(from, "fillcolor", "black");
		snprintf(name, sizeof(name), "legend:to:%d", strength);
		to = legend_node(picture, legend, name, strength_styles[strength].meaning);
		picture_set(to, "shape", "plaintext");
		picture_set(to, "peripheries", "0");
		edge = picture_edge(picture, from, to);
		style_edge(edge, (enum edge_strength)strength);
	}
}

void
style_legend(struct picture *picture, bool fates)
{
	struct Agraph_s *legend = picture_cluster(picture, NULL, "cluster_legend");

	picture_set(legend, "label", "legend");
	picture_set(legend, "style", "rounded,dashed");
	picture_set(legend, "fontsize", "9");
	if (fates)
		legend_fates(picture, legend);
	picture_set(legend_node(picture, legend, "legend:phantom", "only mentioned, not described"),
		"style", "filled,dashed");
	legend_edges(picture, legend);
}
