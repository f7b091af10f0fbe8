"""Mistakes that other clean-up tools make, each as one case that must come out right here.

It must not know: the other tools' code; each docstring says in a sentence what goes wrong in the field.
"""

import pytest

import inventory
from inventory import (
    AS_OF,
    BYSTANDER,
    OTHER_ACCOUNT,
    Place,
    ami,
    created_for,
    fleet,
    group,
    image,
    inst,
    instance,
    launch_configuration,
    lt,
    mapping,
    snap,
    snapshot,
    spot_fleet,
    spot_request,
    template_version,
    uses,
    vol,
    write,
)
from tool import fate, item, plan, rules, run, step, steps, warnings


def test_two_exclusions_exclude_both(tmp_path):
    """With two values to exclude, a tool excludes nothing and lists the other AMIs twice."""
    place = (
        Place().pair(1, Tags=inventory.tags({"Env": "prod"})).pair(2, Tags=inventory.tags({"Env": "staging"})).pair(3)
    )
    place.write(tmp_path)
    for spelling in (("Env=prod", "Env=staging"), ("Env=staging", "Env=prod")):
        made = plan(tmp_path, "--unused", "--protect-tag", spelling[0], "--protect-tag", spelling[1])
        assert steps(made) == [ami(3), snap(3)]
        for number in (1, 2):
            assert fate(made, ami(number)) == ("kept", "protected-tag")


def test_duplicates_take_no_slots(tmp_path):
    """The same AMI listed twice eats two slots of the newest to keep."""
    place = Place()
    for number in (1, 2, 3):
        place.pair(number, Name="web-%d" % number, CreationDate="2024-0%d-01T00:00:00.000Z" % number)
    place.images(dict(place.lists["images"][-1]), dict(place.lists["images"][-1]))
    place.write(tmp_path)
    made = plan(tmp_path, "--unused", "--keep-last", "2", "--group-by", "name-prefix")
    assert steps(made) == [ami(1), snap(1)]
    assert made["summary"]["images"]["total"] == 3


@pytest.mark.parametrize(
    "name",
    [
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
    ],
)
def test_first_page_only(tmp_path, name):
    """Listings read without their further pages: what stands on page two counts as unused."""
    place = Place().pair(1).template(1, [ami(9)])
    place.tokens.add(name)
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == []
    assert "inventory-incomplete" in rules(made, ami(1))


def test_all_pages(tmp_path):
    """Page one with its token and page two without: complete, and what page two says counts."""
    place = Place().pair(1, 2)
    place.tokens.add("auto-scaling-groups")
    place.document("auto-scaling-groups-2.json", {"AutoScalingGroups": [group("g", LaunchConfigurationName="c")]})
    place.add("launch-configurations", launch_configuration("c", ami(2)))
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1)]
    assert fate(made, ami(2)) == ("kept", "referenced")


@pytest.mark.parametrize(
    "name",
    [
        "instances",
        "launch-templates",
        "launch-template-versions",
        "auto-scaling-groups",
        "launch-configurations",
        "spot-instance-requests",
        "spot-fleet-requests",
        "fleets",
        "images",
        "snapshots",
    ],
)
def test_never_looked_at(tmp_path, name):
    """A tool that never asks for one of these calls their AMIs unused: here the gap blocks, naming the command."""
    place = Place().pair(1).template(1, [ami(9)])
    commands = {
        "instances": "describe-instances",
        "launch-templates": "describe-launch-templates",
        "launch-template-versions": "describe-launch-template-versions",
        "auto-scaling-groups": "describe-auto-scaling-groups",
        "launch-configurations": "describe-launch-configurations",
        "spot-instance-requests": "describe-spot-instance-requests",
        "spot-fleet-requests": "describe-spot-fleet-requests",
        "fleets": "describe-fleets",
        "images": "describe-images",
        "snapshots": "describe-snapshots",
    }
    write(tmp_path / "whole", Place().pair(1).template(1, [ami(9)]))
    assert steps(plan(tmp_path / "whole")) == [ami(1), snap(1)]
    place.without(name).write(tmp_path / "gap")
    made = plan(tmp_path / "gap")
    assert steps(made) == []
    for each in made["blocked"]:
        if each["rule"] == "inventory-incomplete":
            assert commands[name] in each["remedy"] + each["reason"]
            break
    else:
        assert name == "images" and made["summary"]["images"]["total"] == 0
    assert commands[name] in run("plan", tmp_path / "gap", "--missing", "--as-of", AS_OF).text


