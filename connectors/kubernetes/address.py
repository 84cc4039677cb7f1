"""Waiting for the address of an Ingress."""

from __future__ import annotations

import json
import time

from connectors.aws.effects import effect
from connectors.aws.telling import Telling
from connectors.commands.command import Command, KubernetesRead

LIMIT = 900
"""Seconds a controller is given to answer an Ingress."""


class Address(Command):
    """
    Wait until a controller has given an Ingress an address.

    + namespace: where it is
    + ingress: its name
    """

    writes = False

    def __init__(self, namespace: str, ingress: str):
        super().__init__()
        self.namespace, self.ingress = namespace, ingress

    def text(self):
        return f"kubectl wait --namespace {self.namespace} ingress/{self.ingress} --for=jsonpath='{{.status.loadBalancer.ingress}}'"

    def carry_out(self, connector):
        """Poll until there is one; `connectors.eks` calls it."""
        from pyinfra.connectors.util import CommandOutput, OutputLine

        telling = Telling(connector.aws, f"ingress {self.namespace}/{self.ingress}")
        while True:
            connector.aws.cache.written(effect("kubernetes"))
            live = json.loads(connector.kubernetes.read(KubernetesRead("networking.k8s.io/v1", "Ingress", self.ingress, self.namespace)) or "null")
            waited = telling.waited
            if address_of(live):
                return True, CommandOutput([])
            if waited > LIMIT:
                line = f"ingress {self.namespace}/{self.ingress} has no address after {waited / 60:.0f} minutes: kubectl describe ingress tells why"
                return False, CommandOutput([OutputLine("stderr", line)])
            telling.stands("no address yet")
            time.sleep(min(max(waited * 0.05, 0.5), 10))


def address_of(ingress: dict | None) -> str | None:
    """
    The host name a controller gave an Ingress, ``None`` before.

    + ingress: as the API server keeps it
    """
    given = ((ingress or {}).get("status", {}).get("loadBalancer") or {}).get("ingress") or [{}]
    return given[0].get("hostname") or given[0].get("ip")
