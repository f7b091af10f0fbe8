"""Random small accounts: `amiplan plan --save` and `--max-saving` against every subset of what may go.
It must not know: how amiplan chooses. PROPERTY_CASES says how many cases; AMIPLAN names the binary."""

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_cost  # noqa: E402
from test_cost import AMIPLAN, Wrong, check, usd  # noqa: E402

CASES = max(int(os.environ.get("PROPERTY_CASES", "10000")) // 50, 20)  # a case takes about fifty plans
FIRST = int(os.environ.get("PROPERTY_SEED", "0"))
BLOCK = 10                     # cases that one task of the pool works on
MOST_ITEMS = 6                 # so at most 64 plans a case
AS_OF = datetime(2026, 11, 22, tzinfo=timezone.utc)
DAYS = [2, 29, 30, 31, 89, 90, 91, 364, 365, 366, 900]
WEIGHTS = [(30, 8), (90, 4), (365, 2), (None, 1)]  # as docs/choosing.md has them
LEAST = Decimal("0.00000000000001")  # --save takes fourteen decimals


def weight_of(days):
    return next(weight for limit, weight in WEIGHTS if limit is None or days <= limit)


def time_of(days):
    return (AS_OF - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Image:
    def __init__(self, number, rng):
        self.id = "ami-%017x" % (number + 0x1000)
        self.created = rng.choice(DAYS)
        self.launched = rng.choice([None] + [days for days in DAYS if days <= self.created])
        self.snapshots = []

    def weight(self):
        return weight_of(self.created if self.launched is None else self.launched)


class Account(test_cost.History):
    """Volumes, each a family of blocks of its own; snapshots that AMIs map, that outlived theirs, or that stay."""

    def __init__(self, rng):
        self.rng, self.version = rng, 0
        self.volumes, self.snapshots = [], []
        self.told_blocks = rng.choice([0, 0, 0, 0.7, 1, 1])  # how many of the block lists were read
        self.sizeless = rng.choice([(), (), (), (1,), (0, 2)])  # snapshots of which nobody says how large they are
        for number in range(rng.randint(1, 4)):
            self.add_volume({}, None, "k%d" % number)
        for _ in range(rng.randint(2, 9)):
            self.step()
        self.images = [Image(number, rng) for number in range(rng.randint(1, 4))]
        self.settle()

    def settle(self):
        for volume in self.volumes:
            volume.told = True
        for snapshot in self.snapshots:
            snapshot.images = []
            snapshot.fate = self.rng.choices(["goes", "stays"], [8, 1])[0]
            orphans = sum(not s.images for s in self.snapshots[:snapshot.number] if s.fate == "goes")
            if snapshot.fate == "stays":
                continue
            if len(self.images) + orphans < MOST_ITEMS and self.rng.random() < 0.2:
                continue
            for image in self.rng.sample(self.images, min(len(self.images), self.rng.choice([1, 1, 1, 2, 3]))):
                snapshot.images.append(image)
                image.snapshots.append(snapshot)

    def describe(self, snapshot):
        return "" if snapshot.images else super().describe(snapshot)

    def record(self, snapshot):
        """Younger than every AMI: what is older than one that maps it was not made with it, and stays."""
        record = super().record(snapshot)
        if snapshot.number in self.sizeless:
            record.pop("FullSnapshotSizeInBytes", None)
            record.pop("VolumeSize")
        return {**record, "StartTime": "2026-11-20T%02d:00:00.000Z" % (snapshot.number + 1),
                "Tags": [{"Key": "item", "Value": snapshot.id}]}

    def documents(self):
        files = super().documents()
        files["images"] = {"Images": [self.image_record(image) for image in self.images]}
        files.update((name, data) for name, data in self.block_lists().items() if self.rng.random() < self.told_blocks)
        return files

    def image_record(self, image):
        record = {
            "ImageId": image.id, "Name": image.id, "OwnerId": test_cost.ACCOUNT, "State": "available", "Public": False,
            "CreationDate": time_of(image.created), "Architecture": "x86_64",
            "Tags": [{"Key": "item", "Value": image.id}],
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/sd" + letter, "Ebs": {"SnapshotId": snapshot.id}}
                for letter, snapshot in zip("abcdefghij", image.snapshots)],
        }
        if image.launched is not None:
            record["LastLaunchedTime"] = time_of(image.launched)
        return record

    def items(self):
        """What is chosen among: every other step follows these."""
        return [i.id for i in self.images] + [s.id for s in self.snapshots if s.fate == "goes" and not s.images]

    def weights(self):
        """By what goes: how much that disturbs."""
        weights = {image.id: image.weight() for image in self.images}
        for snapshot in self.snapshots:
            weights[snapshot.id] = max([image.weight() for image in snapshot.images], default=1)
        return weights


def run_plan(folder, *args):
    return subprocess.run(
        [AMIPLAN, "plan", folder, "--unused", "--orphans", "--older-than", "0d", "--as-of", "2026-11-22T00:00:00Z",
         "--assume-complete", "recycle-bin", "--assume-complete", "launch-permissions", "-q", "-T", "json", *args],
        capture_output=True, text=True, timeout=60, check=False)


def plan_of(folder, *args):
    done = run_plan(folder, *args)
    check(done.returncode == 0, "plan ended with %d: %s" % (done.returncode, done.stderr), args)
    return json.loads(done.stdout)


def going_in(plan):
    return frozenset(step["resource"] for step in plan["steps"])


def saving_in(plan):
    return plan["cost"]["monthly_saving_usd"]


class Subset:
    """A plan that lets exactly these items go, and what depends on them: the others are protected by their tags."""

    def __init__(self, folder, items, spared, weights):
        protect = [word for item in sorted(spared) for word in ("--protect-tag", "item=" + item)]
        plan = plan_of(folder, *protect)
        self.going = going_in(plan)
        check(self.going.isdisjoint(spared) and self.going.issuperset(set(items) - set(spared)),
              "a plan of other items", plan["steps"], spared)
        self.saving = saving_in(plan)
        self.sure = Decimal(self.saving["min"])
        most = self.saving["max"]
        self.most = Decimal(self.saving["priced"] if most is None else most)
        self.steps = len(self.going)
        self.weight = sum(weights[resource] for resource in self.going)

    def saved(self, by):
        return self.most if by == "most" else self.sure


def subsets_of(folder, account):
    items, weights = account.items(), account.weights()
    subsets = [Subset(folder, items, spared, weights)
               for count in range(len(items) + 1) for spared in itertools.combinations(items, count)]
    return {subset.going: subset for subset in subsets}


def check_growth(subsets):
    """What is surely saved by some steps is by any more: these free all that those do."""
    for less in subsets.values():
        for more in subsets.values():
            check(not less.going < more.going or less.sure <= more.sure, "more steps, less sure",
                  sorted(less.going), less.sure, sorted(more.going), more.sure)


def check_stored(folder, account):
    """What is stored, of AMIs and of others: blocks that both hold stand with the AMIs. And what is left of both."""
    plan = plan_of(folder)
    before, after = plan["cost"]["before"], plan["cost"]["after_phase"]["2"]
    every = {v for s in account.snapshots for v in s.blocks.values()}
    mapped = {v for s in account.snapshots if s.images for v in s.blocks.values()}
    left = {v for s in account.snapshots if s.id not in going_in(plan) for v in s.blocks.values()}
    volumes = Decimal("0.08") * len(account.volumes)
    for name, found, truth in (("of AMIs", before["image_snapshots"], usd(len(mapped))),
                               ("of others", before["other_snapshots"], usd(len(every - mapped))),
                               ("left", after["total"], usd(len(left)) + volumes)):
        check(test_cost.holds(found, truth), "stored " + name, truth, found)


def check_choice(folder, account, subsets, plan, *args):
    """It is one of the subsets, says so in its parts, and holds against the inventory."""
    chosen = subsets.get(going_in(plan))
    whole = max(subsets.values(), key=lambda subset: subset.steps)
    choice = plan["choice"]
    check(chosen is not None, "chosen is no subset", sorted(going_in(plan)))
    check(saving_in(plan) == chosen.saving, "another saving than without choice", saving_in(plan), chosen.saving)
    check(choice["disturbance"] == chosen.weight, "disturbance", choice, chosen.weight)
    check(choice["possible_steps"] == whole.steps, "possible steps", choice, whole.steps)
    check(choice["possible_images"] == len(account.images), "possible AMIs", choice)
    spared = {item["resource"] for item in plan["kept"] if item["rule"] == "not-needed-for-saving"}
    check(spared == whole.going - chosen.going, "spared", spared, whole.going - chosen.going)
    gone = [s for s in account.snapshots if s.id in chosen.going]
    check(usd(account.freed(gone)) >= chosen.sure, "truly frees less", account.freed(gone), chosen.sure)
    path = os.path.join(folder, "plan.plan")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file)
    proof = subprocess.run([AMIPLAN, "verify", path, os.path.join(folder, test_cost.ACCOUNT), "-q"],
                           capture_output=True, text=True, timeout=60, check=False)
    check(proof.returncode == 0, "verify ended with %d: %s%s" % (proof.returncode, proof.stdout, proof.stderr), args)
    return chosen


