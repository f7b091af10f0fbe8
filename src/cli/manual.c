/*
 * The manual pages in man(7): amiplan.1, and one a verb. The tables, between fixed sections.
 * It must not know: where it goes.
 */
#include "manual.h"

/* Longer source lines are hard to review; man(7) fills them anyway. */
#define SOURCE_WIDTH 78

/* One word for man(7), which would understand a backslash, a hyphen and a line's first dot. */
static void
man_word(struct buf *line, const char *word, size_t len)
{
	if (len > 0 && line->len == 0 && (*word == '.' || *word == '\''))
		buf_add_text(line, "\\&");
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '\\')
			buf_add_text(line, "\\e");
		else if (word[i] == '-')
			buf_add_text(line, "\\-");
		else if (word[i] == '`')
			buf_add_text(line, "\\(ga");
		else if (word[i] == '~')
			buf_add_text(line, "\\(ti");
		else
			buf_add_char(line, word[i]);
	}
}

/* A name or value inside a line that has begun. */
static void
man_inline(FILE *file, const char *text)
{
	struct buf line = {0};

	man_word(&line, text, strlen(text));
	fputs(line.len ? line.at : "", file);
	buf_release(&line);
}

/* Running text, on lines of its own. */
static void
man_lines(FILE *file, const char *text)
{
	struct buf line = {0};

	while (*text) {
		size_t len = strcspn(text, " ");

		if (line.len > 0 && line.len + 1 + len > SOURCE_WIDTH) {
			fprintf(file, "%s\n", line.at);
			buf_clear(&line);
		}
		if (line.len > 0)
			buf_add_char(&line, ' ');
		man_word(&line, text, len);
		text += len + (text[len] == ' ');
	}
	fprintf(file, "%s\n", line.len ? line.at : "");
	buf_release(&line);
}

static void
man_option(FILE *file, const struct command *command, const struct opt *opt)
{
	struct buf text = {0};

	fputs(".TP\n", file);
	if (opt->letter)
		fprintf(file, "\\fB\\-%c\\fR, ", opt->letter);
	fputs("\\fB\\-\\-", file);
	man_inline(file, opt->name);
	fputs("\\fR", file);
	if (opt->value) {
		fputs(" \\fI", file);
		man_inline(file, opt->value);
		fputs("\\fR", file);
	}
	fputc('\n', file);
	help_option_text(command, opt, &text);
	man_lines(file, text.at);
	buf_release(&text);
}

/* Groups that several verbs have: each stands in the page once, below the verbs. */
static const struct shared_section {
	const char *title;
	const struct opt_group *groups[3];
} shared_sections[] = {
	{"SELECTING", {&selection_options}},
	{"INVENTORY OPTIONS", {&inventory_options, &pins_options}},
	{"OPTIONS OF EVERY VERB", {&common_options}},
};

static const char *
shared_section_of(const struct opt_group *group)
{
	for (size_t i = 0; i < COUNT_OF(shared_sections); i++)
		for (size_t j = 0; j < 3; j++)
			if (shared_sections[i].groups[j] == group)
				return shared_sections[i].title;
	return NULL;
}

/* Groups of a verb that stand elsewhere are named, each section once. */
static void
man_other_sections(FILE *file, const struct command *command)
{
	const char *last = NULL;

	fputs(".PP\nFurther options:", file);
	for (opt_groups group = command->groups; *group; group++) {
		const char *title = shared_section_of(*group);

		if (!title || (last && strcmp(title, last) == 0))
			continue;
		fprintf(file, "%s \\fB%s\\fR", last ? "," : "", title);
		last = title;
	}
	fputs(".\n", file);
}

static void
man_command(FILE *file, const struct command *command)
{
	struct buf summary = {0};

	fputs(".SS \"amiplan ", file);
	man_inline(file, command->name);
	fprintf(file, " [OPTION]...%s", *command->operands ? " " : "");
	man_inline(file, command->operands);
	fputs("\"\n", file);
	buf_format(&summary, "%s: %s.", command->name, command->summary);
	man_lines(file, summary.at);
	buf_release(&summary);
	man_lines(file, command->about);
	for (opt_groups group = command->groups; *group; group++)
		for (size_t i = 0; !shared_section_of(*group) && i < (*group)->count; i++)
			man_option(file, command, &(*group)->opts[i]);
	man_other_sections(file, command);
}

static void
man_shared_section(FILE *file, const struct shared_section *section)
{
	fprintf(file, ".SH \"%s\"\n", section->title);
	for (size_t i = 0; i < COUNT_OF(section->groups) && section->groups[i]; i++)
		for (size_t j = 0; j < section->groups[i]->count; j++)
			man_option(file, NULL, &section->groups[i]->opts[j]);
}

static const char before_verbs[] = ".SH NAME\n"
				   "amiplan \\- plan the cleanup of AWS machine images\n"
				   ".SH SYNOPSIS\n"
				   ".B amiplan\n"
				   ".I VERB\n"
				   "[\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
				   ".br\n"
				   ".B amiplan help\n"
				   "[\\fIVERB\\fR]\n"
				   ".br\n"
				   ".B amiplan \\-\\-version\n"
				   ".SH DESCRIPTION\n";

static const char *const description[] = {
	"Reads what describe commands of aws(1) printed, builds the graph of what refers to what, "
	"and plans which AMIs may be deregistered, which snapshots deleted and, if asked, which "
	"instances terminated: in which order, and why everything else stays. It calls nothing and "
	"changes nothing. What was not read counts as in use: a gap in the inventory blocks, and "
	"the "
	"plan says which command fills it.",
	"Results go to standard output, everything else to standard error. Options may stand after "
	"arguments; -- ends them. They cannot be abbreviated. A single-valued option that is "
	"repeated "
	"counts as given last.",
};

