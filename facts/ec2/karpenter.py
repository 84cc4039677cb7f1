"""Facts about what Karpenter made for a cluster."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import AwsFact

NODEPOOL = "karpenter.sh/nodepool"
LIVE = ["pending", "running", "stopping", "stopped", "shutting-down"]


def _of(cluster: str) -> list[dict]:
    return [{"Name": f"tag:kubernetes.io/cluster/{cluster}", "Values": ["owned"]}, {"Name": "tag-key", "Values": [NODEPOOL]}]


class KarpenterInstances(AwsFact):
    """
    Returns the instances Karpenter started for a cluster and that are not terminated: ``InstanceId``, ``VpcId``, ``Tags``.

    + cluster: name of the cluster
    """

    pick = "Reservations[].Instances[].{InstanceId: InstanceId, VpcId: VpcId, Tags: Tags}"

    def command(self, cluster):
        return AwsCall("ec2", "describe_instances", Filters=[*_of(cluster), {"Name": "instance-state-name", "Values": LIVE}])


class KarpenterTemplates(AwsFact):
    """
    Returns the launch templates Karpenter made for a cluster: ``LaunchTemplateId``, ``Tags``.

    + cluster: name of the cluster
    """

    pick = "LaunchTemplates[?starts_with(LaunchTemplateName, 'karpenter.k8s.aws/')].{LaunchTemplateId: LaunchTemplateId, Tags: Tags}"

    def command(self, cluster):
        return AwsCall("ec2", "describe_launch_templates", Filters=_of(cluster)[:1])