def check_refusal(whole, target, by, done):
    """All of it together saves too little; and where the other measure would do, the error says so."""
    check(whole.saved(by) < target and done.stdout == "" and "--save" in done.stderr,
          "said to be out of reach", target, whole.saved(by), done.stderr)
    check(("--save-by most" in done.stderr) == (by == "sure" and whole.most >= target), "the way out", done.stderr)


def check_save(folder, account, subsets, target, by):
    """Returns how far the choice is from the lightest subset; None: out of reach."""
    done = run_plan(folder, "--save", format(target, "f"), "--save-by", by)
    enough = [subset for subset in subsets.values() if subset.saved(by) >= target]
    whole = max(subsets.values(), key=lambda subset: subset.steps)
    if done.returncode == 1:
        check_refusal(whole, target, by, done)
        return None
    check(done.returncode == 0, "plan ended with %d: %s" % (done.returncode, done.stderr), target)
    plan = json.loads(done.stdout)
    chosen = check_choice(folder, account, subsets, plan, "--save", target)
    check(chosen.saved(by) >= target, "short of the target", target, chosen.saved(by))
    lightest = min(subset.weight for subset in enough)
    least = plan["choice"]["least_disturbance"]
    check(least <= lightest, "a subset disturbs less than the bound", least, lightest, target)
    check(least <= chosen.weight, "the choice disturbs less than the bound", least, chosen.weight)
    return chosen.weight - lightest


