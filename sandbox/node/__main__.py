"""`python -m sandbox.node DIRECTORY`: the part of a node that is outside of its machine; it holds the machine and relays to and from it."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from sandbox.node.machine import birth
from sandbox.node.network import outside, relays, tunnel
from sandbox.node.settings import Settings

HOST = "127.0.0.1"


def main(directory: str) -> int:
    os.chdir(directory)
    settings = Settings.read(Path())
    pid, _lifeline = birth.bear(_kubelet)
    Path("machine.pid").write_text(f"{pid} {_started(pid)}\n")
    try:
        return asyncio.run(run(settings, pid))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _kubelet(channel) -> None:
    from sandbox.node import kubelet

    kubelet.main(channel)


async def run(settings: Settings, pid: int) -> int:
    """Until the owner, who holds this process's standard input, or the machine ends."""
    for name, port in (("kubernetes", settings.kubernetes_port), ("aws", settings.aws_port)):
        await asyncio.start_unix_server(relays.to(relays.address(HOST, port)), f"{name}.sock")
    await outside.serve()
    for port, target in settings.published.items():
        host, _, number = target.rpartition(":")
        await asyncio.start_server(relays.to(lambda host=host, number=int(number): tunnel.connect(tunnel.SOCKET, host, number)), HOST, port)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(os.pidfd_open(pid), ended.set)
    loop.add_reader(sys.stdin, ended.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    return 0


def _started(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
