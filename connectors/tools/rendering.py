"""What helm would make of a release, without making it."""

from __future__ import annotations

import hashlib
import json

from pyinfra.connectors.util import CommandOutput, OutputLine

from connectors.commands.command import Command, Helm
from connectors.commands.reference import resolve, unmasked
from connectors.tools.tools import complaint


class Rendering(Command):
    """
    An upgrade of a release as a dry run: answers ``manifest``, or ``refusal`` with what helm says against it.

    + release: its name
    + namespace: where it is
    + origin: the chart, as helm's arguments
    + values: what it is given; references anywhere
    """

    reads = True

    def __init__(self, release: str, namespace: str, origin: list[str], values: dict):
        super().__init__()
        self.helm = Helm(
            "upgrade", release, *origin, "--namespace", namespace, "--reset-values", "--dry-run=server", "--output=json", "--values=-", stdin=values
        )
        self.helm.reads = True

    def text(self):
        return self.helm.text()

    def carry_out(self, connector):
        """Ask helm, once for the same values; `connectors.eks` calls it."""
        values = json.dumps(unmasked(resolve(self.helm.stdin)), sort_keys=True, default=str)
        key = f"{self.text()} {hashlib.sha256(values.encode()).hexdigest()}"

        def ask() -> str:
            done, out, error = connector.kubernetes.run(self.helm)
            return json.dumps({"manifest": json.loads(out)["manifest"]} if done else {"refusal": complaint("helm", error)})

        answer = connector.aws.cache.answer("kubernetes", "upgrade", key, ask)
        return True, CommandOutput([OutputLine("stdout", answer)])
