"""`amiplan cost` from outside: its schema, its cells, and what a saved plan still says.
It must not know: how anything is estimated (tests/property/test_cost.py counts blocks)."""

import csv
import io
import json
from decimal import Decimal, getcontext
from pathlib import Path

import jsonschema
import pytest

from tool import TOP, run

getcontext().prec = 60
ROOT = Path(TOP)

SAMPLE = (ROOT / "samples" / "account", ROOT / "samples" / "consumer", "--as-of", "2026-11-22T00:00:00Z")
GROUPS = ("region", "account", "ami", "rule", "tag:Name", "pin")


def cost_of(*args):
    return json.loads(run("cost", *args, "-T", "json").text)


@pytest.mark.parametrize("by", (None, *GROUPS))
def test_schema(by):
    """JSON is what docs/cost.schema.json says, grouped or not."""
    schema = json.loads((ROOT / "docs" / "cost.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(cost_of(*SAMPLE, *(["--by", by] if by else [])))


@pytest.mark.parametrize("by", [by for by in GROUPS if by != "pin"])
def test_groups_add_up(by):
    """The groups' savings are the plan's saving, whatever they are grouped by."""
    cost = cost_of(*SAMPLE, "--by", by)
    for end in ("min", "max"):
        total = sum(Decimal(group["saving_usd"][end]) for group in cost["groups"])
        assert total == Decimal(cost["monthly_saving_usd"][end])


def test_a_saved_plan_says_the_same(tmp_path):
    """From a plan file: the same totals and groups as from its inventory."""
    file = tmp_path / "plan.json"
    run("plan", *SAMPLE, "-o", file)
    for by in ("region", "account", "ami", "rule", "pin"):
        assert cost_of(file, "--by", by) == cost_of(*SAMPLE, "--by", by)
    shown = run("show", file).text.splitlines(keepends=True)
    assert "".join(line for line in shown if "Plan file sha256:" not in line) == run("plan", *SAMPLE).text


def test_cells_calculate_nothing(tmp_path):
    """A tag that begins like a formula is text in CSV, and no markup in Markdown."""
    for path in (ROOT / "samples" / "account").rglob("*.json"):
        text = path.read_text().replace("batch-2021 data", "=HYPERLINK(1)|<b>").replace("batch-2021 root", "@SUM(A1)")
        target = tmp_path / path.relative_to(ROOT / "samples" / "account")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    out = run("cost", tmp_path, "--as-of", "2026-11-22T00:00:00Z", "--by", "tag:Name", "-T", "csv").text
    rows = list(csv.reader(io.StringIO(out)))
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)|<b>" in cells and "'@SUM(A1)" in cells
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not any(cell[:1] in tuple("=+-@\t\r") for cell in cells if cell)
    text = run("cost", tmp_path, "--as-of", "2026-11-22T00:00:00Z", "--by", "tag:Name", "-T", "markdown").text
    assert "<b>" not in text.replace("\\<b\\>", "")


def test_mistakes():
    """A group that is none, and a tag of a plan that holds none."""
    for args in (("--by", "colour"), ("--by", "tag:"), ("-T", "xml")):
        done = run("cost", *SAMPLE, *args)
        assert done.status == 64 and done.text == ""
    plan = ROOT / "samples" / "plans" / "default.json"
    assert run("cost", plan, "--by", "tag:Name").status == 64
