"""One connection to the server."""

import asyncio
import ssl
import struct

from sandbox.pooler import messages, scram
from sandbox.pooler.configuration import Configuration, Database

TRACKED = ("application_name", "client_encoding", "datestyle", "standard_conforming_strings", "timezone", "intervalstyle")
"""Settings that are a client's own, and follow it from connection to connection."""
INVALID = "28P01"


class ServerError(Exception):
    """Why there is no connection to the server."""


class Server:
    """
    A connection that has been logged in.

    + streams: its reader and writer
    + target: host and port, for cancelling
    """

    def __init__(self, streams: messages.Streams, target: tuple[str, int]):
        (self.reader, self.writer), self._target = streams, target
        self.parameters: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.prepared: dict[bytes, None] = {}
        self.key = b""

    @property
    def alive(self) -> bool:
        return not self.reader.at_eof() and not self.writer.is_closing()

    def close(self) -> None:
        self.writer.close()

    def learn(self, said: bytes) -> None:
        """Take note of a ParameterStatus."""
        for name, value in messages.pairs(said).items():
            self.names[name.lower()] = name
            self.parameters[name.lower()] = value

    async def become(self, wanted: dict[str, str]) -> None:
        """Have a client's settings. Raises ServerError where the server refuses one."""
        others = {name: value for name, value in wanted.items() if self.parameters.get(name) != value}
        if not others:
            return
        quoted = "; ".join("SET {} = '{}'".format(name, value.replace("'", "''")) for name, value in others.items())
        self.writer.write(messages.message(b"Q", messages.text(quoted)))
        refused = None
        while (got := await messages.read(self.reader))[0] != b"Z":
            if got[0] == b"S":
                self.learn(got[1])
            if got[0] == b"E":
                refused = messages.reason(got[1])
        if refused:
            raise ServerError(refused)
        self.parameters |= others

    async def cancel(self) -> None:
        _, writer = await asyncio.open_connection(*self._target)
        writer.write(messages.startup(messages.CANCEL, self.key))
        await writer.drain()
        writer.close()


async def connect(configuration: Configuration, database: Database, user: str) -> Server:
    """A new connection. Raises ServerError."""
    try:
        return await asyncio.wait_for(_connect(configuration, database, user), configuration.server_connect_timeout)
    except asyncio.TimeoutError:
        raise ServerError("server_connect_timeout") from None
    except (OSError, asyncio.IncompleteReadError, scram.ScramError) as error:
        raise ServerError(f"server login failed: {error}") from None


async def _connect(configuration: Configuration, database: Database, user: str) -> Server:
    target = database.host, database.port
    streams = await asyncio.open_connection(*target)
    try:
        streams = await _secured(streams, configuration, database.host)
        server = Server(streams, target)
        server.writer.write(messages.startup(messages.VERSION, messages.text("user", user, "database", database.database) + b"\0"))
        await _log_in(server, configuration.users.get(user, ""))
        return server
    except BaseException:
        streams[1].close()
        raise


async def _secured(streams: messages.Streams, configuration: Configuration, host: str) -> messages.Streams:
    mode = configuration.server_tls_sslmode
    if mode == "disable":
        return streams
    streams[1].write(messages.startup(messages.TLS))
    if await streams[0].readexactly(1) != b"S":
        if mode in ("allow", "prefer"):
            return streams
        raise ServerError("server refused SSL connection")
    context = ssl.create_default_context(cafile=configuration.server_tls_ca_file or None)
    context.check_hostname = mode == "verify-full"
    if mode not in ("verify-ca", "verify-full"):
        context.verify_mode = ssl.CERT_NONE
    return await messages.secure(streams, context, host=host)


async def _log_in(server: Server, password: str) -> None:
    client = scram.Client(password)
    while True:
        kind, said = await messages.read(server.reader)
        if kind == b"E":
            raise ServerError(messages.reason(said))
        if kind == b"R":
            if answer := _authenticate(client, said):
                server.writer.write(messages.message(b"p", answer))
        elif kind == b"S":
            server.learn(said)
        elif kind == b"K":
            server.key = said
        elif kind == b"Z":
            return


def _authenticate(client: scram.Client, said: bytes) -> bytes | None:
    (step,), rest = struct.unpack("!I", said[:4]), said[4:]
    if step == 10:
        first = client.first()
        return messages.text(scram.MECHANISM) + struct.pack("!I", len(first)) + first
    if step == 11:
        return client.final(rest)
    if step == 12:
        return client.check(rest)
    if step != 0:
        raise ServerError(f"the server asks for authentication {step}; this pooler knows SCRAM")
    return None
