/*
 * Reads collection documents.
 * It must not know: files, the graph's building, how a collection is made.
 */
#include "collection.h"

#include "civil.h"
#include "decode.h"
#include "ids.h"
#include "json_pull.h"
#include "vec.h"

#define FORMAT "amiplan.collection/1"

/* Lifetime: one document. */
struct reading {
	struct json json;
	struct arena *arena;
	struct collected out;
	VEC(struct collected_call) calls;
	bool has_format;
};

/* Takes one member; false: an error was set. */
typedef bool take_member(struct reading *reading, void *to);

struct member {
	const char *name;
	take_member *take;
};

/* Every member through its row; what has none is skipped. */
static bool
read_object(struct reading *reading, const struct member *rows, size_t count, void *to)
{
	struct json *json = &reading->json;
	struct slice name = SLICE_NONE;

	if (json_peek(json) != JSON_OBJECT) {
		const char *here = decode_here(json);

		return !json->failed &&
		       json_fail(json, here, ERR_VALUE, "an object is wanted here, not %s",
			       decode_type_word(json_peek(json)));
	}
	if (!json_enter(json, JSON_OBJECT))
		return false;
	while (json_next_member(json, &name)) {
		size_t i = 0;

		while (i < count && !slice_is(name, rows[i].name))
			i++;
		if (json_peek(json) == JSON_NULL)
			i = count;
		if (!(i < count ? rows[i].take(reading, to) : json_skip(json, NULL)))
			return false;
	}
	return !json->failed;
}

static bool
read_text(struct reading *reading, struct slice *out)
{
	struct json *json = &reading->json;

	if (json_peek(json) == JSON_STRING)
		return json_string(json, out);
	return !json->failed &&
	       json_fail(json, decode_here(json), ERR_VALUE, "a text is wanted here, not %s",
		       decode_type_word(json_peek(json)));
}

/* A text for people, cut between characters. */
static bool
read_kept(struct reading *reading, const char **out)
{
	struct slice text = SLICE_NONE;

	if (!read_text(reading, &text))
		return false;
	if (text.len > LIMIT_CALL_MESSAGE) {
		text.len = LIMIT_CALL_MESSAGE;
		while (text.len && ((unsigned char)text.at[text.len] & 0xc0) == 0x80)
			text.len--;
	}
	*out = arena_text(reading->arena, text);
	return true;
}

/* --- a call ---------------------------------------------------------------------------------- */

/* A kind that this version does not know is vouched for to nobody. */
static bool
take_kind(struct reading *reading, void *to)
{
	struct collected_call *call = to;
	struct slice text = SLICE_NONE;

	if (!read_text(reading, &text))
		return false;
	call->kind = doc_kind_from_word(text);
	return true;
}

static bool
take_status(struct reading *reading, void *to)
{
	static const struct {
		const char *word;
		enum coverage_status status;
	} words[] = {
		{"complete", COVERAGE_COMPLETE},
		{"empty", COVERAGE_EMPTY},
		{"partial", COVERAGE_PARTIAL},
		{"denied", COVERAGE_DENIED},
	};
	struct collected_call *call = to;
	struct slice text = SLICE_NONE;

	if (!read_text(reading, &text))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_is(text, words[i].word))
			call->status = words[i].status;
	return true;
}

static bool
take_file(struct reading *reading, void *to)
{
	struct collected_call *call = to;
	struct slice text = SLICE_NONE;

	if (!read_text(reading, &text))
		return false;
	call->file = arena_text(reading->arena, text);
	return true;
}

static bool
take_files(struct reading *reading, void *to)
{
	struct collected_call *call = to;
	int64_t count;

	if (json_peek(&reading->json) != JSON_NUMBER)
		return json_skip(&reading->json, NULL);
	if (!json_integer(&reading->json, &count))
		return false;
	call->files = count > 0 ? (uint64_t)count : 0;
	return true;
}

static bool
take_sha256(struct reading *reading, void *to)
{
	struct slice text = SLICE_NONE;

	if (!read_text(reading, &text))
		return false;
	((struct collected_call *)to)->sha256 = arena_text(reading->arena, text);
	return true;
}

static bool
take_service(struct reading *reading, void *to)
{
	return read_kept(reading, &((struct collected_call *)to)->service);
}

static bool
take_action(struct reading *reading, void *to)
{
	return read_kept(reading, &((struct collected_call *)to)->action);
}

static bool
take_code(struct reading *reading, void *to)
{
	return read_kept(reading, &((struct collected_call *)to)->code);
}

static bool
take_message(struct reading *reading, void *to)
{
	return read_kept(reading, &((struct collected_call *)to)->message);
}

static bool
take_error(struct reading *reading, void *to)
{
	static const struct member rows[] = {
		{"code", take_code},
		{"message", take_message},
	};

	return read_object(reading, rows, sizeof(rows) / sizeof(*rows), to);
}

static bool
take_disabled(struct reading *reading, void *to)
{
	struct slice text = SLICE_NONE;

	if (!read_text(reading, &text))
		return false;
	((struct collected_call *)to)->disabled = slice_is(text, "true");
	return true;
}

static bool
take_managed(struct reading *reading, void *to)
{
	struct slice text = SLICE_NONE;

	if (!read_text(reading, &text))
		return false;
	((struct collected_call *)to)->managed = slice_is(text, "true");
	return true;
}

static bool
take_parameters(struct reading *reading, void *to)
{
	static const struct member rows[] = {
		{"IncludeDisabled", take_disabled},
		{"IncludeManagedResources", take_managed},
	};

	return read_object(reading, rows, sizeof(rows) / sizeof(*rows), to);
}

