"""The CSI drivers' provisioners: claims get volumes, volumes without a claim go."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import urllib3

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.events import warn
from sandbox.kubernetes.persistent_volume import FINALIZER, PROVISIONED_BY, name_of, persistent_volume, plausible_handle, refusal

CONTROLLERS = {"ebs.csi.aws.com": "ebs-csi-controller", "efs.csi.aws.com": "efs-csi-controller"}
PROVISIONER = "volume.kubernetes.io/storage-provisioner"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
REST = 10
"""How long a claim or a volume is left alone after a failure (seconds)."""
CHANGED_MEANWHILE = (404, 409)
CLAIMS, VOLUMES = "/api/v1/persistentvolumeclaims", "/api/v1/persistentvolumes"

CreateVolume = Callable[[str, dict, dict], str]
DeleteVolume = Callable[[str, str], None]
log = logging.getLogger(__name__)


class Provisioner:
    """
    One thread that does what the EBS and EFS drivers' controllers do, while their Deployments have ready replicas.

    + kubeconfig: of the cluster's administrator
    + create_volume: (driver, claim, storage class) -> volume handle; what it raises becomes the claim's event, and it is
      asked again later. For EBS the claim's annotation ``volume.kubernetes.io/selected-node`` names the node to be near to
    + delete_volume: (driver, handle); may be asked again for a volume that is gone
    + interval: how often the claims are looked at (seconds)
    """

    def __init__(
        self,
        kubeconfig: Path,
        create_volume: CreateVolume = plausible_handle,
        delete_volume: DeleteVolume = lambda driver, handle: None,
        interval: float = 0.5,
    ):
        self._api = Api(kubeconfig)
        self._create, self._delete, self._interval = create_volume, delete_volume, interval
        self._handles: dict[str, str] = {}
        self._not_before: dict[str, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="provisioner", daemon=True)

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
                log.debug("the cluster's volumes cannot be seen to now: %s", error)

    def step(self) -> None:
        """See to every claim and every volume once."""
        pending = [claim for claim in self._api.items(CLAIMS) if _wanted(claim)]
        released = [volume for volume in self._api.items(VOLUMES) if _unwanted(volume)]
        if pending or released:
            ready = {driver for driver, name in CONTROLLERS.items() if self._ready(name)}
            for claim in pending:
                self._attempt(claim, claim["metadata"]["annotations"][PROVISIONER], ready, self._provision)
            for volume in released:
                self._attempt(volume, volume["spec"]["csi"]["driver"], ready, self._remove)

    def _ready(self, deployment: str) -> bool:
        now = self._api.get(f"/apis/apps/v1/namespaces/kube-system/deployments/{deployment}")
        return bool(now and now.get("status", {}).get("readyReplicas"))

    def _attempt(self, thing: dict, driver: str, ready: set[str], act) -> None:
        uid = thing["metadata"]["uid"]
        if driver not in ready or time.monotonic() < self._not_before.get(uid, 0):
            return
        try:
            act(thing, driver)
            self._not_before.pop(uid, None)
        except urllib3.exceptions.HTTPError:
            raise
        except Exception as error:
            if isinstance(error, ApiError) and error.status in CHANGED_MEANWHILE:
                return
            self._not_before[uid] = time.monotonic() + REST
            reason = "ProvisioningFailed" if act == self._provision else "VolumeFailedDelete"
            with contextlib.suppress(ApiError):
                warn(self._api, thing, reason, str(error), f"{driver}_{CONTROLLERS[driver]}")

    def _provision(self, claim: dict, driver: str) -> None:
        """Make a claim's volume, once: it takes a moment until the claim is bound to it."""
        storage_class = self._api.get(f"/apis/storage.k8s.io/v1/storageclasses/{claim['spec']['storageClassName']}")
        selected = claim["metadata"]["annotations"].get(SELECTED_NODE)
        if storage_class is None or (_waits(storage_class) and not selected):
            return
        if why := refusal(driver, claim, storage_class):
            raise ValueError(why)
        if self._api.get(f"{VOLUMES}/{name_of(claim)}"):
            return
        uid = claim["metadata"]["uid"]
        if uid not in self._handles:
            self._handles[uid] = self._create(driver, claim, storage_class)
        node = self._api.get(f"/api/v1/nodes/{selected}") if selected else None
        volume = persistent_volume(driver, self._handles[uid], claim, storage_class, node)
        try:
            self._api.create(VOLUMES, volume)
        except ApiError as error:
            if error.status != 409:
                raise
        del self._handles[uid]

    def _remove(self, volume: dict, driver: str) -> None:
        self._delete(driver, volume["spec"]["csi"]["volumeHandle"])
        path, metadata = f"{VOLUMES}/{volume['metadata']['name']}", volume["metadata"]
        kept = [finalizer for finalizer in metadata.get("finalizers", []) if finalizer != FINALIZER]
        self._api.merge(path, {"metadata": {"finalizers": kept, "resourceVersion": metadata["resourceVersion"]}})
        self._api.delete(path)


def _wanted(claim: dict) -> bool:
    metadata = claim["metadata"]
    return (
        claim.get("status", {}).get("phase") == "Pending"
        and not claim["spec"].get("volumeName")
        and "deletionTimestamp" not in metadata
        and metadata.get("annotations", {}).get(PROVISIONER) in CONTROLLERS
    )


def _unwanted(volume: dict) -> bool:
    metadata = volume["metadata"]
    leaving = "deletionTimestamp" in metadata and FINALIZER not in metadata.get("finalizers", [])
    return (
        not leaving
        and volume.get("status", {}).get("phase") == "Released"
        and volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete"
        and metadata.get("annotations", {}).get(PROVISIONED_BY) in CONTROLLERS
    )


def _waits(storage_class: dict) -> bool:
    return storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"
