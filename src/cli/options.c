/*
 * The option tables that are not about what to select: of every verb, of inventories, of single
 * verbs. It must not know: how options are parsed.
 */
#include "idform.h"
#include "ids.h"
#include "opts.h"

#define DEPTH_MAX 1000000u

static int
take_color(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

	(void)opt;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(value, words[i]) == 0) {
			request->color = (enum color_choice)i;
			return 0;
		}
	return err_set(err, ERR_USAGE, "\"%s\" is none of auto, always, never", value);
}

static int
take_account(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!id_is_account(slice_of(value)))
		return err_set(
			err, ERR_USAGE, "\"%s\" is no account: twelve digits are wanted", value);
	vec_foreach (account, &request->accounts) /* named twice it is one account still */
		if (strcmp(*account, value) == 0)
			return 0;
	vec_push(&request->accounts, value);
	return 0;
}

static void
clear_accounts(struct request *request)
{
	request->accounts.count = 0;
}

static int
take_region(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!id_is_region(slice_of(value)))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no region: one such as us-east-1 is wanted", value);
	request->policy.region = value;
	return 0;
}

static int
take_threads(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	uint64_t threads;

	(void)opt;
	if (!opt_number(slice_of(value), LIMIT_THREADS, &threads) || threads < 1)
		return err_set(err, ERR_USAGE,
			"\"%s\" is no number of threads: one from 1 to %d is wanted", value,
			LIMIT_THREADS);
	request->threads = (unsigned)threads;
	return 0;
}

static int
take_cache(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!*value)
		return err_set(err, ERR_IO, "the path is empty: name a directory");
	request->cache = value;
	return 0;
}

static int
take_pins(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!*value)
		return err_set(err, ERR_IO, "the path is empty: name a file or directory");
	vec_push(&request->policy.pins, value);
	return 0;
}

static void
clear_pins(struct request *request)
{
	request->policy.pins.count = 0;
}

static int
take_focus(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (idform_almost(slice_of(value)))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no id: 8 or 17 hex digits follow the prefix", value);
	if (!idform_is(slice_of(value)) && !idform_may_be(slice_of(value)))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no id: one such as ami-0123456789abcdef0, or an ARN, is wanted",
			value);
	vec_push(&request->focus, value);
	return 0;
}

static int
take_cur(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!*value)
		return err_set(err, ERR_IO, "the path is empty: name a cost and usage report");
	vec_push(&request->bill_files, value);
	return 0;
}

static void
clear_cur(struct request *request)
{
	request->bill_files.count = 0;
}

static void
clear_focus(struct request *request)
{
	request->focus.count = 0;
}

static int
take_depth(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	uint64_t depth;

	(void)opt;
	if (!opt_number(slice_of(value), DEPTH_MAX, &depth) || depth < 1)
		return err_set(err, ERR_USAGE,
			"\"%s\" is no depth: a number from 1 to %u is wanted", value, DEPTH_MAX);
	request->depth = (unsigned)depth;
	return 0;
}

#define AT(member) offsetof(struct request, member)

static const struct opt common[] = {
	{.letter = 'h',
		.name = "help",
		.take = take_flag,
		.at = AT(help),
		.help = "print this help and do nothing else"},
	{.letter = 'o',
		.name = "output",
		.value = "FILE",
		.take = take_text,
		.at = AT(output),
		.help = "write the result to FILE, whole or not at all; - is standard output, the "
			"default"},
	{.letter = 'q',
		.name = "quiet",
		.take = take_flag,
		.at = AT(quiet),
		.help = "say nothing on standard error but errors"},
	{.letter = 'v',
		.name = "verbose",
		.take = take_flag,
		.at = AT(verbose),
		.help = "everything, not a few examples"},
	{.name = "color",
		.value = "WHEN",
		.take = take_color,
		.help = "auto (default: on a terminal, unless NO_COLOR is set), always or never"},
};

static const struct opt inventory[] = {
	{.name = "account",
		.value = "ACCOUNT",
		.take = take_account,
		.clear = clear_accounts,
		.help = "an account of ours, and that of documents which tell none"},
	{.name = "region",
		.value = "REGION",
		.take = take_region,
		.help = "the region of documents which tell none"},
	{.name = "threads",
		.value = "N",
		.take = take_threads,
		.help = "work in N threads, 1 to 64 (default: one a processor); the result is the "
			"same, byte for byte"},
	{.name = "cache",
		.value = "DIR",
		.take = take_cache,
		.help = "keep in DIR what was read, so that the same documents need not be read "
			"again. A file counts as unchanged by its size, its times and its inode"},
	{.name = "verify-cache",
		.take = take_flag,
		.at = AT(verify_cache),
		.help = "with --cache: digest every document, whatever its times say"},
};

