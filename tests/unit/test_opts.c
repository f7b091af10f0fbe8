/*
 * The option tables and the command line: spelling, values, refusals; and that help, manual and
 * tables agree. It must not know: what a verb does.
 */
#include "commands.h"
#include "idform.h"
#include "manual.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define IMAGE "ami-0123456789abcdef0"
#define ARGUMENTS_MAX 64

/* Splits at blanks: no argument of these tests holds one. */
static int
parse_line(const char *line, struct request *request, struct err *err)
{
	char *copy = xstrndup(line, strlen(line)), *rest = copy, *word;
	char *argv[ARGUMENTS_MAX + 1] = {NULL};
	int argc = 0, code;

	/* The request borrows its texts: they live in its own arena here. */
	request_init(request, NULL);
	while ((word = strsep(&rest, " ")) && argc < ARGUMENTS_MAX)
		argv[argc++] = arena_text(&request->arena, slice_of(word));
	free(copy);
	request->command = command_find(argv[0]);
	assert_non_null(request->command);
	code = opts_parse(request->command->groups, argc, argv, request, err);
	return code;
}

static void
parses(const char *line, struct request *request)
{
	struct err err = {0};

	if (parse_line(line, request, &err) != 0)
		fail_msg("%s: %s", line, err.text);
}

static void
refuses(const char *line, const char *part)
{
	struct request request;
	struct err err = {0};
	int code = parse_line(line, &request, &err);

	request_release(&request);
	if (code != ERR_USAGE)
		fail_msg("%s: %d where a usage error is wanted", line, code);
	if (!strstr(err.text, part))
		fail_msg("%s: \"%s\" lacks \"%s\"", line, err.text, part);
}

static void
options_stand_anywhere(void **state)
{
	struct request request;

	(void)state;
	parses("plan one -o out.json two --quiet --older-than 90d --name=a* -- --three", &request);
	assert_int_equal(request.operands.count, 3);
	assert_string_equal(request.operands.items[0], "one");
	assert_string_equal(request.operands.items[1], "two");
	assert_string_equal(request.operands.items[2], "--three");
	assert_string_equal(request.output, "out.json");
	assert_true(request.quiet);
	assert_false(request.verbose);
	assert_string_equal(request.policy.older_than.text, "90d");
	assert_int_equal(request.policy.older_than.age.seconds, 90 * 86400);
	assert_string_equal(request.policy.names.items[0], "a*");
	request_release(&request);
	parses("plan -qvTjson -oout -", &request);
	assert_true(request.quiet && request.verbose);
	assert_string_equal(request.format, "json");
	assert_string_equal(request.output, "out");
	assert_string_equal(request.operands.items[0], "-");
	request_release(&request);
}

static void
last_single_value_wins_and_lists_grow(void **state)
{
	struct request request;

	(void)state;
	parses("plan x --older-than 1d --older-than 2d --max-steps 5 --max-steps 7 --ami " IMAGE
	       " --ami ami-12345678 --account 111111111111 --account 222222222222",
		&request);
	assert_string_equal(request.policy.older_than.text, "2d");
	assert_int_equal(request.policy.max_steps, 7);
	assert_int_equal(request.policy.amis.count, 2);
	assert_string_equal(request.policy.amis.items[1], "ami-12345678");
	assert_int_equal(request.accounts.count, 2);
	request_release(&request);
}