def check_most(folder, account, subsets, steps, by):
    """Returns whether no subset of so many steps saves more."""
    plan = plan_of(folder, "--max-saving", "--max-steps", str(steps), "--save-by", by)
    chosen = check_choice(folder, account, subsets, plan, "--max-steps", steps)
    check(chosen.steps <= steps, "too many steps", chosen.steps, steps)
    best = max(subset.saved(by) for subset in subsets.values() if subset.steps <= steps)
    most = Decimal(plan["choice"]["most_saving_usd"])
    check(most >= best, "a subset saves more than the bound", most, best, steps)
    return chosen.saved(by) == best


def targets_of(rng, subsets, by):
    """Exactly what some subset saves, a little more, anything up to beyond all."""
    savings = sorted({subset.saved(by) for subset in subsets.values() if subset.saved(by) > 0})
    if not savings:
        return [LEAST]
    target = rng.choice(savings)
    return [target, target + LEAST, (savings[-1] * rng.randint(1, 110) / 100).quantize(LEAST) or LEAST]


def check_case(seed):
    """Counts: choices that were made, those of them that no subset beats, targets that none reaches."""
    rng = random.Random(seed)
    account = Account(rng)
    folder = tempfile.mkdtemp(prefix="amiplan-choosing-")
    counts = {"made": 0, "best": 0, "beyond": 0}
    try:
        test_cost.write(folder, account.documents())
        subsets = subsets_of(folder, account)
        check_growth(subsets)
        check_stored(folder, account)
        by = rng.choice(["sure", "sure", "most"])
        whole = max(subset.steps for subset in subsets.values())
        for target in targets_of(rng, subsets, by):
            excess = check_save(folder, account, subsets, target, by)
            counts["beyond"] += excess is None
            counts["made"] += excess is not None
            counts["best"] += excess == 0
        counts["made"] += 1
        counts["best"] += check_most(folder, account, subsets, rng.randint(0, whole), by)
        return counts
    finally:
        shutil.rmtree(folder)


def run_block(first):
    total = {}
    for seed in range(first, min(first + BLOCK, FIRST + CASES)):
        try:
            counts = check_case(seed)
        except Wrong as wrong:
            return "seed %d: %s" % (seed, wrong), total
        total = {name: total.get(name, 0) + count for name, count in counts.items()}
    return None, total


def test_choices_against_all_subsets():
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(run_block, range(FIRST, FIRST + CASES, BLOCK)))
    wrong = [text for text, _ in results if text]
    if wrong:
        pytest.fail("\n".join(wrong[:5]))
    counts = {name: sum(total.get(name, 0) for _, total in results) for name in ("made", "best", "beyond")}
    # Neither answer is rare among these accounts, and most choices are the best there are.
    assert counts["made"] > 2 * CASES
    assert counts["beyond"] > CASES / 4
    assert counts["best"] > counts["made"] * 2 / 3
