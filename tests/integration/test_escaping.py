"""Names, tags and descriptions are hostile: nothing of them may act in a terminal, a shell, a drawing or a document.

It must not know: how anything is quoted.
"""

import json
import os
import re
import subprocess
import unicodedata
import xml.etree.ElementTree

import pytest

import inventory
from inventory import (
    ACCOUNT,
    AS_OF,
    REGION,
    Place,
    ami,
    group,
    image,
    inst,
    instance,
    launch_configuration,
    lt,
    save,
    snap,
    snapshot,
)
from tool import fate, item, one_error, plan, run, step, steps

NAMES = {
    "single quote": "it's",
    "double quote": 'say "hi"',
    "newline": "first\nsecond",
    "carriage return": "visible\rHIDDEN",
    "tab and backspace": "a\tb\bc",
    "command": "$(touch pwned)",
    "backticks": "`touch pwned`",
    "breaking out": "'; touch pwned; '",
    "breaking out twice": '"; touch pwned; "',
    "variable": "${IFS}$HOME!1",
    "option": "--no-dry-run",
    "script": "</script><script>alert(1)</script>",
    "escape sequence": "\x1b[2J\x1b]0;owned\x07red",
    "eight-bit escape": "\u009b2Jx",
    "right to left": "\u202eimA\u202c \u2066x\u2069 \u200e\u200f",
    "line separator": "a\u2028b\u2029c\u0085d",
    "delete": "x\x7fy",
    "graph escapes": "\\N \\G \\E \\L \\l \\r \\T",
    "graph label": '"]; evil [label=<<b>x</b>>',
    "backslash at the end": "x\\",
    "record": "{a|<p>b}",
    "html": "&lt;b&gt; & <i>x</i>",
    "formula": "=cmd|' /C calc'!A0",
    "markdown": "[x](javascript:alert(1)) **b** | c ![](http://x)",
    "percent": "%s%n%x%d%%",
    "wide": "\u30b3\u30f3\u30bd\u30fc\u30eb \U0001f600 e\u0301",
    "comment": "*/ // # --",
    "long": "x" * 255,
    "blank": " ",
}
# Terminal control, bidirectional override, invisible line breaks: nothing of it may reach a terminal.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\u061c]")


def account(name):
    """The name in every place that a person can type one into, on what goes, what is blocked and what is kept."""
    place = Place()
    tags = inventory.tags({"Name": name, name[:100]: name})
    place.images(
        image(1, Name=name, Description=name, Tags=tags),
        image(2, Name=name, Description=name, Tags=tags, DeregistrationProtection=name),
        image(3, Name=name, Description=name, Tags=tags),
        image(4, Name=name, Tags=tags),
        image(5, Name=name, Architecture=name, State="available"),
        image(6, Name=name, State=name),
    )
    for number in range(1, 7):
        place.snapshots(snapshot(number, Tags=tags))
    place.snapshots(snapshot(7, Description="%s %s" % (name, ami(77)), Tags=tags))
    place.instances(instance(1, ami(3), Tags=tags))
    place.template(1, [ami(4), name], LaunchTemplateName=name)
    for version in place.lists["launch-template-versions"]:
        version["LaunchTemplateName"] = name
    place.add("launch-configurations", launch_configuration(name, ami(4)))
    place.add("auto-scaling-groups", group(name, LaunchConfigurationName=name))
    return place


@pytest.fixture(params=NAMES)
def hostile(request, tmp_path):
    """(name, directory with an account full of it)."""
    name = NAMES[request.param]
    account(name).write(tmp_path / "in")
    return name, tmp_path


def test_json_keeps_it_exactly(hostile):
    """JSON carries the bytes: a reader gets the very name back; the decision does not depend on it."""
    name, directory = hostile
    made = plan(directory / "in")
    assert step(made, ami(1))["name"] == name
    assert step(made, ami(1))["definition"]["Name"] == name
    assert {"Key": "Name", "Value": name} in step(made, ami(1))["definition"]["Tags"]
    assert fate(made, ami(2)) == ("blocked", "deregistration-protected")
    assert fate(made, ami(3)) == ("kept", "in-use")
    assert fate(made, ami(4)) == ("kept", "referenced")
    assert fate(made, ami(6)) == ("blocked", "image-state")
    assert fate(made, snap(7)) == ("blocked", "weak-evidence")


