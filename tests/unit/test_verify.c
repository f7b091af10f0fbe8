/*
 * The proof that a plan is safe: changes of the plan itself, later inventories, facts.
 * It must not know: how plans are made.
 */
#include "verify_kit.h"

/* ---- changes of the plan itself ---- */

static void
drop_image(struct paper *p)
{
	memmove(&p->steps[0], &p->steps[1], (STEPS - 1) * sizeof(p->steps[0]));
	p->view.step_count--;
	p->view.images.go--;
}

/* Nor does the instance depend on it any more: its AMI just stays. */
static void
forget_image(struct paper *p)
{
	drop_image(p);
	p->steps[3].depends_on.count = 0;
}

static void
miscount(struct paper *p)
{
	p->view.summary_steps++;
}

static void
drop_orphan(struct paper *p)
{
	p->steps[3] = p->steps[4];
	p->view.step_count--;
}

static void
swap_orders(struct paper *p)
{
	p->steps[0].order = 3;
	p->steps[2].order = 1;
}

static void
swap_places(struct paper *p)
{
	struct view_step step = p->steps[1];

	p->steps[1] = p->steps[2];
	p->steps[2] = step;
}

static void
snapshot_first(struct paper *p)
{
	swap_places(p);
	p->steps[1].order = 2;
	p->steps[2].order = 3;
	p->steps[1].depends_on.count = 0;
}

static void
same_order(struct paper *p)
{
	p->steps[3].order = 3;
}

static void
zero_order(struct paper *p)
{
	p->steps[0].order = 0;
}

static void
forget_dependency(struct paper *p)
{
	p->steps[2].depends_on.count = 1;
}

static void
forget_dependency_of_instance(struct paper *p)
{
	p->steps[4].depends_on.count = 0;
}

static void
depend_on_nothing(struct paper *p)
{
	p->after_images[1] = "deregister-image:ami-77777777";
}

static void
change_id(struct paper *p)
{
	p->steps[3].id = "delete-snapshot:snap-77777777";
}

static void
change_resource(struct paper *p)
{
	p->steps[3].id = "delete-snapshot:snap-77777777";
	p->steps[3].resource = "snap-77777777";
}

static void
misfit(struct paper *p)
{
	p->steps[3].action = "deregister-image";
	p->steps[3].id = "deregister-image:" ORPHAN;
	p->view.images.go++;
	p->view.snapshots.go--;
}

static void
wrong_phase(struct paper *p)
{
	p->steps[3].phase = 1;
}

static void
no_digest(struct paper *p)
{
	p->steps[1].facts = "{\"state\":\"available\"}";
}

static void
elsewhere(struct paper *p)
{
	p->steps[0].region = "eu-west-1";
}

static void
also_blocked(struct paper *p)
{
	p->blocked = ORPHAN;
	p->view.blocked_count = 1;
}

static void
also_kept(struct paper *p)
{
	p->kept = IMAGE;
	p->view.kept_count = 1;
}

static void
blocked_and_kept(struct paper *p)
{
	p->blocked = p->kept = "ami-44444444";
	p->view.blocked_count = p->view.kept_count = 1;
}

static void
twice(struct paper *p)
{
	p->steps[STEPS] = p->steps[3];
	p->steps[STEPS].order = STEPS + 1;
	p->view.step_count++;
	p->view.snapshots.go++;
}

static const struct forgery {
	const char *rule, *resource; /* NULL: the plan as a whole */
	void (*forge)(struct paper *p);
} forgeries[] = {
	{"snapshot-in-use", MAPPED,
		drop_image}, /* see below: its dependency on the step is noticed first */
	{"image-stays", INSTANCE, forget_image},
	{"changed", NULL, miscount},
	{"changed", NULL, drop_orphan},
	{"order", TWIN, swap_orders},
	{"order", TWIN, swap_places},
	{"order", MAPPED, snapshot_first},
	{"order", ORPHAN, same_order},
	{"order", IMAGE, zero_order},
	{"order", MAPPED, forget_dependency},
	{"order", INSTANCE, forget_dependency_of_instance},
	{"order", MAPPED, depend_on_nothing},
	{"unknown-action", ORPHAN, change_id},
	{"absent", "snap-77777777", change_resource},
	{"unknown-action", ORPHAN, misfit},
	{"unknown-action", ORPHAN, wrong_phase},
	{"changed", TWIN, no_digest},
	{"changed", IMAGE, elsewhere},
	{"listed-twice", ORPHAN, also_blocked},
	{"listed-twice", IMAGE, also_kept},
	{"listed-twice", NULL, blocked_and_kept},
	{"listed-twice", ORPHAN, twice},
};

static void
test_every_forgery_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		struct verify_terms terms = write_terms();
		struct verify_report report;
		struct world w;
		struct paper p;

		open_world(&w);
		close_world(&w, NULL);
		write_paper(&p);
		forgeries[i].forge(&p);
		if (forgeries[i].forge == drop_image) /* with the dependency dropped as well */
			p.after_images[0] = p.after_images[1];
		prove(&w, &p, &terms, &report);
		expect(&report, forgeries[i].resource, forgeries[i].rule);
		verify_report_release(&report);
		free_terms(&terms);
		free_world(&w);
	}
}

/* ---- later inventories ---- */

