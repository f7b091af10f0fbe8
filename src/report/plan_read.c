/*
 * A saved plan file back into a view: the only reader of plan files. The file stays as it is; the
 * view decodes item by item. It must not know: how plans are made, or what any text in them means.
 *
 * One table a record, one row a member: its name, how it is read, where it goes. Everything is
 * checked once, in plan_read; what is asked for later is read again from the same bytes and cannot
 * fail.
 */
#include "cost.h"
#include "decimal.h"
#include "json_pull.h"
#include "json_write.h"
#include "report.h"

struct cursor {
	struct json *json;
	struct arena *arena;
};

struct member {
	const char *name;
	bool (*read)(struct cursor *cursor, void *out);
	size_t at; /* offset of the member in the struct */
	bool optional;
};

struct record_type {
	const char *what; /* for errors: "a step" */
	const struct member *members;
	size_t count;
	size_t size; /* of the struct */
};

#define RECORD(name, what, struct_, members)                                                       \
	static const struct record_type name = {                                                   \
		what, members, sizeof(members) / sizeof(members[0]), sizeof(struct_)}

/* --- values ------------------------------------------------------------------------------------
 */

/* The reader refuses zero bytes, so a terminated text is the whole text. */
static bool
read_text(struct cursor *cursor, void *out)
{
	struct slice text;

	if (!json_string(cursor->json, &text))
		return false;
	*(const char **)out = arena_text(cursor->arena, text);
	return true;
}

static bool
read_null(struct cursor *cursor)
{
	return json_peek(cursor->json) == JSON_NULL && json_skip(cursor->json, NULL);
}

/* null is NULL. */
static bool
read_text_or_null(struct cursor *cursor, void *out)
{
	*(const char **)out = NULL;
	return read_null(cursor) || read_text(cursor, out);
}

/* null is "": an account or region that is not known. */
static bool
read_place(struct cursor *cursor, void *out)
{
	*(const char **)out = "";
	return read_null(cursor) || read_text(cursor, out);
}

static bool
read_count(struct cursor *cursor, void *out)
{
	const char *start = cursor->json->at;
	int64_t value;

	if (!json_integer(cursor->json, &value))
		return false;
	if (value < 0)
		return json_fail(cursor->json, start, ERR_VALUE, "a count is not negative");
	*(uint64_t *)out = (uint64_t)value;
	return true;
}

static bool
read_small(struct cursor *cursor, void *out)
{
	const char *start = cursor->json->at;
	uint64_t value = 0;

	if (!read_count(cursor, &value))
		return false;
	if (value > UINT32_MAX)
		return json_fail(cursor->json, start, ERR_VALUE, "this number is too large");
	*(uint32_t *)out = (uint32_t)value;
	return true;
}

static bool
read_bool(struct cursor *cursor, void *out)
{
	return json_bool(cursor->json, out);
}

/* An object, kept as compact JSON. */
static bool
read_raw_object(struct cursor *cursor, void *out)
{
	struct slice raw;
	struct json_writer w;
	struct buf buf = {0};

	if (json_peek(cursor->json) != JSON_OBJECT)
		return json_enter(cursor->json, JSON_OBJECT); /* fails, and says why */
	if (!json_skip(cursor->json, &raw))
		return false;
	json_writer_buf(&w, &buf, false);
	json_put_raw(&w, raw);
	*(const char **)out = arena_text(cursor->arena, buf_slice(&buf));
	buf_release(&buf);
	return true;
}

/* An object that nobody asks for now. */
static bool
pass_object(struct cursor *cursor, void *out)
{
	(void)out;
	if (json_peek(cursor->json) != JSON_OBJECT)
		return json_enter(cursor->json, JSON_OBJECT); /* fails, and says why */
	return json_skip(cursor->json, NULL);
}

/* --- records -----------------------------------------------------------------------------------
 */

static const struct member *
member_named(const struct record_type *type, struct slice name)
{
	for (size_t i = 0; i < type->count; i++)
		if (slice_is(name, type->members[i].name))
			return &type->members[i];
	return NULL;
}

static bool
check_all_seen(struct json *json, const struct record_type *type, uint32_t seen, const char *start)
{
	for (size_t i = 0; i < type->count; i++)
		if (!(seen >> i & 1) && !type->members[i].optional)
			return json_fail(json, start, ERR_VALUE, "%s lacks the member \"%s\"",
				type->what, type->members[i].name);
	return true;
}

