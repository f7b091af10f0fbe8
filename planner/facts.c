/*
 * What a step's decision rests on, as compact JSON with sorted keys: its SHA-256 is the step's
 * `seen`, so a later look can tell whether the world has moved. It must not know: rules. It states,
 * it does not judge.
 */
#include "facts.h"
#include "json_write.h"
#include "texts.h"

static void
put_time(struct json_writer *w, const char *name, int64_t time)
{
	char text[TIME_TEXT_SIZE];

	time_format(time, text);
	json_field(w, name, time == TIME_NONE ? NULL : text);
}

static void
put_sid(struct json_writer *w, const struct graph *graph, const char *name, sid text)
{
	json_field_slice(w, name, graph_text(graph, text));
}

/* Edges of one kind lie together, sorted by the other end's id (graph.h). */
static void
put_ends(struct json_writer *w, const struct graph *graph, const char *name, struct edge_walk walk,
	enum edge_kind kind, bool out)
{
	json_name(w, name);
	json_open(w, '[');
	while (edge_next(graph, &walk))
		if (walk.edge->kind == kind)
			json_put_text(w, graph_id(graph, out ? walk.edge->to : walk.edge->from));
	json_close(w, ']');
}

/* Everything that would break without it, in force or not. */
static void
put_referrers(struct json_writer *w, const struct graph *graph, nid item)
{
	VEC(const char *) ids = {0};
	struct edge_walk walk = graph_in(graph, item);

	while (edge_next(graph, &walk))
		if (edge_kind_strength((enum edge_kind)walk.edge->kind) == BREAKS)
			vec_push(&ids, graph_id(graph, walk.edge->from));
	ids.count = texts_sort_once(ids.items, ids.count);
	json_name(w, "referrers");
	json_open(w, '[');
	vec_foreach (id, &ids)
		json_put_text(w, *id);
	json_close(w, ']');
	vec_release(&ids);
}

/* Every kind of document, sorted by its word: all steps list them. */
static const enum doc_kind kinds_by_word[] = {
	DOC_AUTO_SCALING_GROUPS,
	DOC_IDENTITY,
	DOC_CHANGED_BLOCKS,
	DOC_COLLECTION,
	DOC_FAST_RESTORES,
	DOC_FLEETS,
	DOC_IMAGE_REFERENCES,
	DOC_IMAGE_USAGE,
	DOC_IMAGES,
	DOC_INSTANCES,
	DOC_LAST_LAUNCHED,
	DOC_LAUNCH_CONFIGURATIONS,
	DOC_LAUNCH_PERMISSIONS,
	DOC_TEMPLATE_VERSIONS,
	DOC_LAUNCH_TEMPLATES,
	DOC_PARAMETERS,
	DOC_RECYCLE_BIN,
	DOC_SNAPSHOT_BLOCKS,
	DOC_SNAPSHOT_LOCKS,
	DOC_SNAPSHOT_PERMISSIONS,
	DOC_TIER_STATUS,
	DOC_SNAPSHOTS,
	DOC_SPOT_FLEETS,
	DOC_SPOT_REQUESTS,
	DOC_TERMINATION_PROTECTION,
	DOC_VOLUMES,
};

_Static_assert(sizeof(kinds_by_word) / sizeof(kinds_by_word[0]) == DOC_KINDS - 1,
	"a kind of document is missing");

static void
put_kinds_read(struct json_writer *w, const struct graph *graph, const struct node *node)
{
	const struct coverage *row = graph_coverage(graph, node->account, node->region);

	json_name(w, "kinds_read");
	json_open(w, '[');
	for (size_t i = 0; row && i < sizeof(kinds_by_word) / sizeof(kinds_by_word[0]); i++) {
		enum coverage_status status = (enum coverage_status)row->status[kinds_by_word[i]];

		if (status == COVERAGE_COMPLETE || status == COVERAGE_EMPTY)
			json_put_text(w, doc_kind_word(kinds_by_word[i]));
	}
	json_close(w, ']');
}

static void
put_grants(struct json_writer *w, const struct graph *graph, const char *name, nid item, bool read)
{
	if (read)
		put_ends(w, graph, name, graph_out(graph, item), EDGE_SHARED_WITH, true);
	else
		json_field(w, name, "unread");
}

/* --- the tags that a rule or an option looked at --- */

const char *const watched_tag_prefixes[] = {"aws:backup:", "aws:dlm:", "AWSElasticDisasterRecovery",
	"elasticDisasterRecovery.amazonaws.com-", "drs.amazonaws.com-",
	"AWSApplicationMigrationService", NULL};
const char *const watched_tag_keys[] = {"dlm:managed", "CreatedBy", "Ec2ImageBuilderArn", NULL};

static bool
is_rule_tag(struct slice key)
{
	for (size_t i = 0; watched_tag_prefixes[i]; i++)
		if (slice_starts(key, watched_tag_prefixes[i]))
			return true;
	for (size_t i = 0; watched_tag_keys[i]; i++)
		if (slice_is(key, watched_tag_keys[i]))
			return true;
	return false;
}

