"""README's live section, line by line as it stands there, against the fake AWS.

It must not know: what the lines are, beyond where they stand.
"""

import os
import re
import shlex

import pytest

from fake_account import Account, Region
from fake_aws import FakeAws
from fake_billing import Billing
from inventory import REGION, Place, ami, instance, snap
from live import NO_PROXIES, check_traces
from test_prices_refresh import HOME, catalogue
from tool import TOP, run

HEADING = "## Use it on a live account"


def lines():
    """The commands of the section, comments cut off."""
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as file:
        section = file.read().split(HEADING + "\n", 1)[1].split("\n## ", 1)[0]
    return [line.strip() for line in section.splitlines() if line.startswith("    amiplan ")]


@pytest.fixture
def fake():
    """A region with two AMIs to go, which share blocks, one that stays, and the prices of AWS's list."""
    place = Place().pair(1, 2, 3).instances(instance(3, ami(3)))
    there, home = Region(place), Region()
    there.billing = home.billing = Billing()
    home.billing.products = catalogue()
    for number in (1, 2, 3):
        home.billing.add(snap(number), {block: number for block in range(4)})
    with FakeAws(Account({REGION: there, HOME: home})) as server:
        server.billing = home.billing
        yield server


def test_the_live_section_works_as_written(fake, tmp_path):
    """Every line in its order, in the reader's region: each ends well, and the dry run would succeed."""
    environment = {**NO_PROXIES, **fake.environment(), "AWS_REGION": REGION}
    commands = lines()
    assert {line.split()[1] for line in commands} >= {"collect", "plan", "apply"} and "us-east-1" in " ".join(commands)
    for line in commands:
        words = shlex.split(line.replace("us-east-1", REGION), comments=True)[1:]
        done = run(*words, env=environment, cwd=tmp_path)
        assert done.status == 0, "%s\n%s" % (line, done)
        check_traces(fake, tmp_path, done.out, done.err)
    assert {"ebs", "pricing", "sts", "ec2"} <= {call.service for call in fake.calls}
    changing = [call for call in fake.calls if re.match("Deregister|Delete|Terminate", call.action)]
    assert {call.action for call in changing} == {"DeregisterImage", "DeleteSnapshot"}
    assert {call.parameters["DryRun"] for call in changing} == {"true"}
