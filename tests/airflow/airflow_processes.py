"""Processes of a test: each in a group of its own, with a log; all of them and all their descendants end with it."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
import uuid
from pathlib import Path

MARK = "AIRFLOW_ON_EKS_TEST"
PATIENCE = 20


class Processes:
    """
    The processes of one test world.

    + directory: where their logs go
    """

    def __init__(self, directory: Path):
        self.directory, self.mark = directory, uuid.uuid4().hex
        self.started: dict[str, subprocess.Popen] = {}

    def start(self, name: str, command: list, environment: dict[str, str], ended_by: int = signal.SIGTERM, user: str | None = None, **popen) -> None:
        """
        Start one; it gets a signal when this process dies, and at `stop`.

        + ended_by: that signal
        + user: to run it as, for root
        """
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
        with (self.directory / f"{name}.log").open("ab") as log:
            self.started[name] = subprocess.Popen(
                command,
                env={**environment, MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: ctypes.CDLL(None).prctl(1, ended_by),  # PR_SET_PDEATHSIG
                **as_user,
                **popen,
            )
        self.started[name].ended_by = ended_by

    def check(self) -> None:
        """Fail with the last words of a process that ended."""
        for name, process in self.started.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}: {self.words(name)}"

    def words(self, name: str, lines: int = 15) -> str:
        """The end of a log."""
        return "\n".join((self.directory / f"{name}.log").read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """End all, the last one first: by its signal, then by force, with everything that descends from them."""
        for process in reversed(self.started.values()):
            if process.poll() is None:
                process.send_signal(process.ended_by)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while (left := self.pids()) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for process in self.started.values():
                process.poll()
            time.sleep(0.1)
        assert not left, f"processes {left} outlived {PATIENCE} s"

    def pids(self) -> list[int]:
        """What was started and what descends from it: it is of one of our sessions, or our mark is in its environment."""
        sessions, mark, found = {process.pid for process in self.started.values()}, f"{MARK}={self.mark}".encode(), []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                state, _, _, session, *_ = (entry / "stat").read_text().rpartition(") ")[2].split()
                if state != "Z" and (int(session) in sessions or mark in (entry / "environ").read_bytes().split(b"\0")):
                    found.append(int(entry.name))
        return found


def listening(pids: list[int]) -> set[str]:
    """The local addresses of the listening TCP sockets of some processes, as /proc spells them."""
    sockets = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    sockets.add(os.readlink(descriptor).removeprefix("socket:[").removesuffix("]"))
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in sockets}
