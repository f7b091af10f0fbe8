/*
 * What speaks against touching anything, whatever its kind: whose it is, its state, what was read,
 * who shares or manages it. It must not know: what becomes of the item.
 */
#include "rules.h"

#include "description.h"

static bool
has_tag_prefix(const struct graph *graph, nid node, const char *prefix)
{
	struct span tags = graph_tags(graph, node);

	for (uint32_t i = 0; i < tags.count; i++)
		if (slice_starts(graph_text(graph, graph->tags.items[tags.at + i].key), prefix))
			return true;
	return false;
}

void
check_not_owned(struct inquiry *inquiry)
{
	if (!is_foreign(inquiry->plan->graph, inquiry->item))
		return;
	struct reason *reason = speak(inquiry, RULE_NOT_OWNED);
	if (reason)
		reason->word = graph_node(inquiry->plan->graph, inquiry->item)->owner;
}

static bool
is_backup_managed(const struct graph *graph, nid node)
{
	if (has_tag_prefix(graph, node, "aws:backup:"))
		return true;
	return graph_node(graph, node)->kind == NODE_IMAGE &&
	       slice_is(graph_text(graph, graph_image_traits(graph, node)->owner_alias),
		       "aws-backup-vault");
}

/* An AMI that AWS Backup made has snapshots that only AWS Backup may delete, though they may carry
 * no tag. */
