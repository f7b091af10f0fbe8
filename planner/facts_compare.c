/*
 * Two looks at one resource: which of the facts have changed in between.
 * It must not know: rules, which look is whose.
 */
#include "facts.h"
#include "json_pull.h"

enum comparison {
	IS_SAME,   /* a text, or true or false */
	IS_LIST,   /* the same elements */
	HAS_GROWN, /* no new elements */
	HAS_TAGS,
};

/* Members that stand in no row (what was read) are not compared. */
struct fact {
	const char *name;
	enum comparison comparison;
	const char *title; /* "its state"; of lists, what is said of an element */
	const char *lost;  /* … that is there no more; NULL: nothing */
};

static const struct fact FACTS[] = {
	{"create_volume_permissions", IS_LIST, "is shared with it now",
		"is no longer shared with it"},
	{"created", IS_SAME, "its creation time", NULL},
	{"description", IS_SAME, "its description", NULL},
	{"images", IS_LIST, "is its AMI now", "is its AMI no longer"},
	{"last_launched", IS_SAME, "its last launch", NULL},
	{"launch_permissions", IS_LIST, "may launch it now", "may no longer launch it"},
	{"lock", IS_SAME, "its lock", NULL},
	{"mapped_by", HAS_GROWN, "maps it now", NULL},
	{"mapped_snapshots", IS_LIST, "is mapped now", "is no longer mapped"},
	{"member_of", HAS_GROWN, "has taken it in", NULL},
	{"owner", IS_SAME, "its owner", NULL},
	{"protection", IS_SAME, "its protection", NULL},
	{"public", IS_SAME, "whether it is public", NULL},
	{"referrers", HAS_GROWN, "refers to it now", NULL},
	{"state", IS_SAME, "its state", NULL},
	{"tags", HAS_TAGS, NULL, NULL},
	{"volume", IS_SAME, "its volume", NULL},
};

/* A walk over an array or an object of facts, with the memory that it needs. */
struct walk {
	struct json json;
	struct err err;
	struct slice name, text; /* the present element */
	bool open, more;
};

static const struct fact *
fact_named(struct slice name)
{
	for (size_t i = 0; i < sizeof(FACTS) / sizeof(FACTS[0]); i++)
		if (slice_is(name, FACTS[i].name))
			return &FACTS[i];
	return NULL;
}

static void
add_clause(struct buf *why)
{
	if (why->len)
		buf_add_text(why, "; ");
}

/* --- walks ----------------------------------------------------------------------------------- */

/* To the next text of a list, or member of an object; what is no text is passed over. */
static void
walk_next(struct walk *walk)
{
	walk->more = false;
	while (walk->open && !walk->more) {
		walk->open = json_next_element(&walk->json);
		if (!walk->open)
			break;
		if (json_peek(&walk->json) == JSON_STRING)
			walk->more = json_string(&walk->json, &walk->text);
		else
			walk->open = json_skip(&walk->json, NULL);
	}
}

static void
walk_next_member(struct walk *walk)
{
	walk->more = walk->open && json_next_member(&walk->json, &walk->name) &&
		     json_string(&walk->json, &walk->text);
	walk->open = walk->more;
}

static void
walk_begin(struct walk *walk, struct slice bytes, enum json_type type)
{
	memset(walk, 0, sizeof(*walk));
	json_begin(&walk->json, bytes, "the facts", &walk->err);
	walk->open = json_peek(&walk->json) == type && json_enter(&walk->json, type);
}

/* --- texts ----------------------------------------------------------------------------------- */

