/*
 * Writes the collection document.
 * It must not know: how calls are made, who reads it.
 */
#include "collection.h"

#include "civil.h"
#include "json_write.h"

const char *
outcome_word(enum outcome outcome)
{
	static const char *const words[] = {
		[OUTCOME_SKIPPED] = "skipped",
		[OUTCOME_COMPLETE] = "complete",
		[OUTCOME_EMPTY] = "empty",
		[OUTCOME_PARTIAL] = "partial",
		[OUTCOME_DENIED] = "denied",
		[OUTCOME_FAILED] = "failed",
	};

	return words[outcome];
}

static void
put_parameters(struct json_writer *w, const struct call_row *row, enum call_plainness plainness)
{
	struct parameter_walk walk;
	struct slice name, value;
	bool number;

	json_name(w, "parameters");
	json_open(w, '{');
	parameters_begin(&walk, row, plainness);
	while (parameters_next(&walk, &name, &value, &number)) {
		json_name_slice(w, name);
		json_put_slice(w, value);
	}
	json_close(w, '}');
}

static void
put_error(struct json_writer *w, const struct call_record *record)
{
	json_name(w, "error");
	if (!record->code && !record->message) {
		json_put_null(w);
		return;
	}
	json_open(w, '{');
	json_field(w, "code", record->code ? record->code : "");
	json_field(w, "message", record->message ? record->message : "");
	json_close(w, '}');
}

/* By it the reader knows whether the files are still those that were written. */
static void
put_sha256(struct json_writer *w, const struct call_record *record)
{
	char text[DIGEST_TEXT_SIZE];

	digest_text(record->sha256, text);
	json_field(w, "sha256", record->files ? text : NULL);
}

static void
put_call(struct json_writer *w, const struct call_row *row, const struct call_record *record)
{
	json_open(w, '{');
	json_field(w, "kind", row->kind == DOC_NONE ? NULL : doc_kind_word(row->kind));
	json_field(w, "service", service_table[row->service].word);
	json_field(w, "action", row->action);
	put_parameters(w, row, record->plainness);
	json_field(w, "status", outcome_word(record->outcome));
	json_field_integer(w, "pages", (int64_t)record->pages);
	json_field_integer(w, "records", (int64_t)record->records);
	json_field(w, "file", record->files ? row->file : NULL);
	if (row->batch) /* then `file` is a folder */
		json_field_integer(w, "files", (int64_t)record->files);
	put_sha256(w, record);
	put_error(w, record);
	json_close(w, '}');
}

static void
field_time(struct json_writer *w, const char *name, int64_t time)
{
	char text[TIME_TEXT_SIZE];

	time_format(time, text);
	json_field(w, name, text);
}

void
collection_write(FILE *file, const struct collection *collection)
{
	struct json_writer w;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", COLLECTION_FORMAT);
	json_name(&w, "tool");
	json_open(&w, '{');
	json_field(&w, "name", "amiplan");
	json_field(&w, "version", collection->tool_version);
	json_close(&w, '}');
	json_field(&w, "account", collection->account);
	json_field(&w, "region", collection->region);
	json_field(&w, "caller", collection->caller);
	field_time(&w, "started", collection->started);
	field_time(&w, "ended", collection->ended);
	json_name(&w, "calls");
	json_open(&w, '[');
	for (size_t i = 0; i < CALLS; i++)
		if (call_table[i].file)
			put_call(&w, &call_table[i], &collection->records[i]);
	json_close(&w, ']');
	json_close(&w, '}');
}
