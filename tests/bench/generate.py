#!/usr/bin/env python3
"""Writes a realistic inventory of N AMIs, the same bytes for the same arguments, as `aws ... --output json` prints it.

It must not know: how amiplan reads or judges. Records are filled into text patterns and streamed, so that 100,000 AMIs
(about half a gigabyte) take seconds and little memory.

Proportions, a place being one account in one region:
  AMIs          families of 24 generations, the newest six of them in use; 60 % have a second volume
  snapshots     one a mapped volume (1.6 an AMI), one orphan for ten AMIs, one copied from elsewhere for fifty
  instances     0.5 an AMI, each with one volume
  templates     one a hundred AMIs, six versions each; as many Auto Scaling groups, half of them by $Latest
  launch configurations, spot requests, spot fleets, fleets: a few
  launch permissions: one small file an AMI, for 2,000 AMIs at the most (else --assume-complete launch-permissions)
"""

import argparse
import os
import sys

GENERATIONS = 24
VERSIONS = 6
PERMISSION_FILES = 2000
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-2", "ap-northeast-1")
TEAMS = ("payments", "search", "platform", "identity", "data", "web", "mobile", "risk", "ledger", "media")
KINDS = {
    "ami": 1,
    "snap": 2,
    "i": 3,
    "vol": 4,
    "lt": 5,
    "r": 6,
    "subnet": 7,
    "vpc": 8,
    "eni": 9,
    "sg": 10,
    "sir": 11,
    "fleet": 12,
}
ID_SPACE = 16**17

IMAGE = """\
        {
            "PlatformDetails": "Linux/UNIX",
            "UsageOperation": "RunInstances",
            "BlockDeviceMappings": [
                {
                    "Ebs": {
                        "DeleteOnTermination": true,
                        "Iops": 3000,
                        "SnapshotId": "%(root)s",
                        "VolumeSize": 30,
                        "VolumeType": "gp3",
                        "Throughput": 125,
                        "Encrypted": true,
                        "KmsKeyId": "arn:aws:kms:%(region)s:%(account)s:key/5a1d7f42-0b6c-4e3a-9c55-%(key)012d"
                    },
                    "DeviceName": "/dev/xvda"
                },%(second)s
                {
                    "DeviceName": "/dev/sdb",
                    "VirtualName": "ephemeral0"
                }
            ],
            "Description": "%(team)s service base, build %(build)d of pipeline %(family)s-image (source revision %(key)012d)",
            "EnaSupport": true,
            "Hypervisor": "xen",
            "Name": "%(family)s-%(stamp)s",
            "RootDeviceName": "/dev/xvda",
            "RootDeviceType": "ebs",
            "SriovNetSupport": "simple",
            "Tags": [
                {
                    "Key": "Name",
                    "Value": "%(family)s-%(stamp)s"
                },
                {
                    "Key": "Team",
                    "Value": "%(team)s"
                },
                {
                    "Key": "Environment",
                    "Value": "%(environment)s"
                },
                {
                    "Key": "Release",
                    "Value": "%(build)d.0.%(generation)d"
                }
            ],
            "VirtualizationType": "hvm",
            "BootMode": "uefi-preferred",
            "DeprecationTime": "2028-%(month)02d-%(day)02dT%(hour)02d:00:00.000Z",
            "ImdsSupport": "v2.0",
            "SourceInstanceId": "%(builder)s",
            "DeregistrationProtection": "disabled",%(launched)s
            "SourceImageId": "%(base)s",
            "SourceImageRegion": "%(region)s",
            "ImageId": "%(image)s",
            "ImageLocation": "%(account)s/%(family)s-%(stamp)s",
            "State": "%(state)s",
            "OwnerId": "%(account)s",
            "CreationDate": "%(created)s",
            "Public": false,
            "Architecture": "%(architecture)s",
            "ImageType": "machine"
        }"""
SECOND_MAPPING = """
                {
                    "Ebs": {
                        "DeleteOnTermination": true,
                        "SnapshotId": "%s",
                        "VolumeSize": 100,
                        "VolumeType": "gp3",
                        "Encrypted": true
                    },
                    "DeviceName": "/dev/sdf"
                },"""
