"""Collect, plan and dry run against an EC2 that nobody here wrote, with its IAM and its check of signatures.

It must not know: how amiplan collects or plans.
"""

import json
import os
import socket
import threading
import urllib.request
from datetime import datetime, timedelta, timezone

import pytest

import collection as by_hand
from live import NO_PROXIES, AwsHere, collection, document, ended, leftovers
from scenario import fill
from server import CREDENTIALS, REGION
from tool import check, run, steps
from tool import step as step_of

ACCOUNT = "123456789012"
LATER = (datetime.now(timezone.utc) + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
# Every listing that moto answers: file -> what a user would type.
SAME = {
    "images.json": "ec2 describe-images --owners self --include-deprecated --include-disabled",
    "snapshots.json": "ec2 describe-snapshots --owner-ids self",
    "instances.json": "ec2 describe-instances",
    "volumes.json": "ec2 describe-volumes",
    "launch-templates.json": "ec2 describe-launch-templates",
    "launch-template-versions.json": "ec2 describe-launch-template-versions --versions $Latest $Default",
    "auto-scaling-groups.json": "autoscaling describe-auto-scaling-groups",
    "launch-configurations.json": "autoscaling describe-launch-configurations",
    "spot-instance-requests.json": "ec2 describe-spot-instance-requests",
    "spot-fleet-requests.json": "ec2 describe-spot-fleet-requests",
    "fleets.json": "ec2 describe-fleets",
    "caller-identity.json": "sts get-caller-identity",
}


class Tap:
    """Passes bytes on to a server and keeps what clients sent."""

    def __init__(self, port):
        self.target, self.sent = ("127.0.0.1", port), bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            threading.Thread(target=self.pump, args=(client, server, self.sent), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, bytearray()), daemon=True).start()

    @staticmethod
    def pump(source, target, kept):
        try:
            while data := source.recv(65536):
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def requests(self):
        """The bodies of the form calls, in the order of their arrival."""
        return [part for part in bytes(self.sent).split(b"\r\n\r\n") if b"Action=" in part]

    def stop(self):
        self.listener.close()


def environment(moto, **more):
    """What moto does not know it answers with HTTP 500: nothing to wait for."""
    return {"AWS_MAX_ATTEMPTS": "1", **NO_PROXIES, **CREDENTIALS, "AWS_ENDPOINT_URL": moto.endpoint, **more}


def collect(moto, directory, *options, **more):
    result = run("collect", directory, "--region", REGION, *options, env=environment(moto, **more))
    assert leftovers(directory) == []
    return result


def plan(inventory, file, *options):
    result = run("plan", inventory, *options, "--as-of", LATER, "-T", "json", "-o", file)
    assert result.status == 0, result
    made = json.loads(file.read_text(encoding="utf-8"))
    check(made)
    return made


def authorize(moto, after):
    """From now on IAM and signatures are checked after so many more calls; "inf": never."""
    request = urllib.request.Request(
        moto.endpoint + "/moto-api/reset-auth", str(after).encode(), {"Content-Type": "text/plain"}, method="POST"
    )
    moto.opener.open(request, timeout=30).close()


@pytest.fixture(scope="module")
def collected(moto_server, tmp_path_factory):
    """(ids by part, directory) of a filled account that amiplan collected."""
    directory = tmp_path_factory.mktemp("collected")
    moto_server.reset()
    parts = fill(moto_server.aws)
    result = collect(moto_server, directory / "out")
    assert result.status == 0, result
    return parts, directory / "out"


def test_files_are_those_of_the_aws_command(moto_server, collected):
    """For every call moto supports; what it does not is recorded as failed, and nothing else is."""
    parts, out = collected
    aws = AwsHere(environment(moto_server), REGION)
    account = os.path.join(str(out), ACCOUNT)
    assert os.listdir(account) == [REGION]
    for name, command in SAME.items():
        printed = json.loads(aws(*command.split()))
        assert printed == document(out, name, REGION, ACCOUNT), name
    for name in ("shared", "free"):
        command = "ec2 describe-image-attribute --attribute launchPermission --image-id " + parts[name]
        printed = json.loads(aws(*command.split()))
        assert printed == document(out, "image-attributes/%s.json" % parts[name], REGION, ACCOUNT)
    versions = json.loads(aws("ec2", "describe-launch-template-versions", "--launch-template-id", parts["template"]))
    name = "launch-template-versions/%s.json" % parts["template"]
    assert versions == document(out, name, REGION, ACCOUNT)
    for call in collection(out, REGION, ACCOUNT)["calls"]:
        supported = call["file"] in SAME or call["action"] in (
            "DescribeImageAttribute",
            "DescribeLaunchTemplateVersions",
            "DescribeSnapshotAttribute",
            "DescribeInstanceAttribute",
            "GetParameters",
        )
        assert supported or call["status"] == "failed", call
        assert not supported or call["status"] in ("complete", "empty", "skipped"), call