static bool
is_option_tag(const struct policy *policy, struct slice key)
{
	vec_foreach (filter, &policy->tags)
		if (slice_is(key, filter->key))
			return true;
	vec_foreach (filter, &policy->protect_tags)
		if (slice_is(key, filter->key))
			return true;
	vec_foreach (name, &policy->group_keys)
		if (slice_is(key, *name))
			return true;
	vec_foreach (selector, &policy->in_use_selectors)
		if (selector->key && slice_is(key, selector->key))
			return true;
	return false;
}

static int
by_key(const void *a, const void *b, void *context)
{
	const struct tag *x = a, *y = b;

	return strpool_compare(context, x->key, y->key);
}

static void
put_tags(struct json_writer *w, const struct graph *graph, const struct policy *policy, nid item)
{
	struct span span = graph_tags(graph, item);
	VEC(struct tag) tags = {0};

	for (uint32_t i = 0; i < span.count; i++) {
		struct tag tag = graph->tags.items[span.at + i];
		struct slice key = graph_text(graph, tag.key);
		if (is_rule_tag(key) || is_option_tag(policy, key))
			vec_push(&tags, tag);
	}
	if (tags.count)
		qsort_r(tags.items, tags.count, sizeof(tags.items[0]), by_key,
			(void *)(uintptr_t)&graph->strings);
	json_name(w, "tags");
	json_open(w, '{');
	for (size_t i = 0; i < tags.count; i++) {
		if (i && tags.items[i].key == tags.items[i - 1].key)
			continue; /* AWS allows a key once */
		json_name_slice(w, graph_text(graph, tags.items[i].key));
		json_put_slice(w, graph_text(graph, tags.items[i].value));
	}
	json_close(w, '}');
	vec_release(&tags);
}

/* --- one object a kind --- */

static void
put_image(struct json_writer *w, const struct graph *graph, const struct policy *policy, nid item)
{
	const struct node *node = graph_node(graph, item);
	const struct image *image = graph_image(graph, item);

	put_time(w, "created", image->created);
	put_kinds_read(w, graph, node);
	put_time(w, "last_launched", image->last_launched);
	put_grants(w, graph, "launch_permissions", item, image->permissions_read == YES);
	put_ends(w, graph, "mapped_snapshots", graph_out(graph, item), EDGE_MAPS, true);
	put_sid(w, graph, "owner", node->owner);
	put_sid(w, graph, "protection", graph_image_traits(graph, item)->protection);
	json_name(w, "public");
	if (image->is_public == UNREAD)
		json_put_null(w);
	else
		json_put_bool(w, image->is_public == YES);
	put_referrers(w, graph, item);
	json_field(w, "state", state_text((enum state)node->state));
	put_tags(w, graph, policy, item);
}

static void
put_snapshot(
	struct json_writer *w, const struct graph *graph, const struct policy *policy, nid item)
{
	const struct node *node = graph_node(graph, item);
	const struct snapshot *snapshot = graph_snapshot(graph, item);

	put_grants(w, graph, "create_volume_permissions", item, snapshot->permissions_read == YES);
	put_time(w, "created", snapshot->started);
	put_sid(w, graph, "description", snapshot->description);
	put_kinds_read(w, graph, node);
	put_sid(w, graph, "lock", graph_snapshot_traits(graph, item)->lock_state);
	put_ends(w, graph, "mapped_by", graph_in(graph, item), EDGE_MAPS, false);
	put_sid(w, graph, "owner", node->owner);
	put_referrers(w, graph, item);
	json_field(w, "state", state_text((enum state)node->state));
	put_tags(w, graph, policy, item);
	put_sid(w, graph, "volume", snapshot->volume);
}

static const char *
tristate_text(enum tristate value)
{
	return value == YES ? "yes" : value == NO ? "no" : "unread";
}

static void
put_instance(
	struct json_writer *w, const struct graph *graph, const struct policy *policy, nid item)
{
	const struct node *node = graph_node(graph, item);
	const struct instance *instance = graph_instance(graph, item);

	put_time(w, "created", instance->launched);
	put_ends(w, graph, "images", graph_out(graph, item), EDGE_LAUNCHED_FROM, true);
	put_kinds_read(w, graph, node);
	put_ends(w, graph, "member_of", graph_out(graph, item), EDGE_MEMBER_OF, true);
	put_sid(w, graph, "owner", node->owner);
	json_field(w, "protection", tristate_text((enum tristate)instance->protected_));
	json_field(w, "state", state_text((enum state)node->state));
	put_tags(w, graph, policy, item);
}

/* Bytes of facts, but of a few: nothing has to grow. */
enum { USUAL = 1 << 10 };

const char *
facts_of(const struct graph *graph, const struct policy *policy, nid item, struct arena *arena)
{
	enum node_kind kind = (enum node_kind)graph_node(graph, item)->kind;
	struct buf buf = {0};
	struct json_writer w;

	buf_reserve(&buf, USUAL);
	json_writer_buf(&w, &buf, false);
	json_open(&w, '{');
	if (kind == NODE_IMAGE)
		put_image(&w, graph, policy, item);
	else if (kind == NODE_SNAPSHOT)
		put_snapshot(&w, graph, policy, item);
	else
		put_instance(&w, graph, policy, item);
	json_close(&w, '}');
	const char *text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}
