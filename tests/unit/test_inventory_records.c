/*
 * Tests of the sinks: each kind of document, told by its content, gives the nodes, edges and facts
 * it should. It must not know: how files are found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "civil.h"
#include "given.h"

#define AMI "ami-0123456789abcdef0"
#define AMI2 "ami-0fedcba9876543210"
#define SNAP "snap-0123456789abcdef0"
#define INST "i-0123456789abcdef0"
#define VOL "vol-0123456789abcdef0"
#define LT "lt-0123456789abcdef0"
#define ACCOUNT "111122223333"

static struct given given;

static int
setup(void **state)
{
	(void)state;
	given_begin(&given);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	given_end(&given);
	return 0;
}

static int64_t
at(const char *text)
{
	int64_t time = TIME_NONE;

	assert_true(time_parse(slice_of(text), &time));
	return time;
}

static void
load(const char *text)
{
	int code = given_document(&given, text);

	if (code)
		print_error("%s:%u:%u: %s\n", given.err.file, given.err.line, given.err.column,
			given.err.text);
	assert_int_equal(code, 0);
}

static void
assert_edge(const char *from, enum edge_kind kind, const char *to, enum edge_source source,
	const char *detail)
{
	const struct edge *edge = given_edge(&given, from, kind, to);

	if (!edge)
		print_error("no edge %s %s %s\n", from, edge_kind_word(kind), to);
	assert_non_null(edge);
	assert_int_equal(edge->source, source);
	assert_string_equal(given_text(&given, edge->detail), detail);
}

static void
image_is_decoded(void **state)
{
	const struct image *row;
	const struct image_traits *traits;
	const struct node *node;
	struct slice value;

	(void)state;
	load("{\"Images\": [{\"ImageId\": \"" AMI "\", \"OwnerId\": \"" ACCOUNT
	     "\", \"State\": \"available\", \"Name\": \"web\", \"Description\": \"d\","
	     "\"Architecture\": \"x86_64\", \"CreationDate\": \"2026-01-02T03:04:05.000Z\","
	     "\"LastLaunchedTime\": \"2026-02-02T00:00:00Z\", \"Public\": false,"
	     "\"DeregistrationProtection\": \"disabled\", \"ImageOwnerAlias\": \"self\","
	     "\"ImageType\": \"machine\", \"RootDeviceType\": \"ebs\", \"SourceImageId\": \"" AMI2
	     "\", \"SourceInstanceId\": \"" INST "\", \"ProductCodes\": [{\"ProductCodeId\": "
	     "\"x\", \"ProductCodeType\": \"marketplace\"}],"
	     "\"Tags\": [{\"Key\": \"Team\", \"Value\": \"a\\u00e9\"},"
	     "{\"Key\": \"aws:backup:source-resource\", \"Value\": \"arn:x\"}],"
	     "\"BlockDeviceMappings\": [{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"SnapshotId\": "
	     "\"" SNAP "\"}}, {\"DeviceName\": \"/dev/sdb\", \"VirtualName\": \"ephemeral0\"}]}]}");
	node = graph_node(given.graph, given_node(&given, AMI));
	row = graph_image(given.graph, given_node(&given, AMI));
	traits = graph_image_traits(given.graph, given_node(&given, AMI));
	assert_true(node->defined);
	assert_int_equal(node->state, STATE_IMAGE_AVAILABLE);
	assert_string_equal(given_text(&given, node->name), "web");
	assert_string_equal(given_text(&given, node->owner), ACCOUNT);
	assert_string_equal(given_text(&given, node->region), "us-east-1");
	assert_int_equal(row->description, 0); /* a person's, which decides nothing */
	assert_string_equal(given_text(&given, traits->architecture), "x86_64");
	assert_string_equal(given_text(&given, traits->protection), "disabled");
	assert_string_equal(given_text(&given, traits->owner_alias), "self");
	assert_string_equal(given_text(&given, traits->image_type), "machine");
	assert_string_equal(given_text(&given, traits->root_device_type), "ebs");
	assert_string_equal(given_text(&given, traits->product_code_type), "marketplace");
	assert_int_equal(row->is_public, NO);
	assert_true(row->created == at("2026-01-02T03:04:05Z"));
	assert_true(row->last_launched == at("2026-02-02T00:00:00Z"));
	assert_true(traits->bin_exit == TIME_NONE);
	assert_true(given.graph->newest == at("2026-02-02T00:00:00Z"));
	assert_true(graph_tag(given.graph, given_node(&given, AMI), SLICE("Team"), &value));
	assert_true(slice_is(value, "a\xc3\xa9"));
	assert_edge(AMI, EDGE_MAPS, SNAP, SOURCE_MAPPING, "/dev/xvda");
	assert_edge(AMI, EDGE_SOURCE_IMAGE, AMI2, SOURCE_FIELD, "SourceImageId");
	assert_edge(AMI, EDGE_SOURCE_INSTANCE, INST, SOURCE_FIELD, "SourceInstanceId");
	assert_edge(AMI, EDGE_MANAGED_BY, "arn:x", SOURCE_TAG, "aws:backup:source-resource");
	assert_int_equal(given_doc(&given, NULL)->kind, DOC_IMAGES);
	assert_int_equal(given_doc(&given, NULL)->records, 1);
	assert_int_equal(given.graph->notices.count, 0);
}

static void
descriptions_of_services_are_kept(void **state)
{
	static const char text[] = "This image is created by the AWS Backup service.";
	const struct image *row;

	(void)state;
	load("{\"Images\": [{\"ImageId\": \"" AMI "\", \"OwnerId\": \"" ACCOUNT
	     "\", \"State\": \"available\", \"Description\": \"This image is created by the AWS "
	     "Backup service.\"}]}");
	row = graph_image(given.graph, given_node(&given, AMI));
	assert_string_equal(given_text(&given, row->description), text);
}

