"""Golden cases of the oracle: small inventories whose plan a person worked out from the contract.
They must not know: amiplan itself."""

import json

import pytest

from generate import generate, shuffled
from oracle import Failure, Plan, before, glob_match, ids_in_text, name_prefix, read_age, read_description, read_time

A, B = "111111111111", "222222222222"
AMI, AMI2, GONE = "ami-11111111", "ami-22222222", "ami-99999999"
SNAP, SNAP2 = "snap-11111111", "snap-22222222"
NOW = ["--as-of", "2026-06-15T12:00:00Z"]
OLD = "2020-01-01T00:00:00.000Z"


def image(number=AMI, snapshots=(SNAP,), **more):
    return {"ImageId": number, "OwnerId": A, "State": "available", "CreationDate": OLD, "Architecture": "arm64",
            "BlockDeviceMappings": [{"Ebs": {"SnapshotId": s}} for s in snapshots], **more}


def snapshot(number=SNAP, made_for=AMI, **more):
    return {"SnapshotId": number, "OwnerId": A, "State": "completed", "StartTime": OLD, "VolumeId": "vol-11111111",
            "Description": "Created by CreateImage(i-11111111) for %s" % made_for, **more}


def instance(image_id=AMI, state="running", **more):
    return {"OwnerId": A, "Instances": [{"InstanceId": "i-11111111", "ImageId": image_id, "State": {"Name": state},
                                         "Placement": {"AvailabilityZone": "us-east-1a"}, **more}]}


def template(version_images, default=1):
    name = {"LaunchTemplateId": "lt-11111111", "LaunchTemplateName": "t", "CreatedBy": "arn:aws:iam::%s:user/x" % A}
    return {
        "LaunchTemplates": [dict(name, DefaultVersionNumber=default, LatestVersionNumber=len(version_images))],
        "LaunchTemplateVersions": [
            dict(name, VersionNumber=n + 1, DefaultVersion=n + 1 == default, LaunchTemplateData={"ImageId": i})
            for n, i in enumerate(version_images)],
    }


LISTS = ["Images", "Reservations", "LaunchTemplates", "LaunchTemplateVersions", "AutoScalingGroups",
         "LaunchConfigurations", "SpotInstanceRequests", "SpotFleetRequestConfigs", "Fleets"]


class Desk:
    """An inventory in the making: every listing is there, and empty, unless it is said otherwise."""

    def __init__(self, folder):
        self.folder = folder

    def plan(self, *args, skip=(), extra=(), **lists):
        home = self.folder / "inv" / A / "us-east-1"
        home.mkdir(parents=True)
        everything = {
            **{key: [] for key in LISTS}, "Images": [image()], "Snapshots": [snapshot()], **lists}
        documents = [{key: records} for key, records in everything.items() if key not in skip]
        documents.append({"UserId": "x", "Account": A, "Arn": "arn:aws:iam::%s:user/x" % A})
        if "LaunchPermissions" not in skip:
            documents += [{"ImageId": i["ImageId"], "LaunchPermissions": []} for i in everything["Images"]]
        for n, document in enumerate(documents + list(extra)):
            (home / ("%d.json" % n)).write_text(json.dumps(document))
        plan = Plan(str(self.folder / "inv"), list(args) + NOW)
        return {resource: fate[:2] for resource, fate in plan.fates.items()}, plan


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


STEPS = {AMI: ("step", None), SNAP: ("step", None)}


def test_an_unused_ami_goes_with_its_snapshot(desk):
    fates, plan = desk.plan()
    assert fates == STEPS
    assert plan.dependencies(SNAP) == {"deregister-image:" + AMI}
    assert plan.counts("image") == {"total": 1, "step": 1, "blocked": 0, "kept": 0, "not_selected": 0}


def test_an_instance_keeps_its_ami_and_the_ami_its_snapshot(desk):
    fates, _ = desk.plan(Reservations=[instance()])
    assert fates == {AMI: ("kept", "in-use"), SNAP: ("blocked", "snapshot-in-use")}


def test_a_terminated_instance_keeps_nothing(desk):
    assert desk.plan(Reservations=[instance(state="terminated")])[0] == STEPS


