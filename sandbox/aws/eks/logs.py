"""The control plane's log group: made when events come, and again when it was deleted while they come."""

from moto.logs.models import logs_backends

from sandbox.aws.clock import clock
from sandbox.aws.eks.backend import Cluster

PERIOD = 60


def logged_types(cluster: Cluster) -> list[str]:
    return [kind for setup in cluster.description["logging"]["clusterLogging"] if setup.get("enabled") for kind in setup.get("types") or ()]


def write_logs(cluster: Cluster) -> None:
    """Events of the control plane, once a minute while it lives (its last ones come while it is being deleted)."""
    if cluster.description["status"] == "GONE":
        return
    if logged_types(cluster) and cluster.status != "CREATING":
        logs = logs_backends[cluster.account][cluster.region]
        name = f"/aws/eks/{cluster.name}/cluster"
        if name not in logs.groups:
            logs.create_log_group(name, {})
    clock.after(PERIOD, lambda: write_logs(cluster))
