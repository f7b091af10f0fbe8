"""A seeded generator of small inventories and options: `python generate.py SEED DIR` writes one case.
It must not know: what a plan of it should be."""

import json
import os
import random
import sys
from datetime import datetime, timedelta, timezone

AS_OF = datetime(2026, 6, 15, 12, 0, 0, tzinfo=timezone.utc)
ACCOUNTS = ["111111111111", "222222222222"]
STRANGER = "999999999999"
REGIONS = ["us-east-1", "eu-west-1"]
ORGANISATION = "arn:aws:organizations::333333333333:organization/o-a1b2c3d4e5"
ARCHITECTURES = ["x86_64", "arm64"]
NAMES = ["web-2024-01-15", "web-2024-02-15", "web-20240315", "web", "db-1.2.3", "db-1.2.4", "db-v2", "golden", None]
AGES = ["0d", "1d", "2w", "30d", "1m", "6m", "1y"]
ACCEPTABLE = [
    "image-state", "snapshot-state", "instance-state", "in-use", "referenced", "old-template-version",
    "snapshot-referenced", "shared", "recently-launched", "predates-image", "image-in-recycle-bin",
    "weak-evidence", "asg-managed", "managed-elsewhere", "image-stays",
]
# Which ids a rule can be accepted for; AMIs and snapshots where nothing stands here.
SPEAKS_OF = {
    **dict.fromkeys(["image-state", "in-use", "referenced", "old-template-version", "recently-launched"], ("ami-",)),
    **dict.fromkeys(
        ["snapshot-state", "snapshot-referenced", "predates-image", "image-in-recycle-bin", "weak-evidence"], ("snap-",)
    ),
    **dict.fromkeys(["instance-state", "asg-managed", "image-stays"], ("i-",)),
}
ALWAYS = [
    "images", "snapshots", "instances", "launch-templates", "launch-template-versions",
    "auto-scaling-groups", "launch-configurations", "spot-instance-requests", "spot-fleet-requests", "fleets",
]
LIST_KEY = {
    "images": "Images", "snapshots": "Snapshots", "instances": "Reservations",
    "launch-templates": "LaunchTemplates", "launch-template-versions": "LaunchTemplateVersions",
    "auto-scaling-groups": "AutoScalingGroups", "launch-configurations": "LaunchConfigurations",
    "spot-instance-requests": "SpotInstanceRequests", "spot-fleet-requests": "SpotFleetRequestConfigs",
    "fleets": "Fleets",
}


class Case:
    """files: path -> document. pins: path -> text. args: of `plan`, with PINS for the folder of pins."""

    def __init__(self):
        self.files, self.pins, self.args = {}, {}, []
        self.inventory_args = []  # those that verify needs as well
        self.has_twins = False    # a resource stands in two documents, told differently

    def without_files(self):
        """Another case that asks the same."""
        other = Case()
        other.args, other.pins, other.inventory_args = list(self.args), dict(self.pins), self.inventory_args
        return other

    def write(self, folder, indent=None):
        for path, data in self.files.items():
            write_file(os.path.join(folder, "inventory", path), json.dumps(data, indent=indent))
        for path, text in self.pins.items():
            write_file(os.path.join(folder, "pins", path), text)
        os.makedirs(os.path.join(folder, "inventory"), exist_ok=True)

    def arguments(self, folder):
        return [os.path.join(folder, "pins") if a == "PINS" else a for a in self.args]


