"""The AWS Load Balancer Controller: Ingresses of its class get an address, and keep a finalizer until their load balancer is gone."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import urllib3

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.events import warn

NAME = "aws-load-balancer-controller"
DEPLOYMENT = f"/apis/apps/v1/namespaces/kube-system/deployments/{NAME}"
CLASSES, INGRESSES = "/apis/networking.k8s.io/v1/ingressclasses", "/apis/networking.k8s.io/v1/ingresses"
CONTROLLER = "ingress.k8s.aws/alb"
FINALIZER = "ingress.k8s.aws/resources"
REST = 5
"""How long an Ingress is left alone after a failure (seconds)."""

log = logging.getLogger(__name__)


class LoadBalancerController:
    """
    One thread that does what the controller does, while its Deployment has ready replicas.

    + kubeconfig: of the cluster's administrator
    + create: (Ingress, arguments of the controller) -> host name; what it raises becomes the Ingress's event, and it is asked again
      later. It is asked again, too, whenever the Ingress changed
    + delete: (Ingress) -> whether nothing is left of it
    + interval: how often the Ingresses are looked at (seconds)
    """

    kind, finalizer, reporter = "Ingress", FINALIZER, "ingress"

    def __init__(self, kubeconfig: Path, create: Callable[[dict, dict], str], delete: Callable[[dict], bool], interval: float = 0.5):
        self._api = Api(kubeconfig)
        self._create, self._delete, self._interval = create, delete, interval
        self._not_before: dict[str, float] = {}
        self._seen: dict[str, dict] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"controller of each {self.kind}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                self.step()
            except (ApiError, urllib3.exceptions.HTTPError) as error:
                log.debug("each %s cannot be seen to now: %s", self.kind, error)

    def step(self) -> None:
        """See to every Ingress once."""
        ingresses = self._api.items(INGRESSES)
        deployment = self._api.get(DEPLOYMENT) if ingresses else None
        if not deployment or not deployment.get("status", {}).get("readyReplicas"):
            return
        classes = {item["metadata"]["name"] for item in self._api.items(CLASSES) if item["spec"].get("controller") == CONTROLLER}
        for ingress in ingresses:
            leaving = "deletionTimestamp" in ingress["metadata"]
            if leaving and FINALIZER in ingress["metadata"].get("finalizers", []):
                self._attempt(ingress, self._release)
            elif not leaving and ingress["spec"].get("ingressClassName") in classes and self._changed(ingress):
                self._attempt(ingress, lambda ingress: self._provide(ingress, arguments(deployment)))

    def _changed(self, ingress: dict) -> bool:
        return self._seen.get(ingress["metadata"]["uid"]) != _wanted(ingress)

    def _attempt(self, ingress: dict, act) -> None:
        uid = ingress["metadata"]["uid"]
        if time.monotonic() < self._not_before.get(uid, 0):
            return
        try:
            act(ingress)
        except urllib3.exceptions.HTTPError:
            raise
        except Exception as error:
            self._not_before[uid] = time.monotonic() + REST
            self._seen.pop(uid, None)
            with contextlib.suppress(ApiError):
                warn(self._api, {"kind": self.kind, **ingress}, "FailedDeployModel", str(error), self.reporter)

    def _provide(self, ingress: dict, given: dict) -> None:
        path, metadata = self._path(ingress), ingress["metadata"]
        finalizers = metadata.get("finalizers", [])
        if self.finalizer not in finalizers:
            self._api.merge(path, {"metadata": {"finalizers": [*finalizers, self.finalizer], "resourceVersion": metadata["resourceVersion"]}})
        hostname = self._create(ingress, given)
        self._api.merge(f"{path}/status", {"status": {"loadBalancer": {"ingress": [{"hostname": hostname}]}}})
        self._seen[metadata["uid"]] = _wanted(ingress)

    def _release(self, ingress: dict) -> None:
        if self._delete(ingress):
            kept = [finalizer for finalizer in ingress["metadata"]["finalizers"] if finalizer != self.finalizer]
            self._api.merge(self._path(ingress), {"metadata": {"finalizers": kept}})
            self._seen.pop(ingress["metadata"]["uid"], None)

    def _path(self, ingress: dict) -> str:
        metadata = ingress["metadata"]
        return f"/apis/networking.k8s.io/v1/namespaces/{metadata['namespace']}/ingresses/{metadata['name']}"


def arguments(deployment: dict) -> dict[str, str]:
    """The arguments of the controller's container, without their dashes."""
    given = deployment["spec"]["template"]["spec"]["containers"][0].get("args", [])
    return dict(argument.removeprefix("--").partition("=")[::2] for argument in given)


def _wanted(ingress: dict) -> dict:
    return {"annotations": ingress["metadata"].get("annotations"), "spec": ingress["spec"]}
