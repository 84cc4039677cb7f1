"""Connections from outside to addresses of the machine: HTTP CONNECT on a unix socket."""

import asyncio
import contextlib
import os
import socket
from pathlib import Path

from sandbox.node.network import relays

SOCKET = "tunnel.sock"
LONGEST = 4096


async def serve(connect, name: str = SOCKET) -> None:
    """
    Listen in the working directory.

    + connect: host, port -> connection
    + name: of the socket
    """

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            words = (await reader.readuntil(b"\r\n\r\n")).split()
            host, _, port = words[1].decode().rpartition(":")
            other = await asyncio.wait_for(connect(host, int(port)), relays.PATIENCE)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error) or "i/o timeout"
            writer.write(f"HTTP/1.1 502 {why}\r\n\r\n".encode())
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await relays.join((reader, writer), other)

    await asyncio.start_unix_server(relays.held(connection), name)


async def connect(name: str, host: str, port: int) -> relays.Streams:
    """A connection through a tunnel whose socket is in the working directory. Raises OSError."""
    reader, writer = await asyncio.open_unix_connection(name)
    writer.write(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
    with contextlib.suppress(asyncio.IncompleteReadError):
        if (await reader.readuntil(b"\r\n\r\n")).split()[1] == b"200":
            return reader, writer
    writer.close()
    raise ConnectionRefusedError(f"{host}:{port}")


def dial(directory: Path, host: str, port: int) -> socket.socket:
    """
    A connection to an address of the machine, from outside. Raises OSError.

    + directory: of the node; its path may be longer than that of a socket may be
    """
    connection, here = socket.socket(socket.AF_UNIX), os.open(directory, os.O_RDONLY)
    try:
        connection.connect(f"/proc/self/fd/{here}/{SOCKET}")
        connection.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = connection.recv(1)
            if not more or len(head) > LONGEST:
                raise ConnectionResetError("the node has gone")
            head += more
        _, status, *why = head.decode().split("\r\n")[0].split(" ")
        if status != "200":
            raise ConnectionRefusedError(f"{host}:{port}: {' '.join(why)}")
        return connection
    except BaseException:
        with contextlib.suppress(OSError):
            connection.close()
        raise
    finally:
        os.close(here)
