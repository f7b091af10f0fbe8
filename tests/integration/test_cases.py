"""Whole accounts as they are: golden images, hundreds of versions, aliases, backups, forty accounts.

It must not know: how rules are asked; it checks what a careful engineer would check by hand.
"""

import json
import os
import random

import pytest

import inventory
from inventory import (
    ACCOUNT,
    AS_OF,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    Place,
    ami,
    created_for,
    fleet,
    group,
    image,
    inst,
    instance,
    lt,
    save,
    snap,
    snapshot,
    template,
    template_version,
    uses,
    write,
)
from tool import coverage, fate, item, plan, rules, run, step, steps, warnings

CONSUMER = OTHER_ACCOUNT
GRANT = [{"UserId": CONSUMER}]


def golden():
    """An account that bakes three AMIs for another, and runs nothing itself."""
    return Place().pair(1, 2, 3)


def test_golden_account_without_permissions(tmp_path):
    """Nobody read the launch permissions: everything is blocked, naming the command."""
    place = golden()
    place.permissions = {ami(number): None for number in (1, 2, 3)}
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == []
    for number in (1, 2, 3):
        blocked = item(made, ami(number))
        assert blocked["rule"] == "inventory-incomplete"
        assert "describe-image-attribute" in blocked["remedy"] and "launchPermission" in blocked["remedy"]
        assert "snapshot-in-use" in rules(made, snap(number))
    assert coverage(made, "launch-permissions") == "absent"
    missing = run("plan", tmp_path, "--missing", "--as-of", AS_OF)
    assert missing.status == 0 and "launchPermission" in missing.text, missing
    accepted = plan(tmp_path, "--assume-complete", "launch-permissions")
    assert len(steps(accepted)) == 6
    assert coverage(accepted, "launch-permissions") == "assumed"


def test_golden_account_with_some_permissions(tmp_path):
    """What was read counts AMI by AMI."""
    place = golden()
    place.permissions = {ami(2): None}
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), ami(3), snap(1), snap(3)]
    assert fate(made, ami(2)) == ("blocked", "inventory-incomplete")
    assert coverage(made, "launch-permissions") == "partial"


def test_golden_account_with_unknown_consumer(tmp_path):
    """Shared with an account that is not in the inventory: nobody can tell who launches from it."""
    place = golden()
    place.permissions = {
        ami(1): GRANT,
        ami(2): [{"Group": "all"}],
        ami(3): [{"OrganizationArn": "arn:aws:organizations::1:organization/o-x"}],
    }
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == []
    for number in (1, 2, 3):
        assert fate(made, ami(number)) == ("blocked", "shared")
    assert CONSUMER in item(made, ami(1))["reason"] + "".join(item(made, ami(1))["by"])
    assert ami(1) in steps(plan(tmp_path, "--unused", "--accept", "shared=" + ami(1)))
    assert ami(2) not in steps(plan(tmp_path, "--unused", "--accept", "shared=" + ami(1)))


def test_consumer_without_a_listing(tmp_path):
    """All may be assumed complete, but no account: of this one a document says only that it is there."""
    place = golden()
    place.permissions = {ami(1): GRANT}
    place.write(tmp_path / "in")
    below = tmp_path / "in" / CONSUMER / REGION
    os.makedirs(below)
    asked = {"UserId": "AIDAEXAMPLE", "Account": CONSUMER, "Arn": "arn:aws:iam::%s:user/x" % CONSUMER}
    save(str(below / "caller-identity.json"), asked)
    options = ["--unused", "--assume-complete", "all"]
    assert fate(plan(tmp_path / "in", *options), ami(1)) == ("blocked", "shared")
    file = tmp_path / "plan.json"
    done = run("plan", tmp_path / "in", *options, "--accept", "shared", "--as-of", AS_OF, "-o", file)
    assert done.status == 0 and run("verify", file, tmp_path / "in").status == 0
    made = json.loads(file.read_text())
    made["selection"]["accepts"] = []
    save(str(file), made)
    proof = run("verify", file, tmp_path / "in")
    assert proof.status == 1 and "(shared)" in proof.text, proof


