"""`amiplan collect` against the fake AWS: the same files as the `aws` command's, whatever goes wrong on the way.

It must not know: how calls are made. Every failure ends in the right result or in one clear line, in bounded time, and
leaves no half-written directory and no secret behind (`live.collect` looks at that after every run).
"""

import calendar
import hashlib
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import fake_wire
from fake_account import Account, Region
from fake_aws import FakeAws, error, html, raw, silent, spoiled, truncated
from fake_sample import busy, sample
from inventory import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    Place,
    ami,
    image,
    inst,
    instance,
    save,
    snap,
)
from live import (
    NO_PROXIES,
    AwsHere,
    check_traces,
    collect,
    collection,
    document,
    ended,
    files,
    finish,
    interrupt,
    leftovers,
    start,
    wait_for,
)
from tool import BINARY, one_error, plan, run, steps

EMPTY_REGION = "eu-central-1"
# File of the collection -> what a user would type for it. A template's versions have a file of their own.
SAME = {
    "images.json": "ec2 describe-images --owners self --include-deprecated --include-disabled",
    "snapshots.json": "ec2 describe-snapshots --owner-ids self",
    "instances.json": "ec2 describe-instances --include-managed-resources",
    "volumes.json": "ec2 describe-volumes --include-managed-resources",
    "launch-templates.json": "ec2 describe-launch-templates",
    "launch-template-versions.json": "ec2 describe-launch-template-versions --versions $Latest $Default",
    "auto-scaling-groups.json": "autoscaling describe-auto-scaling-groups",
    "launch-configurations.json": "autoscaling describe-launch-configurations",
    "spot-instance-requests.json": "ec2 describe-spot-instance-requests",
    "spot-fleet-requests.json": "ec2 describe-spot-fleet-requests",
    "fleets.json": "ec2 describe-fleets",
    "recycle-bin-images.json": "ec2 list-images-in-recycle-bin",
    "recycle-bin-snapshots.json": "ec2 list-snapshots-in-recycle-bin",
    "locked-snapshots.json": "ec2 describe-locked-snapshots",
    "fast-snapshot-restores.json": "ec2 describe-fast-snapshot-restores",
    "snapshot-tier-status.json": "ec2 describe-snapshot-tier-status",
    "recycle-bin-rules-images.json": "rbin list-rules --resource-type EC2_IMAGE",
    "recycle-bin-rules-snapshots.json": "rbin list-rules --resource-type EBS_SNAPSHOT",
    "caller-identity.json": "sts get-caller-identity",
    "image-attributes/%s.json" % ami(2): "ec2 describe-image-attribute --attribute launchPermission --image-id "
    + ami(2),
    "snapshot-attributes/%s.json"
    % snap(2): "ec2 describe-snapshot-attribute --attribute createVolumePermission --snapshot-id "
    + snap(2),
}
# Calls of one listing each, on which faults are tried side by side.
LISTINGS = [
    "DescribeImages",
    "DescribeSnapshots",
    "DescribeInstances",
    "DescribeVolumes",
    "DescribeLaunchTemplates",
    "DescribeAutoScalingGroups",
    "DescribeLaunchConfigurations",
    "DescribeSpotInstanceRequests",
    "DescribeSpotFleetRequests",
    "DescribeFleets",
    "ListImagesInRecycleBin",
    "ListSnapshotsInRecycleBin",
    "DescribeLockedSnapshots",
    "DescribeFastSnapshotRestores",
    "DescribeSnapshotTierStatus",
]
THROTTLED = {
    "RequestLimitExceeded": 503,
    "Throttling": 400,
    "ThrottlingException": 400,
    "EC2ThrottledException": 400,
    "RequestThrottled": 400,
    "RequestThrottledException": 400,
    "TooManyRequestsException": 429,
    "SlowDown": 503,
    "BandwidthLimitExceeded": 509,
    "PriorRequestNotComplete": 400,
    "LimitExceededException": 400,
    "TransactionInProgressException": 400,
    "ProvisionedThroughputExceededException": 400,
    "ThrottledException": 400,
}
TRANSIENT = {
    "InternalError": 500,
    "InternalFailure": 500,
    "ServerInternal": 500,
    "ServiceUnavailable": 503,
    "Unavailable": 503,
    "RetryableError": 500,
    "RequestTimeout": 400,
    "RequestTimeoutException": 400,
}
FINAL = {
    "InvalidParameterValue": "failed",
    "InvalidParameterCombination": "failed",
    "FilterLimitExceeded": "failed",
    "InvalidFilter": "failed",
    "InvalidRequest": "failed",
    "ValidationError": "failed",
    "MissingParameter": "failed",
    "InvalidUserID.Malformed": "failed",
    "OperationNotPermitted": "failed",
    "IncorrectState": "failed",
    "ResourceCountExceeded": "failed",
    "UnauthorizedOperation": "denied",
    "AccessDenied": "denied",
    "AccessDeniedException": "denied",
    "OptInRequired": None,
}


# A credential_process that has its answer from the fake's container endpoint.
KEYS_OF_URL = """import json, urllib.request
answer = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(%r))
answer["SessionToken"] = answer.pop("Token")
print(json.dumps({**answer, "Version": 1}))
"""


@pytest.fixture
def fake():
    with FakeAws(sample()) as server:
        yield server


def stretches(mapping):
    """A table cut so that each stretch has a call of its own for each row."""
    rows = list(mapping.items())
    return [rows[at : at + len(LISTINGS)] for at in range(0, len(rows), len(LISTINGS))]


def place_of(directory, region=REGION, account=ACCOUNT):
    return os.path.join(str(directory), account, region)


# --- what comes out when all is well ---------------------------------------------------------------


@pytest.mark.parametrize("small_pages", [False, True])
def test_files_are_those_of_the_aws_command(fake, tmp_path, small_pages):
    """Every file equals, as JSON, what the `aws` command prints; pages and their number change nothing."""
    if small_pages:
        for region in fake.accounts[ACCOUNT].regions.values():
            region.page_size[None], region.empty_pages = 1, 2
    result = collect(fake, tmp_path / "out", "--snapshot-permissions")
    assert result.status == 0, result
    fake.accounts[ACCOUNT].changed()
    for region in fake.accounts[ACCOUNT].regions.values():
        region.page_size, region.empty_pages = {}, 0  # of some calls the `aws` command prints the first page only
    aws = AwsHere(fake.environment())
    different = []
    for name, command in SAME.items():
        if json.loads(aws(*command.split())) != document(tmp_path / "out", name):
            different.append((name, command))
    assert different == []
    (parameters,) = [name for name in files(place_of(tmp_path / "out")) if name.startswith("parameters")]
    assert json.loads(aws("ssm", "get-parameters", "--names", "/golden/web:3")) == document(
        tmp_path / "out", parameters
    )
    assert "InvalidParameterValue" not in {call.code for call in fake.calls}


