"""Waiting for pods that end by themselves."""

from __future__ import annotations

import json
import time

from connectors.aws.effects import effect
from connectors.aws.sending import duration
from connectors.aws.telling import Telling
from connectors.commands.command import Command, KubernetesRead
from connectors.commands.execution import succeeded
from connectors.kubernetes.api_server import KubernetesFailure

ENDED = ("Succeeded", "Failed")
SAID = 3
"""Pods that are named."""


class Drained(Command):
    """
    Wait until no pod of some labels runs or waits to run, telling how many do.

    + namespace: where they are
    + selector: their labels
    + minutes: how long they are given
    """

    writes = False

    def __init__(self, namespace: str, selector: str, minutes: int):
        super().__init__()
        self.namespace, self.selector, self.minutes = namespace, selector, minutes

    def text(self):
        return f"kubectl wait --for=delete pod --namespace {self.namespace} --selector {self.selector} --timeout={self.minutes}m"

    def carry_out(self, connector):
        """Poll until they have ended; `connectors.eks` calls it."""
        telling = Telling(connector.aws, "running tasks")
        while running := self._running(connector):
            told = f"{len(running)} run: {', '.join(running[:SAID])}{', ...' if len(running) > SAID else ''}"
            if telling.waited * connector.pace() >= self.minutes * 60:
                raise KubernetesFailure(f"{told} after {duration(telling.waited)}: run again later, or give them more with upgrade_drain_minutes")
            telling.stands(told)
            time.sleep(min(max(telling.waited * 0.05, 0.5), 10))
        return succeeded("")

    def _running(self, connector) -> list[str]:
        connector.aws.cache.written(effect("kubernetes"))
        pods = json.loads(connector.kubernetes.read(KubernetesRead("v1", "Pod", None, self.namespace, self.selector)) or "[]")
        return [pod["metadata"]["name"] for pod in pods if (pod.get("status") or {}).get("phase") not in ENDED]
