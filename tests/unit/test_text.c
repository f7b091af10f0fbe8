/*
 * The text reports: order of parts, wrapping, quoting, colour only as decoration.
 */
#include "layout.h"
#include "quote.h"
#include "view_sample.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct report_options PLAIN = {.width = 80};

/* Each of `parts` (NULL ends) stands in `text`, after the one before. */
static void
expect_in_order(const char *text, const char *const *parts)
{
	const char *at = text;

	for (size_t i = 0; parts[i]; i++) {
		const char *found = strstr(at, parts[i]);

		if (!found)
			fail_msg("\"%s\" is not there, or not there yet, in:\n%s", parts[i], text);
		at = found + strlen(parts[i]);
	}
}

static void
test_order(void **state)
{
	static const char *const PARTS[] = {"Plan as of 2026-11-22T00:00:00Z", "111111111111",
		"eu-west-1", "  AMIs              3        1        1        1             0\n",
		"  snapshots         4        1        1        0             2\n",
		"  instances         7        0        0        0             7\n",
		"2 steps: deregister 1 AMI, delete 1 snapshot. Saves 0.00 to 0.40 USD a month.",
		"Missing from the inventory: it blocks 1 item", "fleets (absent)", "--missing",
		"1 Deregister AMI", "ami-0aaaaaaaaaaaaaaa1", "nothing uses it",
		"warning: accepted-shared", "2 Delete snapshot", "snap-0bbbbbbbbbbbbbbb1",
		"Blocked: 2", "snapshot-in-use", "enforced",
		"deregister ami-0aaaaaaaaaaaaaaa3 first", "inventory-incomplete", "Kept: 1",
		"too-young: 1", "deprecating it is the milder step", "ami-0aaaaaaaaaaaaaaa2",
		"created 3 days", "Warnings: 2", "as-of-guessed: 1", NULL};
	struct plan_view view = view_sample();
	struct buf text = view_written(&view, write_plan_text, &PLAIN);

	(void)state;
	expect_in_order(text.at, PARTS);
	assert_null(strchr(text.at, '\033')); /* not from us, and not from a name */
	assert_non_null(strstr(text.at, "web \\x1b[31m\\u202egnp"));
	assert_null(
		strstr(text.at, "parameters (absent)")); /* needed only where something names one */
	buf_release(&text);
}

static void
test_width(void **state)
{
	struct plan_view view = view_sample();
	struct report_options options = {.verbose = true, .width = 66};
	struct buf text = view_written(&view, write_plan_text, &options);

	(void)state;
	for (const char *line = text.at; *line;) {
		const char *end = strchr(line, '\n');
		struct slice here = {line, (size_t)(end - line)};
		const char *from = line + strspn(line, " ");

		/* Only what cannot be broken may be longer. */
		if (quote_text_width(here) > 66 && memchr(from, ' ', (size_t)(end - from)))
			fail_msg("too long: %.*s", (int)here.len, here.at);
		assert_true(here.len == 0 || here.at[here.len - 1] != ' ');
		line = end + 1;
	}
	assert_non_null(strstr(text.at, "made-for"));
	buf_release(&text);
}

/* Colour adds escape sequences and takes nothing away. */
static void
test_color(void **state)
{
	struct plan_view view = view_sample();
	struct report_options options = {.color = true, .width = 80};
	struct buf plain = view_written(&view, write_plan_text, &PLAIN);
	struct buf color = view_written(&view, write_plan_text, &options);
	size_t to = 0;

	(void)state;
	assert_true(color.len > plain.len);
	for (size_t from = 0; from < color.len; from++) {
		if (color.at[from] != '\033') {
			color.at[to++] = color.at[from];
			continue;
		}
		while (color.at[from] != 'm')
			from++;
	}
	color.at[to] = '\0';
	assert_string_equal(color.at, plain.at);
	buf_release(&plain);
	buf_release(&color);
}

/* A style ends once, and only where one began. */
static void
test_color_ends_once(void **state)
{
	struct plan_view view = view_sample();
	struct report_options options = {.color = true, .width = 80};
	struct buf text;
	bool is_open = false;

	(void)state;
	view.images.go = 0;
	text = view_written(&view, write_plan_text, &options);
	for (const char *at = text.at; (at = strchr(at, '\033')); at++) {
		bool ends = strncmp(at, "\033[0m", 4) == 0;

		if (ends && !is_open)
			fail_msg("nothing to end before: %.40s", at + 4);
		is_open = !ends;
	}
	assert_false(is_open);
	buf_release(&text);
}

static struct plan_view NAMED;

static void
long_name(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	NAMED.step(view, i, parts, arena, out);
	out->name = "漢字\x1b-a-name-of-which-nobody-could-say-that-it-is-short-by-any-measure";
}

