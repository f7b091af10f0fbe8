/*
 * A plan in every format, in one directory: what a change is approved by.
 * It must not know: how a format is written.
 */
#ifndef AMIPLAN_CLI_BUNDLE_H
#define AMIPLAN_CLI_BUNDLE_H

#include "work.h"

/*
 * Makes `directory` with each format of the plan, scripts once for each account, and SHA256SUMS, as
 * sha256sum(1) checks it. `digest` is the plan file's, which every file carries. The directory
 * appears whole or not at all: ERR_IO if it exists already, since a bundle is never changed.
 */
int bundle_write(
	const char *directory, const struct saved_plan *plan, const char *digest, struct err *err);

#endif
