/*
 * Does an argument have the form of an id? Tells ids from file names in `explain`, and typing
 * mistakes from both. It must not know: whether such a thing exists.
 */
#ifndef AMIPLAN_CLI_IDFORM_H
#define AMIPLAN_CLI_IDFORM_H

#include "slice.h"

/* ami-, snap-, i-, vol-, lt- …: whole and well-formed; or an ARN. */
bool idform_is(struct slice text);
/* What the graph calls things without an id of AWS's: an account of 12 digits,
 * launch-configuration/NAME, auto-scaling-group/NAME, parameter/NAME, PATH:LINE of a pin. A file
 * may be called so too. */
bool idform_may_be(struct slice text);
/* Begins like one and holds nothing that only a path holds, but is not: a typing mistake, or an odd
 * file name. */
bool idform_almost(struct slice text);

#endif
