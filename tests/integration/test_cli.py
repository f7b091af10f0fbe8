"""The command line as the contract has it: exit status, formats, outputs, selection, determinism.

It must not know: how options are parsed.
"""

import hashlib
import json
import os
import random
import re
import shutil
import stat
import subprocess

import pytest

import inventory
from inventory import (
    ACCOUNT,
    AS_OF,
    OTHER_REGION,
    REGION,
    Place,
    ami,
    created_for,
    image,
    inst,
    instance,
    save,
    snap,
    snapshot,
    write,
)
from tool import BINARY, fate, item, one_error, plan, run, steps, warnings

VERBS = ("plan", "show", "explain", "verify", "diff", "graph", "help")
RULES = """
not-owned aws-backup deregistration-protected snapshot-in-use snapshot-locked termination-protected
image-state snapshot-state instance-state owner-unknown inventory-incomplete in-use referenced
old-template-version snapshot-referenced shared recently-launched predates-image image-in-recycle-bin
weak-evidence asg-managed managed-elsewhere protected-tag too-young kept-newest launched-since
not-needed-for-saving
""".split()


@pytest.fixture
def small(tmp_path):
    """One free AMI and one in use."""
    return Place().pair(1, 2).instances(instance(1, ami(2))).write(tmp_path / "in")


def test_version_and_help():
    """--version is one line; every verb has help, three ways alike, on standard output."""
    version = run("--version")
    assert version.status == 0 and re.fullmatch(r"amiplan \d+\.\d+\S*\n", version.text), version
    top = run("--help")
    assert top.status == 0 and not top.err
    for verb in VERBS:
        assert re.search(r"^\s+(amiplan )?%s\b" % verb, top.text, re.M), verb
        asked = run(verb, "--help")
        assert asked.status == 0 and not asked.err and "--help" in asked.text, verb
        assert run("help", verb).text == run("--help", verb).text == asked.text
        assert "70 out of memory" in " ".join(asked.text.split())
        for option in ("-o", "--quiet", "--verbose", "--color"):
            assert option in asked.text, (verb, option)


def test_help_names_the_options_of_plan():
    """Every option of the contract stands in the help of plan."""
    text = run("help", "plan").text
    for option in """
        ami ami-file unused orphans name tag arch older-than not-launched-for keep-last group-by protect-tag
        in-use-selector template-depth pins max-steps max-percent save max-saving save-by snapshots terminate-instances policy
        accept as-of only account region missing list-rules assume-complete require detailed-exitcode
    """.split():
        assert re.search(r"--%s\b" % option, text), option


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("frobnicate",),
        ("plan",),
        ("plan", "--no-such-option", "IN"),
        ("plan", "IN", "--ami"),
        ("plan", "IN", "--ami", "ami-1"),
        ("plan", "IN", "--ami", "snap-0123456789abcdef0"),
        ("plan", "IN", "--older-than", "soon"),
        ("plan", "IN", "--older-than", "-3d"),
        ("plan", "IN", "--older-than", "3"),
        ("plan", "IN", "--keep-last", "many"),
        ("plan", "IN", "--keep-last", "-1"),
        ("plan", "IN", "--keep-last", "99999999999999999999"),
        ("plan", "IN", "--as-of", "tomorrow"),
        ("plan", "IN", "--as-of", "2024-02-30T00:00:00Z"),
        ("plan", "IN", "-T", "docx"),
        ("plan", "IN", "--accept", "no-such-rule"),
        ("plan", "IN", "--accept", "not-owned"),
        ("plan", "IN", "--accept", "inventory-incomplete"),
        ("plan", "IN", "--accept", "owner-unknown"),
        ("plan", "IN", "--accept", "too-young"),
        ("plan", "IN", "--accept", "snapshot-in-use"),
        ("plan", "IN", "--accept", "in-use=" + snap(1)),
        ("plan", "IN", "--accept", "shared=" + inst(1)),
        ("plan", "IN", "--terminate-instances"),
        ("plan", "IN", "--unused", "--terminate-instances"),
        ("plan", "IN", "--policy", "TERMINATE"),
        ("graph", "IN", "--focus", "xx"),
        ("--help", "nothing"),
        ("plan", "IN", "--assume-complete", "moon"),
        ("plan", "IN", "--require", "moon"),
        ("plan", "IN", "--template-depth", "x"),
        ("plan", "IN", "--snapshots", "burn"),
        ("plan", "IN", "--color", "pink"),
        ("plan", "IN", "--max-steps", "-1"),
        ("plan", "IN", "--max-percent", "101x"),
        ("plan", "IN", "--group-by", ""),
        ("plan", "IN", "--account", "12345"),
        ("plan", "IN", "--only", "here"),
        ("plan", "IN", "--in-use-selector", "x"),
        ("plan", "IN", "--unus"),
        ("show",),
        ("show", "IN", "IN"),
        ("verify", "IN"),
        ("diff", "IN"),
        ("explain", "IN"),
        ("graph",),
        ("help", "nothing"),
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_usage_errors(small, tmp_path, arguments):
    """A wrong command line is exit 64, one line, nothing on standard output."""
    save(str(tmp_path / "policy.yaml"), "unused: true\nterminate-instances: true\n")
    places = {"IN": small, "TERMINATE": tmp_path / "policy.yaml"}
    one_error(run(*[places.get(each, each) for each in arguments]), 64)


