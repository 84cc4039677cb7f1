"""What has been read in this run, until a write makes it doubtful."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from gevent.lock import Semaphore

TOUCHES = {
    "eks": ("eks", "ec2", "iam", "logs", "autoscaling", "kubernetes"),
    "rds": ("rds", "ec2", "logs"),
    "efs": ("efs", "ec2"),
    "elbv2": ("elbv2", "ec2"),
    "kubernetes": ("kubernetes", "ec2", "elbv2", "efs", "iam", "logs"),
}
"""Where AWS does things by itself in other services when one is written to."""


class ReadCache:
    """Answers by service and call. Reading side by side is fine; a write drops every service it touches."""

    def __init__(self):
        self._answers: dict[str, dict[str, str]] = {}
        self._asking: dict[tuple[str, str], Semaphore] = defaultdict(Semaphore)

    def answer(self, service: str, call: str, ask: Callable[[], str]) -> str:
        """
        The answer to a call; who asks while another does waits for that one's answer.

        + service: whose call it is
        + call: action and parameters
        + ask: asks it
        """
        with self._asking[service, call]:
            answers = self._answers.setdefault(service, {})
            if call not in answers:
                answers[call] = ask()
            return answers[call]

    def written(self, service: str) -> None:
        """Forget what a write to this service may have changed."""
        for touched in (*TOUCHES.get(service, (service,)), "resourcegroupstaggingapi"):
            self._answers.pop(touched, None)

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()
