/*
 * Documents that are packed with gzip.
 * It must not know: what is in them.
 */
#ifndef AMIPLAN_INVENTORY_UNPACK_H
#define AMIPLAN_INVENTORY_UNPACK_H

#include "files.h"

/*
 * Puts what they stand for in the place of packed bytes; leaves others as they are. Long ones lie
 * in a temporary file without a name, mapped as any other, so that memory does not grow with them.
 */
int file_unpack(const char *path, struct file_bytes *bytes, struct err *err);

#endif
