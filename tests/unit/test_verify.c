/*
 * The proof that a plan is safe: one safe plan, and every way we know to make it unsafe.
 * It must not know: how plans are made.
 */
#include "build.h"
#include "civil.h"
#include "verify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define OURS "111111111111"
#define OTHER "222222222222"
#define REGION "us-east-1"
#define IMAGE "ami-11111111"
#define TWIN "ami-22222222" /* maps the same snapshot */
#define LOST "ami-99999999" /* deregistered long ago */
#define MAPPED "snap-11111111"
#define ORPHAN "snap-22222222"
#define INSTANCE "i-11111111"
#define AS_OF 1750000000
#define LONG_AGO (AS_OF - 400 * 86400)

/* ---- a small world: two AMIs on one snapshot, an orphaned snapshot, an instance; everything was
 * read ---- */

struct world {
	struct builder *b;
	uint32_t docs[DOC_KINDS];
	nid image, twin, lost, mapped, orphan, instance;
	struct image image_row;
	struct image_traits image_traits;
	struct snapshot mapped_row, orphan_row;
	struct snapshot_traits mapped_traits;
	struct instance instance_row;
	enum state image_state, mapped_state, instance_state;
	sid owner;
	const char *orphan_text;
	struct slice mapped_text;
	enum doc_kind unread; /* a kind of document that is missing */
	bool no_image, nobody, no_permissions, no_mapping;
	struct tag tag;
	struct graph *graph;
};

static sid
word(struct world *w, const char *text)
{
	return builder_text(w->b, slice_of(text));
}

static nid
node(struct world *w, enum node_kind kind, const char *id)
{
	return builder_node(w->b, kind, slice_of(id));
}

static uint32_t
add_document(struct world *w, enum doc_kind kind, const char *account, uint64_t records)
{
	struct document document = {.path = "x.json",
		.kind = kind,
		.account = word(w, account),
		.region = word(w, REGION),
		.records = records};

	return builder_document(w->b, &document);
}

static rid
add_record(struct world *w, enum node_kind kind, const char *id, enum doc_kind doc,
	enum state state, sid owner, uint32_t row)
{
	struct record_facts facts = {.kind = kind,
		.id = slice_of(id),
		.doc = w->docs[doc],
		.state = state,
		.owner = owner,
		.row = row};

	return builder_record(w->b, &facts);
}

static void
refer(struct world *w, nid from, nid to, enum edge_kind kind)
{
	builder_edge(w->b, from, to, kind, SOURCE_FIELD, BELIEF_FACT, word(w, "member"), 0);
}

static struct span
tag_of(struct world *w)
{
	return w->tag.key ? builder_tags(w->b, &w->tag, 1) : (struct span){0, 0};
}

static void
open_world(struct world *w)
{
	*w = (struct world){.b = builder_new(),
		.image_state = STATE_IMAGE_AVAILABLE,
		.mapped_state = STATE_SNAPSHOT_COMPLETED,
		.instance_state = STATE_INSTANCE_RUNNING,
		.orphan_text = "Created by CreateImage(i-99999999) for " LOST,
		.mapped_text = SLICE("Created by CreateImage(i-99999999) for " IMAGE)};
	w->owner = word(w, OURS);
	w->image = node(w, NODE_IMAGE, IMAGE);
	w->twin = node(w, NODE_IMAGE, TWIN);
	w->lost = node(w, NODE_IMAGE, LOST);
	w->mapped = node(w, NODE_SNAPSHOT, MAPPED);
	w->orphan = node(w, NODE_SNAPSHOT, ORPHAN);
	w->instance = node(w, NODE_INSTANCE, INSTANCE);
	w->image_row = (struct image){.created = LONG_AGO, .last_launched = TIME_NONE};
	w->image_traits = (struct image_traits){.bin_exit = TIME_NONE};
	w->mapped_row = (struct snapshot){.started = LONG_AGO};
	w->orphan_row = w->mapped_row;
	w->instance_row = (struct instance){.launched = LONG_AGO};
}

