/*
 * What other calls say about resources: references and use that AWS reports, grants, identities,
 * parameters. It must not know: files, how JSON is walked.
 */
#include "sink.h"

/* Where in an ARN's resource part an id stands: kinds of referrer that have ids of their own. */
static const struct {
	const char *service, *prefix;
	enum node_kind kind;
	enum edge_kind edge;
} referrers[] = {
	{"ec2", "instance/", NODE_INSTANCE, EDGE_LAUNCHED_FROM},
	{"ec2", "launch-template/", NODE_LAUNCH_TEMPLATE, EDGE_NAMES_IMAGE},
};

/* The node that an ARN stands for: an instance or a template by its id, anything else by the ARN
 * itself. */
static nid
referrer(struct sink *sink, struct slice text, const struct arn *arn, enum edge_kind *edge)
{
	*edge = EDGE_NAMES_IMAGE;
	for (size_t i = 0; i < sizeof(referrers) / sizeof(*referrers); i++) {
		size_t skip = strlen(referrers[i].prefix);
		struct slice id = arn->resource;

		if (!slice_is(arn->service, referrers[i].service) ||
			!slice_starts(id, referrers[i].prefix))
			continue;
		id.at += skip;
		id.len -= skip;
		if (!sink_is_id(referrers[i].kind, id))
			continue;
		*edge = referrers[i].edge;
		return builder_node(sink->builder, referrers[i].kind, id);
	}
	if (slice_is(arn->service, "ssm"))
		return builder_node(sink->builder, NODE_PARAMETER, text);
	return builder_node(sink->builder, NODE_RECIPE, text);
}

bool
sink_reference(struct sink *sink, const void *record)
{
	const struct reference_record *reference = record;
	enum edge_kind edge;
	struct arn arn;
	nid from, image;

	if (!sink_own_id(sink, NODE_IMAGE, "ImageId", reference->image, reference->at))
		return false;
	/* A reference by nobody would be a reference lost. */
	if (!id_parse_arn(reference->arn, &arn))
		return sink_fail(sink, reference->arn, reference->at, ERR_VALUE,
			"this element has no Arn that says who refers to the AMI");
	if (!sink_arn(sink, reference->arn, reference->at))
		return false;
	image = builder_node(sink->builder, NODE_IMAGE, reference->image);
	from = referrer(sink, reference->arn, &arn, &edge);
	builder_edge(sink->builder, from, image, edge, SOURCE_API, BELIEF_FACT,
		sink_text(sink, reference->type), 0);
	return true;
}

/* What uses it, and how often where that is told. */
static sid
usage_detail(struct sink *sink, const struct usage_record *usage)
{
	int len = (int)(usage->type.len < 80 ? usage->type.len : 80);
	const char *type = usage->type.at ? usage->type.at : "";

	if (!usage->count.told)
		return sink_format(sink, "%.*s: without a UsageCount", len, type);
	return sink_format(sink, "%.*s: %llu", len, type, (unsigned long long)usage->count.value);
}

bool
sink_usage(struct sink *sink, const void *record)
{
	const struct usage_record *usage = record;
	sid detail;

	if (!sink_own_id(sink, NODE_IMAGE, "ImageId", usage->image, usage->at))
		return false;
	if (!id_is_account(usage->account))
		return sink_fail(sink, usage->account, usage->at, ERR_VALUE,
			"this element has no AccountId of 12 digits");
	sink_saw(sink, usage->created);
	if (usage->count.told && usage->count.value == 0)
		return true;
	detail = usage_detail(sink, usage);
	builder_edge(sink->builder, builder_node(sink->builder, NODE_ACCOUNT, usage->account),
		builder_node(sink->builder, NODE_IMAGE, usage->image), EDGE_USED_BY, SOURCE_API,
		BELIEF_FACT, detail, 0);
	return true;
}

typedef void put_grant(struct builder *b, nid of, struct slice grantee, uint32_t doc);

/* One grant for each whom it names. False, with an error, if it says nothing that is understood. */
static bool
put_grantees(struct sink *sink, nid of, const struct grant_record *grant, put_grant *put)
{
	const struct slice candidates[] = {
		grant->user, grant->group, grant->organization, grant->unit};

	bool any = false;

	for (size_t i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
		if (candidates[i].len) {
			put(sink->builder, of, candidates[i], sink->doc);
			any = true;
		}
	}
	return any || sink_fail(sink, SLICE_NONE, grant->at, ERR_VALUE,
			      "this grant names no UserId, Group, OrganizationArn or "
			      "OrganizationalUnitArn");
}

bool
sink_image_grants(struct sink *sink, const void *record)
{
	const struct image_grants_record *grants = record;
	nid node;

	if (!sink_own_id(sink, NODE_IMAGE, "ImageId", grants->image, grants->at))
		return false;
	node = builder_node(sink->builder, NODE_IMAGE, grants->image);
	builder_image_permissions_read(sink->builder, node, sink->doc);
	vec_foreach (grant, &grants->grants) {
		if (!put_grantees(sink, node, grant, builder_image_permission))
			return false;
	}
	return true;
}

bool
sink_snapshot_grants(struct sink *sink, const void *record)
{
	const struct snapshot_grants_record *grants = record;
	nid node;

	if (!sink_own_id(sink, NODE_SNAPSHOT, "SnapshotId", grants->snapshot, grants->at))
		return false;
	node = builder_node(sink->builder, NODE_SNAPSHOT, grants->snapshot);
	builder_snapshot_permissions_read(sink->builder, node, sink->doc);
	vec_foreach (grant, &grants->grants) {
		if (!put_grantees(sink, node, grant, builder_snapshot_permission))
			return false;
	}
	return true;
}

bool
sink_identity(struct sink *sink, const void *record)
{
	const struct identity_record *identity = record;

	if (!id_is_account(identity->account))
		return sink_fail(sink, identity->account, identity->at, ERR_VALUE,
			"Account must be 12 digits");
	if (!sink_account(sink, identity->account, identity->at) ||
		!sink_arn(sink, identity->arn, identity->at))
		return false;
	vec_push(&sink->identities, builder_text(sink->builder, identity->account));
	return true;
}

/* What a parameter is known to stand for. A SecureString's value is mostly a ciphertext: then it
 * was not read, as if it were absent. */
static struct slice
value_of(const struct parameter_record *parameter)
{
	bool secure = slice_is(parameter->type, "SecureString");

	return secure && !id_is(parameter->value, "ami-") ? SLICE_NONE : parameter->value;
}

/* A parameter asked for by its ARN may be another account's: it tells nothing of who asked. */
static bool
parameter_tells_place(const struct parameter_record *parameter)
{
	struct arn arn;

	return !id_parse_arn(parameter->name, &arn);
}

bool
sink_parameters(struct sink *sink, const void *record)
{
	const struct parameters_record *parameters = record;

	vec_foreach (parameter, &parameters->parameters) {
		if (!sink_own_name(sink, "Name", parameter->name, parameter->at) ||
			(parameter_tells_place(parameter) &&
				!sink_arn(sink, parameter->arn, parameter->at)))
			return false;
		/* A StringList's value has commas; the builder tells the AMIs in it apart. */
		builder_parameter(sink->builder, parameter->name, parameter->arn,
			parameter->version, parameter->selector, value_of(parameter), sink->doc,
			parameter->at);
		sink_saw(sink, parameter->modified);
	}
	vec_foreach (name, &parameters->invalid) {
		if (name->len)
			builder_parameter_invalid(sink->builder, *name, sink->doc);
	}
	sink->found = parameters->parameters.count;
	return true;
}
