"""An AWS account in memory and what EC2, Auto Scaling, STS, SSM and Recycle Bin answer about it.

It must not know: HTTP, signatures, faults, amiplan. Records are given as the `aws` command prints them; limits, paging
and error codes are those that AWS documents.
"""

import base64
import collections
import copy
import hashlib
import json
import re

import fake_wire
from fake_wire import listed
from inventory import ACCOUNT, LISTS

# Lists beside those of inventory.LISTS.
FURTHER = (
    "recycled-images",
    "recycled-snapshots",
    "locked-snapshots",
    "fast-snapshot-restores",
    "snapshot-tier-statuses",
    "image-references",
    "image-usage",
    "recycle-bin-rules",
    "parameters",
)
Listing = collections.namedtuple("Listing", "kind member least most ids id_member", defaults=(None, None))
LISTINGS = {
    ("ec2", "DescribeImages"): Listing("images", "Images", 5, 1000, "ImageId", "ImageId"),
    ("ec2", "DescribeSnapshots"): Listing("snapshots", "Snapshots", 5, 1000, "SnapshotId", "SnapshotId"),
    ("ec2", "DescribeInstances"): Listing("instances", "Reservations", 5, 1000, "InstanceId"),
    ("ec2", "DescribeVolumes"): Listing("volumes", "Volumes", 5, 1000, "VolumeId", "VolumeId"),
    ("ec2", "DescribeLaunchTemplates"): Listing(
        "launch-templates", "LaunchTemplates", 1, 200, "LaunchTemplateId", "LaunchTemplateId"
    ),
    ("ec2", "DescribeLaunchTemplateVersions"): Listing("launch-template-versions", "LaunchTemplateVersions", 1, 200),
    ("ec2", "DescribeSpotInstanceRequests"): Listing("spot-instance-requests", "SpotInstanceRequests", 5, 1000),
    ("ec2", "DescribeSpotFleetRequests"): Listing("spot-fleet-requests", "SpotFleetRequestConfigs", 1, 1000),
    ("ec2", "DescribeFleets"): Listing("fleets", "Fleets", 1, 1000),
    ("ec2", "DescribeLockedSnapshots"): Listing("locked-snapshots", "Snapshots", 5, 1000, "SnapshotId", "SnapshotId"),
    ("ec2", "DescribeFastSnapshotRestores"): Listing("fast-snapshot-restores", "FastSnapshotRestores", 0, 200),
    ("ec2", "DescribeSnapshotTierStatus"): Listing("snapshot-tier-statuses", "SnapshotTierStatuses", 1, 1000),
    ("ec2", "ListImagesInRecycleBin"): Listing("recycled-images", "Images", 1, 1000, "ImageId", "ImageId"),
    ("ec2", "ListSnapshotsInRecycleBin"): Listing("recycled-snapshots", "Snapshots", 5, 1000),
    ("ec2", "DescribeImageReferences"): Listing("image-references", "ImageReferences", 5, 1000),
    ("ec2", "DescribeImageUsageReportEntries"): Listing("image-usage", "ImageUsageReportEntries", 1, 1000),
    ("autoscaling", "DescribeAutoScalingGroups"): Listing("auto-scaling-groups", "AutoScalingGroups", 1, 100),
    ("autoscaling", "DescribeLaunchConfigurations"): Listing("launch-configurations", "LaunchConfigurations", 1, 100),
}
NOT_FOUND = {"ImageId": "InvalidAMIID", "SnapshotId": "InvalidSnapshot", "InstanceId": "InvalidInstanceID"}
MALFORMED = {"ImageId": "InvalidAMIID", "SnapshotId": "InvalidSnapshotID", "InstanceId": "InvalidInstanceID"}
ID = {"ImageId": r"ami-[0-9a-f]+", "SnapshotId": r"snap-[0-9a-f]+", "InstanceId": r"i-[0-9a-f]+"}
FILTERS = {
    "image-id": "ImageId",
    "snapshot-id": "SnapshotId",
    "owner-id": "OwnerId",
    "state": "State",
    "status": "State",
    "volume-id": "VolumeId",
}


class Refusal(Exception):
    """An error answer; `reason` is what the EBS direct APIs say beside the code."""

    def __init__(self, code, message="", status=400, reason=None):
        super().__init__(code)
        self.code, self.message, self.status, self.reason = code, message or code, status, reason


