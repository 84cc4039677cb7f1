"""What helm would make of a release, without making it."""

from __future__ import annotations

import hashlib
import json

from pyinfra.connectors.util import CommandOutput, OutputLine

from connectors.commands.command import Command, Helm
from connectors.commands.reference import resolve, unmasked
from connectors.kubernetes.manifest import rendered
from connectors.tools.tools import complaint


class Rendering(Command):
    """
    An install or an upgrade of a release as a dry run: answers ``manifest``, or ``refusal`` with what helm says against it.

    + release: its name
    + namespace: where it is
    + origin: the chart, as helm's arguments
    + values: what it is given; references anywhere
    + install: whether it is not there yet: the API server, which may not know all of its kinds, is not asked then
    """

    reads = True

    def __init__(self, release: str, namespace: str, origin: list[str], values: dict, install: bool = False):
        super().__init__()
        how = ("--install", "--dry-run=client") if install else ("--reset-values", "--dry-run=server")
        self.helm = Helm("upgrade", release, *origin, "--namespace", namespace, *how, "--output=json", "--values=-", stdin=values)
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


class Definitions(Command):
    """
    The names of the CRDs in a chart's ``crds/``: answers ``names``, or ``refusal`` with what helm says against it.

    + origin: the chart, as helm's arguments
    """

    reads = True

    def __init__(self, origin: list[str]):
        super().__init__()
        self.helm = Helm("show", "crds", *origin)
        self.helm.reads = True

    def text(self):
        return self.helm.text()

    def carry_out(self, connector):
        """Ask helm; `connectors.eks` calls it."""
        done, out, error = connector.kubernetes.run(self.helm)
        answer = {"names": [item["metadata"]["name"] for item in rendered(out)]} if done else {"refusal": complaint("helm", error)}
        return True, CommandOutput([OutputLine("stdout", json.dumps(answer))])