@pytest.mark.parametrize(
    "options",
    [
        ("--pins", "EMPTY"),
        ("--pins", ""),
        ("--max-steps", "1"),
        ("--max-percent", "10"),
        ("--ami", ami(77)),
        ("--ami-file", "NOWHERE"),
    ],
)
def test_errors(small, tmp_path, options):
    """An empty --pins path, a cap exceeded, an unknown --ami, a file that is not there: exit 1 and no plan."""
    (tmp_path / "EMPTY").mkdir()
    options = [tmp_path / each if each.isupper() else each for each in options]
    one_error(run("plan", small, "--as-of", AS_OF, *options))


def test_caps_that_hold(small):
    """Caps that are not exceeded change nothing: two steps, one of two AMIs is 50 percent."""
    assert len(steps(plan(small, "--unused", "--max-steps", "2", "--max-percent", "50"))) == 2
    one_error(run("plan", small, "--as-of", AS_OF, "--unused", "--max-percent", "49.9"))


def test_detailed_exitcode(small, tmp_path):
    """0 for an empty plan, 2 for one with steps, 1 stays for errors; without the option always 0."""
    assert run("plan", small, "--as-of", AS_OF, "--detailed-exitcode").status == 2
    assert run("plan", small, "--as-of", AS_OF).status == 0
    assert run("plan", small, "--as-of", AS_OF, "--older-than", "100y", "--unused", "--detailed-exitcode").status == 0
    one_error(run("plan", tmp_path / "nowhere", "--detailed-exitcode"))


def test_formats_by_name_and_extension(small, tmp_path):
    """-T wins, else the extension of -o; text is the default."""
    text = run("plan", small, "--as-of", AS_OF)
    assert text.status == 0 and ami(1) in text.text and not text.text.startswith("{")
    made = run("plan", small, "--as-of", AS_OF, "-T", "json")
    assert json.loads(made.text)["format"] == "amiplan.plan/1"
    assert run("plan", small, "--as-of", AS_OF, "-o", tmp_path / "a.json").out == b""
    assert (tmp_path / "a.json").read_bytes() == made.out
    assert run("plan", small, "--as-of", AS_OF, "-o", tmp_path / "a.txt").status == 0
    assert (tmp_path / "a.txt").read_bytes() == text.out
    assert run("plan", small, "--as-of", AS_OF, "-T", "json", "-o", tmp_path / "b.txt").status == 0
    assert (tmp_path / "b.txt").read_bytes() == made.out
    assert run("plan", small, "--as-of", AS_OF, "-T", "json", "-o", "-").out == made.out


def test_json_layout(small):
    """UTF-8, two spaces, keys in the order of the contract, a final newline; money exact or null."""
    out = run("plan", small, "--as-of", AS_OF, "-T", "json").text
    assert out.endswith("}\n") and not out.endswith("\n\n")
    assert out.splitlines()[1] == '  "format": "amiplan.plan/1",'
    made = json.loads(out)
    assert list(made) == [
        "format",
        "tool",
        "as_of",
        "accounts",
        "regions",
        "inventory",
        "selection",
        "summary",
        "steps",
        "blocked",
        "kept",
        "warnings",
        "cost",
    ]
    assert list(made["steps"][0])[:8] == ["id", "order", "phase", "action", "resource", "name", "account", "region"]
    assert made["as_of"] == AS_OF and made["accounts"] == [ACCOUNT] and made["regions"] == [REGION]
    assert json.dumps(made, indent=2, ensure_ascii=False) == out[:-1]


def test_show_gives_the_bytes_back(small, tmp_path):
    """show -T json is the saved file; show as text is the plan's own, and the file's digest; from standard input too."""
    file = tmp_path / "plan.json"
    run("plan", small, "--as-of", AS_OF, "-o", file)
    assert run("show", file, "-T", "json").out == file.read_bytes()
    shown = run("show", file).text.splitlines(keepends=True)
    digest = f"  Plan file sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"
    assert shown.count(digest) == 1
    assert "".join(line for line in shown if line != digest) == run("plan", small, "--as-of", AS_OF).text
    assert run("show", "-", "-T", "json", stdin=file.read_bytes()).out == file.read_bytes()


def test_same_bytes(tmp_path):
    """The order of arguments, file names, and how often one asks change no byte of what is decided."""
    write(tmp_path / "in", Place().pair(1, 2, 3), Place(region=OTHER_REGION).pair(4, 5))
    one, two = (tmp_path / "in" / ACCOUNT / region for region in (REGION, OTHER_REGION))
    first = run("plan", one, two, "--as-of", AS_OF, "-T", "json")
    assert first.status == 0 and len(json.loads(first.text)["steps"]) == 10
    assert run("plan", one, two, "--as-of", AS_OF, "-T", "json").out == first.out
    assert run("plan", two, one, "--as-of", AS_OF, "-T", "json").out == first.out
    files = sorted(tmp_path.glob("in/*/*/*.json"))
    assert (
        run("plan", *files, "--as-of", AS_OF, "-T", "json").out
        == run("plan", *files[::-1], "--as-of", AS_OF, "-T", "json").out
    )
    for number, file in enumerate(files):
        os.rename(file, file.parent / ("%03d.json" % (len(files) - number)))
    renamed, before = json.loads(run("plan", one, two, "--as-of", AS_OF, "-T", "json").text), json.loads(first.text)
    assert renamed["inventory"]["digest"] == before["inventory"]["digest"]
    for part in ("steps", "blocked", "kept", "summary", "warnings", "selection"):
        assert renamed[part] == before[part], part


