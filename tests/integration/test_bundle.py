"""The change-approval artifact: every format of one plan in one directory, with one digest, whole or not at all.

It must not know: how a format is written.
"""

import hashlib
import json
import os
import subprocess

import pytest

from inventory import Place, ami, image, instance
from test_escaping import NAMES, account
from tool import TOP, one_error, plan, run

PLAN = os.path.join(TOP, "samples", "plans", "decommission.json")
FILES = {
    "SHA256SUMS",
    "checklist-old-console.txt",
    "checklist.txt",
    "plan.csv",
    "plan.html",
    "plan.json",
    "plan.md",
    "plan.txt",
    "process.dot",
    "process.svg",
}
SCRIPTS = ("execute-%s.ps1", "execute-%s.sh", "undo-%s.sh")


def bundle(file, directory):
    made = run("show", file, "--bundle", directory)
    assert made.status == 0 and made.out == b"" and made.errors == "", made
    return set(os.listdir(directory))


def test_everything_is_there(tmp_path):
    """Each format once, a script of each kind for the account with steps; sha256sum agrees; the plan is the very file."""
    names = bundle(PLAN, tmp_path / "out")
    assert names == FILES | {script % "111122223333" for script in SCRIPTS}
    done = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=True)
    assert done.stdout.count(b": OK") == len(names) - 1
    with open(PLAN, "rb") as file:
        saved = file.read()
    assert (tmp_path / "out" / "plan.json").read_bytes() == saved
    digest = hashlib.sha256(saved).hexdigest()
    for name in names - {"plan.json"}:
        assert digest in (tmp_path / "out" / name).read_text(encoding="utf-8"), name


def test_same_plan_same_bytes(tmp_path):
    bundle(PLAN, tmp_path / "one")
    bundle(PLAN, tmp_path / "two")
    for name in os.listdir(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_a_script_for_each_account(tmp_path):
    """A plan over several accounts gives one script an account, and each acts on its own alone."""
    for number, owner in ((1, "111111111111"), (2, "222222222222")):
        Place(account=owner).pair(number, OwnerId=owner).write(tmp_path / "in")
    (tmp_path / "plan.json").write_text(json.dumps(plan(tmp_path / "in")))
    names = bundle(tmp_path / "plan.json", tmp_path / "out")
    for number, owner in ((1, "111111111111"), (2, "222222222222")):
        assert {script % owner for script in SCRIPTS} <= names
        script = (tmp_path / "out" / ("execute-%s.sh" % owner)).read_text()
        assert ami(number) in script and ami(3 - number) not in script, owner


@pytest.mark.parametrize("name", ["command", "script", "right to left", "formula"])
def test_hostile_names(tmp_path, name):
    account(NAMES[name]).write(tmp_path / "in")
    (tmp_path / "plan.json").write_text(json.dumps(plan(tmp_path / "in")))
    assert FILES <= bundle(tmp_path / "plan.json", tmp_path / "out")


def test_nothing_half_written(tmp_path):
    """A directory that is there stays as it is; one that cannot be made leaves nothing; a broken plan makes none."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("x")
    assert "there" in one_error(run("show", PLAN, "--bundle", tmp_path / "there"))
    assert os.listdir(tmp_path / "there") == ["mine"]
    one_error(run("show", PLAN, "--bundle", tmp_path / "no" / "such"))
    (tmp_path / "broken.json").write_text("{")
    one_error(run("show", tmp_path / "broken.json", "--bundle", tmp_path / "out"))
    assert sorted(os.listdir(tmp_path)) == ["broken.json", "there"]


def test_it_stands_alone(tmp_path):
    for option in (["-T", "csv"], ["-o", tmp_path / "x"], ["--only", "111122223333"]):
        assert "--bundle" in one_error(run("show", PLAN, "--bundle", tmp_path / "out", *option), 64)


def test_plan_without_steps(tmp_path):
    """Nothing to do: no scripts, everything else."""
    place = Place()
    place.images(image(1)).instances(instance(1, ami(1)))
    place.write(tmp_path / "in")
    (tmp_path / "plan.json").write_text(json.dumps(plan(tmp_path / "in")))
    assert bundle(tmp_path / "plan.json", tmp_path / "out") == FILES