@pytest.mark.parametrize("states", [("running",), ("stopped",), ("pending",), ("stopping",), ("terminated", "running")])
def test_instances_in_any_live_state(tmp_path, states):
    """Only running instances counted: the AMI of a stopped one is deregistered."""
    place = Place().pair(1)
    for number, state in enumerate(states):
        place.instances(instance(number, ami(1), state))
    place.write(tmp_path)
    made = plan(tmp_path)
    assert fate(made, ami(1)) == ("kept", "in-use")
    assert item(made, ami(1))["by"] == [inst(len(states) - 1)]


@pytest.mark.parametrize("states", [("terminated",), ("shutting-down", "terminated")])
def test_gone_instances_hold_nothing(tmp_path, states):
    """The other way round: instances that are gone stay listed for an hour and keep AMIs alive."""
    place = Place().pair(1)
    for number, state in enumerate(states):
        place.instances(instance(number, ami(1), state))
    place.write(tmp_path)
    assert steps(plan(tmp_path)) == [ami(1), snap(1)]


def test_failed_parameter_look_up(tmp_path):
    """A look-up of an SSM parameter that failed is logged and taken for "no reference"."""
    Place().pair(1).template(1, ["resolve:ssm:/own/base"]).write(tmp_path)
    made = plan(tmp_path)
    assert fate(made, ami(1)) == ("blocked", "inventory-incomplete")
    blocked = item(made, ami(1))
    assert "/own/base" in blocked["reason"] + blocked["remedy"]
    assert "get-parameters" in blocked["remedy"]


