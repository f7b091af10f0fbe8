/*
 * What the scripts have in common: for which account and regions, what a plan saw of a resource,
 * and the steps one a line. It must not know: any script's language.
 */
#include "script.h"
#include "ids.h"
#include "json_pull.h"
#include "parallel.h"
#include "unicode.h"
#include <inttypes.h>

/* --- what a script is about ------------------------------------------------------------------ */

/* In the order of the phases. */
static const struct action {
	const char *name, *prefix;
} actions[SCRIPT_PHASES] = {
	{"deregister-image", "ami-"},
	{"delete-snapshot", "snap-"},
	{"terminate-instances", "i-"},
};

static const struct action *
find_action(const char *name)
{
	for (size_t i = 0; i < SCRIPT_PHASES; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

bool
script_is_place(const char *region)
{
	return id_is_region(slice_of(region));
}

bool
script_is_resource(const char *id)
{
	for (size_t i = 0; i < SCRIPT_PHASES; i++)
		if (id_is(slice_of(id), actions[i].prefix))
			return true;
	return false;
}

/* A saved plan is a file that anybody may have written into. */
static int
check_target(const struct view_target *target, const struct action **out, struct err *err)
{
	const struct action *action = find_action(target->action);

	*out = action;
	if (!action)
		return err_set(err, ERR_VALUE, "the plan has a step that no script can do: %s",
			target->action);
	if (!id_is(slice_of(target->resource), action->prefix))
		return err_set(err, ERR_VALUE,
			"the plan has a step that no script can do: %s of \"%s\", which is no id",
			target->action, target->resource);
	if (!id_is_account(slice_of(target->account)) || !id_is_region(slice_of(target->region)))
		return err_set(err, ERR_VALUE,
			"%s: a script needs its account and region, and the plan has \"%s\" and "
			"\"%s\"",
			target->resource, target->account, target->region);
	return 0;
}

/* Sorted, each once: there are some dozens at most. */
struct names {
	VEC(const char *) items;
};

static void
add_name(struct names *names, struct arena *arena, const char *name)
{
	size_t at = names->items.count;

	while (at > 0 && strcmp(names->items.items[at - 1], name) > 0)
		at--;
	if (at > 0 && strcmp(names->items.items[at - 1], name) == 0)
		return;
	vec_push(&names->items, NULL);
	for (size_t i = names->items.count - 1; i > at; i--)
		names->items.items[i] = names->items.items[i - 1];
	names->items.items[at] = arena_text(arena, slice_of(name));
}

static struct texts
take_names(struct names *names, struct arena *arena)
{
	struct texts texts = {arena_array(arena, names->items.count + 1, sizeof(const char *)),
		names->items.count};

	for (size_t i = 0; i < texts.count; i++)
		texts.items[i] = names->items.items[i];
	vec_release(&names->items);
	return texts;
}

static bool
is_asked_for(const struct report_options *options, const char *account, const char *region)
{
	return (!options->account || strcmp(options->account, account) == 0) &&
	       (!options->region || strcmp(options->region, region) == 0);
}

/* One account, or an error that names those there are. */
static int
check_accounts(const struct texts *accounts, const struct report_options *options, bool any,
	struct err *err)
{
	struct buf list = {0};
	int code;

	if (options->account ? any : accounts->count <= 1)
		return 0;
	if (options->account && !accounts->count)
		return 0;
	for (size_t i = 0; i < accounts->count; i++)
		buf_format(&list, "%s%s", i ? ", " : "", accounts->items[i]);
	if (options->account)
		code = err_set(err, ERR_USAGE,
			"--only: the plan has no step in %s%s%s; its steps are in %s",
			options->account, options->region ? "/" : "",
			options->region ? options->region : "", list.at);
	else
		code = err_set(err, ERR_USAGE,
			"a script acts on one account, and the plan has steps in %zu: say --only "
			"ACCOUNT for each of %s",
			accounts->count, list.at);
	buf_release(&list);
	return code;
}

int
script_scan(const struct plan_view *view, const struct report_options *options, struct arena *arena,
	struct script *script, struct err *err)
{
	struct names accounts = {{0}}, regions = {{0}};
	struct arena item = {0};
	struct texts seen;
	int code = 0;

	*script = (struct script){.view = view, .options = options, .account = ""};
	for (size_t i = 0; code == 0 && i < view->step_count; i++) {
		const struct action *action;
		struct view_target target;

		view->target(view, i, &item, &target);
		code = check_target(&target, &action, err);
		if (code == 0) {
			add_name(&accounts, arena, target.account);
			if (is_asked_for(options, target.account, target.region)) {
				add_name(&regions, arena, target.region);
				script->steps[action - actions]++;
			}
		}
		arena_clear(&item);
	}
	arena_release(&item);
	seen = take_names(&accounts, arena);
	script->regions = take_names(&regions, arena);
	if (code == 0)
		code = check_accounts(&seen, options, script->regions.count > 0, err);
	if (options->account)
		script->account = options->account;
	else if (seen.count)
		script->account = seen.items[0];
	return code;
}

int
script_check(const struct plan_view *view, const struct report_options *options, struct err *err)
{
	struct arena arena = {0};
	struct script script;
	int code = script_scan(view, options, &arena, &script, err);

	arena_release(&arena);
	return code;
}

void
script_begin(const struct plan_view *view, const struct report_options *options,
	struct arena *arena, struct script *script)
{
	struct err unused = {0};

	(void)script_scan(view, options, arena, script, &unused);
	plan_digest(view, options, script->digest);
}

void
script_put_lines(FILE *file, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fputs(lines[i], file);
}

/* --- steps ----------------------------------------------------------------------------------- */

enum { STRETCH = 128 };

struct stretch {
	char *text;
	size_t size;
};

struct job {
	FILE *file;
	const struct script *script;
	unsigned parts; /* of enum step_part */
	script_put *put;
	struct stretch stretches[PARALLEL_SLOTS];
};

static void
make_stretch(void *context, size_t number, size_t slot)
{
	struct job *job = context;
	struct stretch *stretch = &job->stretches[slot];
	const struct plan_view *view = job->script->view;
	size_t from = number * STRETCH;
	size_t to = view->step_count - from < STRETCH ? view->step_count : from + STRETCH;
	FILE *file = open_memstream(&stretch->text, &stretch->size);
	struct arena arena = {0};

	if (!file)
		die_oom();
	for (size_t i = from; i < to; i++) {
		struct view_target before = {"", "", "", ""}, target;
		struct view_step step;

		view->target(view, i, &arena, &target);
		if (is_asked_for(job->script->options, target.account, target.region)) {
			if (i > 0)
				view->target(view, i - 1, &arena, &before);
			view->step(view, i, job->parts, &arena, &step);
			job->put(file, job->script, &before, &step, &arena);
		}
		arena_clear(&arena);
	}
	if (fclose(file) != 0)
		die_oom();
	arena_release(&arena);
}

static void
take_stretch(void *context, size_t number, size_t slot)
{
	struct job *job = context;

	(void)number;
	fwrite(job->stretches[slot].text, 1, job->stretches[slot].size, job->file);
	free(job->stretches[slot].text);
}

/* A few stretches at a time: a plan of a million steps needs the memory of some thousand lines. */
void
script_put_steps(FILE *file, const struct script *script, unsigned parts, script_put *put)
{
	struct job job = {.file = file, .script = script, .parts = parts, .put = put};
	const struct parallel_pieces pieces = {
		.count = (script->view->step_count + STRETCH - 1) / STRETCH,
		.make = make_stretch,
		.take = take_stretch,
		.context = &job};

	parallel_in_order(&pieces);
}

/* --- facts ----------------------------------------------------------------------------------- */

const char *
script_ascii(struct arena *arena, struct slice json)
{
	struct buf buf = {0};
	const char *text;

	for (size_t at = 0; at < json.len;) {
		uint32_t c = unicode_next(json, &at);

		if (c < 0x7f)
			buf_add_char(&buf, (char)c);
		else if (c < 0x10000)
			buf_format(&buf, "\\u%04" PRIx32, c);
		else if (c != UNICODE_BAD)
			buf_format(&buf, "\\u%04" PRIx32 "\\u%04" PRIx32,
				0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
	text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

typedef void read_fact(struct json *json, struct arena *arena, void *out);

static void
read_text(struct json *json, struct arena *arena, void *out)
{
	struct slice text;

	if (json_peek(json) != JSON_STRING)
		json_skip(json, NULL);
	else if (json_string(json, &text))
		*(const char **)out = arena_text(arena, text);
}

static void
read_bool(struct json *json, struct arena *arena, void *out)
{
	bool value;

	(void)arena;
	if (json_peek(json) != JSON_TRUE && json_peek(json) != JSON_FALSE)
		json_skip(json, NULL);
	else if (json_bool(json, &value))
		*(const char **)out = value ? "true" : "false";
}

/* "unread", where a list should be, is none. */
static void
read_some(struct json *json, struct arena *arena, const char *prefix, const char **out)
{
	struct buf list = {0};
	struct slice item;

	if (json_peek(json) != JSON_ARRAY) {
		json_skip(json, NULL);
		return;
	}
	json_enter(json, JSON_ARRAY);
	while (json_next_element(json)) {
		if (!json_string(json, &item) || (*prefix && !id_is(item, prefix)))
			continue;
		if (list.len)
			buf_add_char(&list, ',');
		buf_add_slice(&list, item);
	}
	*out = arena_text(arena, buf_slice(&list));
	buf_release(&list);
}

static void
read_list(struct json *json, struct arena *arena, void *out)
{
	read_some(json, arena, "", out);
}

static void
read_instances(struct json *json, struct arena *arena, void *out)
{
	read_some(json, arena, "i-", out);
}

static void
read_tags(struct json *json, struct arena *arena, void *out)
{
	struct names names = {{0}};
	struct slice text;

	if (json_enter(json, JSON_OBJECT))
		while (json_next_member(json, &text)) {
			vec_push(&names.items, arena_text(arena, text));
			if (json_string(json, &text))
				vec_push(&names.items, arena_text(arena, text));
		}
	*(struct texts *)out = take_names(&names, arena);
}

#define FACT(name, read, member)                                                                   \
	{                                                                                          \
		name, read, offsetof(struct script_facts, member)                                  \
	}

static const struct fact {
	const char *name;
	read_fact *read;
	size_t at;
} known_facts[] = {
	FACT("create_volume_permissions", read_list, shared),
	FACT("images", read_list, images),
	FACT("last_launched", read_text, last_launched),
	FACT("launch_permissions", read_list, shared),
	FACT("mapped_by", read_list, images),
	FACT("mapped_snapshots", read_list, snapshots),
	FACT("member_of", read_list, member_of),
	FACT("owner", read_text, owner),
	FACT("protection", read_text, protection),
	FACT("public", read_bool, is_public),
	FACT("referrers", read_instances, instances),
	FACT("state", read_text, state),
	FACT("tags", read_tags, tags),
};

void
script_read_facts(const char *json_text, struct arena *arena, struct script_facts *facts)
{
	const size_t count = sizeof(known_facts) / sizeof(known_facts[0]);
	struct json json;
	struct err unused = {0};
	struct slice name;

	*facts = (struct script_facts){0};
	json_begin(&json, slice_of(json_text), "facts", &unused);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			size_t i = 0;

			while (i < count && !slice_is(name, known_facts[i].name))
				i++;
			if (i == count)
				json_skip(&json, NULL);
			else
				known_facts[i].read(
					&json, arena, (char *)facts + known_facts[i].at);
		}
	json_end(&json);
}

/* --- tags that options look at --------------------------------------------------------------- */

/* The keys of "KEY=GLOB", or of "tag:KEY=GLOB" where `prefix` is "tag:". */
static void
add_keys(struct names *keys, struct arena *arena, const struct texts *terms, const char *prefix)
{
	for (size_t i = 0; i < terms->count; i++) {
		const char *key = terms->items[i];

		if (strncmp(key, prefix, strlen(prefix)) != 0)
			continue;
		key += strlen(prefix);
		add_name(keys, arena, arena_text(arena, (struct slice){key, strcspn(key, "=,")}));
	}
}

/* "tag:KEY,KEY". */
static void
add_group_keys(struct names *keys, struct arena *arena, const char *group_by)
{
	if (!group_by || strncmp(group_by, "tag:", 4) != 0)
		return;
	for (const char *key = group_by + 4; *key;) {
		size_t len = strcspn(key, ",");

		add_name(keys, arena, arena_text(arena, (struct slice){key, len}));
		key += len + (key[len] == ',');
	}
}

struct texts
script_option_tags(const struct plan_view *view, struct arena *arena)
{
	struct names keys = {{0}};
	struct plan_selection selection;

	if (plan_read_selection(view, arena, &selection, NULL) == 0) {
		add_keys(&keys, arena, &selection.tags, "");
		add_keys(&keys, arena, &selection.protect_tags, "");
		add_keys(&keys, arena, &selection.in_use_selectors, "tag:");
		add_group_keys(&keys, arena, selection.group_by);
	}
	return take_names(&keys, arena);
}
