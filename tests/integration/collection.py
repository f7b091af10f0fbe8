"""Saves what the real `aws` command prints, call by call, as ACCOUNT/REGION/*.json.

It must not know: amiplan. It asks only what a test server of EC2 can answer; what it cannot, it leaves out.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

# File name -> arguments. ACCOUNT is filled in: the test server ignores --owner-ids, but not the filter.
CALLS = {
    "images": ["ec2", "describe-images", "--owners", "self", "--include-deprecated", "--include-disabled"],
    "snapshots": ["ec2", "describe-snapshots", "--filters", "Name=owner-id,Values=ACCOUNT"],
    "instances": ["ec2", "describe-instances"],
    "volumes": ["ec2", "describe-volumes"],
    "launch-templates": ["ec2", "describe-launch-templates"],
    "auto-scaling-groups": ["autoscaling", "describe-auto-scaling-groups"],
    "launch-configurations": ["autoscaling", "describe-launch-configurations"],
    "spot-instance-requests": ["ec2", "describe-spot-instance-requests"],
    "spot-fleet-requests": ["ec2", "describe-spot-fleet-requests"],
    "fleets": ["ec2", "describe-fleets"],
}


def save(directory, name, text):
    with open(os.path.join(directory, name + ".json"), "w", encoding="utf-8") as file:
        file.write(text)


def collect(aws, directory, region):
    """Collects with `aws(arguments...) -> text` below `directory`; returns the place's own directory."""
    identity = aws("sts", "get-caller-identity")
    account = json.loads(identity)["Account"]
    place = os.path.join(str(directory), account, region)
    os.makedirs(place)
    save(place, "caller-identity", identity)
    with ThreadPoolExecutor(2) as pool:

        def read(name, arguments):
            text = aws(*[each.replace("ACCOUNT", account) for each in arguments])
            save(place, name, text)
            return json.loads(text)

        answers = {name: pool.submit(read, name, arguments) for name, arguments in CALLS.items()}
        answers = {name: answer.result() for name, answer in answers.items()}
        more = {}
        for template in answers["launch-templates"]["LaunchTemplates"]:
            name = template["LaunchTemplateId"]
            more["launch-template-versions-" + name] = [
                "ec2",
                "describe-launch-template-versions",
                "--launch-template-id",
                name,
            ]
        for image in answers["images"]["Images"]:
            name = image["ImageId"]
            more["launch-permission-" + name] = [
                "ec2",
                "describe-image-attribute",
                "--attribute",
                "launchPermission",
                "--image-id",
                name,
            ]
        for pending in [pool.submit(read, name, arguments) for name, arguments in more.items()]:
            pending.result()
    return place
