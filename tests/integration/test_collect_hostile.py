"""A server that means harm, and a file system that does: nothing leads elsewhere, nothing hangs, no terminal obeys.

It must not know: how amiplan defends itself.
"""

import contextlib
import gzip
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import time

import pytest

import fake_wire
import tool
from fake_account import Account, Region
from fake_aws import FakeAws, error, raw, silent, truncated
from fake_sample import sample
from inventory import ACCOUNT, OTHER_REGION, REGION, Place, ami, image, instance, save
from live import (
    NO_PROXIES,
    collect,
    collection,
    document,
    ended,
    files,
    interrupt,
    leftovers,
    start,
    terminal,
    wait_for,
)
from tool import one_error, run

OPEN = b'<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><volumeSet>'


@pytest.fixture
def fake():
    with FakeAws(sample()) as server:
        yield server


def place_of(directory, region=REGION):
    return os.path.join(str(directory), ACCOUNT, region)


def everywhere(tmp_path):
    """What lies beside the collection's own places."""
    return [name for name in files(tmp_path) if not name.startswith("out/%s/" % ACCOUNT)]


# --- names that lead elsewhere ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "..", ".", "", "a/b", "eu-west-1\n", "x" * 300, ".git"])
def test_region_names_lead_nowhere(fake, tmp_path, name):
    """DescribeRegions names a directory: only what looks like a region is one."""
    regions = {"Regions": [{"RegionName": each, "Endpoint": "x"} for each in (REGION, name)]}
    _, body = fake_wire.answer("ec2", "DescribeRegions", regions)
    fake.fault(raw(body), "DescribeRegions")
    result = collect(
        fake, tmp_path / "out", "--all-regions", "--details", "none", regions=(), env={"AWS_REGION": REGION}
    )
    assert everywhere(tmp_path) == [] and {call.region for call in fake.calls} == {REGION}, result
    assert not (tmp_path / "out").exists() or os.listdir(tmp_path / "out") == [ACCOUNT]


@pytest.mark.parametrize("account", ["../../evil", "", "12345678901", "1111222233334", "."])
def test_account_ids_lead_nowhere(fake, tmp_path, account):
    """So does GetCallerIdentity."""
    identity = {"Account": account, "Arn": "arn:aws:iam::%s:user/x" % account, "UserId": "x"}
    fake.fault(raw(fake_wire.answer("sts", "GetCallerIdentity", identity)[1]), "GetCallerIdentity")
    result = collect(fake, tmp_path / "out")
    assert result.status == 1 and files(tmp_path) == {}, result


def test_resource_ids_lead_nowhere(tmp_path):
    """Ids of AMIs, templates and snapshots name files too."""
    evil = "../../../../evil"
    place = Place().pair(1)
    place.images(image(2, [], ImageId="ami-" + evil), image(3, [], ImageId=evil), image(4, [], ImageId="ami-1\n2"))
    place.template(1, [ami(1), ami(1), ami(1)], LaunchTemplateId=evil, LaunchTemplateName="t")
    with FakeAws(Account({REGION: Region(place)})) as fake:
        result = collect(fake, tmp_path / "out", "--snapshot-permissions")
        assert everywhere(tmp_path) == [], result
        assert not any("evil" in name for name in files(tmp_path))
        asked = {call.parameters.get("ImageId") for call in fake.of("DescribeImageAttribute")}
        assert asked <= {ami(1), "ami-1\n2", "ami-" + evil, evil}


def test_the_place_is_a_link(fake, tmp_path):
    """A symbolic link where the place should be is left alone, and so is what it leads to."""
    os.makedirs(tmp_path / "elsewhere")
    save(str(tmp_path / "elsewhere" / "mine.json"), "{}")
    os.makedirs(os.path.dirname(place_of(tmp_path / "out")))
    os.symlink(tmp_path / "elsewhere", place_of(tmp_path / "out"))
    result = collect(fake, tmp_path / "out", "--force", "--details", "none")
    assert result.status == 1, result
    assert os.listdir(tmp_path / "elsewhere") == ["mine.json"] and os.path.islink(place_of(tmp_path / "out"))


