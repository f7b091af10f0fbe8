#!/usr/bin/env python3
"""Measures `amiplan plan` on large inventories beside Python's json.load of the very same files, formats, `collect`,
and beside the floor: floor.c reads the same bytes, digests them, and writes as many as the plan has.

It must not know: how amiplan works. It reports and never judges: a slow machine is no failure, a failed run is.

Pairs alternate (plan, json.load, plan, json.load, ...) after one pair that only warms the page cache, so that a machine
that grows slower or faster in between does so for both. json.load keeps all documents, as whoever plans with it must:
an AMI, its snapshots and what names it stand in different files. What collecting costs, collect.py measures,
what the other formats cost, formats.py.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import collect
import formats
from measure import measure, summary

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LOAD = """
import json, os, sys
documents = []
for directory, names, files in os.walk(sys.argv[1]):
    for name in files:
        if name.endswith(".json"):
            with open(os.path.join(directory, name), "rb") as file:
                documents.append(json.load(file))
"""


def inventory(directory, amis):
    """Makes the inventory of so many AMIs unless an earlier run did; a stamp marks a whole one."""
    generator = os.path.join(HERE, "generate.py")
    path = os.path.join(directory, "inventory-%d" % amis)
    stamp = path + ".made"
    if not os.path.exists(stamp) or os.path.getmtime(stamp) < os.path.getmtime(generator):
        print("making an inventory of %d AMIs" % amis, file=sys.stderr)
        subprocess.run(["rm", "-rf", path, stamp], check=True)
        subprocess.run([sys.executable, generator, "--amis", str(amis), "--out", path], check=True)
        open(stamp, "w").close()
    return path


def size_of(directory):
    """Bytes and number of the files below `directory`."""
    sizes = [os.path.getsize(os.path.join(where, name)) for where, _, names in os.walk(directory) for name in names]
    return sum(sizes), len(sizes)


TOLD = "import json, sys; saved = json.load(open(sys.argv[1])); print(json.dumps([saved['summary'], saved['accounts']]))"


def told(plan):
    """A saved plan's counts and accounts. By another process: what this one grows to would count as its children's."""
    command = [sys.executable, "-c", TOLD, plan]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def bench(binary, floor, directory, amis, pairs, tmpfs, with_formats):
    """All runs of one size. Plans are written to memory: a disk would be measured otherwise."""
    path = inventory(directory, amis)
    size, files = size_of(path)
    output = os.path.join(tmpfs, "plan-%d.json" % amis)
    commands = {
        "plan": [
            binary,
            "plan",
            path,
            "--assume-complete",
            "launch-permissions",
            "--quiet",
            "-T",
            "json",
            "-o",
            output,
        ],
        "json.load": [sys.executable, "-c", LOAD, path],
    }
    commands["one thread"] = [*commands["plan"], "--threads", "1"]
    if floor:
        commands["floor"] = [floor, path, output, os.path.join(tmpfs, "floor")]
    runs = {name: [] for name in commands}
    for turn in range(pairs + 1):
        for name, command in commands.items():
            result = measure(command)
            if turn:
                runs[name].append(result)
    counts, accounts = told(output)
    result = {"amis": amis, "files": files, "bytes": size, "plan_bytes": os.path.getsize(output), "summary": counts}
    result.update({name: summary(of_one) for name, of_one in runs.items()})
    result["ratio"] = {
        "seconds": result["plan"]["seconds"]["median"] / result["json.load"]["seconds"]["median"],
        "peak": result["plan"]["peak_bytes"] / result["json.load"]["peak_bytes"],
    }
    if floor:
        result["ratio"]["floor"] = result["plan"]["seconds"]["median"] / result["floor"]["seconds"]["median"]
    if with_formats:
        result["formats"] = formats.bench(binary, tmpfs, path, output, accounts[0], pairs)
    return result


def show(result):
    """One table a size."""
    counts = result["summary"]
    print(
        "%d AMIs, %d snapshots, %d instances: %d files, %.0f MB; the plan has %d steps, %.0f MB"
        % (
            counts["images"]["total"],
            counts["snapshots"]["total"],
            counts["instances"]["total"],
            result["files"],
            result["bytes"] / 1e6,
            counts["steps"],
            result["plan_bytes"] / 1e6,
        )
    )
    print("  %-12s %9s %9s %9s %9s %9s %9s" % ("", "min s", "median s", "max s", "cpu s", "MB/s", "peak MB"))
    for name in ("plan", "one thread", "json.load", "floor"):
        if name not in result:
            continue
        row = result[name]
        print(
            "  %-12s %9.2f %9.2f %9.2f %9.2f %9.0f %9.0f"
            % (
                name,
                row["seconds"]["min"],
                row["seconds"]["median"],
                row["seconds"]["max"],
                row["processor_seconds"],
                result["bytes"] / 1e6 / row["seconds"]["median"],
                row["peak_bytes"] / 1e6,
            )
        )
    print(
        "  json.load takes %.1f times as long as the plan, and %.1f times its memory"
        % (1 / result["ratio"]["seconds"], 1 / result["ratio"]["peak"])
    )
    if "floor" in result["ratio"]:
        print("  the plan takes %.1f times as long as the floor" % result["ratio"]["floor"])
    if "formats" in result:
        formats.show(result["formats"], sum(counts[kind]["total"] for kind in ("images", "snapshots", "instances")))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("AMIPLAN", os.path.join(TOP, "build", "amiplan")))
    parser.add_argument(
        "--directory", default=os.path.join(TOP, "build", "bench"), help="inventories and results, kept between runs"
    )
    parser.add_argument("--floor", help="the program made from floor.c; without it, no floor")
    parser.add_argument("--tmpfs", default="/dev/shm", help="where plans are written; not kept")
    parser.add_argument("--without-formats", action="store_true")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--without-collect", action="store_true", help="only plans, which need no Python packages")
    parser.add_argument("amis", type=int, nargs="*", default=[10000, 100000])
    options = parser.parse_args(arguments)
    if options.pairs < 1 or any(amis < 1 for amis in options.amis):
        parser.error("--pairs and sizes start at 1")
    os.makedirs(options.directory, exist_ok=True)
    results = []
    for amis in options.amis:
        with tempfile.TemporaryDirectory(dir=options.tmpfs) as tmpfs:
            results.append(
                bench(
                    *(options.binary, options.floor, options.directory, amis, options.pairs),
                    *(tmpfs, not options.without_formats),
                )
            )
        show(results[-1])
    written = {"python": sys.version.split()[0], "processors": os.cpu_count(), "results": results}
    if not options.without_collect:
        common = ["--binary", options.binary, "--directory", options.directory, "--pairs", str(options.pairs)]
        written["collect"] = collect.main(common)
    path = os.path.join(options.directory, "results.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(written, file, indent=2)
        file.write("\n")
    os.replace(path + ".new", path)


if __name__ == "__main__":
    main(sys.argv[1:])
