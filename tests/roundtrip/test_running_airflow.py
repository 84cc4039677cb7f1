"""An Airflow that runs on the sandbox: installed with the values of AWS, logged in to, a DAG green, its log from S3, and nothing of it left."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request

import pytest
from airflow_ui import eventually, logged_in
from roundtrip_world import ROOT, boxed

from sandbox import node, postgres

DAG = "/api/v2/dags/hello_world_scheduled_dag"
GREEN = 240
"""For the first run to be green on a loaded machine (seconds)."""
INSTALL = 1200
lacking = node.missing() or postgres.missing()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(lacking is not None, reason=str(lacking))]


@pytest.fixture(scope="module")
def running():
    """A box with an Airflow that runs."""
    with boxed() as box:
        box.up(60, True, "--pods", "processes")
        box.done("install", limit=INSTALL)
        yield box


@pytest.fixture(scope="module")
def ui(running):
    """Logged in to with what the sandbox prints."""
    return logged_in(running)


def test_the_platform_is_as_declared_and_its_parts_are_healthy(running, ui):
    assert "airflow-sandbox is as declared and works" in running.done("verify").output
    health = ui("GET", "/api/v2/monitor/health")
    assert {part: told["status"] for part, told in health.items()} == dict.fromkeys(("metadatabase", "scheduler", "triggerer", "dag_processor"), "healthy")


def test_no_pod_is_played_and_none_has_an_address_of_the_sandbox_among_its_variables(running):
    pods = json.loads(running.tool("kubectl", "--namespace", "airflow", "get", "pods", "--output", "json"))["items"]
    assert len(pods) >= 10 and not [pod["metadata"]["name"] for pod in pods if "sandbox/played-by" in pod["metadata"].get("annotations", {})]
    variables = running.tool("kubectl", "--namespace", "airflow", "exec", "deployment/airflow-scheduler", "--container", "scheduler", "--", "env")
    assert "AWS_ENDPOINT_URL" not in variables and "127.0.0.1" not in variables.replace("http://169.254.170.23", "")


def test_a_dag_is_green_and_its_log_comes_from_s3(running, ui):
    eventually(lambda: ui.find(DAG), 120)
    began = time.monotonic()
    ui("PATCH", DAG, {"is_paused": False})
    ended = lambda: [run for run in ui("GET", f"{DAG}/dagRuns")["dag_runs"] if run["state"] in ("success", "failed")]  # noqa: E731
    (run,) = eventually(ended, GREEN)
    print(f"green after {time.monotonic() - began:.0f} s")
    assert run["state"] == "success"
    log = json.dumps(ui("GET", f"{DAG}/dagRuns/{run['dag_run_id']}/taskInstances/hello_world/logs/1"))
    key = re.search(r"s3://([^/]+)/([^\"]+attempt=1\.log)", log)
    assert key and "Hello" in running.client("s3").get_object(Bucket=key[1], Key=key[2])["Body"].read().decode()


def test_the_ui_is_opened_through_a_tunnel(running):
    """As a person does it: until Ctrl-C."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(running.command("open"), cwd=ROOT, env=running.environment, text=True, **pipes) as opening:
        said = next(line for line in opening.stdout if "http://127.0.0.1:" in line)
        assert "admin, password: aws secretsmanager get-secret-value" in said
        address = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        for _ in range(3):
            with urllib.request.urlopen(f"{address}/api/v2/monitor/health", timeout=60) as answer:
                assert json.load(answer)["metadatabase"]["status"] == "healthy"
        opening.send_signal(signal.SIGINT)
        rest = opening.stdout.read()
    assert opening.returncode == 0 and "the tunnel is closed" in rest


def test_killed_with_force_it_leaves_nothing(running):
    os.kill(running.daemon["pid"], signal.SIGKILL)
    eventually(lambda: not running.processes(), 30)
    assert running.sandbox("down").returncode == 0 and not running.home.exists()