static bool
read_record(struct cursor *cursor, const struct record_type *type, void *out)
{
	struct json *json = cursor->json;
	const char *start;
	struct slice name;
	uint32_t seen = 0;

	memset(out, 0, type->size);
	json_peek(json);
	start = json->at;
	if (!json_enter(json, JSON_OBJECT))
		return false;
	while (json_next_member(json, &name)) {
		const struct member *member = member_named(type, name);

		if (!member)
			return json_fail(json, json->at, ERR_VALUE,
				"\"%.*s\" is no member of %s (format amiplan.plan/1)",
				name.len < 100 ? (int)name.len : 100, name.at, type->what);
		json_peek(json);
		if (!member->read(cursor, (char *)out + member->at))
			return false;
		seen |= (uint32_t)1 << (member - type->members);
	}
	return !json->failed && check_all_seen(json, type, seen, start);
}

/* A list of records of one type, in the arena. */
static bool
read_records(struct cursor *cursor, const struct record_type *type, void **items, size_t *count)
{
	struct buf bytes = {0};
	void *one = arena_alloc(cursor->arena, type->size);
	bool good = json_enter(cursor->json, JSON_ARRAY);

	*count = 0;
	while (good && json_next_element(cursor->json)) {
		good = read_record(cursor, type, one);
		buf_add(&bytes, one, type->size);
		*count += 1;
	}
	*items = arena_alloc(cursor->arena, bytes.len + 1);
	if (bytes.len)
		memcpy(*items, bytes.at, bytes.len);
	buf_release(&bytes);
	return good && !cursor->json->failed;
}

static bool
read_texts(struct cursor *cursor, void *out)
{
	struct texts *texts = out;
	VEC(const char *) items = {0};
	bool good = json_enter(cursor->json, JSON_ARRAY);

	while (good && json_next_element(cursor->json)) {
		const char *text = NULL;

		json_peek(cursor->json);
		good = read_text(cursor, &text);
		vec_push(&items, text);
	}
	texts->count = items.count;
	texts->items = arena_array(cursor->arena, items.count + 1, sizeof(*texts->items));
	if (items.count)
		memcpy(texts->items, items.items, items.count * sizeof(*texts->items));
	vec_release(&items);
	return good && !cursor->json->failed;
}

/* Digits before the point: with these the sum of all amounts of a file stays a number. */
#define DOLLAR_DIGITS 18

static bool
read_dollars(struct cursor *cursor, void *out)
{
	const char *start = cursor->json->at;
	struct decimal decimal;
	const char *text, *point;

	if (!read_text(cursor, out))
		return false;
	if (cursor->json->checked)
		return true;
	text = *(const char **)out;
	point = strchr(text, '.');
	if (!decimal_parse(text, &decimal) || !point || point - text > DOLLAR_DIGITS ||
		strlen(point) < sizeof(".00") - 1)
		return json_fail(cursor->json, start, ERR_VALUE,
			"an amount is decimal text such as \"1.50\"");
	return true;
}

/* null is NULL. */
static bool
read_dollars_or_null(struct cursor *cursor, void *out)
{
	*(const char **)out = NULL;
	return read_null(cursor) || read_dollars(cursor, out);
}

static bool
read_level(struct cursor *cursor, void *out)
{
	static const enum cost_level levels[] = {
#define X(name, word) LEVEL_##name,
		COST_LEVELS(X)
#undef X
	};
	const char *start = cursor->json->at;

	if (!read_text(cursor, out))
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(*(const char **)out, cost_level_word(levels[i])) == 0)
			return true;
	return json_fail(cursor->json, start, ERR_VALUE, "there is no such level of evidence");
}

static const struct member MONEY_MEMBERS[] = {
	{"min", read_dollars_or_null, offsetof(struct view_money, min), false},
	{"max", read_dollars_or_null, offsetof(struct view_money, max), false},
	{"priced", read_dollars, offsetof(struct view_money, priced), true},
	{"level", read_level, offsetof(struct view_money, level), true},
};
RECORD(MONEY, "an amount", struct view_money, MONEY_MEMBERS);

static bool
read_money(struct cursor *cursor, void *out)
{
	const char *start = cursor->json->at;
	const struct view_money *money = out;
	struct decimal min, max;

	if (!read_record(cursor, &MONEY, out))
		return false;
	if (cursor->json->checked)
		return true;
	if (money->min && money->max && decimal_parse(money->min, &min) &&
		decimal_parse(money->max, &max) && decimal_compare(&min, &max) > 0)
		return json_fail(
			cursor->json, start, ERR_VALUE, "an amount's \"min\" is above its \"max\"");
	return true;
}

/* Every number is meant in US dollars, and printed as such. */
static bool
read_currency(struct cursor *cursor, void *out)
{
	const char *start = cursor->json->at;

	if (!read_text(cursor, out))
		return false;
	if (strcmp(*(const char **)out, "USD") != 0)
		return json_fail(cursor->json, start, ERR_VALUE, "the currency must be USD");
	return true;
}

