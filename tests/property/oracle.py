"""A brute-force planner: says for every item where it lands and why, as plainly as possible.
It must not know: how amiplan is built. It is written from the contract alone; slow on purpose."""

import argparse
import calendar
import hashlib
import json
import os
import re
from datetime import datetime, timedelta, timezone

DAY = timedelta(days=1)

RULES = [
    "not-owned", "aws-backup", "deregistration-protected", "snapshot-in-use", "snapshot-locked",
    "termination-protected", "image-state", "snapshot-state", "instance-state", "owner-unknown",
    "inventory-incomplete", "in-use", "referenced", "old-template-version", "snapshot-referenced",
    "shared", "recently-launched", "predates-image", "image-in-recycle-bin", "weak-evidence",
    "asg-managed", "managed-elsewhere", "image-stays",
    "protected-tag", "too-young", "kept-newest", "launched-since", "not-needed-for-saving",
]
POLICY = {"protected-tag", "too-young", "kept-newest", "launched-since", "not-needed-for-saving"}
KEEPING = {"in-use", "referenced", "old-template-version"}

ALWAYS = [
    "images", "snapshots", "instances", "launch-templates", "launch-template-versions",
    "auto-scaling-groups", "launch-configurations", "spot-instance-requests", "spot-fleet-requests",
    "fleets",
]
GONE = {
    "image": {"deregistered", "in-recycle-bin"},
    "snapshot": {"recoverable", "in-recycle-bin"},
    "instance": {"shutting-down", "terminated"},
    "spot": {"closed", "cancelled", "failed"},
    "spot-fleet": {"cancelled", "cancelled_running", "cancelled_terminating", "failed"},
    "fleet": {"deleted", "deleted_running", "deleted_terminating", "failed"},
}
FIT = {
    "image": {"available", "disabled"},
    "snapshot": {"completed"},
    "instance": {"running", "stopping", "stopped"},
}
SETTLED = {
    "image": {"available", "disabled", "invalid", "failed", "error"} | GONE["image"],
    "snapshot": {"completed", "error", "recovering"} | GONE["snapshot"],
}
HEX = r"[0-9a-f]{8}(?:[0-9a-f]{9})?"
PINNED = r"(?:ami|snap)-(?:[0-9a-f]{8}|[0-9a-f]{17})(?![0-9a-f])"
REGION = re.compile(r"^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov)-[a-z]+-\d$")


class Failure(Exception):
    """The plan is refused: exit status 1."""


def read_time(text):
    if not text:
        return None
    text = text.replace("Z", "+00:00")
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(microsecond=0)


def id_is(text, prefix):
    return isinstance(text, str) and re.fullmatch(re.escape(prefix) + HEX, text) is not None


def ids_in_text(text, prefix):
    pattern = r"(?<![A-Za-z0-9_-])" + re.escape(prefix) + HEX + r"(?![A-Za-z0-9_]|-[A-Za-z0-9_])"
    return re.findall(pattern, text)


def glob_match(pattern, text):
    out, i = "", 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\" and i + 1 < len(pattern):
            i += 1
            out += re.escape(pattern[i])
        elif c == "*":
            out += ".*"
        elif c == "?":
            out += "."
        else:
            out += re.escape(c)
        i += 1
    return re.fullmatch(out, text, re.DOTALL) is not None


def read_age(text):
    """(months, days), or None for off."""
    number, unit = int(text[:-1]), text[-1]
    if number == 0:
        return None
    return {"d": (0, number), "w": (0, 7 * number), "m": (number, 0), "y": (12 * number, 0)}[unit]


def before(time, age):
    months, days = age
    month = time.year * 12 + time.month - 1 - months
    year, month = divmod(month, 12)
    day = min(time.day, calendar.monthrange(year, month + 1)[1])
    return time.replace(year=year, month=month + 1, day=day) - timedelta(days=days)


def parse_options(args):
    p = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("ami", "name", "tag", "arch", "protect-tag", "in-use-selector", "pins", "accept",
                 "only", "assume-complete", "account"):
        p.add_argument("--" + name, action="append", default=[])
    for name in ("older-than", "not-launched-for", "template-depth", "as-of", "region", "group-by",
                 "snapshots", "keep-last", "max-steps", "max-percent"):
        p.add_argument("--" + name)
    for name in ("unused", "orphans", "terminate-instances"):
        p.add_argument("--" + name, action="store_true")
    o = p.parse_args(args)
    if not (o.ami or o.unused or o.orphans):
        o.unused = o.orphans = True
        o.older_than = o.older_than or "30d"
        o.not_launched_for = o.not_launched_for or "30d"
    o.older_than = read_age(o.older_than) if o.older_than else None
    o.not_launched_for = read_age(o.not_launched_for) if o.not_launched_for else None
    depth = o.template_depth or "10"
    o.template_depth = 10 ** 9 if depth == "all" else int(depth)
    o.keep_last = int(o.keep_last or 0)
    return o


# ---- reading -------------------------------------------------------------------------------------

def kind_of(data):
    if "Images" in data:
        if data["Images"] and "RecycleBinEnterTime" in data["Images"][0]:
            return "recycle-bin"
        return "images"
    if "Snapshots" in data:
        if not data["Snapshots"]:
            return None  # covers nothing
        first = data["Snapshots"][0]
        if "RecycleBinEnterTime" in first:
            return "recycle-bin"
        return "snapshot-locks" if "LockState" in first else "snapshots"
    for key, kind in (
        ("Reservations", "instances"), ("Volumes", "volumes"),
        ("LaunchTemplateVersions", "launch-template-versions"), ("LaunchTemplates", "launch-templates"),
        ("AutoScalingGroups", "auto-scaling-groups"), ("LaunchConfigurations", "launch-configurations"),
        ("SpotInstanceRequests", "spot-instance-requests"),
        ("SpotFleetRequestConfigs", "spot-fleet-requests"), ("Fleets", "fleets"),
        ("ImageReferences", "image-references"), ("ImageUsageReportEntries", "image-usage"),
        ("FastSnapshotRestores", "fast-snapshot-restores"), ("SnapshotTierStatuses", "snapshot-tier-status"),
        ("Parameters", "parameters"), ("LaunchPermissions", "launch-permissions"),
        ("CreateVolumePermissions", "snapshot-permissions"), ("DisableApiTermination", "termination-protection"),
        ("LastLaunchedTime", "last-launched-time"), ("UserId", "caller-identity"),
    ):
        if key in data:
            return kind
    return None