static const char after_options[] =
	".SH \"EXIT STATUS\"\n"
	".TP\n.B 0\nDone. For \\fBverify\\fR: safe.\n"
	".TP\n.B 1\nAn error. For \\fBverify\\fR: not safe.\n"
	".TP\n.B 2\nWith \\fB\\-\\-detailed\\-exitcode\\fR: the plan has steps, or there is a "
	"difference.\n"
	"For \\fBverify\\fR: it could not be checked.\n"
	".TP\n.B 64\nThe command line or the policy file is wrong.\n"
	".TP\n.B 70\nOut of memory.\n"
	".SH ENVIRONMENT\n"
	".TP\n.B NO_COLOR\nIf set and not empty, no colors, unless \\fB\\-\\-color always\\fR.\n"
	".TP\n.B TERM\nIf \\fBdumb\\fR, no colors, unless \\fB\\-\\-color always\\fR.\n"
	".TP\n.B COLUMNS\nThe width of text reports, instead of the terminal's.\n"
	".SH FILES\n"
	".TP\n.IR ACCOUNT / REGION /*.json\n"
	"An inventory: one JSON document a file, as the\n"
	".B aws\n"
	"command prints it. What it is, its content tells, never its name.\n"
	".TP\n.I policy.yaml\n"
	"Options of the selection, as keys without the dashes:\n"
	".PP\n.nf\n"
	".RS\n"
	"unused: true\n"
	"older\\-than: 90d\n"
	"keep\\-last: 3\n"
	"protect\\-tag: [Keep, \"Environment=prod*\"]\n"
	"pins: [../terraform]\n"
	".RE\n.fi\n"
	".SH EXAMPLES\n"
	".TP\nWhat is missing, as a script that collects it:\n"
	".B amiplan plan \\-\\-missing \\-T aws\\-cli inventory > collect.sh\n"
	".TP\nA plan of what nobody has used for half a year, keeping three of each kind:\n"
	".B amiplan plan \\-\\-unused \\-\\-orphans \\-\\-older\\-than 6m \\-\\-keep\\-last 3 \\-o "
	"plan.json inventory\n"
	".TP\nIs it still safe?\n"
	".B amiplan verify plan.json inventory\\-of\\-today\n"
	".TP\nWhy does this AMI stay?\n"
	".B amiplan explain inventory ami\\-0123456789abcdef0\n"
	".TP\nA picture of what is near it:\n"
	".B amiplan graph \\-\\-focus ami\\-0123456789abcdef0 inventory | dot \\-T svg > ami.svg\n"
	".SH \"SEE ALSO\"\n"
	".BR aws (1),\n"
	".BR dot (1)\n";

void
manual_page(FILE *file)
{
	size_t count;
	const struct command *all = commands(&count);

	fputs(".\\\" Made from the option tables by `make docs`; changes belong there.\n", file);
	fprintf(file, ".TH AMIPLAN 1 \"\" \"amiplan %s\" \"User Commands\"\n", amiplan_version);
	fputs(before_verbs, file);
	for (size_t i = 0; i < COUNT_OF(description); i++) {
		fputs(i ? ".PP\n" : "", file);
		man_lines(file, description[i]);
	}
	fputs(".SH VERBS\n", file);
	for (size_t i = 0; i < count; i++)
		man_command(file, &all[i]);
	for (size_t i = 0; i < COUNT_OF(shared_sections); i++)
		man_shared_section(file, &shared_sections[i]);
	fputs(after_options, file);
}

/* --- one verb -------------------------------------------------------------------------------- */

static void
man_exits(FILE *file, const struct command *command)
{
	struct buf text = {0};

	buf_format(&text, "%s, 64 the command line is wrong, 70 out of memory.",
		command->exits ? command->exits : "0 done, 1 an error");
	fputs(".SH \"EXIT STATUS\"\n", file);
	man_lines(file, text.at);
	buf_release(&text);
}

void
manual_page_of(FILE *file, const struct command *command)
{
	struct buf title = {0};

	for (const char *c = command->name; *c; c++)
		buf_add_char(&title, (char)(*c & ~0x20)); /* ASCII's upper case */
	fputs(".\\\" Made from the option tables by `make docs`; changes belong there.\n", file);
	fprintf(file, ".TH AMIPLAN-%s 1 \"\" \"amiplan %s\" \"User Commands\"\n", title.at,
		amiplan_version);
	fprintf(file, ".SH NAME\namiplan\\-%s \\- ", command->name);
	man_inline(file, command->summary);
	fprintf(file, "\n.SH SYNOPSIS\n.B amiplan %s\n[\\fIOPTION\\fR]...", command->name);
	fputs(*command->operands ? " " : "", file);
	man_inline(file, command->operands);
	fputs("\n.SH DESCRIPTION\n", file);
	man_lines(file, command->about);
	fputs(".SH OPTIONS\n", file);
	for (opt_groups group = command->groups; *group; group++) {
		fputs(".SS \"", file);
		man_inline(file, (*group)->title);
		fputs("\"\n", file);
		for (size_t i = 0; i < (*group)->count; i++)
			man_option(file, command, &(*group)->opts[i]);
	}
	man_exits(file, command);
	fputs(".SH \"SEE ALSO\"\n.BR amiplan (1)\n", file);
	buf_release(&title);
}
