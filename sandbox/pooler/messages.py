"""Messages of PostgreSQL's protocol, version 3, and the streams they go through."""

import asyncio
import ssl
import struct

TLS, GSS, CANCEL, VERSION = 80877103, 80877104, 80877102, 196608
LARGEST_STARTUP = 10000
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next message: its kind and what it says. Raises IncompleteReadError at the end."""
    head = await reader.readexactly(5)
    (length,) = struct.unpack("!I", head[1:])
    return head[:1], await reader.readexactly(length - 4)


async def read_startup(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The first message of a client: its code and what it says."""
    length, code = struct.unpack("!II", await reader.readexactly(8))
    if not 8 <= length <= LARGEST_STARTUP:
        raise ConnectionError(f"a startup message of {length} bytes")
    return code, await reader.readexactly(length - 8)


def message(kind: bytes, said: bytes = b"") -> bytes:
    return kind + struct.pack("!I", len(said) + 4) + said


def startup(code: int, said: bytes = b"") -> bytes:
    return struct.pack("!II", len(said) + 8, code) + said


def text(*words: str | bytes) -> bytes:
    """Words, each with the zero that ends it."""
    return b"".join((word.encode() if isinstance(word, str) else word) + b"\0" for word in words)


def split(said: bytes) -> tuple[bytes, bytes]:
    """A word that a zero ends, and what follows."""
    word, _, rest = said.partition(b"\0")
    return word, rest


def pairs(said: bytes) -> dict[str, str]:
    words = [word.decode() for word in said.rstrip(b"\0").split(b"\0")]
    return dict(zip(words[::2], words[1::2], strict=False))


def error(why: str, code: str = "08P01", severity: str = "FATAL") -> bytes:
    fields = (f"S{severity}", f"V{severity}", f"C{code}", f"M{why}")
    return message(b"E", text(*fields) + b"\0")


def reason(said: bytes) -> str:
    """Why, as an error message has it."""
    fields = {word[:1]: word[1:].decode(errors="replace") for word in said.split(b"\0") if word}
    return fields.get(b"M", "unknown error")


async def secure(streams: Streams, context: ssl.SSLContext, server_side: bool = False, host: str | None = None) -> Streams:
    """The streams of a connection that goes on with TLS (StreamWriter.start_tls, which Python has from 3.11 on)."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport = await loop.start_tls(streams[1].transport, protocol, context, server_side=server_side, server_hostname=host)
    protocol.connection_made(transport)
    writer = asyncio.StreamWriter(transport, protocol, reader, loop)
    writer.below = streams[1]  # which would close the connection with its own end
    return reader, writer
