/*
 * Which account and region a document is from, as far as its path, its content and its neighbours
 * tell. It must not know: JSON, the graph.
 */
#ifndef AMIPLAN_INVENTORY_PLACE_H
#define AMIPLAN_INVENTORY_PLACE_H

#include "slice.h"

#define PLACE_ACCOUNT 16
#define PLACE_REGION 48

/* Terminated texts, "" for unknown; filled up with zeros, so that equal places are equal bytes. */
struct place {
	char account[PLACE_ACCOUNT];
	char region[PLACE_REGION];
};

/* Sets an unknown value. False if another one is known. */
bool place_set(char *known, size_t room, struct slice value);

/* What the components of a path say: the last that is an account, the last that is a region. */
void place_of_path(const char *path, struct place *out);

#endif
