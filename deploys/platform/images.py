"""The images of charts and jobs: upstream's, or their copies under `image_registry`."""

from __future__ import annotations

from functools import reduce

from connectors.kubernetes.manifest import merge
from settings import Settings

AIRFLOW = "apache/airflow"

IMAGES = {
    "airflow": {
        "images.statsd.repository": "quay.io/prometheus/statsd-exporter",
        "images.pgbouncer.repository": AIRFLOW,
        "images.pgbouncerExporter.repository": AIRFLOW,
        "images.gitSync.repository": "registry.k8s.io/git-sync/git-sync",
    },
    "aws-for-fluent-bit": {"image.repository": "public.ecr.aws/aws-observability/aws-for-fluent-bit"},
    "aws-load-balancer-controller": {"image.repository": "public.ecr.aws/eks/aws-load-balancer-controller"},
    "cluster-autoscaler": {"image.repository": "registry.k8s.io/autoscaling/cluster-autoscaler"},
    "cluster-proportional-autoscaler": {"image.repository": "registry.k8s.io/cpa/cluster-proportional-autoscaler"},
    "karpenter": {"controller.image.repository": "public.ecr.aws/karpenter/controller"},
    "kube-prometheus-stack": {
        "alertmanager.alertmanagerSpec.image.registry": "quay.io",
        "prometheus.prometheusSpec.image.registry": "quay.io",
        "prometheusOperator.image.registry": "quay.io",
        "prometheusOperator.prometheusConfigReloader.image.registry": "quay.io",
        "prometheusOperator.thanosImage.registry": "quay.io",
        "prometheusOperator.admissionWebhooks.patch.image.registry": "ghcr.io",
        "grafana.image.registry": "docker.io",
        "grafana.initChownData.image.registry": "docker.io",
        "grafana.sidecar.image.registry": "quay.io",
        "kube-state-metrics.image.registry": "registry.k8s.io",
        "prometheus-node-exporter.image.registry": "quay.io",
    },
    "kubecost": {"global.imageRegistry": "public.ecr.aws"},
    "spark-history-server": {"image.repository": "ghcr.io/kubedai/spark-history-server"},
    "spark-operator": {"image.registry": "ghcr.io", "hook.image.registry": "ghcr.io"},
}
"""By release: the values that say where its images are, and what they are upstream, a repository or a registry."""


def images(settings: Settings, release: str) -> dict:
    """
    The values with which a release takes its images from `image_registry`, laid over its others; nothing where there is none.

    + settings: of the deployment
    + release: its name
    """
    found = IMAGES.get(release, {}) if settings.image_registry else {}
    return reduce(merge, (_nested(path.split("."), settings.image(upstream)) for path, upstream in found.items()), {})


def _nested(path: list[str], value: str) -> dict:
    return {path[0]: _nested(path[1:], value) if path[1:] else value}
