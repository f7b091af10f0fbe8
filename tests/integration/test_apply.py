"""`amiplan apply PLAN`, the dry run: every step is asked with DryRun=true, nothing changes, outcomes are told apart.

It must not know: how steps are asked.
"""

import json
import re

import pytest

import fake_wire
from fake_account import Account, Region
from fake_aws import FakeAws, error, html, raw, truncated
from inventory import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    Place,
    ami,
    inst,
    instance,
    save,
    snap,
    volume,
)
from live import NO_PROXIES, collect, terminal
from tool import BINARY, one_error, run, steps, validate

CHANGING = ("DeregisterImage", "DeleteSnapshot", "TerminateInstances")


@pytest.fixture
def fake():
    """Two regions; free AMIs 1, 2 and 11 with a snapshot each, AMI 3 in use."""
    one = Place().pair(1, 2, 3).instances(instance(3, ami(3)))
    one.add("volumes", volume(1))
    other = Place(region=OTHER_REGION).pair(11)
    with FakeAws(Account({REGION: Region(one), OTHER_REGION: Region(other)})) as server:
        yield server
        assert server.strays == []


@pytest.fixture
def planned(fake, tmp_path):
    """The plan file of what was collected; the log is empty again."""
    assert collect(fake, tmp_path / "in", regions=(REGION, OTHER_REGION)).status == 0
    made = plan(tmp_path, "--unused")
    assert steps(made) == [ami(1), ami(2), ami(11), snap(1), snap(2), snap(11)]
    fake.forget()
    return tmp_path / "plan.json"


def plan(tmp_path, *options):
    file = tmp_path / "plan.json"
    result = run("plan", tmp_path / "in", *options, "-T", "json", "-o", file)
    assert result.status == 0, result
    return json.loads(file.read_text(encoding="utf-8"))


def apply(fake, file, *options, env=None, key="AKIDEXAMPLE"):
    """Runs it: no secret in the output, no call without DryRun, nothing changed."""
    states = {number: account.state() for number, account in fake.accounts.items()}
    result = run("apply", file, *options, env={**NO_PROXIES, **fake.environment(key), **(env or {})}, timeout=60)
    assert {number: account.state() for number, account in fake.accounts.items()} == states
    for call in fake.calls:
        assert call.action.startswith(("Describe", "Get", "List", "AssumeRole")) or call.parameters["DryRun"] == "true"
    for secret in fake.secrets():
        assert secret not in result.text + result.errors
    return result


def row(result, resource):
    """The line of the table that names the resource."""
    found = [line for line in result.text.splitlines() if re.search(r"\b%s\b" % resource, line)]
    assert found, result
    return found[0]


def asked(fake, *actions):
    """Which resources were asked about."""
    return [
        call.parameters.get("ImageId") or call.parameters.get("SnapshotId") or call.parameters["InstanceId.1"]
        for call in fake.calls
        if call.action in (actions or CHANGING)
    ]


def test_every_step_would_succeed(fake, planned):
    """Exit 0; each step asked once, in its own region."""
    result = apply(fake, planned)
    assert result.status == 0, result
    assert sorted(asked(fake)) == sorted([ami(1), ami(2), ami(11), snap(1), snap(2), snap(11)])
    assert {call.region for call in fake.calls if call.action in CHANGING} == {REGION, OTHER_REGION}
    for resource in (ami(1), snap(1), ami(11), snap(11)):
        assert "would succeed" in row(result, resource)
    for call in fake.calls:
        if call.action in CHANGING:
            there = call.parameters.get("ImageId") == ami(11) or call.parameters.get("SnapshotId") == snap(11)
            assert call.region == (OTHER_REGION if there else REGION), call


