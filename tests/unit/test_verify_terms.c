/*
 * The proof that a plan is safe: the terms under which it was made, and what it records of them.
 * It must not know: how plans are made.
 */
#include "verify_kit.h"

/* ---- terms of the plan ---- */

/* Eleven newer versions: beyond the default depth. */
static void
ancient_version(struct world *w)
{
	add_template(w, 12, 1, w->image, w->mapped);
}

static void
test_terms_are_heeded(void **state)
{
	struct verify_report report;
	struct world w;
	struct paper p;

	(void)state;
	for (int turn = 0; turn < 6; turn++) {
		struct verify_terms terms = write_terms();
		static const char *const selectors[] = {
			"tag:role=golden", "tag:role", "name=*,all", "tag:role=g*,all"};

		open_world(&w);
		tag_image(&w, "role", "golden");
		close_world(&w, turn == 5 ? ancient_version : NULL);
		write_paper(&p);
		if (turn < 4)
			vec_push(&terms.in_use_selectors, selectors[turn]);
		if (turn == 4)
			vec_push(&terms.protect_tags, "role=gold*");
		if (turn == 5)
			terms.template_depth = UINT32_MAX;
		prove(&w, &p, &terms, &report);
		if (turn == 2) /* the AMIs of this world have no names */
			expect_safe(&report, STEPS);
		else
			expect(&report, IMAGE,
				turn < 4    ? "referenced"
				: turn == 4 ? "protected-tag"
					    : "old-template-version");
		if (turn == 4)
			expect(&report, MAPPED, "protected-tag");
		if (turn == 5)
			expect(&report, MAPPED, "snapshot-referenced");
		verify_report_release(&report);
		free_terms(&terms);
		free_world(&w);
	}
}

static void
share_image(struct world *w)
{
	refer(w, w->image, node(w, NODE_ACCOUNT, OTHER), EDGE_SHARED_WITH);
}

static void
test_no_account_is_assumed_into_the_inventory(void **state)
{
	struct verify_terms terms = write_terms();
	struct verify_report report;

	(void)state;
	vec_push(&terms.assumed, "all");
	prove_spoiled(share_image, &terms, &report);
	expect(&report, IMAGE, "shared");
	verify_report_release(&report);
	free_terms(&terms);
}

static void
test_instances_only_of_named_amis(void **state)
{
	struct verify_terms terms = write_terms();
	struct verify_report report;

	(void)state;
	terms.amis.items[0] = TWIN;
	prove_spoiled(NULL, &terms, &report);
	expect(&report, INSTANCE, "unknown-action");
	verify_report_release(&report);
	free_terms(&terms);
}

static void
test_every_listing_is_needed(void **state)
{
	(void)state;
	for (int i = 1; i < DOC_KINDS; i++) {
		struct verify_terms terms = {0};
		struct verify_report report;
		struct world w;
		struct paper p;

		if (doc_kind_need((enum doc_kind)i) != NEED_ALWAYS)
			continue;
		terms = write_terms();
		open_world(&w);
		w.unread = (enum doc_kind)i;
		close_world(&w, NULL);
		write_paper(&p);
		prove(&w, &p, &terms, &report);
		/* Without any template, versions are not missed. */
		if (i == DOC_TEMPLATE_VERSIONS) {
			expect_safe(&report, STEPS);
		} else {
			expect(&report, IMAGE, "inventory-incomplete");
			expect(&report, ORPHAN, "inventory-incomplete");
			expect(&report, INSTANCE, "inventory-incomplete");
		}
		verify_report_release(&report);

		vec_push(&terms.assumed, doc_kind_word((enum doc_kind)i));
		if (i == DOC_LAUNCH_TEMPLATES) /* no templates known: nor is it known whether their
						  versions are */
			vec_push(&terms.assumed, doc_kind_word(DOC_TEMPLATE_VERSIONS));
		prove(&w, &p, &terms, &report);
		expect_safe(&report, STEPS);
		verify_report_release(&report);
		free_terms(&terms);
		free_world(&w);
	}
}

/* ---- --require ---- */

static void
instance_protection_is_read(struct world *w)
{
	w->instance_row.protected_ = NO;
}

static const struct requirement {
	const char *kind, *resource;
	bool assumed;
	void (*spoil)(struct world *w);
	bool unsafe;
} requirements[] = {
	{"recycle-bin", IMAGE, false, NULL, true},
	{"recycle-bin", INSTANCE, false, NULL, true},
	{"recycle-bin", IMAGE, true, NULL, false},
	{"snapshot-permissions", ORPHAN, false, NULL, true},
	{"snapshot-permissions", IMAGE, false, NULL, false},
	{"launch-permissions", IMAGE, false, NULL, false},
	{"termination-protection", INSTANCE, false, NULL, true},
	{"termination-protection", INSTANCE, false, instance_protection_is_read, false},
	{"termination-protection", IMAGE, false, NULL, false},
	{"images", IMAGE, false, NULL, false},
	{"parameters", IMAGE, false, NULL, false},
};

