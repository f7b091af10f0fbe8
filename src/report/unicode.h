/*
 * Just enough of Unicode to print text from strangers: decoding, what must be shown as an escape,
 * how wide a character is. It must not know: formats, streams, locales.
 */
#ifndef AMIPLAN_REPORT_UNICODE_H
#define AMIPLAN_REPORT_UNICODE_H

#include "slice.h"
#include <stdint.h>

/* A byte that is no part of valid UTF-8. */
#define UNICODE_BAD UINT32_MAX

/* One character from `text` at *at (which is below text.len), or UNICODE_BAD for one stray byte.
 * Advances *at. */
uint32_t unicode_next(struct slice text, size_t *at);

/* Room for the longest escape, "\U000e0001". */
#define UNICODE_ESCAPE_SIZE 12

/*
 * If what stands at text[from .. to) and decodes to `c` must not reach a terminal or a page as it
 * is (C0, DEL, C1, bidirectional controls, line separators, what is never seen, stray bytes),
 * writes what to show instead and returns its length; else 0.
 */
size_t unicode_escape(struct slice text, size_t from, uint32_t c, char out[UNICODE_ESCAPE_SIZE]);

/* Terminal columns of a character that needs no escape: 0 for combining ones, 2 for East Asian wide
 * ones, else 1. */
unsigned unicode_columns(uint32_t c);

#endif
