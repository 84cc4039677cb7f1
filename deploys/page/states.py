"""How a deployment, its parts and its steps stand, by what is recorded of a run."""

from __future__ import annotations

from collections import Counter

from connectors.aws.sending import duration
from connectors.output.summary import DONE

SIGNS = {"bad": "\u2717", "gone": "\u2212", "new": "+", "drift": "~", "ok": "\u2713", "off": "\u25cb"}
"""The sign of each state, the gravest first."""

WORDS = {"bad": "fails", "gone": "to be removed", "new": "to be made", "drift": "differs", "ok": "as it should be", "off": "off or gone"}
"""What each state means."""

PENDING = {"refused": "bad", "remove": "gone", "create": "new"}
"""The state of a step that has not been done, where nothing is to be changed."""


def worst(states) -> str:
    """
    The gravest of some states, ``off`` of none.

    + states: any
    """
    return min(states, key=list(SIGNS).index, default="off")


def done(record: dict, step: dict) -> str:
    """What came of a step: a verb, ``failed``, or nothing while it has not been done."""
    return record.get("results", {}).get(f"{step['kind']} {step['thing']}", "")


def of_step(record: dict, step: dict) -> str:
    """The state of what a step is for."""
    result = done(record, step)
    if not result:
        return PENDING.get(step["verb"], "drift")
    return "bad" if result == "failed" else "off" if step["verb"] == "remove" else "ok"


def parts(record: dict) -> list[dict]:
    """Each part of the platform: its state, a phrase for it, its checks and steps, the versions that are declared."""
    steps = [{**step, "part": step["part"] or "no longer declared"} for step in record["steps"]]
    named = [*record["parts"], *({"part": name, "declared": 0, "versions": {}} for name in dict.fromkeys(step["part"] for step in steps))]
    found = {part["part"]: part for part in reversed(named)}
    return [
        _part(record, found[name], [step for step in steps if step["part"] == name], [check for check in record.get("checks", ()) if check["part"] == name])
        for name in dict.fromkeys(part["part"] for part in named)
    ]


def _part(record: dict, part: dict, steps: list[dict], checks: list[dict]) -> dict:
    standing = [of_step(record, step) for step in steps] + ["ok" if check["healthy"] else "bad" for check in checks] + ["ok"] * bool(part["declared"])
    return {**part, "state": worst(standing), "phrase": _phrase(record, part, steps, checks), "steps": steps, "checks": checks}


def _phrase(record: dict, part: dict, steps: list[dict], checks: list[dict]) -> str:
    healthy = sum(check["healthy"] for check in checks)
    said = [f"{healthy} of {len(checks)} checks"] if checks else []
    results = Counter(done(record, step) for step in steps)
    said += [f"{number} {DONE.get(result, result)}" for result, number in results.items() if result and result != "unchanged"]
    said += [f"{number} to {verb}" for verb, number in Counter(_to(step["verb"]) for step in steps if not done(record, step)).items()]
    return ", ".join(said) or ("as declared" if part["declared"] else "off")


def _to(verb: str) -> str:
    return {"wait": "wait for", "refused": "be refused"}.get(verb, verb)


def verdict(record: dict) -> tuple[str, str]:
    """The state of the whole deployment, and a phrase for it."""
    if "healthy" in record:
        number = len(record["problems"])
        return ("ok", "is as declared and works") if record["healthy"] else ("bad", f"{number} problem{'s' * (number > 1)}")
    if stopped := [*record["quotas"], *(step for step in record["steps"] if step["refusal"])]:
        return "bad", f"{len(stopped)} refused, nothing was sent"
    if "results" not in record:
        return worst(of_step(record, step) for step in record["steps"]) if record["steps"] else "ok", record["summary"]
    results = Counter(record["results"].values())
    did = ", ".join(f"{DONE[verb]} {results[verb]}" for verb in DONE if results[verb]) or "changed nothing"
    undone = sum(not done(record, step) for step in record["steps"])
    more = [f"{results['failed']} failed"] * bool(results["failed"]) + [f"{undone} not done"] * bool(undone)
    return "bad" if more else "ok", ", ".join([f"{did} in {duration(record['seconds'])}", *more])
