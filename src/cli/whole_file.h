/*
 * Small files whole: plans, policies, lists of ids. "-" is standard input, once.
 * It must not know: what is in them (a list of ids excepted).
 */
#ifndef AMIPLAN_CLI_WHOLE_FILE_H
#define AMIPLAN_CLI_WHOLE_FILE_H

#include "buf.h"
#include "request.h"

/* Appends the whole of `path` to `bytes`. `limit` 0: none. ERR_IO, ERR_LIMIT. */
int file_read(struct request *request, const char *path, size_t limit, struct buf *bytes,
	struct err *err);
/* What messages call it. */
const char *file_title(const char *path);

#endif
