/*
 * The policy file: what it sets, where it is refused, and that the command line wins over it.
 * It must not know: libyaml.
 */
#include "commands.h"
#include "policy_yaml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define IMAGE "ami-0123456789abcdef0"

static int
read_text(const char *text, const char *name, struct request *request, struct err *err)
{
	request_init(request, command_find("plan"));
	return policy_yaml_read(slice_of(text), name, request->command->groups, request, err);
}

static void
reads(const char *text, struct request *request)
{
	struct err err = {0};

	if (read_text(text, "policy.yaml", request, &err) != 0)
		fail_msg("%s%u:%u: %s", text, (unsigned)err.line, (unsigned)err.column, err.text);
}

static void
sets_every_kind_of_value(void **state)
{
	struct request request;
	const struct policy *policy = &request.policy;

	(void)state;
	reads("# ours\n"
	      "unused: true\n"
	      "orphans: false\n"
	      "older-than: 90d\n"
	      "protect-tag: [Keep, \"Env=prod*\"]\n"
	      "keep-last: 3\n"
	      "group-by: tag:App\n"
	      "accept:\n  - shared\n  - in-use=" IMAGE "\n"
	      "assume-complete: fleets\n"
	      "name: 'true'\n"
	      "as-of: 2026-11-22\n",
		&request);
	assert_true(policy->unused);
	assert_false(policy->orphans);
	assert_string_equal(policy->older_than.text, "90d");
	assert_int_equal(policy->protect_tags.count, 2);
	assert_string_equal(policy->protect_tags.items[1].key, "Env");
	assert_string_equal(policy->protect_tags.items[1].glob, "prod*");
	assert_int_equal(policy->keep_last, 3);
	assert_string_equal(policy->group_keys.items[0], "App");
	assert_int_equal(policy->accepts.count, 2);
	assert_string_equal(policy->accepts.items[1].id, IMAGE);
	assert_int_equal(policy->assume_complete, KIND_BIT(DOC_FLEETS));
	assert_string_equal(policy->names.items[0], "true");
	assert_int_equal(policy->as_of, 1795305600);
	request_release(&request);
}

static void
json_is_yaml(void **state)
{
	struct request request;
	char save[MONEY_TEXT_SIZE];

	(void)state;
	reads("{\"unused\": true, \"ami\": [\"" IMAGE "\"], \"max-steps\": 10,\n"
	      " \"save\": 99.50, \"max-saving\": true, \"save-by\": \"most\"}\n",
		&request);
	assert_true(request.policy.max_saving);
	assert_int_equal(request.policy.save_by, SAVE_BY_MOST);
	money_text(request.policy.save, save);
	assert_string_equal(save, "99.50");
	assert_true(request.policy.unused);
	assert_string_equal(request.policy.amis.items[0], IMAGE);
	assert_int_equal(request.policy.max_steps, 10);
	request_release(&request);
	reads("{}", &request);
	request_release(&request);
}

static void
paths_are_relative_to_the_file(void **state)
{
	struct request request;
	struct err err = {0};

	(void)state;
	assert_int_equal(read_text("pins: [../tf, /abs]\n", "conf/policy.yaml", &request, &err), 0);
	assert_string_equal(request.policy.pins.items[0], "conf/../tf");
	assert_string_equal(request.policy.pins.items[1], "/abs");
	request_release(&request);
	assert_int_equal(read_text("pins: tf\n", "policy.yaml", &request, &err), 0);
	assert_string_equal(request.policy.pins.items[0], "tf");
	request_release(&request);
}