def test_plan_is_that_of_a_collection_by_hand(moto_server, collected, tmp_path):
    """The same fates as from what the `aws` command saved."""
    _, out = collected
    by_hand.collect(AwsHere(environment(moto_server), REGION), tmp_path / "by-hand", REGION)
    ours, theirs = plan(out, tmp_path / "ours.json"), plan(tmp_path / "by-hand", tmp_path / "theirs.json")
    assert steps(ours) == steps(theirs) and len(steps(ours)) == 7
    for part in ("blocked", "kept"):
        assert [(each["resource"], each["rule"]) for each in ours[part]] == [
            (each["resource"], each["rule"]) for each in theirs[part]
        ]
    assert run("verify", tmp_path / "ours.json", out).status == 0


def test_dry_run_changes_nothing(moto_server, collected, tmp_path):
    """Each step is asked with DryRun=true, and the account is the same afterwards, call by call."""
    _, out = collected
    made = plan(out, tmp_path / "plan.json")
    aws = AwsHere(environment(moto_server), REGION)

    def state():
        return [aws(*command.split()) for command in SAME.values()]

    before, tap = state(), Tap(moto_server.port)
    try:
        result = run("apply", tmp_path / "plan.json", env=environment(moto_server, AWS_ENDPOINT_URL=tap.endpoint))
    finally:
        tap.stop()
    assert result.status == 0, result
    assert state() == before
    changing = [body for body in tap.requests() if b"Action=De" in body and b"Action=Describe" not in body]
    assert len(changing) == len(made["steps"]) == 7
    assert all(b"DryRun=true" in body for body in changing)
    for each in made["steps"]:
        assert each["resource"] in result.text


def test_dry_run_sees_what_has_changed(moto, tmp_path):
    """A step whose resource is gone, or is used by now, is told apart from those that would succeed."""
    parts = fill(moto.aws)
    assert collect(moto, tmp_path / "out").status == 0
    plan(tmp_path / "out", tmp_path / "plan.json")
    ec2 = moto.aws.client("ec2")
    ec2.delete_snapshot(SnapshotId=parts["gone-snapshot"])
    ec2.modify_image_attribute(ImageId=parts["free"], LaunchPermission={"Add": [{"UserId": "444455556666"}]})
    result = run("apply", tmp_path / "plan.json", env=environment(moto))
    assert result.status == 1, result
    rows = {line for line in result.text.splitlines() if parts["gone-snapshot"] in line}
    assert any("gone" in line for line in rows), result
    rows = {line for line in result.text.splitlines() if parts["free"] in line}
    assert any("stale" in line for line in rows), result


