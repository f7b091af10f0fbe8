/*
 * Instances and volumes: what runs, from which AMI, and what its disks were made from.
 * It must not know: files, how JSON is walked.
 */
#include "sink.h"

#include "civil.h"

/* Tags by which something keeps an instance running: they name it, with a prefix here where an ARN
 * is its id. */
static const struct {
	const char *key;
	enum node_kind kind;
	const char *prefix;
} keepers[] = {
	{"aws:autoscaling:groupName", NODE_AUTO_SCALING_GROUP, "auto-scaling-group/"},
	{"aws:ec2:fleet-id", NODE_FLEET, ""},
	{"aws:ec2spot:fleet-request-id", NODE_SPOT_FLEET, ""},
};

static void
keeper_edges(struct sink *sink, nid node, const tag_list *tags, rid record)
{
	vec_foreach (tag, tags) {
		if (!slice_starts(tag->key, "aws:") || tag->value.len == 0)
			continue;
		for (size_t i = 0; i < sizeof(keepers) / sizeof(*keepers); i++) {
			const struct reference how = {
				EDGE_MEMBER_OF, SOURCE_TAG, keepers[i].key, 0};

			if (!slice_is(tag->key, keepers[i].key))
				continue;
			buf_clear(&sink->text);
			buf_add_text(&sink->text, keepers[i].prefix);
			buf_add_slice(&sink->text, tag->value);
			sink_refer(
				sink, node, keepers[i].kind, buf_slice(&sink->text), &how, record);
		}
	}
}

static bool
instance_edges(struct sink *sink, nid node, const struct instance_record *instance, rid record)
{
	const struct reference image = {EDGE_LAUNCHED_FROM, SOURCE_FIELD, "ImageId", 0};
	const struct reference spot = {EDGE_MEMBER_OF, SOURCE_FIELD, "SpotInstanceRequestId", 0};

	if (!sink_refer_surely(
		    sink, node, NODE_IMAGE, instance->image, &image, record, instance->at))
		return false;
	sink_refer(sink, node, NODE_SPOT_REQUEST, instance->spot_request, &spot, record);
	keeper_edges(sink, node, &instance->tags, record);
	vec_foreach (device, &instance->devices) {
		if (!sink_is_id(NODE_VOLUME, device->ebs.volume))
			continue;
		builder_attachment(sink->builder,
			builder_node(sink->builder, NODE_VOLUME, device->ebs.volume), node,
			device->ebs.delete_on_termination, SOURCE_MAPPING,
			sink_text(sink, device->name), record);
	}
	return true;
}

/* An address of Amazon's goes with the instance, an Elastic IP address stays with its account. */
static bool
count_address(struct terms *terms, const struct association_record *address)
{
	if (!address->address.len)
		return false;
	if (slice_is(address->owner, "amazon"))
		terms->released_addresses++;
	else if (address->owner.len)
		terms->own_addresses++;
	else
		terms->other_addresses++;
	return true;
}

/* Each private address may have a public one; the interface repeats that of the first. */
static bool
count_addresses(struct terms *terms, const struct interface_record *interface)
{
	bool any = false;

	vec_foreach (address, &interface->addresses)
		any = count_address(terms, &address->association) || any;
	return any || count_address(terms, &interface->association);
}

static uint32_t
instance_terms(struct sink *sink, const struct instance_record *instance)
{
	struct terms terms = {
		.operation = sink_text(sink, instance->usage_operation),
		.platform = sink_text(sink, instance->platform_details),
		.tenancy = sink_text(sink, instance->placement.tenancy),
		.reserved = instance->reservation.len > 0,
	};
	bool any = false;

	if (instance->products.count)
		terms.product_type = sink_text(sink, instance->products.items[0].type);
	vec_foreach (interface, &instance->interfaces)
		any = count_addresses(&terms, interface) || any;
	if (!any && instance->public_address.len)
		terms.other_addresses = 1;
	return builder_terms(sink->builder, &terms);
}

static uint32_t
instance_row(struct sink *sink, const struct instance_record *instance, sid state_text, sid *name)
{
	struct instance row = {
		.type = sink_text(sink, instance->type),
		.lifecycle = sink_text(sink, instance->lifecycle),
		.operator_principal = sink_text(sink, instance->operator_.principal),
		.spot_request = sink_text(sink, instance->spot_request),
		.state_text = state_text,
		.platform = sink_text(sink, instance->platform),
		.launched = instance->launched,
		.tags = sink_tags(sink, &instance->tags, name),
		.terms = instance_terms(sink, instance),
		.managed = instance->operator_.managed,
	};

	return builder_row_instance(sink->builder, &row);
}