def test_text_is_plain(hostile):
    """Text for people holds no control character but newlines, and a name takes no line of its own."""
    name, directory = hostile
    file = directory / "plan.json"
    assert run("plan", directory / "in", "--as-of", AS_OF, "-o", file).status == 0
    commands = [
        ("plan", directory / "in", "--as-of", AS_OF, "-T", "text", "--color", "never"),
        ("plan", directory / "in", "--as-of", AS_OF, "-T", "text", "--color", "never", "--verbose"),
        ("show", file, "-T", "text", "--color", "never"),
        ("explain", directory / "in", ami(1), ami(2), ami(4), snap(7), lt(1), "--color", "never"),
        ("plan", directory / "in", "--as-of", AS_OF, "--missing"),
    ]
    for command in commands:
        result = run(*command)
        assert result.status == 0, result
        text = result.out.decode("utf-8")
        assert not FORBIDDEN.search(text), (command[0], FORBIDDEN.search(text))
        assert not FORBIDDEN.search(result.err.decode("utf-8"))
        lines = [line.strip() for line in text.splitlines()]
        assert "second" not in lines and "HIDDEN" not in lines
        if command[0] == "explain":
            assert ami(1) in text


def test_colour_adds_only_colour(hostile):
    """With colours, the only escapes are the ones that choose a colour, and taking them out gives the plain text."""
    _, directory = hostile
    options = ("plan", directory / "in", "--as-of", AS_OF, "-T", "text", "--color")
    coloured, plain = run(*options, "always").text, run(*options, "never").text
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert stripped == plain
    assert coloured != plain


def test_dot_draws(hostile):
    """Graphviz reads the graph without a word, and shows the name as it is, none of its escapes obeyed."""
    name, directory = hostile
    for shown, focus in ((ami(2), ()), (ami(4), ("--focus", ami(4))), (ami(1), ("--focus", ami(1), "--depth", "3"))):
        result = run("graph", directory / "in", *focus)
        assert result.status == 0, result
        drawn = subprocess.run(["dot", "-Tsvg"], input=result.out, capture_output=True, timeout=60, check=False)
        assert drawn.returncode == 0 and drawn.stderr == b"", drawn.stderr.decode("utf-8", "replace")
        text = " ".join(xml.etree.ElementTree.fromstring(drawn.stdout).itertext())
        assert shown in text
        assert b"<script" not in drawn.stdout.lower()
        if name == NAMES["graph escapes"]:
            assert "\\N" in text and "\\G" in text


def test_graph_json(hostile):
    """The graph as JSON is JSON, and has the AMI's name."""
    name, directory = hostile
    made = json.loads(run("graph", directory / "in", "-T", "json").text)
    assert name in [node["name"] for node in made["nodes"] if node["id"] == ami(1)]


PARAMETERS = [name for label, name in NAMES.items() if label not in ("long", "blank", "newline")] + ["/own/base"]
FAKE_AWS = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["AWS_LOG"], "a", encoding="utf-8") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if "get-caller-identity" in sys.argv:
    account = os.environ["AWS_FAKE_ACCOUNT"]
    if "--query" in sys.argv:
        print(account if "text" in sys.argv else json.dumps(account))
    else:
        print(json.dumps({"UserId": "x", "Account": account, "Arn": "arn:aws:iam::%s:user/x" % account}))
else:
    print("{}")
