"""What follows the load: Karpenter and its node pool for task pods, Cluster Autoscaler for the core nodes, one more for CoreDNS."""

from __future__ import annotations

from connectors.kubernetes.manifest import documents
from deploys.platform.cluster import NODE_POLICIES
from deploys.platform.network import DISCOVERY
from deploys.platform.policies import (
    cluster_autoscaler,
    interruption_queue,
    karpenter_nodes,
    karpenter_profiles,
    karpenter_reads,
    pod_identity_trust,
    queue_arn,
    queue_name,
    service_trust,
)
from deploys.want import Want, want
from operations import ec2, eks, events, helm, iam, k8s, sqs
from settings import Settings

NAMESPACE = "kube-system"
CONTROLLER = f"{NAMESPACE}/karpenter"
TASKS = "tasks"
EVENTS = {
    "health": ("aws.health", "AWS Health Event"),
    "spot-interruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state-change": ("aws.ec2", "EC2 Instance State-change Notification"),
    "capacity-reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""What tells Karpenter that a node is about to go: source and kind of the events."""

AUTOSCALER_IMAGES = {"1.34": "v1.34.0", "1.35": "v1.35.0", "1.36": "v1.36.1"}
"""Cluster Autoscaler simulates the scheduler of its own Kubernetes version."""


def scaling(settings: Settings) -> list[Want]:
    """Everything that scales; `scaling_ready` waits for it."""
    return [*_karpenter(settings), *_cluster_autoscaler(settings), *_release(settings, "cluster-proportional-autoscaler")]


def scaling_ready(settings: Settings) -> list[Want]:
    """The autoscalers, rolled out."""
    workloads = {
        "Deployment/karpenter": settings.enable_karpenter,
        "Deployment/cluster-autoscaler-aws-cluster-autoscaler": settings.enable_cluster_autoscaler,
        "Deployment/cluster-proportional-autoscaler": settings.enable_cluster_proportional_autoscaler,
    }
    return [want(k8s.ready, f"{NAMESPACE}/scaling", workloads=[name for name, wanted in workloads.items() if wanted])]


def node_class(settings: Settings, bundle: str) -> dict:
    """Which image Karpenter's nodes have, where they go and what they may do, laid over the node class of a bundle."""
    found = {"tags": {DISCOVERY: settings.deployment}}
    return {
        "spec": {
            "amiSelectorTerms": [{"alias": settings.karpenter_image}],
            "instanceProfile" if settings.isolated else "role": settings.role("karpenter-node"),
            "subnetSelectorTerms": [{"id": subnet.name} for subnet in settings.subnets("data")] if settings.vpc_id else [found],
            "securityGroupSelectorTerms": [found],
            "tags": settings.tag,
            **_disks(settings, bundle),
        }
    }


def pool(settings: Settings, cpu: int) -> dict:
    """
    What a deployment lays over a node pool.

    + cpu: its limit (vCPUs)
    """
    held = {"disruption": {"budgets": [{"nodes": "10%"}, {"nodes": "0", "reasons": ["Drifted"]}]}} if settings.nodes_held else {}
    return {"spec": {"limits": {"cpu": cpu}, **held}}


def _disks(settings: Settings, bundle: str) -> dict:
    """The disks of a bundle's node class under the account's key."""
    key = settings.kms_key_arn
    (found,) = [item for item in documents(f"manifests/{bundle}.yaml") if item["kind"] == "EC2NodeClass"]
    return {"blockDeviceMappings": [{**disk, "ebs": {**disk["ebs"], "kmsKeyID": key}} for disk in found["spec"]["blockDeviceMappings"]]} if key else {}


def _karpenter(settings: Settings) -> list[Want]:
    """
    Karpenter in namespace kube-system, as upstream advises. Its nodes carry the nodes' security group and join as the role
    ``karpenter-node``, in an instance profile of ours where Karpenter cannot make one: IAM has no endpoint in a VPC. Mirrored,
    its node pools go first and its definitions last.
    """
    cluster, on = settings.deployment, settings.enable_karpenter
    overlay = {"settings": {"clusterName": cluster, "interruptionQueue": queue_name(settings), **({"isolatedVPC": True} if settings.isolated else {})}}
    return [
        *_interruptions(settings),
        want(
            iam.role,
            settings.role("karpenter-node"),
            trust=service_trust(settings.principal("ec2")),
            managed=[settings.managed_policy(policy) for policy in NODE_POLICIES],
            description=f"Nodes Karpenter starts for {cluster}",
            present=on,
        ),
        *([want(iam.instance_profile, settings.role("karpenter-node"), role=settings.role("karpenter-node"), present=on)] if settings.isolated else []),
        want(eks.access_entry, settings.role_arn("karpenter-node"), cluster=cluster, type="EC2_LINUX", present=on),
        want(
            iam.role,
            settings.role("karpenter"),
            trust=pod_identity_trust(settings),
            policies={"nodes": karpenter_nodes(settings), "profiles": karpenter_profiles(settings), "reads": karpenter_reads(settings)},
            description=f"Karpenter of {cluster}",
            present=on,
        ),
        want(eks.pod_identity, CONTROLLER, cluster=cluster, role_arn=settings.role_arn("karpenter"), present=on),
        *_release(settings, "karpenter-crd", switch="enable_karpenter"),
        *_release(settings, "karpenter", overlay),
        want(ec2.karpenter, cluster, vpc=None if settings.vpc_id else cluster, profiles=f"/karpenter/{settings.region}/{cluster}/", present=on),
        want(
            k8s.bundle,
            "karpenter-tasks",
            overlay={f"EC2NodeClass/{TASKS}": node_class(settings, "karpenter-tasks"), f"NodePool/{TASKS}": pool(settings, settings.task_cpu_limit)},
            controller=CONTROLLER,
            present=on and settings.task_placement == "karpenter",
        ),
    ]


def _interruptions(settings: Settings) -> list[Want]:
    queue, on = queue_name(settings), settings.enable_karpenter
    return [
        want(sqs.queue, queue, retention_seconds=300, policy=interruption_queue(settings), present=on),
        *(
            want(
                events.rule,
                f"{queue}-{name}",
                pattern={"source": [source], "detail-type": [kind]},
                targets={"karpenter": queue_arn(settings)},
                description=f"Karpenter of {settings.deployment}: {kind}",
                present=on,
            )
            for name, (source, kind) in EVENTS.items()
        ),
    ]


def _cluster_autoscaler(settings: Settings) -> list[Want]:
    name, cluster, on = "cluster-autoscaler", settings.deployment, settings.enable_cluster_autoscaler
    image = AUTOSCALER_IMAGES.get(settings.kubernetes_version, f"v{settings.kubernetes_version}.0")
    overlay = {"autoDiscovery": {"clusterName": cluster}, "awsRegion": settings.region, "image": {"tag": image}}
    policies = {"groups": cluster_autoscaler(settings)}
    return [
        want(iam.role, settings.role(name), trust=pod_identity_trust(settings), policies=policies, description=f"Cluster Autoscaler of {cluster}", present=on),
        want(eks.pod_identity, f"{NAMESPACE}/{name}", cluster=cluster, role_arn=settings.role_arn(name), present=on),
        *_release(settings, name, overlay),
    ]


def _release(settings: Settings, name: str, overlay: dict | None = None, switch: str | None = None) -> list[Want]:
    chart = settings.chart(name)
    present = getattr(settings, switch or f"enable_{name.replace('-', '_')}")
    return [want(helm.release, name, namespace=NAMESPACE, chart=chart.name, version=chart.version, source=chart.repo, overlay=overlay or {}, present=present)]
