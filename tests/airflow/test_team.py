"""What a team brings, read by Airflow itself: a private repository over SSH, connections from Secrets Manager, pools."""

import json
import subprocess
from configparser import RawConfigParser

import boto3
import pytest
from airflow_release import render, settings
from git_server import NAME, GitServer

from connectors.commands.reference import Json, Ref, Text
from connectors.kubernetes.manifest import documents, values
from deploys.health.dags import fetched
from deploys.platform import airflow_dags, airflow_objects

BUNDLE = """
import json, os
from airflow.dag_processing.bundles.manager import DagBundlesManager
(bundle,) = DagBundlesManager().get_all_dag_bundles()
bundle.initialize()
bundle.refresh()
print(json.dumps({"name": bundle.name, "version": bundle.get_current_version().version, "files": sorted(set(os.listdir(bundle.path)) - {".git"})}))
"""
SECRETS = """
import json
from airflow.sdk.configuration import get_custom_secret_backend
backend = get_custom_secret_backend(worker_mode=True)
connection = backend.get_connection("warehouse")
print(json.dumps([connection.host, connection.login, backend.get_variable("greeting"), backend.get_connection("aws_default"), backend.get_connection("none")]))
"""

POOLS = """
import json, os
from sqlalchemy import select
from airflow.models.pool import Pool
from airflow.utils.session import create_session
found = []
for pools in {wanted!r}:
    os.environ["POOLS"] = json.dumps(pools)
    exec({script!r}, {{}})
    with create_session() as session:
        found.append({{pool.pool: pool.slots for pool in session.scalars(select(Pool))}})
print(json.dumps(found))
"""


def known(value, secrets: dict):
    """The value as it is applied."""
    if isinstance(value, dict):
        return {key: known(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item, secrets) for item in value]
    if isinstance(value, Json):
        return json.dumps(known(value.document, secrets))
    if isinstance(value, Text):
        return value.template.format(**{key: known(part, secrets) for key, part in value.parts.items()})
    return secrets.get(value.arguments["secret"], {}).get(value.arguments.get("field"), "") if isinstance(value, Ref) else value


class Reader:
    """Airflow with the configuration and variables of a team's DAG processor."""

    def __init__(self, programs, home, given: dict, secrets: dict, **variables: str):
        self.python = programs / "bin/python"
        team = settings(**given)
        overlay = airflow_objects.airflow_values(team)
        live = render({**known(values("airflow", {key: item for key, item in overlay.items() if key not in ("airflowPodAnnotations", "pgbouncer")}), secrets)})
        container = live["Deployment/airflow-dag-processor"]["spec"]["template"]["spec"]["containers"][0]
        opened = known(airflow_dags.git_secret(team)["stringData"], secrets)
        held = {item["name"]: opened[item["valueFrom"]["secretKeyRef"]["key"]] for item in container["env"] if item["name"].startswith("AIRFLOW_CONN_DAGS")}
        home.mkdir()
        (home / "airflow.cfg").write_text(live["ConfigMap/airflow-config"]["data"]["airflow.cfg"])
        (home / "known_hosts").write_text(opened["known_hosts"])
        held = {name: value.replace(airflow_dags.KNOWN_HOSTS, str(home)) for name, value in held.items()}
        self.options = RawConfigParser()
        self.options.read(home / "airflow.cfg")
        self.environment = {"AIRFLOW_HOME": str(home), "HOME": str(home), "PATH": f"{programs / 'bin'}:/usr/bin:/bin", **held, **variables}

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.python, "-c", script], env={**self.environment, **variables}, capture_output=True, text=True)

    def answer(self, script: str):
        done = self.run(script)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    server = GitServer(tmp_path_factory.mktemp("git")).start()
    server.push("one.py", "")
    yield server
    server.stop()


@pytest.fixture
def reader(programs, repository, tmp_path):
    """Reads the repository at the server's port, since a test cannot have 22: no other than these two words of the settings is changed."""
    given = {
        "dags_repo": f"ssh://git@{NAME}:{repository.port}/dags.git",
        "dags_secret": "team/git",
        "dags_known_hosts": [repository.known_host.replace(NAME, f"[{NAME}]:{repository.port}")],
    }
    hosts = tmp_path / "ssh_config"
    hosts.write_text(f"Host {NAME}\n  HostName 127.0.0.1\n  HostKeyAlias [{NAME}]:{repository.port}\n")
    found = Reader(programs, tmp_path / "home", given, {"team/git": {"private_key": repository.deploy_key.strip()}})
    connection = json.loads(found.environment["AIRFLOW_CONN_DAGS_DAGS"])
    connection["extra"]["ssh_config_file"] = str(hosts)
    found.environment["AIRFLOW_CONN_DAGS_DAGS"] = json.dumps(connection)
    return found


def test_a_private_repository_is_a_bundle_whose_version_is_the_commit(reader, repository):
    commit = repository.push("two.py", "")
    assert reader.answer(BUNDLE) == {"name": "dags", "version": commit, "files": ["one.py", "two.py"]}


def test_a_server_with_another_key_is_refused(reader, repository):
    other = GitServer(repository.work.parent / "other").known_host
    hosts = reader.environment["AIRFLOW_HOME"] + "/known_hosts"
    with open(hosts, "w") as file:
        file.write(other.replace(NAME, f"[{NAME}]:{repository.port}") + "\n")
    done = reader.run(BUNDLE)
    assert done.returncode != 0
    assert fetched("dags", ["Error initializing bundle dags: x", *done.stderr.splitlines()]) == "not fetched: Host key verification failed"


def test_a_revoked_key_is_told_as_verify_tells_it(reader, repository):
    repository.revoke()
    try:
        done = reader.run(BUNDLE)
    finally:
        repository.allow()
    assert done.returncode != 0
    assert fetched("dags", ["Error initializing bundle dags: x", *done.stderr.splitlines()]).startswith("not fetched: Permission denied (publickey)")


def test_connections_and_variables_come_from_secrets_manager(programs, s3, tmp_path):
    reader = Reader(programs, tmp_path / "home", {"airflow_secrets": "team"}, {}, **s3.variables)
    keys = {name: s3.variables[name.upper()] for name in ("aws_access_key_id", "aws_secret_access_key")}
    client = boto3.client("secretsmanager", endpoint_url=s3.variables["AWS_ENDPOINT_URL"], region_name=s3.variables["AWS_DEFAULT_REGION"], **keys)
    client.create_secret(Name="team/connections/warehouse", SecretString='{"conn_type": "postgres", "host": "warehouse.example.com", "login": "etl"}')
    client.create_secret(Name="team/variables/greeting", SecretString="hello")
    assert reader.answer(SECRETS) == ["warehouse.example.com", "etl", "hello", None, None]


def test_pools_are_made_changed_and_removed(airflow, release):
    script = next(item for item in documents("manifests/airflow-pools.yaml") if item["kind"] == "ConfigMap")["data"]["pools.py"]
    environment = airflow.environment(release.container("Deployment/airflow-scheduler"))
    airflow.ask("POST", "/api/v2/pools", {"name": "of_somebody", "slots": 1})
    wanted = [{"warehouse": 2, "api": 3}, {"warehouse": 5}, {}]
    job = POOLS.format(script=script, wanted=wanted)
    done = subprocess.run([airflow.programs / "bin/python", "-c", job], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    others = {"default_pool": 128, "of_somebody": 1}
    assert json.loads(done.stdout.splitlines()[-1]) == [{**others, **pools} for pools in wanted]
    assert {pool["name"] for pool in airflow.ask("GET", "/api/v2/pools")["pools"]} == {*others}
