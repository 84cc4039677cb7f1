"""What a start needs and makes once per user: of that what is there already, and what is not and how long it takes."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox import airflow
from sandbox.airflow import EnvironmentFailure, environment
from sandbox.home import read_daemon
from sandbox.postgres import version
from sandbox.programs import CONTROL_PLANE, KARPENTER, STATSD_EXPORTER, BuildError, Module, built, programs

PODS = "AIRFLOW_ON_EKS_PODS"
"""The variable that says who runs the pods where nobody says otherwise."""
KWOK, PROCESSES = "kwok", "processes"


@dataclass(frozen=True)
class Part:
    """
    Something that is made once per user.

    + what: it is, in a sentence
    + usual: how long it usually takes
    + there: whether it is made
    + make: makes it; raises BuildError or EnvironmentFailure
    """

    what: str
    usual: str
    there: bool
    make: Callable[[], Path]


def _played(lacking: str) -> None:
    print(f"sandbox: {lacking}; until then kwok plays the pods", file=sys.stderr)


def choose(pods: str | None, cannot: Callable[[str], None] = _played) -> bool:
    """
    Whether pods are to be processes: so it was asked, or nobody asked otherwise, and this machine can.

    + pods: `kwok`, `processes` or ``None``
    + cannot: told what the machine lacks

    Raises ValueError.
    """
    from sandbox import node, postgres

    wanted = pods or os.environ.get(PODS) or PROCESSES
    if wanted not in (KWOK, PROCESSES):
        raise ValueError(f"pods are run by {KWOK} or {PROCESSES}, not by {wanted}: correct --pods or {PODS}")
    lacking = (node.missing() or postgres.missing()) if wanted == PROCESSES else None
    if lacking:
        cannot(lacking)
    return wanted == PROCESSES and not lacking


def prepare(processes: bool, karpenter: bool) -> bool:
    """
    Have everything made that a sandbox with a control plane needs; whether pods can be processes. Raises BuildError.

    + processes: whether they are to be
    + karpenter: whether Karpenter's own controller is needed
    """
    always, running = _always(karpenter), _running() if processes else []
    if there := [part.what for part in (*always, *running) if part.there]:
        print(f"taken from the cache: {', '.join(there)}")
    for part in always:
        part.make()
    try:
        for part in running:
            part.make()
    except (BuildError, EnvironmentFailure) as error:
        _played(str(error))
        return False
    if processes:
        print(f"behind RDS's endpoints is PostgreSQL {version()}, whatever version an instance is of")
    return processes


def print_ready(pods: str | None) -> int:
    """What has to be made before a sandbox can start; the exit code is 3 where there is something."""
    if read_daemon():
        return 0
    missing = [part for part in (*_always(karpenter=False), *(_running() if choose(pods, cannot=lambda lacking: None) else [])) if not part.there]
    for part in missing:
        print(f"made first, once per user: {part.what} ({part.usual})")
    return 3 if missing else 0


def _always(karpenter: bool) -> list[Part]:
    return [_module(module) for module in (CONTROL_PLANE, *([KARPENTER] if karpenter else []))]


def _running() -> list[Part]:
    """What pods that are processes need besides."""
    return [Part(f"Airflow {airflow.VERSION}'s environment", airflow.USUAL, airflow.made() is not None, environment), _module(STATSD_EXPORTER)]


def _module(module: Module) -> Part:
    there = bool(os.environ.get(module.override) or built(module))
    return Part(module.what, module.usual, there, lambda: programs(module=module))
