/*
 * Ids that people wrote down: every AMI or snapshot id in the text files below the --pins paths,
 * whatever stands around it: an escape sequence, a name it is part of, capitals. One too many keeps
 * an AMI, one too few loses it. It must not know: what the files mean; an id is an id in any
 * language.
 */
#include "load.h"

/* How much of a file's beginning tells whether it is text, and whose. */
#define HEAD ((size_t)8192)

struct file_key {
	dev_t device;
	ino_t inode;
};

/* Lifetime: one pins_load. */
struct pins {
	struct builder *builder;
	struct arena text;
	struct file_key *known; /* the files that are inventory documents, sorted */
	size_t known_count;
	size_t binary; /* files that were no text */
	struct buf id;
	struct err *err;
};

static const struct {
	struct slice word; /* before the dash */
	enum node_kind kind;
} wanted[] = {
	{{"ami", 3}, NODE_IMAGE},
	{{"snap", 4}, NODE_SNAPSHOT},
};

static int
compare_keys(const void *a, const void *b)
{
	const struct file_key *x = a;
	const struct file_key *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* What the inventory passed over is text like any other. */
static bool
is_document(const struct mapped_file *file)
{
	return file->read.use == USE_RECORDS || file->read.use == USE_LATER;
}

static void
learn_inventory(struct pins *pins, const struct inventory *inventory)
{
	pins->known = xcalloc(inventory->file_count + 1, sizeof(*pins->known));
	for (size_t i = 0; i < inventory->file_count; i++) {
		const struct mapped_file *file = &inventory->files[i];

		if (is_document(file))
			pins->known[pins->known_count++] =
				(struct file_key){file->bytes.device, file->bytes.inode};
	}
	qsort(pins->known, pins->known_count, sizeof(*pins->known), compare_keys);
}

static bool
is_inventory(const struct pins *pins, const struct file_bytes *bytes)
{
	const struct file_key key = {bytes->device, bytes->inode};

	return bsearch(&key, pins->known, pins->known_count, sizeof(key), compare_keys) != NULL;
}

/* Skips blanks, then takes `word`. */
static bool
take(struct slice *rest, struct slice word)
{
	size_t i = 0;

	while (i < rest->len && rest->at[i] && strchr(" \t\r\n", rest->at[i]))
		i++;
	if (rest->len - i < word.len || memcmp(rest->at + i, word.at, word.len) != 0)
		return false;
	rest->at += i + word.len;
	rest->len -= i + word.len;
	return true;
}

/* A JSON object that begins with "format": "amiplan.…", as every document of ours does. */
static bool
is_own(struct slice head)
{
	return head.len && head.at[0] == '{' && take(&head, SLICE("{")) &&
	       take(&head, SLICE("\"format\"")) && take(&head, SLICE(":")) &&
	       take(&head, SLICE("\"amiplan."));
}

static bool
is_utf16(struct slice head)
{
	return head.len >= 2 &&
	       (memcmp(head.at, "\xff\xfe", 2) == 0 || memcmp(head.at, "\xfe\xff", 2) == 0);
}

static bool
is_searched(struct pins *pins, const struct file_bytes *bytes)
{
	struct slice head = {bytes->at, bytes->size < HEAD ? bytes->size : HEAD};

	if (is_inventory(pins, bytes))
		return false;
	if (head.len && memchr(head.at, 0, head.len)) {
		pins->binary++;
		return false;
	}
	return !is_own(head);
}

static void
add_pin(struct pins *pins, const char *path, uint64_t line, enum node_kind kind, struct slice id)
{
	nid from;

	buf_clear(&pins->id);
	buf_format(&pins->id, "%s:%llu", path, (unsigned long long)line);
	from = builder_node(pins->builder, NODE_FILE_PIN, buf_slice(&pins->id));
	builder_edge(pins->builder, from, builder_node(pins->builder, kind, id), EDGE_PINS,
		SOURCE_FILE, BELIEF_FACT, builder_text(pins->builder, id), 0);
}

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c | 0x20); /* ASCII's lower case */
	return c;
}

