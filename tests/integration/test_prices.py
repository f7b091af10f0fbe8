"""Prices: every region and item of the built-in list, lists of one's own, and what a plan records of them.

It must not know: how a price is found. planner/prices.json is the oracle.
"""

import gzip
import hashlib
import itertools
import json
import os
from decimal import Decimal, getcontext

import pytest

import inventory
import tool

getcontext().prec = 60
PRICES = os.path.join(tool.TOP, "planner", "prices.json")
HOURS = 730
GIB = 1 << 30

with open(PRICES, encoding="utf-8") as opened:
    BOOK = json.load(opened, parse_float=Decimal, parse_int=Decimal)


def cost(*arguments):
    """`amiplan cost` as JSON, its amounts as Decimals."""
    result = tool.run("cost", *arguments, "--as-of", inventory.AS_OF, "-T", "json", "--quiet")
    assert result.status == 0, result
    return json.loads(result.text)


def most(amount):
    """The upper end of what has a price."""
    text = amount["max"] or amount.get("priced", "0")
    return Decimal(text)


def region_of_everything(directory, region):
    """One thing of each price of a region; returns what each part of the cost must be."""
    block = BOOK["regions"][region]
    place = inventory.Place(region=region)
    types = sorted(block.get("linux_on_demand_hour", {}))
    for number, name in enumerate(types):
        place.instances(
            inventory.instance(
                number, inventory.ami(1), InstanceType=name, UsageOperation="RunInstances", BlockDeviceMappings=[]
            )
        )
    systems = BOOK["os_on_demand_hour"].get(region, {})
    codes = {"RHEL": "0010", "RHEL HA": "1010", "SUSE": "000g", "Ubuntu Pro": "0g00", "Windows": "0002"}
    pairs = [(name, system) for name in systems if name != "src" for system in systems[name] if system in codes]
    for number, (name, system) in enumerate(pairs, len(types)):
        operation = "RunInstances:" + codes[system]
        place.instances(
            inventory.instance(
                number, inventory.ami(1), InstanceType=name, UsageOperation=operation, BlockDeviceMappings=[]
            )
        )
    volumes = block.get("volume_gb_month", {})
    iops = {"gp3": 3500, "io1": 700, "io2": 70000}
    for number, name in enumerate(sorted(volumes)):
        more = {"Iops": iops[name]} if name in iops else {}
        if name == "gp3":
            more["Throughput"] = 126
        place.add("volumes", inventory.volume(number, VolumeType=name, Size=1, **more))
    place.snapshots(
        inventory.snapshot(1, FullSnapshotSizeInBytes=GIB, Description="by hand"),
        inventory.snapshot(2, FullSnapshotSizeInBytes=GIB, Description="by hand", StorageTier="archive"),
    )
    place.document(
        "restores.json",
        {
            "FastSnapshotRestores": [
                {"SnapshotId": inventory.snap(1), "AvailabilityZone": region + "a", "State": "enabled"}
            ]
        },
    )
    place.write(directory)
    tiers, expected = block["volume_iops_month"], {}
    expected["volumes"] = (
        sum(volumes.values())
        + 500 * tiers["gp3"]
        + 700 * tiers["io1"]
        + 32000 * (tiers["io2_tier1"] + tiers["io2_tier2"])
        + 6000 * tiers["io2_tier3"]
        + block["gp3_throughput_mibps_month"]
    )
    linux = sum(block.get("linux_on_demand_hour", {}).values())
    expected["instances"] = HOURS * (linux + sum(systems[name][system] for name, system in pairs))
    expected["other_snapshots"] = block["snapshot"]["standard_gb_month"] + block["snapshot"]["archive_gb_month"]
    expected["fast_restore"] = HOURS * block["fsr_dsu_hour"]
    return expected


@pytest.mark.parametrize("region", sorted(BOOK["regions"]))
def test_every_price_of_a_region(tmp_path, region):
    """Built in and from the file, every item costs what prices.json says."""
    expected = region_of_everything(tmp_path, region)
    for options in ((), ("--prices", PRICES)):
        before = cost(tmp_path, *options)["before"]
        assert {part: most(before[part]) for part in expected} == expected


def test_what_has_no_price_is_named(tmp_path):
    """A region without prices of instances, one without any, a type that nobody lists: unknown, never 0."""
    inventory.Place(region="ap-east-2").instances(inventory.instance(1, inventory.ami(1))).write(tmp_path)
    inventory.Place(region="cn-north-1").add("volumes", inventory.volume(2)).without("snapshots").write(tmp_path)
    found = cost(tmp_path)
    gaps = {(gap["region"], gap["what"]) for gap in found["unpriced"]}
    assert ("ap-east-2", "linux_on_demand_hour.t3.micro") in gaps
    assert ("cn-north-1", "volume_gb_month.gp3") in gaps
    assert found["before"]["volumes"]["max"] is None and found["before"]["instances"]["max"] is None


