/*
 * Tests of glob: the dialect, and that no pattern is slow.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "err.h"
#include "glob.h"

static void
patterns_match_as_ec2_filters_do(void **state)
{
	static const struct {
		const char *pattern;
		const char *text;
		bool match;
	} cases[] = {
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"web", "web", true},
		{"web", "Web", false},
		{"web", "web-1", false},
		{"web", "a-web", false},
		{"*", "", true},
		{"*", "anything\nat all", true},
		{"**", "", true},
		{"web-*", "web-", true},
		{"web-*", "web-1", true},
		{"web-*", "web", false},
		{"*-prod", "web-prod", true},
		{"*-prod", "web-prod-2", false},
		{"*prod*", "a-prod-b", true},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-c-b", false},
		{"*a*a*a", "aa", false},
		{"*a*a*a", "aaa", true},
		{"?", "", false},
		{"?", "x", true},
		{"?", "xy", false},
		{"?", "\xc3\xa9", true},
		{"??", "\xc3\xa9", false},
		{"caf?", "caf\xc3\xa9", true},
		{"*?", "\xe2\x82\xac", true},
		{"*??", "\xe2\x82\xac", false},
		{"?", "\xf0\x9f\x98\x80", true},
		{"?", "\xff", true}, /* no character: a byte counts as one */
		{"?*", "ab", true},
		{"?*", "", false},
		{"\\*", "*", true},
		{"\\*", "x", false},
		{"\\?", "?", true},
		{"\\?", "x", false},
		{"\\\\", "\\", true},
		{"a\\b", "ab", true},
		{"a\\", "a\\", true}, /* nothing to escape: itself */
		{"a\\", "a", false},
		{"*\\*", "100*", true},
		{"*\\*", "100", false},
		{"[ab]", "a", false},
		{"[ab]", "[ab]", true},
		{"{a,b}", "a", false},
		{"*.json", ".json", true},
		{"*", "a/b/c", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (glob_match(slice_of(cases[i].pattern), slice_of(cases[i].text)) !=
			cases[i].match)
			fail_msg("'%s' against '%s' should be %d", cases[i].pattern, cases[i].text,
				cases[i].match);
}

static void
slices_need_no_terminator(void **state)
{
	(void)state;
	assert_true(glob_match((struct slice){"a*b?", 3}, (struct slice){"axxb!", 4}));
	assert_true(glob_match((struct slice){"a\\*", 2}, SLICE("a\\")));
	assert_true(glob_match(SLICE("*"), SLICE_NONE));
	assert_true(glob_match(SLICE_NONE, SLICE_NONE));
	assert_false(glob_match(SLICE_NONE, SLICE("a")));
	/* The text ends within a character. */
	assert_true(glob_match(SLICE("??"), (struct slice){"\xe2\x82\xac", 2}));
}

/* With backtracking over every star this would take longer than the universe has. */
static void
many_stars_are_no_trap(void **state)
{
	struct buf pattern = {0};
	struct buf text = {0};

	(void)state;
	for (int i = 0; i < 50; i++)
		buf_add_text(&pattern, "a*");
	buf_add_text(&pattern, "b");
	for (int i = 0; i < 5000; i++)
		buf_add_char(&text, 'a');
	assert_false(glob_match(buf_slice(&pattern), buf_slice(&text)));
	buf_add_char(&text, 'b');
	assert_true(glob_match(buf_slice(&pattern), buf_slice(&text)));
	buf_release(&pattern);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_ec2_filters_do),
		cmocka_unit_test(slices_need_no_terminator),
		cmocka_unit_test(many_stars_are_no_trap),
	};

	return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
