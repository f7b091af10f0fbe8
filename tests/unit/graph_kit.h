/*
 * Small words for building graphs in tests: a kit is a builder with short calls, frozen and proved
 * by kit_freeze. It must not know: what a test expects.
 */
#ifndef AMIPLAN_TESTS_GRAPH_KIT_H
#define AMIPLAN_TESTS_GRAPH_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build.h"
#include "civil.h"

#define HERE "111122223333"
#define THERE "444455556666"
#define EAST "us-east-1"
#define WEST "us-west-2"

struct kit {
	struct builder *b;
	struct graph *graph;
	struct err err;
	const char *account, *region; /* of the documents that kit_doc makes */
};

static inline struct kit
kit_new(void)
{
	return (struct kit){.b = builder_new(), .account = HERE, .region = EAST};
}

static inline void
kit_end(struct kit *kit)
{
	builder_free(kit->b);
	graph_free(kit->graph);
}

static inline sid
kit_text(struct kit *kit, const char *text)
{
	return builder_text(kit->b, slice_of(text));
}

static inline uint32_t
kit_doc(struct kit *kit, enum doc_kind kind, uint64_t records)
{
	struct document document = {.path = "x.json",
		.kind = kind,
		.account = kit_text(kit, kit->account),
		.region = kit_text(kit, kit->region),
		.records = records};

	return builder_document(kit->b, &document);
}

static inline nid
kit_mention(struct kit *kit, enum node_kind kind, const char *id)
{
	return builder_node(kit->b, kind, slice_of(id));
}

static inline rid
kit_record_at(struct kit *kit, enum node_kind kind, const char *id, uint32_t doc, uint64_t at,
	const char *owner, uint32_t row, enum state state, const char *name)
{
	struct record_facts facts = {.kind = kind,
		.id = slice_of(id),
		.doc = doc,
		.at = at,
		.state = state,
		.name = kit_text(kit, name),
		.owner = kit_text(kit, owner),
		.row = row};

	return builder_record(kit->b, &facts);
}

static inline rid
kit_image_at(struct kit *kit, const char *id, uint32_t doc, uint64_t at, const char *owner,
	int64_t created)
{
	struct image row = {.created = created, .last_launched = TIME_NONE};

	return kit_record_at(kit, NODE_IMAGE, id, doc, at, owner, builder_row_image(kit->b, &row),
		STATE_IMAGE_AVAILABLE, NULL);
}

static inline rid
kit_image(struct kit *kit, const char *id, uint32_t doc)
{
	return kit_image_at(kit, id, doc, 0, HERE, 1000);
}

static inline rid
kit_snapshot(struct kit *kit, const char *id, uint32_t doc)
{
	struct snapshot row = {.started = 1000};

	return kit_record_at(kit, NODE_SNAPSHOT, id, doc, 0, HERE,
		builder_row_snapshot(kit->b, &row), STATE_SNAPSHOT_COMPLETED, NULL);
}

static inline rid
kit_instance(struct kit *kit, const char *id, uint32_t doc, const char *owner)
{
	struct instance row = {.launched = 1000};

	return kit_record_at(kit, NODE_INSTANCE, id, doc, 0, owner,
		builder_row_instance(kit->b, &row), STATE_INSTANCE_RUNNING, NULL);
}

static inline rid
kit_template(struct kit *kit, const char *id, const char *name, uint64_t default_version,
	uint64_t latest, uint32_t doc)
{
	struct template row = {.default_version = default_version, .latest_version = latest};

	return kit_record_at(kit, NODE_LAUNCH_TEMPLATE, id, doc, 0, NULL,
		builder_row_template(kit->b, &row), STATE_UNKNOWN, name);
}

