/*
 * SHA-256 through OpenSSL; SHA-1 for the names of AWS's token files; and forgetting secrets.
 * It must not know: what is digested.
 */
#ifndef AMIPLAN_BASE_DIGEST_H
#define AMIPLAN_BASE_DIGEST_H

#include "slice.h"
#include <stdint.h>

#define DIGEST_SIZE 32
#define DIGEST_TEXT_SIZE (7 + 64 + 1) /* "sha256:" and 64 lower-case hex digits */

struct digest;

struct digest *digest_new(void);
void digest_add(struct digest *digest, const void *bytes, size_t len);
/* Finishes and frees. */
void digest_end_take(struct digest *digest, uint8_t out[DIGEST_SIZE]);

void digest_of(struct slice bytes, uint8_t out[DIGEST_SIZE]);
void digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_TEXT_SIZE]);

/* Lower-case hex of SHA-1: a name, no protection. */
#define DIGEST_SHA1_TEXT_SIZE (40 + 1)
void digest_sha1_text(struct slice bytes, char out[DIGEST_SHA1_TEXT_SIZE]);

/* Zeroes memory in a way that no compiler takes for useless. NULL is allowed. */
void digest_wipe(void *secret, size_t len);

#endif
