"""Cost and usage reports: random ones against sums made with Python's csv and Decimal, and what is refused.

It must not know: how amiplan reads them. Each snapshot here is a lineage by itself, so what is billed for it is freed.
"""

import csv
import gzip
import hashlib
import io
import random
from datetime import datetime, timedelta
from decimal import Decimal, getcontext

import pytest

import inventory
import tool

getcontext().prec = 60
GIB = 1 << 30
PRICE = Decimal("0.05")  # of a GiB-month of snapshots in eu-west-1
OCTOBER = datetime(2026, 10, 1)
HOURS = 744
LEGACY = {
    "kind": "lineItem/LineItemType",
    "usage": "lineItem/UsageType",
    "product": "lineItem/ProductCode",
    "resource": "lineItem/ResourceId",
    "start": "lineItem/UsageStartDate",
    "end": "lineItem/UsageEndDate",
    "amount": "lineItem/UsageAmount",
    "cost": "lineItem/UnblendedCost",
    "currency": "lineItem/CurrencyCode",
    "name": "resourceTags/user:Name",
}
CUR2 = {
    "kind": "line_item_line_item_type",
    "usage": "line_item_usage_type",
    "product": "line_item_product_code",
    "resource": "line_item_resource_id",
    "start": "line_item_usage_start_date",
    "end": "line_item_usage_end_date",
    "amount": "line_item_usage_amount",
    "cost": "line_item_unblended_cost",
    "currency": "line_item_currency_code",
    "name": "resource_tags",
}
TIMES = {id(LEGACY): "%Y-%m-%dT%H:%M:%SZ", id(CUR2): "%Y-%m-%d %H:%M:%S.000"}
NAMES = ("", "web", 'a "quoted", name', "two\nlines", '{"user_name": "x, y"}', "Grüße", " ")


def arn(number):
    return "arn:aws:ec2:eu-west-1:%s:snapshot/%s" % (inventory.ACCOUNT, inventory.snap(number))


def row(first, last, resource, amount, **changes):
    """What a report tells of the hours from `first` to `last` of October."""
    return dict(
        {
            "kind": "Usage",
            "usage": "EU-EBS:SnapshotUsage",
            "product": "AmazonEC2",
            "resource": resource,
            "start": OCTOBER + timedelta(hours=first),
            "end": OCTOBER + timedelta(hours=last),
            "amount": amount,
            "cost": "0.0001",
            "currency": "USD",
            "name": "",
        },
        **changes,
    )


def write(path, rows, names=LEGACY, end="\n", order=None, mark=""):
    """A report with these rows, packed if the path ends in .gz; `order` of the columns."""
    order = order or list(names)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(names[each] for each in order)
    for one in rows:
        shown = dict(one, start=one["start"].strftime(TIMES[id(names)]), end=one["end"].strftime(TIMES[id(names)]))
        writer.writerow(shown[each] for each in order)
    content = (mark + text.getvalue()).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def account(directory, count):
    """So many orphans of volumes of 1 TiB, each with a data key of its own; how full they are only the bill tells."""
    place = inventory.Place(region="eu-west-1")
    for number in range(1, count + 1):
        place.snapshots(
            inventory.snapshot(
                number, VolumeSize=1024, Encrypted=True, DataEncryptionKeyId="key-%d" % number
            )
        )
    return place.write(directory)


def savings(directory, *paths, count=None):
    """Every step's saving, by resource. A bill proves nothing while something may lie in the Recycle Bin."""
    options = [each for path in paths for each in ("--cur", path)]
    made = tool.plan(directory, "--orphans", "--assume-complete", "recycle-bin", *options)
    found = {step["resource"]: step["monthly_saving_usd"] for step in made["steps"]}
    assert count is None or len(found) == count
    return found


