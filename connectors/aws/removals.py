"""Removals AWS takes its time for: what tells whether a thing still stands when a removal whose answer was lost is refused the second time."""

from __future__ import annotations

from dataclasses import dataclass

import jmespath

from connectors.aws.errors import AwsFailure
from connectors.commands.command import AwsCall


@dataclass(frozen=True)
class Look:
    """
    + action: the read that shows the thing
    + params: JMESPath of its parameters in those of the removal
    + stands: JMESPath of what still stands in its answer; empty or false once it is going
    + gone: error codes that mean there is no such thing any more
    """

    action: str
    params: str
    stands: str
    gone: tuple


_EKS_GONE = ("ResourceNotFoundException",)
_DB_GONE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
_ENDPOINT_GONE = ("InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound")
_LEFT = "!contains(['deleting', 'deleted', 'Deleting', 'Deleted'], {})"

LINGERING = {
    ("eks", "delete_cluster"): Look("describe_cluster", "{name: name}", "cluster.status != 'DELETING'", _EKS_GONE),
    ("eks", "delete_nodegroup"): Look(
        "describe_nodegroup", "{clusterName: clusterName, nodegroupName: nodegroupName}", "nodegroup.status != 'DELETING'", _EKS_GONE
    ),
    ("eks", "delete_addon"): Look("describe_addon", "{clusterName: clusterName, addonName: addonName}", "addon.status != 'DELETING'", _EKS_GONE),
    ("rds", "delete_db_instance"): Look(
        "describe_db_instances", "{DBInstanceIdentifier: DBInstanceIdentifier}", "DBInstances[?DBInstanceStatus != 'deleting']", _DB_GONE
    ),
    ("ec2", "delete_nat_gateway"): Look(
        "describe_nat_gateways", "{NatGatewayIds: [NatGatewayId]}", f"NatGateways[?{_LEFT.format('State')}]", ("NatGatewayNotFound",)
    ),
    ("ec2", "delete_vpc_endpoints"): Look(
        "describe_vpc_endpoints", "{VpcEndpointIds: VpcEndpointIds}", f"VpcEndpoints[?{_LEFT.format('State')}]", _ENDPOINT_GONE
    ),
    ("ec2", "delete_volume"): Look("describe_volumes", "{VolumeIds: [VolumeId]}", f"Volumes[?{_LEFT.format('State')}]", ("InvalidVolume.NotFound",)),
    ("efs", "delete_file_system"): Look(
        "describe_file_systems", "{FileSystemId: FileSystemId}", f"FileSystems[?{_LEFT.format('LifeCycleState')}]", ("FileSystemNotFound",)
    ),
    ("efs", "delete_mount_target"): Look(
        "describe_mount_targets", "{MountTargetId: MountTargetId}", f"MountTargets[?{_LEFT.format('LifeCycleState')}]", ("MountTargetNotFound",)
    ),
    ("efs", "delete_access_point"): Look(
        "describe_access_points", "{AccessPointId: AccessPointId}", f"AccessPoints[?{_LEFT.format('LifeCycleState')}]", ("AccessPointNotFound",)
    ),
    ("amp", "delete_workspace"): Look(
        "describe_workspace", "{workspaceId: workspaceId}", "workspace.status.statusCode != 'DELETING'", ("ResourceNotFoundException",)
    ),
    ("kms", "schedule_key_deletion"): Look("describe_key", "{KeyId: KeyId}", "KeyMetadata.KeyState != 'PendingDeletion'", ("NotFoundException",)),
    ("secretsmanager", "delete_secret"): Look("describe_secret", "{SecretId: SecretId}", "!DeletedDate", ("ResourceNotFoundException",)),
}
"""
Removals after which the thing is still seen for a while, on its way out. What is not listed is gone at once: a second removal is told that there
is no such thing, or succeeds.

Source: the state machines of https://docs.aws.amazon.com/eks/, /rds/, /ec2/, /efs/, /prometheus/, /kms/ and /secretsmanager/.
"""


def going(aws, call: AwsCall, params: dict) -> bool:
    """
    Whether what a call removes is gone, or on its way out.

    + aws: where it is looked for, now
    + call: the removal
    + params: its parameters, in clear
    """
    look = LINGERING.get((call.service, call.action))
    if look is None:
        return False
    try:
        answer = aws.call(AwsCall(call.service, look.action, missing=look.gone, **jmespath.search(look.params, params)))
    except AwsFailure:
        return False
    return answer is None or not jmespath.search(look.stands, answer)
