"""The releases of scaling and Spark: upstream knows every value, the charts' traps are avoided, the pods stay on the core nodes."""

import subprocess

import pytest
import upstream
import yaml
from jsonschema import Draft7Validator

from connectors.kubernetes.manifest import documents, values
from connectors.tools import tools
from deploys.platform import platform
from settings import Settings
from settings.root import ROOT

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
EVERYTHING = {"enable_airflow_spark_example": True, "enable_spark_history_server": True}
CORE = {"eks.amazonaws.com/nodegroup": "core-node-group"}

CHARTS = {
    "karpenter": "karpenter",
    "karpenter-crd": "karpenter/karpenter-crd",
    "cluster-autoscaler": "cluster-autoscaler",
    "cluster-proportional-autoscaler": "cluster-proportional-autoscaler",
    "spark-operator": "spark-operator",
    "spark-history-server": "spark-history-server",
}
RELEASES = pytest.mark.parametrize("release", CHARTS)
FREE = {
    "nodeSelector",
    "controller.nodeSelector",
    "webhook.nodeSelector",
    "resources",
    "controller.resources",
    "webhook.resources",
    "extraArgs",
    "config",
    "securityContext",
    "podSecurityContext",
    "containerSecurityContext",
}
"""Mappings that upstream passes on as they are."""

WORKLOADS = {
    "karpenter": {"karpenter": ("karpenter", 2)},
    "cluster-autoscaler": {"cluster-autoscaler-aws-cluster-autoscaler": ("cluster-autoscaler", 1)},
    "cluster-proportional-autoscaler": {"cluster-proportional-autoscaler": ("cluster-proportional-autoscaler", 1)},
    "spark-operator": {"spark-operator-controller": ("spark-operator-controller", 1), "spark-operator-webhook": ("spark-operator-webhook", 2)},
    "spark-history-server": {"spark-history-server": ("spark-history-server", 1)},
}
"""Deployments of each release: service account and replicas."""


def wants(**given) -> list:
    return platform(Settings.of({**GIVEN, **EVERYTHING, **given}))


def merged(release: str, **given) -> dict:
    found = next(want for want in wants(**given) if want.kind == "helm.release" and want.subject == release)
    return values(release, found.fields.get("overlay"))


@pytest.fixture(scope="module")
def render():
    try:
        helm = tools.path("helm")
    except tools.ToolMissing as missing:
        pytest.skip(str(missing))

    def template(release: str) -> list[dict]:
        command = [helm, "template", release, str(ROOT / "sandbox/charts" / release), "--namespace", "somewhere", "--values", "-"]
        answer = subprocess.run(command, input=yaml.safe_dump(merged(release)), capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        return [item for item in yaml.safe_load_all(answer.stdout) if item]

    return template


@RELEASES
def test_upstream_knows_every_value(release):
    assert upstream.unknown(merged(release), upstream.values(CHARTS[release]), FREE) == []


def test_history_server_passes_upstreams_schema():
    problems = [error.message for error in Draft7Validator(upstream.schema("spark-history-server")).iter_errors(merged("spark-history-server"))]
    assert problems == []


@pytest.mark.parametrize(
    ("release", "path", "wanted"),
    [
        ("karpenter", "settings.clusterName", "airflow-dev"),
        ("karpenter", "settings.interruptionQueue", "airflow-dev-karpenter"),
        ("karpenter", "serviceAccount.name", "karpenter"),
        ("karpenter", "controller.image", None),
        ("cluster-autoscaler", "autoDiscovery.clusterName", "airflow-dev"),
        ("cluster-autoscaler", "awsRegion", "us-west-2"),
        ("cluster-autoscaler", "image.tag", "v1.36.1"),
        ("cluster-autoscaler", "rbac.serviceAccount.name", "cluster-autoscaler"),
        ("cluster-proportional-autoscaler", "image.tag", "v1.10.3"),
        ("cluster-proportional-autoscaler", "options.target", "deployment/coredns"),
        ("cluster-proportional-autoscaler", "options.namespace", "kube-system"),
        ("spark-operator", "spark.jobNamespaces", ["spark-team-a"]),
        ("spark-operator", "spark.serviceAccount.name", "spark-team-a"),
        ("spark-operator", "hook", None),
        ("spark-history-server", "logStore.s3.irsaRoleArn", ""),
        ("spark-history-server", "logStore.s3.eventLogsPath", ""),
        ("spark-history-server", "logStore.s3.bucket", "spark-events-airflow-dev-123456789012-us-west-2"),
    ],
)
def test_trap_is_avoided(release, path, wanted):
    assert upstream.at(merged(release), path) == wanted


def test_autoscaler_is_that_of_the_clusters_kubernetes():
    assert upstream.at(merged("cluster-autoscaler", kubernetes_version="1.35"), "image.tag").startswith("v1.35.")


def test_history_servers_image_does_not_float():
    assert "latest" not in upstream.at(merged("spark-history-server"), "image.tag")


def test_history_server_takes_the_role_pod_identity_gives_it():
    """The chart writes another provider, which knows web identities alone; of two lines the last counts."""
    lines = merged("spark-history-server")["sparkConf"].splitlines()
    assert "spark.hadoop.fs.s3a.aws.credentials.provider=org.apache.hadoop.fs.s3a.auth.IAMInstanceCredentialsProvider" in lines


def test_coredns_is_scaled_by_one_alone():
    coredns = next(want for want in wants() if str(want) == "eks.addon coredns")
    assert not (coredns.fields.get("configuration") or {}).get("autoScaling")
    assert upstream.at(merged("cluster-proportional-autoscaler"), "config.linear.min") == 2


@pytest.mark.parametrize("release", WORKLOADS)
def test_pods_have_their_place_account_and_resources(render, release):
    found = {item["metadata"]["name"]: item["spec"] for item in render(release) if item["kind"] == "Deployment"}
    assert {name: (spec["template"]["spec"]["serviceAccountName"], spec["replicas"]) for name, spec in found.items()} == WORKLOADS[release]
    for spec in found.values():
        pod = spec["template"]["spec"]
        assert pod["nodeSelector"].items() >= CORE.items()
        for container in pod["containers"]:
            assert container["resources"]["requests"].keys() == {"cpu", "memory"} and container["resources"]["limits"].keys() == {"memory"}


def test_priorities_are_ones_that_exist():
    ours = {item["metadata"]["name"] for item in documents("manifests/priorities.yaml")}
    named = {found for release in CHARTS for found in priorities(merged(release))}
    assert named <= ours | {"system-cluster-critical", "system-node-critical"}


def priorities(tree) -> list[str]:
    if not isinstance(tree, dict):
        return []
    return [found for key, value in tree.items() for found in ([value] if key == "priorityClassName" else priorities(value))]


@pytest.mark.parametrize("account", ["kube-system/karpenter", "kube-system/cluster-autoscaler", "spark-history-server/spark-history-server"])
def test_service_account_has_the_role(account):
    assert [want.subject for want in wants() if want.kind == "eks.pod_identity" and want.subject == account]
