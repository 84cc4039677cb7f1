"""Observability: Prometheus, Grafana, Amazon Managed Prometheus, Kubecost, Container Insights and Fluent Bit."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pyinfra.context import host

from deploys.health.check import Check, of
from deploys.health.workloads import workload
from deploys.platform.container_logs import ADDON, AGENT, FLUENT_BIT, log_group
from deploys.platform.container_logs import NAMESPACE as LOGS
from deploys.platform.cost import NAMESPACE as COST
from deploys.platform.cost import WORKLOADS as COST_WORKLOADS
from deploys.platform.metrics import NAMESPACE as METRICS
from deploys.platform.metrics import PROMETHEUS, dashboards
from deploys.platform.metrics import WORKLOADS as METRICS_WORKLOADS
from deploys.want import Want
from facts import amp, eks, k8s, logs, secrets
from settings import Settings

MONITORS = ("airflow-statsd", "airflow-pgbouncer")


def checks(settings: Settings, wants: list[Want]) -> Iterator[Check]:
    """What is on of it."""
    yield from of("metrics", _metrics(settings))
    yield from of("cost", _cost(settings))
    yield from of("container logs", _logs(settings))


def _metrics(settings: Settings) -> Iterator[Check]:
    if settings.enable_kube_prometheus_stack:
        yield from (workload(METRICS, name) for name in METRICS_WORKLOADS)
        yield from _grafana(settings)
        yield from _monitors()
    if settings.enable_amazon_prometheus:
        yield from _workspace(settings)


def _cost(settings: Settings) -> Iterator[Check]:
    if settings.enable_kubecost:
        yield from (workload(COST, name) for name in COST_WORKLOADS)


def _logs(settings: Settings) -> Iterator[Check]:
    if settings.enable_aws_cloudwatch_metrics:
        yield _agent()
        yield from _container_logs(settings)
        yield from _group(settings, f"/aws/containerinsights/{settings.deployment}/performance")
    if settings.enable_aws_for_fluentbit:
        yield workload(LOGS, f"DaemonSet/{FLUENT_BIT}")
        yield from _group(settings, log_group(settings))


def _grafana(settings: Settings) -> Iterator[Check]:
    name = settings.secret("grafana/admin")
    yield Check("secret of Grafana's password", "readable" if host.get_fact(secrets.SecretValue, secret=name) is not None else "absent", "readable", name)
    selector = {"namespace": METRICS, "selector": "grafana_dashboard=1"}
    live = {item["metadata"]["name"] for item in host.get_fact(k8s.Objects, api_version="v1", kind="ConfigMap", **selector) or []}
    wanted = [item["metadata"]["name"] for item in dashboards(settings)]
    missing = [name for name in wanted if name not in live]
    yield Check("Grafana dashboards", f"{len(wanted) - len(missing)}/{len(wanted)}", f"{len(wanted)}/{len(wanted)}", ", ".join(missing))


def _monitors() -> Iterator[Check]:
    for name in MONITORS:
        live = host.get_fact(k8s.Object, api_version="monitoring.coreos.com/v1", kind="ServiceMonitor", object=name, namespace="airflow")
        yield Check(f"ServiceMonitor {name}", "present" if live else "absent", "present")


def _workspace(settings: Settings) -> Iterator[Check]:
    workspace = host.get_fact(amp.Workspace, workspace=settings.deployment) or {}
    what = f"Amazon Managed Prometheus workspace {settings.deployment}"
    yield Check(what, workspace.get("status", {}).get("statusCode", "absent"), "ACTIVE", workspace.get("workspaceId", ""))
    identity = host.get_fact(eks.PodIdentity, pod_identity=f"{METRICS}/{PROMETHEUS}", cluster=settings.deployment) or {}
    yield Check("role of Prometheus for remote write", identity.get("roleArn", "absent"), settings.role_arn("prometheus"))


def _agent() -> Check:
    namespace, _, name = AGENT.partition("/")
    return workload(namespace, f"DaemonSet/{name}")


def _container_logs(settings: Settings) -> Iterator[Check]:
    """A line that both the add-on and Fluent Bit ship is paid for twice; one that neither ships is lost."""
    addon = host.get_fact(eks.Addon, addon=ADDON, cluster=settings.deployment) or {}
    shipped = json.loads(addon.get("configurationValues") or "{}").get("containerLogs", {}).get("enabled", True)
    now = [name for name, on in (("CloudWatch add-on", shipped), ("Fluent Bit", settings.enable_aws_for_fluentbit)) if on]
    yield Check("container logs are shipped by", " and ".join(now) or "nobody", "Fluent Bit" if settings.enable_aws_for_fluentbit else "CloudWatch add-on")


def _group(settings: Settings, name: str) -> Iterator[Check]:
    days = (host.get_fact(logs.LogGroup, log_group=name) or {"retentionInDays": "absent"}).get("retentionInDays", "for ever")
    yield Check(f"log group {name}", f"{days} days" if isinstance(days, int) else days, f"{settings.log_retention_days} days")
