/*
 * A reader of CSV (RFC 4180) row by row: quoted cells over several lines, doubled quotes, CRLF, a
 * UTF-8 byte order mark. Strict: a stray quote, a zero byte, a row of another width are errors.
 * It must not know: what the columns mean.
 *
 * Use:  csv_begin(&csv, stream, err);  while (csv_next(&csv)) … csv_cell(&csv, 3) …
 *       csv_end(&csv);  `csv.failed` then says that an error was set, with line and column.
 */
#ifndef AMIPLAN_BILLING_CSV_H
#define AMIPLAN_BILLING_CSV_H

#include "arena.h"
#include "stream.h"
#include "vec.h"

struct csv_cell {
	size_t at; /* from the row's first byte; without the quotes */
	uint32_t len;
	bool doubled; /* quotes in it are doubled still */
};

/* Lifetime: one walk. The stream is borrowed. */
struct csv {
	struct stream *stream;
	struct err *err;
	char *bytes; /* room for what is read ahead, and a zero byte behind it */
	size_t room;
	size_t row, next, filled; /* where the present row and the next one begin, and the end */
	uint32_t line, next_line; /* the same in lines, from 1 */
	bool ended, failed;
	VEC(struct csv_cell) cells; /* of the present row */
	size_t width; /* how many cells a row must have; 0: any number. The caller sets it */
	struct arena scratch;
};

void csv_begin(struct csv *csv, struct stream *stream, struct err *err);
/* The next row that is not empty. False at the end or on failure. */
bool csv_next(struct csv *csv);
/* A cell's text, valid until the next row; SLICE_NONE beyond the last. */
struct slice csv_cell(struct csv *csv, size_t i);
void csv_end(struct csv *csv);

/* Sets an error at a cell of the present row. Returns false. */
bool csv_fail(struct csv *csv, size_t cell, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