static void
add_images(struct world *w)
{
	rid record;

	if (!w->no_image) {
		w->image_row.tags = tag_of(w);
		w->image_row.traits = builder_image_traits(w->b, 0, &w->image_traits);
		record = add_record(w, NODE_IMAGE, IMAGE, DOC_IMAGES, w->image_state, w->owner,
			builder_row_image(w->b, &w->image_row));
		if (!w->no_mapping)
			builder_edge(w->b, w->image, w->mapped, EDGE_MAPS, SOURCE_MAPPING,
				BELIEF_FACT, 0, record);
		if (!w->no_permissions)
			builder_image_permissions_read(w->b, w->image, w->docs[DOC_IMAGES]);
	}
	w->image_row = (struct image){.created = LONG_AGO, .last_launched = TIME_NONE};
	record = add_record(w, NODE_IMAGE, TWIN, DOC_IMAGES, STATE_IMAGE_AVAILABLE, word(w, OURS),
		builder_row_image(w->b, &w->image_row));
	if (!w->no_mapping)
		builder_edge(w->b, w->twin, w->mapped, EDGE_MAPS, SOURCE_MAPPING, BELIEF_FACT, 0,
			record);
	builder_image_permissions_read(w->b, w->twin, w->docs[DOC_IMAGES]);
}

static void
add_others(struct world *w)
{
	rid record;

	w->mapped_row.traits = builder_snapshot_traits(w->b, 0, &w->mapped_traits);
	w->mapped_row.description = builder_text(w->b, w->mapped_text);
	record = add_record(w, NODE_SNAPSHOT, MAPPED, DOC_SNAPSHOTS, w->mapped_state, word(w, OURS),
		builder_row_snapshot(w->b, &w->mapped_row));
	builder_describe(w->b, w->mapped, w->mapped_text, SLICE("vol-11111111"), record);
	w->orphan_row.description = word(w, w->orphan_text);
	record = add_record(w, NODE_SNAPSHOT, ORPHAN, DOC_SNAPSHOTS, STATE_SNAPSHOT_COMPLETED,
		word(w, OURS), builder_row_snapshot(w->b, &w->orphan_row));
	builder_describe(w->b, w->orphan, slice_of(w->orphan_text), SLICE("vol-11111111"), record);
	record = add_record(w, NODE_INSTANCE, INSTANCE, DOC_INSTANCES, w->instance_state,
		word(w, OURS), builder_row_instance(w->b, &w->instance_row));
	builder_edge(w->b, w->instance, w->image, EDGE_LAUNCHED_FROM, SOURCE_FIELD, BELIEF_FACT, 0,
		record);
}

static void
close_world(struct world *w, void (*spoil)(struct world *w))
{
	sid ours = word(w, OURS);
	struct freeze_options options = {.accounts = &ours, .account_count = 1};
	struct err err = {0};

	if (spoil)
		spoil(w);
	options.account_count = w->nobody ? 0 : 1;
	for (int i = 1; i < DOC_KINDS; i++) {
		enum doc_kind kind = (enum doc_kind)i;
		bool has_records =
			kind == DOC_IMAGES || kind == DOC_SNAPSHOTS || kind == DOC_INSTANCES;

		if (doc_kind_need(kind) == NEED_ALWAYS && kind != w->unread)
			w->docs[kind] = add_document(w, kind, OURS, has_records ? 2 : 0);
		else
			w->docs[kind] = add_document(w, DOC_IDENTITY, OURS, 1);
	}
	add_images(w);
	add_others(w);
	if (builder_freeze(w->b, &options, &w->graph, &err) != 0)
		fail_msg("%s", err.text);
}

static void
free_world(struct world *w)
{
	graph_free(w->graph);
	builder_free(w->b);
}

/* ---- a plan by hand ---- */

#define STEPS 5

struct paper {
	struct plan_view view;
	struct view_step steps[STEPS + 1];
	const char *after_images[2], *after_image[1];
	const char *blocked, *kept;
	char seen[DIGEST_TEXT_SIZE];
};

static void
paper_step(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	const struct paper *paper = view->from;

	(void)arena;
	(void)parts;
	*out = paper->steps[i];
}

static void
paper_blocked(const struct plan_view *view, size_t i, struct arena *arena, struct view_blocked *out)
{
	const struct paper *paper = view->from;

	(void)arena;
	(void)i;
	*out = (struct view_blocked){.resource = paper->blocked};
}

static void
paper_kept(const struct plan_view *view, size_t i, struct arena *arena, struct view_kept *out)
{
	const struct paper *paper = view->from;

	(void)arena;
	(void)i;
	*out = (struct view_kept){.resource = paper->kept};
}

