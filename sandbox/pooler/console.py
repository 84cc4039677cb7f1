"""The database `pgbouncer`: SHOW, for statistics."""

import asyncio
import struct

from sandbox.pooler import messages

WELCOME = {
    "server_version": "1.23.1/bouncer", "client_encoding": "UTF8", "server_encoding": "UTF8", "DateStyle": "ISO", "TimeZone": "GMT",
    "standard_conforming_strings": "on", "is_superuser": "on",
}  # fmt: skip
NUMBER, TEXT = 23, 25


async def serve(pooler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """
    Answer simple queries until the client leaves.

    + pooler: whose statistics they are (``__main__``)
    """
    while True:
        kind, said = await messages.read(reader)
        if kind == b"X":
            return
        if kind == b"Q":
            query = said.rstrip(b"\0").decode().strip().rstrip(";").upper()
            writer.write(_answer(pooler, query) + messages.message(b"Z", b"I"))
            await writer.drain()


def _answer(pooler, query: str) -> bytes:
    shown = {"SHOW POOLS": _pools, "SHOW DATABASES": _databases, "SHOW VERSION": lambda _: [{"version": "PgBouncer 1.23.1 (a pooler in its place)"}]}
    if query not in shown:
        return messages.error(f"unsupported command: {query[:60]}", "42601", "ERROR")
    rows = shown[query](pooler)
    columns = rows[0] if rows else {}
    described = b"".join(messages.text(name) + struct.pack("!IHIhih", 0, 0, _type(value), -1, -1, 0) for name, value in columns.items())
    answer = messages.message(b"T", struct.pack("!H", len(columns)) + described)
    for row in rows:
        fields = b"".join(_field(value) for value in row.values())
        answer += messages.message(b"D", struct.pack("!H", len(row)) + fields)
    return answer + messages.message(b"C", messages.text("SHOW"))


def _pools(pooler) -> list[dict]:
    return [pool.row() for pool in pooler.pools.values()]


def _databases(pooler) -> list[dict]:
    opened = {name: sum(pool.opened for pool in pooler.pools.values() if pool.database.name == name) for name in pooler.configuration.databases}
    return [
        {
            "name": each.name, "host": each.host, "port": each.port, "database": each.database, "force_user": None, "pool_size": each.pool_size,
            "min_pool_size": 0, "reserve_pool": 0, "pool_mode": "transaction", "max_connections": 0, "current_connections": opened[each.name],
            "paused": 0, "disabled": 0,
        }
        for each in pooler.configuration.databases.values()
    ]  # fmt: skip


def _type(value) -> int:
    return NUMBER if isinstance(value, int) else TEXT


def _field(value) -> bytes:
    if value is None:
        return struct.pack("!i", -1)
    encoded = str(value).encode()
    return struct.pack("!i", len(encoded)) + encoded