@pytest.mark.parametrize("lacking", [None, "instances", "launch-templates", "fleets"])
def test_golden_account_with_its_consumer(tmp_path, lacking):
    """With the consumer in the inventory, complete in that region, the AMI it runs stays and the others go."""
    place = golden()
    place.permissions = {ami(1): GRANT, ami(2): GRANT}
    consumer = Place(CONSUMER)
    if lacking != "instances":
        consumer.instances(instance(1, ami(1), reservation={"OwnerId": CONSUMER}))
    if lacking:
        consumer.without(lacking)
    write(tmp_path, place, consumer)
    made = plan(tmp_path)
    assert fate(made, ami(3)) == ("step",)
    if lacking:
        assert fate(made, ami(2)) == ("blocked", "shared")
    else:
        assert steps(made) == [ami(2), ami(3), snap(2), snap(3)]
        assert fate(made, ami(1)) == ("kept", "in-use")
        assert item(made, ami(1))["by"] == [inst(1)]


def test_golden_account_and_another_region(tmp_path):
    """The consumer read in another region is not read where the AMI is: an AMI is launched in its own region only."""
    place = golden()
    place.permissions = {ami(1): GRANT}
    write(tmp_path, place, Place(CONSUMER, OTHER_REGION))
    assert fate(plan(tmp_path), ami(1)) == ("blocked", "shared")


VERSIONS = 300


def packer_and_terraform():
    """Each build makes an AMI and a template version; nobody ever deletes either."""
    place = Place()
    for number in range(1, VERSIONS + 1):
        place.pair(number, Name="web-%d" % number)
    return place.template(1, [ami(number) for number in range(1, VERSIONS + 1)], default=VERSIONS)


def test_three_hundred_versions(tmp_path):
    """The live version refers, the nine before it are within the depth, the rest goes with a warning."""
    packer_and_terraform().write(tmp_path)
    made = plan(tmp_path)
    kept = {each["resource"]: each["rule"] for each in made["kept"]}
    expected = {ami(VERSIONS): "referenced"}
    expected.update({ami(number): "old-template-version" for number in range(VERSIONS - 9, VERSIONS)})
    assert kept == expected
    assert made["summary"]["images"] == {
        "total": VERSIONS,
        "deregister": VERSIONS - 10,
        "blocked": 0,
        "kept": 10,
        "not_selected": 0,
    }
    assert made["summary"]["snapshots"]["delete"] == VERSIONS - 10
    warned = [each["resource"] for each in made["warnings"] if each["code"] == "named-by-old-version"]
    in_steps = [
        each["resource"]
        for each in made["steps"]
        if any("named-by-old-version" in text or "version" in text for text in each["warnings"])
    ]
    assert len(set(warned) | set(in_steps)) == VERSIONS - 10


@pytest.mark.parametrize(
    ("depth", "going"), [("1", VERSIONS - 1), ("2", VERSIONS - 2), ("100", VERSIONS - 100), ("all", 0)]
)
def test_template_depth(tmp_path, depth, going):
    """--template-depth says how many of the newest versions count."""
    packer_and_terraform().write(tmp_path)
    made = plan(tmp_path, "--unused", "--template-depth", depth)
    assert made["summary"]["images"]["deregister"] == going


def test_live_versions_count_whatever_their_age(tmp_path):
    """An ancient default version and a version that a group uses keep their AMIs, far beyond the depth."""
    place = packer_and_terraform()
    place.lists["launch-templates"][0]["DefaultVersionNumber"] = 3
    for version in place.lists["launch-template-versions"]:
        version["DefaultVersion"] = version["VersionNumber"] == 3
    place.add("auto-scaling-groups", group("web", LaunchTemplate=uses(1, "7"))).write(tmp_path)
    made = plan(tmp_path)
    for number in (3, 7, VERSIONS):
        assert fate(made, ami(number)) == ("kept", "referenced")
    assert any("%s:7" % lt(1) in by for by in item(made, ami(7))["by"])
    assert made["summary"]["images"]["deregister"] == VERSIONS - 12


def test_named_explicitly_it_is_blocked(tmp_path):
    """The same rule on an AMI that was asked for by id blocks."""
    packer_and_terraform().write(tmp_path)
    made = plan(tmp_path, "--ami", ami(VERSIONS), "--ami", ami(VERSIONS - 1))
    assert fate(made, ami(VERSIONS)) == ("blocked", "referenced")
    assert fate(made, ami(VERSIONS - 1)) == ("blocked", "old-template-version")
    accepted = plan(tmp_path, "--ami", ami(VERSIONS - 1), "--accept", "old-template-version=" + ami(VERSIONS - 1))
    assert steps(accepted) == [ami(VERSIONS - 1), snap(VERSIONS - 1)]
    assert any("old-template-version" in text for text in step(accepted, ami(VERSIONS - 1))["warnings"])


