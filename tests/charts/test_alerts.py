"""Every alert of ours fires when it should and is silent when it should be, as Prometheus's own promtool finds."""

import shutil
import subprocess

import pytest
import yaml

from connectors.kubernetes.manifest import documents

(RULE,) = documents("manifests/airflow-alerts.yaml")
ALERTS = {alert["alert"]: alert for group in RULE["spec"]["groups"] for alert in group["rules"]}
(CASES,) = documents("tests/charts/airflow-alerts.yaml")
EACH = [(alert, way, case) for alert, ways in CASES.items() for way in ("fires", "silent") for case in ways[way]]


@pytest.fixture(scope="module")
def promtool():
    found = shutil.which("promtool")
    if not found:
        pytest.skip("promtool is not on the PATH: Debian has it in the package prometheus")
    return found


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """The rules, and again without their annotations, which promtool would compare too."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "whole.yaml").write_text(yaml.safe_dump(RULE["spec"]))
    groups = [{**group, "rules": [{**alert, "annotations": {}} for alert in group["rules"]]} for group in RULE["spec"]["groups"]]
    (folder / "plain.yaml").write_text(yaml.safe_dump({"groups": groups}))
    return folder


def told(*command: str) -> str:
    answer = subprocess.run(command, capture_output=True, text=True)
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


def test_every_alert_has_cases_of_both_kinds():
    assert CASES.keys() == ALERTS.keys()
    assert all(ways["fires"] and ways["silent"] for ways in CASES.values())


def test_rules_are_valid(promtool, rules):
    assert told(promtool, "check", "rules", str(rules / "whole.yaml")) == ""


@pytest.mark.parametrize(("alert", "way", "case"), EACH)
def test_alert(promtool, rules, tmp_path, alert, way, case):
    series = [{"series": name, "values": str(values)} for name, values in CASES[alert][way][case].items()]
    labels = {**ALERTS[alert]["labels"], **CASES[alert].get("labels", {})}
    expected = [{"exp_labels": labels}] if way == "fires" else []
    looked = {"alertname": alert, "eval_time": "60m", "exp_alerts": expected}
    world = {"interval": "1m", "input_series": series, "alert_rule_test": [looked]}
    test = {"rule_files": [str(rules / "plain.yaml")], "evaluation_interval": "1m", "tests": [world]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(test))
    assert told(promtool, "test", "rules", str(tmp_path / "test.yaml")) == ""
