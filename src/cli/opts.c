/*
 * The command line → values, by the option tables; then each value through its row, policy file
 * first. It must not know: any single option.
 */
#include "opts.h"
#include "commands.h"
#include "policy_yaml.h"
#include "whole_file.h"
#include <getopt.h>

/* getopt_long's numbers for long options begin here, above every letter. */
#define LONG_BASE 256

struct use {
	const struct opt *opt;
	const char *value;
};

/* Lifetime: one parse. `opts` has every row of the groups, in order. */
struct parse {
	VEC(const struct opt *) opts;
	VEC(struct use) uses;
	struct option *longs;
	struct buf letters;
};

bool
opt_number(struct slice text, uint64_t max, uint64_t *out)
{
	uint64_t number = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)(text.at[i] - '0');

		if (digit > 9 || digit > max || number > (max - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (text.len == 0)
		return false;
	*out = number;
	return true;
}

int
take_flag(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)err;
	*(bool *)((char *)request + opt->at) = !value || strcmp(value, "true") == 0;
	return 0;
}

int
take_text(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, ERR_USAGE, "the value is empty");
	*(const char **)((char *)request + opt->at) = value;
	return 0;
}

const struct opt *
opt_find(opt_groups groups, struct slice name)
{
	for (; *groups; groups++)
		for (size_t i = 0; i < (*groups)->count; i++)
			if (slice_is(name, (*groups)->opts[i].name))
				return &(*groups)->opts[i];
	return NULL;
}

/* The tables in getopt_long's own form. "-:" asks for operands in place and for ':' when a value is
 * missing. */
static void
parse_init(struct parse *parse, opt_groups groups)
{
	*parse = (struct parse){0};
	for (; *groups; groups++)
		for (size_t i = 0; i < (*groups)->count; i++)
			vec_push(&parse->opts, &(*groups)->opts[i]);
	parse->longs = xcalloc(parse->opts.count + 1, sizeof(*parse->longs));
	buf_add_text(&parse->letters, "-:");
	for (size_t i = 0; i < parse->opts.count; i++) {
		const struct opt *opt = parse->opts.items[i];

		parse->longs[i] = (struct option){opt->name,
			opt->value ? required_argument : no_argument, NULL, LONG_BASE + (int)i};
		if (opt->letter)
			buf_format(&parse->letters, "%c%s", opt->letter, opt->value ? ":" : "");
	}
}

static void
parse_release(struct parse *parse)
{
	vec_release(&parse->opts);
	vec_release(&parse->uses);
	free(parse->longs);
	buf_release(&parse->letters);
}

static const struct opt *
opt_of_letter(const struct parse *parse, int letter)
{
	vec_foreach (opt, &parse->opts)
		if ((*opt)->letter == letter)
			return *opt;
	return NULL;
}

/* The only option that begins with `name`, to suggest it. */
static const struct opt *
opt_begun(const struct parse *parse, struct slice name)
{
	const struct opt *found = NULL;

	vec_foreach (opt, &parse->opts) {
		struct slice whole = slice_of((*opt)->name);

		if (whole.len < name.len || memcmp(whole.at, name.at, name.len) != 0)
			continue;
		if (found)
			return NULL;
		found = *opt;
	}
	return found;
}

static int
unknown_option(const struct parse *parse, struct slice name, struct err *err)
{
	const char *later = later_option(name);
	const struct opt *begun = opt_begun(parse, name);

	if (later)
		return err_set(err, ERR_USAGE, "--%s is not part of this version", later);
	if (begun)
		return err_set(err, ERR_USAGE, "unknown option --%.*s: did you mean --%s?",
			(int)name.len, name.at, begun->name);
	return err_set(err, ERR_USAGE, "unknown option --%.*s", (int)name.len, name.at);
}

/* getopt_long would take an abbreviation: a script must not change its meaning when an option is
 * added. */
static int
check_long(const struct parse *parse, const char *argument, struct err *err)
{
	struct slice name = {argument + 2, strcspn(argument + 2, "=")};

	vec_foreach (opt, &parse->opts) {
		if (!slice_is(name, (*opt)->name))
			continue;
		if (!(*opt)->value && name.at[name.len] == '=')
			return err_set(err, ERR_USAGE, "--%s takes no value", (*opt)->name);
		return 0;
	}
	return unknown_option(parse, name, err);
}

