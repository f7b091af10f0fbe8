#!/usr/bin/env python3
"""Measures how fast `amiplan cost --cur` reads cost and usage reports, beside `zcat | wc -l` of the same report.

It must not know: how amiplan works. It reports and never judges: a slow machine is no failure, a failed run is.

The report is made once, the same bytes each time: 60 columns, hourly rows of October 2026, two in three of them of
snapshots, volumes and instances. Runs alternate after one that only warms the page cache. A tenth of the report shows
whether memory grows with it.
"""

import argparse
import base64
import gzip
import hashlib
import json
import os
import shlex
import sys

import run

HOURS = 744
BATCH = 60
COLUMNS = (
    "identity/LineItemId identity/TimeInterval bill/InvoiceId bill/BillingEntity bill/BillType bill/PayerAccountId "
    "bill/BillingPeriodStartDate bill/BillingPeriodEndDate lineItem/UsageAccountId lineItem/LineItemType "
    "lineItem/UsageStartDate lineItem/UsageEndDate lineItem/ProductCode lineItem/UsageType lineItem/Operation "
    "lineItem/AvailabilityZone lineItem/ResourceId lineItem/UsageAmount lineItem/NormalizationFactor "
    "lineItem/NormalizedUsageAmount lineItem/CurrencyCode lineItem/UnblendedRate lineItem/UnblendedCost "
    "lineItem/BlendedRate lineItem/BlendedCost lineItem/LineItemDescription product/ProductName "
    "product/currentGeneration product/location product/locationType product/operatingSystem product/productFamily "
    "product/region product/servicecode product/sku product/storageClass product/tenancy product/usagetype "
    "pricing/LeaseContractLength pricing/OfferingClass pricing/PurchaseOption pricing/publicOnDemandCost "
    "pricing/publicOnDemandRate pricing/term pricing/unit reservation/EffectiveCost reservation/ReservationARN "
    "savingsPlan/SavingsPlanARN savingsPlan/SavingsPlanEffectiveCost savingsPlan/SavingsPlanRate "
    "resourceTags/aws:createdBy resourceTags/user:Name resourceTags/user:cost-center resourceTags/user:environment "
    "resourceTags/user:owner resourceTags/user:project resourceTags/user:stage resourceTags/user:team "
    "costCategory/business costCategory/platform"
).split()
# Usage type, operation, id, product, amount of an hour, cost of an hour, description.
KINDS = (
    (
        "EUC1-EBS:SnapshotUsage",
        "CreateSnapshot",
        "arn:aws:ec2:eu-central-1:111122223333:snapshot/snap-%017x",
        "AmazonEC2",
        "0.0107526882",
        "0.0005806452",
        "$0.054 per GB-Month of snapshot data stored - EU (Frankfurt)",
    ),
    (
        "EUC1-EBS:VolumeUsage.gp3",
        "CreateVolume-Gp3",
        "vol-%017x",
        "AmazonEC2",
        "0.1344086022",
        "0.0127956989",
        '"$0.0952 per GB-month of General Purpose (gp3) provisioned storage, EU (Frankfurt)"',
    ),
    (
        "EUC1-BoxUsage:m5.large",
        "RunInstances",
        "i-%017x",
        "AmazonEC2",
        "1.0000000000",
        "0.1150000000",
        "$0.115 per On Demand Linux m5.large Instance Hour",
    ),
    (
        "EUC1-Requests-Tier1",
        "PutObject",
        "bucket-%x",
        "AmazonS3",
        "17.0000000000",
        "0.0000918000",
        '"$0.0054 per 1,000 PUT, COPY, POST, or LIST requests"',
    ),
)


def template(number):
    """The rows of one resource, with %s for what an hour changes: its line id, its interval, its start, its end."""
    usage, operation, resource, product, amount, cost, text = KINDS[(0, 1, 3, 0, 2, 3)[number % 6]]
    resource %= number * 0x9E3779B97F4A7C15 % 2**64
    values = {
        "identity/LineItemId": "%s",
        "identity/TimeInterval": "%s",
        "bill/BillingEntity": "AWS",
        "bill/BillType": "Anniversary",
        "bill/PayerAccountId": "111122223333",
        "bill/BillingPeriodStartDate": "2026-10-01T00:00:00Z",
        "bill/BillingPeriodEndDate": "2026-11-01T00:00:00Z",
        "lineItem/UsageAccountId": "111122223333",
        "lineItem/LineItemType": "Usage",
        "lineItem/UsageStartDate": "%s",
        "lineItem/UsageEndDate": "%s",
        "lineItem/ProductCode": product,
        "lineItem/UsageType": usage,
        "lineItem/Operation": operation,
        "lineItem/ResourceId": resource,
        "lineItem/UsageAmount": amount,
        "lineItem/CurrencyCode": "USD",
        "lineItem/UnblendedCost": cost,
        "lineItem/BlendedCost": cost,
        "lineItem/LineItemDescription": text,
        "product/ProductName": "Amazon Elastic Compute Cloud",
        "product/location": "EU (Frankfurt)",
        "product/locationType": "AWS Region",
        "product/region": "eu-central-1",
        "product/sku": "%012X" % (number * 2654435761 % 2**48),
        "product/usagetype": usage,
        "pricing/publicOnDemandCost": cost,
        "pricing/term": "OnDemand",
        "resourceTags/user:Name": '"build ""%d"", nightly"' % number,
        "resourceTags/user:cost-center": "%d" % (4000 + number % 97),
        "resourceTags/user:environment": ("production", "staging", "test")[number % 3],
        "resourceTags/user:team": "platform",
    }
    return ",".join(values.get(name, "").replace("%s", "\0").replace("%", "%%").replace("\0", "%s") for name in COLUMNS)