static void
absent_members_stay_unknown(void **state)
{
	const struct image *row;

	(void)state;
	load("{\"Images\": [{\"ImageId\": \"" AMI "\", \"Public\": null, \"CreationDate\": null,"
	     "\"Tags\": null, \"SourceImageId\": \"none\", \"Unheard\": [{\"ImageId\": 3}]}]}");
	row = graph_image(given.graph, given_node(&given, AMI));
	assert_int_equal(row->is_public, UNREAD);
	assert_true(row->created == TIME_NONE);
	assert_true(row->last_launched == TIME_NONE);
	assert_int_equal(row->permissions_read, UNREAD);
	assert_int_equal(graph_node(given.graph, given_node(&given, AMI))->state, STATE_UNKNOWN);
	assert_int_equal(given.graph->notices.count, 0);
	assert_true(given.graph->newest == TIME_NONE);
}

static void
kernels_are_no_items(void **state)
{
	(void)state;
	load("{\"Images\": [{\"ImageId\": \"aki-12345678\", \"ImageType\": \"kernel\"},"
	     "{\"ImageId\": \"ari-12345678\", \"ImageType\": \"ramdisk\"}]}");
	assert_int_equal(given_node(&given, "aki-12345678"), 0);
	assert_int_equal(given_doc(&given, NULL)->records, 2);
}

static void
unknown_state_is_a_notice(void **state)
{
	(void)state;
	load("{\"Images\": [{\"ImageId\": \"" AMI "\", \"State\": \"melted\"}]}");
	assert_int_equal(graph_node(given.graph, given_node(&given, AMI))->state, STATE_UNKNOWN);
	assert_string_equal(
		given_text(&given,
			graph_image_traits(given.graph, given_node(&given, AMI))->state_text),
		"melted");
	assert_true(given_notice(&given, "state-not-known", AMI));
}

static void
references_may_be_disguised(void **state)
{
	(void)state;
	given_file(&given, ACCOUNT "/us-east-1/a.json",
		"{\"Images\": [{\"ImageId\": \"" AMI "\", \"BlockDeviceMappings\":"
		"[{\"Ebs\": {\"SnapshotId\": \" Snap-0000000A\\n\"}}, {\"Ebs\": {\"SnapshotId\": "
		"\"\"}}]}]}");
	given_file(&given, ACCOUNT "/us-east-1/b.json",
		"{\"Reservations\": [{\"Instances\": [{\"InstanceId\": \"" INST "\","
		"\"ImageId\": \"AMI-0000000B \"}]}]}");
	given_file(&given, ACCOUNT "/us-east-1/c.json",
		"{\"LaunchTemplateVersions\": [{\"LaunchTemplateId\": \"" LT "\","
		"\"VersionNumber\": 1, \"LaunchTemplateData\": {\"ImageId\": \" ami-0000000C\","
		"\"BlockDeviceMappings\": [{\"Ebs\": {\"SnapshotId\": \"SNAP-0000000d\"}}]}}]}");
	assert_int_equal(given_load(&given), 0);
	assert_non_null(given_edge(&given, AMI, EDGE_MAPS, "snap-0000000a"));
	assert_non_null(given_edge(&given, INST, EDGE_LAUNCHED_FROM, "ami-0000000b"));
	assert_non_null(given_edge(&given, LT ":1", EDGE_NAMES_IMAGE, "ami-0000000c"));
	assert_non_null(given_edge(&given, LT ":1", EDGE_NAMES_SNAPSHOT, "snap-0000000d"));
	assert_int_equal(given.graph->notices.count, 0);
}

static void
image_in_the_bin(void **state)
{
	(void)state;
	load("{\"Images\": [{\"ImageId\": \"" AMI "\", \"Name\": \"web\","
	     "\"RecycleBinEnterTime\": \"2026-01-01T00:00:00Z\","
	     "\"RecycleBinExitTime\": \"2027-01-01T00:00:00Z\"}]}");
	assert_int_equal(given_doc(&given, NULL)->kind, DOC_RECYCLE_BIN);
	assert_int_equal(
		graph_node(given.graph, given_node(&given, AMI))->state, STATE_IMAGE_IN_BIN);
	assert_true(graph_image_traits(given.graph, given_node(&given, AMI))->bin_exit ==
		    at("2027-01-01T00:00:00Z"));
	/* The exit lies ahead: it is not "now". */
	assert_true(given.graph->newest == at("2026-01-01T00:00:00Z"));
}

static void
snapshot_is_decoded(void **state)
{
	const struct snapshot *row;
	const struct snapshot_traits *traits;
	const struct node *node;

	(void)state;
	load("{\"Snapshots\": [{\"SnapshotId\": \"" SNAP "\", \"OwnerId\": \"" ACCOUNT
	     "\", \"State\": \"completed\", \"VolumeId\": \"" VOL
	     "\", \"VolumeSize\": 8, \"StartTime\": 1417392594.5,"
	     "\"CompletionTime\": \"2026-01-02 00:00:00+00:00\","
	     "\"FullSnapshotSizeInBytes\": 1073741824, \"Encrypted\": true,"
	     "\"DataEncryptionKeyId\": \"k\", \"StorageTier\": \"archive\","
	     "\"RestoreExpiryTime\": \"2030-01-01T00:00:00Z\","
	     "\"Description\": \"Created by CreateImage(" INST ") for " AMI "\","
	     "\"Tags\": [{\"Key\": \"Name\", \"Value\": \"root\"}]}]}");
	node = graph_node(given.graph, given_node(&given, SNAP));
	row = graph_snapshot(given.graph, given_node(&given, SNAP));
	traits = graph_snapshot_traits(given.graph, given_node(&given, SNAP));
	assert_int_equal(given_doc(&given, NULL)->kind, DOC_SNAPSHOTS);
	assert_int_equal(node->state, STATE_SNAPSHOT_COMPLETED);
	assert_string_equal(given_text(&given, node->name), "root");
	assert_true(row->started == 1417392594);
	assert_true(traits->restore_expiry == at("2030-01-01T00:00:00Z"));
	assert_true(traits->lock_expires == TIME_NONE);
	assert_true(traits->archived == TIME_NONE);
	assert_int_equal(row->size_gib, 8);
	assert_true(row->full_bytes == 1073741824);
	assert_int_equal(row->encrypted, YES);
	assert_string_equal(given_text(&given, traits->data_key), "k");
	assert_string_equal(given_text(&given, traits->tier), "archive");
	assert_null(given_edge(&given, SNAP, EDGE_SNAPSHOT_OF, VOL)); /* no document describes it */
	assert_non_null(given_edge(&given, SNAP, EDGE_MADE_FOR, AMI));
	assert_true(given.graph->newest == at("2026-01-02T00:00:00Z"));
}

