"""Insights: whether a cluster is ready for the next version, and for the one before."""

import hashlib

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks.addon_versions import versions_of
from sandbox.aws.eks.backend import Cluster, Description, cluster_of
from sandbox.aws.eks.errors import invalid_request, not_found
from sandbox.aws.eks.updates import now
from sandbox.aws.eks.versions import VERSIONS, minor
from sandbox.aws.pages import page
from sandbox.aws.rules import answers

READY = "Resolve them, refresh the insights and try again, or override with force."
WEEK = 7 * 24 * 3600
SKEW = 3
"""Minor versions a kubelet may be behind."""

DEPRECATED = {
    "usage": "/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas",
    "replacedWith": "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
    "startServingReplacementVersion": "1.29",
    "clientStats": [{"userAgent": "old-controller", "numberOfRequestsLast30Days": 12}],
}
"""What a refresh finds that is to fail."""


def can_go_back(cluster: Cluster) -> bool:
    """Whether it was upgraded less than a week ago."""
    return cluster.upgraded is not None and clock.now() - cluster.upgraded < WEEK


def refreshed(cluster: Cluster, forged: bool = False) -> list[Description]:
    """All insights as they are now."""
    current = minor(cluster.description["version"])
    above, below = f"1.{current + 1}", f"1.{current - 1}"
    found = check(cluster, "UPGRADE_READINESS", above, forged) if above in VERSIONS else []
    return found + (check(cluster, "ROLLBACK_READINESS", below) if can_go_back(cluster) else [])


def check(cluster: Cluster, category: str, target: str, forged: bool = False) -> list[Description]:
    """The insights on going to a version."""
    back = category == "ROLLBACK_READINESS"
    nodes = {name: minor(group.description["version"]) for name, group in cluster.nodegroups.items()}
    skewed = [name for name, version in nodes.items() if not minor(target) - SKEW <= version <= minor(target)]
    unfit = {name: addon for name, addon in cluster.addons.items() if addon["addonVersion"] not in versions_of(name, target)}
    fitting = [{"name": name, "compatibleVersions": versions_of(name, target)} for name in unfit]
    behind = not back and set(unfit) <= {"kube-proxy"}
    found = [
        insight(cluster, category, target, "Kubelet version skew", "ERROR" if skewed else "PASSING", skewed),
        insight(
            cluster,
            category,
            target,
            "EKS add-on version compatibility",
            "PASSING" if not unfit else "WARNING" if behind else "ERROR",
            [addon["addonArn"] for addon in unfit.values()],
            addonCompatibilityDetails=fitting,
        ),
        insight(cluster, category, target, "Cluster health issues", "PASSING"),
    ]
    if not back:
        name, deprecated = f"Deprecated APIs removed in Kubernetes v{target}", [{**DEPRECATED, "stopServingVersion": target}] if forged else []
        found.append(insight(cluster, category, target, name, "ERROR" if forged else "PASSING", deprecationDetails=deprecated))
    return found


def insight(cluster: Cluster, category: str, target: str, name: str, status: str, resources=(), **summary) -> Description:
    words = {"PASSING": "No issues were found.", "WARNING": "Look at it before you go on.", "ERROR": "It has to be mended first."}
    key = f"{cluster.name} {category} {target} {name}"
    return {
        "id": hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(),
        "name": name,
        "category": category,
        "kubernetesVersion": target,
        "lastRefreshTime": now(),
        "lastTransitionTime": now(),
        "description": f"{name}, for Kubernetes {target}",
        "insightStatus": {"status": status, "reason": words[status]},
        "recommendation": words[status],
        "resources": [{"arn": item, "insightStatus": {"status": status}} for item in resources],
        "categorySpecificSummary": summary,
    }


@answers("eks", "StartInsightsRefresh")
def start_insights_refresh(call: Call) -> dict:
    cluster, forged = cluster_of(call), call.fault == "failed"
    if cluster.refresh.get("status") == "IN_PROGRESS":
        raise invalid_request("An insights refresh is already in progress", clusterName=cluster.name)
    cluster.refresh = {"status": "IN_PROGRESS", "startedAt": now(), "message": "The refresh is in progress"}

    def done() -> None:
        cluster.insights = refreshed(cluster, forged)
        cluster.refresh |= {"status": "COMPLETED", "endedAt": now(), "message": "The refresh is complete"}

    clock.after("eks insights refresh", done)
    return {"message": "The refresh has started", "status": "IN_PROGRESS"}


@answers("eks", "DescribeInsightsRefresh")
def describe_insights_refresh(call: Call) -> dict:
    cluster = cluster_of(call)
    if not cluster.refresh:
        raise not_found("No insights refresh was found", clusterName=cluster.name)
    return cluster.refresh


@answers("eks", "ListInsights")
def list_insights(call: Call) -> dict:
    cluster, wanted = cluster_of(call), call.params.get("filter") or {}
    if not cluster.insights and cluster.status != "CREATING":
        cluster.insights = refreshed(cluster)
    found = [
        item
        for item in cluster.insights
        if item["category"] in (wanted.get("categories") or [item["category"]])
        and item["kubernetesVersion"] in (wanted.get("kubernetesVersions") or [item["kubernetesVersion"]])
        and item["insightStatus"]["status"] in (wanted.get("statuses") or [item["insightStatus"]["status"]])
    ]
    keys = ("id", "name", "category", "kubernetesVersion", "lastRefreshTime", "lastTransitionTime", "description", "insightStatus")
    listed, token = page(call, [{key: item[key] for key in keys} for item in found])
    return {"insights": listed, "nextToken": token}


@answers("eks", "DescribeInsight")
def describe_insight(call: Call) -> dict:
    cluster = cluster_of(call)
    found = next((item for item in cluster.insights if item["id"] == call.params["id"]), None)
    if found is None:
        raise not_found(f"No insight found for ID: {call.params['id']}", clusterName=cluster.name)
    return {"insight": found}
