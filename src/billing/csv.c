/*
 * CSV as rows of cells, of which only those asked for are decoded.
 * It must not know: what the columns mean.
 * Source: https://www.rfc-editor.org/rfc/rfc4180
 */
#include "csv.h"
#include "json_pull.h" /* json_place */

#include <stdarg.h>
#include <stdio.h>

#define FIRST_ROOM ((size_t)1 << 20)

void
csv_begin(struct csv *csv, struct stream *stream, struct err *err)
{
	*csv = (struct csv){.stream = stream, .err = err, .next_line = 1};
}

void
csv_end(struct csv *csv)
{
	free(csv->bytes);
	vec_release(&csv->cells);
	arena_release(&csv->scratch);
}

/* --- errors ---------------------------------------------------------------------------------- */

/* Line and column are counted only here: from the row's first byte, which begins a line. */
__attribute__((format(printf, 4, 0))) static bool
fail_list(struct csv *csv, size_t at, int code, const char *format, va_list args)
{
	char text[LIMIT_ERR_TEXT];
	uint32_t line, column;

	csv->failed = true;
	(void)vsnprintf(text, sizeof(text), format, args);
	json_place(
		(struct slice){csv->bytes + csv->row, csv->filled - csv->row}, at, &line, &column);
	err_set_at(csv->err, code, stream_title(csv->stream), csv->line + line - 1, column, "%s",
		text);
	return false;
}

__attribute__((format(printf, 4, 5))) static bool
fail(struct csv *csv, size_t at, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fail_list(csv, at, code, format, args);
	va_end(args);
	return false;
}

bool
csv_fail(struct csv *csv, size_t cell, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fail_list(
		csv, cell < csv->cells.count ? csv->cells.items[cell].at : 0, code, format, args);
	va_end(args);
	return false;
}

/* --- bytes ----------------------------------------------------------------------------------- */

