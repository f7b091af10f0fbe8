/*
 * How pictures look: one shape a kind of node, one line a strength of edge, one look a fate, and
 * the legend that says so. Everything reads without colour too. It must not know: which nodes there
 * are.
 */
#ifndef AMIPLAN_REPORT_STYLE_H
#define AMIPLAN_REPORT_STYLE_H

#include "picture.h"
#include "plan.h"

/* Defaults of every attribute that a picture sets. */
extern const struct picture_default style_defaults[];

/* Colour, and beside it a word in the label and the outlines: without colour it says the same. */
struct fate_style {
	const char *word; /* "goes", "blocked", "kept"; NULL: no fate */
	const char *fill, *peripheries, *pen;
};
const struct fate_style *style_fate(enum fate fate);
enum { STYLE_FATES = FATE_KEPT + 1 };

void style_node(struct Agnode_s *node, enum node_kind kind);
void style_edge(struct Agedge_s *edge, enum edge_strength strength);

/* A further line of a label, escaped for DOT, cut where it grows too long. */
void style_add_line(struct buf *label, struct slice text);

/* A cluster of its own with each strength of edge and, if wanted, each fate. */
void style_legend(struct picture *picture, bool fates);

#endif
