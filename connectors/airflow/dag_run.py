"""One run of a DAG, triggered and waited for; the DAG is as paused afterwards as it was before."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from connectors.airflow.api import AirflowFailure

KNOWN = 180
"""Seconds for a DAG to be known: the DAG processor looks at its folder once a minute."""

LIMIT = 900
"""Seconds for the run: its pods may wait for a node."""

ENDED = ("success", "failed")


@dataclass(frozen=True)
class DagRun:
    """
    A run that is over, or was given up.

    + run: its id
    + state: the last that was seen
    + seconds: since it was triggered
    """

    run: str
    state: str
    seconds: float


def run(airflow, dag: str, stands: Callable[[str], None]) -> DagRun:
    """
    Run a DAG to its end. Raises `AirflowFailure`.

    + airflow: `connectors.airflow.api.Api` or `connectors.airflow.command_line.CommandLine`
    + dag: its id
    + stands: told how it stands
    """
    _wait_until_known(airflow, dag, stands)
    name = f"verify__{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%S}"
    paused, began = airflow.paused(dag), time.monotonic()
    airflow.trigger(dag, name)
    try:
        if paused:
            airflow.pause_dag(dag, False)
        while (state := airflow.state(dag, name)) not in ENDED and time.monotonic() - began < LIMIT:
            stands(state)
            time.sleep(airflow.pause)
        return DagRun(name, state, time.monotonic() - began)
    finally:
        if paused:
            with contextlib.suppress(AirflowFailure):
                airflow.pause_dag(dag, True)


def _wait_until_known(airflow, dag: str, stands: Callable[[str], None]) -> None:
    began = time.monotonic()
    while not airflow.known(dag):
        if time.monotonic() - began > KNOWN:
            raise AirflowFailure(f"Airflow does not know {dag} after {KNOWN} s: look at the log of airflow-dag-processor")
        stands("not known to Airflow yet")
        time.sleep(airflow.pause)
