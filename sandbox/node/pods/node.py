"""All pods of the machine, and what they share."""

import asyncio
import logging
import shutil
from pathlib import Path

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.kwok import PLAYED_BY
from sandbox.node.cluster import Cluster
from sandbox.node.images import Image, full_name
from sandbox.node.images.pulls import Pulls
from sandbox.node.machine.client import Machine
from sandbox.node.network.links import Links
from sandbox.node.pods.events import Events
from sandbox.node.pods.worker import Worker
from sandbox.node.settings import Settings
from sandbox.node.volumes.tokens import Tokens

log = logging.getLogger(__name__)
REFRESH = 30
"""How often the files of volumes are looked after even if nothing was heard (seconds)."""


class Node:
    """
    The kubelet's memory.

    + directory: of its files
    """

    def __init__(self, settings: Settings, directory: Path, api: Api, machine: Machine, links: Links):
        self.settings, self.directory, self.api, self.machine, self.links = settings, directory, api, machine, links
        self.cluster: Cluster = None
        self.claims, self.networks, self.place = directory / "claims", directory / "networks", directory / "root"
        for made in (self.claims, self.networks, self.place):
            made.mkdir(exist_ok=True)
        self.tokens, self.events = Tokens(api), Events(api)
        self._pulls = Pulls(settings.images)
        self.one_at_a_time = asyncio.Semaphore(1)
        self.addresses: set[str] = set()
        self.workers: dict[str, Worker] = {}
        self._awaiting: set[str] = set()
        self._tasks: set[asyncio.Task] = set()

    def image(self, container: dict) -> Image | None:
        return self._pulls.find(container["image"])

    def find(self, namespace: str, name: str) -> Worker | None:
        """The worker of a pod by the pod's name."""
        return next((each for each in self.workers.values() if each.path == f"/api/v1/namespaces/{namespace}/pods/{name}"), None)

    def hear(self, kind: str, change: str, thing: dict) -> None:
        """What the API server says."""
        if kind == "pods":
            self._hear_pod(change, thing)
        elif kind in ("secrets", "configmaps"):
            self._soon(self.refresh(thing["metadata"]["namespace"]))
        elif kind == "persistentvolumes" and change == "DELETED":
            shutil.rmtree(self.claims / thing["metadata"]["name"], ignore_errors=True)

    def _hear_pod(self, change: str, pod: dict) -> None:
        uid, metadata = pod["metadata"]["uid"], pod["metadata"]
        worker = self.workers.get(uid)
        if change == "DELETED":
            self._awaiting.discard(uid)
            if worker:
                del self.workers[uid]
                self._soon(worker.forget())
            return
        if worker is None and self._is_new(pod):
            worker = self.workers[uid] = Worker(self, pod)
        if worker is None:
            return
        worker.see(pod)
        if "deletionTimestamp" in metadata:
            self._soon(worker.delete(metadata.get("deletionGracePeriodSeconds") or 0))

    def _is_new(self, pod: dict) -> bool:
        """Whether to run it now; one that has an image that nothing stands for yet comes later, or is left to kwok."""
        metadata = pod["metadata"]
        if not pod["spec"].get("nodeName") or PLAYED_BY in (metadata.get("annotations") or {}):
            return False
        if "deletionTimestamp" in metadata:
            return True
        if pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
            return False
        unknown = [each["image"] for each in (*(pod["spec"].get("initContainers") or ()), *pod["spec"]["containers"]) if not self.image(each)]
        if unknown and metadata["uid"] not in self._awaiting:
            self._awaiting.add(metadata["uid"])
            self._soon(self._pull(pod, unknown))
        return not unknown

    async def _pull(self, pod: dict, unknown: list[str]) -> None:
        """Have something stand for the images of a pod, then run it; where nothing does, kwok plays it."""
        uid, key = pod["metadata"]["uid"], (pod["metadata"]["namespace"], pod["metadata"]["name"])
        for image in dict.fromkeys(unknown):
            self.events.tell(pod, "Pulling", f'Pulling image "{image}"')
            if (why := await self._pulls.pull(full_name(image))) is not None:
                return await self._leave(pod, f'nothing on this machine stands for image "{image}"{why}: kwok plays this pod')
            self.events.tell(pod, "Pulled", f'Successfully pulled image "{image}"')
        self._awaiting.discard(uid)
        if (now := self.cluster.find("pods", *key)) and now["metadata"]["uid"] == uid:
            self._hear_pod("MODIFIED", now)

    async def _leave(self, pod: dict, why: str) -> None:
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
        self.events.tell(pod, "NoProcess", why, warning=True)
        try:
            await asyncio.to_thread(self.api.merge, path, {"metadata": {"annotations": {PLAYED_BY: "kwok"}}})
        except ApiError as error:
            log.info("%s: %s", path, error)

    async def refresh(self, namespace: str | None = None) -> None:
        """Bring the files of all pods, or of those of a namespace, up to date."""
        await asyncio.gather(*(each.refresh() for each in list(self.workers.values()) if namespace in (None, each.pod["metadata"]["namespace"])))

    async def keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH)
            await self.refresh()

    def _soon(self, work) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
