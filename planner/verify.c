/*
 * Proves a plan safe: asks of every step who would be harmed by it, from the graph alone.
 * It must not know: how plans are made. It calls nothing else in planner/, so that no mistake is
 * made twice.
 */
#include "verify.h"
#include "bitset.h"
#include "buf.h"
#include "civil.h"
#include "description.h"
#include "glob.h"
#include "ids.h"

#define DAY 86400

enum action { DEREGISTER = 1, DELETE = 2, TERMINATE = 4 };

/* What each action may touch, and in which phase. */
static const struct action_row {
	const char *word;
	const char *prefix;
	enum action action;
	enum node_kind kind;
	enum doc_kind listing;
	uint32_t phase;
} action_rows[] = {
	{"deregister-image", "ami-", DEREGISTER, NODE_IMAGE, DOC_IMAGES, 1},
	{"delete-snapshot", "snap-", DELETE, NODE_SNAPSHOT, DOC_SNAPSHOTS, 2},
	{"terminate-instances", "i-", TERMINATE, NODE_INSTANCE, DOC_INSTANCES, 3},
};

#define ACTIONS (sizeof(action_rows) / sizeof(action_rows[0]))

enum listing { NOT_LISTED, IN_STEPS, IN_BLOCKED, IN_KEPT };

/* What is known of a name (a step's id or a resource) that the plan uses. */
struct name {
	uint32_t order;  /* of the step with this id; 0: none */
	uint8_t listing; /* of the resource */
	bool twice;
};

/* Lifetime: one proof. */
struct judge {
	const struct plan_view *plan;
	const struct verify_terms *terms;
	const struct graph *graph;
	struct verify_report *report;
	struct strpool texts;   /* step ids and resources of the plan */
	VEC(struct name) names; /* by number in texts */
	uint32_t *step_order;   /* by node: order of its step; 0: it stays */
	nid *unresolved; /* by coverage row: who names a parameter that nobody read; 0: nobody */
	struct bitset selected; /* AMIs that an in-use selector would miss */
	bool is_assumed[DOC_KINDS];
	VEC(sid) depends; /* of the present step, sorted */
	struct arena scratch;
	struct buf why;
	uint32_t last_order;
	uint64_t taken[ACTIONS];
};

/* The step under judgement. */
struct step {
	const struct view_step *view;
	const struct action_row *row;
	nid node; /* 0: the graph knows nothing of the resource */
};

/* ---- findings ---- */

static void
find(struct judge *j, enum verify_result result, const struct view_step *step, const char *rule)
{
	struct verify_report *report = j->report;
	struct verify_finding finding = {.result = result, .rule = rule};

	if (step) {
		finding.step = arena_text(&report->arena, slice_of(step->id));
		finding.resource = arena_text(&report->arena, slice_of(step->resource));
	}
	finding.text = arena_text(&report->arena, buf_slice(&j->why));
	buf_clear(&j->why);
	vec_push(&report->findings, finding);
	if (result == VERIFY_UNSAFE)
		report->unsafe++;
	else
		report->gone++;
}

/* ---- what the plan says ---- */

static struct name *
name_of(struct judge *j, const char *text)
{
	sid number = strpool_add(&j->texts, slice_of(text));

	while (j->names.count <= number) {
		struct name none = {0};

		vec_push(&j->names, none);
	}
	return &j->names.items[number];
}

static const struct action_row *
action_row(const char *word)
{
	for (size_t i = 0; i < ACTIONS; i++)
		if (strcmp(action_rows[i].word, word) == 0)
			return &action_rows[i];
	return NULL;
}

static void
list_resource(struct judge *j, const char *resource, enum listing listing)
{
	struct name *name = name_of(j, resource);

	if (name->listing != NOT_LISTED)
		name->twice = true;
	else
		name->listing = (uint8_t)listing;
}

/* The node that a step acts on, if the graph has it under the kind that the action needs. */
static nid
node_of(const struct judge *j, const struct action_row *row, const char *resource)
{
	nid node = graph_find(j->graph, slice_of(resource));

	return node && graph_node(j->graph, node)->kind == row->kind ? node : 0;
}

static int
take_steps(struct judge *j, struct err *err)
{
	for (size_t i = 0; i < j->plan->step_count; i++) {
		struct view_step view;
		const struct action_row *row;
		nid node;

		arena_clear(&j->scratch);
		j->plan->step(j->plan, i, &j->scratch, &view);
		row = action_row(view.action);
		if (!row)
			return err_set(err, ERR_UNCHECKED,
				"step %s: this version knows no action \"%s\"", view.id,
				view.action);
		j->taken[row - action_rows]++;
		name_of(j, view.id)->order = view.order;
		list_resource(j, view.resource, IN_STEPS);
		node = node_of(j, row, view.resource);
		if (node)
			j->step_order[node] = view.order;
	}
	return 0;
}

static void
take_others(struct judge *j)
{
	for (size_t i = 0; i < j->plan->blocked_count; i++) {
		struct view_blocked view;

		arena_clear(&j->scratch);
		j->plan->blocked(j->plan, i, &j->scratch, &view);
		list_resource(j, view.resource, IN_BLOCKED);
	}
	for (size_t i = 0; i < j->plan->kept_count; i++) {
		struct view_kept view;

		arena_clear(&j->scratch);
		j->plan->kept(j->plan, i, &j->scratch, &view);
		list_resource(j, view.resource, IN_KEPT);
	}
}

