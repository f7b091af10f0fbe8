"""Bad documents, files and outputs: one line that says where, an exit status, no crash, nothing half written.

It must not know: how documents are decoded.
"""

import copy
import json
import os
import re
import subprocess
import time

import pytest

import inventory
from inventory import (
    ACCOUNT,
    REGION,
    Place,
    ami,
    image,
    inst,
    instance,
    save,
    snap,
    snapshot,
    template_version,
    uses,
    write,
)
from tool import BINARY, one_error, plan, rules, run, steps, warnings

PLACE = re.compile(r"^(.+):(\d+):(\d+): (.+)$", re.S)


def fails(directory, *options, name=None):
    """Planning fails with one line; with `name` it must give a place in that file. Returns (line, column, message)."""
    message = one_error(run("plan", directory, *options, "-T", "json"))
    if name is None:
        return message
    found = PLACE.match(message)
    assert found and os.path.basename(found[1]) == name, message
    return int(found[2]), int(found[3]), found[4]


def one_file(tmp_path, content, name="document.json"):
    """A directory with that one document."""
    save(str(tmp_path / name), content)
    return tmp_path


SMALL = json.dumps(
    {"Images": [image(1, Tags=inventory.tags({"Name": "caf\u00e9 \U0001f600"}))]}, indent=1, ensure_ascii=False
).encode()


def test_every_prefix(tmp_path):
    """A small document cut off at each byte: an error with a place, and the whole one is a plan."""
    file = tmp_path / "images.json"
    for length in range(1, len(SMALL)):
        file.write_bytes(SMALL[:length])
        line, column, message = fails(file, name="images.json")
        # An error points into what is there, or right behind it.
        lines = SMALL[:length].decode("utf-8", "ignore").split("\n")
        assert 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 2, (length, line, column, message)
    file.write_bytes(SMALL)
    assert steps(plan(file)) == []


def test_every_byte_lost(tmp_path):
    """The same document without one byte: an error or a plan, never a crash."""
    file = tmp_path / "images.json"
    outcomes = set()
    for place in range(0, len(SMALL), 3):
        file.write_bytes(SMALL[:place] + SMALL[place + 1 :])
        result = run("plan", file, "-T", "json", "--quiet")
        assert result.status in (0, 1), result
        if result.status:
            one_error(result)
        else:
            json.loads(result.text)
        outcomes.add(result.status)
    assert outcomes == {0, 1}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b" \n\t ", ""),
        (b"\x7fELF\x02\x01\x01\x00\x00", "JSON"),
        (b"\x00\x00\x00\x00", "JSON"),
        (b"PK\x03\x04", ""),
        (b"<html><body>502 Bad Gateway</body></html>", ""),
        (b"Images:\n- ImageId: x\n", ""),
        ('{"Images": []}'.encode("utf-16"), "UTF-16"),
        ('{"Images": []}'.encode("utf-16-le"), "UTF-16"),
        ('{"Images": []}'.encode("utf-16-be"), "UTF-16"),
        (b'{"Images": [] "Snapshots": []}', ""),
        (b'{"Images": []}{"Images": []}', ""),
        (b'{"Images": [],}', ""),
        (b'{"Images": [,]}', ""),
        (b"{'Images': []}", ""),
        (b'{"Images": [] // none\n}', ""),
        (b'{"Images": [], "Note": NaN}', ""),
        (b'{"Images": [], "Note": 01}', ""),
        (b'{"Images": [], "Note": "tab\there"}', ""),
        (b'{"Images": [], "Note": "\\x41"}', ""),
        (b'{"Images": [], "Note": "\\ud800"}', ""),
        (b'{"Images": [], "Note": "\xff\xfe"}', "UTF-8"),
        (b'{"Images": [], "Note": "\xc0\xaf"}', "UTF-8"),
        (b'{"Images": [], "Note": "\xed\xa0\x80"}', "UTF-8"),
        (b'{"Images": [], "Images": []}', "Images"),
        (b'{"Images": [], "Note": {"a": 1, "a": 2}}', "a"),
        (b'{"Images": [], "Note": {"\\u0061": 1, "a": 2}}', "a"),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["named", "in a directory"])
