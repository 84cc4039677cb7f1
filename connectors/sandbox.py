"""The connector ``@sandbox/<deployment>``: the same platform on the embedded AWS and Kubernetes, started when needed."""

from __future__ import annotations

import threading
from functools import cached_property

from pyinfra.api.exceptions import ConnectError

from connectors.aws.client import Patience
from connectors.aws.session import Credentials
from connectors.eks import EksConnector
from settings.regions import CA_BUNDLES

_STARTING = threading.Lock()


class SandboxConnector(EksConnector):
    """`EksConnector` with the sandbox's endpoint, credentials and clock; the only place in the product that knows of it."""

    prefix = "sandbox"

    @cached_property
    def _sandbox(self):
        import sandbox
        from sandbox.lifecycle import SandboxError
        from sandbox.programs import BuildError

        try:
            with _STARTING:
                return sandbox.up()
        except (SandboxError, BuildError, OSError, ValueError) as error:
            raise ConnectError(f"the sandbox cannot be started: {error}") from None

    def endpoint(self):
        return self._sandbox.endpoint

    def credentials(self):
        return Credentials(self._sandbox.access_key_id, self._sandbox.secret_access_key)

    def pace(self):
        from sandbox.home import read_daemon
        from sandbox.lifecycle import ask

        return ask(read_daemon(), "time-scale")["time_scale"]

    @property
    def runs_pods(self):
        """Where kwok plays the pods, nothing runs in them."""
        return self._sandbox.processes

    def published(self, url):
        """What AWS publishes of RDS's certificates is the sandbox's own."""
        return self._sandbox.rds_certificates if url in CA_BUNDLES.values() else None

    def patience(self):
        """The emulator lists and lets go at once; Kubernetes is a real one with pauses of its own, and pods that are processes take their time."""
        return Patience(look=0.2, seen=1, release=30, objects=180 if self.runs_pods else 60, silence=5)
