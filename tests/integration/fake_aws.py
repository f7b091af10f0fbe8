"""An AWS on loopback: HTTP/1.1 over asyncio, requests routed by the scope of their signature, faults on demand.

It must not know: what amiplan makes of the answers. One thread answers thousands of calls a second, each `latency`
seconds after it came, its own work included; every call is counted and logged, so that a test can tell what was asked, how often and by whom.
"""

import asyncio
import collections
import contextlib
import email.utils
import gzip
import json
import re
import socket
import struct
import threading
import time
from urllib.parse import parse_qsl, unquote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import fake_billing
import fake_wire
from fake_account import Refusal

SCOPE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, *"
    r"SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})\Z"
)
# How far a request's date may be from the server's: AWS says 5 to 15 minutes.
SKEW = 300
REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    412: "Precondition Failed",
}
Request = collections.namedtuple("Request", "method target headers body")
Key = collections.namedtuple("Key", "secret token account arn expires", defaults=(None, None, None, None))


class Call:
    """One request, as the log has it."""

    def __init__(self, service, action, region, key, parameters, headers):
        self.service, self.action, self.region, self.key = service, action, region, key
        self.parameters, self.headers = parameters, headers
        self.account, self.code, self.number, self.started = None, "", 0, time.monotonic()

    def __repr__(self):
        return "%s:%s %s %s -> %s" % (self.service, self.action, self.region, self.parameters, self.code or "ok")


class Answer:
    """What goes back: a status line, headers, a body; or what breaks on the way.

    `cut` bytes of the body are sent, and then: "close" ends the connection, "stall" sends nothing more, "reset" is a
    TCP reset. `repeat` sends the body so many times. `trickle` sends a byte at a time with such pauses.
    """

    def __init__(self, body=b"", status=200, content_type=fake_wire.XML, headers=None, cut=None, then=None, repeat=1):
        self.body, self.status, self.content_type, self.headers = body, status, content_type, dict(headers or {})
        self.cut, self.then, self.repeat, self.chunked, self.delay, self.code = cut, then, repeat, False, 0, ""


# Faults: each is a function of (server, call) that gives an Answer, or None to let the account answer.


def error(code, status=400, message="of the fake's making", headers=None, reason=None):
    """An error in the form of the service that is asked."""

    def make(server, call):
        content_type, more, body = fake_wire.error(call.service, code, message, reason)
        answer = Answer(body, status, content_type, {**more, **(headers or {})})
        answer.code = code
        return answer

    return make


def raw(body, status=200, content_type=fake_wire.XML, **further):
    """These bytes."""
    return lambda server, call: Answer(body, status, content_type, **further)


def html(status=500):
    """What a proxy or load balancer says."""
    return raw(b"<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>", status, fake_wire.HTML)


def spoiled(change, **further):
    """The right answer, its body changed by a function of bytes; or ended early by `cut` and `then`."""

    def make(server, call):
        answer = server.right_answer(call)
        answer.body = change(answer.body) if change else answer.body
        for name, value in further.items():
            setattr(answer, name, value)
        return answer

    return make


def truncated(then="close", part=2):
    """The right answer, but only its first half, and then "close", "stall" or "reset"."""

    def make(server, call):
        answer = server.right_answer(call)
        answer.cut, answer.then = len(answer.body) // part, then
        return answer

    return make


def silent(then="stall"):
    """Not even a status line."""

    def make(server, call):
        answer = Answer(b"")
        answer.cut, answer.then = -1, then
        return answer

    return make


class Fault:
    """When to answer otherwise: for which calls, and for which of these by number (from 1)."""

    def __init__(self, make, action=None, numbers=None, region=None, service=None, when=None, skip_pages=False):
        self.make, self.action, self.numbers, self.region, self.service = make, action, numbers, region, service
        self.when, self.skip_pages, self.seen, self.used = when, skip_pages, 0, 0

    def meets(self, call):
        if self.action not in (None, call.action) or self.region not in (None, call.region):
            return False
        if self.service not in (None, call.service) or (self.when and not self.when(call)):
            return False
        if self.skip_pages and "NextToken" in call.parameters:
            return False
        self.seen += 1
        if self.numbers is not None and self.seen not in self.numbers:
            return False
        self.used += 1
        return True


