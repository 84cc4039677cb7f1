"""Karpenter's controller beside a cluster: it comes and goes with its Deployment. A script stands for the controller."""

import os

import pytest
from kubernetes_world import DEPLOYMENTS, INSTANCES, deployment, eventually, started

from sandbox.kubernetes import nodes
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.karpenter import Karpenter
from sandbox.programs import OVERRIDE
from sandbox.programs.cache import built

pytestmark = pytest.mark.skipif(
    not (os.environ.get(OVERRIDE) or built()), reason="the control plane's programs are not built: python -m sandbox up builds them"
)
EVENTS = "/api/v1/namespaces/default/events"


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with started(tmp_path_factory.mktemp("karpenter")) as plane:
        nodes.join(plane.kubeconfig, INSTANCES)
        yield plane


@pytest.fixture
def api(plane):
    api = Api(plane.kubeconfig)
    yield api
    api.delete(f"{DEPLOYMENTS}/karpenter")
    api.request("DELETE", EVENTS)
    eventually(lambda: not api.items("/api/v1/namespaces/default/pods"))


@pytest.fixture
def beside(plane, tmp_path):
    """Starts it with a controller that does this, as a service account with this environment."""
    made = []

    def start(script, environment=lambda namespace, account: {"AWS_REGION": f"{namespace}-{account}"}):
        program = tmp_path / "karpenter"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        made.append(Karpenter(plane, program, environment, interval=0.1))
        made[0].start()
        return made[0]

    yield start
    for controller in made:
        controller.stop()


def with_variables(**variables):
    made = deployment("karpenter", serviceAccountName="default")
    container = made["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    container["env"].append({"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}})
    return made


def test_it_runs_with_its_variables_while_its_deployment_is_ready(plane, api, beside):
    controller = beside("env > variables; exec cat")
    assert not controller.running
    api.create(DEPLOYMENTS, with_variables(CLUSTER_NAME="airflow-dev"))
    eventually(lambda: controller.running)
    eventually(lambda: (plane.directory / "variables").exists())
    told = dict(line.split("=", 1) for line in (plane.directory / "variables").read_text().splitlines())
    assert (told["CLUSTER_NAME"], told["AWS_REGION"], told["ISOLATED_VPC"]) == ("airflow-dev", "default-default", "true")
    assert told["KUBECONFIG"] == str(plane.kubeconfig) and "NODE" not in told
    api.delete(f"{DEPLOYMENTS}/karpenter")
    eventually(lambda: not controller.running)


def test_it_starts_again_with_other_variables(plane, api, beside):
    controller = beside("echo $CLUSTER_NAME > name; exec cat")
    api.create(DEPLOYMENTS, with_variables(CLUSTER_NAME="one"))
    eventually(lambda: (plane.directory / "name").exists() and (plane.directory / "name").read_text() == "one\n")
    changed = with_variables(CLUSTER_NAME="two")["spec"]["template"]
    api.merge(f"{DEPLOYMENTS}/karpenter", {"spec": {"template": changed}})
    eventually(lambda: (plane.directory / "name").read_text() == "two\n" and controller.running)


def test_why_it_ended_is_an_event_of_its_deployment(api, beside):
    beside("echo panic: no subnets; exit 1")
    api.create(DEPLOYMENTS, with_variables())
    said = eventually(lambda: [event["message"] for event in api.items(EVENTS) if event["reason"] == "BackOff"])
    assert said == ["the controller ended: panic: no subnets"]


def test_without_a_role_it_does_not_run(api, beside):
    def nobody(namespace, account):
        raise LookupError(f"no credentials: the service account {namespace}/{account} has no pod identity association")

    controller = beside("exec cat", nobody)
    api.create(DEPLOYMENTS, with_variables())
    said = eventually(lambda: [event["message"] for event in api.items(EVENTS) if event["reason"] == "BackOff"])
    assert said == ["no credentials: the service account default/default has no pod identity association"]
    assert not controller.running
