"""The scripts that carry out a plan: run with the real `aws` command against a server that nobody here wrote, and with
an `aws` of our own where the world must misbehave.

It must not know: how the scripts are written.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest
import tree_sitter
import tree_sitter_powershell

from collection import collect
from inventory import ACCOUNT, AS_OF, REGION as HERE, Place, ami, image, inst, snap, snapshot, tags
from scenario import BASE, fill
from server import BESIDE, REGION
from test_escaping import NAMES
from tool import TOP, one_error, run, steps

MOTO_ACCOUNT = "123456789012"
LATER = (datetime.now(timezone.utc) + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
BASH = ["bash"]


class Script:
    """A bash script in a directory of its own, and how it is run."""

    def __init__(self, path, environment):
        self.path, self.environment = path, environment
        self.log = path.parent / "script.log"

    def __call__(self, *options, status=0):
        done = subprocess.run(
            [*BASH, str(self.path), "--log", str(self.log), *options],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout


def shellcheck(path):
    done = subprocess.run(["shellcheck", str(path)], capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0 and not done.stdout, done.stdout[:4000]


def script_of(plan_file, environment, *options, kind="aws-cli"):
    """The script of a saved plan, in the plan's directory."""
    path = plan_file.parent / ("%s.sh" % kind)
    result = run("show", plan_file, "-T", kind, "-o", path, *options)
    assert result.status == 0, result
    shellcheck(path)
    return Script(path, environment)


def save_plan(inventory, file, *options, as_of=LATER):
    result = run("plan", inventory, *options, "--as-of", as_of, "-T", "json", "-o", file)
    assert result.status == 0, result
    return json.loads(file.read_text(encoding="utf-8"))


# --- the real command ------------------------------------------------------------------------------------------------


# The server lacks one filter of DescribeImages: `aws` asks for all AMIs, and does the filtering itself.
SHIM = """#!/usr/bin/env bash
words=()
while (($#)); do
    if [[ $1 == --filters && $2 == Name=block-device-mapping.snapshot-id,Values=* ]]; then
        snapshot=${2##*=}
        shift
    elif [[ $1 == --query && -n ${snapshot:-} ]]; then
        words+=(--query "join(',', Images[?BlockDeviceMappings[?Ebs.SnapshotId=='$snapshot']].ImageId)")
        shift
    else
        words+=("$1")
    fi
    shift
done
exec %s %s "${words[@]}"
"""


def commands(directory, **texts):
    """Commands of our own before all others on the path."""
    directory.mkdir(exist_ok=True)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
        (directory / name).chmod(0o755)
    return "%s%s%s" % (directory, os.pathsep, os.environ["PATH"])


def with_aws(aws, directory):
    path = commands(directory, aws=SHIM % (sys.executable, os.path.join(BESIDE, "aws")))
    return dict(aws.environment, PATH=path)


@pytest.fixture
def account(moto, tmp_path):
    """(ids by part, plan, script) of an account as in test_moto."""
    parts = fill(moto.aws)
    collect(moto.aws, tmp_path / "inventory", REGION)
    made = save_plan(tmp_path / "inventory", tmp_path / "plan.json")
    return parts, made, script_of(tmp_path / "plan.json", with_aws(moto.aws, tmp_path / "bin"))


def state_of(moto):
    """All that a script could change."""
    ec2 = moto.aws.client("ec2")
    images = {each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]}
    snapshots = {each["SnapshotId"] for each in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]}
    instances = {
        each["InstanceId"]: each["State"]["Name"]
        for reservation in ec2.describe_instances()["Reservations"]
        for each in reservation["Instances"]
    }
    return images, snapshots, instances


def acted_on(output, word):
    """The resources that the script says it did that to, in order."""
    return re.findall(r"^\S+ (\S+): %s$" % word, output, re.M)