static void
snapshot_listings_are_told_apart(void **state)
{
	const struct snapshot_traits *traits;

	(void)state;
	given_file(&given, "111122223333/us-east-1/a.json",
		"{\"Snapshots\": [{\"SnapshotId\": \"" SNAP "\", \"State\": \"completed\"}]}");
	given_file(&given, "111122223333/us-east-1/b.json",
		"{\"Snapshots\": [{\"SnapshotId\": \"" SNAP "\", \"LockState\": \"compliance\","
		"\"LockExpiresOn\": \"2030-01-01T00:00:00Z\"}]}");
	given_file(&given, "111122223333/us-east-1/c.json",
		"{\"Snapshots\": [{\"SnapshotId\": \"snap-0000000000000000a\","
		"\"RecycleBinEnterTime\": \"2026-01-01T00:00:00Z\"}]}");
	given_file(&given, "111122223333/us-east-1/d.json", "{\"Snapshots\": []}");
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(given_doc(&given, "111122223333/us-east-1/a.json")->kind, DOC_SNAPSHOTS);
	assert_int_equal(
		given_doc(&given, "111122223333/us-east-1/b.json")->kind, DOC_SNAPSHOT_LOCKS);
	assert_int_equal(given_doc(&given, "111122223333/us-east-1/c.json")->kind, DOC_RECYCLE_BIN);
	assert_int_equal(given_doc(&given, "111122223333/us-east-1/d.json")->kind, DOC_NONE);
	traits = graph_snapshot_traits(given.graph, given_node(&given, SNAP));
	assert_string_equal(given_text(&given, traits->lock_state), "compliance");
	assert_true(traits->lock_expires == at("2030-01-01T00:00:00Z"));
	assert_int_equal(
		graph_node(given.graph, given_node(&given, "snap-0000000000000000a"))->state,
		STATE_SNAPSHOT_IN_BIN);
}

static void
instance_is_decoded(void **state)
{
	const struct instance *row;
	const struct node *node;

	(void)state;
	/* The owner may stand behind the instances that it owns. */
	load("{\"Reservations\": [{\"Instances\": [{\"InstanceId\": \"" INST
	     "\", \"ImageId\": \"" AMI
	     "\", \"State\": {\"Code\": 16, \"Name\": \"running\"}, \"InstanceType\": \"t3.micro\","
	     "\"LaunchTime\": \"2026-01-02T00:00:00Z\", \"InstanceLifecycle\": \"spot\","
	     "\"SpotInstanceRequestId\": \"sir-12345678\", \"Platform\": \"windows\","
	     "\"Operator\": {\"Managed\": true, \"Principal\": \"eks.amazonaws.com\"},"
	     "\"Placement\": {\"AvailabilityZone\": \"us-east-1a\"}, \"Tags\": ["
	     "{\"Key\": \"aws:autoscaling:groupName\", \"Value\": \"web\"},"
	     "{\"Key\": \"aws:ec2:fleet-id\", \"Value\": \"fleet-1\"},"
	     "{\"Key\": \"aws:ec2spot:fleet-request-id\", \"Value\": \"sfr-1\"},"
	     "{\"Key\": \"Name\", \"Value\": \"box\"}],"
	     "\"BlockDeviceMappings\": [{\"DeviceName\": \"/dev/xvda\", \"Ebs\": {\"VolumeId\": "
	     "\"" VOL "\"}}]}, {\"InstanceId\": \"i-0000000000000000b\"}],"
	     "\"OwnerId\": \"" ACCOUNT "\"}, {\"Instances\": []}]}");
	node = graph_node(given.graph, given_node(&given, INST));
	row = graph_instance(given.graph, given_node(&given, INST));
	assert_int_equal(node->state, STATE_INSTANCE_RUNNING);
	assert_string_equal(given_text(&given, node->name), "box");
	assert_string_equal(given_text(&given, node->owner), ACCOUNT);
	assert_string_equal(given_text(&given, row->type), "t3.micro");
	assert_string_equal(given_text(&given, row->lifecycle), "spot");
	assert_string_equal(given_text(&given, row->operator_principal), "eks.amazonaws.com");
	assert_string_equal(given_text(&given, row->platform), "windows");
	assert_string_equal(given_text(&given, row->spot_request), "sir-12345678");
	assert_int_equal(row->managed, YES);
	assert_true(row->launched == at("2026-01-02T00:00:00Z"));
	assert_edge(INST, EDGE_LAUNCHED_FROM, AMI, SOURCE_FIELD, "ImageId");
	assert_edge(INST, EDGE_MEMBER_OF, "auto-scaling-group/web", SOURCE_TAG,
		"aws:autoscaling:groupName");
	assert_edge(INST, EDGE_MEMBER_OF, "fleet-1", SOURCE_TAG, "aws:ec2:fleet-id");
	assert_edge(INST, EDGE_MEMBER_OF, "sfr-1", SOURCE_TAG, "aws:ec2spot:fleet-request-id");
	assert_edge(INST, EDGE_MEMBER_OF, "sir-12345678", SOURCE_FIELD, "SpotInstanceRequestId");
	assert_edge(VOL, EDGE_ATTACHED_TO, INST, SOURCE_MAPPING, "/dev/xvda");
	assert_int_equal(given_doc(&given, NULL)->records, 2);
}

