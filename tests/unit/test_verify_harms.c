/*
 * The proof that a plan is safe: every way we know in which a world makes one unsafe.
 * It must not know: how plans are made.
 */
#include "verify_kit.h"

/* ---- the world spoils the plan: one row a rule ---- */

static void
foreign_image(struct world *w)
{
	w->owner = word(w, OTHER);
}

static void
nobodys(struct world *w)
{
	struct instance row = {.launched = LONG_AGO};

	/* Instances of two accounts: neither is ours by itself. */
	w->docs[DOC_INSTANCES] = add_document(w, DOC_INSTANCES, OTHER, 1);
	add_record(w, NODE_INSTANCE, "i-33333333", DOC_INSTANCES, STATE_INSTANCE_TERMINATED,
		word(w, OTHER), builder_row_instance(w->b, &row));
	w->nobody = true;
}

static void
backup_tag(struct world *w)
{
	tag_image(w, "aws:backup:source-resource", "x");
}

static void
backup_vault(struct world *w)
{
	w->image_traits.owner_alias = word(w, "aws-backup-vault");
}

static void
deregistration_protection(struct world *w)
{
	w->image_traits.protection = word(w, "enabled-without-cooldown");
}

/* A third AMI, nobody's plan, maps the snapshot. */
static void
third_image(struct world *w)
{
	nid third = node(w, NODE_IMAGE, "ami-33333333");
	struct image row = {.created = LONG_AGO};

	w->docs[DOC_IMAGES] = add_document(w, DOC_IMAGES, OURS, 1);
	add_record(w, NODE_IMAGE, "ami-33333333", DOC_IMAGES, STATE_IMAGE_DISABLED, word(w, OTHER),
		builder_row_image(w->b, &row));
	refer(w, third, w->mapped, EDGE_MAPS);
}

/* The orphan's AMI was not lost after all. */
static void
found_image(struct world *w)
{
	struct image row = {.created = LONG_AGO};

	w->docs[DOC_IMAGES] = add_document(w, DOC_IMAGES, OURS, 1);
	add_record(w, NODE_IMAGE, LOST, DOC_IMAGES, STATE_IMAGE_AVAILABLE, word(w, OURS),
		builder_row_image(w->b, &row));
}

static void
lock(struct world *w)
{
	w->mapped_traits.lock_state = word(w, "governance");
}

static void
termination_protection(struct world *w)
{
	w->instance_row.protected_ = YES;
}

static void
managed_by_operator(struct world *w)
{
	w->instance_row.managed = YES;
}

static void
pending_image(struct world *w)
{
	w->image_state = STATE_IMAGE_PENDING;
}

static void
broken_snapshot(struct world *w)
{
	w->mapped_state = STATE_SNAPSHOT_ERROR;
}

static void
odd_instance(struct world *w)
{
	w->instance_state = STATE_UNKNOWN;
}

static void
unread_permissions(struct world *w)
{
	w->no_permissions = true;
}

static void
another_instance(struct world *w)
{
	refer(w, node(w, NODE_INSTANCE, "i-22222222"), w->image, EDGE_LAUNCHED_FROM);
}

static void
pin_image(struct world *w)
{
	refer(w, node(w, NODE_FILE_PIN, "main.tf:1"), w->image, EDGE_PINS);
}

static void
configuration(struct world *w)
{
	refer(w, node(w, NODE_LAUNCH_CONFIGURATION, "config"), w->image, EDGE_NAMES_IMAGE);
}

static void
report_of_use(struct world *w)
{
	refer(w, node(w, NODE_ACCOUNT, OTHER), w->image, EDGE_USED_BY);
}

static void
pin_snapshot(struct world *w)
{
	refer(w, node(w, NODE_FILE_PIN, "main.tf:1"), w->orphan, EDGE_PINS);
}

static void
live_version(struct world *w)
{
	add_template(w, 3, 3, w->image, 0);
}

static void
old_version(struct world *w)
{
	add_template(w, 3, 1, w->image, 0);
}

/* Eleven newer versions: beyond the default depth. */
static void
ancient_version(struct world *w)
{
	add_template(w, 12, 1, w->image, w->mapped);
}

/* The older version takes its AMI from a parameter; whoever accepts the parameter has not accepted
 * the version. */
static void
old_version_by_parameter(struct world *w)
{
	nid parameter = node(w, NODE_PARAMETER, "parameter/golden");

	add_template(w, 3, 0, 0, 0);
	refer(w, node(w, NODE_TEMPLATE_VERSION, "lt-11111111:1"), parameter, EDGE_RESOLVES);
	refer(w, parameter, w->image, EDGE_NAMES_IMAGE);
}