/* --- cost: a sheet is a record of amounts, one a part ------------------------------------------
 */

static const struct member SHEET_MEMBERS[] = {
#define PART(name, word, title)                                                                    \
	{word, read_money, offsetof(struct view_sheet, parts) + name * sizeof(struct view_money),  \
		false},
#include "cost_parts.def"
#undef PART
	{"total", read_money, offsetof(struct view_sheet, total), false},
};
RECORD(SHEET, "a month's cost", struct view_sheet, SHEET_MEMBERS);

static bool
read_sheet(struct cursor *cursor, void *out)
{
	return read_record(cursor, &SHEET, out);
}

static bool
read_sheet_or_null(struct cursor *cursor, void *out)
{
	return read_null(cursor) || read_sheet(cursor, out);
}

struct sheets {
	struct view_sheet of[VIEW_PHASES];
};

static const struct member PHASE_MEMBERS[] = {
	{"1", read_sheet, offsetof(struct sheets, of[0]), false},
	{"2", read_sheet, offsetof(struct sheets, of[1]), false},
	{"3", read_sheet, offsetof(struct sheets, of[2]), false},
};
RECORD(PHASES, "\"after_phase\"", struct sheets, PHASE_MEMBERS);

static bool
read_phases_or_null(struct cursor *cursor, void *out)
{
	return read_null(cursor) || read_record(cursor, &PHASES, out);
}

struct prices_named {
	const char *source, *date;
};

static const struct member PRICES_MEMBERS[] = {
	{"source", read_text, offsetof(struct prices_named, source), false},
	{"date", read_text, offsetof(struct prices_named, date), false},
};
RECORD(PRICES, "\"prices\"", struct prices_named, PRICES_MEMBERS);

static bool
read_prices_or_null(struct cursor *cursor, void *out)
{
	return read_null(cursor) || read_record(cursor, &PRICES, out);
}

struct after_bin {
	const char *from;
	struct view_money saving;
};

static const struct member AFTER_BIN_MEMBERS[] = {
	{"from", read_text, offsetof(struct after_bin, from), false},
	{"monthly_saving_usd", read_money, offsetof(struct after_bin, saving), false},
};
RECORD(AFTER_BIN, "\"after_recycle_bin\"", struct after_bin, AFTER_BIN_MEMBERS);

static bool
read_after_bin(struct cursor *cursor, void *out)
{
	return read_record(cursor, &AFTER_BIN, out);
}

static const struct member UNPRICED_MEMBERS[] = {
	{"what", read_text, offsetof(struct view_unpriced, what), false},
	{"region", read_place, offsetof(struct view_unpriced, region), false},
	{"items", read_count, offsetof(struct view_unpriced, items), false},
	{"example", read_text, offsetof(struct view_unpriced, example), false},
	{"estimate", read_text, offsetof(struct view_unpriced, estimate), true},
};
RECORD(UNPRICED, "an entry of \"unpriced\"", struct view_unpriced, UNPRICED_MEMBERS);

struct unpriced_list {
	struct view_unpriced *items;
	size_t count;
};

static bool
read_unpriced(struct cursor *cursor, void *out)
{
	struct unpriced_list *list = out;
	void *items;

	if (!read_records(cursor, &UNPRICED, &items, &list->count))
		return false;
	list->items = items;
	return true;
}

static const struct member CONTINUING_MEMBERS[] = {
	{"resource", read_text_or_null, offsetof(struct view_continuing, resource), false},
	{"items", read_count, offsetof(struct view_continuing, items), true},
	{"kind", read_text, offsetof(struct view_continuing, kind), false},
	{"account", read_place, offsetof(struct view_continuing, account), false},
	{"region", read_place, offsetof(struct view_continuing, region), false},
	{"why", read_text, offsetof(struct view_continuing, why), false},
	{"rule", read_text, offsetof(struct view_continuing, rule), true},
	{"monthly_usd", read_money, offsetof(struct view_continuing, monthly_usd), false},
};
RECORD(CONTINUING, "an entry of \"continuing\"", struct view_continuing, CONTINUING_MEMBERS);

static const struct member EVIDENCE_MEMBERS[] = {
	{"edge", read_text, offsetof(struct view_evidence, edge), false},
	{"from", read_text, offsetof(struct view_evidence, from), false},
	{"to", read_text, offsetof(struct view_evidence, to), false},
	{"source", read_text, offsetof(struct view_evidence, source), false},
	{"detail", read_text, offsetof(struct view_evidence, detail), false},
	{"strength", read_text, offsetof(struct view_evidence, strength), false},
};
RECORD(EVIDENCE, "a piece of evidence", struct view_evidence, EVIDENCE_MEMBERS);