def test_bytes_are_those_of_the_aws_command(fake, tmp_path):
    """Not only as JSON: indentation and escapes are the `aws` command's too, so that diff shows what changed."""
    assert collect(fake, tmp_path / "out").status == 0
    aws = AwsHere(fake.environment())
    for name in ("images.json", "auto-scaling-groups.json", "caller-identity.json", "fleets.json"):
        printed = json.dumps(json.loads(aws(*SAME[name].split())), indent=4, sort_keys=True)
        ours = json.dumps(document(tmp_path / "out", name), indent=4, sort_keys=True)
        assert printed == ours
        with open(os.path.join(place_of(tmp_path / "out"), name), encoding="utf-8") as file:
            assert file.readline() == "{\n" and file.readline().startswith('    "')


def test_a_newer_aws(fake, tmp_path):
    """Elements nobody knows yet, and known ones in another order, change nothing."""
    assert collect(fake, tmp_path / "before").status == 0
    account = fake.accounts[ACCOUNT]
    account.novelty = fake_wire.Novelty(random.Random(1))
    account.changed()
    assert collect(fake, tmp_path / "after").status == 0
    for name in SAME:
        if not name.startswith("snapshot-attributes"):
            assert document(tmp_path / "after", name) == document(tmp_path / "before", name), name


def path_of(name, region=REGION):
    return "%s/%s/%s" % (ACCOUNT, region, name)


def test_the_collection_document(fake, tmp_path):
    """It tells which calls were made, with which parameters, by whom, and how each ended."""
    assert collect(fake, tmp_path / "out", regions=(REGION, EMPTY_REGION)).status == 0
    told = collection(tmp_path / "out")
    assert told["format"] == "amiplan.collection/1" and told["tool"]["name"] == "amiplan"
    assert (told["account"], told["region"]) == (ACCOUNT, REGION)
    assert told["caller"] == "arn:aws:iam::%s:user/inventory" % ACCOUNT
    assert told["started"] <= told["ended"] and told["started"].endswith("Z")
    images = next(each for each in told["calls"] if each["kind"] == "images")
    assert images == {
        "kind": "images",
        "service": "ec2",
        "action": "DescribeImages",
        "parameters": images["parameters"],
        "status": "complete",
        "pages": 1,
        "records": 7,
        "file": "images.json",
        "sha256": "sha256:" + hashlib.sha256(files(tmp_path / "out")[path_of("images.json")]).hexdigest(),
        "error": None,
    }
    assert images["parameters"]["IncludeDisabled"] == "true" and images["parameters"]["Owner.1"] == "self"
    for call in told["calls"]:
        path = call["file"] and os.path.join(place_of(tmp_path / "out"), call["file"])
        assert path is None or os.path.exists(path), call
        assert call["status"] != "failed" and call["error"] is None, call
    assert {each["status"] for each in collection(tmp_path / "out", EMPTY_REGION)["calls"]} <= {
        "empty",
        "complete",
        "skipped",
    }


def test_what_is_asked(fake, tmp_path):
    """Read-only calls, signed, with the page sizes that the documentation allows; a user agent that says who asks."""
    assert collect(fake, tmp_path / "out").status == 0
    for call in fake.calls:
        assert call.action.startswith(("Describe", "List", "Get")), call
        assert "amiplan" in call.headers["user-agent"]
        assert "expect" not in call.headers
    assert len(
        {repr((call.action, call.region, sorted(map(str, call.parameters.items())))) for call in fake.calls}
    ) == len(fake.calls), "nothing is asked twice"
    assert fake.of("DescribeInstances")[0].parameters["IncludeManagedResources"] == "true"


def test_planning_needs_nothing_more(tmp_path):
    """A collection answers everything that a plan asks; nothing is warned of that its parameters rule out."""
    place = Place().pair(1, 2).pair(3, State="disabled").instances(instance(1, ami(1)))
    with FakeAws(Account({REGION: Region(place)})) as fake:
        assert collect(fake, tmp_path / "out").status == 0
    made = plan(tmp_path / "out", "--unused", "--orphans", as_of=None)
    assert steps(made) == [ami(2), ami(3), snap(2), snap(3)]
    codes = {each["code"] for each in made["warnings"]}
    assert not codes & {"images-may-lack-disabled", "managed-may-be-hidden", "may-be-filtered", "empty-documents"}
    assert not codes & {"as-of-guessed", "recycle-bin-not-read", "references-not-read"}
    assert made["as_of"] == collection(tmp_path / "out")["started"]
    assert run("verify", save_plan(tmp_path, made), tmp_path / "out").status == 0


def save_plan(tmp_path, made):
    save(str(tmp_path / "plan.json"), json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    return tmp_path / "plan.json"


def edited(name, change):
    """A file of the collection, changed by a function of its document; as somebody would who fixes it up by hand."""

    def edit(directory):
        path = os.path.join(str(directory), ACCOUNT, REGION, name)
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        change(told)
        save(path, told)

    return edit


def lost(name):
    """The first file of a folder, gone, and another in its place."""

    def lose(directory):
        folder = os.path.join(str(directory), ACCOUNT, REGION, name)
        path = os.path.join(folder, sorted(os.listdir(folder))[0])
        with open(path, encoding="utf-8") as file:
            text = file.read()
        os.remove(path)
        save(os.path.join(folder, "zzz.json"), text.replace('"VersionNumber": 1,', '"VersionNumber": 9,'))

    return lose


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("instances", edited("instances.json", lambda told: told["Reservations"].pop())),
        ("images", edited("images.json", lambda told: told["Images"][0].pop("Tags", told["Images"][0].pop("Name")))),
        ("snapshots", edited("snapshots.json", lambda told: told["Snapshots"].reverse())),
        ("launch-template-versions", lost("launch-template-versions")),
    ],
)
def test_a_changed_file_is_not_vouched_for(fake, tmp_path, kind, change):
    """The collection speaks of what it wrote: what was edited or replaced since may be a part, filtered, or older."""
    assert collect(fake, tmp_path / "out").status == 0
    before = plan(tmp_path / "out")
    assert "may-be-filtered" not in {each["code"] for each in before["warnings"]}
    covered = {each["kind"]: each["status"] for each in before["inventory"]["coverage"] if each["region"] == REGION}
    assert covered[kind] == "complete"
    change(tmp_path / "out")
    result = run("plan", tmp_path / "out", "-T", "json")
    assert result.status == 0 and "changed after it was collected" in result.errors, result
    after = json.loads(result.text)
    covered = {each["kind"]: each["status"] for each in after["inventory"]["coverage"] if each["region"] == REGION}
    assert "may-be-filtered" in {each["code"] for each in after["warnings"]} or covered[kind] != "complete"


