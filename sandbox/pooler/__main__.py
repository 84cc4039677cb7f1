"""`python -m sandbox.pooler pgbouncer.ini`, called as pgbouncer is: `-u USER` changes nothing, a container's user is another already."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from sandbox.pooler.client import Client
from sandbox.pooler.configuration import Configuration, ConfigurationError, Database
from sandbox.pooler.pool import Pool


class Pooler:
    """What all clients share."""

    def __init__(self, configuration: Configuration):
        self.configuration = configuration
        self.clients: set[Client] = set()
        self.pools: dict[tuple[str, str], Pool] = {}

    def pool(self, database: Database, user: str) -> Pool:
        """The pool of a database and user."""
        return self.pools.setdefault((database.name, user), Pool(self.configuration, database, user))

    async def connected(self, *streams) -> None:
        """Serve a client."""
        client = Client(self, streams)
        client.task = asyncio.current_task()
        self.clients.add(client)
        try:
            await client.serve()
        finally:
            self.clients.discard(client)

    async def cancel(self, key: bytes) -> None:
        """Have what is done for the client that has this key be cancelled."""
        for client in list(self.clients):
            if client.key == key:
                await client.cancel()


async def run(pooler: Pooler) -> None:
    """Serve until told to end: at SIGTERM once all clients have left, as pgbouncer does from 1.23 on, at SIGINT and SIGQUIT at once."""
    configuration, loop, ended, leaving = pooler.configuration, asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    address = None if configuration.listen_addr == "*" else configuration.listen_addr.split(",")
    server = await asyncio.start_server(pooler.connected, address, configuration.listen_port, limit=1 << 20)
    loop.add_signal_handler(signal.SIGTERM, leaving.set)
    for number in (signal.SIGINT, signal.SIGQUIT):
        loop.add_signal_handler(number, ended.set)
    print(f"listening on {configuration.listen_addr}:{configuration.listen_port}", file=sys.stderr, flush=True)
    await _first(leaving, ended)
    server.close()
    while pooler.clients and not ended.is_set():
        await asyncio.sleep(0.1)


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)


def main() -> int:
    parser = argparse.ArgumentParser(prog="pgbouncer")
    parser.add_argument("-u", dest="user", help="without effect")
    parser.add_argument("configuration", type=Path)
    options = parser.parse_args()
    try:
        asyncio.run(run(Pooler(Configuration(options.configuration))))
    except (ConfigurationError, OSError) as error:
        print(f"FATAL cannot load config file: {error}" if isinstance(error, ConfigurationError) else f"FATAL {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
