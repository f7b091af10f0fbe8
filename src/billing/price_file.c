/*
 * Which price list a file is, and all of them as one book.
 * It must not know: what is in which list.
 */
#include "price_readers.h"

#include "civil.h"

#include <stdio.h>

#define PIECE ((size_t)1 << 16)

/* The first "2026-10-01" or "2026-10" in it: "committed 2026-08-09", "2026-07-20T13:44:30Z". */
void
price_see_date(struct price_reader *reader, struct slice text)
{
	for (size_t i = 0; i + 7 <= text.len; i++) {
		size_t len = i + 10 <= text.len && text.at[i + 7] == '-' ? 10 : 7;
		char date[16] = {0};
		int64_t time;

		memcpy(date, text.at + i, len);
		if (!time_parse((struct slice){date, len}, &time)) {
			char first[16];

			(void)snprintf(first, sizeof(first), "%.7s-01", date);
			date[7] = '\0';
			if (!time_parse(slice_of(first), &time))
				continue;
		}
		if (!*reader->date || strcmp(date, reader->date) < 0)
			memcpy(reader->date, date, sizeof(date));
		return;
	}
}

/* --- JSON ------------------------------------------------------------------------------------ */

static int
read_whole(struct stream *stream, struct buf *bytes, struct err *err)
{
	char *piece = xmalloc(PIECE);
	size_t got = 1;
	int code = 0;

	while (code == 0 && got) {
		code = stream_read(stream, piece, PIECE, &got, err);
		if (code == 0)
			buf_add(bytes, piece, got);
		if (bytes->len > LIMIT_PRICE_BYTES)
			code = err_set_at(err, ERR_LIMIT, stream_title(stream), 0, 0,
				"more than %u bytes: take the bulk list as CSV", LIMIT_PRICE_BYTES);
	}
	free(piece);
	return code;
}

enum list {
	LIST_NONE,
	LIST_SCHEMA,
	LIST_PRODUCTS,
	LIST_BULK_JSON,
};

/* Members that tell which list it is. */
static const struct {
	const char *member;
	enum list list;
} marks[] = {
	{"regions", LIST_SCHEMA},
	{"PriceList", LIST_PRODUCTS},
	{"products", LIST_BULK_JSON},
};

/* Looks at the top of the document only; what is malformed is the readers' to say. */
static enum list
list_of(struct slice bytes)
{
	struct json json;
	struct err ignored;
	struct slice name;
	enum list list = LIST_NONE;

	json_begin(&json, bytes, "", &ignored);
	if (json_peek(&json) == JSON_ARRAY && json_enter(&json, JSON_ARRAY))
		(void)json_next_element(&json);
	if (json_peek(&json) == JSON_OBJECT && json_enter(&json, JSON_OBJECT))
		while (list == LIST_NONE && json_next_member(&json, &name)) {
			for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
				if (slice_is(name, marks[i].member))
					list = marks[i].list;
			json_skip(&json, NULL);
		}
	json_end(&json);
	return list;
}

/* One document of a file that may hold several; *at moves behind it. Places count from the file's
 * first byte. */
static bool
read_document(struct price_reader *reader, struct slice bytes, const char **at, enum list list)
{
	struct slice rest = {*at, (size_t)(bytes.at + bytes.len - *at)};
	struct json json;
	bool good = false;

	json_begin(&json, rest, reader->title, reader->err);
	json.start = bytes.at;
	switch (list) {
	case LIST_SCHEMA:
		good = price_read_schema(reader, &json);
		break;
	case LIST_PRODUCTS:
		good = price_read_products(reader, &json);
		break;
	case LIST_BULK_JSON:
		good = json_fail(&json, json.at, ERR_SYNTAX,
			"is the bulk list as JSON: take the same list as CSV (index.csv)");
		break;
	case LIST_NONE:
		/* What is no JSON says so by itself. */
		good = json_skip(&json, NULL) &&
		       json_fail(&json, *at, ERR_SYNTAX,
			       "is no price list: it has neither \"regions\" nor \"PriceList\"");
		break;
	}
	*at = json.at;
	json_end(&json);
	return good;
}

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at))
		at++;
	return at;
}

static bool
read_json(struct price_reader *reader, struct stream *stream)
{
	struct buf bytes = {0};
	struct slice all;
	const char *at, *end;
	enum list list;
	bool good = read_whole(stream, &bytes, reader->err) == 0;

	all = buf_slice(&bytes);
	at = all.at;
	end = all.at + all.len;
	list = good ? list_of(all) : LIST_NONE;
	if (good)
		do
			good = read_document(reader, all, &at, list);
		while (good && (at = skip_blanks(at, end)) < end);
	buf_release(&bytes);
	return good;
}

/* --- files ----------------------------------------------------------------------------------- */

static int
read_stream(struct price_list *list, struct stream *stream, struct err *err)
{
	struct price_file file = {.name = stream_title(stream)};
	struct price_reader reader = {
		.draft = &list->draft, .title = file.name, .err = err, .date = file.date};
	size_t before = list->draft.entries.count;
	uint8_t digest[DIGEST_SIZE];
	char first;
	int code = stream_first(stream, &first, err);

	if (code != 0)
		return code;
	if (!(first == '{' || first == '[' ? read_json(&reader, stream)
					   : price_read_bulk(&reader, stream)))
		return err->code;
	if (list->draft.entries.count == before)
		return err_set_at(err, ERR_VALUE, file.name, 0, 0,
			"there is no price in it of a snapshot, a volume, an instance or an "
			"address");
	stream_digest(stream, digest);
	digest_text(digest, file.sha256);
	vec_push(&list->files, file);
	return 0;
}

static int
read_path(struct price_list *list, const char *path, struct err *err)
{
	struct stream *stream;
	int code = stream_open(path, &stream, err);

	if (code != 0)
		return code;
	code = read_stream(list, stream, err);
	stream_close(stream);
	return code;
}

/* Names of the files, and the oldest of their dates. */
static int
finish(struct price_list *list, struct err *err)
{
	struct price_entry clash = {0};
	struct buf names = {0};
	const char *date = "";
	bool good;

	vec_foreach (file, &list->files) {
		buf_format(&names, "%s%s", names.len ? ", " : "", file->name);
		if (!*date || (*file->date && strcmp(file->date, date) < 0))
			date = file->date;
	}
	good = price_draft_finish(&list->draft, names.at, date, &list->book, &clash);
	buf_release(&names);
	if (good)
		return 0;
	if (!clash.name)
		return err_set(
			err, ERR_LIMIT, "--prices: more regions or items than a list can have");
	return err_set_at(err, ERR_CONFLICT, list->files.items[list->files.count - 1].name, 0, 0,
		"two prices for %s in %s: leave only one of them in the list", clash.name,
		*clash.region ? clash.region : "all regions");
}

int
price_list_load(const char *const *paths, size_t count, struct price_list *out, struct err *err)
{
	struct err own = {0};
	struct price_list list = {0};
	int code = 0;

	err = err ? err : &own;
	for (size_t i = 0; code == 0 && i < count; i++)
		code = read_path(&list, paths[i], err);
	if (code == 0)
		code = finish(&list, err);
	if (code == 0)
		*out = list;
	else
		price_list_release(&list);
	return code;
}

void
price_list_release(struct price_list *list)
{
	price_draft_release(&list->draft);
	vec_release(&list->files);
}