LAUNCHED = """
            "LastLaunchedTime": "%s","""
SNAPSHOT = """\
        {
            "OwnerId": "%(account)s",
            "Tags": [
                {
                    "Key": "Team",
                    "Value": "%(team)s"
                }
            ],
            "StorageTier": "standard",
            "TransferType": "standard",
            "CompletionTime": "%(completed)s",
            "FullSnapshotSizeInBytes": %(bytes)d,
            "SnapshotId": "%(snapshot)s",
            "VolumeId": "%(volume)s",
            "State": "completed",
            "StartTime": "%(started)s",
            "Progress": "100%%",
            "VolumeSize": %(size)d,
            "Description": "%(description)s",
            "Encrypted": true,
            "KmsKeyId": "arn:aws:kms:%(region)s:%(account)s:key/5a1d7f42-0b6c-4e3a-9c55-000000000001"
        }"""
INSTANCE = """\
        {
            "ReservationId": "%(reservation)s",
            "OwnerId": "%(account)s",
            "Groups": [],
            "Instances": [
                {
                    "Architecture": "%(architecture)s",
                    "BlockDeviceMappings": [
                        {
                            "DeviceName": "/dev/xvda",
                            "Ebs": {
                                "AttachTime": "%(launched)s",
                                "DeleteOnTermination": true,
                                "Status": "attached",
                                "VolumeId": "%(volume)s"
                            }
                        }
                    ],
                    "ClientToken": "%(token)s",
                    "EbsOptimized": true,
                    "EnaSupport": true,
                    "Hypervisor": "xen",
                    "NetworkInterfaces": [
                        {
                            "Attachment": {
                                "AttachTime": "%(launched)s",
                                "DeleteOnTermination": true,
                                "DeviceIndex": 0,
                                "Status": "attached",
                                "NetworkCardIndex": 0
                            },
                            "Description": "",
                            "Groups": [
                                {
                                    "GroupId": "%(security)s",
                                    "GroupName": "%(family)s-instances"
                                }
                            ],
                            "Ipv6Addresses": [],
                            "NetworkInterfaceId": "%(interface)s",
                            "OwnerId": "%(account)s",
                            "PrivateIpAddress": "%(address)s",
                            "SourceDestCheck": true,
                            "Status": "in-use",
                            "SubnetId": "%(subnet)s",
                            "VpcId": "%(vpc)s",
                            "InterfaceType": "interface"
                        }
                    ],
                    "RootDeviceName": "/dev/xvda",
                    "RootDeviceType": "ebs",
                    "SecurityGroups": [
                        {
                            "GroupId": "%(security)s",
                            "GroupName": "%(family)s-instances"
                        }
                    ],
                    "SourceDestCheck": true,
                    "Tags": [
                        {
                            "Key": "Name",
                            "Value": "%(family)s"
                        },
                        {
                            "Key": "aws:autoscaling:groupName",
                            "Value": "%(group)s"
                        }
                    ],
                    "VirtualizationType": "hvm",
                    "CpuOptions": {
                        "CoreCount": 1,
                        "ThreadsPerCore": 2
                    },
                    "MetadataOptions": {
                        "State": "applied",
                        "HttpTokens": "required",
                        "HttpPutResponseHopLimit": 2,
                        "HttpEndpoint": "enabled",
                        "HttpProtocolIpv6": "disabled",
                        "InstanceMetadataTags": "disabled"
                    },
                    "EnclaveOptions": {
                        "Enabled": false
                    },
                    "BootMode": "uefi-preferred",
                    "PlatformDetails": "Linux/UNIX",
                    "UsageOperation": "RunInstances",
                    "InstanceId": "%(instance)s",
                    "ImageId": "%(image)s",
                    "State": {
                        "Code": %(code)d,
                        "Name": "%(state)s"
                    },
                    "PrivateDnsName": "ip-10-0-0-1.ec2.internal",
                    "PublicDnsName": "",
                    "StateTransitionReason": "",
                    "AmiLaunchIndex": 0,
                    "ProductCodes": [],
                    "InstanceType": "m7i.large",
                    "LaunchTime": "%(launched)s",
                    "Placement": {
                        "GroupName": "",
                        "Tenancy": "default",
                        "AvailabilityZone": "%(region)sa"
                    },
                    "Monitoring": {
                        "State": "disabled"
                    },
                    "SubnetId": "%(subnet)s",
                    "VpcId": "%(vpc)s",
                    "PrivateIpAddress": "%(address)s"
                }
            ]
        }"""