static bool
read_evidences(struct cursor *cursor, void *out)
{
	struct view_evidences *evidences = out;
	void *items;

	if (!read_records(cursor, &EVIDENCE, &items, &evidences->count))
		return false;
	evidences->items = items;
	return true;
}

static const struct member ALSO_MEMBERS[] = {
	{"rule", read_text, offsetof(struct view_also, rule), false},
	{"class", read_text, offsetof(struct view_also, class), false},
	{"reason", read_text, offsetof(struct view_also, reason), false},
	{"remedy", read_text, offsetof(struct view_also, remedy), false},
	{"by", read_texts, offsetof(struct view_also, by), false},
};
RECORD(ALSO, "a rule under \"also\"", struct view_also, ALSO_MEMBERS);

static bool
read_alsos(struct cursor *cursor, void *out)
{
	struct view_alsos *alsos = out;
	void *items;

	if (!read_records(cursor, &ALSO, &items, &alsos->count))
		return false;
	alsos->items = items;
	return true;
}

static const struct member DOCUMENT_MEMBERS[] = {
	{"path", read_text, offsetof(struct view_document, path), false},
	{"kind", read_text, offsetof(struct view_document, kind), false},
	{"account", read_place, offsetof(struct view_document, account), false},
	{"region", read_place, offsetof(struct view_document, region), false},
	{"records", read_count, offsetof(struct view_document, records), false},
	{"complete", read_bool, offsetof(struct view_document, complete), false},
	{"sha256", read_text, offsetof(struct view_document, sha256), false},
};
RECORD(DOCUMENT, "a document", struct view_document, DOCUMENT_MEMBERS);

static const struct member COVERAGE_MEMBERS[] = {
	{"account", read_place, offsetof(struct view_coverage, account), false},
	{"region", read_place, offsetof(struct view_coverage, region), false},
	{"kind", read_text, offsetof(struct view_coverage, kind), false},
	{"status", read_text, offsetof(struct view_coverage, status), false},
};
RECORD(COVERAGE, "an entry of \"coverage\"", struct view_coverage, COVERAGE_MEMBERS);

/* A step in full, and without the two members that are most of it. */
#define STEP_ROWS(read_long)                                                                       \
	{"id", read_text, offsetof(struct view_step, id), false},                                  \
		{"order", read_small, offsetof(struct view_step, order), false},                   \
		{"phase", read_small, offsetof(struct view_step, phase), false},                   \
		{"action", read_text, offsetof(struct view_step, action), false},                  \
		{"resource", read_text, offsetof(struct view_step, resource), false},              \
		{"name", read_text, offsetof(struct view_step, name), false},                      \
		{"account", read_place, offsetof(struct view_step, account), false},               \
		{"region", read_place, offsetof(struct view_step, region), false},                 \
		{"depends_on", read_texts, offsetof(struct view_step, depends_on), false},         \
		{"because", read_text, offsetof(struct view_step, because), false},                \
		{"evidence", read_evidences, offsetof(struct view_step, evidence), false},         \
		{"warnings", read_texts, offsetof(struct view_step, warnings), false},             \
		{"monthly_saving_usd", read_money, offsetof(struct view_step, monthly_saving_usd), \
			false},                                                                    \
		{"share_usd", read_money, offsetof(struct view_step, share_usd), true},            \
		{"facts", read_long, offsetof(struct view_step, facts), false},                    \
		{"seen", read_text, offsetof(struct view_step, seen), false},                      \
		{"definition", read_long, offsetof(struct view_step, definition), true},           \
		{"reversible", read_text, offsetof(struct view_step, reversible), false},

static const struct member STEP_MEMBERS[] = {STEP_ROWS(read_raw_object)};
RECORD(STEP, "a step", struct view_step, STEP_MEMBERS);

static const struct member BRIEF_MEMBERS[] = {STEP_ROWS(pass_object)};
RECORD(BRIEF, "a step", struct view_step, BRIEF_MEMBERS);

static const struct member BLOCKED_MEMBERS[] = {
	{"resource", read_text, offsetof(struct view_blocked, resource), false},
	{"action", read_text, offsetof(struct view_blocked, action), false},
	{"rule", read_text, offsetof(struct view_blocked, rule), false},
	{"class", read_text, offsetof(struct view_blocked, class), false},
	{"reason", read_text, offsetof(struct view_blocked, reason), false},
	{"remedy", read_text, offsetof(struct view_blocked, remedy), false},
	{"by", read_texts, offsetof(struct view_blocked, by), false},
	{"evidence", read_evidences, offsetof(struct view_blocked, evidence), false},
	{"source", read_text, offsetof(struct view_blocked, source), false},
	{"also", read_alsos, offsetof(struct view_blocked, also), false},
};
RECORD(BLOCKED, "a blocked item", struct view_blocked, BLOCKED_MEMBERS);

