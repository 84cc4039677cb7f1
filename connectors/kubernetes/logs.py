"""What containers said."""

from __future__ import annotations

import json

from pyinfra.connectors.util import CommandOutput, OutputLine

from connectors.commands.command import Command, Kubectl


class Logs(Command):
    """
    What a container of a workload said lately: answers its lines, none where nothing of it runs.

    + workload: ``deployment/airflow-dag-processor``
    + namespace: where it is
    + container: which of its pod's
    + since: as kubectl spells a time, ``10m``
    """

    reads = True

    def __init__(self, workload: str, namespace: str, container: str, since: str):
        super().__init__()
        self.kubectl = Kubectl("logs", workload, "--namespace", namespace, "--container", container, f"--since={since}")
        self.kubectl.reads = True

    def text(self):
        return self.kubectl.text()

    def carry_out(self, connector):
        """Ask kubectl; `connectors.eks` calls it."""
        done, out, _ = connector.kubernetes.run(self.kubectl) if connector.kubernetes.description else (False, "", "")
        return True, CommandOutput([OutputLine("stdout", json.dumps(out.splitlines() if done else []))])
