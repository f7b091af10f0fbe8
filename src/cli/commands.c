/*
 * THE command table, in the order in which help lists it, and the program around it: find the verb,
 * parse, run, say what failed. It must not know: how a verb does its work.
 */
#include "commands.h"
#include "manual.h"
#include "out.h"
#include "parallel.h"
#include "show_work.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#ifndef AMIPLAN_VERSION
#define AMIPLAN_VERSION "unknown"
#endif

const char amiplan_version[] = AMIPLAN_VERSION;

#define GROUPS(...) ((const struct opt_group *const[]){__VA_ARGS__, &common_options, NULL})

#define DETAILED_EXITS "0 done, 1 an error, 2 with --detailed-exitcode: "

static const struct command table[] = {
	{.name = "plan",
		.operands = "INVENTORY...",
		.summary = "the ordered plan, its blocked items, its cost",
		.about = "Decides what may go, in which order, and why everything else stays. "
			 "Nothing is changed and "
			 "AWS is not called: an INVENTORY is a file, or a directory searched for "
			 "*.json and *.json.gz, with what "
			 "`aws ... --output json` printed; - is standard input. Without a selector "
			 "it takes --unused "
			 "--orphans --older-than 30d --not-launched-for 30d. Selectors add up, "
			 "filters narrow.",
		.exits = DETAILED_EXITS "the plan has steps",
		.groups = GROUPS(&selection_options, &inventory_options, &pins_options,
			&bill_options, &plan_options, &format_options, &exitcode_options),
		.formats = plan_format_lists,
		.min_operands = 1,
		.run = cmd_plan},
	{.name = "show",
		.operands = "PLAN",
		.summary = "a saved plan in another format",
		.about = "Reads what `amiplan plan -T json` wrote and prints it in another format; "
			 "-T json gives "
			 "the saved bytes back. - is standard input.",
		.exits = DETAILED_EXITS "the plan has steps",
		.groups = GROUPS(&format_options, &exitcode_options, &script_options),
		.formats = show_format_lists,
		.min_operands = 1,
		.max_operands = 1,
		.run = cmd_show},
	{.name = "cost",
		.operands = "INVENTORY...|PLAN",
		.summary = "what the inventory costs a month and what the plan saves",
		.about =
			"Plans as `plan` does, or reads a saved plan, and prints what it costs a "
			"month before and after each phase, what that saves, how sure that is, and "
			"what goes on costing. Prices are list prices, dated. Where snapshots "
			"share "
			"blocks the answer is a range; block lists of the EBS direct APIs "
			"in the INVENTORY make it exact.",
		.groups = GROUPS(&cost_options, &bill_options, &selection_options,
			&inventory_options, &pins_options, &format_options),
		.formats = cost_format_lists,
		.min_operands = 1,
		.run = cmd_cost},
	{.name = "prices",
		.operands = "[INVENTORY...]",
		.summary = "the price book, built in or fresh from AWS's price list",
		.about =
			"Prints the list prices that the cost rests on, with their date; -T json "
			"is the form in which a book is kept. With --refresh it asks AWS's price "
			"list for the regions of the INVENTORY or of --region, and for the "
			"operating systems that run there. A thing that two SKUs price differently "
			"is left out and named.",
		.groups = GROUPS(&prices_options, &aws_options, &format_options),
		.formats = report_format_lists,
		.run = cmd_prices},
	{.name = "explain",
		.operands = "INVENTORY... ID...",
		.summary = "why this resource can or cannot go",
		.about = "Prints every reference from and to the resource with its evidence, and "
			 "every rule that "
			 "speaks. An argument of id form (ami-, snap-, i-, vol-, lt-, an ARN) is "
			 "an ID, any other an "
			 "INVENTORY; launch-configuration/NAME, auto-scaling-group/NAME, "
			 "parameter/NAME and an account are IDs where no file is called so. The "
			 "options of the selection count as they do for plan.",
		.groups = GROUPS(&selection_options, &inventory_options, &pins_options,
			&bill_options, &format_options),
		.formats = report_format_lists,
		.min_operands = 1,
		.run = cmd_explain},
	{.name = "verify",
		.operands = "PLAN INVENTORY...",
		.summary = "proves a plan safe against an inventory",
		.about = "Asks of every step, by code that shares nothing with the planner, "
			 "whether doing it in "
			 "this order destroys something that is still needed. The inventory may be "
			 "newer than the "
			 "plan. --account, --region and --pins are the plan's own unless they are "
			 "given.",
		.exits = "0 safe, 1 not safe, 2 could not be checked",
		.groups = GROUPS(&inventory_options, &pins_options, &format_options),
		.formats = report_format_lists,
		.min_operands = 2,
		.run = cmd_verify},
	{.name = "diff",
		.operands = "OLD NEW",
		.summary = "two plans or two inventories: what came, went, changed",
		.about = "Compares two saved plans, or two inventories; which of them they are, "
			 "their content "
			 "tells. Mere order never counts.",
		.exits = DETAILED_EXITS "there is a difference",
		.groups = GROUPS(&inventory_options, &format_options, &exitcode_options),
		.formats = report_format_lists,
		.min_operands = 2,
		.max_operands = 2,
		.run = cmd_diff},
	{.name = "graph",
		.operands = "INVENTORY...",
		.summary = "the dependency graph",
		.about = "What exists and what refers to what, for Graphviz or as JSON.",
		.groups = GROUPS(
			&graph_options_group, &inventory_options, &pins_options, &format_options),
		.formats = graph_format_lists,
		.min_operands = 1,
		.run = cmd_graph},
	{.name = "collect",
		.operands = "[DIRECTORY]",
		.summary = "the inventory of live accounts, as the aws command would print it",
		.about =
			"Calls AWS, to read only, and writes DIRECTORY/ACCOUNT/REGION/*.json with "
			"what `aws ... --output json` would print, and beside it collection.json, "
			"which says what was asked, when, by whom, and what was denied. A region "
			"is "
			"replaced whole or not at all. Credentials, profiles and regions are those "
			"of the aws command. A call that is denied does not end the run: the "
			"planner then knows that it was not read. With --whoami nothing is "
			"collected, and with --accounts or --role-arn each account is.",
		.exits = "0 done, 1 an error or a region that could not be collected at all, 130 "
			 "interrupted",
		.groups = GROUPS(
			&collect_options_group, &aws_options, &role_options, &format_options),
		.formats = collect_format_lists,
		.max_operands = 1,
		.run = cmd_collect},
	{.name = "apply",
		.operands = "PLAN",
		.summary = "asks EC2 about each step of a plan, as a dry run",
		.about = "Looks at each resource of the plan again, so that a step whose facts no "
			 "longer hold is called stale, and then asks EC2 with DryRun=true whether "
			 "it would do the step. Nothing is changed: this version carries nothing "
			 "out. A dry run proves permissions; of what AWS checks later (locks, AWS "
			 "Backup) it may say nothing. Only steps of the caller's own account are "
			 "asked: for a plan of several accounts say --only, or a role in each.",
		.exits = "0 every step would succeed, 1 an error or a step that would not, 130 "
			 "interrupted",
		.groups = GROUPS(&apply_options, &aws_options, &role_options, &format_options),
		.formats = report_format_lists,
		.min_operands = 1,
		.max_operands = 1,
		.run = cmd_apply},
	{.name = "help",
		.operands = "[VERB]",
		.summary = "what a verb does and its options",
		.about = "Without VERB, lists the verbs.",
		.groups = GROUPS(&help_options),
		.max_operands = 1,
		.run = cmd_help},
};

