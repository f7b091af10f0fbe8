"""Which credentials amiplan finds, beside what botocore finds in the same files and environment; and each source alone.

It must not know: how amiplan looks. The services are fakes on loopback; what counts is who signs GetCallerIdentity.
"""

import hashlib
import json
import os
import re
import stat
import sys
import time

import botocore.credentials
import botocore.session
import botocore.tokens
import botocore.utils
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

import fake_identity
import tool
from fake_identity import ACCOUNT, EARLIER, LATER, METADATA, REFUSED, SECRET, keys

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


# --- botocore as oracle ------------------------------------------------------------------------------------------------

SESSION = "my-sso"
START = "https://my-sso-portal.awsapps.com/start"
TOKEN_FILES = {
    ".aws/sso/cache/%s.json" % hashlib.sha1(name.encode()).hexdigest(): {
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
KEYS_PY = "import json\nprint(json.dumps({'Version': 1, 'AccessKeyId': 'AKIAEXAMPLEPROCESS', 'SecretAccessKey': 'SeCrEt-p'}))\n"
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEENV", "AWS_SECRET_ACCESS_KEY": "SeCrEt-env"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/web-token", "AWS_ROLE_ARN": "arn:aws:iam::444455556666:role/web"}
IMDS = {"AWS_EC2_METADATA_DISABLED": "-", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container/creds"}
REGION = {"AWS_DEFAULT_REGION": "eu-west-3"}
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
        credentials="[default]\naws_access_key_id = AKIAEXAMPLEX\n", config="[default]\naws_secret_access_key = SeCrEt\n"
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
    "role": dict(credentials="[base]\n" + static("BASE"), config=profile("r", ROLE % "one", "source_profile = base"), profile="r"),
    "role-details": dict(
        credentials="[base]\n" + static("BASE"),
        config=profile(
            "r", ROLE % "one", "source_profile = base", "external_id = ext", "role_session_name = me", "duration_seconds = 1800"
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
        config=profile("r", ROLE % "one", "source_profile = s") + profile("s", ROLE % "two", "source_profile = r"), profile="r"
    ),
    "role-keys-win-at-source": dict(
        config=profile("r", ROLE % "one", "source_profile = s") + profile("s", ROLE % "two", "source_profile = r", static("S")),
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
    "role-from-empty-environment": dict(config=profile("r", ROLE % "one", "credential_source = Environment"), profile="r"),
    "role-from-instance": dict(env=IMDS, config=profile("r", ROLE % "one", "credential_source = Ec2InstanceMetadata"), profile="r"),
    "role-from-container": dict(env=CONTAINER, config=profile("r", ROLE % "one", "credential_source = EcsContainer"), profile="r"),
    "role-from-nonsense": dict(config=profile("r", ROLE % "one", "credential_source = Thin air"), profile="r"),
    "role-from-process": dict(
        config=profile("r", ROLE % "one", "source_profile = p") + profile("p", PROCESS), profile="r"
    ),
    "role-from-sso": dict(config=profile("r", ROLE % "one", "source_profile = s") + profile("s", SSO, PORTAL), profile="r"),
    "role-from-web": dict(
        config=profile("r", ROLE % "one", "source_profile = w")
        + profile("w", ROLE % "web", "web_identity_token_file = {home}/web-token"),
        profile="r",
    ),
    "role-source-ignores-web-env": dict(
        env=WEB, config=profile("r", ROLE % "one", "source_profile = e") + profile("e", "region = eu-west-1"), profile="r"
    ),
    # Web identity.
    "web-env": dict(env=dict(WEB, AWS_ROLE_SESSION_NAME="pod")),
    "web-env-over-keys": dict(env=WEB, credentials=DEFAULT),
    "web-env-roleless": dict(env=dict(WEB, AWS_ROLE_ARN="-")),
    "web-env-silenced": dict(env=WEB, credentials="[a]\n" + static("A"), profile="a"),
    "web-profile": dict(
        config=profile("w", ROLE % "web", "web_identity_token_file = {home}/web-token", "role_session_name = me"), profile="w"
    ),
    "web-mixed": dict(env={"AWS_ROLE_ARN": WEB["AWS_ROLE_ARN"]}, config="[default]\nweb_identity_token_file = {home}/web-token\n"),
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
    "sso-no-token": dict(config=profile("s", SSO, "sso_start_url = https://other", "sso_region = eu-west-1"), profile="s"),
    "sso-over-keys": dict(config=profile("s", SSO, PORTAL), credentials="[s]\n" + static("S"), profile="s"),
    "sso-without-role-is-none": dict(config=profile("s", PORTAL), credentials="[s]\n" + static("S"), profile="s"),
    # Processes, containers, instances, and their order.
    "process": dict(config="[default]\n" + PROCESS),
    "process-after-credentials": dict(config="[default]\n" + PROCESS, credentials=DEFAULT),
    "process-before-config-keys": dict(config="[default]\n" + PROCESS + static("CONFIG")),
    "process-quotes": dict(
        config="[default]\ncredential_process = '%s' \"{home}/a b.py\" $HOME\n" % sys.executable, files={"a b.py": KEYS_PY}
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
    home.fake.take()
    try:
        session = botocore.session.Session(profile=name)
        session.create_client("sts", config=Config(retries={"total_max_attempts": 1})).get_caller_identity()
    except (BotoCoreError, ClientError, OSError, ValueError, KeyError, RuntimeError):
        return None
    return trace(home.fake.take())


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