def test_latest_and_default_only(tmp_path):
    """Versions read by `--versions $Latest $Default` say nothing of those between: incomplete."""
    place = Place().pair(1).template(1, [ami(9)] * 5, default=2)
    place.lists["launch-template-versions"] = [
        each for each in place.lists["launch-template-versions"] if each["VersionNumber"] in (2, 5)
    ]
    place.write(tmp_path)
    assert fate(plan(tmp_path), ami(1)) == ("blocked", "inventory-incomplete")


@pytest.mark.parametrize(
    "alias",
    [
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "/aws/service/bottlerocket/aws-k8s-1.31/x86_64/latest/image_id",
        "/aws/service/eks/optimized-ami/1.31/amazon-linux-2023/x86_64/standard/recommended/image_id:5",
    ],
)
def test_public_aliases_never_block(tmp_path, alias):
    """Names under /aws/ are AWS's own: they never stand for an AMI of ours."""
    Place().pair(1).template(1, ["resolve:ssm:" + alias]).write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1)]
    assert run("plan", tmp_path, "--missing", "--as-of", AS_OF).text.count("get-parameters") == 0


@pytest.mark.parametrize(
    "alias",
    [
        "/own/base",
        "own-base",
        "/own/base:3",
        "/own/base:stable",
        "arn:aws:ssm:%s:%s:parameter/own/base" % (REGION, ACCOUNT),
        "/awsome/base",
    ],
)
def test_own_alias_unresolved_blocks(tmp_path, alias):
    """An unread alias of our own may be any AMI of its place: all of them are blocked, those elsewhere are not."""
    place = Place().pair(1, 2).template(1, ["resolve:ssm:" + alias])
    elsewhere = Place(region=OTHER_REGION).pair(3)
    write(tmp_path, place, elsewhere)
    made = plan(tmp_path)
    assert steps(made) == [ami(3), snap(3)]
    for number in (1, 2):
        blocked = item(made, ami(number))
        assert blocked["rule"] == "inventory-incomplete"
        assert alias in blocked["reason"] + blocked["remedy"] and "get-parameters" in blocked["remedy"]
    missing = run("plan", tmp_path, "--missing", "--as-of", AS_OF).text
    assert "get-parameters" in missing and alias in missing
    assert len(steps(plan(tmp_path, "--assume-complete", "parameters"))) == 6


def test_alias_in_an_old_version(tmp_path):
    """Beyond the depth an alias counts no more than an id does."""
    place = Place().pair(1).template(1, ["resolve:ssm:/own/base"] + [ami(9)] * 12, default=13)
    place.write(tmp_path)
    assert steps(plan(tmp_path)) == [ami(1), snap(1)]
    assert fate(plan(tmp_path, "--unused", "--template-depth", "13"), ami(1)) == ("blocked", "inventory-incomplete")


def test_alias_that_does_not_exist(tmp_path):
    """A name under InvalidParameters resolves to nothing, with a warning."""
    place = Place().pair(1).template(1, ["resolve:ssm:/own/base"])
    place.document("parameters.json", {"Parameters": [], "InvalidParameters": ["/own/base"]}).write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1)]
    assert any("/own/base" in each["text"] for each in made["warnings"])


def unplaced(directory, name, content, *parts):
    """A document in a folder of its own, whose path tells no more than `parts`."""
    below = os.path.join(str(directory), *parts, "saved-by-hand")
    os.makedirs(below, exist_ok=True)
    save(os.path.join(below, name), content)


@pytest.mark.parametrize("told", [[], [ACCOUNT], [REGION]])
def test_fleet_that_is_somewhere(tmp_path, told):
    """A fleet names an old version by the template's name. Where the fleet is may not be known: it uses it even so."""
    place = Place().pair(1).template(1, [ami(1)] + [ami(9)] * 12, default=13)
    place.write(tmp_path)
    options = ["--unused", "--assume-complete", "all"]
    assert steps(plan(tmp_path, *options)) == [ami(1), snap(1)]
    uses_it = {"LaunchTemplateSpecification": {"LaunchTemplateName": "template-1", "Version": "1"}, "Overrides": []}
    unplaced(tmp_path, "fleets.json", {"Fleets": [fleet(1, [uses_it])]}, *told)
    made = plan(tmp_path, *options)
    assert fate(made, ami(1)) == ("kept", "referenced")
    assert fate(made, snap(1)) == ("blocked", "snapshot-in-use")
    # An inventory that knows of the fleet proves a plan wrong that was made without it.
    os.makedirs(tmp_path / "before")
    place.write(tmp_path / "before")
    done = run("plan", tmp_path / "before", *options, "--as-of", AS_OF, "-T", "json", "-o", tmp_path / "plan.json")
    assert done.status == 0, done
    proof = run("verify", tmp_path / "plan.json", tmp_path)
    assert proof.status == 1 and "referenced" in proof.text, proof


