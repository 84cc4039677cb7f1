"""A tunnel from this machine to a Service of the cluster."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import sys
import time
import webbrowser
from collections import deque
from collections.abc import Iterator

import gevent
from gevent.event import Event

from connectors.commands.command import Command
from connectors.commands.execution import failed, succeeded
from connectors.kubernetes.api_server import KubernetesFailure
from connectors.tools import tools

LISTENING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BEGINS = 30
"""Seconds a tunnel is given to be open."""

SHORT = 2
"""Seconds: a tunnel that breaks sooner than that is not opened again."""


class Tunnel(Command):
    """
    Serve a Service of the cluster on 127.0.0.1 until Ctrl-C; a tunnel that breaks, with its pod for instance, is opened again.

    + namespace, service, port: where it is
    + local: the port on this machine; another one where that is taken
    + title: what a person calls it
    + login: who logs in and how the password is shown
    """

    writes = False

    def __init__(self, namespace: str, service: str, port: int, local: int, title: str, login: str):
        super().__init__()
        self.namespace, self.service, self.port, self.local, self.title, self.login = namespace, service, port, local, title, login

    def text(self):
        return " ".join(("kubectl", *self._arguments(self.local)))

    def carry_out(self, connector):
        """Open it, tell where, and hold it; `connectors.eks` calls it."""
        say, local, shown = connector.host.log, _free(self.local), False
        with _ended() as ended:
            while not ended.is_set():
                opened, said = time.monotonic(), deque(maxlen=5)
                with connector.kubernetes.started("kubectl", *self._arguments(local)) as process:
                    for line in _lines(process, ended):
                        said.append(line)
                        if (listens := LISTENING.match(line)) and not shown:
                            local, shown = int(listens[1]), True
                            say(f"{self.title}: http://127.0.0.1:{local}{self._how()}")
                            _browse(f"http://127.0.0.1:{local}")
                if ended.is_set():
                    break
                if not shown or time.monotonic() - opened < SHORT:
                    why = " ".join(tools.spoken("\n".join(said))).removeprefix("error: ") or "the tunnel broke"
                    return failed(f"{self.title}: {why}: deploys/verify.py tells how it is")
                say(f"{self.title}: the tunnel broke, and is opened again")
        say(f"{self.title}: the tunnel is closed")
        return succeeded("")

    def _arguments(self, local: int) -> tuple:
        return _forward(self.namespace, self.service, f"{local}:{self.port}")

    def _how(self) -> str:
        return f" (Ctrl-C closes it){f'; {self.login}' if self.login else ''}"


@contextlib.contextmanager
def through(kubernetes, namespace: str, service: str, port: int) -> Iterator[str]:
    """
    An address on 127.0.0.1 that leads to a Service of the cluster while it is used.

    + kubernetes: the Kubernetes half of the connector
    + namespace, service, port: where it is

    Raises `KubernetesFailure`.
    """
    with kubernetes.started("kubectl", *_forward(namespace, service, f":{port}")) as process:
        said = b""
        with gevent.Timeout(BEGINS, False):
            said = process.stdout.readline()
        if not (listens := LISTENING.match(said.decode(errors="replace"))):
            raise KubernetesFailure(f"kubectl port-forward: {said.decode(errors='replace').strip() or f'nothing within {BEGINS} s'}")
        yield f"http://127.0.0.1:{listens[1]}"


def _forward(namespace: str, service: str, ports: str) -> tuple[str, ...]:
    return ("port-forward", "--namespace", namespace, "--address", "127.0.0.1", f"service/{service}", ports)


@contextlib.contextmanager
def _ended() -> Iterator[Event]:
    """Set by what ends a program, which is asked for no more than that meanwhile."""
    ended = Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in ENDS}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _free(port: int) -> int:
    """The port, or any other where something listens at it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _lines(process, ended: Event) -> Iterator[str]:
    """What a process says, until it ends or is to."""
    while True:
        reading = gevent.spawn(process.stdout.readline)
        gevent.wait([reading, ended], count=1)
        if not reading.ready() or not reading.value:
            reading.kill()
            return
        yield reading.value.decode(errors="replace").strip()


def _browse(address: str) -> None:
    """Show it in the person's browser, where there is a screen."""
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)
