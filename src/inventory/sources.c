/*
 * The source table itself: which documents are known by which members, and which members of them
 * are read. It must not know: how JSON is walked, what becomes of a record.
 */
#include "sources.h"

#include "records.h"
#include "sink.h"

#include <stddef.h>

/* A row: the member's name, the C member of STRUCT that gets it, its type, for objects and lists
 * their shape. */
#define ROW_OF(name, member, type, shape)                                                          \
	{                                                                                          \
		{name, sizeof(name) - 1}, offsetof(STRUCT, member), type, shape                    \
	}
#define TEXT(name, member) ROW_OF(name, member, FIELD_TEXT, SHAPE_NONE)
#define TEXTS(name, member) ROW_OF(name, member, FIELD_TEXTS, SHAPE_NONE)
#define TIME(name, member) ROW_OF(name, member, FIELD_TIME, SHAPE_NONE)
#define COUNT(name, member) ROW_OF(name, member, FIELD_COUNT, SHAPE_NONE)
#define TOLD(name, member) ROW_OF(name, member, FIELD_TOLD_COUNT, SHAPE_NONE)
#define FLAG(name, member) ROW_OF(name, member, FIELD_FLAG, SHAPE_NONE)
#define OBJECT(name, member, shape) ROW_OF(name, member, FIELD_OBJECT, shape)
#define BLOCKS(name, member) ROW_OF(name, member, FIELD_BLOCKS, SHAPE_NONE)
#define LIST(name, member, shape) ROW_OF(name, member, FIELD_LIST, shape)

/* clang-format off: tables */
#define STRUCT struct tag_record
static const struct field tag_fields[] = {
	TEXT("Key", key),
	TEXT("Value", value),
};
#undef STRUCT

#define STRUCT struct ebs_record
static const struct field ebs_fields[] = {
	TEXT("SnapshotId", snapshot),
	TEXT("VolumeId", volume),
	FLAG("DeleteOnTermination", delete_on_termination),
};
#undef STRUCT

#define STRUCT struct device_record
static const struct field device_fields[] = {
	TEXT("DeviceName", name),
	OBJECT("Ebs", ebs, SHAPE_EBS),
};
#undef STRUCT

#define STRUCT struct product_record
static const struct field product_fields[] = {
	TEXT("ProductCodeType", type),
};
#undef STRUCT

#define STRUCT struct image_record
static const struct field image_fields[] = {
	TEXT("ImageId", id),
	TEXT("OwnerId", owner),
	TEXT("State", state),
	TEXT("Name", name),
	TEXT("Description", description),
	TEXT("Architecture", architecture),
	TEXT("DeregistrationProtection", protection),
	TEXT("ImageOwnerAlias", owner_alias),
	TEXT("ImageType", image_type),
	TEXT("RootDeviceType", root_device_type),
	TEXT("SourceImageId", source_image),
	TEXT("SourceInstanceId", source_instance),
	TIME("CreationDate", created),
	TIME("LastLaunchedTime", last_launched),
	TIME("RecycleBinEnterTime", bin_enter),
	TIME("RecycleBinExitTime", bin_exit),
	FLAG("Public", is_public),
	LIST("ProductCodes", products, SHAPE_PRODUCT),
	LIST("Tags", tags, SHAPE_TAG),
	LIST("BlockDeviceMappings", devices, SHAPE_DEVICE),
};
#undef STRUCT

#define STRUCT struct snapshot_record
static const struct field snapshot_fields[] = {
	TEXT("SnapshotId", id),
	TEXT("OwnerId", owner),
	TEXT("State", state),
	TEXT("Description", description),
	TEXT("VolumeId", volume),
	TEXT("DataEncryptionKeyId", data_key),
	TEXT("StorageTier", tier),
	TEXT("LockState", lock_state),
	TIME("StartTime", started),
	TIME("CompletionTime", completed),
	TIME("RestoreExpiryTime", restore_expiry),
	TIME("LockExpiresOn", lock_expires),
	TIME("RecycleBinEnterTime", bin_enter),
	TIME("RecycleBinExitTime", bin_exit),
	COUNT("VolumeSize", size_gib),
	COUNT("FullSnapshotSizeInBytes", full_bytes),
	FLAG("Encrypted", encrypted),
	LIST("Tags", tags, SHAPE_TAG),
};
#undef STRUCT

#define STRUCT struct state_record
static const struct field state_fields[] = {
	TEXT("Name", name),
};
#undef STRUCT

