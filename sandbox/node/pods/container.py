"""One container of a pod over all its runs."""

import asyncio
import contextlib
import shutil
from pathlib import Path

from sandbox.node.containers.description import describe
from sandbox.node.containers.references import ConfigError
from sandbox.node.machine.client import StartError
from sandbox.node.pods.backoff import BackOff
from sandbox.node.pods.logs import Log
from sandbox.node.pods.probing import Probing
from sandbox.node.pods.running import Run
from sandbox.node.pods.status import Condition
from sandbox.node.pods.times import now

AGAIN = 5
"""How long a container that lacks something it refers to waits (seconds)."""
KEPT_LOGS = 2


class Container:
    """
    Runs a container as often as its pod's policy says.

    + node: what all pods share (``pods.node``)
    + pod: the worker of its pod
    + initial: whether it is an init container
    """

    def __init__(self, node, pod, container: dict, initial: bool):
        self._node, self._pod, self.container = node, pod, container
        self.always = container.get("restartPolicy") == "Always" if initial else pod.spec.get("restartPolicy", "Always") == "Always"
        self._on_failure = pod.spec.get("restartPolicy", "Always") != "Never"
        waiting = "PodInitializing" if not initial and pod.spec.get("initContainers") else "ContainerCreating"
        self.condition = Condition(container, {"waiting": {"reason": waiting}})
        self.label = f"{'initContainers' if initial else 'containers'}{{{container['name']}}}"
        self.directory: Path = pod.directory / container["name"]
        self.run: Run | None = None
        self.up = asyncio.Event()
        self._back_off = BackOff()
        self._stopping = asyncio.Event()

    def log(self, previous: bool = False) -> Path | None:
        """The log of its last run, or of the one before, if there is one."""
        path = self.directory / f"{self.condition.restarts - previous}.log"
        return path if path.exists() else None

    async def keep(self) -> None:
        """Run it, again and again if the policy says so, until it is over or stopped."""
        while not self._stopping.is_set():
            code = await self._once()
            if self._stopping.is_set() or not (self.always or (self._on_failure and code)):
                return
            await self._rest()

    async def _once(self) -> int:
        started = now()
        self._back_off.starting()
        try:
            self.run = await self._start()
        except StartError as error:
            self._tell("Failed", f"Error: failed to create containerd task: {error}", warning=True)
            self._ended({"exitCode": 128, "reason": "StartError", "message": str(error), "startedAt": started, "finishedAt": now()})
            return 128
        self._tell("Started", f"Container started: {self.container['name']}")
        started = now()
        self.condition.state, self.condition.started = {"running": {"startedAt": started}}, "startupProbe" not in self.container
        self.condition.ready = self.condition.started and "readinessProbe" not in self.container
        self.up.set()
        self._pod.changed()
        minding = asyncio.create_task(self._mind(self.run))
        try:
            code = await self.run.wait()
        finally:
            minding.cancel()
        ended = {"exitCode": code, "reason": "Error" if code else "Completed", "startedAt": started, "finishedAt": now()}
        if message := self.run.message(self.container, code):
            ended["message"] = message
        self._ended(ended)
        return code

    async def _start(self) -> Run:
        image = self._node.image(self.container)
        while True:
            try:
                described = describe(self._node.cluster, self._pod.pod, self.container, image, self._pod.volumes, self.directory, self._pod.address)
                break
            except ConfigError as error:
                self.condition.state = {"waiting": {"reason": "CreateContainerConfigError", "message": str(error)}}
                self._pod.changed()
                self._tell("Failed", f"Error: {error}", warning=True)
                await asyncio.sleep(AGAIN)
        self._tell("Pulled", f'Container image "{self.container["image"]}" already present on machine')
        self._tell("Created", f"Container created: {self.container['name']}")
        log = Log(self.directory / f"{self.condition.restarts}.log")
        (self.directory / f"{self.condition.restarts - KEPT_LOGS}.log").unlink(missing_ok=True)
        described |= {"network": str(self._pod.network), "place": str(self._node.place)}
        return await Run.start(self._node.machine, described, log)

    async def _mind(self, run: Run) -> None:
        """Its postStart hook, then its probes; ends the container where one of them says so."""
        if why := await run.hook("postStart", self.container, self._pod.address, self._pod.grace):
            self._tell("FailedPostStartHook", f"PostStartHook failed: {why}", warning=True)
            self._tell("Killing", f"FailedPostStartHook: Container {self.container['name']} failed its postStart hook")
            return await run.stop(self.container, self._pod.address, self._pod.grace)
        await self._probe(run)

    async def _probe(self, run: Run) -> None:
        probing = Probing(
            self.condition, self._pod.address, self._node.one_at_a_time, self._node.settings.stretch, run.execute, self._pod.changed,
            lambda reason, message: self._tell(reason, message, warning=True),
        )  # fmt: skip
        kind = await probing.run()
        self._tell("Killing", f"Container {self.container['name']} failed {kind} probe, will be restarted")
        probe = self.container[f"{kind}Probe"]
        await run.stop(self.container, self._pod.address, probe.get("terminationGracePeriodSeconds", self._pod.grace))

    async def _rest(self) -> None:
        """Wait as long as the back-off says, and count the restart."""
        wait = self._back_off.wait()
        self.condition.last = self.condition.state
        if wait:
            name, pod = self.container["name"], self._pod.pod["metadata"]
            message = f"back-off {wait:.0f}s restarting failed container={name} pod={pod['name']}_{pod['namespace']}({pod['uid']})"
            self.condition.state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
            self._tell("BackOff", f"Back-off restarting failed container {name} in pod {pod['name']}_{pod['namespace']}({pod['uid']})", warning=True)
            self._pod.changed()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
        if not self._stopping.is_set():
            self.condition.restarts += 1

    async def stop(self, grace: float) -> None:
        """End it for good, within its grace period (seconds)."""
        self._stopping.set()
        if self.run and not self.run.process.code.done():
            self._tell("Killing", f"Stopping container {self.container['name']}")
            await self.run.stop(self.container, self._pod.address, grace)

    def _ended(self, terminated: dict) -> None:
        self.condition.state, self.condition.started, self.condition.ready = {"terminated": terminated}, False, False
        self._pod.changed()

    def _tell(self, reason: str, message: str, warning: bool = False) -> None:
        self._node.events.tell(self._pod.pod, reason, message, self.label, warning)

    def remove_files(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
