/*
 * Completion scripts: each verb with its options, each option with the words that its value can be.
 * The three shells differ in syntax alone; what there is to complete is found out once.
 * It must not know: where they go.
 */
#include "completion.h"
#include "buf.h"
#include "commands.h"
#include "graph.h"
#include "policy.h"

/* --- what a value can be --------------------------------------------------------------------- */

static void
add_word(struct buf *words, const char *word)
{
	buf_format(words, "%s%s", words->len ? " " : "", word);
}

static void
add_formats(const struct command *command, struct buf *words)
{
	for (const struct format_list *list = command->formats; format_count(list); list++) {
		if (list->mode)
			continue;
		for (size_t i = 0; i < format_count(list); i++)
			add_word(words, format_name(list, i));
	}
}

static void
add_rules(const struct command *command, struct buf *words)
{
	(void)command;
	for (int rule = RULE_NONE + 1; rule < RULES; rule++)
		if (rule_is_acceptable((enum rule)rule, NULL))
			add_word(words, rule_word((enum rule)rule));
}

static void
add_kinds(const struct command *command, struct buf *words)
{
	(void)command;
	for (int kind = DOC_NONE + 1; kind <= DOC_TERMINATION_PROTECTION; kind++)
		add_word(words, doc_kind_word((enum doc_kind)kind));
	add_word(words, "all");
}

static const struct value_words {
	const char *value; /* as the option's row calls its value, or the option's own name */
	void (*add)(const struct command *command, struct buf *words);
	const char *words;
} value_words[] = {
	{"FORMAT", add_formats, NULL},
	{"RULE[=ID]", add_rules, NULL},
	{"KIND", add_kinds, NULL},
	{"WHEN", NULL, "auto always never"},
	{"WHAT", NULL, "delete keep"},
	{"WHICH", NULL, "all candidates none"},
	{"END", NULL, "sure most"},
	{"by", NULL, "region account ami rule pin"},
	{"group-by", NULL, "name-prefix"},
	{"SHELL", NULL, "bash zsh fish"},
};

/* The words, apart by blanks, into `words`, emptied first; none for what only its user knows. */
static void
words_of(const struct command *command, const struct opt *opt, struct buf *words)
{
	buf_clear(words);
	for (size_t i = 0; opt->value && i < COUNT_OF(value_words); i++) {
		if (strcmp(opt->value, value_words[i].value) != 0 &&
			strcmp(opt->name, value_words[i].value) != 0)
			continue;
		if (value_words[i].add)
			value_words[i].add(command, words);
		else
			add_word(words, value_words[i].words);
	}
}

static bool
is_file(const struct opt *opt)
{
	static const char *const values[] = {"FILE", "PATH", "PLAN", "DIR", "DIRECTORY"};

	for (size_t i = 0; opt->value && i < COUNT_OF(values); i++)
		if (strcmp(opt->value, values[i]) == 0)
			return true;
	return false;
}

/* What is no option: for most verbs files, but `help` takes the name of one. */
static bool
takes_verb(const struct command *command)
{
	return command->operands && strcmp(command->operands, "[VERB]") == 0;
}

static void
add_verbs(struct buf *words)
{
	size_t count;
	const struct command *all = commands(&count);

	for (size_t i = 0; i < count; i++)
		add_word(words, all[i].name);
}

/* --- text of ours in a shell's quotes -------------------------------------------------------- */

/* Characters of `special` get a backslash; a single quote leaves the quotes for a moment. */
static void
put_quoted(FILE *file, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", file);
		else
			fprintf(file, "%s%c", strchr(special, *text) ? "\\" : "", *text);
	}
}

/* What a verb or an option is for, without the list of formats, which completes by itself. */
static void
put_help(FILE *file, const char *help, const char *special)
{
	const char *mark = strstr(help, ". FORMATS");
	char *text = xstrndup(help, mark ? (size_t)(mark - help) : strlen(help));

	put_quoted(file, text, special);
	free(text);
}

/* For every option of the verb. */
typedef void each_option(FILE *file, const struct command *command, const struct opt *opt);

static void
walk_options(FILE *file, const struct command *command, each_option *put)
{
	for (opt_groups group = command->groups; *group; group++)
		for (size_t i = 0; i < (*group)->count; i++)
			put(file, command, &(*group)->opts[i]);
}

static const char note[] = "Made from the option tables by `make docs`; changes belong there.";

/* --- bash ------------------------------------------------------------------------------------ */

static void
bash_option(FILE *file, const struct command *command, const struct opt *opt)
{
	(void)command;
	fprintf(file, " --%s", opt->name);
}

static void
bash_value(FILE *file, const struct command *command, const struct opt *opt)
{
	struct buf words = {0};

	words_of(command, opt, &words);
	if (opt->value) {
		fprintf(file, "        '%s --%s'", command->name, opt->name);
		if (opt->letter)
			fprintf(file, " | '%s -%c'", command->name, opt->letter);
		/* Without words of ours the shell completes file names, as -o default says. */
		fprintf(file, ") words='%s' ;;\n", words.len ? words.at : "");
	}
	buf_release(&words);
}

