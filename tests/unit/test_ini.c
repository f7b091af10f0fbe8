/*
 * Tests of ini and words: the dialect of the configuration files, and what is wrong in them.
 * It must not know: which keys mean something.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ini.h"
#include "words.h"

static struct ini *
parsed(enum ini_dialect dialect, const char *text)
{
	struct ini *ini = NULL;
	struct err err = {0};

	if (ini_parse(slice_of(text), dialect, "config", &ini, &err) != 0)
		fail_msg("line %u: %s", (unsigned)err.line, err.text);
	return ini;
}

#define assert_value(ini, kind, name, key, wanted)                                                 \
	do {                                                                                       \
		const char *value = ini_value(ini, kind, name, key);                               \
		assert_non_null(value);                                                            \
		assert_string_equal(value, wanted);                                                \
	} while (0)

static void
sections_name_profiles(void **state)
{
	struct ini *ini = parsed(INI_CONFIG, "[default]\nregion = eu-west-1\n"
					     "[profile build]\nregion=eu-west-2\n"
					     "[profile \"two words\"]\nregion = eu-west-3\n"
					     "[profile 'a]b']\nregion = us-east-1\n"
					     "[  profile tabbed ] ; remark\nregion = us-east-2\n"
					     "[sso-session build]\nsso_region = ap-south-1\n"
					     "[preview]\nx = 1\n[profile a b]\nx = 1\n");

	(void)state;
	assert_value(ini, INI_PROFILE, "default", "region", "eu-west-1");
	assert_value(ini, INI_PROFILE, "build", "region", "eu-west-2");
	assert_value(ini, INI_PROFILE, "two words", "region", "eu-west-3");
	assert_value(ini, INI_PROFILE, "a]b", "region", "us-east-1");
	assert_value(ini, INI_PROFILE, "tabbed", "region", "us-east-2");
	assert_value(ini, INI_SSO_SESSION, "build", "sso_region", "ap-south-1");
	assert_null(ini_value(ini, INI_PROFILE, "build", "sso_region"));
	assert_false(ini_has(ini, INI_PROFILE, "preview"));
	assert_false(ini_has(ini, INI_PROFILE, "a"));
	ini_free(ini);
}

static void
credentials_take_names_as_they_are(void **state)
{
	struct ini *ini =
		parsed(INI_CREDENTIALS, "[profile x]\na = 1\n[\"q\"]\na = 2\n[two words]\na = 3\n");

	(void)state;
	assert_value(ini, INI_PROFILE, "profile x", "a", "1");
	assert_value(ini, INI_PROFILE, "\"q\"", "a", "2");
	assert_value(ini, INI_PROFILE, "two words", "a", "3");
	assert_false(ini_has(ini, INI_PROFILE, "x"));
	ini_free(ini);
}

static void
keys_and_values(void **state)
{
	struct ini *ini = parsed(INI_CONFIG,
		"\xef\xbb\xbf# remark\r\n[profile p]\r\n; remark\r\n"
		"REGION = eu-west-1\r\nrole_arn=arn:aws:iam::1:role/x = y # kept\r\n"
		"colon: yes\r\nempty =\r\n\r\n  indented_first = no key before it is "
		"shallower\r\n");

	(void)state;
	assert_value(ini, INI_PROFILE, "p", "region", "eu-west-1");
	assert_value(ini, INI_PROFILE, "p", "role_arn", "arn:aws:iam::1:role/x = y # kept");
	assert_value(ini, INI_PROFILE, "p", "colon", "yes");
	assert_value(ini, INI_PROFILE, "p", "empty", "");
	assert_string_equal(ini_block_value(ini, INI_PROFILE, "p", "empty", "indented_first"),
		"no key before it is shallower");
	assert_null(ini_value(ini, INI_PROFILE, "p", "absent"));
	ini_free(ini);
	/* After a header the first key may stand anywhere. */
	ini = parsed(INI_CONFIG, "[default]\n   a = 1\n   b = 2\n");
	assert_value(ini, INI_PROFILE, "default", "b", "2");
	ini_free(ini);
}

static void
blocks_nest_once(void **state)
{
	struct ini *ini = parsed(INI_CONFIG,
		"[services own]\nec2 =\n  endpoint_url = http://one\n  # remark\n\n"
		"    Deeper = 2\n  endpoint_url = http://two\nsts =\n\tendpoint_url=http://three\n"
		"[default]\nservices = own\n");

	(void)state;
	assert_string_equal(ini_block_value(ini, INI_SERVICES, "own", "ec2", "endpoint_url"),
		"http://two"); /* in a block the last one counts */
	assert_string_equal(ini_block_value(ini, INI_SERVICES, "own", "ec2", "Deeper"), "2");
	assert_string_equal(
		ini_block_value(ini, INI_SERVICES, "own", "sts", "endpoint_url"), "http://three");
	assert_value(ini, INI_SERVICES, "own", "ec2", "");
	assert_value(ini, INI_PROFILE, "default", "services", "own");
	ini_free(ini);
}

