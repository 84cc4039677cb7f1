"""The Airflow release: its values pass upstream's schema, avoid the chart's traps and make the workloads of the picture."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from connectors.kubernetes.manifest import merge, values
from deploys.platform.airflow_objects import airflow_values
from settings import Settings
from settings.root import ROOT

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["1.2.3.4/32"]}


def declared(**settings) -> dict:
    return json.loads(json.dumps(airflow_values(Settings.of({**LEAST, **settings})), default=str))


DECLARED = {
    "volume": declared(),
    "repository": declared(dags_repo="https://github.com/example/dags.git", dags_subpath="dags"),
    "sidecar": declared(dags_repo="https://github.com/example/dags.git", dags_subpath="dags", dags_fetch="git-sync"),
    "domain": declared(domain="airflow.example.com"),
    "history": declared(metadata_keep_days=90),
}
MODES = pytest.mark.parametrize("mode", DECLARED)

WORKLOADS = {
    "Deployment/airflow-api-server": 2,
    "Deployment/airflow-scheduler": 2,
    "Deployment/airflow-dag-processor": 1,
    "Deployment/airflow-triggerer": 1,
    "Deployment/airflow-statsd": 1,
    "Deployment/airflow-pgbouncer": 2,
    "Job/airflow-run-airflow-migrations": None,
    "Job/airflow-create-user": None,
}
ACCOUNTS = {
    "Deployment/airflow-api-server": "airflow-api-server",
    "Deployment/airflow-scheduler": "airflow-scheduler",
    "Deployment/airflow-dag-processor": "airflow-dag-processor",
    "Deployment/airflow-triggerer": "airflow-triggerer",
}


def merged(mode: str) -> dict:
    return values("airflow", DECLARED[mode])


def at(tree, path: str):
    for key in path.split("."):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


@pytest.fixture(scope="session")
def schema() -> dict:
    folder = os.environ.get("REFERENCE")
    if not folder:
        pytest.skip("REFERENCE is unset: upstream's schema of the Airflow chart is in the folder it names")
    file = Path(folder) / "airflow/values.schema.json"
    assert file.is_file(), f"REFERENCE is {folder}, and {file} is not there"
    return json.loads(file.read_text())


@MODES
def test_values_pass_upstreams_schema(schema, mode):
    problems = [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in Draft7Validator(schema).iter_errors(merged(mode))]
    assert problems == []


def test_every_top_level_key_is_one_of_upstreams(schema):
    """The schema lets unknown keys at the top and under workers.kubernetes pass."""
    assert set(merged("domain")) <= set(schema["properties"])
    assert set(at(merged("domain"), "workers.kubernetes")) <= set(schema["properties"]["workers"]["properties"]["kubernetes"]["properties"])


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("executor", "KubernetesExecutor"),
        ("airflowVersion", "3.3.2"),
        ("postgresql.enabled", False),
        ("redis.enabled", False),
        ("migrateDatabaseJob.useHelmHooks", False),
        ("migrateDatabaseJob.applyCustomEnv", False),
        ("createUserJob.useHelmHooks", False),
        ("createUserJob.applyCustomEnv", False),
        ("webserver.defaultUser", None),
        ("triggerer.persistence.enabled", False),
        ("logs.persistence.enabled", False),
        ("config.logging.remote_logging", "True"),
        ("config.logging.remote_log_conn_id", "aws_default"),
        ("workers.kubernetes.serviceAccount.create", False),
        ("workers.kubernetes.serviceAccount.name", "airflow-worker"),
        ("ingress", None),
    ],
)
def test_trap_is_avoided(path, wanted):
    assert at(merged("volume"), path) == wanted


@pytest.mark.parametrize("path", ["fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName", "data.metadataSecretName", "data.brokerUrlSecretName"])
def test_chart_generates_no_secret(path):
    assert at(merged("volume"), path).startswith("airflow-platform-")


@pytest.mark.parametrize("path", ["pgbouncer.configSecretName", "pgbouncer.metricsExporterSidecar.statsSecretName"])
def test_pool_has_secrets_of_ours(path):
    assert at(merged("volume"), path).startswith("airflow-platform-")


def test_pods_wait_longer_for_the_database_than_the_chart_gives_them():
    assert at(merged("volume"), "images.migrationsWaitTimeout") >= 600


def test_configuration_holds_strings():
    """The chart writes them into airflow.cfg as they print: a YAML true would read "true"."""
    config = merged("domain")["config"]
    assert [value for section in config.values() for value in section.values() if not isinstance(value, str)] == []


def test_connections_are_declared_without_a_secret():
    connections = {item["name"]: json.loads(item["value"]) for item in merged("volume")["env"]}
    assert connections == {
        "AIRFLOW_CONN_AWS_DEFAULT": {"conn_type": "aws"},
        "AIRFLOW_CONN_KUBERNETES_DEFAULT": {"conn_type": "kubernetes", "extra": {"in_cluster": True}},
    }


def test_password_is_in_no_argument():
    job = merged("volume")["createUserJob"]
    assert {item["name"]: item["valueFrom"]["secretKeyRef"]["name"] for item in job["env"]}["ADMIN_PASSWORD"] == "airflow-platform-admin"
    commands = re.findall(r"airflow [^\n|]*", job["args"][-1])
    assert len(commands) == 3 and not any("ADMIN_PASSWORD" in command for command in commands)


def test_only_what_the_nodes_have_is_asked_for():
    """Three m5.xlarge leave about 11 CPUs and 42 GiB; the add-ons want the larger part."""
    wanted, units = merged("volume"), {"Mi": 1, "Gi": 1024}
    cpu = memory = 0
    for part in ("apiServer", "scheduler", "dagProcessor", "triggerer", "pgbouncer", "statsd"):
        requests, replicas = at(wanted, f"{part}.resources.requests"), at(wanted, f"{part}.replicas") or 1
        cpu += int(requests["cpu"].removesuffix("m")) * replicas
        memory += int(requests["memory"][:-2]) * units[requests["memory"][-2:]] * replicas
    assert cpu <= 3500 and memory <= 8 * 1024


@MODES
def test_stand_in_makes_the_picture(render, mode):
    live = render(merged(mode))
    found = {name: item["spec"].get("replicas") for name, item in live.items() if item["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job")}
    assert found == WORKLOADS
    assert {name: live[name]["spec"]["template"]["spec"]["serviceAccountName"] for name in ACCOUNTS} == ACCOUNTS
    assert not any(name.startswith("Secret/") for name in live)


def test_service_accounts_are_made_once(render):
    """helm refuses to adopt an account that was made by a manifest."""
    ours = {f"ServiceAccount/{item['metadata']['name']}" for item in yaml.safe_load_all((ROOT / "manifests/airflow-service-accounts.yaml").read_text())}
    assert not ours & set(render(merged("volume")))
    assert ours >= {f"ServiceAccount/{name}" for name in [*ACCOUNTS.values(), "airflow-worker"]}


@MODES
def test_core_pods_stay_on_the_core_nodes(render, mode):
    places = {name: render(merged(mode))[name]["spec"]["template"]["spec"]["nodeSelector"] for name in WORKLOADS}
    assert set(map(str, places.values())) == {str({"eks.amazonaws.com/nodegroup": "core-node-group"})}


def test_task_pods_are_not_disturbed_and_can_be_placed_elsewhere(render):
    elsewhere = merge(DECLARED["volume"], {"workers": {"kubernetes": {"nodeSelector": {"karpenter.sh/nodepool": "tasks"}}}})
    pod = yaml.safe_load(render(values("airflow", elsewhere))["ConfigMap/airflow-config"]["data"]["pod_template_file.yaml"])
    assert pod["metadata"]["annotations"] == {"karpenter.sh/do-not-disrupt": "true"}
    assert pod["spec"]["serviceAccountName"] == "airflow-worker"
    assert pod["spec"]["nodeSelector"] == {"karpenter.sh/nodepool": "tasks"}


def test_pods_of_failed_tasks_go_in_the_night(render):
    """Not at once: a person looks at them. What waits for a node is not theirs to take."""
    live = render(merged("volume"))
    job = live["CronJob/airflow-cleanup"]["spec"]
    pod = job["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", job["schedule"]) and (job["failedJobsHistoryLimit"], job["successfulJobsHistoryLimit"]) == (1, 1)
    assert container["args"][-1] == "exec airflow kubernetes cleanup-pods --namespace=airflow --min-pending-minutes=1440"
    assert container["resources"]["requests"] and container["resources"]["limits"]["memory"]
    assert live["Role/airflow-cleanup-role"]["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "delete"]}]
    assert [subject["name"] for subject in live["RoleBinding/airflow-cleanup-rolebinding"]["subjects"]] == [pod["serviceAccountName"]]
    assert "ServiceAccount/airflow-cleanup" in live


@pytest.mark.parametrize(
    ("mode", "folder", "bundles", "volume"),
    [
        ("volume", "/opt/airflow/dags", ["dags-folder", "samples"], {"persistentVolumeClaim": {"claimName": "airflow-dags"}}),
        ("sidecar", "/opt/airflow/dags/repo/dags", ["dags-folder"], {"emptyDir": {}}),
    ],
)
def test_each_source_of_dags_has_a_folder_of_its_own(render, mode, folder, bundles, volume):
    live = render(merged(mode))
    config = live["ConfigMap/airflow-config"]["data"]["airflow.cfg"]
    assert re.search(r"^dags_folder = (.*)$", config, re.M)[1] == folder
    assert [bundle["name"] for bundle in json.loads(re.search(r"^dag_bundle_config_list = (.*)$", config, re.M)[1])] == bundles
    processor = live["Deployment/airflow-dag-processor"]["spec"]["template"]["spec"]
    task = yaml.safe_load(live["ConfigMap/airflow-config"]["data"]["pod_template_file.yaml"])["spec"]
    for pod in (processor, task):
        named = {item.pop("name"): item for item in pod["volumes"]}
        assert named["dags"] == volume
        assert {mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]} >= {"/opt/airflow/dags", "/opt/airflow/samples"}


@pytest.mark.parametrize("path", ["fernetKeySecretName", "data.metadataSecretName", "pgbouncer.configSecretName", "workers.kubernetes.serviceAccount.name"])
def test_stand_in_fails_where_upstream_would_invent_something(render, path):
    emptied = None
    for key in reversed(path.split(".")):
        emptied = {key: emptied}
    answer = render(merge(merged("volume"), emptied), check=False)
    assert answer.returncode != 0 and f"{path} is empty" in answer.stderr


def test_old_history_leaves_the_database_where_that_is_wanted(render):
    cron = "CronJob/airflow-database-cleanup"
    assert cron not in render(merged("volume"))
    pod = render(merged("history"))[cron]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    script = container["args"][-1]
    assert '--date="-90 days"' in script and "export-archived" in script and "metadata-archive/" in script
    assert pod["serviceAccountName"] == "airflow-worker", "its role writes where the task logs are"
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    compile(script.partition("<<'END'\n")[2].partition("\nEND")[0], "upload", "exec")
