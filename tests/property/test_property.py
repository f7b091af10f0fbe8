"""Random small inventories: amiplan against the oracle, against verify, and against changes whose effect is known.
It must not know: how either decides. PROPERTY_CASES says how many cases; AMIPLAN names the binary."""

import functools
import json
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import generate  # noqa: E402
import oracle  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
AMIPLAN = os.environ.get("AMIPLAN", str(ROOT / "build" / "amiplan"))
CASES = int(os.environ.get("PROPERTY_CASES", "10000"))
FIRST = int(os.environ.get("PROPERTY_SEED", "0"))
SCHEMA = ROOT / "docs" / "plan.schema.json"
BLOCK = 100            # cases that one task of the pool works on
EVERY = 4              # one case in so many is also shuffled, and given one more reference
SCHEMA_SAMPLE = 300
GO = {"images": "deregister", "snapshots": "delete", "instances": "terminate"}
KINDS = {"images": "image", "snapshots": "snapshot", "instances": "instance"}


class Wrong(Exception):
    pass


def check(holds, text, *values):
    if not holds:
        raise Wrong(text + "".join("\n  %s" % json.dumps(v, default=sorted) for v in values))


def run(*args):
    return subprocess.run([AMIPLAN, *args], capture_output=True, text=True, timeout=60, check=False)


def plan_of(case, folder):
    """The plan as data, or None where amiplan refuses one by exit status 1."""
    done = run("plan", os.path.join(folder, "inventory"), "-T", "json", *case.arguments(folder))
    check(done.returncode in (0, 1), "plan ended with %d: %s" % (done.returncode, done.stderr.strip()))
    check("runtime error" not in done.stderr and "Sanitizer" not in done.stderr, done.stderr)
    if done.returncode == 1:
        check(done.stdout == "", "a refused plan was printed")
        return None, done.stderr, ""
    return json.loads(done.stdout), done.stderr, done.stdout


def fates_of(plan):
    """resource -> (fate, first rule, all rules), as the oracle has it."""
    fates = {}
    for step in plan["steps"]:
        fates[step["resource"]] = ("step", None, set())
    for fate in ("blocked", "kept"):
        for item in plan[fate]:
            rules = [item["rule"]] + [also["rule"] for also in item["also"]]
            check(item["resource"] not in fates, "listed twice: " + item["resource"])
            check(len(rules) == len(set(rules)), "a rule twice", item)
            if item["rule"] not in oracle.KEEPING or fate == "blocked":
                check(rules == sorted(rules, key=oracle.RULES.index), "rules not in the order of the table", rules)
            fates[item["resource"]] = (fate, item["rule"], set(rules))
    return fates


def check_fates(plan, expected):
    found = fates_of(plan)
    differ = {}
    for resource in sorted(set(found) | set(expected.fates)):
        if found.get(resource) != expected.fates.get(resource):
            differ[resource] = {"amiplan": found.get(resource), "oracle": expected.fates.get(resource)}
    check(not differ, "fates differ", differ)


def check_order(plan, expected):
    order = {step["id"]: step["order"] for step in plan["steps"]}
    check(list(order.values()) == list(range(1, len(order) + 1)), "orders", order)
    phases = {"deregister-image": 1, "delete-snapshot": 2, "terminate-instances": 3}
    keys = []
    for step in plan["steps"]:
        depends = set(step["depends_on"])
        must = expected.dependencies(step["resource"])
        check(must <= depends <= must | expected.may_depend(step["resource"]), "depends_on", step["id"], depends, must)
        check(all(order[d] < step["order"] for d in depends), "order", step["id"], order)
        check(step["phase"] == phases[step["action"]], "phase", step)
        keys.append((step["phase"], step["account"], step["region"], step["resource"]))
    check(keys == sorted(keys), "steps by phase, account, region, id", keys)


def check_totals(plan, expected):
    for name, kind in KINDS.items():
        found = dict(plan["summary"][name])
        found["step"] = found.pop(GO[name])
        parts = sum(found[k] for k in ("step", "blocked", "kept", "not_selected"))
        check(found["total"] == parts, "total is not the sum of its parts", plan["summary"])
        check(found == expected.counts(kind), "summary of " + name, found, expected.counts(kind))
    check(plan["summary"]["steps"] == len(plan["steps"]), "summary.steps")


