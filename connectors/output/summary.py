"""What came of a run, in a line or two."""

from __future__ import annotations

from connectors.aws.sending import duration
from connectors.output.progress import Deployment

SLOWEST = 3
"""How many operations the summary names."""

WORTH_NAMING = 1
"""Seconds below which nothing is called slow."""

DONE = {"create": "made", "change": "changed", "remove": "removed"}


def summary(deployment: Deployment) -> list[str]:
    """
    What was made, changed and removed, how long it took and what was slowest; nothing for a run that had nothing to do and did not stop.

    + deployment: its part of the run
    """
    did = ", ".join(f"{word} {number}" for verb, word in DONE.items() if (number := deployment.count(verb))) or "changed nothing"
    took = duration(deployment.seconds)
    if deployment.current:
        return [f"stopped after {took} in {deployment.current.name}: {did}. What AWS has begun goes on there; run the same command again to go on"]
    if failed := [result.name for result in deployment.results if result.verb == "failed"]:
        return [f"failed after {took}: {did}; failed: {', '.join(failed)}. Run the same command again to go on"]
    if not any(deployment.count(verb) for verb in (*DONE, "wait")):
        return []
    same = f"; {deployment.count('unchanged')} as declared" if deployment.count("unchanged") else ""
    return [f"{did} in {took}{same}", *_slowest(deployment)]


def _slowest(deployment: Deployment) -> list[str]:
    slow = sorted((result for result in deployment.results if result.seconds >= WORTH_NAMING), key=lambda result: -result.seconds)[:SLOWEST]
    return [f"slowest: {', '.join(f'{result.name} {duration(result.seconds)}' for result in slow)}"] if slow else []
