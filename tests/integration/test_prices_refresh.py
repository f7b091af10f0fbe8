"""`amiplan prices`: the built-in book, and a fresh one from a price list on loopback.

It must not know: how the price list is asked.
"""

import json
import os
import sys
from decimal import Decimal

import pytest

from fake_account import Account, Region
from fake_aws import FakeAws, error, raw, truncated
from fake_billing import Billing, product
from inventory import OTHER_REGION, REGION, Place, ami, instance
from live import NO_PROXIES
from tool import TOP, one_error, run

sys.path.insert(0, os.path.join(TOP, "planner"))
import make_prices  # noqa: E402  pylint: disable=wrong-import-position

HOME = "us-east-1"
TYPE = {
    "regionCode": REGION,
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "licenseModel": "No License required",
    "marketoption": "OnDemand",
}


def linux(sku, kind, price, **changes):
    attributes = {
        **TYPE,
        "operatingSystem": "Linux",
        "operation": "RunInstances",
        "instanceType": kind,
        "usagetype": "EU-BoxUsage:%s" % kind,
    }
    return product(sku, "Compute Instance", price, "Hrs", **{**attributes, **changes})


def ebs(sku, family, usage, price, unit="GB-Mo", **attributes):
    return product(sku, family, price, unit, regionCode=REGION, usagetype="EU-" + usage, **attributes)


def catalogue():
    """What a region's price list has, with the traps that AWS's has."""
    return [
        ebs("S1", "Storage Snapshot", "EBS:SnapshotUsage", "0.0510000000"),
        ebs("S2", "Storage Snapshot", "EBS:SnapshotUsage.outposts", "0.0900000000"),
        ebs("S3", "Storage Snapshot", "EBS:SnapshotArchiveStorage", "0.0130000000"),
        ebs("S4", "Storage Snapshot", "EBS:SnapshotUsageUnderBilling", "0.0000000000"),
        ebs("F1", "Fast Snapshot Restore", "EBS:FastSnapshotRestore", "0.8300000000", "DSU-Hours"),
        ebs("D1", "EBS direct API Requests", "EBS:directAPI.snapshot.List", "0.0000006000", "SnapshotAPIUnits"),
        ebs("V1", "Storage", "EBS:VolumeUsage.gp3", "0.0880000000", volumeApiName="gp3"),
        ebs("V2", "Storage", "EBS:VolumeUsage.gp3", "0.1200000000", locationType="AWS Local Zone"),
        ebs("V3", "Storage", "EBS:VolumeUsage", "0.0550000000"),
        ebs("I1", "System Operation", "EBS:VolumeP-IOPS.io2.tier2", "0.0501000000", "IOPS-Mo", group="EBS IOPS"),
        ebs("T1", "Provisioned Throughput", "EBS:VolumeP-Throughput.gp3", "45.0560000000", "GiBps-mo"),
        linux("L1", "c5.large", "0.0960000000"),
        linux("L2", "c5.large", "0.0960000000", capacitystatus="UnusedCapacityReservation"),
        linux("L3", "m5.large", "0.1070000000"),
        linux("L4", "m5.large", "0.2000000000", tenancy="Dedicated"),
        linux("R1", "c5.large", "0.1250000000", operatingSystem="RHEL", operation="RunInstances:0010"),
        product(
            "A1",
            None,
            "0.0050000000",
            "Hrs",
            "AmazonVPC",
            regionCode=HOME,
            usagetype="PublicIPv4:InUseAddress",
        ),
    ]


@pytest.fixture
def fake():
    region = Region()
    region.billing = Billing()
    region.billing.products = catalogue()
    with FakeAws(Account({HOME: region})) as server:
        server.billing = region.billing
        yield server


def prices(fake, *words, timeout=60):
    environment = {**NO_PROXIES, **fake.environment(), "AWS_REGION": HOME}
    done = run("prices", *words, env=environment, timeout=timeout)
    for secret in fake.secrets():
        assert secret.encode() not in done.out + done.err
    assert fake.strays == []
    return done


def book(text):
    """{(region, item): price}, read as the built-in book's maker reads."""
    made = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    rows = list(make_prices.rows(made))
    assert len({row[:2] for row in rows}) == len(rows)
    return {row[:2]: Decimal(row[2]) for row in rows}


def test_the_built_in_book_comes_out_as_it_went_in():
    with open(os.path.join(TOP, "planner", "prices.json"), encoding="utf-8") as file:
        assert book(run("prices", "-T", "json").text) == book(file.read())


def test_a_region_of_the_built_in_book():
    done = run("prices", "--region", REGION)
    assert "snapshot.standard_gb_month" in done.text and "us-east-1" not in done.text
    assert {region for region, _ in book(run("prices", "--region", REGION, "-T", "json").text)} == {"", REGION}
    assert "eu-nowhere-1" in one_error(run("prices", "--region", "eu-nowhere-1"))