class Bucket:
    """A token bucket as EC2 keeps it: full at `capacity`, refilled by `refill` a second."""

    def __init__(self, capacity, refill):
        self.capacity, self.refill, self.level, self.since = capacity, refill, capacity, time.monotonic()

    def take(self):
        now = time.monotonic()
        self.level = min(self.capacity, self.level + (now - self.since) * self.refill)
        self.since = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class FakeAws:
    """The server, in a thread of its own; a context manager."""

    def __init__(self, *accounts, latency=0, verify=True, port=0):
        self.accounts = {account.number: account for account in accounts}
        first = accounts[0]
        self.keys = {"AKIDEXAMPLE": Key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", account=first.number)}
        self.latency, self.verify = latency, verify
        self.clock = 0  # seconds that the server's clock is ahead
        self.faults, self.calls, self.strays = [], [], []
        self.roles = {}  # ARN -> the ExternalId that it asks for, or None
        self.role_seconds = 3600
        self.key_source = None  # a function that makes (id, Key): what the container endpoint gives out
        self.buckets = None  # (capacity, refill) of every account, region and action
        self.compress = False
        self.under_way = self.most_under_way = self.connections = 0
        self.last_bytes = time.monotonic()
        self._buckets, self._made, self._stalled = {}, 0, set()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(port, ready), daemon=True)
        self._thread.start()
        assert ready.wait(30)
        self.endpoint = "http://127.0.0.1:%d" % self.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _serve(self, port, ready):
        asyncio.set_event_loop(self._loop)
        made = self._loop.run_until_complete(
            self._loop.create_server(lambda: Connection(self), "127.0.0.1", port, backlog=1024)
        )
        self.port = made.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        made.close()

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    # What tests ask.

    def environment(self, key="AKIDEXAMPLE", **more):
        """Variables that point a client here."""
        known = self.keys[key]
        result = {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": known.secret,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }
        if known.token:
            result["AWS_SESSION_TOKEN"] = known.token
        return {**result, **more}

    def secrets(self):
        """Every text that must never show up anywhere."""
        return [text for key in self.keys.values() for text in (key.secret, key.token) if text]

    def fault(self, make, action=None, numbers=None, **further):
        """Adds a fault and returns it."""
        self.faults.append(Fault(make, action, numbers, **further))
        return self.faults[-1]

    def of(self, action, region=None):
        """The logged calls of an action."""
        return [call for call in self.calls if call.action == action and region in (None, call.region)]

    def forget(self):
        """Empties log, counters and faults; the accounts stay."""
        self.calls, self.strays, self.faults, self._buckets = [], [], [], {}
        self.most_under_way = self.connections = 0

    def new_key(self, account, arn=None, seconds=3600, token=True):
        """Makes credentials: (id, Key)."""
        self._made += 1
        name = "ASIAFAKE%08d" % self._made
        self.keys[name] = Key(
            "secret/of+%s/%s" % (name, "x" * 12),
            "token+of/%s==" % name if token else None,
            account,
            arn,
            time.time() + self.clock + seconds,
        )
        return name, self.keys[name]

    # How a request is answered.

    def handle(self, request):
        """The answer to a request, right or not."""
        if request.target.startswith("/fake/credentials"):
            return self.container_credentials()
        call = self.route(request)
        if call is None:
            self.strays.append(request)
            return Answer(b"no signature that tells a service", 400, "text/plain")
        call.request = request
        self.calls.append(call)
        call.number = len(self.calls)
        for fault in self.faults:
            if fault.meets(call):
                answer = fault.make(self, call)
                if answer is not None:
                    call.code = answer.code or "fault"
                    return answer
        return self.right_answer(call)

    def right_answer(self, call):
        """What AWS would say."""
        try:
            identity = self.authenticate(call)
            self.throttle(call)
            if call.action == "AssumeRole":
                content_type, body = self.assume_role(call)
            else:
                account = self.accounts[identity["Account"]]
                content_type, body = account.answer(call.service, call.action, call.region, call.parameters, identity)
            return Answer(body, 200, content_type)
        except Refusal as refusal:
            call.code = refusal.code
            content_type, more, body = fake_wire.error(call.service, refusal.code, refusal.message, refusal.reason)
            return Answer(body, refusal.status, content_type, more)

    def route(self, request):
        """Service, region and action of a request, or None if its signature does not tell."""
        found = SCOPE.match(request.headers.get("authorization", ""))
        if not found:
            return None
        key, _, region, service, _, _ = found.groups()
        path, _, query = request.target.partition("?")
        if service in fake_wire.VERSIONS:
            text = request.body.decode("utf-8") if request.method == "POST" else query
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
            parameters = dict(pairs)
            assert len(parameters) == len(pairs), "a parameter stands twice: %s" % pairs
            action = parameters.get("Action", "")
        elif service == "ebs" and request.method == "GET":
            action, parameters = fake_billing.route_blocks(path, dict(parse_qsl(query, strict_parsing=True)))
        elif service in ("ssm", "pricing"):
            action, parameters = request.headers.get("x-amz-target", "").rpartition(".")[2], json.loads(request.body)
        elif service == "rbin" and path == "/list-rules" and request.method == "POST":
            action, parameters = "ListRules", json.loads(request.body)
        elif service == "rbin" and path.startswith("/rules/"):
            action, parameters = "GetRule", {"Identifier": unquote(path[len("/rules/") :])}
        else:
            action, parameters = "%s %s" % (request.method, path), dict(parse_qsl(query))
        return Call(service, action, region, key, parameters, request.headers)

    def authenticate(self, call):
        """Who calls; or what is wrong with the credentials, the signature or the clock."""
        key = self.keys.get(call.key)
        if key is None:
            raise self.rejection(
                call,
                "AuthFailure",
                "InvalidClientTokenId",
                "AWS was not able to validate the provided access credentials",
            )
        call.account = key.account
        if self.verify:
            self.check_signature(call, key)
        if key.token and call.headers.get("x-amz-security-token") != key.token:
            raise self.rejection(call, "AuthFailure", "InvalidClientTokenId", "The security token is invalid")
        if key.expires is not None and key.expires < time.time() + self.clock:
            raise self.rejection(call, "RequestExpired", "ExpiredToken", "Request has expired.")
        arn = key.arn or "arn:aws:iam::%s:user/inventory" % key.account
        return {"UserId": "AIDAEXAMPLE", "Account": key.account, "Arn": arn}

    @staticmethod
    def rejection(call, of_ec2, of_others, message):
        if call.service == "ec2":
            return Refusal(of_ec2, message, 401 if of_ec2 == "AuthFailure" else 400)
        return Refusal(of_others, message, 403)

    def check_signature(self, call, key):
        """Signs the request anew with botocore's code and compares."""
        found = SCOPE.match(call.headers["authorization"])
        names = found[5].split(";")
        sent = call.headers.get("x-amz-date", "")
        must = {"host", "x-amz-date"} | ({"x-amz-security-token"} if key.token else set())
        if names != sorted(names) or not must <= set(names) or not sent.startswith(found[2]):
            raise self.rejection(call, "AuthFailure", "IncompleteSignature", "headers %s are not signed" % must)
        request = AWSRequest(
            method=call.request.method,
            url="http://%s%s" % (call.headers["host"], call.request.target),
            data=call.request.body,
            headers={name: call.headers[name] for name in names},
        )
        request.context["timestamp"] = sent
        auth = SigV4Auth(Credentials(call.key, key.secret, key.token), call.service, call.region)
        if auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request) != found[6]:
            raise self.rejection(
                call,
                "AuthFailure",
                "SignatureDoesNotMatch",
                "AWS was not able to validate the provided access credentials",
            )
        when = time.mktime(time.strptime(sent, "%Y%m%dT%H%M%SZ")) - time.timezone
        if abs(when - time.time() - self.clock) > SKEW:
            raise self.rejection(
                call,
                "RequestExpired",
                "SignatureDoesNotMatch",
                "Signature expired: %s is not near the time of the server" % sent,
            )

    def throttle(self, call):
        if self.buckets:
            name = (call.account, call.region, call.service, call.action)
            if name not in self._buckets:
                self._buckets[name] = Bucket(*self.buckets)
            if not self._buckets[name].take():
                if call.service == "ec2":
                    raise Refusal("RequestLimitExceeded", "Request limit exceeded.", 503)
                raise Refusal("Throttling", "Rate exceeded", 400)

    def assume_role(self, call):
        """New credentials of the role's account."""
        arn = call.parameters["RoleArn"]
        if arn not in self.roles or self.roles[arn] != call.parameters.get("ExternalId"):
            raise Refusal(
                "AccessDenied", "User is not authorized to perform: sts:AssumeRole on resource: %s" % arn, 403
            )
        _, _, _, _, number, name = arn.split(":", 5)
        session = "%s/%s" % (name.partition("/")[2], call.parameters["RoleSessionName"])
        assumed = "arn:aws:sts::%s:assumed-role/%s" % (number, session)
        key, made = self.new_key(number, assumed, self.role_seconds)
        return fake_wire.answer(
            "sts",
            "AssumeRole",
            {
                "Credentials": {
                    "AccessKeyId": key,
                    "SecretAccessKey": made.secret,
                    "SessionToken": made.token,
                    "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(made.expires)),
                },
                "AssumedRoleUser": {"AssumedRoleId": "AROAEXAMPLE:%s" % session, "Arn": assumed},
            },
        )

    def container_credentials(self):
        """The container credentials endpoint, which hands out new keys each time."""
        name, key = self.key_source()
        body = {
            "AccessKeyId": name,
            "SecretAccessKey": key.secret,
            "Token": key.token,
            "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7200)),
        }
        return Answer(json.dumps(body).encode(), 200, "application/json")