def test_order_of_options(small, tmp_path):
    """Options in any order, and named twice, give the same bytes; pins alone stand as they were named."""
    save(str(tmp_path / "a.tf"), ami(1))
    save(str(tmp_path / "b.tf"), ami(2))
    options = [
        *(("--ami", ami(number)) for number in (1, 2)),
        *(("--name", glob) for glob in ("*", "b*", "a*")),
        *(("--tag", text) for text in ("Name", "Name=*", "Name=a*", "Env")),
        *(("--arch", text) for text in ("x86_64", "arm64")),
        *(("--protect-tag", text) for text in ("Name", "Name=*", "Keep", "Env=prod")),
        *(("--in-use-selector", text) for text in ("name=*", "tag:Name", "name=*,all")),
        *(("--accept", text) for text in ("shared", "in-use=" + ami(1), "in-use", "weak-evidence")),
        *(("--assume-complete", kind) for kind in ("volumes", "fleets", "recycle-bin")),
        *(("--require", kind) for kind in ("snapshot-permissions", "image-usage")),
        *(("--only", place) for place in (ACCOUNT, ACCOUNT + "/" + REGION, ACCOUNT + "/" + OTHER_REGION)),
        ("--unused",),
    ]
    pins = ("--pins", tmp_path / "b.tf", "--pins", tmp_path / "a.tf", "--pins", tmp_path / "b.tf")
    bases = [
        options,
        [each for each in options if each[0] in ("--unused", "--protect-tag")],
        [each for each in options if each[0] in ("--unused", "--in-use-selector")],
    ]
    for base in bases:
        first = plan(small, *pins, *[word for option in base for word in option])
        for seed in range(8):
            mixed = base * (1 + seed % 2)
            random.Random(seed).shuffle(mixed)
            assert plan(small, *pins, *[word for option in mixed for word in option]) == first
        assert first["selection"]["pins"] == [str(tmp_path / "b.tf"), str(tmp_path / "a.tf")]
        for name, value in first["selection"].items():
            assert name == "pins" or not isinstance(value, list) or value == sorted(set(value)), name


def test_verify_takes_region_and_requirements_from_the_plan(tmp_path):
    """What --region said of documents without a place, and what --require asked for, holds for verify too."""
    (tmp_path / "in").mkdir()
    for file in sorted(Place().pair(1).write(tmp_path / "placed").glob("*/*/*.json")):
        os.rename(file, tmp_path / "in" / file.name)
    made = tmp_path / "plan.json"
    options = ("--account", ACCOUNT, "--as-of", "2024-06-01T00:00:00Z", "-o", made)
    assert run("plan", tmp_path / "in", "--region", REGION, *options).status == 0
    saved = json.loads(made.read_bytes())
    assert saved["selection"]["region"] == REGION and steps(saved) == [ami(1), snap(1)]
    assert run("verify", made, tmp_path / "in").status == 0
    assert run("verify", made, tmp_path / "in", "--region", OTHER_REGION).status != 0
    saved["selection"]["require"] = ["snapshot-permissions"]
    save(str(made), saved)
    result = run("verify", made, tmp_path / "in")
    assert result.status == 1 and "snapshot-permissions" in result.text, result
    saved["selection"]["require"] = []
    saved["summary"]["steps"] += 1
    save(str(made), saved)
    assert run("verify", made, tmp_path / "in").status == 1


def test_explain_takes_names_of_the_graph(small, tmp_path):
    """What has no id of AWS's is explained by the graph's name for it, unless a file is called so."""
    configuration = {"LaunchConfigurationName": "web", "ImageId": ami(1)}
    save(str(small / ACCOUNT / REGION / "lc.json"), {"LaunchConfigurations": [configuration]})
    asked = run("explain", small, "launch-configuration/web")
    assert asked.status == 0 and ami(1) in asked.text, asked
    for word in ("auto-scaling-group/web", "parameter/web", "999988887777", "lt-0123456789abcdef0:1"):
        assert word + " is in no document" in one_error(run("explain", small, word))
    (tmp_path / "999988887777").mkdir()
    assert "an ID is missing" in one_error(run("explain", small, "999988887777", cwd=tmp_path), 64)


