"""What `kubectl port-forward` asks a kubelet."""

import asyncio
import contextlib
import os
import socket

from sandbox.node.api.requests import Request
from sandbox.node.api.spdy import Connection, Stream
from sandbox.node.machine import kernel

PROTOCOLS = ("portforward.k8s.io",)
CHUNK = 1 << 15


async def serve(request: Request, network: str) -> None:
    """
    Carry each connection of the client to a port of the pod's own loopback.

    + network: path of the pod's network namespace
    """
    await request.upgrade(PROTOCOLS)
    pairs: dict[str, dict[str, Stream]] = {}
    forwarding: set[asyncio.Task] = set()

    def opened(stream: Stream) -> None:
        pair = pairs.setdefault(stream.headers.get("requestid", ""), {})
        pair[stream.headers.get("streamtype", "")] = stream
        if pair.keys() >= {"data", "error"}:
            del pairs[stream.headers.get("requestid", "")]
            task = asyncio.create_task(_forward(pair["data"], pair["error"], network))
            forwarding.add(task)
            task.add_done_callback(forwarding.discard)

    try:
        await Connection(request.reader, request.writer, opened).serve()
    finally:
        for task in tuple(forwarding):
            task.cancel()


async def _forward(data: Stream, error: Stream, network: str) -> None:
    port = int(data.headers["port"])
    try:
        connected = await asyncio.to_thread(_dial, network, port)
    except OSError as failed:
        await error.write(f"failed to connect to localhost:{port} inside the pod's network namespace: {os.strerror(failed.errno).lower()}".encode())
        await error.close()
        await data.close()
        return
    reader, writer = await asyncio.open_connection(sock=connected)
    await asyncio.gather(_say(data.reader, writer), _hear(reader, data))
    await error.close()
    writer.close()


def _dial(network: str, port: int) -> socket.socket:
    """A connection from inside a network namespace: this thread goes there and comes back, the socket stays of there."""
    home, there = os.open("/proc/thread-self/ns/net", os.O_RDONLY), os.open(network, os.O_RDONLY)
    try:
        kernel.enter(there, kernel.NEW_NETWORK)
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        finally:
            kernel.enter(home, kernel.NEW_NETWORK)
    finally:
        os.close(home)
        os.close(there)


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


async def _hear(reader: asyncio.StreamReader, stream: Stream) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            await stream.write(data)
    await stream.close()
