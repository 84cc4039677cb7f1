"""What a run is expected to do, so that a person can be told how far it is and how long it will take."""

from __future__ import annotations

import time

from pyinfra.context import host

from connectors.output.progress import Deployment
from deploys.estimate import left
from deploys.plan import Step
from deploys.want import Want


class Expected:
    """
    The plan of one deployment's run.

    + wants: everything that is declared, in the order of the run
    + steps: those of them that will have something to do
    + keep: what is called with the results in the end, by operation
    """

    def __init__(self, wants: list[Want], steps: list[Step], keep):
        self._wants = {str(want): want for want in wants}
        self._steps = {str(step.want): (step.want, step.verb) for step in steps if step.commands}
        self._keep = keep
        self._pace = host.connector.pace()
        self.total = len(self._steps)

    @property
    def seconds(self) -> float:
        """How long the whole run will take."""
        return left(list(self._steps.values()), {}, {}, 0, self._pace)

    def expects(self, name: str) -> bool:
        """Whether an operation will have something to do."""
        return name in self._steps

    def verb(self, name: str, commands: list) -> str:
        """What an operation has done, by the commands it has sent."""
        return Step(self._wants[name], commands).verb if name in self._wants else "change"

    def left(self, deployment: Deployment) -> float:
        """Seconds the run will still take."""
        current = deployment.current
        began = {**{result.name: result.began for result in deployment.results}, **({current.name: current.began} if current else {})}
        ended = {result.name: result.ended for result in deployment.results}
        return left(list(self._steps.values()), began, ended, time.monotonic(), self._pace)

    def close(self, deployment: Deployment) -> None:
        """Keep what came of each operation."""
        self._keep({result.name: result.verb for result in deployment.results}, round(deployment.seconds, 1))
