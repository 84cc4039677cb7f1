"""
The control plane's programs: ``etcd``, ``kube-apiserver``, ``kube-controller-manager``, ``kube-scheduler``, ``kwok``.

They are built from the Go sources beside this file, once per user, into ``~/.cache/airflow-on-eks/programs``: one file,
which acts as whatever it is called.
"""

import os
from collections.abc import Callable
from pathlib import Path

from sandbox.programs.builder import NAMES, BuildError, build
from sandbox.programs.cache import built, cache_directory

__all__ = ["NAMES", "BuildError", "programs"]

OVERRIDE = "AIRFLOW_ON_EKS_PROGRAMS"


def programs(progress: Callable[[str], None] = print) -> Path:
    """
    The directory that holds the programs; builds them where they are missing (4-13 minutes on 2 cores).

    + progress: called with a line at least every 15 s while something is awaited

    The variable AIRFLOW_ON_EKS_PROGRAMS names another directory that holds them. Raises BuildError.
    """
    if given := os.environ.get(OVERRIDE):
        if missing := [name for name in NAMES if not (Path(given) / name).exists()]:
            raise BuildError(f"{OVERRIDE} is {given}, where there is no {', '.join(missing)}")
        return Path(given)
    return built() or build(cache_directory(), progress)