class Region:
    """One region: lists of records by kind, what AWS tells about single items, and how it pages."""

    def __init__(self, *places):
        self.lists = {kind: [] for kind in (*LISTS, *FURTHER)}
        self.image_attributes = {}  # AMI id -> {"LaunchPermissions": […], "LastLaunchedTime": {"Value": …}}
        self.snapshot_permissions = {}  # snapshot id -> grants
        self.termination_protected = set()  # instance ids
        self.billing = None  # a fake_billing.Billing: blocks and prices
        self.page_size = {}  # action, or None for all -> most records a page
        self.empty_pages = 0  # how many empty pages with a token come before each page
        for place in places:
            for kind, records in place.lists.items():
                self.lists[kind].extend(copy.deepcopy(records))
            for image, grants in place.permissions.items():
                self.image_attributes[image] = {"LaunchPermissions": grants}

    def add(self, kind, *records):
        self.lists[kind].extend(records)
        return self


class Account:
    """Regions, and what the caller may not do in them."""

    def __init__(self, regions, number=ACCOUNT, enabled=None):
        self.number, self.regions = number, dict(regions)
        self.enabled = list(regions) if enabled is None else enabled  # what DescribeRegions calls opted in
        self.denied = set()  # IAM actions, "ec2:DescribeVolumes"; "*" for all but GetCallerIdentity
        self.unknown = set()  # actions this partition does not have
        self.novelty = None  # a fake_wire.Novelty: answers of a newer AWS
        # What page tokens end in: every character that has to be escaped somewhere. AWS's own are like base64, "==".
        self.token_end = "+&=%é"
        self._records, self._pages = {}, {}

    def state(self):
        """All there is, as text: for comparing before and after."""
        return json.dumps(
            {
                name: [region.lists, region.image_attributes, sorted(region.termination_protected)]
                for name, region in self.regions.items()
            },
            sort_keys=True,
        )

    def answer(self, service, action, region, parameters, identity):
        """(content type, bytes), or raises Refusal. `identity` is what GetCallerIdentity says."""
        if action in self.unknown or fake_wire.operation(service, action) is None:
            raise Refusal("InvalidAction", "The action %s is not valid for this web service." % action)
        if service in fake_wire.VERSIONS:
            wrong = fake_wire.unknown_parameter(service, action, parameters)
            if wrong:
                raise Refusal("UnknownParameter", "The parameter %s is not recognized" % wrong)
        permission = "%s:%s" % (service, action)
        if action != "GetCallerIdentity" and self.denied & {permission, "*"}:
            deny(service, permission, identity["Arn"])
        place = self.regions.get(region) or Region()
        if service in ("ebs", "pricing"):
            return fake_wire.answer(service, action, place.billing.answer(action, parameters))
        if (service, action) in LISTINGS:
            return fake_wire.XML, self.listing(service, action, region, place, parameters)
        return fake_wire.answer(
            service, action, ACTIONS[service, action](self, place, parameters, identity), self.novelty
        )

    def listing(self, service, action, region, place, parameters):
        """The page that was asked for; all pages of a question are made at its first page, and kept while its
        records are the same ones."""
        row = LISTINGS[service, action]
        limit = "MaxRecords" if service == "autoscaling" else "MaxResults"
        token = parameters.get("NextToken")
        key = hashlib.sha256(
            repr([service, action, region, sorted((k, v) for k, v in parameters.items() if k != "NextToken")]).encode()
        ).hexdigest()[:20]
        if token is None or key not in self._pages:
            if token is not None:
                raise Refusal("InvalidNextToken", "The token %s is not valid." % token)
            size = page_size(row, limit, place, action, parameters)
            chosen = CHOICES.get(action, choose)(self, place, row, parameters)
            made = [size, place.empty_pages, self.token_end, *map(id, chosen)]
            if self.novelty or self._pages.get(key, (None,))[0] != made:
                self._pages[key] = made, self.pages(service, action, place, row, chosen, size, key)
        found = self._pages[key][1].get(token)
        if found is None:
            raise Refusal("InvalidNextToken", "The token %s is not valid." % token)
        return found

    def pages(self, service, action, place, row, records, size, key):
        """{token or None: bytes}."""
        rendered = [self.rendered(service, action, row.member, each) for each in records]
        stretches = []
        for start in range(0, len(rendered), size) if rendered else (0,):
            stretches.extend([[]] * place.empty_pages)
            stretches.append(rendered[start : start + size])
        tokens = [None, *["%s/%d%s" % (key, number, self.token_end) for number in range(1, len(stretches))], None]
        return {
            tokens[number]: fake_wire.page(service, action, row.member, stretch, tokens[number + 1])
            for number, stretch in enumerate(stretches)
        }

    def rendered(self, service, action, member, record):
        """A record's XML, made once until something changes."""
        if self.novelty:
            return fake_wire.record(service, action, member, record, self.novelty)
        kept = self._records.get((action, id(record)))
        if kept is None:
            kept = (fake_wire.record(service, action, member, record), record)
            self._records[action, id(record)] = kept
        return kept[0]

    def changed(self):
        """To be called after a change: what was made so far is stale."""
        self._pages.clear()
        self._records.clear()