REFERRERS = {
    "unattached template": lambda place: place.template(1, [ami(1)]),
    "template by override": lambda place: place.template(1, [ami(9), ami(1), ami(9)]).add(
        "auto-scaling-groups",
        group(
            "g",
            MixedInstancesPolicy={
                "LaunchTemplate": {
                    "LaunchTemplateSpecification": uses(1, "1"),
                    "Overrides": [{"InstanceType": "m7g.large", "LaunchTemplateSpecification": uses(1, "2")}],
                }
            },
        ),
    ),
    "image by override": lambda place: place.template(1, [ami(9)]).add(
        "auto-scaling-groups",
        group(
            "g",
            MixedInstancesPolicy={
                "LaunchTemplate": {
                    "LaunchTemplateSpecification": uses(1, "1"),
                    "Overrides": [{"InstanceType": "m7g.large", "ImageId": ami(1)}],
                }
            },
        ),
    ),
    "mixed policy": lambda place: place.template(1, [ami(9), ami(1), ami(9)]).add(
        "auto-scaling-groups",
        group(
            "g", MixedInstancesPolicy={"LaunchTemplate": {"LaunchTemplateSpecification": uses(1, "2"), "Overrides": []}}
        ),
    ),
    "group by version number": lambda place: place.template(1, [ami(1), ami(9), ami(9)], default=2).add(
        "auto-scaling-groups", group("g", LaunchTemplate=uses(1, "1"))
    ),
    "group by name only": lambda place: place.template(1, [ami(1), ami(9), ami(9)], default=2).add(
        "auto-scaling-groups", group("g", LaunchTemplate={"LaunchTemplateName": "template-1", "Version": "1"})
    ),
    "$Latest": lambda place: place.template(1, [ami(9), ami(1)]).add(
        "auto-scaling-groups", group("g", LaunchTemplate=uses(1, "$Latest"))
    ),
    "$Default": lambda place: place.template(1, [ami(9), ami(1), ami(9)], default=2).add(
        "auto-scaling-groups", group("g", LaunchTemplate=uses(1, "$Default"))
    ),
    "fleet": lambda place: place.template(1, [ami(1), ami(9), ami(9)], default=2).add(
        "fleets", fleet(1, [{"LaunchTemplateSpecification": uses(1, "1"), "Overrides": []}])
    ),
    "fleet's override": lambda place: place.template(1, [ami(9)]).add(
        "fleets", fleet(1, [{"LaunchTemplateSpecification": uses(1, "1"), "Overrides": [{"ImageId": ami(1)}]}])
    ),
    "spot fleet": lambda place: place.add("spot-fleet-requests", spot_fleet(1, ami(1))),
    "spot request": lambda place: place.add("spot-instance-requests", spot_request(1, ami(1))),
    "disabled spot request": lambda place: place.add("spot-instance-requests", spot_request(1, ami(1), "disabled")),
    "launch configuration": lambda place: place.add("launch-configurations", launch_configuration("c", ami(1))),
    "alias": lambda place: place.template(1, ["resolve:ssm:/own/base"]).document(
        "parameters.json",
        {
            "Parameters": [{"Name": "/own/base", "Type": "String", "Value": ami(1), "Version": 3}],
            "InvalidParameters": [],
        },
    ),
    "alias with a version": lambda place: place.template(1, ["resolve:ssm:/own/base:2"]).document(
        "parameters.json",
        {
            "Parameters": [{"Name": "/own/base", "Selector": ":2", "Type": "String", "Value": ami(1), "Version": 2}],
            "InvalidParameters": [],
        },
    ),
    "parameter that nothing names": lambda place: place.document(
        "parameters.json",
        {
            "Parameters": [{"Name": "/own/list", "Type": "StringList", "Value": "%s,%s" % (ami(9), ami(1))}],
            "InvalidParameters": [],
        },
    ),
    "image reference of a recipe": lambda place: place.document(
        "references.json",
        {
            "ImageReferences": [
                {
                    "ImageId": ami(1),
                    "ResourceType": "imagebuilder:ImageRecipe",
                    "Arn": "arn:aws:imagebuilder:eu-west-1:111122223333:image-recipe/web/1.0.0",
                }
            ]
        },
    ),
    "usage report": lambda place: place.document(
        "usage.json",
        {
            "ImageUsageReportEntries": [
                {"ImageId": ami(1), "AccountId": OTHER_ACCOUNT, "ResourceType": "ec2:Instance", "UsageCount": 3}
            ]
        },
    ),
}


@pytest.mark.parametrize("referrer", REFERRERS)
def test_named_only_by(tmp_path, referrer):
    """An AMI named only by this is "unused" to a tool that looks at instances and groups' configurations."""
    place = Place().pair(1, 2)
    REFERRERS[referrer](place)
    place.write(tmp_path)
    made = plan(tmp_path)
    assert fate(made, ami(1)) == ("kept", "referenced")
    assert item(made, ami(1))["by"]
    assert fate(made, snap(1)) == ("blocked", "snapshot-in-use")
    assert steps(made) == [ami(2), snap(2)], "it keeps more than it should"


