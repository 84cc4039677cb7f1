"""Requests to the kubelet's API, and how they are answered."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

TRUE = ("1", "true", "True")


class Refused(Exception):
    """Why a request is refused: status and text."""

    def __init__(self, status: HTTPStatus, text: str):
        super().__init__(text)
        self.status = status


@dataclass
class Request:
    """One request: the parts of its path, its query, its headers (names in lower case)."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    path: list[str]
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def read(cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> "Request":
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        target = urlsplit(head[0].split(" ")[1])
        headers: dict[str, str] = {}
        for name, _, value in (line.partition(":") for line in head[1:] if line):
            headers[name.lower()] = ", ".join(filter(None, [headers.get(name.lower()), value.strip()]))
        return cls(reader, writer, [unquote(part) for part in target.path.strip("/").split("/")], parse_qs(target.query), headers)

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def asks(self, name: str) -> bool:
        return self.one(name) in TRUE

    async def answer(self, status: HTTPStatus, body: str) -> None:
        """The whole answer."""
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", "Content-Type: text/plain", f"Content-Length: {len(body.encode())}", "Connection: close"]
        self.writer.write("\r\n".join([*lines, "", body]).encode())
        await self.writer.drain()

    async def begin(self) -> None:
        """An answer in pieces."""
        self.writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        await self.writer.drain()

    async def piece(self, data: bytes) -> None:
        """One piece; the empty one is the last."""
        self.writer.write(b"%x\r\n" % len(data) + data + b"\r\n")
        await self.writer.drain()

    async def upgrade(self, protocols: tuple[str, ...]) -> str:
        """Switch to SPDY with the first of these protocols that the client speaks; answers which."""
        offered = [word.strip() for word in self.headers.get("x-stream-protocol-version", "").split(",")]
        chosen = next((protocol for protocol in protocols if protocol in offered or offered == [""]), None)
        if self.headers.get("upgrade", "").upper() != "SPDY/3.1" or chosen is None:
            raise Refused(HTTPStatus.BAD_REQUEST, f"this kubelet speaks SPDY/3.1 with {' or '.join(protocols)}")
        lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: SPDY/3.1", f"X-Stream-Protocol-Version: {chosen}"]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        await self.writer.drain()
        return chosen