#define STRUCT struct placement_record
static const struct field placement_fields[] = {
	TEXT("AvailabilityZone", zone),
	TEXT("Tenancy", tenancy),
};
#undef STRUCT

#define STRUCT struct association_record
static const struct field association_fields[] = {
	TEXT("PublicIp", address),
	TEXT("IpOwnerId", owner),
};
#undef STRUCT

#define STRUCT struct private_address_record
static const struct field private_address_fields[] = {
	OBJECT("Association", association, SHAPE_ASSOCIATION),
};
#undef STRUCT

#define STRUCT struct interface_record
static const struct field interface_fields[] = {
	OBJECT("Association", association, SHAPE_ASSOCIATION),
	LIST("PrivateIpAddresses", addresses, SHAPE_PRIVATE_ADDRESS),
};
#undef STRUCT

#define STRUCT struct operator_record
static const struct field operator_fields[] = {
	TEXT("Principal", principal),
	FLAG("Managed", managed),
};
#undef STRUCT

#define STRUCT struct instance_record
static const struct field instance_fields[] = {
	TEXT("InstanceId", id),
	TEXT("ImageId", image),
	TEXT("InstanceType", type),
	TEXT("InstanceLifecycle", lifecycle),
	TEXT("SpotInstanceRequestId", spot_request),
	TEXT("Platform", platform),
	TEXT("PlatformDetails", platform_details),
	TEXT("UsageOperation", usage_operation),
	TEXT("CapacityReservationId", reservation),
	TEXT("PublicIpAddress", public_address),
	TIME("LaunchTime", launched),
	OBJECT("State", state, SHAPE_STATE),
	OBJECT("Placement", placement, SHAPE_PLACEMENT),
	OBJECT("Operator", operator_, SHAPE_OPERATOR),
	LIST("ProductCodes", products, SHAPE_PRODUCT),
	LIST("NetworkInterfaces", interfaces, SHAPE_INTERFACE),
	LIST("Tags", tags, SHAPE_TAG),
	LIST("BlockDeviceMappings", devices, SHAPE_DEVICE),
};
#undef STRUCT

#define STRUCT struct reservation_record
static const struct field reservation_fields[] = {
	TEXT("OwnerId", owner),
	LIST("Instances", instances, SHAPE_INSTANCE),
};
#undef STRUCT

#define STRUCT struct attachment_record
static const struct field attachment_fields[] = {
	TEXT("InstanceId", instance),
	FLAG("DeleteOnTermination", delete_on_termination),
};
#undef STRUCT

#define STRUCT struct volume_record
static const struct field volume_fields[] = {
	TEXT("VolumeId", id),
	TEXT("SnapshotId", snapshot),
	TEXT("VolumeType", type),
	TEXT("AvailabilityZone", zone),
	TEXT("State", state),
	TIME("CreateTime", created),
	COUNT("Size", size_gib),
	COUNT("Iops", iops),
	COUNT("Throughput", throughput),
	LIST("Attachments", attachments, SHAPE_ATTACHMENT),
	LIST("Tags", tags, SHAPE_TAG),
};
#undef STRUCT

#define STRUCT struct template_record
static const struct field template_fields[] = {
	TEXT("LaunchTemplateId", id),
	TEXT("LaunchTemplateName", name),
	TEXT("CreatedBy", created_by),
	TIME("CreateTime", created),
	COUNT("DefaultVersionNumber", default_version),
	COUNT("LatestVersionNumber", latest_version),
};
#undef STRUCT

#define STRUCT struct launch_record
static const struct field launch_fields[] = {
	TEXT("ImageId", image),
	LIST("BlockDeviceMappings", devices, SHAPE_DEVICE),
};
#undef STRUCT

#define STRUCT struct version_record
static const struct field version_fields[] = {
	TEXT("LaunchTemplateId", id),
	TEXT("LaunchTemplateName", name),
	TEXT("CreatedBy", created_by),
	TIME("CreateTime", created),
	COUNT("VersionNumber", number),
	FLAG("DefaultVersion", is_default),
	OBJECT("LaunchTemplateData", data, SHAPE_LAUNCH),
};
#undef STRUCT

#define STRUCT struct spec_record
static const struct field spec_fields[] = {
	TEXT("LaunchTemplateId", id),
	TEXT("LaunchTemplateName", name),
	TEXT("Version", version),
};
#undef STRUCT