def small(tmp_path):
    """An inventory with one AMI to deregister and its snapshot."""
    directory = tmp_path / "inventory"
    place = inventory.Place(region="eu-west-1").pair(1)
    place.lists["snapshots"][0]["FullSnapshotSizeInBytes"] = 8 * GIB
    place.permissions[inventory.ami(1)] = []
    place.write(directory)
    return directory


def own(price, **more):
    """A list of one price."""
    return dict({"regions": {"eu-west-1": {"snapshot": {"standard_gb_month": price}}}}, **more)


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_list_of_ones_own(tmp_path):
    """It takes the place of the built-in one, and the plan says which it was."""
    text = json.dumps(own("0.25", sources={"me": {"published": "2026-10-31"}}))
    path = write(tmp_path / "mine.json", text)
    packed = tmp_path / "mine.json.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    plans = [tool.plan(small(tmp_path), "--unused", "--prices", each) for each in (path, packed)]
    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    for made, each in zip(plans, (path, packed)):
        assert made["selection"]["prices"] == [{"file": str(each), "sha256": digest, "date": "2026-10-31"}]
        assert made["cost"]["prices"] == {"source": str(each), "date": "2026-10-31"}
        assert made["cost"]["before"]["image_snapshots"]["max"] == "2.00"
    assert "prices" not in tool.plan(small(tmp_path), "--unused")["selection"]


