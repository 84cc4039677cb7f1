"""
What AWS is waited for, as data: the call that is polled, where its answer says the state, and which states end the wait.

Source: the state machines of https://docs.aws.amazon.com/eks/, /rds/, /ec2/, /efs/ and /prometheus/.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiter:
    """
    + action: the call that is polled
    + path: JMESPath of the state in its answer
    + done: states that end the wait
    + failed: states it never gets out of by itself
    + gone: error codes that mean the thing does not exist: the end of a wait for its removal, a failure of any other
    + reason: JMESPath of AWS's explanation
    + limit: seconds after which the wait is given up
    + made_by_others: a controller makes the thing in its own time: it may be absent as long as the wait lasts
    """

    action: str
    path: str
    done: tuple = ()
    failed: tuple = ()
    gone: tuple = ()
    reason: str = ""
    limit: int = 1800
    made_by_others: bool = False


_EKS_GONE = ("ResourceNotFoundException",)

WAITERS = {
    ("eks", "cluster_active"): Waiter("describe_cluster", "cluster.status", ("ACTIVE",), ("FAILED", "DELETING"), reason="cluster.health.issues"),
    ("eks", "cluster_deleted"): Waiter("describe_cluster", "cluster.status", gone=_EKS_GONE, failed=("FAILED",), reason="cluster.health.issues"),
    ("eks", "nodegroup_active"): Waiter(
        "describe_nodegroup", "nodegroup.status", ("ACTIVE",), ("CREATE_FAILED", "DEGRADED", "DELETING"), reason="nodegroup.health.issues"
    ),
    ("eks", "nodegroup_deleted"): Waiter("describe_nodegroup", "nodegroup.status", gone=_EKS_GONE, failed=("DELETE_FAILED",), reason="nodegroup.health.issues"),
    ("eks", "addon_active"): Waiter("describe_addon", "addon.status", ("ACTIVE",), ("CREATE_FAILED", "UPDATE_FAILED"), reason="addon.health.issues"),
    ("eks", "addon_deleted"): Waiter("describe_addon", "addon.status", gone=_EKS_GONE, failed=("DELETE_FAILED",), reason="addon.health.issues"),
    ("eks", "cluster_settled"): Waiter("describe_cluster", "cluster.status", ("ACTIVE", "FAILED"), gone=_EKS_GONE),
    ("eks", "nodegroup_settled"): Waiter("describe_nodegroup", "nodegroup.status", ("ACTIVE", "CREATE_FAILED", "DELETE_FAILED", "DEGRADED"), gone=_EKS_GONE),
    ("eks", "addon_settled"): Waiter(
        "describe_addon", "addon.status", ("ACTIVE", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "DEGRADED"), gone=_EKS_GONE
    ),
    ("eks", "update_successful"): Waiter("describe_update", "update.status", ("Successful",), ("Failed", "Cancelled"), reason="update.errors"),
    ("eks", "insights_refreshed"): Waiter("describe_insights_refresh", "status", ("COMPLETED",), ("FAILED",), reason="message"),
    ("eks", "insights_without_error"): Waiter(
        "list_insights",
        "(insights[?insightStatus.status=='ERROR'].insightStatus.status | [0]) || 'PASSING'",
        ("PASSING",),
        ("ERROR",),
        reason="insights[?insightStatus.status=='ERROR'].{insight: name, reason: insightStatus.reason}",
    ),
    ("ec2", "vpc_cidr_associated"): Waiter(
        "describe_vpcs",
        "(Vpcs[0].CidrBlockAssociationSet[].CidrBlockState.State | [?@=='associating' || @=='failing' || @=='failed'] | [0]) || 'associated'",
        ("associated",),
        ("failed",),
        reason="Vpcs[0].CidrBlockAssociationSet[?CidrBlockState.State=='failed'].CidrBlockState.StatusMessage",
        limit=300,
    ),
    ("ec2", "nat_gateway_available"): Waiter(
        "describe_nat_gateways", "NatGateways[0].State", ("available",), ("failed", "deleting", "deleted"), reason="NatGateways[0].FailureMessage"
    ),
    ("ec2", "nat_gateway_deleted"): Waiter(
        "describe_nat_gateways", "NatGateways[0].State || 'deleted'", ("deleted",), ("failed",), gone=("NatGatewayNotFound",)
    ),
    ("ec2", "vpc_endpoints_available"): Waiter(
        "describe_vpc_endpoints",
        "VpcEndpoints[?State!='available'] | [0].State || 'available'",
        ("available",),
        ("failed", "rejected", "expired"),
        limit=600,
    ),
    ("ec2", "vpc_endpoints_deleted"): Waiter(
        "describe_vpc_endpoints",
        "VpcEndpoints[?State!='deleted'] | [0].State || 'deleted'",
        ("deleted",),
        gone=("InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"),
        limit=600,
    ),
    ("ec2", "instances_terminated"): Waiter(
        "describe_instances",
        "Reservations[].Instances[].State.Name | [?@!='terminated'] | [0] || 'terminated'",
        ("terminated",),
        gone=("InvalidInstanceID.NotFound",),
    ),
    ("rds", "db_instance_available"): Waiter(
        "describe_db_instances",
        "DBInstances[0].DBInstanceStatus",
        ("available", "storage-optimization"),
        ("failed", "incompatible-parameters", "incompatible-network", "deleting", "storage-full", "stopped"),
        limit=3600,
    ),
    ("rds", "db_instance_deleted"): Waiter(
        "describe_db_instances", "DBInstances[0].DBInstanceStatus", gone=("DBInstanceNotFound", "DBInstanceNotFoundFault"), limit=3600
    ),
    ("rds", "db_snapshot_available"): Waiter("describe_db_snapshots", "DBSnapshots[0].Status", ("available",), ("failed",), limit=3600),
    ("efs", "file_system_available"): Waiter("describe_file_systems", "FileSystems[0].LifeCycleState", ("available",), ("error", "deleting")),
    ("efs", "file_system_deleted"): Waiter(
        "describe_file_systems", "FileSystems[0].LifeCycleState || 'deleted'", ("deleted",), ("error",), gone=("FileSystemNotFound",)
    ),
    ("efs", "mount_targets_available"): Waiter(
        "describe_mount_targets", "MountTargets[?LifeCycleState!='available'].LifeCycleState | [0] || 'available'", ("available",), ("error",)
    ),
    ("efs", "mount_targets_deleted"): Waiter(
        "describe_mount_targets",
        "MountTargets[?LifeCycleState!='deleted'].LifeCycleState | [0] || 'deleted'",
        ("deleted",),
        ("error",),
        gone=("FileSystemNotFound",),
    ),
    ("efs", "mount_target_deleted"): Waiter(
        "describe_mount_targets", "MountTargets[0].LifeCycleState || 'deleted'", ("deleted",), ("error",), gone=("MountTargetNotFound",)
    ),
    ("amp", "workspace_active"): Waiter("describe_workspace", "workspace.status.statusCode", ("ACTIVE",), ("CREATION_FAILED", "DELETING")),
    ("amp", "workspace_deleted"): Waiter("describe_workspace", "workspace.status.statusCode", gone=("ResourceNotFoundException",)),
    ("acm", "certificate_issued"): Waiter(
        "describe_certificate",
        "Certificate.Status",
        ("ISSUED",),
        ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED", "INACTIVE"),
        reason="Certificate.FailureReason",
        limit=3600,
    ),
    ("elbv2", "load_balancer_active"): Waiter(
        "describe_load_balancers",
        "LoadBalancers[0].State.Code",
        ("active", "active_impaired"),
        ("failed",),
        reason="LoadBalancers[0].State.Reason",
        limit=900,
        made_by_others=True,
    ),
    ("elbv2", "load_balancers_deleted"): Waiter("describe_load_balancers", "LoadBalancers[0].State.Code", gone=("LoadBalancerNotFound",), limit=600),
}
