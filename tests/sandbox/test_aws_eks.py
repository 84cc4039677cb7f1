"""EKS: the states of a cluster's life and what EKS makes and removes by itself."""

import pytest
from aws_world import World, at_aws_pace, refused, trust, wait


@pytest.fixture(scope="module")
def world(aws):
    return World(aws)


@pytest.fixture(scope="module")
def nodes(world):
    """A cluster with the add-ons that come before nodes, and a node group."""
    for addon in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent"):
        world.eks.create_addon(clusterName=world.cluster, addonName=addon)
    world.nodegroup()
    wait(lambda: world.nodegroup_status() == "ACTIVE")
    return world


def test_a_role_is_usable_only_after_a_while(world):
    name, request = f"{world.name}-young", world.request()
    with at_aws_pace(world):
        arn = world.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("eks.amazonaws.com"))["Role"]["Arn"]
        with refused("InvalidParameterException", "could not be assumed"):
            world.eks.create_cluster(**{**request, "roleArn": arn})
    world.iam.delete_role(RoleName=name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "-bad"}, ""),
        ({"version": "1.20"}, "unsupported Kubernetes version"),
        ({"roleArn": "arn:aws:iam::123456789012:role/none"}, "could not be assumed"),
        ({"tags": {"aws:x": "y"}}, "reserved prefix"),
        ({"kubernetesNetworkConfig": {"serviceIpv4Cidr": "8.8.0.0/16"}}, "Service CIDR"),
        ({"encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:eu-west-1:123456789012:key/x"}}]}, "KeyArn"),
    ],
)
def test_create_cluster_checks_its_request(world, change, message):
    with refused("InvalidParameterException", message):
        world.eks.create_cluster(**world.request(**change))


def test_subnets_must_be_in_two_zones(world):
    with refused("InvalidParameterException", "at least two different AZs"):
        world.eks.create_cluster(**world.request(resourcesVpcConfig={"subnetIds": world.subnets[:1]}))


def test_a_cluster_is_creating_then_active(world):
    token = world.name
    first = world.eks.create_cluster(**world.request(version="1.35", clientRequestToken=token))["cluster"]
    again = world.eks.create_cluster(**world.request(version="1.35", clientRequestToken=token))["cluster"]
    assert first["status"] == "CREATING" and "endpoint" not in first and first["arn"] == again["arn"]
    with refused("ResourceInUseException", "already exists"):
        world.eks.create_cluster(**world.request())
    with refused("InvalidRequestException", "not in ACTIVE status"):
        world.eks.create_addon(clusterName=world.name, addonName="vpc-cni")
    wait(lambda: world.status() == "ACTIVE")
    world.__dict__["cluster"] = world.name
    cluster = world.eks.describe_cluster(name=world.name)["cluster"]
    config = cluster["resourcesVpcConfig"]
    assert config["vpcId"] == world.vpc and config["publicAccessCidrs"] == ["0.0.0.0/0"]
    assert cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "172.20.0.0/16"
    group = world.ec2.describe_security_groups(GroupIds=[config["clusterSecurityGroupId"]])["SecurityGroups"][0]
    assert group["GroupName"].startswith(f"eks-cluster-sg-{world.name}-")
    assert {"Key": "aws:eks:cluster-name", "Value": world.name} in group["Tags"]
    assert len(interfaces(world, f"Amazon EKS {world.name}")) == 2
    assert world.eks.list_access_entries(clusterName=world.name)["accessEntries"] == ["arn:aws:iam::123456789012:user/administrator"]


def interfaces(world, description):
    filters = [{"Name": "vpc-id", "Values": [world.vpc]}]
    found = world.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    return [interface for interface in found if interface["Description"] == description]


def test_a_node_group_brings_instances(nodes):
    described = nodes.eks.describe_nodegroup(clusterName=nodes.cluster, nodegroupName="core")["nodegroup"]
    assert described["updateConfig"] == {"maxUnavailable": 1} and "remoteAccess" not in described
    name = described["resources"]["autoScalingGroups"][0]["name"]
    group = nodes.aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
    assert len(group["Instances"]) == 2 == len({instance["AvailabilityZone"] for instance in group["Instances"]})
    instances = running(nodes)
    assert all(dict((t["Key"], t["Value"]) for t in i["Tags"])["eks:nodegroup-name"] == "core" for i in instances)
    entry = nodes.eks.describe_access_entry(clusterName=nodes.cluster, principalArn=nodes.node_role)["accessEntry"]
    assert entry["type"] == "EC2_LINUX"


def running(world):
    filters = [{"Name": "instance-state-name", "Values": ["running"]}, {"Name": "vpc-id", "Values": [world.vpc]}]
    return [i for r in world.ec2.describe_instances(Filters=filters)["Reservations"] for i in r["Instances"]]


def test_a_node_group_is_scaled_and_relabelled(nodes):
    given = {"clusterName": nodes.cluster, "nodegroupName": "core"}
    update = nodes.eks.update_nodegroup_config(
        **given,
        scalingConfig={"minSize": 1, "maxSize": 3, "desiredSize": 3},
        labels={"addOrUpdateLabels": {"role": "core"}},
        taints={"addOrUpdateTaints": [{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}]},
    )["update"]
    assert update["status"] == "InProgress"
    with refused("ResourceInUseException", "UPDATING"):
        nodes.eks.update_nodegroup_config(**given, updateConfig={"maxUnavailable": 2})
    wait(lambda: nodes.nodegroup_status() == "ACTIVE")
    done = nodes.eks.describe_update(name=nodes.cluster, nodegroupName="core", updateId=update["id"])["update"]
    assert done["status"] == "Successful"
    assert len(running(nodes)) == 3
    assert nodes.eks.describe_nodegroup(**given)["nodegroup"]["labels"] == {"role": "core"}