def test_progress_on_a_terminal(fake, planned):
    """A live line for the look and one for the dry runs, which goes again before the table."""
    fake.latency = 0.25
    status, seen = terminal([BINARY, "apply", str(planned)], {**NO_PROXIES, **fake.environment()})
    assert status == 0, seen
    lines = [line for line in re.split(rb"\r\x1b\[K|\r\n", seen) if line]
    shown = [line.decode() for line in lines if b" calls, " in line]
    assert any(re.match(r"\d+ calls, looked at \d+/\d+, 0:\d\d  %s Describe" % REGION, line) for line in shown), seen
    assert any(re.match(r"\d+ calls, steps asked [1-6]/6, 0:\d\d", line) for line in shown), seen
    assert lines.index(shown[-1].encode()) < min(i for i, line in enumerate(lines) if b"would succeed" in line)
    for secret in fake.secrets():
        assert secret.encode() not in seen


def test_progress_elsewhere(fake, planned):
    """Plain lines now and then on standard error; none with --quiet; the table alone on standard output."""
    fake.latency = 1.5
    loud = apply(fake, planned)
    shown = [line for line in loud.errors.splitlines() if " calls, " in line]
    assert loud.status == 0 and shown and "\x1b" not in loud.errors, loud
    assert all(re.match(r"amiplan: \d+ calls, (looked at|steps asked) \d+/\d+, 0:", line) for line in shown)
    fake.latency = 0
    quiet = apply(fake, planned, "--quiet")
    assert quiet.status == 0 and quiet.errors == "" and quiet.text == loud.text


def test_denied(fake, planned):
    """The missing IAM action stands in the table; the others are asked all the same."""
    fake.accounts[ACCOUNT].denied = {"ec2:DeleteSnapshot"}
    result = apply(fake, planned)
    assert result.status == 1, result
    assert "denied" in row(result, snap(1)) and "ec2:DeleteSnapshot" in result.text
    assert "would succeed" in row(result, ami(1)) and "ec2:DeregisterImage" not in result.text


def test_gone(fake, planned):
    """What is not there any more is gone already: somebody did the work; the order of the rest is as it was."""
    region = fake.accounts[ACCOUNT].regions[REGION]
    region.lists["images"] = [each for each in region.lists["images"] if each["ImageId"] != ami(2)]
    region.lists["snapshots"] = [each for each in region.lists["snapshots"] if each["SnapshotId"] != snap(2)]
    fake.accounts[ACCOUNT].changed()
    result = apply(fake, planned)
    for resource in (ami(2), snap(2)):
        assert "gone" in row(result, resource), result
    assert "would succeed" in row(result, ami(1))
    assert result.status == 1, result


@pytest.mark.parametrize(
    ("code", "status", "word"),
    [
        ("OperationNotPermitted", 400, "refused"),
        ("InvalidSnapshot.InUse", 400, "refused"),
        ("AuthFailure", 403, "refused|denied"),
        ("InvalidParameterValue", 400, "refused"),
        ("UnsupportedOperation", 400, "refused"),
        ("AccessDenied", 403, "denied"),
        ("InvalidSnapshot.NotFound", 400, "gone"),
    ],
)
def test_refused(fake, planned, code, status, word):
    """AWS's own words for each step that it would not do."""
    fake.fault(error(code, status, "the words of AWS: %s" % code), "DeleteSnapshot", region=OTHER_REGION)
    result = apply(fake, planned)
    assert result.status == 1, result
    assert re.search(word, row(result, snap(11))), result
    told = {"gone": "", "denied": "allow ec2:DeleteSnapshot"}.get(word, code)
    assert told in row(result, snap(11)) or told in result.text + result.errors
    assert "would succeed" in row(result, snap(1))


def test_success_is_not_a_dry_run(fake, planned):
    """A server that answers success to DryRun=true has done it: that is an alarm, not "would succeed"."""
    _, body = fake_wire.answer("ec2", "DeregisterImage", {"Return": True})
    fault = fake.fault(raw(body), "DeregisterImage")
    result = apply(fake, planned)
    assert result.status == 1 and "would succeed" not in row(result, ami(1)), result
    assert fault.used == 1, "it went on after a server that ignores DryRun"


