"""What a cluster needs to run pods: who may speak to it, the network of its pods and its core nodes."""

from __future__ import annotations

from deploys.platform.addons import EARLY, LATE, SWITCHED, addons_of
from deploys.platform.cluster import NODEGROUP
from deploys.want import Want, strays, want
from operations import ec2, eks
from operations import strays as stray
from settings import Settings

LABELS = {"airflow-on-eks/node-group": "core"}


def nodes(settings: Settings) -> list[Want]:
    """The cluster once it is there, and the start of its core nodes: they find their network add-ons in place."""
    name = settings.deployment
    admin = {settings.access_policy("AmazonEKSClusterAdminPolicy"): []}
    return [
        want(eks.cluster_active, name),
        *(want(eks.access_entry, arn, cluster=name, policies=admin) for arn in settings.admins),
        strays(stray.strays, "eks.addon", listed=[*(addon.name for addon in (*EARLY, *LATE)), *SWITCHED], within={"cluster": name}),
        *addons_of(settings, EARLY),
        strays(stray.strays, "eks.nodegroup", listed=[NODEGROUP], within={"cluster": name}),
        want(ec2.volumes, name),
        want(ec2.launch_template, f"{name}-core", groups=[f"{name}-nodes"], disk_size=settings.core_disk_size),
        want(
            eks.nodegroup,
            NODEGROUP,
            cluster=name,
            role_arn=settings.role_arn("node"),
            subnets=[subnet.name for subnet in settings.subnets("data")],
            template=f"{name}-core",
            instance_types=settings.core_instance_types,
            image=settings.core_ami_type,
            capacity=settings.core_capacity_type,
            minimum=settings.core_nodes_min,
            maximum=settings.core_nodes_max,
            desired=settings.core_nodes,
            labels=LABELS,
            taints=[],
            unavailable=1,
            version=settings.kubernetes_version,
        ),
    ]
