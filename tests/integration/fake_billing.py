"""What the EBS direct APIs and the price list answer: blocks of snapshots, products with their terms.

It must not know: HTTP, signatures, faults, amiplan. Snapshots are given as {block index: version}; what has changed
between two of them is told by their versions, never by tokens.
"""

import itertools
import json
import re

from fake_account import Refusal

BLOCK_BYTES = 524288
GIB = 2**30 // BLOCK_BYTES  # blocks of a GiB


def route_blocks(path, parameters):
    """(action, parameters) of a request to the EBS direct APIs."""
    found = re.match(r"/snapshots/([^/]+)/(blocks|changedblocks)\Z", path)
    assert found, path
    snapshot, listing = found.groups()
    if listing == "blocks":
        return "ListSnapshotBlocks", {"snapshotId": snapshot, **parameters}
    return "ListChangedBlocks", {"secondSnapshotId": snapshot, **parameters}


class Billing:
    """Snapshots with their blocks, and the products of the price list."""

    def __init__(self):
        self.snapshots = {}  # id -> {block index: version}
        self.lineage = {}  # id -> anything; two that differ are unrelated
        self.unlisted = {}  # id -> Refusal: archived, a key that may not be used
        self.most = 10000  # records a page at most
        self.empty_pages = 0  # how many empty pages with a token come before each page
        self.products = []  # see `product`
        self._numbers, self._tokens = itertools.count(1), {}

    def add(self, snapshot, blocks, lineage="one"):
        self.snapshots[snapshot], self.lineage[snapshot] = blocks, lineage
        return self

    def answer(self, action, parameters):
        return {"GetProducts": self.get_products}.get(action, self.list_blocks)(parameters)

    # The EBS direct APIs.

    def list_blocks(self, parameters):
        second = self.find(parameters.get("snapshotId") or parameters["secondSnapshotId"])
        first = self.find(parameters["firstSnapshotId"]) if "firstSnapshotId" in parameters else None
        if first and self.lineage[first] != self.lineage[second]:
            raise Refusal("ValidationException", "The snapshots are not related.", reason="UNRELATED_SNAPSHOTS")
        size = int(parameters["maxResults"])
        assert 100 <= size <= 10000, parameters
        name, records = ("ChangedBlocks", self.changes(first, second)) if first else ("Blocks", self.blocks(second))
        page, token = self.page((first, second), records, min(size, self.most), parameters.get("pageToken"))
        end = {"NextToken": token} if token else {}
        return {name: page, "BlockSize": BLOCK_BYTES, "ExpiryTime": 1.66e9, "VolumeSize": 16, **end}

    def find(self, snapshot):
        if snapshot in self.unlisted:
            raise self.unlisted[snapshot]
        if snapshot not in self.snapshots:
            raise Refusal(
                "ResourceNotFoundException", "%s does not exist" % snapshot, 404, reason="SNAPSHOT_NOT_FOUND"
            )
        return snapshot

    def token(self):
        """Block tokens are new with each call: nobody can compare them."""
        return "AAABAf%032d/+=" % next(self._numbers)

    def blocks(self, snapshot):
        return [{"BlockIndex": index, "BlockToken": self.token()} for index in sorted(self.snapshots[snapshot])]

    def changes(self, first, second):
        old, new = self.snapshots[first], self.snapshots[second]
        found = []
        for index in sorted(set(old) | set(new)):
            if old.get(index) != new.get(index):
                sides = {"FirstBlockToken": index in old, "SecondBlockToken": index in new}
                found.append({"BlockIndex": index, **{name: self.token() for name, has in sides.items() if has}})
        return found

    def page(self, question, records, size, token):
        """A token is good for its own question only."""
        known, start, empty = self._tokens.get(token, (None, 0, self.empty_pages)) if token else (question, 0, 0)
        if known != question:
            raise Refusal("ValidationException", "The page token is not valid.", reason="INVALID_PAGE_TOKEN")
        if empty < self.empty_pages:
            return [], self.remember(question, start, empty + 1)
        more = start + size < len(records)
        return records[start : start + size], self.remember(question, start + size, 0) if more else None

    def remember(self, *state):
        token = "page/%d+&=%%" % next(self._numbers)
        self._tokens[token] = state
        return token

    def expire(self):
        """Every page token that was given out is stale."""
        self._tokens.clear()

    # The price list.

    def get_products(self, parameters):
        assert parameters["FormatVersion"] == "aws_v1" and 1 <= parameters["MaxResults"] <= 100, parameters
        records = [each for each in self.products if meets(each, parameters)]
        question = json.dumps([parameters["ServiceCode"], parameters["Filters"]])
        page, token = self.page(
            question, records, min(parameters["MaxResults"], self.most), parameters.get("NextToken")
        )
        end = {"NextToken": token} if token else {}
        return {"FormatVersion": "aws_v1", "PriceList": [json.dumps(each) for each in page], **end}


def meets(product, parameters):
    """All filters hold: the field is productFamily or an attribute."""
    known = {**product["product"]["attributes"], "productFamily": product["product"].get("productFamily")}
    return product["serviceCode"] == parameters["ServiceCode"] and all(
        each["Type"] == "TERM_MATCH" and known.get(each["Field"]) == each["Value"] for each in parameters["Filters"]
    )


def product(sku, family, price, unit="GB-Mo", service="AmazonEC2", begin="0", **attributes):
    """A product with its on-demand price in US dollars a unit, as text."""
    rate = "%s.JRTCKXETXF.6YS6EN2CT7" % sku
    dimension = {
        "rateCode": rate,
        "description": "$%s per %s" % (price, unit),
        "unit": unit,
        "beginRange": begin,
        "endRange": "Inf",
        "appliesTo": [],
        "pricePerUnit": {"USD": price},
    }
    term = {
        "offerTermCode": "JRTCKXETXF",
        "sku": sku,
        "effectiveDate": "2026-09-01T00:00:00Z",
        "termAttributes": {},
        "priceDimensions": {rate: dimension},
    }
    made = {"sku": sku, "attributes": {"locationType": "AWS Region", "servicecode": service, **attributes}}
    if family:
        made["productFamily"] = family
    return {
        "product": made,
        "serviceCode": service,
        "version": "20260915000000",
        "publicationDate": "2026-09-15T12:34:56Z",
        "terms": {"OnDemand": {"%s.JRTCKXETXF" % sku: term}},
    }
