"""The real `aws` command is the judge of shapes.def and xml_json: same XML in, same bytes out.

It must not know: how amiplan parses XML. The answers are made at random from botocore's models and handed to the
command, in this process, in the place of the network.
"""

import base64
import contextlib
import importlib.util
import io
import os
import random
import re
import subprocess
import sys
from xml.sax.saxutils import escape

import awscli.clidriver
import botocore
import botocore.awsrequest
import botocore.exceptions
import pytest

import tool

SHAPES = os.path.join(tool.TOP, "src", "aws", "shapes.def")
GENERATOR = os.path.join(tool.TOP, "src", "aws", "make_shapes.py")
AIDS = os.environ.get("AMIPLAN_AIDS", os.path.join(tool.TOP, "build", "release", "tests", "integration"))
CASES = int(os.environ.get("SHAPES_CASES", "6"))
TEXTS = ["", "a", " a ", "ami-0123456789abcdef0", "<&>", "line\nbreak\ttab", "]]>", "{}", ",", "null", "x" * 3000]
TEXTS += ["caf\u00e9 \U0001f600", 'a"b\\c/', "\u2028\x7f", "2024-05-06T07:08:09.000Z"]


def load_generator():
    spec = importlib.util.spec_from_file_location("make_shapes", GENERATOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OPERATIONS = [(service, action) for service, actions in load_generator().OPERATIONS.items() for action in actions]


def test_shapes_are_as_the_pinned_botocore_has_them():
    """`make shapes` makes them anew; then look at the difference and commit it with the new pin."""
    made = subprocess.run([sys.executable, GENERATOR], capture_output=True, timeout=120, check=True).stdout
    with open(SHAPES, "rb") as file:
        committed = file.read()
    pinned = re.search(rb"botocore ([0-9.]+)", committed).group(1).decode()
    advice = "shapes.def is of botocore %s, tests/requirements.txt installs %s: make shapes"
    assert botocore.__version__ == pinned, advice % (pinned, botocore.__version__)
    assert made == committed, "shapes.def is not what make_shapes.py writes: make shapes"


# --- answers made at random -----------------------------------------------------------------------------------------


class Maker:
    """Makes XML of a model's shapes: any order, empty things, blanks, comments, members nobody knows."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.blanks = self.random.choice(["", "\n  "])

    def answer(self, operation, token):
        """One page of an operation; `token` leads to the next."""
        output, inside = operation.output_shape, []
        if output is not None:
            for name, shape in output.members.items():
                element = shape.serialization.get("name", name)
                if name == "NextToken":
                    inside.append("<%s>%s</%s>" % (element, token, element) if token else "")
                elif shape.type_name == "list" or "NextToken" in output.members or self.random.random() < 0.7:
                    # For an absent member of a page the command prints null: not what AWS said, so not judged.
                    inside.append(self.element(element, shape, 0))
        inside.append("<return>true</return>" if output is None else "")
        self.random.shuffle(inside)
        text = self.blanks.join(inside)
        wrapper = output.serialization.get("resultWrapper") if output is not None else None
        if wrapper:
            text = "<%s>%s</%s><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>" % (wrapper, text, wrapper)
        else:
            text = "<requestId>r</requestId>" + text
        root = operation.name + "Response"
        return '<?xml version="1.0" encoding="UTF-8"?>\n<%s xmlns="http://example.com/">%s</%s>' % (root, text, root)

    def element(self, name, shape, depth):
        text = getattr(self, shape.type_name)(shape, depth + 1)
        if not text and self.random.random() < 0.5:
            return "<%s/>" % name
        return "<%s>%s</%s>" % (name, text, name)

    def structure(self, shape, depth):
        odds = 0.8 if depth < 4 else 0.4
        inside = [
            self.element(member.serialization.get("name", name), member, depth)
            for name, member in shape.members.items()
            if self.random.random() < odds
        ]
        if self.random.random() < 0.1:
            inside += ["<unheardOf><name>x</name><item/></unheardOf>", "<!-- <name> -->", "<?name x?>"]
        self.random.shuffle(inside)
        return self.blanks.join(inside)

    def list(self, shape, depth):
        name = shape.member.serialization.get("name", "member")
        count = self.random.choice([0, 1, 1, 2, 3] if depth < 4 else [0, 1, 1])
        return self.blanks.join(self.element(name, shape.member, depth) for _ in range(count))

    def string(self, _shape, _depth):
        text = self.random.choice(TEXTS)
        if self.random.random() < 0.1 and "]]>" not in text:
            return "<![CDATA[%s]]>" % text
        return escape(text) if self.random.random() < 0.9 else "".join("&#%d;" % ord(c) for c in text)

    def timestamp(self, _shape, _depth):
        return self.random.choice(["2024-05-06T07:08:09.000Z", "2024-05-06T07:08:09Z", "1714979289"])

    def blob(self, _shape, _depth):
        return base64.b64encode(self.random.randbytes(self.random.randrange(9))).decode()

    def boolean(self, _shape, _depth):
        return self.random.choice(["true", "false", "true", "false", "True", ""])

    def integer(self, _shape, _depth):
        return self.random.choice(["0", "-1", "8", "2147483647", "007", " 5 "])

    def long(self, _shape, _depth):
        return self.random.choice(["0", "9223372036854775807", "-9223372036854775808"])

    def double(self, _shape, _depth):
        """Numbers whose digits Python keeps, too."""
        return self.random.choice(["0.25", "1.5", "-3.0", "10", "123456.789"])


# --- the two that read them -----------------------------------------------------------------------------------------


class AwsCommand:
    """The `aws` command in this process; what it sends is answered with the pages at hand."""

    def __init__(self):
        self.driver = awscli.clidriver.create_clidriver()
        self.driver.session.register("before-send", self.send)
        self.pages = []

    def model(self, service):
        return self.driver.session.get_service_model(service)

    def has_pages(self, service, action):
        try:
            return bool(self.driver.session.get_paginator_model(service).get_paginator(action))
        except (ValueError, botocore.exceptions.DataNotFoundError):
            return False

    def send(self, request, **_):
        class Raw(io.BytesIO):
            def stream(self, **_):
                yield self.read()

        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw(self.pages.pop(0)))

    def prints(self, service, operation, pages):
        self.pages = list(pages)
        words = re.sub("([a-z])([A-Z])", r"\1-\2", operation.name).lower()
        arguments = [service, words, "--region", "us-east-1", "--output", "json", "--no-sign-request"]
        for name in operation.input_shape.required_members if operation.input_shape else []:
            value = {"list": "i-1", "integer": "1"}.get(operation.input_shape.members[name].type_name, "x" * 30)
            arguments += ["--" + re.sub("([a-z])([A-Z])", r"\1-\2", name).lower(), value]
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = self.driver.main(arguments)
        assert status == 0 and not self.pages, arguments
        return out.getvalue() or "{}\n"


@pytest.fixture(scope="module")
def aws_command():
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        # Set when awscli is first imported, which another test may have done.
        patch.setenv("AWS_DATA_PATH", os.path.join(os.path.dirname(awscli.__file__), "data"))
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        yield AwsCommand()


def amiplan_saves(service, action, files, step):
    done = subprocess.run(
        [os.path.join(AIDS, "answer_json"), service, action, str(step), *files],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0 and not done.stderr, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode()


@pytest.mark.parametrize("service, action", OPERATIONS)
def test_saved_files_equal_what_the_aws_command_prints(aws_command, service, action, tmp_path):
    operation = aws_command.model(service).operation_model(action)
    paged = aws_command.has_pages(service, action)
    for case in range(CASES):
        maker = Maker("%s %s %d" % (service, action, case))
        count = maker.random.choice([1, 2, 3]) if paged else 1
        pages, files = [], []
        for number in range(count):
            token = "token-%d" % number if number + 1 < count else None
            pages.append(maker.answer(operation, token).encode())
            files.append(tmp_path / ("%d-%d.xml" % (case, number)))
            files[-1].write_bytes(pages[-1])
        wanted = aws_command.prints(service, operation, pages)
        assert amiplan_saves(service, action, files, maker.random.choice([1, 7, 4096])) == wanted, (case, files)
