"""The web pages of the platform: where each is in the cluster, and who logs in to it."""

from __future__ import annotations

from dataclasses import dataclass

from deploys.platform.airflow import NAMESPACE as AIRFLOW
from deploys.platform.cost import NAMESPACE as KUBECOST
from deploys.platform.metrics import GRAFANA, PROMETHEUS
from deploys.platform.metrics import NAMESPACE as MONITORING
from deploys.platform.metrics import RELEASE as STACK
from deploys.platform.spark import HISTORY
from settings import Settings


@dataclass(frozen=True)
class WebPage:
    """
    A page that a Service of the cluster serves.

    + namespace, service, port: where it is
    + local: the port it is shown at on this machine, where that is free
    + secret: purpose of the secret with the password of `admin`; ``None`` where nobody logs in
    + switch: the setting that has it in the platform; ``None``: always
    """

    namespace: str
    service: str
    port: int
    local: int
    secret: str | None = None
    switch: str | None = None

    def login(self, settings: Settings) -> str:
        """Who logs in, and the command that shows the password; nothing where nobody does."""
        if not self.secret:
            return ""
        secret = f"--secret-id {settings.secret(self.secret)} --query SecretString --output text"
        return f"admin, password: aws secretsmanager get-secret-value --region {settings.region} {secret}"


PAGES = {
    "airflow": WebPage(AIRFLOW, "airflow-api-server", 8080, 8080, "airflow/admin"),
    "grafana": WebPage(MONITORING, GRAFANA, 80, 3000, "grafana/admin", "enable_kube_prometheus_stack"),
    "prometheus": WebPage(MONITORING, PROMETHEUS, 9090, 9090, switch="enable_kube_prometheus_stack"),
    "alertmanager": WebPage(MONITORING, f"{STACK}-alertmanager", 9093, 9093, switch="enable_kube_prometheus_stack"),
    "kubecost": WebPage(KUBECOST, "kubecost-frontend", 9090, 9091, switch="enable_kubecost"),
    "spark-history": WebPage(HISTORY, "spark-history-server", 80, 18080, switch="enable_spark_history_server"),
}
"""By what `--data page=` calls them."""