/* A version, named as the source table names it: "lt-…:3". Returns its record. */
static inline rid
kit_version(struct kit *kit, const char *template, unsigned number, bool is_default, uint32_t doc)
{
	char id[64];
	struct template_version row = {.template = kit_mention(kit, NODE_LAUNCH_TEMPLATE, template),
		.number = number,
		.is_default = is_default};

	snprintf(id, sizeof(id), "%s:%u", template, number);
	return kit_record_at(kit, NODE_TEMPLATE_VERSION, id, doc, number, NULL,
		builder_row_version(kit->b, &row), STATE_UNKNOWN, NULL);
}

static inline rid
kit_group(struct kit *kit, const char *name, uint32_t doc)
{
	char id[200];

	snprintf(id, sizeof(id),
		"arn:aws:autoscaling:%s:%s:autoScalingGroup:uuid:autoScalingGroupName/%s",
		kit->region, kit->account, name);
	return kit_record_at(
		kit, NODE_AUTO_SCALING_GROUP, id, doc, 0, NULL, 0, STATE_UNKNOWN, name);
}

static inline void
kit_edge(struct kit *kit, const char *from, const char *to, enum node_kind to_kind,
	enum edge_kind kind, rid record)
{
	builder_edge(kit->b, builder_node(kit->b, NODE_IMAGE, slice_of(from)),
		kit_mention(kit, to_kind, to), kind, SOURCE_FIELD, BELIEF_FACT, 0, record);
}

static inline int
kit_try_freeze(struct kit *kit)
{
	return builder_freeze(kit->b, NULL, &kit->graph, &kit->err);
}

/* Freezes, and demands that the result is whole. */
static inline void
kit_freeze(struct kit *kit)
{
	if (kit_try_freeze(kit) || graph_check(kit->graph, &kit->err))
		fail_msg("%s", kit->err.text);
}

static inline nid
kit_find(const struct kit *kit, const char *id)
{
	nid n = graph_find(kit->graph, slice_of(id));

	if (!n)
		fail_msg("%s is not in the graph", id);
	return n;
}

/* The edge of that kind between two ids, or NULL. Looks at both halves, which must agree. */
static inline const struct edge *
kit_find_edge(const struct kit *kit, const char *from, const char *to, enum edge_kind kind)
{
	nid a = graph_find(kit->graph, slice_of(from));
	nid b = graph_find(kit->graph, slice_of(to));
	const struct edge *found = NULL;
	const struct edge *back = NULL;

	if (!a || !b)
		return NULL;
	for (struct edge_walk w = graph_out(kit->graph, a); edge_next(kit->graph, &w);) {
		if (w.edge->to == b && w.edge->kind == kind)
			found = w.edge;
	}
	for (struct edge_walk w = graph_in(kit->graph, b); edge_next(kit->graph, &w);) {
		if (w.edge->from == a && w.edge->kind == kind)
			back = w.edge;
	}
	assert_ptr_equal(found, back);
	return found;
}

static inline size_t
kit_degree(const struct kit *kit, const char *id, bool out)
{
	nid n = kit_find(kit, id);
	size_t count = 0;

	for (struct edge_walk w = out ? graph_out(kit->graph, n) : graph_in(kit->graph, n);
		edge_next(kit->graph, &w);)
		count++;
	return count;
}

/* The gap of that kind and subject, or NULL. */
static inline const struct gap *
kit_gap(const struct kit *kit, enum doc_kind kind, const char *subject)
{
	vec_foreach (gap, &kit->graph->gaps) {
		if (gap->kind == kind && slice_is(graph_text(kit->graph, gap->subject), subject))
			return gap;
	}
	return NULL;
}

static inline const struct notice *
kit_notice(const struct kit *kit, const char *code)
{
	vec_foreach (notice, &kit->graph->notices) {
		if (strcmp(notice->code, code) == 0)
			return notice;
	}
	return NULL;
}

static inline enum coverage_status
kit_covered(const struct kit *kit, enum doc_kind kind)
{
	sid account = graph_account(kit->graph, slice_of(kit->account));
	sid region = graph_region(kit->graph, slice_of(kit->region));

	return graph_covered(kit->graph, account, region, kind);
}

#endif
