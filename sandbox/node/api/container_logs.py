"""What `kubectl logs` asks a kubelet."""

import asyncio
from collections import deque
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path

from sandbox.node.api.requests import Refused, Request

LOOK = 0.2
"""How often a log that is followed is looked at (seconds)."""


async def serve(request: Request, worker, container) -> None:
    """Answer with the log of a container, and go on while it is followed and the container runs."""
    previous = request.asks("previous")
    path = container.log(previous)
    if path is None:
        title = "previous terminated " if previous else ""
        why = "not found" if previous else f"is waiting to start: {container.condition.state.get('waiting', {}).get('reason', 'it has not run')}"
        pod = worker.pod["metadata"]["name"]
        raise Refused(HTTPStatus.BAD_REQUEST, f'{title}container "{container.container["name"]}" in pod "{pod}" {why}')
    lines = Lines(path, _since(request), request.asks("timestamps"))
    await request.begin()
    left = int(request.one("limitBytes") or 0) or None
    last = int(request.one("tailLines")) if request.one("tailLines") else None
    text = b"".join(lines.read() if last is None else deque(lines.read(), maxlen=last))
    while True:
        over = container.condition.state.keys() != {"running"} or container.log() != path
        if text:
            text = text[:left]
            left = left - len(text) if left else left
            await request.piece(text)
        if left == 0 or over or not request.asks("follow"):
            break
        await asyncio.sleep(LOOK)
        text = b"".join(lines.read())
    await request.piece(b"")


def _since(request: Request) -> str:
    if request.one("sinceTime"):
        return datetime.fromisoformat(request.one("sinceTime").replace("Z", "+00:00")).strftime("%Y-%m-%dT%H:%M:%S")
    if request.one("sinceSeconds"):
        return (datetime.now(timezone.utc) - timedelta(seconds=int(request.one("sinceSeconds")))).strftime("%Y-%m-%dT%H:%M:%S")
    return ""


class Lines:
    """
    The lines of a log from where they were read last.

    + since: those before this time are left out
    + timestamps: whether each begins with its time
    """

    def __init__(self, path: Path, since: str, timestamps: bool):
        self._file, self._since, self._timestamps = path.open("rb"), since, timestamps
        self._rest = b""

    def read(self):
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        for line in lines:
            time, _, whole, text = line.split(b" ", 3)
            if time.decode() >= self._since:
                yield (time + b" " if self._timestamps else b"") + text + (b"\n" if whole == b"F" else b"")
