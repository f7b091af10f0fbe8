"""An `aws` of our own: a world in one JSON file, as the documents of an inventory have it, and faults at will.

Usage: fake_command.py WORLD SERVICE OPERATION OPTION…. It must not know: amiplan, or what the scripts ask for.

The world: {"account", "regions": {REGION: {"Images", "Snapshots", "Reservations", "LaunchPermissions": {ID: […]},
"Bin": {ID: {…}}}}, "faults": [{"operation", "id", "code", "message", "times"}…], "calls": […]}. A fault is what the
next `times` calls get; `calls` collects what was done, dry runs too.
"""

import json
import re
import sys

import jmespath

NO_SUCH = {"ami": "InvalidAMIID.NotFound", "snap": "InvalidSnapshot.NotFound", "i": "InvalidInstanceID.NotFound"}
IDS = ("--image-id", "--image-ids", "--snapshot-id", "--snapshot-ids", "--instance-ids")


class Refused(Exception):
    """An error of AWS: code and message."""


def options_of(words):
    """{--option: [value…]}."""
    options, name = {}, None
    for word in words:
        if word.startswith("--"):
            name = word
            options[name] = []
        else:
            options[name].append(word)
    return options


def filters_of(options):
    for text in options.get("--filters", []):
        if text.startswith("["):
            for each in json.loads(text):
                yield each["Name"], each["Values"]
        else:
            name, values = text.split(",", 1)
            yield name[len("Name=") :], values[len("Values=") :].split(",")


def matches(pattern, value):
    """In a filter `*` and `?` stand for others, and a backslash takes that meaning away."""
    words = {"*": ".*", "?": "."}
    parts = re.findall(r"\\.|.", pattern, re.S)
    text = "".join(words.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(text, value, re.S) is not None


def snapshots_of(image):
    return [each["Ebs"].get("SnapshotId") for each in image.get("BlockDeviceMappings", []) if "Ebs" in each]


class World:
    def __init__(self, document, region, options):
        self.here = document["regions"][region]
        self.account, self.options = document["account"], options
        self.ids = [value for name in IDS for value in options.get(name, [])]

    def find(self, key, name):
        found = [each for each in self.here[key] if not self.ids or each[name] in self.ids]
        if self.ids and not found:
            raise Refused(NO_SUCH[self.ids[0].split("-")[0]], "%s does not exist" % self.ids[0])
        return found

    def passes(self, item, values):
        """Do the filters of the call let it through? `values` tells an item's values by the filter's name."""
        return all(
            any(matches(pattern, value) for pattern in wanted for value in values[name](item) if value is not None)
            for name, wanted in filters_of(self.options)
        )

    def get_caller_identity(self):
        return {"Account": self.account}

    def describe_images(self):
        assert "--include-disabled" in self.options
        values = {"block-device-mapping.snapshot-id": snapshots_of, "name": lambda image: [image.get("Name")]}
        return {"Images": [each for each in self.find("Images", "ImageId") if self.passes(each, values)]}

    def describe_snapshots(self):
        return {"Snapshots": self.find("Snapshots", "SnapshotId")}

    def instances(self):
        return [each for reservation in self.here["Reservations"] for each in reservation["Instances"]]

    def describe_instances(self):
        values = {
            "image-id": lambda instance: [instance["ImageId"]],
            "instance-state-name": lambda instance: [instance["State"]["Name"]],
        }
        found = []
        for reservation in self.here["Reservations"]:
            chosen = [
                each
                for each in reservation["Instances"]
                if self.passes(each, values) and (not self.ids or each["InstanceId"] in self.ids)
            ]
            if chosen:
                found.append(dict(reservation, Instances=chosen))
        if self.ids and not found:
            raise Refused(NO_SUCH["i"], "%s does not exist" % self.ids[0])
        return {"Reservations": found}

    def describe_image_attribute(self):
        return {"LaunchPermissions": self.here["LaunchPermissions"].get(self.ids[0], [])}

    def describe_snapshot_attribute(self):
        return {"CreateVolumePermissions": self.here["LaunchPermissions"].get(self.ids[0], [])}

    def deregister_image(self):
        (image,) = self.find("Images", "ImageId")
        self.here["Images"].remove(image)

    def delete_snapshot(self):
        (snapshot,) = self.find("Snapshots", "SnapshotId")
        for image in self.here["Images"]:
            if self.ids[0] in snapshots_of(image):
                message = "The snapshot %s is currently in use by %s" % (self.ids[0], image["ImageId"])
                raise Refused("InvalidSnapshot.InUse", message)
        self.here["Snapshots"].remove(snapshot)

    def terminate_instances(self):
        for each in self.instances():
            if each["InstanceId"] in self.ids:
                each["State"]["Name"] = "shutting-down"

    def in_bin(self, key):
        return {key: [self.here["Bin"][each] for each in self.ids if each in self.here["Bin"]]}

    def list_images_in_recycle_bin(self):
        return self.in_bin("Images")

    def list_snapshots_in_recycle_bin(self):
        return self.in_bin("Snapshots")

    def restore_image_from_recycle_bin(self):
        self.here["Images"].append(self.here["Bin"].pop(self.ids[0]))

    def restore_snapshot_from_recycle_bin(self):
        self.here["Snapshots"].append(self.here["Bin"].pop(self.ids[0]))

    def register_image(self):
        image = json.loads(self.options["--cli-input-json"][0])
        image.update(ImageId="ami-%017x" % (0xFEED + len(self.here["Images"])), State="available")
        self.here["Images"].append(image)
        return {"ImageId": image["ImageId"]}

    def modify_image_attribute(self):
        grants = json.loads(self.options["--launch-permission"][0])["Add"]
        self.here["LaunchPermissions"].setdefault(self.ids[0], []).extend(grants)

    def enable_image_deprecation(self):
        self.find("Images", "ImageId")[0]["DeprecationTime"] = self.options["--deprecate-at"][0]

    def enable_image_deregistration_protection(self):
        self.find("Images", "ImageId")[0]["DeregistrationProtection"] = "enabled-without-cooldown"

    def disable_image(self):
        self.find("Images", "ImageId")[0]["State"] = "disabled"


def text_of(value):
    """As --output text prints it."""
    if isinstance(value, list):
        if any(isinstance(each, list) for each in value):
            return "\n".join(text_of(each) for each in value)
        return "\t".join(text_of(each) for each in value)
    return str(value)


def is_faulty(document, operation, ids):
    for fault in document["faults"]:
        if fault["operation"] == operation and fault["id"] in ids and fault["times"] > 0:
            fault["times"] -= 1
            raise Refused(fault["code"], fault["message"])


def answer_of(document, operation, options):
    assert options["--output"] == ["text"] and len(options["--region"]) == 1
    world = World(document, options["--region"][0], options)
    changes = not operation.startswith(("describe-", "get-", "list-"))
    if changes:
        document["calls"].append([operation, *world.ids, *(["dry run"] if "--dry-run" in options else [])])
    is_faulty(document, operation, world.ids)
    if changes and "--dry-run" in options:
        raise Refused("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    answer = getattr(world, operation.replace("-", "_"))() or {}
    if "--query" in options:
        return jmespath.search(options["--query"][0], answer)
    return ""


def main(path, _service, operation, *words):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    try:
        print(text_of(answer_of(document, operation, options_of(words))))
        status = 0
    except Refused as error:
        called = "".join(part.capitalize() for part in operation.split("-"))
        text = "\nAn error occurred (%s) when calling the %s operation: %s"
        print(text % (error.args[0], called, error.args[1]), file=sys.stderr)
        status = 254
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