def write_file(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Place:
    """What one account holds in one region."""

    def __init__(self, account, region):
        self.account, self.region = account, region
        self.records = {kind: [] for kind in ALWAYS}
        self.bin_images, self.bin_snapshots, self.locks = [], [], []
        self.image_permissions, self.snapshot_permissions = {}, {}
        self.protection, self.launched = {}, {}
        self.references, self.usage = [], []
        self.parameters, self.invalid = [], []


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.case = Case()
        self.numbers = self.make_numbers()
        self.places = []

    # ---- small choices ----

    def chance(self, p):
        return self.r.random() < p

    def make_numbers(self):
        """Each only once, in no order."""
        used = set()
        while True:
            number = self.r.randrange(1, 100000)
            if number not in used:
                used.add(number)
                yield number

    def id(self, prefix):
        number = next(self.numbers)
        return prefix + ("%08x" if self.chance(0.3) else "%017x") % (number * 7919)

    def time(self, days=None):
        """A time a number of days before AS_OF, as one of the tools prints it."""
        if days is None:
            days = self.r.choice([0.4, 1, 1, 1.5, 2, 5, 14, 29.9, 30, 30, 31, 45, 90, 200, 365, 366, 800, 800])
        time = AS_OF - timedelta(days=days)
        form = self.r.randrange(4)
        if form == 0:
            return time.strftime("%Y-%m-%dT%H:%M:%S+00:00")
        if form == 1:
            return time.strftime("%Y-%m-%d %H:%M:%S+00:00")
        return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def tags(self, choices):
        found = [{"Key": k, "Value": v} for k, v, p in choices if self.chance(p)]
        self.r.shuffle(found)
        return {"Tags": found} if found else {}

    # ---- images and snapshots ----

    def make_images(self, p):
        for _ in range(self.r.randrange(0, 6)):
            self.make_image(p)
        for _ in range(self.r.randrange(0, 3)):
            self.make_orphan(p)
        self.join_images(p)

    def image_tags(self):
        return self.tags([("Name", self.r.choice(["web", "db", "x"]), 0.3), ("env", "prod", 0.15),
                          ("env2", "dev", 0.15), ("keep", "", 0.1), ("role", self.r.choice("ab"), 0.3),
                          ("aws:backup:source-resource", "i-1", 0.04), ("aws:dlm:lifecycle-policy-id", "policy-1", 0.03),
                          ("AWSElasticDisasterRecoveryManaged", "drs", 0.02), ("CreatedBy", "EC2 Fast Launch", 0.02),
                          ("Ec2ImageBuilderArn", "arn:aws:imagebuilder:x", 0.03)])

    def make_image(self, p):
        r = self.r
        days = r.choice([0.4, 1, 2, 14, 30, 31, 45, 90, 200, 365, 800, 800, 800])
        image = {
            "ImageId": self.id("ami-"), "OwnerId": STRANGER if self.chance(0.04) else p.account,
            "State": r.choices(["available", "disabled", "pending", "failed", "deregistered", "brand-new"],
                               [85, 6, 3, 2, 2, 1])[0],
            "Architecture": r.choice(ARCHITECTURES), "ImageType": "machine", "RootDeviceType": "ebs",
            "Public": self.chance(0.04), **self.image_tags(),
        }
        if self.chance(0.97):
            image["CreationDate"] = self.time(days)
        name = r.choice(NAMES)
        if name:
            image["Name"] = name
        if self.chance(0.03):
            image["Name"] = "AwsBackup_i-1_x"
        if self.chance(0.02):
            image["Description"] = "This image is created by the AWS Backup service."
        if self.chance(0.25):
            image["LastLaunchedTime"] = self.time()
        if self.chance(0.12):
            image["DeregistrationProtection"] = r.choice(["disabled", "disabled", "enabled-with-cooldown"])
        if self.chance(0.02):
            image["ImageOwnerAlias"] = "aws-backup-vault"
        image["BlockDeviceMappings"] = [
            {"DeviceName": "/dev/sd%s" % letter, "Ebs": {"SnapshotId": self.make_snapshot(p, image["ImageId"], days)}}
            for letter in "abc"[:r.choices([0, 1, 2], [10, 65, 25])[0]]]
        if self.chance(0.1):
            image["BlockDeviceMappings"].append({"DeviceName": "/dev/sdz", "VirtualName": "ephemeral0"})
        p.records["images"].append(image)
        if self.chance(0.15):
            self.make_snapshot(p, image["ImageId"], days)  # made for it, but not mapped
        self.permissions(p, image)
        if "LastLaunchedTime" not in image and self.chance(0.05):
            p.launched[image["ImageId"]] = self.time()

    def permissions(self, p, image):
        if not self.chance(0.93):
            return
        grants = [{"UserId": account} for account in ACCOUNTS + [STRANGER] if self.chance(0.05)]
        if self.chance(0.02):
            grants.append({"OrganizationArn": ORGANISATION})
        if self.chance(0.02):
            grants.append({"Group": "all"})
        p.image_permissions[image["ImageId"]] = grants

    def description(self, image):
        r = self.r
        source = self.id("i-")
        return r.choices([
            "Created by CreateImage(%s) for %s" % (source, image),
            "Created by CreateImage(%s) for %s from vol-0123456789abcdef0" % (source, image),
            "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. Task created on 1,607,338,338,349."
            % (image, self.id("ami-"), self.id("snap-")),
            "[Copied %s from eu-north-1] Created by CreateImage(%s) for %s" % (self.id("snap-"), source, image),
            "backup of %s, keep" % image,
            "made from import-%s by hand" % image,
            "nightly backup",
            "Created for policy: policy-0123456789abcdef0 schedule: Daily",
            "This snapshot is created by the AWS Backup service.",
            "Created by AWS-VMImport service for import-%s" % image,
            "Created by CreateImage(%s) for %s and kept" % (source, image),
            "Created by CreateImage(%s) for %s from vol-0123456789abcdef0 KEEP" % (source, image),
            "Created by CreateImage(%s) for %s from vol-ffffffff" % (source, image),
            "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. Mine"
            % (image, self.id("ami-"), self.id("snap-")),
            "",
        ], [40, 12, 20, 3, 4, 2, 4, 1, 1, 1, 2, 2, 2, 2, 4])[0]

    def make_snapshot(self, p, image, days):
        r = self.r
        if self.chance(0.02):
            return self.id("snap-")  # a phantom: mapped, never listed
        snapshot = {
            "SnapshotId": self.id("snap-"), "OwnerId": STRANGER if self.chance(0.02) else p.account,
            "State": r.choices(["completed", "pending", "error", "recoverable", "strange"], [93, 3, 2, 1, 1])[0],
            "VolumeId": r.choice(["vol-ffffffff", "vol-ffffffff", "vol-FFFFFFFF", "", None])
            if self.chance(0.12) else self.id("vol-"), "VolumeSize": 8,
            "Description": self.description(image),
            **self.tags([("Name", r.choice(["web-old", "db"]), 0.3), ("env", "prod", 0.1), ("keep", "yes", 0.06),
                         ("aws:backup:source-resource", "vol-1", 0.03), ("role", "a", 0.1),
                         ("aws:dlm:lifecycle-policy-id", "policy-1", 0.02)]),
        }
        if self.chance(0.97):
            snapshot["StartTime"] = self.time(days + r.choice([0, 0, 0, 0.1, 1, 1, 1.5, 100]))
        p.records["snapshots"].append(snapshot)
        self.snapshot_extras(p, snapshot["SnapshotId"])
        return snapshot["SnapshotId"]

    def snapshot_extras(self, p, snapshot):
        if self.chance(0.05):
            p.locks.append({"SnapshotId": snapshot, "OwnerId": p.account,
                            "LockState": self.r.choice(["governance", "compliance", "compliance-cooloff", "expired"])})
        if self.chance(0.3):
            p.snapshot_permissions[snapshot] = [
                {"UserId": a} for a in ACCOUNTS + [STRANGER] if self.chance(0.06)]
            if self.chance(0.03):
                p.snapshot_permissions[snapshot].append({"Group": "all"})

    def make_orphan(self, p):
        gone = self.id("ami-")
        if self.chance(0.15):
            p.bin_images.append({"ImageId": gone, "Name": "binned", "RecycleBinEnterTime": self.time(2),
                                 "RecycleBinExitTime": self.time(-20)})
        self.make_snapshot(p, gone, self.r.choice([2, 30, 31, 90, 800]))
        if self.chance(0.05):
            p.bin_snapshots.append({"SnapshotId": self.id("snap-"), "Description": "x",
                                    "RecycleBinEnterTime": self.time(3), "RecycleBinExitTime": self.time(-3)})

    def join_images(self, p):
        """Snapshots that several AMIs map, and descriptions that name one AMI while another maps it."""
        images = p.records["images"]
        if len(images) < 2:
            return
        for _ in range(self.r.choice([0, 0, 1, 2])):
            one, other = self.r.sample(images, 2)
            shared = [m["Ebs"]["SnapshotId"] for m in one["BlockDeviceMappings"] if "Ebs" in m]
            if shared:
                other["BlockDeviceMappings"].append(
                    {"DeviceName": "/dev/sdj%d" % len(other["BlockDeviceMappings"]),
                     "Ebs": {"SnapshotId": self.r.choice(shared)}})

    # ---- what refers to them ----

    def make_copies(self, p):
        """Copies of an AMI or a snapshot that are there, or are not there yet."""
        state = self.r.choice([("available", "completed"), ("pending", "pending"), ("transient", "pending"),
                               ("failed", "error"), ("pending", None), ("brand-new", "strange")])
        source, snapshot = self.some_image(p), self.some_snapshot(p)
        if self.chance(0.08):
            copy = {"ImageId": self.id("ami-"), "OwnerId": p.account, "State": state[0], "Name": "copy",
                    "Architecture": "x86_64", "SourceImageId": source, "CreationDate": self.time(1),
                    "BlockDeviceMappings": []}
            if state[1]:
                copy["BlockDeviceMappings"].append(
                    {"DeviceName": "/dev/sda", "Ebs": {"SnapshotId": self.copied_snapshot(
                        p, state[1], "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s." % (
                            copy["ImageId"], source, snapshot) + " Task created on 1,607,338,338,349.")}})
            p.records["images"].append(copy)
            self.permissions(p, copy)
        if self.chance(0.05):
            self.copied_snapshot(p, state[1] or "pending", "[Copied %s from %s] nightly" % (snapshot, p.region))

    def copied_snapshot(self, p, state, description):
        p.records["snapshots"].append({
            "SnapshotId": self.id("snap-"), "OwnerId": p.account, "State": state, "VolumeId": "vol-ffffffff",
            "VolumeSize": 8, "Description": description, "StartTime": self.time(1)})
        return p.records["snapshots"][-1]["SnapshotId"]

    def some_image(self, p, phantom=0.1):
        pool = [i["ImageId"] for q in self.places for i in q.records["images"]
                if q is p or self.chance(0.05)]
        return self.r.choice(pool) if pool and not self.chance(phantom) else self.id("ami-")

    def some_snapshot(self, p):
        pool = [s["SnapshotId"] for s in p.records["snapshots"]]
        return self.r.choice(pool) if pool else self.id("snap-")

    def blocks(self, p):
        if not self.chance(0.1):
            return {}
        return {"BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": self.some_snapshot(p)}}]}

    def alias(self, p):
        """A parameter's name in a template, and most often the parameter that settles it."""
        r = self.r
        if self.chance(0.2):
            return "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023"
        name = "/golden/%d" % r.randrange(3)
        selector = r.choice(["", "", "", ":3", ":prod"])
        arn = "arn:aws:ssm:%s:%s:parameter%s" % (p.region, p.account, name)
        if self.chance(0.75):
            version = 3 if selector == ":3" else r.randrange(1, 6)
            found = {"Name": name, "Type": "String", "Version": version, "ARN": arn,
                     "Value": r.choice([self.some_image(p), self.some_image(p), "not-an-image"])}
            if selector:
                found["Selector"] = selector
            p.parameters.append(found)
        elif self.chance(0.3):
            p.invalid.append(name + selector)
        whole = arn if self.chance(0.15) else name
        return "resolve:ssm:" + whole + selector

    def image_text(self, p, alias=0.08):
        if self.chance(alias):
            return self.alias(p)
        if self.chance(0.02):
            return "ami-placeholder"
        return self.some_image(p)

    def make_templates(self, p):
        for n in range(self.r.choices([0, 1, 2], [50, 35, 15])[0]):
            template, name = self.id("lt-"), "template-%d-%s" % (n, p.account[:1])
            by = "arn:aws:iam::%s:user/x" % p.account
            latest = self.r.choices([1, 2, 3, 5, 12], [40, 20, 20, 15, 5])[0]
            default = self.r.randrange(1, latest + 1)
            p.records["launch-templates"].append({
                "LaunchTemplateId": template, "LaunchTemplateName": name, "CreateTime": self.time(900),
                "CreatedBy": by, "DefaultVersionNumber": default, "LatestVersionNumber": latest})
            only_ends = self.chance(0.12)
            for number in range(1, latest + 1):
                if only_ends and number not in (default, latest):
                    continue
                if self.chance(0.01):
                    continue  # deleted, or not read
                p.records["launch-template-versions"].append({
                    "LaunchTemplateId": template, "LaunchTemplateName": name, "VersionNumber": number,
                    "CreateTime": self.time(900), "CreatedBy": by, "DefaultVersion": number == default,
                    "LaunchTemplateData": {"ImageId": self.image_text(p), **self.blocks(p)}})

    def specification(self, p):
        templates = p.records["launch-templates"]
        if not templates or self.chance(0.03):
            return {"LaunchTemplateId": self.id("lt-"), "Version": "1"}
        t = self.r.choice(templates)
        spec = {"LaunchTemplateId": t["LaunchTemplateId"]}
        if self.chance(0.3):
            spec = {"LaunchTemplateName": t["LaunchTemplateName"]}
        version = self.r.choice(["$Default", "$Latest", None, str(self.r.randrange(1, t["LatestVersionNumber"] + 1))])
        if version:
            spec["Version"] = version
        return spec

    def make_groups(self, p):
        for n in range(self.r.choices([0, 1, 2], [60, 30, 10])[0]):
            group = {"AutoScalingGroupName": "group-%d" % n, "CreatedTime": self.time(900), "AutoScalingGroupARN":
                     "arn:aws:autoscaling:%s:%s:autoScalingGroup:u-%d:autoScalingGroupName/group-%d"
                     % (p.region, p.account, n, n)}
            form = self.r.randrange(4)
            if form == 0:
                name = "config-%d" % n
                group["LaunchConfigurationName"] = name
                if self.chance(0.9):
                    p.records["launch-configurations"].append(self.configuration(p, name))
            elif form == 1:
                group["LaunchTemplate"] = self.specification(p)
            else:
                mixed = {"LaunchTemplateSpecification": self.specification(p), "Overrides": []}
                if self.chance(0.5):
                    mixed["Overrides"].append({"InstanceType": "m5.large"})
                if self.chance(0.3):
                    mixed["Overrides"].append({"LaunchTemplateSpecification": self.specification(p)})
                if self.chance(0.2):
                    mixed["Overrides"].append({"ImageId": self.image_text(p)})
                group["MixedInstancesPolicy"] = {"LaunchTemplate": mixed}
            group["Instances"] = []
            instances = [i["InstanceId"] for v in p.records["instances"] for i in v["Instances"]]
            if instances and self.chance(0.3):
                member = {"InstanceId": self.r.choice(instances), "LifecycleState": "InService"}
                if self.chance(0.5):
                    member["LaunchTemplate"] = self.specification(p)
                group["Instances"].append(member)
            p.records["auto-scaling-groups"].append(group)

    def configuration(self, p, name):
        return {"LaunchConfigurationName": name, "ImageId": self.some_image(p), "CreatedTime": self.time(900),
                "LaunchConfigurationARN": "arn:aws:autoscaling:%s:%s:launchConfiguration:u:launchConfigurationName/%s"
                % (p.region, p.account, name), **self.blocks(p)}

    def make_instances(self, p):
        r = self.r
        for _ in range(r.choices([0, 1, 2, 3], [45, 30, 15, 10])[0]):
            state = r.choices(["running", "stopped", "stopping", "pending", "terminated", "shutting-down", "odd"],
                              [45, 20, 4, 4, 20, 4, 2])[0]
            instance = {
                "InstanceId": self.id("i-"), "ImageId": self.some_image(p), "State": {"Code": 16, "Name": state},
                "LaunchTime": self.time(r.choice([0.5, 3, 50, 100])), "InstanceType": "m5.large",
                "Placement": {"AvailabilityZone": p.region + "a"},
                **self.tags([("aws:autoscaling:groupName", "group-0", 0.04), ("keep", "1", 0.03)]),
            }
            if self.chance(0.04):
                instance["Operator"] = {"Managed": True, "Principal": "eks.amazonaws.com"}
            if self.chance(0.15):
                p.protection[instance["InstanceId"]] = self.chance(0.4)
            p.records["instances"].append(
                {"ReservationId": self.id("r-"), "OwnerId": p.account, "Instances": [instance]})

    def make_spot(self, p):
        r = self.r
        if self.chance(0.12):
            request = {"SpotInstanceRequestId": "sir-%08x" % next(self.numbers), "CreateTime": self.time(50),
                       "State": r.choice(["open", "active", "disabled", "closed", "cancelled", "failed"]),
                       "Type": r.choice(["one-time", "persistent"]),
                       "LaunchSpecification": {"ImageId": self.some_image(p), **self.blocks(p)}}
            instances = [i for v in p.records["instances"] for i in v["Instances"]]
            if instances and request["State"] == "active":
                instance = r.choice(instances)
                instance["SpotInstanceRequestId"] = request["SpotInstanceRequestId"]
                request["InstanceId"] = instance["InstanceId"]
            p.records["spot-instance-requests"].append(request)
        if self.chance(0.1):
            config = {"IamFleetRole": "x"}
            if self.chance(0.5):
                config["LaunchSpecifications"] = [{"ImageId": self.some_image(p), **self.blocks(p)}]
            else:
                config["LaunchTemplateConfigs"] = [{"LaunchTemplateSpecification": self.specification(p)}]
            p.records["spot-fleet-requests"].append({
                "SpotFleetRequestId": "sfr-%08x-0000-0000-0000-000000000000" % next(self.numbers),
                "CreateTime": self.time(50), "SpotFleetRequestConfig": config,
                "SpotFleetRequestState": r.choice(["submitted", "active", "modifying", "cancelled",
                                                   "cancelled_running", "cancelled_terminating", "failed"])})
        if self.chance(0.1):
            self.make_fleet(p)

    def make_fleet(self, p):
        fleet = {"FleetId": "fleet-%08x-0000-0000-0000-000000000000" % next(self.numbers), "Type": "maintain",
                 "CreateTime": self.time(50), "FleetState": self.r.choice(
                     ["submitted", "active", "modifying", "deleted", "deleted_running", "deleted_terminating", "failed"]),
                 "LaunchTemplateConfigs": [{"LaunchTemplateSpecification": self.specification(p), "Overrides": []}]}
        if self.chance(0.4):
            fleet["LaunchTemplateConfigs"][0]["Overrides"].append({"ImageId": self.image_text(p)})
        p.records["fleets"].append(fleet)
        instances = [i for v in p.records["instances"] for i in v["Instances"]]
        if instances and self.chance(0.3):
            instance = self.r.choice(instances)
            instance.setdefault("Tags", []).append({"Key": "aws:ec2:fleet-id", "Value": fleet["FleetId"]})

    def make_reports(self, p):
        if self.chance(0.15):
            kind, arn = self.r.choice([
                ("ec2:Instance", "arn:aws:ec2:%s:%s:instance/" % (p.region, p.account)),
                ("ec2:LaunchTemplate", "arn:aws:ec2:%s:%s:launch-template/" % (p.region, p.account)),
                ("ssm:Parameter", "arn:aws:ssm:%s:%s:parameter/golden/9" % (p.region, p.account)),
                ("imagebuilder:ImageRecipe", "arn:aws:imagebuilder:%s:%s:image-recipe/x/1.0.0" % (p.region, p.account))])
            image = self.some_image(p)
            if kind == "ec2:Instance":
                known = [i["InstanceId"] for v in p.records["instances"] for i in v["Instances"]
                         if i["ImageId"] == image]
                arn += self.r.choice(known + [self.id("i-")])
            if kind == "ec2:LaunchTemplate":
                known = [t["LaunchTemplateId"] for t in p.records["launch-templates"]]
                arn += self.r.choice(known + [self.id("lt-")])
            p.references.append({"ImageId": image, "ResourceType": kind, "Arn": arn})
        if self.chance(0.08):
            p.usage.append({"ResourceType": "ec2:Instance", "ReportId": "amiur-00b877d192f6b02d0",
                            "UsageCount": self.r.choice([0, 2, None]), "AccountId": self.r.choice([STRANGER] + ACCOUNTS),
                            "ImageId": self.some_image(p), "ReportCreationTime": self.time(50)})

    # ---- documents ----

    def add_file(self, p, data):
        name = "%s-%d.json" % (self.r.choice("abcdefgh"), next(self.numbers))
        path = name if self.flat else os.path.join(p.account, p.region, name)
        self.case.files[path] = data

    def split(self, p, kind, records):
        """One listing as one to three documents: pages, or several calls."""
        key = LIST_KEY[kind]
        if kind == "snapshots" and not records:
            records = [{"SnapshotId": self.id("snap-"), "OwnerId": p.account, "State": "completed",
                        "VolumeId": self.id("vol-"), "StartTime": self.time(800), "Description": ""}]
        self.r.shuffle(records)
        parts = self.r.choices([1, 2, 3], [75, 15, 10])[0] if len(records) > 1 else 1
        paged = self.chance(0.5)
        cut = sorted(self.r.randrange(1, len(records)) for _ in range(parts - 1)) if parts > 1 else []
        ends = list(zip([0] + cut, cut + [len(records)]))
        for n, (low, high) in enumerate(ends):
            if low == high:
                continue
            data = {key: records[low:high]}
            if paged and n < len(ends) - 1:
                data["NextToken"] = "eyJ0b2tlbiI6"
            elif n == len(ends) - 1 and self.chance(0.015):
                data["NextToken"] = "the rest was not read"
            self.add_file(p, data)
        if not records:
            self.add_file(p, {key: []})

    def add_versions(self, p, records):
        if not records:
            if self.chance(0.5):
                self.add_file(p, {"LaunchTemplateVersions": []})
            return
        if self.chance(0.5):
            self.add_file(p, {"LaunchTemplateVersions": records})
            return
        for template in sorted({v["LaunchTemplateId"] for v in records}):
            data = {"LaunchTemplateVersions": [v for v in records if v["LaunchTemplateId"] == template]}
            if self.chance(0.03):
                data["NextToken"] = "x"
            self.add_file(p, data)

    def add_documents(self, p):
        holes = 0.004 if self.chance(0.8) else 0.1
        for kind in ALWAYS:
            if self.chance(holes):
                continue
            if kind == "launch-template-versions":
                self.add_versions(p, p.records[kind])
            else:
                self.split(p, kind, p.records[kind])
        if p.bin_images:
            self.add_file(p, {"Images": p.bin_images})
        if p.bin_snapshots:
            self.add_file(p, {"Snapshots": p.bin_snapshots})
        if p.locks:
            self.add_file(p, {"Snapshots": p.locks})
        for image, grants in p.image_permissions.items():
            self.add_file(p, {"LaunchPermissions": grants, "ImageId": image})
        for image, time in p.launched.items():
            self.add_file(p, {"LastLaunchedTime": {"Value": time}, "ImageId": image})
        for snapshot, grants in p.snapshot_permissions.items():
            self.add_file(p, {"CreateVolumePermissions": grants, "SnapshotId": snapshot})
        for instance, value in p.protection.items():
            self.add_file(p, {"InstanceId": instance, "DisableApiTermination": {"Value": value}})
        if p.parameters or p.invalid:
            self.add_file(p, {"Parameters": self.distinct_parameters(p), "InvalidParameters": sorted(set(p.invalid))})
        if p.references:
            self.add_file(p, {"ImageReferences": p.references})
        if p.usage:
            self.add_file(p, {"ImageUsageReportEntries": p.usage})

    @staticmethod
    def distinct_parameters(p):
        """One answer a question; a name that is answered is not invalid."""
        found = {}
        for one in p.parameters:
            found.setdefault(one["Name"] + one.get("Selector", ""), one)
        p.invalid = [name for name in p.invalid if name not in found]
        versions = {}
        for name, one in found.items():  # a version has one value
            versions.setdefault((one["Name"], one["Version"]), one["Value"])
            one["Value"] = versions[one["Name"], one["Version"]]
        return list(found.values())

    def add_identities(self):
        choice = self.r.choices(["identities", "options", "nothing"], [70, 20, 10])[0]
        if self.flat:
            choice = "options"
        for account in sorted({p.account for p in self.places}):
            if choice == "identities" and self.chance(0.97):
                p = next(q for q in self.places if q.account == account)
                self.add_file(p, {"UserId": "AIDA", "Account": account, "Arn": "arn:aws:iam::%s:user/x" % account})
            if choice == "options" and (self.flat or self.chance(0.9)):
                self.case.inventory_args += ["--account", account]
        if self.flat:
            self.case.inventory_args += ["--region", self.places[0].region]

    def add_foreign_view(self):
        """An AMI of one account, listed by the other as well, without what only its owner sees."""
        if len({p.account for p in self.places}) < 2 or not self.chance(0.2):
            return
        one = self.r.choice([p for p in self.places])
        others = [p for p in self.places if p.account != one.account and p.region == one.region]
        if not others or not one.records["images"]:
            return
        image = dict(self.r.choice(one.records["images"]))
        image.pop("Tags", None)
        image.pop("LastLaunchedTime", None)
        others[0].records["images"].append(image)
        self.case.has_twins = True

    # ---- options ----

    def options(self):
        r, args = self.r, []
        ours = [i["ImageId"] for p in self.places for i in p.records["images"]]
        gone = [s["Description"].split(" for ")[1].split(" ")[0] for p in self.places
                for s in p.records["snapshots"] if s["Description"].startswith("Created by CreateImage")]
        selected = False
        if self.chance(0.3) and ours + gone:
            for _ in range(r.randrange(1, 4)):
                args += ["--ami", r.choice(ours + ours + gone)]
            selected = True
        if self.chance(0.01):
            args += ["--ami", "ami-0fffffffffffffff0"]
            selected = True
        if self.chance(0.45):
            args.append("--unused")
            selected = True
        if self.chance(0.3):
            args.append("--orphans")
            selected = True
        if self.chance(0.35):
            used = [i["ImageId"] for p in self.places for v in p.records["instances"] for i in v["Instances"]]
            if used and self.chance(0.8):
                args += ["--ami", r.choice(used)]
                selected = True
            if "--ami" in args:
                args.append("--terminate-instances")
        args += self.filters() + self.protections() + self.assumptions()
        if self.chance(0.12):
            args += ["--snapshots", r.choice(["keep", "delete"])]
        if self.chance(0.08):
            args += ["--only", r.choice(self.places).account + r.choice(["", "/" + REGIONS[0]])]
        if self.chance(0.05):
            args += ["--max-steps", str(r.randrange(0, 6))]
        if self.chance(0.05):
            args += ["--max-percent", r.choice(["10", "50", "33.3", "100"])]
        if not self.is_dated(selected):
            args += ["--as-of", AS_OF.strftime("%Y-%m-%dT%H:%M:%SZ")]
        return args

    def is_dated(self, selected):
        """True if the inventory may tell the time by itself: what is newest in it is an image or a snapshot."""
        return selected and self.chance(0.05) and any(
            "CreationDate" in i for p in self.places for i in p.records["images"])

    def filters(self):
        r, args = self.r, []
        if self.chance(0.12):
            for _ in range(r.choice([1, 2])):
                args += ["--name", r.choice(["web*", "db-?.*", "*", "golden", "WEB*"])]
        if self.chance(0.1):
            for _ in range(r.choice([1, 2])):
                args += ["--tag", r.choice(["env=prod", "env", "role=a", "role=b", "Name=w*", "env2=*"])]
        if self.chance(0.08):
            args += ["--arch", r.choice(ARCHITECTURES)]
        if self.chance(0.3):
            args += ["--older-than", r.choice(AGES)]
        if self.chance(0.2):
            args += ["--not-launched-for", r.choice(AGES)]
        return args

    def protections(self):
        r, args = self.r, []
        if self.chance(0.15):
            args += ["--keep-last", str(r.randrange(1, 3))]
            if self.chance(0.5):
                args += ["--group-by", r.choice(["name-prefix", "tag:role", "tag:Name", "role,Name"])]
        if self.chance(0.15):
            args += ["--protect-tag", r.choice(["keep", "env=prod", "keep=y*"])]
        if self.chance(0.12):
            args += ["--in-use-selector", r.choice(["tag:role=a", "tag:role", "name=web*", "name=*,all", "tag:env=prod,all"])]
        if self.chance(0.2):
            args += ["--template-depth", r.choice(["0", "1", "2", "3", "all"])]
        if self.chance(0.12):
            p = r.choice(self.places)
            text = "ami = \"%s\"\nsnapshot: %s\nnot-%s\n" % (
                self.some_image(p), self.some_snapshot(p), self.some_image(p))
            self.case.pins = {"main.tf": text, "sub/notes.txt": "nothing here"}
            args += ["--pins", "PINS"]
        return args

    def assumptions(self):
        r, args = self.r, []
        ids = [i["ImageId"] for p in self.places for i in p.records["images"]]
        ids += [s["SnapshotId"] for p in self.places for s in p.records["snapshots"]]
        for _ in range(r.choices([0, 1, 2, 4], [55, 20, 15, 10])[0]):
            rule = r.choice(ACCEPTABLE)
            fitting = [i for i in ids if i.startswith(SPEAKS_OF.get(rule, ("ami-", "snap-")))]
            args += ["--accept", rule + ("=" + r.choice(fitting) if fitting and self.chance(0.3) else "")]
        for _ in range(r.choices([0, 1, 2], [80, 12, 8])[0]):
            args += ["--assume-complete", r.choice(ALWAYS + ["launch-permissions", "parameters", "all", "all"])]
        return args

    # ---- all of it ----

    def make(self):
        r = self.r
        self.flat = self.chance(0.15)
        accounts = ACCOUNTS[:1 if self.flat else r.choices([1, 2], [60, 40])[0]]
        regions = REGIONS[:1 if self.flat else r.choices([1, 2], [75, 25])[0]]
        self.places = [Place(a, g) for a in accounts for g in regions]
        for p in self.places:
            self.make_images(p)
        for p in self.places:
            self.make_copies(p)
        for p in self.places:
            self.make_instances(p)
            self.make_templates(p)
            self.make_groups(p)
            self.make_spot(p)
            self.make_reports(p)
        args = self.options()
        self.add_foreign_view()
        for p in self.places:
            self.add_documents(p)
        self.add_identities()
        self.case.args = self.case.inventory_args + args
        return self.case


