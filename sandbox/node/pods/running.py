"""One run of a container: from its start until its process has ended."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from sandbox.node.containers.description import TERMINATION_LOG
from sandbox.node.machine.client import Running
from sandbox.node.pods import probes
from sandbox.node.pods.logs import Log, tail

LONGEST_MESSAGE = 4096


class Run:
    """
    A started container.

    + process: its first
    + described: what it was started with
    + log: where what it prints goes
    """

    def __init__(self, machine, process: Running, described: dict, log: Log):
        self._machine, self.process, self.described, self.log = machine, process, described, log

    @classmethod
    async def start(cls, machine, described: dict, log: Log) -> "Run":
        """Raises StartError."""
        written = await log.streams()
        nothing = os.open("/dev/null", os.O_RDONLY)
        try:
            return cls(machine, await machine.run(described, [nothing, *written]), described, log)
        finally:
            for descriptor in (nothing, *written):
                os.close(descriptor)

    async def wait(self) -> int:
        """Its exit code, once all it printed is in the log."""
        code = await self.process.wait()
        await self.log.close()
        return code

    async def enter(self, command: list[str], streams: list[int], terminal: bool = False) -> Running:
        """Start a command beside its process. Raises StartError."""
        fields = {name: self.described[name] for name in ("environment", "directory")}
        return await self._machine.enter(self.process.pid, {"argv": command, "terminal": terminal, **fields}, streams)

    async def execute(self, command: list[str], timeout: float) -> tuple[int, str]:
        """Run a command to its end: exit code and the beginning of its output. Raises asyncio.TimeoutError, and OSError for StartError."""
        read, write = os.pipe()
        nothing = os.open("/dev/null", os.O_RDONLY)
        try:
            started = await self.enter(command, [nothing, write, write])
        except Exception as error:
            os.close(read)
            raise OSError(str(error)) from None
        finally:
            os.close(write)
            os.close(nothing)
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb"))
        try:
            code = await asyncio.wait_for(started.wait(), timeout)
            with contextlib.suppress(asyncio.TimeoutError):
                return code, (await asyncio.wait_for(reader.read(LONGEST_MESSAGE), 1)).decode(errors="replace")
            return code, ""
        finally:
            if not started.code.done():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(started.pid, signal.SIGKILL)
            transport.close()

    async def stop(self, container: dict, address: str, grace: float) -> None:
        """preStop, SIGTERM, and when the grace period is over SIGKILL; returns once it has ended."""
        if grace > 0:
            loop = asyncio.get_running_loop()
            end = loop.time() + grace
            asking = asyncio.create_task(self.hook("preStop", container, address, grace))
            await asyncio.wait([asking, self.process.code], timeout=grace, return_when=asyncio.FIRST_COMPLETED)
            asking.cancel()
            self.process.signal(signal.SIGTERM)
            await asyncio.wait([self.process.code], timeout=max(end - loop.time(), 2))
        self.process.kill()
        await self.process.wait()

    async def hook(self, name: str, container: dict, address: str, timeout: float) -> str | None:
        """Why a hook of the container's lifecycle, `postStart` or `preStop`, fails; ``None`` where it does not, or where there is none."""
        hook = (container.get("lifecycle") or {}).get(name)
        if hook is None:
            return None
        if "sleep" in hook:
            return await asyncio.sleep(hook["sleep"]["seconds"])
        return await probes.ask(hook, container, address, timeout, self.execute)

    def message(self, container: dict, code: int) -> str:
        """Why it ended, in its own words: the termination message."""
        for source in (step[1] for step in self.described["steps"] if step[0] == "bind" and step[2] == TERMINATION_LOG):
            if text := Path(source).read_text(errors="replace")[:LONGEST_MESSAGE]:
                return text
        if code and container.get("terminationMessagePolicy") == "FallbackToLogsOnError":
            return tail(self.log.path, 2048)
        return ""
