"""The kubelet's side of the machine's pid 1."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket

from sandbox.node.machine.init import LARGEST


class StartError(Exception):
    """Why a process did not start."""


class Running:
    """A process of the machine: its pid, and its exit code once it has ended."""

    def __init__(self, pid: int):
        self.pid = pid
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        """Its exit code: 128 and the signal's number where a signal ended it."""
        return await asyncio.shield(self.code)

    def signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if not self.code.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it, and if it is a container's first process, all of the container."""
        self.signal(signal.SIGKILL)


class Machine:
    """
    Starts processes in the machine.

    + channel: of sequenced packets, to pid 1
    """

    def __init__(self, channel: socket.socket):
        self._channel, self._ids = channel, itertools.count(1)
        self._asked: dict[int, asyncio.Future] = {}
        self._running: dict[int, Running] = {}
        channel.setblocking(False)
        asyncio.get_running_loop().add_reader(channel, self._hear)

    async def make_network(self, path: str) -> None:
        """Make a network namespace; OSError of its mount is a StartError."""
        await self._ask({"do": "network", "path": path})

    async def forget_network(self, path: str) -> None:
        """Let a network namespace go."""
        await self._ask({"do": "forget", "path": path})

    async def run(self, container: dict, streams: list[int]) -> Running:
        """Start a container (``machine.processes.run`` tells its fields). Raises StartError."""
        return await self._ask({"do": "run", "container": container}, streams)

    async def enter(self, pid: int, process: dict, streams: list[int]) -> Running:
        """Start a process in the container whose first process this is. Raises StartError."""
        return await self._ask({"do": "enter", "pid": pid, "process": process}, streams)

    async def _ask(self, request: dict, streams: list[int] | None = None):
        number = next(self._ids)
        self._asked[number] = asyncio.get_running_loop().create_future()
        message = json.dumps({"id": number, **request}).encode()
        while True:
            try:
                socket.send_fds(self._channel, [message], streams or [])
                break
            except BlockingIOError:
                await asyncio.sleep(0.01)
        return await self._asked[number]

    def _hear(self) -> None:
        message = json.loads(self._channel.recv(LARGEST) or b"{}")
        if "ended" in message:
            self._running.pop(message["ended"]).code.set_result(message["status"])
        elif "id" in message:
            asked = self._asked.pop(message["id"])
            if "error" in message:
                asked.set_exception(StartError(message["error"]))
            elif message["answer"] is None:
                asked.set_result(None)
            else:
                running = self._running[message["answer"]] = Running(message["answer"])
                asked.set_result(running)
