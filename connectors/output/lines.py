"""Progress without a terminal: a line for each change where there are few, now and then a line for many."""

from __future__ import annotations

from collections import Counter

import click

from connectors.aws.sending import duration
from connectors.output.progress import CHANGES, Deployment, Result

FEW = 20
"""Changes of a run that get a line each; of more, those of a while share one."""

NAMED = 4
"""Things that are named on a line that many share; more are counted, by kind."""

FIRST, SHARE, LONGEST = 10, 0.1, 120
"""Seconds between two lines: at first, as a share of the time that has passed, at most."""

SIGNS = {"create": "+", "change": "~", "remove": "-"}
COLOURS = {"create": "green", "change": "yellow", "remove": "red", "failed": "red"}


class Lines:
    """Tells the progress of deployments on lines of their own."""

    tick = 1.0

    def __init__(self):
        self._untold: dict[Deployment, list[Result]] = {}
        self._told: dict[Deployment, float] = {}

    def start(self) -> None:
        """Nothing to prepare."""

    def stop(self) -> None:
        """Nothing to take away."""

    def say(self, line: str) -> None:
        """A line of the run's log."""
        click.echo(line, err=True)

    def finished(self, deployment: Deployment, result: Result) -> None:
        """An operation has ended."""
        if result.verb == "failed" or (result.verb in CHANGES and few(deployment)):
            deployment.host.log_styled(line_of(result), fg=COLOURS[result.verb])
        elif result.verb in CHANGES:
            self._untold.setdefault(deployment, []).append(result)

    def refresh(self, deployments: list[Deployment]) -> None:
        """Tell what has come of it since the last line, where it is time to."""
        for deployment in deployments:
            pause = min(max(FIRST, deployment.seconds * SHARE), LONGEST)
            if deployment.current and deployment.seconds - self._told.get(deployment, 0) >= pause:
                self._told[deployment] = deployment.seconds
                done = together(self._untold.pop(deployment, []))
                deployment.host.log("; ".join(filter(None, [f"{duration(deployment.seconds)}, {far(deployment)}", *done, waited(deployment)])))


def few(deployment: Deployment) -> bool:
    """Whether each change gets a line."""
    return deployment.expectation is None or deployment.expectation.total <= FEW


def line_of(result: Result) -> str:
    """A result as a line: ``+ ec2.vpc airflow-dev``."""
    took = f"  {duration(result.seconds)}" if result.seconds >= 1 else ""
    return f"! {result.name} failed{took and ' after'}{took[1:]}" if result.verb == "failed" else f"{SIGNS[result.verb]} {result.name}{took}"


def far(deployment: Deployment) -> str:
    """How far it is, and how long it will take: ``43 of 150 done, about 24m left``."""
    total = deployment.expectation.total if deployment.expectation else 0
    left = deployment.left
    done = f"{min(deployment.done, total)} of {total} done" if total else f"{deployment.done} done"
    return done + (f", {about(left)} left" if left else "")


def about(seconds: float) -> str:
    """
    A duration that is only guessed: whole minutes when there are several.

    + seconds: how long
    """
    return f"about {round(seconds / 60)}m" if seconds >= 120 else f"about {max(5, round(seconds / 5) * 5):.0f}s"


def waited(deployment: Deployment) -> str:
    """What is waited for: ``eks cluster airflow-dev: CREATING, 1m40s``."""
    return deployment.current.waiting if deployment.current else ""


def together(results: list[Result]) -> list[str]:
    """Changes in a phrase for each verb: ``+ ec2.vpc airflow-dev``, or of many ``+ 12 ec2.subnet, 5 events.rule``."""
    phrases = []
    for verb in CHANGES:
        names = [result.name for result in results if result.verb == verb]
        kinds = [f"{number} {kind}" for kind, number in Counter(name.split()[0] for name in names).items()]
        phrases += [f"{SIGNS[verb]} {', '.join(names if len(names) <= NAMED else kinds)}"] if names else []
    return phrases
