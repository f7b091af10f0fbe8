"""`amiplan apply`: steps that wait for each other, several accounts, who has come to use a resource, many steps, signals.

It must not know: how steps are asked, or how facts are compared.
"""

import json
import os
import signal
import subprocess

import pytest

import tool
from fake_account import Account, Region
from fake_aws import FakeAws, error
from inventory import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, Place, ami, instance, snap
from live import NO_PROXIES, collect, finish, wait_for
from test_apply import CHANGING, apply, asked, plan, row

ESCAPE = "\u202e\u009b2J owned"


def serve(*regions):
    """Free AMIs with a snapshot each: (account, region, numbers) a region."""
    accounts = {}
    for account, region, numbers in regions:
        place = Place(account, region).pair(*numbers, OwnerId=account)
        accounts.setdefault(account, {})[region] = Region(place)
    return FakeAws(*[Account(found, number) for number, found in accounts.items()])


@pytest.fixture
def fake():
    with serve((ACCOUNT, REGION, [1, 2])) as server:
        yield server
        assert server.strays == []


@pytest.fixture
def planned(fake, tmp_path):
    assert collect(fake, tmp_path / "in").status == 0
    plan(tmp_path, "--unused")
    fake.forget()
    return tmp_path / "plan.json"


def judged(fake, file, *options, **more):
    """Runs it as JSON: (the document, results by resource)."""
    result = apply(fake, file, *options, "-T", "json", **more)
    made = json.loads(result.text)
    assert made["format"] == "amiplan.dry-run/1"
    tool.validate(made)
    assert result.status == (0 if made["result"] == "would-succeed" else 1), result
    assert sum(made["summary"][word] for word in made["summary"] if word not in ("steps", "left_out")) == len(
        made["steps"]
    )
    return made, {step["resource"]: step for step in made["steps"]}


def in_use(snapshot, image):
    return error("InvalidSnapshot.InUse", 400, "The snapshot %s is currently in use by %s" % (snapshot, image))


def test_in_use_by_an_earlier_step(fake, planned):
    """EC2 may look at the world as it is: the AMI that it names goes first."""
    fake.fault(in_use(snap(1), ami(1)), "DeleteSnapshot", numbers={1})
    made, steps = judged(fake, planned)
    assert made["result"] == "would-succeed"
    assert steps[snap(1)]["after"] == steps[ami(1)]["order"]
    assert "would succeed after step %d" % steps[ami(1)]["order"] in row(apply_again(fake, planned), snap(1))


def apply_again(fake, planned):
    fake.fault(in_use(snap(1), ami(1)), "DeleteSnapshot", numbers={1})
    return apply(fake, planned)


def test_in_use_by_another(fake, planned):
    """An AMI that no step deregisters: AWS would refuse, and so it says."""
    fake.fault(in_use(snap(1), "%s and %s" % (ami(1), ami(9))), "DeleteSnapshot")
    _, steps = judged(fake, planned)
    assert steps[snap(1)]["after"] is None
    assert steps[snap(1)]["result"] == "refused" and ami(9) in steps[snap(1)]["message"]


def test_what_depends_waits(fake, planned):
    """The snapshot of an AMI that would not go would not go either."""
    fake.accounts[ACCOUNT].denied = {"ec2:DeregisterImage"}
    made, steps = judged(fake, planned)
    assert made["missing_actions"] == ["ec2:DeregisterImage"]
    for number in (1, 2):
        assert steps[ami(number)]["result"] == "denied"
        assert (steps[snap(number)]["result"], steps[snap(number)]["after"]) == ("waits", steps[ami(number)]["order"])


def test_gone_first_step_holds_up_nothing(fake, planned):
    """Somebody did the first step: the second is as it was."""
    region = fake.accounts[ACCOUNT].regions[REGION]
    region.lists["images"] = [each for each in region.lists["images"] if each["ImageId"] != ami(1)]
    fake.accounts[ACCOUNT].changed()
    _, steps = judged(fake, planned)
    assert steps[ami(1)]["result"] == "gone" and steps[snap(1)]["result"] == "would-succeed"
    assert ami(1) not in asked(fake)


def test_used_since(fake, planned):
    """Launched since the plan was made: stale, and by whom."""
    new = Region(Place().instances(instance(7, ami(1))))
    fake.accounts[ACCOUNT].regions[REGION].lists["instances"].extend(new.lists["instances"])
    fake.accounts[ACCOUNT].changed()
    _, steps = judged(fake, planned)
    assert steps[ami(1)]["result"] == "stale" and "refers to it now" in steps[ami(1)]["changed"], steps
    assert steps[ami(2)]["result"] == "would-succeed"
    assert ami(1) not in asked(fake), "a stale step is not asked about"


def test_not_described(fake, planned):
    """Who may not describe the AMIs learns which right is missing; nothing is called gone."""
    fake.accounts[ACCOUNT].denied = {"ec2:DescribeImages"}
    made, steps = judged(fake, planned)
    assert steps[ami(1)]["result"] == "denied" and steps[ami(1)]["allow"] == "ec2:DescribeImages"
    assert {gap["action"] for gap in made["not_looked_at"]} == {"DescribeImages"}
    assert not set(asked(fake)) & {ami(1), ami(2)}