def test_links_below_a_place_are_not_followed(fake, tmp_path):
    """Replacing a place removes a link in it, never what it leads to."""
    os.makedirs(tmp_path / "elsewhere")
    save(str(tmp_path / "elsewhere" / "mine.json"), "{}")
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    os.symlink(tmp_path / "elsewhere", os.path.join(place_of(tmp_path / "out"), "link"))
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    assert os.listdir(tmp_path / "elsewhere") == ["mine.json"]
    assert "link" not in os.listdir(place_of(tmp_path / "out"))


@pytest.mark.parametrize("name", ["evil.com/", "evil.com#", "a@b", "..", "", "EU-WEST-1", "eu west", "eu-west-1\n"])
def test_regions_of_the_command_line(fake, tmp_path, name):
    """A region goes into a host's name: what is none is refused before anything is signed for it."""
    result = run("collect", tmp_path / "out", "--region", name, env=fake.environment())
    one_error(result, 64)
    assert fake.calls == [] and files(tmp_path) == {}


# --- words that a terminal would obey ---------------------------------------------------------------


def test_messages_are_only_text(fake, tmp_path):
    """Control characters of an error's words are shown, not sent; a line stays a line."""
    words = "no\u001b[2J\u001b]0;evil\u0007\r\nroot@host# \u009b31m \u202e"
    fake.fault(error("AccessDeniedException", 403, words), "ListRules")
    fake.fault(error("Bad\u0085Code\u009b", 400, words.replace("\u001b", "").replace("\u0007", "")), "DescribeFleets")
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 0, result
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", result.err.decode("utf-8")), result
    assert not any(line.startswith("root@host") for line in result.errors.splitlines())
    told = [each["error"] for each in collection(tmp_path / "out")["calls"] if each["action"] == "ListRules"]
    assert told[0]["code"] == "AccessDeniedException"


def test_missing_says_what_was_met(fake, tmp_path):
    """What a call met stands beside the command that makes it again: escaped, with the action that is to be allowed."""
    fake.fault(error("UnauthorizedOperation", 403, "not \u009b2J for you\r\nrm -rf /"), "DescribeFleets")
    fake.fault(error("Odd", 400, "it's `odd` $(id)"), "DescribeVolumes")
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    asked = ("plan", tmp_path / "out", "--missing", "--require", "volumes", "--unused", "--older-than", "0d")
    told = run(*asked)
    words = " ".join(told.text.split())
    assert told.status == 0 and "DescribeVolumes failed: Odd: it's" in words, told
    assert "DescribeFleets was denied: allow ec2:DescribeFleets: UnauthorizedOperation: not" in words, told
    script = run(*asked, "-T", "aws-cli")
    assert script.status == 0 and "# DescribeFleets was denied" in script.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", told.text + script.text)
    assert not any(line.startswith("rm") for line in (told.text + script.text).splitlines())
    known = {each["kind"]: each["errors"] for each in json.loads(run(*asked, "-T", "json").text)["missing"]}
    assert [each["action"] for each in known["fleets"]] == ["ec2:DescribeFleets"] and known["fleets"][0]["denied"]
    assert known["volumes"][0]["code"] == "Odd" and known["launch-permissions"] == []


def test_progress_on_a_terminal(fake, tmp_path):
    """A live line that is erased again; what stays is the summary."""
    fake.latency = 0.3
    for region in fake.accounts[ACCOUNT].regions.values():
        region.page_size[None] = 1
    status, seen = terminal(
        [tool.BINARY, "collect", str(tmp_path / "out"), "--region", REGION, "--details", "none"],
        {**NO_PROXIES, **fake.environment()},
    )
    assert status == 0
    assert b"\r" in seen and REGION.encode() in seen
    last = re.split(rb"\r(?!\n)|\x1b\[[0-9;]*[A-Za-z]", seen)[-1]
    assert b"amiplan: " in last or b"collected" in last, seen[-400:]
    for secret in fake.secrets():
        assert secret.encode() not in seen


# --- too much --------------------------------------------------------------------------------------


