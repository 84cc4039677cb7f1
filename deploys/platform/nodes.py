"""What a cluster needs to run pods: who may speak to it, its add-ons and its core nodes."""

from __future__ import annotations

from deploys.platform.addons import EARLY, LATE, SWITCHED, addons, addons_ready
from deploys.platform.cluster import NODEGROUP
from deploys.want import Want, strays, want
from operations import ec2, eks, k8s
from operations import strays as stray
from settings import Settings

LABELS = {"airflow-on-eks/node-group": "core"}


def nodes(settings: Settings) -> list[Want]:
    """
    The cluster once it is there, and the start of its core nodes, which find their network add-ons in place, and of what will run on
    them; `nodes_ready` waits for the nodes.
    """
    name = settings.deployment
    admin = {settings.access_policy("AmazonEKSClusterAdminPolicy"): []}
    return [
        want(eks.cluster_active, name),
        *(want(eks.access_entry, arn, cluster=name, policies=admin, own=f":{settings.account_id}:" in arn) for arn in settings.admins),
        strays(stray.strays, "eks.addon", listed=[*(addon.name for addon in (*EARLY, *LATE)), *SWITCHED], within={"cluster": name}),
        *addons(settings, EARLY),
        *addons_ready(settings, EARLY),
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
            behind=1,
        ),
        *addons(settings, LATE),
        want(k8s.bundle, "priorities"),
    ]


def nodes_ready(settings: Settings) -> list[Want]:
    """The core nodes once they have joined; mirrored, the start of their removal while the add-ons on them still go."""
    return [want(eks.nodegroup_active, NODEGROUP, cluster=settings.deployment)]
