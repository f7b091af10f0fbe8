#!/usr/bin/env python3
"""Measures `amiplan collect` beside the same calls made with the `aws` command, against a fake AWS with latency.

It must not know: how amiplan collects. It reports and never judges, but what both saved must be equal.

The `aws` side is a user's script: describe-images and describe-snapshots, region after region. The fake answers each
call after `latency` from pages made beforehand, in a process of its own, so that neither side waits for anything else.
The floor is what no client can beat: the longest chain of pages, each of which holds the token of the next, and all
pages through as many connections as there may be. What comes before the first page is not in it, though no client can
do without: GetCallerIdentity, which names the directory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

from measure import measure, summary

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "integration"))
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2")
CONCURRENCY = 32


def serve(images, snapshots, latency):
    """The fake: prints its variables, then a report of the calls since the last one for each line it reads."""
    from fake_account import Account, Region
    from fake_aws import FakeAws
    from inventory import Place, image, snapshot, tags

    def part(count, number):
        """The numbers of a region's records when `count` are spread over all regions."""
        return range(count * number // len(REGIONS), count * (number + 1) // len(REGIONS))

    regions = {}
    for number, name in enumerate(REGIONS):
        place = Place(region=name)
        for each in part(images, number):
            place.images(image(each, Tags=tags({"Name": "app-%d" % each, "commit": "%040x" % each})))
        for each in part(snapshots, number):
            place.snapshots(snapshot(each, Tags=tags({"Name": "app-%d" % each})))
        regions[name] = Region(place)
    account = Account(regions)
    account.token_end = "=="
    fake = FakeAws(account, latency=latency)
    print(json.dumps(fake.environment()), flush=True)
    for _ in sys.stdin:
        chains = {}
        for call in fake.calls:
            name = (call.service, call.action, call.region, call.parameters.get("LaunchTemplateId"))
            chains[name] = chains.get(name, 0) + 1
        report = {
            "calls": len(fake.calls),
            "errors": sorted({call.code for call in fake.calls if call.code}),
            "chain": max(chains.values(), default=0),
            "side_by_side": fake.most_under_way,
            "connections": fake.connections,
        }
        fake.forget()
        print(json.dumps(report), flush=True)


class Server:
    """The fake as a process."""

    def __init__(self, options):
        sizes = [str(options.images), str(options.snapshots), str(options.latency)]
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--serve", *sizes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        self.environment = {**clean, **json.loads(self.process.stdout.readline()), "AWS_PAGER": "", "NO_PROXY": "*"}

    def report(self):
        """What was asked since the last report."""
        self.process.stdin.write("report\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def commands(options, directory):
    """Name and arguments of what is compared, and where each puts its files."""
    collected, saved = os.path.join(directory, "collected"), os.path.join(directory, "saved")
    script = ["set -e"]
    for region in REGIONS:
        below = os.path.join(saved, region)
        script.append("mkdir -p '%s'" % below)
        for name, call in (
            ("images", "describe-images --owners self --include-deprecated --include-disabled"),
            ("snapshots", "describe-snapshots --owner-ids self"),
        ):
            script.append(
                "'%s' '%s' ec2 %s --region %s --output json > '%s/%s.json'"
                % (sys.executable, os.path.join(os.path.dirname(sys.executable), "aws"), call, region, below, name)
            )
    regions = [word for region in REGIONS for word in ("--region", region)]
    return {
        "collect": [
            *(options.binary, "collect", collected, *regions),
            *("--details", "none", "--concurrency", str(CONCURRENCY), "--quiet"),
        ],
        "aws": ["bash", "-c", "\n".join(script)],
    }


def same_files(directory):
    """Ends the run unless both sides saved the same; returns the bytes of these files."""
    size = 0
    for region in REGIONS:
        for name, member in (("images", "Images"), ("snapshots", "Snapshots")):
            documents = []
            for below in ("collected/111122223333", "saved"):
                path = os.path.join(directory, below, region, name + ".json")
                with open(path, encoding="utf-8") as file:
                    documents.append(json.load(file))
            size += os.path.getsize(path)
            if documents[0][member] != documents[1][member] or not documents[0][member]:
                sys.exit("bench: %s of %s are not those that the aws command saved" % (name, region))
    return size


def bench(options):
    """All runs, after one pair that warms the fake's pages."""
    directory = os.path.join(options.directory, "collect")
    os.makedirs(directory, exist_ok=True)
    server = Server(options)
    try:
        made = commands(options, directory)
        runs, reports = {name: [] for name in made}, {}
        for turn in range(options.pairs + 1):
            for name, command in made.items():
                one = measure(command, server.environment)
                reports[name] = server.report()
                if reports[name]["errors"]:
                    sys.exit("bench: the fake refused %s: %s" % (name, ", ".join(reports[name]["errors"])))
                if turn:
                    runs[name].append(one)
    finally:
        server.stop()
    seconds = {name: statistics.median(one["seconds"] for one in of_one) for name, of_one in runs.items()}
    calls = reports["collect"]
    floor = {
        "chain": calls["chain"] * options.latency,
        "connections": calls["calls"] * options.latency / CONCURRENCY,
    }
    return {
        "images": options.images,
        "snapshots": options.snapshots,
        "regions": len(REGIONS),
        "latency": options.latency,
        "bytes": same_files(directory),
        "calls": reports,
        "concurrency": CONCURRENCY,
        "floor_seconds": floor,
        "ratio": {"aws": seconds["collect"] / seconds["aws"], "floor": seconds["collect"] / max(floor.values())},
        **{name: summary(of_one) for name, of_one in runs.items()},
    }


def show(result):
    """One table."""
    print(
        "%d images, %d snapshots in %d regions, %.0f ms a call: %.0f MB of JSON"
        % (result["images"], result["snapshots"], result["regions"], result["latency"] * 1e3, result["bytes"] / 1e6)
    )
    print("  %-12s %9s %9s %9s %9s %9s %9s" % ("", "min s", "median s", "max s", "cpu s", "calls", "peak MB"))
    for name in ("collect", "aws"):
        row, times = result[name], result[name]["seconds"]
        print(
            "  %-12s %9.2f %9.2f %9.2f %9.2f %9d %9.0f"
            % (
                name,
                *(times["min"], times["median"], times["max"], row["processor_seconds"]),
                *(result["calls"][name]["calls"], row["peak_bytes"] / 1e6),
            )
        )
    calls, floor, latency = result["calls"]["collect"], result["floor_seconds"], result["latency"] * 1e3
    print(
        "  the floor is the greater of %.2f s (%d pages one after the other, %.0f ms each)"
        " and %.2f s (%d calls of %.0f ms, %d at a time)"
        % (
            *(floor["chain"], calls["chain"], latency),
            *(floor["connections"], calls["calls"], latency, result["concurrency"]),
        )
    )
    print(
        "  collect takes %.2f times the floor, and %.3f of the time of aws"
        % (result["ratio"]["floor"], result["ratio"]["aws"])
    )


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("AMIPLAN", os.path.join(TOP, "build", "amiplan")))
    parser.add_argument("--directory", default=os.path.join(TOP, "build", "bench"), help="files and results")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--images", type=int, default=20000, help="over all regions")
    parser.add_argument("--snapshots", type=int, default=50000, help="over all regions")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds a call")
    parser.add_argument("--serve", nargs=3, metavar=("IMAGES", "SNAPSHOTS", "LATENCY"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        return serve(int(options.serve[0]), int(options.serve[1]), float(options.serve[2]))
    result = bench(options)
    show(result)
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
