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

/* A line that holds the text of a digest: files together are known by their sorted lines. */
void digest_add_line(struct digest *digest, const uint8_t of[DIGEST_SIZE]);
/* The digest of their sorted lines. They are sorted. */
struct sha256 {
	uint8_t bytes[DIGEST_SIZE];
};
void digest_of_many(struct sha256 *digests, size_t count, uint8_t out[DIGEST_SIZE]);

void digest_of(struct slice bytes, uint8_t out[DIGEST_SIZE]);
void digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_TEXT_SIZE]);

/* Lower-case hex of SHA-1: a name, no protection. */
#define DIGEST_SHA1_TEXT_SIZE (40 + 1)
void digest_sha1_text(struct slice bytes, char out[DIGEST_SHA1_TEXT_SIZE]);

/* Zeroes memory in a way that no compiler takes for useless. NULL is allowed. */
void digest_wipe(void *secret, size_t len);

#endif