static void
old_version_of_snapshot(struct world *w)
{
	add_template(w, 3, 1, 0, w->mapped);
}

static void
public_image(struct world *w)
{
	w->image_row.is_public = YES;
}

static void
share_image(struct world *w)
{
	refer(w, w->image, node(w, NODE_ACCOUNT, OTHER), EDGE_SHARED_WITH);
}

static void
share_snapshot(struct world *w)
{
	refer(w, w->orphan, node(w, NODE_ACCOUNT, "all"), EDGE_SHARED_WITH);
}

/* The grantee's listings are all there: it has its say by them. */
static void
share_with_a_known_account(struct world *w)
{
	share_image(w);
	for (int kind = 1; kind < DOC_KINDS; kind++)
		if (doc_kind_need((enum doc_kind)kind) == NEED_ALWAYS)
			add_document(w, (enum doc_kind)kind, OTHER, kind == DOC_SNAPSHOTS);
}

static void
share_with_ourselves(struct world *w)
{
	refer(w, w->image, node(w, NODE_ACCOUNT, OURS), EDGE_SHARED_WITH);
}

static void
young_image(struct world *w)
{
	w->image_row.created = AS_OF - 86400 + 1;
	w->mapped_row.started = w->image_row.created;
}

static void
fresh_launch(struct world *w)
{
	w->image_row.last_launched = AS_OF + 60;
}

static void
ageless_image(struct world *w)
{
	w->image_row.created = TIME_NONE;
}

static void
older_snapshot(struct world *w)
{
	w->mapped_text = SLICE("nightly backup");
	w->mapped_row.started = LONG_AGO - 86400 - 1;
}

/* A day and no more is not older: made for it, by hand. */
static void
snapshot_of_the_day_before(struct world *w)
{
	w->mapped_text = SLICE("base");
	w->mapped_row.started = LONG_AGO - 86400;
}

static void
binned_image(struct world *w)
{
	struct image row = {.created = LONG_AGO};

	w->docs[DOC_RECYCLE_BIN] = add_document(w, DOC_RECYCLE_BIN, OURS, 1);
	add_record(w, NODE_IMAGE, LOST, DOC_RECYCLE_BIN, STATE_IMAGE_IN_BIN, 0,
		builder_row_image(w->b, &row));
}

static void
mention(struct world *w)
{
	w->orphan_text = "backup of " LOST;
}

static void
no_link(struct world *w)
{
	w->orphan_text = "something else";
}

static void
group_member(struct world *w)
{
	refer(w, w->instance, node(w, NODE_AUTO_SCALING_GROUP, "group"), EDGE_MEMBER_OF);
}

static void
keep_by_request(struct world *w, const char *type)
{
	nid request = node(w, NODE_SPOT_REQUEST, "sir-11111111");
	struct spot_request row = {.type = word(w, type)};

	w->docs[DOC_SPOT_REQUESTS] = add_document(w, DOC_SPOT_REQUESTS, OURS, 1);
	add_record(w, NODE_SPOT_REQUEST, "sir-11111111", DOC_SPOT_REQUESTS, STATE_SPOT_ACTIVE,
		word(w, OURS), builder_row_spot_request(w->b, &row));
	refer(w, w->instance, request, EDGE_MEMBER_OF);
}

static void
persistent_request(struct world *w)
{
	keep_by_request(w, "persistent");
}

static void
one_time_request(struct world *w)
{
	keep_by_request(w, "one-time");
}

/* The instance names it, and the listing of requests does not have it any more. */
static void
forgotten_request(struct world *w)
{
	refer(w, w->instance, node(w, NODE_SPOT_REQUEST, "sir-11111111"), EDGE_MEMBER_OF);
}

static void
lifecycle_tag(struct world *w)
{
	tag_image(w, "aws:dlm:lifecycle-policy-id", "policy-1");
}

static void
backup_text(struct world *w)
{
	w->mapped_text = SLICE("This snapshot is created by the AWS Backup service.");
}

