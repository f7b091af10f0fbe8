/*
 * Percent-encoding of URLs and forms (RFC 3986).
 * It must not know: AWS, what is encoded.
 */
#ifndef AMIPLAN_AWS_URI_H
#define AMIPLAN_AWS_URI_H

#include "buf.h"

/* Appends `text`; every byte that is not unreserved (letters, digits, "-_.~") nor in `keep` becomes
 * %XX with upper-case digits. */
void uri_encode(struct buf *out, struct slice text, const char *keep);

/* Appends `text` with its %XX undone. A '%' without two hex digits stands for itself. */
void uri_decode(struct buf *out, struct slice text);

#endif