def deny(service, permission, arn):
    """IAM says no, in the service's own words."""
    text = "User: %s is not authorized to perform: %s because no identity-based policy allows the %s action" % (
        arn,
        permission,
        permission,
    )
    if service == "ec2":
        blob = base64.b64encode(b"encoded authorization failure " * 12).decode()
        raise Refusal(
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. %s. Encoded authorization failure message: %s"
            % (text, blob),
            403,
        )
    raise Refusal("AccessDenied" if service in fake_wire.VERSIONS else "AccessDeniedException", text, 403)


def page_size(row, limit, place, action, parameters):
    """Records a page; checks MaxResults as AWS does."""
    size = row.most if limit == "MaxResults" else 50
    if limit in parameters:
        size = int(parameters[limit])
        if not row.least <= size <= row.most:
            word = "greater than or equal to %d" % row.least if size < row.least else "less than %d" % (row.most + 1)
            raise Refusal(
                "InvalidParameterValue",
                "Value ( %d ) for parameter %s is invalid. Expecting a value %s." % (size, limit, word),
            )
        if row.ids and listed(parameters, row.ids):
            raise Refusal(
                "InvalidParameterCombination", "The parameter %s cannot be used with the parameter maxResults" % row.ids
            )
    return max(1, min(size, place.page_size.get(action, place.page_size.get(None, size))))


def choose(account, place, row, parameters):
    """The records that ids, owners and filters leave."""
    records = place.lists[row.kind]
    wanted = listed(parameters, row.ids) if row.ids else []
    if wanted:
        for each in wanted:
            check_id(row.ids, each)
        known = {record[row.id_member] for record in records}
        for each in wanted:
            if each not in known:
                raise Refusal(NOT_FOUND[row.ids] + ".NotFound", "The id '[%s]' does not exist" % each)
        records = [record for record in records if record[row.id_member] in wanted]
    owners = {account.number if each == "self" else each for each in listed(parameters, "Owner")}
    if owners:
        records = [record for record in records if record["OwnerId"] in owners]
    return filtered(records, parameters)


def choose_images(account, place, row, parameters):
    """Disabled ones only when asked for."""
    records = choose(account, place, row, parameters)
    asked = parameters.get("IncludeDisabled") == "true" or listed(parameters, "ImageId")
    return [record for record in records if asked or record["State"] != "disabled"]


def choose_instances(account, place, row, parameters):
    """Reservations with those instances that are visible and asked for; managed ones only when asked for."""
    wanted, result, known = listed(parameters, "InstanceId"), [], set()
    for reservation in place.lists["instances"]:
        kept = []
        for one in reservation["Instances"]:
            known.add(one["InstanceId"])
            hidden = one.get("Operator", {}).get("HiddenByDefault")
            if (not hidden or parameters.get("IncludeManagedResources") == "true") and (
                not wanted or one["InstanceId"] in wanted
            ):
                kept.append(one)
        if kept:
            result.append(reservation if kept == reservation["Instances"] else dict(reservation, Instances=kept))
    for each in wanted:
        check_id("InstanceId", each)
        if each not in known:
            raise Refusal("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist" % each)
    return result


def choose_versions(account, place, row, parameters):
    """Of one template all versions, or those named; of all templates only $Latest and $Default."""
    records, versions = place.lists["launch-template-versions"], listed(parameters, "LaunchTemplateVersion")
    for name in ("LaunchTemplateId", "LaunchTemplateName"):
        if name in parameters:
            records = [record for record in records if record[name] == parameters[name]]
            if not records:
                raise Refusal(name.replace("LaunchTemplate", "InvalidLaunchTemplate") + ".NotFound", "No such template")
            break
    else:
        if not versions or not set(versions) <= {"$Latest", "$Default"}:
            raise Refusal(
                "MissingParameter", "Either a launch template ID or a launch template name must be specified."
            )
    latest = collections.defaultdict(int)
    for record in records:
        latest[record["LaunchTemplateId"]] = max(latest[record["LaunchTemplateId"]], record["VersionNumber"])
    result = []
    for record in records:
        names = {str(record["VersionNumber"])}
        if record["DefaultVersion"]:
            names.add("$Default")
        if record["VersionNumber"] == latest[record["LaunchTemplateId"]]:
            names.add("$Latest")
        if not versions or names & set(versions):
            result.append(record)
    return filtered(result, parameters)


