/*
 * A growable byte buffer, always terminated.
 * It must not know: what the bytes mean.
 */
#ifndef AMIPLAN_BASE_BUF_H
#define AMIPLAN_BASE_BUF_H

#include "slice.h"

/* Lifetime: its owner's. Zero-initialise; `at` is NULL until the first append. */
struct buf {
	char *at;
	size_t len;
	size_t room;
};

/* Room for `len` bytes more and the terminator. Who writes them there himself adds them to `len`
 * and sets the terminator. */
void buf_reserve(struct buf *buf, size_t len);
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_slice(struct buf *buf, struct slice slice);
void buf_add_char(struct buf *buf, char c);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Keeps the memory, forgets the bytes. */
void buf_clear(struct buf *buf);
void buf_release(struct buf *buf);

static inline struct slice
buf_slice(const struct buf *buf)
{
	return (struct slice){buf->at ? buf->at : "", buf->len};
}

#endif