class Connection(asyncio.Protocol):
    """Requests of one client, answered in turn."""

    def __init__(self, server):
        self.server, self.buffer, self.transport, self.stalled = server, b"", None, False

    def connection_made(self, transport):
        self.transport = transport
        self.server.connections += 1
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.buffer += data
        while not self.stalled and (request := self.take()):
            self.start(request)

    def take(self):
        """The next whole request of the buffer, or None."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            assert name.lower() not in headers, "header %s stands twice" % name
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        if headers.get("expect", "").lower() == "100-continue" and len(self.buffer) < end + 4 + length:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self.buffer) < end + 4 + length:
            return None
        body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
        method, target, _ = lines[0].split(" ")
        return Request(method, target, headers, body)

    def start(self, request):
        server = self.server
        came = server._loop.time()
        server.under_way += 1
        server.most_under_way = max(server.most_under_way, server.under_way)
        try:
            answer = server.handle(request)
        except Exception as mistake:  # a mistake of the test or of the client: it must not look like a hang
            server.strays.append((request, repr(mistake)))
            answer = Answer(repr(mistake).encode(), 500, "text/plain")
        delay = server.latency + answer.delay
        if delay:
            server._loop.call_at(came + delay, self.send, answer, request)
        else:
            self.send(answer, request)

    def send(self, answer, request):
        server = self.server
        server.under_way -= 1
        server.last_bytes = time.monotonic()
        if self.transport.is_closing():
            return
        body = answer.body
        if server.compress and "gzip" in request.headers.get("accept-encoding", "") and answer.cut is None:
            body = gzip.compress(body, 1)
            answer.headers["Content-Encoding"] = "gzip"
        if answer.cut != -1:
            self.transport.write(self.head(answer, len(body) * answer.repeat))
            if answer.chunked:
                self.transport.write(b"%x\r\n%s" % (len(body), body[: answer.cut]))
                self.transport.write(b"\r\n0\r\n\r\n" if answer.cut is None else b"")
            elif answer.repeat > 1:
                server._loop.create_task(self.repeat(body, answer.repeat))
            else:
                self.transport.write(body[: answer.cut] if answer.cut is not None else body)
        self.end(answer.then)

    def head(self, answer, length):
        date = email.utils.formatdate(time.time() + self.server.clock, usegmt=True)
        lines = [
            "HTTP/1.1 %d %s" % (answer.status, REASONS.get(answer.status, "Whatever")),
            "Date: " + date,
            "Server: AmazonEC2",
            "x-amzn-requestid: " + fake_wire.REQUEST_ID,
            "Transfer-Encoding: chunked" if answer.chunked else "Content-Length: %d" % length,
        ]
        if answer.content_type is not None:
            lines.append("Content-Type: " + answer.content_type)
        lines.extend("%s: %s" % each for each in answer.headers.items())
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    async def repeat(self, piece, times):
        """A body too large to be made at once, as fast as the client takes it."""
        self.room = asyncio.Event()
        self.room.set()
        for _ in range(times):
            await self.room.wait()
            if self.transport.is_closing():
                return
            self.transport.write(piece)

    def pause_writing(self):
        if hasattr(self, "room"):
            self.room.clear()

    def resume_writing(self):
        if hasattr(self, "room"):
            self.room.set()

    def connection_lost(self, error):
        self.resume_writing()

    def end(self, how):
        if how == "close":
            self.transport.close()
        elif how == "reset":
            with contextlib.suppress(OSError):
                linger = struct.pack("ii", 1, 0)
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()
        elif how == "stall":
            self.stalled = True