/* What a value tells: nothing (SLICE_NONE) if nobody read it or there is nothing to tell. */
static struct slice
told(struct json *json, struct slice raw)
{
	struct slice text = raw;

	switch (json_peek(json)) {
	case JSON_STRING:
		json_string(json, &text);
		return slice_is(text, "unread") || text.len == 0 ? SLICE_NONE : text;
	case JSON_TRUE:
	case JSON_FALSE:
		return raw;
	case JSON_END:
	case JSON_NULL:
	case JSON_NUMBER:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return SLICE_NONE;
}

/* Learned only now, it speaks against nothing. */
static bool
is_harmless(struct slice text)
{
	static const char *const words[] = {"false", "no", "disabled", "expired"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_is(text, words[i]))
			return true;
	return false;
}

static void
compare_texts(const struct fact *fact, struct slice old_raw, struct slice new_raw, struct buf *why)
{
	struct json old_json, new_json;
	struct err err = {0};
	struct slice then, now;

	json_begin(&old_json, old_raw, "the facts", &err);
	json_begin(&new_json, new_raw, "the facts", &err);
	then = told(&old_json, old_raw);
	now = told(&new_json, new_raw);
	if (now.at && !slice_equal(then, now) && (then.at || !is_harmless(now))) {
		add_clause(why);
		buf_format(why, "%s was %.*s and is %.*s", fact->title, then.at ? (int)then.len : 7,
			then.at ? then.at : "not set", (int)now.len, now.at);
	}
	json_end(&old_json);
	json_end(&new_json);
}

/* --- lists and tags -------------------------------------------------------------------------- */

static void
say_element(struct slice element, const char *words, struct buf *why)
{
	if (!words)
		return;
	add_clause(why);
	buf_format(why, "%.*s %s", (int)element.len, element.at, words);
}

/* Both are sorted. A list that is a word instead ("unread") is not compared. */
static void
compare_lists(const struct fact *fact, struct slice old_raw, struct slice new_raw, struct buf *why)
{
	struct walk then, now;
	bool both;

	walk_begin(&then, old_raw, JSON_ARRAY);
	walk_begin(&now, new_raw, JSON_ARRAY);
	both = then.open && now.open;
	walk_next(&then);
	walk_next(&now);
	while (both && (then.more || now.more)) {
		int order = !then.more ? 1 : !now.more ? -1 : slice_compare(then.text, now.text);

		if (order < 0)
			say_element(then.text, fact->lost, why);
		if (order > 0)
			say_element(now.text, fact->title, why);
		if (order <= 0)
			walk_next(&then);
		if (order >= 0)
			walk_next(&now);
	}
	json_end(&then.json);
	json_end(&now.json);
}

static void
say_tag(struct slice key, const char *words, struct buf *why)
{
	add_clause(why);
	buf_format(why, "the tag %.*s %s", (int)key.len, key.at, words);
}

static void
compare_tags(struct slice old_raw, struct slice new_raw, struct buf *why)
{
	struct walk then, now;
	bool both;

	walk_begin(&then, old_raw, JSON_OBJECT);
	walk_begin(&now, new_raw, JSON_OBJECT);
	both = then.open && now.open;
	walk_next_member(&then);
	walk_next_member(&now);
	while (both && (then.more || now.more)) {
		int order = !then.more ? 1 : !now.more ? -1 : slice_compare(then.name, now.name);

		if (order < 0)
			say_tag(then.name, "is gone", why);
		else if (order > 0)
			say_tag(now.name, "is new", why);
		else if (!slice_equal(then.text, now.text))
			say_tag(now.name, "has another value", why);
		if (order <= 0)
			walk_next_member(&then);
		if (order >= 0)
			walk_next_member(&now);
	}
	json_end(&then.json);
	json_end(&now.json);
}

/* --- all of them ----------------------------------------------------------------------------- */

/* The value of a member of `facts`, or SLICE_NONE. */
static struct slice
find_value(const char *facts, struct slice wanted)
{
	struct json json;
	struct err err = {0};
	struct slice name, raw, found = SLICE_NONE;

	json_begin(&json, slice_of(facts), "the facts", &err);
	if (json_enter(&json, JSON_OBJECT))
		while (!found.at && json_next_member(&json, &name)) {
			bool is_it = slice_equal(name, wanted);

			if (json_skip(&json, &raw) && is_it)
				found = raw;
		}
	json_end(&json);
	return found;
}

bool
facts_tell(const char *facts, const char *name)
{
	struct slice value = find_value(facts, slice_of(name));

	return value.at && !slice_is(value, "null") && !slice_is(value, "\"unread\"");
}

static void
compare_fact(const struct fact *fact, struct slice then, struct slice now, struct buf *why)
{
	switch (fact->comparison) {
	case IS_SAME:
		compare_texts(fact, then, now, why);
		break;
	case IS_LIST:
	case HAS_GROWN:
		compare_lists(fact, then, now, why);
		break;
	case HAS_TAGS:
		compare_tags(then, now, why);
		break;
	}
}

bool
facts_differ(const char *then, const char *now, struct buf *why)
{
	size_t before = why->len;
	struct buf clauses = {0};
	struct json json;
	struct err err = {0};
	struct slice name, old;

	json_begin(&json, slice_of(then), "the facts", &err);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			const struct fact *fact = fact_named(name);
			struct slice new = fact ? find_value(now, name) : SLICE_NONE;

			if (json_skip(&json, &old) && new.at)
				compare_fact(fact, old, new, &clauses);
		}
	json_end(&json);
	if (clauses.len && before)
		buf_add_text(why, "; ");
	buf_add_slice(why, buf_slice(&clauses));
	buf_release(&clauses);
	return why->len > before;
}
