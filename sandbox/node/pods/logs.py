"""What a container prints, line by line with time and stream, in the format of the CRI: `2026-11-27T10:00:00.000000000Z stdout F text`."""

import asyncio
import os
import time
from pathlib import Path

LONGEST = 16 * 1024
LARGEST = 10 * 2**20
"""Of one file (bytes); then it becomes `<name>.1`, and what that was goes."""


class Log:
    """
    The log of one run of a container.

    + path: of the file
    """

    def __init__(self, path: Path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        self._readers: list[asyncio.Task] = []

    async def streams(self) -> list[int]:
        """File descriptors for its standard output and error; the caller closes them once they are given away."""
        given = []
        for name in (b"stdout", b"stderr"):
            read, write = os.pipe()
            reader = asyncio.StreamReader(limit=LONGEST)
            await asyncio.get_running_loop().connect_read_pipe(lambda reader=reader: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb"))
            self._readers.append(asyncio.create_task(self._copy(name, reader)))
            given.append(write)
        return given

    async def close(self) -> None:
        """Wait until all that was printed is written."""
        await asyncio.gather(*self._readers)
        self._file.close()

    async def _copy(self, stream: bytes, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                line, whole = await reader.readuntil(b"\n"), True
            except asyncio.LimitOverrunError:
                line, whole = await reader.readexactly(LONGEST), False
            except asyncio.IncompleteReadError as end:
                if end.partial:
                    self._write(stream, end.partial, True)
                return
            self._write(stream, line, whole)

    def _write(self, stream: bytes, line: bytes, whole: bool) -> None:
        self._file.write(stamp() + b" " + stream + (b" F " if whole else b" P ") + line.removesuffix(b"\n") + b"\n")
        if self._file.tell() > LARGEST:
            self._file.close()
            self.path.rename(self.path.with_suffix(".log.1"))
            self._file = self.path.open("ab", buffering=0)


def stamp() -> bytes:
    """The time, to the nanosecond."""
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)).encode() + b".%09dZ" % nanoseconds


def tail(path: Path, size: int) -> str:
    """The last of what was printed, at most so many bytes, without the format."""
    if not path.exists():
        return ""
    lines = path.read_bytes()[-4 * size :].splitlines()
    return b"\n".join(line.split(b" ", 3)[-1] for line in lines)[-size:].decode(errors="replace")