static void
volume_is_decoded(void **state)
{
	const struct node *node;
	const struct volume *row;

	(void)state;
	load("{\"Volumes\": [{\"VolumeId\": \"" VOL "\", \"SnapshotId\": \"" SNAP
	     "\", \"Size\": 20, \"VolumeType\": \"gp3\", \"Iops\": 3000, \"Throughput\": 125,"
	     "\"AvailabilityZone\": \"us-east-1b\", \"State\": \"in-use\","
	     "\"Attachments\": [{\"InstanceId\": \"" INST "\", \"DeleteOnTermination\": true}]},"
	     "{\"VolumeId\": \"vol-0000000000000000b\", \"SnapshotId\": \"\"}]}");
	node = graph_node(given.graph, given_node(&given, VOL));
	row = &given.graph->volumes.items[node->row];
	assert_int_equal(row->size_gib, 20);
	assert_int_equal(row->iops, 3000);
	assert_int_equal(row->throughput, 125);
	assert_int_equal(row->delete_on_termination, YES);
	assert_string_equal(given_text(&given, row->type), "gp3");
	assert_edge(VOL, EDGE_CREATED_FROM, SNAP, SOURCE_FIELD, "SnapshotId");
	assert_edge(VOL, EDGE_ATTACHED_TO, INST, SOURCE_FIELD, "Attachments.InstanceId");
	assert_int_equal(given.graph->notices.count, 0);
}

static void
templates_and_versions(void **state)
{
	const struct template_version *row;

	(void)state;
	given_file(&given, "a.json",
		"{\"LaunchTemplates\": [{\"LaunchTemplateId\": \"" LT
		"\", \"LaunchTemplateName\": \"web\", \"DefaultVersionNumber\": 1,"
		"\"LatestVersionNumber\": 2, \"CreateTime\": \"2026-01-01T00:00:00Z\","
		"\"CreatedBy\": \"arn:aws:iam::" ACCOUNT ":user/me\"}]}");
	given_file(&given, "b.json",
		"{\"LaunchTemplateVersions\": [{\"LaunchTemplateId\": \"" LT
		"\", \"LaunchTemplateName\": \"web\", \"VersionNumber\": 2, \"DefaultVersion\": "
		"false,"
		"\"LaunchTemplateData\": {\"ImageId\": \"" AMI
		"\", \"BlockDeviceMappings\": [{\"Ebs\": {\"SnapshotId\": \"" SNAP "\"}}]}},"
		"{\"LaunchTemplateId\": \"" LT "\", \"VersionNumber\": 1, \"DefaultVersion\": true,"
		"\"LaunchTemplateData\": {\"ImageId\": \"{{placeholder}}\"}}]}");
	assert_int_equal(given_load(&given), 0);
	row = graph_version(given.graph, given_node(&given, LT ":2"));
	assert_int_equal(row->number, 2);
	assert_false(row->is_default);
	assert_true(graph_version(given.graph, given_node(&given, LT ":1"))->is_default);
	assert_string_equal(given_text(&given, row->image_text), AMI);
	assert_edge(LT ":2", EDGE_VERSION_OF, LT, SOURCE_FIELD, "LaunchTemplateId");
	assert_edge(LT ":2", EDGE_NAMES_IMAGE, AMI, SOURCE_FIELD, "LaunchTemplateData.ImageId");
	assert_non_null(given_edge(&given, LT ":2", EDGE_NAMES_SNAPSHOT, SNAP));
	assert_true(given_notice(&given, "reference-not-understood", LT ":1"));
	assert_string_equal(given_text(&given, given_doc(&given, "b.json")->group), LT);
	/* The creator tells the account, and the neighbour learns it. */
	assert_string_equal(given_text(&given, given_doc(&given, "a.json")->account), ACCOUNT);
	assert_string_equal(given_text(&given, given_doc(&given, "b.json")->account), ACCOUNT);
}

static void
versions_of_several_templates_have_no_group(void **state)
{
	(void)state;
	load("{\"LaunchTemplateVersions\": [{\"LaunchTemplateId\": \"" LT
	     "\", \"VersionNumber\": 1},"
	     "{\"LaunchTemplateId\": \"lt-12345678\", \"VersionNumber\": 1}]}");
	assert_int_equal(given_doc(&given, NULL)->group, 0);
}

#define GROUP_ARN                                                                                  \
	"arn:aws:autoscaling:us-east-1:" ACCOUNT ":autoScalingGroup:u:autoScalingGroupName/g"

static void
groups_and_configurations(void **state)
{
	(void)state;
	given_file(&given, "a.json",
		"{\"AutoScalingGroups\": [{\"AutoScalingGroupName\": \"g\", "
		"\"AutoScalingGroupARN\": \"" GROUP_ARN
		"\", \"CreatedTime\": \"2026-01-01T00:00:00Z\","
		"\"LaunchConfigurationName\": \"lc\", \"MixedInstancesPolicy\": "
		"{\"LaunchTemplate\": {"
		"\"LaunchTemplateSpecification\": {\"LaunchTemplateId\": \"" LT
		"\", \"Version\": \"3\"}, \"Overrides\": [{\"ImageId\": \"" AMI2 "\"}]}},"
		"\"Instances\": [{\"InstanceId\": \"" INST "\", \"ImageId\": \"" AMI "\"}]}]}");
	given_file(&given, "b.json",
		"{\"LaunchConfigurations\": [{\"LaunchConfigurationName\": \"lc\", \"ImageId\": "
		"\"" AMI "\", \"LaunchConfigurationARN\": \"arn:aws:autoscaling:us-east-1:" ACCOUNT
		":launchConfiguration:u:launchConfigurationName/lc\", \"BlockDeviceMappings\":"
		"[{\"Ebs\": {\"SnapshotId\": \"" SNAP "\"}}]}]}");
	given_file(&given, "c.json",
		"{\"LaunchTemplateVersions\": [{\"LaunchTemplateId\": \"" LT
		"\", \"VersionNumber\": 3}]}");
	assert_int_equal(given_load(&given), 0);
	assert_non_null(given_edge(&given, GROUP_ARN, EDGE_USES_CONFIGURATION,
		"arn:aws:autoscaling:us-east-1:" ACCOUNT
		":launchConfiguration:u:launchConfigurationName/lc"));
	assert_non_null(given_edge(&given, GROUP_ARN, EDGE_USES_VERSION, LT ":3"));
	assert_edge(GROUP_ARN, EDGE_NAMES_IMAGE, AMI2, SOURCE_FIELD, "Overrides.ImageId");
	assert_edge(INST, EDGE_MEMBER_OF, GROUP_ARN, SOURCE_FIELD, "Instances");
	assert_edge(INST, EDGE_LAUNCHED_FROM, AMI, SOURCE_FIELD, "Instances.ImageId");
	assert_non_null(given_edge(&given,
		"arn:aws:autoscaling:us-east-1:" ACCOUNT
		":launchConfiguration:u:launchConfigurationName/lc",
		EDGE_NAMES_SNAPSHOT, SNAP));
	assert_string_equal(given_text(&given, given_doc(&given, "c.json")->region), "us-east-1");
}

