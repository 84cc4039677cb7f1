"""What EKS knows against another version of a cluster."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from facts.eks import Insights
from operations.differ import Change

BUSY = ("InvalidRequestException",)
"""What EKS says to a refresh while another is under way."""


@operation()
def insights(cluster: str, version: str, category: str = "UPGRADE_READINESS", present: bool = True):
    """
    Have EKS look whether a cluster can go to another version of Kubernetes, and fail where it finds an error.

    + cluster: its name
    + version: the Kubernetes version it would go to
    + category: ``UPGRADE_READINESS``, or ``ROLLBACK_READINESS`` for the version before
    + present: ``False`` looks for nothing

    **Idempotency:** it looks each time; what it found last is told as it is.

    **Example:**

    .. code:: python

        eks.insights(cluster="airflow-dev", version="1.37", name="Ready for 1.37")
    """
    if not present:
        host.noop(f"nothing is asked about {cluster}")
        return
    found = host.get_fact(Insights, cluster=cluster, category=category, version=version) or []
    against = [
        Change(item["name"], f"{item['insightStatus']['status']} on {item['lastRefreshTime'][:10]}", "PASSING")
        for item in found
        if item["insightStatus"]["status"] in ("ERROR", "WARNING")
    ]
    yield AwsCall("eks", "start_insights_refresh", missing=BUSY, clusterName=cluster).because(against)
    yield Wait("eks", "insights_refreshed", about=f"insights of {cluster}", clusterName=cluster)
    yield Wait(
        "eks",
        "insights_without_error",
        about=f"insights of {cluster} on Kubernetes {version}",
        clusterName=cluster,
        filter={"categories": [category], "kubernetesVersions": [version]},
    )
