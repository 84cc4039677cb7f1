"""Whether Airflow can fetch its DAGs: what the DAG processor said of each bundle last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyinfra.context import host

from deploys.health.check import Check
from deploys.platform.airflow import NAMESPACE
from facts import k8s
from settings import Settings

SINCE = "10m"
REASON = re.compile(
    r"Permission denied[^'\"\n]*|Host key verification failed|Authentication failed[^'\"\n]*|[Rr]epository [^'\"\n]*not found|"
    r"Could not resolve host[^'\"\n]*|(?:connect to host|Failed to connect)[^'\"\n]*|Remote branch[^'\"\n]*not found[^'\"\n]*"
)
"""What git, ssh and their servers say when they refuse."""


def dags(settings: Settings) -> Iterator[Check]:
    """An answer for each repository that Airflow fetches itself."""
    if not settings.bundles or settings.dags_fetch != "git-bundle":
        return
    said = host.get_fact(k8s.Logs, workload="deployment/airflow-dag-processor", namespace=NAMESPACE, container="dag-processor", since=SINCE) or []
    for name, bundle in settings.bundles.items():
        yield Check(f"DAG bundle {name}", fetched(name, said), "fetched", bundle.repo)


def fetched(bundle: str, said: list[str]) -> str:
    """
    What came of the last attempt to fetch a bundle.

    + bundle: its name
    + said: lines of the DAG processor's log
    """
    tried = re.compile(rf"(Error initializing|Error refreshing|Refreshing) bundle {re.escape(bundle)}(?![\w-])")
    attempts = [(number, match[1]) for number, line in enumerate(said) if (match := tried.search(line))]
    if not attempts or attempts[-1][1] == "Refreshing":
        return "fetched"
    why = REASON.search("\n".join(said[attempts[-1][0] :]))
    return f"not fetched: {why[0].strip() if why else 'the log of the dag-processor says why'}"
