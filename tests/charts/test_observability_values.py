"""Prometheus, Kubecost and Fluent Bit: values upstream knows, traps avoided, and nothing that is logged or scraped twice."""

import json

import pytest
import upstream

from connectors.kubernetes.manifest import documents, manifest, values
from deploys.platform import platform
from deploys.platform.container_logs import ADDON, FLUENT_BIT, READER
from settings import Settings
from settings.root import ROOT

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]}
STACK = "kube-prometheus-stack"
SUBCHARTS = {"grafana", "kube-state-metrics", "prometheus-node-exporter", "finopsagent"}
"""Values of subcharts, which upstream's values file holds in part."""

FREE = {
    STACK: {
        *SUBCHARTS,
        "prometheus.prometheusSpec.storageSpec",
        "prometheus.prometheusSpec.externalLabels",
        "prometheus.prometheusSpec.podMetadata",
        "alertmanager.alertmanagerSpec.storage",
        *(
            f"{part}.{key}"
            for part in ("prometheusOperator", "prometheus.prometheusSpec", "alertmanager.alertmanagerSpec")
            for key in ("nodeSelector", "resources")
        ),
        "prometheusOperator.prometheusConfigReloader.resources",
    },
    "kubecost": {*SUBCHARTS, *(f"{part}.{key}" for part in ("frontend", "aggregator", "localStore") for key in ("nodeSelector", "resources"))},
    FLUENT_BIT: {"resources"},
}
BESIDE = {FLUENT_BIT: {"priorityClassName"}, STACK: {"prometheusOperator.priorityClassName"}}
"""What upstream's templates take and its values name in a comment at best."""


def wants(**given) -> dict:
    return {str(want): want for want in platform(Settings.of({**LEAST, **given}))}


def merged(release: str, **given) -> dict:
    return values(release, wants(**given)[f"helm.release {release}"].fields["overlay"])


@pytest.mark.parametrize("release", FREE)
def test_upstream_knows_every_value(release):
    assert set(upstream.unknown(merged(release), upstream.values(release), FREE[release])) <= BESIDE.get(release, set())


@pytest.mark.parametrize(
    ("release", "path", "value"),
    [
        (STACK, "prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues", False),
        (STACK, "prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues", False),
        (STACK, "prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues", False),
        (STACK, "grafana.rbac.namespaced", True),
        (STACK, "grafana.sidecar.dashboards.resource", "configmap"),
        (STACK, "grafana.sidecar.datasources.resource", "configmap"),
        (STACK, "kube-state-metrics.collectorsExclude", ["secrets"]),
        ("kubecost", "finopsagent.rbac.clusterRole.allowKubeProxy", False),
        (STACK, "kubeControllerManager.enabled", False),
        (STACK, "kubeScheduler.enabled", False),
        (STACK, "kubeEtcd.enabled", False),
        (STACK, "kubeProxy.enabled", False),
        (STACK, "prometheus.prometheusSpec.storageSpec.volumeClaimTemplate.spec.storageClassName", "gp3"),
        (STACK, "alertmanager.alertmanagerSpec.storage.volumeClaimTemplate.spec.storageClassName", "gp3"),
        (STACK, "grafana.admin.existingSecret", "grafana-admin"),
        (STACK, "grafana.adminPassword", None),
        ("kubecost", "global.imageRegistry", "public.ecr.aws"),
        ("kubecost", "global.clusterId", "airflow-dev"),
        ("kubecost", "aggregator.aggregatorDbStorage.storageClass", "gp3"),
        ("kubecost", "localStore.persistentVolume.storageClass", "gp3"),
        (FLUENT_BIT, "cloudWatchLogs.region", "us-west-2"),
        (FLUENT_BIT, "cloudWatchLogs.autoCreateGroup", False),
        (FLUENT_BIT, "tolerations", [{"operator": "Exists"}]),
    ],
)
def test_trap_is_avoided(release, path, value):
    assert upstream.at(merged(release), path) == value


