"""What the API server says, kept up to date: the objects that a node needs to know."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable

import urllib3

from sandbox.kubernetes.api import Api, ApiError

log = logging.getLogger(__name__)
Key = tuple[str, str]
Heard = Callable[[str, str, dict], None]
EVERYWHERE = {
    "nodes": "/api/v1/nodes", "services": "/api/v1/services", "persistentvolumes": "/api/v1/persistentvolumes",
    "endpointslices": "/apis/discovery.k8s.io/v1/endpointslices",
}  # fmt: skip
IN_NAMESPACES = ("secrets", "configmaps", "persistentvolumeclaims", "pods")
REST = 1
"""Between two attempts to watch (seconds)."""
LONGEST = 240
"""How long one watch lasts (seconds)."""


class Cluster:
    """
    The objects of some kinds.

    + heard: called in the loop with kind, `ADDED`, `MODIFIED` or `DELETED`, and the object
    """

    def __init__(self, api: Api, namespaces: tuple[str, ...], heard: Heard):
        self._api, self._heard, self._loop = api, heard, asyncio.get_running_loop()
        self._paths = [(kind, path) for kind, path in EVERYWHERE.items()]
        self._paths += [(kind, f"/api/v1/namespaces/{namespace}/{kind}") for namespace in namespaces for kind in IN_NAMESPACES]
        self._objects: dict[str, dict[Key, dict]] = {kind: {} for kind, _ in self._paths}

    async def start(self) -> None:
        """Know all there is, pods last, and hear of every change from now on."""
        for kind, path in self._paths:
            listed = asyncio.Event()
            threading.Thread(target=self._watch, args=(kind, path, listed), name=path, daemon=True).start()
            await listed.wait()

    def find(self, kind: str, namespace: str, name: str) -> dict | None:
        """One object, if there is one; nodes and volumes are in namespace ``""``."""
        return self._objects[kind].get((namespace, name))

    def all(self, kind: str) -> dict[Key, dict]:
        """All objects of a kind, by namespace and name."""
        return self._objects[kind]

    def _watch(self, kind: str, path: str, listed: asyncio.Event) -> None:
        while True:
            try:
                whole = self._api.request("GET", path)
                self._loop.call_soon_threadsafe(self._replace, kind, path, whole["items"], listed)
                version = whole["metadata"]["resourceVersion"]
                for event in self._api.watch(path, resourceVersion=version, timeoutSeconds=LONGEST):
                    if event["type"] == "ERROR":
                        break
                    self._loop.call_soon_threadsafe(self._change, kind, event["type"], event["object"])
            except (ApiError, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                log.info("watch of %s: %s", path, error)
                time.sleep(REST)

    def _replace(self, kind: str, path: str, items: list[dict], listed: asyncio.Event) -> None:
        """Take a new list for what there is: what is not on it any more has gone unheard."""
        namespace = path.split("/")[4] if path.startswith("/api/v1/namespaces/") else None
        there = {_key(item) for item in items}
        gone = [key for key in self._objects[kind] if key not in there and namespace in (None, key[0])]
        for key in gone:
            self._change(kind, "DELETED", self._objects[kind][key])
        for item in items:
            known = self._objects[kind].get(_key(item))
            if known is None or known["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
                self._change(kind, "ADDED" if known is None else "MODIFIED", item)
        listed.set()

    def _change(self, kind: str, change: str, thing: dict) -> None:
        if change == "DELETED":
            self._objects[kind].pop(_key(thing), None)
        else:
            self._objects[kind][_key(thing)] = thing
        try:
            self._heard(kind, change, thing)
        except Exception:
            log.exception("%s %s", kind, _key(thing))


def _key(thing: dict) -> Key:
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]
