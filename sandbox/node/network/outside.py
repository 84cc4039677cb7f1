"""
What is beside the cluster in its VPC, such as a database: a name, an address of the machine, and a port of this machine's loopback.

The sandbox's AWS tells which there are (`/sandbox/outside`): {"db.abc.eu-west-1.rds.amazonaws.com": {"port": 5432, "at": 41231}}
"""

import asyncio
import contextlib
import json
import logging

from sandbox.node.network import relays, tunnel
from sandbox.node.network.links import Links
from sandbox.node.network.names import Names

SOCKET = "outside.sock"
INTERVAL = 2
"""How often AWS is asked (seconds)."""
log = logging.getLogger(__name__)


async def serve() -> None:
    """Outside of the machine: connect who asks to a port of loopback."""

    async def connect(host: str, port: int) -> relays.Streams:
        return await asyncio.open_connection("127.0.0.1", port)

    await tunnel.serve(connect, SOCKET)


class Outside:
    """
    In the machine: has those names resolve to addresses of their own, and their ports lead outside.

    + ask: answers what AWS tells (JSON), or raises OSError
    """

    def __init__(self, links: Links, names: Names, ask):
        self._links, self._names, self._ask = links, names, ask
        self._addresses: dict[str, str] = {}
        self._servers: dict[str, tuple[dict, asyncio.Server]] = {}

    async def keep(self) -> None:
        """Look again and again."""
        while True:
            try:
                await self.settle(json.loads(await self._ask()))
            except (OSError, ValueError) as error:
                log.info("what is outside: %s", error)
            await asyncio.sleep(INTERVAL)

    async def settle(self, wanted: dict[str, dict]) -> None:
        """Serve exactly these; a name keeps its address."""
        for name in [name for name, (place, _) in self._servers.items() if wanted.get(name) != place]:
            self._servers.pop(name)[1].close()
            self._names.take(name)
        for name in wanted.keys() - self._servers.keys():
            if name not in self._addresses:
                self._addresses[name] = await self._links.add_outside()
            place, address = wanted[name], self._addresses[name]
            connect = lambda place=place: tunnel.connect(SOCKET, "127.0.0.1", place["at"])  # noqa: E731
            with contextlib.suppress(OSError):
                self._servers[name] = place, await asyncio.start_server(relays.to(connect), address, place["port"])
                self._names.give(name, address)
