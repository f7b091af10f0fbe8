"""Measures every format of a large plan beside its JSON, and the dependency graph as DOT.

It must not know: what a format looks like. It reports and never judges.

All of them are written by `amiplan show` from the same saved plan, so each pays for reading it once. A script acts on
one account: its time is that of the whole plan read and the steps of one account written. Which formats there are, the
command says itself.
"""

import os
import re
import subprocess

from measure import measure, summary

PICTURES = ("svg", "png", "pdf", "dot")  # collapsed by family when large: not the size of the plan
DOTS = {"graph dot": [], "dot in full": ["--no-collapse"]}  # by family, and a node each resource
SCRIPTS = ("aws-cli", "powershell", "undo")


def formats_of(binary):
    """The formats that `amiplan show` names in its help, but pictures."""
    text = subprocess.run([binary, "show", "--help"], check=True, capture_output=True, text=True).stdout
    names = re.search(r"Formats: (.*?)\n  -", text, re.DOTALL).group(1).replace("(default)", "")
    return [name for name in re.split(r"[,\s]+", names) if name and name not in PICTURES]


def bench(binary, directory, inventory, plan, account, pairs):
    """All formats of one saved plan; `json` is what the others are compared with. The DOT is of the whole inventory."""
    output = os.path.join(directory, "format")
    commands = {}
    for name in formats_of(binary):
        commands[name] = [binary, "show", plan, "--quiet", "-T", name, "-o", output]
        if name in SCRIPTS:
            commands[name] += ["--only", account]
    for name, more in DOTS.items():
        commands[name] = [binary, "graph", inventory, "--quiet", "-T", "dot", "-o", output, *more]
    runs, sizes = {name: [] for name in commands}, {}
    for turn in range(pairs + 1):
        for name, command in commands.items():
            result = measure(command)
            sizes[name] = os.path.getsize(output)
            if turn:
                runs[name].append(result)
    os.unlink(output)
    rows = {name: {"bytes": sizes[name], **summary(of_one)} for name, of_one in runs.items()}
    for row in rows.values():
        row["ratio"] = row["seconds"]["median"] / rows["json"]["seconds"]["median"]
        row["processor_ratio"] = row["processor_seconds"] / rows["json"]["processor_seconds"]
    return rows


def show(rows, resources):
    """One table; seconds for a million resources tell growth that is not linear from one size to the next."""
    print("  %-12s %9s %9s %9s %9s %9s" % ("format", "median s", "cpu s", "x json", "cpu x", "MB"))
    for name, row in rows.items():
        print(
            "  %-12s %9.2f %9.2f %9.2f %9.2f %9.1f"
            % (
                *(name, row["seconds"]["median"], row["processor_seconds"], row["ratio"]),
                *(row["processor_ratio"], row["bytes"] / 1e6),
            )
        )
    for name in DOTS:
        seconds = rows[name]["processor_seconds"] / resources * 1e6
        print("  %s: %.1f s of processor for a million resources" % (name, seconds))