def test_details(fake, tmp_path):
    """What is asked one by one: all AMIs, candidates, or none; and --ami in any case."""
    asked = {}
    for word in ("all", "candidates", "none"):
        fake.forget()
        assert collect(fake, tmp_path / word, "--details", word).status == 0
        asked[word] = {call.parameters["ImageId"] for call in fake.of("DescribeImageAttribute")}
    assert asked["all"] == {ami(number) for number in range(1, 8)}
    assert asked["candidates"] == asked["all"] - {ami(1), ami(3)} and asked["none"] == set()
    fake.forget()
    assert collect(fake, tmp_path / "ami", "--details", "none", "--ami", ami(1)).status == 0
    assert {call.parameters["ImageId"] for call in fake.of("DescribeImageAttribute")} == {ami(1)}
    assert {call.parameters["InstanceId"] for call in fake.of("DescribeInstanceAttribute")} == {inst(1)}


@pytest.mark.parametrize("make", [error("InternalError", 500), html(502), error("InvalidParameterValue")])
def test_one_item_fails(fake, tmp_path, make):
    """What fails about one AMI says nothing of the others, though it was the first that was asked about."""
    first = fake.fault(
        make, "DescribeImageAttribute", when=lambda call: call.parameters["ImageId"] == ami(1)
    )
    assert collect(fake, tmp_path / "out", env={"AWS_MAX_ATTEMPTS": "1"}).status == 0
    assert first.used == 1 and len(fake.of("DescribeImageAttribute")) == 7
    assert ended(tmp_path / "out", "DescribeImageAttribute") == "partial"
    assert len(os.listdir(os.path.join(place_of(tmp_path / "out"), "image-attributes"))) == 6
    blocked = plan(tmp_path / "out", "--ami", ami(1), "--ami", ami(5), as_of=None)["blocked"]
    unread = {each["resource"] for each in blocked if "inventory-incomplete" in str(each)}
    assert ami(1) in unread and ami(5) not in unread


def test_every_item_fails(tmp_path):
    """A server that answers nothing about single AMIs is not asked about a hundred of them."""
    place = Place()
    place.images(*[image(number, []) for number in range(100)])
    with FakeAws(Account({REGION: Region(place)})) as fake:
        fake.fault(error("InternalError", 500), "DescribeImageAttribute")
        assert collect(fake, tmp_path / "out", env={"AWS_MAX_ATTEMPTS": "1"}).status == 0
        assert len(fake.of("DescribeImageAttribute")) == 20
        assert ended(tmp_path / "out", "DescribeImageAttribute") == "failed"


def test_old_versions(fake, tmp_path):
    """All versions of a template, or only the live ones, and then the kind is partial."""
    assert collect(fake, tmp_path / "all").status == 0
    found = files(place_of(tmp_path / "all"))
    versions = [json.loads(text) for name, text in found.items() if name.startswith("launch-template-versions/")]
    assert sorted(each["VersionNumber"] for one in versions for each in one["LaunchTemplateVersions"]) == [1, 2, 3, 4]
    fake.forget()
    assert collect(fake, tmp_path / "live", "--no-old-versions").status == 0
    assert len(fake.of("DescribeLaunchTemplateVersions")) == 1
    made = plan(tmp_path / "live", "--unused", as_of=None)
    status = {each["kind"]: each["status"] for each in made["inventory"]["coverage"]}
    assert status["launch-template-versions"] == "partial"


def test_all_regions(fake, tmp_path):
    """The enabled regions, and no other."""
    fake.accounts[ACCOUNT].enabled = [REGION, EMPTY_REGION]
    result = collect(fake, tmp_path / "out", "--all-regions", regions=(), env={"AWS_REGION": REGION})
    assert result.status == 0, result
    assert sorted(os.listdir(tmp_path / "out" / ACCOUNT)) == [EMPTY_REGION, REGION]
    assert {call.region for call in fake.calls} == {REGION, EMPTY_REGION}


def test_no_region_at_all(fake, tmp_path):
    """An account of which no region is known was not collected."""
    fake.accounts[ACCOUNT].enabled = []
    result = collect(fake, tmp_path / "out", "--all-regions", regions=(), env={"AWS_REGION": REGION})
    assert "names no region" in one_error(result) and not os.path.exists(tmp_path / "out"), result


def test_whoami(fake, tmp_path):
    """--whoami tells the identity and where the settings come from; it writes nothing and tells no secret."""
    result = run("collect", "--whoami", "--region", REGION, env=fake.environment(), cwd=tmp_path)
    assert result.status == 0, result
    assert "arn:aws:iam::%s:user/inventory" % ACCOUNT in result.text and "AWS_ENDPOINT_URL" in result.text
    assert not any(secret in result.text + result.errors for secret in fake.secrets())
    assert os.listdir(tmp_path) == [] and {call.action for call in fake.calls} == {"GetCallerIdentity"}


def test_progress_when_not_a_terminal(fake, tmp_path):
    """Plain lines on standard error, nothing with --quiet, nothing on standard output."""
    loud = collect(fake, tmp_path / "out")
    assert loud.out == b"" and loud.errors and "\x1b" not in loud.errors and "\r" not in loud.errors
    quiet = collect(fake, tmp_path / "out", "--quiet")
    assert quiet.status == 0 and quiet.out == b"" and quiet.err == b""