static void
default_has_two_names(void **state)
{
	struct ini *ini = parsed(INI_CONFIG, "[default]\na = 1\n[profile default]\na = 2\n");

	(void)state;
	assert_value(ini, INI_PROFILE, "default", "a", "2");
	ini_free(ini);
	ini = parsed(INI_CONFIG, "[profile default]\na = 2\n[default]\na = 1\n");
	assert_value(ini, INI_PROFILE, "default", "a", "1");
	ini_free(ini);
}

static const struct {
	const char *text;
	uint32_t line;
	const char *says;
} wrong[] = {
	{"a = 1\n", 1, "before the first"},
	{"[default]\nSECRETSECRET\n", 2, "neither"},
	{"[default]\n= SECRET\n", 2, "neither"},
	{"[default\na = 1\n", 1, "ends in ']'"},
	{"[]\n", 1, "ends in ']'"},
	{"[default]\na = 1\n[profile b]\n\n[default]\n", 5, "stands twice; the first is in line 1"},
	{"[default]\na = SECRET\nA = SECRET\n", 3, "stands twice"},
	{"[default]\na = SECRET\n  b = SECRET\n", 3, "continues the value above"},
	{"[default]\na =\n  SECRET\n", 3, "nested block"},
	{"[default]\na = \xff\n", 2, "UTF-8"},
};

static void
what_is_wrong_has_a_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct ini *ini = NULL;
		struct err err = {0};

		assert_int_equal(
			ini_parse(slice_of(wrong[i].text), INI_CONFIG, "config", &ini, &err),
			ERR_SYNTAX);
		assert_null(ini);
		if (err.line != wrong[i].line || !strstr(err.text, wrong[i].says))
			fail_msg("case %zu: line %u: %s", i, (unsigned)err.line, err.text);
		assert_string_equal(err.file, "config");
		assert_null(strstr(err.text, "SECRET"));
	}
}

static void
nothing_is_a_file_too(void **state)
{
	struct ini *ini = parsed(INI_CONFIG, "");
	struct err err = {0};

	(void)state;
	assert_false(ini_has(ini, INI_PROFILE, "default"));
	ini_free(ini);
	ini = parsed(INI_CONFIG, "\n# only\n; remarks");
	assert_false(ini_has(ini, INI_PROFILE, "default"));
	ini_free(ini);
	assert_int_equal(
		ini_parse((struct slice){"[a]\0b", 5}, INI_CONFIG, "c", &ini, &err), ERR_SYNTAX);
}

/* Words in '|'; NULL: the line is not whole. */
static const struct {
	const char *line, *words;
} lines[] = {
	{"", ""},
	{"  ", ""},
	{"one", "one|"},
	{" one\ttwo ", "one|two|"},
	{"'one two' \"three four\"", "one two|three four|"},
	{"a'b c'd\"e f\"", "ab cde f|"},
	{"''", "|"},
	{"\"\" x", "|x|"},
	{"a\\ b \\\"", "a b|\"|"},
	{"\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d|"},
	{"'a\\b'", "a\\b|"},
	{"~/x $HOME `id`", "~/x|$HOME|`id`|"},
	{"'open", NULL},
	{"\"open", NULL},
	{"end\\", NULL},
};

static void
words_are_quoted_as_in_a_shell(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct arena arena = {0};
		word_list words = {0};
		char joined[64] = "";
		size_t used = 0;
		bool whole = words_split(slice_of(lines[i].line), &arena, &words);

		vec_foreach (word, &words)
			used += (size_t)snprintf(
				joined + used, sizeof(joined) - used, "%s|", *word);
		assert_int_equal(whole, lines[i].words != NULL);
		if (whole)
			assert_string_equal(joined, lines[i].words);
		vec_release(&words);
		arena_release(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_name_profiles),
		cmocka_unit_test(credentials_take_names_as_they_are),
		cmocka_unit_test(keys_and_values),
		cmocka_unit_test(blocks_nest_once),
		cmocka_unit_test(default_has_two_names),
		cmocka_unit_test(what_is_wrong_has_a_line),
		cmocka_unit_test(nothing_is_a_file_too),
		cmocka_unit_test(words_are_quoted_as_in_a_shell),
	};

	return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
