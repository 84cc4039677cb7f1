"""What EKS makes in the VPC: the cluster's security group, and its network interfaces in the subnets."""

import random

from moto.ec2.models import ec2_backends

from sandbox.aws.eks.backend import Cluster

DESCRIPTION = "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads."
REQUESTER = "AROAEKSCONTROLPLANE00"


def make_network(cluster: Cluster) -> None:
    ec2 = ec2_backends[cluster.account][cluster.region]
    config = cluster.description["resourcesVpcConfig"]
    name = f"eks-cluster-sg-{cluster.name}-{random.randrange(10**8, 10**10)}"
    tags = {"Name": name, f"kubernetes.io/cluster/{cluster.name}": "owned", "aws:eks:cluster-name": cluster.name}
    group = ec2.create_security_group(name, DESCRIPTION, config["vpcId"], tags)
    ec2.authorize_security_group_ingress(group.id, "-1", "-1", "-1", [], None, [{"GroupId": group.id}])
    cluster.security_group = group.id
    for subnet in config["subnetIds"]:
        make_interface(cluster, subnet)


def make_interface(cluster: Cluster, subnet: str) -> None:
    ec2 = ec2_backends[cluster.account][cluster.region]
    groups = [cluster.security_group, *cluster.description["resourcesVpcConfig"]["securityGroupIds"]]
    description = f"Amazon EKS {cluster.name}"
    interface = ec2.create_network_interface(subnet, [], group_ids=groups, description=description)
    interface.requester_managed, interface.requester_id, interface.status = True, REQUESTER, "in-use"
    cluster.interfaces.append(interface.id)


def move_interfaces(cluster: Cluster) -> None:
    """The subnets or security groups have changed."""
    remove_interfaces(cluster)
    for subnet in cluster.description["resourcesVpcConfig"]["subnetIds"]:
        make_interface(cluster, subnet)


def remove_interfaces(cluster: Cluster) -> None:
    ec2 = ec2_backends[cluster.account][cluster.region]
    for interface in cluster.interfaces:
        ec2.enis.pop(interface, None)
    cluster.interfaces = []


def remove_network(cluster: Cluster) -> None:
    """
    Interfaces go with the cluster; its security group too, unless something still uses it.
    """
    from sandbox.aws.ec2.security_groups import users_of

    remove_interfaces(cluster)
    ec2 = ec2_backends[cluster.account][cluster.region]
    group = ec2.get_security_group_from_id(cluster.security_group)
    if group and not users_of(ec2, group):
        ec2.groups[group.vpc_id].pop(group.id, None)
