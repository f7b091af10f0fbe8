"""The sample answer on AWS's page about deregistering an AMI: a comma too many and an id that is none.

It must not know: how JSON is read.
"""

import json

import pytest

from inventory import Place, ami, image, snapshot
from tool import fate, one_error, plan, run, steps

PRINTED = """\
{
    "LastLaunchedTime": {
        "Value": "2022-02-10T02:03:18Z"
    },
    "ImageId": "ami-1234567890example",
}
"""
WITHOUT_COMMA = PRINTED.replace('example",', 'example"')
MENDED = WITHOUT_COMMA.replace("ami-1234567890example", ami(1))
ONE_ID_ONLY = PRINTED.replace("ami-1234567890example", ami(1))


@pytest.mark.parametrize("text", [PRINTED, ONE_ID_ONLY], ids=["as printed", "with a good id"])
@pytest.mark.parametrize("named", ["file", "directory"])
def test_trailing_comma(tmp_path, text, named):
    """The comma before the closing brace is an error at that brace: line 6, column 1."""
    file = tmp_path / "last-launched.json"
    file.write_text(text)
    message = one_error(run("plan", file if named == "file" else tmp_path, "-T", "json"))
    assert message.startswith("%s:6:1: " % file)
    assert len(message) > len("%s:6:1: " % file)


def test_comma_mended(tmp_path):
    """`ami-1234567890example` is no AMI id: still an error, at line 5, naming the text."""
    file = tmp_path / "last-launched.json"
    file.write_text(WITHOUT_COMMA)
    message = one_error(run("plan", file))
    assert message.startswith("%s:5:" % file)
    assert "ami-1234567890example" in message


def test_both_mended_alone(tmp_path):
    """Mended, it is a document like any other; alone it plans nothing."""
    file = tmp_path / "last-launched.json"
    file.write_text(MENDED)
    assert steps(plan(file)) == []


def test_both_mended_beside_images(tmp_path):
    """With the AMI beside it, the AMI counts as launched at that time: the last launch keeps it, and then no longer."""
    place = (
        Place()
        .images(image(1, CreationDate="2021-01-01T00:00:00.000Z"))
        .snapshots(snapshot(1, StartTime="2021-01-01T00:00:00.000Z"))
    )
    place.write(tmp_path)
    options = ("--unused", "--not-launched-for", "30d")
    assert fate(plan(tmp_path, *options, as_of="2022-03-01T00:00:00Z"), ami(1)) == ("step",)

    place.document("last-launched.json", json.loads(MENDED)).write(tmp_path)
    made = plan(tmp_path, *options, as_of="2022-03-01T00:00:00Z")
    assert fate(made, ami(1)) == ("kept", "launched-since")
    # At or before as-of minus 30 days is long enough ago.
    assert fate(plan(tmp_path, *options, as_of="2022-03-12T02:03:17Z"), ami(1)) == ("kept", "launched-since")
    assert fate(plan(tmp_path, *options, as_of="2022-03-12T02:03:18Z"), ami(1)) == ("step",)
