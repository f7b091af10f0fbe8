"""STS, instance metadata, a container's credentials, the SSO portal and its OIDC service, on one loopback port.

It must not know: amiplan, or who asks. What each answers can be replaced by a test; what was asked is kept.
"""

import email.utils
import http.server
import json
import re
import threading
import time
import urllib.parse

ACCOUNT = "111122223333"
LATER = "2099-01-01T00:00:00Z"
EARLIER = "2020-01-01T00:00:00Z"
METADATA = "/latest/meta-data/iam/security-credentials/"
SCOPE = re.compile(r"Credential=([^/]*)/(\d{8})/([^/]*)/([^/]*)/aws4_request")
# Every secret begins so: no output may hold it.
SECRET = "SeCrEt"

ASSUMED = """<%(action)sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%(action)sResult>
<AssumedRoleUser><Arn>arn:aws:sts::%(account)s:assumed-role/x/y</Arn>
<AssumedRoleId>AROA:y</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>%(key)s</AccessKeyId><SecretAccessKey>%(secret)s-role</SecretAccessKey>
<SessionToken>%(secret)s-token</SessionToken><Expiration>%(expires)s</Expiration></Credentials></%(action)sResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></%(action)sResponse>"""
CALLER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::%(account)s:user/%(key)s</Arn><UserId>AIDA</UserId><Account>%(account)s</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""
REFUSED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>%s</Code>
<Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>"""


def keys(name, expiration=LATER, token="Token"):
    """What container and metadata services answer."""
    return {
        "AccessKeyId": "ASIAEXAMPLE" + name,
        "SecretAccessKey": SECRET + "-" + name,
        token: SECRET + "-token-" + name,
        "Expiration": expiration,
    }


def assumed(action, key):
    """STS's answer with this access key."""
    return ASSUMED % {"action": action, "account": ACCOUNT, "key": key, "secret": SECRET, "expires": LATER}


def role_key(arn):
    """The access key that assuming a role gives."""
    return "ASIAEXAMPLE" + re.sub(r"\W", "", arn.rsplit("/", 1)[-1]).upper()


class Identity:
    """The services as a thread; `says` maps "METHOD /path" to (status, body) or a function of the request."""

    def __init__(self):
        self.asked = []
        self.says = {}
        self.ahead = 0  # seconds that the clock of the Date header is ahead
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(time.time() + outer.ahead, usegmt=True)

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, data = outer.reply(self.command, self.path, dict(self.headers.items()), body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass  # who asked has given up

            do_GET = do_POST = do_PUT = answer

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128  # a full queue costs who asks a second, which is some sources' whole patience

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        with self.lock:
            self.asked = []
            self.says = {}
            self.ahead = 0

    def take(self):
        """What was asked since the last time."""
        with self.lock:
            asked, self.asked = self.asked, []
        return asked

    def reply(self, method, target, headers, body):
        path, _, query = target.partition("?")
        request = {
            "method": method,
            "path": path,
            "query": dict(urllib.parse.parse_qsl(query)),
            "headers": {name.lower(): value for name, value in headers.items()},
            "body": body,
            "form": dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"))) if method == "POST" else {},
        }
        scope = SCOPE.search(request["headers"].get("authorization", ""))
        request["key"], request["region"] = (scope.group(1), scope.group(3)) if scope else (None, None)
        with self.lock:
            self.asked.append(request)
            said = self.says.get("%s %s" % (method, path))
        status, answer = said(request) if callable(said) else said or self.usual(request)
        if isinstance(answer, (dict, list)):
            answer = json.dumps(answer)
        return status, answer.encode("utf-8") if isinstance(answer, str) else answer

    def usual(self, request):
        action, path = request["form"].get("Action"), request["path"]
        if action:
            return self.sts(action, request)
        if path == "/latest/api/token":
            return 200, "metadata-token"
        if path == METADATA:
            return 200, "instance-role"
        if path == METADATA + "instance-role":
            return 200, keys("INSTANCE")
        if path == "/federation/credentials":
            return 200, {
                "roleCredentials": {
                    "accessKeyId": "ASIAEXAMPLESSO",
                    "secretAccessKey": SECRET + "-sso",
                    "sessionToken": SECRET + "-sso-token",
                    "expiration": 4070908800000,
                }
            }
        if path.startswith("/container"):
            return 200, keys("CONTAINER")
        return 404, "no such thing"

    @staticmethod
    def sts(action, request):
        if action == "GetCallerIdentity":
            return 200, CALLER % {"account": ACCOUNT, "key": request["key"]}
        if action in ("AssumeRole", "AssumeRoleWithWebIdentity"):
            return 200, assumed(action, role_key(request["form"]["RoleArn"]))
        return 400, REFUSED % ("InvalidAction", action)


def in_turn(*answers):
    """One answer after the other; the last one stays."""
    left = list(answers)

    def next_one(_):
        return left.pop(0) if len(left) > 1 else left[0]

    return next_one


def slow(seconds, answer):
    """An answer that takes its time."""

    def wait(_):
        time.sleep(seconds)
        return answer

    return wait