def test_carries_out_the_plan_once(moto, account):
    """A dry run walks the whole plan, in order, and changes nothing. With --execute exactly the plan's resources go,
    in its order; run again, nothing more happens."""
    parts, made, script = account
    images, snapshots, instances = state_of(moto)
    output = script()
    assert acted_on(output, "would be (?:deregistered|deleted)") == steps(made)
    assert "Nothing was changed" in output
    assert state_of(moto) == (images, snapshots, instances)
    output = script("--execute")
    assert acted_on(output, "(?:deregistered|deleted)") == steps(made)
    after = state_of(moto)
    assert after == (images - set(steps(made)), snapshots - set(steps(made)), instances)
    assert parts["used"] in after[0]
    again = script("--execute")
    assert acted_on(again, "(?:deregistered|deleted)") == []
    assert acted_on(again, "already gone") == steps(made)
    assert state_of(moto) == after


def test_stops_where_an_image_changed(moto, account):
    """One AMI was shared since the plan: what stands before it in the plan goes, it and the rest stay."""
    _, made, script = account
    first, second = steps(made)[:2]
    before = state_of(moto)
    moto.aws.client("ec2").modify_image_attribute(ImageId=second, LaunchPermission={"Add": [{"Group": "all"}]})
    output = script("--execute", status=1)
    assert "STOP: %s: the plan saw public=false, now it is public=true" % second in output
    assert state_of(moto) == (before[0] - {first}, before[1], before[2])