static void
spot_and_fleets(void **state)
{
	const struct node *node;

	(void)state;
	given_file(&given, ACCOUNT "/us-east-1/a.json",
		"{\"SpotInstanceRequests\": [{\"SpotInstanceRequestId\": \"sir-1\", \"State\": "
		"\"active\","
		"\"Type\": \"persistent\", \"InstanceId\": \"" INST "\", \"LaunchSpecification\":"
		"{\"ImageId\": \"" AMI "\"}, \"LaunchedAvailabilityZone\": \"us-east-1a\"}]}");
	given_file(&given, ACCOUNT "/us-east-1/b.json",
		"{\"SpotFleetRequestConfigs\": [{\"SpotFleetRequestId\": \"sfr-1\","
		"\"SpotFleetRequestState\": \"active\", \"SpotFleetRequestConfig\": {"
		"\"LaunchSpecifications\": [{\"ImageId\": \"" AMI "\", \"BlockDeviceMappings\":"
		"[{\"Ebs\": {\"SnapshotId\": \"" SNAP "\"}}]}]}}]}");
	given_file(&given, ACCOUNT "/us-east-1/c.json",
		"{\"Fleets\": [{\"FleetId\": \"fleet-1\", \"FleetState\": \"deleted_running\","
		"\"LaunchTemplateConfigs\": [{\"LaunchTemplateSpecification\": "
		"{\"LaunchTemplateName\":"
		"\"web\", \"Version\": \"$Latest\"}, \"Overrides\": [{\"ImageId\": \"" AMI2
		"\", \"BlockDeviceMappings\": [{\"Ebs\": {\"SnapshotId\": \"" SNAP "\"}}]}]}]}]}");
	assert_int_equal(given_load(&given), 0);
	node = graph_node(given.graph, given_node(&given, "sir-1"));
	assert_int_equal(node->state, STATE_SPOT_ACTIVE);
	assert_string_equal(
		given_text(&given, given.graph->spot_requests.items[node->row].type), "persistent");
	assert_edge("sir-1", EDGE_NAMES_IMAGE, AMI, SOURCE_FIELD, "LaunchSpecification.ImageId");
	assert_edge(INST, EDGE_MEMBER_OF, "sir-1", SOURCE_FIELD, "InstanceId");
	assert_non_null(given_edge(&given, "sfr-1", EDGE_NAMES_IMAGE, AMI));
	assert_non_null(given_edge(&given, "sfr-1", EDGE_NAMES_SNAPSHOT, SNAP));
	assert_non_null(given_edge(&given, "fleet-1", EDGE_NAMES_IMAGE, AMI2));
	assert_non_null(given_edge(&given, "fleet-1", EDGE_NAMES_SNAPSHOT, SNAP));
	assert_int_equal(graph_node(given.graph, given_node(&given, "fleet-1"))->state,
		STATE_FLEET_DELETED_RUNNING);
}

static void
image_references(void **state)
{
	(void)state;
	load("{\"ImageReferences\": ["
	     "{\"ImageId\": \"" AMI "\", \"ResourceType\": \"ec2:Instance\","
	     "\"Arn\": \"arn:aws:ec2:us-east-1:" ACCOUNT ":instance/" INST "\"},"
	     "{\"ImageId\": \"" AMI "\", \"ResourceType\": \"ec2:LaunchTemplate\","
	     "\"Arn\": \"arn:aws:ec2:us-east-1:" ACCOUNT ":launch-template/" LT "\"},"
	     "{\"ImageId\": \"" AMI "\", \"ResourceType\": \"ssm:Parameter\","
	     "\"Arn\": \"arn:aws:ssm:us-east-1:" ACCOUNT ":parameter/p\"},"
	     "{\"ImageId\": \"" AMI "\", \"ResourceType\": \"imagebuilder:ImageRecipe\","
	     "\"Arn\": \"arn:aws:imagebuilder:us-east-1:" ACCOUNT ":image-recipe/r/1.0.0\"}]}");
	assert_edge(INST, EDGE_LAUNCHED_FROM, AMI, SOURCE_API, "ec2:Instance");
	assert_edge(LT, EDGE_NAMES_IMAGE, AMI, SOURCE_API, "ec2:LaunchTemplate");
	assert_edge("arn:aws:ssm:us-east-1:" ACCOUNT ":parameter/p", EDGE_NAMES_IMAGE, AMI,
		SOURCE_API, "ssm:Parameter");
	assert_edge("arn:aws:imagebuilder:us-east-1:" ACCOUNT ":image-recipe/r/1.0.0",
		EDGE_NAMES_IMAGE, AMI, SOURCE_API, "imagebuilder:ImageRecipe");
}

