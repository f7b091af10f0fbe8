"""Signatures of random requests equal those of botocore's signer.

It must not know: the stages of a signature.
"""

import datetime
import json
import os
import random
import string
import subprocess
import urllib.parse
from unittest import mock

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import tool

SIGNER = os.environ.get("SIGNER", os.path.join(tool.TOP, "build", "release", "tests", "unit", "test_sigv4"))
ODD = string.ascii_letters + string.digits + " -_.~!*'();:@&=+$,/?#[]%\"<>\\^`{|}é\u1234\U0001f600"


def text(rng, most, alphabet=ODD):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(0, most)))


def quote(value):
    return urllib.parse.quote(value, safe="-_.~")


def random_path(rng):
    segments = [rng.choice([".", "..", "", quote(text(rng, 12)), "snapshots"]) for _ in range(rng.randint(0, 5))]
    return "/" + "/".join(segments)


def random_query(rng):
    names = [text(rng, 3, "aAbB-=.") for _ in range(rng.randint(0, 5))]
    return "&".join("%s=%s" % (quote(name), quote(text(rng, 10))) for name in names if name)


def random_request(rng):
    headers = {"Host": rng.choice(["ec2.us-east-1.amazonaws.com", "127.0.0.1:5000", "[::1]:8080"])}
    headers["X-Amz-Date"] = ""  # filled in from the time
    if rng.random() < 0.5:
        headers["Content-Type"] = rng.choice(["application/x-amz-json-1.1", "a;  b=c ", "text/plain\t; x"])
    if rng.random() < 0.5:
        headers["X-Amz-Security-Token"] = text(rng, 60, string.ascii_letters + "+/=")
    for _ in range(rng.randint(0, 3)):
        headers["X-Amz-" + text(rng, 5, string.ascii_letters + "-") + "x"] = text(rng, 20, string.printable[:95])
    time = rng.randint(0, 4102444800)
    stamp = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    headers["X-Amz-Date"] = stamp.strftime("%Y%m%dT%H%M%SZ")
    unique = {name.lower(): name for name in headers}
    return {
        "method": rng.choice(["GET", "POST", "PUT", "DELETE"]),
        "path": random_path(rng),
        "query": random_query(rng),
        "headers": {name: headers[name] for name in unique.values()},
        "body": text(rng, 200),
        "time": time,
        "region": rng.choice(["us-east-1", "cn-north-1", "eusc-de-east-1"]),
        "service": rng.choice(["ec2", "autoscaling", "ebs", "ssm"]),
        "access_key": "AKID" + text(rng, 16, string.ascii_uppercase + string.digits),
        "secret_key": text(rng, 40, string.ascii_letters + "+/") + "x",
    }


def signed_by_botocore(request):
    """The Authorization header, at the request's own time."""
    url = "https://%s%s" % (request["headers"]["Host"], request["path"])
    url += "?" + request["query"] if request["query"] else ""
    sent = AWSRequest(request["method"], url, headers=dict(request["headers"]), data=request["body"].encode())
    time = datetime.datetime.fromtimestamp(request["time"], datetime.timezone.utc).replace(tzinfo=None)
    credentials = Credentials(request["access_key"], request["secret_key"])
    signer = SigV4Auth(credentials, request["service"], request["region"])
    with mock.patch("botocore.auth.get_current_datetime", return_value=time):
        # Its own date and token take the place of those in the headers: what is signed stays as it was.
        signer._modify_request_before_signing = lambda _: None
        signer.add_auth(sent)
    return sent.headers["Authorization"]


@pytest.mark.parametrize("seed", range(8))
def test_random_requests_are_signed_as_botocore_signs_them(seed):
    rng = random.Random(seed)
    requests = [random_request(rng) for _ in range(250)]
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([SIGNER, "sign"], input=lines.encode(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    got = done.stdout.decode().splitlines()
    assert len(got) == len(requests)
    for request, authorization in zip(requests, got):
        assert authorization == signed_by_botocore(request), request
