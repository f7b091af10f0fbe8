/*
 * What the tests of the proof share.
 * It must not know: what any test looks at.
 */
#include "verify_kit.h"

/* ---- the world ---- */

sid
word(struct world *w, const char *text)
{
	return builder_text(w->b, slice_of(text));
}

nid
node(struct world *w, enum node_kind kind, const char *id)
{
	return builder_node(w->b, kind, slice_of(id));
}

uint32_t
add_document(struct world *w, enum doc_kind kind, const char *account, uint64_t records)
{
	struct document document = {.path = "x.json",
		.kind = kind,
		.account = word(w, account),
		.region = word(w, REGION),
		.records = records};

	return builder_document(w->b, &document);
}

rid
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

void
refer(struct world *w, nid from, nid to, enum edge_kind kind)
{
	builder_edge(w->b, from, to, kind, SOURCE_FIELD, BELIEF_FACT, word(w, "member"), 0);
}

void
tag_image(struct world *w, const char *key, const char *value)
{
	w->tag = (struct tag){word(w, key), word(w, value)};
}

void
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

static struct span
tag_of(struct world *w)
{
	return w->tag.key ? builder_tags(w->b, &w->tag, 1) : (struct span){0, 0};
}

void
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

void
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

void
free_world(struct world *w)
{
	graph_free(w->graph);
	builder_free(w->b);
}

/* ---- a plan by hand ---- */

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

void
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

struct verify_terms
write_terms(void)
{
	struct verify_terms terms = {.as_of = AS_OF, .template_depth = 10, .same_inventory = true};

	vec_push(&terms.amis, IMAGE);
	return terms;
}

void
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

void
prove(const struct world *w, const struct paper *p, const struct verify_terms *terms,
	struct verify_report *report)
{
	struct err err = {0};

	if (verify_plan(&p->view, terms, w->graph, report, &err) != 0)
		fail_msg("%s", err.text);
}

void
prove_spoiled(void (*spoil)(struct world *w), const struct verify_terms *terms,
	struct verify_report *report)
{
	struct world w;
	struct paper p;

	open_world(&w);
	close_world(&w, spoil);
	write_paper(&p);
	prove(&w, &p, terms, report);
	free_world(&w);
}

const struct verify_finding *
finding_of(const struct verify_report *report, const char *resource)
{
	vec_foreach (finding, &report->findings) {
		if (resource ? finding->resource && strcmp(finding->resource, resource) == 0
			     : !finding->resource)
			return finding;
	}
	return NULL;
}

void
expect(const struct verify_report *report, const char *resource, const char *rule)
{
	const struct verify_finding *finding = finding_of(report, resource);

	if (!finding)
		fail_msg("%s of %s was not found", rule, resource ? resource : "the plan");
	assert_string_equal(finding->rule, rule);
	assert_int_equal(finding->result, VERIFY_UNSAFE);
	assert_true(strlen(finding->text) > 0);
}

void
expect_safe(const struct verify_report *report, size_t steps)
{
	vec_foreach (finding, &report->findings) {
		if (finding->result == VERIFY_UNSAFE)
			fail_msg("%s: %s", finding->rule, finding->text);
	}
	assert_int_equal(report->unsafe, 0);
	assert_int_equal(report->safe, steps);
}
