"""A DAG is run through Airflow's API, or by its commands where no user may log in; it is as paused afterwards as before."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from pyinfra.api import HiddenValue

from connectors.airflow import dag_run
from connectors.airflow.api import REFUSED, AirflowFailure, Api
from connectors.airflow.command_line import CommandLine

DAG = "hello_world_scheduled_dag"


class Server(ThreadingHTTPServer):
    """Airflow's API as far as a run needs it: a paused DAG has no runs that begin, and of one that is not paused a run takes two questions."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.paused, self.unknown, self.ends, self.asked, self.runs = True, 0, "success", [], {}
        self.address = f"http://127.0.0.1:{self.server_port}"

    def answer(self, method, path, document, token):
        if path == "/auth/token":
            return (201, {"access_token": "token"}) if document == {"username": "admin", "password": "right"} else (401, {"detail": "Invalid credentials"})
        assert token == "Bearer token"
        self.asked.append(f"{method} {path.rpartition('/')[2]}")
        run = re.search(r"/dagRuns/([^/]+)$", path)
        if method == "POST":
            self.runs[document["dag_run_id"]] = 0
            return 200, {}
        if method == "PATCH":
            self.paused = document["is_paused"]
            return 200, {}
        if run:
            self.runs[run[1].replace("%3A", ":")] += not self.paused
            return 200, {"state": ["queued", "running", self.ends][min(self.runs[run[1].replace("%3A", ":")], 2)]}
        if "/logs/2" in path:
            return 200, {"content": [{"event": "Grüße"}]}
        if "/taskInstances/" in path:
            return 200, {"try_number": 2}
        self.unknown -= 1
        return (404, {"detail": "no such DAG"}) if self.unknown >= 0 else (200, {"is_paused": self.paused})


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers["Content-Length"] or 0)
        document = json.loads(self.rfile.read(length)) if length else None
        status, answer = self.server.answer(self.command, self.path, document, self.headers["Authorization"])
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_POST = do_PATCH = do_GET

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(Api, "pause", 0.01)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def api(server):
    return Api(server.address, "admin", HiddenValue("right"))


@pytest.mark.parametrize("paused", [True, False])
def test_a_run_is_triggered_before_the_dag_is_let_run_and_the_dag_is_left_as_it_was(server, paused):
    server.paused = paused
    stood = []
    ran = dag_run.run(api(server), DAG, stood.append)
    assert ran.state == "success" and ran.run.startswith("verify__") and list(server.runs) == [ran.run] and "running" in stood
    assert server.paused is paused
    changes = [line for line in server.asked if not line.startswith("GET")]
    assert changes == (["POST dagRuns", f"PATCH {DAG}", f"PATCH {DAG}"] if paused else ["POST dagRuns"])


def test_a_dag_that_is_new_is_waited_for(server):
    server.unknown = 3
    assert dag_run.run(api(server), DAG, lambda line: None).state == "success"


def test_a_dag_that_stays_unknown_is_a_line(server, monkeypatch):
    server.unknown = 10**6
    monkeypatch.setattr(dag_run, "KNOWN", 0.1)
    with pytest.raises(AirflowFailure, match=f"does not know {DAG} after 0.1 s: look at the log of airflow-dag-processor"):
        dag_run.run(api(server), DAG, lambda line: None)


def test_a_run_that_fails_or_does_not_end_is_told_as_it_is(server, monkeypatch):
    server.ends = "failed"
    assert dag_run.run(api(server), DAG, lambda line: None).state == "failed"
    server.ends = "running"
    monkeypatch.setattr(dag_run, "LIMIT", 0.1)
    assert dag_run.run(api(server), DAG, lambda line: None).state == "running" and server.paused


def test_the_log_is_the_one_of_the_last_try(server):
    assert "Grüße" in api(server).log(DAG, "verify__1", "goodbye")


def test_a_user_who_may_not_log_in_is_told_from_an_airflow_that_does_not_answer(server):
    with pytest.raises(AirflowFailure, match="POST /auth/token: 401 Invalid credentials") as refused:
        Api(server.address, "admin", HiddenValue("wrong"))
    assert refused.value.status in REFUSED and "wrong" not in str(refused.value)
    server.shutdown()
    server.server_close()
    with pytest.raises(AirflowFailure, match="POST /auth/token: .*refused") as silent:
        api(server)
    assert silent.value.status == 0


def test_its_commands_do_the_same_in_the_schedulers_pod(monkeypatch):
    paused, runs, ran = [True], {}, []

    def kubectl(command):
        words = [str(word) for word in command.arguments]
        assert words[:7] == ["exec", "--namespace", "airflow", "deployment/airflow-scheduler", "--container", "scheduler", "--"] and not command.writes
        verb = words[9]
        ran.append(verb)
        if verb == "list":
            return True, "a warning\n" + json.dumps([{"dag_id": DAG, "is_paused": str(paused[0])}]), ""
        if verb == "list-runs":
            runs.update({run: "success" if not paused[0] else "queued" for run in runs})
            return True, json.dumps([{"run_id": run, "state": state} for run, state in runs.items()]), ""
        if verb == "trigger":
            runs[words[12]] = "queued"
        paused[0] = {"pause": True, "unpause": False}.get(verb, paused[0])
        return True, "", ""

    monkeypatch.setattr(CommandLine, "pause", 0.01)
    airflow = CommandLine(SimpleNamespace(run=kubectl), "airflow")
    assert dag_run.run(airflow, DAG, lambda line: None).state == "success"
    assert ran == ["list", "list", "trigger", "unpause", "list-runs", "pause"] and paused == [True]


def test_a_command_that_fails_is_a_line():
    airflow = CommandLine(SimpleNamespace(run=lambda command: (False, "", "Defaulted container\nno such command\n")), "airflow")
    with pytest.raises(AirflowFailure, match="^airflow dags list: no such command$"):
        airflow.known(DAG)