def check_verify(case, folder, text):
    path = os.path.join(folder, "plan.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    args = list(case.inventory_args)
    if "PINS" in case.args:
        args += ["--pins", os.path.join(folder, "pins")]
    done = run("verify", path, os.path.join(folder, "inventory"), *args)
    check(done.returncode == 0, "verify ended with %d: %s%s" % (done.returncode, done.stdout, done.stderr))


def what_counts(plan):
    return {key: plan[key] for key in ("steps", "blocked", "kept", "summary", "warnings")}


def check_shuffled(case, folder, plan, seed):
    other = generate.shuffled(case, seed)
    folder = os.path.join(folder, "shuffled")
    other.write(folder)
    if other.pins:  # the same files by the same path: it is printed
        shutil.rmtree(os.path.join(folder, "pins"))
        other.args = [os.path.join(os.path.dirname(folder), "pins") if a == "PINS" else a for a in other.args]
    again, complaint, _ = plan_of(other, folder)
    check((again is None) == (plan is None), "shuffling makes or loses the plan: " + complaint)
    if plan:
        for key, value in what_counts(plan).items():
            check(again[key] == value, "shuffling changes " + key, value, again[key])


def check_one_more_reference(case, folder, plan, seed):
    if plan is None or "--max-steps" in case.args or "--max-percent" in case.args:
        return
    other = generate.with_reference(case, seed)
    if not other:
        return
    folder = os.path.join(folder, "referenced")
    other.write(folder)
    again, complaint, _ = plan_of(other, folder)
    check(again is not None, "one more reference loses the plan: " + complaint)
    freed = held_in(plan) & {step["resource"] for step in again["steps"]}
    check(not freed, "one more reference frees", freed)


def held_in(plan):
    return {item["resource"] for fate in ("blocked", "kept") for item in plan[fate]}


def check_unknown_places(seed, folder):
    """Unknown is not unused. The options take away what would block most of it for another reason."""
    case = generate.with_users_by_name(generate.generate(seed), seed)
    for limit in {"--max-steps", "--max-percent"} & set(case.args):
        at = case.args.index(limit)
        del case.args[at:at + 2]
    case.args += ["--unused", "--orphans", "--assume-complete", "all", "--template-depth", "0"]
    case.write(folder)
    plan, _, _ = plan_of(case, folder)
    other = generate.with_unknown_places(case, seed)
    folder = os.path.join(folder, "unplaced")
    other.write(folder)
    again, _, text = plan_of(other, folder)
    if plan is None or again is None:
        return
    freed = held_in(plan) & {step["resource"] for step in again["steps"]}
    check(not freed, "a place that is told no more frees", freed)
    check_verify(other, folder, text)


def check_case(seed, folder):
    case = generate.generate(seed)
    case.write(folder)
    try:
        expected = oracle.Plan(os.path.join(folder, "inventory"), case.arguments(folder))
    except oracle.Failure as failure:
        expected, refusal = None, failure
    plan, complaint, text = plan_of(case, folder)
    if expected is None:
        check(plan is None, "a plan, although: %s" % refusal)
    else:
        check(plan is not None, "no plan: " + complaint)
        check_fates(plan, expected)
        check_order(plan, expected)
        check_totals(plan, expected)
        check_verify(case, folder, text)
        if seed % max(1, CASES // SCHEMA_SAMPLE) == 0 and make_validator():
            make_validator().validate(plan)
    if seed % EVERY == 0 and not case.has_twins:
        check_shuffled(case, folder, plan, seed)
    if seed % EVERY == 1:
        check_one_more_reference(case, folder, plan, seed)


@functools.cache
def make_validator():
    if not SCHEMA.exists():
        return None
    jsonschema = pytest.importorskip("jsonschema")
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def check_block(check_one, start, end, home):
    """Seeds that went wrong, each with what was wrong; the directory of such a case stays."""
    wrong = []
    for seed in range(start, end):
        folder = os.path.join(home, str(seed))
        try:
            check_one(seed, folder)
            shutil.rmtree(folder)
        except Exception as error:  # whatever it is, the seed must be told
            wrong.append((seed, "%s: %s" % (type(error).__name__, error)))
    return wrong


def check_all(check_one, cases, home):
    assert os.access(AMIPLAN, os.X_OK), "build it first: make"
    ends = [(n, min(n + BLOCK, FIRST + cases)) for n in range(FIRST, FIRST + cases, BLOCK)]
    wrong = []
    with ProcessPoolExecutor(2) as pool:
        for part in pool.map(check_block, [check_one] * len(ends), *zip(*ends), [str(home)] * len(ends)):
            wrong += part
    lines = ["seed %d, in %s\n%s" % (seed, home / str(seed), what) for seed, what in wrong[:20]]
    assert not wrong, "%d of %d cases went wrong\n%s" % (len(wrong), cases, "\n\n".join(lines))


def test_random_inventories(tmp_path):
    check_all(check_case, CASES, tmp_path)


def test_a_place_that_is_not_told_frees_nothing(tmp_path):
    check_all(check_unknown_places, CASES // 3, tmp_path)


def test_the_generator_reaches_every_rule(tmp_path):
    """Otherwise a rule could be wrong and no case would show it."""
    seen = set()
    for seed in range(1500):
        folder = str(tmp_path / str(seed))
        case = generate.generate(seed)
        case.write(folder)
        try:
            plan = oracle.Plan(os.path.join(folder, "inventory"), case.arguments(folder))
        except oracle.Failure:
            continue
        finally:
            shutil.rmtree(folder)
        for resource, (fate, _, rules) in plan.fates.items():
            seen |= rules | {fate + " " + plan.candidates[resource]["kind"]}
    kinds = {fate + " " + kind for fate in ("step", "blocked") for kind in ("image", "snapshot", "instance")}
    # Who chooses by money has an oracle of its own: test_choosing.py.
    assert seen >= set(oracle.RULES) - {"not-needed-for-saving"} | kinds


def test_a_case_is_its_seed(tmp_path):
    seed = random.randrange(10 ** 6)
    one, other = generate.generate(seed), generate.generate(seed)
    assert (one.files, one.pins, one.args) == (other.files, other.pins, other.args)