/* Moves the present row to the front and reads on behind what is there. */
static bool
read_on(struct csv *csv)
{
	size_t kept = csv->filled - csv->row, got;

	if (csv->bytes)
		memmove(csv->bytes, csv->bytes + csv->row, kept);
	csv->row = 0;
	csv->filled = kept;
	if (csv->room - kept < FIRST_ROOM / 2 || !csv->bytes) {
		csv->room = csv->room ? csv->room * 2 : FIRST_ROOM;
		csv->bytes = xreallocarray(csv->bytes, csv->room + 1, 1);
	}
	if (stream_read(csv->stream, csv->bytes + kept, csv->room - kept, &got, csv->err) != 0) {
		csv->failed = true;
		return false;
	}
	csv->filled += got;
	csv->bytes[csv->filled] = '\0';
	csv->ended = got == 0;
	return true;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* What a piece of a row turned out to be. */
enum found {
	FOUND_CELL, /* and another one follows */
	FOUND_ROW,  /* the last cell of its row */
	FOUND_MORE, /* the bytes end before it does */
	FOUND_ERROR,
};

/* Bytes at which a cell without quotes may end or must not go on. */
static const bool stops[256] = {
	['\0'] = true, ['\n'] = true, ['\r'] = true, ['"'] = true, [','] = true};

static void
add_cell(struct csv *csv, const char *from, const char *to, bool doubled)
{
	struct csv_cell cell = {
		(size_t)(from - (csv->bytes + csv->row)), (uint32_t)(to - from), doubled};

	vec_push(&csv->cells, cell);
}

/* What follows a cell. `*at` stands at its first byte, and afterwards behind it. */
static enum found
end_of_cell(struct csv *csv, const char **at, bool quoted)
{
	const char *end = csv->bytes + csv->filled;
	size_t place = (size_t)(*at - (csv->bytes + csv->row));

	if (*at == end || (**at == '\r' && *at + 1 == end)) {
		if (!csv->ended)
			return FOUND_MORE;
		*at = end;
		return FOUND_ROW;
	}
	switch (*(*at)++) {
	case ',':
		return FOUND_CELL;
	case '\n':
		csv->next_line++;
		return FOUND_ROW;
	case '\r':
		if (**at == '\n') {
			++*at;
			csv->next_line++;
			return FOUND_ROW;
		}
		(void)fail(csv, place, ERR_SYNTAX,
			"a carriage return without a line feed: save the file with one of the two "
			"usual line ends");
		return FOUND_ERROR;
	case '\0':
		(void)fail(csv, place, ERR_SYNTAX, "a zero byte: this is no text");
		return FOUND_ERROR;
	default:
		(void)fail(csv, place, ERR_SYNTAX,
			quoted ? "more text after the quote that closes a cell"
			       : "a quote inside a cell that has none around it");
		return FOUND_ERROR;
	}
}

static enum found
plain_cell(struct csv *csv, const char **at)
{
	const char *from = *at, *to = from;

	while (!stops[(unsigned char)*to])
		to++;
	add_cell(csv, from, to, false);
	*at = to;
	return end_of_cell(csv, at, false);
}

static uint32_t
count_lines(const char *from, const char *to)
{
	uint32_t lines = 0;

	while ((from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
		lines++;
		from++;
	}
	return lines;
}

static enum found
unclosed(struct csv *csv, const char *quote)
{
	if (!csv->ended)
		return FOUND_MORE;
	(void)fail(csv, (size_t)(quote - (csv->bytes + csv->row)), ERR_SYNTAX,
		"this quote is closed nowhere (truncated?)");
	return FOUND_ERROR;
}

static enum found
quoted_cell(struct csv *csv, const char **at)
{
	const char *quote = *at, *from = quote + 1, *to = from;
	const char *end = csv->bytes + csv->filled;
	bool doubled = false;

	for (;; to += 2) {
		to = memchr(to, '"', (size_t)(end - to));
		if (!to)
			return unclosed(csv, quote);
		if (to + 1 == end && !csv->ended)
			return FOUND_MORE;
		if (to[1] != '"')
			break;
		doubled = true;
	}
	if (memchr(from, '\0', (size_t)(to - from))) {
		(void)fail(csv, (size_t)(quote - (csv->bytes + csv->row)), ERR_SYNTAX,
			"a zero byte in this cell: this is no text");
		return FOUND_ERROR;
	}
	csv->next_line += count_lines(from, to);
	add_cell(csv, from, to, doubled);
	*at = to + 1;
	return end_of_cell(csv, at, true);
}

/* The row that begins at csv->row, as far as its bytes are there. */
static enum found
take_row(struct csv *csv)
{
	const char *at = csv->bytes + csv->row;
	enum found found;

	csv->cells.count = 0;
	csv->next_line = csv->line;
	do
		found = *at == '"' ? quoted_cell(csv, &at) : plain_cell(csv, &at);
	while (found == FOUND_CELL);
	csv->next = (size_t)(at - csv->bytes);
	return found;
}

static bool
too_long(struct csv *csv)
{
	return fail(csv, csv->cells.count ? csv->cells.items[csv->cells.count - 1].at : 0,
		ERR_LIMIT, "a row of more than %u bytes: is there a quote that nothing closes?",
		LIMIT_CSV_ROW);
}

static bool
read_row(struct csv *csv)
{
	enum found found;

	for (;;) {
		if (csv->row == csv->filled && csv->ended)
			return false;
		found = csv->row < csv->filled ? take_row(csv) : FOUND_MORE;
		if (found != FOUND_MORE)
			return found == FOUND_ROW;
		if (csv->filled - csv->row > LIMIT_CSV_ROW)
			return too_long(csv);
		if (!read_on(csv))
			return false;
	}
}

static bool
is_empty_row(const struct csv *csv)
{
	return csv->cells.count == 1 && csv->cells.items[0].len == 0;
}

static void
skip_mark(struct csv *csv)
{
	if (csv->filled >= 3 && memcmp(csv->bytes, "\xef\xbb\xbf", 3) == 0)
		csv->row = csv->next = 3;
}

bool
csv_next(struct csv *csv)
{
	if (csv->failed)
		return false;
	/* Three bytes tell a mark from other bytes; a stream may give them one by one. */
	while (!csv->line && csv->filled < 3 && !csv->ended)
		if (!read_on(csv))
			return false;
	if (!csv->line)
		skip_mark(csv);
	do {
		csv->row = csv->next;
		csv->line = csv->next_line;
		arena_clear(&csv->scratch);
		if (!read_row(csv))
			return false;
	} while (is_empty_row(csv));
	if (csv->width && csv->cells.count != csv->width)
		return csv_fail(csv, csv->cells.count - 1, ERR_SYNTAX,
			"a row of %zu cells where the first line has %zu (truncated?)",
			csv->cells.count, csv->width);
	return true;
}

struct slice
csv_cell(struct csv *csv, size_t i)
{
	const struct csv_cell *cell;
	const char *from;
	char *text;
	size_t len = 0;

	if (i >= csv->cells.count)
		return SLICE_NONE;
	cell = &csv->cells.items[i];
	from = csv->bytes + csv->row + cell->at;
	if (!cell->doubled)
		return (struct slice){from, cell->len};
	text = arena_alloc(&csv->scratch, cell->len);
	for (uint32_t at = 0; at < cell->len; at++) {
		text[len++] = from[at];
		at += from[at] == '"';
	}
	return (struct slice){text, len};
}