CHANGES = {
    "state": lambda image: image.update(State="disabled"),
    "owner": lambda image: image.update(OwnerId=OTHER_ACCOUNT),
    "public": lambda image: image.update(Public=True),
    "protected": lambda image: image.update(DeregistrationProtection="enabled"),
    "mapping": lambda image: image["BlockDeviceMappings"].pop(),
    "created": lambda image: image.update(CreationDate="2026-01-01T00:00:00.000Z"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_stale(fake, planned, change):
    """The plan rests on facts; a step whose facts have changed is stale, and says so."""
    region = fake.accounts[ACCOUNT].regions[REGION]
    CHANGES[change](region.lists["images"][0])
    fake.accounts[ACCOUNT].changed()
    result = apply(fake, planned)
    assert result.status == 1, result
    assert "stale" in row(result, ami(1)), result
    assert "would succeed" in row(result, ami(2))


def test_stale_permissions(fake, planned):
    """Shared since the plan was made: stale."""
    fake.accounts[ACCOUNT].regions[REGION].image_attributes[ami(1)] = {"LaunchPermissions": [{"UserId": OTHER_ACCOUNT}]}
    result = apply(fake, planned)
    assert result.status == 1 and "stale" in row(result, ami(1)), result


def test_stale_snapshot(fake, planned):
    """A snapshot that belongs to another or has another state is stale."""
    region = fake.accounts[ACCOUNT].regions[REGION]
    region.lists["snapshots"][1]["State"] = "error"
    fake.accounts[ACCOUNT].changed()
    result = apply(fake, planned)
    assert result.status == 1 and "stale" in row(result, snap(2)), result


def test_instances(fake, tmp_path):
    """The third step: asked with DryRun too; a protected instance is refused or stale."""
    assert collect(fake, tmp_path / "in", "--ami", ami(3)).status == 0
    made = plan(tmp_path, "--ami", ami(3), "--terminate-instances")
    assert steps(made) == [ami(3), snap(3), inst(3)]
    # Every instance that would go was asked about: that others were not is no reason to warn.
    assert "refusal-not-predicted" not in {each["code"] for each in made["warnings"]}
    fake.forget()
    result = apply(fake, tmp_path / "plan.json")
    assert result.status == 0 and "would succeed" in row(result, inst(3)), result
    assert asked(fake, "TerminateInstances") == [inst(3)]


def test_other_account(fake, planned):
    """The caller's account is not the plan's: refused before anything is asked."""
    fake.accounts[OTHER_ACCOUNT] = Account({REGION: Region()}, OTHER_ACCOUNT)
    key, _ = fake.new_key(OTHER_ACCOUNT)
    result = apply(fake, planned, key=key)
    message = one_error(result)
    assert ACCOUNT in message and OTHER_ACCOUNT in message
    assert {call.action for call in fake.calls} == {"GetCallerIdentity"}


def test_no_dry_run_is_refused(fake, planned):
    """This version carries nothing out, and says so before anything is asked."""
    result = apply(fake, planned, "--no-dry-run")
    assert result.status in (1, 64) and len(result.errors.splitlines()) == 1 and result.out == b"", result
    assert fake.calls == []


def test_empty_plan(fake, tmp_path):
    """Nothing to do is a success."""
    assert collect(fake, tmp_path / "in").status == 0
    made = plan(tmp_path, "--unused", "--older-than", "50y")
    assert steps(made) == []
    fake.forget()
    result = apply(fake, tmp_path / "plan.json")
    assert result.status == 0 and asked(fake) == [], result


def test_tampered_plan(fake, planned, tmp_path):
    """A plan that was edited by hand is not believed: each step's `seen` must be that of its facts."""
    made = json.loads(planned.read_text(encoding="utf-8"))
    made["steps"][0]["facts"]["owner"] = OTHER_ACCOUNT
    save(str(tmp_path / "tampered.json"), made)
    result = apply(fake, tmp_path / "tampered.json")
    assert result.status == 1 and asked(fake).count(ami(1)) <= 1, result
    assert "would succeed" not in (result.text and row(result, ami(1)))
    made = json.loads(planned.read_text(encoding="utf-8"))
    made["steps"][0]["resource"] = "ami-1&Action=TerminateInstances"
    save(str(tmp_path / "tampered.json"), made)
    assert apply(fake, tmp_path / "tampered.json").status == 1
    assert not [call for call in fake.calls if call.action == "TerminateInstances"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda steps: steps[0].update(order=99), "is not above that of"),
        (lambda steps: steps[-1].update(depends_on=["deregister-image:" + ami(99)]), "which is no step before it"),
        (lambda steps: steps[0].update(id="deregister-image:" + ami(99)), "is not that of its action and resource"),
        (lambda steps: steps.reverse(), ""),
    ],
)
def test_plan_out_of_order(fake, planned, tmp_path, change, says):
    """Order is what makes a plan safe: one whose steps do not follow each other is not asked about at all."""
    made = json.loads(planned.read_text(encoding="utf-8"))
    change(made["steps"])
    save(str(tmp_path / "tampered.json"), made)
    assert says in one_error(apply(fake, tmp_path / "tampered.json")) and fake.calls == []


