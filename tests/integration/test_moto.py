"""The whole way round with an EC2 that nobody here wrote: made by API, read by the real `aws`, planned, carried out.

It must not know: how amiplan plans.
"""

import json
import shutil
from datetime import datetime, timedelta, timezone

import pytest

from collection import collect, save
from scenario import BASE, fill
from server import REGION
from tool import check, fate, item, rules, run, step, steps

# Everything in moto is made now; the default selection asks for 30 days.
LATER = (datetime.now(timezone.utc) + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
COMMANDS = {
    "deregister-image": ["ec2", "deregister-image", "--image-id"],
    "delete-snapshot": ["ec2", "delete-snapshot", "--snapshot-id"],
    "terminate-instances": ["ec2", "terminate-instances", "--instance-ids"],
}


def plan(inventory, file, *options):
    """The plan of a collected inventory, saved as `file`."""
    result = run("plan", inventory, *options, "--as-of", LATER, "-T", "json", "-o", file)
    assert result.status == 0, result
    made = json.loads(file.read_text(encoding="utf-8"))
    check(made)
    return made


@pytest.fixture(scope="module")
def planned(moto_server, tmp_path_factory):
    """(ids by part, plan, directory), made once."""
    directory = tmp_path_factory.mktemp("planned")
    moto_server.reset()
    parts = fill(moto_server.aws)
    collect(moto_server.aws, directory / "inventory", REGION)
    return parts, plan(directory / "inventory", directory / "plan.json"), directory


def test_coverage_is_complete(planned):
    """Every document that "unused" rests on is complete or empty: moto answers all of these calls."""
    _, made, _ = planned
    needed = {
        "images",
        "snapshots",
        "instances",
        "launch-templates",
        "launch-template-versions",
        "auto-scaling-groups",
        "launch-configurations",
        "spot-instance-requests",
        "spot-fleet-requests",
        "fleets",
        "launch-permissions",
    }
    status = {each["kind"]: each["status"] for each in made["inventory"]["coverage"] if each["region"] == REGION}
    assert {kind: status[kind] for kind in needed if status[kind] not in ("complete", "empty")} == {}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("used", ("kept", "in-use")),
        ("past", ("step",)),
        ("old", ("kept", "old-template-version")),
        ("grouped", ("kept", "referenced")),
        ("default", ("kept", "referenced")),
        ("latest", ("kept", "referenced")),
        ("configured", ("kept", "referenced")),
        ("requested", ("kept", "in-use")),
        ("shared", ("blocked", "shared")),
        ("free", ("step",)),
        ("copied", ("step",)),
        ("used-snapshot", ("blocked", "snapshot-in-use")),
        ("past-snapshot", ("step",)),
        ("old-snapshot", ("blocked", "snapshot-in-use")),
        ("latest-snapshot", ("blocked", "snapshot-in-use")),
        ("shared-snapshot", ("blocked", "snapshot-in-use")),
        ("free-snapshot", ("step",)),
        ("copied-snapshot", ("step",)),
        ("gone-snapshot", ("step",)),
        ("gone-copy-snapshot", ("blocked", "weak-evidence")),
        ("typed", ("not selected",)),
        ("typed-about-free", ("not selected",)),
        ("typed-about-gone", ("blocked", "weak-evidence")),
        ("instance", ("not selected",)),
    ],
)
def test_fates(planned, part, expected):
    """Each part of the account ends as the contract says."""
    parts, made, _ = planned
    assert fate(made, parts[part]) == expected


def test_reasons_name_their_referrers(planned):
    """`by` tells who keeps an AMI."""
    parts, made, _ = planned
    assert item(made, parts["used"])["by"] == [parts["instance"]]
    for part, version in (("old", 1), ("grouped", 2), ("default", 3), ("latest", 4)):
        assert any(("%s:%d" % (parts["template"], version)) in by for by in item(made, parts[part])["by"]), part
    assert any("legacy" in by for by in item(made, parts["configured"])["by"])
    assert "referenced" in rules(made, parts["requested"])


def test_snapshot_waits_for_its_image(planned):
    """The order is in the plan itself."""
    parts, made, _ = planned
    assert step(made, parts["free-snapshot"])["depends_on"] == ["deregister-image:" + parts["free"]]
    assert step(made, parts["gone-snapshot"])["depends_on"] == []
    evidence = step(made, parts["gone-snapshot"])["evidence"]
    assert any(each["edge"] == "made-for" and each["to"] == parts["gone"] for each in evidence)


def test_carried_out_in_order(planned, moto, tmp_path):
    """Out of order the server refuses; in plan order every step succeeds; afterwards nothing is left to do."""
    parts, made, directory = planned
    aws, file, before = moto.aws, directory / "plan.json", directory / "inventory"
    assert fill(aws) == parts, "the server gives the same ids after each reset"
    assert len(made["steps"]) == 7
    safe = run("verify", file, before)
    assert safe.status == 0, safe
    a_template_appears(aws, parts["free"], file, before, tmp_path / "moved")

    early = aws.run(*COMMANDS["delete-snapshot"], parts["free-snapshot"])
    assert early.returncode != 0
    assert "InvalidSnapshot.InUse" in early.stderr and parts["free"] in early.stderr

    for each in made["steps"]:
        aws(*COMMANDS[each["action"]], each["resource"])

    collect(aws, tmp_path / "after", REGION)
    again = plan(tmp_path / "after", tmp_path / "again.json")
    assert steps(again) == []
    assert fate(again, parts["used"]) == ("kept", "in-use")
    gone = run("verify", file, tmp_path / "after")
    assert gone.status == 0, gone
    assert "gone" in gone.text
    report = run("verify", file, tmp_path / "after", "-T", "json")
    assert report.status == 0
    for each in made["steps"]:
        assert each["resource"] in report.text


def a_template_appears(aws, image, plan_file, before, after):
    """A launch template made after the plan, naming an AMI that is to go, makes the plan unsafe."""
    ec2 = aws.client("ec2")
    made = ec2.create_launch_template(LaunchTemplateName="new", LaunchTemplateData={"ImageId": image})
    name = made["LaunchTemplate"]["LaunchTemplateId"]
    shutil.copytree(before, after)
    (place,) = after.glob("*/*")
    save(place, "launch-templates", aws("ec2", "describe-launch-templates"))
    versions = aws("ec2", "describe-launch-template-versions", "--launch-template-id", name)
    save(place, "launch-template-versions-" + name, versions)
    ec2.delete_launch_template(LaunchTemplateId=name)
    result = run("verify", plan_file, after)
    assert result.status == 1, result
    assert image in result.text


def test_terminate_instances(moto, tmp_path):
    """The optional third step: the AMI, its snapshot, and the instance that runs on it, carried out in that order."""
    ec2 = moto.aws.client("ec2")
    builder = ec2.run_instances(ImageId=BASE, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    image = ec2.create_image(InstanceId=builder, Name="to-go")["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    collect(moto.aws, tmp_path / "inventory", REGION)
    made = plan(tmp_path / "inventory", tmp_path / "plan.json", "--ami", image, "--terminate-instances")
    assert [each["action"] for each in made["steps"]] == list(COMMANDS)
    assert steps(made)[0] == image and steps(made)[2] == instance
    for each in made["steps"]:
        moto.aws(*COMMANDS[each["action"]], each["resource"])
    states = {
        one["InstanceId"]: one["State"]["Name"]
        for reservation in ec2.describe_instances()["Reservations"]
        for one in reservation["Instances"]
    }
    assert states == {builder: "running", instance: "terminated"}
    assert ec2.describe_images(Owners=["self"])["Images"] == []
