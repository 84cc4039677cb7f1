"""Does the platform work? One row for each thing a person would look at: what is, and what was wanted."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.reference import Ref
from connectors.rollout import replicas
from facts import eks, efs, k8s, rds, s3, secrets
from pyinfra.context import host

from settings import Settings


@dataclass(frozen=True)
class Check:
    """
    One answered question.

    + what: what was looked at
    + now: what is
    + wanted: what was wanted
    + healthy: whether that is the same
    """

    what: str
    now: str
    wanted: str

    @property
    def healthy(self) -> bool:
        return self.now == self.wanted or self.wanted == ""

    def __str__(self):
        return f"{self.what}: {self.now}" if self.healthy else f"{self.what}: {self.now}, wanted {self.wanted}"