def generate(seed):
    return Generator(seed).make()


# ---- changes of a case whose effect on the plan is known ----

def shuffled(case, seed):
    """The same facts: records in another order, in other documents of their kind and page, under other names."""
    r = random.Random(seed)
    groups = {}
    for path, data in case.files.items():
        key = next((k for k in LIST_KEY.values() if k in data and k != "LaunchTemplateVersions"), None)
        if not key or not data[key] or "RecycleBinEnterTime" in data[key][0] or "LockState" in data[key][0]:
            key = None
        groups.setdefault((os.path.dirname(path), key, path if key is None else ""), []).append(path)
    other = case.without_files()
    for (folder, key, _), paths in groups.items():
        documents = [dict(case.files[path]) for path in paths]
        if key:
            pool = [record for d in documents for record in d[key]]
            r.shuffle(pool)
            for n, d in enumerate(documents):  # every document keeps at least one record
                left = len(documents) - n - 1
                take = len(pool) - left if left == 0 else r.randrange(1, len(pool) - left + 1)
                d[key], pool = pool[:take], pool[take:]
        for d in documents:
            while True:
                path = os.path.join(folder, "z%06d.json" % r.randrange(10 ** 6))
                if path not in other.files:
                    break
            for name, value in d.items():
                if isinstance(value, list) and name != "Parameters":
                    d[name] = r.sample(value, len(value))
            names = list(d)
            r.shuffle(names)
            other.files[path] = {name: d[name] for name in names}
    return other


