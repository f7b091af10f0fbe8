/*
 * A plan as a checklist for the EC2 console, new or old: the steps of the AWS page with this plan's
 * resources, a box for each. It must not know: how anything was decided.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html
 */
#include "quote.h"
#include "script.h"
#include <inttypes.h>

/* What a phase is called, what to choose, and where the console lists its resources (the id comes
 * after it). */
struct console_phase {
	const char *title;
	const char *how; /* two lines and more: a letter, what to do */
	const char *link;
};

struct console {
	const char *name;
	struct console_phase phases[SCRIPT_PHASES];
};

static const struct console new_console = {
	"new EC2 console",
	{
		{"Deregister the AMI",
			"a. In the navigation pane, choose AMIs.\n"
			"b. Select the AMI. Its ID helps to find its snapshots in the next phase.\n"
			"c. Choose Actions, Deregister AMI. When prompted, choose Deregister AMI.\n"
			"It might take a few minutes until the AMI leaves the list: choose "
			"Refresh.\n",
			"#Images:visibility=owned-by-me;imageId="},
		{"Delete snapshots that are no longer needed",
			"a. In the navigation pane, choose Snapshots.\n"
			"b. Select the snapshot (its Description may name the AMI).\n"
			"c. Choose Actions, Delete snapshot. When prompted, choose Delete.\n",
			"#Snapshots:visibility=owned-by-me;snapshotId="},
		{"(Optional) Terminate instances",
			"a. In the navigation pane, choose Instances, and select the instance.\n"
			"b. Choose Instance state, Terminate instance. When prompted, choose "
			"Terminate.\n",
			"#Instances:instanceId="},
	},
};

static const struct console old_console = {
	"old EC2 console",
	{
		{"Deregister the AMI",
			"a. In the navigation pane, choose AMIs.\n"
			"b. Select the AMI. Its ID helps to find its snapshots in the next phase.\n"
			"c. Choose Actions, Deregister. When prompted, choose Continue.\n"
			"It may take a few minutes until the AMI leaves the list: choose "
			"Refresh.\n",
			"#Images:visibility=owned-by-me;imageId="},
		{"Delete snapshots that are no longer needed",
			"a. In the navigation pane, choose Snapshots.\n"
			"b. Select the snapshot (its Description may name the AMI).\n"
			"c. Choose Actions, Delete. When prompted, choose Yes, Delete.\n",
			"#Snapshots:visibility=owned-by-me;snapshotId="},
		{"(Optional) Terminate instances",
			"a. In the navigation pane, choose Instances, and select the instance.\n"
			"b. Choose Actions, Instance State, Terminate. When prompted, choose Yes, "
			"Terminate.\n",
			"#Instances:search="},
	},
};

/* --- links ----------------------------------------------------------------------------------- */

/* By how a region's name begins; the last one is of all others. NULL: a console whose address is
 * not public. */
static const struct partition {
	const char *prefix, *console;
} partitions[] = {
	{"cn-", "console.amazonaws.cn"},
	{"us-gov-", "console.amazonaws-us-gov.com"},
	{"us-iso", NULL},
	{"eu-iso", NULL},
	{"eusc-", "console.amazonaws-eusc.eu"},
	{"", "console.aws.amazon.com"},
};

static const char *
console_of(const char *region)
{
	size_t i = 0;

	while (strncmp(region, partitions[i].prefix, strlen(partitions[i].prefix)) != 0)
		i++;
	return partitions[i].console;
}

/* Nothing where the region or the id are not of their form: a link is clicked without a look. */
static void
put_link(FILE *file, const char *region, const char *list, const char *id)
{
	const char *console = console_of(region);

	if (console && script_is_place(region) && script_is_resource(id))
		fprintf(file, "        https://%s.%s/ec2/home?region=%s%s%s\n", region, console,
			region, list, id);
}

/* --- steps ----------------------------------------------------------------------------------- */

static void
put_how(FILE *file, const char *how)
{
	while (*how) {
		size_t line = strcspn(how, "\n") + 1;

		fprintf(file, "   %.*s", (int)line, how);
		how += line;
	}
}

static void
put_place(FILE *file, const struct view_step *step)
{
	fputs("\n   Account ", file);
	quote_text(file, slice_of(*step->account ? step->account : "unknown"));
	fputs(", region ", file);
	quote_text(file, slice_of(*step->region ? step->region : "unknown"));
	fputs("\n\n", file);
}

