/*
 * What differs between two inventories: resources that came or went, what of them changed, and what
 * was read of each place. It must not know: plans, or how a difference is printed.
 */
#include "civil.h"
#include "diff.h"
#include <inttypes.h>

/* --- members of one kind
 * ------------------------------------------------------------------------------ */

/* How a member lies in its row, and how it reads. What is absent reads "". */
enum member_form {
	FORM_TEXT,   /* sid */
	FORM_TIME,   /* int64_t, seconds */
	FORM_NUMBER, /* uint64_t; 0 is unknown */
	FORM_FLAG,   /* bool */
	FORM_ANSWER, /* uint8_t, enum tristate: "yes", "no" */
	FORM_READ    /* uint8_t, enum tristate: YES, the document was read */
};

struct member {
	enum node_kind kind;
	const char *name;
	size_t offset;
	enum member_form form;
	bool trait; /* of the traits that the row shares with others */
};

#define IMAGE(name, member, form)                                                                  \
	{                                                                                          \
		NODE_IMAGE, name, offsetof(struct image, member), form, false                      \
	}
#define SNAPSHOT(name, member, form)                                                               \
	{                                                                                          \
		NODE_SNAPSHOT, name, offsetof(struct snapshot, member), form, false                \
	}
#define IMAGE_TRAIT(name, member, form)                                                            \
	{                                                                                          \
		NODE_IMAGE, name, offsetof(struct image_traits, member), form, true                \
	}
#define SNAPSHOT_TRAIT(name, member, form)                                                         \
	{                                                                                          \
		NODE_SNAPSHOT, name, offsetof(struct snapshot_traits, member), form, true          \
	}
#define INSTANCE(name, member, form)                                                               \
	{                                                                                          \
		NODE_INSTANCE, name, offsetof(struct instance, member), form, false                \
	}
#define TEMPLATE(name, member, form)                                                               \
	{                                                                                          \
		NODE_LAUNCH_TEMPLATE, name, offsetof(struct template, member), form, false         \
	}
#define VERSION(name, member, form)                                                                \
	{                                                                                          \
		NODE_TEMPLATE_VERSION, name, offsetof(struct template_version, member), form,      \
			false                                                                      \
	}

/* What is compared beside name, state, place, owner, tags and references: one row a member. */
static const struct member MEMBERS[] = {
	IMAGE("public", is_public, FORM_ANSWER),
	IMAGE_TRAIT("deregistration protection", protection, FORM_TEXT),
	IMAGE_TRAIT("architecture", architecture, FORM_TEXT),
	IMAGE("created", created, FORM_TIME),
	IMAGE("last launched", last_launched, FORM_TIME),
	IMAGE("launch permissions", permissions_read, FORM_READ),
	SNAPSHOT_TRAIT("lock state", lock_state, FORM_TEXT),
	SNAPSHOT_TRAIT("lock ends", lock_expires, FORM_TIME),
	SNAPSHOT_TRAIT("storage tier", tier, FORM_TEXT),
	SNAPSHOT("started", started, FORM_TIME),
	SNAPSHOT("description", description, FORM_TEXT),
	SNAPSHOT("volume permissions", permissions_read, FORM_READ),
	INSTANCE("type", type, FORM_TEXT),
	INSTANCE("launched", launched, FORM_TIME),
	INSTANCE("termination protection", protected_, FORM_ANSWER),
	INSTANCE("managed", managed, FORM_ANSWER),
	TEMPLATE("default version", default_version, FORM_NUMBER),
	TEMPLATE("latest version", latest_version, FORM_NUMBER),
	VERSION("default", is_default, FORM_FLAG),
	VERSION("latest", is_latest, FORM_FLAG),
};

#undef IMAGE
#undef IMAGE_TRAIT
#undef SNAPSHOT
#undef SNAPSHOT_TRAIT
#undef INSTANCE
#undef TEMPLATE
#undef VERSION

/* The row of a node of a kind that MEMBERS names, or NULL: nobody described it. */
static const void *
row_of(const struct graph *graph, const struct node *node)
{
	if (!node->row)
		return NULL;
	if (node->kind == NODE_IMAGE)
		return &graph->images.items[node->row];
	if (node->kind == NODE_SNAPSHOT)
		return &graph->snapshots.items[node->row];
	if (node->kind == NODE_INSTANCE)
		return &graph->instances.items[node->row];
	if (node->kind == NODE_LAUNCH_TEMPLATE)
		return &graph->templates.items[node->row];
	if (node->kind == NODE_TEMPLATE_VERSION)
		return &graph->versions.items[node->row];
	return NULL;
}

