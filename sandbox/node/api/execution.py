"""What `kubectl exec` asks a kubelet."""

import asyncio
import contextlib
import fcntl
import json
import os
import pty
import signal
import struct
import termios
from http import HTTPStatus

from sandbox.node.api.requests import Refused, Request
from sandbox.node.api.spdy import Connection, Stream
from sandbox.node.machine.client import StartError

PROTOCOLS = ("v4.channel.k8s.io",)
PATIENCE = 30
"""How long the client may take to open its streams (seconds)."""
CHUNK = 1 << 15


async def serve(request: Request, run) -> None:
    """Run a command in a container, its streams those of the client; at the end its exit code as a Status."""
    terminal = request.asks("tty")
    wanted = {"error", *(name for name, asked in (("stdin", "input"), ("stdout", "output")) if request.asks(asked))}
    wanted |= {"resize"} if terminal else {"stderr"} if request.asks("error") else set()
    if not request.query.get("command"):
        raise Refused(HTTPStatus.BAD_REQUEST, "command is missing")
    await request.upgrade(PROTOCOLS)
    streams: dict[str, Stream] = {}
    complete = asyncio.Event()

    def opened(stream: Stream) -> None:
        streams[stream.headers.get("streamtype", "")] = stream
        if wanted <= streams.keys():
            complete.set()

    serving = asyncio.create_task(Connection(request.reader, request.writer, opened).serve())
    try:
        await asyncio.wait_for(complete.wait(), PATIENCE)
        status = await _run(run, request.query["command"], streams, terminal, serving)
        await streams["error"].write(json.dumps(status).encode())
        for stream in streams.values():
            await stream.close()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(serving, 5)
    finally:
        serving.cancel()


async def _run(run, command: list[str], streams: dict[str, Stream], terminal: bool, serving: asyncio.Task) -> dict:
    pipes = _terminal() if terminal else _pipes(streams)
    try:
        process = await run.enter(command, [pipes.stdin, pipes.stdout, pipes.stderr], terminal)
    except StartError as error:
        return _failure(f"error executing command in container: {error}", "InternalError", {})
    finally:
        pipes.give_away()
    copying = [asyncio.create_task(_from(descriptor, streams[name])) for name, descriptor in pipes.ours.items() if name != "stdin" and name in streams]
    if "stdin" in streams:
        feeding = asyncio.create_task(_to(streams["stdin"], pipes.ours["stdin"]))
    if terminal:
        sizing = asyncio.create_task(_resize(streams["resize"], pipes.ours["stdout"]))
    code = asyncio.ensure_future(process.wait())
    await asyncio.wait([code, serving], return_when=asyncio.FIRST_COMPLETED)
    if not code.done():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    ended = await code
    if copying:
        await asyncio.wait(copying, timeout=1)
    for task in (*copying, *([feeding] if "stdin" in streams else ()), *([sizing] if terminal else ())):
        task.cancel()
    if ended == 0:
        return {"metadata": {}, "status": "Success"}
    message = f"command terminated with non-zero exit code: exit status {ended}"
    return _failure(message, "NonZeroExitCode", {"causes": [{"reason": "ExitCode", "message": str(ended)}]})


def _failure(message: str, reason: str, details: dict) -> dict:
    return {"metadata": {}, "status": "Failure", "message": message, "reason": reason, "details": details}


class Descriptors:
    """The ends that the process gets, and ours by the name of their stream."""

    def __init__(self, stdin: int, stdout: int, stderr: int, ours: dict[str, int]):
        self.stdin, self.stdout, self.stderr, self.ours = stdin, stdout, stderr, ours

    def give_away(self) -> None:
        for descriptor in {self.stdin, self.stdout, self.stderr}:
            os.close(descriptor)


def _pipes(streams: dict[str, Stream]) -> Descriptors:
    out, to_out = os.pipe()
    err, to_err = os.pipe()
    if "stdin" not in streams:
        return Descriptors(os.open(os.devnull, os.O_RDONLY), to_out, to_err, {"stdout": out, "stderr": err})
    from_in, to_in = os.pipe()
    return Descriptors(from_in, to_out, to_err, {"stdin": to_in, "stdout": out, "stderr": err})


def _terminal() -> Descriptors:
    main, side = pty.openpty()
    return Descriptors(side, side, side, {"stdin": os.dup(main), "stdout": main})


async def _from(descriptor: int, stream: Stream) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0))
    try:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await stream.write(data)
    finally:
        transport.close()


async def _to(stream: Stream, descriptor: int) -> None:
    try:
        while data := await stream.reader.read(CHUNK):
            await asyncio.to_thread(os.write, descriptor, data)
    except OSError:
        pass
    finally:
        os.close(descriptor)


async def _resize(stream: Stream, descriptor: int) -> None:
    while line := await stream.reader.readline():
        size = json.loads(line)
        with contextlib.suppress(OSError):
            fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size["Height"], size["Width"], 0, 0))