def test_fleet_whose_template_is_somewhere(tmp_path):
    """The template that the fleet surely means is not there; one that it may mean is, and is in use."""
    place = Place().pair(1).template(1, [ami(9)] * 2)
    place.add("fleets", fleet(1, [{"LaunchTemplateSpecification": {"LaunchTemplateName": "web", "Version": "1"}}]))
    place.write(tmp_path)
    one = template(2, 13, default=13, LaunchTemplateName="web", CreatedBy=None)
    unplaced(tmp_path, "launch-templates.json", {"LaunchTemplates": [one]})
    versions = [
        template_version(2, number, ami(1 if number == 1 else 9), CreatedBy=None, DefaultVersion=number == 13)
        for number in range(1, 14)
    ]
    unplaced(tmp_path, "launch-template-versions.json", {"LaunchTemplateVersions": versions})
    assert rules(plan(tmp_path, "--unused"), ami(1)) == ["referenced", "inventory-incomplete"]
    assert rules(plan(tmp_path, "--unused", "--assume-complete", "all"), ami(1)) == ["referenced"]
    missing = run("plan", tmp_path, "--missing", "--as-of", AS_OF).text
    assert "launch template web, which no document surely describes" in " ".join(missing.split())


def test_terminated_instance_tells_a_launch(tmp_path):
    """AWS tells an AMI's last launch a day late; what was launched an hour ago and is gone again tells it at once."""
    before = Place().pair(1).write(tmp_path / "before")
    place = Place().pair(1).instances(instance(1, ami(1), "terminated", LaunchTime="2026-10-31T23:00:00.000Z"))
    place.write(tmp_path / "in")
    assert fate(plan(tmp_path / "in", "--unused"), ami(1)) == ("blocked", "recently-launched")
    assert fate(plan(tmp_path / "in", "--unused", "--not-launched-for", "30d"), ami(1)) == ("kept", "launched-since")
    month = plan(tmp_path / "in", "--unused", "--accept", "recently-launched", "--not-launched-for", "1d")
    assert fate(month, ami(1)) == ("kept", "launched-since")
    for options, rule in (([], "recently-launched"), (["--not-launched-for", "30d"], "launched-since")):
        done = run("plan", before, "--unused", *options, "--as-of", AS_OF, "-o", tmp_path / "plan.json")
        assert done.status == 0, done
        proof = run("verify", tmp_path / "plan.json", tmp_path / "in")
        assert proof.status == 1 and "(%s)" % rule in proof.text, proof


def test_groups_without_arns(tmp_path):
    """A list that was cut to fewer members: then "web" is a group in each region, and each names its own template."""
    for turn in range(8):  # the order of documents is that of their digests
        here, there = Place().pair(1), Place(region=OTHER_REGION)
        here.template(1, [ami(1)] + [ami(9)] * 12, default=13, LaunchTemplateName="web")
        there.template(2, [ami(8)] * 13, default=13, LaunchTemplateName="web")
        by_name = {"LaunchTemplateName": "web", "Version": "1"}
        here.add("auto-scaling-groups", group("web", LaunchTemplate=by_name, MaxSize=turn))
        there.add("auto-scaling-groups", group("web", LaunchTemplate=dict(by_name, Version="$Default")))
        made = plan(write(tmp_path / str(turn), here, there), "--unused")
        assert fate(made, ami(1)) == ("kept", "referenced")
        here.lists["launch-templates"] = here.lists["launch-template-versions"] = []
        made = plan(write(tmp_path / ("missing-%d" % turn), here, there), "--unused")
        assert "inventory-incomplete" in rules(made, ami(1))


