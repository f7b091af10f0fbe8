/*
 * CSV and streams: cells, lines, line numbers, gzip, and everything that is refused.
 * It must not know: bills, prices.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "billing_kit.h"
#include "buf.h"
#include "csv.h"

/* All rows as text: cells in brackets, rows by lines; or the error. */
static void
read_path(const char *path, size_t width, struct buf *out, struct err *err)
{
	struct stream *stream = NULL;
	struct csv csv;

	*err = (struct err){0};
	if (stream_open(path, &stream, err) != 0)
		return;
	csv_begin(&csv, stream, err);
	csv.width = width;
	while (csv_next(&csv)) {
		buf_format(out, "%u:", csv.line);
		for (size_t i = 0; i < csv.cells.count; i++) {
			buf_add_char(out, '[');
			buf_add_slice(out, csv_cell(&csv, i));
			buf_add_char(out, ']');
		}
		buf_add_char(out, '\n');
		assert_null(csv_cell(&csv, csv.cells.count).at);
	}
	assert_int_equal(csv.failed, err->code != 0);
	csv_end(&csv);
	stream_close(stream);
}

static void
read_bytes(const void *bytes, size_t len, size_t width, struct buf *out, struct err *err)
{
	char path[GIVEN_PATH_SIZE];

	given_bytes(bytes, len, path);
	read_path(path, width, out, err);
	unlink(path);
}

static void
reads(const char *text, const char *rows)
{
	struct buf out = {0};
	struct err err;

	read_bytes(text, strlen(text), 0, &out, &err);
	assert_string_equal(err.text, "");
	assert_string_equal(out.at ? out.at : "", rows);
	buf_release(&out);
}

#define REFUSES(bytes, place_line, place_column, words)                                            \
	refuses(bytes, sizeof(bytes) - 1, place_line, place_column, words)

static void
refuses(const char *bytes, size_t len, uint32_t line, uint32_t column, const char *words)
{
	struct buf out = {0};
	struct err err;

	read_bytes(bytes, len, 2, &out, &err);
	assert_int_not_equal(err.code, 0);
	if (!strstr(err.text, words))
		fail_msg("%s: not \"%s\"", err.text, words);
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, column);
	buf_release(&out);
}

static void
rows_and_cells(void **state)
{
	(void)state;
	reads("", "");
	reads("\n\r\n", "");
	reads("a,b\n1,2\n", "1:[a][b]\n2:[1][2]\n");
	reads("a,b\r\n1,2\r\n", "1:[a][b]\n2:[1][2]\n");
	reads("\xef\xbb\xbf"
	      "a,b",
		"1:[a][b]\n");
	reads("a,", "1:[a][]\n");
	reads(",\n\n,", "1:[][]\n3:[][]\n");
	reads("\"a\",\"\"\n", "1:[a][]\n");
	reads("\"a,\"\"b\"\"\",\"x\ny\"\nnext", "1:[a,\"b\"][x\ny]\n3:[next]\n");
	reads("\"x\r\ny\"\r\n\"\"\"\"\r", "1:[x\r\ny]\n3:[\"]\n");
}

static void
what_is_refused(void **state)
{
	(void)state;
	REFUSES("a,b\n1,2,3\n", 2, 5, "3 cells where the first line has 2");
	REFUSES("a,b\n1\n", 2, 1, "1 cells");
	REFUSES("a,b\n1,x\"y\n", 2, 4, "a quote inside a cell");
	REFUSES("a,b\n1,\"x\"y\n", 2, 6, "after the quote");
	REFUSES("a,b\n\"1\n2\",\"x\n\n", 3, 4, "closed nowhere");
	REFUSES("a,b\n1,\xc3\xa9\0\n", 2, 4, "zero byte");
	REFUSES("a,b\n1,\"\0\"\n", 2, 3, "zero byte");
	REFUSES("a\rb\r", 1, 2, "carriage return");
	REFUSES("PAR1....", 0, 0, "Parquet");
	REFUSES("PK\003\004....", 0, 0, "zip");
	REFUSES("\xff\xfe"
		"a\0",
		0, 0, "UTF-16");
}