def test_nodes_without_a_policy_do_not_join(world):
    role = world.role("poor", "ec2.amazonaws.com")
    world.nodegroup("poor", nodeRole=role)
    wait(lambda: world.nodegroup_status("poor") == "CREATE_FAILED")
    health = world.eks.describe_nodegroup(clusterName=world.cluster, nodegroupName="poor")["nodegroup"]["health"]
    assert health["issues"][0]["code"] == "NodeCreationFailure"
    world.eks.delete_nodegroup(clusterName=world.cluster, nodegroupName="poor")


def test_node_group_requests_are_checked(world):
    with refused("InvalidParameterException", "[ec2.amazonaws.com] were not found"):
        world.nodegroup("x", nodeRole=world.cluster_role)
    with refused("InvalidParameterException", "desired capacity"):
        world.nodegroup("x", scalingConfig={"minSize": 3, "maxSize": 2, "desiredSize": 2})
    with refused("InvalidParameterException", "does not exist"):
        world.nodegroup("x", subnets=["subnet-00000000000000000"])


def test_a_cluster_goes_up_one_minor_version_at_a_time(nodes):
    with refused("InvalidParameterException", "unsupported Kubernetes version update from 1.35 to 1.37"):
        nodes.eks.update_cluster_version(name=nodes.cluster, version="1.37")
    update = nodes.eks.update_cluster_version(name=nodes.cluster, version="1.36")["update"]
    assert update["type"] == "VersionUpdate" and nodes.status() == "UPDATING"
    with refused("ResourceInUseException", "in progress"):
        nodes.eks.update_cluster_config(name=nodes.cluster, deletionProtection=True)
    wait(lambda: nodes.status() == "ACTIVE")
    assert nodes.eks.describe_cluster(name=nodes.cluster)["cluster"]["version"] == "1.36"
    assert update["id"] in nodes.eks.list_updates(name=nodes.cluster)["updateIds"]
    before = {instance["InstanceId"] for instance in running(nodes)}
    nodes.eks.update_nodegroup_version(clusterName=nodes.cluster, nodegroupName="core")
    wait(lambda: nodes.nodegroup_status() == "ACTIVE")
    assert not before & {instance["InstanceId"] for instance in running(nodes)}


def test_one_kind_of_configuration_is_changed_at_a_time(nodes):
    change = {"name": nodes.cluster}
    logging = {"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]}
    with refused("InvalidParameterException", "Only one type of update"):
        nodes.eks.update_cluster_config(**change, logging=logging, resourcesVpcConfig={"endpointPrivateAccess": True})
    nodes.eks.update_cluster_config(**change, logging=logging)
    wait(lambda: nodes.status() == "ACTIVE")
    with refused("InvalidParameterException", "No changes needed"):
        nodes.eks.update_cluster_config(**change, logging=logging)
    name = f"/aws/eks/{nodes.cluster}/cluster"
    logs = nodes.aws("logs")
    wait(lambda: logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"])
    logs.delete_log_group(logGroupName=name)
    wait(lambda: logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"])
    with refused("InvalidParameterException", "cannot be false"):
        nodes.eks.update_cluster_config(**change, resourcesVpcConfig={"endpointPublicAccess": False})
    nodes.eks.update_cluster_config(**change, resourcesVpcConfig={"endpointPrivateAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]})
    wait(lambda: nodes.status() == "ACTIVE")
    config = nodes.eks.describe_cluster(name=nodes.cluster)["cluster"]["resourcesVpcConfig"]
    assert config["endpointPrivateAccess"] and config["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_deletion_takes_what_eks_made_and_waits_for_node_groups(nodes):
    with refused("ResourceInUseException", "nodegroups attached"):
        nodes.eks.delete_cluster(name=nodes.cluster)
    with refused("DependencyViolation"):
        nodes.ec2.delete_subnet(SubnetId=nodes.subnets[0])
    for name in nodes.eks.list_nodegroups(clusterName=nodes.cluster)["nodegroups"]:
        with at_aws_pace(nodes):
            nodes.eks.delete_nodegroup(clusterName=nodes.cluster, nodegroupName=name)
            with refused("ResourceInUseException", "DELETING"):
                nodes.eks.delete_nodegroup(clusterName=nodes.cluster, nodegroupName=name)
    wait(lambda: not nodes.eks.list_nodegroups(clusterName=nodes.cluster)["nodegroups"])
    assert not running(nodes)
    assert nodes.node_role not in nodes.eks.list_access_entries(clusterName=nodes.cluster)["accessEntries"]
    group = nodes.eks.describe_cluster(name=nodes.cluster)["cluster"]["resourcesVpcConfig"]["clusterSecurityGroupId"]
    with refused("DependencyViolation", group):
        nodes.ec2.delete_security_group(GroupId=group)
    assert nodes.eks.delete_cluster(name=nodes.cluster)["cluster"]["status"] == "DELETING"
    with refused("ResourceInUseException"):
        nodes.eks.delete_cluster(name=nodes.cluster)
    wait(lambda: nodes.cluster not in nodes.eks.list_clusters()["clusters"])
    with refused("ResourceNotFoundException", "No cluster found"):
        nodes.eks.describe_cluster(name=nodes.cluster)
    assert not interfaces(nodes, f"Amazon EKS {nodes.cluster}")
    with refused("InvalidGroup.NotFound"):
        nodes.ec2.describe_security_groups(GroupIds=[group])
