/*
 * A quick sum over bytes that tells damage: a flipped bit, a cut end, a block of another file. No
 * protection against somebody who means harm; for that see digest.h.
 * It must not know: what is summed up.
 */
#ifndef AMIPLAN_BASE_CHECKSUM_H
#define AMIPLAN_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

struct checksum;

struct checksum *checksum_new(void);
void checksum_add(struct checksum *checksum, const void *bytes, size_t len);
/* Finishes and frees. The same for the same bytes, however they came in pieces. */
uint64_t checksum_end_take(struct checksum *checksum);

#endif