static void
usage_reports(void **state)
{
	(void)state;
	load("{\"ImageUsageReportEntries\": ["
	     "{\"ImageId\": \"" AMI "\", \"AccountId\": \"444455556666\","
	     "\"ResourceType\": \"ec2:Instance\", \"UsageCount\": 3},"
	     "{\"ImageId\": \"" AMI "\", \"AccountId\": \"777788889999\","
	     "\"ResourceType\": \"ec2:Instance\", \"UsageCount\": 0}]}");
	assert_edge("444455556666", EDGE_USED_BY, AMI, SOURCE_API, "ec2:Instance: 3");
	assert_null(given_edge(&given, "777788889999", EDGE_USED_BY, AMI));
	/* Only an explicit 0 is none. */
	load("{\"ImageUsageReportEntries\": ["
	     "{\"ImageId\": \"" AMI "\", \"AccountId\": \"444455556666\"},"
	     "{\"ImageId\": \"" AMI "\", \"AccountId\": \"777788889999\","
	     "\"ResourceType\": \"ec2:Instance\", \"UsageCount\": null}]}");
	assert_edge("444455556666", EDGE_USED_BY, AMI, SOURCE_API, ": without a UsageCount");
	assert_edge("777788889999", EDGE_USED_BY, AMI, SOURCE_API,
		"ec2:Instance: without a UsageCount");
}

static void
side_facts_of_snapshots(void **state)
{
	const struct snapshot *row;
	const struct snapshot_traits *traits;

	(void)state;
	given_file(&given, ACCOUNT "/us-east-1/a.json",
		"{\"Snapshots\": [{\"SnapshotId\": \"" SNAP "\"}]}");
	given_file(&given, ACCOUNT "/us-east-1/b.json",
		"{\"FastSnapshotRestores\": ["
		"{\"SnapshotId\": \"" SNAP
		"\", \"AvailabilityZone\": \"us-east-1a\", \"State\": \"enabled\"},"
		"{\"SnapshotId\": \"" SNAP
		"\", \"AvailabilityZone\": \"us-east-1b\", \"State\": \"disabled\"}]}");
	/* Another look at the same zone. */
	given_file(&given, ACCOUNT "/us-east-1/c.json",
		"{\"FastSnapshotRestores\": ["
		"{\"SnapshotId\": \"" SNAP
		"\", \"AvailabilityZone\": \"us-east-1a\", \"State\": \"optimizing\"}]}");
	given_file(&given, ACCOUNT "/us-east-1/d.json",
		"{\"SnapshotTierStatuses\": [{\"SnapshotId\": \"" SNAP
		"\", \"StorageTier\": \"archive\", \"ArchivalCompleteTime\": "
		"\"2026-01-01T00:00:00Z\"}]}");
	given_file(&given, ACCOUNT "/us-east-1/e.json",
		"{\"CreateVolumePermissions\": [{\"UserId\": \"444455556666\"}], \"SnapshotId\": "
		"\"" SNAP "\"}");
	assert_int_equal(given_load(&given), 0);
	row = graph_snapshot(given.graph, given_node(&given, SNAP));
	traits = graph_snapshot_traits(given.graph, given_node(&given, SNAP));
	assert_int_equal(traits->fast_restores, 1);
	assert_true(traits->archived == at("2026-01-01T00:00:00Z"));
	assert_string_equal(given_text(&given, traits->tier), "archive");
	assert_int_equal(row->permissions_read, YES);
	assert_non_null(given_edge(&given, SNAP, EDGE_SHARED_WITH, "444455556666"));
}

static void
side_facts_of_images_and_instances(void **state)
{
	const struct image *row;

	(void)state;
	given_file(&given, ACCOUNT "/us-east-1/a.json",
		"{\"Images\": [{\"ImageId\": \"" AMI "\"}, {\"ImageId\": \"" AMI2 "\"}]}");
	given_file(&given, ACCOUNT "/us-east-1/b.json",
		"{\"LaunchPermissions\": [{\"UserId\": \"444455556666\", \"Group\": \"all\"},"
		"{\"OrganizationArn\": \"arn:aws:organizations::1:organization/o-1\"}], "
		"\"ImageId\": \"" AMI "\"}");
	given_file(&given, ACCOUNT "/us-east-1/c.json",
		"{\"ImageId\": \"" AMI
		"\", \"LastLaunchedTime\": {\"Value\": \"2026-03-01T00:00:00Z\"}}");
	given_file(&given, ACCOUNT "/us-east-1/d.json",
		"{\"ImageId\": \"" AMI2 "\", \"LastLaunchedTime\": {}}");
	given_file(&given, ACCOUNT "/us-east-1/e.json",
		"{\"Reservations\": [{\"Instances\": [{\"InstanceId\": \"" INST "\"}]}]}");
	given_file(&given, ACCOUNT "/us-east-1/f.json",
		"{\"InstanceId\": \"" INST "\", \"DisableApiTermination\": {\"Value\": true}}");
	assert_int_equal(given_load(&given), 0);
	row = graph_image(given.graph, given_node(&given, AMI));
	assert_int_equal(row->permissions_read, YES);
	assert_true(row->last_launched == at("2026-03-01T00:00:00Z"));
	assert_int_equal(
		graph_image(given.graph, given_node(&given, AMI2))->permissions_read, UNREAD);
	assert_non_null(given_edge(&given, AMI, EDGE_SHARED_WITH, "444455556666"));
	assert_non_null(given_edge(&given, AMI, EDGE_SHARED_WITH, "all"));
	assert_non_null(given_edge(
		&given, AMI, EDGE_SHARED_WITH, "arn:aws:organizations::1:organization/o-1"));
	assert_int_equal(graph_instance(given.graph, given_node(&given, INST))->protected_, YES);
	assert_int_equal(
		given_doc(&given, ACCOUNT "/us-east-1/f.json")->kind, DOC_TERMINATION_PROTECTION);
}

