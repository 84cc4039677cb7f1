"""The connector ``@sandbox/<deployment>``: the same platform on the embedded AWS and Kubernetes, started when needed."""

from __future__ import annotations

import threading
from functools import cached_property

import boto3

from connectors.eks import EksConnector

_STARTING = threading.Lock()


class SandboxConnector(EksConnector):
    """`EksConnector` with the sandbox's endpoint and credentials; the only place in the product that knows of it."""

    prefix = "sandbox"

    @cached_property
    def _sandbox(self):
        import sandbox

        with _STARTING:
            return sandbox.up()

    def endpoint(self):
        return self._sandbox.endpoint

    def session(self):
        return boto3.Session(self._sandbox.access_key_id, self._sandbox.secret_access_key, region_name=self.settings.region)