def test_a_named_ami_in_use_is_blocked(desk):
    fates, _ = desk.plan("--ami", AMI, Reservations=[instance()])
    assert fates[AMI] == ("blocked", "in-use")


def test_instances_go_with_the_named_ami(desk):
    fates, plan = desk.plan("--ami", AMI, "--terminate-instances", Reservations=[instance()])
    assert fates == {**STEPS, "i-11111111": ("step", None)}
    assert plan.dependencies("i-11111111") == {"deregister-image:" + AMI}


def test_instances_of_a_shared_ami_stay_with_it(desk):
    fates, _ = desk.plan("--ami", AMI, "--terminate-instances", Reservations=[instance()],
                         Images=[image(Public=True)])
    assert fates == {AMI: ("blocked", "shared"), SNAP: ("blocked", "snapshot-in-use"),
                     "i-11111111": ("blocked", "image-stays")}


def test_a_shared_snapshot_waits_for_both_amis(desk):
    both = [image(), image(AMI2, (SNAP,))]
    fates, plan = desk.plan(Images=both)
    assert fates[SNAP] == ("step", None)
    assert plan.dependencies(SNAP) == {"deregister-image:" + AMI, "deregister-image:" + AMI2}


def test_a_shared_snapshot_stays_with_the_ami_that_stays(desk):
    fates, _ = desk.plan("--ami", AMI, Images=[image(), image(AMI2, (SNAP,))])
    assert fates == {AMI: ("step", None), SNAP: ("blocked", "snapshot-in-use")}


def test_default_version_is_live_and_old_ones_keep_within_the_depth(desk):
    fates, _ = desk.plan(**template([AMI, GONE]))
    assert fates[AMI] == ("kept", "referenced")


@pytest.mark.parametrize("depth,fate", [("2", ("kept", "old-template-version")), ("1", ("step", None))])
def test_depth(desk, depth, fate):
    fates, _ = desk.plan("--unused", "--template-depth", depth, **template([AMI, GONE], default=2))
    assert fates[AMI] == fate


def test_what_was_not_read_blocks(desk):
    fates, _ = desk.plan(skip=["Fleets"])
    assert fates == {AMI: ("blocked", "inventory-incomplete"), SNAP: ("blocked", "snapshot-in-use")}


def test_a_gap_may_be_assumed(desk):
    assert desk.plan("--assume-complete", "fleets", skip=["Fleets"])[0] == STEPS


def test_launch_permissions_are_needed(desk):
    assert desk.plan(skip=["LaunchPermissions"])[0][AMI] == ("blocked", "inventory-incomplete")


def test_an_unresolved_parameter_blocks_every_ami(desk):
    fates, _ = desk.plan(**template(["resolve:ssm:/golden"]))
    assert fates[AMI] == ("blocked", "inventory-incomplete")


def test_a_parameter_of_aws_blocks_none(desk):
    assert desk.plan(**template(["resolve:ssm:/aws/service/x"]))[0] == STEPS


def test_a_parameter_refers(desk):
    parameter = {"Name": "/golden", "Version": 1, "Value": AMI, "ARN": "arn:aws:ssm:us-east-1:%s:parameter/golden" % A}
    fates, _ = desk.plan(extra=[{"Parameters": [parameter]}], **template(["resolve:ssm:/golden"]))
    assert fates[AMI] == ("kept", "referenced")


def test_orphans_go_by_strong_evidence_only(desk):
    orphans = [snapshot(SNAP, GONE), snapshot(SNAP2, GONE, Description="backup of %s" % GONE)]
    fates, _ = desk.plan(Images=[], Snapshots=orphans)
    assert fates == {SNAP: ("step", None), SNAP2: ("blocked", "weak-evidence")}


def test_a_copied_snapshot_is_weak_evidence(desk):
    fates, _ = desk.plan(Images=[], Snapshots=[snapshot(SNAP, GONE, VolumeId="vol-ffffffff")])
    assert fates == {SNAP: ("blocked", "weak-evidence")}


