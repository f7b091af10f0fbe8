"""The scripts that carry out a plan: run with the real `aws` command against a server that nobody here wrote, and with
an `aws` of our own where the world must misbehave.

It must not know: how the scripts are written.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from collection import collect
from inventory import ACCOUNT, AS_OF, REGION as HERE, Place, ami, image, snap, snapshot
from scenario import BASE, fill
from server import BESIDE, REGION
from tool import one_error, run, steps

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


def test_dry_run_changes_nothing(moto, account):
    """Without --execute the script walks the whole plan, in order, and everything is as it was."""
    _, made, script = account
    before = state_of(moto)
    output = script()
    assert acted_on(output, "would be (?:deregistered|deleted)") == steps(made)
    assert "Nothing was changed" in output
    assert state_of(moto) == before


def test_carries_out_the_plan_once(moto, account):
    """With --execute exactly the plan's resources go, in its order; run again, nothing more happens."""
    parts, made, script = account
    images, snapshots, instances = state_of(moto)
    output = script("--execute")
    assert acted_on(output, "(?:deregistered|deleted)") == steps(made)
    after = state_of(moto)
    assert after == (images - set(steps(made)), snapshots - set(steps(made)), instances)
    assert parts["used"] in after[0]
    again = script("--execute")
    assert acted_on(again, "(?:deregistered|deleted)") == []
    assert acted_on(again, "already gone") == steps(made)
    assert state_of(moto) == after


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
