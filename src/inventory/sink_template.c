/*
 * Launch templates, their versions, and launch configurations: what the next instance will start
 * from. It must not know: files, how JSON is walked.
 */
#include "sink.h"

bool
sink_template(struct sink *sink, const void *record)
{
	const struct template_record *template = record;
	struct record_facts facts = {.kind = NODE_LAUNCH_TEMPLATE, .id = template->id};
	const struct template row = {.default_version = template->default_version,
		.latest_version = template->latest_version};

	if (!sink_own_id(
		    sink, NODE_LAUNCH_TEMPLATE, "LaunchTemplateId", template->id, template->at) ||
		!sink_creator(sink, template->created_by, template->at))
		return false;
	facts.doc = sink->doc;
	facts.at = template->at;
	facts.name = sink_text(sink, template->name);
	facts.row = builder_row_template(sink->builder, &row);
	(void)builder_record(sink->builder, &facts);
	sink_saw(sink, template->created);
	return true;
}

/* Pages of one template's versions belong together; a document about several templates has no
 * group. */
static void
note_group(struct sink *sink, struct slice template)
{
	struct document *document = builder_document_at(sink->builder, sink->doc);
	sid id = builder_text(sink->builder, template);

	if (sink->records == 0)
		document->group = id;
	else if (document->group != id)
		document->group = 0;
}

static bool
check_version(struct sink *sink, const struct version_record *version)
{
	if (!sink_own_id(sink, NODE_LAUNCH_TEMPLATE, "LaunchTemplateId", version->id, version->at))
		return false;
	if (version->number == 0)
		return sink_fail(sink, SLICE_NONE, version->at, ERR_VALUE,
			"this element has no VersionNumber");
	return sink_creator(sink, version->created_by, version->at);
}

static void
make_version(struct sink *sink, const struct version_record *version, struct slice id)
{
	const struct reference of = {EDGE_VERSION_OF, SOURCE_FIELD, "LaunchTemplateId", 0};
	struct record_facts facts = {.kind = NODE_TEMPLATE_VERSION, .id = id};
	struct template_version row = {
		.template = builder_node(sink->builder, NODE_LAUNCH_TEMPLATE, version->id),
		.number = version->number,
		.is_default = version->is_default == YES,
		.image_text = sink_text(sink, version->data.image),
	};
	nid node = builder_node(sink->builder, NODE_TEMPLATE_VERSION, id);
	rid made;

	facts.doc = sink->doc;
	facts.at = version->at;
	facts.name = sink_text(sink, version->name);
	facts.row = builder_row_version(sink->builder, &row);
	made = builder_record(sink->builder, &facts);
	sink_refer(sink, node, NODE_LAUNCH_TEMPLATE, version->id, &of, made);
	sink_launch(sink, node, &version->data, "LaunchTemplateData.ImageId",
		"LaunchTemplateData.BlockDeviceMappings.Ebs.SnapshotId", made);
}

bool
sink_version(struct sink *sink, const void *record)
{
	const struct version_record *version = record;

	if (!check_version(sink, version))
		return false;
	note_group(sink, version->id);
	buf_clear(&sink->text);
	buf_add_slice(&sink->text, version->id);
	buf_format(&sink->text, ":%llu", (unsigned long long)version->number);
	make_version(sink, version, buf_slice(&sink->text));
	sink_saw(sink, version->created);
	return true;
}

bool
sink_configuration(struct sink *sink, const void *record)
{
	const struct configuration_record *configuration = record;
	struct record_facts facts = {.kind = NODE_LAUNCH_CONFIGURATION};
	nid node;

	if (!sink_own_arn(sink, "LaunchConfigurationARN", configuration->arn,
		    "LaunchConfigurationName", configuration->name, configuration->at))
		return false;
	buf_clear(&sink->text);
	if (configuration->arn.len == 0)
		buf_add_text(&sink->text, "launch-configuration/");
	buf_add_slice(
		&sink->text, configuration->arn.len ? configuration->arn : configuration->name);
	facts.id = buf_slice(&sink->text);
	facts.doc = sink->doc;
	facts.at = configuration->at;
	facts.name = sink_text(sink, configuration->name);
	node = builder_node(sink->builder, NODE_LAUNCH_CONFIGURATION, facts.id);
	sink_launch(sink, node, &configuration->launch, "ImageId",
		"BlockDeviceMappings.Ebs.SnapshotId", builder_record(sink->builder, &facts));
	sink_saw(sink, configuration->created);
	return true;
}