static void
write_step(struct paper *p, size_t i, uint32_t phase, const char *action, const char *id)
{
	p->steps[i] = (struct view_step){.id = id,
		.order = (uint32_t)i + 1,
		.phase = phase,
		.action = action,
		.resource = strchr(id, ':') + 1,
		.name = "",
		.account = OURS,
		.region = REGION,
		.facts = "{}",
		.seen = p->seen};
}

static void
write_paper(struct paper *p)
{
	uint8_t digest[DIGEST_SIZE];

	*p = (struct paper){.view = {.as_of = "2025-06-15T15:06:40Z",
				    .step_count = STEPS,
				    .summary_steps = STEPS,
				    .images = {.go = 2},
				    .snapshots = {.go = 2},
				    .instances = {.go = 1},
				    .step = paper_step,
				    .blocked = paper_blocked,
				    .kept = paper_kept}};
	digest_of(SLICE("{}"), digest);
	digest_text(digest, p->seen);
	p->view.from = p;
	p->after_images[0] = "deregister-image:" IMAGE;
	p->after_images[1] = "deregister-image:" TWIN;
	p->after_image[0] = "deregister-image:" IMAGE;
	write_step(p, 0, 1, "deregister-image", "deregister-image:" IMAGE);
	write_step(p, 1, 1, "deregister-image", "deregister-image:" TWIN);
	write_step(p, 2, 2, "delete-snapshot", "delete-snapshot:" MAPPED);
	write_step(p, 3, 2, "delete-snapshot", "delete-snapshot:" ORPHAN);
	write_step(p, 4, 3, "terminate-instances", "terminate-instances:" INSTANCE);
	p->steps[2].depends_on = (struct texts){p->after_images, 2};
	p->steps[4].depends_on = (struct texts){p->after_image, 1};
}

static struct verify_terms
write_terms(void)
{
	struct verify_terms terms = {.as_of = AS_OF, .template_depth = 10, .same_inventory = true};

	vec_push(&terms.amis, IMAGE);
	return terms;
}

static void
free_terms(struct verify_terms *terms)
{
	vec_release(&terms->accepts);
	vec_release(&terms->assumed);
	vec_release(&terms->protect_tags);
	vec_release(&terms->in_use_selectors);
	vec_release(&terms->amis);
	vec_release(&terms->require);
	vec_release(&terms->names);
	vec_release(&terms->tags);
	vec_release(&terms->architectures);
	vec_release(&terms->only);
}

/* ---- what a proof says ---- */

static void
prove(const struct world *w, const struct paper *p, const struct verify_terms *terms,
	struct verify_report *report)
{
	struct err err = {0};

	if (verify_plan(&p->view, terms, w->graph, report, &err) != 0)
		fail_msg("%s", err.text);
}

static const struct verify_finding *
finding_of(const struct verify_report *report, const char *resource)
{
	vec_foreach (finding, &report->findings) {
		if (resource ? finding->resource && strcmp(finding->resource, resource) == 0
			     : !finding->resource)
			return finding;
	}
	return NULL;
}

static void
expect(const struct verify_report *report, const char *resource, const char *rule)
{
	const struct verify_finding *finding = finding_of(report, resource);

	if (!finding)
		fail_msg("%s of %s was not found", rule, resource ? resource : "the plan");
	assert_string_equal(finding->rule, rule);
	assert_int_equal(finding->result, VERIFY_UNSAFE);
	assert_true(strlen(finding->text) > 0);
}

static void
expect_safe(const struct verify_report *report, size_t steps)
{
	vec_foreach (finding, &report->findings) {
		if (finding->result == VERIFY_UNSAFE)
			fail_msg("%s: %s", finding->rule, finding->text);
	}
	assert_int_equal(report->unsafe, 0);
	assert_int_equal(report->safe, steps);
}

/* ---- the world spoils the plan: one row a rule ---- */

static void
tag_image(struct world *w, const char *key, const char *value)
{
	w->tag = (struct tag){word(w, key), word(w, value)};
}

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
operator(struct world *w)
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