def test_several_lists_in_any_order(tmp_path):
    a = write(tmp_path / "a.json", own(1))
    b = write(tmp_path / "b.json", {"regions": {"us-east-1": {"fsr_dsu_hour": 0.75}}})
    outputs = {
        tool.run("plan", small(tmp_path), "--as-of", inventory.AS_OF, "-T", "json", *options).out
        for options in (
            ("--prices", a, "--prices", b),
            ("--prices", b, "--prices", a),
            ("--prices", b, "--prices", a, "--prices", b),
        )
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["cost"]["prices"] == {"source": "%s, %s" % (a, b), "date": ""}


def test_from_a_policy_file(tmp_path):
    """Relative to the policy's own directory; explain reads the same policy and needs no price."""
    (tmp_path / "policy").mkdir()
    write(tmp_path / "policy" / "mine.json", own(1))
    policy = write(tmp_path / "policy" / "policy.yaml", "unused: true\nprices: mine.json\n")
    made = tool.plan(small(tmp_path), "--policy", policy)
    assert made["selection"]["prices"][0]["file"] == str(tmp_path / "policy" / "mine.json")
    assert made["cost"]["before"]["image_snapshots"]["max"] == "8.00"
    explained = tool.run("explain", small(tmp_path), inventory.ami(1), "--policy", policy)
    assert explained.status == 0, explained


def product(usage_type, price, **attributes):
    """A product as GetProducts writes it: a string."""
    return json.dumps(
        {
            "product": {"attributes": dict({"regionCode": "eu-west-1", "usagetype": usage_type}, **attributes)},
            "terms": {
                "OnDemand": {
                    "A.B": {"priceDimensions": {"A.B.C": {"unit": "GB-Mo", "beginRange": "0", "pricePerUnit": price}}}
                }
            },
            "publicationDate": "2026-10-01T00:00:00Z",
        }
    )


def test_answers_of_get_products(tmp_path):
    """As `aws pricing get-products` prints them, page after page into one file, or on standard input."""
    pages = [
        {"PriceList": [product("EU-EBS:SnapshotUsage", {"USD": "0.0600000000"})], "FormatVersion": "aws_v1"},
        {"PriceList": [product("EU-EBS:VolumeUsage.gp3", {"USD": "0.0880000000"})]},
    ]
    path = write(tmp_path / "pages.json", "\n".join(json.dumps(page, indent=4) for page in pages))
    assert cost(small(tmp_path), "--prices", path)["before"]["image_snapshots"]["max"] == "0.48"
    piped = tool.run(
        "cost", small(tmp_path), "--prices", "-", "--as-of", inventory.AS_OF, "-T", "json", stdin=path.read_bytes()
    )
    assert json.loads(piped.text)["prices"] == {"source": "standard input", "date": "2026-10-01"}
    twice = tool.run("cost", "-", "--prices", "-", stdin=path.read_bytes())
    assert "only once" in tool.one_error(twice, 64)


BAD = {
    "below zero": (own(-1), ":1:", "is no price"),
    "fifteen decimals": (own("0.000000000000001"), ":1:", "fourteen decimals"),
    "no number": (own("dear"), ":1:", '"dear" is no price'),
    "yuan": (own(1, currency="CNY"), ":1:", "only USD"),
    "another schema": (own(1, schema=9), ":1:", "only schema 1"),
    "a region of nowhere": ({"regions": {"mars": {}}}, ":1:", "is no region"),
    "truncated": ('{"regions": {"eu-west-1": {', ":1:", "truncated"),
    "an inventory": ({"Images": []}, ":1:1:", "is no price list"),
    "no price at all": ({"regions": {}}, ": ", "no price in it"),
    "bulk JSON": ({"products": {}, "terms": {}}, ":1:1:", "as CSV"),
    "a page in yuan": ({"PriceList": [product("EBS:SnapshotUsage", {"CNY": "1"})]}, ":1:", "no price in USD"),
    "text": ("hello\nworld\n", ":3:1:", "is no price list"),
    "Parquet": ("PAR1xxxx", ": ", "Parquet"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_lists(tmp_path, name):
    """One line with the place, and no plan."""
    content, place, words = BAD[name]
    path = write(tmp_path / "bad.json", content)
    line = tool.one_error(tool.run("plan", small(tmp_path), "--prices", path))
    assert line.startswith(str(path) + place), line
    assert words in line


def test_two_prices_for_one_thing(tmp_path):
    paths = [write(tmp_path / name, own(price)) for name, price in (("a.json", 1), ("b.json", 2))]
    options = itertools.chain.from_iterable(("--prices", path) for path in paths)
    line = tool.one_error(tool.run("plan", small(tmp_path), *options))
    assert "two prices for snapshot.standard_gb_month in eu-west-1" in line


def test_a_saved_plan_has_its_prices(tmp_path):
    saved = tmp_path / "plan.json"
    assert tool.run("plan", small(tmp_path), "-o", saved).status == 0
    line = tool.one_error(tool.run("cost", saved, "--prices", PRICES), 64)
    assert line.startswith("--prices: a saved plan has its prices already")
    missing = tool.one_error(tool.run("plan", small(tmp_path), "--prices", tmp_path / "nowhere.json"))
    assert "cannot be opened" in missing


def test_a_name_that_is_no_text(tmp_path):
    """Bytes of a path that are no UTF-8 do not spoil the plan."""
    path = os.path.join(os.fsencode(tmp_path), b"a\xff\x1b[31m.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(own(1), file)
    made = tool.plan(small(tmp_path), "--unused", "--prices", os.fsdecode(path))
    assert made["cost"]["prices"]["source"].endswith("a?\x1b[31m.json")
    text = tool.run("plan", small(tmp_path), "--unused", "--prices", os.fsdecode(path))
    assert text.status == 0 and b"\x1b" not in text.out and b"\xff" not in text.out


def test_systems_that_no_list_has(tmp_path):
    """RHEL from the price of Linux and a surcharge, and called an estimate; Windows at least as Linux, and unknown."""
    codes = {1: "RunInstances:0010", 2: "RunInstances:0002"}
    place = inventory.Place(region="eu-west-1")
    for number, operation in codes.items():
        more = {"InstanceType": "m5.large", "UsageOperation": operation, "BlockDeviceMappings": []}
        place.instances(inventory.instance(number, inventory.ami(1), **more))
    place.write(tmp_path)
    linux = BOOK["regions"]["eu-west-1"]["linux_on_demand_hour"]["m5.large"]
    found = cost(tmp_path)
    red_hat, windows = sorted(found["unpriced"], key=lambda gap: gap["what"])
    assert red_hat["what"] == "os_on_demand_hour.RHEL.m5.large"
    assert red_hat["estimate"] == "the price of Linux and 0.0144 USD for each vCPU"
    assert windows["what"] == "os_on_demand_hour.Windows.m5.large" and "estimate" not in windows
    instances = found["before"]["instances"]
    assert instances["max"] is None and instances["level"] == "range"
    assert Decimal(instances["priced"]) == HOURS * (linux + 2 * Decimal("0.0144") + linux)
    saved = tmp_path / "plan.json"
    assert tool.run("plan", tmp_path, "--as-of", inventory.AS_OF, "-o", saved).status == 0
    tool.validate(json.loads(saved.read_text()))
    shown = tool.run("show", saved).text
    estimate = "Estimated: os_on_demand_hour.RHEL.m5.large in eu-west-1 (1, such as %s), as the price of Linux"
    assert estimate % inventory.inst(1) in " ".join(shown.split())
    assert "No price known: os_on_demand_hour.Windows.m5.large in eu-west-1" in shown
