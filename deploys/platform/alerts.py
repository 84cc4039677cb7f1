"""Whom Alertmanager tells: an SNS topic, Slack, PagerDuty."""

from __future__ import annotations

from connectors.commands.reference import Digest, Ref
from deploys.platform.policies import pod_identity_trust, publish
from deploys.want import Want, want
from facts.secrets import SecretField
from operations import eks, iam, k8s, secrets
from settings import Settings

NAMESPACE = "monitoring"
ACCOUNT = "kube-prometheus-stack-alertmanager"
SECRET = "alertmanager-receivers"
FILES = f"/etc/alertmanager/secrets/{SECRET}"
NOBODY = "null"
"""The chart's receiver that tells nobody: it gets the alert that always fires."""


def receivers(settings: Settings) -> list[Want]:
    """What Alertmanager needs to reach them: secrets of others, and a role to publish."""
    alerts, cluster = settings.alerts, settings.deployment
    topic = bool(alerts.sns_topic)
    role = settings.role("alertmanager")
    policies = {"publish": publish(alerts.sns_topic)}
    return [
        *(want(secrets.given, name, fields=[field], setting=f"alerts.{setting}") for setting, name, field in _given(settings)),
        want(k8s.bundle, SECRET, objects=[_secret(settings)], present=bool(_given(settings))),
        want(iam.role, role, trust=pod_identity_trust(settings), policies=policies, description=f"Alertmanager of {cluster}", present=topic),
        want(eks.pod_identity, f"{NAMESPACE}/{ACCOUNT}", cluster=cluster, role_arn=settings.role_arn("alertmanager"), present=topic),
    ]


def alertmanager(settings: Settings) -> dict:
    """The values of Alertmanager: one receiver, told of every alert but the one that always fires. Secrets are read from files."""
    alerts, given = settings.alerts, _given(settings)
    if not alerts.anybody:
        return {}
    team: dict = {"name": "team"}
    if alerts.sns_topic:
        team["sns_configs"] = [{"topic_arn": alerts.sns_topic, "sigv4": {"region": alerts.topic_region}, "send_resolved": True}]
    if alerts.slack_secret:
        team["slack_configs"] = [{"api_url_file": f"{FILES}/slack_secret", "send_resolved": True}]
    if alerts.pagerduty_secret:
        team["pagerduty_configs"] = [{"routing_key_file": f"{FILES}/pagerduty_secret", "send_resolved": True}]
    route = {
        "receiver": "team",
        "group_by": ["namespace", "alertname"],
        "routes": [{"receiver": NOBODY, "matchers": ['alertname =~ "InfoInhibitor|Watchdog"']}],
    }
    # Pods get a role when they are made, and Alertmanager reads its files when it starts: the annotations make them anew.
    stamp = {"airflow-on-eks/receivers": Digest([settings.role("alertmanager") if alerts.sns_topic else "", _secret(settings)["stringData"]])}
    spec = {"podMetadata": {"annotations": stamp}, **({"secrets": [SECRET]} if given else {})}
    return {"alertmanager": {"config": {"route": route, "receivers": [{"name": NOBODY}, team]}, "alertmanagerSpec": spec}}


def _given(settings: Settings) -> list[tuple[str, str, str]]:
    """Setting, name and field of each secret that somebody else keeps."""
    fields = {"slack_secret": "webhook_url", "pagerduty_secret": "routing_key"}
    return [(setting, name, field) for setting, field in fields.items() if (name := getattr(settings.alerts, setting))]


def _secret(settings: Settings) -> dict:
    data = {setting: Ref(SecretField, secret=name, field=field) for setting, name, field in _given(settings)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET, "namespace": NAMESPACE}, "type": "Opaque", "stringData": data}
