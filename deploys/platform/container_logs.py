"""Container logs and Container Insights in CloudWatch: Fluent Bit ships the logs, the CloudWatch add-on the metrics."""

from __future__ import annotations

from deploys.platform.policies import cloudwatch_agent, fluent_bit, pod_identity_trust
from deploys.want import Want, want
from operations import eks, helm, iam, k8s, logs
from settings import Settings

ADDON = "amazon-cloudwatch-observability"
AGENT = "amazon-cloudwatch/cloudwatch-agent"
FLUENT_BIT = "aws-for-fluent-bit"
READER = "fluent-bit-reader"
NAMESPACE = "kube-system"
SHIPPED = ("application", "dataplane", "host")
"""Groups of Container Insights that the add-on fills when it ships container logs itself."""


def log_group(settings: Settings) -> str:
    """The group of the pods' logs, a stream for each container."""
    return f"/aws/eks/{settings.deployment}/pods"


def container_logs(settings: Settings) -> list[Want]:
    """The groups with their retention, the roles, and the start of both; `container_logs_ready` waits for them."""
    name, days = settings.deployment, settings.log_retention_days
    insights, shipping = settings.enable_aws_cloudwatch_metrics, settings.enable_aws_for_fluentbit
    trust, chart = pod_identity_trust(settings), settings.chart(FLUENT_BIT)
    prefix = f"/aws/containerinsights/{name}/"
    return [
        want(logs.leftovers, prefix, present=insights),
        want(logs.log_group, f"{prefix}performance", retention_days=days, present=insights),
        *(want(logs.log_group, f"{prefix}{kind}", retention_days=days, present=insights and not shipping) for kind in SHIPPED),
        want(
            iam.role,
            settings.role("cloudwatch-agent"),
            trust=trust,
            policies={"container-insights": cloudwatch_agent(settings)},
            description=f"CloudWatch agent of {name}",
            present=insights,
        ),
        want(eks.pod_identity, AGENT, cluster=name, role_arn=settings.role_arn("cloudwatch-agent"), present=insights),
        want(
            eks.addon,
            ADDON,
            cluster=name,
            kubernetes=settings.kubernetes_version,
            version=settings.addon_versions.get(ADDON),
            configuration=insights_configuration(settings),
            present=insights,
        ),
        want(logs.log_group, log_group(settings), retention_days=days, present=shipping),
        want(
            iam.role,
            settings.role("fluent-bit"),
            trust=trust,
            policies={"logs": fluent_bit(settings, log_group(settings))},
            description=f"Fluent Bit of {name}",
            present=shipping,
        ),
        want(eks.pod_identity, f"{NAMESPACE}/{FLUENT_BIT}", cluster=name, role_arn=settings.role_arn("fluent-bit"), present=shipping),
        want(k8s.bundle, READER, present=shipping),
        want(
            helm.release,
            FLUENT_BIT,
            namespace=NAMESPACE,
            chart=chart.name,
            version=chart.version,
            source=chart.repo,
            overlay={"cloudWatchLogs": {"region": settings.region, "logGroupName": log_group(settings)}},
            present=shipping,
        ),
    ]


def container_logs_ready(settings: Settings) -> list[Want]:
    """Both once they run on every node."""
    return [
        want(eks.addon_active, ADDON, cluster=settings.deployment, present=settings.enable_aws_cloudwatch_metrics),
        want(k8s.ready, f"{NAMESPACE}/logs", workloads=[f"DaemonSet/{FLUENT_BIT}"], present=settings.enable_aws_for_fluentbit),
    ]


def insights_configuration(settings: Settings) -> dict:
    """
    The add-on's configuration: Container Insights alone, without tracing of applications, and container logs only where Fluent Bit
    does not ship them: both would send every line twice, and both are paid for.
    """
    collected = {"kubernetes": {"enhanced_container_insights": True}}
    return {
        "containerLogs": {"enabled": not settings.enable_aws_for_fluentbit},
        "agent": {"config": {"logs": {"metrics_collected": collected}}},
    }
