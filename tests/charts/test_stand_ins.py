"""The sandbox's charts: one for every pinned chart, of that version, with upstream's workloads by name."""

import subprocess
from runpy import run_path

import pytest
import upstream
import yaml

from connectors.kubernetes.manifest import LOADER, merge, values
from connectors.tools import tools
from deploys.platform import platform
from settings import Settings
from settings.root import ROOT

PINNED = run_path(str(ROOT / "inventories/group_data/all.py"))["charts"]
FOLDER = ROOT / "sandbox/charts"

LEAST = {
    "aws-load-balancer-controller": {"clusterName": "airflow", "region": "us-west-2", "vpcId": "vpc-1"},
    "cluster-autoscaler": {"autoDiscovery": {"clusterName": "airflow"}},
    "cluster-proportional-autoscaler": {"options": {"target": "deployment/coredns"}},
    "karpenter": {"settings": {"clusterName": "airflow"}},
    "kube-prometheus-stack": {"grafana": {"admin": {"existingSecret": "grafana"}}},
    "spark-history-server": {"logStore": {"s3": {"bucket": "events", "irsaRoleArn": ""}}},
}
WORKLOADS = {
    "aws-for-fluent-bit": {"DaemonSet/aws-for-fluent-bit"},
    "aws-load-balancer-controller": {"Deployment/aws-load-balancer-controller"},
    "cluster-autoscaler": {"Deployment/cluster-autoscaler-aws-cluster-autoscaler"},
    "cluster-proportional-autoscaler": {"Deployment/cluster-proportional-autoscaler"},
    "karpenter": {"Deployment/karpenter"},
    "karpenter-crd": set(),
    "kube-prometheus-stack": {
        "Deployment/kube-prometheus-stack-operator",
        "Deployment/kube-prometheus-stack-grafana",
        "Deployment/kube-prometheus-stack-kube-state-metrics",
        "DaemonSet/kube-prometheus-stack-prometheus-node-exporter",
        "StatefulSet/prometheus-kube-prometheus-stack-prometheus",
        "StatefulSet/alertmanager-kube-prometheus-stack-alertmanager",
    },
    "kubecost": {
        "StatefulSet/kubecost-aggregator",
        "Deployment/kubecost-frontend",
        "Deployment/kubecost-cloud-cost",
        "Deployment/kubecost-cluster-controller",
        "Deployment/kubecost-forecasting",
        "Deployment/kubecost-finopsagent",
        "Deployment/kubecost-local-store",
        "DaemonSet/kubecost-network-costs",
    },
    "spark-history-server": {"Deployment/spark-history-server"},
    "spark-operator": {"Deployment/spark-operator-controller", "Deployment/spark-operator-webhook"},
}

WEBHOOKS = {
    "aws-load-balancer-controller": (
        "aws-load-balancer-webhook-service",
        {f"{name}.elbv2.k8s.aws" for name in ("mtargetgroupbinding", "vtargetgroupbinding", "vingress")},
    ),
    "spark-operator": (
        "spark-operator-webhook-svc",
        {
            "mutate--v1-pod.sparkoperator.k8s.io",
            *(
                f"{verb}-sparkoperator-k8s-io-v1beta2-{kind}.sparkoperator.k8s.io"
                for verb in ("mutate", "validate")
                for kind in ("sparkapplication", "scheduledsparkapplication")
            ),
        },
    ),
}
"""The service that answers a chart's webhooks, and their names."""


PARTS = {"kube-prometheus-stack"}
"""Charts of which the reference holds some of the definitions."""

