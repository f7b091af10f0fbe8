/*
 * From decoded records to builder calls: what the sinks share, and one sink a row of the source
 * table. It must not know: files, how JSON is walked.
 */
#ifndef AMIPLAN_INVENTORY_SINK_H
#define AMIPLAN_INVENTORY_SINK_H

#include "buf.h"
#include "build.h"
#include "ids.h"
#include "json_pull.h"
#include "place.h"
#include "records.h"

/* Lifetime: one load; the middle part is one document's. */
struct sink {
	struct builder *builder;
	struct strpool restores; /* snapshot and zone of fast restores, so that each counts once */
	VEC(sid) identities;     /* accounts of caller identities */
	VEC(struct tag) tags;    /* scratch */
	struct buf text;         /* scratch */

	struct json *json;
	const char *document; /* its first byte */
	uint32_t doc;
	uint64_t records; /* read so far */
	uint64_t found;   /* records in the one just read: 1 unless the sink says otherwise */
	struct place inside;
};

/* --- shared by the sinks (sink.c) --- */

/* Interned; 0 for empty text too. */
sid sink_text(struct sink *sink, struct slice text);
/* Interned text made up from a format. */
sid sink_format(struct sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An error at `text` if it lies in the document, else at byte `at` of it. False. */
bool sink_fail(struct sink *sink, struct slice text, size_t at, int code, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* A record's own id: an error unless it has the form of its kind. */
bool sink_own_id(
	struct sink *sink, enum node_kind kind, const char *member, struct slice id, size_t at);
/* The same for ids without a fixed form: an error if it is empty. */
bool sink_own_name(struct sink *sink, const char *member, struct slice name, size_t at);
/* A record known by ARN and name: the name must be there, an ARN that is there must be one. Tells
 * the place. */
bool sink_own_arn(struct sink *sink, const char *arn_member, struct slice arn,
	const char *name_member, struct slice name, size_t at);

/* True if `text` has the form of an id of `kind`. */
bool sink_is_id(enum node_kind kind, struct slice text);

/* The document speaks of this account, region, or zone: a second, different one is an error. Empty
 * text says nothing. */
bool sink_account(struct sink *sink, struct slice account, size_t at);
bool sink_region(struct sink *sink, struct slice region, size_t at);
bool sink_zone(struct sink *sink, struct slice zone, size_t at);
bool sink_arn(struct sink *sink, struct slice arn, size_t at);
/* A creator's ARN tells the account only if an identity service issued it. */
bool sink_creator(struct sink *sink, struct slice arn, size_t at);

/* Appends the tags; `name` (may be NULL) gets the Name tag, else stays. */
struct span sink_tags(struct sink *sink, const tag_list *tags, sid *name);

/* A state's number; an unknown value makes a notice and is kept as text. */
enum state sink_state(
	struct sink *sink, nid node, enum node_kind kind, struct slice text, sid *kept);

/* The value is not understood as an id of `wanted`: a notice. */
void sink_not_understood(
	struct sink *sink, nid from, const char *member, struct slice text, enum node_kind wanted);

/* How a reference was found. */
struct reference {
	enum edge_kind edge;
	enum edge_source source;
	const char *member; /* for the notice, and the detail if `detail` is 0 */
	sid detail;
};

/* An edge to what `text` names, a notice if it is no id of `kind`, nothing if it is empty. */
void sink_refer(struct sink *sink, nid from, enum node_kind kind, struct slice text,
	const struct reference *how, rid record);

/* The same where a reference that is not understood must not be passed over: an error at the text.
 * `at`: of the object it stands in. Only kinds whose ids have a fixed form. */
bool sink_refer_surely(struct sink *sink, nid from, enum node_kind kind, struct slice text,
	const struct reference *how, rid record, size_t at);

/* The tag of AWS Backup: what this is a recovery point of. */
void sink_backup(struct sink *sink, nid node, const tag_list *tags, rid record);

/* References of block devices to snapshots, and of launch data to its AMI and snapshots. */
void sink_devices(
	struct sink *sink, nid from, const device_list *devices, const char *member, rid record);
void sink_launch(struct sink *sink, nid from, const struct launch_record *launch,
	const char *image_member, const char *device_member, rid record);
void sink_spec(struct sink *sink, nid from, const struct spec_record *spec, const char *member,
	rid record);
void sink_configs(struct sink *sink, nid from, const template_config_list *configs, rid record);
void sink_config(
	struct sink *sink, nid from, const struct template_config_record *config, rid record);

void sink_saw(struct sink *sink, int64_t time);
uint32_t sink_u32(uint64_t value); /* saturates */

/* --- one a row of the source table --- */
bool sink_image(struct sink *sink, const void *record);
bool sink_snapshot(struct sink *sink, const void *record);
bool sink_reservation(struct sink *sink, const void *record);
bool sink_volume(struct sink *sink, const void *record);
bool sink_template(struct sink *sink, const void *record);
bool sink_version(struct sink *sink, const void *record);
bool sink_group(struct sink *sink, const void *record);
bool sink_configuration(struct sink *sink, const void *record);
bool sink_spot_request(struct sink *sink, const void *record);
bool sink_spot_fleet(struct sink *sink, const void *record);
bool sink_fleet(struct sink *sink, const void *record);
bool sink_reference(struct sink *sink, const void *record);
bool sink_usage(struct sink *sink, const void *record);
bool sink_fast_restore(struct sink *sink, const void *record);
bool sink_tier(struct sink *sink, const void *record);
bool sink_image_grants(struct sink *sink, const void *record);
bool sink_launched(struct sink *sink, const void *record);
bool sink_snapshot_grants(struct sink *sink, const void *record);
bool sink_protection(struct sink *sink, const void *record);
bool sink_identity(struct sink *sink, const void *record);
bool sink_parameters(struct sink *sink, const void *record);
bool sink_blocks(struct sink *sink, const void *record);
bool sink_changed_blocks(struct sink *sink, const void *record);

#endif
