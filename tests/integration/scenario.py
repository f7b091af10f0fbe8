"""A small account, made through the API: AMIs in use, referenced every way, free, copied, orphaned.

It must not know: what amiplan makes of it.
"""

BASE = "ami-0abcdef1234567890"
CONSUMER = "444455556666"
# What a person may type into a description. Everything here can stand in XML 1.0.
HOSTILE = "it's \"quoted\", `id`, $(id), ${IFS}, back\\slash, \\N \\G, 100%s, \u202eevil\u202c, =cmd|' /C calc'!A0, [x](javascript:y)"


def fill(aws):
    """Fills the account; returns the ids by the part each plays."""
    ec2, scaling = aws.client("ec2"), aws.client("autoscaling")
    made = {}

    def run(image):
        # A token of our own: boto3 would make a random one, and moto prints it.
        answer = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken="launch-of-%s" % image)
        return answer["Instances"][0]["InstanceId"]

    def bake(name):
        made[name] = ec2.create_image(InstanceId=builder, Name="golden-%s" % name)["ImageId"]
        made[name + "-snapshot"] = snapshot_of(made[name])
        return made[name]

    def snapshot_of(image):
        described = ec2.describe_images(ImageIds=[image])["Images"][0]
        return described["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]

    builder = made["builder"] = run(BASE)
    for name in (
        "used",
        "past",
        "old",
        "grouped",
        "default",
        "latest",
        "configured",
        "requested",
        "shared",
        "free",
        "gone",
    ):
        bake(name)
    made["instance"] = run(made["used"])
    ec2.terminate_instances(InstanceIds=[run(made["past"])])
    template(ec2, scaling, made)
    scaling.create_launch_configuration(
        LaunchConfigurationName="legacy", ImageId=made["configured"], InstanceType="t3.micro"
    )
    ec2.request_spot_instances(
        SpotPrice="0.10",
        InstanceCount=1,
        Type="one-time",
        LaunchSpecification={"ImageId": made["requested"], "InstanceType": "t3.micro"},
    )
    ec2.modify_image_attribute(ImageId=made["shared"], LaunchPermission={"Add": [{"UserId": CONSUMER}]})
    for name, source in (("copied", "free"), ("gone-copy", "gone")):
        made[name] = ec2.copy_image(SourceImageId=made[source], SourceRegion="us-east-1", Name="golden-%s" % name)[
            "ImageId"
        ]
        made[name + "-snapshot"] = snapshot_of(made[name])
    volume = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [builder]}])["Volumes"][0][
        "VolumeId"
    ]
    for name, text in (
        ("typed", HOSTILE),
        ("typed-about-free", "before the change of %s" % made["free"]),
        ("typed-about-gone", "before the change of %s" % made["gone"]),
    ):
        made[name] = ec2.create_snapshot(VolumeId=volume, Description=text)["SnapshotId"]
    for name in ("gone", "gone-copy"):
        ec2.deregister_image(ImageId=made[name])
    return made


def template(ec2, scaling, made):
    """Versions 1 to 4: old, used by a group, the default, the latest."""
    created = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"ImageId": made["old"]})
    made["template"] = created["LaunchTemplate"]["LaunchTemplateId"]
    for name in ("grouped", "default", "latest"):
        ec2.create_launch_template_version(
            LaunchTemplateId=made["template"], LaunchTemplateData={"ImageId": made[name]}
        )
    ec2.modify_launch_template(LaunchTemplateId=made["template"], DefaultVersion="3")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="web",
        MinSize=0,
        MaxSize=2,
        DesiredCapacity=0,
        AvailabilityZones=["us-east-1a"],
        LaunchTemplate={"LaunchTemplateId": made["template"], "Version": "2"},
    )