def test_terminates_instances(moto, tmp_path):
    """The third phase: the instances of an AMI that was named."""
    ec2 = moto.aws.client("ec2")
    builder = ec2.run_instances(ImageId=BASE, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    named = ec2.create_image(InstanceId=builder, Name="to-go")["ImageId"]
    instance = ec2.run_instances(ImageId=named, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    collect(moto.aws, tmp_path / "inventory", REGION)
    made = save_plan(tmp_path / "inventory", tmp_path / "plan.json", "--ami", named, "--terminate-instances")
    script = script_of(tmp_path / "plan.json", with_aws(moto.aws, tmp_path / "bin"))
    assert acted_on(script(), "would be terminated") == [instance]
    output = script("--execute")
    assert acted_on(output, "(?:deregistered|deleted|terminated)") == steps(made)
    assert state_of(moto)[2] == {builder: "running", instance: "terminated"}
    assert acted_on(script("--execute"), "already gone") == steps(made)


# --- a command of our own --------------------------------------------------------------------------------------------

SAMPLES = os.path.join(TOP, "samples")
IMAGE, USER, SNAPSHOT = "ami-0a000000000000001", "i-0c000000000000009", "snap-0b000000000000001"


def read(*names):
    with open(os.path.join(SAMPLES, *names), encoding="utf-8") as file:
        return json.load(file)


def world_of_samples():
    """The sample account, as it was when the sample plans were made."""
    world = {"account": ACCOUNT, "regions": {}, "faults": [], "calls": []}
    for region in ("us-east-1", "eu-west-1"):
        here = world["regions"][region] = {"LaunchPermissions": {}, "Bin": {}}
        for name, key in (("images", "Images"), ("snapshots", "Snapshots"), ("instances", "Reservations")):
            here[key] = read("account", ACCOUNT, region, name + ".json")[key]
        for name in os.listdir(os.path.join(SAMPLES, "account", ACCOUNT, region)):
            if name.startswith("launch-permissions-"):
                granted = read("account", ACCOUNT, region, name)
                here["LaunchPermissions"][granted["ImageId"]] = granted["LaunchPermissions"]
    return world


class Sample:
    """A sample plan's scripts in a directory, with a world that can be changed between two runs."""

    def __init__(self, directory, name):
        self.directory, self.file = directory, directory / "world.json"
        self.made = read("plans", name + ".json")
        shutil.copy(os.path.join(SAMPLES, "plans", name + ".json"), directory / "plan.json")
        fake = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fake_command.py")
        words = tuple(shlex.quote(each) for each in (sys.executable, fake, str(self.file)))
        path = commands(
            directory / "bin", aws='#!/bin/sh\nexec %s %s %s "$@"\n' % words, sleep="#!/bin/sh\nexit 0\n"
        )
        self.environment = dict(os.environ, PATH=path, LC_ALL="C")
        self.world = world_of_samples()

    @property
    def world(self):
        return json.loads(self.file.read_text(encoding="utf-8"))

    @world.setter
    def world(self, value):
        self.file.write_text(json.dumps(value), encoding="utf-8")

    def change(self, change, region="us-east-1"):
        """Calls change(part of the world in that region)."""
        world = self.world
        change(world["regions"][region])
        self.world = world

    def image(self, **members):
        """Changes the first AMI of the plan."""
        self.change(lambda here: next(each for each in here["Images"] if each["ImageId"] == IMAGE).update(members))

    def fault(self, operation, resource, code, message, times=1):
        self.world = dict(
            self.world,
            faults=[{"operation": operation, "id": resource, "code": code, "message": message, "times": times}],
        )

    def script(self, kind="aws-cli"):
        return script_of(self.directory / "plan.json", self.environment, kind=kind)

    def done(self):
        """What was called that changes something, dry runs left out."""
        return [call[:2] for call in self.world["calls"] if call[-1] != "dry run"]


@pytest.fixture
def sample(tmp_path):
    return Sample(tmp_path, "default")


@pytest.mark.parametrize("name", ["default", "decommission", "nightly"])
def test_sample_plans(tmp_path, name):
    """Each sample plan is carried out on the sample account: dry, then for good, then with nothing left to do."""
    sample = Sample(tmp_path, name)
    expected = [[step["action"], step["resource"]] for step in sample.made["steps"]]
    script = sample.script()
    output = script()
    assert sample.done() == []
    assert len(re.findall("would be", output)) >= len(expected)
    output = script("--execute")
    assert sample.done() == expected
    assert acted_on(output, "(?:deregistered|deleted|terminated)") == steps(sample.made)
    script("--execute")
    assert sample.done() == expected
    log = script.log.read_text(encoding="utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (dry-run|execute) ", line) for line in log)
    assert sum("start: plan sha256:" in line for line in log) == 3


def test_carries_the_plan_s_digest(sample):
    """A plan file's SHA-256 stands in each script, whether it was shown or made at once."""
    digest = "sha256:" + hashlib.sha256((sample.directory / "plan.json").read_bytes()).hexdigest()
    for kind in ("aws-cli", "powershell", "undo", "console", "console-old"):
        shown = run("show", sample.directory / "plan.json", "-T", kind)
        made = run(
            *("plan", "samples/account", "samples/consumer", "--as-of", "2026-11-22T00:00:00Z", "-T", kind), cwd=TOP
        )
        assert digest in shown.text and "2026-11-22T00:00:00Z" in shown.text
        assert made.text == shown.text


CHANGES = {
    "disabled": (lambda s: s.image(State="disabled"), "the plan saw state=available, now it is state=disabled"),
    "public": (lambda s: s.image(Public=True), "the plan saw public=false, now it is public=true"),
    "protected": (
        lambda s: s.image(DeregistrationProtection="enabled-with-cooldown"),
        "the plan saw protection=disabled, now it is protection=enabled-with-cooldown",
    ),
    "launched": (
        lambda s: s.image(LastLaunchedTime="2026-11-21T11:00:00.000Z"),
        "the plan saw launched=2023-10-20T11:00:00Z, now it is launched=2026-11-21T11:00:00.000Z",
    ),
    "another owner": (lambda s: s.image(OwnerId="999999999999"), "the plan saw owner=111122223333"),
    "managed": (
        lambda s: s.image(Tags=[{"Key": "aws:backup:source-resource", "Value": "i-1 \u202e'$(id)\n"}]),
        "the plan saw tags=[], now it is tags=[[\"aws:backup:source-resource\"",
    ),
    "fewer snapshots": (lambda s: s.image(BlockDeviceMappings=[]), "fewer snapshots since the plan: " + SNAPSHOT),
    "shared": (
        lambda s: s.change(lambda here: here["LaunchPermissions"].update({IMAGE: [{"UserId": "999999999999"}]})),
        "the plan saw shared=, now it is shared=999999999999",
    ),
    "in use": (
        lambda s: s.change(
            lambda here: here["Reservations"].append(
                {
                    "OwnerId": ACCOUNT,
                    "Instances": [{"InstanceId": inst(77), "ImageId": IMAGE, "State": {"Name": "running"}}],
                }
            )
        ),
        "other instances since the plan: " + inst(77),
    ),
    "no access": (
        lambda s: s.fault("deregister-image", IMAGE, "UnauthorizedOperation", "You are not authorized."),
        "(UnauthorizedOperation)",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_stops_at_a_surprise(sample, name):
    """The first AMI is not as the plan saw it: nothing is changed, and the script says what is different."""
    change, message = CHANGES[name]
    change(sample)
    output = sample.script()("--execute", status=1)
    assert "STOP: %s" % IMAGE in output and message in output, output
    assert [call for call in sample.done() if call[1] != IMAGE] == []
    assert any(each["ImageId"] == IMAGE for each in sample.world["regions"]["us-east-1"]["Images"])
    assert re.fullmatch(r"[\x20-\x7e\n]*", output)


def test_what_is_gone_already_is_fine(sample):
    """Somebody deregistered an AMI by hand: its step is done, the others follow."""
    sample.change(lambda here: here["Images"].remove(next(e for e in here["Images"] if e["ImageId"] == IMAGE)))
    output = sample.script()("--execute")
    assert acted_on(output, "already gone") == [IMAGE]
    assert len(sample.done()) == len(sample.made["steps"]) - 1


def in_use_by(image):
    return ("InvalidSnapshot.InUse", "The snapshot %s is currently in use by %s" % (SNAPSHOT, image))


def test_waits_for_a_deregistered_image(sample):
    """A deregistered AMI holds its snapshot for a while: the script waits and goes on."""
    sample.fault("delete-snapshot", SNAPSHOT, *in_use_by(IMAGE), times=3)
    output = sample.script()("--execute")
    assert output.count("%s still holds it, trying again" % IMAGE) == 3
    assert acted_on(output, "(?:deregistered|deleted)") == steps(sample.made)


def test_waiting_has_an_end(sample):
    """It waits some minutes, not for ever."""
    sample.fault("delete-snapshot", SNAPSHOT, *in_use_by(IMAGE), times=1000)
    output = sample.script()("--execute", status=1)
    waits = [int(each) for each in re.findall(r"trying again in (\d+) s", output)]
    assert 300 <= sum(waits) <= 900
    assert "still holds it. Run the script again later" in output


def test_another_user_of_a_snapshot_is_a_surprise(sample):
    """In use by an AMI that no step deregisters: no waiting."""
    sample.fault("delete-snapshot", SNAPSHOT, *in_use_by("ami-0fedcba9876543210"), times=1000)
    output = sample.script()("--execute", status=1)
    assert "in use by ami-0fedcba9876543210, which this script did not deregister" in output
    assert "trying again" not in output


def test_another_account_is_refused(sample):
    """The credentials decide: of any other account, nothing is even looked at."""
    sample.world = dict(sample.world, account="444455556666")
    output = sample.script()("--execute", status=1)
    assert "the plan is for account 111122223333, the credentials are of account 444455556666" in output
    assert sample.world["calls"] == []


def test_half_a_script_does_nothing(sample):
    """A file that was cut off is no script."""
    script = sample.script()
    text = script.path.read_text(encoding="utf-8")
    script.path.write_text(text[: text.index("delete_snapshot us-east-1")], encoding="utf-8")
    script("--execute", status=2)
    assert sample.world["calls"] == []


@pytest.mark.parametrize("options", [["--exceute"], ["--log"], ["--execute", "now"]])
def test_unknown_options(sample, options):
    """A mistyped option is no dry run and no execution."""
    script = sample.script()
    done = subprocess.run(["bash", str(script.path), *options], env=sample.environment, capture_output=True, check=False)
    assert done.returncode == 64 and done.stdout == b"" and b"--execute" in done.stderr
    assert sample.world["calls"] == []


# --- undo ------------------------------------------------------------------------------------------------------------


def test_undo_makes_images_again(sample):
    """After the AMIs were deregistered and before their snapshots went: every AMI comes back, as it was defined."""
    before = {each["ImageId"]: each for each in sample.world["regions"]["us-east-1"]["Images"]}
    sample.fault("delete-snapshot", "snap-0b000000000000052", "UnauthorizedOperation", "no", times=1)
    sample.script()("--execute", status=1)
    gone = [step["resource"] for step in sample.made["steps"] if step["phase"] == 1]
    undo = sample.script("undo")
    calls = len(sample.world["calls"])
    output = undo()
    assert len(re.findall("would be made again", output)) == len(gone)
    assert all(call[-1] == "dry run" for call in sample.world["calls"][calls:])
    output = undo("--execute")
    made = {each["Name"]: each for each in sample.world["regions"]["us-east-1"]["Images"]}
    for image in gone:
        old, new = before[image], made[before[image]["Name"]]
        assert new["ImageId"] != image and "%s: made again as %s" % (image, new["ImageId"]) in output
        assert new["State"] == old["State"]
        for key in ("Description", "Architecture", "RootDeviceName", "BootMode", "EnaSupport", "VirtualizationType"):
            assert new.get(key) == old.get(key), key
        devices = [
            dict(each, Ebs={key: value for key, value in each["Ebs"].items() if key != "Encrypted"})
            for each in old["BlockDeviceMappings"]
        ]
        assert new["BlockDeviceMappings"] == devices
        kept = [each for each in old.get("Tags", []) if not each["Key"].startswith("aws:")]
        assert [each["Tags"] for each in new.get("TagSpecifications", [])] == ([kept] if kept else [])
        permissions = sample.world["regions"]["us-east-1"]["LaunchPermissions"]
        assert permissions.get(new["ImageId"], []) == permissions.get(image, [])
    again = undo("--execute")
    assert again.count("its name is taken") == len(gone)


def test_undo_takes_from_the_recycle_bin(sample):
    """What a Recycle Bin rule kept is restored under its own id; what it did not keep is final."""
    here = sample.world["regions"]["us-east-1"]
    image = next(each for each in here["Images"] if each["ImageId"] == IMAGE)
    until = "2026-12-22T00:00:00Z"
    sample.script()("--execute")
    sample.change(lambda here: here["Bin"].update({IMAGE: dict(image, RecycleBinExitTime=until)}))
    output = sample.script("undo")("--execute", status=1)
    assert "%s: recoverable until %s" % (IMAGE, until) in output
    assert "%s: restored from the Recycle Bin" % IMAGE in output
    assert "ami-0a000000000000016: final: its snapshot snap-0b000000000000016 is gone" in output
    assert "snap-0b000000000000030: final" in output


# --- accounts, ids ---------------------------------------------------------------------------------------------------


def save(directory, made, name="changed.json"):
    path = directory / name
    path.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["aws-cli", "powershell", "undo"])
def test_one_account_a_script(sample, kind):
    """A plan over two accounts gives one script for each, and none for both."""
    for step in sample.made["steps"][::2]:
        step["account"] = "444455556666"
    file = save(sample.directory, sample.made)
    error = one_error(run("show", file, "-T", kind), 64)
    assert "--only ACCOUNT" in error and ACCOUNT in error and "444455556666" in error
    mine = run("show", file, "-T", kind, "--only", ACCOUNT).text
    theirs = run("show", file, "-T", kind, "--only", "444455556666/us-east-1").text
    for step in sample.made["steps"]:
        pattern = r"(?m)^(?:\w+|[\w-]+-Planned\w+) '?%s'? '?%s'? ?" % (step["region"], step["resource"])
        in_mine, in_theirs = (bool(re.search(pattern, text)) for text in (mine, theirs))
        assert in_mine == (step["account"] == ACCOUNT)
        assert in_theirs == (step["account"] != ACCOUNT and step["region"] == "us-east-1")
    error = one_error(run("show", file, "-T", kind, "--only", "999999999999"), 64)
    assert "999999999999" in error and ACCOUNT in error
    assert "scripts" in one_error(run("show", file, "-T", "text", "--only", ACCOUNT), 64)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("resource", "ami-0a000000000000001; touch pwned"),
        ("resource", "ami-$(id)"),
        ("resource", "snap-0b000000000000001"),
        ("region", "us-east-1 --endpoint-url=x"),
        ("region", "$(id)"),
        ("account", "11112222333"),
        ("account", None),
        ("action", "rm"),
    ],
)
@pytest.mark.parametrize("kind", ["aws-cli", "powershell", "undo"])
def test_only_what_has_its_pattern(sample, kind, key, value):
    """A plan file may have been touched: what is no id, account or region never gets into a script."""
    sample.made["steps"][0][key] = value
    result = run("show", save(sample.directory, sample.made), "-T", kind)
    assert result.status == 1 and one_error(result)
    assert result.out == b""