VOLUME = """\
        {
            "Iops": 3000,
            "VolumeType": "gp3",
            "MultiAttachEnabled": false,
            "Throughput": 125,
            "VolumeId": "%(volume)s",
            "Size": 30,
            "SnapshotId": "%(snapshot)s",
            "AvailabilityZone": "%(region)sa",
            "State": "in-use",
            "CreateTime": "%(launched)s",
            "Attachments": [
                {
                    "DeleteOnTermination": true,
                    "VolumeId": "%(volume)s",
                    "InstanceId": "%(instance)s",
                    "Device": "/dev/xvda",
                    "State": "attached",
                    "AttachTime": "%(launched)s"
                }
            ],
            "Encrypted": true
        }"""
TEMPLATE = """\
        {
            "LaunchTemplateId": "%(template)s",
            "LaunchTemplateName": "%(name)s",
            "CreateTime": "2023-01-10T08:00:00.000Z",
            "CreatedBy": "arn:aws:sts::%(account)s:assumed-role/deploy/pipeline",
            "DefaultVersionNumber": %(default)d,
            "LatestVersionNumber": %(latest)d,
            "Tags": []
        }"""
VERSION = """\
        {
            "LaunchTemplateId": "%(template)s",
            "LaunchTemplateName": "%(name)s",
            "VersionNumber": %(number)d,
            "VersionDescription": "release %(number)d",
            "CreateTime": "%(created)s",
            "CreatedBy": "arn:aws:sts::%(account)s:assumed-role/deploy/pipeline",
            "DefaultVersion": %(is_default)s,
            "LaunchTemplateData": {
                "EbsOptimized": true,
                "ImageId": "%(image)s",
                "InstanceType": "m7i.large",
                "UserData": "IyEvYmluL2Jhc2gKc2V0IC1ldQpleGVjIC9vcHQvYm9vdHN0cmFwL3J1biAtLXNlcnZpY2U=",
                "SecurityGroupIds": [
                    "%(security)s"
                ],
                "MetadataOptions": {
                    "HttpTokens": "required"
                }
            }
        }"""
GROUP = """\
        {
            "AutoScalingGroupName": "%(name)s",
            "AutoScalingGroupARN": "arn:aws:autoscaling:%(region)s:%(account)s:autoScalingGroup:%(token)s:autoScalingGroupName/%(name)s",
            "LaunchTemplate": {
                "LaunchTemplateId": "%(template)s",
                "LaunchTemplateName": "%(template_name)s",
                "Version": "%(version)s"
            },
            "MinSize": 1,
            "MaxSize": 60,
            "DesiredCapacity": 50,
            "DefaultCooldown": 300,
            "AvailabilityZones": [
                "%(region)sa"
            ],
            "LoadBalancerNames": [],
            "TargetGroupARNs": [],
            "HealthCheckType": "EC2",
            "HealthCheckGracePeriod": 300,
            "Instances": [],
            "CreatedTime": "2023-01-10T08:00:00.000Z",
            "SuspendedProcesses": [],
            "EnabledMetrics": [],
            "Tags": [],
            "TerminationPolicies": [
                "Default"
            ],
            "NewInstancesProtectedFromScaleIn": false
        }"""
CONFIGURATION = """\
        {
            "LaunchConfigurationName": "%(name)s",
            "LaunchConfigurationARN": "arn:aws:autoscaling:%(region)s:%(account)s:launchConfiguration:%(token)s:launchConfigurationName/%(name)s",
            "ImageId": "%(image)s",
            "KeyName": "",
            "SecurityGroups": [],
            "UserData": "",
            "InstanceType": "m5.large",
            "BlockDeviceMappings": [],
            "CreatedTime": "2023-01-10T08:00:00.000Z",
            "EbsOptimized": false
        }"""