static void
image_is_gone(struct world *w)
{
	w->no_image = true;
	w->instance_state = STATE_INSTANCE_TERMINATED;
}

static void
test_what_is_gone_already_is_safe_later_only(void **state)
{
	(void)state;
	for (int later = 0; later < 2; later++) {
		struct verify_terms terms = write_terms();
		struct verify_report report;

		terms.same_inventory = !later;
		prove_spoiled(image_is_gone, &terms, &report);
		if (later) {
			expect_safe(&report, 3);
			assert_int_equal(report.gone, 2);
			assert_int_equal(finding_of(&report, IMAGE)->result, VERIFY_ALREADY_GONE);
			assert_int_equal(
				finding_of(&report, INSTANCE)->result, VERIFY_ALREADY_GONE);
		} else {
			expect(&report, IMAGE, "absent");
			expect(&report, INSTANCE, "absent");
		}
		verify_report_release(&report);
		free_terms(&terms);
	}
}

/* A snapshot of the user's own was linked by its mapping alone: when the AMIs have gone first,
 * nothing but the plan's word links it, and anybody can write a depends_on. */
static void
mapping_is_gone(struct world *w)
{
	w->no_image = true;
	w->no_mapping = true;
	w->mapped_text = SLICE("base");
}

static void
test_the_plans_word_is_no_link(void **state)
{
	struct verify_terms terms = write_terms();
	struct verify_report report;
	struct world w;
	struct paper p;

	(void)state;
	open_world(&w);
	close_world(&w, mapping_is_gone);
	write_paper(&p);
	terms.same_inventory = false;
	prove(&w, &p, &terms, &report);
	expect(&report, MAPPED, "weak-evidence");
	verify_report_release(&report);

	p.steps[2].depends_on.count = 0;
	prove(&w, &p, &terms, &report);
	expect(&report, MAPPED, "weak-evidence");
	verify_report_release(&report);
	free_terms(&terms);
	free_world(&w);
}

static void
test_absence_is_no_proof_where_the_listing_is_missing(void **state)
{
	struct verify_terms terms = write_terms();
	struct verify_report report;
	struct world w;
	struct paper p;

	(void)state;
	open_world(&w);
	w.unread = DOC_IMAGES;
	close_world(&w, image_is_gone);
	write_paper(&p);
	terms.same_inventory = false;
	prove(&w, &p, &terms, &report);
	expect(&report, IMAGE, "inventory-incomplete");
	verify_report_release(&report);
	free_terms(&terms);
	free_world(&w);
}

static void
test_what_cannot_be_judged(void **state)
{
	(void)state;
	for (int turn = 0; turn < 3; turn++) {
		struct verify_terms terms = write_terms();
		struct verify_report report;
		struct err err = {0};
		struct world w;
		struct paper p;

		open_world(&w);
		close_world(&w, NULL);
		write_paper(&p);
		if (turn == 0)
			p.steps[0].action = "reboot-instances";
		if (turn == 1)
			terms.as_of = TIME_NONE;
		if (turn == 2) {
			change_resource(&p);
			p.steps[3].region = "eu-west-1";
			terms.same_inventory = false;
		}
		assert_int_equal(
			verify_plan(&p.view, &terms, w.graph, &report, &err), ERR_UNCHECKED);
		assert_true(strlen(err.text) > 0);
		verify_report_release(&report);
		free_terms(&terms);
		free_world(&w);
	}
}

/* ---- facts ---- */

static void
test_a_harmless_change_is_listed(void **state)
{
	static const char *const facts[] = {"{\"mapped_snapshots\":[\"" MAPPED
					    "\"],\"owner\":\"" OURS
					    "\",\"protection\":null,\"state\":\"available\"}",
		"{\"mapped_snapshots\":[]}",
		"{\"mapped_snapshots\":[\"" MAPPED "\",\"" ORPHAN "\"]}",
		"{\"owner\":\"" OTHER "\"}", "{\"protection\":\"enabled\"}",
		"{\"state\":\"disabled\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		for (int later = 0; later < 2; later++) {
			struct verify_terms terms = write_terms();
			struct verify_report report;
			char seen[DIGEST_TEXT_SIZE];
			uint8_t digest[DIGEST_SIZE];
			struct world w;
			struct paper p;

			open_world(&w);
			close_world(&w, NULL);
			write_paper(&p);
			digest_of(slice_of(facts[i]), digest);
			digest_text(digest, seen);
			p.steps[0].facts = facts[i];
			p.steps[0].seen = seen;
			terms.same_inventory = !later;
			prove(&w, &p, &terms, &report);
			if (i == 0 || later)
				expect_safe(&report, STEPS);
			else
				expect(&report, IMAGE, "changed");
			assert_int_equal(report.changed, i > 0 && later);
			if (i > 0 && later)
				assert_int_equal(
					finding_of(&report, IMAGE)->result, VERIFY_CHANGED);
			verify_report_release(&report);
			free_terms(&terms);
			free_world(&w);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_forgery_is_found),
		cmocka_unit_test(test_what_is_gone_already_is_safe_later_only),
		cmocka_unit_test(test_the_plans_word_is_no_link),
		cmocka_unit_test(test_absence_is_no_proof_where_the_listing_is_missing),
		cmocka_unit_test(test_what_cannot_be_judged),
		cmocka_unit_test(test_a_harmless_change_is_listed),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