def with_reference(case, seed):
    """One more reference to an AMI or snapshot, in documents that are already there; None where none fits."""
    r = random.Random(seed)
    images = [i["ImageId"] for d in case.files.values() for i in d.get("Images", [])]
    if not images:
        return None
    image = r.choice(sorted(images))
    other = case.without_files()
    other.files = json.loads(json.dumps(case.files))
    ways = [add_instance, add_spot_request, add_pin, add_version]
    r.shuffle(ways)
    return other if any(way(other, image, r) for way in ways) else None


def with_users_by_name(case, seed):
    """Every launch template has a fleet that names it, by its name, and one of its versions."""
    r = random.Random(seed)
    other = case.without_files()
    other.files = dict(case.files)
    for n, (path, data) in enumerate(documents_with(case, "LaunchTemplates")):
        other.files[os.path.join(os.path.dirname(path), "users-%d.json" % n)] = {"Fleets": [
            {"FleetId": "fleet-%08x-0000-0000-0000-000000000001" % (n * 100 + i), "FleetState": "active",
             "LaunchTemplateConfigs": [{"LaunchTemplateSpecification": {
                 "LaunchTemplateName": t["LaunchTemplateName"],
                 "Version": str(r.randrange(1, t["LatestVersionNumber"] + 1))}}]}
            for i, t in enumerate(data["LaunchTemplates"])]}
    return other


