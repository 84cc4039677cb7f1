"""Airflow's public API. Source: https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from pyinfra.api import HiddenValue

TIMEOUT = 60
REFUSED = (401, 403)


class AirflowFailure(Exception):
    """
    What Airflow did not do, in one line.

    + status: what HTTP calls it, 0 where nothing was answered
    """

    def __init__(self, text: str, status: int = 0):
        super().__init__(text)
        self.status = status


class Api:
    """
    One Airflow's API, as one of its users. Raises `AirflowFailure`, with a status of `REFUSED` where the user may not log in.

    + address: where it is
    + user: name of the user
    + password: of the user
    """

    pause = 2
    """Seconds between two questions about a run."""

    def __init__(self, address: str, user: str, password: HiddenValue):
        self._address, self._token = address, None
        self._token = self._ask("POST", "/auth/token", {"username": user, "password": password.unmask()})["access_token"]

    def known(self, dag: str) -> bool:
        """Whether there is such a DAG."""
        try:
            return bool(self._ask("GET", f"/api/v2/dags/{quote(dag)}"))
        except AirflowFailure as failure:
            if failure.status == 404:
                return False
            raise

    def paused(self, dag: str) -> bool:
        """Whether the DAG is paused."""
        return self._ask("GET", f"/api/v2/dags/{quote(dag)}")["is_paused"]

    def pause_dag(self, dag: str, paused: bool) -> None:
        """Pause the DAG, or let it run."""
        self._ask("PATCH", f"/api/v2/dags/{quote(dag)}", {"is_paused": paused})

    def trigger(self, dag: str, run: str) -> None:
        """Have a run begin; before those that a schedule made today, for a DAG that has one at a time."""
        due = datetime.now(timezone.utc) - timedelta(days=1)
        self._ask("POST", f"/api/v2/dags/{quote(dag)}/dagRuns", {"dag_run_id": run, "logical_date": None, "run_after": due.isoformat()})

    def state(self, dag: str, run: str) -> str:
        """How a run is: `queued`, `running`, `success` or `failed`."""
        return self._ask("GET", f"/api/v2/dags/{quote(dag)}/dagRuns/{quote(run)}")["state"]

    def log(self, dag: str, run: str, task: str) -> str:
        """What the last try of a task has logged, as JSON."""
        where = f"/api/v2/dags/{quote(dag)}/dagRuns/{quote(run)}/taskInstances/{quote(task)}"
        tried = self._ask("GET", where)["try_number"]
        return json.dumps(self._ask("GET", f"{where}/logs/{tried}?full_content=true"), ensure_ascii=False)

    def _ask(self, method: str, path: str, document: dict | None = None) -> dict:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= {"Authorization": f"Bearer {self._token}"} if self._token else {}
        data = None if document is None else json.dumps(document).encode()
        local = {"proxies": {}} if self._address.startswith("http://127.0.0.1:") else {}
        request = urllib.request.Request(self._address + path, data, headers, method=method)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler(**local)).open(request, timeout=TIMEOUT) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise AirflowFailure(f"Airflow's API, {method} {path}: {error.code} {_detail(error)}", error.code) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise AirflowFailure(f"Airflow's API, {method} {path}: {getattr(error, 'reason', error)}") from None


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (OSError, ValueError, KeyError, TypeError):
        return error.reason