static void
identities_and_parameters(void **state)
{
	(void)state;
	given_file(&given, "us-east-1/a.json",
		"{\"UserId\": \"AIDA\", \"Account\": \"" ACCOUNT
		"\", \"Arn\": \"arn:aws:iam::" ACCOUNT ":user/me\"}");
	given_file(&given, "us-east-1/b.json",
		"{\"Parameters\": [{\"Name\": \"/golden\", \"Type\": \"String\", \"Value\": \"" AMI
		"\", \"Version\": 3, \"LastModifiedDate\": 1568999999.25,"
		"\"ARN\": \"arn:aws:ssm:us-east-1:" ACCOUNT ":parameter/golden\"},"
		"{\"Name\": \"list\", \"Type\": \"StringList\", \"Value\": \"x, " AMI2 "\"}],"
		"\"InvalidParameters\": [\"gone\"]}");
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(given.graph->ours.count, 1);
	assert_string_equal(given_text(&given, given.graph->ours.items[0]), ACCOUNT);
	assert_int_equal(given_doc(&given, "us-east-1/a.json")->kind, DOC_IDENTITY);
	assert_int_equal(given_doc(&given, "us-east-1/b.json")->kind, DOC_PARAMETERS);
	assert_int_equal(given_doc(&given, "us-east-1/b.json")->records, 2);
	assert_string_equal(
		given_text(&given, given_doc(&given, "us-east-1/b.json")->account), ACCOUNT);
	assert_true(given_node(&given, AMI) != 0);
	assert_true(graph_in(given.graph, given_node(&given, AMI)).next !=
		    graph_in(given.graph, given_node(&given, AMI)).end);
	assert_true(given_node(&given, AMI2) != 0);
}

/* Every record's element can be found again, exactly. */
static void
elements_are_found_again(void **state)
{
	struct slice element;
	nid node;

	(void)state;
	load("\xef\xbb\xbf{\"Reservations\": [ {\"Instances\": [ {\"InstanceId\": \"" INST
	     "\", \"Note\": \"}\"} ]} ], \"NextToken\": \"more\"}");
	node = given_node(&given, INST);
	element = inventory_element(given.inventory, graph_node(given.graph, node)->record);
	assert_true(slice_is(element, "{\"InstanceId\": \"" INST "\", \"Note\": \"}\"}"));
	assert_true(given_doc(&given, NULL)->more);
}

static void
errors_have_their_place(void **state)
{
	static const struct {
		const char *text;
		uint32_t line, column;
		int code;
	} cases[] = {
		{"{\"Images\": [\n {\"ImageId\": \"ami-xyz\"}]}", 2, 14, ERR_VALUE},
		{"{\"Images\": [\n {\"Name\": \"x\"}]}", 2, 2, ERR_VALUE},
		{"{\"Images\": [\n {\"ImageId\": null}]}", 2, 2, ERR_VALUE},
		{"{\"Images\": [\n {\"ImageId\": \"" AMI "\", \"CreationDate\": \"soon\"}]}", 2, 55,
			ERR_VALUE},
		{"{\"Images\": [\n {\"ImageId\": \"" AMI "\", \"Public\": \"no\"}]}", 2, 49,
			ERR_VALUE},
		{"{\"Images\": [\n {\"ImageId\": \"" AMI "\", \"Tags\": {}}]}", 2, 47, ERR_VALUE},
		{"{\"Images\": [\n {\"ImageId\": \"" AMI "\", \"Tags\": [3]}]}", 2, 48, ERR_VALUE},
		{"{\"Images\": [3]}", 1, 13, ERR_VALUE},
		{"{\"Images\": {}}", 1, 12, ERR_VALUE},
		{"{\"Images\": [], \"Volumes\": []}", 1, 27, ERR_VALUE},
		{"{\"Snapshots\": [{\"SnapshotId\": \"" SNAP "\", \"VolumeSize\": -1}]}", 1, 71,
			ERR_VALUE},
		{"{\"Snapshots\": [{\"SnapshotId\": \"" SNAP "\", \"VolumeSize\": 1.5}]}", 1, 71,
			ERR_VALUE},
		{"{\"LaunchTemplateVersions\": [{\"LaunchTemplateId\": \"" LT "\"}]}", 1, 29,
			ERR_VALUE},
		{"{\"ImageReferences\": [{\"ImageId\": \"" AMI "\"}]}", 1, 22, ERR_VALUE},
		{"{\"ImageId\": \"" AMI "\", \"LaunchPermissions\": [{}]}", 1, 60, ERR_VALUE},
		{"{\"ImageId\": \"nope\", \"LaunchPermissions\": []}", 1, 13, ERR_VALUE},
		{"{\"AutoScalingGroups\": [{\"AutoScalingGroupName\": \"g\", "
		 "\"AutoScalingGroupARN\":"
		 "\"g\"}]}",
			1, 76, ERR_VALUE},
		{"{\"AutoScalingGroups\": [{\"AutoScalingGroupARN\": \"" GROUP_ARN "\"}]}", 1, 24,
			ERR_VALUE},
		{"{\"Parameters\": {\"Instance\": 1}}", 1, 16, ERR_VALUE},
		{"{\"Images\": [{\"ImageId\": \"" AMI "\"}", 1, 49, ERR_SYNTAX},
		{"{\"Images\": []} x", 1, 16, ERR_SYNTAX},
		{"{\"Images\": [{\"ImageId\": \"" AMI "\",\n\"BlockDeviceMappings\": [{\"Ebs\": "
		 "{\"SnapshotId\": \"snap-oops\"}}]}]}",
			2, 48, ERR_VALUE},
		{"{\"Reservations\": [{\"Instances\": [{\"InstanceId\": \"" INST "\",\n"
		 "\"ImageId\": \"what\"}]}]}",
			2, 12, ERR_VALUE},
		{"{\"Images\": [{\"ImageId\": \"" AMI "\", \"x\": [1,]}]}", 1, 58, ERR_SYNTAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int code = given_document(&given, cases[i].text);

		if (code != cases[i].code || given.err.line != cases[i].line ||
			given.err.column != cases[i].column)
			print_error("%s\n  %u:%u: %s\n", cases[i].text, given.err.line,
				given.err.column, given.err.text);
		assert_int_equal(code, cases[i].code);
		assert_int_equal(given.err.line, cases[i].line);
		assert_int_equal(given.err.column, cases[i].column);
		assert_non_null(strstr(given.err.file, "document.json"));
	}
}

/* The kind key may stand anywhere, and unknown members beside it are passed over. */
static void
members_come_in_any_order(void **state)
{
	(void)state;
	load("{\"ResponseMetadata\": {\"Images\": 3}, \"NextToken\": null, \"Images\":"
	     "[{\"Tags\": [], \"ImageId\": \"" AMI "\"}], \"format\": 3}");
	assert_true(given_node(&given, AMI) != 0);
	assert_false(given_doc(&given, NULL)->more);
}

/* --- block lists ---------------------------------------------------------------------------------
 */

#define OLDER "snap-0aaaaaaaaaaaaaaa1"

static void
blocks_are_kept_as_sets(void **state)
{
	const struct block_list *list;

	(void)state;
	load("{\"Blocks\": [{\"BlockIndex\": 0, \"BlockToken\": \"a\"}, {\"BlockIndex\": 4000}], "
	     "\"BlockSize\": 524288, \"VolumeSize\": 8, \"SnapshotId\": \"" SNAP "\"}");
	list = graph_blocks(given.graph, 0, given_node(&given, SNAP));
	assert_non_null(list);
	assert_int_equal(list->block_size, 524288);
	assert_true(block_set_has(&list->blocks, 0));
	assert_true(block_set_has(&list->blocks, 4000));
	assert_false(block_set_has(&list->blocks, 1));
	assert_false(block_set_has(&list->blocks, 1u << 30));
	assert_int_equal(given_doc(&given, NULL)->kind, DOC_SNAPSHOT_BLOCKS);
}

/* A token that is absent says that its side lacks the block, where tokens were kept at all. */
static void
tokens_tell_which_side_has_a_block(void **state)
{
	const struct block_list *list;

	(void)state;
	load("{\"FirstSnapshotId\": \"" OLDER "\", \"SecondSnapshotId\": \"" SNAP
	     "\", \"BlockSize\": "
	     "524288, \"ChangedBlocks\": [{\"BlockIndex\": 1, \"FirstBlockToken\": \"a\", "
	     "\"SecondBlockToken\": \"b\"}, {\"BlockIndex\": 2, \"SecondBlockToken\": \"c\"}, "
	     "{\"BlockIndex\": 3, \"FirstBlockToken\": \"d\", \"SecondBlockToken\": null}]}");
	list = graph_blocks(given.graph, given_node(&given, OLDER), given_node(&given, SNAP));
	assert_non_null(list);
	assert_true(block_set_has(&list->not_in_first, 2));
	assert_false(block_set_has(&list->not_in_first, 1));
	assert_true(block_set_has(&list->not_in_second, 3));
	assert_false(block_set_has(&list->not_in_second, 2));
	assert_null(graph_blocks(given.graph, given_node(&given, SNAP), given_node(&given, OLDER)));
}

static void
without_tokens_both_sides_have_all(void **state)
{
	const struct block_list *list;

	(void)state;
	load("{\"FirstSnapshotId\": \"" OLDER "\", \"SecondSnapshotId\": \"" SNAP
	     "\", \"ChangedBlocks\": [{\"BlockIndex\": 1}]}");
	list = graph_blocks(given.graph, given_node(&given, OLDER), given_node(&given, SNAP));
	assert_int_equal(list->block_size, 524288);
	assert_int_equal(list->not_in_first.count + list->not_in_second.count, 0);
}

static void
wrong_blocks_are_errors(void **state)
{
	static const struct {
		const char *blocks;
		int code;
	} cases[] = {
		{"{}", ERR_VALUE},
		{"[1]", ERR_VALUE},
		{"[{\"BlockToken\": \"a\"}]", ERR_VALUE},
		{"[{\"BlockIndex\": -1}]", ERR_VALUE},
		{"[{\"BlockIndex\": \"1\"}]", ERR_VALUE},
		{"[{\"BlockIndex\": 134217728}]", ERR_LIMIT},
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), "{\"SnapshotId\": \"" SNAP "\", \"Blocks\": %s}",
			cases[i].blocks);
		assert_int_equal(given_document(&given, text), cases[i].code);
		assert_int_equal(given.err.line, 1);
		assert_true(given.err.column > 50);
	}
}

