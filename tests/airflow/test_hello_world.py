"""The sample DAG under a real scheduler, DAG processor and API server, with the release's configuration."""

import json
import urllib.error

import pytest
from airflow_processes import listening

DAG = "hello_world_scheduled_dag"


@pytest.fixture(scope="module")
def run(airflow):
    """A run of the sample, to its end and until its logs are gone from the disk, as from a pod that ended."""
    airflow.eventually("the samples are listed", lambda: len(airflow.ask("GET", "/api/v2/dags")["dags"]) == 2, 120)
    identifier = airflow.trigger(DAG)
    state = airflow.finished(DAG, identifier, 180)
    airflow.eventually("the logs are uploaded", lambda: not list((airflow.world.home / "logs").glob(f"dag_id={DAG}/run_id={identifier}/**/*.log")), 60)
    return identifier, state


def test_run_succeeds(airflow, run):
    identifier, state = run
    assert state == "success", airflow.log(DAG, identifier, "hello_world")
    assert {task: instance["state"] for task, instance in airflow.tasks(DAG, identifier).items()} == dict.fromkeys(
        ["hello_world", "count_letters", "shout", "goodbye"], "success"
    )


def test_lines_of_the_tasks_are_in_the_bucket(airflow, release, s3, run):
    """`airflow dags test` would write no remote log: only a scheduler's task does."""
    bucket, folder = release.option("logging", "remote_base_log_folder").removeprefix("s3://").split("/", 1)
    key = f"{folder}/dag_id={DAG}/run_id={run[0]}/task_id=hello_world/attempt=1.log"
    lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().splitlines()
    assert "Hello, world!" in [json.loads(line)["event"] for line in lines]


def test_lines_of_the_tasks_are_answered_by_the_api(airflow, run):
    assert "Hello, world!" in airflow.log(DAG, run[0], "hello_world")
    assert "HELLO, WORLD! That was 10 letters. Goodbye!" in airflow.log(DAG, run[0], "goodbye")


def test_each_sample_is_seen_once(airflow, run):
    seen = [(dag["dag_id"], dag["bundle_name"], dag["relative_fileloc"]) for dag in airflow.ask("GET", "/api/v2/dags")["dags"]]
    assert sorted(seen) == [
        ("example_pyspark_pi_job", "samples", "example_pyspark_pi_job.py"),
        (DAG, "samples", f"{DAG}.py"),
    ]
    assert airflow.ask("GET", "/api/v2/importErrors")["import_errors"] == []
    assert airflow.ask("GET", "/api/v2/dagWarnings")["dag_warnings"] == []


def test_only_the_generated_password_opens(airflow):
    token, airflow.token = airflow.token, ""
    try:
        for path in ("/api/v2/dags", "/api/v2/connections"):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                airflow.ask("GET", path)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            airflow.log_in("admin", "admin")
    finally:
        airflow.token = token


def test_password_is_told_nowhere(airflow, release):
    password = release.secrets["airflow-platform-admin"]["password"]
    assert [job for job, said in airflow.said.items() if password in said] == []
    assert [log.name for log in airflow.processes.directory.iterdir() if password in log.read_text(errors="replace")] == []


def test_metrics_are_sent(metrics, run):
    assert {"airflow.scheduler_heartbeat", "airflow.dag_processing.total_parse_time"} <= metrics.names


def test_nothing_but_loopback_is_listened_on(airflow, run):
    assert listening(airflow.processes.pids()) == {"0100007F"}


def test_switching_it_on_starts_the_run_of_the_last_day(airflow, run):
    """README says so: what is triggered besides waits for that one."""
    runs = airflow.ask("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]
    assert sorted(found["run_type"] for found in runs) == ["manual", "scheduled"]
