"""Tables and what hangs on them agree: a row without its cases, or docs without their row, is an error.

It must not know: what any rule looks at.
"""

import json
import os

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
    for name in ("default", "nightly", "decommission"):
        with open(os.path.join(TOP, "samples", "plans", name + ".json"), encoding="utf-8") as file:
            plan = json.load(file)
        for item in plan["blocked"] + plan["kept"]:
            heard |= {item["rule"]} | {also["rule"] for also in item["also"]}
    assert set(rules()) - heard == set()
