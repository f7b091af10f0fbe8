/*
 * The bytes of a file from first to last, decompressed where it is gzip, in flat memory.
 * It must not know: what the bytes mean.
 */
#ifndef AMIPLAN_BILLING_STREAM_H
#define AMIPLAN_BILLING_STREAM_H

#include "digest.h"
#include "err.h"

struct stream; /* Lifetime: one reading. */

/*
 * "-" is standard input. What is compressed otherwise, or is no text (Parquet, zip, UTF-16), is an
 * error that says what to do instead.
 */
int stream_open(const char *path, struct stream **out, struct err *err);
/* The first byte that is no blank and no byte order mark, without consuming it; 0: there is none.
 * Only before the first stream_read. */
int stream_first(struct stream *stream, char *out, struct err *err);
/* At least one byte, at most `room` (never 0); 0 at the end. A compressed file that ends too early
 * is an error. */
int stream_read(struct stream *stream, char *at, size_t room, size_t *got, struct err *err);
/* What messages call it. */
const char *stream_title(const struct stream *stream);
/* SHA-256 of the decompressed bytes read; once, at the end. */
void stream_digest(struct stream *stream, uint8_t out[DIGEST_SIZE]);
/* NULL is allowed. */
void stream_close(struct stream *stream);

#endif