/* A template of `count` versions; the one numbered `names` names the AMI (or the snapshot). */
static void
add_template(struct world *w, uint64_t count, uint64_t names, nid image, nid snapshot)
{
	nid template = node(w, NODE_LAUNCH_TEMPLATE, "lt-11111111");
	struct template row = {.default_version = count, .latest_version = count};

	w->docs[DOC_LAUNCH_TEMPLATES] = add_document(w, DOC_LAUNCH_TEMPLATES, OURS, 1);
	w->docs[DOC_TEMPLATE_VERSIONS] = add_document(w, DOC_TEMPLATE_VERSIONS, OURS, count);
	add_record(w, NODE_LAUNCH_TEMPLATE, "lt-11111111", DOC_LAUNCH_TEMPLATES, STATE_UNKNOWN, 0,
		builder_row_template(w->b, &row));
	for (uint64_t n = 1; n <= count; n++) {
		struct template_version version = {
			.template = template, .number = n, .is_default = n == count};
		char id[32];
		rid record;
		nid from;

		snprintf(id, sizeof(id), "lt-11111111:%llu", (unsigned long long)n);
		from = node(w, NODE_TEMPLATE_VERSION, id);
		record = add_record(w, NODE_TEMPLATE_VERSION, id, DOC_TEMPLATE_VERSIONS,
			STATE_UNKNOWN, 0, builder_row_version(w->b, &version));
		builder_edge(w->b, from, template, EDGE_VERSION_OF, SOURCE_FIELD, BELIEF_FACT, 0,
			record);
		if (n == names && image)
			builder_edge(w->b, from, image, EDGE_NAMES_IMAGE, SOURCE_FIELD, BELIEF_FACT,
				0, record);
		if (n == names && snapshot)
			builder_edge(w->b, from, snapshot, EDGE_NAMES_SNAPSHOT, SOURCE_FIELD,
				BELIEF_FACT, 0, record);
	}
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
} spoilers[] = {{"not-owned", IMAGE, foreign_image, false},
	{"owner-unknown", IMAGE, nobodys, false}, {"aws-backup", IMAGE, backup_tag, false},
	{"aws-backup", MAPPED, backup_tag, false}, {"aws-backup", MAPPED, backup_vault, false},
	{"deregistration-protected", IMAGE, deregistration_protection, false},
	{"snapshot-in-use", MAPPED, third_image, false},
	{"snapshot-in-use", ORPHAN, found_image, false}, {"snapshot-locked", MAPPED, lock, false},
	{"termination-protected", INSTANCE, termination_protection, false},
	{
		"termination-protected",
		INSTANCE,
		operator,
		false },
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
		{"managed-elsewhere", IMAGE, lifecycle_tag, true},
		{"managed-elsewhere", MAPPED, backup_text, true},
};

static void
prove_spoiled(const struct spoiler *spoiler, const char *accept, struct verify_report *report)
{
	struct verify_terms terms = write_terms();
	struct world w;
	struct paper p;

	open_world(&w);
	close_world(&w, spoiler->spoil);
	write_paper(&p);
	if (accept)
		vec_push(&terms.accepts, accept);
	prove(&w, &p, &terms, report);
	free_terms(&terms);
	free_world(&w);
}

static void
test_every_rule_makes_it_unsafe(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoilers) / sizeof(spoilers[0]); i++) {
		struct verify_report report;

		prove_spoiled(&spoilers[i], NULL, &report);
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
		prove_spoiled(spoiler, accept, &report);
		if (finding_of(&report, spoiler->resource) &&
			strcmp(finding_of(&report, spoiler->resource)->rule, spoiler->rule) == 0)
			fail_msg("%s was accepted, and yet it speaks", spoiler->rule);
		verify_report_release(&report);

		prove_spoiled(spoiler, strcmp(spoiler->rule, "shared") == 0 ? "in-use" : "shared",
			&report);
		expect(&report, spoiler->resource, spoiler->rule);
		verify_report_release(&report);

		snprintf(accept, sizeof(accept), "%s=ami-77777777", spoiler->rule);
		prove_spoiled(spoiler, accept, &report);
		expect(&report, spoiler->resource, spoiler->rule);
		verify_report_release(&report);
	}
}

static void
test_what_harms_nobody_is_safe(void **state)
{
	static void (*const harmless[])(struct world * w) = {NULL, ancient_version,
		share_with_a_known_account, share_with_ourselves, snapshot_of_the_day_before};

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		struct spoiler spoiler = {.spoil = harmless[i]};
		struct verify_report report;

		prove_spoiled(&spoiler, NULL, &report);
		expect_safe(&report, STEPS);
		verify_report_release(&report);
	}
}

