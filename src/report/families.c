/*
 * Families: the connected parts of a graph, each drawn as one box with what it holds.
 * It must not know: how single nodes are drawn.
 *
 * An account, a parameter or a file of pins is named by many and would make one family of them all:
 * only what an AMI's life hangs on connects.
 */
#include "families.h"
#include "quote.h"
#include "style.h"
#include <inttypes.h>

/* Families one below the other. */
#define ROW 12

struct family {
	nid first; /* its first node in the order of kinds, places and ids: an AMI if it has one */
	uint32_t nodes;
	uint32_t kinds[NODE_KINDS];
	uint32_t fates[STYLE_FATES];
};

/* Lifetime: one picture. */
struct census {
	const struct graph *graph;
	const struct graph_options *options;
	const struct subgraph *picked;
	nid *root;           /* by nid: towards the first node of its family */
	uint32_t *family_of; /* by nid of a first node: 1 + its number */
	VEC(struct family) families;
};

/* --- who belongs together -------------------------------------------------------------------- */

/* Shortens the way behind it, so that the next walk is short. */
static nid
root_of(struct census *census, nid n)
{
	while (census->root[n] != n) {
		census->root[n] = census->root[census->root[n]];
		n = census->root[n];
	}
	return n;
}

static void
join(struct census *census, nid a, nid b)
{
	a = root_of(census, a);
	b = root_of(census, b);
	if (a <= b)
		census->root[b] = a;
	else
		census->root[a] = b;
}

static bool
connects(const struct census *census, nid n)
{
	enum node_kind kind = (enum node_kind)graph_node(census->graph, n)->kind;

	return bitset_has(&census->picked->nodes, n) && kind != NODE_ACCOUNT &&
	       kind != NODE_PARAMETER && kind != NODE_FILE_PIN;
}

static void
count_member(struct census *census, nid n)
{
	enum fate fate = subgraph_fate(census->graph, census->options, n);
	uint32_t *number = &census->family_of[root_of(census, n)];
	struct family *family;

	if (*number == 0) {
		vec_push(&census->families, ((struct family){.first = root_of(census, n)}));
		*number = (uint32_t)census->families.count;
	}
	assert(*number <= census->families.count && census->families.items);
	family = &census->families.items[*number - 1];
	family->nodes++;
	family->kinds[graph_node(census->graph, n)->kind]++;
	family->fates[fate]++;
}

static void
take_census(struct census *census)
{
	const struct graph *graph = census->graph;

	for (nid n = 1; n < graph->nodes.count; n++)
		census->root[n] = n;
	for (eid e = 1; e < graph->edges.count; e++) {
		const struct edge *edge = &graph->edges.items[e];

		if (connects(census, edge->from) && connects(census, edge->to))
			join(census, edge->from, edge->to);
	}
	for (nid n = 1; n < graph->nodes.count; n++)
		if (bitset_has(&census->picked->nodes, n))
			count_member(census, n);
}

/* The largest first; equals stay in the order of their first nodes. */
static int
compare_families(const void *a, const void *b)
{
	const struct family *x = a;
	const struct family *y = b;

	if (x->nodes != y->nodes)
		return x->nodes > y->nodes ? -1 : 1;
	return x->first < y->first ? -1 : 1;
}

/* --- drawing --------------------------------------------------------------------------------- */

static void
put_count(struct buf *label, uint32_t count, const char *what)
{
	char text[96];

	if (!count)
		return;
	snprintf(text, sizeof(text), "%" PRIu32 " %s%s", count, what, count == 1 ? "" : "s");
	style_add_line(label, slice_of(text));
}

static enum fate
main_fate(const struct family *family)
{
	if (family->fates[FATE_STEP])
		return FATE_STEP;
	if (family->fates[FATE_BLOCKED])
		return FATE_BLOCKED;
	return family->fates[FATE_KEPT] ? FATE_KEPT : FATE_NONE;
}

static void
put_fates(struct buf *label, const struct family *family)
{
	for (int fate = FATE_STEP; fate < STYLE_FATES; fate++) {
		char text[64];

		if (!family->fates[fate])
			continue;
		snprintf(text, sizeof(text), "%" PRIu32 " %s", family->fates[fate],
			style_fate((enum fate)fate)->word);
		style_add_line(label, slice_of(text));
	}
}

/* Boxes without edges would stand in one endless row: unseen edges make columns of it. */
static void
put_behind(struct picture *picture, struct Agnode_s *before, struct Agnode_s *node)
{
	if (before)
		picture_set(picture_edge(picture, before, node), "style", "invis");
}

static struct Agnode_s *
draw_family(struct picture *picture, const struct graph *graph, const struct family *family,
	size_t number)
{
	const struct node *node = graph_node(graph, family->first);
	const struct fate_style *style = style_fate(main_fate(family));
	struct buf label = {0};
	struct Agnode_s *drawn;
	char name[32];

	snprintf(name, sizeof(name), "family:%zu", number);
	drawn = picture_node(picture, name);
	style_add_line(&label, graph_text(graph, node->id));
	if (node->name)
		style_add_line(&label, graph_text(graph, node->name));
	if (node->account)
		style_add_line(&label, graph_text(graph, node->account));
	if (node->region)
		style_add_line(&label, graph_text(graph, node->region));
	for (int kind = 0; kind < NODE_KINDS; kind++)
		put_count(&label, family->kinds[kind], node_kind_title((enum node_kind)kind));
	put_fates(&label, family);
	picture_set(drawn, "label", label.at);
	picture_set(drawn, "shape", "folder");
	picture_set(drawn, "fillcolor", style->fill);
	picture_set(drawn, "peripheries", style->peripheries);
	picture_set(drawn, "penwidth", style->pen);
	buf_release(&label);
	return drawn;
}

static void
draw_rest(struct picture *picture, size_t families, uint64_t nodes)
{
	struct Agnode_s *drawn = picture_node(picture, "family:rest");
	char text[96];

	snprintf(text, sizeof(text), "+ %zu families\\n%" PRIu64 " nodes", families, nodes);
	picture_set(drawn, "label", text);
	picture_set(drawn, "shape", "plaintext");
	picture_set(drawn, "peripheries", "0");
}

void
draw_families(struct picture *picture, const struct graph *graph,
	const struct graph_options *options, const struct subgraph *picked, size_t most)
{
	struct census census = {.graph = graph, .options = options, .picked = picked};
	struct Agnode_s *before = NULL;
	uint64_t rest = 0;
	size_t count;

	census.root = xcalloc(graph->nodes.count, sizeof(*census.root));
	census.family_of = xcalloc(graph->nodes.count, sizeof(*census.family_of));
	take_census(&census);
	picture_set(picture->top, "rankdir", "TB"); /* the largest family first, at the left */
	count = census.families.count;
	if (count)
		qsort(census.families.items, count, sizeof(struct family), compare_families);
	for (size_t i = 0; i < count; i++) {
		struct Agnode_s *drawn;

		if (i >= most) {
			rest += census.families.items[i].nodes;
			continue;
		}
		drawn = draw_family(picture, graph, &census.families.items[i], i + 1);
		put_behind(picture, i % ROW ? before : NULL, drawn);
		before = drawn;
	}
	if (count > most)
		draw_rest(picture, count - most, rest);
	vec_release(&census.families);
	free(census.family_of);
	free(census.root);
}