"""


def missing_script(directory, *options):
    """The script that collects what is missing, checked by bash and shellcheck."""
    script = directory / "collect.sh"
    result = run("plan", directory / "in", "--as-of", AS_OF, "--missing", "-T", "aws-cli", "-o", script, *options)
    assert result.status == 0, result
    checked = subprocess.run(["bash", "-n", str(script)], capture_output=True, check=False)
    assert checked.returncode == 0 and not checked.stderr, checked.stderr
    linted = subprocess.run(
        ["shellcheck", "--shell=bash", str(script)], capture_output=True, encoding="utf-8", check=False
    )
    assert linted.returncode == 0, linted.stdout
    return script


def execute(script, directory, account_id=ACCOUNT):
    """Runs the script with a fake `aws` in an empty directory: (completed process, the calls it made)."""
    commands = directory / "bin"
    commands.mkdir(exist_ok=True)
    save(str(commands / "aws"), FAKE_AWS)
    os.chmod(commands / "aws", 0o755)
    where = directory / "where"
    where.mkdir(exist_ok=True)
    log = directory / "log"
    log.write_text("")
    done = subprocess.run(
        ["bash", str(script), "collected"],
        cwd=where,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={
            "PATH": "%s:%s" % (commands, os.environ["PATH"]),
            "AWS_LOG": str(log),
            "AWS_FAKE_ACCOUNT": account_id,
            "HOME": str(where),
        },
    )
    return done, [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()], where


# What SSM allows in a name. (`aws` would take a leading dash for an option.)
PARAMETER = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_.\-/]*")


@pytest.mark.parametrize("name", PARAMETERS)
def test_missing_script_quotes(tmp_path, name):
    """A parameter's name reaches `aws` as one word, or, where SSM could not have such a name, not at all; nothing of it runs."""
    Place().pair(1).template(1, ["resolve:ssm:" + name]).write(tmp_path / "in")
    assert fate(plan(tmp_path / "in"), ami(1)) == ("blocked", "inventory-incomplete")
    script = missing_script(tmp_path)
    done, calls, where = execute(script, tmp_path)
    assert done.returncode == 0, done.stderr
    asked = [call for call in calls if "get-parameters" in call]
    if PARAMETER.fullmatch(name):
        assert any(word in (name, "--names=" + name) for call in asked for word in call), asked
    else:
        assert not asked
    assert not (where / "pwned").exists()
    below = where / "collected"
    for path in below.rglob("*"):
        assert below.resolve() in path.resolve().parents


@pytest.mark.parametrize("name", [name for name in PARAMETERS if FORBIDDEN.sub("", name) == name])
def test_printed_command_can_be_pasted(tmp_path, name):
    """A command that is printed for a person to paste has the name as one word of the shell, or does not have it."""
    Place().pair(1).template(1, ["resolve:ssm:" + name]).write(tmp_path / "in")
    printed = []
    for each in json.loads(run("plan", tmp_path / "in", "--as-of", AS_OF, "--missing", "-T", "json").text)["missing"]:
        printed.append(each["command"])
    for line in run("plan", tmp_path / "in", "--as-of", AS_OF, "--missing").text.splitlines():
        if line.strip().startswith("aws "):
            printed.append(line.strip())
    remedy = item(plan(tmp_path / "in"), ami(1))["remedy"]
    printed.append(remedy[remedy.index("aws ssm") :])
    for command in printed:
        if "--names" in command:
            done = subprocess.run(
                ["bash", "-c", "aws() { printf '%s\\n' \"$@\"; }\n" + command],
                capture_output=True,
                cwd=tmp_path,
                check=False,
            )
            words = done.stdout.decode("utf-8").split("\n")
            asked = words[words.index("--names") + 1] if "--names" in words else None
            assert asked in (name, "NAME"), command
    assert not (tmp_path / "pwned").exists()


def test_missing_script_collects(tmp_path):
    """The script asks for each thing that is missing, in its region, and saves it as ACCOUNT/REGION/*.json."""
    place = Place().pair(1, 2)
    place.permissions = {ami(1): None, ami(2): None}
    place.without("instances").without("launch-templates").without("launch-template-versions").write(tmp_path / "in")
    done, calls, where = execute(missing_script(tmp_path), tmp_path)
    assert done.returncode == 0, done.stderr
    assert all(call[call.index("--region") + 1] == REGION for call in calls if "get-caller-identity" not in call)
    for verb in ("describe-instances", "describe-launch-templates"):
        assert sum(verb in call and "--query" not in call for call in calls) == 1, verb
    permissions = [call[call.index("--image-id") + 1] for call in calls if "describe-image-attribute" in call]
    assert sorted(permissions) == [ami(1), ami(2)]
    written = [path for path in (where / "collected").rglob("*") if path.is_file()]
    assert written and all(
        path.suffix == ".json" and path.parent == where / "collected" / ACCOUNT / REGION for path in written
    )