# --- names that strangers chose --------------------------------------------------------------------------------------

PWNED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\u061c]")


class Hostile:
    """An account whose one AMI is called, described and tagged with a name; the tag is one that protects."""

    def __init__(self, directory, name):
        self.directory, self.name = directory, name
        place = Place()
        marks = tags({"Name": name, "keep": name, name[:100]: name})
        self.image = image(1, Name=name, Description=name, Tags=marks)
        place.images(self.image)
        self.snapshot = snapshot(1, Tags=marks)
        place.snapshots(self.snapshot)
        place.write(directory / "in")
        self.made = save_plan(
            directory / "in", directory / "plan.json", "--protect-tag", "keep=never", as_of=AS_OF
        )
        assert steps(self.made) == [ami(1), snap(1)]

    def script(self, kind):
        fake = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fake_command.py")
        file = self.directory / "world.json"
        here = {
            "Images": [self.image],
            "Snapshots": [self.snapshot],
            "Reservations": [],
            "LaunchPermissions": {},
            "Bin": {},
        }
        file.write_text(
            json.dumps({"account": ACCOUNT, "regions": {HERE: here}, "faults": [], "calls": []}), encoding="utf-8"
        )
        words = tuple(shlex.quote(each) for each in (sys.executable, fake, str(file)))
        path = commands(self.directory / "bin", aws='#!/bin/sh\nexec %s %s %s "$@"\n' % words)
        return script_of(self.directory / "plan.json", dict(os.environ, PATH=path, LC_ALL="C"), kind=kind)

    def images(self):
        return json.loads((self.directory / "world.json").read_text(encoding="utf-8"))["regions"][HERE]["Images"]