static const struct opt pins[] = {
	{.name = "pins",
		.value = "PATH",
		.take = take_pins,
		.clear = clear_pins,
		.in_policy = true,
		.is_path = true,
		.help = "text files or folders (Terraform, CloudFormation, Packer...): an AMI or "
			"snapshot id in "
			"them is a reference, shown as file and line"},
};

static const struct opt format[] = {
	{.letter = 'T',
		.name = "format",
		.value = "FORMAT",
		.take = take_text,
		.at = AT(format),
		.help = "the format; without it, the extension of -o FILE picks one. FORMATS"},
};

static const struct opt plan[] = {
	{.name = "missing",
		.take = take_flag,
		.at = AT(missing),
		.help = "list what the inventory lacks, once per account and region; with -T "
			"aws-cli, as the "
			"script that collects it"},
	{.name = "iam-policy",
		.take = take_flag,
		.at = AT(iam_policy),
		.help = "print the IAM policies with the least that collecting and carrying out "
			"the plan need, one for each account"},
	{.name = "list-rules",
		.take = take_flag,
		.at = AT(list_rules),
		.help = "list every rule with its class, what it blocks and its source; needs no "
			"INVENTORY"},
};

static const struct opt script[] = {
	{.name = "only",
		.value = "ACCOUNT[/REGION]",
		.take = take_only,
		.help = "with a script (aws-cli, powershell, undo): the steps of this place. A "
			"script acts on one account, so a plan over several needs it"},
	{.name = "bundle",
		.value = "DIRECTORY",
		.take = take_text,
		.at = AT(bundle),
		.help = "make DIRECTORY with the plan in every format, all carrying the plan "
			"file's digest, and SHA256SUMS: what a change is approved by"},
};

static const struct opt exitcode[] = {
	{.name = "detailed-exitcode",
		.take = take_flag,
		.at = AT(detailed_exitcode),
		.help = "exit 2 instead of 0 if the plan has steps, or if there is a difference"},
};

static const struct opt graph[] = {
	{.name = "focus",
		.value = "ID",
		.take = take_focus,
		.clear = clear_focus,
		.help = "only what is near this resource"},
	{.name = "depth",
		.value = "N",
		.take = take_depth,
		.help = "how many references away from a focus (default 2)"},
	{.name = "plan",
		.value = "PLAN",
		.take = take_text,
		.at = AT(plan_file),
		.help = "a saved plan: color what goes, what is blocked, what is kept"},
	{.name = "process",
		.take = take_flag,
		.at = AT(process),
		.help = "instead of the graph, the documented process: 1 deregister the AMI, 2 "
			"delete its snapshots, 3 terminate its instances; for the AMIs of --focus, "
			"or of --plan"},
	{.name = "no-collapse",
		.take = take_flag,
		.at = AT(no_collapse),
		.help = "with dot or json, for a program to read: every resource, however many "
			"there are (json always has them all)"},
};

static const struct opt bill[] = {
	{.name = "cur",
		.value = "FILE",
		.take = take_cur,
		.clear = clear_cur,
		.help = "a cost and usage report of AWS with resource ids (CUR or CUR 2.0, .csv or "
			".csv.gz): what its last whole month billed for each snapshot and instance "
			"narrows the estimate. One option a file"},
};

static const struct opt cost[] = {
	{.name = "by",
		.value = "GROUP",
		.take = take_text,
		.at = AT(by),
		.help = "region, account, ami, rule or tag:KEY: what is saved and what goes on "
			"costing in each group; pin: the kept and blocked items that hold the most "
			"money, each with the smallest set of references that keeps it"},
};

static const struct opt help[] = {
	{.name = "man",
		.take = take_flag,
		.at = AT(man),
		.help = "print the manual page: amiplan.1, or with VERB that verb's own"},
	{.name = "completion",
		.value = "SHELL",
		.take = take_text,
		.at = AT(completion),
		.help = "print the completion script for bash, zsh or fish"},
};

#define GROUP(title, array)                                                                        \
	{                                                                                          \
		title, array, COUNT_OF(array)                                                      \
	}

const struct opt_group common_options = GROUP("Every verb", common);
const struct opt_group inventory_options = GROUP("Inventory", inventory);
const struct opt_group pins_options = GROUP("Inventory", pins);
const struct opt_group format_options = GROUP("Result", format);
const struct opt_group plan_options = GROUP("Instead of a plan", plan);
const struct opt_group script_options = GROUP("Scripts", script);
const struct opt_group exitcode_options = GROUP("Result", exitcode);
const struct opt_group graph_options_group = GROUP("Graph", graph);
const struct opt_group bill_options = GROUP("Cost", bill);
const struct opt_group cost_options = GROUP("Cost", cost);
const struct opt_group help_options = GROUP("Help", help);