def test_missing_script_refuses_another_account(tmp_path):
    """With credentials of another account nothing is read."""
    Place().pair(1).without("instances").write(tmp_path / "in")
    done, calls, where = execute(missing_script(tmp_path), tmp_path, "999988887777")
    assert done.returncode != 0 and ACCOUNT in done.stdout + done.stderr
    assert not any("describe-instances" in call for call in calls)


@pytest.mark.parametrize(
    "bad",
    [
        "ami-0123456789abcdef0; rm -rf x",
        "ami-$(id)",
        "ami-01234567\n89",
        "../../etc",
        "ami-0123456789ABCDEF0",
        "ami-0123456789abcdef0 ",
    ],
)
def test_invalid_ids_are_refused(tmp_path, bad):
    """An id that is none gets nowhere: not as an argument, not from a document, not as an id to focus."""
    Place().pair(1).write(tmp_path / "in")
    one_error(run("plan", tmp_path / "in", "--ami", bad), 64)
    save(str(tmp_path / "ids.txt"), bad + "\n")
    assert run("plan", tmp_path / "in", "--ami-file", tmp_path / "ids.txt").status != 0 or bad.endswith(" ")
    broken = Place().images(image(1, ImageId=bad))
    broken.permissions = {bad: None}
    broken.write(tmp_path / "broken")
    assert not FORBIDDEN.search(one_error(run("plan", tmp_path / "broken")))


def test_error_lines_are_plain(tmp_path):
    """What an error quotes of a document is shown escaped, on one line."""
    for name in NAMES.values():
        save(str(tmp_path / "document.json"), {"Images": [{"ImageId": name}]})
        message = one_error(run("plan", tmp_path))
        assert not FORBIDDEN.search(message), name
        save(str(tmp_path / "document.json"), '{"Images": [], %s: 1, %s: 2}' % (json.dumps(name), json.dumps(name)))
        assert not FORBIDDEN.search(one_error(run("plan", tmp_path)))


def test_file_names_are_plain(tmp_path):
    """A file's name in an error is escaped too."""
    hostile = tmp_path / "a\n\x1b[31mb.json"
    hostile.write_text("{")
    message = one_error(run("plan", tmp_path))
    assert not FORBIDDEN.search(message)


def test_wide_text_is_aligned(tmp_path):
    """Columns are columns with East Asian names: what follows a name starts where it starts in every other row."""
    place = Place().pair(1, Name="plain-name-xx").pair(2, Name="\u30b3\u30f3\u30bd\u30fc\u30eb\u30a4\u30e1")
    place.write(tmp_path)
    text = run("plan", tmp_path, "--as-of", AS_OF, "--color", "never").text

    def width(part):
        return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in part)

    rows = [line for line in text.splitlines() if "plain-name-xx" in line or "\u30b3\u30f3" in line]
    assert len(rows) >= 2
    starts = {
        width(row[: row.index("plain" if "plain" in row else "\u30b3")])
        for row in rows
        if ami(1) in row or ami(2) in row
    }
    assert len(starts) == 1


def test_pins_are_text(tmp_path):
    """A pinned file's name with hostile characters stays data."""
    Place().pair(1, 2).write(tmp_path / "in")
    pins = tmp_path / "pins"
    pins.mkdir()
    (pins / "a'; touch pwned; '\x1b[2J.tf").write_text('ami = "%s"\n' % ami(1))
    made = plan(tmp_path / "in", "--unused", "--pins", pins)
    assert fate(made, ami(1)) == ("kept", "referenced")
    assert "touch pwned" in "".join(item(made, ami(1))["by"]) and ":1" in "".join(item(made, ami(1))["by"])
    assert steps(made) == [ami(2), snap(2)]
    text = run("plan", tmp_path / "in", "--unused", "--pins", pins, "--as-of", AS_OF, "--color", "never").text
    assert not FORBIDDEN.search(text)


def test_names_decide_nothing(tmp_path):
    """The hostile account is judged like a tame one: the same fates for the same records."""
    fates = set()
    for label in ("single quote", "wide", "percent"):
        directory = tmp_path / label
        account(NAMES[label]).write(directory)
        made = plan(directory)
        fates.add(
            json.dumps(
                {
                    each: fate(made, each)
                    for each in [ami(n) for n in range(1, 7)] + [snap(n) for n in range(1, 8)] + [inst(1)]
                }
            )
        )
    assert len(fates) == 1
