"""Runs the amiplan binary and looks at plans as any reader of the contract would.

It must not know: how a plan is made. AMIPLAN in the environment names the binary.
"""

import hashlib
import json
import os
import re
import subprocess

import jsonschema

from inventory import AS_OF

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.path.abspath(os.environ.get("AMIPLAN", os.path.join(TOP, "build", "amiplan")))
SCHEMAS = os.path.join(TOP, "docs")
PHASES = {"deregister-image": 1, "delete-snapshot": 2, "terminate-instances": 3}
# What a sanitizer or a failed check of the C library says on its way out.
CRASH = re.compile(rb"AddressSanitizer|LeakSanitizer|runtime error|stack smashing|Assertion|core dumped")
_validators = {}


class Result:
    """What a run left: status, out and err as bytes, and as text."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.text, self.errors = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def __repr__(self):
        return "status %d\n--- out\n%s\n--- err\n%s" % (self.status, self.text[:4000], self.errors[:4000])


def run(*arguments, env=None, stdin=b"", stdout=subprocess.PIPE, cwd=None, timeout=120):
    """Runs amiplan; any status will do, but never a signal and never a sanitizer's report."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_") and key != "NO_COLOR"}
    clean.update(LC_ALL="C", TZ="UTC", COLUMNS="100")
    clean.update(env or {})
    done = subprocess.run(
        [BINARY, *[str(each) for each in arguments]],
        env=clean,
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=cwd,
        timeout=timeout,
        check=False,
    )
    if stdout != subprocess.PIPE:
        done.stdout = b""
    result = Result(done)
    assert 0 <= result.status < 126, result
    assert not CRASH.search(done.stderr), result
    return result


def one_error(result, status=1):
    """The single line that a failed run left on standard error, without "amiplan: "."""
    assert result.status == status, result
    assert result.out == b"", result
    lines = result.errors.splitlines()
    assert len(lines) == 1 and result.errors.endswith("\n"), result
    assert lines[0].startswith("amiplan: "), result
    return lines[0][len("amiplan: ") :]


def plan(*arguments, as_of=AS_OF, status=0):
    """Makes a plan and returns it, its promises checked."""
    fixed = ["--as-of", as_of] if as_of else []
    result = run("plan", *arguments, *fixed, "-T", "json", "--quiet")
    assert result.status == status, result
    made = json.loads(result.text)
    check(made)
    return made


def check(made):
    """What the contract promises of every plan."""
    validate(made)
    steps = {step["id"]: step for step in made["steps"]}
    assert len(steps) == len(made["steps"]) == made["summary"]["steps"]
    orders = [step["order"] for step in made["steps"]]
    assert orders == sorted(set(orders))
    for step in made["steps"]:
        assert step["id"] == "%s:%s" % (step["action"], step["resource"])
        assert step["phase"] == PHASES[step["action"]]
        facts = json.dumps(step["facts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert step["seen"] == "sha256:" + hashlib.sha256(facts.encode()).hexdigest()
        for other in step["depends_on"]:
            assert steps[other]["order"] < step["order"]
    assert [step["phase"] for step in made["steps"]] == sorted(step["phase"] for step in made["steps"])
    listed = [item["resource"] for part in ("steps", "blocked", "kept") for item in made[part]]
    assert len(listed) == len(set(listed)), "an item has two fates"
    for kind, verb in (("images", "deregister"), ("snapshots", "delete"), ("instances", "terminate")):
        counts = made["summary"][kind]
        assert counts["total"] == counts[verb] + counts["blocked"] + counts["kept"] + counts["not_selected"], kind
    assert made["summary"]["images"]["deregister"] == sum(step["phase"] == 1 for step in made["steps"])
    assert made["summary"]["snapshots"]["delete"] == sum(step["phase"] == 2 for step in made["steps"])


def validate(made):
    """Against the published schema of its format."""
    word = re.fullmatch("amiplan[.]([a-z-]+)/1", made["format"]).group(1)
    if word not in _validators:
        with open(os.path.join(SCHEMAS, word + ".schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        _validators[word] = jsonschema.Draft202012Validator(schema)
    _validators[word].validate(made)


def steps(made):
    """Resources of the steps, in plan order."""
    return [step["resource"] for step in made["steps"]]


def step(made, resource):
    """The step of a resource."""
    found = [each for each in made["steps"] if each["resource"] == resource]
    assert found, "%s is no step but %s" % (resource, fate(made, resource))
    return found[0]


def item(made, resource):
    """A resource's entry under `blocked` or `kept`."""
    for part in ("blocked", "kept"):
        for each in made[part]:
            if each["resource"] == resource:
                return each
    raise AssertionError("%s is %s" % (resource, fate(made, resource)))


def fate(made, resource):
    """("step",), ("blocked", rule), ("kept", rule) or ("not selected",)."""
    if any(each["resource"] == resource for each in made["steps"]):
        return ("step",)
    for part in ("blocked", "kept"):
        for each in made[part]:
            if each["resource"] == resource:
                return (part, each["rule"])
    return ("not selected",)


def rules(made, resource):
    """Every rule that speaks of a blocked or kept resource, the first one first."""
    found = item(made, resource)
    return [found["rule"], *[also["rule"] for also in found["also"]]]


def warnings(made, code):
    """The texts of the plan's warnings of one code."""
    return [each["text"] for each in made["warnings"] if each["code"] == code]


def coverage(made, kind, account=None, region=None):
    """Status of one kind in one place, or in the only one."""
    found = [
        each["status"]
        for each in made["inventory"]["coverage"]
        if each["kind"] == kind and account in (None, each["account"]) and region in (None, each["region"])
    ]
    assert len(found) == 1, found
    return found[0]