def test_roles(fake, tmp_path):
    """One directory an account, each with the credentials of its own role."""
    arns = ["arn:aws:iam::%s:role/reader" % number for number in (ACCOUNT, OTHER_ACCOUNT)]
    fake.roles = dict.fromkeys(arns)
    fake.accounts[OTHER_ACCOUNT] = Account({REGION: busy()}, OTHER_ACCOUNT)
    options = [word for arn in arns for word in ("--role-arn", arn)]
    result = collect(fake, tmp_path / "out", *options, "--details", "none")
    assert result.status == 0, result
    assert sorted(os.listdir(tmp_path / "out")) == [ACCOUNT, OTHER_ACCOUNT]
    for number in (ACCOUNT, OTHER_ACCOUNT):
        assert collection(tmp_path / "out", account=number)["caller"].startswith(
            "arn:aws:sts::%s:assumed-role/reader/" % number
        )
    fake.roles = {arns[0]: None}
    result = collect(fake, tmp_path / "partly", *options, "--details", "none")
    assert os.listdir(tmp_path / "partly") == [ACCOUNT] and arns[1] in result.errors, result


# --- how fast ---------------------------------------------------------------------------------------


def test_concurrency_is_bounded(fake, tmp_path):
    """Side by side, but never more than asked for; connections are used again."""
    fake.latency = 0.02
    assert collect(fake, tmp_path / "out", "--concurrency", "5", regions=(REGION, OTHER_REGION)).status == 0
    assert 4 <= fake.most_under_way <= 5
    assert fake.connections <= 10 < len(fake.calls)


def test_pacing_keeps_within_the_buckets(tmp_path):
    """EC2's documented bucket is never run dry, though there are more calls than it holds."""
    place = Place()
    place.images(*[image(number, []) for number in range(130)])
    with FakeAws(Account({REGION: Region(place)})) as fake:
        fake.buckets = (100, 20)
        assert collect(fake, tmp_path / "out").status == 0
        assert len(fake.of("DescribeImageAttribute")) == 130
        assert {call.code for call in fake.calls} == {""}


def test_throttling_burst(tmp_path):
    """An account whose buckets others drain: slower, but complete, and only the API that is throttled."""
    place = Place()
    place.images(*[image(number, []) for number in range(40)])
    with FakeAws(Account({REGION: Region(place)})) as fake:
        fake.buckets = (8, 15)
        assert collect(fake, tmp_path / "out").status == 0
        throttled = [call for call in fake.calls if call.code == "RequestLimitExceeded"]
        assert {call.action for call in throttled} <= {"DescribeImageAttribute", "DescribeImageReferences"}
        assert ended(tmp_path / "out", "DescribeImageAttribute") == "complete"
        assert len(throttled) < 40


# --- errors that AWS documents ----------------------------------------------------------------------


@pytest.mark.parametrize("rows", stretches({**THROTTLED, **TRANSIENT}))
def test_errors_that_pass(fake, tmp_path, rows):
    """Each code that is worth a retry, once: tried again, and then complete."""
    faults = [
        fake.fault(error(code, status), action, {1}) for action, (code, status) in zip(LISTINGS, rows, strict=False)
    ]
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 0, result
    assert [fault.used for fault in faults] == [1] * len(rows)
    for action, (code, _) in zip(LISTINGS, rows, strict=False):
        assert ended(tmp_path / "out", action) == "complete", (action, code)
        assert len(fake.of(action)) == 2, (action, code)


@pytest.mark.parametrize("rows", stretches(FINAL))
def test_errors_that_stay(fake, tmp_path, rows):
    """Each code that no retry mends: recorded with its words, shown at the end, and the rest is collected."""
    pairs = list(zip([action for action in LISTINGS if action not in OPTIONAL], rows, strict=False))
    for action, (code, _) in pairs:
        fake.fault(error(code, 403 if "Denied" in code or "Unauth" in code else 400, "because of " + code), action)
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 0, result
    for action, (code, status) in pairs:
        assert ended(tmp_path / "out", action) in ((status,) if status else ("denied", "failed")), (action, code)
        assert len(fake.of(action)) <= 2, (action, code, "once, and once more without the page size")
        told = next(each for each in collection(tmp_path / "out")["calls"] if each["action"] == action)
        assert told["error"]["code"] == code and code in told["error"]["message"] and told["file"] is None
        assert code in result.errors and action in result.errors, result
    assert ended(tmp_path / "out", "DescribeImages") == "complete"


# Those with parameters that may be left out: these are tried without them first.
OPTIONAL = ("DescribeImages", "DescribeInstances", "DescribeVolumes", "DescribeLaunchTemplates")


def test_a_server_that_knows_less(fake, tmp_path):
    """Parameters and calls that a partition does not have: asked plainly, or recorded as failed."""
    for code in ("UnknownParameter", "InvalidParameter", "InvalidParameterValue"):
        fake.forget()
        known = fake.fault(
            error(code), "DescribeInstances", when=lambda call: "IncludeManagedResources" in call.parameters
        )
        assert collect(fake, tmp_path / "out", "--details", "none").status == 0
        assert known.used == 1 and ended(tmp_path / "out", "DescribeInstances") == "complete"
        told = next(each for each in collection(tmp_path / "out")["calls"] if each["kind"] == "instances")
        assert "IncludeManagedResources" not in told["parameters"]
    fake.accounts[ACCOUNT].unknown = {"DescribeLockedSnapshots", "ListRules", "DescribeImageReferences"}
    fake.forget()
    assert collect(fake, tmp_path / "out").status == 0
    assert ended(tmp_path / "out", "DescribeLockedSnapshots") == "failed"
    assert ended(tmp_path / "out", "DescribeImages") == "complete"


def test_stale_token(fake, tmp_path):
    """A token that AWS does not take any more begins the listing anew, once."""
    fake.accounts[ACCOUNT].regions[REGION].page_size["DescribeSnapshots"] = 2
    second = fake.fault(
        error("InvalidNextToken"), "DescribeSnapshots", {1}, when=lambda call: "NextToken" in call.parameters
    )
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    assert second.used == 1 and ended(tmp_path / "out", "DescribeSnapshots") == "complete"
    found = [each["SnapshotId"] for each in document(tmp_path / "out", "snapshots.json")["Snapshots"]]
    assert len(found) == len(set(found)) == 7
    fake.forget()
    always = fake.fault(
        error("InvalidNextToken"), "DescribeSnapshots", when=lambda call: "NextToken" in call.parameters
    )
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    assert ended(tmp_path / "out", "DescribeSnapshots") in ("failed", "partial") and always.used <= 4


