/*
 * The top level of a document: its kind, its pages, its records one by one. No document is ever
 * held as a tree. It must not know: which files there are, where the document is from, what becomes
 * of a record.
 */
#include "document.h"
#include "batches.h"
#include "parallel.h"

#define OWN_FORMAT "amiplan."
#define COLLECTION_FORMAT "amiplan.collection/"

/* What the walk over the top level has seen. Lifetime: one document. */
struct top {
	struct reader *reader;
	const struct document *base;
	struct json json;
	struct err decoding; /* what the thread that decodes a long list complains of */
	const struct source *sources;
	size_t source_count;
	const struct source *list;           /* whose list was read */
	uint8_t seen[32];                    /* by source: a bit for each of its keys */
	bool more, own, collection, listing; /* what its members said */
	struct document_found *out;
};

void
reader_init(struct reader *reader, struct builder *builder, struct err *err)
{
	size_t largest = 0;

	memset(reader, 0, sizeof(*reader));
	decoder_init(&reader->decoder);
	strpool_init(&reader->sink.restores);
	reader->sink.builder = builder;
	reader->err = err;
	for (size_t i = 0; i < SHAPES; i++) {
		if (source_shapes[i].size > largest)
			largest = source_shapes[i].size;
	}
	reader->record = xmalloc(largest);
}

void
reader_release(struct reader *reader)
{
	strpool_release(&reader->sink.restores);
	vec_release(&reader->sink.identities);
	vec_release(&reader->sink.tags);
	buf_release(&reader->sink.text);
	arena_release(&reader->element);
	free(reader->record);
}

/* The document becomes one of the graph's when the first of its records is met, and only then. */
static void
register_document(struct top *top, const struct source *source)
{
	struct sink *sink = &top->reader->sink;
	struct document document = *top->base;

	if (sink->doc)
		return;
	document.kind = source->kind;
	sink->doc = builder_document(sink->builder, &document);
	top->out->doc = sink->doc;
	top->out->per_item = source->per_item;
	top->out->use = USE_RECORDS;
}

static void
let_go(struct reader *reader, size_t at)
{
	if (at - reader->read < LIMIT_WINDOW)
		return;
	file_let_go(reader->file, reader->read, at);
	meter_add(reader->meter, 0, at - reader->read);
	reader->read = at;
}

/* One record: decode, hand over, forget. */
static bool
read_record(struct top *top, const struct source *source, struct json *json)
{
	struct reader *reader = top->reader;

	arena_clear(&reader->element);
	if (!decode_object(&reader->decoder, json, top->base->bytes, &reader->element,
		    source->shape, reader->record))
		return false;
	reader->sink.json = json;
	reader->sink.found = 1;
	if (!source->sink(&reader->sink, reader->record))
		return false;
	reader->sink.records += reader->sink.found;
	json_forget(json);
	let_go(reader, (size_t)(json->at - json->start));
	return true;
}

static bool
take_batch(struct reader *reader, const struct source *source, const struct batch *batch)
{
	size_t size = source_shapes[source->shape].size;

	for (size_t i = 0; i < batch->count; i++) {
		reader->sink.found = 1;
		if (!source->sink(&reader->sink, batch->records + i * size))
			return false;
		reader->sink.records += reader->sink.found;
	}
	let_go(reader, batch->end);
	return true;
}

/*
 * The same as one record after the other, with the decoding in another thread. Each has an error of
 * its own, since an earlier record's complaint goes before a later one's bad JSON.
 */
static bool
read_batches(struct top *top, const struct source *source, struct batches *batches)
{
	struct reader *reader = top->reader;
	struct json place = {.start = top->json.start,
		.end = top->json.end,
		.name = top->json.name,
		.err = reader->err}; /* where complaints of sinks point to */
	const struct batch *batch;
	bool taken = true;

	reader->sink.json = &place;
	while (taken && (batch = batches_next(batches)))
		taken = take_batch(reader, source, batch);
	if (batches_end_take(batches))
		return taken;
	if (taken)
		*reader->err = top->decoding;
	return false;
}