@pytest.fixture(params=NAMES)
def hostile(request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Hostile(tmp_path, NAMES[request.param])


def test_hostile_names_in_bash(hostile):
    """shellcheck is silent, nothing of a name runs or is seen raw, tags compare equal, and undo gives the name back."""
    script = hostile.script("aws-cli")
    undo = hostile.script("undo")
    assert not PWNED.search(undo.path.read_text(encoding="utf-8").replace("\t", ""))
    assert not PWNED.search(script.path.read_text(encoding="utf-8").replace("\t", ""))
    hostile.script("aws-cli")("--execute", "--log", str(hostile.directory / "log"))
    assert hostile.images() == []
    world = json.loads((hostile.directory / "world.json").read_text(encoding="utf-8"))
    world["regions"][HERE]["Snapshots"].append(hostile.snapshot)
    (hostile.directory / "world.json").write_text(json.dumps(world), encoding="utf-8")
    undo("--execute")
    (made,) = hostile.images()
    assert made["Name"] == made["Description"] == hostile.name
    assert made["TagSpecifications"][0]["Tags"] == hostile.image["Tags"]
    undo("--execute")
    assert len(hostile.images()) == 1
    assert not list(hostile.directory.glob("**/pwned*"))


def test_hostile_names_in_the_console_s_list(hostile):
    """A name is one line's text: no control character, no line of its own."""
    for kind in ("console", "console-old"):
        text = run("show", hostile.directory / "plan.json", "-T", kind).out.decode("utf-8")
        assert not PWNED.search(text)
        assert len(re.findall(r"(?m)^   \[ \] \d", text)) == 2
        assert text.count("https://%s.console.aws.amazon.com/ec2/home?region=%s#" % (HERE, HERE)) == 2


def test_sections_of_the_checklist(sample):
    """The steps of the AWS page, in its order, with the words that the console shows; managed AMIs by AWS Backup."""
    words = {
        "console": ["Actions, Deregister AMI", "Actions, Delete snapshot", "Instance state, Terminate instance"],
        "console-old": ["Actions, Deregister.", "Yes, Delete", "Actions, Instance State, Terminate"],
    }
    shutil.copy(os.path.join(SAMPLES, "plans", "decommission.json"), sample.directory / "other.json")
    for kind, expected in words.items():
        text = run("show", sample.directory / "other.json", "-T", kind).text
        places = [text.index(word) for word in expected]
        assert places == sorted(places)
        for step in read("plans", "decommission.json")["steps"]:
            assert re.search(r"\[ \] %d  %s\b" % (step["order"], step["resource"]), text)
        text = run("show", sample.directory / "plan.json", "-T", kind).text
        assert re.search(r"AWS Backup(?s:.*)\[ \] image/ami-0a000000000000010\n", text)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
        ("us-iso-east-1", None),
        ("ap-south-1", "ap-south-1.console.aws.amazon.com"),
        ("x.example/", None),
    ],
)
def test_links_by_partition(sample, region, host):
    """Each partition has a console of its own; what is no region gets no link."""
    for step in sample.made["steps"]:
        step["region"] = region
    text = run("show", save(sample.directory, sample.made), "-T", "console").text
    links = re.findall(r"https://([^/\s]+)/ec2/home\?region=([^#]+)#", text)
    assert links == ([(host, region)] * len(sample.made["steps"]) if host else [])


