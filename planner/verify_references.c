/*
 * Who needs an AMI or a snapshot, for the proof: what names it, how much that matters, and what the
 * in-use selectors pick. It must not know: steps other than that they are there, or rules.
 */
#include "glob.h"
#include "verify_judge.h"

/* ---- how much it matters that a referrer names something ---- */

static enum weight
weigh_version(const struct judge *j, nid version)
{
	const struct graph *graph = j->graph;
	const struct template_version *row = graph_version(graph, version);
	struct edge_walk users = graph_in(graph, version);

	if (row->is_default || row->is_latest)
		return LIVE;
	while (edge_next(graph, &users))
		if (users.edge->kind == EDGE_USES_VERSION && graph_is_live(graph, users.edge->from))
			return LIVE;
	return j->terms->template_depth == UINT32_MAX || row->age_rank < j->terms->template_depth
		       ? OLD
		       : NO_MATTER;
}

/* AWS's report of a template says nothing new where the template's versions were read themselves.
 */
static bool
has_versions(const struct graph *graph, nid template)
{
	struct edge_walk in = graph_in(graph, template);

	while (edge_next(graph, &in))
		if (in.edge->kind == EDGE_VERSION_OF && graph_node(graph, in.edge->from)->defined)
			return true;
	return false;
}

static enum weight
weigh(const struct judge *j, nid referrer)
{
	switch ((enum node_kind)graph_node(j->graph, referrer)->kind) {
	case NODE_TEMPLATE_VERSION:
		return weigh_version(j, referrer);
	case NODE_LAUNCH_TEMPLATE:
		return has_versions(j->graph, referrer) ? NO_MATTER : LIVE;
	case NODE_NONE:
	case NODE_IMAGE:
	case NODE_SNAPSHOT:
	case NODE_INSTANCE:
	case NODE_VOLUME:
	case NODE_AUTO_SCALING_GROUP:
	case NODE_LAUNCH_CONFIGURATION:
	case NODE_SPOT_REQUEST:
	case NODE_SPOT_FLEET:
	case NODE_FLEET:
	case NODE_PARAMETER:
	case NODE_RECIPE:
	case NODE_ACCOUNT:
	case NODE_RECOVERY_POINT:
	case NODE_FILE_PIN:
	case NODE_KINDS:
		break;
	}
	return graph_is_live(j->graph, referrer) ? LIVE : NO_MATTER;
}

/* ---- who names it ---- */

/* Whoever takes its AMI from a parameter names what the parameter names. */
static nid
find_resolver(const struct judge *j, nid parameter, enum weight weight)
{
	struct edge_walk in = graph_in(j->graph, parameter);

	while (edge_next(j->graph, &in))
		if (in.edge->kind == EDGE_RESOLVES && weigh(j, in.edge->from) == weight)
			return in.edge->from;
	return 0;
}

/* A copy that is not there yet, for all we know, is still read from what it is a copy of. */
static bool
is_being_copied(const struct judge *j, const struct edge *edge)
{
	enum state state = (enum state)graph_node(j->graph, edge->from)->state;
	bool under_way = state == STATE_UNKNOWN || state == STATE_IMAGE_PENDING ||
			 state == STATE_IMAGE_TRANSIENT || state == STATE_SNAPSHOT_PENDING;

	return under_way && (edge->kind == EDGE_SOURCE_IMAGE || edge->kind == EDGE_COPIED_IMAGE ||
				    edge->kind == EDGE_COPIED_SNAPSHOT);
}

nid
judge_find_referrer(const struct judge *j, nid node, enum weight weight)
{
	struct edge_walk in = graph_in(j->graph, node);

	while (edge_next(j->graph, &in)) {
		enum edge_kind kind = (enum edge_kind)in.edge->kind;

		if (kind == EDGE_MAPS || kind == EDGE_LAUNCHED_FROM ||
			(edge_kind_strength(kind) == INFORMS && !is_being_copied(j, in.edge)))
			continue;
		if (weigh(j, in.edge->from) == weight)
			return in.edge->from;
		if (graph_node(j->graph, in.edge->from)->kind == NODE_PARAMETER) {
			nid by = find_resolver(j, in.edge->from, weight);

			if (by)
				return by;
		}
	}
	return 0;
}

/* ---- parameters that nobody read ---- */

