/*
 * Where results go: standard output, or a file that appears whole or not at all.
 * It must not know: what is written.
 */
#ifndef AMIPLAN_BASE_OUT_H
#define AMIPLAN_BASE_OUT_H

#include "err.h"
#include <stdbool.h>
#include <stdio.h>

/* Lifetime: one result. */
struct out {
	FILE *file;
	char *path;      /* NULL: standard output */
	char *temporary; /* its name while it has one */
	char *buffer;    /* of the stream, until that is closed */
	bool unnamed; /* the temporary file gets its name at the end: a kill leaves nothing behind
		       */
};

/*
 * `path` NULL or "-" is standard output. A regular or absent file is written to a temporary file
 * beside it; any other kind of file is written directly. Symbolic links are followed. An existing
 * file's mode is kept.
 */
int out_open(struct out *out, const char *path, struct err *err);
/* Flushes, checks, fsyncs, renames. On failure the temporary file is gone and the old file
 * untouched. */
int out_commit(struct out *out, struct err *err);
/* Gives up: the temporary file is gone. Does nothing after out_commit. */
void out_abandon(struct out *out);

#endif