/* Words of the contract that a later version will have: naming one is a mistake that deserves a
 * true answer. */
static const char *const later_verbs[] = {"approve", NULL};
static const char *const later_options[] = {"execute", NULL};

const struct command *
commands(size_t *count)
{
	*count = COUNT_OF(table);
	return table;
}

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static const char *
find_word(const char *const *words, struct slice word)
{
	while (*words && !slice_is(word, *words))
		words++;
	return *words;
}

const char *
later_verb(struct slice name)
{
	return find_word(later_verbs, name);
}

const char *
later_option(struct slice name)
{
	return find_word(later_options, name);
}

/* One error, one line: the place where one is known, what is wrong, and for the command line where
 * to read on. */
static int
report(const struct err *err, const struct command *command)
{
	fputs("amiplan: ", stderr);
	if (err->file[0]) {
		fputs(err->file, stderr);
		if (err->line)
			fprintf(stderr, ":%u", (unsigned)err->line);
		if (err->line && err->column)
			fprintf(stderr, ":%u", (unsigned)err->column);
		fputs(": ", stderr);
	}
	fputs(err->text, stderr);
	if (err->code == ERR_USAGE && !err->file[0]) {
		bool of_verb = command && command->run != cmd_help;

		fprintf(stderr, " (see `amiplan help%s%s`)", of_verb ? " " : "",
			of_verb ? command->name : "");
	}
	fputc('\n', stderr);
	return err_exit_status(err->code);
}

