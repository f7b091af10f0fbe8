/*
 * The source table: one row a kind of document, one row a member that is read. The only place that
 * names AWS's members. It must not know: how JSON is walked, what becomes of a record.
 */
#ifndef AMIPLAN_INVENTORY_SOURCES_H
#define AMIPLAN_INVENTORY_SOURCES_H

#include "graph.h"
#include "inventory.h"
#include "slice.h"

enum field_type {
	FIELD_TEXT,       /* struct slice */
	FIELD_TIME,       /* int64_t; a string of civil.h's spellings, or seconds since 1970 */
	FIELD_COUNT,      /* uint64_t */
	FIELD_TOLD_COUNT, /* struct told_count */
	FIELD_FLAG,       /* uint8_t, enum tristate */
	FIELD_OBJECT,     /* the struct of `shape`, in place */
	FIELD_LIST,       /* VEC of the struct of `shape` */
	FIELD_TEXTS,      /* VEC(struct slice) */
	FIELD_BLOCKS,     /* struct blocks_read: a list too long to be kept as records */
};

enum shape_id {
	SHAPE_NONE,
	SHAPE_TAG,
	SHAPE_EBS,
	SHAPE_DEVICE,
	SHAPE_PRODUCT,
	SHAPE_IMAGE,
	SHAPE_SNAPSHOT,
	SHAPE_STATE,
	SHAPE_PLACEMENT,
	SHAPE_ASSOCIATION,
	SHAPE_PRIVATE_ADDRESS,
	SHAPE_INTERFACE,
	SHAPE_OPERATOR,
	SHAPE_INSTANCE,
	SHAPE_RESERVATION,
	SHAPE_ATTACHMENT,
	SHAPE_VOLUME,
	SHAPE_TEMPLATE,
	SHAPE_LAUNCH,
	SHAPE_VERSION,
	SHAPE_SPEC,
	SHAPE_OVERRIDE,
	SHAPE_TEMPLATE_CONFIG,
	SHAPE_MIXED_POLICY,
	SHAPE_MEMBER,
	SHAPE_GROUP,
	SHAPE_CONFIGURATION,
	SHAPE_SPOT,
	SHAPE_SPOT_FLEET_CONFIG,
	SHAPE_SPOT_FLEET,
	SHAPE_FLEET,
	SHAPE_REFERENCE,
	SHAPE_USAGE,
	SHAPE_RESTORE,
	SHAPE_TIER,
	SHAPE_GRANT,
	SHAPE_IMAGE_GRANTS,
	SHAPE_SNAPSHOT_GRANTS,
	SHAPE_BLOCKS,
	SHAPE_CHANGED_BLOCKS,
	SHAPE_VALUE,
	SHAPE_FLAG,
	SHAPE_LAUNCHED,
	SHAPE_PROTECTION,
	SHAPE_IDENTITY,
	SHAPE_PARAMETER,
	SHAPE_PARAMETERS,
	SHAPES
};

struct field {
	struct slice name;
	uint16_t at; /* offset in the shape's struct */
	uint8_t type;
	uint8_t shape;
};

struct shape {
	const struct field *fields;
	size_t count;
	size_t size; /* of its struct */
};

extern const struct shape source_shapes[SHAPES];

struct sink;

/* Turns one decoded record into builder calls. False: an error was set. */
typedef bool sink_function(struct sink *sink, const void *record);

#define SOURCE_KEYS 3

struct source {
	const char *keys[SOURCE_KEYS]; /* top-level members that make the kind, all of them */
	bool list;          /* keys[0] is the list of records; else the document is one record */
	bool per_item;      /* about one resource: has no place of its own */
	enum doc_kind kind; /* DOC_NONE: told by the first record, or not read at all (no sink) */
	enum shape_id shape;
	sink_function *sink;
};

/* The rows, in the order of inventory_sources. */
const struct source *source_table(size_t *count);

#endif
