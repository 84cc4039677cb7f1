"""A deployment on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from pyinfra.context import host

from deploys.at_risk import GUESTS, Risk
from deploys.health.check import Check
from deploys.plan import Step, counted
from deploys.platform.airflow import NAMESPACE
from deploys.versions import WHAT, running
from facts.helm import Release
from facts.k8s import Objects
from settings import Settings
from settings.versions import known, last_day

WIDTH = 9
"""Characters of a row's first column."""

MOST = 8
"""Failing checks that are shown."""


def overview(settings: Settings, checks: list[Check], steps: list[Step], unmanaged: list[str], held: list[Risk]) -> Iterator[str]:
    """
    Its lines.

    + checks: what was looked at
    + steps: what is not as declared
    + unmanaged: what carries the deployment's tag and is none of its things
    + held: its data
    """
    yield from _row("", [f"{settings.deployment} in account {settings.account_id}, {settings.region}"])
    yield from _row("well", _health(checks, steps, unmanaged))
    yield from _row("runs", _runs())
    yield from _row("holds", [str(risk) for risk in held if risk.kind != GUESTS])
    yield from _row("guests", [str(risk) for risk in held if risk.kind == GUESTS])
    yield from _row("versions", _versions(settings, date.today()))


def _row(name: str, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{'' if number else name:<{WIDTH}} {line}"


def _health(checks: list[Check], steps: list[Step], unmanaged: list[str]) -> list[str]:
    failing = [check for check in checks if not check.healthy]
    lines = [f"{len(checks) - len(failing)} of {len(checks)} checks", *map(str, failing[:MOST])]
    lines += [f"and {len(failing) - MOST} more: deploys/verify.py tells them"] if len(failing) > MOST else []
    lines.append("as declared" if not steps else f"not as declared: {counted(steps)}; deploys/install.py --dry --diff shows it")
    return [*lines, *unmanaged]


def _runs() -> list[str]:
    """Nodes by their pool, pods by how they are, tasks under way, and the last change of Airflow's release."""
    nodes, pods = host.get_fact(Objects, api_version="v1", kind="Node"), host.get_fact(Objects, api_version="v1", kind="Pod")
    if nodes is None:
        return ["no cluster"]
    lines = [f"{len(nodes)} nodes: {_numbers(map(_pool, nodes))}", f"{len(pods)} pods: {_numbers(map(_phase, pods))}"]
    tasks = [pod for pod in pods if pod["metadata"]["namespace"] == NAMESPACE and (pod["metadata"].get("labels") or {}).get("kubernetes_executor") == "True"]
    lines.append(f"{len(tasks)} task pods" + (f": {_numbers(map(_dag, tasks))}" if tasks else ""))
    if release := host.get_fact(Release, release="airflow", namespace=NAMESPACE):
        lines.append(f"helm release airflow, revision {release['version']}: {release['info']['status']}")
    return lines


def _numbers(names) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(Counter(names).items()))


def _pool(node: dict) -> str:
    labels = node["metadata"].get("labels") or {}
    return labels.get("eks.amazonaws.com/nodegroup") or labels.get("karpenter.sh/nodepool") or "of no pool"


def _phase(pod: dict) -> str:
    return pod.get("status", {}).get("phase", "Unknown")


def _dag(pod: dict) -> str:
    return (pod["metadata"].get("labels") or {}).get("dag_id", "of no DAG")


def _versions(settings: Settings, today: date) -> list[str]:
    """What runs, how long it is looked after, and what is known against it."""
    lines = []
    for setting, version in running(settings).items():
        end = last_day(setting, version)
        notes = [*known(setting, version, today), *([f"in support until {end}, {(end - today).days} days"] if end and end >= today else [])]
        lines.append(f"{WHAT[setting]} {version}" + (f": {', '.join(notes)}" if notes else ""))
    return lines
