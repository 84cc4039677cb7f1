"""Every manifest and custom resource of ours, put before a real API server that has upstream's own definitions."""

import copy
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from connectors.commands.reference import Json, Ref, Text
from connectors.kubernetes.manifest import documents, manifest, merge
from connectors.tools import tools
from deploys.platform import platform
from deploys.platform.spark_example import application
from sandbox.kubernetes import ControlPlane
from settings import Settings
from settings.root import ROOT

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
EVERYTHING = {
    "enable_airflow_spark_example": True,
    "enable_spark_history_server": True,
    "task_placement": "karpenter",
    "domain": "airflow.example.com",
    "airflow_pools": {"warehouse": 4},
    "db_ca_bundle": str(ROOT / "sandbox/aws/rds-ca.pem"),
}
SETTINGS = Settings.of({**GIVEN, **EVERYTHING})
BUNDLES = {want.subject: want.fields for want in platform(SETTINGS) if want.kind == "k8s.bundle"}


class ApiServer:
    """A control plane, spoken to with kubectl."""

    def __init__(self, plane: ControlPlane):
        self.kubectl = [tools.path("kubectl"), "--kubeconfig", str(plane.kubeconfig)]

    def apply(self, objects: list[dict], *more: str) -> str:
        """Apply objects, unknown fields refused; what the server has against them, nothing when it takes them."""
        command = [*self.kubectl, "apply", "--server-side", "--validate=strict", "-f", "-", *more]
        answer = subprocess.run(command, input=yaml.safe_dump_all(objects), capture_output=True, text=True)
        return answer.stderr.strip() if answer.returncode else ""

    def refusal(self, objects: list[dict]) -> str:
        """What the server would have against objects."""
        return self.apply(objects, "--dry-run=server")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = os.environ.get("REFERENCE")
    if not folder:
        pytest.skip("REFERENCE is unset: upstream's definitions of custom resources are in the folder it names")
    definitions = sorted(Path(folder).glob("*/crds/*.yaml"))
    assert definitions, f"REFERENCE is {folder}, and there is no <chart>/crds/*.yaml in it"
    plane = ControlPlane("airflow-dev", "us-west-2", tmp_path_factory.mktemp("upstream") / "plane")
    plane.start()
    try:
        server = ApiServer(plane)
        for file in definitions:
            answer = subprocess.run([*server.kubectl, "apply", "--server-side", "-f", str(file)], capture_output=True, text=True)
            assert answer.returncode == 0, answer.stderr
        subprocess.run([*server.kubectl, "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"], check=True, capture_output=True)
        namespaces = [item for bundle in BUNDLES for item in declared(bundle) if item["kind"] == "Namespace"]
        assert server.apply(namespaces) == ""
        yield server
    finally:
        plane.stop()


def declared(bundle: str) -> list[dict]:
    """The objects of a bundle, with an empty document in the place of what is known only when it is applied."""
    fields = BUNDLES[bundle]
    return plain(manifest(bundle, fields.get("overlay"), fields.get("objects")).objects)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return "{}" if isinstance(value, (Ref, Text, Json)) else copy.deepcopy(value)


def test_every_manifest_belongs_to_the_platform():
    assert {file.stem for file in (ROOT / "manifests").glob("*.yaml")} <= set(BUNDLES)


@pytest.mark.parametrize("bundle", BUNDLES)
def test_bundle_is_accepted(server, bundle):
    assert server.refusal(declared(bundle)) == ""


@pytest.mark.parametrize("history", [False, True])
def test_sample_application_is_accepted(server, history):
    (sample,) = documents("dags/example_pyspark_pi_job.yaml")
    settings = Settings.of({**GIVEN, "enable_airflow_spark_example": True, "enable_spark_history_server": history})
    wanted = merge(merge(sample, application(settings)), {"metadata": {"name": "pyspark-pi"}})
    assert server.refusal([wanted]) == ""


@pytest.mark.parametrize(
    ("kind", "wrong", "word"),
    [
        ("NodePool", {"spec": {"disruption": {"consolidationPolicy": "WhenUnderutilized"}}}, "consolidationPolicy"),
        ("NodePool", {"spec": {"template": {"spec": {"expires": "720h"}}}}, "expires"),
        ("EC2NodeClass", {"spec": {"instanceProfile": "both"}}, "instanceProfile"),
    ],
)
def test_server_would_refuse_what_upstream_does_not_know(server, kind, wrong, word):
    pool = next(item for item in declared("karpenter-spark") if item["kind"] == kind)
    assert word in server.refusal([merge(pool, wrong)])
