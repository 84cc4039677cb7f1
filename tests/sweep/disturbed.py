"""Runs that faults strike, each point once; a run that one of them holds is killed, with no chance to tidy up."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field

from points import point
from roundtrip_world import ROOT

from connectors.tools import tools

LOOK_EVERY = 0.05
LIMIT = 900


@dataclass
class Disturbed:
    """A run that was struck: its exit code, ``None`` where it was killed, all it printed, and the calls that were struck."""

    code: int | None
    output: str
    seconds: float
    struck: list[dict] = field(default_factory=list)


def every(kind: str, first: int = 1, times: int = 0, service: str = "*", action: str = "*") -> dict:
    """The fault that strikes each point once, of one service and action or of all, from the first on; what is killed is held before."""
    kind = "held" if kind == "killed" else kind
    return {"service": service, "action": action, "writes": True, "each": True, "nth": first, "times": times, "kind": kind}


class Disturbance:
    """
    Faults in a box, for as many runs as are wanted.

    + faults: as the sandbox takes them
    + wanted: points to strike, as `points.point` tells them; once all are struck the rest goes undisturbed. ``None`` is all there are
    """

    def __init__(self, box, faults: list[dict], wanted: list[str] | None = None):
        self.box, self.wanted, self.seen = box, wanted, 0
        box.environment["PATH"] = os.pathsep.join([str(box.home / "bin"), os.path.dirname(tools.path("helm")), os.environ["PATH"]])
        self.set(faults)

    def set(self, faults: list[dict]) -> None:
        self.seen = 0
        request = urllib.request.Request(f"{self.box.endpoint}/sandbox/faults", json.dumps({"faults": faults}).encode())
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()

    def end(self) -> None:
        """Disturb nothing any more."""
        self.set([])

    def run(self, verb: str) -> Disturbed:
        """Run a verb until it ends, or is killed where it is held."""
        started = time.monotonic()
        with (self.box.directory / f"{verb}.log").open("w+") as told:
            process = subprocess.Popen(
                self.box.command(verb), cwd=ROOT, env=self.box.environment, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True
            )
            struck = []
            try:
                killed = self._watch(process, struck, started + LIMIT)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if killed and self.wanted == []:
                self.end()
            told.seek(0)
            return Disturbed(None if killed else process.returncode, told.read(), time.monotonic() - started, struck)

    def _watch(self, process, struck: list, end: float) -> bool:
        """Whether it was held, and is to be killed; one that takes too long is ended too."""
        while time.monotonic() < end:
            ended = process.poll() is not None
            fresh = self.box.ask(f"faults/{self.seen}")["struck"]
            self.seen += len(fresh)
            struck += fresh
            for name in map(point, fresh):
                if name in (self.wanted or ()):
                    self.wanted.remove(name)
            if any(call["held"] for call in fresh):
                return True
            if ended:
                return False
            if fresh and self.wanted == []:
                self.end()
            time.sleep(LOOK_EVERY)
        return False
