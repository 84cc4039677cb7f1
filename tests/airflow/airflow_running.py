"""A release's Airflow, started from its own configuration and commands, and its API."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from airflow_mount import mount
from airflow_overrides import ARGUMENTS, World
from airflow_processes import Processes
from airflow_release import HOME, Release

JOBS = ("Job/airflow-run-airflow-migrations", "Job/airflow-create-user")
COMPONENTS = {name: f"Deployment/airflow-{name}" for name in ARGUMENTS}
DONE = ("success", "failed")


class Airflow:
    """
    One Airflow.

    + release: what is deployed
    + world: where it runs
    + programs: the environment that has Airflow
    + processes: that its own are added to
    """

    def __init__(self, release: Release, world: World, programs: Path, processes: Processes):
        self.release, self.world, self.programs, self.processes = release, world, programs, processes
        self.address = f"http://127.0.0.1:{world.port}"
        self.token = ""
        self.said: dict[str, str] = {}

    def prepare(self) -> None:
        """The folders and files that the pods mount."""
        for folder in ("dags", "logs", "samples"):
            (self.world.home / folder).mkdir(parents=True)
        (self.world.home / "airflow.cfg").write_text(self.release.config)
        samples = next(item for item in self.release.container(COMPONENTS["dag-processor"])["volumeMounts"] if item["name"] == "samples")
        assert samples["mountPath"] == f"{HOME}/samples"
        mount(self.release.samples, self.world.home / "samples")

    def start(self) -> None:
        """Run the release's jobs, then its parts; answers when all are healthy."""
        for job in JOBS:
            container = self.release.container(job)
            answer = subprocess.run(container["args"], env=self.environment(container), capture_output=True, text=True, stdin=subprocess.DEVNULL)
            self.said[job] = answer.stdout + answer.stderr
            assert answer.returncode == 0, f"{job}: {self.said[job][-3000:]}"
        for name, workload in COMPONENTS.items():
            container = self.release.container(workload)
            self.processes.start(name, self.world.command(container, name), self.environment(container), cwd=self.world.home)
        self.eventually("all parts are healthy", self._healthy, 120)

    def environment(self, container: dict) -> dict[str, str]:
        """The environment of a container here."""
        return self.world.environment(self.release, container, self.programs)

    def _healthy(self) -> bool:
        try:
            parts = self.ask("GET", "/api/v2/monitor/health")
        except (urllib.error.URLError, ConnectionError):
            return False
        return all(parts[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))

    def log_in(self, username: str, password: str) -> None:
        """Get a token for what is asked from now on. Raises urllib.error.HTTPError."""
        self.token = self.ask("POST", "/auth/token", {"username": username, "password": password})["access_token"]

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        """Send a request to the API and answer its answer."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.address + path, None if body is None else json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def trigger(self, dag: str) -> str:
        """Switch a DAG on and press its button; answers the run's id."""
        self.ask("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})
        return self.ask("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None})["dag_run_id"]

    def finished(self, dag: str, run: str, seconds: float) -> str:
        """The state a run ends in."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}"
        return self.eventually(f"{dag} {run} is over", lambda: (state := self.ask("GET", path)["state"]) in DONE and state, seconds)

    def tasks(self, dag: str, run: str) -> dict[str, dict]:
        """The task instances of a run."""
        instances = self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return {instance["task_id"]: instance for instance in instances}

    def log(self, dag: str, run: str, task: str, attempt: int = 1) -> list[str]:
        """The events of a task's log, as the UI shows them."""
        answer = self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}")
        return [entry["event"] if isinstance(entry, dict) else entry for entry in answer["content"]]

    def eventually(self, what: str, answered, seconds: float):
        """What `answered` answers once that is true, while all processes live."""
        deadline = time.monotonic() + seconds
        while not (answer := answered()):
            self.processes.check()
            told = {name: self.processes.words(name, 8) for name in self.processes.started}
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n" + "\n".join(f"== {name}\n{words}" for name, words in told.items())
            time.sleep(0.5)
        return answer