def test_compressed(fake, tmp_path):
    """gzip is fine, and what unpacks to gigabytes is not."""
    assert collect(fake, tmp_path / "plain", "--details", "none").status == 0
    fake.compress = True
    assert collect(fake, tmp_path / "packed", "--details", "none").status == 0
    for name in ("images.json", "snapshots.json", "instances.json"):
        assert document(tmp_path / "packed", name) == document(tmp_path / "plain", name)
    fake.forget()
    fake.compress = False
    bomb = gzip.compress(OPEN + b"<item/>" * 2**25, 1)
    fault = fake.fault(raw(bomb, headers={"Content-Encoding": "gzip"}), "DescribeVolumes")
    started = time.monotonic()
    assert collect(fake, tmp_path / "bomb", "--details", "none").status == 0
    assert ended(tmp_path / "bomb", "DescribeVolumes") == "failed"
    assert fault.used <= 4 and time.monotonic() - started < 30


def test_pages_without_end(fake, tmp_path):
    """A new token on every empty page: a listing ends some day, with an error."""
    numbers = itertools.count()

    def page(server, call):
        body = fake_wire.page("ec2", "DescribeVolumes", "Volumes", [], "token-%d" % next(numbers))
        return raw(body)(server, call)

    fake.verify = False
    fault = fake.fault(page, "DescribeVolumes")
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 0, result
    assert ended(tmp_path / "out", "DescribeVolumes") == "failed" and fault.used <= 200


def test_huge_error(fake, tmp_path):
    """An error of fifty megabytes is not kept, whatever it says."""
    fault = fake.fault(raw(b"<Response>" + b"x" * 2**20, 400, repeat=50), "DescribeVolumes")
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 0 and len(result.err) < 20000 and fault.used <= 4, result
    assert ended(tmp_path / "out", "DescribeVolumes") == "failed"


@pytest.mark.parametrize("value", ["99999999999", "-1", "soon", "1e9", "0"])
def test_retry_after(fake, tmp_path, value):
    """What a server asks to wait is heard within bounds."""
    fault = fake.fault(error("ServiceUnavailable", 503, headers={"x-amz-retry-after": value}), "DescribeVolumes", {1})
    started = time.monotonic()
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    assert fault.used == 1 and ended(tmp_path / "out", "DescribeVolumes") == "complete"
    assert time.monotonic() - started < 12


@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "Sun, 06 Nov 9999 08:49:37 GMT"])
def test_dates_of_a_liar(fake, tmp_path, date):
    """A clock that a refusal claims is believed once; a run never goes round in circles."""
    fault = fake.fault(error("RequestExpired", headers={"Date": date}))
    result = collect(fake, tmp_path / "out", "--details", "none")
    assert result.status == 1 and files(tmp_path) == {} and fault.used <= 6, result


# --- moments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["GetCallerIdentity", "DescribeRegions", "DescribeImageAttribute"])
def test_interrupted_anywhere(fake, tmp_path, action):
    """Ctrl-C while any call hangs: 130 at once, nothing there."""
    fault = fake.fault(silent("stall"), action)
    if action == "DescribeRegions":
        process = start(fake, tmp_path / "out", "--all-regions", regions=())
    else:
        process = start(fake, tmp_path / "out")
    wait_for(lambda: fault.used)
    began = time.monotonic()
    status, _ = interrupt(process)
    assert status == 130 and time.monotonic() - began < 3 and files(tmp_path) == {} and leftovers(tmp_path) == []


def test_a_stalled_body_holds_up_nobody(fake, tmp_path):
    """One answer stops half-way: all the others go on page by page, large ones too."""
    place = fake.accounts[ACCOUNT].regions[REGION]
    place.add("instances", *[instance(number, ami(1)) for number in range(100, 2100)])
    place.page_size[None] = 500
    stalled = [fake.fault(truncated("stall"), action) for action in ("DescribeSnapshots", "DescribeVolumes")]
    process = start(fake, tmp_path / "out", "--details", "none")
    wait_for(lambda: len(fake.of("DescribeInstances")) == 5 and len({call.action for call in fake.calls}) >= 18)
    assert [fault.used for fault in stalled] == [1, 1]
    assert interrupt(process)[0] == 130 and files(tmp_path) == {}


@pytest.mark.parametrize("make", [silent("stall"), truncated("stall")], ids=["in the header", "in mid-body"])
def test_read_timeout(fake, tmp_path, make):
    """A call that stalls is given up after --cli-read-timeout and tried again; others wait for nothing."""
    fault = fake.fault(make, "DescribeVolumes", {1})
    began = time.monotonic()
    result = collect(fake, tmp_path / "out", "--details", "none", "--cli-read-timeout", "1")
    assert result.status == 0 and fault.used == 1 and len(fake.of("DescribeVolumes")) == 2, result
    assert ended(tmp_path / "out", "DescribeVolumes") == "complete" and 1 <= time.monotonic() - began < 15