EVERYTHING = {
    **{"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]},
    **{"enable_airflow_spark_example": True, "enable_spark_history_server": True, "task_placement": "karpenter"},
}


def render(chart: str, values: dict):
    try:
        helm = tools.path("helm")
    except tools.ToolMissing as missing:
        pytest.skip(str(missing))
    command = [helm, "template", chart, str(FOLDER / chart), "--namespace", "somewhere", "--include-crds", "--values", "-"]
    return subprocess.run(command, input=yaml.safe_dump(values), capture_output=True, text=True)


@pytest.mark.parametrize("chart", PINNED)
def test_every_pinned_chart_has_a_stand_in_that_says_so(chart):
    about = yaml.safe_load((FOLDER / chart / "Chart.yaml").read_text())
    assert (about["name"], about["version"]) == (chart, PINNED[chart]["version"])
    assert "not the upstream chart" in about["description"]


@pytest.mark.parametrize("chart", WORKLOADS)
def test_stand_in_has_upstreams_workloads(chart):
    answer = render(chart, LEAST.get(chart, {}))
    assert answer.returncode == 0, answer.stderr
    items = [item for item in yaml.safe_load_all(answer.stdout) if item]
    kinds = ("Deployment", "StatefulSet", "DaemonSet", "Job")
    assert {f"{item['kind']}/{item['metadata']['name']}" for item in items if item["kind"] in kinds} == WORKLOADS[chart]


@pytest.mark.parametrize("chart", WORKLOADS)
def test_stand_in_registers_upstreams_webhooks(chart):
    """With our values, and only those that judge what this project or its guests make."""
    answer = render(chart, merge(values(chart), LEAST.get(chart, {})))
    assert answer.returncode == 0, answer.stderr
    items = [item for item in yaml.safe_load_all(answer.stdout) if item and item["kind"].endswith("WebhookConfiguration")]
    found = {(webhook["name"], webhook["failurePolicy"], webhook["clientConfig"]["service"]["name"]) for item in items for webhook in item["webhooks"]}
    service, names = WEBHOOKS.get(chart, ("", ()))
    assert found == {(name, "Fail", service) for name in names}


@pytest.mark.parametrize("chart", sorted(set(LEAST) - {"cluster-autoscaler"}))
def test_stand_in_misses_what_upstream_would_miss(chart):
    answer = render(chart, {})
    assert answer.returncode != 0 and "is empty" in answer.stderr


def test_cluster_autoscaler_without_a_cluster_deploys_nothing_and_succeeds():
    """Upstream's trap, kept: only a check of the workload notices."""
    answer = render("cluster-autoscaler", {})
    assert answer.returncode == 0 and not [item for item in yaml.safe_load_all(answer.stdout) if item]


def definitions(items) -> dict:
    """CRDs by name: what a client knows them by."""
    found = {}
    for item in items:
        if item and item["kind"] == "CustomResourceDefinition":
            spec = item["spec"]
            served = {version["name"]: (version["served"], version["storage"], "status" in version.get("subresources", {})) for version in spec["versions"]}
            names = {"listKind": f"{spec['names']['kind']}List", **spec["names"]}
            found[item["metadata"]["name"]] = (spec["scope"], spec["group"], names, served)
    return found


@pytest.mark.parametrize(("chart", "reference"), [(chart, chart.removesuffix("-crd")) for chart in PINNED if chart != "karpenter"])
def test_stand_in_has_upstreams_definitions(chart, reference):
    answer = render(chart, LEAST.get(chart, {}))
    ours = definitions(yaml.safe_load_all(answer.stdout)) if answer.returncode == 0 else {}
    files = sorted((upstream.folder(reference) / "crds").glob("*.yaml"))
    theirs = definitions(item for file in files for item in yaml.load_all(file.read_text(), LOADER))
    assert {name: ours.get(name) for name in theirs} == theirs
    assert chart in PARTS or ours.keys() == theirs.keys()


@pytest.mark.parametrize("chart", PINNED)
def test_definitions_come_and_go_with_what_brings_them(chart):
    """helm installs a chart's ``crds/`` once, never upgrades them, and leaves them when it uninstalls."""
    wants = [str(want) for want in platform(Settings.of(EVERYTHING))]
    has = (FOLDER / chart / "crds").is_dir()
    assert has == (f"helm.crds {chart}" in wants)
    if has:
        assert wants.index(f"helm.crds {chart}") < wants.index(f"helm.release {chart}")
