"""A kubelet's events about its pods: the same one again only counts."""

import asyncio
import logging

import urllib3

from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.events import record
from sandbox.node.pods.times import now

log = logging.getLogger(__name__)
COMPONENT = "kubelet"


class Events:
    """Tells the API server what happens to pods, in the order in which it happens."""

    def __init__(self, api: Api):
        self._api = api
        self._queue: asyncio.Queue[tuple] = asyncio.Queue()
        self._told: dict[tuple, dict] = {}
        self._task = asyncio.create_task(self._run())

    def tell(self, pod: dict, reason: str, message: str, container: str = "", warning: bool = False) -> None:
        """
        Record an event of a pod.

        + container: `containers{name}` or `initContainers{name}`, where it is about one
        """
        self._queue.put_nowait((pod, reason, message, container, "Warning" if warning else "Normal"))

    def forget(self, uid: str) -> None:
        """Count nothing more of a pod that is gone."""
        self._told = {key: event for key, event in self._told.items() if key[0] != uid}

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._tell, *await self._queue.get())
            except (ApiError, urllib3.exceptions.HTTPError) as error:
                log.info("event: %s", error)

    def _tell(self, pod: dict, reason: str, message: str, container: str, kind: str) -> None:
        key = pod["metadata"]["uid"], reason, message, container
        if known := self._told.get(key):
            known["count"] += 1
            path = f"/api/v1/namespaces/{known['metadata']['namespace']}/events/{known['metadata']['name']}"
            self._api.merge(path, {"count": known["count"], "lastTimestamp": now()})
            return
        source = {"component": COMPONENT, "host": pod["spec"].get("nodeName")}
        about = {"kind": "Pod", **pod}
        self._told[key] = record(self._api, about, kind, reason, message, source, f"spec.{container}" if container else None)
