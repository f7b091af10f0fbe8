/*
 * A graph that is too large to draw, family by family: a family is what hangs together.
 * It must not know: how single nodes are drawn.
 */
#ifndef AMIPLAN_REPORT_FAMILIES_H
#define AMIPLAN_REPORT_FAMILIES_H

#include "picture.h"
#include "subgraph.h"

/* Draws the families of the picked nodes, the largest `most` of them; the others are counted. */
void draw_families(struct picture *picture, const struct graph *graph,
	const struct graph_options *options, const struct subgraph *picked, size_t most);

#endif
