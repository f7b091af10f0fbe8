/*
 * EC2's filter dialect: `*`, `?`, `\` escapes the next byte; the whole string; case-sensitive.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 * It must not know: what is matched.
 */
#ifndef AMIPLAN_BASE_GLOB_H
#define AMIPLAN_BASE_GLOB_H

#include "slice.h"
#include <stdbool.h>

/* Linear backtracking over the last star only: never exponential. `?` is one UTF-8 character. */
bool glob_match(struct slice pattern, struct slice text);

#endif
