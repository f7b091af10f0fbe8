/*
 * Does an argument have the form of an id? Tells ids from file names in `explain`, and typing
 * mistakes from both. It must not know: whether such a thing exists.
 */
#ifndef AMIPLAN_CLI_IDFORM_H
#define AMIPLAN_CLI_IDFORM_H

#include "slice.h"

/* ami-, snap-, i-, vol-, lt- …: whole and well-formed; or an ARN. */
bool idform_is(struct slice text);
/* Begins like one and holds nothing that only a path holds, but is not: a typing mistake, or an odd
 * file name. */
bool idform_almost(struct slice text);

#endif
