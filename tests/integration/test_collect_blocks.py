"""`amiplan collect --blocks`: block lists from the EBS direct APIs, and the exact saving that comes of them.

It must not know: how lists are read or blocks are counted.
"""

import itertools
import json
import os
import re
import signal
import subprocess
import time
from decimal import Decimal
from fractions import Fraction

import pytest

from fake_account import Account, Refusal, Region
from fake_aws import FakeAws, error, raw, truncated
from fake_billing import GIB, Billing
from inventory import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, Place, ami, image, snap, snapshot, vol
from live import NO_PROXIES, check_traces, files, finish, terminal, wait_for
from tool import BINARY, TOP, one_error, plan, run

# AWS's own example: A has 10 GiB, B another version of 4 of them, C 2 GiB more.
# https://docs.aws.amazon.com/ebs/latest/userguide/how_snapshots_work.html
A = {index: 1 for index in range(10 * GIB)}
B = {**A, **{index: 2 for index in range(4 * GIB)}}
C = {**B, **{index: 3 for index in range(10 * GIB, 12 * GIB)}}
FREED = {(1,): 4, (2,): 0, (3,): 2, (1, 2): 4, (1, 3): 6, (2, 3): 6, (1, 2, 3): 16}
SETS = [each for size in (1, 2, 3) for each in itertools.combinations((1, 2, 3), size)]


def price(region, *path):
    with open(os.path.join(TOP, "planner", "prices.json"), encoding="utf-8") as file:
        found = json.load(file, parse_float=Decimal)["regions"][region]
    for each in path:
        found = found[each]
    return found


def place(account=ACCOUNT, region=REGION, first=0):
    """Three AMIs whose snapshots were taken of one volume, one after the other."""
    numbers = [first + each for each in (1, 2, 3)]
    made = Place(account, region)
    for number, size in zip(numbers, (10, 10, 12)):
        made.images(image(number, OwnerId=account))
        made.snapshots(
            snapshot(
                number,
                VolumeId=vol(first + 1),
                VolumeSize=size,
                OwnerId=account,
                StartTime="2024-0%d-15T09:55:00.000Z" % (number - first),
            )
        )
        made.lists["images"][-1]["CreationDate"] = "2024-0%d-15T10:00:00.000Z" % (number - first)
    return made


def billing(first=0):
    return Billing().add(snap(first + 1), A).add(snap(first + 2), B).add(snap(first + 3), C)


@pytest.fixture
def fake():
    region = Region()
    region.billing = billing()
    with FakeAws(Account({REGION: region})) as server:
        server.billing = region.billing
        yield server


def options(numbers):
    return ["--assume-complete", "all", *[word for number in numbers for word in ("--ami", ami(number))]]


@pytest.fixture
def world(tmp_path):
    """An inventory, and a function that saves the plan which lets these AMIs go."""
    directory = place().write(tmp_path / "inventory")

    def make(*numbers):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(plan(directory, *options(numbers))), encoding="utf-8")
        return path

    make.directory = directory
    return make


def collect(fake, planned, directory, *further, env=None, timeout=60):
    environment = {**NO_PROXIES, **fake.environment(), **(env or {})}
    result = run("collect", "--blocks", planned, directory, *further, env=environment, timeout=timeout)
    check_traces(fake, directory, result.out, result.err)
    assert fake.strays == []
    return result


def saving(directory, numbers):
    return plan(directory, *options(numbers))["cost"]["monthly_saving_usd"]


def lists(directory):
    """What was read, by the names of the files."""
    return sorted(name.split(os.sep, 2)[2] for name in files(directory) if "blocks" in name)


def blocks_calls(fake):
    return [call for call in fake.calls if call.service == "ebs"]


@pytest.mark.parametrize("numbers", SETS, ids=lambda each: "".join("ABC"[number - 1] for number in each))
def test_the_saving_becomes_exact(fake, world, numbers):
    before = saving(world.directory, numbers)
    done = collect(fake, world(*numbers), world.directory)
    assert done.status == 0, done
    after = saving(world.directory, numbers)
    wanted = Decimal(FREED[numbers]) * price(REGION, "snapshot", "standard_gb_month")
    assert before["level"] == "range" and before["min"] != before["max"]
    assert after["level"] == "exact" and Decimal(after["min"]) == Decimal(after["max"]) == wanted
    assert Decimal(before["min"]) <= wanted <= Decimal(before["max"])


