"""`python -m sandbox.postgres DIRECTORY`: one server and its TLS, until standard input closes."""

import asyncio
import ctypes
import os
import signal
import ssl
import struct
import subprocess
import sys
from pathlib import Path

from sandbox.node.machine import kernel
from sandbox.node.network import relays
from sandbox.pooler import messages
from sandbox.postgres.programs import programs
from sandbox.postgres.server import LISTENING

NOBODY = 65534
"""Who it runs as where the caller is root, whom PostgreSQL refuses: a name of the caller's for itself in a user namespace of its own."""
OPTIONS = {
    "listen_addresses": "", "fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB", "max_connections": "200",
    "password_encryption": "scram-sha-256",
}  # fmt: skip
PORT, HOST = 5432, "127.0.0.1"
PLAIN = "no pg_hba.conf entry for this host, no encryption"


def main(directory: str) -> int:
    os.chdir(directory)
    if not Path("data").exists():
        initialize()
    Path("data/postmaster.pid").unlink(missing_ok=True)
    options = [f"--{name}={value}" for name, value in {**OPTIONS, "unix_socket_directories": os.getcwd()}.items()]
    server = subprocess.Popen([programs() / "postgres", "-D", "data", *options], preexec_fn=_become, start_new_session=True)
    try:
        return asyncio.run(serve(server))
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(8)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def initialize() -> None:
    """A new cluster whose superuser is RDS's, with the password in the file `superuser`; whole, or not there."""
    command = [programs() / "initdb", "--pgdata=unfinished", "--username=rdsadmin", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    command += ["--auth=scram-sha-256", "--pwfile=superuser"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, preexec_fn=_become)
    os.rename("unfinished", "data")


def _become() -> None:
    """Nobody in particular, who does not outlive this process."""
    if os.geteuid() == 0:
        kernel.unshare(kernel.NEW_USER)
        kernel.map_user(NOBODY, 0, NOBODY, 0)
    ctypes.CDLL(None).prctl(kernel.KILL_WITH_PARENT, signal.SIGQUIT)


async def serve(server: subprocess.Popen) -> int:
    """Until the server or the owner, who holds standard input, ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.crt", "server.key")
    listener = await asyncio.start_server(relays.held(lambda *streams: _connected(streams, context)), HOST, 0)
    Path(LISTENING).write_text(str(listener.sockets[0].getsockname()[1]))
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, ended.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    while not ended.is_set() and server.poll() is None:
        try:
            await asyncio.wait_for(ended.wait(), 1)
        except asyncio.TimeoutError:
            continue
    return server.poll() or 0


async def _connected(streams: messages.Streams, context: ssl.SSLContext) -> None:
    """What asks for TLS has it; what does not is refused as with rds.force_ssl."""
    try:
        code, said = await messages.read_startup(streams[0])
        while code == messages.GSS:
            streams[1].write(b"N")
            code, said = await messages.read_startup(streams[0])
        if code == messages.TLS:
            streams[1].write(b"S")
            streams = await messages.secure(streams, context, server_side=True)
        elif code != messages.CANCEL:
            streams[1].write(messages.error(PLAIN, "28000"))
            return streams[1].close()
        other = await asyncio.open_unix_connection(f".s.PGSQL.{PORT}")
        if code == messages.CANCEL:
            other[1].write(messages.startup(code, said))
        await relays.join(streams, other)
    except (OSError, ssl.SSLError, asyncio.IncompleteReadError, struct.error):
        streams[1].close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