static void
values_are_understood(void **state)
{
	struct request request;
	const struct policy *policy = &request.policy;

	(void)state;
	parses("plan x --tag A --tag B=c=d* --protect-tag Keep --group-by tag:App,Env --keep-last "
	       "3 "
	       "--in-use-selector tag:k=v*,all --in-use-selector name=base-* --template-depth all "
	       "--max-percent 12.5 --snapshots keep --accept in-use=" IMAGE
	       " --accept shared --only 111111111111/us-east-1 --only 222222222222 "
	       "--as-of 2026-11-22T00:00:00Z --assume-complete fleets --require image-references",
		&request);
	assert_string_equal(policy->tags.items[0].key, "A");
	assert_null(policy->tags.items[0].glob);
	assert_string_equal(policy->tags.items[1].key, "B");
	assert_string_equal(policy->tags.items[1].glob, "c=d*");
	assert_string_equal(policy->protect_tags.items[0].key, "Keep");
	assert_int_equal(policy->group_by, GROUP_TAGS);
	assert_int_equal(policy->group_keys.count, 2);
	assert_string_equal(policy->group_keys.items[0], "App");
	assert_string_equal(policy->group_keys.items[1], "Env");
	assert_int_equal(policy->keep_last, 3);
	assert_string_equal(policy->in_use_selectors.items[0].key, "k");
	assert_string_equal(policy->in_use_selectors.items[0].glob, "v*");
	assert_true(policy->in_use_selectors.items[0].all);
	assert_string_equal(policy->in_use_selectors.items[0].text, "tag:k=v*,all");
	assert_null(policy->in_use_selectors.items[1].key);
	assert_string_equal(policy->in_use_selectors.items[1].glob, "base-*");
	assert_false(policy->in_use_selectors.items[1].all);
	assert_true(policy->template_depth == TEMPLATE_DEPTH_ALL);
	assert_int_equal(policy->max_percent_milli, 12500);
	assert_true(policy->keep_snapshots);
	assert_int_equal(policy->accepts.items[0].rule, RULE_IN_USE);
	assert_string_equal(policy->accepts.items[0].id, IMAGE);
	assert_null(policy->accepts.items[1].id);
	assert_string_equal(policy->only.items[0].account, "111111111111");
	assert_string_equal(policy->only.items[0].region, "us-east-1");
	assert_null(policy->only.items[1].region);
	assert_int_equal(policy->as_of, 1795305600);
	assert_int_equal(policy->assume_complete, KIND_BIT(DOC_FLEETS));
	assert_false(policy->assume_aliases);
	assert_int_equal(policy->require, KIND_BIT(DOC_IMAGE_REFERENCES));
	request_release(&request);
}

static void
all_assumes_every_kind(void **state)
{
	struct request request;

	(void)state;
	parses("plan x --assume-complete all", &request);
	for (enum doc_kind kind = DOC_IMAGES; kind <= DOC_TERMINATION_PROTECTION; kind++)
		assert_true(request.policy.assume_complete & KIND_BIT(kind));
	assert_true(request.policy.assume_aliases);
	request_release(&request);
}

static void
defaults_without_selector(void **state)
{
	struct request request;
	struct err err = {0};

	(void)state;
	parses("plan x", &request);
	assert_int_equal(request_complete(&request, &err), 0);
	assert_true(request.policy.defaulted && request.policy.unused && request.policy.orphans);
	request_release(&request);
	parses("plan x --orphans", &request);
	assert_int_equal(request_complete(&request, &err), 0);
	assert_false(request.policy.defaulted || request.policy.unused);
	request_release(&request);
	parses("plan x --group-by tag:A", &request);
	assert_int_equal(request_complete(&request, &err), ERR_USAGE);
	request_release(&request);
}

