"""The live line of a run that takes longer than a second: on a terminal only, and gone at the end.

It must not know: how it is drawn.
"""

import contextlib
import json
import os
import pty
import re
import subprocess
import time

import pytest

from inventory import ami, image
from tool import BINARY

WIPE = "\r\x1b[K"
DOCUMENT = json.dumps({"Images": [image(1)]}).encode()
BROKEN = b'{"Images": [7]}'


def slow(seconds, *options, document=DOCUMENT, terminal=True):
    """Plans a document that comes after so many seconds. Returns status, standard output, what the terminal got."""
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": "60", "LC_ALL": "C"}
    with subprocess.Popen(
        [BINARY, "graph", "-", "-T", "json", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=slave if terminal else subprocess.PIPE,
        env=environment,
    ) as process:
        time.sleep(seconds)
        out, errors = process.communicate(document, timeout=60)
    os.close(slave)
    shown = errors or b""
    with contextlib.suppress(OSError):  # how the end of a terminal is told
        while piece := os.read(master, 65536):
            shown += piece
    os.close(master)
    return process.returncode, out, shown.decode()


def test_a_long_run_is_shown_and_wiped():
    status, out, shown = slow(1.6)
    assert status == 0 and ami(1).encode() in out
    assert shown.startswith(WIPE + "amiplan: reading the inventory, 0/1 files")
    assert shown.endswith(WIPE)
    lines = shown.split(WIPE)
    assert len(lines) > 4, "it is drawn again and again"
    assert all(len(line) < 60 and not re.search(r"[\x00-\x1f]", line) for line in lines), lines


def test_an_error_stands_on_a_line_of_its_own():
    status, _, shown = slow(1.6, document=BROKEN)
    assert status == 1
    last = shown.split(WIPE)[-1]
    assert last.startswith("amiplan: standard input:1:") or last.startswith("amiplan: -:1:"), shown
    assert last.endswith("\n")


@pytest.mark.parametrize(
    "seconds, options, terminal", [(0.2, (), True), (1.6, ("--quiet",), True), (1.6, (), False)]
)
def test_nothing_is_shown(seconds, options, terminal):
    """Of a short run, of a quiet one, and where nobody would see it."""
    status, _, shown = slow(seconds, *options, terminal=terminal)
    assert (status, shown) == (0, "")