def copied(state, mapped):
    """Another region, to which AMI 1 is or was copied: the AMI, and the snapshot if there is one yet."""
    place = Place(region=OTHER_REGION)
    now = "2026-10-31T23:00:00.000Z"
    text = "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. Task created on 1,607,338,338,349."
    place.images(image(50, [snap(50)] if mapped else [], State=state, SourceImageId=ami(1), CreationDate=now))
    if mapped:
        place.snapshots(
            snapshot(50, State="completed" if state == "available" else "pending", VolumeId="vol-ffffffff",
                     StartTime=now, Description=text % (ami(50), ami(1), snap(1)))
        )
    return place


@pytest.mark.parametrize("mapped", [False, True])
def test_copy_under_way(tmp_path, mapped):
    """What is being copied is read until the copy is there: a copy whose source goes fails."""
    before = Place().pair(1).write(tmp_path / "before")
    for state, fates in (("available", None), ("pending", "referenced"), ("transient", "referenced"), ("failed", None)):
        directory = write(tmp_path / state, Place().pair(1), copied(state, mapped and state != "failed"))
        made = plan(directory, "--unused")
        if not fates:
            assert steps(made)[:2] == [ami(1), snap(1)]
            continue
        assert fate(made, ami(1)) == ("kept", "referenced") and ami(50) in item(made, ami(1))["by"]
        assert rules(made, snap(1)) == ["snapshot-in-use"] + ["snapshot-referenced"] * mapped
        # The plan of yesterday knew of no copy.
        done = run("plan", before, "--unused", "--as-of", AS_OF, "-o", tmp_path / "plan.json")
        assert done.status == 0, done
        proof = run("verify", tmp_path / "plan.json", directory)
        assert proof.status == 1 and "referenced" in proof.text, proof


def test_snapshot_copy_under_way(tmp_path):
    """The AMI is not needed for it; its snapshot is."""
    place = Place(region=OTHER_REGION)
    text = "[Copied %s from %s] Created by CreateImage(%s) for %s" % (snap(1), REGION, inst(9), ami(1))
    place.snapshots(snapshot(50, State="pending", VolumeId="vol-ffffffff", Description=text))
    made = plan(write(tmp_path, Place().pair(1), place), "--unused")
    assert steps(made) == [ami(1)]
    assert fate(made, snap(1)) == ("blocked", "snapshot-referenced")


def test_backup_and_lifecycle_manager(tmp_path):
    """An account with both: nothing of theirs goes, each with its own rule, and what is ours goes."""
    backup = {"aws:backup:source-resource": "arn:aws:ec2:eu-west-1:111122223333:instance/" + inst(9)}
    lifecycle = {"aws:dlm:lifecycle-policy-id": "policy-01a8dc510a66a9867", "aws:dlm:lifecycle-schedule-name": "Daily"}
    place = Place().pair(1)
    place.images(
        image(2, Name="AwsBackup_%s_e4a139ba-8881-4adb-bbdc-5fcf18b7dcd2" % inst(9), Tags=inventory.tags(backup)),
        image(3, Name="AwsBackup_%s_e4a139ba-8881-4adb-bbdc-5fcf18b7dcd3" % inst(9)),
        image(
            4,
            Name="DLM_policy-01a8dc510a66a9867_%s_05.01.2025T03.43.43.503 UTC" % inst(9),
            Tags=inventory.tags(lifecycle),
        ),
        image(5, Description="This image is created by the AWS Backup service."),
    )
    place.snapshots(
        snapshot(2),
        snapshot(3),
        snapshot(4),
        snapshot(5),
        # A recovery point that names a gone AMI, and a lifecycle snapshot that does.
        snapshot(6, Description=created_for(ami(66)), Tags=inventory.tags(backup)),
        snapshot(7, Description=created_for(ami(66)), Tags=inventory.tags(lifecycle)),
        snapshot(8, Description="This snapshot is created by the AWS Backup service."),
        snapshot(9, Description="Created for policy: policy-01a8dc510a66a9867 schedule: Daily"),
    )
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1)]
    assert fate(made, ami(2)) == ("blocked", "aws-backup")
    assert fate(made, snap(2)) == ("blocked", "aws-backup")
    assert fate(made, ami(3)) == ("blocked", "managed-elsewhere")
    assert fate(made, ami(4)) == ("blocked", "managed-elsewhere")
    assert fate(made, ami(5)) == ("blocked", "managed-elsewhere")
    assert fate(made, snap(6)) == ("blocked", "aws-backup")
    assert fate(made, snap(7)) == ("blocked", "managed-elsewhere")
    assert "vault" in item(made, ami(2))["remedy"]
    assert run("plan", tmp_path, "--accept", "aws-backup", "--as-of", AS_OF).status == 64
    for number in (8, 9):
        assert fate(made, snap(number)) == ("not selected",)


