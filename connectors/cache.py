"""What has been read in this run, until a write makes it doubtful."""

from __future__ import annotations

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

    def get(self, service: str, call: str) -> str | None:
        """The answer to a call, ``None`` when it has to be asked."""
        return self._answers.get(service, {}).get(call)

    def put(self, service: str, call: str, answer: str) -> None:
        """Remember an answer."""
        self._answers.setdefault(service, {})[call] = answer

    def written(self, service: str) -> None:
        """Forget what a write to this service may have changed."""
        for touched in (*TOUCHES.get(service, (service,)), "resourcegroupstaggingapi"):
            self._answers.pop(touched, None)

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()