static void
mistakes_are_refused(void **state)
{
	static const struct {
		const char *line, *part;
	} cases[] = {
		{"plan --nonsense", "unknown option --nonsense"},
		{"plan --older 90d", "did you mean --older-than?"},
		{"plan --unuse", "did you mean --unused?"},
		{"plan --no", "unknown option --no"},
		{"plan -x", "unknown option -x"},
		{"plan --older-than", "--older-than needs a value: AGE"},
		{"plan x -o", "-o needs a value: FILE"},
		{"plan --unused=yes", "--unused takes no value"},
		{"plan --older-than 90x", "--older-than: \"90x\" is no age"},
		{"plan --older-than=", "--older-than: \"\" is no age"},
		{"plan --ami ami-123", "--ami: \"ami-123\" is no AMI id"},
		{"plan --ami snap-0123456789abcdef0", "is no AMI id"},
		{"plan --ami AMI-0123456789abcdef0", "is no AMI id"},
		{"plan --account 1234", "--account: \"1234\" is no account"},
		{"plan --region nowhere", "--region: \"nowhere\" is no region"},
		{"plan --only 123456789012/nowhere", "is no place"},
		{"plan --only us-east-1", "is no place"},
		{"plan --as-of yesterday", "--as-of: \"yesterday\" is no time"},
		{"plan --max-steps -1", "is no number of steps"},
		{"plan --max-steps 1x", "is no number of steps"},
		{"plan --max-steps 99999999999999999999", "is no number of steps"},
		{"plan --save 0", "--save: \"0\" is no amount of US dollars"},
		{"plan --save 0.00", "is no amount of US dollars"},
		{"plan --save -1", "is no amount of US dollars"},
		{"plan --save 1,50", "is no amount of US dollars"},
		{"plan --save 1e3", "is no amount of US dollars"},
		{"plan --save 1000000000000000000", "is no amount of US dollars"},
		{"plan --max-saving=1", "--max-saving"},
		{"plan --save-by likely", "\"likely\" is neither sure nor most"},
		{"plan --max-percent 100.001", "is no percentage"},
		{"plan --max-percent 1.2345", "is no percentage"},
		{"plan --max-percent .5", "is no percentage"},
		{"plan --keep-last 4294967296", "is no number of AMIs"},
		{"plan --template-depth some", "neither a number nor all"},
		{"plan --snapshots maybe", "neither delete nor keep"},
		{"plan --group-by name-prefix,A", "name-prefix stands alone"},
		{"plan --group-by A,,B", "has an empty key"},
		{"plan --tag =x", "names no tag key"},
		{"plan --in-use-selector k=v", "is no selector"},
		{"plan --in-use-selector tag:=v", "is no selector"},
		{"plan --in-use-selector name=,all", "is no selector"},
		{"plan --accept nonsense", "there is no rule \"nonsense\""},
		{"plan --accept snapshot-in-use", "snapshot-in-use cannot be accepted"},
		{"plan --accept inventory-incomplete", "cannot be accepted"},
		{"plan --accept owner-unknown", "cannot be accepted"},
		{"plan --accept too-young", "cannot be accepted"},
		{"plan --accept in-use=x", "is no id of"},
		{"plan --accept in-use=", "is no id of"},
		{"plan --accept in-use=snap-0123456789abcdef0", "in-use says nothing of"},
		{"plan --accept shared=i-0123456789abcdef0", "that is an instance"},
		{"plan --accept asg-managed=" IMAGE, "that is an AMI"},
		{"plan --assume-complete nothing", "is no kind of document"},
		{"plan --assume-complete caller-identity", "is no kind of document"},
		{"plan --require all", "is no kind of document"},
		{"plan --color sometimes", "none of auto, always, never"},
		{"plan -T", "-T needs a value: FORMAT"},
		{"graph --depth 0", "is no depth"},
		{"graph --depth 1e3", "is no depth"},
		{"graph --depth 1000001", "is no depth"},
		{"graph --depth +1", "is no depth"},
		{"graph --focus ami-1", "is no id"},
		{"graph --focus xx", "is no id"},
		{"graph --focus launch-configuration/", "is no id"},
		{"show --older-than 1d", "unknown option --older-than"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses(cases[i].line, cases[i].part);
}

static void
names_of_the_graph_are_ids_too(void **state)
{
	static const char *const ids[] = {"launch-configuration/web", "auto-scaling-group/a/b",
		"parameter//images/web", "123456789012", "main.tf:12"};
	static const char *const others[] = {
		"", "web", "parameter/", "12345678901", "1234567890123", ":12", "main.tf:", "a:1x"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		if (!idform_may_be(slice_of(ids[i])) || idform_is(slice_of(ids[i])))
			fail_msg("%s", ids[i]);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (idform_may_be(slice_of(others[i])))
			fail_msg("%s", others[i]);
	assert_true(idform_is(slice_of("lt-0123456789abcdef0:3")));
}

static void
an_empty_path_of_pins_is_no_usage_error(void **state)
{
	struct request request;
	struct err err = {0};

	(void)state;
	assert_int_equal(parse_line("plan --pins=", &request, &err), ERR_IO);
	request_release(&request);
}

static void
terminating_needs_a_named_image(void **state)
{
	struct request request;
	struct err err = {0};

	(void)state;
	parses("plan --unused --terminate-instances", &request);
	assert_int_equal(request_complete(&request, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "without --ami"));
	request_release(&request);
	parses("plan --unused --terminate-instances --ami " IMAGE, &request);
	assert_int_equal(request_complete(&request, &err), 0);
	request_release(&request);
}

static void
lists_are_sorted_each_item_once(void **state)
{
	struct request request;
	struct err err = {0};

	(void)state;
	parses("plan --name b --name a --name b --tag K=2 --tag K --tag K=1 --tag K "
	       "--only 222222222222/us-east-1 --only 222222222222 --only 111111111111/us-east-1 "
	       "--accept shared --accept in-use=" IMAGE " --accept in-use --accept shared "
	       "--pins z --pins a --pins z --account 222222222222 --account 222222222222",
		&request);
	assert_int_equal(request_complete(&request, &err), 0);
	assert_int_equal(request.policy.names.count, 2);
	assert_string_equal(request.policy.names.items[0], "a");
	assert_int_equal(request.policy.tags.count, 3);
	assert_null(request.policy.tags.items[0].glob);
	assert_string_equal(request.policy.tags.items[2].glob, "2");
	assert_int_equal(request.policy.only.count, 3);
	assert_string_equal(request.policy.only.items[0].account, "111111111111");
	assert_null(request.policy.only.items[1].region);
	assert_int_equal(request.policy.accepts.count, 3);
	assert_int_equal(request.policy.accepts.items[0].rule, RULE_IN_USE);
	assert_null(request.policy.accepts.items[0].id);
	assert_int_equal(request.policy.pins.count, 2);
	assert_string_equal(request.policy.pins.items[0], "z");
	assert_int_equal(request.accounts.count, 1);
	request_release(&request);
}

/* A list of AMIs in a file of its own; the caller's request is parsed with it. */
static int
parse_ami_file(const char *bytes, struct request *request, struct err *err)
{
	char path[] = "/tmp/amiplan-test-XXXXXX";
	char line[128];
	int fd = mkstemp(path), code;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	close(fd);
	snprintf(line, sizeof(line), "plan x --ami-file %s", path);
	code = parse_line(line, request, err);
	unlink(path);
	return code;
}

static void
ami_files(void **state)
{
	struct request request;
	struct err err = {0};

	(void)state;
	assert_int_equal(
		parse_ami_file("# mine\n\n  " IMAGE "\t# old\r\nami-12345678", &request, &err), 0);
	assert_int_equal(request.policy.amis.count, 2);
	assert_string_equal(request.policy.amis.items[0], IMAGE);
	assert_string_equal(request.policy.amis.items[1], "ami-12345678");
	request_release(&request);

	assert_int_equal(parse_ami_file(IMAGE "\n  ami-xyz\n", &request, &err), ERR_USAGE);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 3);
	assert_non_null(strstr(err.text, "\"ami-xyz\" is no AMI id"));
	request_release(&request);

	assert_int_equal(parse_ami_file("# nothing\n", &request, &err), ERR_USAGE);
	request_release(&request);

	assert_int_equal(parse_line("plan x --ami-file /nonexistent/ids", &request, &err), ERR_IO);
	assert_string_equal(err.file, "/nonexistent/ids");
	request_release(&request);
}

static void
help_comes_before_mistakes(void **state)
{
	struct request request;

	(void)state;
	parses("plan --older-than 90x --help", &request);
	assert_true(request.help);
	request_release(&request);
}

static void
choose(const char *line, size_t list, const char *wanted)
{
	struct request request;
	struct err err = {0};
	const char *name = NULL;
	int code;

	parses(line, &request);
	code = format_choose(&request, &request.command->formats[list], &name, &err);
	request_release(&request);
	if (!wanted) {
		assert_int_equal(code, ERR_USAGE);
		return;
	}
	if (code != 0)
		fail_msg("%s: %s", line, err.text);
	assert_string_equal(name, wanted);
}

static void
formats(void **state)
{
	(void)state;
	choose("plan", 0, "text");
	choose("plan -o -", 0, "text");
	choose("plan -o plan.json", 0, "json");
	choose("plan -o plan.txt", 0, "text");
	choose("plan -o plan", 0, "text");
	choose("plan -o plan.json -T text", 0, "text");
	choose("plan -T json", 0, "json");
	choose("plan -T yaml", 0, NULL);
	choose("plan --missing -T aws-cli", 1, "aws-cli");
	choose("plan --missing -o get.sh", 1, "aws-cli");
	choose("plan --missing -T markdown", 1, NULL);
	choose("plan --list-rules -T markdown", 2, "markdown");
	choose("graph", 0, "dot");
	choose("graph -o a.json", 0, "json");
	choose("graph -T svg", 0, "svg");
	choose("graph -o a.pdf", 0, "pdf");
	choose("graph -T text", 0, NULL);
	choose("explain -T json", 0, "json");
	choose("explain -T dot", 0, NULL);
}

/* What `print` writes, as text. */
static char *
printed(void (*print)(FILE *file, const struct command *command), const struct command *command)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	print(file, command);
	assert_int_equal(fclose(file), 0);
	return text;
}

static void
print_manual(FILE *file, const struct command *command)
{
	(void)command;
	manual_page(file);
}

/* "--name" as the manual writes it: hyphens escaped. */
static void
manual_has(const char *manual, const char *name)
{
	struct buf wanted = {0};

	buf_add_text(&wanted, "\\fB\\-\\-");
	for (; *name; name++)
		buf_format(&wanted, "%s%c", *name == '-' ? "\\" : "", *name);
	buf_add_text(&wanted, "\\fR");
	if (!strstr(manual, wanted.at))
		fail_msg("the manual lacks %s", wanted.at);
	buf_release(&wanted);
}

static bool
ends_in_full_stop(const char *text)
{
	size_t len = strlen(text);

	return text[len - 1] == '.' && strcmp(text + len - 3, "...") != 0;
}

static void
check_option(
	const struct command *command, const struct opt *opt, const char *help, const char *manual)
{
	char wanted[80];

	assert_true(opt->name && *opt->name);
	assert_non_null(opt->take);
	if (!opt->help || strlen(opt->help) < 5 || ends_in_full_stop(opt->help))
		fail_msg("--%s: its help is missing or ends in a full stop", opt->name);
	snprintf(wanted, sizeof(wanted), "--%s%s%s", opt->name, opt->value ? " " : "",
		opt->value ? opt->value : "");
	if (!strstr(help, wanted))
		fail_msg("help of %s lacks %s", command->name, wanted);
	manual_has(manual, opt->name);
	assert_ptr_equal(opt_find(command->groups, slice_of(opt->name)), opt); /* unique name */
}

static void
check_letters(const struct command *command)
{
	bool taken[256] = {false};

	for (opt_groups group = command->groups; *group; group++)
		for (size_t i = 0; i < (*group)->count; i++) {
			unsigned char letter = (unsigned char)(*group)->opts[i].letter;

			if (letter && taken[letter])
				fail_msg("%s: -%c stands for two options", command->name, letter);
			taken[letter] = true;
		}
}

static void
tables_help_and_manual_agree(void **state)
{
	size_t count;
	const struct command *all = commands(&count);
	char *manual = printed(print_manual, NULL);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		char *help = printed(help_command, &all[i]);

		assert_ptr_equal(command_find(all[i].name), &all[i]); /* unique name */
		assert_null(later_verb(slice_of(all[i].name)));
		assert_non_null(strstr(manual, all[i].name));
		check_letters(&all[i]);
		for (opt_groups group = all[i].groups; *group; group++)
			for (size_t j = 0; j < (*group)->count; j++) {
				check_option(&all[i], &(*group)->opts[j], help, manual);
				assert_null(later_option(slice_of((*group)->opts[j].name)));
			}
		free(help);
	}
	free(manual);
}