#define STRUCT struct override_record
static const struct field override_fields[] = {
	TEXT("ImageId", image),
	OBJECT("LaunchTemplateSpecification", spec, SHAPE_SPEC),
	LIST("BlockDeviceMappings", devices, SHAPE_DEVICE),
};
#undef STRUCT

#define STRUCT struct template_config_record
static const struct field template_config_fields[] = {
	OBJECT("LaunchTemplateSpecification", spec, SHAPE_SPEC),
	LIST("Overrides", overrides, SHAPE_OVERRIDE),
};
#undef STRUCT

#define STRUCT struct mixed_policy_record
static const struct field mixed_policy_fields[] = {
	OBJECT("LaunchTemplate", config, SHAPE_TEMPLATE_CONFIG),
};
#undef STRUCT

#define STRUCT struct member_record
static const struct field member_fields[] = {
	TEXT("InstanceId", instance),
	TEXT("ImageId", image),
	TEXT("LaunchConfigurationName", configuration),
	OBJECT("LaunchTemplate", spec, SHAPE_SPEC),
};
#undef STRUCT

#define STRUCT struct group_record
static const struct field group_fields[] = {
	TEXT("AutoScalingGroupARN", arn),
	TEXT("AutoScalingGroupName", name),
	TEXT("LaunchConfigurationName", configuration),
	TIME("CreatedTime", created),
	OBJECT("LaunchTemplate", spec, SHAPE_SPEC),
	OBJECT("MixedInstancesPolicy", mixed, SHAPE_MIXED_POLICY),
	LIST("Instances", members, SHAPE_MEMBER),
};
#undef STRUCT

#define STRUCT struct configuration_record
static const struct field configuration_fields[] = {
	TEXT("LaunchConfigurationARN", arn),
	TEXT("LaunchConfigurationName", name),
	TIME("CreatedTime", created),
	TEXT("ImageId", launch.image),
	LIST("BlockDeviceMappings", launch.devices, SHAPE_DEVICE),
};
#undef STRUCT

#define STRUCT struct spot_record
static const struct field spot_fields[] = {
	TEXT("SpotInstanceRequestId", id),
	TEXT("State", state),
	TEXT("Type", type),
	TEXT("InstanceId", instance),
	TEXT("LaunchedAvailabilityZone", zone),
	TIME("CreateTime", created),
	OBJECT("LaunchSpecification", launch, SHAPE_LAUNCH),
};
#undef STRUCT

#define STRUCT struct spot_fleet_config_record
static const struct field spot_fleet_config_fields[] = {
	LIST("LaunchSpecifications", launches, SHAPE_LAUNCH),
	LIST("LaunchTemplateConfigs", configs, SHAPE_TEMPLATE_CONFIG),
};
#undef STRUCT

#define STRUCT struct spot_fleet_record
static const struct field spot_fleet_fields[] = {
	TEXT("SpotFleetRequestId", id),
	TEXT("SpotFleetRequestState", state),
	TIME("CreateTime", created),
	OBJECT("SpotFleetRequestConfig", config, SHAPE_SPOT_FLEET_CONFIG),
};
#undef STRUCT

#define STRUCT struct fleet_record
static const struct field fleet_fields[] = {
	TEXT("FleetId", id),
	TEXT("FleetState", state),
	TIME("CreateTime", created),
	LIST("LaunchTemplateConfigs", configs, SHAPE_TEMPLATE_CONFIG),
};
#undef STRUCT

#define STRUCT struct reference_record
static const struct field reference_fields[] = {
	TEXT("ImageId", image),
	TEXT("ResourceType", type),
	TEXT("Arn", arn),
};
#undef STRUCT

#define STRUCT struct usage_record
static const struct field usage_fields[] = {
	TEXT("ImageId", image),
	TEXT("AccountId", account),
	TEXT("ResourceType", type),
	TIME("ReportCreationTime", created),
	TOLD("UsageCount", count),
};
#undef STRUCT

#define STRUCT struct restore_record
static const struct field restore_fields[] = {
	TEXT("SnapshotId", snapshot),
	TEXT("AvailabilityZone", zone),
	TEXT("AvailabilityZoneId", zone_id),
	TEXT("State", state),
};
#undef STRUCT

#define STRUCT struct tier_record
static const struct field tier_fields[] = {
	TEXT("SnapshotId", snapshot),
	TEXT("StorageTier", tier),
	TIME("ArchivalCompleteTime", archived),
};
#undef STRUCT

#define STRUCT struct grant_record
static const struct field grant_fields[] = {
	TEXT("UserId", user),
	TEXT("Group", group),
	TEXT("OrganizationArn", organization),
	TEXT("OrganizationalUnitArn", unit),
};
#undef STRUCT

