"""Verification of the observers: green when all works, red with a message that helps when something was broken by hand."""

import pytest
from health_world import World, red, settings, workload

from deploys.health import observability
from deploys.platform.cost import WORKLOADS as COST
from deploys.platform.metrics import WORKLOADS as METRICS
from deploys.platform.metrics import dashboards

OFF = {
    "enable_kube_prometheus_stack": False,
    "enable_amazon_prometheus": False,
    "enable_kubecost": False,
    "enable_aws_cloudwatch_metrics": False,
    "enable_aws_for_fluentbit": False,
}
WORKLOADS = [
    *(f"monitoring/{name}" for name in METRICS),
    *(f"kubecost/{name}" for name in COST),
    "amazon-cloudwatch/DaemonSet/cloudwatch-agent",
    "kube-system/DaemonSet/aws-for-fluent-bit",
]
ROLE = "arn:aws:iam::123456789012:role/airflow-dev-us-west-2-prometheus"
INSIGHTS, PODS = "/aws/containerinsights/airflow-dev/performance", "/aws/eks/airflow-dev/pods"


@pytest.fixture
def world():
    kubernetes = dict(workload(name) for name in WORKLOADS)
    kubernetes |= {f"monitoring/ConfigMap/{item['metadata']['name']}": item for item in dashboards(settings())}
    kubernetes |= {f"airflow/ServiceMonitor/{name}": {"metadata": {"name": name}} for name in observability.MONITORS}
    return World(
        kubernetes,
        {
            "secrets.SecretValue airflow-dev/grafana/admin": "*",
            "amp.Workspace airflow-dev": {"status": {"statusCode": "ACTIVE"}, "workspaceId": "ws-1"},
            "eks.PodIdentity monitoring/kube-prometheus-stack-prometheus": {"roleArn": ROLE},
            "eks.Addon amazon-cloudwatch-observability": {"configurationValues": '{"containerLogs": {"enabled": false}}'},
            f"logs.LogGroup {INSIGHTS}": {"retentionInDays": 90},
            f"logs.LogGroup {PODS}": {"retentionInDays": 90},
        },
    )


def test_all_works(world):
    assert red(observability, world) == []


@pytest.mark.parametrize("name", WORKLOADS)
def test_deleted_workload(world, name):
    del world.kubernetes[name]
    namespace, kind, short = name.split("/")
    assert red(observability, world) == [f"{kind} {short}: absent, wanted 1/1 (in {namespace}: run the install again)"]


@pytest.mark.parametrize("name", WORKLOADS)
def test_workload_that_is_not_ready(world, name):
    world.kubernetes |= dict([workload(name, 0, 3)])
    _, kind, short = name.split("/")
    assert red(observability, world) == [f"{kind} {short}: 0/3, wanted 3/3"]


@pytest.mark.parametrize(
    ("thing", "row"),
    [
        ("secrets.SecretValue airflow-dev/grafana/admin", "secret of Grafana's password: absent, wanted readable (airflow-dev/grafana/admin)"),
        ("amp.Workspace airflow-dev", "Amazon Managed Prometheus workspace airflow-dev: absent, wanted ACTIVE"),
        ("eks.PodIdentity monitoring/kube-prometheus-stack-prometheus", f"role of Prometheus for remote write: absent, wanted {ROLE}"),
        ("eks.Addon amazon-cloudwatch-observability", "container logs are shipped by: CloudWatch add-on and Fluent Bit, wanted Fluent Bit"),
        (f"logs.LogGroup {INSIGHTS}", f"log group {INSIGHTS}: absent, wanted 90 days"),
        (f"logs.LogGroup {PODS}", f"log group {PODS}: absent, wanted 90 days"),
    ],
)
def test_thing_that_is_gone(world, thing, row):
    del world.aws[thing]
    assert red(observability, world) == [row]


def test_deleted_dashboard(world):
    del world.kubernetes["monitoring/ConfigMap/grafana-dashboard-airflow"]
    assert red(observability, world) == ["Grafana dashboards: 1/2, wanted 2/2 (grafana-dashboard-airflow)"]


def test_deleted_monitor(world):
    del world.kubernetes["airflow/ServiceMonitor/airflow-statsd"]
    assert red(observability, world) == ["ServiceMonitor airflow-statsd: absent, wanted present"]


def test_log_group_without_retention(world):
    world.aws[f"logs.LogGroup {PODS}"] = {"logGroupName": PODS}
    assert red(observability, world) == [f"log group {PODS}: for ever, wanted 90 days"]


def test_add_on_ships_logs_where_fluent_bit_is_off(world):
    world.aws["eks.Addon amazon-cloudwatch-observability"] = {"configurationValues": '{"containerLogs": {"enabled": true}}'}
    assert red(observability, world, enable_aws_for_fluentbit=False) == []


def test_what_is_off_has_no_row():
    assert red(observability, World({}, {}), **OFF) == []