def test_a_token_that_comes_back(fake, tmp_path):
    """A server that gives the same token for ever does not keep the tool for ever."""
    page = fake_wire.page("ec2", "DescribeVolumes", "Volumes", [], "again")
    fault = fake.fault(raw(page), "DescribeVolumes")
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 0 and fault.used < 10000
    assert ended(tmp_path / "out", "DescribeVolumes") in ("failed", "partial")


def test_a_page_that_comes_twice(fake, tmp_path):
    """A server that answers page 2 with page 1's records has kept page 2 to itself: the listing is not whole."""
    fake.accounts[ACCOUNT].regions[REGION].page_size["DescribeSnapshots"] = 3
    first = []

    def again(server, call):
        answer = server.right_answer(call)
        if not first:
            first.append(answer.body)
        records = re.search(b"<snapshotSet>.*</snapshotSet>", first[0], re.DOTALL).group()
        answer.body = re.sub(b"<snapshotSet>.*</snapshotSet>", lambda match: records, answer.body, flags=re.DOTALL)
        return answer

    fake.fault(again, "DescribeSnapshots", {1, 2})
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 0 and "came twice" in result.errors, result
    assert ended(tmp_path / "out", "DescribeSnapshots") == "failed"
    assert not os.path.exists(tmp_path / "out" / ACCOUNT / REGION / "snapshots.json")


def test_tokens_in_a_circle(fake, tmp_path):
    """Two tokens that lead to each other would do so for ever."""
    def turn(server, call):
        token = "b" if call.parameters.get("NextToken") == "a" else "a"
        return raw(fake_wire.page("ec2", "DescribeVolumes", "Volumes", [], token))(server, call)

    fault = fake.fault(turn, "DescribeVolumes")
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    assert fault.used == 3 and ended(tmp_path / "out", "DescribeVolumes") == "failed"


# --- pages that are asked for before the one in front of them is read --------------------------------


@pytest.fixture
def ahead(fake):
    """Tokens as AWS has them, which an answer's end shows; a snapshot a page."""
    fake.accounts[ACCOUNT].token_end = "=="
    fake.accounts[ACCOUNT].regions[REGION].page_size["DescribeSnapshots"] = 1
    return fake


def snapshots_file(directory):
    with open(os.path.join(place_of(directory), "snapshots.json"), "rb") as file:
        return file.read()


def follows(number):
    """Tells the calls for the page of that number, from 0."""
    return lambda call: "/%d=" % number in call.parameters.get("NextToken", "")


def test_pages_come_in_order(ahead, tmp_path):
    """However long each takes to come, the file is the same, and no page is asked for twice."""
    assert collect(ahead, tmp_path / "first", "--details", "none").status == 0
    assert len(ahead.of("DescribeSnapshots")) == 7
    ahead.forget()
    ahead.accounts[ACCOUNT].token_end = "&"  # which an answer's end does not show
    assert collect(ahead, tmp_path / "second", "--details", "none").status == 0
    assert len(ahead.of("DescribeSnapshots")) == 7
    assert snapshots_file(tmp_path / "first") == snapshots_file(tmp_path / "second")
    assert len(document(tmp_path / "first", "snapshots.json")["Snapshots"]) == 7


def test_a_bad_page_takes_back_what_was_asked_ahead(ahead, tmp_path):
    """An answer that is whole but no XML has shown its token: the page comes again, and so do those after it."""
    assert collect(ahead, tmp_path / "right", "--details", "none").status == 0
    ahead.forget()
    spoil = spoiled(lambda body: body.replace(b"<snapshotId>", b"<snapshotId", 1))
    fault = ahead.fault(spoil, "DescribeSnapshots", {1}, when=follows(2))
    assert collect(ahead, tmp_path / "out", "--details", "none").status == 0
    assert fault.used == 1 and ended(tmp_path / "out", "DescribeSnapshots") == "complete"
    assert 7 + 1 < len(ahead.of("DescribeSnapshots")) <= 7 + 1 + 5, "page 3 was asked for twice"
    assert snapshots_file(tmp_path / "out") == snapshots_file(tmp_path / "right")


@pytest.mark.parametrize("make", [error("InternalError", 500), error("UnauthorizedOperation", 403), truncated()])
def test_a_page_ahead_that_never_comes(ahead, tmp_path, make):
    """It is missed when its turn has come: the listing is lost, and nothing of it is kept."""
    ahead.fault(make, "DescribeSnapshots", when=follows(3))
    result = collect(ahead, tmp_path / "out", "--details", "none")
    assert result.status == 0, result
    assert ended(tmp_path / "out", "DescribeSnapshots") in ("failed", "denied")
    assert not os.path.exists(os.path.join(place_of(tmp_path / "out"), "snapshots.json"))


def test_a_stale_token_ahead(ahead, tmp_path):
    """It begins the listing anew, once."""
    fault = ahead.fault(error("InvalidNextToken"), "DescribeSnapshots", {1}, when=follows(3))
    assert collect(ahead, tmp_path / "out", "--details", "none").status == 0
    assert fault.used == 1 and ended(tmp_path / "out", "DescribeSnapshots") == "complete"
    assert len(document(tmp_path / "out", "snapshots.json")["Snapshots"]) == 7


def test_a_token_that_only_seems_to_be_one(ahead, tmp_path):
    """An answer whose end shows another token than it has: the listing is lost, with words that say why."""
    name = "DescribeAutoScalingGroups"
    shown = b"<!-- <NextToken>shown</NextToken></%sResult> -->" % name.encode()
    end = b"</%sResponse>" % name.encode()
    page = fake_wire.page("autoscaling", name, "AutoScalingGroups", [], "real")
    ahead.fault(raw(page.replace(end, shown + end)), name, {1})
    result = collect(ahead, tmp_path / "out", "--details", "none")
    assert result.status == 0 and ended(tmp_path / "out", name) == "failed", result
    assert "another token" in result.errors
    assert {call.parameters.get("NextToken") for call in ahead.of(name)} == {None, "shown"}


