/*
 * Unpacks gzip, a piece at a time, in flat memory. Several members one after the other are one
 * text, and zeros behind the last are nothing, as gzip itself has it.
 * It must not know: files, what the bytes mean.
 * Source: https://www.rfc-editor.org/rfc/rfc1952
 */
#ifndef AMIPLAN_BASE_GUNZIP_H
#define AMIPLAN_BASE_GUNZIP_H

#include "slice.h"

struct gunzip; /* Lifetime: one packed text. */

/* How packed bytes begin. */
bool gunzip_is_packed(struct slice bytes);

struct gunzip *gunzip_new(void);
/*
 * Unpacks from `packed`, which moves on, to `at`, where there is room for `room` bytes (never 0);
 * `*got` is how many came. NULL, or what is wrong with the bytes. Nothing came and no packed bytes
 * are left: more are wanted, or it is the end.
 */
const char *gunzip_next(
	struct gunzip *gunzip, struct slice *packed, char *at, size_t room, size_t *got);
/* At the end of the packed bytes: NULL, or what is wrong with their ending here. */
const char *gunzip_end(const struct gunzip *gunzip);
/* NULL is allowed. */
void gunzip_free(struct gunzip *gunzip);

#endif
