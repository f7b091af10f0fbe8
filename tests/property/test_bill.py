"""Random histories of blocks with a bill: each stored version is billed to its oldest holder, as EBS does.
It must not know: how amiplan estimates. The histories, and what is true of them, are test_cost.py's."""

import os
import random
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal

import pytest

import test_cost as costs

HEADER = (
    "line_item_line_item_type,line_item_usage_type,line_item_product_code,line_item_resource_id,"
    "line_item_usage_start_date,line_item_usage_end_date,line_item_usage_amount,line_item_unblended_cost\n"
)


def billed_blocks(history):
    """Blocks by snapshot: every version that is stored, with the oldest that holds it."""
    owner = {}
    stored = [s for s in history.snapshots if history.stored(s)]
    for snapshot in sorted(stored, key=lambda s: s.number):
        for version in snapshot.blocks.values():
            owner.setdefault(version, snapshot)
    return {s: sum(each is s for each in owner.values()) for s in stored}


def write_bill(history, path, omit):
    """A row a snapshot for the whole of October 2026. Whether snapshots without cost have one, `omit` decides."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADER)
        for snapshot, blocks in billed_blocks(history).items():
            if blocks == 0 and omit:
                continue
            gib = Decimal(blocks) * costs.BYTES / costs.GIB
            file.write("Usage,EBS:SnapshotUsage,AmazonEC2,arn:aws:ec2:%s:%s:snapshot/%s,2026-10-01T00:00:00Z,"
                       "2026-11-01T00:00:00Z,%s,%s\n" % (
                           costs.REGION, costs.ACCOUNT, snapshot.id, gib, gib * costs.STANDARD))
        # A month of something, where no snapshot is billed at all.
        file.write("Usage,EBS:VolumeUsage.gp3,AmazonEC2,vol-0123456789abcdef0,2026-10-01,2026-11-01,1,0.08\n")


def check_case(seed):
    """Whether the bill made an answer exact, and whether it narrowed one."""
    rng = random.Random(seed)
    history = costs.History(rng)
    folder = tempfile.mkdtemp(prefix="amiplan-bill-")
    try:
        bill = os.path.join(folder, "bill.csv")
        costs.write(folder, history.documents())
        write_bill(history, bill, rng.random() < 0.3)
        rough = costs.plan_of(folder)
        billed = costs.plan_of(folder, "--cur", bill)
        costs.check_truth(history, billed)
        costs.check_shares(billed)
        fine, coarse = costs.amounts_of(billed), costs.amounts_of(rough)
        for name, amount in fine.items():
            costs.check(costs.is_inside(amount, coarse[name]), "a bill widened: " + name, coarse[name], amount)
        saving = fine["saving"]
        return (saving["level"] == "billed" and saving["min"] == saving["max"] != "0.00",
                saving["max"] != coarse["saving"]["max"])
    finally:
        shutil.rmtree(folder)


def run_block(first):
    exact = narrower = 0
    for seed in range(first, min(first + costs.BLOCK, costs.FIRST + costs.CASES)):
        try:
            is_exact, is_narrower = check_case(seed)
        except costs.Wrong as wrong:
            return "seed %d: %s" % (seed, wrong), exact, narrower
        exact, narrower = exact + is_exact, narrower + is_narrower
    return None, exact, narrower


def test_random_histories_with_a_bill():
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(run_block, range(costs.FIRST, costs.FIRST + costs.CASES, costs.BLOCK)))
    wrong = [text for text, _, _ in results if text]
    if wrong:
        pytest.fail("\n".join(wrong[:5]))
    if costs.CASES >= 200:
        assert sum(exact for _, exact, _ in results) > costs.CASES / 50
        assert sum(narrower for _, _, narrower in results) > costs.CASES / 5
