"""An Airflow that runs on the sandbox: installed with the values of AWS, logged in to, DAGs green through every loss, and nothing of it left."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from airflow_ui import DAG, ENDED, NAME, eventually, log_in, logged_in, press
from browser import Browser, program
from roundtrip_world import ROOT, boxed

from sandbox import node, postgres

GREEN = 400
"""For a run to be green on a loaded machine, with a pod lost on the way (seconds)."""
INSTALL = 1200
MEBIBYTES = 4608
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def able():
    """A machine on which pods can be processes."""
    if lacking := node.missing() or postgres.missing():
        pytest.skip(lacking)


@pytest.fixture(scope="module")
def running(able):
    """A box with an Airflow that runs."""
    with boxed() as box:
        box.up(60, True, "--pods", "processes")
        box.done("install", limit=INSTALL)
        yield box


@pytest.fixture(scope="module")
def ui(running):
    """Logged in to with what the sandbox prints."""
    return logged_in(running)


def kubectl(box, *words) -> str:
    return box.tool("kubectl", "--namespace", "airflow", *words)


def pods(box, selector: str, phase: str = "Running") -> list[str]:
    return kubectl(box, "get", "pods", "--selector", selector, "--field-selector", f"status.phase={phase}", "--output", "name").split()


def test_verify_runs_a_dag_and_reads_its_log_back(running, tmp_path):
    record, junit = tmp_path / "verify.json", tmp_path / "verify.xml"
    output = running.done("verify", "-v", limit=INSTALL, json=record, junit=junit).output
    assert "airflow-sandbox is as declared and works" in output
    found = {row["what"]: row for host in json.loads(record.read_text()).values() for row in host["checks"]}
    ran, logs = found[f"run of {NAME}"], [row for what, row in found.items() if what.startswith("log of its last task")]
    assert ran["now"] == "success" and [row["now"] for row in logs] == ["HELLO, WORLD! That was 10 letters. Goodbye!"] * 2
    print(ran["more"])
    assert junit.read_text().count(f"run of {NAME}") == 1 and junit.read_text().count("log of its last task") == 2


def test_the_dag_is_as_paused_as_before_and_its_parts_are_healthy(ui):
    assert ui("GET", DAG)["is_paused"] is True
    health = ui("GET", "/api/v2/monitor/health")
    assert {part: told["status"] for part, told in health.items()} == dict.fromkeys(("metadatabase", "scheduler", "triggerer", "dag_processor"), "healthy")


def test_no_pod_is_played_and_none_has_an_address_of_the_sandbox_among_its_variables(running):
    live = json.loads(kubectl(running, "get", "pods", "--output", "json"))["items"]
    assert len(live) >= 10 and not [pod["metadata"]["name"] for pod in live if "sandbox/played-by" in pod["metadata"].get("annotations", {})]
    variables = kubectl(running, "exec", "deployment/airflow-scheduler", "--container", "scheduler", "--", "env")
    assert "AWS_ENDPOINT_URL" not in variables and "127.0.0.1" not in variables.replace("http://169.254.170.23", "")


def test_status_tells_the_state_and_memory_of_each_component(running):
    told = running.sandbox("status").stdout
    rows = re.findall(r"^pod +airflow-(\S+?)-[0-9a-f]+-\S+ (\d)/\d Running, \d+ restarts, (\d+) processes, (\d+) MiB$", told, re.MULTILINE)
    assert {name for name, *_ in rows} == {"api-server", "scheduler", "dag-processor", "triggerer", "pgbouncer", "statsd"}, told
    assert all(int(memory) > 100 for name, _, _, memory in rows if name in ("api-server", "scheduler", "dag-processor", "triggerer")), told
    resident = int(re.search(r"resident +(\d+) MiB", told)[1])
    print(f"{resident} MiB")
    assert resident <= MEBIBYTES


@pytest.mark.skipif(program() is None, reason="there is no Chromium here: apt-get install chromium")
def test_in_a_browser_a_person_logs_in_triggers_the_dag_and_reads_its_log(ui):
    browser = Browser()
    try:
        log_in(browser, ui)
        browser.open(f"{ui.address}/dags", 1280, 860)
        browser.until(f"document.body.innerText.includes('{NAME}')")
        before = {run["dag_run_id"] for run in ui("GET", f"{DAG}/dagRuns")["dag_runs"]}
        browser.open(f"{ui.address}/dags/{NAME}", 1280, 860)
        press(browser, "Trigger")
        press(browser, "Trigger", -1)
        mine = lambda: [run for run in ui("GET", f"{DAG}/dagRuns")["dag_runs"] if run["dag_run_id"] not in before and run["run_type"] == "manual"]  # noqa: E731
        (run,) = eventually(mine, 60)
        ui("PATCH", DAG, {"is_paused": False})
        assert eventually(lambda: (state := ui.state(run["dag_run_id"])) in ENDED and state, GREEN) == "success"
        browser.open(f"{ui.address}/dags/{NAME}/runs/{run['dag_run_id']}/tasks/goodbye", 1280, 860)
        browser.until("document.body.innerText.includes('That was 10 letters. Goodbye!')")
        if picture := os.environ.get("PICTURE"):
            browser.picture(Path(picture))
    finally:
        browser.close()


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


def test_schedulers_killed_with_tasks_queued_come_back_and_the_run_ends_green(running, ui):
    run = ui.begin()
    eventually(lambda: "queued" in ui.tasks(run).values(), GREEN)
    kubectl(running, "delete", "--grace-period=0", "--force", *pods(running, "component=scheduler"))
    assert eventually(lambda: (state := ui.state(run)) in ENDED and state, GREEN) == "success", ui.tasks(run)
    assert eventually(lambda: len(pods(running, "component=scheduler")) == 2, 120)


@pytest.mark.parametrize("component", ["api-server", "pgbouncer", "worker"])
def test_a_pod_deleted_while_a_run_is_under_way_is_made_again_and_the_run_ends_green(running, ui, component):
    run = ui.begin()
    eventually(lambda: pods(running, "component=worker"), GREEN)
    kubectl(running, "delete", "--wait=false", pods(running, f"component={component}")[0])
    assert eventually(lambda: (state := ui.state(run)) in ENDED and state, GREEN) == "success", ui.tasks(run)
    if component != "worker":
        assert eventually(lambda: len(pods(running, f"component={component}")) == 2, 120)


def test_kubectl_says_what_it_would_say_on_a_cluster(running):
    (pod, *_) = pods(running, "component=scheduler")
    described = kubectl(running, "describe", pod)
    assert "Started" in described and "Container started: scheduler" in described and "Ready             True" in described
    assert "scheduler" in kubectl(running, "logs", pod, "--container", "scheduler").lower()
    assert kubectl(running, "exec", pod, "--container", "scheduler", "--", "airflow", "version").strip().startswith("3.")


def test_killed_with_force_it_leaves_nothing(running):
    os.kill(running.daemon["pid"], signal.SIGKILL)
    eventually(lambda: not running.processes(), 30)
    assert running.sandbox("down").returncode == 0 and not running.home.exists()


def test_another_airflow_runs_in_its_own_environment_and_cleanup_ends_all_of_it(tmp_path):
    """As a rehearsal of an upgrade begins: the release before, of its own day."""
    with boxed() as box:
        box.up(60, True, "--pods", "processes")
        box.done("install", limit=INSTALL, airflow_version="3.2.2")
        box.done("verify", limit=INSTALL, airflow_version="3.2.2")
        assert kubectl(box, "exec", "deployment/airflow-scheduler", "--container", "scheduler", "--", "airflow", "version").strip() == "3.2.2"
        began = time.monotonic()
        box.done("cleanup", limit=INSTALL, airflow_version="3.2.2", skip_final_snapshot="true")
        print(f"cleanup: {time.monotonic() - began:.0f} s")
        assert [thing for thing in box.left() if thing["type"] != "snapshot"] == [] and not re.findall(r"^pod ", box.sandbox("status").stdout, re.MULTILINE)
        node_files = list(Path(box.home).glob("clusters/*/*/node/pods/*"))
        assert node_files == [] and not list((box.home / "databases").iterdir())
