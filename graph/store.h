/*
 * A frozen graph as bytes, for the program that wrote them: no pointers, no padding, the members of
 * one table. It must not know: files, whether the bytes are to be believed.
 */
#ifndef AMIPLAN_GRAPH_STORE_H
#define AMIPLAN_GRAPH_STORE_H

#include "graph.h"

/*
 * Where the bytes go to, or come from; of `put` and `take` one is NULL. They move all of `len`
 * bytes, or return false; then the whole is given up.
 */
struct graph_stream {
	bool (*put)(const void *bytes, size_t len, void *with);
	bool (*take)(void *bytes, size_t len, void *with);
	void *with;
	uint64_t left; /* taking: bytes that can still come, so that no count can ask for more */
};

/* What documents borrow from the inventory (path, opened, bytes, size) is not written. The graph is
 * not changed. */
bool graph_save(struct graph *graph, struct graph_stream *to);

/* NULL if the bytes are none of graph_save's. Whoever reads them has the documents' borrowed
 * members to set, and must know that the bytes are as they were written: numbers are not checked.
 */
struct graph *graph_restore(struct graph_stream *from);

#endif
