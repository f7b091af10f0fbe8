/*
 * A plan file is read back to the byte, and what is no plan is refused with a place.
 */
#include "plan.h"
#include "view_sample.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct buf
sample_json(void)
{
	struct plan_view view = view_sample();

	return view_written(&view, write_plan_json, NULL);
}

static void
test_round_trip(void **state)
{
	struct buf first = sample_json(), second;
	struct plan_view view;
	struct err err = {0};

	(void)state;
	assert_int_equal(plan_read(buf_slice(&first), "plan.json", &view, &err), ERR_OK);
	second = view_written(&view, write_plan_json, NULL);
	assert_string_equal(second.at, first.at);
	assert_true(
		first.len > 2 && first.at[first.len - 1] == '\n' && first.at[first.len - 2] == '}');
	view_release(&view);
	buf_release(&first);
	buf_release(&second);
}

static void
test_items(void **state)
{
	struct buf json = sample_json();
	struct plan_view view;
	struct arena arena = {0};
	struct view_step step;
	struct view_document document;
	struct err err = {0};

	(void)state;
	assert_int_equal(plan_read(buf_slice(&json), "plan.json", &view, &err), ERR_OK);
	assert_int_equal(view.step_count, 2);
	assert_int_equal(view.snapshots.not_selected, 2);
	view.step(&view, 1, STEP_WHOLE, &arena, &step);
	assert_string_equal(step.id, "delete-snapshot:snap-0bbbbbbbbbbbbbbb1");
	assert_int_equal(step.depends_on.count, 1);
	assert_int_equal(step.evidence.count, 2);
	assert_string_equal(step.evidence.items[1].strength, "strong");
	assert_string_equal(step.monthly_saving_usd.max, "0.40");
	assert_null(step.definition);
	view.step(&view, 0, STEP_WHOLE, &arena, &step);
	assert_null(step.monthly_saving_usd.min);
	/* Compact again, so that its digest can be compared with `seen`. */
	assert_string_equal(
		step.definition, "{\"Name\":\"web\",\"BlockDeviceMappings\":[{\"Ebs\":{}}]}");
	view.step(&view, 0, STEP_BRIEF, &arena, &step);
	assert_string_equal(step.id, "deregister-image:ami-0aaaaaaaaaaaaaaa1");
	assert_string_equal(step.reversible, "register-image from the definition");
	assert_int_equal(step.warnings.count, 1);
	assert_true(!step.facts && !step.seen && !step.definition);
	view.step(&view, 0, STEP_FACTS, &arena, &step);
	assert_true(step.facts && !step.seen && !step.definition);
	view.step(&view, 0, STEP_SEEN, &arena, &step);
	assert_true(!step.facts && step.seen && !step.definition);
	view.step(&view, 0, STEP_DEFINITION, &arena, &step);
	assert_true(!step.facts && !step.seen && step.definition);
	view.document(&view, 1, &arena, &document);
	assert_string_equal(document.account, "");
	assert_string_equal(document.path, "odd \"name\"\n.json");
	arena_release(&arena);
	view_release(&view);
	buf_release(&json);
}

static void
test_selection(void **state)
{
	struct buf json = sample_json();
	struct plan_view view;
	struct plan_selection selection;
	struct arena arena = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(plan_read(buf_slice(&json), "plan.json", &view, &err), ERR_OK);
	assert_int_equal(plan_read_selection(&view, &arena, &selection, &err), ERR_OK);
	assert_int_equal(selection.accepts.count, 2);
	assert_string_equal(selection.accepts.items[0], "shared");
	assert_string_equal(selection.assume_complete.items[0], "volumes");
	assert_string_equal(selection.protect_tags.items[0], "keep");
	assert_int_equal(selection.accounts.count, 1);
	assert_string_equal(selection.accounts.items[0], "111111111111");
	assert_null(selection.region);
	assert_int_equal(selection.pins.count, 0);
	assert_int_equal(selection.require.count, 0);
	assert_string_equal(selection.older_than, "30d");
	assert_null(selection.not_launched_for);
	assert_null(selection.group_by);
	assert_int_equal(selection.keep_last, 0);
	assert_int_equal(selection.template_depth, 10);
	assert_int_equal(selection.amis.count, 0);
	view.selection = "{\"amis\":[1]}";
	assert_int_equal(plan_read_selection(&view, &arena, &selection, &err), ERR_VALUE);
	assert_non_null(strstr(err.text, "\"amis\""));
	/* What cannot be read is empty. */
	assert_int_equal(selection.accounts.count, 0);
	view.selection = "{\"amis\":[]";
	assert_int_equal(plan_read_selection(&view, &arena, &selection, NULL), ERR_VALUE);
	arena_release(&arena);
	view_release(&view);
	buf_release(&json);
}

