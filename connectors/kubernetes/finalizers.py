"""The last resort for an object whose controller is gone."""

from __future__ import annotations

from pyinfra.connectors.util import CommandOutput

from connectors.commands.command import Command, Kubectl
from connectors.kubernetes.cluster import KubernetesFailure


class Free(Command):
    """
    Take the finalizers off an object by hand, and say so: what it stands for outside of Kubernetes is left behind.

    + item: the live object
    + why: what is said of it
    """

    def __init__(self, item: dict, why: str = "its controller does not run"):
        super().__init__()
        group, metadata = item["apiVersion"].rpartition("/")[0], item["metadata"]
        kind = f"{item['kind'].lower()}.{group}" if group else item["kind"].lower()
        where = ["--namespace", metadata["namespace"]] if "namespace" in metadata else []
        self.why = why
        self.name = f"{item['kind']}/{metadata['name']}"
        self.patch = Kubectl("patch", f"{kind}/{metadata['name']}", *where, "--type=merge", "--patch", '{"metadata":{"finalizers":null}}')

    def text(self):
        return self.patch.text()

    def carry_out(self, connector):
        """Say it, do it; `connectors.eks` calls it."""
        connector.host.log(f"{self.name}: {self.why}, so its finalizers are removed by hand")
        done, _, error = connector.kubernetes.run(self.patch)
        if not done and "NotFound" not in error:
            raise KubernetesFailure(f"kubectl: {' '.join(error.split())}")
        return True, CommandOutput([])
