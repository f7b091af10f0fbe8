#!/usr/bin/env python3
"""Measures what `--cache` saves: verbs that read an inventory, without it, filling it, and using it.

It must not know: how amiplan works. It reports and never judges. Each turn runs all three ways of all verbs, so that a
machine that grows slower in between does so for all; every way must write the same bytes.
"""

import argparse
import hashlib
import os
import re
import shutil
import sys

import run
from measure import measure, summary

WAYS = ("without", "cold", "warm")


def commands(binary, inventory, image, output):
    """What is run, by name."""
    common = ["--quiet", "-o", output]
    planned = ["--assume-complete", "launch-permissions"]
    return {
        "explain": [binary, "explain", inventory, image, *common],
        "graph --focus": [binary, "graph", inventory, "--focus", image, "-T", "dot", *common],
        "cost": [binary, "cost", inventory, *common],
        "plan, text": [binary, "plan", inventory, *planned, "-T", "text", *common],
        "plan, JSON": [binary, "plan", inventory, *planned, "-T", "json", *common],
    }


def first_image(inventory):
    """The id of some AMI of the inventory."""
    for where, names, files in os.walk(inventory):
        names.sort()
        if "images.json" in files:
            with open(os.path.join(where, "images.json"), encoding="utf-8") as file:
                return re.search(r'"ImageId": "(ami-[0-9a-f]+)"', file.read(1 << 20)).group(1)
    sys.exit("bench: no images.json below %s" % inventory)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def bench(binary, directory, inventory, turns):
    """Runs by verb and way."""
    output, cache = os.path.join(directory, "cached"), os.path.join(directory, "cache")
    runs = {}
    shutil.rmtree(cache, ignore_errors=True)
    for _ in range(turns):
        for name, command in commands(binary, inventory, first_image(inventory), output).items():
            written = set()
            for way in WAYS:
                if way == "cold":
                    shutil.rmtree(cache, ignore_errors=True)
                more = [] if way == "without" else ["--cache", cache]
                runs.setdefault(name, {}).setdefault(way, []).append(measure([*command, *more]))
                written.add(digest(output))
            if len(written) != 1:
                sys.exit("bench: `%s` does not write the same through a cache" % name)
    size = sum(os.path.getsize(os.path.join(cache, each)) for each in os.listdir(cache))
    shutil.rmtree(cache)
    os.unlink(output)
    return {name: {way: summary(ways[way]) for way in WAYS} for name, ways in runs.items()}, size


def show(results, size, amis):
    print("cache: %d AMIs, entries of %.0f MB" % (amis, size / 1e6))
    print("  %-14s" % "cpu s" + "".join(" %9s" % way for way in WAYS) + " %10s %10s" % ("warm/cold", "by clock"))
    for name, ways in results.items():
        seconds = [ways[way]["processor_seconds"] for way in WAYS]
        clock = ways["warm"]["seconds"]["median"] / ways["cold"]["seconds"]["median"]
        print(
            "  %-14s" % name
            + "".join(" %9.2f" % each for each in seconds)
            + " %10.2f %10.2f" % (seconds[2] / seconds[1], clock)
        )


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("AMIPLAN", os.path.join(run.TOP, "build", "amiplan")))
    parser.add_argument("--directory", default=os.path.join(run.TOP, "build", "bench"))
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("amis", type=int, nargs="?", default=100000)
    options = parser.parse_args(arguments)
    inventory = run.inventory(options.directory, options.amis)
    show(*bench(options.binary, options.directory, inventory, options.turns), options.amis)


if __name__ == "__main__":
    main(sys.argv[1:])