@pytest.fixture
def guarded(moto):
    """(server, IAM client, credentials of a user without any right); IAM and signatures are checked on request."""
    authorize(moto, "inf")
    iam = moto.aws.client("iam")
    iam.create_user(UserName="inventory")
    key = iam.create_access_key(UserName="inventory")["AccessKey"]
    yield moto, iam, {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    authorize(moto, "inf")


def allow(iam, *documents):
    """These rights, and no others."""
    for name in iam.list_user_policies(UserName="inventory")["PolicyNames"]:
        iam.delete_user_policy(UserName="inventory", PolicyName=name)
    for number, document in enumerate(documents):
        iam.put_user_policy(UserName="inventory", PolicyName="policy-%d" % number, PolicyDocument=json.dumps(document))


def everything():
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def test_signatures_are_checked(guarded, tmp_path):
    """moto recomputes each signature: ours hold; with a wrong secret nothing is collected and one line says so."""
    moto, iam, keys = guarded
    fill(moto.aws)
    allow(iam, everything())
    authorize(moto, 0)
    result = collect(moto, tmp_path / "out", **keys)
    assert result.status == 0, result
    assert {ended(tmp_path / "out", SAME_ACTIONS[name], REGION, ACCOUNT) for name in SAME_ACTIONS} <= {
        "complete",
        "empty",
    }
    result = collect(moto, tmp_path / "wrong", **{**keys, "AWS_SECRET_ACCESS_KEY": "x" * 40})
    assert result.status == 1 and len(result.errors.splitlines()) <= 2 and not (tmp_path / "wrong").exists(), result


SAME_ACTIONS = {
    "images.json": "DescribeImages",
    "snapshots.json": "DescribeSnapshots",
    "auto-scaling-groups.json": "DescribeAutoScalingGroups",
    "caller-identity.json": "GetCallerIdentity",
}


def test_the_printed_policy_is_enough(guarded, tmp_path):
    """`plan --iam-policy`: with these rights collecting and dry-running work; each that is taken away is missed."""
    moto, iam, keys = guarded
    fill(moto.aws)
    assert collect(moto, tmp_path / "first").status == 0
    plan(tmp_path / "first", tmp_path / "plan.json")
    printed = run("plan", tmp_path / "first", "--as-of", LATER, "--iam-policy")
    assert printed.status == 0, printed
    told = json.loads(printed.text)["policies"]
    assert set(told) == {"amiplan-collect", "amiplan-collect-blocks", "amiplan-prices", "amiplan-apply-" + ACCOUNT}
    policies = [anywhere(told[name]["document"]) for name in ("amiplan-collect", "amiplan-apply-" + ACCOUNT)]
    allow(iam, *policies)
    authorize(moto, 0)
    assert collect(moto, tmp_path / "out", **keys).status == 0
    denied = [each for each in collection(tmp_path / "out", REGION, ACCOUNT)["calls"] if each["status"] == "denied"]
    assert denied == []
    applied = run("apply", tmp_path / "plan.json", env=environment(moto, **keys))
    assert applied.status == 0, applied

    authorize(moto, "inf")
    allow(iam, *[without(each, "ec2:DescribeVolumes", "ec2:DeleteSnapshot") for each in policies])
    authorize(moto, 0)
    result = collect(moto, tmp_path / "less", **keys)
    assert result.status == 0 and "ec2:DescribeVolumes" in result.errors, result
    assert ended(tmp_path / "less", "DescribeVolumes", REGION, ACCOUNT) == "denied"
    applied = run("apply", tmp_path / "plan.json", env=environment(moto, **keys))
    assert applied.status == 1 and "ec2:DeleteSnapshot" in applied.text, applied
    assert "ec2:DeregisterImage" not in applied.text


def anywhere(document):
    """The same actions on every resource: moto asks about no other resource than "*"."""
    return {**document, "Statement": [{**one, "Resource": "*"} for one in document["Statement"]]}


def without(document, *actions):
    """The same rights but for these actions."""
    kept = []
    for one in document["Statement"]:
        listed = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
        left = [each for each in listed if each not in actions]
        kept.extend([{**one, "Action": left}] if left else [])
    return {**document, "Statement": kept}


def test_role(guarded, tmp_path):
    """A role's temporary credentials: assumed, signed with the session token, and checked."""
    moto, iam, keys = guarded
    user = {"AWS": "arn:aws:iam::%s:user/inventory" % ACCOUNT}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": user, "Action": "sts:AssumeRole"}]}
    arn = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="reader", PolicyName="all", PolicyDocument=json.dumps(everything()))
    allow(iam, everything())
    authorize(moto, 0)
    result = collect(moto, tmp_path / "out", "--role-arn", arn, "--details", "none", **keys)
    assert result.status == 0, result
    assert ":assumed-role/reader/" in collection(tmp_path / "out", REGION, ACCOUNT)["caller"]


def test_terminating_is_asked_too(moto, tmp_path):
    """Step three of a plan, dry-run: the instance runs on."""
    ec2 = moto.aws.client("ec2")
    builder = ec2.run_instances(ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    image = ec2.create_image(InstanceId=builder, Name="to-go")["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    assert collect(moto, tmp_path / "out", "--ami", image).status == 0
    made = plan(tmp_path / "out", tmp_path / "plan.json", "--ami", image, "--terminate-instances")
    assert step_of(made, instance)["action"] == "terminate-instances"
    result = run("apply", tmp_path / "plan.json", env=environment(moto))
    assert result.status == 0 and instance in result.text, result
    states = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]
    assert states == "running"
