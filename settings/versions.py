"""Versions of Kubernetes, Airflow and PostgreSQL: which is newer, how long one is looked after, and what is known against it."""

import re
from collections.abc import Iterator
from datetime import date

from .support import ENDS, HOLES, KARPENTER

SOON = 90
"""Days before the end of a series in which it is told."""


def numbers(version: str) -> tuple[int, ...]:
    """
    Returns a version as it is compared with another.

    + version: `3.10.1`
    """
    return tuple(int(number) for number in re.findall(r"\d+", version))


def within(version: str, wanted: str) -> bool:
    """
    Returns whether a version is the wanted one, or one of it.

    + version: `17.7`
    + wanted: `17.7`, or `17` for any of that series
    """
    return version == wanted or version.startswith(f"{wanted}.")


def minor(kubernetes: str, more: int = 0) -> str:
    """
    Returns a minor version of Kubernetes, or one some versions later.

    + kubernetes: `1.36`
    + more: how many later, less than 0 for earlier
    """
    major, number = numbers(kubernetes)
    return f"{major}.{number + more}"


def known(setting: str, version: str, today: date) -> Iterator[str]:
    """
    Yields what is known against a version: that its support has ended or is about to, and its holes.

    + setting: `airflow_version`
    + version: `3.2.2`
    + today: the day it is asked
    """
    end = last_day(setting, version)
    if end and end < today:
        yield f"out of support since {end}"
    elif end and (left := (end - today).days) <= SOON:
        yield f"out of support in {left} days, after {end}" + (", when EKS upgrades it by itself" if setting == "kubernetes_version" else "")
    for hole, fixed in HOLES.get(setting, {}).items():
        if numbers(version) < numbers(fixed):
            yield f"has {hole}, fixed in {fixed}"


def last_day(setting: str, version: str) -> date | None:
    """
    Returns the last day a version is looked after; None where it is not known.

    + setting: `kubernetes_version`
    + version: `1.36`
    """
    series = ".".join(version.split(".")[: 1 if setting == "db_engine_version" else 2])
    end = ENDS[setting].get(series)
    return date.fromisoformat(end) if end else None


def karpenter_lacks(karpenter: str, kubernetes: str) -> str | None:
    """
    Returns the first release of Karpenter that fits, where one does not.

    + karpenter: its version
    + kubernetes: the version of Kubernetes; of one the table does not have nothing is said
    """
    first = KARPENTER.get(kubernetes)
    return first if first and numbers(karpenter) < numbers(first) else None
