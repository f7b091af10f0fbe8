/*
 * What a plan would take to undo: a bash script with the definition of each AMI, as register-image
 * takes it. It must not know: how anything was decided. The functions are in script_*.sh.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
 */
#include "json_pull.h"
#include "json_write.h"
#include "quote.h"
#include "script.h"
#include <inttypes.h>

static const char *const undo_lines[] = {
#include "script_undo.sh.inc"
};

/* --- definition → register-image ------------------------------------------------------------- */

/* What is made of an AMI's definition (view_step.definition). */
struct making {
	struct json_writer w; /* the input of register-image, as far as it is written */
	struct arena *arena;
	const char *name;        /* NULL: none */
	const char *permissions; /* for modify-image-attribute; NULL: none, or not read */
	const char *deprecation, *protection;
	bool unread; /* nobody read the permissions */
};

static void
copy_value(struct making *making, struct json *json, struct slice name)
{
	struct slice raw;

	if (json_skip(json, &raw)) {
		json_name_slice(&making->w, name);
		json_put_raw(&making->w, raw);
	}
}

static const char *
take_text(struct making *making, struct json *json)
{
	struct slice text;

	if (json_peek(json) == JSON_STRING)
		return json_string(json, &text) ? arena_text(making->arena, text) : NULL;
	json_skip(json, NULL);
	return NULL;
}

static void
make_name(struct making *making, struct json *json, struct slice name)
{
	making->name = take_text(making, json);
	if (making->name)
		json_field_slice(&making->w, "Name", slice_of(making->name));
	(void)name;
}

static void
make_deprecation(struct making *making, struct json *json, struct slice name)
{
	(void)name;
	making->deprecation = take_text(making, json);
}

static void
make_protection(struct making *making, struct json *json, struct slice name)
{
	(void)name;
	making->protection = take_text(making, json);
}

/* Does the mapping name a snapshot? It then has the encryption of that. */
static bool
has_snapshot(struct slice ebs)
{
	struct json json;
	struct err unused = {0};
	struct slice name;
	bool found = false;

	json_begin(&json, ebs, "Ebs", &unused);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			if (slice_is(name, "SnapshotId") && json_peek(&json) == JSON_STRING)
				found = true;
			json_skip(&json, NULL);
		}
	json_end(&json);
	return found;
}

/* describe-images tells more than register-image takes: KmsKeyId is of run-instances alone. */
static void
make_ebs(struct making *making, struct slice ebs)
{
	static const char *const members[] = {"DeleteOnTermination", "Iops", "SnapshotId",
		"VolumeSize", "VolumeType", "Throughput", "OutpostArn"};
	bool is_blank = !has_snapshot(ebs);
	struct json json;
	struct err unused = {0};
	struct slice name;

	json_begin(&json, ebs, "Ebs", &unused);
	json_name(&making->w, "Ebs");
	json_open(&making->w, '{');
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			bool wanted = is_blank && slice_is(name, "Encrypted");

			for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
				wanted = wanted || slice_is(name, members[i]);
			if (wanted && json_peek(&json) != JSON_NULL)
				copy_value(making, &json, name);
			else
				json_skip(&json, NULL);
		}
	json_close(&making->w, '}');
	json_end(&json);
}

static void
make_mapping(struct making *making, struct json *json)
{
	struct slice name, raw;

	json_open(&making->w, '{');
	if (json_enter(json, JSON_OBJECT))
		while (json_next_member(json, &name)) {
			if (!slice_is(name, "Ebs"))
				copy_value(making, json, name);
			else if (json_skip(json, &raw))
				make_ebs(making, raw);
		}
	json_close(&making->w, '}');
}

static void
make_mappings(struct making *making, struct json *json, struct slice name)
{
	json_name_slice(&making->w, name);
	json_open(&making->w, '[');
	if (json_enter(json, JSON_ARRAY))
		while (json_next_element(json))
			make_mapping(making, json);
	json_close(&making->w, ']');
}

