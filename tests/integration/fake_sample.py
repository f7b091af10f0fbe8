"""Two regions with something in every list that EC2, Auto Scaling, SSM and Recycle Bin can answer.

It must not know: servers, amiplan.
"""

from fake_account import Account, Region
from inventory import (
    ACCOUNT,
    LONG_AGO,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    Place,
    ami,
    fleet,
    group,
    image,
    inst,
    instance,
    launch_configuration,
    mapping,
    snap,
    snapshot,
    spot_fleet,
    spot_request,
    tags,
    uses,
    vol,
    volume,
)

# Nothing that XML 1.0 or JSON lets through may be changed on the way.
HOSTILE = (
    "it's \"quoted\" <b>&amp;</b> `id` $(id) \\N \t tab \u202eevil\u202c \u00e9\U0001f600 ]]> \u2028 =cmd|' /C calc'!A0"
)


def busy(region=REGION):
    """A region with something of everything."""
    place = Place(region=region)
    place.pair(1, 2, 3).pair(4, State="disabled").pair(5, DeprecationTime="2025-01-01T00:00:00.000Z")
    place.images(
        image(6, [snap(6), snap(1)], Name=HOSTILE, Description=HOSTILE, Tags=tags({"Name": HOSTILE, "": ""})),
        image(
            7,
            DeregistrationProtection="enabled-with-cooldown",
            LastLaunchedTime="2026-10-01T00:00:00Z",
            SourceImageId=ami(1),
            SourceImageRegion=OTHER_REGION,
            SourceInstanceId=inst(1),
            ProductCodes=[{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}],
            StateReason={"Code": "Client.Whatever", "Message": "a < b"},
            BlockDeviceMappings=[
                mapping(snap(7)),
                {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
                {"DeviceName": "/dev/sdc", "NoDevice": ""},
            ],
        ),
        image(90, [snap(90)], OwnerId=OTHER_ACCOUNT, Public=True),
    )
    place.snapshots(
        snapshot(6, Tags=tags({"aws:backup:source-resource": "i-1"}), FullSnapshotSizeInBytes=2**40),
        snapshot(7, Description="", KmsKeyId="arn:aws:kms:eu-west-1:%s:key/1" % ACCOUNT, Encrypted=True),
        snapshot(90, OwnerId=OTHER_ACCOUNT),
    )
    place.instances(
        instance(1, ami(1), Tags=tags({"Name": "web"}), StateReason={"Code": "pending", "Message": ""}),
        instance(2, ami(2), "terminated", StateTransitionReason="User initiated"),
        instance(3, ami(3), Operator={"Managed": True, "Principal": "eks", "HiddenByDefault": True}),
    )
    attached = {"InstanceId": inst(1), "VolumeId": vol(1), "State": "attached", "DeleteOnTermination": True}
    place.add("volumes", volume(1, Attachments=[attached], Iops=3000), volume(2))
    place.template(1, [ami(1), ami(2), ami(3), "resolve:ssm:/golden/web:3"], default=2)
    place.template(2, [ami(5)])
    place.add(
        "auto-scaling-groups",
        group(
            "web",
            LaunchTemplate=uses(1, "$Default"),
            AvailabilityZones=[region + "a"],
            DefaultCooldown=300,
            HealthCheckType="EC2",
            Tags=[{"Key": "k", "Value": HOSTILE, "ResourceId": "web", "PropagateAtLaunch": True}],
        ),
        group(
            "mixed",
            MixedInstancesPolicy={
                "LaunchTemplate": {
                    "LaunchTemplateSpecification": uses(1, "2"),
                    "Overrides": [{"InstanceType": "m5.large", "ImageId": ami(3), "WeightedCapacity": "2"}],
                }
            },
        ),
    )
    place.add("launch-configurations", launch_configuration("legacy", ami(2), UserData="aGk="))
    place.add("spot-instance-requests", spot_request(1, ami(1)), spot_request(2, ami(2), "closed"))
    place.add("spot-fleet-requests", spot_fleet(1, ami(2)))
    config = {"LaunchTemplateSpecification": uses(2, "1"), "Overrides": [{"ImageId": ami(4), "Priority": 1.5}]}
    place.add("fleets", fleet(1, [config]))
    place.permissions[ami(2)] = [{"UserId": OTHER_ACCOUNT}, {"Group": "all"}]
    result = Region(place)
    result.image_attributes.setdefault(ami(7), {})["LastLaunchedTime"] = {"Value": "2026-10-01T00:00:00Z"}
    result.snapshot_permissions[snap(2)] = [{"UserId": OTHER_ACCOUNT}]
    result.termination_protected.add(inst(1))
    return further(result)


def further(region):
    """The lists that inventory.Place does not have."""
    bin_times = {"RecycleBinEnterTime": LONG_AGO, "RecycleBinExitTime": "2027-01-01T00:00:00.000Z"}
    region.add("recycled-images", {"ImageId": ami(80), "Name": "gone", "Description": HOSTILE, **bin_times})
    region.add("recycled-snapshots", {"SnapshotId": snap(80), "VolumeId": vol(80), "Description": "", **bin_times})
    region.add(
        "locked-snapshots",
        {
            "OwnerId": ACCOUNT,
            "SnapshotId": snap(3),
            "LockState": "compliance",
            "LockDuration": 30,
            "LockCreatedOn": LONG_AGO,
            "LockExpiresOn": "2027-01-01T00:00:00.000Z",
        },
    )
    region.add(
        "fast-snapshot-restores",
        {"SnapshotId": snap(1), "AvailabilityZone": "eu-west-1a", "State": "enabled", "OwnerId": ACCOUNT},
    )
    region.add(
        "snapshot-tier-statuses",
        {"SnapshotId": snap(2), "Status": "completed", "StorageTier": "archive", "ArchivalCompleteTime": LONG_AGO},
    )
    region.add(
        "image-references",
        {"ImageId": ami(1), "ResourceType": "ec2:Instance", "Arn": "arn:aws:ec2:::instance/" + inst(1)},
        {"ImageId": ami(5), "ResourceType": "ssm:Parameter", "Arn": "arn:aws:ssm:::parameter/golden"},
    )
    region.add(
        "recycle-bin-rules",
        *[
            {
                "Identifier": "rule%d" % number,
                "ResourceType": kind,
                "RetentionPeriod": {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"},
                "ResourceTags": [{"ResourceTagKey": "Name", "ResourceTagValue": "x"}],
                "Status": "available",
            }
            for number, kind in enumerate(("EC2_IMAGE", "EBS_SNAPSHOT", "EBS_SNAPSHOT"), 1)
        ],
    )
    region.add(
        "parameters",
        {
            "Name": "/golden/web",
            "Type": "String",
            "Value": ami(3),
            "Version": 3,
            "LastModifiedDate": 1700000000.123,
            "ARN": "arn:aws:ssm:eu-west-1:%s:parameter/golden/web" % ACCOUNT,
            "DataType": "aws:ec2:image",
        },
    )
    return region


def sample():
    """The account of most tests: one busy region, one with a pair of AMIs, one that is empty."""
    small = Place(region=OTHER_REGION).pair(11, 12).instances(instance(11, ami(11)))
    return Account({REGION: busy(), OTHER_REGION: Region(small), "eu-central-1": Region()})
