"""A cluster's version: up one minor at a time, and back again within a week, where the insights have nothing against it."""

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks.backend import Cluster, cluster_of
from sandbox.aws.eks.cluster_updates import require_active
from sandbox.aws.eks.errors import invalid_parameter, invalid_request
from sandbox.aws.eks.insights import READY, can_go_back, check
from sandbox.aws.eks.updates import start_update
from sandbox.aws.eks.versions import is_offered, minor, status
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers

TIMEOUT = range(120, 10081)
"""Minutes a rollback may be given."""


@answers("eks", "UpdateClusterVersion")
def update_cluster_version(call: Call) -> dict:
    cluster, given = cluster_of(call), call.params
    require_active(cluster)
    current, wanted = cluster.description["version"], given["version"]
    back = minor(wanted) == minor(current) - 1
    if wanted == current:
        raise invalid_parameter(f"Cluster is already at the desired version: {current}", clusterName=cluster.name)
    if not is_offered(wanted) or not (back or minor(wanted) == minor(current) + 1):
        raise invalid_parameter(f"unsupported Kubernetes version update from {current} to {wanted}", clusterName=cluster.name)
    if back:
        check_rollback(cluster, given)
    else:
        check_upgrade(cluster, given)
    if not given.get("force"):
        check_insights(cluster, "ROLLBACK_READINESS" if back else "UPGRADE_READINESS", wanted)

    def done() -> None:
        cluster.description["version"] = wanted
        cluster.upgraded = None if back else clock.now()

    params = {"Version": wanted, "PlatformVersion": cluster.description["platformVersion"]}
    kind, fails = "VersionRollback" if back else "VersionUpdate", call.fault == "failed"
    return {"update": start_update(cluster, cluster.description, kind, params, "eks cluster version", done, fails=fails)}


def check_upgrade(cluster: Cluster, given: dict) -> None:
    """All node groups are on the cluster's version."""
    if given.get("rollbackConfig"):
        raise invalid_parameter("rollbackConfig can only be given for a version rollback", clusterName=cluster.name)
    current = cluster.description["version"]
    if behind := [name for name, group in cluster.nodegroups.items() if group.description["version"] != current]:
        message = f"Nodegroups {', '.join(behind)} must be updated to match cluster version {current} before updating cluster version"
        raise invalid_request(message, clusterName=cluster.name)


def check_rollback(cluster: Cluster, given: dict) -> None:
    """It was upgraded in place less than a week ago, to a version whose support its policy allows."""
    if not can_go_back(cluster):
        message = f"Cluster {cluster.name} cannot be rolled back: it has not been upgraded in the last 7 days"
        raise AwsError("InvalidStateException", message, status=400, clusterName=cluster.name)
    policy = cluster.description.get("upgradePolicy", {}).get("supportType")
    if status(given["version"]) == "EXTENDED_SUPPORT" and policy != "EXTENDED":
        message = f"Kubernetes version {given['version']} is in extended support, which the upgrade policy of the cluster does not allow"
        raise invalid_request(message, clusterName=cluster.name)
    minutes = (given.get("rollbackConfig") or {}).get("timeoutMinutes")
    if minutes is not None and minutes not in TIMEOUT:
        raise invalid_parameter(f"timeoutMinutes must be between {TIMEOUT[0]} and {TIMEOUT[-1]}", clusterName=cluster.name)


def check_insights(cluster: Cluster, category: str, wanted: str) -> None:
    """EKS looks anew; what a refresh found stands until the next."""
    found = [*check(cluster, category, wanted), *(item for item in cluster.insights if (item["category"], item["kubernetesVersion"]) == (category, wanted))]
    errors = sorted({item["name"] for item in found if item["insightStatus"]["status"] == "ERROR"})
    if errors:
        raise invalid_request(f"Cluster {cluster.name} is not ready: insights with status ERROR: {', '.join(errors)}. {READY}", clusterName=cluster.name)


@answers("eks", "CancelUpdate")
def cancel_update(call: Call) -> dict:
    cluster = cluster_of(call)
    raise invalid_request("Only version rollbacks of clusters with EKS Auto Mode can be cancelled", clusterName=cluster.name)
