"""Removing objects of Kubernetes, with a deadline and a last resort."""

from __future__ import annotations

import json
import re

from connectors.aws.sending import duration
from connectors.commands.command import Command, Kubectl
from connectors.commands.execution import succeeded
from connectors.kubernetes.api_server import KubernetesFailure
from connectors.kubernetes.finalizers import Free

SHORT = 60
"""Seconds that objects are given once their finalizers are removed."""

HOLDS_OTHERS = ("Namespace", "CustomResourceDefinition")
"""What goes when all that is in it has gone."""

GOING = ("Namespace", "Terminating")
"""How the conditions begin that say what is in the way."""

REMAINING = re.compile(r"(\S+) has \d+ resource instances")
"""How a namespace says what is still in it."""


class Remove(Command):
    """
    Delete objects and wait until they are gone. What is still there at the deadline is named, with what Kubernetes says of it, and its finalizers
    are removed by hand: the last resort, since what they stand for outside of Kubernetes is left behind.

    + what: the objects, as kubectl takes them: ``"ingress", "airflow", "--namespace", "airflow"``
    + how: further options of the deletion
    + stdin: identities of the objects, for ``"-f", "-"``
    """

    writes = True

    def __init__(self, *what, how: tuple = (), stdin: list | None = None):
        super().__init__()
        self.what, self.how, self.stdin = what, how, stdin

    def text(self):
        return self._delete("10m").text()

    def carry_out(self, connector):
        """Delete, wait, and free what hangs; `connectors.eks` calls it."""
        limit = connector.aws.patience.objects
        if error := self._tried(connector, limit):
            stuck = self._left(connector, *self.what, stdin=self.stdin)
            connector.host.log(f"not gone after {duration(limit)}: {', '.join(map(_told, stuck)) or error}")
            for item in stuck:
                for held in self._held(connector, item):
                    Free(held, "it is still there").carry_out(connector)
            if error := self._tried(connector, min(limit, SHORT)):
                stuck = self._left(connector, *self.what, stdin=self.stdin)
                raise KubernetesFailure(f"kubectl: {error}: {', '.join(map(_told, stuck))}")
        return succeeded("")

    def _delete(self, timeout: str) -> Kubectl:
        return Kubectl("delete", *self.what, *self.how, "--ignore-not-found", "--wait", f"--timeout={timeout}", stdin=self.stdin)

    def _tried(self, connector, limit: float) -> str:
        """Delete: what was in the way at the deadline, nothing when they are gone; raises `KubernetesFailure` when it cannot be deleted."""
        done, _, error = connector.kubernetes.run(self._delete(f"{limit:.0f}s"), lambda: self._waiting(connector))
        line = " ".join(error.removeprefix("error: ").split())
        if done:
            return ""
        if "timed out waiting" in error:
            return line
        raise KubernetesFailure(f"kubectl: {line}")

    def _waiting(self, connector) -> str:
        """What is told while it waits: what is still there, and why."""
        try:
            return f"not gone yet: {', '.join(map(_told, self._left(connector, *self.what, stdin=self.stdin)))}"
        except KubernetesFailure:
            return ""

    def _held(self, connector, item: dict) -> list[dict]:
        """What has finalizers of an object that hangs: itself, or what is in it."""
        name = item["metadata"]["name"]
        if item["kind"] == "Namespace":
            kinds = sorted({kind for said in _conditions(item) for kind in REMAINING.findall(said)})
            inside = self._left(connector, ",".join(kinds), "--namespace", name) if kinds else []
        elif item["kind"] == "CustomResourceDefinition":
            inside = self._left(connector, name, "--all-namespaces")
        else:
            inside = [item]
        return [held for held in inside if held["metadata"].get("finalizers")]

    def _left(self, connector, *what, stdin=None) -> list[dict]:
        done, found, error = connector.kubernetes.run(Kubectl("get", *what, "--ignore-not-found", "--output", "json", stdin=stdin))
        if not done:
            raise KubernetesFailure(f"kubectl: {' '.join(error.split())}")
        found = json.loads(found or "{}")
        return found.get("items", [found] if found else [])


def _told(item: dict) -> str:
    why = _conditions(item) if item["kind"] in HOLDS_OTHERS else item["metadata"].get("finalizers") or []
    return f"{item['kind']}/{item['metadata']['name']}" + (f" ({'; '.join(why)})" if why else "")


def _conditions(item: dict) -> list[str]:
    """What an object that is on its way out says is in its way."""
    conditions = [found for found in (item.get("status") or {}).get("conditions") or [] if found["type"].startswith(GOING) and found["status"] == "True"]
    return [" ".join(found["message"].split()) for found in conditions if found.get("message")]
