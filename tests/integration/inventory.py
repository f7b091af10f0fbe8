"""Builds small inventories: records as the `aws` command prints them, in ACCOUNT/REGION/*.json with complete coverage.

It must not know: what amiplan makes of them. Every builder returns a plain dict with sensible members; keyword
arguments named as in AWS's JSON replace or add members, and a value of None leaves a member out.
"""

import json
import os

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
REGION = "eu-west-1"
OTHER_REGION = "us-east-1"
AS_OF = "2026-11-01T00:00:00Z"
LONG_AGO = "2024-01-15T10:00:00.000Z"

# Every list that "unused" rests on, by the key that tells its document's kind.
LISTS = {
    "images": "Images",
    "snapshots": "Snapshots",
    "instances": "Reservations",
    "volumes": "Volumes",
    "launch-templates": "LaunchTemplates",
    "launch-template-versions": "LaunchTemplateVersions",
    "auto-scaling-groups": "AutoScalingGroups",
    "launch-configurations": "LaunchConfigurations",
    "spot-instance-requests": "SpotInstanceRequests",
    "spot-fleet-requests": "SpotFleetRequestConfigs",
    "fleets": "Fleets",
}


def ami(number):
    """The id of AMI `number`."""
    return "ami-%017x" % (0xA0000000000000 + number)


def snap(number):
    return "snap-%017x" % (0xB0000000000000 + number)


def inst(number):
    return "i-%017x" % (0xC0000000000000 + number)


def vol(number):
    return "vol-%017x" % (0xD0000000000000 + number)


def lt(number):
    return "lt-%017x" % (0xE0000000000000 + number)


def created_for(image, instance=None):
    """The description that CreateImage gives a snapshot."""
    return "Created by CreateImage(%s) for %s" % (instance or inst(990), image)


def tags(mapping):
    """{"Name": "web"} as AWS prints it."""
    return [{"Key": key, "Value": value} for key, value in mapping.items()]


def finish(record, changes):
    """Lays the caller's members over the defaults; None leaves one out."""
    record = dict(record, **changes)
    return {key: value for key, value in record.items() if value is not None}


def mapping(snapshot, device="/dev/xvda"):
    return {
        "Ebs": {
            "DeleteOnTermination": True,
            "SnapshotId": snapshot,
            "VolumeSize": 8,
            "VolumeType": "gp3",
            "Encrypted": False,
        },
        "DeviceName": device,
    }


def image(number, snapshots=None, **changes):
    """An available AMI of early 2024 that maps snap(number), or the given snapshots."""
    snapshots = [snap(number)] if snapshots is None else snapshots
    owner = changes.get("OwnerId", ACCOUNT)
    name = changes.get("Name", "app-%d" % number)
    return finish(
        {
            "PlatformDetails": "Linux/UNIX",
            "UsageOperation": "RunInstances",
            "BlockDeviceMappings": [
                mapping(each, "/dev/sd%s" % "abcdefghij"[place]) for place, each in enumerate(snapshots)
            ],
            "Description": "",
            "EnaSupport": True,
            "Hypervisor": "xen",
            "Name": name,
            "RootDeviceName": "/dev/sda",
            "RootDeviceType": "ebs",
            "SriovNetSupport": "simple",
            "VirtualizationType": "hvm",
            "ImageId": ami(number),
            "ImageLocation": "%s/%s" % (owner, name),
            "State": "available",
            "OwnerId": owner,
            "CreationDate": LONG_AGO,
            "Public": False,
            "Architecture": "x86_64",
            "ImageType": "machine",
        },
        changes,
    )


def snapshot(number, **changes):
    """A completed snapshot that CreateImage made for ami(number)."""
    return finish(
        {
            "StorageTier": "standard",
            "SnapshotId": snap(number),
            "VolumeId": vol(number),
            "State": "completed",
            "StartTime": LONG_AGO,
            "Progress": "100%",
            "OwnerId": ACCOUNT,
            "Description": created_for(ami(number)),
            "VolumeSize": 8,
            "Encrypted": False,
        },
        changes,
    )