/* ---- the plan's terms ---- */

/* "RULE" accepts it everywhere, "RULE=ID" for that resource. */
static bool
is_accepted(const struct judge *j, const char *rule, const char *resource)
{
	size_t len = strlen(rule);

	vec_foreach (accept, &j->terms->accepts) {
		const char *text = *accept;

		if (strncmp(text, rule, len) != 0)
			continue;
		if (text[len] == '\0' ||
			(text[len] == '=' && strcmp(text + len + 1, resource) == 0))
			return true;
	}
	return false;
}

static void
take_assumptions(struct judge *j)
{
	vec_foreach (word, &j->terms->assumed) {
		bool all = strcmp(*word, "all") == 0;
		enum doc_kind one = doc_kind_from_word(slice_of(*word));

		for (int kind = 1; kind < DOC_KINDS; kind++)
			if (all || kind == (int)one)
				j->is_assumed[kind] = true;
	}
}

/* True if the node carries the tag of "KEY" or "KEY=GLOB". */
static bool
has_tag(const struct graph *graph, nid node, struct slice filter)
{
	const char *equals = memchr(filter.at, '=', filter.len);
	struct slice key = filter;
	struct slice value;

	if (equals)
		key.len = (size_t)(equals - filter.at);
	if (!graph_tag(graph, node, key, &value))
		return false;
	return !equals || glob_match((struct slice){equals + 1, filter.len - key.len - 1}, value);
}

static bool
has_tag_prefix(const struct graph *graph, nid node, const char *prefix)
{
	struct span tags = graph_tags(graph, node);

	for (uint32_t i = 0; i < tags.count; i++)
		if (slice_starts(graph_text(graph, graph->tags.items[tags.at + i].key), prefix))
			return true;
	return false;
}

/* ---- the world ---- */

static bool
exists(const struct graph *graph, nid node)
{
	return node && graph_node(graph, node)->defined && graph_is_live(graph, node);
}

static bool
in_bin(const struct graph *graph, nid image)
{
	return graph_node(graph, image)->state == STATE_IMAGE_IN_BIN;
}

static bool
stays(const struct judge *j, nid node)
{
	return exists(j->graph, node) && !j->step_order[node];
}

static bool
is_covered(const struct judge *j, sid account, sid region, enum doc_kind kind)
{
	switch (graph_covered(j->graph, account, region, kind)) {
	case COVERAGE_COMPLETE:
	case COVERAGE_EMPTY:
	case COVERAGE_ASSUMED:
		return true;
	case COVERAGE_ABSENT:
	case COVERAGE_DENIED:
	case COVERAGE_PARTIAL:
		break;
	}
	return j->is_assumed[kind];
}

/* The first kind of document without which "nothing uses it" is a guess; DOC_NONE if all are there.
 */
static enum doc_kind
missing_kind(const struct judge *j, sid account, sid region)
{
	for (int i = 1; i < DOC_KINDS; i++) {
		enum doc_kind kind = (enum doc_kind)i;

		if (doc_kind_need(kind) == NEED_ALWAYS && !is_covered(j, account, region, kind))
			return kind;
	}
	return DOC_NONE;
}

static nid
unresolved_in(const struct judge *j, sid account, sid region)
{
	const struct coverage *place = graph_coverage(j->graph, account, region);

	if (!place || j->is_assumed[DOC_PARAMETERS])
		return 0;
	return j->unresolved[place - j->graph->coverage.items];
}

/* How much it matters that a referrer names something. */
enum weight { NO_MATTER, OLD, LIVE };

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

/* Finds, once, where somebody that matters names a parameter whose value nobody read. */
static void
find_unresolved(struct judge *j)
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