static bool
take_calls(struct reading *reading, void *to)
{
	static const struct member rows[] = {
		{"kind", take_kind},
		{"status", take_status},
		{"file", take_file},
		{"files", take_files},
		{"sha256", take_sha256},
		{"parameters", take_parameters},
		{"service", take_service},
		{"action", take_action},
		{"error", take_error},
	};
	struct json *json = &reading->json;

	(void)to;
	if (json_peek(json) != JSON_ARRAY)
		return !json->failed &&
		       json_fail(json, decode_here(json), ERR_VALUE, "calls must be a list, not %s",
			       decode_type_word(json_peek(json)));
	if (!json_enter(json, JSON_ARRAY))
		return false;
	while (json_next_element(json)) {
		struct collected_call call = {.kind = DOC_NONE, .status = COVERAGE_ABSENT};

		if (!read_object(reading, rows, sizeof(rows) / sizeof(*rows), &call))
			return false;
		vec_push(&reading->calls, call);
		json_forget(json);
	}
	return !json->failed;
}

/* --- the document ---------------------------------------------------------------------------- */

static bool
take_format(struct reading *reading, void *to)
{
	const char *here = decode_here(&reading->json);
	struct slice text = SLICE_NONE;

	(void)to;
	if (!read_text(reading, &text))
		return false;
	reading->has_format = slice_is(text, FORMAT);
	return reading->has_format ||
	       json_fail(&reading->json, here, ERR_VALUE,
		       "a collection of another version of amiplan: this one reads %s", FORMAT);
}

static bool
take_account(struct reading *reading, void *to)
{
	struct place *place = &reading->out.place;
	const char *here = decode_here(&reading->json);
	struct slice text = SLICE_NONE;

	(void)to;
	if (!read_text(reading, &text))
		return false;
	if (!id_is_account(text))
		return json_fail(&reading->json, here, ERR_VALUE, "account must be 12 digits");
	return place_set(place->account, sizeof(place->account), text);
}

static bool
take_region(struct reading *reading, void *to)
{
	struct place *place = &reading->out.place;
	const char *here = decode_here(&reading->json);
	struct slice text = SLICE_NONE;

	(void)to;
	if (!read_text(reading, &text))
		return false;
	if (!id_is_region(text))
		return json_fail(
			&reading->json, here, ERR_VALUE, "region must be one such as us-east-1");
	return place_set(place->region, sizeof(place->region), text);
}

static bool
take_started(struct reading *reading, void *to)
{
	const char *here = decode_here(&reading->json);
	struct slice text = SLICE_NONE;

	(void)to;
	if (!read_text(reading, &text))
		return false;
	return time_parse(text, &reading->out.started) ||
	       json_fail(&reading->json, here, ERR_VALUE,
		       "started must be a time such as 2026-11-22T00:00:00Z");
}

/* Without these nothing can be made of the rest. */
static bool
check(struct reading *reading)
{
	const struct collected *out = &reading->out;

	if (out->place.account[0] && out->place.region[0] && out->started != TIME_NONE)
		return true;
	return json_fail(&reading->json, reading->json.start, ERR_VALUE,
		"a collection must have account, region and started");
}

int
collection_read(struct slice bytes, const char *name, struct arena *arena, struct collected *out,
	struct err *err)
{
	static const struct member rows[] = {
		{"format", take_format},
		{"account", take_account},
		{"region", take_region},
		{"started", take_started},
		{"calls", take_calls},
	};
	struct reading reading = {.arena = arena};
	struct err own = {0};
	bool done;

	err = err ? err : &own;
	reading.out.started = TIME_NONE;
	json_begin(&reading.json, bytes, name, err);
	done = read_object(&reading, rows, sizeof(rows) / sizeof(*rows), NULL) &&
	       json_peek(&reading.json) == JSON_END && !reading.json.failed && check(&reading);
	json_end(&reading.json);
	if (done) {
		*out = reading.out;
		out->call_count = reading.calls.count;
		out->calls = arena_array(arena, out->call_count + 1, sizeof(*out->calls));
		if (out->call_count)
			memcpy(out->calls, reading.calls.items,
				out->call_count * sizeof(*out->calls));
	}
	vec_release(&reading.calls);
	if (done)
		return 0;
	return err->code ? err->code : ERR_INTERNAL;
}

/* --- calls of one kind ------------------------------------------------------------------------ */

void
collected_kind_add(struct collected_kind *kind, const struct collected_call *call, bool at_hand)
{
	switch (call->status) {
	case COVERAGE_COMPLETE:
	case COVERAGE_EMPTY:
	case COVERAGE_ASSUMED:
		kind->whole += at_hand;
		kind->unread += !at_hand;
		break;
	case COVERAGE_PARTIAL:
		kind->in_part += at_hand;
		kind->unread += !at_hand;
		break;
	case COVERAGE_DENIED:
		kind->denied++;
		break;
	case COVERAGE_ABSENT:
		kind->unread++;
		break;
	}
}

bool
collected_kind_speaks(const struct collected_kind *kind)
{
	return kind->whole || kind->in_part || kind->denied;
}

enum coverage_status
collected_kind_status(const struct collected_kind *kind)
{
	if (kind->in_part || (kind->whole && (kind->denied || kind->unread)))
		return COVERAGE_PARTIAL;
	return kind->whole ? COVERAGE_COMPLETE : COVERAGE_DENIED;
}