static void
attachments_know_what_goes(void **state)
{
	const struct edge *edge;

	(void)state;
	load("{\"Reservations\": [{\"OwnerId\": \"" ACCOUNT "\", \"Instances\": [{\"InstanceId\": "
	     "\"" INST "\", \"ImageId\": \"" AMI "\", \"UsageOperation\": \"RunInstances:0010\", "
	     "\"PublicIpAddress\": \"1.2.3.4\", \"BlockDeviceMappings\": [{\"Ebs\": {\"VolumeId\": "
	     "\"" VOL "\", \"DeleteOnTermination\": true}}]}]}]}");
	edge = given_edge(&given, VOL, EDGE_ATTACHED_TO, INST);
	assert_int_equal(edge->goes, YES);
	assert_string_equal(
		given_text(&given, graph_terms(given.graph, given_node(&given, INST))->operation),
		"RunInstances:0010");
	assert_int_equal(graph_terms(given.graph, given_node(&given, INST))->other_addresses, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(image_is_decoded),
		TEST(absent_members_stay_unknown),
		TEST(kernels_are_no_items),
		TEST(unknown_state_is_a_notice),
		TEST(references_may_be_disguised),
		TEST(image_in_the_bin),
		TEST(descriptions_of_services_are_kept),
		TEST(snapshot_is_decoded),
		TEST(snapshot_listings_are_told_apart),
		TEST(instance_is_decoded),
		TEST(volume_is_decoded),
		TEST(templates_and_versions),
		TEST(versions_of_several_templates_have_no_group),
		TEST(groups_and_configurations),
		TEST(spot_and_fleets),
		TEST(image_references),
		TEST(usage_reports),
		TEST(side_facts_of_snapshots),
		TEST(side_facts_of_images_and_instances),
		TEST(identities_and_parameters),
		TEST(elements_are_found_again),
		TEST(errors_have_their_place),
		TEST(members_come_in_any_order),
		TEST(blocks_are_kept_as_sets),
		TEST(tokens_tell_which_side_has_a_block),
		TEST(without_tokens_both_sides_have_all),
		TEST(wrong_blocks_are_errors),
		TEST(attachments_know_what_goes),
	};

	return cmocka_run_group_tests_name("inventory records", tests, NULL, NULL);
}