def test_hostile_words(fake, planned):
    """What AWS says is shown, not obeyed."""
    fake.fault(error("OperationNotPermitted", 400, "no " + ESCAPE), "DeleteSnapshot", numbers={1})
    result = apply(fake, planned)
    assert result.status == 1 and "refused" in row(result, snap(1))
    assert "owned" in result.text and not set(result.text) & set("\u202e\u009b\x1b")


def test_a_role_for_each_account(tmp_path):
    """Each step with the credentials of its own account."""
    with serve((ACCOUNT, REGION, [1]), (OTHER_ACCOUNT, REGION, [2])) as fake:
        roles = ["arn:aws:iam::%s:role/reader" % number for number in (ACCOUNT, OTHER_ACCOUNT)]
        fake.roles = dict.fromkeys(roles)
        options = [word for role in roles for word in ("--role-arn", role)]
        assert collect(fake, tmp_path / "in", *options).status == 0
        made = plan(tmp_path, "--unused")
        assert {step["account"] for step in made["steps"]} == {ACCOUNT, OTHER_ACCOUNT}
        fake.forget()
        report, _ = judged(fake, tmp_path / "plan.json", *options)
        assert report["result"] == "would-succeed", report
        assert [caller["account"] for caller in report["callers"]] == [ACCOUNT, OTHER_ACCOUNT]
        message = tool.one_error(apply(fake, tmp_path / "plan.json", "--role-arn", roles[0]))
        assert OTHER_ACCOUNT in message
        only, _ = judged(fake, tmp_path / "plan.json", "--only", ACCOUNT)
        assert only["result"] == "would-succeed" and only["summary"]["left_out"] == 2
        twice = apply(fake, tmp_path / "plan.json", "--role-arn", roles[0], "--role-arn", roles[0])
        assert twice.status == 64


def test_many(tmp_path):
    """More than one filter holds; what is gone is told from what is there, which is asked about once."""
    with serve((ACCOUNT, REGION, range(1, 206)), (ACCOUNT, OTHER_REGION, range(231, 241))) as fake:
        assert collect(fake, tmp_path / "in", regions=(REGION, OTHER_REGION)).status == 0
        made = plan(tmp_path, "--unused")
        assert len(made["steps"]) == 430
        fake.forget()
        gone = {name(number) for number in range(91, 206) for name in (ami, snap)}  # AWS answers about 100 at once
        for kind, member in (("images", "ImageId"), ("snapshots", "SnapshotId")):
            lists = fake.accounts[ACCOUNT].regions[REGION].lists
            lists[kind] = [each for each in lists[kind] if each[member] not in gone]
        fake.accounts[ACCOUNT].changed()
        _, steps = judged(fake, tmp_path / "plan.json")
        assert {name for name in steps if steps[name]["result"] == "gone"} == gone
        assert sorted(asked(fake)) == sorted(set(steps) - gone)
        assert {steps[name]["result"] for name in asked(fake)} == {"would-succeed"}
        first = [call.action for call in fake.calls if call.action in CHANGING]
        assert first[:2] == ["DeregisterImage"] * 2 and first.index("DeleteSnapshot") == 100


def test_same_bytes(fake, planned, tmp_path):
    """The same answers give the same report; with -o it is a file."""
    first, second = (apply(fake, planned, "-T", "json").out for _ in range(2))
    assert first == second
    assert apply(fake, planned, "-o", tmp_path / "report.json").out == b""
    assert (tmp_path / "report.json").read_bytes() == first


@pytest.mark.parametrize("change", [{"action": "delete-volume"}, {"region": None}, {"account": None}])
def test_plans_that_are_none(fake, planned, tmp_path, change):
    """One line, and nobody is asked."""
    made = json.loads(planned.read_text(encoding="utf-8"))
    made["steps"][0].update(change)
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(made), encoding="utf-8")
    tool.one_error(apply(fake, bad))
    assert fake.calls == []


def test_steps_that_nobody_knows(fake, planned, tmp_path):
    """What a step depends on must be a step before it, unless --only may have passed over that."""
    odd = tmp_path / "odd.json"
    for other in ("", "deregister-image:ami-1", None):
        made = json.loads(planned.read_text(encoding="utf-8"))
        for step in made["steps"]:
            step["depends_on"] = [step["id"] if other is None else other]
        odd.write_text(json.dumps(made), encoding="utf-8")
        assert "no step before it" in tool.one_error(apply(fake, odd))
        report, _ = judged(fake, odd, "--only", ACCOUNT)
        assert report["result"] == "would-succeed"
    made = json.loads(planned.read_text(encoding="utf-8"))
    made["steps"].insert(1, dict(made["steps"][0], order=2))
    odd.write_text(json.dumps(made), encoding="utf-8")
    assert "twice" in tool.one_error(apply(fake, odd))


def test_interrupted(fake, planned, tmp_path):
    """Ctrl-C: status 130, no report, nothing left behind."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    fake.latency = 0.5
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    process = subprocess.Popen(
        [tool.BINARY, "apply", str(planned)],
        env={**clean, **NO_PROXIES, **fake.environment(), "LC_ALL": "C", "TMPDIR": str(scratch)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: list(scratch.iterdir()))
    status, _ = finish(process, signal.SIGINT)
    assert status == 130
    assert list(scratch.iterdir()) == []
    assert asked(fake) == []