def hours():
    """Start and end of each hour of the month, as the report writes them."""
    texts = ["2026-10-%02dT%02d:00:00Z" % (hour // 24 + 1, hour % 24) for hour in range(HOURS)]
    return list(zip(texts, texts[1:] + ["2026-11-01T00:00:00Z"]))


def write(file, size):
    """A report of at least so many bytes: batches of resources, hour by hour."""
    times = hours()
    written = file.write((",".join(COLUMNS) + "\n").encode())
    number = 0
    while written < size:
        rows = [template(number + i) + "\n" for i in range(BATCH)]
        for start, end in times:
            for i, row in enumerate(rows):
                line = hashlib.sha256(b"%d %s" % (number + i, start.encode())).digest()
                text = row % (base64.b32encode(line).decode().lower()[:52], start + "/" + end, start, end)
                written += file.write(text.encode())
        number += BATCH
    return number


def report(directory, size):
    """Makes the report, plain and with gzip, unless an earlier run did: the paths, and the number of resources."""
    path = os.path.join(directory, "cur-%d.csv" % size)
    stamp = path + ".made"
    if not os.path.exists(stamp) or os.path.getmtime(stamp) < os.path.getmtime(__file__):
        print("making a report of %.0f MB" % (size / 1e6), file=sys.stderr)
        with open(path, "wb") as file:
            resources = write(file, size)
        with open(path, "rb") as plain, gzip.GzipFile(path + ".gz", "wb", compresslevel=6, mtime=0) as packed:
            while piece := plain.read(1 << 20):
                packed.write(piece)
        with open(stamp, "w", encoding="utf-8") as file:
            file.write("%d" % resources)
    with open(stamp, encoding="utf-8") as file:
        return path, int(file.read())


def bench(options, size):
    """All runs of one size."""
    path, resources = report(options.directory, size)
    cost = [options.binary, "cost", os.path.join(run.TOP, "samples", "account"), "--quiet", "--cur"]
    commands = {
        "csv": cost + [path],
        "csv.gz": cost + [path + ".gz"],
        "zcat | wc -l": ["sh", "-c", "zcat %s | wc -l" % shlex.quote(path + ".gz")],
    }
    runs = {name: [] for name in commands}
    for turn in range(options.turns + 1):
        for name, command in commands.items():
            result = run.measure(command)
            if turn:
                runs[name].append(result)
    result = {"bytes": os.path.getsize(path), "packed_bytes": os.path.getsize(path + ".gz"), "resources": resources}
    result.update({name: run.summary(of_one) for name, of_one in runs.items()})
    return result


def show(result):
    """One table a size."""
    print(
        "a report of %.0f MB (%.0f MB with gzip), %d resources"
        % (result["bytes"] / 1e6, result["packed_bytes"] / 1e6, result["resources"])
    )
    head = ("", "min s", "median s", "max s", "cpu s", "MB/s", "peak MB", "speed")
    print("  %-12s %9s %9s %9s %9s %9s %9s %9s" % head)
    yardstick = result["zcat | wc -l"]["seconds"]["median"]
    for name in ("csv", "csv.gz", "zcat | wc -l"):
        row = result[name]
        print(
            "  %-12s %9.2f %9.2f %9.2f %9.2f %9.0f %9.0f %9.2f"
            % (
                name,
                row["seconds"]["min"],
                row["seconds"]["median"],
                row["seconds"]["max"],
                row["processor_seconds"],
                result["bytes"] / 1e6 / row["seconds"]["median"],
                row["peak_bytes"] / 1e6,
                yardstick / row["seconds"]["median"],
            )
        )


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("AMIPLAN", os.path.join(run.TOP, "build", "amiplan")))
    parser.add_argument(
        "--directory", default=os.path.join(run.TOP, "build", "bench"), help="reports and results, kept between runs"
    )
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("sizes", type=int, nargs="*", default=[100, 1000], help="of reports, in MB")
    options = parser.parse_args(arguments)
    if options.turns < 1 or any(size < 1 for size in options.sizes):
        parser.error("--turns and sizes start at 1")
    os.makedirs(options.directory, exist_ok=True)
    results = []
    for size in options.sizes:
        results.append(bench(options, size * 1000000))
        show(results[-1])
    path = os.path.join(options.directory, "cur-results.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump({"processors": os.cpu_count(), "results": results}, file, indent=2)
        file.write("\n")
    os.replace(path + ".new", path)


if __name__ == "__main__":
    main(sys.argv[1:])