def amounts_of(rows, number):
    """The oracle: the average of October in whole bytes, or of its last day where October was not even; or None."""
    mine = [one for one in rows if one["resource"] == arn(number) and one["kind"] == "Usage"]
    if not mine:
        return None
    at = [(int((one["start"] - OCTOBER).total_seconds()) // 3600, Decimal(one["amount"])) for one in mine]
    early, late = (
        [amount for hour, amount in at if first <= hour < first + 24] for first in (0, HOURS - 24)
    )
    days = [sum(day) * HOURS / len(day) if day else Decimal(0) for day in (early, late)]
    even = {hour for hour, _ in at} == set(range(HOURS)) and abs(days[0] - days[1]) * 1000 <= max(days)
    return sum(amount for _, amount in at) if even else days[1] or None


def random_rows(dice, count):
    """Hourly rows of some snapshots: steady, made or deleted in the month, grown; and rows of no interest."""
    rows = []
    for number in range(1, count + 1):
        first, last = dice.choice([(0, HOURS)] * 3 + [(dice.randrange(HOURS), HOURS), (0, dice.randrange(1, HOURS))])
        small, large = (Decimal(dice.randrange(1, 10**10)) / 10**11 for _ in range(2))
        change = dice.choice([HOURS, HOURS, dice.randrange(HOURS)])
        for hour in range(first, last):
            amount = "%.10f" % (small if hour < change else large)
            rows.append(row(hour, hour + 1, arn(number), amount, name=dice.choice(NAMES)))
        if dice.random() < 0.3:
            rows.append(row(0, HOURS, arn(number), "0", kind="EdpDiscount", cost="-0.5"))
    # So that there is a whole month, whatever the dice gave.
    rows += [row(hour, hour + 1, "vol-00000001", "0.1", usage="EU-EBS:VolumeUsage.gp3") for hour in range(HOURS)]
    rows += [row(0, 1, arn(1), "9", usage="EU-EBS:SnapshotUsage.outposts")] * 3
    rows += [row(0, 1, arn(1), "9", usage="EU-EBS:SnapshotUsageUnderBilling")] * 3
    rows += [row(0, 1, arn(1), "9", product="AmazonS3", kind="Usage")]
    rows += [row(0, 1, arn(1), "9", kind="Tax"), row(0, 1, arn(1), "9", kind="Refund", cost="-9")]
    dice.shuffle(rows)
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_random_reports(tmp_path, seed):
    """Columns and rows in any order, in any number of files, old and new names: sums are those of Python."""
    dice = random.Random(seed)
    count = 8
    directory = account(tmp_path / "inventory", count)
    rows = random_rows(dice, count)
    files = dice.choice((1, 2, 3))
    paths = []
    for part in range(files):
        names = dice.choice((LEGACY, CUR2))
        order = list(names)
        dice.shuffle(order)
        path = tmp_path / ("part-%d.csv%s" % (part, dice.choice(("", ".gz"))))
        mine = rows[part::files]
        paths.append(write(path, mine, names, dice.choice(("\n", "\r\n")), order, dice.choice(("", "\ufeff"))))
    found = savings(directory, *paths, count=count)
    billed = 0
    for number in range(1, count + 1):
        useful = [one for one in rows if one["usage"] == "EU-EBS:SnapshotUsage" and one["product"] == "AmazonEC2"]
        amount = amounts_of(useful, number)
        saving = found[inventory.snap(number)]
        if amount is None:
            assert saving["level"] == "range" and Decimal(saving["max"]) == 1024 * PRICE
            continue
        billed += 1
        assert saving["level"] == "billed"
        assert saving["min"] == saving["max"]
        # What is left of a byte is nothing.
        assert 0 <= amount * PRICE - Decimal(saving["max"]) <= PRICE / GIB
    assert billed >= 2


def even(number=1, amount="0.1", first=0, last=HOURS, **changes):
    """One row an hour."""
    return [row(hour, hour + 1, arn(number), amount, **changes) for hour in range(first, last)]


def test_the_plan_records_what_was_read(tmp_path):
    directory = account(tmp_path / "inventory", 1)
    path = write(tmp_path / "cur.csv.gz", even())
    made = tool.plan(directory, "--orphans", "--cur", path)
    digest = hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    assert made["selection"]["bills"] == [{"file": str(path), "sha256": "sha256:" + digest}]
    assert made["selection"]["bill_month"] == "2026-10"
    saved = tmp_path / "plan.json"
    saved.write_text(tool.run("plan", directory, "--orphans", "--cur", path, "-T", "json").text)
    line = tool.one_error(tool.run("cost", saved, "--cur", path), 64)
    assert line.startswith("--cur: ")
    piped = tool.run("cost", directory, "--cur", "-", "-T", "json", stdin=path.read_bytes())
    assert piped.status == 0, piped
    assert '"billed"' in piped.text


def test_copies_count_once(tmp_path):
    """The same bytes by another name, and the same path twice; packed and unpacked they are told twice."""
    directory = account(tmp_path / "inventory", 1)
    paths = [write(tmp_path / name, even()) for name in ("a.csv", "b.csv", "c.csv.gz")]
    once = savings(directory, paths[0])
    assert savings(directory, paths[0], paths[1], paths[0]) == once
    said = tool.run("cost", directory, "--cur", paths[0], "--cur", paths[1])
    assert said.errors.count("it counts once") == 1
    line = tool.one_error(tool.run("plan", directory, "--cur", paths[0], "--cur", paths[2]))
    assert "told more than once" in line


def packed_badly(rows):
    """Compressed reports that lack their end, are damaged, or have something behind them."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    whole = gzip.compress(out.getvalue().encode())
    return {
        "cut": (whole[:-9], "ends in the middle of its compressed data"),
        "damaged": (whole[:40] + bytes([whole[40] ^ 0xFF]) + whole[41:], "damaged"),
        "wrong sum": (whole[:-8] + b"\0\0\0\0" + whole[-4:], "damaged"),
        "more behind": (whole + b"hello", "other bytes behind"),
    }


HEAD = ",".join(LEGACY.values())
LINE = "Usage,EU-EBS:SnapshotUsage,AmazonEC2,%s,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,1,1,USD,x" % arn(1)
BAD = {
    "empty": ("", ": ", "is empty"),
    "only a head": (HEAD, ": ", "no usage of a snapshot"),
    "zero byte": (HEAD + "\n" + LINE + "\0\n", ":2:", "zero byte"),
    "zero byte in quotes": (HEAD + '\n"a\0b"\n', ":2:1:", "zero byte"),
    "quote never closed": (HEAD + "\n" + LINE + '\n"Usage,\n\n', ":3:1:", "closed nowhere"),
    "quote inside a cell": (HEAD + "\n" + LINE + 'x"\n', ":2:", "quote inside a cell"),
    "text behind a quote": (HEAD + '\n"a"b\n', ":2:4:", "more text after the quote"),
    "a lone carriage return": (HEAD + "\r" + LINE, ":1:", "carriage return"),
    "a short row": (HEAD + "\n" + LINE.rsplit(",", 1)[0] + "\n", ":2:", "9 cells where the first line has 10"),
    "a long row": (HEAD + "\n" + LINE + ",y\n", ":2:", "11 cells"),
    "a huge cell": (HEAD + '\n"' + "x" * (5 << 20) + '"\n', ":2:1:", "a row of more than 4194304 bytes"),
    "no resource ids": (HEAD.replace("ResourceId", "Resource"), ":1:1:", "has no resource ids"),
    "another file": ("name,size\nx,1\n", ":1:1:", "is no cost and usage report"),
    "FOCUS": ("BilledCost,ChargePeriodStart,ResourceId\n", ":1:1:", "FOCUS"),
    "Parquet": ("PAR1\x15\x04", ": ", "is a Parquet file: only CSV is read"),
    "zip": ("PK\x03\x04xxxx", ": ", "is a zip file: unpack it"),
    "JSON": ('{"Images": []}', ":1:", "quote inside a cell"),
    "yuan": (HEAD + "\n" + LINE.replace("USD", "CNY"), ":2:", "only bills in USD"),
    "no number": (HEAD + "\n" + LINE.replace(",1,1,", ",1,1 USD,"), ":2:", "is no number"),
    "less than none": (HEAD + "\n" + LINE.replace(",1,1,", ",-1,1,"), ":2:", "below zero"),
    "too much": (HEAD + "\n" + LINE.replace(",1,1,", ",1e300,1,"), ":2:", "is no number"),
    "no time": (HEAD + "\n" + LINE.replace("2026-10-01T", "2026-13-01T"), ":2:", "is no time"),
    "a later month": (HEAD + "\n" + LINE.replace("2026-11-01T00", "2026-11-01T01"), ":2:", "not in the month"),
    "part of a month": (HEAD + "\n" + LINE.replace("2026-11-01", "2026-10-09"), ": ", "ends on 2026-10-09"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_reports(tmp_path, name):
    """One line with its place, and no plan."""
    content, place, words = BAD[name]
    path = tmp_path / "bad.csv"
    path.write_bytes(content.encode())
    line = tool.one_error(tool.run("plan", account(tmp_path / "inventory", 1), "--cur", path))
    assert line.startswith(str(path) + place), line
    assert words in line


@pytest.mark.parametrize("name", ("cut", "damaged", "wrong sum", "more behind"))
def test_bad_packing(tmp_path, name):
    content, words = packed_badly([list(LEGACY.values())] * 2000)[name]
    path = tmp_path / "bad.csv.gz"
    path.write_bytes(content)
    line = tool.one_error(tool.run("plan", account(tmp_path / "inventory", 1), "--cur", path))
    assert line.startswith(str(path) + ": "), line
    assert words in line


def test_a_directory_and_nothing_at_all(tmp_path):
    directory = account(tmp_path / "inventory", 1)
    for path, words in ((tmp_path, "is a directory"), (tmp_path / "nowhere.csv", "cannot be opened")):
        line = tool.one_error(tool.run("plan", directory, "--cur", path))
        assert words.lower() in line.lower(), line


def test_instances_that_a_commitment_pays(tmp_path):
    """On demand is sure, a reservation saves nothing, and nothing is known of what the bill does not have."""
    place = inventory.Place(region="eu-west-1").pair(1)
    place.instances(*(inventory.instance(number, inventory.ami(1), BlockDeviceMappings=[]) for number in (1, 2, 3, 4)))
    place.permissions[inventory.ami(1)] = []
    directory = place.write(tmp_path / "inventory")
    kinds = {1: ["Usage"], 2: ["SavingsPlanCoveredUsage"], 3: ["DiscountedUsage"], 4: []}
    rows = [
        row(hour, hour + 1, inventory.inst(number), "1", usage="EU-BoxUsage:t3.micro", kind=kind, cost="0.0114")
        for number, each in kinds.items()
        for kind in each
        for hour in range(HOURS)
    ]
    bill = write(tmp_path / "cur.csv", rows)
    made = tool.plan(directory, "--ami", inventory.ami(1), "--terminate-instances", "--cur", bill)
    found = {
        step["resource"]: (step["monthly_saving_usd"]["min"], step["monthly_saving_usd"]["max"])
        for step in made["steps"]
        if step["action"] == "terminate-instances"
    }
    month = "%.3f" % (Decimal("0.0114") * 730)
    wanted = {1: (month, month), 2: ("0.00", "0.00"), 3: ("0.00", "0.00"), 4: ("0.00", month)}
    assert found == {inventory.inst(number): pair for number, pair in wanted.items()}
