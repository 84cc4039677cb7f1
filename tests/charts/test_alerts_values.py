"""Alerts reach somebody: Alertmanager's receivers, and that no secret of theirs is in a release."""

import json

import upstream
from test_team_values import plain, wants

from connectors.kubernetes.manifest import values

STACK = "kube-prometheus-stack"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"
EVERYBODY = {"alerts": {"sns_topic": TOPIC, "slack_secret": "team/slack", "pagerduty_secret": "team/pagerduty"}}


def merged(**given) -> dict:
    return values(STACK, plain(wants(**given)[f"helm.release {STACK}"].fields["overlay"]))["alertmanager"]


def test_all_that_are_given_get_every_alert():
    config = merged(**EVERYBODY)["config"]
    team = next(receiver for receiver in config["receivers"] if receiver["name"] == config["route"]["receiver"])
    assert team["sns_configs"] == [{"topic_arn": TOPIC, "sigv4": {"region": "eu-west-1"}, "send_resolved": True}]
    assert team["slack_configs"][0]["api_url_file"] == "/etc/alertmanager/secrets/alertmanager-receivers/slack_secret"
    assert team["pagerduty_configs"][0]["routing_key_file"] == "/etc/alertmanager/secrets/alertmanager-receivers/pagerduty_secret"


def test_the_alert_that_always_fires_reaches_nobody():
    config = merged(**EVERYBODY)["config"]
    (route,) = config["route"]["routes"]
    assert "Watchdog" in route["matchers"][0] and route["receiver"] in [receiver["name"] for receiver in config["receivers"] if len(receiver) == 1]


def test_secrets_are_read_from_files():
    found = wants(**EVERYBODY)
    assert merged(**EVERYBODY)["alertmanagerSpec"]["secrets"] == ["alertmanager-receivers"]
    (secret,) = found["k8s.bundle alertmanager-receivers"].fields["objects"]
    assert {key: str(value) for key, value in secret["stringData"].items()} == {
        "slack_secret": "<secrets.SecretField team/slack webhook_url>",
        "pagerduty_secret": "<secrets.SecretField team/pagerduty routing_key>",
    }
    assert found["secrets.given team/slack"].fields["setting"] == "alerts.slack_secret"


def test_alertmanager_may_publish_to_the_topic_alone():
    role = wants(**EVERYBODY)["iam.role airflow-dev-us-west-2-alertmanager"]
    (statement,) = role.fields["policies"]["publish"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("sns:Publish", TOPIC)
    assert "eks.pod_identity monitoring/kube-prometheus-stack-alertmanager" in wants(**EVERYBODY)
    assert merged(**EVERYBODY)["serviceAccount"]["name"] == "kube-prometheus-stack-alertmanager"


def test_nobody_is_told_unless_somebody_is_named():
    found = wants()
    assert "config" not in merged() and not [name for name in found if "alertmanager" in name]


def test_upstream_knows_every_value():
    assert upstream.unknown(merged(**EVERYBODY), upstream.values(STACK)["alertmanager"], {"config.receivers", "alertmanagerSpec"}) == []
    spec = upstream.values(STACK)["alertmanager"]["alertmanagerSpec"]
    assert {"podMetadata", "secrets"} <= {*spec} and json.dumps(spec["secrets"]) == "[]"
