"""One client: logged in, then lent a connection for each transaction."""

import asyncio
import contextlib
import secrets
import struct

from sandbox.pooler import console, messages, scram
from sandbox.pooler.pool import Pool, WaitedTooLong
from sandbox.pooler.server import INVALID, TRACKED, Server, ServerError
from sandbox.pooler.statements import Statements, is_end, state

CONSOLE = "pgbouncer"
READY = messages.message(b"Z", b"I")


class Refused(Exception):
    """What a client is told before its connection is closed, and SQL's code for it."""

    def __init__(self, why: str, code: str = "08P01"):
        super().__init__(why)
        self.code = code


class Client:
    """
    A client's connection.

    + pooler: whose client it is (``__main__``)
    + streams: its reader and writer
    """

    def __init__(self, pooler, streams: messages.Streams):
        self._pooler, (self._reader, self._writer) = pooler, streams
        self._configuration = pooler.configuration
        self._statements = Statements(self._configuration.max_prepared_statements)
        self._settings: dict[str, str] = {}
        self._server: Server | None = None
        self._pool: Pool | None = None
        self._back: asyncio.Task | None = None
        self._outstanding, self._unfinished = 0, False
        self.key = secrets.token_bytes(8)
        self.task: asyncio.Task | None = None

    async def serve(self) -> None:
        """Until it has had enough."""
        try:
            given = await self._start()
            if given is not None:
                await self._log_in(given)
                await (console.serve(self._pooler, self._reader, self._writer) if given["database"] == CONSOLE else self._relay())
        except (Refused, ServerError, WaitedTooLong, scram.ScramError) as error:
            why = "query_wait_timeout" if isinstance(error, WaitedTooLong) else str(error)
            self._writer.write(messages.error(why, getattr(error, "code", "08P01")))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._leave()
            with contextlib.suppress(OSError):
                await self._writer.drain()
            self._writer.close()

    async def _start(self) -> dict[str, str] | None:
        """What a client asks for; ``None`` where it only came to cancel."""
        while True:
            code, said = await messages.read_startup(self._reader)
            if code in (messages.TLS, messages.GSS):
                self._writer.write(b"N")
                continue
            if code == messages.CANCEL:
                return await self._pooler.cancel(said)
            if code >> 16 != messages.VERSION >> 16:
                raise Refused("unsupported protocol version")
            given = messages.pairs(said)
            given.setdefault("database", given.get("user", ""))
            return given

    async def _log_in(self, given: dict[str, str]) -> None:
        configuration, user, name = self._configuration, given.get("user", ""), given["database"]
        if len(self._pooler.clients) > configuration.max_client_conn:
            raise Refused("no more connections allowed (max_client_conn)")
        ignored = {"user", "database", *TRACKED, *configuration.listed("ignore_startup_parameters")}
        if unknown := [key for key in given if key.lower() not in ignored]:
            raise Refused(f"unsupported startup parameter: {unknown[0]}")
        self._settings = {key.lower(): value for key, value in given.items() if key.lower() in TRACKED}
        await self._authenticate(configuration.users.get(user))
        if name == CONSOLE:
            if user not in configuration.listed("stats_users") | configuration.listed("admin_users"):
                raise Refused("not allowed")
            told = console.WELCOME
        elif name not in configuration.databases:
            raise Refused(f"no such database: {name}", "3D000")
        else:
            self._pool = self._pooler.pool(configuration.databases[name], user)
            self._pool.clients += 1
            told = {**await self._pool.welcome()}
            told |= {shown: self._settings[shown.lower()] for shown in told if shown.lower() in self._settings}
            self._settings |= {shown.lower(): value for shown, value in told.items() if shown.lower() in TRACKED}
        parts = [messages.message(b"S", messages.text(*pair)) for pair in told.items()]
        self._writer.write(b"".join((messages.message(b"R", struct.pack("!I", 0)), *parts, messages.message(b"K", self.key), READY)))

    async def _authenticate(self, password: str | None) -> None:
        self._writer.write(messages.message(b"R", struct.pack("!I", 10) + messages.text(scram.MECHANISM) + b"\0"))
        server = scram.Server(password)
        try:
            mechanism, rest = messages.split(await self._answer())
            if mechanism.decode() != scram.MECHANISM:
                raise scram.ScramError("SASL authentication failed")
            self._writer.write(messages.message(b"R", struct.pack("!I", 11) + server.challenge(rest[4:])))
            self._writer.write(messages.message(b"R", struct.pack("!I", 12) + server.verify(await self._answer())))
        except (scram.ScramError, ValueError) as error:
            raise Refused(str(error), INVALID) from None

    async def _answer(self) -> bytes:
        kind, said = await messages.read(self._reader)
        if kind != b"p":
            raise Refused("expected password response")
        return said

    async def _relay(self) -> None:
        """Pass on what the client says, on a connection that it has until its transaction is over."""
        while True:
            kind, said = await messages.read(self._reader)
            if kind == b"X":
                return
            if self._server is None:
                await self._borrow()
            self._outstanding += is_end(kind)
            self._unfinished = not is_end(kind)
            self._server.writer.write(self._statements.forward(self._server, kind, said))
            self._writer.write(self._statements.due())
            await self._server.writer.drain() if self._server else None

    async def _borrow(self) -> None:
        server = await self._pool.acquire()
        try:
            await server.become(self._settings)
        except BaseException:
            self._pool.release(server, clean=False)
            raise
        self._server = server
        self._back = asyncio.create_task(self._answers(server))

    async def _answers(self, server: Server) -> None:
        """Pass on what the server says, until the transaction is over."""
        try:
            while True:
                kind, said = await messages.read(server.reader)
                if kind == b"S":
                    server.learn(said)
                    self._settings |= {name.lower(): value for name, value in messages.pairs(said).items() if name.lower() in TRACKED}
                self._writer.write(self._statements.backward(server, kind, said))
                if kind == b"Z":
                    self._outstanding -= 1
                    if self._outstanding == 0 and state(said) == "I" and not self._unfinished:
                        self._server = None
                        self._pool.release(server)
                        return
                await self._writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            self._writer.write(messages.error("server closed the connection unexpectedly", "08P01"))
            self._writer.close()

    async def cancel(self) -> None:
        """Have the server cancel what it does for this client."""
        if self._server:
            await self._server.cancel()

    def _leave(self) -> None:
        if self._back:
            self._back.cancel()
        if self._pool:
            self._pool.clients -= 1
        if self._server:
            self._pool.release(self._server, clean=False)
            self._server = None