/* One tag; AWS's own cannot be given. */
static bool
read_tag(struct making *making, struct json *json, const char **key, const char **value)
{
	struct slice name;

	*key = *value = NULL;
	if (json_enter(json, JSON_OBJECT))
		while (json_next_member(json, &name)) {
			if (slice_is(name, "Key"))
				*key = take_text(making, json);
			else if (slice_is(name, "Value"))
				*value = take_text(making, json);
			else
				json_skip(json, NULL);
		}
	return *key && strncmp(*key, "aws:", 4) != 0;
}

static void
make_tags(struct making *making, struct json *json, struct slice name)
{
	const char *key, *value;
	bool any = false;

	(void)name;
	if (!json_enter(json, JSON_ARRAY))
		return;
	while (json_next_element(json)) {
		if (!read_tag(making, json, &key, &value))
			continue;
		if (!any) {
			json_name(&making->w, "TagSpecifications");
			json_open(&making->w, '[');
			json_open(&making->w, '{');
			json_field(&making->w, "ResourceType", "image");
			json_name(&making->w, "Tags");
			json_open(&making->w, '[');
			any = true;
		}
		json_open(&making->w, '{');
		json_field(&making->w, "Key", key);
		json_field(&making->w, "Value", value ? value : "");
		json_close(&making->w, '}');
	}
	if (any) {
		json_close(&making->w, ']');
		json_close(&making->w, '}');
		json_close(&making->w, ']');
	}
}

static void
make_permissions(struct making *making, struct json *json, struct slice name)
{
	struct slice raw;

	(void)name;
	making->unread = json_peek(json) == JSON_NULL;
	if (json_skip(json, &raw) && raw.len > 2 && !making->unread)
		making->permissions = script_ascii(
			making->arena, slice_of(arena_format(making->arena, "{\"Add\":%.*s}",
					       (int)raw.len, raw.at)));
}

static const struct {
	const char *name;
	void (*make)(struct making *making, struct json *json, struct slice name);
} members[] = {
	{"Name", make_name},
	{"Description", copy_value},
	{"Architecture", copy_value},
	{"RootDeviceName", copy_value},
	{"VirtualizationType", copy_value},
	{"BlockDeviceMappings", make_mappings},
	{"BootMode", copy_value},
	{"EnaSupport", copy_value},
	{"ImdsSupport", copy_value},
	{"KernelId", copy_value},
	{"RamdiskId", copy_value},
	{"SriovNetSupport", copy_value},
	{"TpmSupport", copy_value},
	{"ImageLocation", copy_value},
	{"DeprecationTime", make_deprecation},
	{"DeregistrationProtection", make_protection},
	{"Tags", make_tags},
	{"LaunchPermissions", make_permissions},
};

