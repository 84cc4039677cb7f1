"""Instances that are nobody's node group boot EKS's image: they join the cluster their user data names, if they can."""

import logging

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.ec2 import terminations
from sandbox.aws.eks.backend import Cluster, Nodegroup, all_clusters, eks_backends
from sandbox.aws.eks.kubernetes import in_background
from sandbox.aws.eks.kubernetes_nodes import node_of
from sandbox.aws.eks.node_config import NodeConfig, node_config
from sandbox.aws.eks.node_health import issues_of
from sandbox.aws.rules import follows

SECOND_LOOK = 30
log = logging.getLogger(__name__)
joined: dict[str, tuple[Cluster, object]] = {}


@follows("ec2", "CreateFleet")
def boot_fleet(call: Call) -> None:
    numbers = [number for launched in call.answer["Instances"] for number in launched["InstanceIds"]]
    clock.after("ec2 instance boot", lambda: boot(call.account, call.region, numbers))


@follows("ec2", "RunInstances")
def boot_instances(call: Call) -> None:
    numbers = [launched["InstanceId"] for launched in call.answer["Instances"]]
    clock.after("ec2 instance boot", lambda: boot(call.account, call.region, numbers))


def boot(account: str, region: str, numbers: list[str]) -> None:
    for number in numbers:
        instance = find_instance(account, region, number)
        config = node_config(str(instance.user_data or "")) if instance and instance.state == "running" else None
        cluster = eks_backends[account][region].clusters.get(config.cluster) if config else None
        if cluster and cluster.plane:
            join(cluster, instance, config)


def find_instance(account: str, region: str, number: str):
    reservations = ec2_backends[account][region].reservations.values()
    return next((instance for reservation in reservations for instance in reservation.instances if instance.id == number), None)


def join(cluster: Cluster, instance, config: NodeConfig) -> None:
    """As long as something keeps it out it tries again, like a kubelet."""
    role = role_of(cluster, instance)
    issues = issues_of(cluster, Nodegroup({"nodeRole": role, "subnets": [instance.subnet_id], "scalingConfig": {"desiredSize": 1}}, [instance.id]))
    if issues:
        log.warning("instance %s does not join %s: %s", instance.id, cluster.name, issues[0]["message"])
        clock.after(SECOND_LOOK, lambda: boot(cluster.account, cluster.region, [instance.id]))
        return
    from sandbox.kubernetes import nodes

    described = node_of(cluster, instance.id)
    joined[instance.id] = cluster, described
    given = {
        "labels": config.labels,
        "taints": config.taints,
        "version": cluster.description["version"],
        "disk": disk_of(instance, config),
    }
    in_background(lambda: nodes.join(cluster.plane.kubeconfig, [described], **given))


def role_of(cluster: Cluster, instance) -> str:
    """The role of its instance profile, "" where it has none."""
    association = ec2_backends[cluster.account][cluster.region].iam_instance_profile_associations.get(instance.id)
    roles = association.iam_instance_profile.roles if association else []
    return roles[0].arn if roles else ""


def disk_of(instance, config: NodeConfig) -> int:
    """What the kubelet has for pods (GiB): the disks of the type made into one, else the root volume."""
    if config.disks == "RAID0":
        storage = (INSTANCE_TYPES.get(instance.instance_type) or {}).get("InstanceStorageInfo") or {}
        if storage.get("TotalSizeInGB"):
            return int(storage["TotalSizeInGB"] * 10**9 / 2**30)
    sizes = [device.size for device in instance.block_device_mapping.values() if device.size]
    return max(sizes, default=20)


def leave(ec2, instance) -> None:
    """A node whose instance is gone is taken out by EKS's cloud controller."""
    cluster, described = joined.pop(instance.id, (None, None))
    if cluster is None or cluster not in all_clusters() or cluster.status != "ACTIVE":
        return
    from sandbox.kubernetes import nodes

    in_background(lambda: nodes.leave(cluster.plane.kubeconfig, [described]))


terminations.when_gone.append(leave)
