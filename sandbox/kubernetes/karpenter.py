"""Karpenter's controller, run beside a cluster while its Deployment is ready in it."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import urllib3

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.control_plane import ControlPlane
from sandbox.kubernetes.events import warn
from sandbox.kubernetes.processes import Process

DEPLOYMENTS = "/apis/apps/v1/deployments"
NAME = "karpenter"
REST = 10
"""How long it rests after it has ended by itself or could not be started (seconds)."""
OUTSIDE = {"DISABLE_LEADER_ELECTION": "true", "ISOLATED_VPC": "true"}
"""It is alone, and the sandbox has no price list."""
log = logging.getLogger(__name__)

Environment = Callable[[str, str], dict[str, str]]


class Karpenter:
    """
    One thread that starts the controller when a Deployment ``karpenter`` has ready replicas, with the variables of its container,
    and ends it when that has none.

    + plane: the cluster's
    + program: path of the controller
    + environment: (namespace, service account) -> what the pods of EKS get of AWS; raises LookupError, whose message becomes the
      Deployment's event
    + interval: how often the Deployment is looked at (seconds)
    """

    def __init__(self, plane: ControlPlane, program: Path, environment: Environment, interval: float = 0.5):
        self._api = Api(plane.kubeconfig)
        self._plane, self._program, self._environment, self._interval = plane, program, environment, interval
        self._process: Process | None = None
        self._given: dict[str, str] = {}
        self._not_before = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and the controller, and wait for them."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        self._end()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                self.step()
            except (ApiError, urllib3.exceptions.HTTPError) as error:
                log.debug("the cluster's Deployments cannot be seen now: %s", error)

    def step(self) -> None:
        """Start or end the controller as the Deployment of now wants it."""
        deployment = self._ready_deployment()
        if deployment is None:
            self._end()
            return
        given = variables(deployment)
        if self.running and given == self._given:
            return
        if self._process and not self._process.running:
            self._fail(deployment, f"the controller ended: {self._process.last_words()}")
        self._end()
        if time.monotonic() >= self._not_before:
            self._begin(deployment, given)

    def _ready_deployment(self) -> dict | None:
        found = self._api.items(DEPLOYMENTS, fieldSelector=f"metadata.name={NAME}")
        return next((d for d in found if d.get("status", {}).get("readyReplicas") and "deletionTimestamp" not in d["metadata"]), None)

    def _begin(self, deployment: dict, given: dict[str, str]) -> None:
        namespace = deployment["metadata"]["namespace"]
        account = deployment["spec"]["template"]["spec"].get("serviceAccountName", "default")
        try:
            of_aws = self._environment(namespace, account)
        except LookupError as error:
            self._fail(deployment, str(error.args[0]))
            return
        home = {"KUBECONFIG": str(self._plane.kubeconfig), "SYSTEM_NAMESPACE": namespace}
        self._process, self._given = Process(self._program, self._plane.directory), given
        self._process.start(**{**OUTSIDE, **given, **of_aws, **home})

    def _fail(self, deployment: dict, why: str) -> None:
        log.warning("karpenter of %s: %s", self._plane.name, why)
        self._not_before = time.monotonic() + REST
        warn(self._api, {"kind": "Deployment", **deployment}, "BackOff", why, "kubelet")

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process = None


def variables(deployment: dict) -> dict[str, str]:
    """The variables of its first container that are written out, but for the ports it would listen on."""
    containers = deployment["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry["value"] for entry in containers[0].get("env") or () if entry.get("value")}
