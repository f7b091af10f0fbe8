/*
 * A plan as a bash script that carries it out with the `aws` command: functions, then one line a
 * step. It must not know: how anything was decided. The functions are in script_*.sh.
 */
#include "json_write.h"
#include "quote.h"
#include "script.h"
#include <inttypes.h>

static const char *const common_lines[] = {
#include "script_common.sh.inc"
};
static const char *const step_lines[] = {
#include "script_steps.sh.inc"
};

#define PUT_LINES(file, lines) script_put_lines(file, lines, sizeof(lines) / sizeof((lines)[0]))

static void
put_setting(FILE *file, const char *name, const char *value)
{
	fprintf(file, "%s=", name);
	quote_sh_word(file, slice_of(value));
	fputc('\n', file);
}

void
script_put_bash_head(FILE *file, const struct script *script, const char *tool, const char *about)
{
	const struct plan_view *view = script->view;

	fprintf(file, "#!/usr/bin/env bash\n# %s\n", about);
	fprintf(file, "# Plan %s\n# as of ", script->digest);
	quote_text(file, slice_of(view->as_of));
	fputs(", made by amiplan ", file);
	quote_text(file, slice_of(view->tool_version));
	fprintf(file,
		". AMIs: %" PRIu64 ", snapshots: %" PRIu64 ", instances: %" PRIu64 ".\n"
		"# It changes nothing unless --execute is given; --help says more.\n"
		"# Data stands in single quotes: what looks like an expression in it is none.\n"
		"# shellcheck disable=SC2016\n"
		"set -euf -o pipefail\n\n",
		script->steps[0], script->steps[1], script->steps[2]);
	put_setting(file, "tool", tool);
	put_setting(file, "plan", script->digest);
	put_setting(file, "as_of", view->as_of);
	put_setting(file, "account", script->account);
	fputs("regions='", file);
	for (size_t i = 0; i < script->regions.count; i++)
		fprintf(file, "%s%s", i ? " " : "", script->regions.items[i]);
	fputs("'\n", file);
}

void
script_put_bash_common(FILE *file)
{
	fputc('\n', file);
	PUT_LINES(file, common_lines);
	fputc('\n', file);
}

void
script_put_bash_name(FILE *file, const char *name)
{
	if (*name) {
		fputs(" # name: ", file);
		quote_text(file, slice_of(name));
	}
	fputc('\n', file);
}

static void
put_fact(FILE *file, struct arena *arena, const char *name, const char *value)
{
	if (!value)
		return;
	fputc(' ', file);
	quote_sh_word(file, slice_of(arena_format(arena, "%s=%s", name, value)));
}

static void
put_image_facts(FILE *file, struct arena *arena, const struct script_facts *facts)
{
	put_fact(file, arena, "public", facts->is_public);
	put_fact(file, arena, "protection", facts->protection ? facts->protection : "disabled");
	put_fact(file, arena, "launched", facts->last_launched ? facts->last_launched : "never");
	put_fact(file, arena, "snapshots", facts->snapshots);
	put_fact(file, arena, "shared", facts->shared);
	put_fact(file, arena, "instances", facts->instances);
}

static void
put_instance_facts(FILE *file, struct arena *arena, const struct script_facts *facts)
{
	/* After its root volume was replaced an instance has two, and shows one of them. */
	if (facts->images && !strchr(facts->images, ','))
		put_fact(file, arena, "image", facts->images);
	if (facts->member_of && !*facts->member_of)
		put_fact(file, arena, "group", "none");
}

/* As the script's JMESPath has them: [["KEY","VALUE"],…], compact and in ASCII. */
static const char *
tags_json(const struct texts *tags, struct arena *arena)
{
	struct buf buf = {0};
	struct json_writer w;
	const char *text;

	json_writer_buf(&w, &buf, false);
	json_open(&w, '[');
	for (size_t i = 0; i + 1 < tags->count; i += 2) {
		json_open(&w, '[');
		json_put_text(&w, tags->items[i]);
		json_put_text(&w, tags->items[i + 1]);
		json_close(&w, ']');
	}
	json_close(&w, ']');
	text = script_ascii(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

/* One line, so that a long plan can be read, searched and compared. */
static void
put_step(FILE *file, const struct script *script, const struct view_target *before,
	const struct view_step *step, struct arena *arena)
{
	struct script_facts facts;

	(void)script;
	(void)before;
	script_read_facts(step->facts, arena, &facts);
	for (const char *c = step->action; *c; c++)
		fputc(*c == '-' ? '_' : *c, file);
	fputc(' ', file);
	quote_sh_word(file, slice_of(step->region));
	fputc(' ', file);
	quote_sh_word(file, slice_of(step->resource));
	put_fact(file, arena, "owner", facts.owner);
	put_fact(file, arena, "state", facts.state);
	if (step->phase == 1)
		put_image_facts(file, arena, &facts);
	else if (step->phase == 2) {
		put_fact(file, arena, "images", facts.images);
		put_fact(file, arena, "shared", facts.shared);
	} else
		put_instance_facts(file, arena, &facts);
	put_fact(file, arena, "tags", tags_json(&facts.tags, arena));
	script_put_bash_name(file, step->name);
}

/* Adds a condition on a tag's Key. A literal of JMESPath is JSON between backticks. */
static void
add_condition(
	struct buf *to, struct arena *arena, const char *before, const char *key, const char *after)
{
	struct buf buf = {0};
	struct json_writer w;

	json_writer_buf(&w, &buf, false);
	json_put_text(&w, key);
	buf_format(to, "%s%s`", to->len ? " || " : "", before);
	for (const char *c = script_ascii(arena, buf_slice(&buf)); *c; c++)
		if (*c == '`')
			buf_add_text(to, "\\u0060");
		else
			buf_add_char(to, *c);
	buf_format(to, "`%s", after);
	buf_release(&buf);
}

/* Of all tags those that the rules, or the options of this plan, look at. */
static void
put_watched(FILE *file, const struct plan_view *view, struct arena *arena)
{
	struct texts keys = script_option_tags(view, arena);
	struct buf buf = {0};

	for (size_t i = 0; watched_tag_prefixes[i]; i++)
		add_condition(&buf, arena, "starts_with(Key, ", watched_tag_prefixes[i], ")");
	for (size_t i = 0; watched_tag_keys[i]; i++)
		add_condition(&buf, arena, "Key==", watched_tag_keys[i], "");
	for (size_t i = 0; i < keys.count; i++)
		add_condition(&buf, arena, "Key==", keys.items[i], "");
	fputs("watched=", file);
	quote_sh(file, buf_slice(&buf));
	fputc('\n', file);
	buf_release(&buf);
}

void
write_plan_aws_cli(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	struct arena arena = {0};
	struct script script;

	script_begin(view, options, &arena, &script);
	script_put_bash_head(file, &script, "amiplan",
		"Carries out a plan of amiplan: deregisters AMIs, deletes their snapshots, "
		"terminates instances.");
	put_watched(file, view, &arena);
	script_put_bash_common(file);
	PUT_LINES(file, step_lines);
	fputs("\nsteps() {\n:\n", file);
	script_put_steps(file, &script, STEP_FACTS, put_step);
	fputs("}\n\nmain \"$@\"\n", file);
	arena_release(&arena);
}