static void
help_names_every_format(void **state)
{
	size_t count;
	const struct command *all = commands(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct buf formats_text = {0};

		if (!all[i].formats) {
			assert_null(opt_find(all[i].groups, SLICE("format")));
			continue;
		}
		help_formats(&all[i], &formats_text);
		for (const struct format_list *list = all[i].formats; format_count(list); list++)
			for (size_t j = 0; j < format_count(list); j++)
				assert_non_null(strstr(formats_text.at, format_name(list, j)));
		buf_release(&formats_text);
	}
}

static void
verbs_are_those_of_the_contract(void **state)
{
	static const char *const verbs[] = {
		"plan", "show", "explain", "verify", "diff", "graph", "help"};
	static const char *const later[] = {"collect", "approve", "apply"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		assert_non_null(command_find(verbs[i]));
	for (size_t i = 0; i < COUNT_OF(later); i++)
		assert_true(command_find(later[i]) || later_verb(slice_of(later[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere),
		cmocka_unit_test(last_single_value_wins_and_lists_grow),
		cmocka_unit_test(values_are_understood),
		cmocka_unit_test(all_assumes_every_kind),
		cmocka_unit_test(defaults_without_selector),
		cmocka_unit_test(mistakes_are_refused),
		cmocka_unit_test(names_of_the_graph_are_ids_too),
		cmocka_unit_test(an_empty_path_of_pins_is_no_usage_error),
		cmocka_unit_test(terminating_needs_a_named_image),
		cmocka_unit_test(lists_are_sorted_each_item_once),
		cmocka_unit_test(ami_files),
		cmocka_unit_test(help_comes_before_mistakes),
		cmocka_unit_test(formats),
		cmocka_unit_test(tables_help_and_manual_agree),
		cmocka_unit_test(help_names_every_format),
		cmocka_unit_test(verbs_are_those_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