static void
test_terms(void **state)
{
	struct plan_view view = view_sample();
	struct arena arena = {0};
	struct plan_selection selection;
	struct verify_terms terms;
	struct err err = {0};

	(void)state;
	assert_int_equal(plan_read_selection(&view, &arena, &selection, &err), ERR_OK);
	selection.template_depth = UINT32_MAX;
	assert_int_equal(plan_terms(&view, &selection, &terms, &err), ERR_OK);
	assert_int_equal(terms.as_of, 1795305600);
	assert_int_equal(terms.accepts.count, 2);
	assert_string_equal(terms.accepts.items[0], "shared");
	assert_string_equal(terms.assumed.items[0], "volumes");
	assert_string_equal(terms.protect_tags.items[0], "keep");
	assert_int_equal(terms.template_depth, UINT32_MAX);
	assert_int_equal(terms.older_than.seconds, 30 * 24 * 3600);
	assert_false(terms.older_than.off);
	assert_true(terms.not_launched_for.off);
	assert_int_equal(terms.amis.count, 0);
	plan_terms_release(&terms);
	view.as_of = "yesterday";
	assert_int_equal(plan_terms(&view, &selection, &terms, &err), ERR_VALUE);
	assert_non_null(strstr(err.text, "yesterday"));
	plan_terms_release(&terms);
	arena_release(&arena);
}

/* The sample with one piece of text put in place of another. */
static struct buf
damaged(const char *old, const char *new)
{
	struct buf json = sample_json(), result = {0};
	const char *at = strstr(json.at, old);

	assert_non_null(at);
	buf_add(&result, json.at, (size_t)(at - json.at));
	buf_add_text(&result, new);
	buf_add_text(&result, at + strlen(old));
	buf_release(&json);
	return result;
}

static void
expect_refused(const char *old, const char *new, const char *says)
{
	struct buf json = damaged(old, new);
	struct plan_view view;
	struct err err = {0};

	if (plan_read(buf_slice(&json), "plan.json", &view, &err) == ERR_OK)
		fail_msg("with %s nothing is wrong", new);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
	assert_string_equal(err.file, "plan.json");
	assert_true(err.line > 0 && err.column > 0);
	buf_release(&json);
}

/* An amount that an editor wrote: all that is no number, or says less than it seems to. */
static void
test_amounts_refused(void **state)
{
	static const char *const amounts[] = {"NaN", "-1.00", "+1.00", "1e5", "1", "0.5", ".50",
		"1.", "1,50", "1.00 ", "0x1.00", "", "1234567890123456789.00"};

	(void)state;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "\"%s\"", amounts[i]);
		expect_refused("\"0.40\"", text, "decimal text such as");
		expect_refused("\"0.00\"", text, "decimal text such as");
	}
	expect_refused("\"0.00\"", "\"99999.00\"", "\"min\" is above its \"max\"");
	expect_refused(
		"\"max\": \"0.40\"", "\"max\": \"0.40\", \"level\": \"sure\"", "no such level");
}

static void
test_refused(void **state)
{
	(void)state;
	expect_refused("amiplan.plan/1", "amiplan.plan/2", "amiplan.plan/1");
	expect_refused("\"order\": 1,", "", "a step lacks the member \"order\"");
	expect_refused("\"order\": 1,", "\"order\": -1,", "negative");
	expect_refused("\"order\": 1,", "\"order\": 4294967296,", "too large");
	expect_refused("\"order\": 1,", "\"order\": \"1\",", "");
	expect_refused("\"order\": 1,", "\"order\": 1, \"order\": 1,", "order");
	expect_refused(
		"\"order\": 1,", "\"order\": 1, \"extra\": 1,", "\"extra\" is no member of a step");
	expect_refused("\"facts\": {}", "\"facts\": []", "");
	expect_refused("\"name\": \"\"", "\"name\": \"a\\u0000b\"", "u0000");
	expect_refused("\"warnings\": [\n    {", "\"warnings\": [\n    1, {", "");
	expect_refused("    ]\n  }\n}", "    ]\n  }", "");
	expect_refused("    ]\n  }\n}", "    ]\n  }\n} x", "");
	expect_refused("\"one_off_usd\": {", "\"twice_usd\": {", "\"twice_usd\" is no member");
	expect_refused("\"other_snapshots\": {", "\"others\": {", "no member of a month's cost");
	expect_refused("\"cost\": {", "\"costs\": {", "\"costs\" is no member of a plan");
	expect_refused("\"currency\": \"USD\"", "\"currency\": \"EUR\"", "must be USD");
}

static void
test_place(void **state)
{
	struct buf json = damaged("\"order\": 2,", "\"order\": true,");
	struct plan_view view;
	struct err err = {0};
	uint32_t line = 1;

	(void)state;
	assert_int_not_equal(plan_read(buf_slice(&json), "plan.json", &view, &err), ERR_OK);
	for (const char *at = json.at; at < strstr(json.at, "true,\n      \"phase\": 2"); at++)
		line += *at == '\n';
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, strlen("      \"order\": ") + 1);
	buf_release(&json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_selection),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_amounts_refused),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
