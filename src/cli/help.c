/*
 * `amiplan help`, from the tables.
 * It must not know: where it goes.
 */
#include "manual.h"

#define HELP_WIDTH 80
#define HELP_INDENT 26 /* where the text of an option begins */
#define FORMATS_MARK "FORMATS"

void
help_formats(const struct command *command, struct buf *out)
{
	buf_clear(out);
	for (const struct format_list *list = command->formats; format_count(list); list++) {
		if (list->mode)
			buf_format(out, "%s --%s ", out->len ? "; with" : "with", list->mode);
		for (size_t i = 0; i < format_count(list); i++) {
			const char *name = format_name(list, i);

			buf_format(out, "%s%s%s", i ? ", " : "", name,
				strcmp(name, format_default(list)) == 0 ? " (default)" : "");
		}
	}
}

/* An option's help as this verb has it: the formats of -T are the verb's, and a list says that it
 * is one. */
void
help_option_text(const struct command *command, const struct opt *opt, struct buf *out)
{
	const char *mark = strstr(opt->help, FORMATS_MARK);
	struct buf formats = {0};

	buf_clear(out);
	buf_add(out, opt->help, mark ? (size_t)(mark - opt->help) : strlen(opt->help));
	if (mark && command) {
		help_formats(command, &formats);
		buf_format(out, "Formats: %s", formats.at);
	}
	if (opt->clear)
		buf_add_text(out, " (repeatable)");
	buf_release(&formats);
}

/* Words of `text` from column `at` on, later lines indented by `indent`. */
static void
wrap(FILE *file, const char *text, size_t at, size_t indent)
{
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (!first && at + 1 + len > HELP_WIDTH) {
			fprintf(file, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', file);
			at++;
		}
		fprintf(file, "%.*s", (int)len, text);
		at += len;
		text += len + (text[len] == ' ');
		first = false;
	}
	fputc('\n', file);
}

static void
option_name(const struct opt *opt, struct buf *out)
{
	buf_clear(out);
	if (opt->letter)
		buf_format(out, "-%c, ", opt->letter);
	buf_format(out, "--%s", opt->name);
	if (opt->value)
		buf_format(out, " %s", opt->value);
}

static void
help_option(FILE *file, const struct command *command, const struct opt *opt)
{
	struct buf name = {0}, text = {0};

	option_name(opt, &name);
	help_option_text(command, opt, &text);
	fprintf(file, "  %s", name.at);
	if (name.len + 4 > HELP_INDENT)
		fprintf(file, "\n%*s", HELP_INDENT, "");
	else
		fprintf(file, "%*s", (int)(HELP_INDENT - 2 - name.len), "");
	wrap(file, text.at, HELP_INDENT, HELP_INDENT);
	buf_release(&name);
	buf_release(&text);
}

/* Verb by verb the same groups follow one another; those of one title are one section. */
static bool
same_section(const struct opt_group *const *group, opt_groups groups)
{
	return group > groups && strcmp(group[0]->title, group[-1]->title) == 0;
}

void
help_command(FILE *file, const struct command *command)
{
	fprintf(file, "usage: amiplan %s [OPTION]...%s%s\n\n", command->name,
		*command->operands ? " " : "", command->operands);
	fprintf(file, "%s: %s.\n\n", command->name, command->summary);
	wrap(file, command->about, 0, 0);
	for (opt_groups group = command->groups; *group; group++) {
		if (!same_section(group, command->groups))
			fprintf(file, "\n%s:\n", (*group)->title);
		for (size_t i = 0; i < (*group)->count; i++)
			help_option(file, command, &(*group)->opts[i]);
	}
	fprintf(file, "\nExit status: %s, 64 a wrong command line, 70 out of memory.\n",
		command->exits ? command->exits : "0 done, 1 an error");
}

void
help_overview(FILE *file)
{
	size_t count;
	const struct command *all = commands(&count);

	fputs("usage: amiplan VERB [OPTION]... [ARGUMENT]...\n\n"
	      "Plans the cleanup of AWS machine images from saved `aws ... describe-...` output:\n"
	      "what may be deregistered and deleted, in which order, and why the rest stays.\n\n",
		file);
	for (size_t i = 0; i < count; i++) {
		struct buf usage = {0};

		buf_format(&usage, "%s %s", all[i].name, all[i].operands);
		fprintf(file, "  %-26s %s\n", usage.at, all[i].summary);
		buf_release(&usage);
	}
	fputs("\n  amiplan help VERB          the options of a verb\n"
	      "  amiplan --version          the version\n",
		file);
}