def test_progress_on_a_terminal(fake, world):
    """A live line of lists and blocks; what stays is the summary."""
    fake.latency = 0.25
    status, seen = terminal(
        [BINARY, "collect", "--blocks", str(world(1, 2)), str(world.directory)], {**NO_PROXIES, **fake.environment()}
    )
    assert status == 0, seen
    assert re.search(rb"\r\x1b\[K\d+ calls, \d+ blocks, lists \d/\d, 0:\d\d  %s List" % REGION.encode(), seen), seen
    assert b" block lists read into " in re.split(rb"\r\x1b\[K", seen)[-1], seen


def test_only_what_the_saving_needs_is_asked(fake, world):
    collect(fake, world(2), world.directory)
    assert lists(world.directory) == [
        "changed-blocks/%s..%s.json" % (snap(1), snap(2)),
        "changed-blocks/%s..%s.json" % (snap(2), snap(3)),
    ]
    assert {call.action for call in blocks_calls(fake)} == {"ListChangedBlocks"}
    assert {call.parameters["maxResults"] for call in blocks_calls(fake)} == {"10000"}


def test_the_documents_are_what_aws_answers(fake, world):
    collect(fake, world(1), world.directory)
    below = os.path.join(str(world.directory), ACCOUNT, REGION)
    with open(os.path.join(below, "blocks", snap(1) + ".json"), encoding="utf-8") as file:
        whole = json.load(file)
    assert whole["SnapshotId"] == snap(1) and whole["BlockSize"] == 524288 and "NextToken" not in whole
    assert [each["BlockIndex"] for each in whole["Blocks"]] == sorted(A)
    name = "%s..%s.json" % (snap(1), snap(2))
    with open(os.path.join(below, "changed-blocks", name), encoding="utf-8") as file:
        changed = json.load(file)
    assert (changed["FirstSnapshotId"], changed["SecondSnapshotId"]) == (snap(1), snap(2))
    assert [each["BlockIndex"] for each in changed["ChangedBlocks"]] == list(range(4 * GIB))
    assert all("FirstBlockToken" in each and "SecondBlockToken" in each for each in changed["ChangedBlocks"])


def test_pages_empty_ones_among_them_make_one_document(fake, world):
    fake.billing.most, fake.billing.empty_pages = 1000, 2
    collect(fake, world(1, 2, 3), world.directory)
    assert len(blocks_calls(fake)) > 60
    assert saving(world.directory, (1, 2, 3))["level"] == "exact"


def test_requests_and_their_cost_are_told_first(fake, world):
    done = collect(fake, world(1, 2, 3), world.directory)
    # 3 pages of A, 3 of up to 10 GiB that changed, 3 of up to 12.
    cost = Fraction(9) * Fraction(price(REGION, "ebs_direct_api_per_1000", "list")) / 1000
    line = next(each for each in done.errors.splitlines() if "to read" in each)
    assert line.startswith("amiplan: 3 block lists to read: up to 9 requests, up to ")
    assert Fraction(line.rpartition(" up to ")[2].partition(" ")[0]) == cost
    assert len(blocks_calls(fake)) <= 9


def test_too_dear_is_not_begun(fake, world):
    done = collect(fake, world(1, 2, 3), world.directory, "--max-cost", "0.000001")
    lines = done.errors.splitlines()
    assert done.status == 1 and "to read" in lines[-2] and "--max-cost" in lines[-1], done
    assert blocks_calls(fake) == [] and lists(world.directory) == []
    assert collect(fake, world(1, 2, 3), world.directory, "--max-cost", "0.000001", "--yes").status == 0


def test_no_more_is_asked_than_was_agreed_on(fake, world):
    fake.billing.most = 100  # many more pages than sizes tell
    done = collect(fake, world(1, 2, 3), world.directory, "--max-cost", "0.00001")
    assert "requests that were agreed on are used up" in done.errors
    affordable = Fraction("0.00001") / (Fraction(price(REGION, "ebs_direct_api_per_1000", "list")) / 1000)
    assert len(blocks_calls(fake)) <= affordable + 16  # those that were under way
    assert lists(world.directory) == []
    assert done.status == 1


