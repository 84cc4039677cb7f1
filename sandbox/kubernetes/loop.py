"""A thread that looks at a cluster again and again, as controllers do."""

import logging
import threading
from pathlib import Path

import urllib3

from sandbox.kubernetes.api import Api, ApiError

log = logging.getLogger(__name__)


class Loop:
    """
    What the program of a Deployment does in the cluster, while that has ready replicas: a subclass has its ``step``.

    + kubeconfig: of the cluster's administrator
    + interval: how often it looks (seconds)
    """

    def __init__(self, kubeconfig: Path, interval: float = 1):
        self._api, self._interval = Api(kubeconfig), interval
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def step(self) -> None:
        """Look once, and do what is to be done."""
        raise NotImplementedError

    def ready(self, labels: str) -> list[dict]:
        """The Deployments with these labels that have ready replicas."""
        found = self._api.items("/apis/apps/v1/deployments", labelSelector=labels)
        return [deployment for deployment in found if deployment.get("status", {}).get("readyReplicas")]

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                self.step()
            except (ApiError, urllib3.exceptions.HTTPError) as error:
                log.debug("%s cannot see to the cluster now: %s", type(self).__name__, error)