static void
prove_required(const struct requirement *requirement, struct verify_report *report)
{
	struct verify_terms terms = write_terms();

	vec_push(&terms.require, requirement->kind);
	if (requirement->assumed)
		vec_push(&terms.assumed, requirement->kind);
	prove_spoiled(requirement->spoil, &terms, report);
	free_terms(&terms);
}

static void
test_required_kinds_must_be_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(requirements) / sizeof(requirements[0]); i++) {
		const char *resource = requirements[i].resource;
		struct verify_report report;

		prove_required(&requirements[i], &report);
		if (requirements[i].unsafe)
			expect(&report, resource, "inventory-incomplete");
		else if (finding_of(&report, resource))
			fail_msg("%s: %s", requirements[i].kind,
				finding_of(&report, resource)->text);
		verify_report_release(&report);
	}
}

/* ---- what the plan's own selection keeps ---- */

static void
name_world(struct world *w)
{
	tag_image(w, "role", "golden");
	w->image_traits.architecture = word(w, "x86_64");
}

static void
test_the_plans_selection_holds(void **state)
{
	static const char *const rules[] = {"too-young", "launched-since", "kept-newest",
		"kept-newest", "not-selected", "not-selected", "not-selected", "not-selected"};

	(void)state;
	for (size_t turn = 0; turn < sizeof(rules) / sizeof(rules[0]); turn++) {
		struct verify_terms terms = write_terms();
		struct verify_report report;

		if (turn == 0)
			terms.older_than = (struct age){.seconds = INT64_C(401) * 86400};
		if (turn == 1)
			terms.not_launched_for = (struct age){.seconds = INT64_C(401) * 86400};
		if (turn == 2 || turn == 3) {
			terms.keep_last = 1;
			terms.group_by = turn == 2 ? "name-prefix" : "tag:role";
		}
		if (turn == 4)
			vec_push(&terms.names, "*");
		if (turn == 5)
			vec_push(&terms.tags, "role=silver");
		if (turn == 6)
			vec_push(&terms.architectures, "arm64");
		if (turn == 7)
			vec_push(&terms.only, OURS "/eu-west-1");
		prove_spoiled(name_world, &terms, &report);
		expect(&report, IMAGE, rules[turn]);
		if (turn == 0)
			expect(&report, ORPHAN, "too-young");
		verify_report_release(&report);
		free_terms(&terms);
	}
}

static void
test_what_the_selection_takes_is_safe(void **state)
{
	struct verify_terms terms = write_terms();
	struct verify_report report;

	(void)state;
	terms.older_than = terms.not_launched_for = (struct age){.seconds = INT64_C(400) * 86400};
	vec_push(&terms.only, OURS);
	prove_spoiled(name_world, &terms, &report);
	expect_safe(&report, STEPS);
	verify_report_release(&report);
	free_terms(&terms);
}

/* ---- what the plan records of itself ---- */

/* A choice, what it saves, and what the selection records of it. */
struct choice_case {
	struct view_choice choice;
	struct view_money saved;
	const char *save, *save_by;
	bool max_saving, is_kept;
	int64_t max_steps;
};

static void
prove_choice(const struct choice_case *c, bool is_there, struct verify_report *report)
{
	struct verify_terms terms = write_terms();
	struct world w;
	struct paper p;

	terms.save = c->save;
	terms.save_by = c->save_by;
	terms.max_saving = c->max_saving;
	terms.max_steps = c->max_steps;
	open_world(&w);
	close_world(&w, NULL);
	write_paper(&p);
	p.view.choice = is_there ? &c->choice : NULL;
	p.view.cost.monthly_saving_usd = c->saved;
	prove(&w, &p, &terms, report);
	free_world(&w);
	free_terms(&terms);
}

static void
expect_choice(const struct choice_case *c, bool is_there)
{
	struct verify_report report;

	prove_choice(c, is_there, &report);
	if (is_there && c->is_kept) {
		expect_safe(&report, STEPS);
	} else {
		assert_int_equal(report.findings.count, 1);
		assert_int_equal(report.findings.items[0].result, VERIFY_UNSAFE);
		assert_string_equal(report.findings.items[0].rule, "changed");
		assert_null(report.findings.items[0].step);
	}
	verify_report_release(&report);
}