/* NULL: not worth a thread, or none can be had. */
static struct batches *
begin_batches(struct top *top, const struct source *source)
{
	struct json *json = &top->json;
	struct batches *batches;

	if (json->end - json->at < LIMIT_ALONE || parallel_width() == 1)
		return NULL;
	json->err = &top->decoding;
	batches = batches_begin(&top->reader->decoder, json, top->base->bytes, source->shape);
	if (!batches)
		json->err = top->reader->err;
	return batches;
}

static bool
read_list(struct top *top, const struct source *source)
{
	struct batches *batches;

	struct json *json = &top->json;
	enum json_type type = json_peek(json);
	const char *here = decode_here(json);

	if (type == JSON_NULL)
		return json_skip(json, NULL);
	if (type != JSON_ARRAY)
		return json_skip(json, NULL) &&
		       json_fail(json, here, ERR_VALUE, "%s must be a list, not %s",
			       source->keys[0], decode_type_word(type));
	if (top->list)
		return json_fail(json, here, ERR_VALUE,
			"both %s and %s in one document; save what each command prints in a file "
			"of its own",
			top->list->keys[0], source->keys[0]);
	top->list = source;
	register_document(top, source);
	if (!json_enter(json, JSON_ARRAY))
		return false;
	batches = begin_batches(top, source);
	if (batches) {
		bool done = read_batches(top, source, batches);

		json->err = top->reader->err;
		return done;
	}
	while (json_next_element(json)) {
		if (!read_record(top, source, json))
			return false;
	}
	return !json->failed;
}

/* NextToken: a page of several, unless it says nothing. */
static bool
read_token(struct top *top)
{
	enum json_type type = json_peek(&top->json);
	struct slice text = SLICE_NONE;

	if (type != JSON_STRING) {
		top->more = top->more || type != JSON_NULL;
		return json_skip(&top->json, NULL);
	}
	if (!json_string(&top->json, &text))
		return false;
	top->more = top->more || text.len > 0;
	return true;
}

static bool
read_format(struct top *top)
{
	struct slice text = SLICE_NONE;

	if (json_peek(&top->json) != JSON_STRING)
		return json_skip(&top->json, NULL);
	if (!json_string(&top->json, &text))
		return false;
	top->own = slice_starts(text, OWN_FORMAT);
	top->collection = slice_starts(text, COLLECTION_FORMAT);
	return true;
}

/* Notes which kinds this member speaks for. Returns the kind whose list of records it is, or NULL.
 */
static const struct source *
note_key(struct top *top, struct slice name)
{
	const struct source *list = NULL;

	for (size_t i = 0; i < top->source_count; i++) {
		const struct source *source = &top->sources[i];

		for (unsigned k = 0; k < SOURCE_KEYS && source->keys[k]; k++) {
			if (!slice_is(name, source->keys[k]))
				continue;
			if (source->list)
				list = source;
			else
				top->seen[i] |= (uint8_t)(1u << k);
		}
	}
	return list;
}

static bool
read_member(struct top *top, struct slice name)
{
	const struct source *list;

	if (slice_is(name, "NextToken"))
		return read_token(top);
	if (slice_is(name, "format"))
		return read_format(top);
	if (json_peek(&top->json) == JSON_NULL)
		return json_skip(&top->json, NULL);
	list = note_key(top, name);
	return list ? read_list(top, list) : json_skip(&top->json, NULL);
}

/* A document that is one record: walked again from its start, now that its kind is known. */
static bool
read_whole(struct top *top, const struct source *source)
{
	struct json json;
	bool done;

	register_document(top, source);
	json_begin(&json, (struct slice){top->base->bytes, top->base->size}, top->json.name,
		top->reader->err);
	done = read_record(top, source, &json);
	json_end(&json);
	return done;
}