static bool
make_instance(struct sink *sink, const struct instance_record *instance, sid owner)
{
	struct record_facts facts = {.kind = NODE_INSTANCE, .id = instance->id};
	sid state_text = 0;
	nid node;

	if (!sink_own_id(sink, NODE_INSTANCE, "InstanceId", instance->id, instance->at) ||
		!sink_zone(sink, instance->placement.zone, instance->at))
		return false;
	node = builder_node(sink->builder, NODE_INSTANCE, instance->id);
	facts.state = sink_state(sink, node, NODE_INSTANCE, instance->state.name, &state_text);
	facts.doc = sink->doc;
	facts.at = instance->at;
	facts.owner = owner;
	facts.row = instance_row(sink, instance, state_text, &facts.name);
	if (!instance_edges(sink, node, instance, builder_record(sink->builder, &facts)))
		return false;
	sink_saw(sink, instance->launched);
	return true;
}

bool
sink_reservation(struct sink *sink, const void *record)
{
	const struct reservation_record *reservation = record;
	sid owner = sink_text(sink, reservation->owner);

	if (!sink_account(sink, reservation->owner, reservation->at))
		return false;
	vec_foreach (instance, &reservation->instances) {
		if (!make_instance(sink, instance, owner))
			return false;
	}
	sink->found = reservation->instances.count;
	return true;
}

static uint32_t
volume_row(struct sink *sink, const struct volume_record *volume)
{
	struct volume row = {
		.type = sink_text(sink, volume->type),
		.state_text = sink_text(sink, volume->state),
		.size_gib = sink_u32(volume->size_gib),
		.iops = sink_u32(volume->iops),
		.throughput = sink_u32(volume->throughput),
	};

	if (volume->attachments.count)
		row.delete_on_termination = volume->attachments.items[0].delete_on_termination;
	return builder_row_volume(sink->builder, &row);
}

static void
attach(struct sink *sink, nid volume, const struct attachment_record *attachment, rid record)
{
	static const char member[] = "Attachments.InstanceId";
	char room[ID_ROOM];
	struct slice id = id_tidy(attachment->instance, "i-", room);

	if (attachment->instance.len == 0)
		return;
	if (id.len == 0) {
		sink_not_understood(sink, volume, member, attachment->instance, NODE_INSTANCE);
		return;
	}
	builder_attachment(sink->builder, volume, builder_node(sink->builder, NODE_INSTANCE, id),
		attachment->delete_on_termination, SOURCE_FIELD,
		builder_text(sink->builder, slice_of(member)), record);
}

bool
sink_volume(struct sink *sink, const void *record)
{
	const struct volume_record *volume = record;
	const struct reference from = {EDGE_CREATED_FROM, SOURCE_FIELD, "SnapshotId", 0};
	struct record_facts facts = {.kind = NODE_VOLUME, .id = volume->id};
	nid node;
	rid made;

	if (!sink_own_id(sink, NODE_VOLUME, "VolumeId", volume->id, volume->at) ||
		!sink_zone(sink, volume->zone, volume->at))
		return false;
	node = builder_node(sink->builder, NODE_VOLUME, volume->id);
	facts.doc = sink->doc;
	facts.at = volume->at;
	facts.row = volume_row(sink, volume);
	(void)sink_tags(sink, &volume->tags, &facts.name);
	made = builder_record(sink->builder, &facts);
	sink_refer(sink, node, NODE_SNAPSHOT, volume->snapshot, &from, made);
	vec_foreach (attachment, &volume->attachments)
		attach(sink, node, attachment, made);
	sink_saw(sink, volume->created);
	return true;
}

bool
sink_protection(struct sink *sink, const void *record)
{
	const struct protection_record *protection = record;

	if (!sink_own_id(sink, NODE_INSTANCE, "InstanceId", protection->instance, protection->at))
		return false;
	/* Without a value the attribute was asked for and is not set. */
	builder_instance_protected(sink->builder,
		builder_node(sink->builder, NODE_INSTANCE, protection->instance),
		protection->protected_.value == YES, sink->doc);
	return true;
}