# What inside a record tells the account or the region of its document.
TELLING = {"CreatedBy", "Placement", "OwnerId", "ARN", "LaunchConfigurationARN", "AutoScalingGroupARN"}


def without_place(value):
    """The same data without what tells where it is; whose an AMI or a snapshot is stays told."""
    if isinstance(value, list):
        return [without_place(item) for item in value]
    if not isinstance(value, dict):
        return value
    owned = "ImageId" in value or "SnapshotId" in value
    return {name: without_place(item) for name, item in value.items()
            if name not in TELLING or (name == "OwnerId" and owned)}


def with_unknown_places(case, seed):
    """The same documents, of some of which the account, the region or both are told no more."""
    r = random.Random(seed)
    other = case.without_files()
    share = r.choice([0.05, 0.2, 0.6])
    by_name = r.random() < 0.5  # groups and launch configurations have no ARNs, and their names are not unique
    for n, (path, data) in enumerate(case.files.items()):
        if by_name and ("AutoScalingGroups" in data or "LaunchConfigurations" in data):
            data = without_place(data)
        if r.random() < share:
            told = [part for part in path.split("/")[:-1] if r.random() < 0.4]
            path = "/".join(told + ["alone-%d" % n, os.path.basename(path)])
            data = without_place(data) if len(told) < 2 else data
        other.files[path] = data
    return other


