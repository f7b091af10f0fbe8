/*
 * Ids that people wrote down: every whole AMI or snapshot id in the text files below the --pins
 * paths. It must not know: what the files mean; an id is an id in any language.
 */
#include "load.h"

#include "ids.h"

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
	struct file_key *known; /* the inventory's own files, sorted */
	size_t known_count;
	struct buf id;
	struct err *err;
};

static const struct {
	const char *prefix;
	enum node_kind kind;
} wanted[] = {
	{"ami-", NODE_IMAGE},
	{"snap-", NODE_SNAPSHOT},
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

static void
learn_inventory(struct pins *pins, const struct inventory *inventory)
{
	pins->known = xcalloc(inventory->file_count + 1, sizeof(*pins->known));
	pins->known_count = inventory->file_count;
	for (size_t i = 0; i < inventory->file_count; i++)
		pins->known[i] = (struct file_key){
			inventory->files[i].bytes.device, inventory->files[i].bytes.inode};
	qsort(pins->known, pins->known_count, sizeof(*pins->known), compare_keys);
}

static bool
is_inventory(const struct pins *pins, const struct file_bytes *bytes)
{
	const struct file_key key = {bytes->device, bytes->inode};

	return bsearch(&key, pins->known, pins->known_count, sizeof(key), compare_keys) != NULL;
}

/* Near its start stands "format": "amiplan.…". */
static bool
is_own(struct slice head)
{
	static const char name[] = "\"format\"";
	static const char value[] = "\"amiplan.";
	const char *end = head.at + head.len;
	const char *at = memmem(head.at, head.len, name, sizeof(name) - 1);

	if (!at)
		return false;
	at += sizeof(name) - 1;
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n' || *at == ':'))
		at++;
	return (size_t)(end - at) >= sizeof(value) - 1 && memcmp(at, value, sizeof(value) - 1) == 0;
}

static bool
is_searched(const struct pins *pins, const struct file_bytes *bytes)
{
	struct slice head = {bytes->at, bytes->size < HEAD ? bytes->size : HEAD};

	if (is_inventory(pins, bytes))
		return false;
	return head.len == 0 || (!memchr(head.at, 0, head.len) && !is_own(head));
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

static void
search(struct pins *pins, const char *path, struct slice text, const char *prefix,
	enum node_kind kind)
{
	const char *counted = text.at; /* lines are counted up to here */
	uint64_t line = 1;
	size_t from = 0;
	struct slice id;

	while (id_find(text, prefix, &from, &id)) {
		const char *feed;

		while ((feed = memchr(counted, '\n', (size_t)(id.at - counted))) != NULL) {
			line++;
			counted = feed + 1;
		}
		add_pin(pins, path, line, kind, id);
	}
}

static int
read_pins(struct pins *pins, const struct found_file *file, size_t *searched)
{
	struct file_bytes bytes;
	const char *path = file_text(&pins->text, file->path);
	int code = file_load(file->path, &bytes, pins->err);

	if (code)
		return code;
	if (is_searched(pins, &bytes)) {
		for (size_t i = 0; bytes.size && i < sizeof(wanted) / sizeof(*wanted); i++)
			search(pins, path, (struct slice){bytes.at, bytes.size}, wanted[i].prefix,
				wanted[i].kind);
		++*searched;
	}
	file_release(&bytes);
	return 0;
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
	free(pins.known);
	buf_release(&pins.id);
	arena_release(&pins.text);
	return code;
}
