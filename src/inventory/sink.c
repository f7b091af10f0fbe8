/*
 * What the sinks share: texts, ids, places, tags, states, references, errors with a place.
 * It must not know: files, how JSON is walked, any one kind of record.
 */
#include "sink.h"

#include "civil.h"

#include <stdarg.h>

#define SHOWN 80 /* bytes of a wrong value that a message quotes */

/* How much of `text` a message quotes: whole characters only. */
static int
shown(struct slice text)
{
	size_t len = text.len < SHOWN ? text.len : SHOWN;

	while (len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len--;
	return (int)len;
}

sid
sink_text(struct sink *sink, struct slice text)
{
	return text.len ? builder_text(sink->builder, text) : 0;
}

sid
sink_format(struct sink *sink, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return builder_text(sink->builder, slice_of(line));
}

bool
sink_fail(struct sink *sink, struct slice text, size_t at, int code, const char *format, ...)
{
	struct json *json = sink->json;
	const char *place = sink->document + at;
	char line[LIMIT_ERR_TEXT];
	va_list args;

	/* A text without escapes points into the document; its quote stands before it. */
	if (text.at && (uintptr_t)text.at > (uintptr_t)json->start &&
		(uintptr_t)text.at < (uintptr_t)json->end)
		place = text.at - 1;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return json_fail(json, place, code, "%s", line);
}

/* By kind; "" or NULL: ids without a fixed form. */
static const char *const prefixes[NODE_KINDS] = {
#define NODE(name, word, title, prefix) [name] = prefix,
#include "kinds.def"
#undef NODE
};

static bool
has_form(enum node_kind kind)
{
	return prefixes[kind] && prefixes[kind][0];
}

bool
sink_is_id(enum node_kind kind, struct slice text)
{
	return has_form(kind) ? id_is(text, prefixes[kind]) : text.len > 0;
}

bool
sink_own_id(struct sink *sink, enum node_kind kind, const char *member, struct slice id, size_t at)
{
	if (!sink_own_name(sink, member, id, at))
		return false;
	if (sink_is_id(kind, id))
		return true;
	return sink_fail(sink, id, at, ERR_VALUE, "%s \"%.*s\" is not the id of %s %s", member,
		shown(id), id.at, kind == NODE_IMAGE || kind == NODE_INSTANCE ? "an" : "a",
		node_kind_title(kind));
}

bool
sink_own_name(struct sink *sink, const char *member, struct slice name, size_t at)
{
	if (name.len)
		return true;
	return sink_fail(sink, SLICE_NONE, at, ERR_VALUE, "this element has no %s", member);
}

/* A statement about the document's place: a second one must agree with the first. */
static bool
state_place(struct sink *sink, char *known, size_t room, const char *what, struct slice value,
	size_t at)
{
	if (place_set(known, room, value))
		return true;
	return sink_fail(sink, value, at, ERR_CONFLICT,
		"%s %.*s, but this document spoke of %s before; "
		"save what belongs to each %s in a file of its own",
		what, shown(value), value.at, known, what);
}

bool
sink_account(struct sink *sink, struct slice account, size_t at)
{
	if (!id_is_account(account))
		return true;
	return state_place(
		sink, sink->inside.account, sizeof(sink->inside.account), "account", account, at);
}

bool
sink_region(struct sink *sink, struct slice region, size_t at)
{
	if (!id_is_region(region))
		return true;
	return state_place(
		sink, sink->inside.region, sizeof(sink->inside.region), "region", region, at);
}

bool
sink_zone(struct sink *sink, struct slice zone, size_t at)
{
	return zone.len == 0 || sink_region(sink, id_region_of_zone(zone), at);
}

bool
sink_arn(struct sink *sink, struct slice arn, size_t at)
{
	struct arn parts;

	if (!id_parse_arn(arn, &parts))
		return true;
	return sink_account(sink, parts.account, at) && sink_region(sink, parts.region, at);
}

bool
sink_creator(struct sink *sink, struct slice arn, size_t at)
{
	struct arn parts;

	if (!id_parse_arn(arn, &parts))
		return true;
	if (!slice_is(parts.service, "iam") && !slice_is(parts.service, "sts"))
		return true;
	return sink_account(sink, parts.account, at);
}

bool
sink_own_arn(struct sink *sink, const char *arn_member, struct slice arn, const char *name_member,
	struct slice name, size_t at)
{
	struct arn parts;

	if (!sink_own_name(sink, name_member, name, at))
		return false;
	if (arn.len && !id_parse_arn(arn, &parts))
		return sink_fail(sink, arn, at, ERR_VALUE, "%s \"%.*s\" is not an ARN", arn_member,
			shown(arn), arn.at);
	return sink_arn(sink, arn, at);
}

struct span
sink_tags(struct sink *sink, const tag_list *tags, sid *name)
{
	sink->tags.count = 0;
	vec_foreach (tag, tags) {
		struct tag made;

		if (tag->key.at == NULL)
			continue;
		made.key = builder_text(sink->builder, tag->key);
		made.value = builder_text(sink->builder, tag->value.at ? tag->value : SLICE(""));
		vec_push(&sink->tags, made);
		if (name && tag->value.len && slice_is(tag->key, "Name"))
			*name = made.value;
	}
	if (sink->tags.count == 0)
		return (struct span){0, 0};
	return builder_tags(sink->builder, sink->tags.items, (uint32_t)sink->tags.count);
}

enum state
sink_state(struct sink *sink, nid node, enum node_kind kind, struct slice text, sid *kept)
{
	enum state state;

	if (text.len == 0)
		return STATE_UNKNOWN;
	state = state_from_text(kind, text);
	if (state == STATE_UNKNOWN) {
		if (kept)
			*kept = sink_text(sink, text);
		builder_notice(sink->builder, "state-not-known", node,
			sink_format(sink, "its state \"%.*s\" is not known to this version",
				shown(text), text.at),
			sink->doc);
	}
	return state;
}

void
sink_not_understood(
	struct sink *sink, nid from, const char *member, struct slice text, enum node_kind wanted)
{
	builder_notice(sink->builder, "reference-not-understood", from,
		sink_format(sink,
			"%s is \"%.*s\", which is no %s id: what it refers to is not known", member,
			shown(text), text.at, node_kind_title(wanted)),
		sink->doc);
}

void
sink_refer(struct sink *sink, nid from, enum node_kind kind, struct slice text,
	const struct reference *how, rid record)
{
	sid detail = how->detail;
	char room[ID_ROOM];
	struct slice id = has_form(kind) ? id_tidy(text, prefixes[kind], room) : text;

	if (text.len == 0)
		return;
	if (id.len == 0) {
		sink_not_understood(sink, from, how->member, text, kind);
		return;
	}
	if (detail == 0)
		detail = builder_text(sink->builder, slice_of(how->member));
	builder_edge(sink->builder, from, builder_node(sink->builder, kind, id), how->edge,
		how->source, BELIEF_FACT, detail, record);
}

bool
sink_refer_surely(struct sink *sink, nid from, enum node_kind kind, struct slice text,
	const struct reference *how, rid record, size_t at)
{
	char room[ID_ROOM];

	if (text.len && id_tidy(text, prefixes[kind], room).len == 0)
		return sink_fail(sink, text, at, ERR_VALUE, "%s \"%.*s\" is not the id of %s %s",
			how->member, shown(text), text.at,
			kind == NODE_IMAGE || kind == NODE_INSTANCE ? "an" : "a",
			node_kind_title(kind));
	sink_refer(sink, from, kind, text, how, record);
	return true;
}

void
sink_backup(struct sink *sink, nid node, const tag_list *tags, rid record)
{
	const struct reference how = {EDGE_MANAGED_BY, SOURCE_TAG, "aws:backup:source-resource", 0};

	vec_foreach (tag, tags) {
		if (slice_is(tag->key, how.member))
			sink_refer(sink, node, NODE_RECOVERY_POINT, tag->value, &how, record);
	}
}

void
sink_devices(
	struct sink *sink, nid from, const device_list *devices, const char *member, rid record)
{
	vec_foreach (device, devices) {
		if (device->ebs.snapshot.len == 0)
			continue;
		builder_snapshot_reference(sink->builder, from, device->ebs.snapshot,
			builder_text(sink->builder, slice_of(member)), record);
	}
}

void
sink_launch(struct sink *sink, nid from, const struct launch_record *launch,
	const char *image_member, const char *device_member, rid record)
{
	if (launch->image.len)
		builder_image_reference(sink->builder, from, launch->image,
			builder_text(sink->builder, slice_of(image_member)), record);
	sink_devices(sink, from, &launch->devices, device_member, record);
}

void
sink_spec(
	struct sink *sink, nid from, const struct spec_record *spec, const char *member, rid record)
{
	if (spec->id.len == 0 && spec->name.len == 0)
		return;
	builder_template_reference(sink->builder, from, spec->id, spec->name, spec->version,
		builder_text(sink->builder, slice_of(member)), record);
}

void
sink_config(struct sink *sink, nid from, const struct template_config_record *config, rid record)
{
	sink_spec(sink, from, &config->spec, "LaunchTemplateSpecification", record);
	vec_foreach (override, &config->overrides) {
		sink_spec(sink, from, &override->spec, "Overrides.LaunchTemplateSpecification",
			record);
		if (override->image.len)
			builder_image_reference(sink->builder, from, override->image,
				builder_text(sink->builder, SLICE("Overrides.ImageId")), record);
		sink_devices(sink, from, &override->devices,
			"Overrides.BlockDeviceMappings.Ebs.SnapshotId", record);
	}
}

void
sink_configs(struct sink *sink, nid from, const template_config_list *configs, rid record)
{
	vec_foreach (config, configs)
		sink_config(sink, from, config, record);
}

void
sink_saw(struct sink *sink, int64_t time)
{
	if (time != TIME_NONE)
		builder_saw_time(sink->builder, time);
}

uint32_t
sink_u32(uint64_t value)
{
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}