def documents_with(case, key):
    return [(path, d) for path, d in sorted(case.files.items()) if d.get(key)]


def add_instance(case, image, r):
    for _, d in documents_with(case, "Reservations"):
        for reservation in d["Reservations"]:
            if reservation["Instances"]:
                reservation["Instances"].append(
                    dict(reservation["Instances"][0], InstanceId="i-0123456789abcdef0", ImageId=image,
                         State={"Code": 16, "Name": "running"}))
                return True
    return False


def add_spot_request(case, image, r):
    for _, d in documents_with(case, "SpotInstanceRequests"):
        d["SpotInstanceRequests"].append({
            "SpotInstanceRequestId": "sir-zzzzzzzz", "State": "open", "Type": "one-time",
            "LaunchSpecification": {"ImageId": image}})
        return True
    return False


def add_version(case, image, r):
    """A middle version of a template that was read whole names it."""
    for _, d in documents_with(case, "LaunchTemplateVersions"):
        version = r.choice(d["LaunchTemplateVersions"])
        if not version["LaunchTemplateData"]["ImageId"].startswith("resolve:"):
            version["LaunchTemplateData"]["BlockDeviceMappings"] = version["LaunchTemplateData"].get(
                "BlockDeviceMappings", [])
            d["LaunchTemplateVersions"].append(dict(
                version, LaunchTemplateId="lt-0123456789abcdef0", LaunchTemplateName="added", VersionNumber=1,
                DefaultVersion=True, LaunchTemplateData={"ImageId": image}))
            folder = os.path.dirname(_)
            for path, t in documents_with(case, "LaunchTemplates"):
                if os.path.dirname(path) == folder:
                    t["LaunchTemplates"].append(dict(
                        t["LaunchTemplates"][0], LaunchTemplateId="lt-0123456789abcdef0", LaunchTemplateName="added",
                        DefaultVersionNumber=1, LatestVersionNumber=1))
                    return True
            d["LaunchTemplateVersions"].pop()
    return False


def add_pin(case, image, r):
    case.pins["added.txt"] = "image %s\n" % image
    if "PINS" not in case.args:
        case.args += ["--pins", "PINS"]
    return True


def main():
    seed, folder = int(sys.argv[1]), sys.argv[2]
    case = generate(seed)
    case.write(folder, 1)
    print(" ".join(["amiplan plan", os.path.join(folder, "inventory")] + case.arguments(folder)))


if __name__ == "__main__":
    main()
