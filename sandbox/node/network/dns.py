"""The cluster's DNS server: UDP and TCP, addresses of version 4."""

import asyncio
import socket
import struct

from sandbox.node.network import relays
from sandbox.node.network.names import Names

ANSWER, AUTHORITATIVE, RECURSION = 0x8000, 0x0400, 0x0180
NO_SUCH_NAME, NOT_IMPLEMENTED = 3, 4
A = 1
TIME_TO_LIVE = 5


def answer(question: bytes, names: Names) -> bytes:
    """The answer to a query, as it travels; raises ValueError where it is none."""
    if len(question) < 17:
        raise ValueError("not a query")
    name, end = _name(question)
    kind = struct.unpack("!H", question[end : end + 2])[0]
    found = names.look_up(name)
    addresses = found if kind == A and found else []
    flags = ANSWER | AUTHORITATIVE | RECURSION | (NO_SUCH_NAME if found is None else 0)
    header = question[:2] + struct.pack("!HHHHH", flags, 1, len(addresses), 0, 0)
    records = [struct.pack("!HHHIH", 0xC00C, A, 1, TIME_TO_LIVE, 4) + socket.inet_aton(address) for address in addresses]
    return header + question[12 : end + 4] + b"".join(records)


def _name(question: bytes) -> tuple[str, int]:
    labels, place = [], 12
    try:
        while length := question[place]:
            labels.append(question[place + 1 : place + 1 + length].decode("ascii"))
            place += length + 1
    except (IndexError, UnicodeDecodeError):
        raise ValueError("not a name") from None
    return ".".join(labels), place + 1


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, names: Names):
        self._names = names

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, sender) -> None:
        try:
            self._transport.sendto(answer(data, self._names), sender)
        except (ValueError, struct.error):
            return


async def serve(names: Names, host: str, port: int = 53) -> None:
    """Answer queries at an address from now on."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length = struct.unpack("!H", await reader.readexactly(2))[0]
                told = answer(await reader.readexactly(length), names)
                writer.write(struct.pack("!H", len(told)) + told)
                await writer.drain()
        except (asyncio.IncompleteReadError, ValueError, struct.error, OSError):
            writer.close()

    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: _Datagrams(names), local_addr=(host, port))
    await asyncio.start_server(relays.held(connection), host, port)
