"""AWS's wire formats as its service models have them: parameters that a call knows, answers and errors as bytes.

It must not know: accounts, connections, amiplan. Answers are given as the `aws` command prints them (member names of
the models), so that what goes in is what must come out at the other end.
"""

import functools
import json
import re
from xml.sax.saxutils import escape

import botocore.session

NAMESPACES = {
    "ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
    "autoscaling": "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
VERSIONS = {"ec2": "2016-11-15", "autoscaling": "2011-01-01", "sts": "2011-06-15"}
REQUEST_ID = "59dbff89-35bd-4eac-99ed-be587EXAMPLE"
XML, JSON, HTML = "text/xml;charset=UTF-8", "application/x-amz-json-1.1", "text/html"
_session = botocore.session.get_session()


@functools.lru_cache(maxsize=None)
def model(service):
    """A service's model; reading EC2's takes a while."""
    return _session.get_service_model(service)


@functools.lru_cache(maxsize=None)
def operation(service, action):
    """The model of a call, or None if the service has no such call."""
    known = model(service)
    return known.operation_model(action) if action in known.operation_names else None


@functools.lru_cache(maxsize=None)
def parameters_of(service, action):
    """The names that a call's parameters begin with on the wire."""
    shape = operation(service, action).input_shape
    names = {"Action", "Version"}
    for name, member in (shape.members if shape else {}).items():
        wire = member.serialization.get("queryName") or member.serialization.get("name", name)
        names.add(wire[0].upper() + wire[1:] if service == "ec2" else name)
    return frozenset(names)


def unknown_parameter(service, action, parameters):
    """The first parameter that the call does not know, or None."""
    known = parameters_of(service, action)
    return next((name for name in parameters if name.split(".", 1)[0] not in known), None)


def listed(parameters, name):
    """The values of Name.1, Name.2 … (EC2) or Name.member.1 … (the query protocol), in order."""
    pattern = re.compile(r"%s\.(?:member\.)?(\d+)\Z" % re.escape(name))
    found = [(int(match[1]), value) for key, value in parameters.items() if (match := pattern.match(key))]
    assert sorted(number for number, _ in found) == list(range(1, len(found) + 1)), "gaps in %s" % name
    return [value for _, value in sorted(found)]


class Novelty:
    """What a newer AWS may put into an answer: an element nobody knows, and the known ones in another order."""

    ELEMENT = "<somethingNew><item><key>a</key></item><item/></somethingNew>"

    def __init__(self, random):
        self.random = random

    def apply(self, elements):
        elements.append(self.ELEMENT)
        self.random.shuffle(elements)


def element(shape, name, value, novelty=None):
    """One member as XML."""
    if value is None:
        return ""
    kind = shape.type_name
    if kind == "structure":
        return "<%s>%s</%s>" % (name, members(shape, value, novelty), name)
    if kind == "list":
        item = shape.member.serialization.get("name", "member")
        if shape.serialization.get("flattened"):
            return "".join(element(shape.member, name, each, novelty) for each in value)
        inside = "".join(element(shape.member, item, each, novelty) for each in value)
        return "<%s>%s</%s>" % (name, inside, name) if inside else "<%s/>" % name
    text = str(value).lower() if kind == "boolean" else escape(str(value), {"\r": "&#xD;"})
    return "<%s>%s</%s>" % (name, text, name) if text else "<%s/>" % name


def members(shape, value, novelty=None):
    """All members of a structure; a member that the model does not have is a mistake of the test."""
    assert set(value) <= set(shape.members), "%s has no %s" % (shape.name, set(value) - set(shape.members))
    parts = [
        element(member, member.serialization.get("name", name), value[name], novelty)
        for name, member in shape.members.items()
        if name in value
    ]
    if novelty:
        novelty.apply(parts)
    return "".join(parts)


def record(service, action, list_name, value, novelty=None):
    """One element of an answer's list, to be joined by `page`."""
    shape = operation(service, action).output_shape.members[list_name]
    return element(shape.member, shape.member.serialization.get("name", "member"), value, novelty)


def page(service, action, list_name, records, token=None):
    """An answer whose list is made of rendered records."""
    output = operation(service, action).output_shape
    name = output.members[list_name].serialization.get("name", list_name)
    inside = "<%s>%s</%s>" % (name, "".join(records), name) if records else "<%s/>" % name
    if token is not None:
        token_shape = output.members["NextToken"]
        inside += element(token_shape, token_shape.serialization.get("name", "NextToken"), token)
    return envelope(service, action, inside)


def answer(service, action, value, novelty=None):
    """A whole answer: (content type, bytes)."""
    if service in VERSIONS:
        output = operation(service, action).output_shape
        return XML, envelope(service, action, members(output, value, novelty) if output else "<return>true</return>")
    return JSON, json.dumps(value).encode()


def envelope(service, action, inside):
    root, namespace = action + "Response", NAMESPACES[service]
    if service == "ec2":
        inside = "<requestId>%s</requestId>%s" % (REQUEST_ID, inside)
    else:
        result = "<%sResult>%s</%sResult>" % (action, inside, action)
        inside = "%s<ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata>" % (result, REQUEST_ID)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return ('%s<%s xmlns="%s">%s</%s>' % (head, root, namespace, inside, root)).encode("utf-8")


def error(service, code, message, reason=None):
    """An error's body in the service's own form: (content type, further headers, bytes)."""
    if service == "ec2":
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>%s</Code><Message>%s</Message>'
            "</Error></Errors><RequestID>%s</RequestID></Response>" % (escape(code), escape(message), REQUEST_ID)
        )
        return XML, {}, body.encode("utf-8")
    if service in VERSIONS:
        body = (
            '<ErrorResponse xmlns="%s"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>'
            "<RequestId>%s</RequestId></ErrorResponse>"
            % (NAMESPACES[service], escape(code), escape(message), REQUEST_ID)
        )
        return XML, {}, body.encode("utf-8")
    body = json.dumps(
        {"__type": "com.amazonaws.%s#%s" % (service, code), "message": message, **({"Reason": reason} if reason else {})}
    )
    return JSON, {"x-amzn-errortype": code + ":http://internal.amazon.com/coral/"}, body.encode("utf-8")
