"""Fixtures: one moto server for all tests, emptied for every test that asks for it.

It must not know: what the tests check.
"""

import os
import signal

import pytest

import tool
from server import Moto

# Whoever starts the tests in the background of a script has them ignore it, and so would what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Without the binary nothing here can be judged: say so once, as a failure, not as a skip."""
    if items and not os.path.exists(tool.BINARY):
        pytest.exit("no binary at %s: run make, or set AMIPLAN" % tool.BINARY, returncode=1)


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory):
    server = Moto(str(tmp_path_factory.mktemp("moto") / "server.log"))
    yield server
    server.stop()


@pytest.fixture
def moto(moto_server):
    """The server, empty."""
    moto_server.reset()
    return moto_server
