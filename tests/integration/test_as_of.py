"""What `verify` makes of a plan's as-of: everything looks old as of a day far ahead.

It must not know: what else is proven.
"""

import json
import os

import pytest

from inventory import AS_OF, Place, image, save, snapshot
from tool import TOP, run

COLLECTED = os.path.join(TOP, "tests", "golden", "collected", "inventory")  # on 2026-11-22
YOUNG = "2026-10-30T00:00:00.000Z"


def made(directory, file, *options):
    done = run("plan", directory, *options, "-o", file, "--unused", "--older-than", "30d")
    assert done.status == 0, done
    return json.loads(file.read_text())


def proof(plan, file, directory):
    save(str(file), plan)
    done = run("verify", file, directory, "-T", "json")
    told = json.loads(done.text)
    return done.status, told["result"], [(each["result"], each["rule"]) for each in told["findings"] if not each["step"]]


@pytest.fixture
def by_hand(tmp_path):
    """A place whose newest time is in 2026, of an AMI that is too young to go."""
    place = Place().pair(1)
    place.images(image(2, [], CreationDate=YOUNG)).snapshots(snapshot(3, StartTime=YOUNG))
    return place.write(tmp_path / "in")


def test_as_of_of_the_inventory(by_hand, tmp_path):
    """An as-of that nobody gave can be told again: another one was written into the plan."""
    file = tmp_path / "plan.json"
    plan = made(by_hand, file)
    assert plan["selection"]["as_of_given"] is False and plan["as_of"] == YOUNG.replace(".000", "")
    assert proof(plan, file, by_hand) == (0, "safe", [])
    plan["as_of"] = "2026-12-15T00:00:00Z"
    assert proof(plan, file, by_hand) == (1, "unsafe", [("unsafe", "as-of")])
    plan["selection"]["as_of_given"] = True
    assert proof(plan, file, by_hand) == (0, "safe", [])
    del plan["selection"]["as_of_given"]
    save(str(file), plan)
    assert run("verify", file, by_hand).status == 2


@pytest.mark.parametrize(
    "as_of, status, found",
    [
        (AS_OF, 0, []),
        ("2027-10-31T00:00:00Z", 0, []),
        ("2027-11-01T00:00:00Z", 0, [("doubtful", "as-of")]),
        ("2036-10-27T00:00:00Z", 0, [("doubtful", "as-of")]),
        ("2036-10-28T00:00:00Z", 1, [("unsafe", "as-of")]),
    ],
)
def test_as_of_that_was_given(by_hand, tmp_path, as_of, status, found):
    """An account may be quiet, so a year is worth a word; ten years cannot be."""
    file = tmp_path / "plan.json"
    plan = made(by_hand, file, "--as-of", as_of)
    assert proof(plan, file, by_hand) == (status, "unsafe" if status else "safe", found)
    # What a later inventory lacks, the plan may have removed.
    Place().pair(1).write(tmp_path / "later")
    assert proof(plan, file, tmp_path / "later") == (0, "safe", [])


@pytest.mark.parametrize("as_of, found", [("2027-11-23T00:00:00Z", []), ("2027-11-24T00:00:00Z", [("unsafe", "as-of")])])
def test_as_of_long_after_the_collection(tmp_path, as_of, found):
    """A collection says when it was made: of the time since then it knows nothing."""
    file = tmp_path / "plan.json"
    plan = made(COLLECTED, file, "--as-of", as_of)
    assert proof(plan, file, COLLECTED) == (len(found), "unsafe" if found else "safe", found)
    # A later collection too: the plan was made as of a day after it.
    plan["inventory"]["digest"] = "sha256:" + "0" * 64
    assert proof(plan, file, COLLECTED)[2] == found