#define STRUCT struct image_grants_record
static const struct field image_grants_fields[] = {
	TEXT("ImageId", image),
	LIST("LaunchPermissions", grants, SHAPE_GRANT),
};
#undef STRUCT

#define STRUCT struct snapshot_grants_record
static const struct field snapshot_grants_fields[] = {
	TEXT("SnapshotId", snapshot),
	LIST("CreateVolumePermissions", grants, SHAPE_GRANT),
};
#undef STRUCT

#define STRUCT struct blocks_record
static const struct field blocks_fields[] = {
	TEXT("SnapshotId", second),
	COUNT("BlockSize", block_size),
	BLOCKS("Blocks", blocks),
};
static const struct field changed_blocks_fields[] = {
	TEXT("FirstSnapshotId", first),
	TEXT("SecondSnapshotId", second),
	COUNT("BlockSize", block_size),
	BLOCKS("ChangedBlocks", blocks),
};
#undef STRUCT

#define STRUCT struct value_record
static const struct field value_fields[] = {
	TEXT("Value", text),
};
#undef STRUCT

#define STRUCT struct flag_record
static const struct field flag_fields[] = {
	FLAG("Value", value),
};
#undef STRUCT

#define STRUCT struct launched_record
static const struct field launched_fields[] = {
	TEXT("ImageId", image),
	OBJECT("LastLaunchedTime", time, SHAPE_VALUE),
};
#undef STRUCT

#define STRUCT struct protection_record
static const struct field protection_fields[] = {
	TEXT("InstanceId", instance),
	OBJECT("DisableApiTermination", protected_, SHAPE_FLAG),
};
#undef STRUCT

#define STRUCT struct identity_record
static const struct field identity_fields[] = {
	TEXT("Account", account),
	TEXT("Arn", arn),
};
#undef STRUCT

#define STRUCT struct parameter_record
static const struct field parameter_fields[] = {
	TEXT("Name", name),
	TEXT("Type", type),
	TEXT("Value", value),
	TEXT("Selector", selector),
	TEXT("ARN", arn),
	TIME("LastModifiedDate", modified),
	COUNT("Version", version),
};
#undef STRUCT

#define STRUCT struct parameters_record
static const struct field parameters_fields[] = {
	LIST("Parameters", parameters, SHAPE_PARAMETER),
	TEXTS("InvalidParameters", invalid),
};
#undef STRUCT

#define SHAPE(fields, type)                                                                        \
	{                                                                                          \
		fields, sizeof(fields) / sizeof(*(fields)), sizeof(type)                           \
	}
