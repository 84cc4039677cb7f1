"""AWS's endpoints in the machine: whatever the name, the sandbox's own endpoint answers, with TLS at 443."""

import asyncio

from sandbox.node.identity import trust
from sandbox.node.network import relays

SOCKET = "aws.sock"


async def serve(address: str) -> None:
    """
    Listen at an address.

    + address: that AWS's names resolve to
    """
    handle = relays.to(relays.socket(SOCKET))
    await asyncio.start_server(handle, address, 443, ssl=trust.context("amazonaws"))
    await asyncio.start_server(handle, address, 80)