# --- answers that are none ---------------------------------------------------------------------------

BOMB = b'<!DOCTYPE lolz [<!ENTITY a "%s">%s]><DescribeVolumesResponse>&j;</DescribeVolumesResponse>' % (
    b"lol" * 10,
    b"".join(b'<!ENTITY %c "%s">' % (one, b"&%c;" % (one - 1) * 10) for one in b"bcdefghij"),
)
SECRETS = (
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><DescribeVolumesResponse>&e;</DescribeVolumesResponse>'
)
OPEN = b'<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
CLOSE = b"</DescribeVolumesResponse>"


NO_ANSWERS = {
    "html-500": html(500),
    "html-200": html(200),
    "html-404": html(404),
    "empty": raw(b""),
    "no-content": raw(b"", 204),
    "json": raw(b"{}", content_type="application/json"),
    "other-root": raw(b"<DescribeImagesResponse/>"),
    "unclosed": raw(OPEN),
    "mismatched": raw(OPEN + b"<volumeSet><item></volumeSet>"),
    "not-utf-8": raw(OPEN + b"<volumeSet><item><volumeId>vol-\xff\xfe</volumeId></item></volumeSet>" + CLOSE),
    "control-characters": raw(OPEN + b"<volumeSet><item><volumeId>\x00\x01</volumeId></item></volumeSet>" + CLOSE),
    "not-a-number": raw(OPEN + b"<volumeSet><item><size>many</size></item></volumeSet>" + CLOSE),
    "deep": raw(OPEN + b"<a>" * 100000),
    "entity-bomb": raw(BOMB),
    "external-entity": raw(SECRETS),
    "doctype": raw(b'<?xml version="1.0"?><!DOCTYPE a><DescribeVolumesResponse/>'),
    "false-gzip": raw(b"\x1f\x8b\x08garbage", headers={"Content-Encoding": "gzip"}),
    "long-header": raw(OPEN + CLOSE, headers={"X-Large": "x" * 400000}),
    "redirect": raw(b"moved", 301, headers={"Location": "http://127.0.0.1:1/"}),
    "truncated": truncated("close"),
    "truncated-by-reset": truncated("reset"),
    "truncated-chunk": spoiled(None, chunked=True, cut=100, then="close"),
    "closed": silent("close"),
    "reset": silent("reset"),
}


@pytest.fixture(scope="module")
def no_answers(tmp_path_factory):
    """A run for each of NO_ANSWERS, several at a time, since most of it is waiting for retries."""

    def one(make, directory):
        with FakeAws(sample()) as fake:
            fault, began = fake.fault(make, "DescribeVolumes"), time.monotonic()
            result = collect(fake, directory, "--details", "none", timeout=60)
            return fault, result, time.monotonic() - began, directory

    with ThreadPoolExecutor(6) as pool:
        yield {name: pool.submit(one, make, tmp_path_factory.mktemp(name)) for name, make in NO_ANSWERS.items()}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_answers_that_are_none(no_answers, name):
    """Whatever comes instead of an answer: that call failed, the others stand, and the run takes seconds."""
    fault, result, seconds, directory = no_answers[name].result()
    assert result.status == 0, result
    assert 1 <= fault.used <= 20  # curl itself asks again where a kept connection was closed
    assert ended(directory, "DescribeVolumes") == "failed"
    assert ended(directory, "DescribeImages") == "complete"
    assert not os.path.exists(os.path.join(place_of(directory), "volumes.json"))
    assert "DescribeVolumes" in result.errors and "root:" not in result.errors
    assert seconds < 30


def test_broken_once(fake, tmp_path):
    """Each of them once, in the middle of a listing: tried again, nothing doubled, nothing lost."""
    fake.accounts[ACCOUNT].regions[REGION].page_size["DescribeSnapshots"] = 2
    for make in (truncated("close"), truncated("reset", 3), silent("reset"), html(503), raw(b"<a")):
        fake.forget()
        fault = fake.fault(make, "DescribeSnapshots", {2})
        assert collect(fake, tmp_path / "out", "--details", "none").status == 0
        assert fault.used == 1 and ended(tmp_path / "out", "DescribeSnapshots") == "complete"
        found = [each["SnapshotId"] for each in document(tmp_path / "out", "snapshots.json")["Snapshots"]]
        assert len(found) == len(set(found)) == 7


def test_wrong_content_type(fake, tmp_path):
    """The right answer under a wrong name is the right answer: the bytes count."""
    fake.fault(spoiled(None, content_type="application/json"), "DescribeVolumes")
    fake.fault(spoiled(None, content_type=None), "DescribeImages")
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    assert ended(tmp_path / "out", "DescribeVolumes") == ended(tmp_path / "out", "DescribeImages") == "complete"


# Runs a command and prints its status and peak. A child's peak is at least its parent's size: so a small parent.
PEAK = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stderr=subprocess.DEVNULL)
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def test_huge_answer(fake, tmp_path):
    """Two hundred megabytes do not go into memory."""
    piece = b"<item>" + b"<volumeId>vol-1</volumeId>" * 40 + b"</item>"
    piece = piece * (2**20 // len(piece))
    fault = fake.fault(raw(OPEN + b"<volumeSet>" + piece, repeat=200), "DescribeVolumes")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", PEAK, BINARY, "collect", str(out), "--region", REGION, "--details", "none"],
        env={**os.environ, **NO_PROXIES, **fake.environment()},
        capture_output=True,
        timeout=60,
        check=True,
    )
    status, megabytes = map(int, done.stdout.split())
    assert status == 0 and megabytes < 300 and fault.used >= 1
    assert ended(out, "DescribeVolumes") == "failed"


# --- credentials and clocks -----------------------------------------------------------------------------


def test_clock_is_off(fake, tmp_path):
    """Ten minutes ahead or behind: measured from the answer's date once, then right."""
    for seconds in (600, -600):
        fake.forget()
        fake.clock = seconds
        result = collect(fake, tmp_path / "out", "--details", "none")
        assert result.status == 0, result
        refused = [call for call in fake.calls if call.code]
        assert 1 <= len(refused) <= 2, refused
        assert {each["status"] for each in collection(tmp_path / "out")["calls"]} <= {"complete", "empty", "skipped"}