def test_enforced_rules(tmp_path):
    """What AWS would refuse is never a step: protection, locks, states that are gone."""
    place = (
        Place()
        .pair(1, DeregistrationProtection="enabled-with-cooldown")
        .pair(2, DeregistrationProtection="disabled")
        .pair(3)
    )
    place.pair(4, State="pending").pair(5, State="failed").pair(6, State="something-new")
    place.document(
        "locks.json",
        {
            "Snapshots": [
                {
                    "OwnerId": ACCOUNT,
                    "SnapshotId": snap(3),
                    "LockState": "compliance",
                    "LockExpiresOn": "2030-01-01T00:00:00Z",
                }
            ]
        },
    )
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(2), ami(3), snap(2)]
    assert fate(made, ami(1)) == ("blocked", "deregistration-protected")
    assert fate(made, snap(3)) == ("blocked", "snapshot-locked")
    assert "2030-01-01" in item(made, snap(3))["reason"]
    for number in (4, 5, 6):
        assert fate(made, ami(number)) == ("blocked", "image-state")


def test_recycle_bin(tmp_path):
    """A snapshot that an AMI in the Recycle Bin needs stays until it can no longer be restored."""
    place = Place().snapshots(snapshot(1), snapshot(2, Description=created_for(ami(66))))
    place.document(
        "bin.json",
        {
            "Images": [
                {
                    "ImageId": ami(1),
                    "Name": "app-1",
                    "RecycleBinEnterTime": "2026-10-01T00:00:00Z",
                    "RecycleBinExitTime": "2026-12-01T00:00:00Z",
                }
            ]
        },
    )
    place.write(tmp_path)
    made = plan(tmp_path, "--orphans")
    assert steps(made) == [snap(2)]
    assert fate(made, snap(1)) == ("blocked", "image-in-recycle-bin")
    assert item(made, snap(1))["by"] == [ami(1)]


def test_terminate_instances(tmp_path):
    """Off by default; with it the instances of a named AMI go, after the AMI; protected ones stop both."""
    place = Place().pair(1, 2).instances(instance(1, ami(1)), instance(2, ami(1), "stopped"), instance(3, ami(2)))
    place.document("protection.json", {"InstanceId": inst(3), "DisableApiTermination": {"Value": True}})
    for number in (1, 2):
        place.document(
            "protection-%d.json" % number, {"InstanceId": inst(number), "DisableApiTermination": {"Value": False}}
        )
    place.write(tmp_path)
    assert fate(plan(tmp_path, "--ami", ami(1)), ami(1)) == ("blocked", "in-use")
    made = plan(tmp_path, "--ami", ami(1), "--terminate-instances")
    assert steps(made) == [ami(1), snap(1), inst(1), inst(2)]
    assert step(made, inst(1))["depends_on"] == ["deregister-image:" + ami(1)]
    made = plan(tmp_path, "--ami", ami(2), "--terminate-instances")
    assert steps(made) == []
    assert fate(made, inst(3)) == ("blocked", "termination-protected")
    assert fate(made, ami(2)) == ("blocked", "in-use")
    made = plan(tmp_path, "--unused", "--ami", ami(1), "--terminate-instances")
    assert [each["resource"] for each in made["steps"] if each["phase"] == 3] == [inst(1), inst(2)]


ACCOUNTS = ["%012d" % (100000000000 + 7 * number) for number in range(40)]
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"]


def estate():
    """Two hundred places of three AMIs each: one free, one running, one shared with the next account."""
    places = {}
    for a, account in enumerate(ACCOUNTS):
        for r, region in enumerate(REGIONS):
            number = 1000 + 10 * (a * len(REGIONS) + r)
            place = Place(account, region)
            place.number = number
            place.pair(number, number + 1, number + 2, OwnerId=account)
            place.instances(instance(number, ami(number + 1), reservation={"OwnerId": account}))
            place.permissions = {ami(number + 2): [{"UserId": ACCOUNTS[(a + 1) % len(ACCOUNTS)]}]}
            places[account, region] = place
    return places


@pytest.fixture(scope="module")
def estate_directory(tmp_path_factory):
    directory = tmp_path_factory.mktemp("estate")
    write(directory, *estate().values())
    return directory


