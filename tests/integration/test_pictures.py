"""Pictures as their readers see them: `dot` reads the DOT, XML readers the SVG, and nothing hostile becomes a part of it.

It must not know: how a picture is drawn.
"""

import json
import re
import struct
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from inventory import Place, ami, image, instance, snapshot
from test_escaping import FORBIDDEN, NAMES, account
from tool import TOP, one_error, plan, run

SAMPLES = [TOP + "/samples/account", TOP + "/samples/consumer"]
SVG = "{http://www.w3.org/2000/svg}"


def nodes_by_dot(text):
    """Names of the nodes as Graphviz itself reads them, and what it complained of."""
    done = subprocess.run(
        ["dot", "-Tjson0"], input=text.encode(), capture_output=True, timeout=60, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    return [each["name"] for each in json.loads(done.stdout).get("objects", []) if "nodes" not in each], done.stderr


def texts(svg):
    """Every piece of text of an SVG; it holds no script, no link and nothing from elsewhere."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        assert element.tag not in (SVG + "script", SVG + "foreignObject", SVG + "image", SVG + "a"), element.tag
        assert not [name for name in element.attrib if name.startswith("on")], element.attrib
    return [element.text or "" for element in root.iter(SVG + "text")]


@pytest.fixture(params=NAMES)
def hostile(request, tmp_path):
    account(NAMES[request.param]).write(tmp_path / "in")
    (tmp_path / "plan.json").write_text(json.dumps(plan(tmp_path / "in")))
    return tmp_path


@pytest.mark.parametrize("arguments", [["--focus", ami(1)], ["--process", "--focus", ami(3)]])
def test_names_stay_text(hostile, arguments):
    saved = ["--plan", hostile / "plan.json"]
    dot = run("graph", hostile / "in", *saved, *arguments)
    assert dot.status == 0, dot
    names, complaints = nodes_by_dot(dot.text)
    assert complaints == b"" and arguments[-1] in names
    svg = run("graph", hostile / "in", *saved, *arguments, "-T", "svg")
    assert svg.status == 0 and svg.errors == "", svg
    drawn = texts(svg.out)
    assert arguments[-1] in [text.strip() for text in drawn]
    assert not any(FORBIDDEN.search(text) for text in drawn)


@pytest.mark.parametrize("form, magic", [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_formats_by_name(tmp_path, form, magic):
    """The extension of -o picks the format; the same graph gives the same picture."""
    pictures = []
    for number in (1, 2):
        file = tmp_path / ("picture%d.%s" % (number, form))
        made = run("graph", *SAMPLES, "--focus", "ami-0a000000000000006", "-o", file)
        assert made.status == 0 and made.errors == "", made
        pictures.append(file.read_bytes())
        assert pictures[-1].startswith(magic)
    if form != "pdf":  # which tells the time of its making
        assert pictures[0] == pictures[1]


def test_process_shows_the_three_steps():
    """The documented actions in order, in three ranks one below the other, each resource in its own."""
    made = run("graph", *SAMPLES, "--process", "--plan", TOP + "/samples/plans/decommission.json", "-T", "svg")
    assert made.status == 0, made
    height = {}
    for element in ElementTree.fromstring(made.out).iter(SVG + "text"):
        height.setdefault((element.text or "").strip(), float(element.attrib["y"]))
    heights = [height["1 Deregister AMI"], height["2 Delete snapshot"], height["3 Terminate instance"]]
    assert heights == sorted(heights) and len(set(heights)) == 3
    for text, rank in (("ami-0a000000000000025", 0), ("snap-0b000000000000026", 1), ("i-0c000000000000008", 2)):
        nearest = min(range(3), key=lambda each: abs(heights[each] - height[text]))
        assert nearest == rank, text
    assert "snapshot-in-use" in height and "in-use" in height and "(optional)" in height


def test_process_counts_what_does_not_fit(tmp_path):
    place = Place()
    place.images(*(image(number) for number in range(1, 31)))
    place.instances(*(instance(number, ami(1)) for number in range(1, 21)))
    place.write(tmp_path / "in")
    (tmp_path / "plan.json").write_text(json.dumps(plan(tmp_path / "in")))
    dot = run("graph", tmp_path / "in", "--process", "--plan", tmp_path / "plan.json").text
    assert '"+ 17 AMIs"' in dot
    dot = run("graph", tmp_path / "in", "--process", "--focus", ami(1)).text
    assert '"+ 12 instances"' in dot


def test_process_wants_to_know_of_what(tmp_path):
    Place().images(image(1)).snapshots(snapshot(1)).write(tmp_path)
    assert "--focus" in one_error(run("graph", tmp_path, "--process"), 64)
    assert "picture" in one_error(run("graph", tmp_path, "--process", "--focus", ami(1), "-T", "json"), 64)
    assert ami(9) in one_error(run("graph", tmp_path, "--process", "--focus", ami(9)))


def test_every_resource_on_request(tmp_path):
    """Forty instances of one AMI, leaves all: a picture counts most of them; a program gets each, in DOT alone."""
    bare = [instance(number, ami(1), BlockDeviceMappings=[]) for number in range(1, 41)]
    Place().images(image(1)).instances(*bare).write(tmp_path / "in")
    few, complaints = nodes_by_dot(run("graph", tmp_path / "in").text)
    assert complaints == b"" and len([name for name in few if name.startswith("i-")]) == 12
    every, complaints = nodes_by_dot(run("graph", tmp_path / "in", "--no-collapse").text)
    assert complaints == b"" and len([name for name in every if name.startswith("i-")]) == 40
    assert "-T dot" in one_error(run("graph", tmp_path / "in", "-T", "svg", "--no-collapse"), 64)
    assert "--process" in one_error(run("graph", tmp_path / "in", "--process", "--focus", ami(1), "--no-collapse"), 64)


def test_png_is_not_clipped(tmp_path):
    """The raster holds the whole drawing: as large as the SVG says, at 96 dots an inch."""
    svg = run("graph", *SAMPLES, "-T", "svg")
    wide, high = (float(size) for size in re.search(rb'<svg width="(\d+)pt" height="(\d+)pt"', svg.out).groups())
    file = tmp_path / "all.png"
    assert run("graph", *SAMPLES, "-o", file).status == 0
    width, height = struct.unpack(">II", file.read_bytes()[16:24])
    assert abs(width - wide * 96 / 72) < 4 and abs(height - high * 96 / 72) < 4