static const struct spoiler {
	const char *rule, *resource;
	void (*spoil)(struct world *w);
	bool acceptable;
} spoilers[] = {
	{"not-owned", IMAGE, foreign_image, false},
	{"owner-unknown", IMAGE, nobodys, false},
	{"aws-backup", IMAGE, backup_tag, false},
	{"aws-backup", MAPPED, backup_tag, false},
	{"aws-backup", MAPPED, backup_vault, false},
	{"deregistration-protected", IMAGE, deregistration_protection, false},
	{"snapshot-in-use", MAPPED, third_image, false},
	{"snapshot-in-use", ORPHAN, found_image, false},
	{"snapshot-locked", MAPPED, lock, false},
	{"termination-protected", INSTANCE, termination_protection, false},
	{"termination-protected", INSTANCE, managed_by_operator, false},
	{"image-state", IMAGE, pending_image, true},
	{"snapshot-state", MAPPED, broken_snapshot, true},
	{"instance-state", INSTANCE, odd_instance, true},
	{"inventory-incomplete", IMAGE, unread_permissions, false},
	{"in-use", IMAGE, another_instance, true},
	{"referenced", IMAGE, pin_image, true},
	{"referenced", IMAGE, configuration, true},
	{"referenced", IMAGE, report_of_use, true},
	{"referenced", IMAGE, live_version, true},
	{"old-template-version", IMAGE, old_version, true},
	{"snapshot-referenced", MAPPED, old_version_of_snapshot, true},
	{"snapshot-referenced", ORPHAN, pin_snapshot, true},
	{"shared", IMAGE, public_image, true},
	{"shared", IMAGE, share_image, true},
	{"shared", ORPHAN, share_snapshot, true},
	{"recently-launched", IMAGE, young_image, true},
	{"recently-launched", IMAGE, fresh_launch, true},
	{"recently-launched", IMAGE, ageless_image, true},
	{"predates-image", MAPPED, older_snapshot, true},
	{"image-in-recycle-bin", ORPHAN, binned_image, true},
	{"weak-evidence", ORPHAN, mention, true},
	{"weak-evidence", ORPHAN, no_link, false},
	{"asg-managed", INSTANCE, group_member, true},
	{"asg-managed", INSTANCE, persistent_request, true},
	{"managed-elsewhere", IMAGE, lifecycle_tag, true},
	{"managed-elsewhere", MAPPED, backup_text, true},
};

static void
prove_accepting(const struct spoiler *spoiler, const char *accept, struct verify_report *report)
{
	struct verify_terms terms = write_terms();

	if (accept)
		vec_push(&terms.accepts, accept);
	prove_spoiled(spoiler->spoil, &terms, report);
	free_terms(&terms);
}

static void
test_every_rule_makes_it_unsafe(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoilers) / sizeof(spoilers[0]); i++) {
		struct verify_report report;

		prove_accepting(&spoilers[i], NULL, &report);
		expect(&report, spoilers[i].resource, spoilers[i].rule);
		verify_report_release(&report);
	}
}

static void
test_only_safety_rules_can_be_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoilers) / sizeof(spoilers[0]); i++) {
		const struct spoiler *spoiler = &spoilers[i];
		struct verify_report report;
		char accept[128];

		if (!spoiler->acceptable)
			continue;
		snprintf(accept, sizeof(accept), "%s=%s", spoiler->rule, spoiler->resource);
		prove_accepting(spoiler, accept, &report);
		if (finding_of(&report, spoiler->resource) &&
			strcmp(finding_of(&report, spoiler->resource)->rule, spoiler->rule) == 0)
			fail_msg("%s was accepted, and yet it speaks", spoiler->rule);
		verify_report_release(&report);

		prove_accepting(spoiler, strcmp(spoiler->rule, "shared") == 0 ? "in-use" : "shared",
			&report);
		expect(&report, spoiler->resource, spoiler->rule);
		verify_report_release(&report);

		snprintf(accept, sizeof(accept), "%s=ami-77777777", spoiler->rule);
		prove_accepting(spoiler, accept, &report);
		expect(&report, spoiler->resource, spoiler->rule);
		verify_report_release(&report);
	}
}

static void
test_a_parameter_accepted_is_not_its_old_versions(void **state)
{
	static const struct spoiler by_parameter = {.spoil = old_version_by_parameter};
	struct verify_report report;

	(void)state;
	prove_accepting(&by_parameter, NULL, &report);
	expect(&report, IMAGE, "referenced");
	verify_report_release(&report);
	prove_accepting(&by_parameter, "referenced", &report);
	expect(&report, IMAGE, "old-template-version");
	verify_report_release(&report);
}

static void
test_what_harms_nobody_is_safe(void **state)
{
	static void (*const harmless[])(struct world * w) = {NULL, ancient_version,
		share_with_a_known_account, share_with_ourselves, snapshot_of_the_day_before,
		one_time_request, forgotten_request};

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		struct spoiler spoiler = {.spoil = harmless[i]};
		struct verify_report report;

		prove_accepting(&spoiler, NULL, &report);
		expect_safe(&report, STEPS);
		verify_report_release(&report);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_harms_nobody_is_safe),
		cmocka_unit_test(test_every_rule_makes_it_unsafe),
		cmocka_unit_test(test_only_safety_rules_can_be_accepted),
		cmocka_unit_test(test_a_parameter_accepted_is_not_its_old_versions),
	};

	return cmocka_run_group_tests_name("verify_harms", tests, NULL, NULL);
}
