"""A node group's instances: an Auto Scaling group, launch template and instance profile of EKS's own, one instance per place."""

import uuid

from moto.autoscaling.models import InstanceState, autoscaling_backends
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from sandbox.aws.eks.backend import Cluster, Nodegroup
from sandbox.aws.quotas import vcpus_exceeded

IMAGE = "ami-0e5a1c9d3f7b2e846"


def tags_of(cluster: Cluster, nodegroup: Nodegroup) -> dict[str, str]:
    return {
        "eks:cluster-name": cluster.name,
        "eks:nodegroup-name": nodegroup.description["nodegroupName"],
        "k8s.io/cluster-autoscaler/enabled": "true",
        f"k8s.io/cluster-autoscaler/{cluster.name}": "owned",
        f"kubernetes.io/cluster/{cluster.name}": "owned",
    }


def template_data(cluster: Cluster, nodegroup: Nodegroup) -> dict:
    """What EKS launches: the caller's launch template, completed."""
    given = nodegroup.description.get("launchTemplate")
    data: dict = {}
    if given:
        ec2 = ec2_backends[cluster.account][cluster.region]
        data = dict(ec2.get_launch_template(given["id"]).get_version(given["version"]).data)
    data.setdefault("ImageId", IMAGE)
    if not data.get("SecurityGroupIds"):
        data["SecurityGroupIds"] = [cluster.security_group]
    types = nodegroup.description.get("instanceTypes")
    data["InstanceType"] = data.get("InstanceType") or types[0]
    root = {"VolumeSize": nodegroup.description.get("diskSize") or 20, "VolumeType": "gp3", "DeleteOnTermination": True}
    data.setdefault("BlockDeviceMappings", [{"DeviceName": "/dev/xvda", "Ebs": root}])
    return data


def make_group(cluster: Cluster, nodegroup: Nodegroup) -> None:
    name = f"eks-{nodegroup.description['nodegroupName']}-{uuid.uuid4()}"
    ec2, iam = ec2_backends[cluster.account][cluster.region], iam_backends[cluster.account]["aws"]
    role = nodegroup.description["nodeRole"].rpartition("/")[2]
    iam.create_instance_profile(name, "/", [role], [])
    tags = tags_of(cluster, nodegroup)
    own = {"eks:cluster-name": tags["eks:cluster-name"], "eks:nodegroup-name": tags["eks:nodegroup-name"]}
    template = ec2.create_launch_template(name, "", template_data(cluster, nodegroup), {"launch-template": own})
    scaling = nodegroup.description["scalingConfig"]
    group = autoscaling_backends[cluster.account][cluster.region].create_auto_scaling_group(
        name=name,
        availability_zones=[],
        desired_capacity=0,
        max_size=scaling["maxSize"],
        min_size=scaling["minSize"],
        launch_config_name="",
        launch_template={"LaunchTemplateId": template.id, "Version": "1"},
        vpc_zone_identifier=",".join(nodegroup.description["subnets"]),
        default_cooldown=None,
        health_check_period=None,
        health_check_type="EC2",
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=["AZRebalance", "OldestLaunchTemplate", "OldestInstance"],
        tags=[{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in tags.items()],
    )
    nodegroup.group = group.name
    nodegroup.description["resources"] = {"autoScalingGroups": [{"name": group.name}]}


def scale(cluster: Cluster, nodegroup: Nodegroup, size: int) -> list[str]:
    """Launch what is missing; answers what is too much, which is still running."""
    group = autoscaling_backends[cluster.account][cluster.region].autoscaling_groups[nodegroup.group]
    scaling = nodegroup.description["scalingConfig"]
    group.desired_capacity, group.min_size, group.max_size = size, scaling["minSize"], scaling["maxSize"]
    spot, nodegroup.refusal = nodegroup.description["capacityType"] == "SPOT", ""
    kind = group.ec2_launch_template.latest_version().data["InstanceType"]
    while len(nodegroup.instances) < size and not nodegroup.refusal:
        if refused := vcpus_exceeded(cluster.account, cluster.region, kind, spot):
            nodegroup.refusal = f"{refused.code} - {refused.message}"
        else:
            launch(cluster, nodegroup, group)
    return nodegroup.instances[size:]


def launch(cluster: Cluster, nodegroup: Nodegroup, group) -> None:
    ec2 = ec2_backends[cluster.account][cluster.region]
    subnets = nodegroup.description["subnets"]
    running = [ec2.get_instance(instance).subnet_id for instance in nodegroup.instances]
    subnet = min(subnets, key=running.count)
    data = group.ec2_launch_template.latest_version().data
    wanted = {spec["ResourceType"]: {t["Key"]: t["Value"] for t in spec["Tags"]} for spec in data.get("TagSpecifications", [])}
    reservation = ec2.run_instances(
        data["ImageId"],
        1,
        data.get("UserData"),
        [],
        instance_type=data["InstanceType"],
        is_instance_type_default=False,
        region_name=cluster.region,
        subnet_id=subnet,
        security_group_ids=list(data["SecurityGroupIds"]),
        launch_template={"LaunchTemplateId": group.ec2_launch_template.id, "Version": "1"},
        metadata_options=data.get("MetadataOptions", {}),
        block_device_mappings=data["BlockDeviceMappings"],
        tags={"instance": {"aws:autoscaling:groupName": group.name} | tags_of(cluster, nodegroup), "volume": wanted.get("volume", {})},
    )
    instance = reservation.instances[0]
    if nodegroup.description["capacityType"] == "SPOT":
        instance.lifecycle = "spot"
    ec2.associate_iam_instance_profile(instance.id, iam_instance_profile_name=group.name)
    for interface in instance.nics.values():
        interface.delete_on_termination = True
        interface.add_tags(wanted.get("network-interface", {}) | {"node.k8s.amazonaws.com/instance_id": instance.id})
    group.instance_states.append(InstanceState(instance, autoscaling_group=group))
    nodegroup.instances.append(instance.id)


def terminate(cluster: Cluster, nodegroup: Nodegroup, instances: list[str]) -> None:
    ec2 = ec2_backends[cluster.account][cluster.region]
    group = autoscaling_backends[cluster.account][cluster.region].autoscaling_groups.get(nodegroup.group)
    for number in instances:
        nodegroup.instances.remove(number)
        if ec2.get_instance(number).state != "terminated":
            ec2.terminate_instances([number])
        if group:
            group.instance_states = [state for state in group.instance_states if state.instance_id != number]


def remove_group(cluster: Cluster, nodegroup: Nodegroup) -> None:
    terminate(cluster, nodegroup, list(nodegroup.instances))
    if not nodegroup.group:
        return
    autoscaling_backends[cluster.account][cluster.region].autoscaling_groups.pop(nodegroup.group, None)
    ec2 = ec2_backends[cluster.account][cluster.region]
    if nodegroup.group in ec2.launch_template_name_to_ids:
        ec2.delete_launch_template(nodegroup.group, None)
    iam_backends[cluster.account]["aws"].instance_profiles.pop(nodegroup.group, None)
