/*
 * What keeps instances running: Auto Scaling groups, spot requests, spot fleets, fleets.
 * It must not know: files, how JSON is walked.
 */
#include "sink.h"

static void
member_edges(struct sink *sink, nid group, const struct member_record *member, rid record)
{
	const struct reference image = {EDGE_LAUNCHED_FROM, SOURCE_FIELD, "Instances.ImageId", 0};
	nid node;

	sink_spec(sink, group, &member->spec, "Instances.LaunchTemplate", record);
	if (member->configuration.len)
		builder_configuration_reference(
			sink->builder, group, member->configuration, record);
	if (member->instance.len == 0)
		return;
	if (!sink_is_id(NODE_INSTANCE, member->instance)) {
		sink_not_understood(
			sink, group, "Instances.InstanceId", member->instance, NODE_INSTANCE);
		return;
	}
	node = builder_node(sink->builder, NODE_INSTANCE, member->instance);
	builder_edge(sink->builder, node, group, EDGE_MEMBER_OF, SOURCE_FIELD, BELIEF_FACT,
		builder_text(sink->builder, SLICE("Instances")), record);
	sink_refer(sink, node, NODE_IMAGE, member->image, &image, record);
}

static void
group_edges(struct sink *sink, nid node, const struct group_record *group, rid record)
{
	sink_spec(sink, node, &group->spec, "LaunchTemplate", record);
	sink_config(sink, node, &group->mixed.config, record);
	if (group->configuration.len)
		builder_configuration_reference(sink->builder, node, group->configuration, record);
	vec_foreach (member, &group->members)
		member_edges(sink, node, member, record);
}

bool
sink_group(struct sink *sink, const void *record)
{
	const struct group_record *group = record;
	struct record_facts facts = {.kind = NODE_AUTO_SCALING_GROUP};
	nid node;

	if (!sink_own_arn(sink, "AutoScalingGroupARN", group->arn, "AutoScalingGroupName",
		    group->name, group->at))
		return false;
	buf_clear(&sink->text);
	if (group->arn.len == 0)
		buf_add_text(&sink->text, "auto-scaling-group/");
	buf_add_slice(&sink->text, group->arn.len ? group->arn : group->name);
	facts.id = buf_slice(&sink->text);
	facts.doc = sink->doc;
	facts.at = group->at;
	facts.name = sink_text(sink, group->name);
	node = builder_node(sink->builder, NODE_AUTO_SCALING_GROUP, facts.id);
	group_edges(sink, node, group, builder_record(sink->builder, &facts));
	sink_saw(sink, group->created);
	return true;
}

/* The record of a request or fleet; `node` is set for the edges that follow. */
static rid
make_keeper(struct sink *sink, enum node_kind kind, struct slice id, size_t at, struct slice state,
	uint32_t row, nid *node)
{
	struct record_facts facts = {.kind = kind, .id = id, .doc = sink->doc, .at = at};

	*node = builder_node(sink->builder, kind, id);
	facts.state = sink_state(sink, *node, kind, state, NULL);
	facts.row = row;
	return builder_record(sink->builder, &facts);
}

bool
sink_spot_request(struct sink *sink, const void *record)
{
	const struct spot_record *spot = record;
	const struct spot_request row = {sink_text(sink, spot->type)};
	nid node;
	rid made;

	if (!sink_own_name(sink, "SpotInstanceRequestId", spot->id, spot->at) ||
		!sink_zone(sink, spot->zone, spot->at))
		return false;
	made = make_keeper(sink, NODE_SPOT_REQUEST, spot->id, spot->at, spot->state,
		builder_row_spot_request(sink->builder, &row), &node);
	sink_launch(sink, node, &spot->launch, "LaunchSpecification.ImageId",
		"LaunchSpecification.BlockDeviceMappings.Ebs.SnapshotId", made);
	if (sink_is_id(NODE_INSTANCE, spot->instance))
		builder_edge(sink->builder,
			builder_node(sink->builder, NODE_INSTANCE, spot->instance), node,
			EDGE_MEMBER_OF, SOURCE_FIELD, BELIEF_FACT,
			builder_text(sink->builder, SLICE("InstanceId")), made);
	sink_saw(sink, spot->created);
	return true;
}

bool
sink_spot_fleet(struct sink *sink, const void *record)
{
	const struct spot_fleet_record *fleet = record;
	nid node;
	rid made;

	if (!sink_own_name(sink, "SpotFleetRequestId", fleet->id, fleet->at))
		return false;
	made = make_keeper(sink, NODE_SPOT_FLEET, fleet->id, fleet->at, fleet->state, 0, &node);
	vec_foreach (launch, &fleet->config.launches)
		sink_launch(sink, node, launch, "LaunchSpecifications.ImageId",
			"LaunchSpecifications.BlockDeviceMappings.Ebs.SnapshotId", made);
	sink_configs(sink, node, &fleet->config.configs, made);
	sink_saw(sink, fleet->created);
	return true;
}

bool
sink_fleet(struct sink *sink, const void *record)
{
	const struct fleet_record *fleet = record;
	nid node;
	rid made;

	if (!sink_own_name(sink, "FleetId", fleet->id, fleet->at))
		return false;
	made = make_keeper(sink, NODE_FLEET, fleet->id, fleet->at, fleet->state, 0, &node);
	sink_configs(sink, node, &fleet->configs, made);
	sink_saw(sink, fleet->created);
	return true;
}