def test_not_well_formed(tmp_path, content, says, named):
    """What is no JSON document is an error with a place, named or found."""
    directory = one_file(tmp_path, content)
    _, _, message = fails(directory / "document.json" if named else directory, name="document.json")
    assert says.lower() in message.lower()


@pytest.mark.parametrize("named", [True, False], ids=["named", "in a directory"])
def test_empty_file(tmp_path, named):
    """An empty file, as a redirection leaves it where the command failed, has no place to name: the file will do."""
    directory = one_file(tmp_path, b"")
    message = fails(directory / "document.json" if named else directory)
    assert "document.json: " in message and "empty" in message


def test_skipped_files_are_shown_escaped(tmp_path):
    """A file name is hostile too: what is said of a skipped file is one line without control characters."""
    Place().pair(1).write(tmp_path)
    save(str(tmp_path / "a\x1b[31m\nb.json"), {"name": "x"})
    result = run("plan", tmp_path, "--as-of", inventory.AS_OF, "-T", "json")
    assert result.status == 0 and "a\\x1b[31m\\nb.json: skipped" in result.errors, result
    assert len(result.errors.splitlines()) == 1 and "\x1b" not in result.errors


@pytest.mark.parametrize("depth", [200, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting(tmp_path, depth, opening, closing):
    """Nesting far beyond what AWS prints is an error, whole or cut off, also inside a member nobody knows."""
    inner = opening * depth + "1" + closing * depth
    for content in (inner, opening * depth, '{"Images": [], "Note": %s}' % inner, '{"Images": [{"Note": %s}]}' % inner):
        fails(one_file(tmp_path, content), name="document.json")


def test_modest_nesting_is_fine(tmp_path):
    """Sixty levels in an unknown member are no reason to refuse."""
    one_file(tmp_path, '{"Images": [], "Note": %s}' % ("[" * 60 + "]" * 60))
    assert steps(plan(tmp_path)) == []


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_huge_strings(tmp_path, size):
    """A huge string in an unknown member, a known one, a member's name: an error or a plan, no crash."""
    long = "x" * size
    for content in (
        {"Images": [], "Note": long},
        {"Images": [image(1, Description=long)]},
        {"Images": [], long: 1},
    ):
        result = run("plan", one_file(tmp_path, content), "-T", "json", "--quiet")
        if result.status:
            assert len(one_error(result)) < 2000
        if size == 100_000:
            assert result.status == 0, result


def test_many_members_are_quick(tmp_path):
    """A hundred thousand members of one object: no quadratic search for duplicates."""
    content = '{"Images": [], "Note": {%s}}' % ",".join('"m%d":%d' % (each, each) for each in range(100_000))
    result = run("plan", one_file(tmp_path, content), "-T", "json", "--quiet", timeout=20)
    assert result.status == 0, result


def test_byte_order_mark(tmp_path):
    """A UTF-8 byte order mark, as PowerShell writes it, is skipped; the plan is the same."""
    place = Place().pair(1)
    place.write(tmp_path / "plain")
    place.write(tmp_path / "marked")
    for where, _, names in os.walk(tmp_path / "marked"):
        for name in names:
            path = os.path.join(where, name)
            with open(path, "rb") as file:
                content = file.read()
            save(path, b"\xef\xbb\xbf" + content)
    plain, marked = plan(tmp_path / "plain"), plan(tmp_path / "marked")
    assert steps(plain) == [ami(1), snap(1)]
    assert marked["steps"] == plain["steps"]


# Document -> path of a known member. Every wrong kind of value for it must be refused.
MEMBERS = {
    "image": (
        lambda: {
            "Images": [
                image(
                    1,
                    LastLaunchedTime="2025-01-01T00:00:00Z",
                    Tags=inventory.tags({"a": "b"}),
                    DeregistrationProtection="disabled",
                    ImageOwnerAlias="self",
                    SourceImageId=ami(2),
                )
            ]
        },
        [
            "Images",
            "Images/0",
            "Images/0/ImageId",
            "Images/0/OwnerId",
            "Images/0/State",
            "Images/0/Name",
            "Images/0/Description",
            "Images/0/Architecture",
            "Images/0/CreationDate",
            "Images/0/LastLaunchedTime",
            "Images/0/Public",
            "Images/0/DeregistrationProtection",
            "Images/0/ImageOwnerAlias",
            "Images/0/Tags",
            "Images/0/Tags/0",
            "Images/0/Tags/0/Key",
            "Images/0/Tags/0/Value",
            "Images/0/BlockDeviceMappings",
            "Images/0/BlockDeviceMappings/0",
            "Images/0/BlockDeviceMappings/0/Ebs",
            "Images/0/BlockDeviceMappings/0/Ebs/SnapshotId",
        ],
    ),
    "snapshot": (
        lambda: {"Snapshots": [snapshot(1, Tags=inventory.tags({"a": "b"}))]},
        [
            "Snapshots",
            "Snapshots/0",
            "Snapshots/0/SnapshotId",
            "Snapshots/0/OwnerId",
            "Snapshots/0/State",
            "Snapshots/0/Description",
            "Snapshots/0/VolumeId",
            "Snapshots/0/VolumeSize",
            "Snapshots/0/StartTime",
            "Snapshots/0/StorageTier",
            "Snapshots/0/Tags/0/Key",
        ],
    ),
    "instance": (
        lambda: {"Reservations": [instance(1, ami(1), Operator={"Managed": False}, Tags=inventory.tags({"a": "b"}))]},
        [
            "Reservations",
            "Reservations/0",
            "Reservations/0/OwnerId",
            "Reservations/0/Instances",
            "Reservations/0/Instances/0",
            "Reservations/0/Instances/0/InstanceId",
            "Reservations/0/Instances/0/ImageId",
            "Reservations/0/Instances/0/State",
            "Reservations/0/Instances/0/State/Name",
            "Reservations/0/Instances/0/LaunchTime",
            "Reservations/0/Instances/0/Operator",
            "Reservations/0/Instances/0/Operator/Managed",
            "Reservations/0/Instances/0/Tags/0/Value",
        ],
    ),
    "template": (
        lambda: {"LaunchTemplates": [inventory.template(1, 2)]},
        [
            "LaunchTemplates",
            "LaunchTemplates/0",
            "LaunchTemplates/0/LaunchTemplateId",
            "LaunchTemplates/0/LaunchTemplateName",
            "LaunchTemplates/0/DefaultVersionNumber",
            "LaunchTemplates/0/LatestVersionNumber",
        ],
    ),
    "version": (
        lambda: {"LaunchTemplateVersions": [template_version(1, 1, ami(1))]},
        [
            "LaunchTemplateVersions",
            "LaunchTemplateVersions/0",
            "LaunchTemplateVersions/0/LaunchTemplateId",
            "LaunchTemplateVersions/0/VersionNumber",
            "LaunchTemplateVersions/0/LaunchTemplateData",
            "LaunchTemplateVersions/0/LaunchTemplateData/ImageId",
        ],
    ),
    "group": (
        lambda: {"AutoScalingGroups": [inventory.group("g", LaunchTemplate=uses(1, "1"))]},
        [
            "AutoScalingGroups",
            "AutoScalingGroups/0",
            "AutoScalingGroups/0/AutoScalingGroupName",
            "AutoScalingGroups/0/LaunchTemplate",
            "AutoScalingGroups/0/LaunchTemplate/LaunchTemplateId",
            "AutoScalingGroups/0/LaunchTemplate/Version",
        ],
    ),
    "launch configuration": (
        lambda: {"LaunchConfigurations": [inventory.launch_configuration("c", ami(1))]},
        [
            "LaunchConfigurations",
            "LaunchConfigurations/0",
            "LaunchConfigurations/0/LaunchConfigurationName",
            "LaunchConfigurations/0/ImageId",
        ],
    ),
    "spot request": (
        lambda: {"SpotInstanceRequests": [inventory.spot_request(1, ami(1))]},
        [
            "SpotInstanceRequests",
            "SpotInstanceRequests/0",
            "SpotInstanceRequests/0/SpotInstanceRequestId",
            "SpotInstanceRequests/0/State",
            "SpotInstanceRequests/0/LaunchSpecification",
            "SpotInstanceRequests/0/LaunchSpecification/ImageId",
        ],
    ),
    "fleet": (
        lambda: {
            "Fleets": [
                inventory.fleet(1, [{"LaunchTemplateSpecification": uses(1, "1"), "Overrides": [{"ImageId": ami(1)}]}])
            ]
        },
        [
            "Fleets",
            "Fleets/0",
            "Fleets/0/FleetId",
            "Fleets/0/FleetState",
            "Fleets/0/LaunchTemplateConfigs",
            "Fleets/0/LaunchTemplateConfigs/0/Overrides/0/ImageId",
        ],
    ),
    "permissions": (
        lambda: {"ImageId": ami(1), "LaunchPermissions": [{"UserId": "444455556666"}]},
        ["ImageId", "LaunchPermissions", "LaunchPermissions/0", "LaunchPermissions/0/UserId"],
    ),
    "identity": (
        lambda: {"UserId": "AIDAEXAMPLE", "Account": ACCOUNT, "Arn": "arn:aws:iam::%s:user/me" % ACCOUNT},
        ["Account"],
    ),
    "parameters": (
        lambda: {
            "Parameters": [{"Name": "/own/base", "Type": "String", "Value": ami(1), "Version": 1}],
            "InvalidParameters": ["/own/none"],
        },
        ["Parameters", "Parameters/0", "Parameters/0/Name", "Parameters/0/Value", "InvalidParameters"],
    ),
}
CASES = [(kind, path) for kind, (_, paths) in MEMBERS.items() for path in paths]
WRONG = {"string": "text", "number": 12.5, "object": {"a": 1}, "array": [1], "boolean": True}


def kind_of(value):
    for kind, of in (("boolean", bool), ("string", str), ("number", (int, float)), ("object", dict), ("array", list)):
        if isinstance(value, of):
            return kind
    raise AssertionError(value)


def parent_of(document, path):
    """The container of a member and its key."""
    *way, last = [int(each) if each.isdigit() else each for each in path.split("/")]
    for each in way:
        document = document[each]
    return document, last


@pytest.mark.parametrize(("kind", "path"), CASES, ids=["%s %s" % case for case in CASES])
def test_mistyped_member(tmp_path, kind, path):
    """A known member of any wrong type is an error at that place; null is the same as absent."""
    document = MEMBERS[kind][0]()
    container, key = parent_of(document, path)
    right = kind_of(container[key])
    for wrong, value in WRONG.items():
        # Times may be numbers (epoch) as old versions of the `aws` command print them.
        if wrong == right or (
            wrong == "number" and key in ("CreationDate", "LastLaunchedTime", "StartTime", "LaunchTime")
        ):
            continue
        changed = copy.deepcopy(document)
        container, key = parent_of(changed, path)
        container[key] = value
        line, column, message = fails(one_file(tmp_path, changed), name="document.json")
        assert line > 1 and column > 1, message


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("image", "Images/0/ImageId"),
        ("snapshot", "Snapshots/0/SnapshotId"),
        ("instance", "Reservations/0/Instances/0/InstanceId"),
        ("template", "LaunchTemplates/0/LaunchTemplateId"),
        ("version", "LaunchTemplateVersions/0/LaunchTemplateId"),
    ],
)
@pytest.mark.parametrize(
    "value", ["ami-", "", "ami-1234567", "ami-12345678 ", "ami-123456789", "AMI-12345678", "ami-1234567g", "x\n", None]
)
def test_own_id_missing_or_malformed(tmp_path, kind, path, value):
    """A record whose own id is missing or malformed is an error with a place."""
    document = MEMBERS[kind][0]()
    container, key = parent_of(document, path)
    prefix = container[key].split("-")[0] + "-"
    if value is None:
        del container[key]
    else:
        container[key] = value.replace("ami-", prefix)
    fails(one_file(tmp_path, document), name="document.json")


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "2024-13-01T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-01-01T25:00:00Z",
        "2024-01-01T00:00:00+99:00",
        "",
    ],
)
@pytest.mark.parametrize(
    ("kind", "path"),
    [("image", "Images/0/CreationDate"), ("image", "Images/0/LastLaunchedTime"), ("snapshot", "Snapshots/0/StartTime")],
)
def test_date_that_does_not_parse(tmp_path, kind, path, value):
    """A date that is none is an error with a place."""
    document = MEMBERS[kind][0]()
    container, key = parent_of(document, path)
    container[key] = value
    fails(one_file(tmp_path, document), name="document.json")


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-15T10:00:00.000Z",
        "2024-01-15T10:00:00Z",
        "2024-01-15T10:00:00.123456+00:00",
        "2024-01-15 10:00:00+00:00",
        "2024-01-15T11:00:00+01:00",
        1705312800,
        1705312800.0,
    ],
)
def test_spellings_of_a_date(tmp_path, value):
    """Each version of `aws` spells the same moment its own way: 30 days old one second later, not one earlier."""
    Place().images(image(1, CreationDate=value)).snapshots(snapshot(1)).write(tmp_path)
    options = ("--unused", "--older-than", "30d")
    assert ami(1) in steps(plan(tmp_path, *options, as_of="2024-02-14T10:00:01Z"))
    assert ami(1) not in steps(plan(tmp_path, *options, as_of="2024-02-14T09:59:59Z"))


