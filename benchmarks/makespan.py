"""How long an install and a cleanup take, beside the longest chain of AWS's own times."""

from __future__ import annotations

from benchmarks.account import account
from benchmarks.critical_path import cleanup_path, install_path, total
from benchmarks.inventory import FULL, wants_of, write_inventory
from benchmarks.results import SHORT, summary
from benchmarks.tables import table

TITLE = "Makespan of the full platform"
VERBS = ("install", "cleanup")


def run(options) -> dict:
    """
    An install and a cleanup at each time scale, in a new sandbox every time.

    + options: `time_scale`, `runs`
    """
    wants = wants_of(**FULL)
    chains = {"install": install_path(wants), "cleanup": cleanup_path(wants)}
    rows = []
    for scale in options.time_scale:
        rounds = [_round(scale)]
        while len(rounds) < options.runs and min(one.measured.seconds for one in rounds[0]) < SHORT:
            rounds.append(_round(scale))
        for verb, runs in zip(VERBS, zip(*rounds, strict=True), strict=True):
            row = {"verb": verb, "time_scale": scale, "critical_path": total(chains[verb]) / scale, **summary(list(runs))}
            rows.append({**row, "ratio": round(row["seconds"] / row["critical_path"], 3)})
    return {"chains": chains, "rows": rows}


def _round(scale: float):
    with account(scale) as here:
        inventory = write_inventory(here.directory, **FULL)
        return [here.run(verb, inventory=inventory, told=f"at time scale {scale:g}") for verb in VERBS]


def tables(found: dict) -> str:
    """
    + found: what `run` gave
    """
    head = ["", "time scale", "critical path s", "wall s", "ratio", "CPU s", "AWS calls", "of them polls", "writes", "peak MiB", "runs"]
    names = ["verb", "time_scale", "critical_path", "seconds", "ratio", "cpu_seconds", "calls", "polls", "writes", "peak_mib", "runs"]
    chains = [[verb, thing, seconds] for verb, chain in found["chains"].items() for thing, seconds in chain]
    chains += [[verb, "**in all**", sum(seconds for _, seconds in chain)] for verb, chain in found["chains"].items()]
    return "\n".join(
        [
            table(head, [[row[name] for name in names] for row in found["rows"]]),
            "The critical path, in AWS's seconds; `critical path s` above is that divided by the time scale:\n",
            table(["", "thing", "seconds"], sorted(chains, key=lambda row: VERBS.index(row[0]))),
        ]
    )