def test_environment_changes_nothing(small, tmp_path):
    """Locale, time zone, width and the clock's time of day change no byte of the JSON."""
    first = run("plan", small, "-T", "json", "--quiet")
    for env in (
        {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"},
        {"COLUMNS": "40"},
        {"NO_COLOR": "1"},
        {"TZ": "America/St_Johns"},
    ):
        assert run("plan", small, "-T", "json", "--quiet", env=env, cwd=tmp_path).out == first.out


def test_as_of(small):
    """Without --as-of the newest timestamp of the inventory is "now", never the clock; a warning says so."""
    made = plan(small, as_of=None)
    assert made["as_of"] == "2025-02-01T00:00:00Z"
    assert [each["code"] for each in made["warnings"]].count("as-of-guessed") == 1
    assert not warnings(plan(small), "as-of-guessed")


def test_output_is_replaced_at_once(small, tmp_path):
    """-o replaces a file whole, keeps no temporary file, and writes through to a device or pipe."""
    target = tmp_path / "plan.json"
    save(str(target), "old")
    before = os.stat(target).st_ino
    assert run("plan", small, "--as-of", AS_OF, "-o", target).status == 0
    assert json.loads(target.read_bytes()) and os.stat(target).st_ino != before
    assert sorted(os.listdir(tmp_path)) == ["in", "plan.json"]
    assert stat.S_IMODE(os.stat(target).st_mode) & 0o044 or os.umask(os.umask(0)) & 0o044
    assert run("plan", small, "--as-of", AS_OF, "-T", "json", "-o", "/dev/null").status == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert run("plan", small, "--as-of", AS_OF, "-T", "json", "-o", "/dev/stdout").out == target.read_bytes()


def test_closed_pipe(small):
    """A reader that goes away is an error of one line, not a signal."""
    read, write_end = os.pipe()
    os.close(read)
    done = subprocess.run(
        [BINARY, "plan", str(small), "--quiet", "-T", "json"], stdout=write_end, stderr=subprocess.PIPE, check=False
    )
    os.close(write_end)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done


def test_colour(small):
    """never and NO_COLOR give none, always gives some, auto none into a pipe; JSON never has any."""
    escape = b"\x1b["
    assert escape not in run("plan", small).out
    assert escape not in run("plan", small, "--color", "never").out
    assert escape in run("plan", small, "--color", "always").out
    assert escape not in run("plan", small, env={"NO_COLOR": "1"}).out
    assert escape not in run("plan", small, "--color", "always", "-T", "json").out


def test_quiet(small, tmp_path):
    """--quiet leaves standard error empty; results stay."""
    save(str(tmp_path / "in" / "package.json"), {"name": "x"})
    assert "package.json" in run("plan", small, "--as-of", AS_OF).errors
    quiet = run("plan", small, "--as-of", AS_OF, "--quiet")
    assert quiet.err == b"" and ami(1) in quiet.text


def test_list_rules():
    """Every rule of the contract, in its order, without an inventory."""
    text = run("plan", "--list-rules")
    assert text.status == 0
    found = [line.split()[0] for line in text.text.splitlines() if line.split() and line.split()[0] in RULES]
    assert [rule for rule in dict.fromkeys(found)] == RULES
    made = run("plan", "--list-rules", "-T", "json").text
    for rule in RULES:
        assert '"%s"' % rule in made
    assert "https://docs.aws.amazon.com/" in made


def test_options_after_operands_and_double_dash(small, tmp_path):
    """Options may follow operands; after -- everything is an operand."""
    assert (
        run("plan", "--as-of", AS_OF, "-T", "json", small).out == run("plan", small, "-T", "json", "--as-of", AS_OF).out
    )
    odd = tmp_path / "--odd"
    Place().pair(1).write(odd)
    assert run("plan", "--as-of", AS_OF, "--", "--odd", cwd=tmp_path).status == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--unused",), [1, 2, 3]),
        (("--unused", "--name", "web-*"), [1, 2]),
        (("--unused", "--name", "web-?", "--name", "api*"), [1, 2, 3]),
        (("--unused", "--name", "web"), []),
        (("--unused", "--name", "WEB-*"), []),
        (("--unused", "--tag", "Team"), [1, 2]),
        (("--unused", "--tag", "Team=a*"), [1]),
        (("--unused", "--tag", "Team=alpha", "--tag", "Team=beta"), [1, 2]),
        (("--unused", "--tag", "Team", "--tag", "Env"), [2]),
        (("--unused", "--arch", "arm64"), [3]),
        (("--unused", "--arch", "arm64", "--arch", "x86_64", "--name", "api*"), [3]),
        (("--unused", "--older-than", "1y"), [1, 2]),
        (("--unused", "--older-than", "P1Y"), [1, 2]),
        (("--unused", "--older-than", "0d"), [1, 2, 3]),
        (("--ami", ami(2)), [2]),
        (("--ami", ami(2), "--ami", ami(3)), [2, 3]),
        (("--ami", ami(2), "--name", "api"), []),
        (("--orphans",), []),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_selection(tmp_path, options, expected):
    """Selectors add up, filters narrow; a repeated option means or, different ones and."""
    place = (
        Place()
        .pair(1, Name="web-1", Tags=inventory.tags({"Team": "alpha"}))
        .pair(2, Name="web-2", Tags=inventory.tags({"Team": "beta", "Env": "x"}))
    )
    place.pair(3, Name="api", Architecture="arm64", CreationDate="2026-03-01T00:00:00.000Z")
    place.write(tmp_path)
    made = plan(tmp_path, *options)
    assert steps(made) == [ami(number) for number in expected] + [snap(number) for number in expected]


def test_default_selection(tmp_path):
    """Without a selector: unused AMIs and orphans, older than 30 days, not launched for 30 days; recorded as such."""
    place = (
        Place()
        .pair(1)
        .pair(2, CreationDate="2026-10-15T00:00:00.000Z")
        .pair(3, LastLaunchedTime="2026-10-15T00:00:00Z")
    )
    place.snapshots(
        snapshot(4, Description=created_for(ami(77))),
        snapshot(5, Description=created_for(ami(78)), StartTime="2026-10-15T00:00:00.000Z"),
    )
    place.write(tmp_path)
    made = plan(tmp_path)
    assert steps(made) == [ami(1), snap(1), snap(4)]
    assert fate(made, ami(2)) == ("kept", "too-young")
    assert fate(made, ami(3)) == ("kept", "launched-since")
    assert fate(made, snap(5)) == ("kept", "too-young")
    assert made["selection"]["unused"] is True and made["selection"]["orphans"] is True
    assert (
        made["selection"]["older_than"] == "30d"
        and made["selection"]["not_launched_for"] == "30d"
        and made["selection"]["defaulted"] is True
    )
    explicit = plan(tmp_path, "--unused", "--orphans", "--older-than", "30d", "--not-launched-for", "30d")
    assert explicit["steps"] == made["steps"]


@pytest.mark.parametrize(
    ("age", "as_of", "old"),
    [
        ("1m", "2024-02-29T12:00:00Z", True),
        ("1m", "2024-02-29T11:59:59Z", False),
        ("1y", "2025-01-31T12:00:00Z", True),
        ("1y", "2025-01-31T11:59:59Z", False),
        ("4w", "2024-02-28T12:00:00Z", True),
        ("4w", "2024-02-28T11:59:59Z", False),
        ("28d", "2024-02-28T12:00:00Z", True),
    ],
)
def test_ages_by_the_calendar(tmp_path, age, as_of, old):
    """Months and years by the UTC calendar with the day clamped; at or before as-of minus AGE is older."""
    Place().images(
        image(1, CreationDate="2024-01-29T12:00:00.000Z" if age == "1m" else "2024-01-31T12:00:00.000Z")
    ).snapshots(snapshot(1)).write(tmp_path)
    assert (fate(plan(tmp_path, "--unused", "--older-than", age, as_of=as_of), ami(1)) == ("step",)) is old


def test_recently_launched(tmp_path):
    """Within 24 hours of as-of usage may not be reported yet: blocked, whatever the ages say; acceptable by name."""
    Place().pair(1, CreationDate="2026-10-31T00:00:01.000Z").pair(2, LastLaunchedTime="2026-10-31T12:00:00Z").pair(
        3, CreationDate="2026-10-30T23:59:59.000Z"
    ).write(tmp_path)
    made = plan(tmp_path, "--unused")
    assert steps(made)[0] == ami(3)
    assert fate(made, ami(1)) == fate(made, ami(2)) == ("blocked", "recently-launched")
    assert ami(2) in steps(plan(tmp_path, "--unused", "--accept", "recently-launched=" + ami(2)))


def test_keep_last_ranks_before_filters(tmp_path):
    """The newest are ranked over all available AMIs, in-use ones included, before any filter."""
    place = Place()
    for number in (1, 2, 3, 4):
        place.pair(number, Name="web-%d" % number, CreationDate="2024-0%d-01T00:00:00.000Z" % number)
    place.instances(instance(1, ami(4))).write(tmp_path)
    made = plan(tmp_path, "--unused", "--keep-last", "2", "--group-by", "name-prefix")
    assert steps(made) == [ami(1), ami(2), snap(1), snap(2)]
    assert fate(made, ami(3)) == ("kept", "kept-newest")
    made = plan(tmp_path, "--unused", "--keep-last", "2", "--group-by", "name-prefix", "--name", "web-[12]")
    assert steps(made) == [], "brackets are no part of EC2's globs"
    made = plan(tmp_path, "--unused", "--keep-last", "1", "--group-by", "tag:Family")
    assert steps(made) == [], "an AMI without the key is its own group"


def test_in_use_selector(tmp_path):
    """What a build tool picks by name or tag counts as referenced: the newest match, or with ,all every match."""
    place = Place()
    for number in (1, 2, 3):
        place.pair(
            number,
            Name="node-%d" % number,
            CreationDate="2024-0%d-01T00:00:00.000Z" % number,
            Tags=inventory.tags({"karpenter": "on"}),
        )
    place.write(tmp_path)
    for selector in ("name=node-*", "tag:karpenter", "tag:karpenter=o?"):
        made = plan(tmp_path, "--unused", "--in-use-selector", selector)
        assert steps(made) == [ami(1), ami(2), snap(1), snap(2)], selector
        assert fate(made, ami(3)) == ("kept", "referenced")
        assert steps(plan(tmp_path, "--unused", "--in-use-selector", selector + ",all")) == []


def test_pins(tmp_path):
    """An id in a text file is a reference, shown as file and line; .git, binary files and plans are not read."""
    Place().pair(1, 2, 3, 4).write(tmp_path / "in")
    code = tmp_path / "code"
    (code / ".git").mkdir(parents=True)
    (code / "main.tf").write_text('resource "x" "y" {\n  ami = "%s"\n}\n' % ami(1))
    (code / ".git" / "packed").write_text(ami(2))
    (code / "image.bin").write_bytes(b"\0" + ami(3).encode())
    assert run("plan", tmp_path / "in", "--as-of", AS_OF, "-o", code / "plan.json").status == 0
    made = plan(tmp_path / "in", "--unused", "--pins", code)
    assert fate(made, ami(1)) == ("kept", "referenced")
    assert any("main.tf:2" in by for by in item(made, ami(1))["by"])
    assert [each for each in steps(made) if each.startswith("ami-")] == [ami(2), ami(3), ami(4)]
    (tmp_path / "snapshots.txt").write_text("keep %s please" % snap(4))
    made = plan(tmp_path / "in", "--unused", "--pins", tmp_path / "snapshots.txt")
    assert fate(made, snap(4)) == ("blocked", "snapshot-referenced")
    assert fate(made, ami(4)) == ("step",)


def test_pins_of_any_spelling(tmp_path):
    """Escape sequences, longer words and capitals hide no id; unknown files are searched; UTF-16 is not."""
    Place().pair(1, 2, 3, 4, 5).write(tmp_path / "in")
    (tmp_path / "in" / "vars.json").write_text(json.dumps({"image": ami(1)}))
    (tmp_path / "in" / "escaped.json").write_text(json.dumps({"text": "\t%s\n" % ami(2)}))
    (tmp_path / "in" / "names.txt").write_text("base_%s_old AMI-%s" % (ami(3), ami(4)[4:].upper()))
    (tmp_path / "in" / "image.bin").write_bytes(b"\0")
    made = run("plan", tmp_path / "in", "--unused", "--pins", tmp_path / "in", "--as-of", AS_OF, "-T", "json")
    assert steps(json.loads(made.text)) == [ami(5), snap(5)]
    assert "--pins: skipped 1 binary file," in made.errors
    (tmp_path / "wide.txt").write_bytes(ami(1).encode("utf-16"))
    result = run("plan", tmp_path / "in", "--pins", tmp_path / "wide.txt", "--as-of", AS_OF)
    assert result.status == 1 and "UTF-16" in result.errors and "save it again as UTF-8" in result.errors


def test_snapshots_keep(small):
    """--snapshots keep leaves step 2 out."""
    assert steps(plan(small, "--unused", "--snapshots", "keep")) == [ami(1)]


def test_ami_file(small, tmp_path):
    """One id a line, comments and blank lines; a malformed one is a usage error."""
    save(str(tmp_path / "ids"), "# old\n\n%s\n  # in use\n%s\n" % (ami(1), ami(2)))
    made = plan(small, "--ami-file", tmp_path / "ids")
    assert steps(made) == [ami(1), snap(1)] and fate(made, ami(2)) == ("blocked", "in-use")
    save(str(tmp_path / "ids"), "%s\nami-x\n" % ami(1))
    assert "ids:2" in one_error(run("plan", small, "--ami-file", tmp_path / "ids"), 64)


def test_gone_image_by_id(tmp_path):
    """--ami of an AMI that is gone but named in a description selects its orphans."""
    Place().pair(1).snapshots(snapshot(2, Description=created_for(ami(77)))).write(tmp_path)
    assert steps(plan(tmp_path, "--ami", ami(77))) == [snap(2)]
    one_error(run("plan", tmp_path, "--ami", ami(78)))


def test_policy_file(small, tmp_path):
    """A policy in YAML or JSON says what options say; the command line wins; mistakes are told with their place."""
    save(str(tmp_path / "policy.yaml"), "unused: true\nprotect-tag:\n  - Keep\nolder-than: 1y\n")
    assert steps(plan(small, "--policy", tmp_path / "policy.yaml")) == [ami(1), snap(1)]
    save(str(tmp_path / "policy.json"), {"unused": True, "older-than": "50y"})
    assert steps(plan(small, "--policy", tmp_path / "policy.json")) == []
    assert steps(plan(small, "--policy", tmp_path / "policy.json", "--older-than", "1d")) == [ami(1), snap(1)]
    save(str(tmp_path / "policy.yaml"), "unused: true\nsave: 9000\n")
    chosen = plan(small, "--policy", tmp_path / "policy.yaml", "--max-saving", "--max-steps", "2")["selection"]
    assert "save" not in chosen and chosen["max_saving"], "the command line wins"
    one_error(run("plan", small, "--save", "1", "--max-saving", "--max-steps", "2"), 64)
    save(str(tmp_path / "policy.yaml"), "unused: true\nolder-then: 1y\n")
    message = one_error(run("plan", small, "--policy", tmp_path / "policy.yaml"), 64)
    assert "policy.yaml:2" in message and "older-then" in message


def test_unknown_owner(tmp_path):
    """Where nothing tells whose account it is, everything is blocked by owner-unknown, until --account does."""
    place = Place().pair(1)
    place.identity = False
    place.write(tmp_path)
    assert fate(plan(tmp_path), ami(1)) == ("blocked", "owner-unknown")
    assert steps(plan(tmp_path, "--account", ACCOUNT)) == [ami(1), snap(1)]
    assert steps(plan(tmp_path, "--account", "999988887777")) == []
    place.instances(instance(5, ami(5))).write(tmp_path)
    assert steps(plan(tmp_path)) == [ami(1), snap(1)], "all Reservations share one OwnerId"


def test_flat_files(tmp_path):
    """Documents without a place in their path take it from the options; without a region they are blocked."""
    for name, content in Place().pair(1).documents().items():
        save(str(tmp_path / name), content)
    made = plan(tmp_path, "--region", REGION)
    assert steps(made) == [ami(1), snap(1)]
    assert made["steps"][0]["region"] == REGION and made["steps"][0]["account"] == ACCOUNT
    made = plan(tmp_path)
    assert steps(made) == []
    assert "--region" in item(made, ami(1))["reason"] + item(made, ami(1))["remedy"]


def test_verify_plan_by_plan(small, tmp_path):
    """verify: 0 safe, 1 not safe, 2 not to be checked."""
    file = tmp_path / "plan.json"
    run("plan", small, "--as-of", AS_OF, "-o", file)
    assert run("verify", file, small).status == 0
    made = json.loads(file.read_bytes())
    made["steps"].reverse()
    for order, each in enumerate(made["steps"], 1):
        each["order"] = order
    save(str(tmp_path / "reversed.json"), made)
    assert run("verify", tmp_path / "reversed.json", small).status == 1
    text = file.read_text().replace(ami(1), ami(2))
    save(str(tmp_path / "swapped.json"), text)
    result = run("verify", tmp_path / "swapped.json", small)
    assert result.status == 1 and ami(2) in result.text, result
    one_error(run("verify", tmp_path / "nowhere.json", small), 2)


def test_verify_in_its_own_inventory(small, tmp_path):
    """A step whose resource is absent from the plan's own inventory is not safe; in a newer one it is already gone."""
    file = tmp_path / "plan.json"
    run("plan", small, "--as-of", AS_OF, "-o", file)
    save(str(tmp_path / "foreign.json"), file.read_text().replace(ami(1), ami(88)))
    assert run("verify", tmp_path / "foreign.json", small).status == 1
    Place().pair(2).instances(instance(1, ami(2))).write(tmp_path / "later")
    later = run("verify", file, tmp_path / "later")
    assert later.status == 0 and "gone" in later.text, later


def test_verify_asks_the_selection_again(tmp_path):
    """Steps that the recorded selection would keep are not safe; words nobody knows cannot be checked."""
    Place().pair(1, 2).snapshots(snapshot(9, Description="by hand")).write(tmp_path / "in")
    run("plan", tmp_path / "in", "--as-of", AS_OF, "--unused", "-o", tmp_path / "plan.json")
    honest = json.loads((tmp_path / "plan.json").read_text())

    def verified(**selection):
        made = json.loads(json.dumps(honest))
        made["selection"].update(selection)
        save(str(tmp_path / "forged.json"), made)
        return run("verify", tmp_path / "forged.json", tmp_path / "in")

    assert verified().status == 0
    for rule, selection in (
        ("too-young", {"older_than": "99y"}),
        ("launched-since", {"not_launched_for": "99y"}),
        ("kept-newest", {"keep_last": 5, "group_by": "name-prefix"}),
        ("not-selected", {"names": ["nothing-*"]}),
    ):
        result = verified(**selection)
        assert result.status == 1 and "(%s)" % rule in result.text, result
    for member in ("accepts", "assume_complete", "require"):
        one_error(verified(**{member: ["nonsense"]}), 2)
    one_error(verified(accepts=["snapshot-in-use"]), 2)


def test_verify_takes_no_plans_word_for_a_link(tmp_path):
    """A snapshot that only the plan's depends_on links to a (made-up, gone) AMI is not safe in another inventory."""
    place = Place().pair(1).snapshots(snapshot(9, Description="by hand"))
    place.write(tmp_path / "in")
    run("plan", tmp_path / "in", "--as-of", AS_OF, "--unused", "-o", tmp_path / "plan.json")
    made = json.loads((tmp_path / "plan.json").read_text())
    for action, resource, dependencies in (
        ("deregister-image", ami(88), []),
        ("delete-snapshot", snap(9), ["deregister-image:" + ami(88)]),
    ):
        like = next(each for each in made["steps"] if each["action"] == action)
        id = action + ":" + resource
        made["steps"].append(dict(like, id=id, resource=resource, depends_on=dependencies))
    made["steps"].sort(key=lambda each: each["phase"])
    for order, each in enumerate(made["steps"], 1):
        each["order"] = order
    made["summary"]["images"]["deregister"] += 1
    made["summary"]["snapshots"]["delete"] += 1
    made["summary"]["steps"] += 2
    made["inventory"]["digest"] = "sha256:" + "0" * 64
    save(str(tmp_path / "forged.json"), made)
    result = run("verify", tmp_path / "forged.json", tmp_path / "in")
    assert result.status == 1 and "weak-evidence" in result.text and snap(9) in result.text, result


def test_diff(small, tmp_path):
    """diff of two plans and of two inventories; with --detailed-exitcode 2 for a difference."""
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    run("plan", small, "--as-of", AS_OF, "-o", first)
    Place().pair(1, 2, 3).write(tmp_path / "in2")
    run("plan", tmp_path / "in2", "--as-of", AS_OF, "-o", second)
    assert run("diff", first, first, "--detailed-exitcode").status == 0
    assert run("diff", small, small, "--detailed-exitcode").status == 0
    plans, places = run("diff", first, second, "--detailed-exitcode"), run(
        "diff", small, tmp_path / "in2", "--detailed-exitcode"
    )
    assert plans.status == places.status == 2
    assert ami(3) in plans.text and ami(2) in plans.text and ami(3) in places.text and inst(1) in places.text
    assert run("diff", first, second).status == 0
    assert json.loads(run("diff", first, second, "-T", "json").text)["format"] == "amiplan.diff/1"
    mixed = run("diff", first, small)
    assert mixed.status in (1, 64) and len(mixed.errors.splitlines()) == 1


def test_diff_of_inventories_in_members_and_coverage(small, tmp_path):
    """An AMI made public and a listing that is no longer there are differences, and nothing else is."""
    later = tmp_path / "later"
    shutil.copytree(small, later)
    for path in list(later.rglob("*.json")):
        made = json.loads(path.read_text())
        if "Fleets" in made:
            path.unlink()
        for image in made.get("Images", []):
            image["Public"] = image["ImageId"] == ami(1)
        if "Images" in made:
            path.write_text(json.dumps(made))
    result = run("diff", small, later, "-T", "json", "--detailed-exitcode")
    made = json.loads(result.text)
    assert result.status == 2 and not made["came"] and not made["went"], result
    changes = {
        (item["resource"], change["name"]): (change["old"], change["new"])
        for item in made["changed"]
        for change in item["changes"]
    }
    assert changes.pop((ami(1), "public"))[1] == "yes", changes
    assert [(name, new) for (_, name), (_, new) in changes.items()] == [("fleets", "absent")], changes


def test_explain(small):
    """Why each can or cannot go, with its referrers; an unknown id is an error."""
    text = run("explain", small, ami(2), snap(1), "--as-of", AS_OF)
    assert text.status == 0 and inst(1) in text.text and "in-use" in text.text and ami(1) in text.text, text
    made = json.loads(run("explain", small, ami(2), "-T", "json").text)
    assert ami(2) in json.dumps(made) and "in-use" in json.dumps(made)
    one_error(run("explain", small, ami(77)))


def test_graph(small):
    """DOT by default, JSON by name; focus and depth cut it down."""
    whole = run("graph", small)
    assert whole.status == 0 and whole.text.lstrip().startswith("digraph"), whole
    focused = run("graph", small, "--focus", ami(1), "--depth", "1")
    assert snap(1) in focused.text and inst(1) not in focused.text
    made = json.loads(run("graph", small, "-T", "json").text)
    edges = {(each["edge"], each["from"], each["to"]) for each in made["edges"]}
    assert (
        ("maps", ami(1), snap(1)) in edges
        and ("launched-from", inst(1), ami(2)) in edges
        and ("made-for", snap(1), ami(1)) in edges
    )
    assert run("graph", small).out == whole.out


def test_standard_input():
    """A dash reads one document from standard input."""
    content = json.dumps({"Images": [image(9)]}).encode()
    made = run("plan", "-", "--as-of", AS_OF, "-T", "json", stdin=content)
    assert made.status == 0 and json.loads(made.text)["inventory"]["documents"][0]["path"] == "-", made


def test_missing(tmp_path):
    """--missing lists each gap once per account and region, in text, JSON and as a script."""
    write(
        tmp_path,
        Place().pair(1, 2, 3).without("fleets"),
        Place(region=OTHER_REGION).pair(4).without("fleets").without("instances"),
    )
    text = run("plan", tmp_path, "--missing", "--as-of", AS_OF)
    assert (
        text.status == 0 and text.text.count("describe-fleets") == 2 and text.text.count("describe-instances") == 1
    ), text
    made = json.loads(run("plan", tmp_path, "--missing", "--as-of", AS_OF, "-T", "json").text)
    found = json.dumps(made)
    assert found.count("describe-fleets") == 2 and OTHER_REGION in found
    script = run("plan", tmp_path, "--missing", "--as-of", AS_OF, "-T", "aws-cli")
    assert script.text.startswith("#!") and "describe-fleets" in script.text


def test_require(small):
    """--require turns a warning about evidence into a block."""
    assert len(steps(plan(small, "--unused"))) == 2
    made = plan(small, "--unused", "--require", "recycle-bin")
    assert steps(made) == [] and fate(made, ami(1)) == ("blocked", "inventory-incomplete")