/* The input of register-image, in ASCII. */
static const char *
make_register(struct making *making, const char *definition)
{
	const size_t count = sizeof(members) / sizeof(members[0]);
	struct buf buf = {0};
	struct json json;
	struct err unused = {0};
	struct slice name;
	const char *text;

	json_writer_buf(&making->w, &buf, false);
	json_open(&making->w, '{');
	json_begin(&json, slice_of(definition), "definition", &unused);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			size_t i = 0;

			while (i < count && !slice_is(name, members[i].name))
				i++;
			if (i == count)
				json_skip(&json, NULL);
			else
				members[i].make(making, &json, name);
		}
	json_end(&json);
	json_close(&making->w, '}');
	making->w.buf = NULL;
	text = script_ascii(making->arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

/* A filter for AMIs of exactly that name: in a filter three characters mean more than themselves.
 */
static const char *
make_filter(struct arena *arena, const char *name)
{
	struct buf buf = {0}, value = {0};
	struct json_writer w;
	const char *text;

	for (; *name; name++) {
		if (strchr("*?\\", *name))
			buf_add_char(&value, '\\');
		buf_add_char(&value, *name);
	}
	json_writer_buf(&w, &buf, false);
	json_open(&w, '[');
	json_open(&w, '{');
	json_field(&w, "Name", "name");
	json_name(&w, "Values");
	json_open(&w, '[');
	json_put_slice(&w, buf_slice(&value));
	json_close(&w, ']');
	json_close(&w, '}');
	json_close(&w, ']');
	text = script_ascii(arena, buf_slice(&buf));
	buf_release(&buf);
	buf_release(&value);
	return text;
}

/* --- steps ----------------------------------------------------------------------------------- */

/* What the plan says of a step, in the words of this script, by the first word that it uses. */
static const struct mark {
	const char *word, *text;
} marks[] = {
	{"yes", "rebuildable from kept snapshots"},
	{"until", "rebuildable as long as its snapshots exist"},
	{"no", "final"},
	{"", "unknown"},
};

static void
put_mark(FILE *file, const struct view_step *step)
{
	const struct mark *mark = marks;

	while (strncmp(step->reversible, mark->word, strlen(mark->word)) != 0)
		mark++;
	fprintf(file, "# step %" PRIu32 ": %s. The plan says: ", step->order, mark->text);
	quote_text(file, slice_of(step->reversible));
	fputc('\n', file);
}

static void
put_value(FILE *file, struct arena *arena, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fputc(' ', file);
	quote_sh_word(file, slice_of(arena_format(arena, "%s=%s", name, value)));
}

static void
put_image(FILE *file, const struct view_step *step, struct arena *arena)
{
	struct making making = {.arena = arena};
	const char *input = make_register(&making, step->definition ? step->definition : "{}");
	struct script_facts facts;

	script_read_facts(step->facts, arena, &facts);
	put_value(file, arena, "names", make_filter(arena, making.name ? making.name : step->name));
	put_value(file, arena, "register", input);
	put_value(file, arena, "snapshots", facts.snapshots);
	put_value(file, arena, "permissions", making.permissions);
	put_value(file, arena, "deprecation", making.deprecation);
	put_value(file, arena, "protection", making.protection);
	put_value(file, arena, "state", facts.state);
	if (making.unread)
		fputs(" # its launch permissions were not read", file);
}

static void
put_step(FILE *file, const struct script *script, const struct view_target *before,
	const struct view_step *step, struct arena *arena)
{
	static const char *const functions[] = {
		"restore_image", "restore_snapshot", "restore_instance"};
	uint32_t phase = step->phase >= 1 && step->phase <= SCRIPT_PHASES ? step->phase : 1;

	(void)script;
	(void)before;
	put_mark(file, step);
	fprintf(file, "%s ", functions[phase - 1]);
	quote_sh_word(file, slice_of(step->region));
	fputc(' ', file);
	quote_sh_word(file, slice_of(step->resource));
	if (phase == 1)
		put_image(file, step, arena);
	script_put_bash_name(file, step->name);
}

void
write_plan_undo(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	struct arena arena = {0};
	struct script script;

	script_begin(view, options, &arena, &script);
	script_put_bash_head(file, &script, "amiplan-undo",
		"Undoes what a plan of amiplan did, as far as that can be undone. Keep it with the "
		"plan.\n"
		"# An AMI comes back from the Recycle Bin as it was; else it is made again from "
		"its definition and its\n"
		"# snapshots, under another id: what names it must be changed. register-image "
		"cannot give back the\n"
		"# platform of a Windows AMI, product codes or UEFI variables.");
	script_put_bash_common(file);
	script_put_lines(file, undo_lines, sizeof(undo_lines) / sizeof(undo_lines[0]));
	fputs("\nsteps() {\n:\n", file);
	script_put_steps(file, &script, STEP_FACTS | STEP_DEFINITION, put_step);
	fputs("}\n\nmain \"$@\"\n", file);
	arena_release(&arena);
}
