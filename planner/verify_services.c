/*
 * Which AWS service made an AMI or a snapshot and will remove it itself, for the proof.
 * It must not know: steps, or whether that is a harm.
 */
#include "description.h"
#include "verify_judge.h"

static bool
has_tag_prefix(const struct graph *graph, nid node, const char *prefix)
{
	struct span tags = graph_tags(graph, node);

	for (uint32_t i = 0; i < tags.count; i++)
		if (slice_starts(graph_text(graph, graph->tags.items[tags.at + i].key), prefix))
			return true;
	return false;
}

bool
judge_is_backup(const struct judge *j, nid node)
{
	const struct graph *graph = j->graph;

	if (has_tag_prefix(graph, node, "aws:backup:"))
		return true;
	return graph_node(graph, node)->kind == NODE_IMAGE &&
	       slice_is(graph_text(graph, graph_image_traits(graph, node)->owner_alias),
		       "aws-backup-vault");
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

const char *
judge_maker(const struct judge *j, nid node, enum node_kind kind)
{
	const char *service = maker_by_tag(j->graph, node);

	return service ? service : maker_by_text(j->graph, node, kind);
}