def test_an_ami_in_the_recycle_bin_holds_its_snapshots(desk):
    binned = {"Images": [{"ImageId": GONE, "RecycleBinEnterTime": OLD}]}
    fates, _ = desk.plan(Images=[], Snapshots=[snapshot(SNAP, GONE)], extra=[binned])
    assert fates == {SNAP: ("blocked", "image-in-recycle-bin")}


def test_backup_is_carried_to_snapshots(desk):
    tagged = image(Tags=[{"Key": "aws:backup:source-resource", "Value": "x"}])
    assert desk.plan(Images=[tagged])[0] == {AMI: ("blocked", "aws-backup"), SNAP: ("blocked", "aws-backup")}


def test_protected_tag_keeps_snapshots_too(desk):
    fates, _ = desk.plan("--unused", "--protect-tag", "keep", Images=[image(Tags=[{"Key": "keep", "Value": ""}])])
    assert fates == {AMI: ("kept", "protected-tag"), SNAP: ("kept", "protected-tag")}


def test_a_snapshot_older_than_its_ami_may_be_a_backup(desk):
    old = snapshot(Description="nightly", StartTime="2019-12-01T00:00:00.000Z")
    fates, _ = desk.plan(Snapshots=[old])
    assert fates == {AMI: ("step", None), SNAP: ("blocked", "predates-image")}


def test_keep_last_counts_per_family(desk):
    family = [image(AMI, (), Name="web-1", CreationDate="2020-01-01T00:00:00Z"),
              image(AMI2, (), Name="web-2", CreationDate="2020-02-01T00:00:00Z")]
    fates, _ = desk.plan("--unused", "--keep-last", "1", Images=family, Snapshots=[snapshot(SNAP, AMI2)])
    assert fates == {AMI: ("step", None), AMI2: ("kept", "kept-newest"), SNAP: ("blocked", "snapshot-in-use")}


@pytest.mark.parametrize("is_read,fate", [(False, ("blocked", "shared")), (True, ("step", None))])
def test_sharing_matters_unless_the_other_account_was_read_whole(desk, is_read, fate):
    if is_read:
        other = desk.folder / "inv" / B / "us-east-1"
        other.mkdir(parents=True)
        for n, key in enumerate(LISTS):
            (other / ("%d.json" % n)).write_text(json.dumps({key: []}))
        (other / "snapshots.json").write_text(json.dumps({"Snapshots": [snapshot("snap-33333333", OwnerId=B)]}))
    fates, _ = desk.plan(extra=[{"ImageId": AMI, "LaunchPermissions": [{"UserId": B}]}])
    assert fates[AMI] == fate


def test_unknown_ami(desk):
    with pytest.raises(Failure):
        desk.plan("--ami", "ami-0ffffffffffffffff")


def test_caps(desk):
    with pytest.raises(Failure):
        desk.plan("--max-steps", "1")


def test_small_parts():
    assert glob_match("a?c*", "abcd") and not glob_match("a", "A") and glob_match(r"\*", "*")
    assert before(read_time("2026-03-31T00:00:00Z"), read_age("1m")) == read_time("2026-02-28T00:00:00Z")
    assert read_age("0d") is None
    assert ids_in_text("import-ami-11111111 ami-11111111, ami-111111111", "ami-") == ["ami-11111111"]
    assert name_prefix("web-2024-01-15") == name_prefix("web-20240315") == "web"
    copied = "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. Task created on 1." % (AMI, AMI2, SNAP)
    assert read_description(copied, "vol-ffffffff") == ("copy-image", [AMI], [])


@pytest.mark.parametrize("seed", range(0, 300))
def test_the_order_of_records_changes_nothing(seed, tmp_path):
    """Of the oracle itself: it would be no judge of this if it failed it."""
    case = generate(seed)
    if case.has_twins:
        return
    case.write(str(tmp_path / "a"))
    shuffled(case, seed).write(str(tmp_path / "b"))
    fates = []
    for side in "ab":
        try:
            fates.append(Plan(str(tmp_path / side / "inventory"), case.arguments(str(tmp_path / side))).fates)
        except Failure as failure:
            fates.append(str(failure))
    assert fates[0] == fates[1]