static void
put_step(FILE *file, const struct console *console, const struct view_target *before,
	const struct view_step *step)
{
	uint32_t number = step->phase >= 1 && step->phase <= SCRIPT_PHASES ? step->phase : 1;
	const struct console_phase *phase = &console->phases[number - 1];
	bool is_new = strcmp(before->action, step->action) != 0;

	if (is_new) {
		fprintf(file, "\n%" PRIu32 ". %s\n\n", number + 1, phase->title);
		put_how(file, phase->how);
	}
	if (is_new || strcmp(before->account, step->account) != 0 ||
		strcmp(before->region, step->region) != 0)
		put_place(file, step);
	fprintf(file, "   [ ] %" PRIu32 "  ", step->order);
	quote_text(file, slice_of(step->resource));
	if (*step->name) {
		fputs("  ", file);
		quote_text(file, slice_of(step->name));
	}
	fputc('\n', file);
	put_link(file, step->region, phase->link, step->resource);
}

static void
put_new_step(FILE *file, const struct script *script, const struct view_target *before,
	const struct view_step *step, struct arena *arena)
{
	(void)script;
	(void)arena;
	put_step(file, &new_console, before, step);
}

static void
put_old_step(FILE *file, const struct script *script, const struct view_target *before,
	const struct view_step *step, struct arena *arena)
{
	(void)script;
	(void)arena;
	put_step(file, &old_console, before, step);
}

/* --- what EC2 must not touch ----------------------------------------------------------------- */

static const char backup_steps[] =
	"\nManaged by AWS Backup: not in the EC2 console\n\n"
	"   EC2 refuses to deregister these AMIs and to delete these snapshots. If they shall "
	"go, delete\n"
	"   their recovery points instead:\n"
	"   a. Open the AWS Backup console at https://console.aws.amazon.com/backup/ and choose "
	"Backup vaults.\n"
	"   b. Choose the vault, and in it the recovery point whose ID ends as below.\n"
	"   c. Choose Actions, Delete. When prompted, confirm, and choose Delete recovery "
	"points.\n\n";

/* https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html */
static void
put_backups(FILE *file, const struct plan_view *view)
{
	struct arena arena = {0};
	bool any = false;

	for (size_t i = 0; i < view->blocked_count; i++) {
		struct view_blocked blocked;

		view->blocked(view, i, &arena, &blocked);
		if (strcmp(blocked.rule, "aws-backup") == 0) {
			fputs(any ? "" : backup_steps, file);
			any = true;
			fprintf(file, "   [ ] %s/",
				strncmp(blocked.resource, "ami-", 4) == 0 ? "image" : "snapshot");
			quote_text(file, slice_of(blocked.resource));
			fputc('\n', file);
		}
		arena_clear(&arena);
	}
	arena_release(&arena);
}

/* --- the page -------------------------------------------------------------------------------- */

static void
put_head(FILE *file, const struct script *script, const struct console *console)
{
	const struct plan_view *view = script->view;

	fprintf(file, "Clean up AMIs in the %s\n\nPlan %s\nas of ", console->name, script->digest);
	quote_text(file, slice_of(view->as_of));
	fputs(", made by amiplan ", file);
	quote_text(file, slice_of(view->tool_version));
	fprintf(file,
		"\nAMIs to deregister: %" PRIu64 ", snapshots to delete: %" PRIu64
		", instances to terminate: %" PRIu64 "\n\n"
		"Keep the order, and tick each box when it is done. Stop where the console shows "
		"something else\n"
		"than is written here: then the plan is out of date.\n\n"
		"1. Open the Amazon EC2 console at https://console.aws.amazon.com/ec2/\n\n"
		"   Sign in to the account that is named, and choose the region that is named. A "
		"link below a\n"
		"   resource leads to it.\n",
		view->images.go, view->snapshots.go, view->instances.go);
	if (view->step_count == 0)
		fputs("\nThe plan has no steps.\n", file);
}

static void
write_checklist(FILE *file, const struct plan_view *view, const struct report_options *options,
	const struct console *console, script_put *put)
{
	struct script script = {.view = view, .options = options, .account = ""};

	plan_digest(view, options, script.digest);
	put_head(file, &script, console);
	script_put_steps(file, &script, STEP_BRIEF, put);
	put_backups(file, view);
}

void
write_plan_console(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	write_checklist(file, view, options, &new_console, put_new_step);
}

void
write_plan_console_old(
	FILE *file, const struct plan_view *view, const struct report_options *options)
{
	write_checklist(file, view, options, &old_console, put_old_step);
}
