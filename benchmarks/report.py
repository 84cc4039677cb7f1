"""Writes docs/performance.md from the results that are kept."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

from benchmarks.account import ROOT

RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "performance.md"
STATES = ("before", "after")
HEADING = """# Performance

How long an install, a cleanup and a run without changes take, and what they ask of AWS and of the machine: measured on the sandbox, with the method in
`benchmarks/README.md`. `make bench` measures it again; this page is generated from the results that are kept:
`python -m benchmarks report`.

What a reader may conclude: how close a run comes to the longest chain of AWS's own times, how many calls it sends, what it computes, how large the process
grows, and how all that changes with latency, size and number of deployments. Ratios are made of runs of the same session.

*Before* is the project as it was when these benchmarks came to it, *after* as it is since the order of the steps, the reads and the waits were made for
speed; each with the sandbox it had then. A benchmark that has no *before* was not run on it. A commit that is `dirty` had changes in its tree: to the
benchmarks (*before*: those of af736cd), and to how the sandbox starts a control plane (*after*: what became 14a858c).

*The full platform* is every add-on that is on by default, and the Spark example. With the Spark history server besides (`add-ons all on`), which has a bucket
of its own, a run without changes sends a few calls more.

What a reader may not conclude:

- how long AWS takes. Its times come from a table (`settings/durations.py`, from public logs) and pass faster by the time scale. No image is pulled, no
  container starts, no quota is met, nothing is throttled.
- seconds of another machine. Wall and CPU times are those of the machine named with each table, which runs AWS's emulator and every control plane besides:
  they compete with the run for its cores, as AWS does not.
- that CPU times of two tables compare: the machine is a shared one, and the same install has taken 8 s of CPU in one hour and 11 s in another. Calls, writes,
  ratios to the critical path and memory do compare.
- anything from differences of a few percent. What takes longer than a minute was run once; of the rest the median is given.

For comparison, the Terraform configuration this project stands in for, its AWS half alone (150 resources, no helm, no Kubernetes), measured on a
2-core machine against the same kind of emulator, not by these benchmarks: a plan without changes 290 AWS calls and 25 to 30 s (medians; 21 s at best), with
370 MB in Terraform and 550 MB in its AWS provider; a first apply 583 calls, a destroy 599.
"""


def page(benchmarks: dict[str, ModuleType], results: Path = RESULTS) -> str:
    """
    The page: for each benchmark its tables, before and after.

    + benchmarks: by name
    + results: the directory that holds the JSON files, by state
    """
    parts = [HEADING]
    for name, benchmark in benchmarks.items():
        files = [(state, results / state / f"{name}.json") for state in STATES]
        kept = [(state, json.loads(path.read_text())) for state, path in files if path.exists()]
        if kept:
            parts.append(f"## {benchmark.TITLE}\n")
        parts += [f"**{state.capitalize()}** {where(found)}\n\n{benchmark.tables(found)}" for state, found in kept]
    return "\n".join(parts)


def where(found: dict) -> str:
    """
    When and on what machine a result was found.

    + found: what a benchmark kept
    """
    machine = found["machine"]
    return (
        f"({found['date']}, commit {found['commit']}; {machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}, "
        f"load {machine['load_before']} at the start)"
    )