SPOT_REQUEST = """\
        {
            "CreateTime": "%(created)s",
            "LaunchSpecification": {
                "ImageId": "%(image)s",
                "InstanceType": "m5.large",
                "Placement": {
                    "AvailabilityZone": "%(region)sa"
                }
            },
            "SpotInstanceRequestId": "%(id)s",
            "SpotPrice": "0.096000",
            "State": "%(state)s",
            "Type": "persistent"
        }"""
SPOT_FLEET = """\
        {
            "CreateTime": "%(created)s",
            "SpotFleetRequestConfig": {
                "AllocationStrategy": "capacityOptimized",
                "IamFleetRole": "arn:aws:iam::%(account)s:role/fleet",
                "LaunchSpecifications": [
                    {
                        "ImageId": "%(image)s",
                        "InstanceType": "c6i.large"
                    }
                ],
                "TargetCapacity": 4,
                "Type": "maintain"
            },
            "SpotFleetRequestId": "sfr-%(token)s",
            "SpotFleetRequestState": "active",
            "Tags": []
        }"""
FLEET = """\
        {
            "ActivityStatus": "fulfilled",
            "CreateTime": "%(created)s",
            "FleetId": "%(id)s",
            "FleetState": "active",
            "LaunchTemplateConfigs": [
                {
                    "LaunchTemplateSpecification": {
                        "LaunchTemplateId": "%(template)s",
                        "Version": "$Default"
                    },
                    "Overrides": []
                }
            ],
            "Type": "maintain"
        }"""
IDENTITY = """\
{
    "UserId": "AROAEXAMPLEROLEID0000:inventory",
    "Account": "%s",
    "Arn": "arn:aws:sts::%s:assumed-role/inventory/inventory"
}
"""
PERMISSIONS = """\
{
    "ImageId": "%s",
    "LaunchPermissions": [%s]
}
"""


def make_id(kind, number):
    """A well-spread 17-digit id: an odd factor permutes the numbers below 16^17, so ids never collide."""
    return "%s-%017x" % (kind, ((number * 64 + KINDS[kind]) * 0x9E3779B97F4A7C15 + 0x1234567) % ID_SPACE)


def make_token(number):
    """Text of the form of a UUID."""
    mixed = "%032x" % ((number * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 0x2545F491) % 2**128)
    return "-".join((mixed[:8], mixed[8:12], mixed[12:16], mixed[16:20], mixed[20:]))


class Listing:
    """One document: a top-level key and a list of records, streamed."""

    def __init__(self, path, key):
        self.file = open(path, "w", encoding="utf-8", newline="\n", buffering=1 << 20)
        self.file.write('{\n    "%s": [' % key)
        self.count = 0

    def add(self, text):
        self.file.write(",\n" if self.count else "\n")
        self.file.write(text)
        self.count += 1

    def close(self):
        self.file.write("\n    ]\n}\n" if self.count else "]\n}\n")
        self.file.close()


