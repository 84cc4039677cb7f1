"""Prepared statements that a client may use on whatever connection it gets, and the answers that are still to come."""

import collections
import struct
from dataclasses import dataclass

from sandbox.pooler import messages
from sandbox.pooler.server import Server

ANSWERED_BY = {b"P": b"1", b"B": b"2", b"C": b"3", b"D": b"Tn", b"E": b"CsI", b"S": b"Z", b"Q": b"Z", b"F": b"Z"}
"""The kinds of message that end the answer to a kind."""
LENT, SYNCS = "airflow_on_eks_", (b"S", b"Q", b"F")


@dataclass
class Awaited:
    """
    An answer that is to come.

    + ends: the kinds of message that end it
    + said: what the client is told in the place of an answer that the server is not asked for
    + hidden: whether the client did not ask
    + name: of the statement that is prepared, by its name on the server
    """

    ends: bytes
    said: bytes = b""
    hidden: bool = False
    name: bytes = b""


class Statements:
    """
    Those of one client.

    + most: on one connection (max_prepared_statements)
    """

    _names: dict[bytes, bytes] = {}
    """The statement -> its name on every server."""

    def __init__(self, most: int):
        self._most, self._own = most, {}
        self._awaited: collections.deque[Awaited] = collections.deque()

    def forward(self, server: Server, kind: bytes, said: bytes) -> bytes:
        """What the server is sent for a client's message."""
        if kind == b"P" and self._most and not said.startswith(b"\0"):
            name, statement = messages.split(said)
            self._own[name] = statement
            before = self._prepare(server, statement, asked=True)
            return before
        if kind == b"B" and self._most:
            portal, rest = messages.split(said)
            name, rest = messages.split(rest)
            return self._lend(server, name, kind, lambda lent: messages.text(portal, lent) + rest)
        if kind == b"D" and self._most and said[:1] == b"S":
            return self._lend(server, said[1:-1], kind, lambda lent: b"S" + messages.text(lent))
        if kind == b"C" and self._most and said[:1] == b"S" and self._own.pop(said[1:-1], None) is not None:
            self._awaited.append(Awaited(b"", messages.message(b"3")))
            return b""
        if kind in ANSWERED_BY:
            self._awaited.append(Awaited(ANSWERED_BY[kind]))
        return messages.message(kind, said)

    def _lend(self, server: Server, name: bytes, kind: bytes, renamed) -> bytes:
        if not name or name not in self._own:
            self._awaited.append(Awaited(ANSWERED_BY[kind]))
            return messages.message(kind, renamed(name))
        before = self._prepare(server, self._own[name], asked=False)
        self._awaited.append(Awaited(ANSWERED_BY[kind]))
        return before + messages.message(kind, renamed(self._names[self._own[name]]))

    def _prepare(self, server: Server, statement: bytes, asked: bool) -> bytes:
        lent = self._names.setdefault(statement, f"{LENT}{len(self._names) + 1}".encode())
        if lent in server.prepared:
            server.prepared[lent] = server.prepared.pop(lent)
            if asked:
                self._awaited.append(Awaited(b"", messages.message(b"1")))
            return b""
        sent = b""
        if len(server.prepared) >= self._most:
            oldest = next(iter(server.prepared))
            del server.prepared[oldest]
            self._awaited.append(Awaited(b"3", hidden=True))
            sent = messages.message(b"C", b"S" + messages.text(oldest))
        server.prepared[lent] = None
        self._awaited.append(Awaited(b"1", hidden=not asked, name=lent))
        return sent + messages.message(b"P", messages.text(lent) + statement)

    def backward(self, server: Server, kind: bytes, said: bytes) -> bytes:
        """What the client is told for a server's message."""
        before = self.due()
        if kind == b"E":
            self._skip(server)
        elif self._awaited and kind in self._awaited[0].ends:
            if kind == b"C" and said.startswith((b"DISCARD ALL", b"DEALLOCATE ALL")):
                server.prepared.clear()
                self._own.clear()
            if self._awaited.popleft().hidden:
                return before + self.due()
        return before + messages.message(kind, said) + self.due()

    def due(self) -> bytes:
        """What the client is to be told before the server answers."""
        told = b""
        while self._awaited and not self._awaited[0].ends:
            told += self._awaited.popleft().said
        return told

    def _skip(self, server: Server) -> None:
        """After an error the server passes over everything up to the next Sync."""
        while self._awaited and b"Z" not in self._awaited[0].ends:
            server.prepared.pop(self._awaited.popleft().name, None)


def is_end(kind: bytes) -> bool:
    """Whether a message of a client is answered with ReadyForQuery."""
    return kind in SYNCS


def state(said: bytes) -> str:
    """A ReadyForQuery's: `I` idle, `T` in a transaction, `E` in one that failed."""
    return struct.unpack("c", said)[0].decode()
