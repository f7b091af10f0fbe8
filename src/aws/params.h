/*
 * The parameters of a call, as its protocol wants them in the body.
 * It must not know: which parameters there are.
 */
#ifndef AMIPLAN_AWS_PARAMS_H
#define AMIPLAN_AWS_PARAMS_H

#include "buf.h"
#include <stdint.h>

/* Lifetime: its owner's. Zero-initialise. Named parameters stand in the order they were added. */
struct params {
	struct buf form; /* Name=value&…, percent-encoded: of the form protocols */
	struct buf json; /* the body of the JSON protocols, written by its owner; else empty */
};

void params_add(struct params *params, const char *name, const char *value);
void params_add_number(struct params *params, const char *name, uint64_t value);
void params_copy(const struct params *params, struct params *out);
void params_release(struct params *params);

#endif
