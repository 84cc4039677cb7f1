"""AWS's endpoints in the machine: whatever the name, the sandbox's own endpoint answers, with TLS at 443."""

import asyncio
from http import HTTPStatus

from sandbox.node.identity import trust
from sandbox.node.network import relays

SOCKET = "aws.sock"


async def ask(method: str, path: str, body: bytes = b"") -> tuple[HTTPStatus, str]:
    """The sandbox's answer at one of its own routes. Raises OSError."""
    reader, writer = await asyncio.open_unix_connection(SOCKET)
    try:
        writer.write(f"{method} /sandbox/{path} HTTP/1.0\r\nHost: sandbox\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    if not head:
        raise ConnectionResetError("AWS does not answer")
    return HTTPStatus(int(head.split()[1])), answer.decode()


async def told_outside() -> str:
    """What is beside the cluster (``network.outside``). Raises OSError."""
    status, told = await ask("GET", "outside")
    if status != HTTPStatus.OK:
        raise OSError(f"{status.value}: {told}")
    return told


async def serve(address: str) -> None:
    """
    Listen at an address.

    + address: that AWS's names resolve to
    """
    handle = relays.to(relays.socket(SOCKET))
    await asyncio.start_server(handle, address, 443, ssl=trust.context("amazonaws"))
    await asyncio.start_server(handle, address, 80)
