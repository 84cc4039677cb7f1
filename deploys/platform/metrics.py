"""Metrics: Prometheus with Grafana and Alertmanager, Amazon Managed Prometheus, and what is watched of Airflow."""

from __future__ import annotations

import json

from connectors.commands.reference import Ref, Text
from deploys.platform.alerts import alertmanager, receivers
from deploys.platform.policies import cloudwatch_reader, pod_identity_trust, remote_write
from deploys.want import Want, want
from facts.amp import Workspace
from facts.secrets import SecretValue
from operations import amp, eks, helm, iam, k8s
from settings import Settings
from settings.root import ROOT

RELEASE = "kube-prometheus-stack"
NAMESPACE = "monitoring"
PROMETHEUS, GRAFANA = f"{RELEASE}-prometheus", f"{RELEASE}-grafana"
WORKLOADS = (
    f"Deployment/{RELEASE}-operator",
    f"Deployment/{RELEASE}-kube-state-metrics",
    f"DaemonSet/{RELEASE}-prometheus-node-exporter",
    f"StatefulSet/prometheus-{RELEASE}-prometheus",
    f"StatefulSet/alertmanager-{RELEASE}-alertmanager",
    f"Deployment/{GRAFANA}",
)


def workspace(settings: Settings) -> list[Want]:
    """The start of the workspace of Amazon Managed Prometheus."""
    return [want(amp.workspace, settings.deployment, present=settings.enable_amazon_prometheus)]


def metrics(settings: Settings) -> list[Want]:
    """Prometheus and its company; `metrics_ready` waits for them."""
    cluster, on, managed = settings.deployment, settings.enable_kube_prometheus_stack, settings.enable_amazon_prometheus
    chart = settings.chart(RELEASE)
    trust = pod_identity_trust(settings)
    arn = Ref(Workspace, "arn", workspace=cluster)
    return [
        want(k8s.bundle, "namespace-monitoring", present=on),
        want(amp.workspace_active, cluster, present=managed),
        want(
            iam.role,
            settings.role("prometheus"),
            trust=trust,
            policies={"remote-write": remote_write(arn)},
            description=f"Prometheus of {cluster}: remote write",
            present=managed,
        ),
        want(eks.pod_identity, f"{NAMESPACE}/{PROMETHEUS}", cluster=cluster, role_arn=settings.role_arn("prometheus"), present=managed),
        want(
            iam.role,
            settings.role("grafana"),
            trust=trust,
            policies={"cloudwatch": cloudwatch_reader(settings)},
            description=f"Grafana of {cluster}: metrics of the database",
            present=on,
        ),
        want(eks.pod_identity, f"{NAMESPACE}/{GRAFANA}", cluster=cluster, role_arn=settings.role_arn("grafana"), present=on),
        *receivers(settings),
        want(helm.crds, RELEASE, version=chart.version, source=chart.repo, present=on),
        want(k8s.bundle, "grafana-reader", present=on),
        want(k8s.bundle, "grafana-admin", objects=[_admin(settings)], present=on),
        want(k8s.bundle, "grafana-dashboards", objects=dashboards(settings), present=on),
        want(
            helm.release,
            RELEASE,
            namespace=NAMESPACE,
            chart=chart.name,
            version=chart.version,
            source=chart.repo,
            overlay=prometheus_values(settings),
            present=on,
        ),
    ]


def metrics_ready(settings: Settings) -> list[Want]:
    """Everything once it runs, then what Prometheus is to look at in Airflow and when it is to raise an alarm."""
    on = settings.enable_kube_prometheus_stack
    return [
        want(k8s.ready, NAMESPACE, workloads=list(WORKLOADS), present=on),
        want(k8s.bundle, "airflow-monitors", present=on),
        want(k8s.bundle, "airflow-alerts", present=on),
    ]


def prometheus_values(settings: Settings) -> dict:
    """What differs between deployments: where metrics are written to, and where Grafana finds the database's."""
    source = {
        "name": "CloudWatch",
        "type": "cloudwatch",
        "uid": "cloudwatch",
        "jsonData": {"authType": "default", "defaultRegion": settings.region},
    }
    prometheus = {"externalLabels": {"cluster": settings.deployment}}
    if settings.enable_amazon_prometheus:
        url = Text("{endpoint}api/v1/remote_write", endpoint=Ref(Workspace, "prometheusEndpoint", workspace=settings.deployment))
        prometheus["remoteWrite"] = [{"url": url, "sigv4": {"region": settings.region}, "queueConfig": {"maxSamplesPerSend": 1000, "maxShards": 50}}]
        # Pods get a role when they are made: the annotation makes them anew when the role comes.
        prometheus["podMetadata"] = {"annotations": {"airflow-on-eks/role": settings.role("prometheus")}}
    return {"prometheus": {"prometheusSpec": prometheus}, "grafana": {"additionalDataSources": [source]}, **alertmanager(settings)}


def dashboards(settings: Settings) -> list[dict]:
    """A ConfigMap for each file of manifests/dashboards, which Grafana's sidecar loads."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"grafana-dashboard-{path.stem}", "namespace": NAMESPACE, "labels": {"grafana_dashboard": "1"}},
            "data": {path.name: json.dumps(json.loads(path.read_text().replace("${deployment}", settings.deployment)))},
        }
        for path in sorted((ROOT / "manifests/dashboards").glob("*.json"))
    ]


def _admin(settings: Settings) -> dict:
    password = Ref(SecretValue, secret=settings.secret("grafana/admin"))
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "grafana-admin", "namespace": NAMESPACE},
        "type": "Opaque",
        "stringData": {"admin-user": "admin", "admin-password": password},
    }