def test_times_are_those_of_aws(fake, tmp_path):
    """A plan is as of the moment the collection began: with a clock two years off, by AWS's clock and not by ours."""
    for days in (730, -730):
        fake.clock = days * 86400
        assert collect(fake, tmp_path / "out", "--details", "none").status == 0
        told = collection(tmp_path / "out")
        for name in ("started", "ended"):
            seconds = calendar.timegm(time.strptime(told[name], "%Y-%m-%dT%H:%M:%SZ"))
            assert abs(seconds - time.time() - fake.clock) < 60, told


def test_credentials_expire_in_mid_run(fake, tmp_path):
    """Asked for anew at their source, once; the listing goes on where it was."""
    fake.accounts[ACCOUNT].regions[REGION].page_size["DescribeSnapshots"] = 1
    given = []

    def source():
        given.append(fake.new_key(ACCOUNT))
        return given[-1]

    fake.key_source = source
    fake.fault(
        error("RequestExpired", 400, "Request has expired."),
        when=lambda call: call.key == given[0][0] and len(fake.calls) > 12,
    )
    environment = {name: value for name, value in fake.environment().items() if "KEY" not in name}
    environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = fake.endpoint + "/fake/credentials"
    result = run("collect", tmp_path / "out", "--region", REGION, env=environment, timeout=60)
    assert result.status == 0, result
    assert len(given) == 2
    assert {each["status"] for each in collection(tmp_path / "out")["calls"]} <= {"complete", "empty", "skipped"}
    assert len(document(tmp_path / "out", "snapshots.json")["Snapshots"]) == 7
    for secret in fake.secrets():
        assert secret not in result.errors and not any(secret.encode() in each for each in files(tmp_path).values())


def test_credentials_that_cannot_be_renewed(fake, tmp_path):
    """The source gives no new ones in mid-run: the region is given up, and the earlier collection stays."""
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    before = files(tmp_path)
    fake.forget()
    fake.accounts[ACCOUNT].regions[REGION].page_size["DescribeSnapshots"] = 1
    given = [fake.new_key(ACCOUNT)]
    first, good = given[0]
    fake.key_source = lambda: given.pop() if given else ("no key", good)
    fake.fault(error("RequestExpired"), when=lambda call: call.key == first and len(fake.calls) > 12)
    environment = {name: value for name, value in fake.environment().items() if "KEY" not in name}
    environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = fake.endpoint + "/fake/credentials"
    environment.update(NO_PROXIES)
    result = run("collect", tmp_path / "out", "--region", REGION, "--details", "none", env=environment, timeout=60)
    assert result.status == 1 and "could not be collected" in result.errors, result
    assert files(tmp_path) == before and leftovers(tmp_path) == []


@pytest.mark.parametrize("source", ["container", "process"])
def test_credentials_of_a_source_expire_in_mid_run(fake, tmp_path, source):
    """Roles in two accounts, assumed with what a source gives: all of it expires in mid-run, and all is renewed."""
    other = Place(account=OTHER_ACCOUNT).pair(1)
    fake.accounts[OTHER_ACCOUNT] = Account({REGION: Region(other)}, OTHER_ACCOUNT)
    fake.accounts[ACCOUNT].regions[REGION].page_size["DescribeSnapshots"] = 1
    roles = ["arn:aws:iam::%s:role/reader" % number for number in (ACCOUNT, OTHER_ACCOUNT)]
    fake.roles = dict.fromkeys(roles)
    given, old = [], []

    def hand_out():
        given.append(fake.new_key(ACCOUNT))
        return given[-1]

    def expires(call):
        if not old and len(fake.calls) > 30:
            old.extend(fake.keys)
        return call.key in old

    fake.key_source = hand_out
    fake.fault(error("RequestExpired", 400, "Request has expired."), service="ec2", when=expires)
    fake.fault(error("ExpiredToken", 403, "The security token is expired"), service="sts", when=expires)
    environment = {name: value for name, value in fake.environment().items() if "KEY" not in name}
    where = fake.endpoint + "/fake/credentials"
    if source == "container":
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = where
    else:
        save(str(tmp_path / "keys.py"), KEYS_OF_URL % where)
        process = "%s %s" % (sys.executable, tmp_path / "keys.py")
        save(str(tmp_path / "config"), "[default]\ncredential_process = %s\n" % process)
        environment["AWS_CONFIG_FILE"] = str(tmp_path / "config")
    options = [word for role in roles for word in ("--role-arn", role)]
    environment.update(NO_PROXIES)
    result = run("collect", tmp_path / "out", "--region", REGION, *options, env=environment, timeout=90)
    assert result.status == 0, result
    assert len(given) == 2 and len(fake.of("AssumeRole")) == 5, [call for call in fake.calls if call.service == "sts"]
    for account in (ACCOUNT, OTHER_ACCOUNT):
        told = collection(tmp_path / "out", account=account)["calls"]
        assert {each["status"] for each in told} <= {"complete", "empty", "skipped"}
    assert len(document(tmp_path / "out", "snapshots.json")["Snapshots"]) == 7
    check_traces(fake, tmp_path / "out", result.out, result.err)


@pytest.mark.parametrize("wrong", ["secret", "key", "expired", "denied", "nobody"])
def test_nothing_can_be_collected(fake, tmp_path, wrong):
    """Bad credentials, or a caller who may do nothing: exit 1, one line or a short list, nothing written."""
    environment, key = {}, "AKIDEXAMPLE"
    if wrong == "secret":
        environment["AWS_SECRET_ACCESS_KEY"] = "not/the+right/secret"
    elif wrong == "key":
        environment["AWS_ACCESS_KEY_ID"] = "AKIDNOBODY"
    elif wrong == "expired":
        key, _ = fake.new_key(ACCOUNT, seconds=-10)
    elif wrong == "denied":
        fake.accounts[ACCOUNT].denied.add("*")
    else:
        environment = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    result = collect(fake, tmp_path / "out", key=key, env=environment)
    assert result.status == 1, result
    assert files(tmp_path) == {} and "not/the+right" not in result.errors
    assert result.errors.startswith("amiplan: ") or wrong == "denied"
    assert len(fake.calls) <= 4 or wrong == "denied"


