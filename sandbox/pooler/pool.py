"""A pool: the connections of one user to one database."""

import asyncio
import collections
import time

from sandbox.pooler.configuration import Configuration, Database
from sandbox.pooler.server import Server, connect


class WaitedTooLong(Exception):
    """query_wait_timeout."""


class Pool:
    """
    Never more than `pool_size` connections; who comes first is served first.

    + database, user: whose connections they are
    """

    def __init__(self, configuration: Configuration, database: Database, user: str):
        self._configuration, self.database, self.user = configuration, database, user
        self._idle: list[Server] = []
        self._waiting: collections.deque[tuple[asyncio.Future, float]] = collections.deque()
        self.opened = 0
        self.clients = 0
        self._welcome: dict[str, str] = {}

    async def welcome(self) -> dict[str, str]:
        """The server's settings, for a client that logs in."""
        if not self._welcome:
            self.release(await self.acquire())
        return self._welcome

    async def acquire(self) -> Server:
        """A connection of one's own until it is released. Raises WaitedTooLong or ServerError."""
        while self._idle and not self._waiting:
            server = self._idle.pop()
            if server.alive:
                return server
            self._close(server)
        if self.opened < self.database.pool_size and not self._waiting:
            self.opened += 1
            return await self._connect()
        return await self._wait() or await self._connect()

    async def _wait(self) -> Server | None:
        """What the next who is done leaves: a connection, or the place of one."""
        turn = asyncio.get_running_loop().create_future()
        entry = turn, time.monotonic()
        self._waiting.append(entry)
        try:
            await asyncio.wait([turn], timeout=self._configuration.query_wait_timeout or None)
        except asyncio.CancelledError:
            if turn.done():
                self.release(turn.result()) if turn.result() else self._vacate()
            raise
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
        if not turn.done():
            raise WaitedTooLong
        return turn.result()

    async def _connect(self) -> Server:
        try:
            server = await connect(self._configuration, self.database, self.user)
        except BaseException:
            self._vacate()
            raise
        self._welcome = {server.names[name]: value for name, value in server.parameters.items()}
        return server

    def release(self, server: Server, clean: bool = True) -> None:
        """Give a connection back; one that is not clean is closed."""
        if not clean or not server.alive:
            self._close(server)
        elif self._waiting:
            self._waiting.popleft()[0].set_result(server)
        else:
            self._idle.append(server)

    def _close(self, server: Server) -> None:
        server.close()
        self._vacate()

    def _vacate(self) -> None:
        if self._waiting:
            self._waiting.popleft()[0].set_result(None)
        else:
            self.opened -= 1

    def row(self) -> dict[str, str | int]:
        """As SHOW POOLS has it."""
        waited = time.monotonic() - self._waiting[0][1] if self._waiting else 0
        active = self.opened - len(self._idle)
        return {
            "database": self.database.name, "user": self.user, "cl_active": self.clients - len(self._waiting), "cl_waiting": len(self._waiting),
            "sv_active": active, "sv_idle": len(self._idle), "sv_used": 0, "sv_tested": 0, "sv_login": 0, "maxwait": int(waited),
            "maxwait_us": int(waited % 1 * 1e6), "pool_mode": "transaction",
        }  # fmt: skip
