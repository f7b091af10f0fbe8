/*
 * Ids in pages: a walk over the JSON of a page that knows where each value stands
 * ("Instances/State/ Name"), and a table of the members that matter. It must not know: files, which
 * calls follow.
 */
#include "findings.h"

#include "ids.h"
#include "json_pull.h"
#include "texts.h"

#include <strings.h>

/* What a member tells of the record that it stands in. */
enum member { MEMBER_ID, MEMBER_IMAGE, MEMBER_STATE, MEMBER_LATEST, MEMBER_DEFAULT, MEMBERS };

/* `record`: where the objects are that are the records. */
static const struct {
	enum collect_call call;
	const char *path, *record;
	enum member member;
} members[] = {
	{CALL_IMAGES, "/ImageId", "", MEMBER_ID},
	{CALL_SNAPSHOTS, "/SnapshotId", "", MEMBER_ID},
	{CALL_INSTANCES, "/Instances/InstanceId", "/Instances", MEMBER_ID},
	{CALL_INSTANCES, "/Instances/ImageId", "/Instances", MEMBER_IMAGE},
	{CALL_INSTANCES, "/Instances/State/Name", "/Instances", MEMBER_STATE},
	{CALL_TEMPLATES, "/LaunchTemplateId", "", MEMBER_ID},
	{CALL_TEMPLATES, "/LatestVersionNumber", "", MEMBER_LATEST},
	{CALL_TEMPLATES, "/DefaultVersionNumber", "", MEMBER_DEFAULT},
	{CALL_REGIONS, "/RegionName", "", MEMBER_ID},
};

/* Lifetime: one page. */
struct walk {
	struct findings *findings;
	enum collect_call call;
	struct json json;
	struct buf path;                       /* of the value at hand: "/Instances/State" */
	size_t path_len[LIMIT_JSON_DEPTH + 1]; /* of each open value */
	bool is_object[LIMIT_JSON_DEPTH + 1];
	unsigned depth;
	struct buf values[MEMBERS]; /* of the record at hand */
	const char *record;         /* where records of this call are; NULL: none matter */
};

/* --- records --------------------------------------------------------------------------------- */

static void
keep(struct findings *findings, id_list *list, struct slice id)
{
	vec_push(list, arena_text(&findings->text, id));
}

static struct slice
value_of(const struct walk *walk, enum member member)
{
	return buf_slice(&walk->values[member]);
}

static bool
is_named(const struct findings *findings, struct slice image)
{
	for (size_t i = 0; i < findings->ami_count; i++)
		if (slice_is(image, findings->amis[i]))
			return true;
	return false;
}

/* An unknown state is a live one: its AMI is asked about all the same, and that costs a call. */
static void
end_instance(struct walk *walk)
{
	struct findings *findings = walk->findings;
	struct slice state = value_of(walk, MEMBER_STATE), image = value_of(walk, MEMBER_IMAGE);

	if (slice_is(state, "terminated") || slice_is(state, "shutting-down"))
		return;
	if (id_is(image, "ami-"))
		keep(findings, &findings->used, image);
	if (id_is(value_of(walk, MEMBER_ID), "i-") && is_named(findings, image))
		keep(findings, &findings->instances, value_of(walk, MEMBER_ID));
}

/* The default and the latest version have been listed. Numbers begin at 1 and are never given
 * again: of two versions or fewer there may be nothing else. */
static void
end_template(struct walk *walk)
{
	struct slice latest = value_of(walk, MEMBER_LATEST);
	bool only = slice_is(latest, "1") ||
		    (slice_is(latest, "2") && slice_is(value_of(walk, MEMBER_DEFAULT), "1"));

	if (!only && id_is(value_of(walk, MEMBER_ID), "lt-"))
		keep(walk->findings, &walk->findings->templates, value_of(walk, MEMBER_ID));
}

static void
end_record(struct walk *walk)
{
	struct findings *findings = walk->findings;
	struct slice id = value_of(walk, MEMBER_ID);

	if (walk->call == CALL_INSTANCES)
		end_instance(walk);
	else if (walk->call == CALL_TEMPLATES)
		end_template(walk);
	else if (walk->call == CALL_IMAGES && id_is(id, "ami-"))
		keep(findings, &findings->images, id);
	else if (walk->call == CALL_SNAPSHOTS && findings->wants_snapshots && id_is(id, "snap-"))
		keep(findings, &findings->snapshots, id);
	else if (walk->call == CALL_REGIONS && id_is_region(id))
		keep(findings, &findings->regions, id);
	for (size_t i = 0; i < MEMBERS; i++)
		buf_clear(&walk->values[i]);
}

/* --- parameters ------------------------------------------------------------------------------ */

/* AWS's own parameters never stand for an AMI of ours. */
static bool
is_aws_own(struct slice name)
{
	struct arn arn;

	return slice_starts(name, "/aws/") ||
	       (id_parse_arn(name, &arn) && slice_starts(arn.resource, "parameter/aws/"));
}