static void
write_bash(FILE *file)
{
	size_t count;
	const struct command *all = commands(&count);
	struct buf verbs = {0};

	add_verbs(&verbs);
	fprintf(file, "# bash completion for amiplan. %s\n\n_amiplan() {\n", note);
	fputs("    local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "    local verb=${COMP_WORDS[1]} words=\n\n"
	      "    # Of --option=value bash makes three words.\n"
	      "    if [ \"$cur\" = = ]; then\n"
	      "        cur=\n"
	      "    elif [ \"$before\" = = ] && [ \"$COMP_CWORD\" -gt 2 ]; then\n"
	      "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
	      "    fi\n"
	      "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n",
		file);
	fprintf(file, "        words='%s --help --version'\n", verbs.at);
	fputs("    else\n"
	      "        case \"$verb $before\" in\n",
		file);
	for (size_t i = 0; i < count; i++)
		walk_options(file, &all[i], bash_value);
	fputs("        *)\n"
	      "            case \"$verb $cur\" in\n",
		file);
	for (size_t i = 0; i < count; i++) {
		fprintf(file, "            %s\\ -*) words='", all[i].name);
		walk_options(file, &all[i], bash_option);
		fputs("' ;;\n", file);
		if (takes_verb(&all[i]))
			fprintf(file, "            %s\\ *) words='%s' ;;\n", all[i].name, verbs.at);
	}
	fputs("            esac\n"
	      "            ;;\n"
	      "        esac\n"
	      "    fi\n"
	      "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "}\n"
	      "complete -o bashdefault -o default -F _amiplan amiplan\n",
		file);
	buf_release(&verbs);
}

/* --- zsh ------------------------------------------------------------------------------------- */

static void
zsh_option(FILE *file, const struct command *command, const struct opt *opt)
{
	struct buf words = {0};
	/* The value may be the next word as well. */
	const char *sign = opt->value ? "=" : "";

	fputs("            '*'", file);
	if (opt->letter)
		fprintf(file, "{-%c,--%s%s}", opt->letter, opt->name, sign);
	else
		fprintf(file, "--%s%s", opt->name, sign);
	fputs("'[", file);
	put_help(file, opt->help, "[]\\:");
	fputs("]", file);
	if (opt->value) {
		words_of(command, opt, &words);
		fputs(":", file);
		put_quoted(file, opt->value, "[]\\:");
		if (words.len)
			fprintf(file, ":(%s)", words.at);
		else
			fputs(is_file(opt) ? ":_files" : ": ", file);
	}
	fputs("' \\\n", file);
	buf_release(&words);
}

static void
write_zsh(FILE *file)
{
	size_t count;
	const struct command *all = commands(&count);
	struct buf verbs = {0};

	add_verbs(&verbs);
	fprintf(file, "#compdef amiplan\n# %s\n\n_amiplan() {\n", note);
	fputs("    local -a verbs\n    local curcontext=$curcontext state line\n\n    verbs=(\n",
		file);
	for (size_t i = 0; i < count; i++) {
		fprintf(file, "        '%s:", all[i].name);
		put_quoted(file, all[i].summary, "\\:");
		fputs("'\n", file);
	}
	fputs("    )\n"
	      "    _arguments -C '1:verb:->verb' '*::argument:->rest'\n"
	      "    case $state in\n"
	      "    verb) _describe verb verbs ;;\n"
	      "    rest)\n"
	      "        case $line[1] in\n",
		file);
	for (size_t i = 0; i < count; i++) {
		fprintf(file, "        %s)\n            _arguments -s \\\n", all[i].name);
		walk_options(file, &all[i], zsh_option);
		if (takes_verb(&all[i]))
			fprintf(file, "            ':verb:(%s)'\n", verbs.at);
		else
			fputs("            '*:file:_files'\n", file);
		fputs("            ;;\n", file);
	}
	fputs("        esac\n        ;;\n    esac\n}\n\n_amiplan \"$@\"\n", file);
	buf_release(&verbs);
}

/* --- fish ------------------------------------------------------------------------------------ */

static void
fish_option(FILE *file, const struct command *command, const struct opt *opt)
{
	struct buf words = {0};

	fprintf(file, "complete -c amiplan -n '__fish_seen_subcommand_from %s' -l %s",
		command->name, opt->name);
	if (opt->letter)
		fprintf(file, " -s %c", opt->letter);
	words_of(command, opt, &words);
	if (words.len)
		fprintf(file, " -x -a '%s'", words.at);
	else if (opt->value)
		fputs(is_file(opt) ? " -r -F" : " -x", file);
	fputs(" -d '", file);
	put_help(file, opt->help, "\\");
	fputs("'\n", file);
	buf_release(&words);
}

static void
write_fish(FILE *file)
{
	size_t count;
	const struct command *all = commands(&count);
	struct buf verbs = {0};

	add_verbs(&verbs);
	fprintf(file, "# fish completion for amiplan. %s\n\n", note);
	for (size_t i = 0; i < count; i++) {
		fprintf(file, "complete -c amiplan -n __fish_use_subcommand -f -a %s -d '",
			all[i].name);
		put_help(file, all[i].summary, "\\");
		fputs("'\n", file);
	}
	for (size_t i = 0; i < count; i++) {
		walk_options(file, &all[i], fish_option);
		if (takes_verb(&all[i]))
			fprintf(file,
				"complete -c amiplan -n '__fish_seen_subcommand_from %s' -f -a "
				"'%s'\n",
				all[i].name, verbs.at);
	}
	buf_release(&verbs);
}

completion_write *
completion_find(const char *shell)
{
	static const struct {
		const char *shell;
		completion_write *write;
	} shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

	for (size_t i = 0; i < COUNT_OF(shells); i++)
		if (strcmp(shells[i].shell, shell) == 0)
			return shells[i].write;
	return NULL;
}
