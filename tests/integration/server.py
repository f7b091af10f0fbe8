"""A moto server on a free loopback port, and the `aws` command and boto3 pointed at it.

It must not know: amiplan, or what tests do with it.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
from botocore.config import Config

REGION = "us-east-1"
BESIDE = os.path.dirname(sys.executable)
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Aws:
    """The `aws` command of this virtual environment against one endpoint."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        self.environment.update(CREDENTIALS, AWS_ENDPOINT_URL=endpoint)
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            self.environment.pop(name, None)

    def run(self, *arguments):
        """Runs it, whatever comes: the completed process, in text."""
        command = [sys.executable, os.path.join(BESIDE, "aws"), *arguments, "--region", REGION, "--output", "json"]
        return subprocess.run(
            command, env=self.environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )

    def __call__(self, *arguments):
        """Its standard output; it must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, "aws %s: %s" % (" ".join(arguments), done.stderr)
        return done.stdout

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(proxies={}, retries={"max_attempts": 1}),
        )


class Moto:
    """The server as a process of its own."""

    def __init__(self, log):
        self.port = free_port()
        self.endpoint = "http://127.0.0.1:%d" % self.port
        self.log = open(log, "wb")
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(BESIDE, "moto_server"), "-H", "127.0.0.1", "-p", str(self.port)],
            env=dict(os.environ, MOTO_EC2_LOAD_DEFAULT_AMIS="false"),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.aws = Aws(self.endpoint)
        self.wait()

    def wait(self):
        deadline = time.monotonic() + 60
        while True:
            assert self.process.poll() is None, "moto_server ended; see %s" % self.log.name
            try:
                self.reset()
                return
            except OSError:
                assert time.monotonic() < deadline, "moto_server does not answer; see %s" % self.log.name
                time.sleep(0.1)

    def post(self, path):
        self.opener.open(urllib.request.Request(self.endpoint + path, method="POST"), timeout=30).close()

    def reset(self):
        """Forgets everything, and starts its random ids anew, so that a failure comes again."""
        self.post("/moto-api/reset")
        self.post("/moto-api/seed?a=20261122")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()