# --- PowerShell ------------------------------------------------------------------------------------------------------


def parsed(text):
    """The syntax tree of a script; nothing in it may be an error."""
    tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language())).parse(text)
    assert not tree.root_node.has_error
    return tree.root_node


def nodes(node, kind):
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type == kind:
            yield each
        waiting.extend(each.children)


def commands_of(text):
    """What a script calls: {command's name}."""
    return {each.text.decode() for each in nodes(parsed(text), "command_name")}


def test_powershell_calls(sample):
    """The cmdlets of the AWS page, and nothing more dangerous; one call a step, in order; -Execute is asked for."""
    text = run("show", sample.directory / "plan.json", "-T", "powershell").out
    root = parsed(text)
    called = commands_of(text)
    assert {"Get-STSCallerIdentity", "Get-EC2Image", "Get-EC2Snapshot", "Get-EC2Instance"} <= called
    assert not {"Invoke-Expression", "iex", "Start-Process", "Remove-Item"} & called
    for cmdlet in (b"'Unregister-EC2Image'", b"'Remove-EC2Snapshot'", b"'Remove-EC2Instance'"):
        assert text.count(cmdlet) == 1
    assert b"param([switch] $Execute" in text and b"Set-StrictMode" in text and b"$ErrorActionPreference = 'Stop'" in text
    (function,) = [each for each in nodes(root, "function_statement") if b"function Invoke-Steps" in each.text]
    lines = [line.split(b" ") for line in function.text.splitlines()[1:-1]]
    assert [line[2].decode().strip("'") for line in lines] == steps(sample.made)
    assert [line[1].decode().strip("'") for line in lines] == [step["region"] for step in sample.made["steps"]]


def test_hostile_names_in_powershell(hostile):
    """A name changes nothing in what the script is: the same tree as with a harmless name, and ASCII in its strings."""
    text = run("show", hostile.directory / "plan.json", "-T", "powershell").out
    plain = Hostile(hostile.directory / "plain", "plain")
    other = run("show", plain.directory / "plan.json", "-T", "powershell").out
    assert commands_of(text) == commands_of(other)
    assert not PWNED.search(text.decode("utf-8").replace("\t", ""))
    for each in nodes(parsed(text), "verbatim_string_characters"):
        assert re.fullmatch(rb"'(?:[\x20-\x26\x28-\x7e]|'')*'", each.text)