static const struct member KEPT_MEMBERS[] = {
	{"resource", read_text, offsetof(struct view_kept, resource), false},
	{"rule", read_text, offsetof(struct view_kept, rule), false},
	{"reason", read_text, offsetof(struct view_kept, reason), false},
	{"by", read_texts, offsetof(struct view_kept, by), false},
	{"also", read_alsos, offsetof(struct view_kept, also), false},
};
RECORD(KEPT, "a kept item", struct view_kept, KEPT_MEMBERS);

static const struct member WARNING_MEMBERS[] = {
	{"code", read_text, offsetof(struct view_warning, code), false},
	{"resource", read_text_or_null, offsetof(struct view_warning, resource), false},
	{"text", read_text, offsetof(struct view_warning, text), false},
};
RECORD(WARNING, "a warning", struct view_warning, WARNING_MEMBERS);

/* --- the lists: where each item begins
 * ------------------------------------------------------------ */

struct item_list {
	const size_t *starts; /* offsets in the file */
	size_t count;
};

/* What a view from a file keeps, in the view's arena. */
struct saved_plan {
	struct slice bytes;
	const char *name;
	struct item_list documents, coverage, steps, blocked, kept, warnings, continuing;
};

/* Reads every item to check it, and remembers only where it begins. */
static bool
read_list(struct cursor *cursor, const struct record_type *type, struct item_list *list)
{
	struct json *json = cursor->json;
	struct arena item = {0};
	struct cursor inner = {json, &item};
	VEC(size_t) starts = {0};
	void *record = xmalloc(type->size);
	size_t *kept;
	bool good = json_enter(json, JSON_ARRAY);

	while (good && json_next_element(json)) {
		vec_push(&starts, (size_t)(json->at - json->start));
		good = read_record(&inner, type, record);
		arena_clear(&item);
		json_forget(json);
	}
	kept = arena_array(cursor->arena, starts.count + 1, sizeof(*kept));
	if (starts.count)
		memcpy(kept, starts.items, starts.count * sizeof(*kept));
	*list = (struct item_list){kept, starts.count};
	free(record);
	arena_release(&item);
	vec_release(&starts);
	return good && !json->failed;
}

static bool
read_documents(struct cursor *cursor, void *out)
{
	return read_list(cursor, &DOCUMENT, out);
}

static bool
read_coverage(struct cursor *cursor, void *out)
{
	return read_list(cursor, &COVERAGE, out);
}

static bool
read_steps(struct cursor *cursor, void *out)
{
	return read_list(cursor, &BRIEF, out);
}

static bool
read_blocked(struct cursor *cursor, void *out)
{
	return read_list(cursor, &BLOCKED, out);
}

static bool
read_kept(struct cursor *cursor, void *out)
{
	return read_list(cursor, &KEPT, out);
}

static bool
read_warnings(struct cursor *cursor, void *out)
{
	return read_list(cursor, &WARNING, out);
}

/* --- the cost member ---------------------------------------------------------------------------
 */

struct cost_read {
	const char *currency;
	struct prices_named prices;
	const char *bill_month;
	struct view_sheet before;
	struct sheets after;
	struct view_money saving, one_off;
	struct after_bin after_bin;
	struct unpriced_list unpriced;
	struct item_list continuing;
};

static bool
read_continuing(struct cursor *cursor, void *out)
{
	return read_list(cursor, &CONTINUING, out);
}

static const struct member COST_MEMBERS[] = {
	{"currency", read_currency, offsetof(struct cost_read, currency), false},
	{"prices", read_prices_or_null, offsetof(struct cost_read, prices), false},
	{"bill_month", read_text, offsetof(struct cost_read, bill_month), true},
	{"before", read_sheet_or_null, offsetof(struct cost_read, before), false},
	{"after_phase", read_phases_or_null, offsetof(struct cost_read, after), false},
	{"monthly_saving_usd", read_money, offsetof(struct cost_read, saving), false},
	{"one_off_usd", read_money, offsetof(struct cost_read, one_off), false},
	{"after_recycle_bin", read_after_bin, offsetof(struct cost_read, after_bin), true},
	{"unpriced", read_unpriced, offsetof(struct cost_read, unpriced), true},
	{"continuing", read_continuing, offsetof(struct cost_read, continuing), false},
};
RECORD(COST, "\"cost\"", struct cost_read, COST_MEMBERS);

static bool
read_cost_or_null(struct cursor *cursor, void *out)
{
	return read_null(cursor) || read_record(cursor, &COST, out);
}

/* --- the choice by money -----------------------------------------------------------------------
 */

struct choice_read {
	struct view_choice choice;
	bool is_there;
};