def choose_references(account, place, row, parameters):
    """Of at most ten AMIs, all types asked for."""
    images = listed(parameters, "ImageId")
    if not 1 <= len(images) <= 10:
        raise Refusal("InvalidParameterValue", "Between 1 and 10 image IDs are expected.")
    if parameters.get("IncludeAllResourceTypes") != "true" and "ResourceType.1.ResourceType" not in parameters:
        raise Refusal("MissingParameter", "IncludeAllResourceTypes or ResourceTypes must be specified.")
    return [record for record in place.lists["image-references"] if record["ImageId"] in images]


CHOICES = {
    "DescribeImages": choose_images,
    "DescribeInstances": choose_instances,
    "DescribeLaunchTemplateVersions": choose_versions,
    "DescribeImageReferences": choose_references,
}


def filtered(records, parameters):
    """What the filters leave; a filter nobody here knows is a mistake of the caller."""
    number = 1
    while "Filter.%d.Name" % number in parameters:
        name, values = parameters["Filter.%d.Name" % number], listed(parameters, "Filter.%d.Value" % number)
        if name not in FILTERS:
            raise Refusal("InvalidParameterValue", "The filter '%s' is invalid" % name)
        records = [record for record in records if record.get(FILTERS[name]) in values]
        number += 1
    return records


def check_id(kind, value):
    if not re.fullmatch(ID.get(kind, ".*"), value):
        raise Refusal(MALFORMED[kind] + ".Malformed", 'Invalid id: "%s"' % value)


def find(place, kind, member, value):
    """A record by its id, or the error that AWS gives."""
    check_id(member, value)
    for record in place.lists[kind]:
        if record[member] == value:
            return record
    raise Refusal(NOT_FOUND[member] + ".NotFound", "The id '[%s]' does not exist" % value)


def find_instance(place, value):
    check_id("InstanceId", value)
    for reservation in place.lists["instances"]:
        for one in reservation["Instances"]:
            if one["InstanceId"] == value:
                return reservation, one
    raise Refusal("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist" % value)


def dry_run(parameters):
    """Permission and existence are checked by then; AWS looks at nothing more."""
    if parameters.get("DryRun") == "true":
        raise Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)


def describe_regions(account, place, parameters, identity):
    everywhere = parameters.get("AllRegions") == "true"
    return {
        "Regions": [
            {
                "RegionName": name,
                "Endpoint": "ec2.%s.amazonaws.com" % name,
                "OptInStatus": "opt-in-not-required" if name in account.enabled else "not-opted-in",
            }
            for name in sorted({*account.regions, *account.enabled})
            if everywhere or name in account.enabled
        ]
    }


def describe_image_attribute(account, place, parameters, identity):
    image, attribute = find(place, "images", "ImageId", parameters["ImageId"]), parameters["Attribute"]
    known = place.image_attributes.get(image["ImageId"], {})
    member = {
        "launchPermission": ("LaunchPermissions", []),
        "lastLaunchedTime": ("LastLaunchedTime", {}),
        "description": ("Description", {"Value": image.get("Description", "")}),
        "deregistrationProtection": (
            "DeregistrationProtection",
            {"Value": image.get("DeregistrationProtection", "disabled")},
        ),
    }
    if attribute not in member:
        raise Refusal("InvalidParameterValue", "Attribute %s" % attribute)
    name, otherwise = member[attribute]
    return {"ImageId": image["ImageId"], name: known.get(name, otherwise)}


def describe_snapshot_attribute(account, place, parameters, identity):
    snapshot = find(place, "snapshots", "SnapshotId", parameters["SnapshotId"])["SnapshotId"]
    if parameters["Attribute"] != "createVolumePermission":
        raise Refusal("InvalidParameterValue", "Attribute %s" % parameters["Attribute"])
    return {"SnapshotId": snapshot, "CreateVolumePermissions": place.snapshot_permissions.get(snapshot, [])}


def describe_instance_attribute(account, place, parameters, identity):
    _, one = find_instance(place, parameters["InstanceId"])
    if parameters["Attribute"] != "disableApiTermination":
        raise Refusal("InvalidParameterValue", "Attribute %s" % parameters["Attribute"])
    protected = one["InstanceId"] in place.termination_protected
    return {"InstanceId": one["InstanceId"], "DisableApiTermination": {"Value": protected}}


