"""The fake AWS as botocore and the `aws` command see it: what they misread, no test against it can judge.

It must not know: amiplan.
"""

import json
import os
import subprocess
import sys
import time

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

from fake_aws import FakeAws, error, html, raw, silent, truncated
from fake_sample import HOSTILE, sample
from inventory import ACCOUNT, OTHER_ACCOUNT, REGION, ami, inst, snap
from server import BESIDE

CONFIG = Config(proxies={}, retries={"max_attempts": 0}, read_timeout=2)


@pytest.fixture
def fake():
    with FakeAws(sample()) as server:
        yield server
        assert server.strays == []


def client(fake, service="ec2", key="AKIDEXAMPLE", region=REGION, config=CONFIG):
    known = fake.keys[key]
    return boto3.client(
        service,
        endpoint_url=fake.endpoint,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=known.secret,
        aws_session_token=known.token,
        config=config,
    )


def aws(fake, *arguments, region=REGION):
    """The `aws` command's answer as JSON."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, os.path.join(BESIDE, "aws"), *arguments, "--region", region, "--output", "json"],
        env={**clean, **fake.environment(), "NO_PROXY": "127.0.0.1", "AWS_PAGER": ""},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def refused(call, *arguments, **parameters):
    """(code, HTTP status) of the error."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **parameters)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def ids(records, name="ImageId"):
    return [record[name] for record in records]


def test_records_come_back_as_they_were_given(fake):
    """The `aws` command prints the very records: text, numbers, booleans, empty lists and all."""
    place = fake.accounts[ACCOUNT].regions[REGION]
    printed = aws(fake, "ec2", "describe-images", "--owners", "self", "--include-disabled", "--include-deprecated")
    given = [dict(record) for record in place.lists["images"] if record["OwnerId"] == ACCOUNT]
    assert {one["ImageId"]: one for one in printed["Images"]} == {one["ImageId"]: one for one in given}
    assert any(one["Name"] == HOSTILE for one in printed["Images"])
    printed = aws(fake, "autoscaling", "describe-auto-scaling-groups")
    assert printed["AutoScalingGroups"] == place.lists["auto-scaling-groups"]
    versions = aws(fake, "ec2", "describe-launch-template-versions", "--versions", "$Latest", "$Default")
    assert sorted(each["VersionNumber"] for each in versions["LaunchTemplateVersions"]) == [1, 2, 4]


@pytest.mark.parametrize("empty", [0, 2])
def test_paging(fake, empty):
    """All pages, each no larger than asked for; pages without records but with a token."""
    place = fake.accounts[ACCOUNT].regions[REGION]
    place.empty_pages = empty
    pages = list(
        client(fake).get_paginator("describe_snapshots").paginate(OwnerIds=["self"], PaginationConfig={"PageSize": 5})
    )
    found = [one for page in pages for one in ids(page["Snapshots"], "SnapshotId")]
    own = [one for one in place.lists["snapshots"] if one["OwnerId"] == ACCOUNT]
    assert found == ids(own, "SnapshotId") and len(pages) == (len(own) + 4) // 5 * (1 + empty)
    assert refused(client(fake).describe_snapshots, NextToken="x") == ("InvalidNextToken", 400)
    assert refused(client(fake).describe_images, MaxResults=5, ImageIds=[ami(1)])[0] == "InvalidParameterCombination"
    assert refused(client(fake).describe_snapshots, MaxResults=4)[0] == "InvalidParameterValue"
    place.page_size["DescribeAutoScalingGroups"] = 1
    pages = list(client(fake, "autoscaling").get_paginator("describe_auto_scaling_groups").paginate())
    assert [len(page["AutoScalingGroups"]) for page in pages if page["AutoScalingGroups"]] == [1, 1]


def test_what_is_only_shown_on_request(fake):
    """Disabled AMIs, managed instances, and the regions that are not opted in."""
    ec2 = client(fake)
    assert ami(4) not in ids(ec2.describe_images(Owners=["self"])["Images"])
    assert ami(4) in ids(ec2.describe_images(Owners=["self"], IncludeDisabled=True)["Images"])

    def instances(**parameters):
        found = ec2.describe_instances(**parameters)["Reservations"]
        return [one["InstanceId"] for each in found for one in each["Instances"]]

    assert instances() == [inst(1), inst(2)]
    assert instances(IncludeManagedResources=True) == [inst(1), inst(2), inst(3)]
    fake.accounts[ACCOUNT].enabled = [REGION]
    assert ids(ec2.describe_regions()["Regions"], "RegionName") == [REGION]
    assert len(ec2.describe_regions(AllRegions=True)["Regions"]) == 3


def test_other_services(fake):
    """Single items, SSM, Recycle Bin and STS."""
    ec2 = client(fake)
    grants = ec2.describe_image_attribute(ImageId=ami(2), Attribute="launchPermission")["LaunchPermissions"]
    assert grants == [{"UserId": OTHER_ACCOUNT}, {"Group": "all"}]
    answer = ec2.describe_instance_attribute(InstanceId=inst(1), Attribute="disableApiTermination")
    assert answer["DisableApiTermination"] == {"Value": True}
    answer = client(fake, "ssm").get_parameters(Names=["/golden/web", "/none"])
    assert answer["Parameters"][0]["Value"] == ami(3) and answer["InvalidParameters"] == ["/none"]
    rules = client(fake, "rbin").list_rules(ResourceType="EBS_SNAPSHOT")["Rules"]
    assert ids(rules, "Identifier") == ["rule2", "rule3"]
    assert client(fake, "rbin").get_rule(Identifier="rule1")["ResourceTags"][0]["ResourceTagKey"] == "Name"
    assert refused(client(fake, "rbin").get_rule, Identifier="none") == ("ResourceNotFoundException", 404)
    assert client(fake, "sts").get_caller_identity()["Account"] == ACCOUNT


