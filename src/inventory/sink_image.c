/*
 * AMIs, those in the Recycle Bin too: what describe-images and its neighbours say of them.
 * It must not know: files, how JSON is walked.
 */
#include "sink.h"

#include "civil.h"
#include "description.h"

/* Kernels and ramdisks stand among the images; they are none. */
static bool
is_kernel(struct slice id)
{
	return id_is_any_image(id) && !sink_is_id(NODE_IMAGE, id);
}

static bool
image_edges(struct sink *sink, nid node, const struct image_record *image, rid record)
{
	vec_foreach (device, &image->devices) {
		const struct reference how = {EDGE_MAPS, SOURCE_MAPPING,
			"BlockDeviceMappings.Ebs.SnapshotId", sink_text(sink, device->name)};

		if (!sink_refer_surely(sink, node, NODE_SNAPSHOT, device->ebs.snapshot, &how,
			    record, device->ebs.at))
			return false;
	}
	/* Lineage is a hint: what is no id is not worth a warning. */
	if (sink_is_id(NODE_IMAGE, image->source_image)) {
		const struct reference how = {EDGE_SOURCE_IMAGE, SOURCE_FIELD, "SourceImageId", 0};

		sink_refer(sink, node, NODE_IMAGE, image->source_image, &how, record);
	}
	if (sink_is_id(NODE_INSTANCE, image->source_instance)) {
		const struct reference how = {
			EDGE_SOURCE_INSTANCE, SOURCE_FIELD, "SourceInstanceId", 0};

		sink_refer(sink, node, NODE_INSTANCE, image->source_instance, &how, record);
	}
	sink_backup(sink, node, &image->tags, record);
	return true;
}

static sid
product_type(struct sink *sink, const struct image_record *image)
{
	sid type = 0;

	vec_foreach (product, &image->products) {
		if (type == 0 || slice_is(product->type, "marketplace"))
			type = sink_text(sink, product->type);
	}
	return type;
}

/* A person's text decides nothing, and is read again when somebody asks for it. */
static sid
kept_description(struct sink *sink, struct slice text)
{
	return description_is_of_service(text) ? sink_text(sink, text) : 0;
}

static uint32_t
image_row(struct sink *sink, const struct image_record *image, sid state_text)
{
	const struct image_traits traits = {
		.bin_exit = image->bin_exit,
		.architecture = sink_text(sink, image->architecture),
		.protection = sink_text(sink, image->protection),
		.owner_alias = sink_text(sink, image->owner_alias),
		.image_type = sink_text(sink, image->image_type),
		.root_device_type = sink_text(sink, image->root_device_type),
		.product_code_type = product_type(sink, image),
		.state_text = state_text,
	};
	struct image row = {
		.description = kept_description(sink, image->description),
		.traits = builder_image_traits(sink->builder, 0, &traits),
		.created = image->created,
		.last_launched = image->last_launched,
		.tags = sink_tags(sink, &image->tags, NULL),
		.is_public = image->is_public,
	};

	return builder_row_image(sink->builder, &row);
}

bool
sink_image(struct sink *sink, const void *record)
{
	const struct image_record *image = record;
	bool in_bin = image->bin_enter != TIME_NONE;
	struct record_facts facts = {.kind = NODE_IMAGE, .id = image->id};
	sid state_text = 0;
	nid node;

	if (sink->records == 0 && in_bin)
		builder_document_at(sink->builder, sink->doc)->kind = DOC_RECYCLE_BIN;
	if (is_kernel(image->id))
		return true;
	if (!sink_own_id(sink, NODE_IMAGE, "ImageId", image->id, image->at))
		return false;
	node = builder_node(sink->builder, NODE_IMAGE, image->id);
	facts.state = in_bin ? STATE_IMAGE_IN_BIN
			     : sink_state(sink, node, NODE_IMAGE, image->state, &state_text);
	facts.doc = sink->doc;
	facts.at = image->at;
	facts.name = sink_text(sink, image->name);
	facts.owner = sink_text(sink, image->owner);
	facts.row = image_row(sink, image, state_text);
	if (!image_edges(sink, node, image, builder_record(sink->builder, &facts)))
		return false;
	sink_saw(sink, image->created);
	sink_saw(sink, image->last_launched);
	sink_saw(sink, image->bin_enter);
	return true;
}

bool
sink_launched(struct sink *sink, const void *record)
{
	const struct launched_record *launched = record;
	struct slice text = launched->time.text;
	int64_t time;

	if (!sink_own_id(sink, NODE_IMAGE, "ImageId", launched->image, launched->at))
		return false;
	/* An AMI that was never launched has no value. */
	if (text.len == 0)
		return true;
	if (!time_parse(text, &time))
		return sink_fail(sink, text, launched->at, ERR_VALUE,
			"LastLaunchedTime: this is not a time such as 2026-11-22T18:33:14.000Z");
	builder_image_launched(sink->builder,
		builder_node(sink->builder, NODE_IMAGE, launched->image), time, sink->doc);
	sink_saw(sink, time);
	return true;
}