def test_a_fresh_book(fake):
    done = prices(fake, "--refresh", "--region", REGION, "-T", "json")
    assert done.status == 0 and done.errors == "", done
    assert book(done.text) == {
        ("", "public_ipv4_hour"): Decimal("0.005"),
        (REGION, "snapshot.standard_gb_month"): Decimal("0.051"),
        (REGION, "snapshot.archive_gb_month"): Decimal("0.013"),
        (REGION, "fsr_dsu_hour"): Decimal("0.83"),
        (REGION, "ebs_direct_api_per_1000.list"): Decimal("0.0006"),
        (REGION, "volume_gb_month.gp3"): Decimal("0.088"),
        (REGION, "volume_gb_month.standard"): Decimal("0.055"),
        (REGION, "volume_iops_month.io2_tier2"): Decimal("0.0501"),
        (REGION, "gp3_throughput_mibps_month"): Decimal("0.044"),
        (REGION, "linux_on_demand_hour.c5.large"): Decimal("0.096"),
        (REGION, "linux_on_demand_hour.m5.large"): Decimal("0.107"),
    }
    assert json.loads(done.text)["sources"]["book"]["published"] == "2026-09-15"
    assert {call.action for call in fake.calls} == {"GetProducts"}
    assert {call.region for call in fake.calls} == {HOME}


def test_regions_and_systems_of_an_inventory(fake, tmp_path):
    made = Place().pair(1)
    made.instances(
        instance(1, ami(1), UsageOperation="RunInstances:0010", PlatformDetails="Red Hat Enterprise Linux")
    )
    done = prices(fake, "--refresh", made.write(tmp_path), "-T", "json")
    assert done.status == 0, done
    found = book(done.text)
    assert found[REGION, "os_on_demand_hour.RHEL.c5.large"] == Decimal("0.125")
    assert found[REGION, "linux_on_demand_hour.c5.large"] == Decimal("0.096")


def test_pages(fake):
    whole = prices(fake, "--refresh", "--region", REGION, "-T", "json").text
    fake.billing.products += [linux("X%d" % number, "x%d.large" % number, "1.5") for number in range(250)]
    fake.billing.most, fake.billing.empty_pages = 40, 1
    fake.forget()
    done = prices(fake, "--refresh", "--region", REGION, "-T", "json")
    assert len(book(done.text)) == len(book(whole)) + 250
    assert len(fake.calls) > 16


def test_two_prices_for_one_thing_are_none(fake):
    fake.billing.products.append(linux("L9", "c5.large", "0.0970000000"))
    done = prices(fake, "--refresh", "--region", REGION, "-T", "json")
    assert done.status == 0
    assert done.errors == (
        "amiplan: left out: %s: linux_on_demand_hour.c5.large is listed at 0.096 and at 0.097\n" % REGION
    )
    assert (REGION, "linux_on_demand_hour.c5.large") not in book(done.text)


def test_a_region_without_prices_is_named(fake):
    done = prices(fake, "--refresh", "--region", REGION, "--region", OTHER_REGION.replace("1", "2"), "-T", "json")
    assert done.status == 0 and "no price of" in done.errors


FAULTS = {
    "throttled": error("ThrottlingException"),
    "an internal error": error("InternalErrorException", 500),
    "a truncated answer": truncated(),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_passes_is_retried(fake, name):
    wanted = prices(fake, "--refresh", "--region", REGION, "-T", "json").text
    fake.fault(FAULTS[name], "GetProducts", [1, 4])
    assert prices(fake, "--refresh", "--region", REGION, "-T", "json").text == wanted


def test_a_stale_page_token_begins_anew(fake):
    fake.billing.products += [linux("X%d" % number, "x%d.large" % number, "1.5") for number in range(250)]
    wanted = prices(fake, "--refresh", "--region", REGION, "-T", "json").text
    stale = fake.fault(error("ExpiredNextTokenException"), when=lambda call: "NextToken" in call.parameters, numbers=[1])
    assert prices(fake, "--refresh", "--region", REGION, "-T", "json").text == wanted
    assert stale.used == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"{}",
        b'{"FormatVersion": "aws_v1", "PriceList": [5]}',
        b'{"FormatVersion": "aws_v1", "PriceList": ["{\\"product\\": {"]}',
        b'{"PriceList": "none"}',
    ],
)
def test_an_answer_that_is_none_leaves_no_file(fake, tmp_path, answer):
    fake.fault(raw(answer, 200, "application/x-amz-json-1.1"), "GetProducts", range(2, 1000))
    target = tmp_path / "prices.json"
    assert one_error(prices(fake, "--refresh", "--region", REGION, "-o", target))
    assert not target.exists()


def test_denied(fake, tmp_path):
    fake.fault(error("AccessDeniedException", 403), "GetProducts")
    target = tmp_path / "prices.json"
    assert "AccessDeniedException" in one_error(prices(fake, "--refresh", "--region", REGION, "-o", target))
    assert not target.exists()


def test_a_fresh_book_is_what_prices_reads(fake, tmp_path):
    target = tmp_path / "prices.json"
    assert prices(fake, "--refresh", "--region", REGION, "-o", target).status == 0
    again = run("prices", "--prices", target, "-T", "json")
    assert book(again.text) == book(target.read_text(encoding="utf-8"))


def test_no_region(fake):
    assert "--region" in one_error(prices(fake, "--refresh"), 64)
    assert "--refresh" in one_error(prices(fake, "somewhere"), 64)