static void
mistakes_have_a_place(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *part;
	} cases[] = {
		{"unused: true\nnonsense: 1\n", 2, 1, "\"nonsense\" is no option of a policy"},
		{"output: x\n", 1, 1, "is no option of a policy"},
		{"policy: x\n", 1, 1, "is no option of a policy"},
		{"unused: true\n\n\n  \nunused: false\n", 5, 1, "for the second time"},
		{"older-than: 90x\n", 1, 13, "older-than: \"90x\" is no age"},
		{"a\n", 1, 1, "a policy is a mapping"},
		{"- unused\n", 1, 1, "a policy is a mapping"},
		{"", 1, 1, "empty"},
		{"# only a comment\n", 2, 1, "empty"},
		{"unused: yes\n", 1, 9, "true or false is wanted"},
		{"unused: \"true\"\n", 1, 9, "true or false is wanted"},
		{"unused: [true]\n", 1, 9, "not a list"},
		{"unused: {a: b}\n", 1, 9, "true or false is wanted"},
		{"unused:\n", 1, 8, "the value is missing"},
		{"older-than: [1d, 2d]\n", 1, 13, "not a list"},
		{"older-than: true\n", 1, 13, "not true or false"},
		{"name: null\n", 1, 7, "the value is missing"},
		{"name: []\n", 1, 8, "the list is empty"},
		{"name: [a, [b]]\n", 1, 11, "a plain value is wanted"},
		{"name:\n  - a\n  - b: c\n", 3, 5, "a plain value is wanted"},
		{"name: \"a\\0b\"\n", 1, 7, "zero byte"},
		{"name: &x a\n", 1, 7, "anchors"},
		{"name: [&x a, *x]\n", 1, 8, "anchors"},
		{"name: *x\n", 1, 7, "aliases"},
		{"name: !!str a\n", 1, 7, "type tags"},
		{"&x\nname: a\n", 1, 1, "anchors"},
		{"? [a]\n: b\n", 1, 3, "the name of an option"},
		{"name: a\n---\nname: b\n", 2, 1, "second document"},
		{"name: [a\n", 2, 1, "is not YAML"},
		{"name: 'a\n", 2, 1, "is not YAML"},
		{"accept: snapshot-in-use\n", 1, 9, "snapshot-in-use cannot be accepted"},
		{"ami: [" IMAGE ", ami-1]\n", 1, 30, "\"ami-1\" is no AMI id"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct request request;
		struct err err = {0};
		int code = read_text(cases[i].text, "policy.yaml", &request, &err);

		request_release(&request);
		if (code != ERR_USAGE || err.line != cases[i].line ||
			err.column != cases[i].column || !strstr(err.text, cases[i].part))
			fail_msg("%s→ %d %s:%u:%u: %s", cases[i].text, code, err.file,
				(unsigned)err.line, (unsigned)err.column, err.text);
		assert_string_equal(err.file, "policy.yaml");
	}
}

static void
other_encodings_are_refused(void **state)
{
	static const char utf16[] = "\xff\xfeu\0n\0u\0s\0e\0d\0";
	struct request request;
	struct err err = {0};

	(void)state;
	request_init(&request, command_find("plan"));
	assert_int_equal(policy_yaml_read((struct slice){utf16, sizeof(utf16) - 1}, "policy.yaml",
				 request.command->groups, &request, &err),
		ERR_USAGE);
	assert_non_null(strstr(err.text, "UTF-8"));
	request_release(&request);
}

/* Parses `plan x --policy FILE` and the further arguments, FILE holding `text`. */
static int
parse_with(const char *text, char **further, int count, struct request *request, struct err *err)
{
	char path[] = "/tmp/amiplan-test-XXXXXX";
	char verb[] = "plan", inventory[] = "x", option[] = "--policy";
	char *argv[12] = {verb, inventory, option, path};
	int fd = mkstemp(path), code;

	assert_true(fd >= 0 && count <= 8);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	for (int i = 0; i < count; i++)
		argv[4 + i] = further[i];
	request_init(request, command_find("plan"));
	code = opts_parse(request->command->groups, 4 + count, argv, request, err);
	unlink(path);
	return code;
}

static void
command_line_wins(void **state)
{
	char older[] = "--older-than=1d", tag[] = "--protect-tag=Mine", steps[] = "--max-steps=1";
	char *further[] = {older, tag, steps};
	struct request request;
	struct err err = {0};

	(void)state;
	assert_int_equal(parse_with("older-than: 90d\nprotect-tag: [A, B]\nname: [a, b]\n", further,
				 3, &request, &err),
		0);
	assert_string_equal(request.policy.older_than.text, "1d");
	assert_int_equal(request.policy.protect_tags.count, 1);
	assert_string_equal(request.policy.protect_tags.items[0].key, "Mine");
	assert_int_equal(request.policy.names.count, 2);
	assert_int_equal(request.policy.max_steps, 1);
	request_release(&request);
}

static void
unreadable_file(void **state)
{
	char verb[] = "plan", option[] = "--policy", path[] = "/nonexistent/policy.yaml";
	char *argv[] = {verb, option, path, NULL};
	struct request request;
	struct err err = {0};

	(void)state;
	request_init(&request, command_find("plan"));
	assert_int_equal(opts_parse(request.command->groups, 3, argv, &request, &err), ERR_IO);
	request_release(&request);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_every_kind_of_value),
		cmocka_unit_test(json_is_yaml),
		cmocka_unit_test(paths_are_relative_to_the_file),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(other_encodings_are_refused),
		cmocka_unit_test(command_line_wins),
		cmocka_unit_test(unreadable_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