def test_some_is_denied(fake, tmp_path):
    """A denied call leaves its kind open: shown with the IAM action, and the plan blocks what rests on it."""
    fake.accounts[ACCOUNT].denied = {"ec2:DescribeFleets", "autoscaling:DescribeLaunchConfigurations", "rbin:ListRules"}
    result = collect(fake, tmp_path / "out")
    assert result.status == 0, result
    for action in ("ec2:DescribeFleets", "autoscaling:DescribeLaunchConfigurations", "rbin:ListRules"):
        assert action in result.errors, result
    assert (
        ended(tmp_path / "out", "DescribeFleets") == "denied" and ended(tmp_path / "out", "ListRules") == ["denied"] * 2
    )
    made = plan(tmp_path / "out", "--unused", as_of=None)
    status = {each["kind"]: each["status"] for each in made["inventory"]["coverage"]}
    assert status["fleets"] == status["launch-configurations"] == "denied" and steps(made) == []


# --- what a run leaves when it cannot end well ---------------------------------------------------------


def test_a_repeated_run_replaces_a_place_whole(fake, tmp_path):
    """Nothing of the earlier run stays in its place; other places are left alone."""
    assert collect(fake, tmp_path / "out", regions=(REGION, OTHER_REGION)).status == 0
    before = files(place_of(tmp_path / "out", OTHER_REGION))
    fake.accounts[ACCOUNT].regions[REGION] = Region(Place().pair(20))
    fake.accounts[ACCOUNT].changed()
    assert collect(fake, tmp_path / "out").status == 0
    assert files(place_of(tmp_path / "out", OTHER_REGION)) == before
    found = files(place_of(tmp_path / "out"))
    assert [name for name in found if name.startswith("image-attributes")] == ["image-attributes/%s.json" % ami(20)]


def test_files_of_others_are_not_removed(fake, tmp_path):
    """A place that no collection wrote is left as it is, unless --force."""
    os.makedirs(place_of(tmp_path))
    save(os.path.join(place_of(tmp_path), "mine.json"), "{}")
    before = files(tmp_path)
    result = collect(fake, tmp_path)
    assert result.status == 1 and "--force" in result.errors and files(tmp_path) == before, result
    assert collect(fake, tmp_path, "--force").status == 0
    assert "mine.json" not in files(place_of(tmp_path))


def stalled(fake, directory, *options, **further):
    """A run in the middle of a listing that goes no further."""
    fault = fake.fault(truncated("stall"), "DescribeSnapshots")
    process = start(fake, directory, *options, **further)
    wait_for(lambda: fault.used and len(fake.calls) > 8)
    return process


@pytest.mark.parametrize("earlier", [False, True])
def test_interrupted(fake, tmp_path, earlier):
    """Ctrl-C: exit 130 at once, nothing half written, what was there stays."""
    if earlier:
        assert collect(fake, tmp_path / "out", "--details", "none").status == 0
        fake.forget()
    before = files(tmp_path)
    process = stalled(fake, tmp_path / "out")
    started = time.monotonic()
    status, err = interrupt(process)
    assert status == 130 and time.monotonic() - started < 3
    assert files(tmp_path) == before and leftovers(tmp_path) == []
    assert len(err.splitlines()) < 20 and b"Sanitizer" not in err


def test_terminated(fake, tmp_path):
    """SIGTERM, as a CI job's end gives it, leaves nothing either."""
    status, _ = finish(stalled(fake, tmp_path / "out"), signal.SIGTERM)
    assert status in (130, 143) and files(tmp_path) == {} and leftovers(tmp_path) == []


def test_killed(fake, tmp_path):
    """kill -9: a hidden directory stays, no inventory reads it, and the next run removes it."""
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    fake.forget()
    before = files(place_of(tmp_path / "out"))
    status, _ = finish(stalled(fake, tmp_path / "out"), signal.SIGKILL)
    assert status == 137 and leftovers(tmp_path) != []
    assert files(place_of(tmp_path / "out")) == before
    left = plan(tmp_path / "out", "--unused", as_of=None)
    assert all("/." not in each["path"] for each in left["inventory"]["documents"])
    fake.forget()
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    assert leftovers(tmp_path) == []


def test_two_at_a_time(fake, tmp_path):
    """The second one is told to wait; the first one is not disturbed."""
    process = stalled(fake, tmp_path / "out")
    try:
        fake.faults.clear()
        second = run("collect", tmp_path / "out", "--region", REGION, "--details", "none", env=fake.environment())
        assert second.status == 1 and "another" in second.errors, second
        other = run("collect", tmp_path / "out", "--region", OTHER_REGION, "--details", "none", env=fake.environment())
        assert other.status == 0, other
        assert os.path.exists(os.path.join(place_of(tmp_path / "out", OTHER_REGION), "images.json"))
    finally:
        status, _ = interrupt(process)
    assert status == 130 and leftovers(tmp_path) == []


def test_directories_that_cannot_be_written(fake, tmp_path):
    """A file in the way, a name below a file, a place where nothing can be made: one line, nothing asked in vain."""
    save(str(tmp_path / "file"), "mine")
    for directory in (tmp_path / "file", tmp_path / "file" / "below", "/proc/nowhere", "/dev/null", "/dev/full"):
        fake.forget()
        result = run("collect", directory, "--region", REGION, env=fake.environment())
        one_error(result)
        assert str(directory) in result.errors
    assert files(tmp_path) == {"file": b"mine"}


def test_disk_is_full(fake, tmp_path):
    """A write that fails: one line that names the file, and nothing left."""

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    process = start(fake, tmp_path / "out", "--details", "none", "--quiet", preexec=small_files)
    status, err = finish(process)
    assert status == 1 and len(err.splitlines()) == 1 and b"File too large" in err, err
    assert files(tmp_path) == {} and leftovers(tmp_path) == []


def test_server_that_is_not_there(fake, tmp_path):
    """Nobody listens: a clear line after the retries, in bounded time."""
    gone = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    result = collect(fake, tmp_path / "out", env=gone, timeout=30)
    assert result.status == 1 and "127.0.0.1" in result.errors and files(tmp_path) == {}, result
    result = collect(fake, tmp_path / "out", env={"AWS_ENDPOINT_URL": "http://nowhere.invalid"}, timeout=30)
    assert result.status == 1 and "nowhere.invalid" in result.errors, result