def test_what_is_there_is_not_asked_again(fake, world):
    collect(fake, world(1), world.directory)
    fake.forget()
    done = collect(fake, world(1, 2), world.directory)
    assert done.status == 0, done
    assert len(lists(world.directory)) == 3
    assert {call.parameters.get("firstSnapshotId") for call in blocks_calls(fake)} == {snap(2)}
    fake.forget()
    done = collect(fake, world(1, 2), world.directory)
    assert done.status == 0 and fake.calls == [] and "no block list is left to read" in done.errors


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_is_resumed(fake, world, sign):
    planned = world(1, 2, 3)
    fake.billing.most, fake.latency = 1000, 0.01
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    process = subprocess.Popen(
        [BINARY, "collect", "--blocks", str(planned), str(world.directory)],
        env={**clean, **NO_PROXIES, **fake.environment(), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: lists(world.directory))
    status, _ = finish(process, sign)
    assert status == 128 + sign
    kept = lists(world.directory)
    assert 0 < len(kept) < 3
    check_traces(fake, world.directory)
    fake.forget()
    fake.latency = 0
    assert collect(fake, planned, world.directory).status == 0
    asked = {(call.parameters.get("firstSnapshotId"), call.action) for call in blocks_calls(fake)}
    assert len(asked) == 3 - len(kept)
    assert saving(world.directory, (1, 2, 3))["level"] == "exact"


FAULTS = {
    "throttled": error("RequestThrottledException", 400, reason="ACCOUNT_THROTTLED"),
    "throttled otherwise": error("ThrottlingException", 429),
    "an internal error": error("InternalServerException", 500),
    "a truncated answer": truncated(),
    "a connection that is reset": truncated("reset"),
    "an answer that is none": raw(b'{"Blocks": [{"BlockIndex"', 200, "application/json"),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("number", [1, 2])
def test_what_passes_is_retried(fake, world, name, number):
    fake.fault(FAULTS[name], "ListSnapshotBlocks", [number])
    done = collect(fake, world(1, 2, 3), world.directory)
    assert done.status == 0, done
    assert saving(world.directory, (1, 2, 3))["level"] == "exact"


def test_a_stale_page_token_begins_the_listing_anew(fake, world):
    stale = fake.fault(error("ValidationException", reason="INVALID_PAGE_TOKEN"), "ListSnapshotBlocks", [2])
    assert collect(fake, world(1, 2, 3), world.directory).status == 0
    assert stale.used == 1
    tokens = ["pageToken" in call.parameters for call in fake.of("ListSnapshotBlocks")]
    assert tokens == [False, True, False, True, True]
    assert saving(world.directory, (1, 2, 3))["level"] == "exact"


def test_an_answer_that_is_no_block_list_counts_for_nothing(fake, world):
    fake.fault(raw(b"{}", 200, "application/json"), service="ebs")
    done = collect(fake, world(1, 2, 3), world.directory)
    assert done.status == 1 and "no BlockSize" in done.errors
    assert lists(world.directory) == []
    assert saving(world.directory, (1, 2, 3))["level"] == "range"


def test_unrelated_snapshots_are_recorded(fake, world):
    fake.billing.lineage[snap(3)] = "another"
    done = collect(fake, world(2), world.directory)
    assert done.status == 0 and "not related" in done.errors and snap(3) in done.errors
    below = os.path.join(str(world.directory), ACCOUNT, REGION, "changed-blocks")
    with open(os.path.join(below, "%s..%s.json" % (snap(2), snap(3))), encoding="utf-8") as file:
        assert json.load(file) == {
            "format": "amiplan.unrelated-snapshots/1",
            "FirstSnapshotId": snap(2),
            "SecondSnapshotId": snap(3),
        }
    fake.forget()
    done = collect(fake, world(2), world.directory)
    assert done.status == 0 and fake.calls == []
    assert run("plan", world.directory, *options([2])).errors == ""
    assert saving(world.directory, (2,))["level"] == "range"


def test_a_denied_call_is_not_made_a_thousand_times(fake, tmp_path):
    made = Place()
    numbers = range(1, 101)
    for number in numbers:
        made.pair(number)
        fake.billing.add(snap(number), {0: number})
    directory = made.write(tmp_path / "inventory")
    planned = tmp_path / "plan.json"
    planned.write_text(json.dumps(plan(directory, *options(numbers))), encoding="utf-8")
    fake.accounts[ACCOUNT].denied = {"ebs:ListSnapshotBlocks"}
    done = collect(fake, planned, directory)
    assert done.status == 1 and "allow ebs:ListSnapshotBlocks" in done.errors, done
    assert len(blocks_calls(fake)) < 40


def test_one_snapshot_that_cannot_be_read_spoils_nothing_else(fake, world):
    fake.billing.unlisted[snap(3)] = Refusal(
        "AccessDeniedException", "the key may not be used", 403, "DEPENDENCY_ACCESS_DENIED"
    )
    done = collect(fake, world(1, 2, 3), world.directory)
    assert done.status == 0 and "denied: %s..%s" % (snap(2), snap(3)) in done.errors
    assert len(lists(world.directory)) == 2
    assert saving(world.directory, (1, 2, 3))["level"] == "range"
    assert saving(world.directory, (1,))["level"] == "exact"


def test_words_of_a_refusal_are_only_text(fake, world):
    fake.billing.unlisted[snap(3)] = Refusal("AccessDeniedException", "no\x1b]0;yours\x07\r\nrm -rf /", 403)
    done = collect(fake, world(1, 2, 3), world.directory)
    assert done.status == 0 and "AccessDeniedException: no" in done.errors, done
    assert not any(line.startswith("rm") for line in done.errors.splitlines())
    assert not set("\x1b\x07\r") & set(done.errors), done


def test_a_snapshot_that_is_gone_is_said(fake, world):
    del fake.billing.snapshots[snap(1)]
    done = collect(fake, world(2), world.directory)
    assert done.status == 0 and "gone: %s..%s" % (snap(1), snap(2)) in done.errors


def test_what_lies_in_the_recycle_bin_is_not_asked(fake, tmp_path):
    made = place()
    binned = dict(made.lists["snapshots"].pop(1), RecycleBinEnterTime="2026-10-20T00:00:00.000Z")
    binned["RecycleBinExitTime"] = "2026-11-20T00:00:00.000Z"
    made.lists["images"].pop(1)
    directory = made.document("recycle-bin-snapshots.json", {"Snapshots": [binned]}).write(tmp_path / "inventory")
    planned = tmp_path / "plan.json"
    planned.write_text(json.dumps(plan(directory, *options([1]))), encoding="utf-8")
    done = collect(fake, planned, directory)
    assert done.status == 0 and "Recycle Bin, such as %s" % snap(2) in done.errors, done
    assert lists(directory) == ["blocks/%s.json" % snap(1)]


def test_each_account_is_asked_with_its_own_role(fake, tmp_path):
    directory = tmp_path / "inventory"
    place().write(directory)
    place(OTHER_ACCOUNT, OTHER_REGION, 10).write(directory)
    region = Region()
    region.billing = billing(10)
    fake.accounts[OTHER_ACCOUNT] = Account({OTHER_REGION: region}, OTHER_ACCOUNT)
    numbers = (1, 11)
    planned = tmp_path / "plan.json"
    planned.write_text(json.dumps(plan(directory, *options(numbers))), encoding="utf-8")
    refused = collect(fake, planned, directory)
    assert OTHER_ACCOUNT in one_error(refused) and "--role-arn" in refused.errors
    arns = ["arn:aws:iam::%s:role/reader" % each for each in (ACCOUNT, OTHER_ACCOUNT)]
    fake.roles = dict.fromkeys(arns)
    words = [word for arn in arns for word in ("--role-arn", arn)]
    assert collect(fake, planned, directory, *words).status == 0
    assert {(call.account, call.region) for call in blocks_calls(fake)} == {
        (ACCOUNT, REGION),
        (OTHER_ACCOUNT, OTHER_REGION),
    }
    assert saving(directory, numbers)["level"] == "exact"


def test_a_region_can_be_chosen(fake, world):
    done = collect(fake, world(1), world.directory, "--region", OTHER_REGION)
    assert done.status == 0 and fake.calls == [] and "2 lists in other regions" in done.errors


@pytest.mark.parametrize(
    "words",
    [
        ["--whoami"],
        ["--all-regions"],
        ["--details", "all"],
        ["--force"],
        ["--max-cost", "much"],
        ["--max-cost", "-1"],
    ],
)
def test_options_that_do_not_go_with_it(fake, world, words):
    assert one_error(collect(fake, world(1), world.directory, *words), 64)


def test_without_a_directory(fake, world):
    done = run("collect", "--blocks", world(1), env=fake.environment())
    assert "amiplan collect --blocks PLAN DIRECTORY" in one_error(done, 64)


def test_max_cost_is_for_blocks(tmp_path):
    assert "--blocks" in one_error(run("collect", tmp_path, "--max-cost", "2"), 64)


def test_fifty_requests_a_second(fake, world):
    fake.billing.most = 200
    fake.forget()
    plan = world(1, 2, 3)
    begun = time.monotonic()
    assert collect(fake, plan, world.directory, "--yes").status == 0
    took = time.monotonic() - begun
    # The whole run is timed: a busy machine bunches what it was sent in good order.
    calls = len(blocks_calls(fake))
    assert calls > 150
    assert took > (calls - 65) / 50