LIST_KEY = {
    "images": "Images", "snapshots": "Snapshots", "instances": "Reservations", "volumes": "Volumes",
    "launch-template-versions": "LaunchTemplateVersions", "launch-templates": "LaunchTemplates",
    "auto-scaling-groups": "AutoScalingGroups", "launch-configurations": "LaunchConfigurations",
    "spot-instance-requests": "SpotInstanceRequests", "spot-fleet-requests": "SpotFleetRequestConfigs",
    "fleets": "Fleets",
}


def read_documents(root, options):
    documents = []
    for folder, _, names in os.walk(root):
        for name in names:
            if not name.endswith(".json"):
                continue
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                raw = file.read()
            data = json.loads(raw)
            account = region = None
            for part in os.path.relpath(path, root).split(os.sep)[:-1]:
                if re.fullmatch(r"\d{12}", part):
                    account = part
                if REGION.match(part):
                    region = part
            documents.append({
                "sha": hashlib.sha256(raw).hexdigest(), "data": data, "kind": kind_of(data),
                "folder": folder, "account": account or account_inside(data),
                "region": region or region_inside(data),
            })
    for member in ("account", "region"):  # what the folder's other documents tell, then the option
        told = {}
        for d in documents:
            if d[member]:
                told.setdefault(d["folder"], set()).add(d[member])
        for d in documents:
            here = told.get(d["folder"], set())
            if not d[member] and len(here) == 1:
                d[member] = min(here)
    for d in documents:
        if not d["account"] and len(options.account) == 1:
            d["account"] = options.account[0]
        d["region"] = d["region"] or options.region
    return sorted((d for d in documents if d["kind"]), key=lambda d: d["sha"])


def account_inside(data):
    for reservation in data.get("Reservations", []):
        if reservation.get("OwnerId"):
            return reservation["OwnerId"]
    for group in data.get("AutoScalingGroups", []):
        return group["AutoScalingGroupARN"].split(":")[4]
    for configuration in data.get("LaunchConfigurations", []):
        return configuration["LaunchConfigurationARN"].split(":")[4]
    for parameter in data.get("Parameters", []):
        return parameter["ARN"].split(":")[4] or None
    for key in ("LaunchTemplates", "LaunchTemplateVersions"):
        for template in data.get(key, []):
            return template["CreatedBy"].split(":")[4]
    for reference in data.get("ImageReferences", []):
        return reference["Arn"].split(":")[4]
    if "UserId" in data:
        return data["Account"]
    return None


def region_inside(data):
    for reservation in data.get("Reservations", []):
        for instance in reservation["Instances"]:
            return instance["Placement"]["AvailabilityZone"][:-1]
    for key, member in (("AutoScalingGroups", "AutoScalingGroupARN"),
                        ("LaunchConfigurations", "LaunchConfigurationARN"), ("Parameters", "ARN"),
                        ("ImageReferences", "Arn")):
        for thing in data.get(key, []):
            return thing[member].split(":")[3] or None
    return None


def tags_of(record):
    return {t["Key"]: t["Value"] for t in record.get("Tags", [])}