LISTINGS = {
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


class Place:
    """One account in one region: AMIs `first` to `first + count - 1` of the whole, and all that belongs to them."""

    def __init__(self, directory, account, region, number, first, count):
        self.directory = os.path.join(directory, account, region)
        self.account, self.region, self.number = account, region, number
        self.first, self.count = first, count
        os.makedirs(self.directory, exist_ok=True)
        self.out = {name: Listing(os.path.join(self.directory, name + ".json"), key) for name, key in LISTINGS.items()}
        self.common = {
            "account": account,
            "region": region,
            "subnet": make_id("subnet", number),
            "vpc": make_id("vpc", number),
            "security": make_id("sg", number),
        }

    def write(self, permission_files):
        with open(os.path.join(self.directory, "caller-identity.json"), "w", encoding="utf-8") as file:
            file.write(IDENTITY % (self.account, self.account))
        for index in range(self.count):
            self.write_image(index)
        for index in range(self.count // 10):
            self.write_orphan(index)
        for index in range(self.count // 50):
            self.write_foreign_copy(index)
        for index in range(max(1, self.count // 100)):
            self.write_template(index)
        for index in range(max(1, self.count // 500)):
            self.write_odd_referrers(index)
        self.write_permissions(permission_files)
        for listing in self.out.values():
            listing.close()

    def image_id(self, index):
        return make_id("ami", self.first + index)

    def family(self, index):
        return "%s-%s-%d" % (TEAMS[(index // GENERATIONS) % len(TEAMS)], self.region, index // GENERATIONS)

    def write_image(self, index):
        number = self.first + index
        generation = index % GENERATIONS
        # Two months a generation, the newest of a family in autumn 2026.
        months = 2022 * 12 + 11 + generation * 2
        year, month, day, hour = months // 12, months % 12 + 1, 1 + number % 28, number % 24
        created = "%04d-%02d-%02dT%02d:%02d:07.000Z" % (year, month, day, hour, number % 60)
        second = number % 5 < 3
        fields = dict(self.common)
        fields.update(
            image=make_id("ami", number),
            root=make_id("snap", 2 * number),
            second=SECOND_MAPPING % make_id("snap", 2 * number + 1) if second else "",
            key=number,
            team=TEAMS[(index // GENERATIONS) % len(TEAMS)],
            environment="production" if number % 3 else "staging",
            family=self.family(index),
            build=1000 + index,
            generation=generation,
            stamp="%04d%02d%02d%02d%02d" % (year, month, day, hour, number % 60),
            month=month,
            day=day,
            hour=hour,
            builder=make_id("i", 1_000_000_000 + number),
            base=make_id("ami", 1_000_000_000 + index // 500),
            launched=(
                LAUNCHED % ("2026-%02d-%02dT05:00:00Z" % (1 + number % 10, day))
                if generation >= GENERATIONS * 3 // 4
                else ""
            ),
            state="disabled" if number % 200 == 7 else "available",
            created=created,
            architecture="arm64" if number % 4 == 0 else "x86_64",
        )
        self.out["images"].add(IMAGE % fields)
        fields.update(started=created, completed=created)
        for volume in range(2 if second else 1):
            fields.update(
                snapshot=make_id("snap", 2 * number + volume),
                volume=make_id("vol", 1_000_000_000 + 2 * number + volume),
                size=100 if volume else 30,
                bytes=4_000_000_000 + number * 4096,
                description="Created by CreateImage(%s) for %s" % (fields["builder"], fields["image"]),
            )
            self.out["snapshots"].add(SNAPSHOT % fields)
        # The instances of a family run on its newest quarter, two on each: 0.5 an AMI over the whole family.
        if generation >= GENERATIONS * 3 // 4:
            for copy in range(2):
                self.write_instance(fields, number * 16 + copy)

    def write_instance(self, image, number):
        fields = dict(image)
        stopped = number % 40 == 0
        fields.update(
            reservation=make_id("r", number),
            instance=make_id("i", number),
            volume=make_id("vol", number),
            snapshot=image["root"],
            interface=make_id("eni", number),
            token=make_token(number),
            address="10.%d.%d.%d" % (number >> 16 & 255, number >> 8 & 255, number & 255),
            group="%s-group" % image["family"],
            launched="2026-10-%02dT%02d:15:00.000Z" % (1 + number % 28, number % 24),
            code=80 if stopped else 16,
            state="stopped" if stopped else "running",
        )
        self.out["instances"].add(INSTANCE % fields)
        self.out["volumes"].add(VOLUME % fields)

    def write_orphan(self, index):
        number = self.first + index
        fields = dict(self.common)
        fields.update(
            snapshot=make_id("snap", 2_000_000_000 + number),
            volume=make_id("vol", 2_000_000_000 + number),
            team=TEAMS[index % len(TEAMS)],
            started="2024-%02d-%02dT03:00:00.000Z" % (1 + number % 12, 1 + number % 28),
            completed="2024-%02d-%02dT03:10:00.000Z" % (1 + number % 12, 1 + number % 28),
            size=30,
            bytes=2_000_000_000,
            description="Created by CreateImage(%s) for %s"
            % (make_id("i", 2_000_000_000 + number), make_id("ami", 2_000_000_000 + number)),
        )
        self.out["snapshots"].add(SNAPSHOT % fields)

    def write_foreign_copy(self, index):
        number = self.first + index
        fields = dict(self.common)
        fields.update(
            snapshot=make_id("snap", 3_000_000_000 + number),
            volume="vol-ffffffff",
            team=TEAMS[index % len(TEAMS)],
            started="2025-%02d-%02dT03:00:00.000Z" % (1 + number % 12, 1 + number % 28),
            completed="2025-%02d-%02dT03:10:00.000Z" % (1 + number % 12, 1 + number % 28),
            size=30,
            bytes=2_000_000_000,
            description="[Copied %s from us-east-1] nightly of the ledger" % make_id("snap", 4_000_000_000 + number),
        )
        self.out["snapshots"].add(SNAPSHOT % fields)

    def write_template(self, index):
        number = self.number * 1_000_000 + index
        # The family's newest AMIs, one a version.
        family = index * 100 // GENERATIONS * GENERATIONS
        newest = min(family + GENERATIONS, self.count) - 1
        fields = dict(self.common)
        fields.update(
            template=make_id("lt", number),
            name="%s-template" % self.family(newest),
            default=VERSIONS - 1,
            latest=VERSIONS,
        )
        self.out["launch-templates"].add(TEMPLATE % fields)
        for version in range(1, VERSIONS + 1):
            fields.update(
                number=version,
                created="2026-%02d-10T08:00:00.000Z" % version,
                is_default="true" if version == VERSIONS - 1 else "false",
                image=self.image_id(max(0, newest - (VERSIONS - version))),
            )
            self.out["launch-template-versions"].add(VERSION % fields)
        group = dict(self.common)
        group.update(
            name="%s-group" % self.family(newest),
            token=make_token(number),
            template=fields["template"],
            template_name=fields["name"],
            version="$Latest" if index % 2 else str(VERSIONS - 2),
        )
        self.out["auto-scaling-groups"].add(GROUP % group)

    def write_odd_referrers(self, index):
        number = self.number * 1_000_000 + index
        fields = dict(self.common)
        fields.update(
            name="legacy-%d" % number,
            token=make_token(1_000_000_000 + number),
            id=make_id("sir", number),
            image=self.image_id((index * 487) % self.count),
            state="cancelled" if index % 3 else "active",
            created="2025-05-05T05:05:05.000Z",
            template=make_id("lt", self.number * 1_000_000),
        )
        self.out["launch-configurations"].add(CONFIGURATION % fields)
        self.out["spot-instance-requests"].add(SPOT_REQUEST % fields)
        if index % 2 == 0:
            fields.update(id=make_id("fleet", number))
            self.out["fleets"].add(FLEET % fields)
        if index % 4 == 0:
            self.out["spot-fleet-requests"].add(SPOT_FLEET % fields)

    def write_permissions(self, files):
        directory = os.path.join(self.directory, "launch-permissions")
        os.makedirs(directory, exist_ok=True)
        for index in range(min(files, self.count)):
            image = self.image_id(index)
            grant = '\n        {\n            "UserId": "999999999999"\n        }\n    ' if index % 10 == 9 else ""
            with open(os.path.join(directory, image + ".json"), "w", encoding="utf-8") as file:
                file.write(PERMISSIONS % (image, grant))


def generate(directory, amis, accounts, regions):
    """Writes the inventory below `directory`."""
    places = [
        ("%012d" % (111122223333 + account * 1001), REGIONS[region])
        for account in range(accounts)
        for region in range(regions)
    ]
    first = 0
    for number, (account, region) in enumerate(places):
        count = amis // len(places) + (number < amis % len(places))
        if count:
            Place(directory, account, region, number, first, count).write(PERMISSION_FILES // len(places))
        first += count


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--amis", type=int, required=True, metavar="N")
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--accounts", type=int, default=4, metavar="A")
    parser.add_argument("--regions", type=int, default=3, metavar="R")
    options = parser.parse_args(arguments)
    if options.amis < 1 or options.accounts < 1 or not 1 <= options.regions <= len(REGIONS):
        parser.error("--amis and --accounts start at 1, --regions goes from 1 to %d" % len(REGIONS))
    generate(options.out, options.amis, options.accounts, options.regions)


if __name__ == "__main__":
    main(sys.argv[1:])
