"""What a benchmark found, as JSON, with the machine it was found on."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path

from benchmarks.account import ROOT, Run
from benchmarks.process import Measured

SHORT = 60
"""What takes less (seconds) is run several times, and its median given."""


def repeated(once: Callable[[], Run], times: int) -> list[Run]:
    """
    A run, and again if it was short.

    + once: runs it
    + times: how often a short one is run
    """
    first = once()
    return [first, *(once() for _ in range(times - 1) if first.measured.seconds < SHORT)]


def summary(runs: list[Run]) -> dict:
    """
    The row of a table: medians of what was measured, and the calls of the last run.

    + runs: of the same thing
    """
    last = runs[-1].calls
    seconds = [run.measured.seconds for run in runs]
    return {
        "runs": len(runs),
        "seconds": round(statistics.median(seconds), 2),
        "fastest": round(min(seconds), 2),
        "slowest": round(max(seconds), 2),
        **{name: round(median([run.measured for run in runs], name), 2) for name in ("cpu_seconds", "peak_mib")},
        "calls": len(last),
        "polls": last.polls,
        "writes": last.writes,
        "services": last.services,
    }


def median(measured: list[Measured], name: str) -> float:
    """
    + measured: of the same thing
    + name: of the figure
    """
    return statistics.median(getattr(one, name) for one in measured)


def write(directory: Path, benchmark: str, found: dict) -> Path:
    """
    Keep what was found.

    + directory: of the results
    + benchmark: its name
    + found: its rows, and what else the report needs
    """
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{benchmark}.json"
    path.write_text(json.dumps({"benchmark": benchmark, **circumstances(), **found}, indent=1) + "\n")
    return path


def circumstances() -> dict:
    """When, of what, and on what machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.date.today().isoformat(),
        "commit": _commit(),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gib": round(memory),
            "python": platform.python_version(),
            "load_before": round(_LOAD, 1),
        },
    }


def _commit() -> str | None:
    answer = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, capture_output=True, text=True)
    return answer.stdout.strip() or None


_LOAD = os.getloadavg()[0]
"""What else the machine was doing when the benchmark began."""