static bool
read_save_by(struct cursor *cursor, void *out)
{
	const char *start = cursor->json->at;
	const char *word;

	if (!read_text(cursor, &word))
		return false;
	*(bool *)out = strcmp(word, "most") == 0;
	if (!*(bool *)out && strcmp(word, "sure") != 0)
		return json_fail(
			cursor->json, start, ERR_VALUE, "save_by is neither \"sure\" nor \"most\"");
	return true;
}

#define CHOICE_AT(member) offsetof(struct choice_read, choice.member)

static const struct member CHOICE_MEMBERS[] = {
	{"save_usd", read_dollars_or_null, CHOICE_AT(save_usd), false},
	{"save_by", read_save_by, CHOICE_AT(by_most), true},
	{"max_steps", read_count, CHOICE_AT(max_steps), true},
	{"possible_images", read_count, CHOICE_AT(images), false},
	{"possible_steps", read_count, CHOICE_AT(steps), false},
	{"disturbance", read_count, CHOICE_AT(disturbance), false},
	{"least_disturbance", read_count, CHOICE_AT(least), true},
	{"most_saving_usd", read_dollars_or_null, CHOICE_AT(most_usd), true},
};
RECORD(CHOICE, "\"choice\"", struct choice_read, CHOICE_MEMBERS);

#undef CHOICE_AT

static bool
read_choice(struct cursor *cursor, void *out)
{
	struct choice_read *choice = out;

	choice->is_there = read_record(cursor, &CHOICE, out);
	return choice->is_there;
}

/* --- the file
 * ---------------------------------------------------------------------------------------- */

struct head {
	const char *format;
	struct {
		const char *name, *version;
	} tool;
	const char *as_of;
	struct texts accounts, regions;
	struct {
		const char *digest;
		struct item_list documents, coverage;
	} inventory;
	const char *selection;
	struct {
		struct view_counts images, snapshots, instances;
		uint64_t steps;
	} summary;
	struct choice_read choice;
	struct item_list steps, blocked, kept, warnings;
	struct cost_read cost;
};

static bool
read_format(struct cursor *cursor, void *out)
{
	const char *start = cursor->json->at;

	if (!read_text(cursor, out))
		return false;
	if (strcmp(*(const char **)out, "amiplan.plan/1") != 0)
		return json_fail(cursor->json, start, ERR_VALUE,
			"this is no plan that this amiplan can read: its format is not "
			"amiplan.plan/1");
	return true;
}

/* Members of a struct inside struct head have offsets from the inner struct. */
#define INNER(outer, member) (offsetof(struct head, outer.member) - offsetof(struct head, outer))

static const struct member TOOL_MEMBERS[] = {
	{"name", read_text, INNER(tool, name), false},
	{"version", read_text, INNER(tool, version), false},
};
RECORD(TOOL, "\"tool\"", ((struct head *)0)->tool, TOOL_MEMBERS);

static const struct member INVENTORY_MEMBERS[] = {
	{"digest", read_text, INNER(inventory, digest), false},
	{"documents", read_documents, INNER(inventory, documents), false},
	{"coverage", read_coverage, INNER(inventory, coverage), false},
};
RECORD(INVENTORY, "\"inventory\"", ((struct head *)0)->inventory, INVENTORY_MEMBERS);

#define COUNT_MEMBERS(name, verb)                                                                  \
	static const struct member name[] = {                                                      \
		{"total", read_count, offsetof(struct view_counts, total), false},                 \
		{verb, read_count, offsetof(struct view_counts, go), false},                       \
		{"blocked", read_count, offsetof(struct view_counts, blocked), false},             \
		{"kept", read_count, offsetof(struct view_counts, kept), false},                   \
		{"not_selected", read_count, offsetof(struct view_counts, not_selected), false},   \
	}

COUNT_MEMBERS(IMAGE_COUNTS, "deregister");
COUNT_MEMBERS(SNAPSHOT_COUNTS, "delete");
COUNT_MEMBERS(INSTANCE_COUNTS, "terminate");
RECORD(IMAGES, "\"summary\".\"images\"", struct view_counts, IMAGE_COUNTS);
RECORD(SNAPSHOTS, "\"summary\".\"snapshots\"", struct view_counts, SNAPSHOT_COUNTS);
RECORD(INSTANCES, "\"summary\".\"instances\"", struct view_counts, INSTANCE_COUNTS);

static bool
read_image_counts(struct cursor *cursor, void *out)
{
	return read_record(cursor, &IMAGES, out);
}

static bool
read_snapshot_counts(struct cursor *cursor, void *out)
{
	return read_record(cursor, &SNAPSHOTS, out);
}

static bool
read_instance_counts(struct cursor *cursor, void *out)
{
	return read_record(cursor, &INSTANCES, out);
}

