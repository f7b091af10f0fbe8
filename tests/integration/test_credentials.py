"""Which credentials amiplan finds, beside what botocore finds in the same files and environment; and each source alone.

It must not know: how amiplan looks. The services are fakes on loopback; what counts is who signs GetCallerIdentity.
"""

import fcntl
import hashlib
import json
import os
import pty
import re
import select
import stat
import subprocess
import sys
import termios
import time

import botocore.credentials
import botocore.session
import botocore.tokens
import botocore.utils
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

import fake_identity
import tool
from fake_identity import ACCOUNT, EARLIER, LATER, METADATA, REFUSED, SECRET, keys

# Times that botocore is asked before a broken connection counts as its word.
ORACLE_TRIES = 3
STATIC = "aws_access_key_id = AKIAEXAMPLE%s\naws_secret_access_key = SeCrEt-%s\n"
ROLE = "role_arn = arn:aws:iam::444455556666:role/%s\n"
NO_PROXY = {name: "" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")}


@pytest.fixture(scope="module")
def server():
    fake = fake_identity.Identity()
    yield fake
    fake.stop()


@pytest.fixture
def fake(server):
    server.reset()
    return server


def static(name):
    return STATIC % (name, name)


def profile(name, *lines):
    return "[profile %s]\n%s\n" % (name, "\n".join(lines))


class Home:
    """A home directory with configuration files, and the environment that leads there."""

    def __init__(self, path, fake, config="", credentials="", env=None, files=None):
        self.path, self.fake = path, fake
        (path / ".aws").mkdir()
        (path / ".aws" / "config").write_text(config.replace("{url}", fake.url).replace("{home}", str(path)))
        (path / ".aws" / "credentials").write_text(credentials)
        for name, text in (files or {}).items():
            self.write(name, text)
        self.env = dict(NO_PROXY, HOME=str(path), AWS_ENDPOINT_URL=fake.url, AWS_EC2_METADATA_DISABLED="true")
        for key, value in (env or {}).items():
            self.env[key] = value.replace("{url}", fake.url).replace("{home}", str(path))
        self.env = {key: value for key, value in self.env.items() if value != "-"}

    def write(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if isinstance(text, str) else json.dumps(text))
        return file

    def whoami(self, *arguments, status=0, form="json", timeout=60):
        """Runs amiplan; no secret may be in what it says."""
        result = tool.run("collect", "--whoami", "-T", form, *arguments, env=self.env, timeout=timeout)
        assert result.status == status, result
        assert SECRET not in result.text and SECRET not in result.errors, result
        return result

    def fails(self, *arguments, status=1):
        result = self.whoami(*arguments, status=status)
        assert not any(asked["form"].get("Action") == "GetCallerIdentity" for asked in self.fake.take()), result
        return tool.one_error(result, status)

    def signer(self, *arguments):
        """The access key that signs GetCallerIdentity."""
        self.whoami(*arguments)
        return [asked["key"] for asked in self.fake.take() if asked["form"].get("Action") == "GetCallerIdentity"][-1]


@pytest.fixture
def home(tmp_path, fake):
    return lambda **how: Home(tmp_path, fake, **how)


# --- botocore as oracle ----------------------------------------------------------------------------------------------

SESSION = "my-sso"
START = "https://my-sso-portal.awsapps.com/start"
TOKEN_FILES = {
    ".aws/sso/cache/%s.json"
    % hashlib.sha1(name.encode()).hexdigest(): {
        "accessToken": SECRET + "-sso-access",
        "expiresAt": LATER,
        "startUrl": START,
        "region": "eu-west-1",
    }
    for name in (SESSION, START)
}
SSO = "sso_account_id = 777788889999\nsso_role_name = Reader\n"
PORTAL = "sso_start_url = %s\nsso_region = eu-west-1\n" % START
PROCESS = "credential_process = %s {home}/keys.py\n" % sys.executable
KEYS_PY = (
    "import json\n"
    + "print(json.dumps({'Version': 1, 'AccessKeyId': 'AKIAEXAMPLEPROCESS', 'SecretAccessKey': 'SeCrEt-p'}))\n"
)
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEENV", "AWS_SECRET_ACCESS_KEY": "SeCrEt-env"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/web-token", "AWS_ROLE_ARN": "arn:aws:iam::444455556666:role/web"}
IMDS = {"AWS_EC2_METADATA_DISABLED": "-", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container/creds"}
REGION = {"AWS_DEFAULT_REGION": "eu-west-3"}
TOKEN, CREDS = "PUT /latest/api/token", "GET " + METADATA + "instance-role"
DEFAULT = "[default]\n" + static("DEFAULT")
FILES = dict(TOKEN_FILES, **{"web-token": "SeCrEt.web.token", "keys.py": KEYS_PY})

# name: what is in config, credentials, env, and the --profile option.
CASES = {
    # The environment.
    "env": dict(env=ENV_KEYS),
    "env-token": dict(env=dict(ENV_KEYS, AWS_SESSION_TOKEN="SeCrEt-t")),
    "env-old-token": dict(env=dict(ENV_KEYS, AWS_SECURITY_TOKEN="SeCrEt-old", AWS_SESSION_TOKEN="SeCrEt-t")),
    "env-expiring": dict(env=dict(ENV_KEYS, AWS_SESSION_TOKEN="SeCrEt-t", AWS_CREDENTIAL_EXPIRATION=LATER)),
    "env-expired": dict(env=dict(ENV_KEYS, AWS_SESSION_TOKEN="SeCrEt-t", AWS_CREDENTIAL_EXPIRATION=EARLIER)),
    "env-key-alone": dict(env={"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEENV"}, credentials=DEFAULT),
    "env-empty-key": dict(env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "x"}, credentials=DEFAULT),
    "env-over-default": dict(env=ENV_KEYS, credentials=DEFAULT),
    "env-over-role": dict(env=ENV_KEYS, config="[default]\n" + ROLE % "r" + "source_profile = a\n"),
    "env-over-env-profile": dict(env=dict(ENV_KEYS, AWS_PROFILE="a"), credentials="[a]\n" + static("A")),
    "profile-over-env": dict(env=ENV_KEYS, credentials="[a]\n" + static("A"), profile="a"),
    # Files and profiles.
    "credentials": dict(credentials=DEFAULT),
    "config": dict(config=DEFAULT),
    "credentials-over-config": dict(credentials=DEFAULT, config="[default]\n" + static("CONFIG")),
    "pair-across-files": dict(
        credentials="[default]\naws_access_key_id = AKIAEXAMPLEX\n",
        config="[default]\naws_secret_access_key = SeCrEt\n",
    ),
    "config-key-alone": dict(config="[default]\naws_access_key_id = AKIAEXAMPLEX\n"),
    "session-token": dict(credentials=DEFAULT + "aws_session_token = SeCrEt-s\n"),
    "old-token": dict(credentials=DEFAULT + "aws_session_token = SeCrEt-s\naws_security_token = SeCrEt-o\n"),
    "upper-case-keys": dict(credentials="[default]\n" + static("UP").upper().replace("AWS_", "AwS_")),
    "colons": dict(credentials="[default]\naws_access_key_id: AKIAEXAMPLEC\naws_secret_access_key : SeCrEt\n"),
    "comments": dict(credentials="# a\n[default] # b\n; c\n" + static("COMMENT") + "  # d\n"),
    "crlf": dict(credentials=DEFAULT.replace("\n", "\r\n")),
    "quoted-section": dict(config='[profile "two words"]\n' + static("QUOTED"), profile="two words"),
    "blanks-in-section": dict(config="[profile   spaced ]\n" + static("SPACED"), profile="spaced"),
    "profile-default": dict(config="[profile default]\n" + static("NAMED")),
    "both-defaults": dict(config="[profile default]\n" + static("NAMED") + DEFAULT),
    "both-defaults-other-way": dict(config=DEFAULT + "[profile default]\n" + static("NAMED")),
    "no-prefix-in-config": dict(config="[a]\n" + static("A"), profile="a"),
    "prefix-in-credentials": dict(credentials="[profile a]\n" + static("A"), profile="a"),
    "env-profile": dict(env={"AWS_PROFILE": "a"}, credentials=DEFAULT + "[a]\n" + static("A")),
    "old-env-profile": dict(
        env={"AWS_DEFAULT_PROFILE": "b", "AWS_PROFILE": "a"}, credentials="[a]\n" + static("A") + "[b]\n" + static("B")
    ),
    "option-over-env-profile": dict(
        env={"AWS_PROFILE": "a"}, credentials="[a]\n" + static("A") + "[b]\n" + static("B"), profile="b"
    ),
    "unknown-profile": dict(credentials=DEFAULT, profile="nobody"),
    "unknown-env-profile": dict(credentials=DEFAULT, env={"AWS_PROFILE": "nobody"}),
    "no-inheritance": dict(credentials=DEFAULT, config=profile("a", "region = eu-west-1"), profile="a"),
    "nothing": dict(),
    "duplicate-section": dict(credentials=DEFAULT + DEFAULT),
    "duplicate-key": dict(credentials=DEFAULT + "aws_access_key_id = AKIAEXAMPLEY\n"),
    "no-section": dict(credentials="aws_access_key_id = AKIAEXAMPLEY\n"),
    "rubbish": dict(credentials="[default]\nrubbish\n"),
    "bad-block": dict(config="[default]\ns3 =\n  rubbish\n", credentials=DEFAULT),
    "good-block": dict(config="[default]\ns3 =\n  a = b\n  c = d\nregion = eu-west-2\n", credentials=DEFAULT, env={}),
    "other-files": dict(
        env={"AWS_CONFIG_FILE": "{home}/c", "AWS_SHARED_CREDENTIALS_FILE": "{home}/s"},
        credentials=DEFAULT,
        files={"c": "[default]\nregion = sa-east-1\n", "s": "[default]\n" + static("OTHER")},
        region=None,
    ),
    "tilde-file": dict(env={"AWS_SHARED_CREDENTIALS_FILE": "~/s"}, files={"s": "[default]\n" + static("TILDE")}),
    "variable-file": dict(
        env={"AWS_SHARED_CREDENTIALS_FILE": "$HOME/${NAME}", "NAME": "s"}, files={"s": "[default]\n" + static("VAR")}
    ),
    "absent-file": dict(env={"AWS_SHARED_CREDENTIALS_FILE": "{home}/absent"}, config=DEFAULT),
    # Regions.
    "region-env": dict(credentials=DEFAULT, config="[default]\nregion = eu-west-1\n", env={"AWS_REGION": "eu-west-2"}),
    "region-default-env": dict(
        credentials=DEFAULT, config="[default]\nregion = eu-west-1\n", env={"AWS_DEFAULT_REGION": "eu-west-2"}
    ),
    "region-profile": dict(credentials=DEFAULT, config="[default]\nregion = ap-south-1\n", region=None),
    "region-credentials-file": dict(
        credentials=DEFAULT + "region = us-west-2\n", config="[default]\nregion = ap-south-1\n", region=None
    ),
    "region-nonsense": dict(credentials=DEFAULT, env={"AWS_DEFAULT_REGION": "evil/x"}),
    # Endpoints.
    "endpoint-of-service": dict(credentials=DEFAULT, env={"AWS_ENDPOINT_URL_STS": "{url}/own"}),
    "endpoint-profile": dict(
        credentials=DEFAULT, config="[default]\nendpoint_url = {url}/profile\n", env={"AWS_ENDPOINT_URL": "-"}
    ),
    "endpoint-env-over-profile": dict(credentials=DEFAULT, config="[default]\nendpoint_url = {url}/profile\n"),
    "endpoint-services": dict(
        credentials=DEFAULT,
        config="[default]\nservices = s\nendpoint_url = {url}/profile\n[services s]\nsts =\n  endpoint_url = {url}/s\n",
        env={"AWS_ENDPOINT_URL": "-"},
    ),
    "endpoint-other-service": dict(
        credentials=DEFAULT,
        config="[default]\nservices = s\nendpoint_url = {url}/p\n[services s]\nec2 =\n  endpoint_url = {url}/s\n",
        env={"AWS_ENDPOINT_URL": "-"},
    ),
    "endpoint-services-missing": dict(
        credentials=DEFAULT, config="[default]\nservices = s\n", env={"AWS_ENDPOINT_URL": "-"}
    ),
    "endpoint-nonsense": dict(credentials=DEFAULT, env={"AWS_ENDPOINT_URL": "nonsense"}),
    # Roles.
    "role": dict(
        credentials="[base]\n" + static("BASE"), config=profile("r", ROLE % "one", "source_profile = base"), profile="r"
    ),
    "role-details": dict(
        credentials="[base]\n" + static("BASE"),
        config=profile(
            "r",
            ROLE % "one",
            "source_profile = base",
            "external_id = ext",
            "role_session_name = me",
            "duration_seconds = 1800",
        ),
        profile="r",
    ),
    "role-bad-duration": dict(
        credentials="[base]\n" + static("BASE"),
        config=profile("r", ROLE % "one", "source_profile = base", "duration_seconds = soon"),
        profile="r",
    ),
    "role-chain": dict(
        credentials="[base]\n" + static("BASE"),
        config=profile("r", ROLE % "three", "source_profile = m")
        + profile("m", ROLE % "two", "source_profile = l")
        + profile("l", ROLE % "one", "source_profile = base", "external_id = first"),
        profile="r",
    ),
    "role-of-itself": dict(config=profile("r", ROLE % "one", "source_profile = r", static("SELF")), profile="r"),
    "role-of-itself-keyless": dict(config=profile("r", ROLE % "one", "source_profile = r"), profile="r"),
    "role-loop": dict(
        config=profile("r", ROLE % "one", "source_profile = s") + profile("s", ROLE % "two", "source_profile = r"),
        profile="r",
    ),
    "role-keys-win-at-source": dict(
        config=profile("r", ROLE % "one", "source_profile = s")
        + profile("s", ROLE % "two", "source_profile = r", static("S")),
        profile="r",
    ),
    "role-source-missing": dict(config=profile("r", ROLE % "one", "source_profile = gone"), profile="r"),
    "role-source-empty": dict(
        config=profile("r", ROLE % "one", "source_profile = e") + profile("e", "region = eu-west-1"), profile="r"
    ),
    "role-sourceless": dict(config=profile("r", ROLE % "one"), profile="r"),
    "role-two-sources": dict(
        credentials="[base]\n" + static("BASE"),
        config=profile("r", ROLE % "one", "source_profile = base", "credential_source = Environment"),
        profile="r",
    ),
    "role-over-keys": dict(
        credentials="[base]\n" + static("BASE") + "[r]\n" + static("R"),
        config=profile("r", ROLE % "one", "source_profile = base"),
        profile="r",
    ),
    "role-from-environment": dict(
        env=ENV_KEYS, config=profile("r", ROLE % "one", "credential_source = Environment"), profile="r"
    ),
    "role-from-empty-environment": dict(
        config=profile("r", ROLE % "one", "credential_source = Environment"), profile="r"
    ),
    "role-from-instance": dict(
        env=IMDS, config=profile("r", ROLE % "one", "credential_source = Ec2InstanceMetadata"), profile="r"
    ),
    "role-from-container": dict(
        env=CONTAINER, config=profile("r", ROLE % "one", "credential_source = EcsContainer"), profile="r"
    ),
    "role-from-nonsense": dict(config=profile("r", ROLE % "one", "credential_source = Thin air"), profile="r"),
    "role-from-process": dict(
        config=profile("r", ROLE % "one", "source_profile = p") + profile("p", PROCESS), profile="r"
    ),
    "role-from-sso": dict(
        config=profile("r", ROLE % "one", "source_profile = s") + profile("s", SSO, PORTAL), profile="r"
    ),
    "role-from-web": dict(
        config=profile("r", ROLE % "one", "source_profile = w")
        + profile("w", ROLE % "web", "web_identity_token_file = {home}/web-token"),
        profile="r",
    ),
    "role-source-ignores-web-env": dict(
        env=WEB,
        config=profile("r", ROLE % "one", "source_profile = e") + profile("e", "region = eu-west-1"),
        profile="r",
    ),
    # Web identity.
    "web-env": dict(env=dict(WEB, AWS_ROLE_SESSION_NAME="pod")),
    "web-env-over-keys": dict(env=WEB, credentials=DEFAULT),
    "web-env-roleless": dict(env=dict(WEB, AWS_ROLE_ARN="-")),
    "web-env-silenced": dict(env=WEB, credentials="[a]\n" + static("A"), profile="a"),
    "web-profile": dict(
        config=profile("w", ROLE % "web", "web_identity_token_file = {home}/web-token", "role_session_name = me"),
        profile="w",
    ),
    "web-mixed": dict(
        env={"AWS_ROLE_ARN": WEB["AWS_ROLE_ARN"]}, config="[default]\nweb_identity_token_file = {home}/web-token\n"
    ),
    "web-file-gone": dict(env=dict(WEB, AWS_WEB_IDENTITY_TOKEN_FILE="{home}/gone"), credentials=DEFAULT),
    # SSO.
    "sso-legacy": dict(config=profile("s", SSO, PORTAL), profile="s"),
    "sso-session": dict(
        config=profile("s", SSO, "sso_session = " + SESSION) + "[sso-session %s]\n%s" % (SESSION, PORTAL), profile="s"
    ),
    "sso-session-gone": dict(config=profile("s", SSO, "sso_session = gone"), profile="s"),
    "sso-session-conflict": dict(
        config=profile("s", SSO, "sso_session = my-sso", "sso_region = us-east-1") + "[sso-session my-sso]\n" + PORTAL,
        profile="s",
    ),
    "sso-session-agrees": dict(
        config=profile("s", SSO, "sso_session = my-sso", "sso_region = eu-west-1") + "[sso-session my-sso]\n" + PORTAL,
        profile="s",
    ),
    "sso-incomplete": dict(config=profile("s", SSO, "sso_region = eu-west-1"), profile="s"),
    "sso-no-token": dict(
        config=profile("s", SSO, "sso_start_url = https://other", "sso_region = eu-west-1"), profile="s"
    ),
    "sso-over-keys": dict(config=profile("s", SSO, PORTAL), credentials="[s]\n" + static("S"), profile="s"),
    "sso-without-role-is-none": dict(config=profile("s", PORTAL), credentials="[s]\n" + static("S"), profile="s"),
    # Processes, containers, instances, and their order.
    "process": dict(config="[default]\n" + PROCESS),
    "process-after-credentials": dict(config="[default]\n" + PROCESS, credentials=DEFAULT),
    "process-before-config-keys": dict(config="[default]\n" + PROCESS + static("CONFIG")),
    "process-quotes": dict(
        config="[default]\ncredential_process = '%s' \"{home}/a b.py\" $HOME\n" % sys.executable,
        files={"a b.py": KEYS_PY},
    ),
    "process-fails": dict(config="[default]\ncredential_process = false\n"),
    "container": dict(env=CONTAINER),
    "container-token": dict(env=dict(CONTAINER, AWS_CONTAINER_AUTHORIZATION_TOKEN="SeCrEt-c")),
    "container-token-file": dict(
        env=dict(CONTAINER, AWS_CONTAINER_AUTHORIZATION_TOKEN="no", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{home}/ct"),
        files={"ct": "SeCrEt-file"},
    ),
    "container-after-files": dict(env=CONTAINER, config=DEFAULT),
    "container-over-instance": dict(env=dict(CONTAINER, **IMDS)),
    "container-after-keyless-profile": dict(env=CONTAINER, config=profile("a", "region = eu-west-1"), profile="a"),
    "instance": dict(env=IMDS),
    "instance-slash": dict(env=dict(IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT="{url}/")),
    "instance-disabled": dict(env=dict(IMDS, AWS_EC2_METADATA_DISABLED="TRUE")),
    "instance-by-profile-key": dict(
        env={"AWS_EC2_METADATA_DISABLED": "-"}, config="[default]\nec2_metadata_service_endpoint = {url}\n"
    ),
}


def trace(asked):
    """What of the requests must be equal, whoever made them. Made-up session names differ."""
    lines = []
    for one in asked:
        form = {key: value for key, value in one["form"].items() if key not in ("Version",)}
        if re.match(r"botocore-session-|amiplan-\d", form.get("RoleSessionName", "")):
            form["RoleSessionName"] = "made up"
        headers = {
            name: one["headers"].get(name)
            for name in ("x-amz-security-token", "x-amz-sso_bearer_token", "x-aws-ec2-metadata-token")
        }
        if one["key"] is None:
            headers["authorization"] = one["headers"].get("authorization")
        lines.append((one["method"], one["path"].rstrip("/"), one["key"], one["region"], form, one["query"], headers))
    return lines


def botocore_asks(home, monkeypatch, name):
    """The requests botocore makes to say who it is; None if it gives up."""
    for key in list(os.environ):
        if key.startswith("AWS_"):
            monkeypatch.delenv(key)
    for key, value in home.env.items():
        monkeypatch.setenv(key, value)
    if "AWS_REGION" in home.env:  # the `aws` command reads it, botocore does not
        monkeypatch.setenv("AWS_DEFAULT_REGION", home.env["AWS_REGION"])
    cache = str(home.path / ".aws" / "sso" / "cache")
    monkeypatch.setattr(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR", cache)
    monkeypatch.setattr(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", cache)
    monkeypatch.setattr(botocore.utils.ContainerMetadataFetcher, "SLEEP_TIME", 0)
    monkeypatch.setattr(botocore.utils.ContainerMetadataFetcher, "TIMEOUT_SECONDS", 30)
    for _ in range(ORACLE_TRIES):
        asked, told = botocore_tries(home, name)
        if told is None or told == "":
            return trace(asked) if told is None else None
    raise AssertionError("no oracle: botocore asked %s and met %s" % (trace(asked), told))


def botocore_tries(home, name):
    """What it asked, and None if it knows who it is, "" if it gives up for good, else what broke on the way.

    A loaded machine breaks loopback connections and makes answers late; the oracle does not ask again as amiplan
    does. Who said who it is has asked GetCallerIdentity: a trace without that is none.
    """
    home.fake.take()
    try:
        session = botocore.session.Session(profile=name)
        session.create_client("sts", config=Config(retries={"total_max_attempts": 1})).get_caller_identity()
    except HTTPClientError as broken:
        return home.fake.take(), repr(broken)
    except (BotoCoreError, ClientError, OSError, ValueError, KeyError, RuntimeError):
        return home.fake.take(), ""
    asked = home.fake.take()
    last = asked[-1]["form"].get("Action") if asked else None
    return asked, None if last == "GetCallerIdentity" else "an answer to %s" % last


@pytest.mark.parametrize("name", CASES)
def test_as_botocore(home, monkeypatch, name):
    case = dict(CASES[name])
    option = case.pop("profile", None)
    region = case.pop("region", REGION)
    env = dict(region if region and "AWS_REGION" not in case.get("env", {}) else {}, **case.pop("env", {}))
    there = home(env=env, files=dict(FILES, **case.pop("files", {})), **case)
    wanted = botocore_asks(there, monkeypatch, option)
    arguments = ["--profile", option] if option else []
    result = tool.run("collect", "--whoami", *arguments, "-T", "json", env=there.env)
    assert SECRET not in result.text and SECRET not in result.errors, result
    if wanted is None:
        assert result.status in (1, 64), result
        tool.one_error(result, result.status)
        return
    assert result.status == 0, result
    assert trace(there.fake.take()) == wanted
    said = json.loads(result.text)[0]
    assert said["account"] == ACCOUNT and said["arn"].endswith("/" + wanted[-1][2])
    shown = {line["name"]: line["value"] for line in said["settings"]}
    assert shown["access key"] == "****" + wanted[-1][2][-4:]
    assert shown["region"] == wanted[-1][3]
    assert shown["profile"] == (option or env.get("AWS_DEFAULT_PROFILE") or env.get("AWS_PROFILE") or "default")


def test_cases_are_many():
    assert len(CASES) >= 60


# --- credentials of a role's source that expire ----------------------------------------------------------------------


def named_keys(name, token="Token"):
    return (200, keys(name, LATER, token))


COUNTING_PY = """import json, os
count = len(os.listdir({runs!r}))
open(os.path.join({runs!r}, str(count)), "w").close()
print(json.dumps({{"Version": 1, "AccessKeyId": "ASIAEXAMPLE%d" % count, "SecretAccessKey": "SeCrEt-p",
                  "SessionToken": "SeCrEt-t", "Expiration": "2099-01-01T00:00:00Z"}}))
"""


def sso_keys(name):
    role = {"accessKeyId": "ASIAEXAMPLE" + name, "secretAccessKey": SECRET, "sessionToken": SECRET}
    return (200, {"roleCredentials": dict(role, expiration=4070908800000)})


def renewing(source, there, fake):
    """Makes a source give out other keys each time it is asked: ASIAEXAMPLE0, ASIAEXAMPLE1."""
    if source in ("container", "instance"):
        where = "GET /container/creds" if source == "container" else CREDS
        fake.says[where] = fake_identity.in_turn(named_keys("0"), named_keys("1"))
    elif source == "sso":
        fake.says["GET /federation/credentials"] = fake_identity.in_turn(sso_keys("0"), sso_keys("1"))
    elif source == "process":
        (there.path / "runs").mkdir()
        there.write("keys.py", COUNTING_PY.format(runs=str(there.path / "runs")))


SOURCES = {
    "container": dict(env=CONTAINER, config="credential_source = EcsContainer"),
    "instance": dict(env=IMDS, config="credential_source = Ec2InstanceMetadata"),
    "process": dict(env={}, config="source_profile = p\n[profile p]\n" + PROCESS),
    "sso": dict(env={}, config="source_profile = s\n[profile s]\n" + SSO + PORTAL),
    "web": dict(
        env={}, config="source_profile = w\n[profile w]\n" + ROLE % "web" + "web_identity_token_file = {home}/wt"
    ),
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_asked_anew(home, fake, source):
    """STS calls the credentials of a role's source expired, though they should hold for long: asked for anew, once."""
    how = SOURCES[source]
    there = home(
        env=dict(how["env"], **REGION),
        config=profile("r", ROLE % "one", how["config"]),
        files=dict(FILES, wt="SeCrEt.web.token"),
    )
    renewing(source, there, fake)
    given = []

    def sts(request):
        action, key = request["form"]["Action"], request["key"]
        if action == "AssumeRoleWithWebIdentity":
            given.append("ASIAEXAMPLE%d" % len(given))
            return 200, fake_identity.assumed(action, given[-1])
        if action == "AssumeRole" and key == "ASIAEXAMPLE0":
            return 403, REFUSED % ("ExpiredToken", "The security token included in the request is expired")
        return fake.usual(request)

    fake.says["POST /"] = sts
    there.whoami("--profile", "r")
    asked = [(one["form"]["Action"], one["key"]) for one in fake.take() if one["form"].get("Action")]
    assert [key for action, key in asked if action == "AssumeRole"] == ["ASIAEXAMPLE0", "ASIAEXAMPLE1"]
    assert asked[-1] == ("GetCallerIdentity", "ASIAEXAMPLEONE")


def test_a_source_with_nothing_newer(home, fake):
    """Keys of the environment do not change: STS's word stands, and it is asked once."""
    there = home(
        env=dict(ENV_KEYS, AWS_SESSION_TOKEN="SeCrEt-t", **REGION),
        config=profile("r", ROLE % "one", "credential_source = Environment"),
    )
    fake.says["POST /"] = lambda request: (403, REFUSED % ("ExpiredToken", "it is expired"))
    assert "ExpiredToken: it is expired" in there.fails("--profile", "r")


def test_a_source_that_fails_later(home, fake):
    """What stands in the way of new credentials is what is said."""
    there = home(env=dict(CONTAINER, **REGION), config=profile("r", ROLE % "one", "credential_source = EcsContainer"))
    fake.says["GET /container/creds"] = fake_identity.in_turn(named_keys("0"), (403, "no"))
    fake.says["POST /"] = lambda request: (403, REFUSED % ("ExpiredToken", "it is expired"))
    assert "HTTP 403" in there.fails("--profile", "r")


# --- instance metadata -----------------------------------------------------------------------------------------------


@pytest.fixture
def instance(home):
    return lambda **env: home(env=dict(IMDS, **REGION, **env))


def test_metadata_takes_a_token(instance, fake):
    there = instance()
    assert there.signer() == "ASIAEXAMPLEINSTANCE"
    there.whoami()
    asked = [(one["method"], one["path"]) for one in fake.take()][:3]
    assert asked == [("PUT", "/latest/api/token"), ("GET", METADATA), ("GET", METADATA + "instance-role")]


@pytest.mark.parametrize("status", [403, 404, 405])
def test_metadata_of_version_1(instance, fake, status):
    fake.says[TOKEN] = (status, "")
    there = instance()
    assert there.signer() == "ASIAEXAMPLEINSTANCE"
    assert "version 1 is disabled" in instance_fails(there, AWS_EC2_METADATA_V1_DISABLED="true")


def instance_fails(there, status=1, **env):
    there.env.update(env)
    return there.fails(status=status)


@pytest.mark.parametrize(
    "where, answer, says",
    [
        (TOKEN, (400, "bad"), "HTTP 400"),
        ("GET " + METADATA, (500, "SeCrEt"), "HTTP 500"),
        ("GET " + METADATA, (200, "../../evil?x"), "no role's name"),
        (CREDS, (500, "SeCrEt"), "HTTP 500"),
        (CREDS, (200, "SeCrEt"), "not JSON"),
        (CREDS, (200, '{"AccessKeyId": "SeCrEt", "Secret'), "not JSON"),
        (CREDS, (200, "[]"), "wrong kind"),
        (CREDS, (200, {"Code": "AssumeRoleUnauthorizedAccess", "Message": "SeCrEt"}), "AssumeRoleUnauthorizedAccess"),
        (CREDS, (200, dict(keys("I"), Token=None)), "no Token"),
        (CREDS, (200, dict(keys("I"), Expiration="soon")), "wrong kind"),
        (CREDS, (200, dict(keys("I"), SecretAccessKey="SeCrEt\r\nX-Evil: 1")), "line break"),
        (CREDS, (200, dict(keys("I"), AccessKeyId="AKIA\u0000X")), "instance metadata"),
        (CREDS, (200, "x" * 300000), "larger than"),
    ],
)
def test_metadata_that_is_wrong(instance, fake, where, answer, says):
    fake.says[where] = answer
    assert says in instance().fails()


def test_metadata_without_a_role(instance, fake):
    fake.says["GET " + METADATA] = (404, "")
    assert "no credentials for profile 'default': `aws configure`" in instance().fails()


def test_metadata_that_hangs_is_left_in_time(instance, fake):
    fake.says[TOKEN] = fake_identity.slow(30, (200, "late"))
    fake.says["GET " + METADATA] = fake_identity.slow(30, (200, "late"))
    began = time.monotonic()
    instance().fails()
    assert time.monotonic() - began < 10


def test_metadata_tries_as_often_as_told(instance, fake):
    fake.says[CREDS] = fake_identity.in_turn((500, ""), (500, ""), (200, keys("INSTANCE")))
    assert instance(AWS_METADATA_SERVICE_NUM_ATTEMPTS="3").signer() == "ASIAEXAMPLEINSTANCE"


def test_metadata_that_expired_counts_on(instance, fake):
    fake.says[CREDS] = (200, keys("INSTANCE", EARLIER))
    assert instance().signer() == "ASIAEXAMPLEINSTANCE"


def test_metadata_without_a_service(instance):
    there = instance(AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:1")
    assert "looked at" in there.fails()


# --- containers ------------------------------------------------------------------------------------------------------


@pytest.fixture
def container(home):
    return lambda **env: home(env=dict(CONTAINER, **REGION, **env))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x",
        "http://10.0.0.1/x",
        "http://127.0.0.1@10.0.0.1/x",
        "http://169.254.170.3/x",
        "http://localhost.example.com/x",
        "http://[fd00:ec2::24]/x",
        "ftp://localhost/x",
        "localhost/x",
        "http://127.0.0.1\\@10.0.0.1/x",
        "http:///x",
    ],
)
def test_a_containers_host_is_a_near_one(container, fake, url):
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in container(AWS_CONTAINER_CREDENTIALS_FULL_URI=url).fails()
    assert fake.take() == []


def test_a_containers_path_cannot_change_the_host(container):
    assert "begins with '/'" in container(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=".evil.example/x").fails()


@pytest.mark.parametrize("token", ["SeCrEt\n", "SeCrEt\r\nX-Evil: 1"])
def test_a_containers_token_is_one_line(container, fake, token):
    there = container(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{home}/token")
    there.write("token", token)
    assert "line break" in there.fails()
    assert fake.take() == []


def test_a_containers_token_file_is_there(container):
    assert "cannot be read" in container(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{home}/gone").fails()


@pytest.mark.parametrize(
    "answer, says",
    [
        ((404, "SeCrEt"), "HTTP 404"),
        ((500, "SeCrEt"), "HTTP 500"),
        ((200, "SeCrEt"), "not JSON"),
        ((200, keys("C", EARLIER)), "expired at 2020-01-01"),
        ((200, {"AccessKeyId": "AKIA"}), "no SecretAccessKey"),
        ((302, ""), "HTTP 302"),
    ],
)
def test_a_container_that_is_wrong(container, fake, answer, says):
    fake.says["GET /container/creds"] = answer
    assert says in container().fails()


def test_a_container_that_recovers(container, fake):
    fake.says["GET /container/creds"] = fake_identity.in_turn((503, ""), (200, keys("CONTAINER")))
    assert container().signer() == "ASIAEXAMPLECONTAINER"


# --- SSO and login ---------------------------------------------------------------------------------------------------

TOKEN_FILE = ".aws/sso/cache/%s.json" % hashlib.sha1(SESSION.encode()).hexdigest()
SSO_CONFIG = profile("s", SSO, "sso_session = my-sso") + "[sso-session my-sso]\n" + PORTAL
RENEWABLE = {
    "refreshToken": SECRET + "-refresh",
    "clientId": "client",
    "clientSecret": SECRET + "-client",
    "registrationExpiresAt": LATER,
    "startUrl": START,
    "region": "eu-west-1",
}


def at(seconds, zone="Z"):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + seconds)) + zone


@pytest.fixture
def login(home):
    def make(expires, **more):
        token = dict({"accessToken": SECRET + "-old", "expiresAt": expires}, **more)
        return home(config=SSO_CONFIG, files={TOKEN_FILE: token}, env=REGION)

    return make


def bearers(fake):
    return [
        one["headers"].get("x-amz-sso_bearer_token") for one in fake.take() if one["path"] == "/federation/credentials"
    ]


@pytest.mark.parametrize("zone", ["Z", "UTC"])
def test_sso_times_end_in_both_ways(login, fake, zone):
    there = login(at(3600, zone))
    there.whoami("--profile", "s")
    assert bearers(fake) == [SECRET + "-old"]
    there.write(TOKEN_FILE, {"accessToken": SECRET, "expiresAt": at(-10, zone)})
    assert "has expired; run `aws sso login --profile s`" in there.fails("--profile", "s")


def test_sso_renews_its_token(login, fake):
    fake.says["POST /token"] = (
        200,
        {"accessToken": SECRET + "-new", "expiresIn": 28800, "refreshToken": SECRET + "-next"},
    )
    there = login(at(-10), **RENEWABLE)
    (there.path / TOKEN_FILE).chmod(0o644)
    there.whoami("--profile", "s")
    asked = fake.take()
    sent = json.loads(next(one for one in asked if one["path"] == "/token")["body"])
    assert sent == {
        "grantType": "refresh_token",
        "clientId": "client",
        "clientSecret": SECRET + "-client",
        "refreshToken": SECRET + "-refresh",
    }
    kept = json.loads((there.path / TOKEN_FILE).read_text())
    assert (
        abs(
            time.mktime(time.strptime(kept.pop("expiresAt"), "%Y-%m-%dT%H:%M:%SZ"))
            - time.timezone
            - time.time()
            - 28800
        )
        < 3700
    )
    assert kept == dict(RENEWABLE, accessToken=SECRET + "-new", refreshToken=SECRET + "-next")
    assert stat.S_IMODE((there.path / TOKEN_FILE).stat().st_mode) == 0o600
    assert os.listdir((there.path / TOKEN_FILE).parent) == [os.path.basename(TOKEN_FILE)]
    there.whoami("--profile", "s")
    assert bearers(fake) == [SECRET + "-new"]


@pytest.mark.parametrize(
    "answer", [(400, '{"error": "invalid_grant"}'), (200, "SeCrEt"), (200, {"accessToken": "x"}), (500, "")]
)
def test_sso_that_cannot_renew(login, fake, answer):
    fake.says["POST /token"] = answer
    there = login(at(300), **RENEWABLE)
    before = (there.path / TOKEN_FILE).read_text()
    there.whoami("--profile", "s")  # five minutes are left
    assert bearers(fake) == [SECRET + "-old"]
    assert (there.path / TOKEN_FILE).read_text() == before
    there.write(TOKEN_FILE, dict(json.loads(before), expiresAt=at(-10)))
    assert "aws sso login" in there.fails("--profile", "s")


def test_sso_whose_registration_is_over(login, fake):
    there = login(at(-10), **dict(RENEWABLE, registrationExpiresAt=EARLIER))
    assert "aws sso login" in there.fails("--profile", "s")
    assert fake.take() == []


@pytest.mark.parametrize(
    "text", ["SeCrEt", "{}", '{"accessToken": "SeCrEt"}', '{"accessToken": "Se\\nCrEt", "expiresAt": "%s"}' % LATER]
)
def test_sso_with_a_broken_cache(login, text):
    there = login(LATER)
    there.write(TOKEN_FILE, text)
    assert "cannot be read from the cache; run `aws sso login" in there.fails("--profile", "s")


@pytest.mark.parametrize(
    "answer, status, says",
    [
        ((401, '{"message": "SeCrEt"}'), 1, "not accepted any more; run `aws sso login"),
        ((403, "SeCrEt"), 1, "does not give the role Reader of account 777788889999"),
        ((500, "SeCrEt"), 1, "HTTP 500"),
        ((200, "SeCrEt"), 1, "not JSON"),
        ((200, {"roleCredentials": {}}), 1, "no accessKeyId"),
    ],
)
def test_sso_portal_that_refuses(login, fake, answer, status, says):
    fake.says["GET /federation/credentials"] = answer
    assert says in login(LATER).fails("--profile", "s", status=status)


def login_file(session, **token):
    return {".aws/login/cache/%s.json" % hashlib.sha256(session.encode()).hexdigest(): {"accessToken": token}}


@pytest.mark.parametrize(
    "expires, says", [(at(600), None), (EARLIER, "has expired; run `aws login --profile l`"), (None, "no expiresAt")]
)
def test_aws_login(home, expires, says):
    session = "arn:aws:sts::111122223333:assumed-role/Admin/me"
    there = home(
        config=profile("l", "login_session = " + session),
        env=REGION,
        files=login_file(
            session,
            accessKeyId="ASIAEXAMPLELOGIN",
            secretAccessKey=SECRET,
            sessionToken=SECRET + "-t",
            expiresAt=expires,
        ),
    )
    if says:
        assert says in there.fails("--profile", "l")
    else:
        assert there.signer("--profile", "l") == "ASIAEXAMPLELOGIN"


def test_aws_login_never_made(home):
    assert "run `aws login" in home(config="[default]\nlogin_session = x\n", env=REGION).fails()


# --- processes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def process(home):
    def make(program, **more):
        return home(config="[default]\n" + PROCESS, files={"keys.py": program}, env=REGION, **more)

    return make


GIVEN = {"Version": 1, "AccessKeyId": "AKIAEXAMPLEPROC", "SecretAccessKey": SECRET + "-p"}


@pytest.mark.parametrize(
    "program, says",
    [
        ("import sys; sys.stderr.write('SeCrEt'); sys.exit(3)", "failed with status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9"),
        ("print('SeCrEt')", "not JSON"),
        ("", "not JSON"),
        ("print('x' * 400000)", "more than"),
        ("while True: print('x' * 1000)", "more than"),
        ("print('%s')" % json.dumps(dict(GIVEN, Version=2)), "Version is not 1"),
        (
            "print('%s')" % json.dumps({key: GIVEN[key] for key in ("AccessKeyId", "SecretAccessKey")}),
            "Version is not 1",
        ),
        ("print('%s')" % json.dumps(dict(GIVEN, Version="1")), "wrong kind"),
        ("print('%s')" % json.dumps({key: GIVEN[key] for key in ("Version", "AccessKeyId")}), "no SecretAccessKey"),
        ("print('%s')" % json.dumps(dict(GIVEN, Expiration=EARLIER)), "expired at 2020"),
        ("print('%s')" % json.dumps(dict(GIVEN, Expiration="x")), "wrong kind"),
        ("print('%s' * 2)" % json.dumps(GIVEN), "not JSON"),
    ],
)
def test_a_process_that_is_wrong(process, program, says):
    message = process(program).fails()
    assert says in message and "credential_process of profile default" in message


def test_a_process_may_talk_to_nobody(process):
    program = "import sys; sys.stderr.write('SeCrEt'); print('%s')" % json.dumps(
        dict(GIVEN, SessionToken=SECRET, Expiration=LATER)
    )
    there = process(program)
    result = there.whoami(form="text")
    assert result.errors == "" and "****PROC" in result.text


@pytest.mark.parametrize(
    "line, says", [("/nowhere/at-all", "cannot be started"), ("'open", "quote"), ("''", "cannot be started")]
)
def test_a_process_that_is_none(home, line, says):
    assert says in home(config="[default]\ncredential_process = %s\n" % line, env=REGION).fails()


# --- STS -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def role(home):
    def make(*lines, **more):
        config = profile("r", ROLE % "one", "source_profile = base", *lines)
        return home(credentials="[base]\n" + static("BASE"), config=config, env=dict(REGION, AWS_PROFILE="r"), **more)

    return make


@pytest.mark.parametrize(
    "answer, says",
    [
        ((403, REFUSED % ("AccessDenied", "User: x is not authorized")), "AccessDenied: User: x is not authorized"),
        ((403, REFUSED % ("SignatureDoesNotMatch", "The canonical string was SeCrEt-BASE")), "SignatureDoesNotMatch"),
        ((403, REFUSED % ("ExpiredToken", "SeCrEt-BASE is over")), "ExpiredToken"),
        ((400, REFUSED % ("A\x1b[31m", "two\nlines")), "cannot be assumed"),
        ((500, "SeCrEt"), "HTTP 500"),
        ((200, "<html>SeCrEt</html>"), "not what STS says"),
        ((200, "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"), "no AccessKeyId"),
        ((200, "<!DOCTYPE x [<!ENTITY a 'SeCrEt'>]><AssumeRoleResponse/>"), "not what STS says"),
        ((200, ""), "not what STS says"),
    ],
)
def test_a_role_that_is_refused(role, fake, answer, says):
    fake.says["POST /"] = answer
    message = role().fails()
    assert says in message and "arn:aws:iam::444455556666:role/one" in message and "\x1b" not in message


def test_sts_is_asked_again(role, fake):
    usual = fake_identity.Identity.usual
    answers = [(503, ""), (400, REFUSED % ("Throttling", "Rate exceeded"))]
    fake.says["POST /"] = lambda request: answers.pop() if answers else usual(fake, request)
    role().whoami()
    assert len([one for one in fake.take() if one["form"]["Action"] == "AssumeRole"]) == 3


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_a_clock_that_is_wrong(role, fake, ahead):
    usual = fake_identity.Identity.usual

    def strict(request):
        signed = time.mktime(time.strptime(request["headers"]["x-amz-date"], "%Y%m%dT%H%M%SZ")) - time.timezone
        if abs(signed - time.time() - ahead) > 300:
            return 403, REFUSED % ("SignatureDoesNotMatch", "Signature expired")
        return usual(fake, request)

    fake.ahead = ahead
    fake.says["POST /"] = strict
    role().whoami()


def test_a_web_identity_that_is_refused(home, fake):
    there = home(env=dict(WEB, **REGION), files=FILES)
    fake.says["POST /"] = (400, REFUSED % ("InvalidIdentityToken", "not SeCrEt.web.token"))
    assert there.fails().endswith(": InvalidIdentityToken")
    fake.says["POST /"] = lambda request: usual_after_failure(fake, request)
    there.whoami()
    fake.take()
    there.write("web-token", " \n")
    assert "is empty" in there.fails()


def usual_after_failure(fake, request):
    """The identity provider could not be reached at first."""
    asked = [one for one in fake.asked if one["form"].get("Action") == request["form"]["Action"]]
    if len(asked) == 1 and request["key"] is None:
        return 400, REFUSED % ("IDPCommunicationError", "later")
    return fake.usual(request)


def in_session(there, terminal=None):
    """Runs amiplan in a session of its own: without a terminal, or on this one."""

    def lead():
        os.setsid()
        if terminal is not None:
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    return subprocess.Popen(
        [tool.BINARY, "collect", "--whoami"],
        env=dict({key: value for key, value in os.environ.items() if not key.startswith("AWS_")}, **there.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[] if terminal is None else [terminal],
        preexec_fn=lead,
    )


MFA = "mfa_serial = arn:aws:iam::111122223333:mfa/me"


def test_mfa_without_a_terminal(role, fake):
    process = in_session(role(MFA))
    out, errors = process.communicate(timeout=60)
    assert process.returncode != 0 and out == b"" and errors.count(b"\n") == 1
    assert b"MFA" in errors and b"terminal" in errors
    assert fake.take() == []


def test_mfa_is_asked_on_the_terminal(role, fake):
    leader, terminal = pty.openpty()
    process = in_session(role(MFA), terminal)
    asked = b""
    while b":mfa/me" not in asked:
        assert select.select([leader], [], [], 60)[0], asked
        asked += os.read(leader, 200)
    os.write(leader, b"123456\n")
    _, errors = process.communicate(timeout=60)
    os.close(leader)
    os.close(terminal)
    assert process.returncode == 0, errors
    form = fake.take()[0]["form"]
    assert form["SerialNumber"] == MFA.split(" = ")[1] and form["TokenCode"] == "123456"


# --- what is said ----------------------------------------------------------------------------------------------------


def test_origins_are_said(home):
    there = home(
        credentials=DEFAULT, config="[default]\nregion = eu-west-1\nca_bundle = /etc/ssl/certs/ca-certificates.crt\n"
    )
    lines = dict(
        re.match(r"(\S+(?: \S+)*)\s{2,}(.*)", line).groups() for line in there.whoami(form="text").text.splitlines()
    )
    assert lines == {
        "account": ACCOUNT,
        "arn": "arn:aws:iam::111122223333:user/AKIAEXAMPLEDEFAULT",
        "user id": "AIDA",
        "profile": "default  (default)",
        "region": "eu-west-1  (~/.aws/config [default])",
        "access key": "****AULT  (~/.aws/credentials [default])",
        "expires": "-",
        "ec2 endpoint": there.fake.url + "  (AWS_ENDPOINT_URL)",
        "sts endpoint": there.fake.url + "  (AWS_ENDPOINT_URL)",
        "CA bundle": "/etc/ssl/certs/ca-certificates.crt  (~/.aws/config [default])",
    }


def test_roles_of_the_command_line(home, fake):
    there = home(credentials=DEFAULT, env=REGION)
    arns = ["arn:aws:iam::%s:role/%s" % pair for pair in (("444455556666", "one"), ("777788889999", "two"))]
    result = there.whoami("--role-arn", arns[0], "--role-arn", arns[1], "--external-id", "ext")
    said = [next(line for line in one["settings"] if line["name"] == "access key") for one in json.loads(result.text)]
    assert [(line["value"], line["from"]) for line in said] == [
        ("****EONE", "the role " + arns[0]),
        ("****ETWO", "the role " + arns[1]),
    ]
    forms = [one["form"] for one in fake.take() if one["form"]["Action"] == "AssumeRole"]
    assert [(form["RoleArn"], form["ExternalId"]) for form in forms] == [(arns[0], "ext"), (arns[1], "ext")]