/* ---- in-use selectors: the newest match of each account, region and architecture must survive
 * ---- */

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
selector_matches(const struct graph *graph, nid image, struct slice selector)
{
	if (slice_starts(selector, "tag:"))
		return has_tag(graph, image, (struct slice){selector.at + 4, selector.len - 4});
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
	for (uint32_t i = graph->kind_start[NODE_IMAGE]; i < graph->kind_start[NODE_IMAGE + 1];
		i++) {
		nid image = graph->sorted[i];
		const struct node *node = graph_node(graph, image);
		struct match match = {image, node->account, node->region,
			graph_image(graph, image)->architecture,
			graph_image(graph, image)->created};

		if (!node->defined || node->state != STATE_IMAGE_AVAILABLE ||
			!graph_is_ours(graph, node->account) ||
			!selector_matches(graph, image, selector))
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

/* ---- who would be harmed: one function a rule. True: somebody is, and `why` says who ---- */

static bool
harm_unknown_owner(struct judge *j, const struct step *s)
{
	if (j->graph->ours.count && graph_node(j->graph, s->node)->owner)
		return false;
	buf_format(&j->why, "%s: nothing tells whose it is, or which accounts are ours",
		s->view->resource);
	return true;
}

static bool
harm_other_owner(struct judge *j, const struct step *s)
{
	const struct node *node = graph_node(j->graph, s->node);

	if (graph_is_ours(j->graph, node->account) &&
		(!node->owner || graph_is_ours(j->graph, node->owner)))
		return false;
	buf_format(&j->why, "%s belongs to account %s, which is not ours", s->view->resource,
		strpool_text(&j->graph->strings, node->owner ? node->owner : node->account));
	return true;
}

/* The step's account and region are where the call goes. */
static bool
harm_elsewhere(struct judge *j, const struct step *s)
{
	const struct strpool *strings = &j->graph->strings;
	const struct node *node = graph_node(j->graph, s->node);
	const char *account = strpool_text(strings, node->account);
	const char *region = strpool_text(strings, node->region);

	if (strcmp(account, s->view->account) == 0 && strcmp(region, s->view->region) == 0)
		return false;
	buf_format(&j->why, "%s is in %s/%s, not in %s/%s", s->view->resource, account, region,
		s->view->account, s->view->region);
	return true;
}

static bool
is_backup(const struct graph *graph, nid node)
{
	if (has_tag_prefix(graph, node, "aws:backup:"))
		return true;
	return graph_node(graph, node)->kind == NODE_IMAGE &&
	       slice_is(graph_text(graph, graph_image(graph, node)->owner_alias),
		       "aws-backup-vault");
}

static bool
is_strong(const struct edge *edge)
{
	return edge->belief != BELIEF_WEAK;
}

/* The AMIs a snapshot belongs to: those that map it, then those it was surely made for. Calls
 * `want` until one answers true. */
static nid
find_image(const struct judge *j, nid snapshot, bool (*want)(const struct judge *j, nid image))
{
	const struct graph *graph = j->graph;
	struct edge_walk in = graph_in(graph, snapshot);
	struct edge_walk out = graph_out(graph, snapshot);

	while (edge_next(graph, &in))
		if (in.edge->kind == EDGE_MAPS && want(j, in.edge->from))
			return in.edge->from;
	while (edge_next(graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR && is_strong(out.edge) && want(j, out.edge->to))
			return out.edge->to;
	return 0;
}

static bool
want_backup(const struct judge *j, nid image)
{
	return is_backup(j->graph, image);
}

static bool
harm_backup(struct judge *j, const struct step *s)
{
	nid carrier = s->node;

	if (!is_backup(j->graph, carrier))
		carrier = s->row->action == DELETE ? find_image(j, s->node, want_backup) : 0;
	if (!carrier)
		return false;
	buf_format(&j->why, "%s is a recovery point of AWS Backup (%s)", s->view->resource,
		graph_id(j->graph, carrier));
	return true;
}

static bool
harm_protected_image(struct judge *j, const struct step *s)
{
	struct slice protection = graph_text(j->graph, graph_image(j->graph, s->node)->protection);

	if (protection.len == 0 || slice_is(protection, "disabled"))
		return false;
	buf_format(&j->why, "%s is protected against deregistration", s->view->resource);
	return true;
}

/* Is the snapshot mapped by an AMI that still exists? */
static bool
is_mapped(const struct graph *graph, nid snapshot)
{
	struct edge_walk in = graph_in(graph, snapshot);

	while (edge_next(graph, &in))
		if (in.edge->kind == EDGE_MAPS && exists(graph, in.edge->from))
			return true;
	return false;
}

static bool
harm_mapping_images(struct judge *j, const struct step *s)
{
	const struct graph *graph = j->graph;
	struct edge_walk in = graph_in(graph, s->node);
	struct edge_walk out = graph_out(graph, s->node);

	while (edge_next(graph, &in)) {
		if (in.edge->kind != EDGE_MAPS || !stays(j, in.edge->from))
			continue;
		buf_format(&j->why, "%s is mapped by %s, which stays", s->view->resource,
			graph_id(graph, in.edge->from));
		return true;
	}
	if (is_mapped(graph, s->node))
		return false;
	while (edge_next(graph, &out)) {
		if (out.edge->kind != EDGE_MADE_FOR || !is_strong(out.edge) ||
			!stays(j, out.edge->to))
			continue;
		buf_format(&j->why, "%s was made for %s, which stays", s->view->resource,
			graph_id(graph, out.edge->to));
		return true;
	}
	return false;
}

static bool
harm_locked(struct judge *j, const struct step *s)
{
	struct slice lock = graph_text(j->graph, graph_snapshot(j->graph, s->node)->lock_state);

	if (lock.len == 0 || slice_is(lock, "expired"))
		return false;
	buf_format(&j->why, "%s is locked", s->view->resource);
	return true;
}

static bool
harm_protected_instance(struct judge *j, const struct step *s)
{
	const struct instance *row = graph_instance(j->graph, s->node);

	if (row->protected_ != YES && row->managed != YES)
		return false;
	buf_format(&j->why, "%s is %s", s->view->resource,
		row->protected_ == YES ? "protected against termination"
				       : "managed by an operator");
	return true;
}

/* One that is gone never comes here; what is on its way, broken or of a state we do not know is
 * nobody's to touch. */
static bool
harm_unsettled(struct judge *j, const struct step *s)
{
	enum state state = (enum state)graph_node(j->graph, s->node)->state;

	if (state_life(state) == LIFE_LIVE)
		return false;
	buf_format(&j->why, "%s is %s", s->view->resource,
		state == STATE_UNKNOWN ? "in a state that is not known" : state_text(state));
	return true;
}

static bool
harm_unseen(struct judge *j, const struct step *s)
{
	const struct node *node = graph_node(j->graph, s->node);
	const char *account = strpool_text(&j->graph->strings, node->account);
	const char *region = strpool_text(&j->graph->strings, node->region);
	enum doc_kind kind = missing_kind(j, node->account, node->region);
	nid by;

	if (!node->account || !node->region) {
		buf_format(
			&j->why, "nothing tells the account and region of %s", s->view->resource);
		return true;
	}
	if (kind != DOC_NONE) {
		buf_format(&j->why,
			"%s of %s/%s were not read completely, so it is not known whether "
			"something uses %s",
			doc_kind_word(kind), account, region, s->view->resource);
		return true;
	}
	if (s->row->action != DEREGISTER)
		return false;
	if (!j->is_assumed[DOC_LAUNCH_PERMISSIONS] &&
		graph_image(j->graph, s->node)->permissions_read != YES) {
		buf_format(
			&j->why, "the launch permissions of %s were not read", s->view->resource);
		return true;
	}
	by = unresolved_in(j, node->account, node->region);
	if (!by)
		return false;
	buf_format(&j->why, "%s names a parameter that was not read and may stand for %s",
		graph_id(j->graph, by), s->view->resource);
	return true;
}

static bool
harm_instances(struct judge *j, const struct step *s)
{
	struct edge_walk in = graph_in(j->graph, s->node);

	while (edge_next(j->graph, &in)) {
		nid instance = in.edge->from;

		/* A mere mention of an instance (by AWS's own report) counts too: it cannot be a
		 * step. */
		if (in.edge->kind != EDGE_LAUNCHED_FROM || !graph_is_live(j->graph, instance) ||
			j->step_order[instance])
			continue;
		buf_format(&j->why, "%s runs from %s and stays", graph_id(j->graph, instance),
			s->view->resource);
		return true;
	}
	return false;
}

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

/* Whoever stops working without it, other than by a block device mapping or a launch. */
static nid
find_referrer(const struct judge *j, nid node, enum weight weight)
{
	struct edge_walk in = graph_in(j->graph, node);

	while (edge_next(j->graph, &in)) {
		enum edge_kind kind = (enum edge_kind)in.edge->kind;

		if (kind == EDGE_MAPS || kind == EDGE_LAUNCHED_FROM ||
			edge_kind_strength(kind) == INFORMS)
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

static bool
harm_referrers(struct judge *j, const struct step *s)
{
	nid by = find_referrer(j, s->node, LIVE);

	if (by) {
		buf_format(&j->why, "%s refers to %s", graph_id(j->graph, by), s->view->resource);
		return true;
	}
	if (!bitset_has(&j->selected, s->node))
		return false;
	buf_format(&j->why, "an --in-use-selector picks %s", s->view->resource);
	return true;
}

static bool
harm_old_versions(struct judge *j, const struct step *s)
{
	nid by = find_referrer(j, s->node, OLD);

	if (!by)
		return false;
	buf_format(&j->why, "%s, an older launch template version, names %s",
		graph_id(j->graph, by), s->view->resource);
	return true;
}

static bool
harm_snapshot_referrers(struct judge *j, const struct step *s)
{
	nid by = find_referrer(j, s->node, LIVE);

	if (!by)
		by = find_referrer(j, s->node, OLD);
	if (!by)
		return false;
	buf_format(&j->why, "%s refers to %s", graph_id(j->graph, by), s->view->resource);
	return true;
}

/* Nobody can assume an account into the inventory: a document of it must be there. */
static bool
is_in_inventory(const struct coverage *place)
{
	for (int kind = 1; place && kind < DOC_KINDS; kind++)
		if (place->seen[kind])
			return true;
	return false;
}

/* A grantee that is itself in the inventory, read whole in that region, has its say by its own
 * documents. */
static bool
is_read_whole(const struct judge *j, sid account, sid region)
{
	return is_in_inventory(graph_coverage(j->graph, account, region)) &&
	       missing_kind(j, account, region) == DOC_NONE && !unresolved_in(j, account, region);
}

static bool
harm_grantees(struct judge *j, const struct step *s)
{
	const struct graph *graph = j->graph;
	const struct node *node = graph_node(graph, s->node);
	struct edge_walk out = graph_out(graph, s->node);

	if (s->row->action == DEREGISTER && graph_image(graph, s->node)->is_public == YES) {
		buf_format(&j->why, "%s is public", s->view->resource);
		return true;
	}
	while (edge_next(graph, &out)) {
		const struct node *grantee = graph_node(graph, out.edge->to);

		if (out.edge->kind != EDGE_SHARED_WITH || grantee->id == node->account)
			continue;
		if (id_is_account(graph_text(graph, grantee->id)) &&
			is_read_whole(j, grantee->id, node->region))
			continue;
		buf_format(&j->why, "%s is shared with %s", s->view->resource,
			graph_id(graph, out.edge->to));
		return true;
	}
	return false;
}

/* Unreported launches: usage reaches AWS's records up to a day late. */
static bool
harm_late_report(struct judge *j, const struct step *s)
{
	const struct image *row = graph_image(j->graph, s->node);
	int64_t limit = j->terms->as_of - DAY;

	if (row->created != TIME_NONE && row->created <= limit && row->last_launched <= limit)
		return false;
	buf_format(&j->why,
		"%s was created or launched within a day before the plan, or nobody knows when",
		s->view->resource);
	return true;
}

static bool
harm_older_backup(struct judge *j, const struct step *s)
{
	const struct snapshot *row = graph_snapshot(j->graph, s->node);
	struct edge_walk in = graph_in(j->graph, s->node);

	if (description_is_made_for((enum description_form)row->form))
		return false;
	while (edge_next(j->graph, &in)) {
		int64_t created;

		if (in.edge->kind != EDGE_MAPS || !exists(j->graph, in.edge->from))
			continue;
		created = graph_image(j->graph, in.edge->from)->created;
		if (row->started != TIME_NONE && created != TIME_NONE &&
			row->started >= created - DAY)
			continue;
		buf_format(&j->why,
			"%s is more than a day older than %s and may be a backup in its own right",
			s->view->resource, graph_id(j->graph, in.edge->from));
		return true;
	}
	return false;
}

/* An AMI in the Recycle Bin shows no mappings: any hint that the snapshot is its own counts. */
static bool
harm_binned_image(struct judge *j, const struct step *s)
{
	const struct graph *graph = j->graph;
	struct edge_walk in = graph_in(graph, s->node);
	struct edge_walk out = graph_out(graph, s->node);
	nid image = 0;

	while (!image && edge_next(graph, &in))
		if (in.edge->kind == EDGE_MAPS && in_bin(graph, in.edge->from))
			image = in.edge->from;
	while (!image && edge_next(graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR && in_bin(graph, out.edge->to))
			image = out.edge->to;
	if (!image)
		return false;
	buf_format(&j->why, "%s is needed to restore %s from the Recycle Bin", s->view->resource,
		graph_id(graph, image));
	return true;
}

static bool
want_any(const struct judge *j, nid image)
{
	(void)j;
	return image != 0;
}

/* In a later inventory the AMI may be gone by this very plan: the step that removed it is then the
 * link. */
static bool
follows_a_gone_image(const struct judge *j, const struct step *s)
{
	if (j->terms->same_inventory)
		return false;
	for (size_t i = 0; i < s->view->depends_on.count; i++) {
		struct slice id = slice_of(s->view->depends_on.items[i]);
		size_t skip = sizeof("deregister-image:") - 1;

		if (slice_starts(id, "deregister-image:") &&
			!exists(j->graph,
				graph_find(j->graph, (struct slice){id.at + skip, id.len - skip})))
			return true;
	}
	return false;
}

static bool
is_linked(const struct judge *j, const struct step *s)
{
	return find_image(j, s->node, want_any) || follows_a_gone_image(j, s);
}

static bool
is_weakly_linked(const struct graph *graph, nid snapshot)
{
	struct edge_walk out = graph_out(graph, snapshot);

	while (edge_next(graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR)
			return true;
	return false;
}

static bool
harm_unrelated(struct judge *j, const struct step *s)
{
	if (is_linked(j, s) || is_weakly_linked(j->graph, s->node))
		return false;
	buf_format(&j->why, "nothing links %s to any AMI", s->view->resource);
	return true;
}

static bool
harm_guessed(struct judge *j, const struct step *s)
{
	if (is_linked(j, s))
		return false;
	buf_format(&j->why, "only weak evidence links %s to an AMI", s->view->resource);
	return true;
}

/* Does whatever keeps the instance running still want it? A one-time spot request asks for it once.
 */
static bool
would_replace(const struct graph *graph, nid keeper)
{
	const struct node *node = graph_node(graph, keeper);
	const struct spot_request *request;

	if (!graph_is_live(graph, keeper))
		return false;
	if (node->kind != NODE_SPOT_REQUEST || !node->defined)
		return true;
	request = &graph->spot_requests.items[node->row];
	return !slice_is(graph_text(graph, request->type), "one-time");
}

static bool
harm_keeper(struct judge *j, const struct step *s)
{
	struct edge_walk out = graph_out(j->graph, s->node);
	struct slice group;

	while (edge_next(j->graph, &out)) {
		if (out.edge->kind != EDGE_MEMBER_OF || !would_replace(j->graph, out.edge->to))
			continue;
		buf_format(&j->why, "%s would be replaced by %s", s->view->resource,
			graph_id(j->graph, out.edge->to));
		return true;
	}
	if (!graph_tag(j->graph, s->node, SLICE("aws:autoscaling:groupName"), &group))
		return false;
	buf_format(&j->why, "%s would be replaced by its Auto Scaling group", s->view->resource);
	return true;
}

/* What services write on the things that they made and will remove themselves. */
static const struct maker {
	const char *key; /* a tag key, or its beginning */
	bool prefix;
	const char *value; /* NULL: any */
	const char *service;
} makers[] = {
	{"aws:dlm:", true, NULL, "Data Lifecycle Manager"},
	{"dlm:managed", false, NULL, "Data Lifecycle Manager"},
	{"AWSElasticDisasterRecovery", true, NULL, "Elastic Disaster Recovery"},
	{"elasticDisasterRecovery.amazonaws.com", true, NULL, "Elastic Disaster Recovery"},
	{"drs.amazonaws.com", true, NULL, "Elastic Disaster Recovery"},
	{"AWSApplicationMigrationService", true, NULL, "Application Migration Service"},
	{"CreatedBy", false, "EC2 Fast Launch", "EC2 Fast Launch"},
};

static const char *
maker_by_tag(const struct graph *graph, nid node)
{
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		const struct maker *maker = &makers[i];
		struct slice value;

		if (maker->prefix ? has_tag_prefix(graph, node, maker->key)
				  : graph_tag(graph, node, slice_of(maker->key), &value) &&
					    (!maker->value || slice_is(value, maker->value)))
			return maker->service;
	}
	return NULL;
}

static const char *
maker_by_text(const struct graph *graph, nid node, enum node_kind kind)
{
	struct slice text =
		graph_text(graph, kind == NODE_IMAGE ? graph_image(graph, node)->description
						     : graph_snapshot(graph, node)->description);
	struct description description;

	if (kind == NODE_IMAGE &&
		slice_starts(graph_text(graph, graph_node(graph, node)->name), "AwsBackup_"))
		return "AWS Backup";
	if (!text.at)
		return NULL;
	description_read(text, &description);
	if (description.form == DESCRIPTION_BACKUP)
		return "AWS Backup";
	if (description.form == DESCRIPTION_LIFECYCLE)
		return "Data Lifecycle Manager";
	return NULL;
}

static bool
harm_maker(struct judge *j, const struct step *s)
{
	const char *service = maker_by_tag(j->graph, s->node);

	if (!service)
		service = maker_by_text(j->graph, s->node, s->row->kind);
	if (!service)
		return false;
	buf_format(&j->why, "%s was made by %s, which removes its own", s->view->resource, service);
	return true;
}

/* The AMI an instance was launched from, or 0. */
static nid
image_of(const struct graph *graph, nid instance)
{
	struct edge_walk out = graph_out(graph, instance);

	while (edge_next(graph, &out))
		if (out.edge->kind == EDGE_LAUNCHED_FROM)
			return out.edge->to;
	return 0;
}

static bool
harm_staying_image(struct judge *j, const struct step *s)
{
	nid image = image_of(j->graph, s->node);

	if (!stays(j, image))
		return false;
	buf_format(&j->why, "%s runs from %s, which stays", s->view->resource,
		graph_id(j->graph, image));
	return true;
}

/* Instances are terminated with the AMIs that were named one by one, never with what a sweep found.
 */
static bool
harm_unnamed(struct judge *j, const struct step *s)
{
	nid image = image_of(j->graph, s->node);

	vec_foreach (id, &j->terms->amis) {
		if (image && strcmp(*id, graph_id(j->graph, image)) == 0)
			return false;
	}
	buf_format(&j->why, "%s was launched from no AMI that --ami names", s->view->resource);
	return true;
}

static bool
has_protected_tag(const struct judge *j, nid node)
{
	vec_foreach (filter, &j->terms->protect_tags) {
		if (has_tag(j->graph, node, slice_of(*filter)))
			return true;
	}
	return false;
}

static bool
harm_protected_tag(struct judge *j, const struct step *s)
{
	nid by = s->node;

	if (!has_protected_tag(j, by))
		by = s->row->action == DELETE ? find_image(j, s->node, has_protected_tag) : 0;
	if (!by)
		return false;
	buf_format(&j->why, "%s is protected by a tag of %s", s->view->resource,
		graph_id(j->graph, by));
	return true;
}

/* A step that must come first: it is there (its absence is another rule's), comes earlier, and is
 * depended on. */
static bool
must_follow(struct judge *j, const struct step *s, nid image, bool by_name)
{
	char id[128];
	sid number;

	if (!exists(j->graph, image) || !j->step_order[image])
		return false;
	snprintf(id, sizeof(id), "deregister-image:%s", graph_id(j->graph, image));
	number = strpool_find(&j->texts, slice_of(id));
	if (j->step_order[image] < s->view->order) {
		if (!by_name)
			return false;
		for (size_t low = 0, high = j->depends.count; number && low < high;) {
			size_t middle = low + (high - low) / 2;

			if (j->depends.items[middle] == number)
				return false;
			if (j->depends.items[middle] < number)
				low = middle + 1;
			else
				high = middle;
		}
	}
	buf_format(&j->why, "%s must come after, and depend on, %s", s->view->id, id);
	return true;
}

static int
compare_sids(const void *left, const void *right)
{
	sid a = *(const sid *)left;
	sid b = *(const sid *)right;

	return (a > b) - (a < b);
}

static bool
harm_by_order(struct judge *j, const struct step *s)
{
	struct edge_walk in = graph_in(j->graph, s->node);
	struct edge_walk out = graph_out(j->graph, s->node);

	j->depends.count = 0;
	for (size_t i = 0; i < s->view->depends_on.count; i++)
		vec_push(&j->depends,
			strpool_find(&j->texts, slice_of(s->view->depends_on.items[i])));
	if (j->depends.count)
		qsort(j->depends.items, j->depends.count, sizeof(*j->depends.items), compare_sids);
	if (s->row->action == TERMINATE)
		return must_follow(j, s, image_of(j->graph, s->node), true);
	while (edge_next(j->graph, &in))
		if (in.edge->kind == EDGE_MAPS && must_follow(j, s, in.edge->from, true))
			return true;
	while (edge_next(j->graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR && is_strong(out.edge) &&
			must_follow(j, s, out.edge->to, false))
			return true;
	return false;
}

/* THE table of harms, worst first. Acceptable: the plan may record that its user took it upon
 * himself. */
static const struct harm {
	const char *rule;
	unsigned actions;
	bool acceptable;
	bool (*is_done)(struct judge *j, const struct step *s);
} harms[] = {
	{"owner-unknown", DEREGISTER | DELETE | TERMINATE, false, harm_unknown_owner},
	{"not-owned", DEREGISTER | DELETE | TERMINATE, false, harm_other_owner},
	{"changed", DEREGISTER | DELETE | TERMINATE, false, harm_elsewhere},
	{"aws-backup", DEREGISTER | DELETE, false, harm_backup},
	{"deregistration-protected", DEREGISTER, false, harm_protected_image},
	{"snapshot-in-use", DELETE, false, harm_mapping_images},
	{"order", DELETE | TERMINATE, false, harm_by_order},
	{"snapshot-locked", DELETE, false, harm_locked},
	{"termination-protected", TERMINATE, false, harm_protected_instance},
	{"protected-tag", DEREGISTER | DELETE | TERMINATE, false, harm_protected_tag},
	{"unknown-action", TERMINATE, false, harm_unnamed},
	{"weak-evidence", DELETE, false, harm_unrelated},
	{"inventory-incomplete", DEREGISTER | DELETE | TERMINATE, false, harm_unseen},
	{"image-state", DEREGISTER, true, harm_unsettled},
	{"snapshot-state", DELETE, true, harm_unsettled},
	{"instance-state", TERMINATE, true, harm_unsettled},
	{"in-use", DEREGISTER, true, harm_instances},
	{"referenced", DEREGISTER, true, harm_referrers},
	{"old-template-version", DEREGISTER, true, harm_old_versions},
	{"snapshot-referenced", DELETE, true, harm_snapshot_referrers},
	{"shared", DEREGISTER | DELETE, true, harm_grantees},
	{"recently-launched", DEREGISTER, true, harm_late_report},
	{"predates-image", DELETE, true, harm_older_backup},
	{"image-in-recycle-bin", DELETE, true, harm_binned_image},
	{"weak-evidence", DELETE, true, harm_guessed},
	{"asg-managed", TERMINATE, true, harm_keeper},
	{"managed-elsewhere", DEREGISTER | DELETE, true, harm_maker},
	{"image-stays", TERMINATE, true, harm_staying_image},
};

/* ---- a step by itself: is it what it claims to be? ---- */

static bool
wrong_action(struct judge *j, const struct step *s)
{
	const struct view_step *view = s->view;
	size_t len = strlen(s->row->word);

	if (!id_is(slice_of(view->resource), s->row->prefix))
		buf_format(&j->why, "%s cannot be done to %s", view->action, view->resource);
	else if (strncmp(view->id, view->action, len) != 0 || view->id[len] != ':' ||
		 strcmp(view->id + len + 1, view->resource) != 0)
		buf_format(&j->why, "the step %s does not say what it does: %s %s", view->id,
			view->action, view->resource);
	else if (view->phase != s->row->phase)
		buf_format(&j->why, "%s belongs in phase %u, not %u", view->action,
			(unsigned)s->row->phase, (unsigned)view->phase);
	else
		return false;
	return true;
}

static bool
wrong_listing(struct judge *j, const struct step *s)
{
	if (!name_of(j, s->view->resource)->twice)
		return false;
	buf_format(&j->why, "the plan lists %s more than once", s->view->resource);
	return true;
}

/* Scripts go through the list from its beginning: the orders must rise along it. */
static bool
wrong_order(struct judge *j, const struct step *s)
{
	uint32_t last = j->last_order;

	j->last_order = s->view->order;
	if (s->view->order <= last) {
		buf_format(&j->why, "%s has the order %u but stands after a step with the order %u",
			s->view->id, (unsigned)s->view->order, (unsigned)last);
		return true;
	}
	for (size_t i = 0; i < s->view->depends_on.count; i++) {
		uint32_t order = name_of(j, s->view->depends_on.items[i])->order;

		if (order && order < s->view->order)
			continue;
		buf_format(&j->why, "%s depends on %s, which %s", s->view->id,
			s->view->depends_on.items[i],
			order ? "does not come before it" : "is no step");
		return true;
	}
	return false;
}

static bool
wrong_digest(struct judge *j, const struct step *s)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	digest_of(slice_of(s->view->facts), digest);
	digest_text(digest, text);
	if (s->view->seen && strcmp(text, s->view->seen) == 0)
		return false;
	buf_format(
		&j->why, "the facts of %s are not those that its digest was made of", s->view->id);
	return true;
}

static const struct form {
	const char *rule;
	bool (*is_wrong)(struct judge *j, const struct step *s);
} forms[] = {
	{"order", wrong_order},
	{"unknown-action", wrong_action},
	{"listed-twice", wrong_listing},
	{"changed", wrong_digest},
};

/* ---- the proof ---- */

static bool
is_all_assumed(const struct judge *j)
{
	for (int kind = 1; kind < DOC_KINDS; kind++)
		if (doc_kind_need((enum doc_kind)kind) == NEED_ALWAYS && !j->is_assumed[kind])
			return false;
	return true;
}

/* Gone is safe only where the listing that would show it was read; in the plan's own inventory it
 * cannot be gone. */
static void
judge_absent(struct judge *j, const struct step *s, sid account, sid region)
{
	if (j->terms->same_inventory) {
		buf_format(&j->why, "%s is not in the inventory that the plan was made from",
			s->view->resource);
		find(j, VERIFY_UNSAFE, s->view, "absent");
	} else if (!s->node || !graph_node(j->graph, s->node)->defined) {
		if (is_covered(j, account, region, s->row->listing)) {
			buf_format(&j->why, "%s is already gone", s->view->resource);
			find(j, VERIFY_ALREADY_GONE, s->view, "absent");
			return;
		}
		buf_format(&j->why,
			"%s is not in the inventory, whose %s are not complete in %s/%s",
			s->view->resource, doc_kind_word(s->row->listing), s->view->account,
			s->view->region);
		find(j, VERIFY_UNSAFE, s->view, "inventory-incomplete");
	} else {
		buf_format(&j->why, "%s is already gone: it is %s", s->view->resource,
			state_text((enum state)graph_node(j->graph, s->node)->state));
		find(j, VERIFY_ALREADY_GONE, s->view, "absent");
	}
}

static int
judge_step(struct judge *j, const struct step *s, struct err *err)
{
	const struct strpool *strings = &j->graph->strings;
	sid account = strpool_find(strings, slice_of(s->view->account));
	sid region = strpool_find(strings, slice_of(s->view->region));

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (forms[i].is_wrong(j, s)) {
			find(j, VERIFY_UNSAFE, s->view, forms[i].rule);
			return 0;
		}
	}
	if (!graph_coverage(j->graph, account, region) && !j->terms->same_inventory &&
		!is_all_assumed(j))
		return err_set(err, ERR_UNCHECKED,
			"step %s: the inventory holds no document of %s/%s", s->view->id,
			s->view->account, s->view->region);
	if (!exists(j->graph, s->node)) {
		judge_absent(j, s, account, region);
		return 0;
	}
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		const struct harm *harm = &harms[i];

		if (!(harm->actions & (unsigned)s->row->action) ||
			(harm->acceptable && is_accepted(j, harm->rule, s->view->resource)))
			continue;
		if (harm->is_done(j, s)) {
			find(j, VERIFY_UNSAFE, s->view, harm->rule);
			return 0;
		}
	}
	j->report->safe++;
	return 0;
}

/* Findings about the plan as a whole: its own totals must agree with its steps, and nothing may be
 * listed twice. */
static void
judge_plan(struct judge *j)
{
	const struct plan_view *plan = j->plan;
	const uint64_t said[ACTIONS] = {plan->images.go, plan->snapshots.go, plan->instances.go};

	for (size_t i = 0; i < ACTIONS; i++) {
		if (said[i] == j->taken[i])
			continue;
		buf_format(&j->why, "the summary says %llu times %s, the steps are %llu",
			(unsigned long long)said[i], action_rows[i].word,
			(unsigned long long)j->taken[i]);
		find(j, VERIFY_UNSAFE, NULL, "changed");
	}
	for (sid number = 1; number < j->names.count; number++) {
		const struct name *name = &j->names.items[number];

		if (!name->twice || name->listing == IN_STEPS)
			continue;
		buf_format(&j->why, "the plan lists %s more than once",
			strpool_text(&j->texts, number));
		find(j, VERIFY_UNSAFE, NULL, "listed-twice");
	}
}

static int
judge_steps(struct judge *j, struct err *err)
{
	for (size_t i = 0; i < j->plan->step_count; i++) {
		struct view_step view;
		struct step step = {.view = &view};
		int code;

		arena_clear(&j->scratch);
		j->plan->step(j->plan, i, &j->scratch, &view);
		step.row = action_row(view.action);
		step.node = node_of(j, step.row, view.resource);
		code = judge_step(j, &step, err);
		if (code)
			return code;
	}
	return 0;
}

static void
judge_init(struct judge *j)
{
	strpool_init(&j->texts);
	j->step_order = xcalloc(j->graph->nodes.count + 1, sizeof(*j->step_order));
	j->unresolved = xcalloc(j->graph->coverage.count + 1, sizeof(*j->unresolved));
	bitset_init(&j->selected, j->graph->nodes.count + 1);
	take_assumptions(j);
	find_unresolved(j);
}

static void
judge_release(struct judge *j)
{
	strpool_release(&j->texts);
	vec_release(&j->names);
	vec_release(&j->depends);
	free(j->step_order);
	free(j->unresolved);
	bitset_release(&j->selected);
	arena_release(&j->scratch);
	buf_release(&j->why);
}

int
verify_plan(const struct plan_view *plan, const struct verify_terms *terms,
	const struct graph *graph, struct verify_report *report, struct err *err)
{
	struct judge judge = {.plan = plan, .terms = terms, .graph = graph, .report = report};
	int code;

	*report = (struct verify_report){0};
	if (terms->as_of == TIME_NONE)
		return err_set(err, ERR_UNCHECKED, "the plan does not say as of when it was made");
	judge_init(&judge);
	code = take_steps(&judge, err);
	if (code == 0) {
		take_others(&judge);
		vec_foreach (selector, &terms->in_use_selectors) {
			apply_selector(&judge, *selector);
		}
		judge_plan(&judge);
		code = judge_steps(&judge, err);
	}
	judge_release(&judge);
	return code;
}

void
verify_report_release(struct verify_report *report)
{
	vec_release(&report->findings);
	arena_release(&report->arena);
	*report = (struct verify_report){0};
}