/* ---- terms of the plan ---- */

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
test_a_parameter_accepted_is_not_its_old_versions(void **state)
{
	static const struct spoiler by_parameter = {.spoil = old_version_by_parameter};
	struct verify_report report;

	(void)state;
	prove_spoiled(&by_parameter, NULL, &report);
	expect(&report, IMAGE, "referenced");
	verify_report_release(&report);
	prove_spoiled(&by_parameter, "referenced", &report);
	expect(&report, IMAGE, "old-template-version");
	verify_report_release(&report);
}

static void
test_no_account_is_assumed_into_the_inventory(void **state)
{
	struct verify_terms terms = write_terms();
	struct verify_report report;
	struct world w;
	struct paper p;

	(void)state;
	open_world(&w);
	close_world(&w, share_image);
	write_paper(&p);
	vec_push(&terms.assumed, "all");
	prove(&w, &p, &terms, &report);
	expect(&report, IMAGE, "shared");
	verify_report_release(&report);
	free_terms(&terms);
	free_world(&w);
}

static void
test_instances_only_of_named_amis(void **state)
{
	struct verify_terms terms = write_terms();
	struct verify_report report;
	struct world w;
	struct paper p;

	(void)state;
	open_world(&w);
	close_world(&w, NULL);
	write_paper(&p);
	terms.amis.items[0] = TWIN;
	prove(&w, &p, &terms, &report);
	expect(&report, INSTANCE, "unknown-action");
	verify_report_release(&report);
	free_terms(&terms);
	free_world(&w);
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
	struct world w;
	struct paper p;

	open_world(&w);
	close_world(&w, requirement->spoil);
	write_paper(&p);
	vec_push(&terms.require, requirement->kind);
	if (requirement->assumed)
		vec_push(&terms.assumed, requirement->kind);
	prove(&w, &p, &terms, report);
	free_terms(&terms);
	free_world(&w);
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
		struct world w;
		struct paper p;

		open_world(&w);
		close_world(&w, image_is_gone);
		write_paper(&p);
		terms.same_inventory = !later;
		prove(&w, &p, &terms, &report);
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
		free_world(&w);
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

/* ---- what the plan's own selection keeps ---- */

static void
name_world(struct world *w)
{
	tag_image(w, "role", "golden");
	w->image_traits.architecture = word(w, "x86_64");
}

static void
prove_terms(const struct verify_terms *terms, struct verify_report *report)
{
	struct world w;
	struct paper p;

	open_world(&w);
	close_world(&w, name_world);
	write_paper(&p);
	prove(&w, &p, terms, report);
	free_world(&w);
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
		prove_terms(&terms, &report);
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
	prove_terms(&terms, &report);
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
		cmocka_unit_test(test_what_harms_nobody_is_safe),
		cmocka_unit_test(test_every_rule_makes_it_unsafe),
		cmocka_unit_test(test_only_safety_rules_can_be_accepted),
		cmocka_unit_test(test_terms_are_heeded),
		cmocka_unit_test(test_a_parameter_accepted_is_not_its_old_versions),
		cmocka_unit_test(test_no_account_is_assumed_into_the_inventory),
		cmocka_unit_test(test_instances_only_of_named_amis),
		cmocka_unit_test(test_every_listing_is_needed),
		cmocka_unit_test(test_required_kinds_must_be_there),
		cmocka_unit_test(test_every_forgery_is_found),
		cmocka_unit_test(test_what_is_gone_already_is_safe_later_only),
		cmocka_unit_test(test_the_plans_word_is_no_link),
		cmocka_unit_test(test_absence_is_no_proof_where_the_listing_is_missing),
		cmocka_unit_test(test_what_cannot_be_judged),
		cmocka_unit_test(test_the_plans_selection_holds),
		cmocka_unit_test(test_what_the_selection_takes_is_safe),
		cmocka_unit_test(test_words_nobody_knows_are_not_checked),
		cmocka_unit_test(test_a_choice_that_the_plan_does_not_keep),
		cmocka_unit_test(test_as_of_far_ahead_of_its_inventory),
		cmocka_unit_test(test_a_harmless_change_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
