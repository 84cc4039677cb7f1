"""Facts about the volumes the EBS CSI driver made."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import AwsFact


class ClaimVolumes(AwsFact):
    """
    Returns the volumes made for claims of a cluster: ``VolumeId``, ``Size`` (GiB), ``State``, ``Tags``.

    + cluster: name of the cluster
    """

    pick = "Volumes"

    def command(self, cluster):
        made_for = [{"Name": "tag-key", "Values": ["kubernetes.io/created-for/pvc/name"]}]
        return AwsCall("ec2", "describe_volumes", Filters=[{"Name": f"tag:kubernetes.io/cluster/{cluster}", "Values": ["owned"]}, *made_for])
