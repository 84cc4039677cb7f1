"""Cost: the budget, and Kubecost for cost by namespace and workload."""

from __future__ import annotations

from deploys.platform.policies import kubecost as policy
from deploys.platform.policies import pod_identity_trust
from deploys.want import Want, want
from operations import budgets, eks, helm, iam, k8s
from settings import Settings

RELEASE = NAMESPACE = "kubecost"
ACCOUNT = "kubecost-finopsagent"
WORKLOADS = (
    "StatefulSet/kubecost-aggregator",
    "Deployment/kubecost-frontend",
    "Deployment/kubecost-local-store",
    "Deployment/kubecost-finopsagent",
)


def budget(settings: Settings) -> list[Want]:
    """Who is told what the deployment costs, before it is made."""
    name = f"{settings.deployment}-{settings.region}"
    return [
        want(
            budgets.budget,
            name,
            arn=settings.arn("budgets", f"budget/{name}", region=False),
            account=settings.account_id,
            limit=settings.budget,
            alerts=settings.budget_alerts,
            present=settings.budget is not None,
        )
    ]


def cost(settings: Settings) -> list[Want]:
    """Kubecost with an agent and a store of its own; `cost_ready` waits for it."""
    name, on = settings.deployment, settings.enable_kubecost
    chart = settings.chart(RELEASE)
    return [
        want(k8s.bundle, "namespace-kubecost", present=on),
        want(
            iam.role,
            settings.role("kubecost"),
            trust=pod_identity_trust(settings),
            policies={"idle": policy(settings)},
            description=f"Kubecost of {name}",
            present=on,
        ),
        want(eks.pod_identity, f"{NAMESPACE}/{ACCOUNT}", cluster=name, role_arn=settings.role_arn("kubecost"), present=on),
        want(helm.crds, RELEASE, version=chart.version, source=chart.repo, present=on),
        want(
            helm.release,
            RELEASE,
            namespace=NAMESPACE,
            chart=chart.name,
            version=chart.version,
            source=chart.repo,
            overlay={"global": {"clusterId": name}},
            present=on,
        ),
    ]


def cost_ready(settings: Settings) -> list[Want]:
    """Kubecost once it runs."""
    return [want(k8s.ready, NAMESPACE, workloads=list(WORKLOADS), present=settings.enable_kubecost)]