def instance(number, image_id, state="running", reservation=None, **changes):
    """A reservation with one instance; `changes` are the instance's members, `reservation` the reservation's."""
    codes = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
    one = finish(
        {
            "Architecture": "x86_64",
            "BlockDeviceMappings": [
                {
                    "DeviceName": "/dev/xvda",
                    "Ebs": {"DeleteOnTermination": True, "Status": "attached", "VolumeId": vol(number)},
                }
            ],
            "Hypervisor": "xen",
            "RootDeviceName": "/dev/xvda",
            "RootDeviceType": "ebs",
            "InstanceId": inst(number),
            "ImageId": image_id,
            "State": {"Code": codes.get(state, 0), "Name": state},
            "InstanceType": "t3.micro",
            "LaunchTime": "2025-02-01T00:00:00.000Z",
            "Placement": {"Tenancy": "default", "GroupName": ""},
        },
        changes,
    )
    return finish(
        {"ReservationId": "r-%017x" % number, "OwnerId": ACCOUNT, "Groups": [], "Instances": [one]}, reservation or {}
    )


def volume(number, **changes):
    return finish(
        {
            "VolumeId": vol(number),
            "Size": 8,
            "SnapshotId": snap(number),
            "State": "available",
            "VolumeType": "gp3",
            "Attachments": [],
        },
        changes,
    )


def template(number, latest, default=1, **changes):
    return finish(
        {
            "LaunchTemplateId": lt(number),
            "LaunchTemplateName": "template-%d" % number,
            "CreateTime": LONG_AGO,
            "CreatedBy": "arn:aws:iam::%s:user/deploy" % ACCOUNT,
            "DefaultVersionNumber": default,
            "LatestVersionNumber": latest,
        },
        changes,
    )


def template_version(number, version, image_id, data=None, **changes):
    """Version `version` of template `number`; `data` are further members of LaunchTemplateData."""
    return finish(
        {
            "LaunchTemplateId": lt(number),
            "LaunchTemplateName": "template-%d" % number,
            "VersionNumber": version,
            "CreateTime": LONG_AGO,
            "CreatedBy": "arn:aws:iam::%s:user/deploy" % ACCOUNT,
            "DefaultVersion": False,
            "LaunchTemplateData": finish({"ImageId": image_id, "InstanceType": "t3.micro"}, data or {}),
        },
        changes,
    )


def group(name, **changes):
    """An Auto Scaling group; say LaunchTemplate=, MixedInstancesPolicy= or LaunchConfigurationName=."""
    return finish(
        {
            "AutoScalingGroupName": name,
            "MinSize": 0,
            "MaxSize": 1,
            "DesiredCapacity": 0,
            "Instances": [],
            "CreatedTime": LONG_AGO,
        },
        changes,
    )


def uses(number, version):
    """A launch template specification."""
    return {"LaunchTemplateId": lt(number), "LaunchTemplateName": "template-%d" % number, "Version": version}


def launch_configuration(name, image_id, **changes):
    return finish(
        {
            "LaunchConfigurationName": name,
            "ImageId": image_id,
            "InstanceType": "t3.micro",
            "BlockDeviceMappings": [],
            "CreatedTime": LONG_AGO,
        },
        changes,
    )


def spot_request(number, image_id, state="open", **changes):
    return finish(
        {
            "CreateTime": LONG_AGO,
            "LaunchSpecification": {"ImageId": image_id, "InstanceType": "t3.micro"},
            "SpotInstanceRequestId": "sir-%08x" % number,
            "State": state,
            "Type": "one-time",
        },
        changes,
    )


def spot_fleet(number, image_id, state="active", **changes):
    return finish(
        {
            "CreateTime": LONG_AGO,
            "SpotFleetRequestConfig": {"LaunchSpecifications": [{"ImageId": image_id}], "TargetCapacity": 1},
            "SpotFleetRequestId": "sfr-00000000-0000-0000-0000-%012x" % number,
            "SpotFleetRequestState": state,
        },
        changes,
    )