def managed_resource_visibility(account, place, parameters, identity):
    return {"Visibility": {"DefaultVisibility": "hidden"}}


def deregister_image(account, place, parameters, identity):
    image = find(place, "images", "ImageId", parameters["ImageId"])
    if image["OwnerId"] != account.number:
        raise Refusal("AuthFailure", "Not authorized for image:%s" % image["ImageId"], 403)
    dry_run(parameters)
    if image.get("DeregistrationProtection", "disabled") != "disabled":
        raise Refusal("OperationNotPermitted", "The image is protected from deregistration.")
    place.lists["images"].remove(image)
    account.changed()
    return {"Return": True}


def delete_snapshot(account, place, parameters, identity):
    snapshot = find(place, "snapshots", "SnapshotId", parameters["SnapshotId"])
    dry_run(parameters)
    name = snapshot["SnapshotId"]
    for image in place.lists["images"]:
        if any(each.get("Ebs", {}).get("SnapshotId") == name for each in image["BlockDeviceMappings"]):
            raise Refusal(
                "InvalidSnapshot.InUse", "The snapshot %s is currently in use by %s" % (name, image["ImageId"])
            )
    place.lists["snapshots"].remove(snapshot)
    account.changed()
    return {}


def terminate_instances(account, place, parameters, identity):
    found = [find_instance(place, each)[1] for each in listed(parameters, "InstanceId")]
    dry_run(parameters)
    for one in found:
        if one["InstanceId"] in place.termination_protected:
            raise Refusal(
                "OperationNotPermitted",
                "The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance attribute and "
                "try again." % one["InstanceId"],
            )
    result = []
    for one in found:
        before = one["State"]
        one["State"] = {"Code": 48, "Name": "terminated"}
        result.append({"InstanceId": one["InstanceId"], "CurrentState": one["State"], "PreviousState": before})
    account.changed()
    return {"TerminatingInstances": result}


def get_caller_identity(account, place, parameters, identity):
    return identity


def get_parameters(account, place, parameters, identity):
    if not 1 <= len(parameters["Names"]) <= 10:
        raise Refusal("ValidationException", "Member must have length less than or equal to 10")
    known = {record["Name"]: record for record in place.lists["parameters"]}
    found, missing = [], []
    for name in parameters["Names"]:
        if name.split(":")[0] in known:
            record = dict(known[name.split(":")[0]])
            if ":" in name:
                record["Selector"] = ":" + name.split(":", 1)[1]
            found.append(record)
        else:
            missing.append(name)
    return {"Parameters": found, "InvalidParameters": missing}


def list_rules(account, place, parameters, identity):
    if "ResourceType" not in parameters:
        raise Refusal("ValidationException", "ResourceType is required")
    rules = [rule for rule in place.lists["recycle-bin-rules"] if rule["ResourceType"] == parameters["ResourceType"]]
    shown = ("Identifier", "Description", "RetentionPeriod", "LockState", "RuleArn")
    size, start = int(parameters.get("MaxResults", 1000)), int(parameters.get("NextToken", 0))
    size = min(size, place.page_size.get("ListRules", size))
    answer = {"Rules": [{name: rule[name] for name in shown if name in rule} for rule in rules[start : start + size]]}
    if start + size < len(rules):
        answer["NextToken"] = str(start + size)
    return answer


def get_rule(account, place, parameters, identity):
    for rule in place.lists["recycle-bin-rules"]:
        if rule["Identifier"] == parameters["Identifier"]:
            return rule
    raise Refusal("ResourceNotFoundException", "Rule not found", 404)


ACTIONS = {
    ("ec2", "DescribeRegions"): describe_regions,
    ("ec2", "DescribeImageAttribute"): describe_image_attribute,
    ("ec2", "DescribeSnapshotAttribute"): describe_snapshot_attribute,
    ("ec2", "DescribeInstanceAttribute"): describe_instance_attribute,
    ("ec2", "GetManagedResourceVisibility"): managed_resource_visibility,
    ("ec2", "DeregisterImage"): deregister_image,
    ("ec2", "DeleteSnapshot"): delete_snapshot,
    ("ec2", "TerminateInstances"): terminate_instances,
    ("sts", "GetCallerIdentity"): get_caller_identity,
    ("ssm", "GetParameters"): get_parameters,
    ("rbin", "ListRules"): list_rules,
    ("rbin", "GetRule"): get_rule,
}