@pytest.mark.parametrize(
    "gone",
    [
        lambda place: place.add(
            "spot-instance-requests",
            *[spot_request(n, ami(1), s) for n, s in enumerate(("closed", "cancelled", "failed"))]
        ),
        lambda place: place.add(
            "spot-fleet-requests", spot_fleet(1, ami(1), "cancelled"), spot_fleet(2, ami(1), "failed")
        ),
        lambda place: place.template(1, [ami(9)]).add(
            "fleets",
            fleet(1, [{"LaunchTemplateSpecification": uses(1, "7"), "Overrides": [{"ImageId": ami(1)}]}], "deleted"),
        ),
        lambda place: place.document(
            "usage.json",
            {
                "ImageUsageReportEntries": [
                    {"ImageId": ami(1), "AccountId": OTHER_ACCOUNT, "ResourceType": "ec2:Instance", "UsageCount": 0}
                ]
            },
        ),
    ],
    ids=["spot requests", "spot fleets", "fleet", "usage of zero"],
)
def test_gone_referrers_hold_nothing(tmp_path, gone):
    """Cancelled requests stay listed for days: they must not keep AMIs."""
    place = Place().pair(1)
    gone(place)
    place.write(tmp_path)
    assert steps(plan(tmp_path)) == [ami(1), snap(1)]


def test_snapshot_of_a_disabled_image(tmp_path):
    """AMIs listed without the disabled ones: their snapshots look orphaned."""
    Place().pair(1, State="disabled").pair(2).write(tmp_path)
    made = plan(tmp_path, "--orphans")
    assert steps(made) == []
    made = plan(tmp_path, "--unused", "--older-than", "100y")
    assert fate(made, ami(1)) == ("kept", "too-young")
    assert fate(made, snap(1)) == ("blocked", "snapshot-in-use")
    # It can go itself: EC2 deregisters a disabled AMI.
    assert ami(1) in steps(plan(tmp_path))


def test_disabled_images_may_be_hidden(tmp_path):
    """Where no disabled AMI is listed, nobody can tell whether they were asked for: a warning says so."""
    Place().snapshots(snapshot(1)).write(tmp_path)
    made = plan(tmp_path, "--orphans")
    assert steps(made) == [snap(1)]
    assert warnings(made, "images-may-lack-disabled")


def test_backup_is_recognised_on_images(tmp_path):
    """AMIs of AWS Backup are not recognised (only snapshots are), and the snapshots of such AMIs are not either."""
    Place().pair(
        1, Tags=inventory.tags({"aws:backup:source-resource": "arn:aws:ec2:eu-west-1:111122223333:instance/" + inst(1)})
    ).write(tmp_path)
    made = plan(tmp_path)
    assert fate(made, ami(1)) == ("blocked", "aws-backup")
    assert rules(made, snap(1))[0] == "aws-backup"
    assert "snapshot-in-use" in rules(made, snap(1))


def test_snapshots_are_listed_and_protected(tmp_path):
    """Snapshots that go with their AMI do not appear in the printed plan, and a protecting tag on them is ignored."""
    place = Place().images(image(1, snapshots=[snap(1), snap(2)]))
    place.snapshots(snapshot(1), snapshot(2, Description=created_for(ami(1)), Tags=inventory.tags({"Keep": "yes"})))
    place.write(tmp_path)
    assert steps(plan(tmp_path)) == [ami(1), snap(1), snap(2)]
    made = plan(tmp_path, "--unused", "--protect-tag", "Keep")
    assert steps(made) == [ami(1), snap(1)]
    assert fate(made, snap(2)) == ("kept", "protected-tag")
    text = run("plan", tmp_path, "--as-of", AS_OF).text
    for each in (ami(1), snap(1), snap(2)):
        assert each in text


def test_newest_of_each_family(tmp_path):
    """The newest N are counted over all AMIs together, so a busy family pushes a quiet family's only AMI out."""
    place = Place()
    for number in range(1, 6):
        place.pair(number, Name="busy-2024050%d" % number, CreationDate="2024-05-0%dT00:00:00.000Z" % number)
    place.pair(6, Name="quiet-20240101", CreationDate="2024-01-01T00:00:00.000Z")
    place.write(tmp_path)
    made = plan(tmp_path, "--unused", "--keep-last", "2", "--group-by", "name-prefix")
    for number in (4, 5, 6):
        assert fate(made, ami(number)) == ("kept", "kept-newest")
    assert [each for each in steps(made) if each.startswith("ami-")] == [ami(1), ami(2), ami(3)]