static int
refuse(const struct parse *parse, int found, const char *argument, struct err *err)
{
	const struct opt *opt = optopt >= LONG_BASE ? parse->opts.items[optopt - LONG_BASE]
						    : opt_of_letter(parse, optopt);

	if (found == '?' || !opt)
		return err_set(err, ERR_USAGE, "unknown option -%c", optopt);
	return err_set(err, ERR_USAGE, "%.*s needs a value: %s",
		(int)(optopt >= LONG_BASE ? strcspn(argument, "=") : 2), argument, opt->value);
}

/* Splits argv into uses of options and operands. Nothing is judged but the spelling. */
static int
split(struct parse *parse, int argc, char **argv, struct request *request, struct err *err)
{
	optind = 0; /* glibc: begin anew, state of an earlier parse included */
	opterr = 0;
	for (;;) {
		int at = optind ? optind : 1, found;
		bool is_long = at < argc && strncmp(argv[at], "--", 2) == 0 && argv[at][2];

		if (is_long && check_long(parse, argv[at], err) != 0)
			return ERR_USAGE;
		found = getopt_long(argc, argv, parse->letters.at, parse->longs, NULL);
		if (found == -1)
			break;
		if (found == 1)
			vec_push(&request->operands, optarg);
		else if (found == '?' || found == ':')
			return refuse(parse, found, argv[at], err);
		else if (found >= LONG_BASE)
			vec_push(&parse->uses,
				((struct use){parse->opts.items[found - LONG_BASE], optarg}));
		else
			vec_push(&parse->uses, ((struct use){opt_of_letter(parse, found), optarg}));
	}
	while (optind < argc)
		vec_push(&request->operands, argv[optind++]);
	return 0;
}

/* An error in a value names its option, unless it has a place of its own. */
static int
take(struct request *request, const struct use *use, struct err *err)
{
	struct err inner = {0};
	int code = use->opt->take(request, use->opt, use->value, &inner);

	if (code == 0)
		return 0;
	if (inner.file[0]) {
		if (err)
			*err = inner;
		return code;
	}
	return err_set(err, code, "--%s: %s", use->opt->name, inner.text);
}

static int
read_policy(opt_groups groups, struct request *request, struct err *err)
{
	struct buf bytes = {0};
	int code = file_read(request, request->policy_file, LIMIT_POLICY_BYTES, &bytes, err);

	if (code == 0)
		code = policy_yaml_read(
			buf_slice(&bytes), file_title(request->policy_file), groups, request, err);
	buf_release(&bytes);
	return code;
}

static bool
wants_help(const struct parse *parse)
{
	vec_foreach (use, &parse->uses)
		if (strcmp(use->opt->name, "help") == 0)
			return true;
	return false;
}

/* What the policy said gives way, for the command line wins. */
static void
displace(struct request *request, const struct opt *opt)
{
	if (opt->clear)
		opt->clear(request);
	if (opt->displace)
		opt->displace(request);
}

/* The policy file must be known before any other value counts: the command line wins, and a list
 * named on it replaces the policy's. */
static int
apply(opt_groups groups, const struct parse *parse, struct request *request, struct err *err)
{
	int code = 0;

	vec_foreach (use, &parse->uses)
		if (strcmp(use->opt->name, "policy") == 0 && (code = take(request, use, err)) != 0)
			return code;
	if (request->policy_file && (code = read_policy(groups, request, err)) != 0)
		return code;
	vec_foreach (use, &parse->uses)
		displace(request, use->opt);
	vec_foreach (use, &parse->uses)
		if ((code = take(request, use, err)) != 0)
			return code;
	return 0;
}

int
opts_parse(opt_groups groups, int argc, char **argv, struct request *request, struct err *err)
{
	struct parse parse;
	int code;

	parse_init(&parse, groups);
	code = split(&parse, argc, argv, request, err);
	if (wants_help(&parse)) {
		request->help = true;
		code = 0;
	} else if (code == 0) {
		code = apply(groups, &parse, request, err);
	}
	parse_release(&parse);
	return code;
}
