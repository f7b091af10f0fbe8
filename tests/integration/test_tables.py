"""Tables and what hangs on them agree: a row without its cases, or docs without their row, is an error.

It must not know: what any rule looks at.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal

import tool

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def rules():
    done = tool.run("plan", "--list-rules", "-T", "json")
    assert done.status == 0
    listed = json.loads(done.text)
    return [rule["rule"] for rule in listed["rules"]]


def test_each_rule_has_a_case_that_it_blocks_and_one_that_it_passes():
    for rule in rules():
        for what in ("blocks", "passes"):
            folder = os.path.join(TOP, "tests", "golden", "rule-%s-%s" % (rule, what))
            assert os.path.exists(os.path.join(folder, "cmd")), folder


def test_each_rule_speaks_in_the_plan_of_a_sample():
    heard = set()
    for name in ("default", "nightly", "decommission", "choosing"):
        with open(os.path.join(TOP, "samples", "plans", name + ".json"), encoding="utf-8") as file:
            plan = json.load(file)
        for item in plan["blocked"] + plan["kept"]:
            heard |= {item["rule"]} | {also["rule"] for also in item["also"]}
    assert set(rules()) - heard == set()


def test_the_built_in_prices_are_made_from_the_json(tmp_path):
    for name in ("make_prices.py", "prices.json"):
        shutil.copy(os.path.join(TOP, "planner", name), tmp_path)
    subprocess.run([sys.executable, tmp_path / "make_prices.py"], check=True)
    with open(os.path.join(TOP, "planner", "prices.def"), "rb") as file:
        assert (tmp_path / "prices.def").read_bytes() == file.read(), "run `make prices`"


def leaves(value, path=()):
    """(path, number) of every number below `value`."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, (int, Decimal)):
        yield path, value


def test_every_number_of_the_json_is_a_built_in_price():
    with open(os.path.join(TOP, "planner", "prices.json"), encoding="utf-8") as file:
        book = json.load(file, parse_float=Decimal)
    with open(os.path.join(TOP, "planner", "prices.def"), encoding="utf-8") as file:
        table = file.read()
    places, names = (re.findall(r'^%s\("(.*)"\)$' % word, table, re.M) for word in ("REGION", "NAME"))
    rows = re.findall(r"^PRICE\((\d+), (\d+), (\d+)\)$", table, re.M)
    built_in = {(places[int(region)], names[int(name)]): int(price) for region, name, price in rows}
    wanted = {("", ".".join(path)): price for path, price in leaves(book["global"])}
    for region, block in book["regions"].items():
        wanted.update({(region, ".".join(path)): price for path, price in leaves(block)})
    for region, types in book["os_on_demand_hour"].items():
        for (kind, system), price in leaves(types):
            wanted[region, "os_on_demand_hour.%s.%s" % (system, kind)] = price
    assert built_in == {key: price * 10**14 for key, price in wanted.items()}
    assert len(rows) == len(built_in) > 10000