const struct shape source_shapes[SHAPES] = {
	[SHAPE_NONE] = {NULL, 0, 0},
	[SHAPE_TAG] = SHAPE(tag_fields, struct tag_record),
	[SHAPE_EBS] = SHAPE(ebs_fields, struct ebs_record),
	[SHAPE_DEVICE] = SHAPE(device_fields, struct device_record),
	[SHAPE_PRODUCT] = SHAPE(product_fields, struct product_record),
	[SHAPE_IMAGE] = SHAPE(image_fields, struct image_record),
	[SHAPE_SNAPSHOT] = SHAPE(snapshot_fields, struct snapshot_record),
	[SHAPE_STATE] = SHAPE(state_fields, struct state_record),
	[SHAPE_PLACEMENT] = SHAPE(placement_fields, struct placement_record),
	[SHAPE_ASSOCIATION] = SHAPE(association_fields, struct association_record),
	[SHAPE_PRIVATE_ADDRESS] = SHAPE(private_address_fields, struct private_address_record),
	[SHAPE_INTERFACE] = SHAPE(interface_fields, struct interface_record),
	[SHAPE_OPERATOR] = SHAPE(operator_fields, struct operator_record),
	[SHAPE_INSTANCE] = SHAPE(instance_fields, struct instance_record),
	[SHAPE_RESERVATION] = SHAPE(reservation_fields, struct reservation_record),
	[SHAPE_ATTACHMENT] = SHAPE(attachment_fields, struct attachment_record),
	[SHAPE_VOLUME] = SHAPE(volume_fields, struct volume_record),
	[SHAPE_TEMPLATE] = SHAPE(template_fields, struct template_record),
	[SHAPE_LAUNCH] = SHAPE(launch_fields, struct launch_record),
	[SHAPE_VERSION] = SHAPE(version_fields, struct version_record),
	[SHAPE_SPEC] = SHAPE(spec_fields, struct spec_record),
	[SHAPE_OVERRIDE] = SHAPE(override_fields, struct override_record),
	[SHAPE_TEMPLATE_CONFIG] = SHAPE(template_config_fields, struct template_config_record),
	[SHAPE_MIXED_POLICY] = SHAPE(mixed_policy_fields, struct mixed_policy_record),
	[SHAPE_MEMBER] = SHAPE(member_fields, struct member_record),
	[SHAPE_GROUP] = SHAPE(group_fields, struct group_record),
	[SHAPE_CONFIGURATION] = SHAPE(configuration_fields, struct configuration_record),
	[SHAPE_SPOT] = SHAPE(spot_fields, struct spot_record),
	[SHAPE_SPOT_FLEET_CONFIG] =
		SHAPE(spot_fleet_config_fields, struct spot_fleet_config_record),
	[SHAPE_SPOT_FLEET] = SHAPE(spot_fleet_fields, struct spot_fleet_record),
	[SHAPE_FLEET] = SHAPE(fleet_fields, struct fleet_record),
	[SHAPE_REFERENCE] = SHAPE(reference_fields, struct reference_record),
	[SHAPE_USAGE] = SHAPE(usage_fields, struct usage_record),
	[SHAPE_RESTORE] = SHAPE(restore_fields, struct restore_record),
	[SHAPE_TIER] = SHAPE(tier_fields, struct tier_record),
	[SHAPE_GRANT] = SHAPE(grant_fields, struct grant_record),
	[SHAPE_IMAGE_GRANTS] = SHAPE(image_grants_fields, struct image_grants_record),
	[SHAPE_SNAPSHOT_GRANTS] = SHAPE(snapshot_grants_fields, struct snapshot_grants_record),
	[SHAPE_BLOCKS] = SHAPE(blocks_fields, struct blocks_record),
	[SHAPE_CHANGED_BLOCKS] = SHAPE(changed_blocks_fields, struct blocks_record),
	[SHAPE_VALUE] = SHAPE(value_fields, struct value_record),
	[SHAPE_FLAG] = SHAPE(flag_fields, struct flag_record),
	[SHAPE_LAUNCHED] = SHAPE(launched_fields, struct launched_record),
	[SHAPE_PROTECTION] = SHAPE(protection_fields, struct protection_record),
	[SHAPE_IDENTITY] = SHAPE(identity_fields, struct identity_record),
	[SHAPE_PARAMETER] = SHAPE(parameter_fields, struct parameter_record),
	[SHAPE_PARAMETERS] = SHAPE(parameters_fields, struct parameters_record),
};

/*
 * X(key, second key, third key, list?, per item?, document kind, shape, sink, command).
 * A list is decoded record by record as it comes by; a document that is one record is small and
 * decoded whole.
 */