def test_malformed_reference_is_a_warning(tmp_path):
    """A placeholder in a template is no error: the warning `reference-not-understood`."""
    Place().pair(1).template(1, ["ami-placeholder"]).write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1)]
    assert any("ami-placeholder" in text for text in warnings(made, "reference-not-understood"))


def test_null_is_absent(tmp_path):
    """Members that are null do nothing."""
    Place().images(image(1, Description=None) | {"Tags": None, "LastLaunchedTime": None, "Platform": None}).snapshots(
        snapshot(1)
    ).write(tmp_path)
    assert steps(plan(tmp_path)) == [ami(1), snap(1)]


CONFLICTS = {
    "owner": (snapshot(1), snapshot(1, OwnerId="999988887777")),
    "start": (snapshot(1), snapshot(1, StartTime="2023-01-15T10:00:00.000Z")),
    "mapping": (image(1), image(1, snapshots=[snap(2)])),
    "creation": (image(1), image(1, CreationDate="2023-01-15T10:00:00.000Z")),
}


@pytest.mark.parametrize("what", CONFLICTS)
def test_conflicting_documents(tmp_path, what):
    """Two documents of one place that disagree about one thing: an error that names both files and the id."""
    first, second = CONFLICTS[what]
    key = "Images" if "ImageId" in first else "Snapshots"
    below = tmp_path / ACCOUNT / REGION
    below.mkdir(parents=True)
    save(str(below / "one.json"), {key: [first]})
    save(str(below / "two.json"), {key: [second]})
    message = fails(tmp_path)
    assert "one.json" in message and "two.json" in message
    assert first.get("ImageId", first.get("SnapshotId")) in message
    assert re.search(r"(one|two)\.json:\d+:\d+: ", message)
    assert message.count(str(below)) == 2, "files are named as they were opened"


