/*
 * Building a graph: records in, in any order; one freeze; a const graph out.
 * Places, duplicates, references by name and by version are settled at freeze, when everything is
 * known. It must not know: JSON, files, policy.
 */
#ifndef AMIPLAN_GRAPH_BUILD_H
#define AMIPLAN_GRAPH_BUILD_H

#include "graph.h"

struct builder;

struct builder *builder_new(void);
void builder_free(struct builder *b); /* without freeze, or after it */

/* Interned text. Valid in the frozen graph too. */
sid builder_text(struct builder *b, struct slice text);

/* Registers a document; returns its number. Its place may be set until freeze. `path` and bytes are
 * borrowed. */
uint32_t builder_document(struct builder *b, const struct document *document);
struct document *builder_document_at(struct builder *b, uint32_t doc);

/* The node of an id, made as a phantom if new. The kind of an existing node is kept. */
nid builder_node(struct builder *b, enum node_kind kind, struct slice id);

/*
 * Begins a record: the node now counts as defined. `owner` may be 0. `row` is what builder_row_…
 * returned, 0 for kinds without a table. The record's edges are those added with its number. A side
 * document (locks, permissions, tiers…) makes no record.
 */
struct record_facts {
	enum node_kind kind;
	struct slice id;
	uint32_t doc;
	uint64_t at;
	enum state state;
	sid name;
	sid owner;
	uint32_t row;
};
rid builder_record(struct builder *b, const struct record_facts *facts);

uint32_t builder_row_image(struct builder *b, const struct image *row);
uint32_t builder_row_snapshot(struct builder *b, const struct snapshot *row);
uint32_t builder_row_instance(struct builder *b, const struct instance *row);
uint32_t builder_terms(struct builder *b, const struct terms *terms); /* for a row's .terms */
/* For a row's .traits, which is `before` now (0 for a new one): the same number if they are the
 * same. */
uint32_t builder_image_traits(
	struct builder *b, uint32_t before, const struct image_traits *traits);
uint32_t builder_snapshot_traits(
	struct builder *b, uint32_t before, const struct snapshot_traits *traits);
uint32_t builder_row_volume(struct builder *b, const struct volume *row);
uint32_t builder_row_template(struct builder *b, const struct template *row);
uint32_t builder_row_version(struct builder *b,
	const struct template_version *row); /* .template: the node; .age_rank is set at freeze */
uint32_t builder_row_spot_request(struct builder *b, const struct spot_request *row);

/* Tags, appended; the span goes into the row. */
struct span builder_tags(struct builder *b, const struct tag *tags, uint32_t count);

/* An edge proved by `record` (0 for pins and other things without one). Duplicates (same ends and
 * kind) fold at freeze, the most believed stays. */
void builder_edge(struct builder *b, nid from, nid to, enum edge_kind kind, enum edge_source source,
	enum edge_belief belief, sid detail, rid record);

/* The volume is attached to the instance; `goes` is its DeleteOnTermination, enum tristate. */
void builder_attachment(struct builder *b, nid volume, nid instance, uint8_t goes,
	enum edge_source source, sid detail, rid record);

/* A block list (its sets are taken). Lists of the same snapshots are pages of one; a document with
 * more pages makes the list fall at freeze. */
void builder_blocks_take(struct builder *b, const struct block_list *list, uint32_t doc);

/*
 * What the text of an ImageId member of `from` means: an AMI id (an edge NAMES_IMAGE),
 * `resolve:ssm:…` (an edge RESOLVES to the parameter, settled at freeze), or neither: the notice
 * reference-not-understood. `member` is where it stood.
 */
void builder_image_reference(
	struct builder *b, nid from, struct slice text, sid member, rid record);
/* The same for a SnapshotId member of a block device: an edge NAMES_SNAPSHOT. */
void builder_snapshot_reference(
	struct builder *b, nid from, struct slice text, sid member, rid record);

/* `from` launches from a template, named by id or by name (in from's account and region), version
 * "", "$Default", "$Latest" or a number. Settled at freeze. */
void builder_template_reference(struct builder *b, nid from, struct slice id, struct slice name,
	struct slice version, sid member, rid record);
/* `from` launches from the launch configuration of that name in its account and region. */
void builder_configuration_reference(struct builder *b, nid from, struct slice name, rid record);

/* The edges and notices that a snapshot's description gives (description.h). Decides strong or
 * weak, also from the volume id. */
void builder_describe(
	struct builder *b, nid snapshot, struct slice description, struct slice volume, rid record);

/* Facts of side documents, applied to the winning record at freeze, whatever order the documents
 * came in. */
void builder_image_permission(struct builder *b, nid image, struct slice grantee,
	uint32_t doc); /* account, "all", or an organisation's ARN */
void builder_image_permissions_read(struct builder *b, nid image, uint32_t doc);
void builder_image_launched(struct builder *b, nid image, int64_t time, uint32_t doc);
void builder_snapshot_permission(
	struct builder *b, nid snapshot, struct slice grantee, uint32_t doc);
void builder_snapshot_permissions_read(struct builder *b, nid snapshot, uint32_t doc);
void builder_snapshot_lock(
	struct builder *b, nid snapshot, sid state, int64_t expires, uint32_t doc);
void builder_snapshot_tier(
	struct builder *b, nid snapshot, sid tier, int64_t archived, uint32_t doc);
void builder_snapshot_fast_restore(
	struct builder *b, nid snapshot, uint32_t doc); /* once a zone where it is not disabled */
void builder_instance_protected(struct builder *b, nid instance, bool value, uint32_t doc);
/* An SSM parameter: settles `resolve:ssm:` references of its account and region (or by ARN).
 * `selector` as answered (":3", ":label", or none). */
void builder_parameter(struct builder *b, struct slice name, struct slice arn, uint64_t version,
	struct slice selector, struct slice value, uint32_t doc, uint64_t at);
/* A name that get-parameters listed as invalid: it resolves to nothing. */
void builder_parameter_invalid(struct builder *b, struct slice name, uint32_t doc);

void builder_notice(struct builder *b, const char *code, nid node, sid text, uint32_t doc);
/* A past timestamp: `newest` is the greatest of them. */
void builder_saw_time(struct builder *b, int64_t time);

/* A kind that a collection document vouches for: its calls were made there, unfiltered, and ended
 * so. */
void builder_vouch(struct builder *b, sid account, sid region, enum doc_kind kind,
	enum coverage_status status);
/* The collection of a place: when it began, whether its AMIs were asked for with the disabled ones,
 * and of which kinds every call that was answered asked for managed resources too. */
struct collection_facts {
	sid account, region;
	int64_t started;
	bool disabled, managed[DOC_KINDS];
};
void builder_collected(struct builder *b, const struct collection_facts *facts);
void builder_failed_call(struct builder *b, const struct failed_call *call);

struct freeze_options {
	const sid *accounts; /* --account: these are ours */
	uint32_t account_count;
	const sid *identities; /* accounts of caller identities */
	uint32_t identity_count;
};

/*
 * Settles everything and hands the graph over. Errors: two documents that disagree about one
 * resource (ERR_CONFLICT with the place of the later one). On failure the builder stays usable only
 * for builder_free.
 */
int builder_freeze(struct builder *b, const struct freeze_options *options, struct graph **out,
	struct err *err);

#endif