/* Names are cut where the line ends, ids never. */
static void
test_cut(void **state)
{
	struct plan_view view = view_sample();
	struct report_options narrow = {.width = 40};
	struct buf text;

	(void)state;
	NAMED = view;
	view.step = long_name;
	text = view_written(&view, write_plan_text, &PLAIN);
	assert_non_null(strstr(text.at, "\n    ami-0aaaaaaaaaaaaaaa1   "
					"漢字\\x1b-a-name-of-which-nobody-could-say-that-it-i…\n"));
	buf_release(&text);
	text = view_written(&view, write_plan_text, &narrow);
	assert_non_null(strstr(text.at, "\n    snap-0bbbbbbbbbbbbbbb1  漢字\\x1b-a-…\n"));
	buf_release(&text);
}

static void
test_empty(void **state)
{
	struct plan_view view = view_sample();
	struct buf text;

	(void)state;
	view.step_count = 0;
	text = view_written(&view, write_plan_text, &PLAIN);
	assert_non_null(
		strstr(text.at, "Nothing to do: everything that was selected is blocked or kept"));
	assert_null(strstr(text.at, "Deregister AMI"));
	buf_release(&text);
	view.blocked_count = view.kept_count = 0;
	text = view_written(&view, write_plan_text, &PLAIN);
	assert_non_null(strstr(text.at, "Nothing to do: nothing matches the selection."));
	buf_release(&text);
	view.images = view.snapshots = (struct view_counts){0};
	text = view_written(&view, write_plan_text, &PLAIN);
	assert_non_null(strstr(text.at, "Nothing to do: the inventory holds no AMI"));
	buf_release(&text);
}

static void
test_wrap(void **state)
{
	char *text = NULL;
	size_t size = 0;
	struct report_options options = {.width = 40};
	struct layout layout;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	layout_begin(&layout, file, &options);
	layout.indent = 4;
	layout_put(&layout, "  id: ");
	layout_wrap(&layout, "one two  snap-0123456789abcdef0123456789abcdef0123456789abcdef three "
			     "漢字漢字漢字漢字漢字 end");
	layout_line(&layout);
	fclose(file);
	assert_string_equal(text, "  id: one two\n"
				  "    snap-0123456789abcdef0123456789abcdef0123456789abcdef\n"
				  "    three 漢字漢字漢字漢字漢字 end\n");
	free(text);
}

/* What stands at the right edge leaves room, or has a line of its own. */
static void
test_aside(void **state)
{
	char *text = NULL;
	size_t size = 0;
	struct report_options options = {.width = 40};
	struct layout layout;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	layout_begin(&layout, file, &options);
	layout.indent = 4;
	layout_aside(&layout, "0.13");
	layout_put(&layout, "  id: ");
	layout_wrap(&layout, "words that fit one line but not with it");
	layout_line(&layout);
	layout_aside(&layout, "漢字 1.00");
	layout_put(&layout, "  id: ");
	layout_cut(&layout, "a-name-that-is-cut-before-it");
	layout_line(&layout);
	layout_aside(&layout, "0.13");
	layout_put(&layout, "  an-id-that-leaves-only-one-blank-to-it");
	layout_line(&layout);
	fclose(file);
	assert_string_equal(text, "  id: words that fit one line but   0.13\n"
				  "    not with it\n"
				  "  id: a-name-that-is-cut-bef…  漢字 1.00\n"
				  "  an-id-that-leaves-only-one-blank-to-it\n"
				  "                                    0.13\n");
	free(text);
}

/* The column of amounts: with its level, without, and as a line below. A plan without prices has
 * none. */
static void
test_amounts(void **state)
{
	static const struct {
		unsigned width;
		const char *const parts[5];
	} CASES[] = {
		{80, {"\n2 Delete snapshot                                              "
		      "saves USD a month\n",
			     "\n    snap-0bbbbbbbbbbbbbbb1                               "
			     "0.00 to 0.40  estimated\n",
			     "                           goes on costing USD a month\n",
			     "  0.00 to 0.10  estimated\n"}},
		{71, {" saves USD a month\n", "  0.00 to 0.40\n", "costing USD a month\n",
			     "  0.00 to 0.10\n"}},
		{59, {"\n2 Delete snapshot\n", "\n        saves 0.00 to 0.40 USD a month\n",
			     "\nBlocked: 2\n", " costs 0.00 to 0.10 USD a"}},
	};
	struct plan_view view = view_sample();
	struct buf text;

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct report_options options = {.width = CASES[i].width};

		text = view_written(&view, write_plan_text, &options);
		expect_in_order(text.at, CASES[i].parts);
		buf_release(&text);
	}
	view.cost.prices_source = NULL;
	text = view_written(&view, write_plan_text, &PLAIN);
	assert_null(strstr(text.at, "saves USD a month"));
	buf_release(&text);
}

static void
test_formats(void **state)
{
	(void)state;
	assert_ptr_equal(plan_format_find("json")->write, write_plan_json);
	assert_null(plan_format_find("jsonx"));
	assert_string_equal(plan_format_for_file("a.b/plan.json")->name, "json");
	assert_null(plan_format_for_file("a.json/plan"));
	assert_null(plan_format_for_file("plan"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_color_ends_once),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_aside),
		cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