def test_conflict_of_place(tmp_path):
    """An ARN inside that tells another region than the path is an error that names both."""
    arn = (
        "arn:aws:autoscaling:us-west-2:%s:autoScalingGroup:11111111-1111-1111-1111-111111111111:autoScalingGroupName/g"
        % ACCOUNT
    )
    Place().add("auto-scaling-groups", inventory.group("g", AutoScalingGroupARN=arn)).write(tmp_path)
    message = fails(tmp_path)
    assert "us-west-2" in message and REGION in message


def test_same_document_twice(tmp_path):
    """The very same bytes under two names, and twice the same record in one listing, are no conflict."""
    place = Place().pair(1)
    place.write(tmp_path)
    save(str(tmp_path / ACCOUNT / REGION / "images-again.json"), place.documents()["images.json"])
    assert steps(plan(tmp_path)) == [ami(1), snap(1)]
    assert plan(tmp_path)["summary"]["images"]["total"] == 1


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ({"LastLaunchedTime": "2026-10-31T12:00:00Z"}, {}, "recently-launched"),
        ({"Public": True}, {}, "shared"),
        ({"Tags": [{"Key": "keep", "Value": "1"}]}, {}, "protected-tag"),
        ({"DeregistrationProtection": "enabled"}, {"DeregistrationProtection": "disabled"}, "deregistration-protected"),
        ({"State": "pending"}, {}, "image-state"),
        ({"State": "deregistered"}, {}, "image-state"),
    ],
)
def test_same_image_told_differently(tmp_path, one, other, rule):
    """Two documents of one place that differ in what is not compared: what keeps the AMI holds, in either order."""
    for first, second in ((one, other), (other, one)):
        for pad in "abc":  # documents are taken in the order of their digests
            place = Place().pair(1, **first)
            place.write(tmp_path)
            again = json.loads(json.dumps({"Images": [image(1, **second)], "pad": pad}))
            save(str(tmp_path / ACCOUNT / REGION / "again.json"), again)
            made = plan(tmp_path, "--unused", "--not-launched-for", "0d", "--protect-tag", "keep")
            assert rule in rules(made, ami(1)) and steps(made) == []