static const struct member SUMMARY_MEMBERS[] = {
	{"images", read_image_counts, INNER(summary, images), false},
	{"snapshots", read_snapshot_counts, INNER(summary, snapshots), false},
	{"instances", read_instance_counts, INNER(summary, instances), false},
	{"steps", read_count, INNER(summary, steps), false},
};
RECORD(SUMMARY, "\"summary\"", ((struct head *)0)->summary, SUMMARY_MEMBERS);

static bool
read_tool(struct cursor *cursor, void *out)
{
	return read_record(cursor, &TOOL, out);
}

static bool
read_inventory(struct cursor *cursor, void *out)
{
	return read_record(cursor, &INVENTORY, out);
}

static bool
read_summary(struct cursor *cursor, void *out)
{
	return read_record(cursor, &SUMMARY, out);
}

static const struct member HEAD_MEMBERS[] = {
	{"format", read_format, offsetof(struct head, format), false},
	{"tool", read_tool, offsetof(struct head, tool), false},
	{"as_of", read_text, offsetof(struct head, as_of), false},
	{"accounts", read_texts, offsetof(struct head, accounts), false},
	{"regions", read_texts, offsetof(struct head, regions), false},
	{"inventory", read_inventory, offsetof(struct head, inventory), false},
	{"selection", read_raw_object, offsetof(struct head, selection), false},
	{"summary", read_summary, offsetof(struct head, summary), false},
	{"choice", read_choice, offsetof(struct head, choice), true},
	{"steps", read_steps, offsetof(struct head, steps), false},
	{"blocked", read_blocked, offsetof(struct head, blocked), false},
	{"kept", read_kept, offsetof(struct head, kept), false},
	{"warnings", read_warnings, offsetof(struct head, warnings), false},
	{"cost", read_cost_or_null, offsetof(struct head, cost), false},
};
RECORD(HEAD, "a plan", struct head, HEAD_MEMBERS);

/* --- the view
 * ------------------------------------------------------------------------------------------ */

static void
item_at(const struct plan_view *view, const struct record_type *type, const struct item_list *list,
	size_t i, struct arena *arena, void *out)
{
	const struct saved_plan *saved = view->from;
	size_t start = list->starts[i];
	struct err unused;
	struct json json;
	struct cursor cursor = {&json, arena};

	json_begin(&json, (struct slice){saved->bytes.at + start, saved->bytes.len - start},
		saved->name, &unused);
	json.checked = true;
	read_record(&cursor, type, out);
	json_end(&json);
}

static void
view_document(
	const struct plan_view *view, size_t i, struct arena *arena, struct view_document *out)
{
	const struct saved_plan *saved = view->from;

	item_at(view, &DOCUMENT, &saved->documents, i, arena, out);
}

static void
view_coverage(
	const struct plan_view *view, size_t i, struct arena *arena, struct view_coverage *out)
{
	const struct saved_plan *saved = view->from;

	item_at(view, &COVERAGE, &saved->coverage, i, arena, out);
}

static void
read_step(const struct plan_view *view, const struct record_type *type, size_t i,
	struct arena *arena, struct view_step *out)
{
	const struct saved_plan *saved = view->from;

	item_at(view, type, &saved->steps, i, arena, out);
	if (!out->share_usd.min)
		out->share_usd = out->monthly_saving_usd;
}

static void
view_step(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	bool is_long = parts & (STEP_FACTS | STEP_DEFINITION);

	read_step(view, is_long ? &STEP : &BRIEF, i, arena, out);
	if (!(parts & STEP_FACTS))
		out->facts = NULL;
	if (!(parts & STEP_SEEN))
		out->seen = NULL;
	if (!(parts & STEP_DEFINITION))
		out->definition = NULL;
}

/* The members that are wanted stand before the long ones: reading ends where the last was seen. */
static void
view_target(const struct plan_view *view, size_t i, struct arena *arena, struct view_target *out)
{
	static const struct member MEMBERS[] = {
		{"action", read_text, offsetof(struct view_target, action), false},
		{"resource", read_text, offsetof(struct view_target, resource), false},
		{"account", read_place, offsetof(struct view_target, account), false},
		{"region", read_place, offsetof(struct view_target, region), false},
	};
	const size_t count = sizeof(MEMBERS) / sizeof(MEMBERS[0]);
	const struct saved_plan *saved = view->from;
	size_t start = saved->steps.starts[i], seen = 0;
	struct err unused;
	struct slice name;
	struct json json;
	struct cursor cursor = {&json, arena};

	*out = (struct view_target){"", "", "", ""};
	json_begin(&json, (struct slice){saved->bytes.at + start, saved->bytes.len - start},
		saved->name, &unused);
	json.checked = true;
	json_enter(&json, JSON_OBJECT);
	while (seen < count && json_next_member(&json, &name)) {
		size_t member = 0;

		while (member < count && !slice_is(name, MEMBERS[member].name))
			member++;
		if (member == count)
			json_skip(&json, NULL);
		else if (MEMBERS[member].read(&cursor, (char *)out + MEMBERS[member].at))
			seen++;
	}
	json_end(&json);
}