/* The word stands before the dash at `dash`, in any case. */
static bool
follows(struct slice text, size_t dash, struct slice word)
{
	if (dash < word.len)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (lower(text.at[dash - word.len + i]) != word.at[i])
			return false;
	}
	return true;
}

/* Hex digits from `at` on, all of them. */
static size_t
hex_run(struct slice text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.at[end] && strchr("0123456789abcdef", lower(text.at[end])))
		end++;
	return end - at;
}

/* The kind of the id whose dash is at `dash`, the id itself in `id`; NODE_NONE: there is none. */
static enum node_kind
id_around(struct slice text, size_t dash, struct buf *id)
{
	size_t digits = hex_run(text, dash + 1);

	if (digits != 8 && digits != 17)
		return NODE_NONE;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		if (!follows(text, dash, wanted[i].word))
			continue;
		buf_clear(id);
		for (size_t at = dash - wanted[i].word.len; at <= dash + digits; at++)
			buf_add_char(id, lower(text.at[at]));
		return wanted[i].kind;
	}
	return NODE_NONE;
}

static void
search(struct pins *pins, const char *path, struct slice text)
{
	const char *end = text.at + text.len;
	const char *counted = text.at; /* lines are counted up to here */
	const char *dash = text.at;
	struct buf id = {0};
	uint64_t line = 1;

	while (dash < end && (dash = memchr(dash, '-', (size_t)(end - dash))) != NULL) {
		enum node_kind kind = id_around(text, (size_t)(dash - text.at), &id);
		const char *feed;

		if (kind != NODE_NONE) {
			while ((feed = memchr(counted, '\n', (size_t)(dash - counted))) != NULL) {
				line++;
				counted = feed + 1;
			}
			add_pin(pins, path, line, kind, buf_slice(&id));
		}
		dash++;
	}
	buf_release(&id);
}

static int
read_pins(struct pins *pins, const struct found_file *file, size_t *searched)
{
	struct file_bytes bytes;
	const char *path = file_text(&pins->text, file->path);
	int code = file_load(file->path, &bytes, pins->err);

	if (code)
		return code;
	if (is_utf16((struct slice){bytes.at, bytes.size})) {
		code = err_set_at(pins->err, ERR_SYNTAX, file->path, 0, 0,
			"this file is UTF-16, in which ids cannot be found; save it again as "
			"UTF-8 (iconv -f UTF-16 -t UTF-8)");
	} else if (is_searched(pins, &bytes)) {
		if (bytes.size)
			search(pins, path, (struct slice){bytes.at, bytes.size});
		++*searched;
	}
	file_release(&bytes);
	return code;
}

static int
read_argument(struct pins *pins, const char *argument)
{
	file_list files = {0};
	size_t searched = 0;
	int code = files_find(&pins->text, argument, FILES_TEXT, &files, pins->err);

	for (size_t i = 0; code == 0 && i < files.count; i++)
		code = read_pins(pins, &files.items[i], &searched);
	vec_release(&files);
	if (code == 0 && searched == 0)
		return err_set_at(pins->err, ERR_IO, argument, 0, 0,
			"no text file to search for pins: binary files, amiplan's own documents "
			"and the inventory itself are left out");
	return code;
}

static void
say_binary(const struct pins *pins, const struct inventory_options *options)
{
	struct buf line = {0};

	if (pins->binary == 0 || !options->say)
		return;
	buf_format(&line, "--pins: skipped %zu binary file%s, in which no id was looked for",
		pins->binary, pins->binary == 1 ? "" : "s");
	options->say(line.at, options->say_to);
	buf_release(&line);
}

int
pins_load(const struct inventory_options *options, const struct inventory *inventory,
	struct builder *builder, struct err *err)
{
	struct pins pins = {.builder = builder, .err = err};
	int code = 0;

	if (options->pin_count == 0)
		return 0;
	learn_inventory(&pins, inventory);
	for (size_t i = 0; code == 0 && i < options->pin_count; i++)
		code = read_argument(&pins, options->pins[i]);
	if (code == 0)
		say_binary(&pins, options);
	free(pins.known);
	buf_release(&pins.id);
	arena_release(&pins.text);
	return code;
}