static const void *
traits_of(const struct graph *graph, nid n)
{
	if (graph_node(graph, n)->kind == NODE_IMAGE)
		return graph_image_traits(graph, n);
	return graph_snapshot_traits(graph, n);
}

static const char *
answer_text(uint8_t answer, const char *yes, const char *no, const char *unread)
{
	return answer == YES ? yes : answer == NO ? no : unread;
}

/* `at` points into a row at a member of that form, and is aligned for it. */
static const char *
member_text(const struct graph *graph, const void *at, enum member_form form, struct arena *arena)
{
	char time[TIME_TEXT_SIZE];

	switch (form) {
	case FORM_TEXT:
		return strpool_text(&graph->strings, *(const sid *)at);
	case FORM_TIME:
		time_format(*(const int64_t *)at, time);
		return arena_text(arena, slice_of(time));
	case FORM_NUMBER:
		return *(const uint64_t *)at
			       ? arena_format(arena, "%" PRIu64, *(const uint64_t *)at)
			       : "";
	case FORM_FLAG:
		return *(const bool *)at ? "yes" : "no";
	case FORM_ANSWER:
		return answer_text(*(const uint8_t *)at, "yes", "no", "");
	case FORM_READ:
		return answer_text(*(const uint8_t *)at, "read", "not read", "not read");
	}
	return "";
}

static void
value_members(const struct graph *graph, nid n, struct arena *arena, struct diff_values *values)
{
	const struct node *node = graph_node(graph, n);
	const char *row = row_of(graph, node);
	const char *traits = traits_of(graph, n);

	for (size_t i = 0; row && i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++) {
		const struct member *member = &MEMBERS[i];
		const char *at = (member->trait ? traits : row) + member->offset;

		if (member->kind == node->kind)
			diff_value(
				values, member->name, member_text(graph, at, member->form, arena));
	}
}

/* --- resources
 * ---------------------------------------------------------------------------------------- */

/* A resource, not a mere mention: a record describes it, or (files that pin) it refers to
 * something. */
static bool
is_there(const struct graph *graph, nid n)
{
	struct edge_walk walk;

	if (!n)
		return false;
	walk = graph_out(graph, n);
	return graph_node(graph, n)->defined || walk.next != walk.end;
}

static const char *
text_of(const struct graph *graph, sid s)
{
	return strpool_text(&graph->strings, s);
}

static const char *
life_text(const struct graph *graph, nid n, struct arena *arena)
{
	const struct node *node = graph_node(graph, n);

	if (node->kind == NODE_IMAGE && node->row && node->state == STATE_UNKNOWN)
		return text_of(graph, graph_image_traits(graph, n)->state_text);
	if (node->state == STATE_UNKNOWN)
		return "";
	return arena_format(arena, "%s", state_text((enum state)node->state));
}

/* "web-1, available" */
static const char *
describe(const struct graph *graph, nid n, struct arena *arena)
{
	const char *name = text_of(graph, graph_node(graph, n)->name);
	const char *life = life_text(graph, n, arena);

	return arena_format(arena, "%s%s%s", name, *name && *life ? ", " : "", life);
}

static void
value_node(const struct graph *graph, nid n, struct arena *arena, struct diff_values *values)
{
	const struct node *node = graph_node(graph, n);
	struct span tags = graph_tags(graph, n);

	diff_value(values, "name", text_of(graph, node->name));
	diff_value(values, "state", life_text(graph, n, arena));
	diff_value(values, "account", text_of(graph, node->account));
	diff_value(values, "region", text_of(graph, node->region));
	diff_value(values, "owner", text_of(graph, node->owner));
	value_members(graph, n, arena, values);
	for (uint32_t i = 0; i < tags.count; i++) {
		const struct tag *tag = &graph->tags.items[tags.at + i];

		diff_value(values, arena_format(arena, "tag:%s", text_of(graph, tag->key)),
			text_of(graph, tag->value));
	}
	for (struct edge_walk w = graph_out(graph, n); edge_next(graph, &w);)
		diff_value(values, "refers to",
			arena_format(arena, "%s (%s)", graph_id(graph, w.edge->to),
				edge_kind_word((enum edge_kind)w.edge->kind)));
}

static void
compare_node(
	struct diff *diff, const struct graph *old, nid before, const struct graph *new, nid after)
{
	struct arena arena = {0};
	struct diff_values was = {0}, is = {0};

