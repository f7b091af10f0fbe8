/*
 * The members of AWS's documents that amiplan reads, as C structs: one struct a shape of the source
 * table. It must not know: JSON, the graph.
 *
 * Every struct begins with `at`, the byte offset of its object in the document. Texts are borrowed
 * from the document or the element's arena; an absent one has length 0. Times are TIME_NONE, flags
 * UNREAD, counts 0 where absent.
 */
#ifndef AMIPLAN_INVENTORY_RECORDS_H
#define AMIPLAN_INVENTORY_RECORDS_H

#include "graph.h"
#include "slice.h"
#include "vec.h"

struct tag_record {
	size_t at;
	struct slice key, value;
};

struct ebs_record {
	size_t at;
	struct slice snapshot, volume;
	uint8_t delete_on_termination;
};

struct device_record {
	size_t at;
	struct slice name;
	struct ebs_record ebs;
};

typedef VEC(struct tag_record) tag_list;
typedef VEC(struct device_record) device_list;

struct product_record {
	size_t at;
	struct slice type;
};

struct image_record {
	size_t at;
	struct slice id, owner, state, name, description, architecture, protection, owner_alias;
	struct slice image_type, root_device_type, source_image, source_instance;
	int64_t created, last_launched, bin_enter, bin_exit;
	uint8_t is_public;
	VEC(struct product_record) products;
	tag_list tags;
	device_list devices;
};

struct snapshot_record {
	size_t at;
	struct slice id, owner, state, description, volume, data_key, tier, lock_state;
	int64_t started, completed, restore_expiry, lock_expires, bin_enter, bin_exit;
	uint64_t size_gib, full_bytes;
	uint8_t encrypted;
	tag_list tags;
};

struct state_record {
	size_t at;
	struct slice name;
};

struct placement_record {
	size_t at;
	struct slice zone, tenancy;
};

/* A public address: its owner is "amazon", or the account whose Elastic IP address it is. */
struct association_record {
	size_t at;
	struct slice address, owner;
};

struct private_address_record {
	size_t at;
	struct association_record association;
};

struct interface_record {
	size_t at;
	struct association_record association;
	VEC(struct private_address_record) addresses;
};

struct operator_record {
	size_t at;
	struct slice principal;
	uint8_t managed;
};

struct instance_record {
	size_t at;
	struct slice id, image, type, lifecycle, spot_request, platform;
	struct slice platform_details, usage_operation, reservation, public_address;
	int64_t launched;
	struct state_record state;
	struct placement_record placement;
	struct operator_record operator_;
	VEC(struct product_record) products;
	VEC(struct interface_record) interfaces;
	tag_list tags;
	device_list devices;
};

struct reservation_record {
	size_t at;
	struct slice owner;
	VEC(struct instance_record) instances;
};

struct attachment_record {
	size_t at;
	struct slice instance;
	uint8_t delete_on_termination;
};

struct volume_record {
	size_t at;
	struct slice id, snapshot, type, zone, state;
	int64_t created;
	uint64_t size_gib, iops, throughput;
	VEC(struct attachment_record) attachments;
	tag_list tags;
};

struct template_record {
	size_t at;
	struct slice id, name, created_by;
	int64_t created;
	uint64_t default_version, latest_version;
};

/* What an instance is launched with, wherever it stands: an AMI and block devices. */
struct launch_record {
	size_t at;
	struct slice image;
	device_list devices;
};

struct version_record {
	size_t at;
	struct slice id, name, created_by;
	int64_t created;
	uint64_t number;
	uint8_t is_default;
	struct launch_record data;
};

/* Names a launch template version. */
struct spec_record {
	size_t at;
	struct slice id, name, version;
};

struct override_record {
	size_t at;
	struct slice image;
	struct spec_record spec;
	device_list devices;
};

/* A launch template with its overrides: a fleet's and a mixed instances policy's have one shape. */
struct template_config_record {
	size_t at;
	struct spec_record spec;
	VEC(struct override_record) overrides;
};

struct mixed_policy_record {
	size_t at;
	struct template_config_record config;
};

struct member_record {
	size_t at;
	struct slice instance, image, configuration;
	struct spec_record spec;
};

struct group_record {
	size_t at;
	struct slice arn, name, configuration;
	int64_t created;
	struct spec_record spec;
	struct mixed_policy_record mixed;
	VEC(struct member_record) members;
};

struct configuration_record {
	size_t at;
	struct slice arn, name;
	int64_t created;
	struct launch_record launch; /* its members stand in the configuration itself */
};

struct spot_record {
	size_t at;
	struct slice id, state, type, instance, zone;
	int64_t created;
	struct launch_record launch;
};

typedef VEC(struct template_config_record) template_config_list;

struct spot_fleet_config_record {
	size_t at;
	VEC(struct launch_record) launches;
	template_config_list configs;
};

struct spot_fleet_record {
	size_t at;
	struct slice id, state;
	int64_t created;
	struct spot_fleet_config_record config;
};

struct fleet_record {
	size_t at;
	struct slice id, state;
	int64_t created;
	template_config_list configs;
};

struct reference_record {
	size_t at;
	struct slice image, type, arn;
};

/* A count of which 0 and absent do not mean the same. */
struct told_count {
	uint64_t value;
	bool told;
};

struct usage_record {
	size_t at;
	struct slice image, account, type;
	int64_t created;
	struct told_count count;
};

struct restore_record {
	size_t at;
	struct slice snapshot, zone, zone_id, state;
};

struct tier_record {
	size_t at;
	struct slice snapshot, tier;
	int64_t archived;
};

struct grant_record {
	size_t at;
	struct slice user, group, organization, unit;
};

typedef VEC(struct grant_record) grant_list;

struct image_grants_record {
	size_t at;
	struct slice image;
	grant_list grants;
};

struct snapshot_grants_record {
	size_t at;
	struct slice snapshot;
	grant_list grants;
};

/* The numbers of a list of blocks, in sets that lie in the element's arena. */
struct blocks_read {
	struct block_set has, not_in_first, not_in_second;
	bool tokens; /* some block has one: then one that is absent says something */
};

struct blocks_record {
	size_t at;
	struct slice first, second;
	uint64_t block_size;
	struct blocks_read blocks;
};

struct value_record {
	size_t at;
	struct slice text;
};

struct flag_record {
	size_t at;
	uint8_t value;
};

struct launched_record {
	size_t at;
	struct slice image;
	struct value_record time;
};

struct protection_record {
	size_t at;
	struct slice instance;
	struct flag_record protected_;
};

struct identity_record {
	size_t at;
	struct slice account, arn;
};

struct parameter_record {
	size_t at;
	struct slice name, type, value, selector, arn;
	int64_t modified;
	uint64_t version;
};

struct parameters_record {
	size_t at;
	VEC(struct parameter_record) parameters;
	VEC(struct slice) invalid;
};

#endif