def test_dry_run_and_the_real_thing(fake):
    """DryRun looks at permission and existence; what is done shows."""
    ec2, account = client(fake), fake.accounts[ACCOUNT]
    before = account.state()
    assert refused(ec2.deregister_image, ImageId=ami(3), DryRun=True) == ("DryRunOperation", 412)
    assert refused(ec2.deregister_image, ImageId=ami(55), DryRun=True) == ("InvalidAMIID.NotFound", 400)
    account.denied.add("ec2:DeleteSnapshot")
    assert refused(ec2.delete_snapshot, SnapshotId=snap(3), DryRun=True) == ("UnauthorizedOperation", 403)
    account.denied.clear()
    assert refused(ec2.delete_snapshot, SnapshotId=snap(3)) == ("InvalidSnapshot.InUse", 400)
    assert refused(ec2.terminate_instances, InstanceIds=[inst(1)]) == ("OperationNotPermitted", 400)
    assert account.state() == before
    ec2.describe_images(Owners=["self"])
    ec2.deregister_image(ImageId=ami(3))
    ec2.delete_snapshot(SnapshotId=snap(3))
    assert ami(3) not in ids(ec2.describe_images(Owners=["self"])["Images"])
    assert refused(ec2.delete_snapshot, SnapshotId=snap(3)) == ("InvalidSnapshot.NotFound", 400)
    ec2.terminate_instances(InstanceIds=[inst(2)])


def test_who_may_call(fake):
    """A wrong secret, an unknown key, an expired one, a clock that is off: each in EC2's own words."""
    for name, secret, code in (
        ("AKIDEXAMPLE", "wrong", "AuthFailure"),
        ("AKIDNOBODY", "wrong", "AuthFailure"),
    ):
        made = boto3.client(
            "ec2",
            endpoint_url=fake.endpoint,
            region_name=REGION,
            aws_access_key_id=name,
            aws_secret_access_key=secret,
            config=CONFIG,
        )
        assert refused(made.describe_regions) == (code, 401)
    key, _ = fake.new_key(ACCOUNT)
    assert client(fake, key=key).describe_regions()["Regions"]
    fake.clock = 600
    assert refused(client(fake).describe_regions) == ("RequestExpired", 400)
    fake.clock = 0
    key, _ = fake.new_key(ACCOUNT, seconds=-1)
    assert refused(client(fake, key=key).describe_regions) == ("RequestExpired", 400)
    assert refused(client(fake, "sts", key=key).get_caller_identity)[0] == "ExpiredToken"


def test_roles(fake):
    """AssumeRole gives credentials of the role's account, if the external id is right."""
    role = "arn:aws:iam::%s:role/reader" % OTHER_ACCOUNT
    fake.roles[role] = "secret handshake"
    fake.accounts[OTHER_ACCOUNT] = sample()
    fake.accounts[OTHER_ACCOUNT].number = OTHER_ACCOUNT
    sts = client(fake, "sts")
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="me") == ("AccessDenied", 403)
    answer = sts.assume_role(RoleArn=role, RoleSessionName="me", ExternalId="secret handshake")
    key = answer["Credentials"]["AccessKeyId"]
    assert client(fake, "sts", key=key).get_caller_identity()["Arn"].endswith("assumed-role/reader/me")


def test_strict_parameters(fake):
    """What the models do not have the fake refuses as AWS does."""
    ec2 = client(fake)
    ec2.meta.events.register("before-call.ec2.DescribeRegions", lambda params, **_: params["body"].update(Wrong="1"))
    assert refused(ec2.describe_regions) == ("UnknownParameter", 400)
    fake.accounts[ACCOUNT].unknown.add("DescribeFleets")
    assert refused(ec2.describe_fleets) == ("InvalidAction", 400)


def test_faults(fake):
    """Faults come when they were ordered, and then no more."""
    ec2, slow = client(fake), Config(proxies={}, retries={"max_attempts": 0}, read_timeout=0.5)
    fake.fault(error("RequestLimitExceeded", 503), "DescribeRegions", {2})
    assert ec2.describe_regions()
    assert refused(ec2.describe_regions) == ("RequestLimitExceeded", 503)
    assert ec2.describe_regions()
    for make, caught in (
        (html(), botocore.exceptions.ClientError),
        (raw(b"<a"), Exception),
        (truncated("close"), Exception),
        (truncated("reset"), Exception),
        (truncated("stall"), botocore.exceptions.HTTPClientError),
        (silent("stall"), botocore.exceptions.HTTPClientError),
        (silent("reset"), botocore.exceptions.HTTPClientError),
    ):
        fake.forget()
        fault = fake.fault(make, "DescribeImages", {1})
        with pytest.raises(caught):
            client(fake, config=slow).describe_images(Owners=["self"])
        assert fault.used == 1
        assert ec2.describe_images(Owners=["self"])["Images"]
    fake.buckets = (3, 0.001)
    codes = [refused(ec2.describe_regions)[0] if number >= 3 else ec2.describe_regions() and "" for number in range(5)]
    assert codes[3:] == ["RequestLimitExceeded"] * 2


def test_fast_enough(fake):
    """The fake must not be what a measurement measures: hundreds of calls a second through one connection at least."""
    fake.verify = False
    ec2 = client(fake)
    ec2.describe_regions()
    start = time.monotonic()
    for _ in range(50):
        ec2.describe_regions()
    assert time.monotonic() - start < 5