static bool
has_keys(const struct source *source, uint8_t seen)
{
	unsigned all = 0;

	for (unsigned k = 0; k < SOURCE_KEYS && source->keys[k]; k++)
		all |= 1u << k;
	return !source->list && seen == all;
}

static bool
read_wholes(struct top *top)
{
	for (size_t i = 0; i < top->source_count; i++) {
		const struct source *source = &top->sources[i];

		if (!has_keys(source, top->seen[i]))
			continue;
		if (!source->sink)
			top->out->use = USE_LATER;
		else if (!read_whole(top, source))
			return false;
	}
	return true;
}

static bool
read_object(struct top *top)
{
	struct sink *sink = &top->reader->sink;
	struct document *document;
	struct slice name;

	if (!json_enter(&top->json, JSON_OBJECT))
		return false;
	while (json_next_member(&top->json, &name)) {
		if (!read_member(top, name))
			return false;
	}
	if (top->json.failed || json_peek(&top->json) != JSON_END || top->json.failed)
		return false;
	if (top->own) {
		top->out->use = top->collection ? USE_COLLECTION : USE_OWN;
		return true;
	}
	if (!read_wholes(top))
		return false;
	if (sink->doc) {
		document = builder_document_at(sink->builder, sink->doc);
		document->records = sink->records;
		document->more = top->more;
	}
	return true;
}

/* Members by which a bare list's elements show that they are AWS's records. */
static bool
is_record_key(struct slice name)
{
	static const char *const keys[] = {"ImageId", "SnapshotId", "InstanceId", "VolumeId",
		"ReservationId", "LaunchTemplateId", "LaunchTemplateName", "AutoScalingGroupName",
		"LaunchConfigurationName", "SpotInstanceRequestId", "SpotFleetRequestId",
		"FleetId"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (slice_is(name, keys[i]))
			return true;
	}
	return false;
}

static bool
read_bare(struct top *top)
{
	struct json *json = &top->json;
	struct slice name;

	if (!json_enter(json, JSON_ARRAY))
		return false;
	while (json_next_element(json)) {
		if (json_peek(json) != JSON_OBJECT) {
			if (!json_skip(json, NULL))
				return false;
			continue;
		}
		if (!json_enter(json, JSON_OBJECT))
			return false;
		while (json_next_member(json, &name)) {
			top->listing = top->listing || is_record_key(name);
			if (!json_skip(json, NULL))
				return false;
		}
	}
	top->out->use = USE_BARE;
	top->out->is_listing = top->listing;
	return !json->failed;
}

static bool
read_top(struct top *top)
{
	switch (json_peek(&top->json)) {
	case JSON_OBJECT:
		return read_object(top);
	case JSON_ARRAY:
		return read_bare(top) && json_peek(&top->json) == JSON_END && !top->json.failed;
	case JSON_END:
		return false;
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER:
	case JSON_STRING:
		break;
	}
	return json_skip(&top->json, NULL) && json_peek(&top->json) == JSON_END &&
	       !top->json.failed;
}

int
document_read(struct reader *reader, const struct document *base, const struct file_bytes *file,
	const char *name, struct document_found *out)
{
	struct top top = {.reader = reader, .base = base, .out = out};
	struct sink *sink = &reader->sink;
	bool done;

	*out = (struct document_found){.use = USE_UNKNOWN};
	top.sources = source_table(&top.source_count);
	reader->file = file;
	reader->read = 0;
	sink->document = base->bytes;
	sink->doc = 0;
	sink->records = 0;
	memset(&sink->inside, 0, sizeof(sink->inside));
	json_begin(&top.json, (struct slice){base->bytes, base->size}, name, reader->err);
	done = read_top(&top);
	json_end(&top.json);
	meter_add(reader->meter, 1, base->size - reader->read);
	out->inside = sink->inside;
	if (done)
		return ERR_OK;
	return reader->err->code ? reader->err->code : ERR_INTERNAL;
}