/* "ImageId": "resolve:ssm:NAME", anywhere in a record. */
static void
note_parameter(struct walk *walk, struct slice text)
{
	static const char prefix[] = "resolve:ssm:";
	const char *last;

	if (!slice_starts(text, prefix))
		return;
	last = strrchr(walk->path.at, '/');
	if (!last || strcmp(last, "/ImageId") != 0)
		return;
	text.at += sizeof(prefix) - 1;
	text.len -= sizeof(prefix) - 1;
	if (text.len && !is_aws_own(text))
		keep(walk->findings, &walk->findings->parameters, text);
}

/* --- the walk -------------------------------------------------------------------------------- */

static void
note(struct walk *walk, struct slice text)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		if (members[i].call != walk->call || strcmp(members[i].path, walk->path.at) != 0)
			continue;
		buf_clear(&walk->values[members[i].member]);
		buf_add_slice(&walk->values[members[i].member], text);
	}
	note_parameter(walk, text);
}

static void
cut_path(struct walk *walk)
{
	walk->path.len = walk->path_len[walk->depth];
	walk->path.at[walk->path.len] = '\0';
}

static bool
enter(struct walk *walk, enum json_type type)
{
	if (!json_enter(&walk->json, type))
		return false;
	walk->depth++;
	walk->is_object[walk->depth] = type == JSON_OBJECT;
	walk->path_len[walk->depth] = walk->path.len;
	return true;
}

static void
leave(struct walk *walk)
{
	cut_path(walk);
	if (walk->is_object[walk->depth] && walk->record &&
		strcmp(walk->path.at, walk->record) == 0)
		end_record(walk);
	walk->depth--;
}

static bool
take_value(struct walk *walk)
{
	struct json *json = &walk->json;
	enum json_type type = json_peek(json);
	struct slice text = SLICE_NONE;

	if (type == JSON_OBJECT || type == JSON_ARRAY)
		return enter(walk, type);
	if (type == JSON_STRING ? json_string(json, &text)
				: type == JSON_NUMBER && json_number_text(json, &text)) {
		note(walk, text);
		return true;
	}
	return !json->failed && json_skip(json, NULL);
}

/* One step: a value that follows in the innermost open one, or its end. */
static bool
step(struct walk *walk)
{
	struct slice name = SLICE_NONE;

	cut_path(walk);
	if (!walk->is_object[walk->depth]) {
		if (walk->depth == 1)
			json_forget(&walk->json);
		if (json_next_element(&walk->json))
			return take_value(walk);
	} else if (json_next_member(&walk->json, &name)) {
		buf_add_char(&walk->path, '/');
		buf_add_slice(&walk->path, name);
		return take_value(walk);
	}
	if (walk->json.failed)
		return false;
	leave(walk);
	return true;
}

static const char *
record_path(enum collect_call call)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (members[i].call == call)
			return members[i].record;
	return NULL;
}

bool
findings_look(
	struct findings *findings, enum collect_call call, struct slice records, struct err *err)
{
	struct walk walk = {.findings = findings, .call = call, .record = record_path(call)};
	struct buf list = {0};
	bool done;

	if (call == CALL_SNAPSHOTS && !findings->wants_snapshots)
		return true; /* there are many of them, and nothing in them is asked about */
	buf_add_char(&list, '[');
	buf_add_slice(&list, records);
	buf_add_char(&list, ']');
	buf_add_text(&walk.path, "");
	json_begin(&walk.json, buf_slice(&list), call_table[call].action, err);
	done = enter(&walk, JSON_ARRAY);
	while (done && walk.depth)
		done = step(&walk);
	json_end(&walk.json);
	for (size_t i = 0; i < MEMBERS; i++)
		buf_release(&walk.values[i]);
	buf_release(&walk.path);
	buf_release(&list);
	return done;
}

/* --- lists ----------------------------------------------------------------------------------- */

static void
settle(id_list *list)
{
	list->count = texts_sort_once(list->items, list->count);
}

void
findings_settle(struct findings *findings)
{
	settle(&findings->images);
	settle(&findings->used);
	settle(&findings->snapshots);
	settle(&findings->instances);
	settle(&findings->templates);
	settle(&findings->parameters);
	settle(&findings->regions);
}

bool
findings_has(const id_list *list, const char *id)
{
	return list->count &&
	       bsearch(&id, list->items, list->count, sizeof(*list->items), texts_compare) != NULL;
}

void
findings_release(struct findings *findings)
{
	vec_release(&findings->images);
	vec_release(&findings->used);
	vec_release(&findings->snapshots);
	vec_release(&findings->instances);
	vec_release(&findings->templates);
	vec_release(&findings->parameters);
	vec_release(&findings->regions);
	arena_release(&findings->text);
}