@pytest.mark.parametrize("make", [silent("stall"), truncated("stall")], ids=["in the header", "in mid-body"])
def test_read_timeout_each_time(fake, tmp_path, make):
    """A call that stalls in every attempt is lost, soon, and it alone."""
    fault = fake.fault(make, "DescribeVolumes")
    began = time.monotonic()
    result = collect(
        fake, tmp_path / "out", "--details", "none", "--cli-read-timeout", "1", env={"AWS_MAX_ATTEMPTS": "2"}
    )
    assert result.status == 0 and fault.used == 2 and 2 <= time.monotonic() - began < 15, result
    lost = [each for each in collection(tmp_path / "out")["calls"] if each["status"] == "failed"]
    assert [each["action"] for each in lost] == ["DescribeVolumes"] and "1 seconds" in lost[0]["error"]["message"]


def test_connect_timeout(fake, tmp_path):
    """A host that takes no connection: given up after --cli-connect-timeout, in one line that says so."""
    with socket.socket() as deaf, contextlib.ExitStack() as waiting:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):  # nobody accepts them: the next one gets no answer at all
            taken = waiting.enter_context(socket.socket())
            taken.setblocking(False)
            taken.connect_ex(deaf.getsockname())
        began = time.monotonic()
        result = collect(
            fake,
            tmp_path / "out",
            "--cli-connect-timeout",
            "1",
            "--endpoint-url",
            "http://127.0.0.1:%d" % deaf.getsockname()[1],
            env={"AWS_MAX_ATTEMPTS": "2"},
        )
    one_error(result)
    assert 2 <= time.monotonic() - began < 9 and "after 1000 ms" in result.errors, result
    assert files(tmp_path) == {}


@pytest.mark.parametrize("option", ["--cli-read-timeout", "--cli-connect-timeout"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "301", "soon", ""])
def test_timeouts_are_bounded(fake, tmp_path, option, value):
    """No value means for ever."""
    one_error(run("collect", tmp_path / "out", "--region", REGION, option, value, env=fake.environment()), 64)
    assert fake.calls == []


def test_directory_is_removed_meanwhile(fake, tmp_path):
    """Somebody removes everything under a run: an error that says so, no crash."""
    fault = fake.fault(truncated("stall"), "DescribeSnapshots", {1})
    process = start(fake, tmp_path / "out", "--details", "none")
    wait_for(lambda: fault.used and len(fake.calls) > 15)
    os.rename(tmp_path / "out", tmp_path / "gone")  # at once: the run still writes there
    shutil.rmtree(tmp_path / "gone")
    status, err = interrupt(process)
    assert status == 130 and b"Sanitizer" not in err and files(tmp_path) == {}


def test_standard_error_is_closed(fake, tmp_path):
    """Nobody listens to the progress: the collection is made all the same."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" "$@" 2>&-', tool.BINARY, "collect", tmp_path / "out", "--region", REGION],
        env={**os.environ, **NO_PROXIES, **fake.environment()},
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1)
    for name, text in files(place_of(tmp_path / "out")).items():
        json.loads(text), name
    assert leftovers(tmp_path) == []


def test_one_region_is_not_enabled(fake, tmp_path):
    """One region lost, the other one there: exit 1 and both are told."""
    fake.fault(
        error("OptInRequired", 401, "You are not subscribed to this service."), region=OTHER_REGION, service="ec2"
    )
    result = collect(fake, tmp_path / "out", "--details", "none", regions=(REGION, OTHER_REGION))
    assert result.status == 1 and OTHER_REGION in result.errors, result
    assert os.listdir(tmp_path / "out" / ACCOUNT) == [REGION]


def test_lost_region_keeps_its_older_collection(fake, tmp_path):
    """What was collected before is not replaced by nothing."""
    assert collect(fake, tmp_path / "out", "--details", "none").status == 0
    before = files(tmp_path)
    for make in (error("AuthFailure", 401), error("OptInRequired", 401), silent("reset")):
        fake.forget()
        fake.fault(make, service="ec2")
        result = collect(fake, tmp_path / "out", "--details", "none")
        assert result.status == 1 and files(tmp_path) == before, result