def test_orphans_take_no_image_along(tmp_path):
    """Deleting a snapshot deregisters every AMI on it, whatever was asked for AMIs."""
    Place().pair(1).snapshots(snapshot(2, Description=created_for(ami(77)))).write(tmp_path)
    assert steps(plan(tmp_path, "--orphans")) == [snap(2)]


def test_order(tmp_path):
    """No order between AMIs and snapshots: the first pass always fails with InvalidSnapshot.InUse."""
    place = Place().images(
        image(1, snapshots=[snap(1), snap(5)]), image(2, snapshots=[snap(5), snap(2)]), image(3, snapshots=[snap(5)])
    )
    place.snapshots(snapshot(1), snapshot(2), snapshot(5, Description=created_for(ami(1))))
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), ami(2), ami(3), snap(1), snap(2), snap(5)]
    assert sorted(step(made, snap(5))["depends_on"]) == ["deregister-image:" + ami(number) for number in (1, 2, 3)]
    # With one of the three in use, the shared snapshot stays, the others go.
    place.instances(instance(1, ami(2))).write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), ami(3), snap(1)]
    assert fate(made, snap(5)) == ("blocked", "snapshot-in-use") and item(made, snap(5))["by"] == [ami(2)]


def test_second_look_sees_templates(tmp_path):
    """The look just before deleting skips launch templates, so an AMI named since the plan is deleted."""
    place = Place().pair(1)
    place.write(tmp_path / "before")
    result = run("plan", tmp_path / "before", "--as-of", AS_OF, "-o", tmp_path / "plan.json")
    assert result.status == 0, result
    assert run("verify", tmp_path / "plan.json", tmp_path / "before").status == 0
    place.template(1, [ami(1)]).write(tmp_path / "after")
    result = run("verify", tmp_path / "plan.json", tmp_path / "after")
    assert result.status == 1 and ami(1) in result.text, result


def test_product_not_parent(tmp_path):
    """The AMI in CreateImage's text is taken for the parent; it is the one that was made."""
    place = Place().images(image(1, SourceImageId=ami(2), SourceInstanceId=inst(3))).pair(2)
    place.snapshots(snapshot(1, Description=created_for(ami(1), inst(3))))
    place.write(tmp_path)
    made = plan(tmp_path, "--ami", ami(2))
    assert steps(made) == [ami(2), snap(2)], "the parent took its child's snapshot along, or was kept by its child"
    evidence = step(plan(tmp_path, "--ami", ami(1)), snap(1))["evidence"]
    assert any(each["edge"] == "made-for" and each["to"] == ami(1) for each in evidence)
    assert not any(each["edge"] == "made-for" and each["to"] == ami(2) for each in evidence)


def test_ids_are_compared_whole(tmp_path):
    """A pattern of eight digits cuts today's ids: it never matches them, or an old AMI that begins the same."""
    short, long = "ami-0123abcd", "ami-0123abcd456789ef0"
    place = Place().images(image(1, ImageId=short))
    place.snapshots(snapshot(1, Description=created_for(short)), snapshot(2, Description=created_for(long)))
    place.write(tmp_path)
    assert steps(plan(tmp_path, "--orphans")) == [snap(2)]
    made = plan(tmp_path, "--ami", short)
    assert steps(made) == [short, snap(1)]


