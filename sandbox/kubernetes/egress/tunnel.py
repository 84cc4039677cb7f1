"""HTTP CONNECT on a unix socket, and the bytes that follow it."""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingMixIn, UnixStreamServer

HEAD = 8192
"""The longest head of a request (bytes); the API server's has two lines."""
log = logging.getLogger(__name__)

Handle = Callable[[socket.socket, Callable[[], None], str, int], None]
"""(connection, accept, address, port): calls accept before it sends anything; an OSError before that is the refusal."""


class Listener(ThreadingMixIn, UnixStreamServer):
    """
    A proxy that listens from now on.

    + directory: where its socket is, however long its path: only the file's name has to fit into a socket's address
    + name: of the socket
    + handle: called for each CONNECT, in a thread of its own
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, directory: Path, name: str, handle: Handle):
        self.handle = handle
        here = os.open(directory, os.O_RDONLY)
        try:
            super().__init__(f"/proc/self/fd/{here}/{name}", Request)
        finally:
            os.close(here)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, name=name, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        log.exception("a connection of the API server failed")


class Request(BaseRequestHandler):
    """One connection of the API server: asks for an address, then speaks to it."""

    def handle(self) -> None:
        target = requested(self.request)
        if target is None:
            return
        address, _, port = target.rpartition(":")
        accepted = []

        def accept() -> None:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            accepted.append(True)

        try:
            self.server.handle(self.request, accept, address.strip("[]"), int(port))
        except OSError as error:
            log.info("%s: %s", target, error)
            if not accepted:
                refuse(self.request, str(error))


def requested(connection: socket.socket) -> str | None:
    """The target of a CONNECT; None where it is not one. The client sends no more before it has an answer."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(HEAD)
        if not more or len(head) > HEAD:
            return None
        head += more
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split()
    return words[1] if len(words) == 3 and words[0] == "CONNECT" else None


def refuse(connection: socket.socket, why: str) -> None:
    """Its reason is what the API server tells its own client."""
    with contextlib.suppress(OSError):
        connection.sendall(f"HTTP/1.1 502 {' '.join(why.split())}\r\nContent-Length: 0\r\n\r\n".encode("latin-1", "replace"))


def carry(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until both have ended, then close the other."""
    with other:
        back = threading.Thread(target=pour, args=(other, one), daemon=True)
        back.start()
        pour(one, other)
        back.join()


def pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