@pytest.mark.parametrize("make", [html(503), raw(b"<a"), truncated("close"), error("InternalError", 500)])
def test_no_answer(fake, planned, make):
    """A step nobody answered for is neither: it failed, and so does the run."""
    fault = fake.fault(make, "DeleteSnapshot", region=OTHER_REGION)
    result = apply(fake, planned)
    assert result.status == 1 and "would succeed" not in row(result, snap(11)), result
    assert 1 <= fault.used <= 6 and "would succeed" in row(result, snap(1))


def test_throttled(fake, planned):
    """Throttling passes."""
    faults = [fake.fault(error("RequestLimitExceeded", 503), action, {1}) for action in CHANGING[:2]]
    result = apply(fake, planned)
    assert result.status == 0 and [fault.used for fault in faults] == [1, 1], result


def test_clock_and_credentials(fake, planned):
    """The clock is mended as when collecting; bad credentials are one line."""
    fake.clock = 600
    assert apply(fake, planned).status == 0
    fake.clock = 0
    one_error(apply(fake, planned, env={"AWS_SECRET_ACCESS_KEY": "wrong"}))


def test_only(fake, planned):
    """--only narrows what is asked."""
    result = apply(fake, planned, "--only", "%s/%s" % (ACCOUNT, OTHER_REGION))
    assert result.status == 0, result
    assert sorted(asked(fake)) == sorted([ami(11), snap(11)])
    result = apply(fake, planned, "--only", OTHER_ACCOUNT)
    assert "no step of the plan is there" in one_error(result), result


def test_iam_policy(fake, planned, tmp_path):
    """`plan --iam-policy` names exactly the actions that collecting and the steps call, and no more than these."""
    printed = run("plan", tmp_path / "in", "--unused", "--iam-policy")
    assert printed.status == 0, printed
    text = printed.text
    validate(json.loads(text))
    assert "ec2:DeregisterImage" in text and "ec2:DeleteSnapshot" in text and "ec2:TerminateInstances" not in text
    assert "ec2:DescribeImages" in text and '"ec2:*"' not in text
    blocks = json.loads(text)["policies"]["amiplan-collect-blocks"]["document"]["Statement"]
    assert [one["Action"] for one in blocks] == [["ebs:ListChangedBlocks", "ebs:ListSnapshotBlocks"]]
    assert text.count('"pricing:GetProducts"') == 1 and text.count("ebs:List") == 2
    assert fake.calls == [], "a policy is printed without asking anybody"