def test_kubecost_has_no_value_of_its_second_version():
    assert not set(merged("kubecost")) & {"prometheus", "grafana", "kubecostModel", "kubecostFrontend", "kubecostAggregator", "service"}


def test_no_volume_of_kubecost_outlives_it():
    stores = merged("kubecost")
    kept = [stores["aggregator"]["aggregatorDbStorage"], stores["aggregator"]["persistentConfigsStorage"], stores["localStore"]["persistentVolume"]]
    assert [store["annotations"] for store in kept] == [{"helm.sh/resource-policy": None}] * 3


@pytest.mark.parametrize(
    ("release", "account", "namespace"),
    [
        (STACK, "prometheus.serviceAccount.name", "monitoring"),
        (STACK, "grafana.serviceAccount.name", "monitoring"),
        ("kubecost", "finopsagent.serviceAccount.name", "kubecost"),
        (FLUENT_BIT, "serviceAccount.name", "kube-system"),
    ],
)
def test_service_account_is_the_one_with_the_role(release, account, namespace):
    assert f"eks.pod_identity {namespace}/{upstream.at(merged(release), account)}" in wants()


def test_metrics_are_written_to_the_workspace_signed():
    spec = merged(STACK)["prometheus"]["prometheusSpec"]
    (remote,) = spec["remoteWrite"]
    assert (str(remote["url"]), remote["sigv4"]) == ("<amp.Workspace airflow-dev>api/v1/remote_write", {"region": "us-west-2"})
    assert "remoteWrite" not in merged(STACK, enable_amazon_prometheus=False)["prometheus"]["prometheusSpec"]


def test_prometheus_starts_anew_when_its_role_comes():
    """A pod is given a role when it is made; without a change of its template it would go on writing without one."""
    on, off = (merged(STACK, enable_amazon_prometheus=managed)["prometheus"]["prometheusSpec"] for managed in (True, False))
    assert on["podMetadata"] != off.get("podMetadata")


@pytest.mark.parametrize(("fluent_bit", "add_on"), [(True, False), (False, True)])
def test_each_line_is_shipped_once(fluent_bit, add_on):
    """The add-on ships container logs unless it is told not to; with Fluent Bit on, each line would be stored and paid for twice."""
    declared = wants(enable_aws_for_fluentbit=fluent_bit)
    assert declared[f"eks.addon {ADDON}"].fields["configuration"]["containerLogs"] == {"enabled": add_on}
    assert declared[f"helm.release {FLUENT_BIT}"].present is fluent_bit


def test_fluent_bit_has_one_way_out():
    """The chart has two outputs to CloudWatch, the older one in Go; both on would store each line twice."""
    ours = merged(FLUENT_BIT)
    outputs = ("cloudWatch", "cloudWatchLogs", "firehose", "kinesis", "kinesis_streams", "elasticsearch", "opensearch", "s3")
    assert [name for name in outputs if ours.get(name, {}).get("enabled")] == ["cloudWatchLogs"]


def test_fluent_bit_asks_the_api_server_as_somebody_who_may_look_at_pods_alone():
    """The chart lets its own account run commands in any container (`nodes/proxy`), and takes that away by no value."""
    account, token, role, binding = manifest(READER).objects
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods", "namespaces"], "verbs": ["get"]}]
    assert (binding["roleRef"]["name"], binding["subjects"][0]["name"]) == (role["metadata"]["name"], account["metadata"]["name"])
    assert token["metadata"]["annotations"] == {"kubernetes.io/service-account.name": account["metadata"]["name"]}
    ours, theirs = merged(FLUENT_BIT), upstream.values(FLUENT_BIT)
    volume = {"name": "reader", "secret": {"secretName": token["metadata"]["name"]}}
    mount = {"name": "reader", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": True}
    assert (ours["volumes"], ours["volumeMounts"]) == ([*theirs["volumes"], volume], [*theirs["volumeMounts"], mount])
    assert "Use_Kubelet" not in json.dumps(ours)


def test_grafana_reads_config_maps_of_its_namespace_alone():
    (role,) = manifest("grafana-reader").objects
    assert role["kind"] == "Role" and role["rules"] == [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "watch", "list"]}]
    given = merged(STACK)["grafana"]
    assert given["rbac"] == {"namespaced": True, "useExistingRole": role["metadata"]["name"]}
    searched = {part.get("searchNamespace") for part in given["sidecar"].values() if "resource" in part}
    assert searched == {role["metadata"]["namespace"]}


