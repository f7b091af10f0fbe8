"""Runs `amiplan collect` and `apply` against the fake AWS, and looks at what they leave as any reader would.

It must not know: how a collection is made. Whatever the outcome, no run may leave a secret in its output or its files,
nor a half-written directory behind.
"""

import contextlib
import io
import json
import logging
import os
import pty
import select
import signal
import subprocess
import threading
import time

from awscli.clidriver import create_clidriver

import tool
from inventory import ACCOUNT, REGION

PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
NO_PROXIES = {name: "" for name in PROXIES}


def files(directory):
    """Every file below, by relative path: its bytes."""
    found = {}
    for where, _, names in os.walk(str(directory)):
        for name in names:
            path = os.path.join(where, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, str(directory))] = file.read()
    return found


def leftovers(directory):
    """Hidden entries: staging directories that should be gone."""
    return [
        os.path.join(where, name)
        for where, folders, names in os.walk(str(directory))
        for name in (*folders, *names)
        if name.startswith(".")
    ]


def check_traces(fake, directory, *texts):
    """No secret anywhere, nothing half-written."""
    for secret in fake.secrets():
        for text in (*texts, *files(directory).values()):
            assert secret.encode() not in text, "a secret stands in %r" % text[:2000]
    assert leftovers(directory) == []


def collect(fake, directory, *options, regions=(REGION,), key="AKIDEXAMPLE", env=None, timeout=60):
    """Runs it and returns the result, its traces checked."""
    places = [word for region in regions for word in ("--region", region)]
    environment = {**NO_PROXIES, **fake.environment(key), **(env or {})}
    result = tool.run("collect", directory, *places, *options, env=environment, timeout=timeout)
    check_traces(fake, directory, result.out, result.err)
    assert fake.strays == []
    return result


def start(fake, directory, *options, regions=(REGION,), preexec=None):
    """Begins a run without waiting for it."""
    places = [word for region in regions for word in ("--region", region)]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return subprocess.Popen(
        [tool.BINARY, "collect", str(directory), *places, *options],
        env={**clean, **NO_PROXIES, **fake.environment(), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=preexec,
    )


def finish(process, sign=None, timeout=20):
    """Sends the signal, waits: (status, standard error), status as a shell gives it."""
    if sign is not None:
        process.send_signal(sign)
    try:
        _, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return (128 - process.returncode if process.returncode < 0 else process.returncode), err


def wait_for(condition, seconds=20):
    """Until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def collection(directory, region=REGION, account=ACCOUNT):
    """The collection document of a place."""
    with open(os.path.join(str(directory), account, region, "collection.json"), encoding="utf-8") as file:
        told = json.load(file)
    tool.validate(told)
    return told


def ended(directory, action, region=REGION, account=ACCOUNT):
    """How the calls of an action ended, in the order of the document: one status, or a list of several."""
    found = [each["status"] for each in collection(directory, region, account)["calls"] if each["action"] == action]
    return found[0] if len(found) == 1 else found


def document(directory, name, region=REGION, account=ACCOUNT):
    with open(os.path.join(str(directory), account, region, name), encoding="utf-8") as file:
        return json.load(file)


class AwsHere:
    """The `aws` command in this process, which spares its start: text as it prints it."""

    def __init__(self, environment, region=REGION):
        self.environment = {**environment, **NO_PROXIES, "AWS_PAGER": ""}
        self.region, self.driver, self.lock = region, None, threading.Lock()

    def __call__(self, *arguments):
        with self.lock:
            return self.run(arguments)

    def run(self, arguments):
        kept = dict(os.environ)
        out, err = io.StringIO(), io.StringIO()
        try:
            for name in list(os.environ):
                if name.startswith("AWS_") and name != "AWS_DATA_PATH":
                    del os.environ[name]
            os.environ.update(self.environment)
            logging.disable(logging.CRITICAL)
            self.driver = self.driver or create_clidriver()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = self.driver.main([*arguments, "--region", self.region, "--output", "json"])
        finally:
            logging.disable(logging.NOTSET)
            os.environ.clear()
            os.environ.update(kept)
        assert status == 0, err.getvalue()
        return out.getvalue()


def interrupt(process):
    """Ctrl-C."""
    return finish(process, signal.SIGINT, timeout=10)


def terminal(command, environment, seconds=60):
    """Runs a command on a terminal of its own: (status, what the terminal got)."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, env={**os.environ, **environment, "TERM": "xterm"}, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    seen, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.1)[0]:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data
        elif process.poll() is not None:
            break
    os.close(master)
    return process.wait(timeout=10), seen