#define SOURCES(X)                                                                                 \
	X("Images", NULL, NULL, 1, 0, DOC_IMAGES, SHAPE_IMAGE, sink_image,                         \
		"aws ec2 describe-images")                                                         \
	X("Snapshots", NULL, NULL, 1, 0, DOC_NONE, SHAPE_SNAPSHOT, sink_snapshot,                  \
		"aws ec2 describe-snapshots")                                                      \
	X("Reservations", NULL, NULL, 1, 0, DOC_INSTANCES, SHAPE_RESERVATION, sink_reservation,    \
		"aws ec2 describe-instances")                                                      \
	X("Volumes", NULL, NULL, 1, 0, DOC_VOLUMES, SHAPE_VOLUME, sink_volume,                     \
		"aws ec2 describe-volumes")                                                        \
	X("LaunchTemplates", NULL, NULL, 1, 0, DOC_LAUNCH_TEMPLATES, SHAPE_TEMPLATE,               \
		sink_template, "aws ec2 describe-launch-templates")                                \
	X("LaunchTemplateVersions", NULL, NULL, 1, 0, DOC_TEMPLATE_VERSIONS, SHAPE_VERSION,        \
		sink_version, "aws ec2 describe-launch-template-versions")                         \
	X("AutoScalingGroups", NULL, NULL, 1, 0, DOC_AUTO_SCALING_GROUPS, SHAPE_GROUP, sink_group, \
		"aws autoscaling describe-auto-scaling-groups")                                    \
	X("LaunchConfigurations", NULL, NULL, 1, 0, DOC_LAUNCH_CONFIGURATIONS,                     \
		SHAPE_CONFIGURATION, sink_configuration,                                           \
		"aws autoscaling describe-launch-configurations")                                  \
	X("SpotInstanceRequests", NULL, NULL, 1, 0, DOC_SPOT_REQUESTS, SHAPE_SPOT,                 \
		sink_spot_request, "aws ec2 describe-spot-instance-requests")                      \
	X("SpotFleetRequestConfigs", NULL, NULL, 1, 0, DOC_SPOT_FLEETS, SHAPE_SPOT_FLEET,          \
		sink_spot_fleet, "aws ec2 describe-spot-fleet-requests")                           \
	X("Fleets", NULL, NULL, 1, 0, DOC_FLEETS, SHAPE_FLEET, sink_fleet,                         \
		"aws ec2 describe-fleets")                                                         \
	X("ImageReferences", NULL, NULL, 1, 0, DOC_IMAGE_REFERENCES, SHAPE_REFERENCE,              \
		sink_reference, "aws ec2 describe-image-references")                               \
	X("ImageUsageReportEntries", NULL, NULL, 1, 0, DOC_IMAGE_USAGE, SHAPE_USAGE, sink_usage,   \
		"aws ec2 describe-image-usage-report-entries")                                     \
	X("FastSnapshotRestores", NULL, NULL, 1, 0, DOC_FAST_RESTORES, SHAPE_RESTORE,              \
		sink_fast_restore, "aws ec2 describe-fast-snapshot-restores")                      \
	X("SnapshotTierStatuses", NULL, NULL, 1, 0, DOC_TIER_STATUS, SHAPE_TIER, sink_tier,        \
		"aws ec2 describe-snapshot-tier-status")                                           \
	X("LaunchPermissions", "ImageId", NULL, 0, 1, DOC_LAUNCH_PERMISSIONS, SHAPE_IMAGE_GRANTS,  \
		sink_image_grants,                                                                 \
		"aws ec2 describe-image-attribute --attribute launchPermission")                   \
	X("LastLaunchedTime", "ImageId", NULL, 0, 1, DOC_LAST_LAUNCHED, SHAPE_LAUNCHED,            \
		sink_launched, "aws ec2 describe-image-attribute --attribute lastLaunchedTime")    \
	X("CreateVolumePermissions", "SnapshotId", NULL, 0, 1, DOC_SNAPSHOT_PERMISSIONS,           \
		SHAPE_SNAPSHOT_GRANTS, sink_snapshot_grants,                                       \
		"aws ec2 describe-snapshot-attribute --attribute createVolumePermission")          \
	X("DisableApiTermination", "InstanceId", NULL, 0, 1, DOC_TERMINATION_PROTECTION,           \
		SHAPE_PROTECTION, sink_protection,                                                 \
		"aws ec2 describe-instance-attribute --attribute disableApiTermination")           \
	X("Account", "Arn", "UserId", 0, 0, DOC_IDENTITY, SHAPE_IDENTITY, sink_identity,           \
		"aws sts get-caller-identity")                                                     \
	X("Parameters", NULL, NULL, 0, 0, DOC_PARAMETERS, SHAPE_PARAMETERS, sink_parameters,       \
		"aws ssm get-parameters")                                                          \
	X("Rules", NULL, NULL, 0, 0, DOC_NONE, SHAPE_NONE, NULL, "aws rbin list-rules")            \
	X("Blocks", "SnapshotId", NULL, 0, 1, DOC_SNAPSHOT_BLOCKS, SHAPE_BLOCKS, sink_blocks,      \
		"aws ebs list-snapshot-blocks")                                                    \
	X("ChangedBlocks", "FirstSnapshotId", "SecondSnapshotId", 0, 1, DOC_CHANGED_BLOCKS,        \
		SHAPE_CHANGED_BLOCKS, sink_changed_blocks, "aws ebs list-changed-blocks")
/* clang-format on */

const struct source *
source_table(size_t *count)
{
	static const struct source rows[] = {
#define X(key, second, third, list, per_item, kind, shape, sink, command)                          \
	{{key, second, third}, list, per_item, kind, shape, sink},
		SOURCES(X)
#undef X
	};

	*count = sizeof(rows) / sizeof(*rows);
	return rows;
}

const struct source_row *
inventory_sources(size_t *count)
{
	static const struct source_row rows[] = {
#define X(key, second, third, list, per_item, kind, shape, sink, command) {key, command},
		SOURCES(X)
#undef X
	};

	*count = sizeof(rows) / sizeof(*rows);
	return rows;
}
