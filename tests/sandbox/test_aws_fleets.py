"""Instances as Karpenter asks for them: fleets of type instant, EKS's images, what they tell of themselves when they boot."""

import base64

import pytest
from aws_world import World, refused, wait

from sandbox.aws.eks.node_config import node_config
from sandbox.aws.eks.optimized_images import RELEASES
from settings.defaults import defaults

IMAGE = "/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/{}/image_id"
USER_DATA = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster:
    name: airflow-dev
  instance:
    localStorage:
      strategy: RAID0
  kubelet:
    config:
      registerWithTaints:
      - effect: NoExecute
        key: karpenter.sh/unregistered
    flags:
    - --node-labels="karpenter.sh/capacity-type=spot,karpenter.sh/nodepool=spark"

--//--
"""


@pytest.fixture(scope="module")
def world(aws):
    return World(aws)


@pytest.fixture(scope="module")
def image(world):
    return world.aws("ssm").get_parameter(Name=IMAGE.format("recommended"))["Parameter"]["Value"]


@pytest.fixture(scope="module")
def template(world, image):
    profile = world.name
    world.iam.create_instance_profile(InstanceProfileName=profile)
    world.iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=world.node_role.rpartition("/")[2])
    data = {
        "ImageId": image,
        "UserData": base64.b64encode(USER_DATA.encode()).decode(),
        "IamInstanceProfile": {"Name": profile},
        "SecurityGroupIds": [world.group("nodes")],
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 40, "Encrypted": True}}],
        "TagSpecifications": [{"ResourceType": "network-interface", "Tags": [{"Key": "of", "Value": "template"}]}],
    }
    world.ec2.create_launch_template(LaunchTemplateName=world.name, LaunchTemplateData=data)
    return world.name


def fleet(world, template, kind, **changes):
    overrides = [{"InstanceType": size, "SubnetId": subnet} for size in ("c5d.2xlarge", "c5d.xlarge") for subnet in world.subnets]
    tags = [{"Key": "karpenter.sh/nodepool", "Value": "spark"}]
    request = {
        "Type": "instant",
        "LaunchTemplateConfigs": [
            {"LaunchTemplateSpecification": {"LaunchTemplateName": template, "Version": "$Latest"}, "Overrides": overrides},
        ],
        "TargetCapacitySpecification": {"DefaultTargetCapacityType": kind, "TotalTargetCapacity": 1},
        "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}, {"ResourceType": "volume", "Tags": tags}],
    }
    return world.ec2.create_fleet(**(request | changes))


def test_a_parameter_names_an_image_that_has_an_architecture(world, image):
    found = world.ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image]}])["Images"]
    assert [i["Architecture"] for i in found] == ["x86_64"] and "al2023" in found[0]["Name"]
    with refused("ParameterNotFound"):
        world.aws("ssm").get_parameter(Name="/aws/service/eks/optimized-ami/1.36/amazon-linux-2/recommended/image_id")


def test_each_release_has_an_image_of_its_own_and_the_last_is_recommended(world, image):
    """Karpenter asks by name for the alias `al2023@v...`."""

    def named(day):
        name = f"amazon-eks-node-al2023-x86_64-standard-1.36-{day}"
        return world.aws("ssm").get_parameter(Name=IMAGE.format(name))["Parameter"]["Value"]

    assert named(RELEASES[-1]) == image and named(RELEASES[0]) != image
    assert f"al2023@{RELEASES[-1]}" == defaults()["karpenter_image"]
    with refused("ParameterNotFound"):
        named("v20200101")


def test_spot_prices_follow_the_size(world):
    asked = {"InstanceTypes": ["c5d.xlarge", "c5d.2xlarge"], "Filters": [{"Name": "availability-zone", "Values": ["eu-west-1a"]}]}
    prices = {p["InstanceType"]: float(p["SpotPrice"]) for p in world.ec2.describe_spot_price_history(**asked)["SpotPriceHistory"]}
    assert 0 < prices["c5d.xlarge"] < prices["c5d.2xlarge"] < 1


@pytest.mark.parametrize("kind", ["spot", "on-demand"])
def test_a_fleet_is_the_cheapest_instance_as_its_template_says(world, template, kind):
    made = fleet(world, template, kind)["Instances"]
    assert [(m["Lifecycle"], m["InstanceType"]) for m in made] == [(kind, "c5d.xlarge")]
    number = made[0]["InstanceIds"][0]
    instance = world.ec2.describe_instances(InstanceIds=[number])["Reservations"][0]["Instances"][0]
    assert instance.get("InstanceLifecycle") == ("spot" if kind == "spot" else None)
    assert {"Key": "karpenter.sh/nodepool", "Value": "spark"} in instance["Tags"]
    assert instance["IamInstanceProfile"]["Arn"].endswith(f"/{template}")
    assert [group["GroupName"] for group in instance["SecurityGroups"]] == ["nodes"]
    volume = world.ec2.describe_volumes(VolumeIds=[instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]])["Volumes"][0]
    assert (volume["Size"], volume["Encrypted"], volume["Tags"]) == (40, True, [{"Key": "karpenter.sh/nodepool", "Value": "spark"}])
    assert world.ec2.terminate_instances(InstanceIds=[number])["TerminatingInstances"][0]["CurrentState"]["Name"] == "shutting-down"
    described = lambda: world.ec2.describe_instances(InstanceIds=[number])["Reservations"][0]["Instances"][0]  # noqa: E731
    wait(lambda: described()["State"]["Name"] == "terminated")
    with refused("InvalidVolume.NotFound"):
        world.ec2.describe_volumes(VolumeIds=[volume["VolumeId"]])


def test_a_dry_run_launches_nothing(world, template):
    before = len(world.ec2.describe_instances()["Reservations"])
    with refused("DryRunOperation"):
        fleet(world, template, "spot", DryRun=True)
    assert len(world.ec2.describe_instances()["Reservations"]) == before


def test_other_fleets_are_refused(world, template):
    with refused("UnsupportedOperation", "type instant"):
        fleet(world, template, "spot", Type="maintain")


@pytest.mark.parametrize("text", [USER_DATA, base64.b64encode(USER_DATA.encode()).decode()])
def test_user_data_tells_the_cluster_the_labels_and_the_taints(text):
    config = node_config(text)
    assert (config.cluster, config.disks) == ("airflow-dev", "RAID0")
    assert config.labels == {"karpenter.sh/capacity-type": "spot", "karpenter.sh/nodepool": "spark"}
    assert config.taints == [{"effect": "NoExecute", "key": "karpenter.sh/unregistered"}]


@pytest.mark.parametrize("text", ["", "#!/bin/sh\necho hello\n"])
def test_other_user_data_joins_nothing(text):
    assert node_config(text) is None
