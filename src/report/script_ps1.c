/*
 * A plan as a PowerShell script that carries it out with AWS.Tools.EC2: functions, then one line a
 * step. It must not know: how anything was decided. The functions are in script_steps.ps1.
 */
#include "quote.h"
#include "script.h"
#include <inttypes.h>

static const char *const step_lines[] = {
#include "script_steps.ps1.inc"
};

static void
put_text(FILE *file, const char *text)
{
	if (text)
		quote_powershell(file, slice_of(text));
	else
		fputs("$null", file);
}

/* A list of texts; `@()` around it, so that one text is a list too. */
static void
put_texts(FILE *file, const char *const *items, size_t count)
{
	fputs("@(", file);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ", " : "", file);
		put_text(file, items[i]);
	}
	fputc(')', file);
}

/* The same of a text with commas; NULL is $null. */
static void
put_list(FILE *file, const char *list)
{
	if (!list) {
		fputs("$null", file);
		return;
	}
	fputs("@(", file);
	while (*list) {
		size_t len = strcspn(list, ",");

		quote_powershell(file, (struct slice){list, len});
		list += len;
		if (*list == ',') {
			fputs(", ", file);
			list++;
		}
	}
	fputc(')', file);
}

static void
put_setting(FILE *file, const char *name, const char *value)
{
	fprintf(file, "$%s = ", name);
	put_text(file, value);
	fputc('\n', file);
}

static size_t
count_texts(const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	return count;
}

static void
put_watched(FILE *file, const struct plan_view *view, struct arena *arena)
{
	struct texts keys = script_option_tags(view, arena);

	fputs("$WatchedPrefixes = ", file);
	put_texts(file, watched_tag_prefixes, count_texts(watched_tag_prefixes));
	fputs("\n$WatchedKeys = ", file);
	put_texts(file, watched_tag_keys, count_texts(watched_tag_keys));
	fputs(" + ", file);
	put_texts(file, keys.items, keys.count);
	fputc('\n', file);
}

static void
put_head(FILE *file, const struct script *script, struct arena *arena)
{
	const struct plan_view *view = script->view;

	fputs("#Requires -Version 5.1\n"
	      "# Carries out a plan of amiplan: deregisters AMIs, deletes their snapshots, "
	      "terminates instances.\n",
		file);
	fprintf(file, "# Plan %s\n# as of ", script->digest);
	quote_text(file, slice_of(view->as_of));
	fputs(", made by amiplan ", file);
	quote_text(file, slice_of(view->tool_version));
	fprintf(file,
		". AMIs: %" PRIu64 ", snapshots: %" PRIu64 ", instances: %" PRIu64 ".\n"
		"# Without -Execute every call that would change something is a dry run, and "
		"nothing changes.\n"
		"[CmdletBinding()]\n"
		"param([switch] $Execute, [string] $Log = 'amiplan-%s.log')\n"
		"Set-StrictMode -Version Latest\n$ErrorActionPreference = 'Stop'\n\n",
		script->steps[0], script->steps[1], script->steps[2], script->account);
	put_setting(file, "Plan", script->digest);
	put_setting(file, "AsOf", view->as_of);
	put_setting(file, "Account", script->account);
	fputs("$Regions = ", file);
	put_texts(file, script->regions.items, script->regions.count);
	fputc('\n', file);
	put_watched(file, view, arena);
	fputc('\n', file);
}

static void
put_fact(FILE *file, const char *name, const char *value)
{
	fprintf(file, "; %s = ", name);
	put_text(file, value);
}

static void
put_facts(FILE *file, const char *name, const char *list)
{
	fprintf(file, "; %s = ", name);
	put_list(file, list);
}

static void
put_image_facts(FILE *file, const struct script_facts *facts)
{
	fprintf(file, "; Public = %s",
		!facts->is_public                       ? "$null"
		: strcmp(facts->is_public, "true") == 0 ? "$true"
							: "$false");
	put_fact(file, "Protection", facts->protection ? facts->protection : "disabled");
	put_fact(file, "Launched", facts->last_launched ? facts->last_launched : "never");
	put_facts(file, "Snapshots", facts->snapshots);
	put_facts(file, "Shared", facts->shared);
	put_facts(file, "Instances", facts->instances);
}

static void
put_instance_facts(FILE *file, const struct script_facts *facts)
{
	/* After its root volume was replaced an instance has two, and shows one of them. */
	bool is_one = facts->images && !strchr(facts->images, ',');

	put_fact(file, "Image", is_one ? facts->images : NULL);
	put_fact(file, "Group", facts->member_of && !*facts->member_of ? "none" : NULL);
}

static void
put_step(FILE *file, const struct script *script, const struct view_target *before,
	const struct view_step *step, struct arena *arena)
{
	static const char *const functions[] = {
		"Unregister-PlannedImage", "Remove-PlannedSnapshot", "Remove-PlannedInstance"};
	uint32_t phase = step->phase >= 1 && step->phase <= SCRIPT_PHASES ? step->phase : 1;
	struct script_facts facts;

	(void)script;
	(void)before;
	script_read_facts(step->facts, arena, &facts);
	fprintf(file, "%s ", functions[phase - 1]);
	put_text(file, step->region);
	fputc(' ', file);
	put_text(file, step->resource);
	fputs(" @{ Owner = ", file);
	put_text(file, facts.owner);
	put_fact(file, "State", facts.state);
	if (phase == 1)
		put_image_facts(file, &facts);
	if (phase == 2) {
		put_facts(file, "Images", facts.images);
		put_facts(file, "Shared", facts.shared);
	}
	if (phase == 3)
		put_instance_facts(file, &facts);
	fputs("; Tags = ", file);
	put_texts(file, facts.tags.items, facts.tags.count);
	fputs(" }", file);
	if (*step->name) {
		fputs(" # name: ", file);
		quote_text(file, slice_of(step->name));
	}
	fputc('\n', file);
}

void
write_plan_powershell(
	FILE *file, const struct plan_view *view, const struct report_options *options)
{
	struct arena arena = {0};
	struct script script;

	script_begin(view, options, &arena, &script);
	put_head(file, &script, &arena);
	script_put_lines(file, step_lines, sizeof(step_lines) / sizeof(step_lines[0]));
	fputs("\nfunction Invoke-Steps {\n", file);
	script_put_steps(file, &script, STEP_FACTS, put_step);
	fputs("}\n\nInvoke-Plan\n", file);
	arena_release(&arena);
}
