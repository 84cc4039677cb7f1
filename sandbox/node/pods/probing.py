"""A container's probes over time: startup first, then readiness and liveness, each with its thresholds."""

import asyncio
from collections.abc import Callable

from sandbox.node.pods import probes
from sandbox.node.pods.status import Condition

TITLES = {"startupProbe": "Startup", "readinessProbe": "Readiness", "livenessProbe": "Liveness"}


class Probing:
    """
    Probes one run of a container until it is cancelled.

    + condition: whose `ready` and `started` it sets
    + one_at_a_time: what exec probes wait for: each starts a Python
    + stretch: what the timeout of an exec probe is multiplied with, and its period (a startup probe: its threshold)
    + execute: runs a command in the container (``probes.ask``)
    + changed: called when the condition has changed
    + tell: reason and message of a Warning
    """

    def __init__(
        self,
        condition: Condition,
        address: str,
        one_at_a_time: asyncio.Semaphore,
        stretch: int,
        execute: probes.Exec,
        changed: Callable[[], None],
        tell: Callable[[str, str], None],
    ):
        self._condition, self._address = condition, address
        self._one_at_a_time, self._stretch = one_at_a_time, stretch
        self._execute, self._changed, self._tell = execute, changed, tell
        self._container = condition.container

    async def run(self) -> str:
        """The kind of probe whose failure ends the container; never returns while it is well."""
        container, condition = self._container, self._condition
        if startup := container.get("startupProbe"):
            threshold = self._slower(startup) * startup.get("failureThreshold", 3)
            if not await self._until("startupProbe", startup, 1, threshold, startup.get("periodSeconds", 10)):
                return "startup"
        condition.started, condition.ready = True, "readinessProbe" not in container
        self._changed()
        ready = asyncio.create_task(self._keep_ready())
        try:
            await self._stay_alive()
        finally:
            ready.cancel()
        return "liveness"

    async def _keep_ready(self) -> None:
        probe = self._container.get("readinessProbe")
        while probe:
            await self._until("readinessProbe", probe, probe.get("successThreshold", 1), None)
            self._set_ready(True)
            await self._while_well("readinessProbe", probe)
            self._set_ready(False)

    async def _stay_alive(self) -> None:
        probe = self._container.get("livenessProbe")
        if probe is None:
            await asyncio.Event().wait()
        await asyncio.sleep(probe.get("initialDelaySeconds", 0))
        await self._while_well("livenessProbe", probe)

    def _set_ready(self, ready: bool) -> None:
        self._condition.ready = ready
        self._changed()

    async def _until(self, kind: str, probe: dict, successes: int, failures: int | None, period: float | None = None) -> bool:
        """Whether it succeeds so many times in a row before it fails so many times in a row (``None``: however often)."""
        await asyncio.sleep(probe.get("initialDelaySeconds", 0))
        good = bad = 0
        while True:
            well = await self._ask(kind, probe)
            good, bad = (good + 1, 0) if well else (0, bad + 1)
            if good >= successes:
                return True
            if failures is not None and bad >= failures:
                return False
            await asyncio.sleep(period or self._period(probe))

    async def _while_well(self, kind: str, probe: dict) -> None:
        """Return once it has failed as often in a row as it may."""
        bad = 0
        while bad < probe.get("failureThreshold", 3):
            await asyncio.sleep(self._period(probe))
            bad = 0 if await self._ask(kind, probe) else bad + 1

    async def _ask(self, kind: str, probe: dict) -> bool:
        timeout = probe.get("timeoutSeconds", 1) * self._slower(probe)
        if "exec" in probe:
            async with self._one_at_a_time:
                why = await probes.ask(probe, self._container, self._address, timeout, self._execute)
        else:
            why = await probes.ask(probe, self._container, self._address, timeout, self._execute)
        if why is not None:
            self._tell("Unhealthy", f"{TITLES[kind]} probe failed: {why}")
        return why is None

    def _period(self, probe: dict) -> float:
        return probe.get("periodSeconds", 10) * self._slower(probe)

    def _slower(self, probe: dict) -> int:
        return self._stretch if "exec" in probe else 1