def fleet(number, configs, state="active", **changes):
    """An EC2 fleet; `configs` is its LaunchTemplateConfigs."""
    return finish(
        {
            "CreateTime": LONG_AGO,
            "FleetId": "fleet-00000000-0000-0000-0000-%012x" % number,
            "FleetState": state,
            "LaunchTemplateConfigs": configs,
            "Type": "maintain",
        },
        changes,
    )


# Something for `Snapshots` to hold: an empty list could be the answer of three commands and covers nothing.
BYSTANDER = snapshot(999, Description="weekly copy of the wiki", VolumeId=vol(999))


class Place:
    """One account in one region."""

    def __init__(self, account=ACCOUNT, region=REGION):
        self.account, self.region = account, region
        self.lists = {name: [] for name in LISTS}
        self.identity = True
        self.permissions = {}  # AMI id -> list of grants, None: nobody read them
        self.others = {}  # file name -> document
        self.tokens = set()  # lists that are one page of several

    def add(self, name, *records):
        """Adds records to the list of that name and returns self."""
        self.lists[name].extend(records)
        return self

    def images(self, *records):
        return self.add("images", *records)

    def snapshots(self, *records):
        return self.add("snapshots", *records)

    def instances(self, *records):
        return self.add("instances", *records)

    def template(self, number, versions, default=1, **changes):
        """A whole template: `versions` are the image ids (or template_version dicts) of versions 1, 2, ..."""
        self.add("launch-templates", template(number, len(versions), default, **changes))
        for place, each in enumerate(versions, 1):
            record = each if isinstance(each, dict) else template_version(number, place, each)
            record["DefaultVersion"] = place == default
            self.add("launch-template-versions", record)
        return self

    def pair(self, *numbers, **changes):
        """For each number an AMI and the snapshot that it maps; `changes` are the AMI's."""
        for number in numbers:
            self.images(image(number, **changes))
            self.snapshots(snapshot(number, OwnerId=changes.get("OwnerId", ACCOUNT)))
        return self

    def without(self, name):
        """Nobody read that list."""
        del self.lists[name]
        return self

    def document(self, name, content):
        """A further document, under that file name."""
        self.others[name] = content
        return self

    def documents(self):
        """All documents by file name."""
        result = {}
        for name, records in self.lists.items():
            if name == "snapshots" and not records:
                records = [dict(BYSTANDER, OwnerId=self.account)]
            result[name + ".json"] = {LISTS[name]: records}
            if name in self.tokens:
                result[name + ".json"]["NextToken"] = "eyJOZXh0VG9rZW4iOiBudWxsfQ=="
        if self.identity:
            result["caller-identity.json"] = {
                "UserId": "AIDAEXAMPLE",
                "Account": self.account,
                "Arn": "arn:aws:iam::%s:user/inventory" % self.account,
            }
        for record in self.lists.get("images", ()):
            grants = self.permissions.get(record["ImageId"], [])
            if grants is not None:
                result["launch-permission-%s.json" % record["ImageId"]] = {
                    "ImageId": record["ImageId"],
                    "LaunchPermissions": grants,
                }
        result.update(self.others)
        return result

    def write(self, directory):
        """Writes ACCOUNT/REGION/*.json below `directory` and returns `directory`."""
        below = os.path.join(str(directory), self.account, self.region)
        os.makedirs(below, exist_ok=True)
        for name, content in self.documents().items():
            save(os.path.join(below, name), content)
        return directory


def save(path, content):
    """A document as the `aws` command prints it; bytes and text as they are."""
    if not isinstance(content, bytes):
        if not isinstance(content, str):
            content = json.dumps(content, indent=4) + "\n"
        content = content.encode("utf-8")
    with open(path, "wb") as file:
        file.write(content)


def write(directory, *places):
    """Writes several places below one directory and returns it."""
    for place in places:
        place.write(directory)
    return directory
