/*
 * Fuzz target: any bytes as CSV, plain or gzip, and as a cost and usage report.
 * It must not know: what the columns mean.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buf.h"
#include "csv.h"
#include "cur.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PATH_ROOM 64

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* A file without a name in any directory. Returns its descriptor. */
static int
open_bytes(const void *data, size_t size, char path[PATH_ROOM])
{
	int fd = memfd_create("rows", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, PATH_ROOM, "/proc/self/fd/%d", fd);
	return fd;
}

static void
quote(struct slice text, struct buf *out)
{
	buf_add(out, "\"", 1);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			buf_add(out, "\"", 1);
		buf_add(out, text.at + i, 1);
	}
	buf_add(out, "\"", 1);
}

/* Every cell of every row, with quotes around it. False: it is no CSV, and an error says why. */
static bool
rewrite(const char *path, struct buf *out)
{
	struct err err = {0};
	struct stream *stream;
	struct csv csv;
	bool good;

	if (stream_open(path, &stream, &err) != 0)
		return false;
	csv_begin(&csv, stream, &err);
	while (csv_next(&csv)) {
		must(csv.cells.count > 0 && !csv_cell(&csv, csv.cells.count).at);
		for (size_t i = 0; i < csv.cells.count; i++) {
			if (i)
				buf_add(out, ",", 1);
			quote(csv_cell(&csv, i), out);
		}
		buf_add(out, "\n", 1);
	}
	good = !csv.failed;
	must(good || (err.code && err.text[0]));
	csv_end(&csv);
	stream_close(stream);
	return good;
}

/* What was read and written again reads as the same. */
static void
check_rows(const char *path)
{
	struct buf once = {0}, twice = {0};
	char again[PATH_ROOM];
	int fd;

	if (rewrite(path, &once)) {
		fd = open_bytes(once.at, once.len, again);
		must(rewrite(again, &twice) && slice_equal(buf_slice(&once), buf_slice(&twice)));
		(void)close(fd);
	}
	buf_release(&once);
	buf_release(&twice);
}

static void
check_report(const char *path)
{
	const struct cur_options options = {.paths = &path, .count = 1};
	struct billed_table table;
	struct err err = {0};

	if (cur_load(&options, &table, &err) != 0) {
		must(err.code && err.text[0]);
		return;
	}
	must(table.month_hours >= 28 * 24 && table.month_hours <= 31 * 24);
	must(table.resources <= table.items.count && table.files.count == 1);
	billed_table_release(&table);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[PATH_ROOM];
	int fd = open_bytes(data, size, path);

	check_rows(path);
	check_report(path);
	(void)close(fd);
	return 0;
}
