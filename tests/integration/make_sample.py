#!/usr/bin/env python3
"""Writes samples/moto: what the real `aws` command prints of a small account in moto, the test server for EC2.

It must not know: amiplan. The server runs inside this program with a stopped clock and seeded ids, so that the same
versions of moto and `aws` write the same bytes again.
"""

import datetime
import logging
import os
import shutil
import sys

import moto.core.utils

NOW = datetime.datetime(2026, 9, 1, 12, 0, 0)
# Before anything of moto imports the function by name.
moto.core.utils.utcnow = lambda: NOW
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

import moto.autoscaling.models  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

from collection import collect  # noqa: E402
from scenario import fill  # noqa: E402
from server import REGION, Aws, free_port  # noqa: E402


class StoppedClock(datetime.datetime):
    """For the one place that asks the standard library for the time."""

    @classmethod
    def now(cls, tz=None):
        return cls(NOW.year, NOW.month, NOW.day, NOW.hour, tzinfo=tz)


moto.autoscaling.models.datetime = StoppedClock
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
README = """# What the `aws` command prints of a small account in moto

Made by `python tests/integration/make_sample.py`; `tests/integration/scenario.py` says what was done through the
API. Try

    amiplan plan samples/moto --as-of 2026-11-01T00:00:00Z

| part | id |
|---|---|
%s"""


def main(arguments):
    directory = arguments[0] if arguments else os.path.join(TOP, "samples", "moto")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    shutil.rmtree(directory, ignore_errors=True)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    mock_random.seed(20260901)
    aws = Aws("http://127.0.0.1:%d" % server._port)
    parts = fill(aws)
    place = collect(aws, directory, REGION)
    server.stop()
    with open(os.path.join(directory, "README.md"), "w", encoding="utf-8") as file:
        file.write(README % "".join("| %s | `%s` |\n" % each for each in parts.items()))
    print("written to %s" % os.path.relpath(place))


if __name__ == "__main__":
    main(sys.argv[1:])
