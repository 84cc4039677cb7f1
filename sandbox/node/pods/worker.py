"""One pod, from the moment it is bound to a node until it is gone."""

import asyncio
import contextlib
import logging
import shutil

import urllib3

from sandbox.kubernetes.api import ApiError
from sandbox.node.containers.fields import host_address
from sandbox.node.identity import pod_identity
from sandbox.node.machine.client import StartError
from sandbox.node.pods.container import Container
from sandbox.node.pods.status import PodStatus
from sandbox.node.volumes.mounting import NotYet, Volumes

log = logging.getLogger(__name__)
AGAIN = 2
"""Between two attempts at what a pod needs before it starts (seconds)."""
LAST_WORDS = 5
"""How long the containers of a deleted pod have to be noted as ended (seconds)."""


class Worker:
    """
    Does for a pod what a kubelet does.

    + node: what all pods share (``pods.node``)
    + pod: as it was when it was bound
    """

    def __init__(self, node, pod: dict):
        self._node, self.pod = node, pod
        self.spec, self.uid = pod["spec"], pod["metadata"]["uid"]
        self.path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
        self.directory = node.directory / "pods" / self.uid
        self.network = node.networks / self.uid
        self.grace = self.spec.get("terminationGracePeriodSeconds", 30)
        self.address = ""
        self.volumes = Volumes(node.cluster, node.tokens, pod, self.directory, node.claims)
        self.initial = [Container(node, self, each, True) for each in self.spec.get("initContainers") or ()]
        self.main = [Container(node, self, each, False) for each in self.spec["containers"]]
        for each in (*self.initial, *self.main):
            each.condition.recover(pod.get("status", {}))
        self.status = PodStatus(pod, [each.condition for each in self.initial], [each.condition for each in self.main])
        self._changed, self._deleting = asyncio.Event(), False
        self._teller = asyncio.create_task(self._tell())
        self.work = asyncio.create_task(self._run())

    def container(self, name: str) -> Container | None:
        """A container of the pod by its name."""
        return next((each for each in (*self.initial, *self.main) if each.container["name"] == name), None)

    def changed(self) -> None:
        """Its status is another than the one that was told."""
        self._changed.set()

    def see(self, pod: dict) -> None:
        """Take note of the pod as the API server has it now."""
        self.pod = self.status.pod = pod

    async def _run(self) -> None:
        try:
            if self.spec.get("restartPolicy") == "Never" and any(each.condition.last for each in self.main):
                return self._lose()
            await self._prepare()
            sidecars = await self._initialize()
            if sidecars is not None:
                await asyncio.gather(*(each.keep() for each in self.main))
                await asyncio.gather(*(each.stop(self.grace) for each in sidecars))
            self.status.over = not self._deleting
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("pod %s", self.path)
        self.changed()

    def _lose(self) -> None:
        """It ran on a node that has ended, and is never restarted."""
        for each in self.main:
            each.condition.state = each.condition.last
        self.status.initialized = self.status.over = True
        self.changed()

    async def _prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        await self._identify()
        self.status.host = host_address(self._node.cluster, self.pod)
        await self._until_done("FailedCreatePodSandBox", self._connect)
        await self._until_done("FailedMount", lambda: self.volumes.mount(self.address))

    async def _until_done(self, reason: str, work) -> None:
        """Do what a pod needs before it starts, again and again where it fails; each failure is an event."""
        while True:
            try:
                return await work()
            except (NotYet, StartError, OSError, ApiError, urllib3.exceptions.HTTPError) as error:
                self._node.events.tell(self.pod, reason, str(error), warning=True)
                self.changed()
                await asyncio.sleep(AGAIN)

    async def _connect(self) -> None:
        """Give the pod its network and its address."""
        await self._node.machine.make_network(str(self.network))
        self.address = self.status.address = await self._node.links.add_pod(str(self.network))
        self._node.addresses.add(self.address)

    async def _identify(self) -> None:
        """Have the containers find their role's credentials, where their service account has one."""
        settings = self._node.settings
        with contextlib.suppress(OSError):
            if await pod_identity.associated(settings.cluster, settings.region, self.pod):
                pod = pod_identity.inject(self.pod, settings.region)
                self.volumes = Volumes(self._node.cluster, self._node.tokens, pod, self.directory, self._node.claims)
                for container, spec in zip((*self.initial, *self.main), (*pod["spec"]["initContainers"], *pod["spec"]["containers"]), strict=True):
                    container.container = spec

    async def _initialize(self) -> list[Container] | None:
        """The init containers that keep running beside the others; ``None`` where one has failed for good."""
        sidecars = []
        for container in self.initial:
            if container.always:
                sidecars.append(container)
                container.work = asyncio.create_task(container.keep())
                await container.up.wait()
                while not container.condition.started:
                    await asyncio.sleep(0.1)
                continue
            await container.keep()
            if container.condition.exit_code != 0 or self._deleting:
                return None
            container.condition.ready = True
        self.status.initialized = True
        for container in self.main:
            container.condition.state = {"waiting": {"reason": "ContainerCreating"}}
        self.changed()
        return sidecars

    async def refresh(self) -> None:
        """Have the files of its volumes as they are now, and its tokens fresh."""
        if self.address and not self.status.over and not self._deleting:
            with contextlib.suppress(NotYet, ApiError, urllib3.exceptions.HTTPError):
                await self.volumes.mount(self.address)

    async def delete(self, grace: float) -> None:
        """Stop its containers within the grace period (seconds) and let the API server forget it."""
        if self._deleting:
            return
        self._deleting = True
        await asyncio.gather(*(each.stop(grace) for each in (*self.initial, *self.main)))
        if any(each.run for each in (*self.initial, *self.main)):
            await asyncio.wait([self.work], timeout=LAST_WORDS)
        self.work.cancel()
        await self._push()
        with contextlib.suppress(ApiError, urllib3.exceptions.HTTPError):
            options = {"gracePeriodSeconds": 0, "preconditions": {"uid": self.uid}}
            await asyncio.to_thread(self._node.api.delete, self.path, options)

    async def forget(self) -> None:
        """The pod is gone: so are its processes, files and network."""
        await self.delete(0)
        self._teller.cancel()
        self._node.addresses.discard(self.address)
        with contextlib.suppress(Exception):
            await self._node.machine.forget_network(str(self.network))
        self._node.tokens.forget(self.uid)
        self._node.events.forget(self.uid)
        await asyncio.to_thread(shutil.rmtree, self.directory, ignore_errors=True)

    async def _tell(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._push()

    async def _push(self) -> None:
        try:
            await asyncio.to_thread(self._node.api.merge, f"{self.path}/status", {"status": self.status.to_status(), "metadata": {"uid": self.uid}})
        except ApiError as error:
            if error.status not in (404, 409):
                log.warning("status of %s: %s", self.path, error)
        except urllib3.exceptions.HTTPError as error:
            log.info("status of %s: %s", self.path, error)
            await asyncio.sleep(1)
            self._changed.set()