GONE = ami(50)
OLD = "ami-040b9b6d"
SOURCE = ami(51)
# Description -> what happens to an unmapped snapshot that carries it. Nothing in the inventory has GONE, OLD or SOURCE.
TEXTS = {
    "CreateImage, today": ("Created by CreateImage(i-0123456789abcdef0) for %s" % GONE, ("step",)),
    "CreateImage, older": (
        "Created by CreateImage(i-0123456789abcdef0) for %s from vol-0123456789abcdef0" % GONE,
        ("step",),
    ),
    "CreateImage, short ids": ("Created by CreateImage(i-f06f9483) for %s from vol-81ab9fce" % OLD, ("step",)),
    "CreateImage, mixed ids": (
        "Created by CreateImage(i-05b00685b550de919) for %s from vol-0198baeb843d5d85e" % OLD,
        ("step",),
    ),
    "CopyImage": (
        "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. Task created on 1,566,308,778,174."
        % (GONE, SOURCE, snap(60)),
        ("step",),
    ),
    "CopyImage of an AMI that is here": (
        "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. Task created on 1,566,308,778,174."
        % (GONE, ami(1), snap(1)),
        ("step",),
    ),
    "CopyImage to an AMI that is here": (
        "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. Task created on 1,566,308,778,174."
        % (ami(1), SOURCE, snap(60)),
        ("not selected",),
    ),
    "CopySnapshot of CreateImage's": (
        "[Copied %s from us-east-1] Created by CreateImage(i-0123456789abcdef0) for %s" % (snap(60), GONE),
        ("blocked", "weak-evidence"),
    ),
    "CopySnapshot of a copy": (
        "[Copied %s from us-east-1] [Copied %s from us-west-2] Created by CreateImage(i-0123456789abcdef0) for %s"
        % (snap(60), snap(61), GONE),
        ("blocked", "weak-evidence"),
    ),
    "CopySnapshot alone": ("[Copied %s from us-east-1]" % snap(60), ("not selected",)),
    "VM Import": ("Created by AWS-VMImport service for import-ami-0123456789abcdef0", ("not selected",)),
    "VM Import of a snapshot": ("Created by AWS-VMImport service for import-snap-0123456789abcdef0", ("not selected",)),
    "AWS Backup": ("This snapshot is created by the AWS Backup service.", ("not selected",)),
    "lifecycle policy": ("Created for policy: policy-01a8dc510a66a9867 schedule: Daily", ("not selected",)),
    "free text": ("before the upgrade of %s, Tuesday" % GONE, ("blocked", "weak-evidence")),
    "free text in quotes": ("'%s'" % GONE, ("blocked", "weak-evidence")),
    "free text about an AMI that is here": ("before the upgrade of %s" % ami(1), ("not selected",)),
    "a word that begins like an id": ("ami-based build of ami-bada55", ("not selected",)),
    "an id too long": ("see %s0" % GONE, ("not selected",)),
    "an id in a longer word": ("see x%s and import-%s" % (GONE, GONE), ("not selected",)),
    "CreateImage in the middle": (
        "note: Created by CreateImage(i-0123456789abcdef0) for %s" % GONE,
        ("blocked", "weak-evidence"),
    ),
    "CreateImage with a note": (created_for(GONE) + " and kept for ever", ("blocked", "weak-evidence")),
    "CreateImage and its volume, with a note": (
        created_for(GONE) + " from vol-0123456789abcdef0 KEEP",
        ("blocked", "weak-evidence"),
    ),
    "CreateImage of no volume": (created_for(GONE) + " from vol-ffffffff", ("blocked", "weak-evidence")),
    "CreateImage with a longer id": ("Created by CreateImage(i-0123456789abcdef0) for %sabc" % GONE, ("not selected",)),
    "CreateImage in capitals": (
        "CREATED BY CREATEIMAGE(i-0123456789abcdef0) FOR %s" % GONE,
        ("blocked", "weak-evidence"),
    ),
    "the test server's": ("Auto-created snapshot for AMI %s" % GONE, ("blocked", "weak-evidence")),
    "nothing": ("", ("not selected",)),
}


@pytest.mark.parametrize("case", TEXTS)
def test_descriptions(tmp_path, case):
    """Patterns in use miss some of AWS's texts, and read ids out of people's prose, copies and imports."""
    text, expected = TEXTS[case]
    Place().pair(1).snapshots(snapshot(2, Description=text)).write(tmp_path)
    made = plan(tmp_path, "--orphans")
    assert fate(made, snap(2)) == expected
    assert fate(made, snap(1)) == ("not selected",)