static int
print_version(struct err *err)
{
	struct out out;

	if (out_open(&out, NULL, err) != 0)
		return err->code;
	fprintf(out.file, "amiplan %s\n", amiplan_version);
	return out_commit(&out, err);
}

static int
print_help(const struct command *command, struct err *err)
{
	struct out out;

	if (out_open(&out, NULL, err) != 0)
		return err->code;
	if (command)
		help_command(out.file, command);
	else
		help_overview(out.file);
	return out_commit(&out, err);
}

/* What stands where a verb should. */
static int
no_verb(const char *word, struct err *err)
{
	if (!word)
		return err_set(err, ERR_USAGE, "say what to do, such as `amiplan plan INVENTORY`");
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return print_help(NULL, err);
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return print_version(err);
	if (later_verb(slice_of(word)))
		return err_set(err, ERR_USAGE, "`%s` is not part of this version", word);
	if (*word == '-')
		return err_set(
			err, ERR_USAGE, "unknown option %s: options stand after the verb", word);
	return err_set(err, ERR_USAGE, "there is no verb \"%s\"", word);
}

static int
check_operands(const struct command *command, const struct request *request, struct err *err)
{
	size_t count = request->operands.count;

	if (request->list_rules ||
		(count >= command->min_operands &&
			(!command->max_operands || count <= command->max_operands)))
		return 0;
	if (count < command->min_operands)
		return err_set(err, ERR_USAGE,
			"%s: an argument is missing: amiplan %s [OPTION]... %s", command->name,
			command->name, command->operands);
	return err_set(err, ERR_USAGE, "%s: one argument too many: \"%s\"", command->name,
		request->operands.items[command->max_operands]);
}

static int
run(const struct command *command, int argc, char **argv, int *status, struct err *err)
{
	struct request request;
	int code;

	request_init(&request, command);
	code = opts_parse(command->groups, argc, argv, &request, err);
	if (code == 0 && request.help)
		code = print_help(command, err);
	else if (code == 0 && (code = check_operands(command, &request, err)) == 0) {
		parallel_set_width(request.threads);
		request.show = show_new(&request);
		code = command->run(&request, status, err);
		show_free(request.show);
	}
	request_release(&request);
	return code;
}

/* Were 0, 1 or 2 closed, the next file to be opened would get that number, and messages would land
 * in it. */
static void
hold_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
			open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd)
			return;
}

/* Documents are mapped: what somebody cuts off while they are read is no memory any more. Nothing
 * was committed then, and nothing can be undone from here. */
static void
end_without_file(int number)
{
	static const char line[] =
		"amiplan: a file of the inventory became shorter while it was read, or its disk "
		"failed: run it again when nobody writes there\n";

	ssize_t unheeded = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)number;
	(void)unheeded;
	_exit(EXIT_FAILURE);
}

/* Left to itself, the C library raises this bound with each large array that is freed. */
static void
keep_heap_small(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, LIMIT_HEAP_PIECE);
}

/* `amiplan --help VERB` is `amiplan help VERB`. */
static const struct command *
find_command(int argc, char **argv)
{
	bool helps = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;

	return command_find(helps && argc > 2 ? "help" : argv[1]);
}

int
cli_main(int argc, char **argv)
{
	const struct command *command = argc > 1 ? find_command(argc, argv) : NULL;
	struct err err = {0};
	int status = 0, code;

	hold_standard_files();
	signal(SIGBUS, end_without_file);
	keep_heap_small();
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, with a message */
	code = command ? run(command, argc - 1, argv + 1, &status, &err)
		       : no_verb(argc > 1 ? argv[1] : NULL, &err);
	return code == 0 ? status : report(&err, command);
}
