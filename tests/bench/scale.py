#!/usr/bin/env python3
"""Measures how the time of `amiplan plan` grows: with whole inventories, and with the worst of single shapes.

It must not know: how amiplan works. It reports and never judges; a ratio above the growth of the input is what to look
for. Times are of the processor, the least of several runs: other work on the machine lengthens the others.
"""

import argparse
import os
import shutil
import subprocess
import sys

from measure import measure

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
ACCOUNT, REGION = "111122223333", "eu-west-1"
# Long after all of it was made: nothing is too young to go.
AS_OF = "2026-11-22T00:00:00Z"
DAY = "2024-01-15T10:00:00.000Z"

IMAGE = (
    '{"ImageId": "ami-%017x", "OwnerId": "' + ACCOUNT + '", "State": "available", "Name": "web-%d", "CreationDate": "'
    + DAY + '", "LastLaunchedTime": "' + DAY + '", "Architecture": "x86_64", "RootDeviceType": "ebs"%s,'
    ' "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-%017x", "VolumeSize": 8}}]}'
)
SNAPSHOT = (
    '{"SnapshotId": "snap-%017x", "OwnerId": "' + ACCOUNT + '", "State": "completed", "StartTime": "' + DAY
    + '", "VolumeId": "vol-%017x", "VolumeSize": 8, "Description": "%s"}'
)
VERSION = (
    '{"LaunchTemplateId": "lt-%017x", "LaunchTemplateName": "web", "VersionNumber": %d, "CreateTime": "' + DAY
    + '", "DefaultVersion": %s, "LaunchTemplateData": {"ImageId": "ami-%017x"}}'
)
COPIED = (
    "Copied for DestinationAmi ami-%017x from SourceAmi ami-%017x for SourceSnapshot snap-%017x."
    " Task created on 1,705,312,800,000."
)
CREATED = "Created by CreateImage(i-%017x) for ami-%017x"


def write_list(directory, name, key, records):
    """One document, record by record."""
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write('{"%s": [\n' % key)
        for number, record in enumerate(records):
            file.write((",\n" if number else "") + record)
        file.write("\n]}\n")


def fan_in(count, write):
    """As many AMIs as that map one snapshot."""
    write("images.json", "Images", (IMAGE % (n, n, "", 1) for n in range(count)))
    write("snapshots.json", "Snapshots", [SNAPSHOT % (1, 1, CREATED % (1, 0))])


def versions(count, write):
    """One launch template with as many versions, each with an AMI of its own."""
    write("images.json", "Images", (IMAGE % (n, n, "", n) for n in range(count)))
    write("snapshots.json", "Snapshots", (SNAPSHOT % (n, n, CREATED % (n, n)) for n in range(count)))
    write(
        "versions.json",
        "LaunchTemplateVersions",
        (VERSION % (1, n + 1, "true" if n == 0 else "false", n) for n in range(count)),
    )


def chain(count, write):
    """AMIs each of which is a copy of the one before, as their snapshots are."""

    def description(n):
        return COPIED % (n, n - 1, n - 1) if n else CREATED % (1, 0)

    def source(n):
        return ', "SourceImageId": "ami-%017x", "SourceImageRegion": "%s"' % (n - 1, REGION) if n else ""

    write("images.json", "Images", (IMAGE % (n, n, source(n), n) for n in range(count)))
    write("snapshots.json", "Snapshots", (SNAPSHOT % (n, 1, description(n)) for n in range(count)))


def orphans(count, write):
    """Snapshots whose AMIs are gone."""
    write("images.json", "Images", [])
    write("snapshots.json", "Snapshots", (SNAPSHOT % (n, n, CREATED % (n, n)) for n in range(count)))


# Each with its larger size; the smaller one is a tenth.
WORST = {
    "fan-in of one snapshot": (fan_in, 100000),
    "versions of a template": (versions, 10000),
    "chain of copies": (chain, 100000),
    "orphans": (orphans, 1000000),
}


def plan_of(binary, inventory):
    judged = ["--as-of", AS_OF, "--account", ACCOUNT, "--assume-complete", "all"]
    return [binary, "plan", inventory, *judged, "--quiet", "-T", "json", "-o", os.devnull]


def least(command, runs):
    """The run with the least time of the processor, the greatest peak of all."""
    results = [measure(command) for _ in range(runs)]
    return min(result["processor"] for result in results), max(result["peak"] for result in results)


def measure_worst(binary, directory, make, count, runs):
    """Time and peak of one shape at one size; its documents go away again."""
    path = os.path.join(directory, "worst")
    place = os.path.join(path, ACCOUNT, REGION)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(place)
    try:
        make(count, lambda name, key, records: write_list(place, name, key, records))
        return least(plan_of(binary, path), runs)
    finally:
        shutil.rmtree(path)


def measure_whole(binary, directory, amis, runs):
    """The same of a realistic inventory; what other measurements keep is used, what is made here goes away."""
    kept = os.path.join(directory, "inventory-%d" % amis)
    path = kept if os.path.exists(kept + ".made") else os.path.join(directory, "growth")
    if path != kept:
        shutil.rmtree(path, ignore_errors=True)
        generator = [sys.executable, os.path.join(HERE, "generate.py"), "--amis", str(amis), "--out", path]
        subprocess.run(generator, check=True)
    try:
        return least(plan_of(binary, path), runs)
    finally:
        if path != kept:
            shutil.rmtree(path)


def show(name, sizes, results):
    """One line a size; `ratio` compares with the line above."""
    before = None
    for size, (seconds, peak) in zip(sizes, results):
        ratio = "%9.1f" % (seconds / before) if before else " " * 9
        print("  %-24s %9d %9.2f %s %9.0f %9.0f" % (name, size, seconds, ratio, peak / 1e6, peak / size), flush=True)
        before = seconds


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("AMIPLAN", os.path.join(TOP, "build", "amiplan")))
    parser.add_argument("--directory", default=os.path.join(TOP, "build", "bench"), help="where documents are made")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", action="append", choices=WORST, help="these shapes, and no whole inventories")
    parser.add_argument("--largest", type=int, help="the larger size of each shape, instead of its own")
    parser.add_argument("amis", type=int, nargs="*", default=[10000, 100000], help="sizes of whole inventories")
    options = parser.parse_args(arguments)
    os.makedirs(options.directory, exist_ok=True)
    print("  %-24s %9s %9s %9s %9s %9s" % ("growth", "size", "cpu s", "ratio", "peak MB", "bytes each"))
    if not options.only:
        results = [measure_whole(options.binary, options.directory, amis, options.runs) for amis in options.amis]
        show("AMIs", options.amis, results)
    for name in options.only or WORST:
        make, count = WORST[name]
        count = options.largest or count
        sizes = [count // 10, count]
        results = [measure_worst(options.binary, options.directory, make, size, options.runs) for size in sizes]
        show(name, sizes, results)


if __name__ == "__main__":
    main(sys.argv[1:])
