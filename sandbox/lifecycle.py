"""Starting and ending the daemon."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from sandbox.home import Daemon, alone, home, make_home, read_daemon, remove_home, start_time

DEADLINE = 60
LONGEST_LATENCY = 60_000
NAMESPACES = ("airflow",)
"""The namespaces whose pods can be processes."""


class SandboxError(Exception):
    """The sandbox could not be started or ended."""


def start(
    time_scale: float | None,
    port: int,
    kubernetes: bool,
    faults: str | None,
    region: str | None,
    karpenter: bool = False,
    latency: float | None = None,
    pods: str | None = None,
) -> bool:
    """Whether it had to be started."""
    from sandbox.preparation import KWOK, PROCESSES, choose, prepare
    from sandbox.programs import KARPENTER, programs

    if latency is not None and not 0 <= latency <= LONGEST_LATENCY:
        raise SandboxError(f"a latency of {latency:g} ms: it is 0 to {LONGEST_LATENCY}")
    processes = kubernetes and not read_daemon() and choose(pods)
    if kubernetes and not read_daemon():
        processes = prepare(processes, karpenter)
    controller = str(programs(module=KARPENTER) / "karpenter") if karpenter and kubernetes else None
    with alone():
        if daemon := read_daemon():
            if pods and pods != (now := PROCESSES if daemon.processes else KWOK):
                raise SandboxError(f"it is up and its pods are run by {now}: end it first, python -m sandbox down")
            if time_scale:
                ask(daemon, "time-scale", {"time_scale": time_scale})
            if faults:
                ask(daemon, "faults", json.loads(Path(faults).read_text()))
            if latency is not None:
                ask(daemon, "latency", {"milliseconds": latency})
            if controller:
                ask(daemon, "karpenter", {"program": controller})
            return False
        remove_home()
        make_home()
        region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-west-2"
        arguments = ["--port", str(port), "--time-scale", str(time_scale or 60), "--region", region]
        arguments += [] if kubernetes else ["--no-kubernetes"]
        arguments += ["--faults", str(Path(faults).resolve())] if faults else []
        arguments += ["--latency", str(latency)] if latency else []
        arguments += ["--karpenter", controller] if controller else []
        arguments += ["--processes", *NAMESPACES] if processes else []
        spawn(arguments)
        return True


def spawn(arguments: list[str]) -> None:
    source = str(Path(__file__).resolve().parent.parent)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))
    environment["AIRFLOW_ON_EKS_SANDBOX"] = str(home())
    with (home() / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.daemon", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=environment,
        )
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SandboxError(f"the sandbox ended while starting: {last_line(home() / 'log')}")
        daemon = read_daemon()
        if daemon and answers(daemon):
            return
        time.sleep(0.05)
    raise SandboxError(f"the sandbox does not answer after {DEADLINE} s; see {home() / 'log'}")


def stop() -> bool:
    """Whether it was up."""
    with alone():
        daemon = read_daemon()
        if daemon:
            end_process(daemon)
        remove_home()
        return daemon is not None


def end_process(daemon: Daemon) -> None:
    for number, patience in ((signal.SIGTERM, 30), (signal.SIGKILL, 10)):
        if start_time(daemon.pid) != daemon.started:
            return
        os.kill(daemon.pid, number)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not daemon.alive:
                return
            time.sleep(0.05)
    raise SandboxError(f"the sandbox's process {daemon.pid} does not end")


def ask(daemon: Daemon, route: str, document=None):
    """One of the daemon's own routes: GET, or POST of a document."""
    data = None if document is None else json.dumps(document).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(f"{daemon.endpoint}/sandbox/{route}", data), timeout=30) as answer:
        return json.load(answer)


def answers(daemon: Daemon) -> bool:
    try:
        return bool(ask(daemon, "health"))
    except OSError:
        return False


def last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {path}"
