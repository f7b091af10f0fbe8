/*
 * Who would be harmed by a step: one check a rule, and the table that says in which order they are
 * asked and which of them the plan's user may take upon himself.
 * It must not know: the rest of the plan, or how findings are reported.
 */
#include "civil.h"
#include "description.h"
#include "ids.h"
#include "verify_judge.h"

/* ---- whose it is, and where ---- */

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

/* ---- what was not read ---- */

static bool
harm_unseen(struct judge *j, const struct step *s)
{
	const struct node *node = graph_node(j->graph, s->node);
	const char *account = strpool_text(&j->graph->strings, node->account);
	const char *region = strpool_text(&j->graph->strings, node->region);
	enum doc_kind kind = judge_missing_kind(j, node->account, node->region);
	const char *required = judge_missing_requirement(j, s->node);
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
	if (required) {
		buf_format(&j->why, "the plan requires %s, which were not read for %s in %s/%s",
			required, s->view->resource, account, region);
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
	by = judge_unresolved_in(j, node->account, node->region);
	if (!by)
		return false;
	buf_format(&j->why, "%s names a parameter that was not read and may stand for %s",
		graph_id(j->graph, by), s->view->resource);
	return true;
}

/* ---- who forbids it ---- */

static bool
want_backup(const struct judge *j, nid image)
{
	return judge_is_backup(j, image);
}

static bool
harm_backup(struct judge *j, const struct step *s)
{
	nid carrier = s->node;

	if (!judge_is_backup(j, carrier))
		carrier = s->row->action == DELETE ? judge_find_image(j, s->node, want_backup) : 0;
	if (!carrier)
		return false;
	buf_format(&j->why, "%s is a recovery point of AWS Backup (%s)", s->view->resource,
		graph_id(j->graph, carrier));
	return true;
}

static bool
has_protected_tag(const struct judge *j, nid node)
{
	vec_foreach (filter, &j->terms->protect_tags) {
		if (judge_has_tag(j, node, slice_of(*filter)))
			return true;
	}
	return false;
}

static bool
harm_protected_tag(struct judge *j, const struct step *s)
{
	nid by = s->node;

	if (!has_protected_tag(j, by))
		by = s->row->action == DELETE ? judge_find_image(j, s->node, has_protected_tag) : 0;
	if (!by)
		return false;
	buf_format(&j->why, "%s is protected by a tag of %s", s->view->resource,
		graph_id(j->graph, by));
	return true;
}

static bool
harm_protected_image(struct judge *j, const struct step *s)
{
	struct slice protection =
		graph_text(j->graph, graph_image_traits(j->graph, s->node)->protection);

	if (protection.len == 0 || slice_is(protection, "disabled"))
		return false;
	buf_format(&j->why, "%s is protected against deregistration", s->view->resource);
	return true;
}

static bool
harm_locked(struct judge *j, const struct step *s)
{
	struct slice lock =
		graph_text(j->graph, graph_snapshot_traits(j->graph, s->node)->lock_state);

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

/* ---- who uses it ---- */

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

static bool
harm_referrers(struct judge *j, const struct step *s)
{
	nid by = judge_find_referrer(j, s->node, LIVE);

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
	nid by = judge_find_referrer(j, s->node, OLD);

	if (!by)
		return false;
	buf_format(&j->why, "%s, an older launch template version, names %s",
		graph_id(j->graph, by), s->view->resource);
	return true;
}

static bool
harm_snapshot_referrers(struct judge *j, const struct step *s)
{
	nid by = judge_find_referrer(j, s->node, LIVE);

	if (!by)
		by = judge_find_referrer(j, s->node, OLD);
	if (!by)
		return false;
	buf_format(&j->why, "%s refers to %s", graph_id(j->graph, by), s->view->resource);
	return true;
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
			judge_is_read_whole(j, grantee->id, node->region))
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

	if (row->created != TIME_NONE && row->created <= limit &&
		judge_last_launch(j, s->node) <= limit)
		return false;
	buf_format(&j->why,
		"%s was created or launched within a day before the plan, or nobody knows when",
		s->view->resource);
	return true;
}

/* ---- what a snapshot is for ---- */

static bool
harm_mapping_images(struct judge *j, const struct step *s)
{
	const struct graph *graph = j->graph;
	struct edge_walk in = graph_in(graph, s->node);
	struct edge_walk out = graph_out(graph, s->node);

	while (edge_next(graph, &in)) {
		if (in.edge->kind != EDGE_MAPS || !judge_stays(j, in.edge->from))
			continue;
		buf_format(&j->why, "%s is mapped by %s, which stays", s->view->resource,
			graph_id(graph, in.edge->from));
		return true;
	}
	if (judge_is_mapped(j, s->node))
		return false;
	while (edge_next(graph, &out)) {
		if (!edge_is_made_for(out.edge) || !judge_stays(j, out.edge->to))
			continue;
		buf_format(&j->why, "%s was made for %s, which stays", s->view->resource,
			graph_id(graph, out.edge->to));
		return true;
	}
	return false;
}

static bool
in_bin(const struct graph *graph, nid image)
{
	return graph_node(graph, image)->state == STATE_IMAGE_IN_BIN;
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
harm_older_backup(struct judge *j, const struct step *s)
{
	const struct snapshot *row = graph_snapshot(j->graph, s->node);
	struct edge_walk in = graph_in(j->graph, s->node);

	if (description_is_made_for((enum description_form)row->form))
		return false;
	while (edge_next(j->graph, &in)) {
		int64_t created;

		if (in.edge->kind != EDGE_MAPS || !judge_exists(j, in.edge->from))
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

static bool
harm_unrelated(struct judge *j, const struct step *s)
{
	if (judge_is_linked(j, s->node) || judge_is_weakly_linked(j, s->node))
		return false;
	buf_format(&j->why, "nothing links %s to any AMI%s", s->view->resource,
		s->view->depends_on.count && !j->terms->same_inventory
			? " any more, and the plan's word is no proof: make a new plan"
			: "");
	return true;
}

static bool
harm_guessed(struct judge *j, const struct step *s)
{
	if (judge_is_linked(j, s->node))
		return false;
	buf_format(&j->why, "only weak evidence links %s to an AMI", s->view->resource);
	return true;
}

/* ---- who made it, or would make it again ---- */

static bool
harm_maker(struct judge *j, const struct step *s)
{
	const char *service = judge_maker(j, s->node, s->row->kind);

	if (!service)
		return false;
	buf_format(&j->why, "%s was made by %s, which removes its own", s->view->resource, service);
	return true;
}

/* Does whatever keeps the instance running still want it? A one-time spot request asks for it once.
 * One that the listing of requests does not have is no more; where that was not read, harm_unseen
 * speaks. */
static bool
would_replace(const struct graph *graph, nid keeper)
{
	const struct node *node = graph_node(graph, keeper);
	const struct spot_request *request;

	if (!graph_is_live(graph, keeper))
		return false;
	if (node->kind != NODE_SPOT_REQUEST)
		return true;
	request = &graph->spot_requests.items[node->row];
	return node->defined && !slice_is(graph_text(graph, request->type), "one-time");
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

/* ---- instances go with their AMI ---- */

static bool
harm_staying_image(struct judge *j, const struct step *s)
{
	nid image = judge_launch_image(j, s->node);

	if (!judge_stays(j, image))
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
	nid image = judge_launch_image(j, s->node);

	vec_foreach (id, &j->terms->amis) {
		if (image && strcmp(*id, graph_id(j->graph, image)) == 0)
			return false;
	}
	buf_format(&j->why, "%s was launched from no AMI that --ami names", s->view->resource);
	return true;
}

/* ---- all of them ---- */

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
	{"order", DELETE | TERMINATE, false, judge_is_out_of_order},
	{"snapshot-locked", DELETE, false, harm_locked},
	{"termination-protected", TERMINATE, false, harm_protected_instance},
	{"protected-tag", DEREGISTER | DELETE | TERMINATE, false, harm_protected_tag},
	{"not-selected", DEREGISTER | DELETE | TERMINATE, false, judge_is_filtered_out},
	{"too-young", DEREGISTER | DELETE, false, judge_is_too_young},
	{"kept-newest", DEREGISTER, false, judge_is_kept_newest},
	{"launched-since", DEREGISTER, false, judge_is_launched_since},
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

bool
judge_is_acceptable(struct slice rule)
{
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++)
		if (harms[i].acceptable && slice_is(rule, harms[i].rule))
			return true;
	return false;
}

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

const char *
judge_find_harm(struct judge *j, const struct step *s)
{
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		const struct harm *harm = &harms[i];

		if (!(harm->actions & (unsigned)s->row->action) ||
			(harm->acceptable && is_accepted(j, harm->rule, s->view->resource)))
			continue;
		if (harm->is_done(j, s))
			return harm->rule;
	}
	return NULL;
}