def test_description_of_a_copy(tmp_path):
    """`vol-ffffffff` is no deleted volume: it marks a copy or an import, whose text speaks of another place."""
    for volume in (None, "", "vol-FFFFFFFF", "vol-ffffffff"):
        Place().snapshots(snapshot(2, Description=created_for(GONE), VolumeId=volume)).write(tmp_path)
        assert fate(plan(tmp_path, "--orphans"), snap(2)) == ("blocked", "weak-evidence")
    assert steps(plan(tmp_path, "--orphans", "--accept", "weak-evidence=" + snap(2))) == [snap(2)]


def test_mapping_beats_text(tmp_path):
    """A snapshot whose text names an AMI that is gone, while another AMI was registered from it."""
    Place().images(image(1, snapshots=[snap(2)])).snapshots(snapshot(2, Description=created_for(GONE))).write(tmp_path)
    made = plan(tmp_path, "--orphans")
    assert steps(made) == []
    made = plan(tmp_path, "--ami", GONE)
    assert fate(made, snap(2)) != ("step",)
    assert steps(plan(tmp_path, "--unused")) == [ami(1), snap(2)]


def test_backup_in_its_own_right(tmp_path):
    """An AMI registered from an old backup: deleting "the AMI's snapshots" deletes the backup."""
    place = Place().images(image(1, snapshots=[snap(2)], CreationDate="2024-06-01T00:00:00.000Z"))
    place.snapshots(snapshot(2, Description="nightly of the ledger", StartTime="2024-01-01T00:00:00.000Z"))
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1)]
    assert fate(made, snap(2)) == ("blocked", "predates-image")


def test_snapshot_named_by_a_template(tmp_path):
    """Launch templates name snapshots as data volumes: no AMI maps them, and they look orphaned."""
    data = {"BlockDeviceMappings": [{"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": snap(2)}}]}
    place = Place().snapshots(snapshot(2, Description=created_for(GONE)), dict(BYSTANDER, VolumeId=vol(5)))
    place.template(1, [template_version(1, 1, ami(9), data)])
    place.write(tmp_path)
    made = plan(tmp_path, "--orphans")
    assert fate(made, snap(2)) == ("blocked", "snapshot-referenced")
    assert any(lt(1) in by for by in item(made, snap(2))["by"])


def test_second_volume_goes_too(tmp_path):
    """Only the root volume's snapshot is found, the others cost money for ever; devices without one are no trouble."""
    one = image(1, snapshots=[snap(1), snap(2), snap(3)])
    one["BlockDeviceMappings"] += [
        {"DeviceName": "/dev/sdy", "VirtualName": "ephemeral0"},
        {"DeviceName": "/dev/sdz", "NoDevice": ""},
        {"DeviceName": "/dev/sdx", "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}},
        mapping(snap(1), "/dev/sdw"),
    ]
    place = Place().images(one).snapshots(*[snapshot(number, Description=created_for(ami(1))) for number in (1, 2, 3)])
    place.write(tmp_path)
    assert steps(plan(tmp_path)) == [ami(1), snap(1), snap(2), snap(3)]


def test_foreign_images(tmp_path):
    """Somebody else's AMI in the listing (without `--owners self`) is planned like one's own."""
    place = Place().pair(1).pair(2, OwnerId="999988887777")
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1)]
    assert made["summary"]["images"]["total"] == 1
    assert fate(plan(tmp_path, "--ami", ami(2)), ami(2)) == ("blocked", "not-owned")


def test_empty_answers_are_told(tmp_path):
    """An empty answer from the wrong region or account is no proof: accepted, but with a warning."""
    Place().pair(1).write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1)]
    assert warnings(made, "empty-documents")
