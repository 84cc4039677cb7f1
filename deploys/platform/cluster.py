"""The EKS cluster: its log group, roles, key and the start of its making."""

from __future__ import annotations

from deploys.platform.policies import service_trust
from deploys.want import Want, want
from operations import eks, iam, kms, logs
from settings import Settings

NODEGROUP = "core-node-group"
NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
"""What a node needs: the network is vpc-cni's own role's matter."""


def prerequisites(settings: Settings) -> list[Want]:
    """What the control plane needs besides a network, first of all its role: it takes AWS some seconds to know a role it has made."""
    name = settings.deployment
    return [
        want(logs.log_group, f"/aws/eks/{name}/cluster", retention_days=settings.log_retention_days),
        want(
            iam.role,
            settings.role("cluster"),
            trust=service_trust(settings.principal("eks")),
            managed=[settings.managed_policy("AmazonEKSClusterPolicy")],
            description=f"Control plane of {name}",
        ),
        want(
            iam.role,
            settings.role("node"),
            trust=service_trust(settings.principal("ec2")),
            managed=[settings.managed_policy(policy) for policy in NODE_POLICIES],
            description=f"Core nodes of {name}",
        ),
        want(kms.key, name, description=f"Kubernetes secrets of {name}", days=settings.key_deletion_days, present=not settings.kms_key_arn),
    ]


def cluster(settings: Settings) -> list[Want]:
    """The start of the control plane: it takes some nine minutes."""
    name = settings.deployment
    return [
        want(
            eks.cluster,
            name,
            version=settings.kubernetes_version,
            role_arn=settings.role_arn("cluster"),
            subnets=[subnet.name for subnet in settings.subnets("private")],
            groups=[f"{name}-control-plane"],
            key=settings.kms_key_arn or name,
            public=settings.endpoint_public,
            public_cidrs=settings.endpoint_public_cidrs,
            private=True,
            logs=settings.control_plane_logs,
            support="STANDARD",
            protect=settings.protect,
        ),
    ]
