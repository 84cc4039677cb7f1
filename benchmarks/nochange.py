"""What it costs to find that nothing is to be done."""

from __future__ import annotations

import sandbox
from benchmarks.account import account
from benchmarks.inventory import FULL, write_inventory
from benchmarks.results import summary
from benchmarks.tables import table

TITLE = "Nothing to change: install, plan, verify of the full platform"
TIME_SCALE = 600
RUNS = {"install": ["install"], "plan (`install --dry`)": ["install", "--dry"], "verify": ["verify"]}


def run(options) -> dict:
    """
    The three runs that change nothing, in turns, with each latency added to every answer of AWS.

    + options: `latency` (milliseconds), `runs`
    """
    rows = []
    with account(TIME_SCALE) as here:
        inventory = write_inventory(here.directory, **FULL)
        here.run("install", inventory=inventory, told="for the first time")
        for latency in options.latency:
            sandbox.up(latency=latency)
            rounds = [[here.run(*words, inventory=inventory, told=f"+ {latency:g} ms") for words in RUNS.values()] for _ in range(options.runs)]
            rows += [{"run": name, "latency": latency, **summary(list(runs))} for name, runs in zip(RUNS, zip(*rounds, strict=True), strict=True)]
    return {"rows": rows}


def tables(found: dict) -> str:
    """
    + found: what `run` gave
    """
    head = ["", "added latency ms", "wall s", "fastest", "slowest", "CPU s", "AWS calls", "writes", "peak MiB", "runs"]
    names = ["run", "latency", "seconds", "fastest", "slowest", "cpu_seconds", "calls", "writes", "peak_mib", "runs"]
    services = list(dict.fromkeys(service for row in found["rows"] for service in row["services"]))
    once = list({row["run"]: row for row in found["rows"]}.values())
    return "\n".join(
        [
            table(head, [[row[name] for name in names] for row in found["rows"]]),
            "The calls by service:\n",
            table(["service", *(row["run"] for row in once)], [[service, *(row["services"].get(service, 0) for row in once)] for service in services]),
        ]
    )
