"""Documents packed with gzip: the same plan as of the documents themselves, and one line for what cannot be unpacked.

It must not know: how they are read.
"""

import gzip
import io
import json
import os
import shutil
import zlib

import pytest

from inventory import AS_OF, Place, ami, created_for, image, snapshot
from test_errors import one_file
from tool import TOP, one_error, plan, run

SAMPLE = os.path.join(TOP, "samples", "account")


def pack(directory, rename=True):
    """Packs every document below `directory`."""
    for path in sorted(directory.rglob("*.json")):
        packed = path.with_name(path.name + ".gz") if rename else path
        content = path.read_bytes()
        path.unlink()
        packed.write_bytes(gzip.compress(content, mtime=0))
    return directory


def many(directory, count=4000):
    """A list that is unpacked to a temporary file: some megabytes, and AMIs whose definitions are read again."""
    place = Place()
    for number in range(count):
        place.images(image(number))
        place.snapshots(snapshot(number, Description=created_for(ami(number))))
    place.permissions = {ami(number): None for number in range(count)}
    return place.write(directory)


def plan_text(directory, *options):
    result = run("plan", directory, "--as-of", AS_OF, "-T", "json", *options)
    assert result.status == 0, result
    assert result.errors == "", result
    return result.text


@pytest.mark.parametrize("rename", [True, False], ids=["json.gz", "told by content"])
def test_the_plan_is_the_same(tmp_path, rename):
    """Also of a collection, which vouches for its documents by their names and digests."""
    shutil.copytree(SAMPLE, tmp_path / "in")
    before = json.loads(plan_text(tmp_path / "in", "--quiet"))
    after = json.loads(plan_text(pack(tmp_path / "in", rename), "--quiet"))
    assert len(before["inventory"]["documents"]) > 3
    for made in (before, after):
        for document in made["inventory"]["documents"]:
            document["path"] = document["path"].removesuffix(".gz")
    assert after == before


def test_long_documents(tmp_path):
    many(tmp_path / "in")
    before = plan_text(tmp_path / "in", "--assume-complete", "launch-permissions")
    after = plan_text(pack(tmp_path / "in"), "--assume-complete", "launch-permissions")
    assert max(path.stat().st_size for path in (tmp_path / "in").rglob("*.gz")) < len(before) / 20
    assert after.replace(".json.gz", ".json") == before


def test_a_document_beside_its_packed_self_counts_once(tmp_path):
    Place().pair(1, 2).write(tmp_path)
    before = plan(tmp_path)
    path = next(tmp_path.rglob("images.json"))
    path.with_name("images.json.gz").write_bytes(gzip.compress(path.read_bytes()))
    after = plan(tmp_path)
    assert after["inventory"]["digest"] == before["inventory"]["digest"]
    assert (after["steps"], after["summary"]) == (before["steps"], before["summary"])


def test_standard_input(tmp_path):
    Place().pair(1).write(tmp_path)
    content = next(tmp_path.rglob("images.json")).read_bytes()
    plain, packed = (
        run("graph", "-", "-T", "json", "--quiet", stdin=stdin) for stdin in (content, gzip.compress(content))
    )
    assert plain.status == 0 and ami(1) in plain.text, plain
    assert packed.out == plain.out


def test_members_one_after_the_other(tmp_path):
    """`cat a.gz b.gz` is a packed text too, and so is one with zeros behind it."""
    whole = json.dumps({"Images": [image(1)]}).encode()
    directory = one_file(tmp_path, gzip.compress(whole[:100]) + gzip.compress(whole[100:]) + bytes(512))
    result = run("graph", directory, "-T", "json", "--quiet")
    assert result.status == 0 and ami(1) in result.text, result


def test_a_place_in_a_packed_document(tmp_path):
    directory = one_file(tmp_path, gzip.compress(b'{"Images": [\n  {"ImageId": 7}]}'))
    assert "document.json:2:15: " in one_error(run("plan", directory))


WHOLE = gzip.compress(json.dumps({"Images": [image(number) for number in range(3000)]}).encode())


@pytest.mark.parametrize(
    "content, says",
    [
        (WHOLE[:2], "ends in the middle"),
        (WHOLE[:9], "ends in the middle"),
        (WHOLE[:5000], "ends in the middle"),
        (WHOLE[:-1], "ends in the middle"),
        (WHOLE[:-4] + b"\0\0\0\1", "damaged"),
        (WHOLE[:5000] + bytes(100) + WHOLE[5100:], "damaged"),
        (WHOLE + b"more", "other bytes behind"),
        (b"\x1f\x8b\x08garbage" * 20, "damaged"),
        (gzip.compress(b""), "empty"),
        (gzip.compress(WHOLE), "twice"),
        (gzip.compress(b"hello"), "not JSON|unexpected"),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["named", "in a directory"])
def test_what_cannot_be_unpacked(tmp_path, content, says, named):
    directory = one_file(tmp_path, content)
    message = one_error(run("plan", directory / "document.json" if named else directory))
    assert "document.json:" in message
    assert any(each in message for each in says.split("|")), message


def test_a_bomb(tmp_path):
    """A megabyte that stands for a gigabyte is refused long before it is one."""
    out, packer = io.BytesIO(), zlib.compressobj(9, wbits=31)
    out.write(packer.compress(b'{"Images": ['))
    for _ in range(1024):
        out.write(packer.compress(bytes(b" " * 2**20)))
    out.write(packer.compress(b"]}") + packer.flush())
    directory = one_file(tmp_path, out.getvalue())
    message = one_error(run("plan", directory, timeout=30))
    assert "document.json: it decompresses to more than" in message and "gunzip" in message
    assert int(message.split("more than ")[1].split()[0]) < 400


def test_the_first_of_several_is_the_one_that_is_told(tmp_path):
    for number in range(40):
        content = b'{"Images": []}' if number in (0, 3) else WHOLE[: 2000 + number]
        (tmp_path / ("%02d.json.gz" % number)).write_bytes(gzip.compress(content) if number in (0, 3) else content)
    said = {one_error(run("plan", tmp_path, "--threads", threads)) for threads in (1, 2, 7)}
    assert len(said) == 1 and "01.json.gz" in said.pop()
