"""Cost by namespace and workload: Kubecost."""

from __future__ import annotations

from deploys.platform.policies import kubecost as policy
from deploys.platform.policies import pod_identity_trust
from deploys.want import Want, want
from operations import eks, helm, iam, k8s
from settings import Settings

RELEASE = NAMESPACE = "kubecost"
ACCOUNT = "kubecost-finopsagent"
WORKLOADS = (
    "StatefulSet/kubecost-aggregator",
    "Deployment/kubecost-frontend",
    "Deployment/kubecost-local-store",
    "Deployment/kubecost-finopsagent",
)


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