	value_node(old, before, &arena, &was);
	value_node(new, after, &arena, &is);
	diff_compare(diff, graph_id(new, after),
		node_kind_word((enum node_kind)graph_node(new, after)->kind), &was, &is);
	vec_release(&was);
	vec_release(&is);
	arena_release(&arena);
}

static void
add_node(struct diff *diff, struct diff_items *to, const struct graph *graph, nid n)
{
	struct arena arena = {0};

	diff_add(diff, to, graph_id(graph, n),
		node_kind_word((enum node_kind)graph_node(graph, n)->kind),
		describe(graph, n, &arena));
	arena_release(&arena);
}

static void
compare_nodes(struct diff *diff, const struct graph *old, const struct graph *new)
{
	for (nid before = 1; before < old->nodes.count; before++) {
		nid after = graph_find(new, graph_text(old, graph_node(old, before)->id));

		if (!is_there(old, before))
			continue;
		if (is_there(new, after))
			compare_node(diff, old, before, new, after);
		else
			add_node(diff, &diff->went, old, before);
	}
	for (nid after = 1; after < new->nodes.count; after++) {
		if (is_there(new, after) &&
			!is_there(
				old, graph_find(old, graph_text(new, graph_node(new, after)->id))))
			add_node(diff, &diff->came, new, after);
	}
}

/* --- what was read of each place
 * ---------------------------------------------------------------------- */

/* "111111111111/eu-west-1" */
static const char *
place_text(const struct graph *graph, const struct coverage *place, struct arena *arena)
{
	return arena_format(arena, "%s/%s",
		place->account ? text_of(graph, place->account) : "(account unknown)",
		place->region ? text_of(graph, place->region) : "(region unknown)");
}

/* In the order of graph->coverage. */
static int
compare_places(const struct graph *old, const struct coverage *before, const struct graph *new,
	const struct coverage *after)
{
	int order = strcmp(text_of(old, before->account), text_of(new, after->account));

	return order ? order : strcmp(text_of(old, before->region), text_of(new, after->region));
}

/* `place` NULL: the side knows nothing of it, so each kind is absent. */
static void
value_coverage(const struct coverage *place, struct diff_values *values)
{
	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++) {
		uint8_t status = place ? place->status[kind] : COVERAGE_ABSENT;

		diff_value(values, doc_kind_word(kind),
			coverage_status_word((enum coverage_status)status));
	}
}

/* One side may know nothing of the place (NULL), not both. */
static void
compare_place(struct diff *diff, const char *name, const struct coverage *before,
	const struct coverage *after)
{
	struct diff_values was = {0}, is = {0};

	value_coverage(before, &was);
	value_coverage(after, &is);
	diff_compare(diff, name, "coverage", &was, &is);
	vec_release(&was);
	vec_release(&is);
}

static void
compare_coverage(struct diff *diff, const struct graph *old, const struct graph *new)
{
	const struct coverage *before = old->coverage.items, *after = new->coverage.items;
	size_t i = 0, j = 0;

	while (i < old->coverage.count || j < new->coverage.count) {
		struct arena arena = {0};
		int order = i == old->coverage.count ? 1
			    : j == new->coverage.count
				    ? -1
				    : compare_places(old, &before[i], new, &after[j]);

		if (order < 0)
			compare_place(diff, place_text(old, &before[i], &arena), &before[i], NULL);
		else if (order > 0)
			compare_place(diff, place_text(new, &after[j], &arena), NULL, &after[j]);
		else
			compare_place(
				diff, place_text(old, &before[i], &arena), &before[i], &after[j]);
		i += order <= 0;
		j += order >= 0;
		arena_release(&arena);
	}
}

/* --- both
 * --------------------------------------------------------------------------------------------- */

static void
compare_heads(struct diff *diff, const struct graph *old, const struct graph *new)
{
	struct diff_values was = {0}, is = {0};
	char before[TIME_TEXT_SIZE], after[TIME_TEXT_SIZE];

	time_format(old->newest, before);
	time_format(new->newest, after);
	diff_value(&was, "newest time", before);
	diff_value(&is, "newest time", after);
	diff->head = diff_changes(diff, &was, &is, &diff->head_count);
	vec_release(&was);
	vec_release(&is);
}

struct diff *
diff_graphs(const struct graph *old, const struct graph *new)
{
	struct diff *diff = xcalloc(1, sizeof(*diff));

	compare_heads(diff, old, new);
	compare_coverage(diff, old, new);
	compare_nodes(diff, old, new);
	return diff;
}
