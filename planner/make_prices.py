#!/usr/bin/env python3
"""Makes prices.def, the price table that is compiled in, from prices.json beside it.

Run by hand when prices.json changes: `make prices`. A test runs it again and compares.
It must not know: how a price is used.
"""

import json
import os
import re
from decimal import Decimal

BESIDE = os.path.dirname(os.path.abspath(__file__))
EVERYWHERE = ""  # the region of what costs the same in all of them
FAMILIES = ("snapshot", "ebs_direct_api_per_1000", "volume_gb_month", "volume_iops_month", "linux_on_demand_hour")
SINGLES = ("fsr_dsu_hour", "gp3_throughput_mibps_month", "standard_per_million_ios")


def units(price):
    """The price in 10^-14 USD; it must have no more decimals."""
    scaled = Decimal(str(price)) * 10**14
    assert scaled == int(scaled) >= 0, price
    return int(scaled)


def rows(book):
    """(region, item, price) of every price."""
    yield EVERYWHERE, "public_ipv4_hour", book["global"]["public_ipv4_hour"]
    for region, block in book["regions"].items():
        for family in FAMILIES:
            for name, price in block.get(family, {}).items():
                yield region, "%s.%s" % (family, name), price
        for single in SINGLES:
            if single in block:
                yield region, single, block[single]
    for region, types in book["os_on_demand_hour"].items():
        for name, systems in types.items():
            if name != "src":
                for system, price in systems.items():
                    yield region, "os_on_demand_hour.%s.%s" % (system, name), price


def main():
    with open(os.path.join(BESIDE, "prices.json"), encoding="utf-8") as file:
        book = json.load(file, parse_float=Decimal)
    table = sorted(rows(book), key=lambda row: (row[0].encode(), row[1].encode()))
    regions = sorted({row[0] for row in table}, key=str.encode)
    names = sorted({row[1] for row in table}, key=str.encode)
    dates = sorted(re.search("[0-9]{4}-[0-9-]+", each["published"]).group() for each in book["sources"].values())
    lines = ["/* Made by make_prices.py from prices.json, which names the sources: do not edit. Sorted by text. */"]
    lines.append('PRICES_FROM("%s", "%s")' % (dates[0], dates[-1]))
    lines += ['REGION("%s")' % region for region in regions]
    lines += ['NAME("%s")' % name for name in names]
    region_numbers = {text: number for number, text in enumerate(regions)}
    name_numbers = {text: number for number, text in enumerate(names)}
    lines += ["PRICE(%d, %d, %d)" % (region_numbers[r], name_numbers[n], units(price)) for r, n, price in table]
    with open(os.path.join(BESIDE, "prices.def"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