class World:
    """Everything that the documents say, in dictionaries by id."""

    def __init__(self, root, options):
        self.options = options
        self.documents = read_documents(root, options)
        self.images, self.snapshots, self.instances = {}, {}, {}
        self.templates, self.versions = {}, {}
        self.groups, self.configurations = {}, {}
        self.spot_requests, self.spot_fleets, self.fleets = {}, {}, {}
        self.parameters, self.invalid_parameters = [], []
        self.image_permissions, self.snapshot_permissions = {}, {}
        self.locks, self.protected_instances, self.launched = {}, {}, {}
        self.image_references, self.usage = [], []
        self.pins = self.read_pins()
        for d in self.documents:
            getattr(self, "read_" + d["kind"].replace("-", "_"), lambda d: None)(d)
        self.ours = self.find_ours()
        self.as_of = self.find_as_of()
        self.version_users = self.find_version_users()
        self.rank_versions()
        self.references = self.find_references()
        self.known_status = {}
        self.gaps = self.find_gaps()
        self.aliases = self.find_aliases()

    # Two documents of two accounts: the owner's wins. (None are made that tell a thing twice in one place.)
    def put(self, table, key, record, d):
        old = table.get(key)
        owner = record.get("owner")
        if old and old["doc_account"] != d["account"] and old["doc_account"] == owner:
            return
        record["doc_account"] = d["account"]
        table[key] = record

    def read_images(self, d):
        for i in d["data"]["Images"]:
            if not id_is(i["ImageId"], "ami-"):
                continue
            owner = i.get("OwnerId")
            self.put(self.images, i["ImageId"], {
                "kind": "image", "id": i["ImageId"], "owner": owner, "account": owner or d["account"],
                "region": d["region"], "state": i.get("State"), "created": read_time(i.get("CreationDate")),
                "launched": read_time(i.get("LastLaunchedTime")), "public": i.get("Public") is True,
                "protection": i.get("DeregistrationProtection"), "alias": i.get("ImageOwnerAlias"),
                "name": i.get("Name"), "description": i.get("Description", ""),
                "architecture": i.get("Architecture"), "tags": tags_of(i), "source": i.get("SourceImageId"),
                "maps": {m["Ebs"]["SnapshotId"] for m in i.get("BlockDeviceMappings", [])
                         if m.get("Ebs", {}).get("SnapshotId")},
            }, d)

    def read_recycle_bin(self, d):
        for i in d["data"].get("Images", []):
            self.put(self.images, i["ImageId"], {
                "kind": "image", "id": i["ImageId"], "owner": None, "account": d["account"],
                "region": d["region"], "state": "in-recycle-bin", "created": None, "launched": None,
                "public": False, "protection": None, "alias": None, "name": i.get("Name"),
                "description": i.get("Description", ""), "architecture": None, "tags": {}, "maps": set(), "source": None,
            }, d)
        for s in d["data"].get("Snapshots", []):
            self.put(self.snapshots, s["SnapshotId"], {
                "kind": "snapshot", "id": s["SnapshotId"], "owner": None, "account": d["account"],
                "region": d["region"], "state": "in-recycle-bin", "started": None, "tags": {},
                "description": s.get("Description", ""), "volume": s.get("VolumeId"),
            }, d)

    def read_snapshots(self, d):
        for s in d["data"]["Snapshots"]:
            owner = s.get("OwnerId")
            self.put(self.snapshots, s["SnapshotId"], {
                "kind": "snapshot", "id": s["SnapshotId"], "owner": owner, "account": owner or d["account"],
                "region": d["region"], "state": s.get("State"), "started": read_time(s.get("StartTime")),
                "tags": tags_of(s), "description": s.get("Description", ""), "volume": s.get("VolumeId"),
            }, d)

    def read_snapshot_locks(self, d):
        for s in d["data"]["Snapshots"]:
            self.locks[s["SnapshotId"]] = s["LockState"]

    def read_instances(self, d):
        for reservation in d["data"]["Reservations"]:
            for i in reservation["Instances"]:
                owner = reservation.get("OwnerId")
                self.put(self.instances, i["InstanceId"], {
                    "kind": "instance", "id": i["InstanceId"], "owner": owner,
                    "account": owner or d["account"], "region": d["region"], "state": i["State"]["Name"],
                    "image": i.get("ImageId"), "tags": tags_of(i), "spot": i.get("SpotInstanceRequestId"),
                    "managed": i.get("Operator", {}).get("Managed") is True,
                    "launched": read_time(i.get("LaunchTime")),
                }, d)

    def read_launch_templates(self, d):
        for t in d["data"]["LaunchTemplates"]:
            self.templates[t["LaunchTemplateId"]] = {
                "id": t["LaunchTemplateId"], "name": t["LaunchTemplateName"], "place": place(d),
                "default": t["DefaultVersionNumber"], "latest": t["LatestVersionNumber"],
            }

    def read_launch_template_versions(self, d):
        for v in d["data"]["LaunchTemplateVersions"]:
            key = (v["LaunchTemplateId"], v["VersionNumber"])
            data = v.get("LaunchTemplateData", {})
            self.versions[key] = {
                "template": key[0], "number": key[1], "name": v["LaunchTemplateName"], "place": place(d),
                "default": v.get("DefaultVersion") is True, "image": data.get("ImageId"),
                "snapshots": block_snapshots(data), "more": "NextToken" in d["data"],
            }

    def read_auto_scaling_groups(self, d):
        for g in d["data"]["AutoScalingGroups"]:
            self.groups[g["AutoScalingGroupName"], place(d)] = {"record": g, "place": place(d), "live": True}

    def read_launch_configurations(self, d):
        for c in d["data"]["LaunchConfigurations"]:
            self.configurations[c["LaunchConfigurationName"], place(d)] = {
                "record": c, "place": place(d), "live": True}

    def read_spot_instance_requests(self, d):
        for r in d["data"]["SpotInstanceRequests"]:
            self.spot_requests[r["SpotInstanceRequestId"]] = {
                "record": r, "place": place(d), "live": r["State"] not in GONE["spot"]}

    def read_spot_fleet_requests(self, d):
        for f in d["data"]["SpotFleetRequestConfigs"]:
            self.spot_fleets[f["SpotFleetRequestId"]] = {
                "record": f, "place": place(d), "live": f["SpotFleetRequestState"] not in GONE["spot-fleet"]}

    def read_fleets(self, d):
        for f in d["data"]["Fleets"]:
            self.fleets[f["FleetId"]] = {
                "record": f, "place": place(d), "live": f["FleetState"] not in GONE["fleet"]}

    def read_parameters(self, d):
        for p in d["data"]["Parameters"]:
            self.parameters.append({"record": p, "place": place(d)})
        for name in d["data"].get("InvalidParameters", []):
            self.invalid_parameters.append((name, place(d)))

    def read_launch_permissions(self, d):
        self.image_permissions.setdefault(d["data"]["ImageId"], []).extend(d["data"]["LaunchPermissions"])

    def read_snapshot_permissions(self, d):
        self.snapshot_permissions.setdefault(d["data"]["SnapshotId"], []).extend(
            d["data"]["CreateVolumePermissions"])

    def read_termination_protection(self, d):
        self.protected_instances[d["data"]["InstanceId"]] = d["data"]["DisableApiTermination"]["Value"]

    def read_last_launched_time(self, d):
        value = d["data"]["LastLaunchedTime"].get("Value")
        if value:
            self.launched[d["data"]["ImageId"]] = read_time(value)

    def read_image_references(self, d):
        self.image_references += d["data"]["ImageReferences"]

    def read_image_usage(self, d):
        self.usage += d["data"]["ImageUsageReportEntries"]

    def read_pins(self):
        found = set()
        for path in self.options.pins:
            files = [path]
            if os.path.isdir(path):
                files = [os.path.join(f, n) for f, _, names in os.walk(path) for n in names]
            for name in files:
                with open(name, encoding="utf-8") as file:
                    text = file.read()
                found.update(i.lower() for i in re.findall(PINNED, text, re.IGNORECASE))
        return found

    def find_ours(self):
        if self.options.account:
            return set(self.options.account)
        identities = {d["data"]["Account"] for d in self.documents if d["kind"] == "caller-identity"}
        if identities:
            return identities
        owners = {r.get("OwnerId") for d in self.documents if d["kind"] == "instances"
                  for r in d["data"]["Reservations"]} - {None}
        return owners if len(owners) == 1 else set()

    def find_as_of(self):
        if self.options.as_of:
            return read_time(self.options.as_of)
        times = [read_time(t) for d in self.documents for t in past_times(d["data"])]
        return max(times) if times else None

    # ---- launch templates ----

    def find_template(self, spec, where):
        if spec.get("LaunchTemplateId"):
            return spec["LaunchTemplateId"]
        for t in self.templates.values():
            if t["name"] == spec.get("LaunchTemplateName") and t["place"] == where:
                return t["id"]
        for v in self.versions.values():
            if v["name"] == spec.get("LaunchTemplateName") and v["place"] == where:
                return v["template"]
        return None

    def default_of(self, template):
        if template in self.templates:
            return self.templates[template]["default"]
        for v in self.versions.values():
            if v["template"] == template and v["default"]:
                return v["number"]
        return None

    def latest_of(self, template):
        if template in self.templates:
            return self.templates[template]["latest"]
        return max((v["number"] for v in self.versions.values() if v["template"] == template), default=None)

    def specifications(self):
        """(who, place, specification) of everything that launches from a template and is not gone."""
        for group in self.groups.values():
            g, where = group["record"], group["place"]
            if "LaunchTemplate" in g:
                yield g, where, g["LaunchTemplate"]
            mixed = g.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
            if "LaunchTemplateSpecification" in mixed:
                yield g, where, mixed["LaunchTemplateSpecification"]
            for override in mixed.get("Overrides", []):
                if "LaunchTemplateSpecification" in override:
                    yield g, where, override["LaunchTemplateSpecification"]
            for instance in g.get("Instances", []):
                if "LaunchTemplate" in instance:
                    yield g, where, instance["LaunchTemplate"]
        for fleet in self.fleets.values():
            for config in fleet["record"].get("LaunchTemplateConfigs", []):
                if fleet["live"]:
                    yield fleet["record"], fleet["place"], config["LaunchTemplateSpecification"]
        for fleet in self.spot_fleets.values():
            for config in fleet["record"]["SpotFleetRequestConfig"].get("LaunchTemplateConfigs", []):
                if fleet["live"]:
                    yield fleet["record"], fleet["place"], config["LaunchTemplateSpecification"]

    def version_named(self, spec, where):
        template = self.find_template(spec, where)
        version = spec.get("Version") or "$Default"
        if version == "$Default":
            number = self.default_of(template)
        elif version == "$Latest":
            number = self.latest_of(template)
        else:
            number = int(version)
        return template, number

    def find_version_users(self):
        return {self.version_named(spec, where) for _, where, spec in self.specifications()}

    def rank_versions(self):
        for key, v in self.versions.items():
            v["rank"] = sum(1 for k in self.versions if k[0] == key[0] and k[1] > key[1])
            v["live"] = (v["default"] or v["number"] == self.default_of(v["template"])
                         or v["number"] == self.latest_of(v["template"]) or key in self.version_users)

    # ---- references: id -> set of "live", "old", "older" ----

    def find_references(self):
        refs = {}

        def refer(target, weight):
            refs.setdefault(target, set()).add(weight)

        for v in self.versions.values():
            weight = "live" if v["live"] else "old" if v["rank"] < self.options.template_depth else "older"
            image = v["image"]
            if image and image.startswith("resolve:ssm:"):
                image = self.resolve(image, v["place"])
            if image and id_is(image, "ami-"):
                refer(image, weight)
            for snapshot in v["snapshots"]:
                refer(snapshot, weight)
        for who, image, snapshots in self.direct_users():
            if image and image.startswith("resolve:ssm:"):
                image = self.resolve(image, who["place"])
            if image and id_is(image, "ami-"):
                refer(image, "live")
            for snapshot in snapshots:
                refer(snapshot, "live")
        for p in self.parameters:
            if id_is(p["record"].get("Value"), "ami-"):
                refer(p["record"]["Value"], "live")
        for r in self.image_references:
            if r["ResourceType"] == "ec2:Instance":
                continue
            if r["ResourceType"] == "ec2:LaunchTemplate":
                template = r["Arn"].split("/")[-1]
                if any(v["template"] == template for v in self.versions.values()):
                    continue
            refer(r["ImageId"], "live")
        for u in self.usage:
            if u.get("UsageCount") != 0:
                refer(u["ImageId"], "live")
        for pin in self.pins:
            refer(pin, "live")
        for source in self.copied_now():
            refer(source, "live")
        return refs

    def copied_now(self):
        """Of what a copy is under way, for all that its state says."""
        for i in self.images.values():
            if i["source"] and i["state"] not in SETTLED["image"]:
                yield i["source"]
        for s in self.snapshots.values():
            if s["state"] not in SETTLED["snapshot"]:
                yield from read_sources(s["description"])

    def direct_users(self):
        """(who, image text, snapshots) of everything that names an AMI itself and is not gone."""
        for group in self.groups.values():
            mixed = group["record"].get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
            for override in mixed.get("Overrides", []):
                if "ImageId" in override:
                    yield group, override["ImageId"], set()
        for c in self.configurations.values():
            yield c, c["record"].get("ImageId"), block_snapshots(c["record"])
        for r in self.spot_requests.values():
            if r["live"]:
                spec = r["record"].get("LaunchSpecification", {})
                yield r, spec.get("ImageId"), block_snapshots(spec)
        for f in self.spot_fleets.values():
            for spec in f["record"]["SpotFleetRequestConfig"].get("LaunchSpecifications", []):
                if f["live"]:
                    yield f, spec.get("ImageId"), block_snapshots(spec)
        for f in self.fleets.values():
            for config in f["record"].get("LaunchTemplateConfigs", []):
                for override in config.get("Overrides", []):
                    if f["live"]:
                        yield f, override.get("ImageId"), block_snapshots(override)

    # ---- parameters ----

    def resolve(self, text, where):
        """The AMI id; "" if it is settled and stands for none of ours; None if nobody read it."""
        name, selector = split_alias(text[len("resolve:ssm:"):])
        if name.startswith("arn:"):  # the parameter of that name, there
            parts = name.split(":")
            where, name = (parts[4], parts[3]), "/" + parts[5].partition("/")[2]
        if name.startswith("/aws/"):
            return ""
        for p in self.parameters:
            r = p["record"]
            if r["Name"] != name or p["place"] != where:
                continue
            if r.get("Selector", "") == selector or selector == ":%s" % r.get("Version"):
                return r["Value"] if id_is(r.get("Value"), "ami-") else ""
        for invalid, there in self.invalid_parameters:
            if there == where and invalid == name + selector:
                return ""
        return None

    def find_aliases(self):
        """Places where a parameter that matters was not read."""
        places = set()
        for v in self.versions.values():
            if (v["image"] or "").startswith("resolve:ssm:") and self.resolve(v["image"], v["place"]) is None:
                if v["live"] or v["rank"] < self.options.template_depth:
                    places.add(v["place"])
        for who, image, _ in self.direct_users():
            if (image or "").startswith("resolve:ssm:") and self.resolve(image, who["place"]) is None:
                places.add(who["place"])
        return places

    # ---- coverage ----

    def find_gaps(self):
        gaps = set()
        for _, where, spec in self.specifications():
            template, number = self.version_named(spec, where)
            if template not in self.templates:
                gaps.add((where, "launch-templates"))
            if (template, number) not in self.versions:
                gaps.add((where, "launch-template-versions"))
        for group in self.groups.values():
            name = group["record"].get("LaunchConfigurationName")
            if name and (name, group["place"]) not in self.configurations:
                gaps.add((group["place"], "launch-configurations"))
        return gaps

    def status(self, where, kind):
        if (where, kind) not in self.known_status:
            self.known_status[where, kind] = self.find_status(where, kind)
        return self.known_status[where, kind]

    def find_status(self, where, kind):
        documents = [d for d in self.documents if d["kind"] == kind and place(d) == where]
        if kind == "launch-template-versions":
            return self.status_of_versions(where, documents)
        if not documents:
            return "absent"
        if all("NextToken" in d["data"] for d in documents) or (where, kind) in self.gaps:
            return "partial"
        if not any(d["data"][LIST_KEY[kind]] for d in documents):
            return "empty"
        return "complete"

    def status_of_versions(self, where, documents):
        templates = [t for t in self.templates.values() if t["place"] == where]
        if (where, "launch-template-versions") in self.gaps:
            return "partial"
        if self.status(where, "launch-templates") not in ("complete", "empty"):
            return "partial"
        if not templates:
            return "empty"
        if not documents:
            return "absent"
        for t in templates:
            read = {v["number"]: v for v in self.versions.values() if v["template"] == t["id"]}
            if t["default"] not in read or t["latest"] not in read:
                return "partial"
            if all(v["more"] for v in read.values()):
                return "partial"
            if len(read) < t["latest"] and set(read) == {t["default"], t["latest"]}:
                return "partial"
        return "complete"

    def assumed(self, kind):
        return kind in self.options.assume_complete or "all" in self.options.assume_complete

    def is_read_whole(self, where):
        if not any(place(d) == where for d in self.documents):
            return False
        return (all(self.assumed(k) or self.status(where, k) in ("complete", "empty") for k in ALWAYS)
                and (self.assumed("parameters") or where not in self.aliases))

    # ---- small questions ----

    def exists(self, image):
        return image in self.images and self.images[image]["state"] not in GONE["image"]

    def is_ours(self, thing):
        return not self.ours or thing["owner"] in self.ours

    def mappers(self, snapshot):
        return [i for i in self.images.values() if snapshot in i["maps"] and self.exists(i["id"])]

    def instances_of(self, image):
        """Ids of what was launched from the AMI and is not gone; AWS's own report of one counts as well."""
        found = {i["id"] for i in self.instances.values()
                 if i["image"] == image and i["state"] not in GONE["instance"]}
        for r in self.image_references:
            if r["ResourceType"] == "ec2:Instance" and r["ImageId"] == image:
                known = self.instances.get(r["Arn"].split("/")[-1])
                if not known or known["state"] not in GONE["instance"]:
                    found.add(r["Arn"].split("/")[-1])
        return found


