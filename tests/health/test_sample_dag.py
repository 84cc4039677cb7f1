"""What verify says of a run of the sample DAG: its end, and the log of its last task from Airflow's API and from S3."""

import contextlib
from types import SimpleNamespace

import pytest
from pyinfra.api import HiddenValue

from connectors.airflow.api import AirflowFailure
from connectors.airflow.command_line import CommandLine
from connectors.airflow.dag_run import DagRun
from deploys.health import sample_dag
from settings import Settings

GIVEN = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"], "run_dag": True}
PUBLIC = {"ingress_scheme": "internet-facing", "ingress_cidrs": ["52.94.76.0/24"], "domain": "airflow.example.com"}
KEY = f"airflow/dag_id={sample_dag.DAG}/run_id=verify__1/task_id={sample_dag.LAST}/attempt=1.log"


class Airflow:
    """Airflow's API, as one that may log in or may not."""

    def __init__(self, address, user, password):
        Airflow.address = address
        if Airflow.status:
            raise AirflowFailure("Airflow's API, POST /auth/token: no", Airflow.status)

    def log(self, dag, run, task):
        return f"... {sample_dag.SAID} ..."


@pytest.fixture
def world(monkeypatch):
    """A host whose Airflow runs the DAG, and whose bucket has the log."""
    Airflow.status, logged = 0, []
    stored = {"list_objects_v2": {"Contents": [{"Key": KEY}]}, "get_object": {"Body": f"... {sample_dag.SAID} ..."}}
    asked = []
    aws = SimpleNamespace(call=lambda call: asked.append(call.params) or stored[call.action])
    connector = SimpleNamespace(runs_pods=True, kubernetes=object(), aws=aws)
    found = SimpleNamespace(
        asked=asked,
        connector=connector,
        log=logged.append,
        get_fact=lambda fact, **_: HiddenValue("secret"),
        logged=logged,
        stored=stored,
        ran=DagRun("verify__1", "success", 42),
    )
    for name, value in {"host": found, "Api": Airflow, "LOGGED": 0.1, "PAUSE": 0.01, "run": lambda airflow, dag, stands: found.ran}.items():
        monkeypatch.setattr(sample_dag, name, value)
    monkeypatch.setattr(sample_dag, "through", lambda *_: contextlib.nullcontext("http://127.0.0.1:1"))
    return found


def rows(**changed):
    return {check.what: check for check in sample_dag.checks(Settings.of({**GIVEN, **changed}))}


def test_a_run_and_both_of_its_logs_are_rows(world):
    found = rows()
    assert list(found) == [f"run of {sample_dag.DAG}", "log of its last task, from Airflow's API", "log of its last task, from S3"]
    assert all(check.healthy and check.part == "Airflow" for check in found.values()) and found[f"run of {sample_dag.DAG}"].more == "verify__1, 42 s"


def test_the_log_is_looked_for_in_the_bucket_that_tasks_log_to(world):
    rows()
    rows(logs_bucket="corp-logs")
    ours, theirs = [(params["Bucket"], params["Prefix"]) for params in world.asked if "Prefix" in params]
    assert ours[0].startswith("airflow-logs-") and ours[1].startswith("airflow/dag_id=")
    assert theirs[0] == "corp-logs" and "/airflow/dag_id=" in theirs[1]


@pytest.mark.parametrize(("given", "address"), [({}, "http://127.0.0.1:1"), (PUBLIC, "https://airflow.example.com")])
def test_the_way_is_the_load_balancer_that_the_internet_reaches_or_a_tunnel(world, given, address):
    assert all(check.healthy for check in rows(**given).values()) and Airflow.address == address


def test_where_admin_may_not_log_in_its_commands_do_it(world, monkeypatch):
    Airflow.status, by = 401, []
    monkeypatch.setattr(sample_dag, "run", lambda airflow, dag, stands: by.append(type(airflow)) or world.ran)
    found = rows()
    assert by == [CommandLine] and list(found) == [f"run of {sample_dag.DAG}", "log of its last task, from S3"]
    assert "by kubectl exec, since admin may not log in" in found[f"run of {sample_dag.DAG}"].more


def test_an_airflow_that_does_not_answer_is_a_row(world):
    Airflow.status = 503
    (check,) = rows().values()
    assert not check.healthy and check.now == "Airflow's API, POST /auth/token: no"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda world: setattr(world, "ran", DagRun("verify__1", "failed", 42)), f"run of {sample_dag.DAG}"),
        (lambda world: world.stored.update(list_objects_v2={}), "log of its last task, from S3"),
        (lambda world: world.stored.update(get_object={"Body": "nothing of it"}), "log of its last task, from S3"),
    ],
)
def test_what_is_missing_is_the_row_that_fails(world, change, what):
    change(world)
    assert [check.what for check in rows().values() if not check.healthy] == [what]


def test_nothing_runs_unless_it_is_asked_for_and_something_runs_there(world, monkeypatch):
    assert rows(run_dag=False) == {} and world.logged == []
    monkeypatch.setattr(sample_dag.sys, "argv", ["pyinfra", "--dry"])
    assert rows() == {}
    monkeypatch.setattr(sample_dag.sys, "argv", ["pyinfra"])
    assert rows(dags_repo="https://github.com/example/dags.git") == {} and "it is not there" in world.logged.pop()
    world.connector.runs_pods = False
    assert rows() == {} and world.logged == [f"{sample_dag.DAG} is not run: no container runs here"]
