"""Completion in the shells themselves, for every verb and every option that the help lists.

It must not know: how the scripts are made.
"""

import os
import re
import shutil
import subprocess

import pytest

from tool import TOP, run

SCRIPTS = os.path.join(TOP, "docs", "completions")
VERBS = [verb for verb in re.findall(r"^  ([a-z]+) ", run("help").text, re.M) if verb != "amiplan"]


def options(verb):
    return sorted(set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", run("help", verb).text, re.M)))


def bash(*words):
    """What bash offers for the last of the words."""
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _amiplan; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", os.path.join(SCRIPTS, "amiplan.bash"), "amiplan", *words],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def fish(line, tmp_path):
    done = subprocess.run(
        ["fish", "-c", "source %s/amiplan.fish; complete -C %r" % (SCRIPTS, "amiplan " + line)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=tmp_path,
        env=dict(os.environ, HOME=str(tmp_path)),
    )
    return [each.split("\t")[0] for each in done.stdout.splitlines()]


def test_help_lists_verbs():
    assert {"plan", "show", "explain", "verify", "diff", "graph", "help"} <= set(VERBS)


def test_bash_offers_verbs():
    assert set(VERBS) <= set(bash(""))
    assert bash("ver") == ["verify"]


@pytest.mark.parametrize("verb", VERBS)
def test_bash_offers_options(verb):
    assert sorted(bash(verb, "--")) == options(verb)


def test_bash_offers_values():
    assert bash("plan", "--color", "") == ["auto", "always", "never"]
    assert "json" in bash("show", "-T", "") and "json" in bash("show", "plan.json", "--format", "j")
    assert "launch-permissions" in bash("plan", "--assume-complete", "launch")
    assert "shared" in bash("plan", "x", "--accept", "sh")
    assert "not-owned" not in bash("plan", "--accept", "")
    assert bash("plan", "--max-steps", "") == []
    assert bash("plan", "--save-by", "") == ["sure", "most"]
    assert bash("collect", "--details", "c") == ["candidates"]


def test_bash_offers_groups_that_there_are():
    """--by and --group-by both take a group, and not the same ones."""
    assert bash("plan", "--group-by", "") == ["name-prefix"]
    for word in bash("cost", "--by", ""):
        assert run("cost", "samples/account", "--by", word, cwd=TOP).status == 0, word


def test_bash_reads_the_option_before_an_equals_sign():
    """Of --color=al bash makes three words."""
    assert bash("plan", "--color", "=") == ["auto", "always", "never"]
    assert bash("plan", "--color", "=", "al") == ["always"]


def test_bash_offers_verbs_to_help():
    assert set(bash("help", "")) == set(VERBS)
    assert bash("help", "ver") == ["verify"]


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish here")
def test_fish_offers_the_same(tmp_path):
    assert set(VERBS) <= set(fish("", tmp_path))
    assert set(options("plan")) <= set(fish("plan --", tmp_path))
    assert fish("plan --color ", tmp_path) == ["always", "auto", "never"]
    assert fish("cost --by ", tmp_path) == ["account", "ami", "pin", "region", "rule"]
    (tmp_path / "kept").mkdir()
    assert fish("plan --cache k", tmp_path) == ["kept/"]
    assert fish("help ver", tmp_path) == ["verify"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh here")
def test_zsh_reads_it(tmp_path):
    """The script compiles, and each option stands in it under its verb."""
    script = os.path.join(SCRIPTS, "_amiplan")
    done = subprocess.run(["zsh", "-n", script], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with open(script, encoding="utf-8") as file:
        parts = dict(re.findall(r"^        ([a-z]+)\)\n(.*?)^            ;;", file.read(), re.M | re.S))
    for verb in VERBS:
        for option in options(verb):
            assert re.search(re.escape(option) + r"=?['}]", parts[verb]), (verb, option)