def test_two_owners(tmp_path):
    """An id that two accounts both call their own."""
    Place().pair(1).write(tmp_path)
    theirs = {"Images": [image(1, OwnerId=inventory.OTHER_ACCOUNT)]}
    (tmp_path / inventory.OTHER_ACCOUNT / REGION).mkdir(parents=True)
    save(str(tmp_path / inventory.OTHER_ACCOUNT / REGION / "images.json"), theirs)
    assert "belongs to" in fails(tmp_path)


def test_paths(tmp_path):
    """Missing paths, a directory without JSON, an unreadable file: one line that names the path."""
    assert "nowhere" in fails(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "empty" in fails(tmp_path / "empty")
    (tmp_path / "text").mkdir()
    save(str(tmp_path / "text" / "notes.txt"), "{}")
    assert "text" in fails(tmp_path / "text")
    save(str(tmp_path / "unreadable.json"), "{}")
    os.chmod(tmp_path / "unreadable.json", 0)
    if os.geteuid():
        assert "unreadable.json" in fails(tmp_path / "unreadable.json")
    (tmp_path / "loop").mkdir()
    os.symlink(tmp_path / "loop", tmp_path / "loop" / "again")
    fails(tmp_path / "loop")


def test_strangers_in_a_directory(tmp_path):
    """A well-formed document of no known kind is skipped in a directory, named once; asked for, it is an error."""
    Place().pair(1).write(tmp_path)
    save(str(tmp_path / "package.json"), {"name": "x", "version": "1.0.0"})
    result = run("plan", tmp_path, "--as-of", inventory.AS_OF, "-T", "json")
    assert result.status == 0 and result.errors.count("package.json") == 1, result
    assert "package.json" in fails(tmp_path / "package.json")
    bare = tmp_path / "bare.json"
    save(str(bare), [image(1)])
    assert "bare.json" in one_error(run("plan", bare))


def test_own_outputs_are_skipped(tmp_path):
    """A plan saved among the documents is skipped in silence, and is an error where it was asked for."""
    Place().pair(1).write(tmp_path)
    file = tmp_path / "plan.json"
    for _ in range(2):
        result = run("plan", tmp_path, "--as-of", inventory.AS_OF, "-o", file)
        assert result.status == 0 and "plan.json" not in result.errors, result
    assert fails(file)


def test_output_to_a_full_device(tmp_path):
    """/dev/full as standard output and as -o target: exit 1 and one line."""
    Place().pair(1).write(tmp_path)
    for format_ in ("text", "json"):
        with open("/dev/full", "wb") as full:
            one_error(run("plan", tmp_path, "--quiet", "-T", format_, stdout=full))
        one_error(run("plan", tmp_path, "--quiet", "-T", format_, "-o", "/dev/full"))


def test_output_that_cannot_be_written(tmp_path):
    """A missing directory, a directory, a target below a file: exit 1, one line, nothing made."""
    Place().pair(1).write(tmp_path / "in")
    (tmp_path / "directory").mkdir()
    save(str(tmp_path / "file"), "x")
    before = sorted(os.listdir(tmp_path))
    for target in ("missing/plan.json", "directory", "file/plan.json"):
        message = one_error(run("plan", tmp_path / "in", "--quiet", "-T", "json", "-o", tmp_path / target))
        assert target.split("/")[0] in message
    assert sorted(os.listdir(tmp_path)) == before
    assert os.listdir(tmp_path / "directory") == []


def test_failed_run_leaves_the_old_output(tmp_path):
    """A run that fails leaves an earlier result as it was, and no temporary file."""
    write(tmp_path / "in", Place().pair(1))
    save(str(tmp_path / "plan.json"), "the old plan\n")
    save(str(tmp_path / "in" / "broken.json"), '{"Images": [')
    one_error(run("plan", tmp_path / "in", "--quiet", "-o", tmp_path / "plan.json"))
    assert (tmp_path / "plan.json").read_text() == "the old plan\n"
    assert sorted(os.listdir(tmp_path)) == ["in", "plan.json"]


def test_damaged_plan(tmp_path):
    """show and verify refuse a plan that is cut off, of another format, or none at all."""
    write(tmp_path / "in", Place().pair(1))
    result = run("plan", tmp_path / "in", "--as-of", inventory.AS_OF, "-T", "json")
    whole = result.out
    for content in (
        b"",
        whole[: len(whole) // 2],
        whole[:-3],
        b"{}",
        whole.replace(b"amiplan.plan/1", b"amiplan.plan/9"),
        b'{"Images": []}',
    ):
        save(str(tmp_path / "plan.json"), content)
        assert "plan.json" in one_error(run("show", tmp_path / "plan.json", "-T", "text"))
        verified = run("verify", tmp_path / "plan.json", tmp_path / "in")
        assert verified.status in (1, 2) and len(verified.errors.splitlines()) == 1, verified


def test_references_to_ids_only(tmp_path):
    """An instance of an AMI that no document has is no error, and its AMI is never planned."""
    Place().pair(1).instances(instance(1, ami(77))).write(tmp_path)
    made = plan(tmp_path)
    assert ami(77) not in json.dumps(made["steps"])
    assert inst(1) not in steps(made)


def test_a_file_that_shrinks(tmp_path):
    """A document that somebody cuts while it is read ends the run in one line, not in a crash."""
    save(str(tmp_path / "images.json"), {"Images": [inventory.image(number) for number in range(1000)]})
    with subprocess.Popen(
        [BINARY, "graph", str(tmp_path), "-", "-T", "json", "-o", str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(0.5)  # until it waits for standard input, and has mapped the other
        os.truncate(tmp_path / "images.json", 0)
        out, errors = process.communicate(b'{"Volumes": []}', timeout=60)
    assert (process.returncode, out) == (1, b"")
    assert errors.count(b"\n") == 1 and b"became shorter" in errors
    assert not (tmp_path / "out").exists()
