"""Inventories written for a benchmark: the sandbox's own, with other settings or with more deployments."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

from benchmarks.account import ROOT
from deploys.platform import platform
from deploys.want import Want
from settings import Settings
from settings.paths import placed

SOURCE = ROOT / "inventories" / "sandbox.py"
FULL = {"enable_airflow_spark_example": True}
"""The full platform with the Spark example."""


def sandbox_settings() -> dict:
    """What `inventories/sandbox.py` sets, wherever it is written again."""
    ((_, settings),) = run_path(str(SOURCE))["deployments"]
    return placed(settings, (), SOURCE.parent)


def write_inventory(directory: Path, deployments: int = 1, **settings) -> Path:
    """
    An inventory of deployments on one sandbox.

    + directory: where it is written
    + deployments: how many
    + settings: what each sets besides
    """
    given = {**sandbox_settings(), **settings}
    path = directory / "benchmark.py"
    path.write_text(f"deployments = {[(f'@sandbox/airflow-{number}', given) for number in range(1, deployments + 1)]!r}\n")
    return path


def wants_of(**settings) -> list[Want]:
    """
    What such a deployment wants.

    + settings: what it sets besides
    """
    return platform(Settings.of({"deployment": "airflow-1", **sandbox_settings(), **settings}))
