"""A team's Airflow that runs on the sandbox: its image, packages, options, secrets, pools, DAGs of a private repository, values and manifests."""

import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from airflow_ui import eventually, logged_in
from roundtrip_world import ROOT, boxed

from sandbox import node, postgres

sys.path.append(str(ROOT / "tests" / "airflow"))

from git_server import NAME, GitServer  # noqa: E402

DAG = "/api/v2/dags/team_dag"
INSTALL = 1200
lacking = node.missing() or postgres.missing() or (None if shutil.which("git") else "git is not on the PATH")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(lacking is not None, reason=str(lacking))]

CODE = """
import os

from airflow.sdk import DAG, Variable, task
from airflow.sdk.bases.hook import BaseHook

with DAG("team_dag", schedule=None):

    @task(pool="warehouse")
    def say():
        import cowsay

        connection = BaseHook.get_connection("warehouse")
        print("version:", "VERSION", "package:", cowsay.__version__, "connection:", connection.host, connection.login)
        print("variable:", Variable.get("greeting"), "environment:", os.environ["TEAM"], "rights:", sorted(secrets_of_others()))

    def secrets_of_others():
        import boto3
        from botocore.exceptions import ClientError

        for secret in ("airflow-sandbox/airflow/fernet-key", "airflow-sandbox/database/master", "another/connections/x"):
            try:
                boto3.client("secretsmanager").get_secret_value(SecretId=secret)
                yield f"reads {secret}"
            except ClientError as error:
                yield error.response["Error"]["Code"]

    say()
"""
MANIFEST = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "of-the-team", "namespace": "airflow"}, "data": {"a": "1"}}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A private repository with the DAG."""
    server = GitServer(tmp_path_factory.mktemp("git")).start()
    server.push("team.py", CODE.replace("VERSION", "one"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def team(repository):
    """A box whose inventory is a team's, with the Airflow of that team running."""
    with boxed() as box:
        box.inventory = inventory(box, repository)
        box.up(60, True, "--pods", "processes")
        build_image(box)
        box.tell("outside", {"name": NAME, "port": 22, "at": repository.port})
        secrets = box.client("secretsmanager")
        secrets.create_secret(Name="team/git", SecretString=json.dumps({"private_key": repository.deploy_key}))
        secrets.create_secret(
            Name="team/connections/warehouse", SecretString=json.dumps({"conn_type": "postgres", "host": "warehouse.example.com", "login": "etl"})
        )
        secrets.create_secret(Name="team/variables/greeting", SecretString="hello")
        box.installed = box.done("install", limit=INSTALL)
        yield box


@pytest.fixture(scope="module")
def ui(team):
    return logged_in(team)


def inventory(box, repository):
    folder = box.directory / "inventory"
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "team.yaml").write_text(yaml.safe_dump(MANIFEST))
    (folder / "requirements.txt").write_text("cowsay==6.1\n")
    (folder / "airflow.yaml").write_text("config: {core: {parallelism: 7}}\n")
    settings = {
        "account_id": "123456789012",
        "endpoint_public_cidrs": ["52.94.76.10/32"],
        "chart_mirror": str(ROOT / "sandbox/charts"),
        "db_deletion_protection": False,
        "airflow_image": "registry.example.com/team/airflow",
        "airflow_packages": "requirements.txt",
        "airflow_config": {"core.max_active_tasks_per_dag": 5},
        "airflow_env": {"TEAM": "a"},
        "airflow_secrets": "team",
        "airflow_policies": {"worker": ["arn:aws:iam::aws:policy/AmazonAthenaFullAccess"]},
        "airflow_pools": {"warehouse": 2},
        "dags_repo": f"git@{NAME}:dags.git",
        "dags_secret": "team/git",
        "dags_known_hosts": [repository.known_host],
        "values": {"airflow": {"config": {"core": {"parallelism": 9}}}},
        "values_files": {"airflow": "airflow.yaml"},
        "manifests": "manifests",
    }
    file = folder / "team.py"
    file.write_text(f"deployments = [('@sandbox/airflow-sandbox', {settings!r})]\n")
    return file


