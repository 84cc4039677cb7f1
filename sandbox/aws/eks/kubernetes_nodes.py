"""Instances of node groups as nodes of the cluster's Kubernetes."""

import threading

from moto.ec2.models import ec2_backends

from sandbox.aws.eks.backend import Cluster, Nodegroup
from sandbox.aws.eks.kubernetes import already_done, in_background


def join(cluster: Cluster, nodegroup: Nodegroup, instances: list[str]) -> threading.Event:
    """The instances become nodes; those that are already get the node group's labels and taints of now."""
    if not cluster.plane or not instances:
        return already_done()
    from sandbox.kubernetes import nodes

    described = nodegroup.description
    joining = [node_of(cluster, number) for number in instances]
    given = {
        "nodegroup": described["nodegroupName"],
        "labels": dict(described["labels"]),
        "taints": list(described["taints"]),
        "capacity_type": described["capacityType"],
        "version": described["version"],
        "disk": described.get("diskSize") or 20,
    }
    return in_background(lambda: nodes.join(cluster.plane.kubeconfig, joining, **given))


def relabel(cluster: Cluster, nodegroup: Nodegroup) -> None:
    join(cluster, nodegroup, list(nodegroup.instances))


def leave(cluster: Cluster, nodegroup: Nodegroup, instances: list[str]) -> threading.Event:
    """The nodes of these instances are drained and removed."""
    if not cluster.plane or not instances:
        return already_done()
    from sandbox.kubernetes import nodes

    leaving = [node_of(cluster, number) for number in instances]
    return in_background(lambda: nodes.leave(cluster.plane.kubeconfig, leaving))


def node_of(cluster: Cluster, number: str):
    from sandbox.kubernetes.nodes import Instance

    ec2 = ec2_backends[cluster.account][cluster.region]
    instance = ec2.get_instance(number)
    subnet = ec2.get_subnet(instance.subnet_id)
    return Instance(
        id=instance.id,
        zone=subnet.availability_zone,
        zone_id=subnet.availability_zone_id,
        private_ip=instance.private_ip,
        type=instance.instance_type,
        region=cluster.region,
    )