static void
view_blocked(const struct plan_view *view, size_t i, struct arena *arena, struct view_blocked *out)
{
	const struct saved_plan *saved = view->from;

	item_at(view, &BLOCKED, &saved->blocked, i, arena, out);
}

static void
view_kept(const struct plan_view *view, size_t i, struct arena *arena, struct view_kept *out)
{
	const struct saved_plan *saved = view->from;

	item_at(view, &KEPT, &saved->kept, i, arena, out);
}

static void
view_warning(const struct plan_view *view, size_t i, struct arena *arena, struct view_warning *out)
{
	const struct saved_plan *saved = view->from;

	item_at(view, &WARNING, &saved->warnings, i, arena, out);
}

static void
view_continuing(
	const struct plan_view *view, size_t i, struct arena *arena, struct view_continuing *out)
{
	const struct saved_plan *saved = view->from;

	item_at(view, &CONTINUING, &saved->continuing, i, arena, out);
	if (out->resource)
		out->items = 1;
}

static void
fill_cost(struct view_cost *to, const struct cost_read *cost)
{
	*to = (struct view_cost){
		.prices_source = cost->prices.source,
		.prices_date = cost->prices.date,
		.bill_month = cost->bill_month,
		.before = cost->before,
		.monthly_saving_usd = cost->saving,
		.one_off_usd = cost->one_off,
		.bin_exit = cost->after_bin.from,
		.saving_after_bin = cost->after_bin.saving,
		.unpriced = cost->unpriced.items,
		.unpriced_count = cost->unpriced.count,
	};
	memcpy(to->after_phase, cost->after.of, sizeof(to->after_phase));
}

/* NULL: nothing was chosen by money. */
static const struct view_choice *
kept_choice(struct plan_view *view, const struct choice_read *read)
{
	struct view_choice *choice;

	if (!read->is_there)
		return NULL;
	choice = arena_alloc(&view->arena, sizeof(*choice));
	*choice = read->choice;
	return choice;
}

static void
fill_view(struct plan_view *view, const struct head *head, struct slice bytes, const char *name)
{
	struct saved_plan *saved = arena_alloc(&view->arena, sizeof(*saved));

	*saved = (struct saved_plan){
		.bytes = bytes,
		.name = arena_text(&view->arena, slice_of(name)),
		.documents = head->inventory.documents,
		.coverage = head->inventory.coverage,
		.steps = head->steps,
		.blocked = head->blocked,
		.kept = head->kept,
		.warnings = head->warnings,
		.continuing = head->cost.continuing,
	};
	view->from = saved;
	view->tool_version = head->tool.version;
	view->as_of = head->as_of;
	view->accounts = head->accounts;
	view->regions = head->regions;
	view->inventory_digest = head->inventory.digest;
	view->selection = head->selection;
	view->images = head->summary.images;
	view->snapshots = head->summary.snapshots;
	view->instances = head->summary.instances;
	view->summary_steps = head->summary.steps;
	fill_cost(&view->cost, &head->cost);
	view->choice = kept_choice(view, &head->choice);
	view->continuing_count = head->cost.continuing.count;
	view->document_count = head->inventory.documents.count;
	view->coverage_count = head->inventory.coverage.count;
	view->step_count = head->steps.count;
	view->blocked_count = head->blocked.count;
	view->kept_count = head->kept.count;
	view->warning_count = head->warnings.count;
	view->document = view_document;
	view->coverage = view_coverage;
	view->step = view_step;
	view->target = view_target;
	view->blocked = view_blocked;
	view->kept = view_kept;
	view->warning = view_warning;
	view->continuing = view_continuing;
}

int
plan_read(struct slice bytes, const char *name, struct plan_view *view, struct err *err)
{
	struct plan_view result = {0};
	struct err why = {0};
	struct head head;
	struct json json;
	struct cursor cursor = {&json, &result.arena};
	bool good;

	json_begin(&json, bytes, name, &why);
	good = read_record(&cursor, &HEAD, &head);
	if (good)
		json_peek(&json); /* fails if anything follows */
	good = good && !json.failed;
	json_end(&json);
	if (!good) {
		arena_release(&result.arena);
		if (err)
			*err = why;
		return why.code ? why.code : ERR_SYNTAX;
	}
	fill_view(&result, &head, bytes, name);
	*view = result;
	return ERR_OK;
}
