/*
 * A picture under way: nodes, edges and clusters of cgraph, written as DOT or laid out and rendered
 * by gvc. Values are escaped for DOT by who sets them (quote_dot_value).
 * It must not know: what is drawn.
 */
#ifndef AMIPLAN_REPORT_PICTURE_H
#define AMIPLAN_REPORT_PICTURE_H

#include "arena.h"
#include "buf.h"
#include "vec.h"
#include <stdio.h>

struct Agraph_s;
struct Agnode_s;
struct Agedge_s;

/* Lifetime: one picture. */
struct picture {
	struct namer *namer;
	struct Agraph_s *top;
};

enum picture_part { PICTURE_GRAPH, PICTURE_NODE, PICTURE_EDGE };

/* Every attribute that is set must have a default. The list ends with a NULL name. */
struct picture_default {
	enum picture_part part;
	const char *name, *value;
};

void picture_open(struct picture *picture, const struct picture_default *defaults);
void picture_close(struct picture *picture);

/* Names must be unique among things of a kind; they stand in the order in which they were made. */
struct Agraph_s *picture_cluster(
	struct picture *picture, struct Agraph_s *parent, const char *name);
struct Agnode_s *picture_node(struct picture *picture, const char *name);
void picture_put_in(struct Agraph_s *cluster, struct Agnode_s *node);
struct Agedge_s *picture_edge(struct picture *picture, struct Agnode_s *from, struct Agnode_s *to);

/* `object` is a graph, cluster, node or edge. */
void picture_set(void *object, const char *name, const char *value);

/*
 * "dot" as it is; "svg", "png", "pdf" laid out by dot and rendered in process. A failed write is
 * found by the owner of the stream. ERR_IO if Graphviz has no plugin for the format.
 */
int picture_write(struct picture *picture, const char *format, FILE *file, struct err *err);

#endif