static nid
backup_image_of(const struct graph *graph, nid snapshot)
{
	struct edge_walk in = graph_in(graph, snapshot);
	struct edge_walk out = graph_out(graph, snapshot);

	while (edge_next(graph, &in))
		if (in.edge->kind == EDGE_MAPS && is_backup_managed(graph, in.edge->from))
			return in.edge->from;
	while (edge_next(graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR && is_backup_managed(graph, out.edge->to))
			return out.edge->to;
	return 0;
}

void
check_aws_backup(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;
	nid carrier = 0;

	if (!is_backup_managed(graph, inquiry->item)) {
		if (graph_node(graph, inquiry->item)->kind != NODE_SNAPSHOT)
			return;
		carrier = backup_image_of(graph, inquiry->item);
		if (carrier == 0)
			return;
	}
	struct reason *reason = speak(inquiry, RULE_AWS_BACKUP);
	if (!reason || carrier == 0)
		return;
	reason->detail = DETAIL_CARRIED;
	reason_by(inquiry, reason, carrier);
}

/* The states of all three kinds: gone is AWS's to refuse, anything but in service is ours to leave
 * alone. */
static void
speak_of_state(struct inquiry *inquiry, enum rule rule, sid as_printed)
{
	enum state state = (enum state)graph_node(inquiry->plan->graph, inquiry->item)->state;
	enum life life = state_life(state);
	enum reason_detail detail = DETAIL_STATE_UNKNOWN;

	if (life == LIFE_LIVE)
		return;
	if (life == LIFE_GONE)
		detail = DETAIL_STATE_GONE;
	else if (life == LIFE_UNSETTLED)
		detail = DETAIL_STATE_UNSETTLED;
	struct reason *reason =
		speak_as(inquiry, rule, life == LIFE_GONE ? CLASS_ENFORCED : CLASS_SAFETY);
	if (!reason)
		return;
	reason->detail = (uint8_t)detail;
	reason->word = as_printed;
}

void
check_image_state(struct inquiry *inquiry)
{
	speak_of_state(inquiry, RULE_IMAGE_STATE,
		graph_image_traits(inquiry->plan->graph, inquiry->item)->state_text);
}

void
check_snapshot_state(struct inquiry *inquiry)
{
	speak_of_state(inquiry, RULE_SNAPSHOT_STATE,
		graph_snapshot_traits(inquiry->plan->graph, inquiry->item)->state_text);
}

void
check_instance_state(struct inquiry *inquiry)
{
	speak_of_state(inquiry, RULE_INSTANCE_STATE,
		graph_instance(inquiry->plan->graph, inquiry->item)->state_text);
}

void
check_owner_unknown(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;

	if (graph->ours.count == 0 || graph_node(graph, inquiry->item)->owner == 0)
		speak(inquiry, RULE_OWNER_UNKNOWN);
}

void
check_inventory_incomplete(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	const struct node *node = graph_node(plan->graph, inquiry->item);
	uint32_t missing = missing_kinds(plan, inquiry->item);

	if (missing == 0 && node->account != 0 && node->region != 0)
		return;
	/* What is another account's cannot go whatever else is read. */
	if (is_foreign(plan->graph, inquiry->item))
		return;
	struct reason *reason = speak(inquiry, RULE_INVENTORY_INCOMPLETE);
	if (!reason)
		return;
	reason->kinds = missing;
	if (missing & KIND_BIT(DOC_PARAMETERS))
		reason->index = unresolved_alias(plan, node->account, node->region);
}

/* Sharing with ourselves says nothing; sharing with an account whose use was read is no secret. */
static bool
grant_is_harmless(const struct plan *plan, const struct node *node, nid grantee)
{
	sid account = graph_node(plan->graph, grantee)->id;

	if (!id_is_account(graph_text(plan->graph, account)))
		return false;
	return account == node->owner || place_is_covered(plan, account, node->region);
}

void
check_shared(struct inquiry *inquiry)
{
	struct plan *plan = inquiry->plan;
	const struct graph *graph = plan->graph;
	const struct node *node = graph_node(graph, inquiry->item);
	struct edge_walk walk = graph_out(graph, inquiry->item);
	struct reason *reason = NULL;

	if (node->kind == NODE_IMAGE && graph_image(graph, inquiry->item)->is_public == YES) {
		reason = speak(inquiry, RULE_SHARED);
		if (!reason)
			return;
		reason->detail = DETAIL_PUBLIC;
	}
	while (edge_next(graph, &walk)) {
		if (walk.edge->kind != EDGE_SHARED_WITH ||
			grant_is_harmless(plan, node, walk.edge->to))
			continue;
		if (!reason) {
			reason = speak(inquiry, RULE_SHARED);
			if (!reason)
				return;
		}
		if (slice_is(graph_text(graph, graph_node(graph, walk.edge->to)->id), "all")) {
			reason->detail = DETAIL_PUBLIC;
			continue;
		}
		reason_by(inquiry, reason, walk.edge->to);
		reason_edge(inquiry, reason, walk.id);
	}
}

/* Who else makes AMIs and snapshots and may want them, and how they are known. Source: facts of
 * each service's documentation. Of an AMI's description the graph keeps only what begins with the
 * words of a service (description.h): patterns begin with these words. */
struct manager {
	const char *name;
	enum { BY_TAG, BY_TAG_PREFIX, BY_TAG_VALUE, BY_NAME_PREFIX, BY_DESCRIPTION_PREFIX } how;
	const char *pattern;
	const char *value;
	bool is_backup; /* silent where aws-backup, which knows for certain, speaks */
};

static const struct manager managers[] = {
	{"Data Lifecycle Manager", BY_TAG_PREFIX, "aws:dlm:", NULL, false},
	{"Data Lifecycle Manager", BY_TAG, "dlm:managed", NULL, false},
	{"Data Lifecycle Manager", BY_NAME_PREFIX, "DLM_policy-", NULL, false},
	{"Data Lifecycle Manager", BY_DESCRIPTION_PREFIX, WORDS_OF_LIFECYCLE "policy-", NULL,
		false},
	{"AWS Backup (by name or description alone)", BY_NAME_PREFIX, "AwsBackup_", NULL, true},
	{"AWS Backup (by name or description alone)", BY_DESCRIPTION_PREFIX,
		WORDS_OF_BACKUP_SNAPSHOT, NULL, true},
	{"AWS Backup (by name or description alone)", BY_DESCRIPTION_PREFIX, WORDS_OF_BACKUP_IMAGE,
		NULL, true},
	{"Elastic Disaster Recovery", BY_TAG_PREFIX, "AWSElasticDisasterRecovery", NULL, false},
	{"Elastic Disaster Recovery", BY_TAG_PREFIX, "elasticDisasterRecovery.amazonaws.com-", NULL,
		false},
	{"Elastic Disaster Recovery", BY_TAG_PREFIX, "drs.amazonaws.com-", NULL, false},
	{"Application Migration Service", BY_TAG_PREFIX, "AWSApplicationMigrationService", NULL,
		false},
	{"EC2 Fast Launch", BY_TAG_VALUE, "CreatedBy", "EC2 Fast Launch", false},
};

static bool
is_managed_by(const struct graph *graph, nid node, const struct manager *manager)
{
	bool is_image = graph_node(graph, node)->kind == NODE_IMAGE;
	sid description = is_image ? graph_image(graph, node)->description
				   : graph_snapshot(graph, node)->description;
	struct slice value;

	switch (manager->how) {
	case BY_TAG:
		return graph_tag(graph, node, slice_of(manager->pattern), &value);
	case BY_TAG_PREFIX:
		return has_tag_prefix(graph, node, manager->pattern);
	case BY_TAG_VALUE:
		return graph_tag(graph, node, slice_of(manager->pattern), &value) &&
		       slice_is(value, manager->value);
	case BY_NAME_PREFIX:
		return is_image && slice_starts(graph_text(graph, graph_node(graph, node)->name),
					   manager->pattern);
	case BY_DESCRIPTION_PREFIX:
		return slice_starts(graph_text(graph, description), manager->pattern);
	}
	return false;
}

const char *
manager_name(uint32_t index)
{
	return managers[index].name;
}

void
check_managed_elsewhere(struct inquiry *inquiry)
{
	const struct graph *graph = inquiry->plan->graph;

	bool backup = is_backup_managed(graph, inquiry->item);

	for (uint32_t i = 0; i < sizeof(managers) / sizeof(managers[0]); i++) {
		if ((backup && managers[i].is_backup) ||
			!is_managed_by(graph, inquiry->item, &managers[i]))
			continue;
		struct reason *reason = speak(inquiry, RULE_MANAGED_ELSEWHERE);
		if (reason)
			reason->index = i;
		return;
	}
}