def test_task_pods_are_not_left_out():
    """Fluent Bit reads every container's log on every node; an annotation of the pods could keep theirs out."""
    assert "fluentbit.io/exclude" not in json.dumps(values("airflow"))
    assert merged(FLUENT_BIT)["tolerations"] == [{"operator": "Exists"}]


def test_each_endpoint_is_scraped_once():
    """Airflow's Services carry prometheus.io annotations: a job for those, next to the monitors, would scrape them again."""
    spec = merged(STACK)["prometheus"]["prometheusSpec"]
    assert not {"additionalScrapeConfigs", "additionalScrapeConfigsSecret"} & set(spec)
    assert not {"additionalServiceMonitors", "additionalPodMonitors"} & set(merged(STACK)["prometheus"])
    selected = [
        (item["spec"]["selector"]["matchLabels"]["component"], end["port"])
        for item in documents("manifests/airflow-monitors.yaml")
        for end in item["spec"]["endpoints"]
    ]
    assert len(selected) == len(set(selected)) == 2
    assert all(not values(release).get("serviceMonitor", {}).get("enabled") for release in ("aws-load-balancer-controller", FLUENT_BIT, "airflow"))


def test_kubecost_and_the_add_on_scrape_nothing_of_airflow():
    """Kubecost's agent reads the kubelets; the add-on is told to collect Container Insights and nothing besides."""
    assert "serviceMonitor" not in json.dumps(merged("kubecost"))
    configuration = wants()[f"eks.addon {ADDON}"].fields["configuration"]
    assert set(configuration["agent"]["config"]) == {"logs"}
    assert set(configuration["agent"]["config"]["logs"]["metrics_collected"]) == {"kubernetes"}


@pytest.mark.parametrize("path", sorted((ROOT / "manifests/dashboards").glob("*.json")), ids=lambda path: path.stem)
def test_dashboard_reads_data_sources_that_are_there(path):
    board = json.loads(path.read_text())
    sources = {"prometheus", *(source["uid"] for source in merged(STACK)["grafana"]["additionalDataSources"])}
    assert board["uid"] == path.stem and board["panels"]
    assert {target["datasource"]["uid"] for panel in board["panels"] for target in panel["targets"]} <= sources


def test_what_the_issue_asks_to_see_is_on_a_dashboard():
    shown = "".join(path.read_text() for path in (ROOT / "manifests/dashboards").glob("*.json"))
    for metric in (
        "airflow_scheduler_heartbeat",
        "airflow_dag_processing_total_parse_time",
        "airflow_executor_queued_tasks",
        "airflow_executor_running_tasks",
        "airflow_ti_failures",
        "airflow_pool_open_slots",
        "pgbouncer_pools_waiting_clients",
        "CPUUtilization",
    ):
        assert metric in shown


def test_every_alert_says_how_bad_it_is_and_what_to_look_at():
    (rule,) = documents("manifests/airflow-alerts.yaml")
    alerts = [alert for group in rule["spec"]["groups"] for alert in group["rules"]]
    assert alerts and all(alert["labels"]["severity"] in ("critical", "warning") for alert in alerts)
    assert all(alert["annotations"]["summary"] and alert["annotations"]["description"] for alert in alerts)
