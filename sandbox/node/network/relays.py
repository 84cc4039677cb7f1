"""Connections that are handed on, byte by byte."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable

CHUNK = 1 << 16
PATIENCE = 5
"""How long a connection may take to be made (seconds)."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]
Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_held: set[asyncio.Task] = set()


def held(handle: Handle) -> Handle:
    """What a server does with a connection, held until it is done: the event loop itself lets go of a task that nobody else knows."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        _held.add(task)
        try:
            await handle(reader, writer)
        finally:
            _held.discard(task)

    return serve


def to(connect: Connect) -> Handle:
    """What a server does with a connection: hands it on to the one that this makes, or closes it where that is refused."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other = await asyncio.wait_for(connect(), PATIENCE)
        except (OSError, asyncio.TimeoutError):
            writer.close()
            return
        with contextlib.suppress(asyncio.CancelledError):  # the loop ends: asyncio of Python 3.11 would log it
            await join((reader, writer), other)

    return held(serve)


def address(host: str, port: int) -> Connect:
    return lambda: asyncio.open_connection(host, port)


def socket(path: str) -> Connect:
    return lambda: asyncio.open_unix_connection(path)


async def join(one: Streams, other: Streams) -> None:
    """Hand on what either says to the other until both have nothing more to say."""
    try:
        await asyncio.gather(_copy(one[0], other[1]), _copy(other[0], one[1]))
    finally:
        for _, writer in (one, other):
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()
                await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, ssl.SSLError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
