"""
The programs that the sandbox builds: the control plane's (``etcd``, ``kube-apiserver``, ``kube-controller-manager``,
``kube-scheduler``, ``kwok``) and, where they are asked for, ``karpenter`` and ``statsd_exporter``.

They are built from the Go sources of their module, once per user, into ``~/.cache/airflow-on-eks``: one file for each module,
which acts as whatever it is called.
"""

import os
from collections.abc import Callable
from pathlib import Path

from sandbox.programs.builder import BuildError, build
from sandbox.programs.cache import built
from sandbox.programs.modules import CONTROL_PLANE, KARPENTER, STATSD_EXPORTER, Module

__all__ = ["CONTROL_PLANE", "KARPENTER", "STATSD_EXPORTER", "NAMES", "OVERRIDE", "BuildError", "Module", "built", "programs"]

NAMES, OVERRIDE = CONTROL_PLANE.names, CONTROL_PLANE.override


def programs(progress: Callable[[str], None] = print, module: Module = CONTROL_PLANE) -> Path:
    """
    The directory that holds a module's programs; builds them where they are missing (minutes).

    + progress: called with a line at least every 15 s while something is awaited
    + module: whose programs

    The module's variable (AIRFLOW_ON_EKS_PROGRAMS, AIRFLOW_ON_EKS_KARPENTER, AIRFLOW_ON_EKS_STATSD_EXPORTER) names another directory that holds them. Raises
    BuildError.
    """
    if given := os.environ.get(module.override):
        if missing := [name for name in module.names if not (Path(given) / name).exists()]:
            raise BuildError(f"{module.override} is {given}, where there is no {', '.join(missing)}")
        return Path(given)
    return built(module) or build(module, progress)
