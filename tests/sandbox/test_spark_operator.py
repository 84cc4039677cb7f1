"""What the Spark operator does with an application, as far as its driver's pod comes."""

from pathlib import Path

import pytest

from sandbox.kubernetes import spark_operator
from sandbox.kubernetes.spark_operator import SparkOperator

APPLICATION = {
    "metadata": {"name": "pi", "namespace": "spark-team-a", "uid": "1"},
    "spec": {
        "image": "apache/spark:4", "mainApplicationFile": "local:///pi.py",
        "driver": {"labels": {"dag_id": "pi"}, "nodeSelector": {"pool": "spark"}, "serviceAccount": "spark-team-a"},
    },
}  # fmt: skip


class Api:
    """An API server with one application and its driver."""

    def __init__(self):
        self.application, self.driver, self.ready = {**APPLICATION}, None, 1

    def items(self, path, **_):
        return [{"status": {"readyReplicas": self.ready}}] if path.endswith("deployments") else [self.application]

    def create(self, path, body):
        assert path == "/api/v1/namespaces/spark-team-a/pods"
        self.driver = {**body, "status": {"phase": "Pending"}}

    def get(self, path):
        return self.driver

    def merge(self, path, body):
        thing = self.driver if "/pods/" in path else self.application
        thing["status"] = {**thing.get("status", {}), **body["status"]}

    @property
    def state(self):
        return self.application.get("status", {}).get("applicationState", {}).get("state")


@pytest.fixture
def operator(monkeypatch):
    monkeypatch.setattr("sandbox.kubernetes.loop.Api", lambda kubeconfig: Api())
    monkeypatch.setattr(spark_operator, "LASTS", -1)
    operator = SparkOperator(Path())
    operator.api = operator._api
    return operator


def test_an_application_ends_when_its_driver_has_run(operator):
    operator.step()
    assert operator.api.state == "SUBMITTED" and operator.api.driver["metadata"]["labels"].items() >= {"dag_id": "pi", "spark-role": "driver"}.items()
    assert operator.api.driver["spec"]["nodeSelector"] == {"pool": "spark"} and operator.api.driver["metadata"]["ownerReferences"][0]["uid"] == "1"
    operator.step()
    assert operator.api.state == "SUBMITTED", "a driver without a node has not begun"
    operator.api.driver["status"]["phase"] = "Running"
    for state in ("RUNNING", "RUNNING", "COMPLETED", "COMPLETED"):
        operator.step()
        assert operator.api.state == state
    assert operator.api.driver["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 0


@pytest.mark.parametrize("gone", [None, {"status": {"phase": "Failed"}}])
def test_one_whose_driver_failed_or_is_gone_has_failed(operator, gone):
    operator.step()
    operator.api.driver = gone
    operator.step()
    assert operator.api.state == "FAILED"


def test_while_the_operator_is_not_ready_nothing_happens(operator):
    operator.api.ready = 0
    operator.step()
    assert operator.api.state is None and operator.api.driver is None