/* Rows that lie across every boundary of what is read at a time. */
static void
long_files_and_rows(void **state)
{
	enum { ROWS = 30000 };
	struct buf text = {0}, once = {0}, again = {0};
	size_t room;
	char *zipped;
	struct err err;

	(void)state;
	for (unsigned i = 0; i < ROWS; i++)
		buf_format(&text, "%u,\"a,\"\"%0*u\n\"\"\"\n", i, (int)(i % 300) + 1, i);
	for (unsigned i = 0; i < ROWS; i++)
		buf_format(&once, "%u:[%u][a,\"%0*u\n\"]\n", 2 * i + 1, i, (int)(i % 300) + 1, i);
	read_bytes(text.at, text.len, 2, &again, &err);
	assert_int_equal(err.code, 0);
	assert_string_equal(once.at, again.at);
	buf_clear(&again);
	/* Two members, zeros behind them. */
	room = text.len + 1000;
	zipped = xcalloc(1, room);
	size_t half = given_gzip(text.at, text.len / 2, zipped, room);
	size_t whole = half + given_gzip(text.at + text.len / 2, text.len - text.len / 2,
				      zipped + half, room - half);
	read_bytes(zipped, whole + 100, 2, &again, &err);
	assert_int_equal(err.code, 0);
	assert_string_equal(once.at, again.at);
	buf_clear(&again);
	read_bytes(zipped, whole - 1, 2, &again, &err);
	assert_non_null(strstr(err.text, "in the middle of its compressed data"));
	zipped[half / 2] ^= 0x55;
	buf_clear(&again);
	read_bytes(zipped, whole, 2, &again, &err);
	assert_int_not_equal(err.code, 0);
	free(zipped);
	buf_release(&text);
	buf_release(&once);
	buf_release(&again);
}

static void
a_row_without_end(void **state)
{
	size_t len = LIMIT_CSV_ROW + ((size_t)2 << 20);
	char *bytes = xmalloc(len);
	struct buf out = {0};
	struct err err;

	(void)state;
	memset(bytes, 'x', len);
	memcpy(bytes, "a,b\n1,\"", 7);
	read_bytes(bytes, len, 2, &out, &err);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_int_equal(err.line, 2);
	buf_clear(&out);
	/* A cell of some megabytes is none too long. */
	memcpy(bytes + 3 * (len / 5), "\"\n", 2);
	read_bytes(bytes, 3 * (len / 5) + 2, 2, &out, &err);
	assert_int_equal(err.code, 0);
	free(bytes);
	buf_release(&out);
}

static void
files_that_are_not_there(void **state)
{
	struct buf out = {0};
	struct err err;

	(void)state;
	read_path("/nowhere/at/all.csv", 0, &out, &err);
	assert_int_equal(err.code, ERR_IO);
	read_path("/tmp", 0, &out, &err);
	assert_int_equal(err.code, ERR_IO);
	buf_release(&out);
}

/* The same content has the same digest, compressed or not. */
static void
digests_are_of_the_content(void **state)
{
	static const char text[] = "a,b\n1,2\n";
	char zipped[200], path[GIVEN_PATH_SIZE];
	uint8_t digests[2][DIGEST_SIZE], wanted[DIGEST_SIZE];
	size_t len = given_gzip(text, strlen(text), zipped, sizeof(zipped));

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct stream *stream;
		char bytes[5];
		size_t got = 1;

		given_bytes(i ? zipped : text, i ? len : strlen(text), path);
		assert_int_equal(stream_open(path, &stream, NULL), 0);
		while (got)
			assert_int_equal(stream_read(stream, bytes, sizeof(bytes), &got, NULL), 0);
		stream_digest(stream, digests[i]);
		stream_close(stream);
		unlink(path);
	}
	digest_of(SLICE(text), wanted);
	assert_memory_equal(digests[0], wanted, DIGEST_SIZE);
	assert_memory_equal(digests[1], wanted, DIGEST_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_cells),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(long_files_and_rows),
		cmocka_unit_test(a_row_without_end),
		cmocka_unit_test(files_that_are_not_there),
		cmocka_unit_test(digests_are_of_the_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
