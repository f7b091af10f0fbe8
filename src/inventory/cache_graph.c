/*
 * The entry with the graph, and what was said while it was made. It must not know: JSON, what the
 * members of a graph mean.
 */
#include "cache_parts.h"
#include "store.h"

#include <errno.h>

/* --- KEY.graph ---------------------------------------------------------------------------------
 */

static bool
put_bytes(const void *bytes, size_t len, void *writer)
{
	return entry_put(writer, bytes, len);
}

static bool
take_bytes(void *bytes, size_t len, void *reader)
{
	return entry_take(reader, bytes, len);
}

/* Which file each document is: 0 is none. Numbers are places in the order of digests. */
static void
put_documents(struct entry_writer *writer, const struct inventory *inventory)
{
	size_t count = inventory->graph->documents.count;
	uint64_t *file_of = xcalloc(count, sizeof(*file_of));

	for (size_t i = 0; i < inventory->file_count; i++)
		file_of[inventory->files[i].read.doc] = inventory->files[i].number;
	entry_put(writer, file_of, count * sizeof(*file_of));
	free(file_of);
}

static bool
take_documents(struct entry_reader *reader, struct inventory *inventory, struct graph *graph)
{
	for (size_t i = 0; i < graph->documents.count; i++) {
		struct document *document = &graph->documents.items[i];
		const struct mapped_file *file;
		uint64_t number;

		if (!entry_take(reader, &number, sizeof(number)) || number >= inventory->file_count)
			return false;
		if (i == 0)
			continue;
		file = &inventory->files[number];
		document->path = file_text(inventory->text, file->found.relative);
		document->opened = file->found.path;
		document->bytes = file->bytes.at;
		document->mapped = file->bytes.mapped;
		document->size = file->bytes.size;
	}
	return true;
}

static void
put_lines(struct cache *cache, struct entry_writer *writer)
{
	uint64_t count = cache->lines.count;

	entry_put(writer, &count, sizeof(count));
	vec_foreach (line, &cache->lines) {
		uint64_t len = strlen(*line);

		entry_put(writer, &len, sizeof(len));
		entry_put(writer, *line, len);
	}
}

static bool
take_lines(struct cache *cache, struct entry_reader *reader)
{
	uint64_t count, len;

	if (!entry_take(reader, &count, sizeof(count)))
		return false;
	for (; count > 0; count--) {
		char *line;

		if (!entry_take(reader, &len, sizeof(len)) || len > entry_left(reader))
			return false;
		line = arena_alloc(&cache->text, (size_t)len + 1);
		if (!entry_take(reader, line, (size_t)len))
			return false;
		vec_push(&cache->lines, line);
	}
	return true;
}

static struct graph *
take_graph(struct cache *cache, struct entry_reader *reader, struct inventory *inventory)
{
	struct graph_stream stream = {.take = take_bytes, .with = reader};
	struct graph *graph;

	if (!entry_take(reader, inventory->digest, DIGEST_SIZE) || !take_lines(cache, reader))
		return NULL;
	stream.left = entry_left(reader);
	graph = graph_restore(&stream);
	if (graph && take_documents(reader, inventory, graph))
		return graph;
	graph_free(graph);
	return NULL;
}

/* The graph, or NULL: the entry is damaged. */
static struct graph *
read_graph(struct cache *cache, struct entry_reader *reader, struct inventory *inventory)
{
	struct graph *graph = take_graph(cache, reader, inventory);

	if (entry_end_take(reader) && graph)
		return graph;
	graph_free(graph);
	cache->lines.count = 0;
	cache_say(cache, "an entry is damaged: it is made anew", NULL);
	return NULL;
}

bool
cache_find(struct cache *cache, struct inventory *inventory)
{
	uint8_t inputs[DIGEST_SIZE];
	struct entry_reader *reader;

	if (!cache || cache->useless)
		return false;
	cache_digest_inputs(cache, inventory);
	if (!cache_open_entry(cache, CACHE_GRAPH, &reader))
		return false;
	if (!entry_take(reader, inputs, sizeof(inputs)) ||
		memcmp(inputs, cache->inputs, sizeof(inputs)) != 0) {
		(void)entry_end_take(reader);
		return false;
	}
	inventory->graph = read_graph(cache, reader, inventory);
	cache->found = inventory->graph != NULL;
	if (cache->found && cache->options->say)
		vec_foreach (line, &cache->lines)
			cache->options->say(*line, cache->options->say_to);
	return cache->found;
}

int
cache_keep_graph(struct cache *cache, const struct inventory *inventory)
{
	struct entry_writer *writer =
		entry_create(cache->dir, cache_entry_name(cache, CACHE_GRAPH), cache->program);
	struct graph_stream stream = {.put = put_bytes, .with = writer};

	if (!writer)
		return errno;
	entry_put(writer, cache->inputs, sizeof(cache->inputs));
	entry_put(writer, inventory->digest, DIGEST_SIZE);
	put_lines(cache, writer);
	if (graph_save(inventory->graph, &stream))
		put_documents(writer, inventory);
	return entry_keep_take(writer) ? 0 : errno;
}
