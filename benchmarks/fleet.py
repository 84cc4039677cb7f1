"""How long several deployments take in one run, beside one."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.account import account
from benchmarks.inventory import FULL, write_inventory
from benchmarks.results import summary
from benchmarks.tables import table
from benchmarks.telling import CONSOLE
from sandbox.status import descendants

TITLE = "Fleets: several deployments in one run"
PLANE_MIB = 1000
"""Memory that a deployment takes on this machine: its control plane, and its share of everything else."""


def run(options) -> dict:
    """
    One install of each number of deployments, in a new sandbox every time.

    + options: `deployments`, `time_scale`
    """
    rows = []
    for number in options.deployments:
        if (free := free_mib()) < number * PLANE_MIB:
            CONSOLE.print(f"{number} deployments need {number * PLANE_MIB} MiB, {free:.0f} are free: left out")
            continue
        rows.append(_row(number, options.time_scale))
    return {"time_scale": options.time_scale, "rows": compared(rows)}


def _row(number: int, scale: float) -> dict:
    with account(scale) as here:
        inventory = write_inventory(here.directory, number, **FULL)
        busy, emulated, started = busy_seconds(), cpu_seconds(here.process), time.monotonic()
        found = summary([here.run("install", inventory=inventory, told=f"of {number} at time scale {scale:g}")])
        wall = (time.monotonic() - started) * os.cpu_count()
        shares = {"busy": (busy_seconds() - busy) / wall, "run": found["cpu_seconds"] / wall, "sandbox": (cpu_seconds(here.process) - emulated) / wall}
    return {"deployments": number, **found, **{f"{name}_share": round(share, 3) for name, share in shares.items()}}


def compared(rows: list[dict]) -> list[dict]:
    """
    The rows with their ratio to the first, and what each further deployment adds to the memory.

    + rows: the smallest fleet first
    """
    first = rows[0] if rows else {}
    return [
        {
            **row,
            "ratio": round(row["seconds"] / first["seconds"], 3),
            "growth_mib": round((row["peak_mib"] - first["peak_mib"]) / more, 1) if (more := row["deployments"] - first["deployments"]) else 0.0,
        }
        for row in rows
    ]


def free_mib() -> float:
    """Memory that can be had without swapping."""
    line = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    return int(line.split()[1]) / 1024


def busy_seconds() -> float:
    """What all cores have computed since the machine was started, whoever for."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """What a process and those it has started have computed."""
    ticks = 0
    for pid in descendants(process):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def tables(found: dict) -> str:
    """
    + found: what `run` gave
    """
    head = ["deployments", "makespan s", "to one", "peak MiB", "MiB more for each", "AWS calls", "CPU share", "of it the run", "of it the sandbox"]
    names = ["deployments", "seconds", "ratio", "peak_mib", "growth_mib", "calls", "busy_share", "run_share", "sandbox_share"]
    return f"Time scale {found['time_scale']:g}.\n\n" + table(head, [[row[name] for name in names] for row in found["rows"]])