def build_image(box):
    """`make image`, with the sandbox's stand-in of docker on the PATH."""
    programs = box.directory / "bin"
    programs.mkdir()
    (programs / "docker").write_text(f'#!/bin/sh\nexec {sys.executable} -m sandbox.docker "$@"\n')
    (programs / "docker").chmod(0o755)
    environment = {**box.environment, "PATH": f"{programs}:{box.environment['PATH']}", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "deploys.image", str(box.inventory)]
    built = subprocess.run(command, cwd=box.directory, env=environment, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr


def lines(team, ui, run: str) -> str:
    """What the task of a run said, from S3."""
    log = json.dumps(ui("GET", f"{DAG}/dagRuns/{run}/taskInstances/say/logs/1"))
    key = re.search(r"s3://([^/]+)/([^\"]+attempt=1\.log)", log)
    return team.client("s3").get_object(Bucket=key[1], Key=key[2])["Body"].read().decode()


def ran(ui) -> dict:
    run = ui("POST", f"{DAG}/dagRuns", {"logical_date": None})["dag_run_id"]
    return eventually(lambda: (found := ui("GET", f"{DAG}/dagRuns/{run}"))["state"] in ("success", "failed") and found, 300)


def test_the_plan_names_what_is_laid_over_and_a_second_install_changes_nothing(team):
    assert "value config.core.parallelism of airflow is 9, which the project leaves to the chart" in team.installed.output
    again = team.done("install")
    assert (again.writes, again.changed) == ([], [])
    assert "DAG bundle dags" not in team.done("verify").output.partition("does not work")[2]


def test_a_task_has_the_package_the_connection_the_variable_and_no_secret_of_others(team, ui):
    eventually(lambda: ui.find(DAG), 180)
    ui("PATCH", DAG, {"is_paused": False})
    run = ran(ui)
    said = lines(team, ui, run["dag_run_id"])
    assert run["state"] == "success", said
    assert "version: one package: 6.1 connection: warehouse.example.com etl" in said
    assert "variable: hello environment: a rights: ['AccessDeniedException', 'AccessDeniedException', 'AccessDeniedException']" in said


def test_options_pools_and_manifests_are_there(team, ui):
    written = team.tool(
        "kubectl", "--namespace", "airflow", "exec", "deployment/airflow-scheduler", "--container", "scheduler", "--", "cat", "/opt/airflow/airflow.cfg"
    )
    assert "\nparallelism = 9\n" in written and "\nmax_active_tasks_per_dag = 5\n" in written
    assert ui("GET", "/api/v2/pools/warehouse")["slots"] == 2
    assert json.loads(team.tool("kubectl", "--namespace", "airflow", "get", "configmap", "of-the-team", "--output", "json"))["data"] == {"a": "1"}


def test_a_push_becomes_a_new_version_of_the_dag(team, ui, repository):
    versions = lambda: {version["bundle_version"] for version in ui("GET", f"{DAG}/dagVersions")["dag_versions"]}  # noqa: E731
    before = versions()
    another = CODE.replace("VERSION", "two").replace("def say", "def say_it").replace("    say()", '    say_it.override(task_id="say")()')
    commit = repository.push("team.py", another)
    eventually(lambda: commit in versions(), 240)
    assert before and commit not in before
    assert "version: two" in lines(team, ui, ran(ui)["dag_run_id"])


def test_a_policy_that_somebody_attached_is_named_and_stays(team):
    role, by_hand = "airflow-sandbox-us-west-2-airflow-worker", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    team.client("iam").attach_role_policy(RoleName=role, PolicyArn=by_hand)
    again = team.done("install")
    assert again.writes == [] and f"policy {by_hand} of role {role} is in no setting" in again.output


def test_a_revoked_key_is_a_line_of_verify(team, repository):
    repository.revoke()
    told = lambda: re.search(r"DAG bundle dags: not fetched: Permission denied.*", team.run("verify").output)  # noqa: E731
    assert eventually(told, 240)


def test_what_leaves_the_inventory_leaves_the_cluster(team):
    shutil.rmtree(team.inventory.parent / "manifests")
    team.inventory.write_text(team.inventory.read_text().replace("'manifests': 'manifests'", "'manifests': None"))
    team.done("install")
    assert "of-the-team" not in team.tool("kubectl", "--namespace", "airflow", "get", "configmaps", "--output", "name")


def test_cleanup_leaves_the_secrets_that_are_not_ours(team):
    team.done("cleanup", limit=INSTALL)
    kept = {secret["Name"] for secret in team.client("secretsmanager").list_secrets()["SecretList"]}
    assert kept >= {"team/git", "team/connections/warehouse", "team/variables/greeting"}
