"""`python -m sandbox.node.trial`: starts a machine with one container in it and ends it, as a node would; says what fails."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path

from sandbox.node.containers import base
from sandbox.node.machine import birth
from sandbox.node.machine.client import Machine, StartError


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="airflow-on-eks-") as place:
        os.chdir(place)
        told = Path("told")
        try:
            pid, lifeline = birth.bear(lambda channel: told.write_text(asyncio.run(_try(channel))))
        except OSError as error:
            print(error)
            return 1
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        os.close(lifeline)
        os.waitpid(pid, 0)
        said = told.read_text() if told.exists() else "the machine ended"
        os.chdir("/")
    print(said)
    return 0 if said == "well" else 1


async def _try(channel: socket.socket) -> str:
    from sandbox.node.network.links import Links

    try:
        machine, links = Machine(channel), Links()
        await links.make()
        network = os.path.abspath("network")
        await machine.make_network(network)
        await links.add_pod(network)
        os.mkdir("root")
        container = {"argv": ["true"], "environment": {"PATH": "/usr/bin:/bin"}, "directory": "/", "user": 50000, "group": 0, "hostname": "trial"}
        described = {**container, "network": network, "place": os.path.abspath("root"), "steps": base.steps(), "read_only": True}
        with open(os.devnull, "r+b") as nothing:
            code = await (await machine.run(described, [nothing.fileno()] * 3)).wait()
        return "well" if code == 0 else f"a container ends with {code}"
    except (OSError, StartError) as error:
        return str(error)


if __name__ == "__main__":
    signal.alarm(30)
    sys.exit(main())
