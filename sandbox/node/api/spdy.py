"""
The server's end of a SPDY/3.1 connection, as far as Kubernetes uses it: streams that the client opens, without windows.

The API server speaks it to kubelets for exec and port-forward, whatever its own client speaks to it.
"""

import asyncio
import contextlib
import struct
from collections.abc import Callable

from sandbox.node.api.spdy_headers import Headers

SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY = 1, 2, 3, 6, 7
FIN = 1
VERSION = 3
LARGEST = 1 << 16


class Stream:
    """One stream: its headers, what the client says on it, and what is said back."""

    def __init__(self, connection: "Connection", number: int, headers: dict[str, str]):
        self._connection, self.number, self.headers = connection, number, headers
        self.reader = asyncio.StreamReader()

    async def write(self, data: bytes) -> None:
        """Say something; nothing happens where the connection has ended."""
        for start in range(0, len(data), LARGEST):
            await self._connection.send(struct.pack("!IBBH", self.number, 0, *_length(data[start : start + LARGEST])) + data[start : start + LARGEST])

    async def close(self) -> None:
        """Say no more."""
        await self._connection.send(struct.pack("!IBBH", self.number, FIN, 0, 0))


class Connection:
    """
    A connection after its upgrade.

    + opened: called with each stream that the client opens
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opened: Callable[[Stream], None]):
        self._reader, self._writer, self._opened = reader, writer, opened
        self._headers, self._streams = Headers(), {}
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Until the client has gone; all its streams have ended then."""
        try:
            while True:
                first, second = struct.unpack("!II", await self._reader.readexactly(8))
                flags, body = second >> 24, await self._reader.readexactly(second & 0xFFFFFF)
                if first >> 31:
                    await self._control(first & 0xFFFF, flags, body)
                elif stream := self._streams.get(first):
                    stream.reader.feed_data(body)
                    self._finish(first, flags)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            for stream in self._streams.values():
                stream.reader.feed_eof()

    async def _control(self, kind: int, flags: int, body: bytes) -> None:
        if kind == SYN_STREAM:
            number = struct.unpack_from("!I", body)[0] & 0x7FFFFFFF
            stream = self._streams[number] = Stream(self, number, self._headers.read(body[10:]))
            await self._send_control(SYN_REPLY, struct.pack("!I", number) + self._headers.write({}))
            self._finish(number, flags)
            self._opened(stream)
        elif kind == PING:
            await self._send_control(PING, body)
        elif kind == RST_STREAM:
            self._finish(struct.unpack_from("!I", body)[0], FIN)
        elif kind == GOAWAY:
            raise ConnectionResetError

    def _finish(self, number: int, flags: int) -> None:
        if flags & FIN and number in self._streams:
            self._streams[number].reader.feed_eof()

    async def _send_control(self, kind: int, body: bytes) -> None:
        await self.send(struct.pack("!HHBBH", 0x8000 | VERSION, kind, 0, *_length(body)) + body)

    async def send(self, frame: bytes) -> None:
        async with self._sending:
            with contextlib.suppress(OSError):
                self._writer.write(frame)
                await self._writer.drain()


def _length(body: bytes) -> tuple[int, int]:
    """The 24 bits of a length as a byte and two."""
    return len(body) >> 16, len(body) & 0xFFFF