static void
test_a_choice_that_the_plan_does_not_keep(void **state)
{
	static const struct choice_case cases[] = {
		{{.save_usd = "1.50"}, {.min = "1.50"}, "1.50", NULL, false, true, -1},
		{{.save_usd = "1.50"}, {.min = "1.50"}, "1.500", "sure", false, true, 9},
		{{.save_usd = "1.50"}, {.min = "1.49999"}, "1.50", NULL, false, false, -1},
		/* As exact as a byte at a price. */
		{{.save_usd = "9.00"}, {.min = "9.1333333331160247325897216796875"}, "9.00", NULL,
			false, true, -1},
		{{.save_usd = "9.00"}, {.min = "10.00"}, "09", NULL, false, true, -1},
		{{.save_usd = "9.00"}, {.min = "8.9999999999999999999999999999999"}, "9.00", NULL,
			false, false, -1},
		{{.save_usd = "1.50"}, {.min = "2x"}, "1.50", NULL, false, false, -1},
		{{.save_usd = "1.50"}, {.min = NULL}, "1.50", NULL, false, false, -1},
		{{.save_usd = "1.50", .by_most = true}, {.min = "0.00", .max = "1.50"}, "1.50",
			"most", false, true, -1},
		{{.save_usd = "1.50", .by_most = true}, {.min = "0.00", .priced = "1.50"}, "1.50",
			"most", false, true, -1},
		{{.save_usd = "1.50", .by_most = true}, {.min = "0.00", .max = "1.40"}, "1.50",
			"most", false, false, -1},
		{{.max_steps = STEPS}, {.min = "0.00"}, NULL, NULL, true, true, STEPS},
		{{.max_steps = STEPS - 1}, {.min = "9.00"}, NULL, NULL, true, false, STEPS - 1},
		/* Not what the selection says. */
		{{.save_usd = "1.50"}, {.min = "1.50"}, "9.00", NULL, false, false, -1},
		{{.save_usd = "1.50"}, {.min = "1.50"}, "1.50", "most", false, false, -1},
		{{.save_usd = "1.50", .by_most = true}, {.min = "2.00", .max = "2.00"}, "1.50",
			NULL, false, false, -1},
		{{.save_usd = "1.50"}, {.min = "1.50"}, NULL, NULL, true, false, STEPS},
		{{.save_usd = "1.50"}, {.min = "1.50"}, NULL, NULL, false, false, -1},
		{{.max_steps = STEPS}, {.min = "0.00"}, NULL, NULL, true, false, 1},
		{{.max_steps = STEPS}, {.min = "0.00"}, NULL, NULL, true, false, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		expect_choice(&cases[i], true);
		if (cases[i].save || cases[i].max_saving)
			expect_choice(&cases[i], false);
	}
}

static void
test_words_nobody_knows_are_not_checked(void **state)
{
	static const char *const accepts[] = {"nonsense", "snapshot-in-use", ("not-owned=" IMAGE),
		"inventory-incomplete", "too-young"};

	(void)state;
	for (size_t turn = 0; turn < 7; turn++) {
		struct verify_terms terms = write_terms();
		struct verify_report report;
		struct err err = {0};
		struct world w;
		struct paper p;
		const char *wrong = turn < 5 ? accepts[turn] : "nonsense";

		open_world(&w);
		close_world(&w, NULL);
		write_paper(&p);
		if (turn < 5)
			vec_push(&terms.accepts, wrong);
		if (turn == 5)
			vec_push(&terms.assumed, wrong);
		if (turn == 6)
			vec_push(&terms.require, wrong);
		assert_int_equal(
			verify_plan(&p.view, &terms, w.graph, &report, &err), ERR_UNCHECKED);
		assert_non_null(strstr(err.text, wrong));
		verify_report_release(&report);
		free_terms(&terms);
		free_world(&w);
	}
}

static void
test_as_of_far_ahead_of_its_inventory(void **state)
{
	(void)state;
	for (int turn = 0; turn < 3; turn++) {
		struct verify_terms terms = write_terms();
		struct verify_report report;
		struct world w;
		struct paper p;

		open_world(&w);
		builder_saw_time(w.b, AS_OF - INT64_C(3650) * 86400);
		close_world(&w, NULL);
		write_paper(&p);
		terms.as_of += turn > 0;
		terms.same_inventory = turn < 2;
		prove(&w, &p, &terms, &report);
		if (turn == 1)
			expect(&report, NULL, "as-of");
		else
			expect_safe(&report, STEPS);
		verify_report_release(&report);
		free_terms(&terms);
		free_world(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terms_are_heeded),
		cmocka_unit_test(test_no_account_is_assumed_into_the_inventory),
		cmocka_unit_test(test_instances_only_of_named_amis),
		cmocka_unit_test(test_every_listing_is_needed),
		cmocka_unit_test(test_required_kinds_must_be_there),
		cmocka_unit_test(test_the_plans_selection_holds),
		cmocka_unit_test(test_what_the_selection_takes_is_safe),
		cmocka_unit_test(test_words_nobody_knows_are_not_checked),
		cmocka_unit_test(test_a_choice_that_the_plan_does_not_keep),
		cmocka_unit_test(test_as_of_far_ahead_of_its_inventory),
	};

	return cmocka_run_group_tests_name("verify_terms", tests, NULL, NULL);
}
