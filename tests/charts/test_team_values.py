"""What a team brings reaches every component, task pod and job of the Airflow release."""

import configparser
import json
import re

import pytest
import yaml

from connectors.kubernetes.manifest import manifest, values
from deploys.platform import platform
from settings import Settings
from settings.tasks import COMPONENTS

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]}
REGISTRY = "123456789012.dkr.ecr.us-west-2.amazonaws.com/airflow"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
OTHERS = ("apache/airflow:airflow-pgbouncer", "quay.io/prometheus/statsd-exporter", "registry.k8s.io/git-sync")


def wants(**given) -> dict:
    return {str(want): want for want in platform(Settings.of({**LEAST, **given})) if want.present}


def pods(render, **given) -> dict[str, dict]:
    """The specification of every pod of the release, of the task's and of the database job, by name."""
    live = render(values("airflow", yaml.safe_load(yaml.safe_dump(plain(wants(**given)["helm.release airflow"].fields["overlay"])))))
    found = {name: item["spec"]["template"]["spec"] for name, item in live.items() if item["kind"] in ("Deployment", "Job")}
    found["cleanup"] = live["CronJob/airflow-cleanup"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    found["task"] = yaml.safe_load(live["ConfigMap/airflow-config"]["data"]["pod_template_file.yaml"])["spec"]
    job = wants(**given)["k8s.bundle database-user"].fields["overlay"]["Job/airflow-database-user"]
    return {**found, "database": job["spec"]["template"]["spec"]}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)


def containers(render, **given) -> dict[str, dict]:
    every = [
        (f"{name} {container['name']}", container)
        for name, pod in pods(render, **given).items()
        for container in [*pod.get("initContainers", []), *pod["containers"]]
    ]
    return {name: container for name, container in every if not container["image"].startswith(OTHERS)}


@pytest.mark.parametrize("image", [f"{REGISTRY}:3.3.2-team", f"{REGISTRY}@{DIGEST}", f"{REGISTRY}:3.3.2@{DIGEST}", "localhost:5000/airflow:1"])
def test_an_image_is_everywheres(render, image):
    assert {container["image"] for container in containers(render, airflow_image=image).values()} == {image}


def test_without_one_it_is_the_official_one(render):
    found = containers(render)
    assert {container["image"] for container in found.values()} == {"apache/airflow:3.3.2"}
    assert len(found) >= 11 and {"task base", "database database-user", "Job/airflow-run-airflow-migrations run-airflow-migrations"} <= {*found}


def test_the_login_to_its_registry_is_every_pods(render):
    given = {"airflow_image": "registry.example.com/airflow:1", "airflow_image_secret": "team/registry"}
    assert {str(pod.get("imagePullSecrets")) for pod in pods(render, **given).values()} == {"[{'name': 'airflow-platform-image'}]"}
    bundle = wants(**given)["k8s.bundle airflow-platform-image"].fields["objects"][0]
    assert (bundle["metadata"]["name"], bundle["type"]) == ("airflow-platform-image", "kubernetes.io/dockerconfigjson")
    assert str(bundle["stringData"][".dockerconfigjson"]) == "<secrets.SecretValue team/registry>"
    assert wants(**given)["secrets.given team/registry"].fields == {"fields": ["auths"], "setting": "airflow_image_secret"}
    assert not {"k8s.bundle airflow-platform-image"} & {*wants()}


def test_variables_stand_beside_the_projects_own(render):
    found = containers(render, airflow_env={"DBT_TARGET": "prod"})
    for name, container in found.items():
        env = {item["name"]: item.get("value") for item in container["env"]}
        job = "Job/" in name or name.startswith(("cleanup", "database"))
        assert job or (env["DBT_TARGET"], env["AIRFLOW_CONN_AWS_DEFAULT"]) == ("prod", '{"conn_type": "aws"}'), name
    assert "task base" in found


def test_connections_come_from_secrets_manager_but_for_the_projects_own(render):
    overlay = plain(wants(airflow_secrets="team/airflow")["helm.release airflow"].fields["overlay"])
    written = render(values("airflow", overlay))["ConfigMap/airflow-config"]["data"]["airflow.cfg"]
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(written)
    kwargs = json.loads(config["secrets"]["backend_kwargs"])
    assert config["secrets"]["backend"].endswith(".SecretsManagerBackend")
    assert (kwargs["connections_prefix"], kwargs["variables_prefix"], kwargs["config_prefix"]) == ("team/airflow/connections", "team/airflow/variables", None)
    asked = [name for name in ("warehouse", "aws_default_2", "aws_default", "kubernetes_default") if re.match(kwargs["connections_lookup_pattern"], name)]
    assert asked == ["warehouse", "aws_default_2"]
    for component in COMPONENTS:
        (statement,) = wants(airflow_secrets="team/airflow")[f"iam.role airflow-dev-us-west-2-airflow-{component}"].fields["policies"]["secrets"]["Statement"]
        arns = [f"arn:aws:secretsmanager:us-west-2:123456789012:secret:team/airflow/{kind}/*" for kind in ("connections", "variables")]
        assert (statement["Action"], statement["Resource"]) == ("secretsmanager:GetSecretValue", arns)


def test_a_component_gets_its_policies():
    reader, statement = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", {"Effect": "Allow", "Action": "athena:StartQueryExecution", "Resource": "*"}
    found = wants(airflow_policies={"worker": [reader, statement]})
    worker, scheduler = (found[f"iam.role airflow-dev-us-west-2-airflow-{component}"].fields for component in ("worker", "scheduler"))
    assert (worker["managed"], worker["policies"]["team"]["Statement"], worker["shared"]) == ([reader], [statement], True)
    assert (scheduler["managed"], list(scheduler["policies"]), scheduler["shared"]) == ([], ["logs"], True)


def test_another_list_of_pools_is_another_job():
    def job(**given) -> dict:
        bundle = wants(**given)["k8s.bundle airflow-pools"]
        return next(item for item in manifest("airflow-pools", bundle.fields["overlay"]).objects if item["kind"] == "Job")["spec"]["template"]

    four, none = job(airflow_pools={"warehouse": 4}), job(airflow_pools={})
    assert json.loads(four["metadata"]["annotations"]["airflow-on-eks/pools"]) == {"warehouse": 4} and four != none
    (container,) = job(airflow_pools={}, airflow_image="registry.example.com/airflow:1")["spec"]["containers"]
    assert container["image"] == "registry.example.com/airflow:1" and container["env"][0]["valueFrom"]["fieldRef"]
    assert "k8s.bundle airflow-pools" not in wants()


def test_options_stand_in_the_configuration(render):
    given = {"core.parallelism": 64, "core.load_examples": False, "logging.log_filename_template": "{{ ti.dag_id }}/x.log"}
    overlay = wants(airflow_config=given)["helm.release airflow"].fields["overlay"]
    lines = render(values("airflow", plain(overlay)))["ConfigMap/airflow-config"]["data"]["airflow.cfg"].splitlines()
    assert {"parallelism = 64", "load_examples = False", "log_filename_template = {{ ti.dag_id }}/x.log", "remote_logging = True"} <= {
        line.strip() for line in lines
    }