def test_forty_accounts(estate_directory):
    """Totals, order and evidence over 200 places."""
    places = estate()
    made = plan(estate_directory)
    assert made["accounts"] == sorted(ACCOUNTS) and made["regions"] == sorted(REGIONS)
    assert made["summary"]["images"] == {"total": 600, "deregister": 400, "blocked": 0, "kept": 200, "not_selected": 0}
    assert made["summary"]["snapshots"] == {"total": 600, "delete": 400, "blocked": 200, "kept": 0, "not_selected": 0}
    assert made["summary"]["instances"]["total"] == 200 and made["summary"]["instances"]["not_selected"] == 200
    keys = [(each["phase"], each["account"], each["region"], each["resource"]) for each in made["steps"]]
    assert keys == sorted(keys)
    for each in made["steps"]:
        assert each["resource"] in str(places[each["account"], each["region"]].lists)
    for number in (place.number + 1 for place in places.values()):
        assert fate(made, ami(number)) == ("kept", "in-use")


def test_forty_accounts_one_gap(tmp_path):
    """One document that is missing blocks its own place, and the AMIs shared with it, and nothing else."""
    places = estate()
    hole = places[ACCOUNTS[12], "eu-west-1"].without("launch-templates")
    write(tmp_path, *places.values())
    made = plan(tmp_path)
    own = {ami(hole.number), ami(hole.number + 2)}
    shared = {ami(places[ACCOUNTS[11], "eu-west-1"].number + 2)}
    blocked = {each["resource"] for each in made["blocked"] if each["resource"].startswith("ami-")}
    assert blocked == own | shared
    assert {item(made, each)["rule"] for each in own} == {"inventory-incomplete"}
    assert {item(made, each)["rule"] for each in shared} == {"shared"}
    missing = run("plan", tmp_path, "--missing", "--as-of", AS_OF).text
    assert ACCOUNTS[12] in missing and missing.count("describe-launch-templates") == 1


def test_forty_accounts_across(tmp_path):
    """A template in one account that names another account's AMI keeps it."""
    places = estate()
    user, owner = places[ACCOUNTS[30], "us-west-2"], places[ACCOUNTS[29], "us-west-2"]
    user.template(5, [ami(owner.number + 2)], CreatedBy="arn:aws:iam::%s:user/deploy" % ACCOUNTS[30])
    user.lists["launch-template-versions"][0]["CreatedBy"] = "arn:aws:iam::%s:user/deploy" % ACCOUNTS[30]
    write(tmp_path, *places.values())
    made = plan(tmp_path)
    assert fate(made, ami(owner.number + 2)) == ("kept", "referenced")
    assert made["summary"]["images"]["deregister"] == 399


def test_forty_accounts_only(estate_directory):
    """--only narrows the plan; the rest still is evidence."""
    made = plan(estate_directory, "--unused", "--only", ACCOUNTS[3] + "/us-east-1")
    assert {(each["account"], each["region"]) for each in made["steps"]} == {(ACCOUNTS[3], "us-east-1")}
    assert (
        made["summary"]["images"]["deregister"] == 2
    ), "the AMI shared with the next account is judged by that account's documents"
    made = plan(estate_directory, "--unused", "--only", ACCOUNTS[3], "--only", ACCOUNTS[5] + "/us-east-1")
    assert made["summary"]["images"]["deregister"] == 12


def test_forty_accounts_in_any_order(estate_directory):
    """The accounts named one by one, in any order, give the same steps."""
    whole = plan(estate_directory)
    names = sorted(estate_directory.iterdir())
    random.Random(40).shuffle(names)
    parts = plan(*names)
    for part in ("steps", "blocked", "kept", "summary", "warnings"):
        assert parts[part] == whole[part]
    assert parts["inventory"]["digest"] == whole["inventory"]["digest"]


def test_forty_accounts_one_missing(tmp_path):
    """Without one account's folder its neighbour's shared AMIs are blocked."""
    places = estate()
    write(tmp_path, *[place for (account, _), place in places.items() if account != ACCOUNTS[20]])
    made = plan(tmp_path)
    blocked = {each["resource"] for each in made["blocked"] if each["rule"] == "shared"}
    assert blocked == {ami(places[ACCOUNTS[19], region].number + 2) for region in REGIONS}
    assert not warnings(made, "as-of-guessed")
