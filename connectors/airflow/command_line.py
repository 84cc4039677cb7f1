"""Airflow's own commands in the pod of its scheduler, where no user may use the API."""

from __future__ import annotations

import json

from connectors.airflow.api import AirflowFailure
from connectors.commands.command import Kubectl
from connectors.kubernetes.cluster import Kubernetes


class CommandLine:
    """
    The ``airflow`` command, by ``kubectl exec``; with the methods of `connectors.airflow.api.Api`, but for logs. Raises `AirflowFailure`.

    + kubernetes: the Kubernetes half of the connector
    + namespace: where Airflow is
    """

    pause = 15
    """Seconds between two questions about a run: each starts an Airflow."""

    def __init__(self, kubernetes: Kubernetes, namespace: str):
        self._kubernetes, self._namespace = kubernetes, namespace

    def known(self, dag: str) -> bool:
        """Whether there is such a DAG."""
        return any(item["dag_id"] == dag for item in self._asked("list"))

    def paused(self, dag: str) -> bool:
        """Whether the DAG is paused."""
        return next(str(item["is_paused"]) == "True" for item in self._asked("list") if item["dag_id"] == dag)

    def pause_dag(self, dag: str, paused: bool) -> None:
        """Pause the DAG, or let it run."""
        self._run("pause" if paused else "unpause", dag, "--yes")

    def trigger(self, dag: str, run: str) -> None:
        """Have a run begin."""
        self._run("trigger", dag, "--run-id", run)

    def state(self, dag: str, run: str) -> str:
        """How a run is: `queued`, `running`, `success` or `failed`."""
        return next((item["state"] for item in self._asked("list-runs", dag) if item["run_id"] == run), "absent")

    def _asked(self, *words: str) -> list[dict]:
        said = self._run(*words, "--output", "json")
        try:
            return json.loads(said[said.index("[") :])
        except ValueError:
            raise AirflowFailure(f"airflow dags {words[0]}: it did not answer in JSON") from None

    def _run(self, *words: str) -> str:
        where = ("--namespace", self._namespace, "deployment/airflow-scheduler", "--container", "scheduler")
        command = Kubectl("exec", *where, "--", "airflow", "dags", *words)
        command.reads = True
        done, out, error = self._kubernetes.run(command)
        if not done:
            raise AirflowFailure(f"airflow dags {words[0]}: {(error.strip().splitlines() or ['it said nothing'])[-1]}")
        return out