def past_times(data):
    """Every timestamp that cannot lie ahead."""
    if isinstance(data, list):
        for item in data:
            yield from past_times(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in ("CreationDate", "StartTime", "LaunchTime", "LastLaunchedTime", "RecycleBinEnterTime",
                       "CreateTime", "CreatedTime", "ReportCreationTime"):
                yield value["Value"] if isinstance(value, dict) else value
            else:
                yield from past_times(value)


def place(d):
    return d["account"], d["region"]


def block_snapshots(spec):
    return {m["Ebs"]["SnapshotId"] for m in spec.get("BlockDeviceMappings", [])
            if id_is(m.get("Ebs", {}).get("SnapshotId"), "snap-")}


def split_alias(text):
    """name or ARN, and the selector with its colon."""
    colons = 6 if text.startswith("arn:") else 1
    parts = text.split(":")
    if len(parts) > colons:
        return ":".join(parts[:colons]), ":" + ":".join(parts[colons:])
    return text, ""


def read_sources(text):
    """The AMI and the snapshot that a snapshot is a copy of."""
    made = (re.match(r"\[Copied (snap-%s) from [a-z0-9-]+\]" % HEX, text)
            or re.match(r"Copied for DestinationAmi ami-%s from SourceAmi (ami-%s) for SourceSnapshot (snap-%s)"
                        r"(?:\. Task created on [0-9,]+\.)?$" % (HEX, HEX, HEX), text))
    return made.groups() if made else ()


def read_description(text, volume):
    """(form, AMIs it was surely made for, AMIs it only mentions)"""
    copied = re.match(r"\[Copied snap-", text)
    if copied:
        return "copied", [], ids_in_text(text, "ami-")
    created = re.match(r"Created by CreateImage\(i-%s\) for (ami-%s)(?: from vol-[0-9a-f]+)?$" % (HEX, HEX), text)
    if created:
        weak = (not id_is(volume or "", "vol-") or volume == "vol-ffffffff"
                or text.endswith(" from vol-ffffffff"))
        return "create-image", [] if weak else [created[1]], [created[1]] if weak else []
    made = re.match(r"Copied for DestinationAmi (ami-%s) from SourceAmi ami-%s for SourceSnapshot snap-%s"
                    r"(?:\. Task created on [0-9,]+\.)?$" % (HEX, HEX, HEX), text)
    if made:
        return "copy-image", [made[1]], []
    if re.match(r"Created for policy: policy-[0-9a-f]+ schedule: ", text):
        return "lifecycle", [], []
    if text in ("This snapshot is created by the AWS Backup service.",
                "This image is created by the AWS Backup service."):
        return "backup", [], []
    if text.startswith("Created by AWS-VMImport service"):
        return "vm-import", [], []
    return "free", [], ids_in_text(text, "ami-")


# ---- planning ------------------------------------------------------------------------------------

class Plan:
    def __init__(self, root, args):
        self.o = parse_options(args)
        self.w = World(root, self.o)
        w = self.w
        for s in w.snapshots.values():
            s["form"], s["made_for"], s["mentions"] = read_description(s["description"], s["volume"])
            s["orphan"] = False
        for i in w.images.values():
            i["named"] = i["id"] in self.o.ami
        self.kept_newest = self.rank_families()
        self.picked = self.apply_in_use_selectors()
        self.candidates = {}
        self.choose()
        self.steps = set(self.candidates)
        while True:  # the greatest set of steps that agrees with itself
            staying = {r for r in self.steps if self.rules(self.candidates[r])}
            if not staying:
                break
            self.steps -= staying
        self.fates = {r: self.fate(t) for r, t in self.candidates.items()}
        self.check_caps()

    # ---- who is asked ----

    def choose(self):
        w, o = self.w, self.o
        mentioned = self.mentioned_images()
        for image in o.ami:
            if image not in w.images and image not in mentioned:
                raise Failure("--ami %s is in no document" % image)
        chosen = [i for i in w.images.values()
                  if (i["named"] or (o.unused and w.is_ours(i) and w.exists(i["id"])))
                  and self.in_scope(i) and self.passes_filters(i, i["name"], True)]
        for i in chosen:
            self.candidates[i["id"]] = i
        if o.snapshots != "keep":
            self.choose_snapshots(chosen)
        if o.terminate_instances:
            for image in o.ami:
                if image in w.images and image not in self.candidates:
                    continue
                if image not in w.images and (o.name or o.tag or o.arch):
                    continue  # a filter that cannot be evaluated excludes
                for n in w.instances.values():
                    if n["image"] == image and n["state"] not in GONE["instance"] and self.in_scope(n):
                        self.candidates[n["id"]] = n

    def choose_snapshots(self, chosen):
        w, o = self.w, self.o
        for s in w.snapshots.values():
            if not self.in_scope(s):
                continue
            mapped = bool(w.mappers(s["id"]))
            is_gone = s["state"] in GONE["snapshot"]
            for i in chosen:
                if not w.exists(i["id"]):
                    continue
                if s["id"] in i["maps"] or (not mapped and not is_gone and i["id"] in s["made_for"]):
                    self.candidates[s["id"]] = s
            if s["id"] in self.candidates or mapped or is_gone:
                continue
            named = s["made_for"] + s["mentions"]
            if not named or any(w.exists(i) for i in named):
                continue
            gone_and_named = any(i in o.ami for i in named)
            if ((o.orphans and w.is_ours(s)) or gone_and_named) and self.passes_filters(s, s["tags"].get("Name"), False):
                s["orphan"] = True
                self.candidates[s["id"]] = s

    def mentioned_images(self):
        w = self.w
        found = set(w.references) | set(w.image_permissions) | set(w.launched)
        found |= {n["image"] for n in w.instances.values()}
        found |= {r["ImageId"] for r in w.image_references} | {u["ImageId"] for u in w.usage}
        for s in w.snapshots.values():
            found.update(s["made_for"] + s["mentions"])
        return found

    def in_scope(self, thing):
        if not self.o.only:
            return True
        for only in self.o.only:
            account, _, region = only.partition("/")
            if thing["account"] == account and (not region or thing["region"] == region):
                return True
        return False

    def passes_filters(self, thing, name, is_image):
        o = self.o
        if o.name and not (name is not None and any(glob_match(g, name) for g in o.name)):
            return False
        if o.arch and is_image and thing["architecture"] not in o.arch:
            return False
        keys = {t.partition("=")[0] for t in o.tag}
        return all(any(has_tag(thing["tags"], t) for t in o.tag if t.partition("=")[0] == key) for key in keys)

    def rank_families(self):
        if not self.o.keep_last:
            return set()
        families = {}
        for i in self.w.images.values():
            if i["state"] == "available" and self.w.is_ours(i):
                family = (self.family_of(i), i["account"], i["region"], i["architecture"])
                families.setdefault(family, []).append(i)
        newest = set()
        for members in families.values():
            newest.update(i["id"] for i in newest_first(members)[:self.o.keep_last])
        return newest

    def family_of(self, i):
        by = self.o.group_by or "name-prefix"
        if by == "name-prefix":
            if not i["name"]:
                return "alone", i["id"]
            return "name", name_prefix(i["name"])
        keys = [by[4:]] if by.startswith("tag:") else by.split(",")
        if any(k not in i["tags"] for k in keys):
            return "alone", i["id"]
        return "tags", tuple(i["tags"][k] for k in keys)

    def apply_in_use_selectors(self):
        picked = set()
        for text in self.o.in_use_selector:
            every = text.endswith(",all")
            selector = text[:-4] if every else text
            groups = {}
            for i in self.w.images.values():
                if i["state"] != "available" or not self.w.is_ours(i):
                    continue
                if selector.startswith("tag:"):
                    matches = has_tag(i["tags"], selector[4:])
                else:
                    matches = i["name"] is not None and glob_match(selector[5:], i["name"])
                if matches:
                    groups.setdefault((i["account"], i["region"], i["architecture"]), []).append(i)
            for members in groups.values():
                picked.update(i["id"] for i in (members if every else newest_first(members)[:1]))
        return picked

    # ---- the rules: the set of those that speak of a candidate, given who else is a step ----

    def rules(self, thing):
        speaking = {r for r in self.policy_rules(thing)}
        if not speaking:
            speaking = set(getattr(self, "rules_of_" + thing["kind"])(thing)) | set(self.common_rules(thing))
        return {r for r in speaking if not self.accepted(r, thing)}

    def accepted(self, rule, thing):
        if rule == thing["kind"] + "-state" and thing["state"] in GONE[thing["kind"]]:
            return False  # AWS would refuse
        resource = thing["id"]
        return rule in self.o.accept or "%s=%s" % (rule, resource) in self.o.accept

    def policy_rules(self, t):
        o, w = self.o, self.w
        if self.is_protected(t):
            yield "protected-tag"
        if o.older_than and (t["kind"] == "image" or t.get("orphan")):
            made = t["created"] if t["kind"] == "image" else t["started"]
            if made is None or made > before(w.as_of, o.older_than):
                yield "too-young"
        if t["kind"] == "image":
            if t["id"] in self.kept_newest:
                yield "kept-newest"
            launched = self.launched(t) or t["created"]
            if o.not_launched_for and (launched is None or launched > before(w.as_of, o.not_launched_for)):
                yield "launched-since"

    def is_protected(self, t):
        if any(has_tag(t["tags"], p) for p in self.o.protect_tag):
            return True
        if t["kind"] == "snapshot":
            return any(has_tag(i["tags"], p) for i in self.images_of(t) for p in self.o.protect_tag)
        return False

    def launched(self, image):
        times = [t for t in (image["launched"], self.w.launched.get(image["id"])) if t]
        times += [i["launched"] for i in self.w.instances.values()
                  if i["image"] == image["id"] and i["launched"] and i["state"] in GONE["instance"]]
        return max(times) if times else None

    def images_of(self, s):
        """AMIs, of any state, that a snapshot belongs to: those that map it, and those it was surely made for."""
        return [i for i in self.w.images.values() if s["id"] in i["maps"] or i["id"] in s["made_for"]]

    def common_rules(self, t):
        w = self.w
        if not w.ours or not t["owner"]:
            yield "owner-unknown"
        elif t["owner"] not in w.ours:
            yield "not-owned"
            if t["state"] not in FIT[t["kind"]]:
                yield t["kind"] + "-state"
            return  # what was not read of another account is not asked for
        where = (t["account"], t["region"])
        if not all(where):
            yield "inventory-incomplete"
        for kind in ALWAYS:
            if not w.assumed(kind) and w.status(where, kind) not in ("complete", "empty"):
                yield "inventory-incomplete"
        if t["state"] not in FIT[t["kind"]]:
            yield t["kind"] + "-state"

    def rules_of_image(self, i):
        w = self.w
        where = (i["account"], i["region"])
        if is_backup(i):
            yield "aws-backup"
        if i["protection"] not in (None, "", "disabled"):
            yield "deregistration-protected"
        foreign = w.ours and i["owner"] and i["owner"] not in w.ours
        if not foreign and not w.assumed("launch-permissions") and i["id"] not in w.image_permissions:
            yield "inventory-incomplete"
        if not foreign and not w.assumed("parameters") and where in w.aliases:
            yield "inventory-incomplete"
        if any(n not in self.steps and self.stays_by_itself(n) for n in w.instances_of(i["id"])):
            yield "in-use"
        weights = w.references.get(i["id"], set())
        if "live" in weights or i["id"] in self.picked:
            yield "referenced"
        if "old" in weights:
            yield "old-template-version"
        if i["public"] or self.is_shared(i, w.image_permissions.get(i["id"], [])):
            yield "shared"
        launched = self.launched(i)
        if i["created"] is None or i["created"] > w.as_of - DAY or (launched and launched > w.as_of - DAY):
            yield "recently-launched"
        if has_maker_tag(i["tags"]):
            yield "managed-elsewhere"
        elif not is_backup(i) and ((i["name"] or "").startswith("AwsBackup_")
                or read_description(i["description"], None)[0] == "backup"):
            yield "managed-elsewhere"

    def stays_by_itself(self, instance):
        """Not only because its AMI stays, which would make an AMI the reason of its own block."""
        if instance not in self.candidates:
            return True
        return bool(self.rules(self.candidates[instance]) - {"image-stays"})

    def is_shared(self, t, permissions):
        for p in permissions:
            if p.get("UserId") == t["account"]:
                continue
            if "UserId" in p and self.w.is_read_whole((p["UserId"], t["region"])):
                continue
            return True
        return False

    def rules_of_snapshot(self, s):
        w = self.w
        mapping = w.mappers(s["id"])
        if is_backup(s) or any(is_backup(i) for i in self.images_of(s)):
            yield "aws-backup"
        holders = mapping or [w.images[i] for i in s["made_for"] if w.exists(i)]
        if any(i["id"] not in self.steps for i in holders):
            yield "snapshot-in-use"
        if w.locks.get(s["id"], "expired") != "expired":
            yield "snapshot-locked"
        if w.references.get(s["id"], set()) & {"live", "old"}:
            yield "snapshot-referenced"
        if self.is_shared(s, w.snapshot_permissions.get(s["id"], [])):
            yield "shared"
        for i in mapping:
            if s["form"] in ("create-image", "copy-image"):
                break
            if s["started"] is None or i["created"] is None or s["started"] < i["created"] - DAY:
                yield "predates-image"
        if any(i in w.images and w.images[i]["state"] == "in-recycle-bin" for i in s["made_for"] + s["mentions"]):
            yield "image-in-recycle-bin"
        if not mapping and not s["made_for"]:
            yield "weak-evidence"
        if has_maker_tag(s["tags"]) or s["form"] == "lifecycle":
            yield "managed-elsewhere"
        elif s["form"] == "backup" and not is_backup(s):
            yield "managed-elsewhere"

    def rules_of_instance(self, n):
        w = self.w
        if n["managed"] or w.protected_instances.get(n["id"]):
            yield "termination-protected"
        if w.exists(n["image"]) and n["image"] not in self.steps:
            yield "image-stays"
        groups = {i["InstanceId"] for g in w.groups.values() for i in g["record"].get("Instances", [])}
        if n["id"] in groups or "aws:autoscaling:groupName" in n["tags"]:
            yield "asg-managed"
        fleet = n["tags"].get("aws:ec2:fleet-id")
        if fleet and (fleet not in w.fleets or w.fleets[fleet]["live"]):
            yield "asg-managed"
        spot = w.spot_requests.get(n["spot"])
        if spot and spot["live"] and spot["record"].get("Type") == "persistent":
            yield "asg-managed"

    # ---- where it lands ----

    def fate(self, t):
        speaking = self.rules(t)
        if not speaking:
            return "step", None, set()
        if speaking & POLICY:
            return "kept", first(speaking), speaking
        keeping = speaking & KEEPING
        if keeping and not t.get("named") and not speaking - KEEPING - {"inventory-incomplete"}:
            return "kept", first(keeping), speaking
        return "blocked", first(speaking), speaking

    def dependencies(self, resource):
        """Steps that must be among the step's dependencies."""
        t = self.candidates[resource]
        if t["kind"] == "snapshot":
            return {"deregister-image:" + i["id"] for i in self.w.mappers(resource)}
        if t["kind"] == "instance" and t["image"] in self.steps:
            return {"deregister-image:" + t["image"]}
        return set()

    def may_depend(self, resource):
        """Steps that may be: an unmapped snapshot follows the AMI that it was made for."""
        t = self.candidates[resource]
        if t["kind"] != "snapshot":
            return set()
        return {"deregister-image:" + i for i in t["made_for"] if i in self.steps}

    def counts(self, kind):
        table = {"image": self.w.images, "snapshot": self.w.snapshots, "instance": self.w.instances}[kind]
        ours = [t for t in table.values() if self.w.is_ours(t)]
        fates = [self.fates[t["id"]][0] for t in ours if t["id"] in self.fates]
        count = {f: fates.count(f) for f in ("step", "blocked", "kept")}
        return {"total": len(ours), **count, "not_selected": len(ours) - len(fates)}

    def check_caps(self):
        o = self.o
        if o.max_steps is not None and len(self.steps) > int(o.max_steps):
            raise Failure("more than --max-steps")
        if o.max_percent is not None:
            for kind in ("image", "snapshot", "instance"):
                c = self.counts(kind)
                if c["step"] * 100 > float(o.max_percent) * c["total"]:
                    raise Failure("more than --max-percent")


def first(rules):
    return min(rules, key=RULES.index)


def has_tag(tags, text):
    key, equals, pattern = text.partition("=")
    return key in tags and (not equals or glob_match(pattern, tags[key]))


def newest_first(members):
    """By creation date; of equally old ones the smaller id first."""
    oldest = datetime.min.replace(tzinfo=timezone.utc)
    by_id = sorted(members, key=lambda i: i["id"])
    return sorted(by_id, key=lambda i: i["created"] or oldest, reverse=True)


def name_prefix(name):
    """Without its trailing version, date or hash parts."""
    part = r"[-_. ](v?\d+|[0-9a-f]*\d[0-9a-f]*(?<=[0-9a-f]{7}))$"
    while re.search(part, name):
        name = re.sub(part, "", name)
    return name


def is_backup(t):
    return any(k.startswith("aws:backup:") for k in t["tags"]) or t.get("alias") == "aws-backup-vault"


def has_maker_tag(tags):
    for key, value in tags.items():
        if key.startswith("aws:dlm:") or key == "dlm:managed" or key.startswith("AWSElasticDisasterRecovery"):
            return True
        if key.startswith("AWSApplicationMigrationService") or (key == "CreatedBy" and value == "EC2 Fast Launch"):
            return True
    return False
