"""The bookend of the EBS CSI driver: the volumes it made."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from facts.ec2 import ClaimVolumes
from operations.ownership import belonging

GONE = ("InvalidVolume.NotFound",)


@operation()
def volumes(cluster: str, present: bool = True):
    """
    Remove the volumes that were made for claims of a cluster and that are still there when its nodes are gone. Declare it before the nodes, so
    that cleanup comes to it after them.

    + cluster: name of the cluster
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Volumes without the deployment's tag are left alone.

    **Example:**

    .. code:: python

        ec2.volumes(cluster="airflow-dev", present=False, name="Volumes of claims")
    """
    left = [] if present else host.get_fact(ClaimVolumes, cluster=cluster) or []
    leaving = [volume["VolumeId"] for volume in belonging("volume", left, "VolumeId") if volume["State"] != "deleting"]
    for volume in leaving:
        yield AwsCall("ec2", "delete_volume", missing=GONE, VolumeId=volume)
    if not leaving:
        host.noop(f"volumes of {cluster} are {'left alone' if present else 'already absent'}")
