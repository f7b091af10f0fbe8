"""Plans as CSV and Markdown: read back by readers of those formats that nobody here wrote.

It must not know: how a plan is made.
"""

import csv
import io
import json
import re

import pytest
from markdown_it import MarkdownIt

from inventory import Place, ami, image
from test_escaping import FORBIDDEN, NAMES, account
from tool import plan, run

GITHUB_LIMIT = 65536


def in_format(directory, name):
    made = plan(directory / "in")
    (directory / "plan.json").write_text(json.dumps(made))
    shown = run("plan", directory / "in", "--as-of", made["as_of"], "-T", name, "--quiet")
    assert shown.status == 0, shown
    return made, shown.text


@pytest.fixture(params=NAMES)
def hostile(request, tmp_path):
    account(NAMES[request.param]).write(tmp_path / "in")
    return tmp_path


def test_csv_has_a_row_for_each_item(hostile):
    """RFC 4180, one line a row, every item once in the order of the plan, and no cell is calculated."""
    made, text = in_format(hostile, "csv")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert text.count("\r\n") == len(rows) + 1 and text.count("\n") == len(rows) + 1
    wanted = [(part.rstrip("s"), each["resource"]) for part in ("steps", "blocked", "kept") for each in made[part]]
    assert [(row["fate"], row["resource"]) for row in rows] == wanted
    for row in rows:
        assert None not in row and None not in row.values()
        for cell in row.values():
            assert not re.match(r"\s*[=+\-@|%]", cell), cell
            assert not FORBIDDEN.search(cell), cell


def test_csv_keeps_harmless_text(tmp_path):
    Place().images(image(1, Name='a "b", c')).write(tmp_path / "in")
    made, text = in_format(tmp_path, "csv")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["name"] == 'a "b", c' and row["order"] == "1" and row["resource"] == made["steps"][0]["resource"]


def test_markdown_shows_text_as_text(hostile):
    """Whatever a name holds, the page has the elements of a harmless one: nothing became markup, a link or HTML."""
    _, text = in_format(hostile, "markdown")
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    for token in tokens:
        for part in [token, *(token.children or [])]:
            assert part.type not in ("link_open", "image", "html_inline") or part.content == "<br>", (part, text)
            if part.type == "html_block":
                assert re.fullmatch(r"(</?(details|summary)>|[^<>&`]|&lt;|&#\d+;|&amp;)*\s*", part.content), part
            assert part.type not in ("fence", "code_block", "blockquote_open"), part
    assert not FORBIDDEN.search(text)


def test_markdown_fits_a_comment(tmp_path):
    """Ten thousand steps: shorter than a comment may be, and every list says how much it left out."""
    place = Place()
    for number in range(1, 5001):
        place.pair(number, Name="image %d with a name of some length" % number)
    place.images(*(image(number, DeregistrationProtection="enabled") for number in range(5001, 6001)))
    place.write(tmp_path / "in")
    made, text = in_format(tmp_path, "markdown")
    assert 40000 < len(text.encode()) < GITHUB_LIMIT
    shown = len(re.findall(r"^\| \d+ \|", text, re.M)) + len(re.findall(r"^- `", text, re.M))
    more = sum(int(count) for count in re.findall(r"^… and (\d+) more\.$", text, re.M))
    listed = sum(len(made[part]) for part in ("steps", "blocked", "kept")) + len(made["warnings"])
    untold = sum(not each["resource"] for each in made["warnings"])
    assert shown + more == listed - untold
    assert "`%s`" % ami(1) in text and "deregistration-protected" in text