void
judge_find_unresolved(struct judge *j)
{
	const struct graph *graph = j->graph;

	vec_foreach (gap, &graph->gaps) {
		const struct coverage *place;

		if (gap->kind != DOC_PARAMETERS || !gap->by || weigh(j, gap->by) == NO_MATTER)
			continue;
		place = graph_coverage(graph, gap->account, gap->region);
		if (place)
			j->unresolved[place - graph->coverage.items] = gap->by;
	}
}

nid
judge_unresolved_in(const struct judge *j, sid account, sid region)
{
	const struct coverage *place = graph_coverage(j->graph, account, region);

	if (!place || j->is_assumed[DOC_PARAMETERS])
		return 0;
	return j->unresolved[place - j->graph->coverage.items];
}

/* ---- tags ---- */

bool
judge_has_tag(const struct judge *j, nid node, struct slice filter)
{
	const char *equals = memchr(filter.at, '=', filter.len);
	struct slice key = filter;
	struct slice value;

	if (equals)
		key.len = (size_t)(equals - filter.at);
	if (!graph_tag(j->graph, node, key, &value))
		return false;
	return !equals || glob_match((struct slice){equals + 1, filter.len - key.len - 1}, value);
}

/* ---- in-use selectors: the newest match of each account, region and architecture stays ---- */

/* An AMI of half a place is never a step, and ranks with none of a known place: each of these
 * groups keeps its newest whatever that one is. */

struct match {
	nid image;
	sid account, region, architecture;
	int64_t created;
};

static int
compare_matches(const void *left, const void *right)
{
	const struct match *a = left;
	const struct match *b = right;

	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	if (a->region != b->region)
		return a->region < b->region ? -1 : 1;
	if (a->architecture != b->architecture)
		return a->architecture < b->architecture ? -1 : 1;
	return (a->created < b->created) - (a->created > b->created); /* newest first */
}

static bool
same_group(const struct match *a, const struct match *b)
{
	return a->account == b->account && a->region == b->region &&
	       a->architecture == b->architecture;
}

static bool
selector_matches(const struct judge *j, nid image, struct slice selector)
{
	const struct graph *graph = j->graph;

	if (slice_starts(selector, "tag:"))
		return judge_has_tag(j, image, (struct slice){selector.at + 4, selector.len - 4});
	if (slice_starts(selector, "name=") && graph_node(graph, image)->name)
		return glob_match((struct slice){selector.at + 5, selector.len - 5},
			graph_text(graph, graph_node(graph, image)->name));
	return false;
}

/* Of the newest matches of one group (equally new ones included) one must stay, else all of them
 * are missed. */
static void
mark_newest(struct judge *j, const struct match *group, size_t count)
{
	size_t newest = 0;

	while (newest < count && group[newest].created == group[0].created)
		newest++;
	for (size_t i = 0; i < newest; i++)
		if (!j->step_order[group[i].image])
			return;
	for (size_t i = 0; i < newest; i++)
		bitset_add(&j->selected, group[i].image);
}

static void
apply_selector(struct judge *j, const char *text)
{
	const struct graph *graph = j->graph;
	struct slice selector = slice_of(text);
	VEC(struct match) matches = {0};
	bool all = selector.len > 4 && strcmp(text + selector.len - 4, ",all") == 0;

	if (all)
		selector.len -= 4;
	graph_foreach (image, graph, NODE_IMAGE) {
		const struct node *node = graph_node(graph, image);
		struct match match = {image, node->account, node->region,
			graph_image_traits(graph, image)->architecture,
			graph_image(graph, image)->created};

		if (!node->defined || node->state != STATE_IMAGE_AVAILABLE ||
			!graph_is_ours(graph, node->account) ||
			!selector_matches(j, image, selector))
			continue;
		if (all)
			bitset_add(&j->selected, image);
		else
			vec_push(&matches, match);
	}
	if (matches.count)
		qsort(matches.items, matches.count, sizeof(*matches.items), compare_matches);
	for (size_t at = 0, next; at < matches.count; at = next) {
		for (next = at; next < matches.count &&
				same_group(&matches.items[at], &matches.items[next]);)
			next++;
		mark_newest(j, matches.items + at, next - at);
	}
	vec_release(&matches);
}

void
judge_apply_selectors(struct judge *j)
{
	vec_foreach (selector, &j->terms->in_use_selectors) {
		apply_selector(j, *selector);
	}
}
